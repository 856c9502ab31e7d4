"""Checks value objects by the annotations of their classes: those that were read out of a file, which may come from
anybody, while a reader takes what it finds."""

from __future__ import annotations

import inspect
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass
from datetime import datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from fourfold.errors import InputError
from fourfold.validation import check_json
from fourfold.values.units import require_aware

_HALF_CHARACTER = re.compile(r"[\ud800-\udfff]")
"""Nothing that is written in UTF-8 can hold a surrogate."""
_SHOWN_CHARACTERS = 60
"""Characters of a value in a message; a guess, as that of arguments."""


def check_typed(value: Any, hint: Any, place: str) -> None:
    """Raises `InputError` where `value`, with all that is in it, is not what the annotation `hint` says, or is
    nothing that a store can hold. `place` names it in the error."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        if value is not None:  # the values have no unions but with None
            (other,) = (argument for argument in arguments if argument is not NoneType)
            check_typed(value, other, place)
    elif origin is Literal:
        _require(value in arguments, value, place)
    elif origin is tuple:
        _require(isinstance(value, tuple), value, place)
        hints = arguments[:1] * len(value) if arguments[-1] is Ellipsis else arguments
        _require(len(value) == len(hints), value, place)
        for number, (item, item_hint) in enumerate(zip(value, hints, strict=True)):
            check_typed(item, item_hint, f"{place}[{number}]")
    elif origin is Sequence:
        _require(isinstance(value, list | tuple), value, place)
        for item in value:
            check_typed(item, arguments[0], place)
    elif origin is Mapping:
        _require(isinstance(value, Mapping), value, place)
        for key, item in value.items():
            check_typed(key, arguments[0], f"a name in {place}")
            check_typed(item, arguments[1], f"{place}[{key!r}]")
    elif inspect.isclass(hint) and is_dataclass(hint):
        _require(isinstance(value, hint), value, place)
        for name, field_hint in _hints_of(hint).items():
            check_typed(getattr(value, name), field_hint, f"{place}.{name}")
    else:
        _check_scalar(value, hint, place)


def _check_scalar(value: Any, hint: Any, place: str) -> None:
    if hint is datetime:
        require_aware(value, place)
        _require(value is not None, value, place)
    elif hint is float:
        _require(isinstance(value, int | float) and not isinstance(value, bool), value, place)
        _require(math.isfinite(value), value, place)
    elif hint is int:
        _require(isinstance(value, int) and not isinstance(value, bool), value, place)
        check_json(value, place)
    elif hint is str:
        _require(isinstance(value, str) and not _HALF_CHARACTER.search(value), value, place)
    elif inspect.isclass(hint) and hint not in (Any, object):
        _require(isinstance(value, hint), value, place)
    else:
        _check_storable(value, place)


def _check_storable(value: Any, place: str) -> None:
    """Raises `InputError` where a JSON value is not one that a store brings back."""
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"{place} is nothing that can be kept ({error}).") from error
    check_json(value, place)


def _require(condition: bool, value: Any, place: str) -> None:
    if not condition:
        raise InputError(f"{place} is {_shown(value)}, which it cannot be.")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


@cache
def _hints_of(value_type: type[Any]) -> dict[str, Any]:
    return get_type_hints(value_type)
