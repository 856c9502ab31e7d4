"""Answers with evidence, out of what a bank holds."""

from fourfold.reflect.run import ReflectRequest, reflect

__all__ = ["ReflectRequest", "reflect"]
