"""Checks value objects by the annotations of their classes: those that were read out of a file, which may come from
anybody, while a reader takes what it finds."""

from __future__ import annotations

import inspect
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import is_dataclass
from datetime import datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

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
    try:
        _check_of(hint)(value)
    except InputError as error:
        raise InputError(f"{place}{error}") from error.__cause__


# A check raises an error that begins behind the name of its value; whoever has the value puts the place before it.
# They are made once for a type: a file has a million values of a few types.
Check: TypeAlias = Callable[[Any], None]


@cache
def _check_of(hint: Any) -> Check:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):  # the values have no unions but with None
        (other,) = (argument for argument in arguments if argument is not NoneType)
        check = _optional(_check_of(other))
    elif origin is Literal:
        check = _one_of(arguments)
    elif origin is tuple and arguments[-1] is not Ellipsis:
        check = _tuple_of(tuple(map(_check_of, arguments)))
    elif origin in (tuple, Sequence):
        check = _items_of((list, tuple) if origin is Sequence else tuple, _check_of(arguments[0]))
    elif origin is Mapping:
        check = _mapping_of(_check_of(arguments[0]), _check_of(arguments[1]))
    elif inspect.isclass(hint) and is_dataclass(hint):
        check = _record_of(hint)
    else:
        check = _SCALARS.get(hint) or _instance_of(hint)
    return check


def _one_of(values: Sequence[Any]) -> Check:
    return lambda value: _require(value in values, value)


def _instance_of(hint: Any) -> Check:
    if not inspect.isclass(hint) or hint in (Any, object):
        return _check_storable
    return lambda value: _require(isinstance(value, hint), value)


def _optional(check: Check) -> Check:
    return lambda value: None if value is None else check(value)


def _tuple_of(checks: Sequence[Check]) -> Check:
    def check(value: Any) -> None:
        _require(isinstance(value, tuple) and len(value) == len(checks), value)
        for number, item in enumerate(value):
            _check_member(checks[number], item, f"[{number}]")

    return check


def _items_of(types: type | tuple[type, ...], check_item: Check) -> Check:
    def check(value: Any) -> None:
        _require(isinstance(value, types), value)
        for number, item in enumerate(value):
            try:
                check_item(item)
            except InputError as error:
                raise InputError(f"[{number}]{error}") from error.__cause__

    return check


def _mapping_of(check_key: Check, check_value: Check) -> Check:
    def check(value: Any) -> None:
        _require(isinstance(value, Mapping), value)
        for key, item in value.items():
            _check_member(check_key, key, ": a name in it")
            _check_member(check_value, item, f"[{key!r}]")

    return check


def _record_of(record_type: type[Any]) -> Check:
    fields = [(name, _check_of(hint)) for name, hint in get_type_hints(record_type).items()]

    def check(value: Any) -> None:
        _require(isinstance(value, record_type), value)
        for name, check_field in fields:
            try:
                check_field(getattr(value, name))
            except InputError as error:
                raise InputError(f".{name}{error}") from error.__cause__

    return check


def _check_member(check: Check, value: Any, place: str) -> None:
    try:
        check(value)
    except InputError as error:
        raise InputError(f"{place}{error}") from error.__cause__


def _check_datetime(value: Any) -> None:
    require_aware(value, "")
    _require(value is not None, value)


def _check_float(value: Any) -> None:
    _require(isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value), value)


def _check_int(value: Any) -> None:
    _require(isinstance(value, int) and not isinstance(value, bool), value)
    check_json(value, "")


def _check_str(value: Any) -> None:
    _require(isinstance(value, str) and (value.isascii() or not _HALF_CHARACTER.search(value)), value)


_SCALARS: Mapping[Any, Check] = {
    datetime: _check_datetime,
    float: _check_float,
    int: _check_int,
    str: _check_str,
}


def _check_storable(value: Any) -> None:
    """Raises `InputError` where a JSON value is not one that a store brings back."""
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f" is nothing that can be kept ({error}).") from error
    check_json(value, "")


def _require(condition: bool, value: Any) -> None:
    if not condition:
        raise InputError(f" is {_shown(value)}, which it cannot be.")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
