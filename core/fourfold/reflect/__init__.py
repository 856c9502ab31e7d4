"""Answers questions from a bank, with the evidence for each answer."""

from fourfold.reflect.run import ReflectRequest, reflect

__all__ = ["ReflectRequest", "reflect"]
