"""Conditions on JSON values, by operators that document stores share (`$gte` and the like)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "$eq": operator.eq,
    "$ne": operator.ne,
    "$gt": lambda value, bound: float(value) > float(bound),
    "$gte": lambda value, bound: float(value) >= float(bound),
    "$lt": lambda value, bound: float(value) < float(bound),
    "$lte": lambda value, bound: float(value) <= float(bound),
}


def matches(value: Any, wanted: Any) -> bool:
    """Whether a value is as `wanted`: equal, in the fields it names, or by its operators ({"$gte": 3}). What cannot
    be compared is not."""
    match wanted:
        case Mapping() if any(str(name).startswith("$") for name in wanted):
            return all(_holds(name, value, bound) for name, bound in wanted.items())
        case Mapping():
            return isinstance(value, Mapping) and all(matches(value.get(k), w) for k, w in wanted.items())
        case list() | tuple():
            same = isinstance(value, list | tuple) and len(value) == len(wanted)
            return same and all(matches(v, w) for v, w in zip(value, wanted, strict=True))
        case _:
            return bool(value == wanted)


def _holds(name: str, value: Any, bound: Any) -> bool:
    if name not in _OPERATORS:
        raise ValueError(f"Unsupported operator: {name}. There are {', '.join(_OPERATORS)}.")
    try:
        return _OPERATORS[name](value, bound)
    except (TypeError, ValueError):
        return False
