"""Answers with evidence, out of what a bank holds."""

from fourfold.reflect.run import Request, reflect

__all__ = ["Request", "reflect"]
