"""What a bank makes of what it holds: answers with evidence, beliefs that facts move, summaries, the core profile."""

from fourfold.reflect import core
from fourfold.reflect.beliefs import Conviction, beliefs, form
from fourfold.reflect.run import Request, reflect

__all__ = ["Conviction", "Request", "beliefs", "core", "form", "reflect"]
