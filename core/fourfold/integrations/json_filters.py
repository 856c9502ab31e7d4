"""Matches JSON values against conditions, by operators that document stores share (`$gte` and the like)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

# Numbers are compared as floats, as LangGraph's `InMemoryStore` does: "2" is above 1 there too.
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "$eq": operator.eq,
    "$ne": operator.ne,
    "$gt": lambda value, bound: float(value) > float(bound),
    "$gte": lambda value, bound: float(value) >= float(bound),
    "$lt": lambda value, bound: float(value) < float(bound),
    "$lte": lambda value, bound: float(value) <= float(bound),
}


def matches(value: object, condition: object) -> bool:
    """Returns whether a value meets a condition: is equal to it, in the fields it names, or by its operators
    ({"$gte": 3}). What cannot be compared does not. Raises `ValueError` for an operator that there is not."""
    match condition:
        case Mapping() if any(str(name).startswith("$") for name in condition):
            return all(_compare(name, value, bound) for name, bound in condition.items())
        case Mapping():
            return isinstance(value, Mapping) and all(
                matches(value.get(field), inner) for field, inner in condition.items()
            )
        case list() | tuple():
            if not isinstance(value, list | tuple) or len(value) != len(condition):
                return False
            return all(matches(item, inner) for item, inner in zip(value, condition, strict=True))
        case _:
            return bool(value == condition)


def _compare(name: str, value: object, bound: object) -> bool:
    if name not in _OPERATORS:
        raise ValueError(f"Unsupported operator: {name}. There are {', '.join(_OPERATORS)}.")
    try:
        return _OPERATORS[name](value, bound)
    except (
        TypeError,
        ValueError,
    ):  # a text or a list beside a number: it does not meet the condition, and is no error
        return False
