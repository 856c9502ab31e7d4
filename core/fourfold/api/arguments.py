"""Checks what the public methods are given by the annotations of their parameters, before any of them begins; and
that they are called in the process that made their object (`fourfold.forks`).

An argument of another type would fail deep inside, with an error that names none of the caller's words, or would be
taken for something else: a string for the list of its letters. What a value may be beyond its type (a name's length,
a limit above 0) is checked where it is used, by `fourfold.validation` and the operations.
"""

from __future__ import annotations

import inspect
import math
import reprlib
import types
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import Enum
from functools import cache, wraps
from numbers import Integral, Real
from operator import is_not
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from fourfold.errors import InputError
from fourfold.forks import OfOneProcess, require_own_process
from fourfold.values.changes import PrunePolicy
from fourfold.values.redaction import RedactionRule
from fourfold.values.reflection import Disposition
from fourfold.values.units import Entry, Fact, Interval, Message

T = TypeVar("T")
_Check = Callable[[Any, str], object]


class _ShortRepr(reprlib.Repr):
    """Values as messages show them, also whole numbers of more digits than Python writes (4,300)."""

    def repr_int(self, value: int, level: int) -> str:
        """Returns a whole number, or how large it is."""
        return super().repr_int(value, level) if abs(value) <= _LARGEST else f"<{value.bit_length()} bits>"


_LARGEST = 2**63 - 1
"""The largest whole number that is taken: what stores, files of JSON and NumPy hold."""
_repr = _ShortRepr()
_repr.maxstring = _repr.maxother = 60  # characters of a value in a message; a guess, not measured
_WORDS: Mapping[Any, str] = {
    str: "a string",
    bool: "True or False",
    type(None): "None",
    datetime: "an aware datetime, for instance datetime(2024, 5, 8, tzinfo=timezone.utc)",
    Interval: 'an Interval, for instance Interval.from_iso("2024-05")',
}
"""What to pass for a type, where its name would not say it."""


_WRITTEN_BY_CALLERS = (Disposition, Entry, Fact, Message, PrunePolicy, RedactionRule)
"""Value objects whose fields are checked too. The others come out of the memory, as a `Unit` does."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """One alternative of an annotation: what to call it, whether a value is of it by its own type, and a check of
    what is in the value, which returns the value to go on with (None: nothing is in it that could be wrong). `items`
    are the kinds of what a list holds."""

    words: str
    accepts: Callable[[object], bool]
    check: _Check | None = None
    items: tuple[_Kind, ...] = ()


def checks_arguments(cls: type[T]) -> type[T]:
    """Has every public method of a class, and its constructor, raise `InputError` for an argument that is not what
    its annotation says, and `StoreError` in a process that was forked since. A class decorator, so that no method can
    be forgotten."""
    for name, member in list(vars(cls).items()):
        if isinstance(member, classmethod):
            setattr(cls, name, classmethod(_checked(member.__func__)))
        elif inspect.isfunction(member) and (name == "__init__" or not name.startswith("_")):
            setattr(cls, name, _checked(member))
    return cls


def _checked(method: Callable[..., Any]) -> Callable[..., Any]:
    """Returns `method` behind the check of its arguments, as a coroutine function if it is one."""
    names = list(inspect.signature(method).parameters)
    # What is closed in a forked process can be closed there once more.
    is_closing = method.__name__ == "close"

    def checked(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        if isinstance(args[0], OfOneProcess) and not is_closing:
            require_own_process(args[0])
        # By hand: `Signature.bind` alone takes longer than all checks. What does not fit the signature is left to
        # the call, whose TypeError says so.
        kinds = _kinds_of_parameters(method)
        positional = [_check(value, name, kinds.get(name)) for name, value in zip(names, args, strict=False)]
        named = {name: _check(value, name, kinds.get(name)) for name, value in kwargs.items()}
        return positional + list(args[len(names) :]), named

    if inspect.iscoroutinefunction(method):

        @wraps(method)
        async def awaited(*args: Any, **kwargs: Any) -> Any:
            positional, named = checked(args, kwargs)
            return await method(*positional, **named)

        return awaited

    @wraps(method)
    def called(*args: Any, **kwargs: Any) -> Any:
        positional, named = checked(args, kwargs)
        return method(*positional, **named)

    return called


@cache
def _kinds_of_parameters(method: Callable[..., Any]) -> dict[str, tuple[_Kind, ...]]:
    """Returns the alternatives of each parameter; at the first call, since reading annotations takes a while."""
    hints = get_type_hints(method)
    hints.pop("return", None)
    return {name: tuple(_kinds_of(hint)) for name, hint in hints.items()}


@cache
def _kinds_of_fields(value_type: type[Any]) -> dict[str, tuple[_Kind, ...]]:
    return {name: tuple(_kinds_of(hint)) for name, hint in get_type_hints(value_type).items()}


def _check(value: Any, place: str, kinds: tuple[_Kind, ...] | None) -> Any:
    """Returns `value`, or what to go on with in its place; raises `InputError` where it is of none of the kinds."""
    if not kinds:
        return value
    for kind in kinds:
        if kind.accepts(value):
            return value if kind.check is None else kind.check(value, place)
    wanted = " or ".join(dict.fromkeys(kind.words for kind in kinds))
    raise InputError(f"{place} is {_shown(value)}: pass {wanted}{_hint(value, kinds)}.")


def _hint(value: object, kinds: tuple[_Kind, ...]) -> str:
    """Returns what to do about one item where a list of such is wanted, the usual mistake; "" for anything else."""
    if not any(item.accepts(value) for kind in kinds for item in kind.items):
        return ""
    return f", for instance [{_repr.repr(value)}]" if isinstance(value, str) else "; put it in a list"


def _shown(value: object) -> str:
    """Returns a value as messages name it, with its type unless that is plain to see."""
    if value is None or isinstance(value, bool):
        return repr(value)
    if isinstance(value, str):
        return f"the string {_repr.repr(value)}"
    return f"{_repr.repr(value)} ({type(value).__name__})"


def _kinds_of(hint: Any) -> Iterator[_Kind]:
    """Yields the alternatives of an annotation; none for one that says nothing at run time."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        members = [list(_kinds_of(argument)) for argument in arguments]
        if all(members):  # beside one that says nothing, the others exclude nothing
            yield from (kind for of_member in members for kind in of_member)
    elif origin is Literal:
        yield _Kind(" or ".join(f'"{name}"' for name in arguments), _one_of(arguments))
    elif origin is tuple and arguments[-1] is not Ellipsis:
        yield _tuple_kind([tuple(_kinds_of(argument)) for argument in arguments])
    elif origin is Callable:
        yield _Kind("a function", callable)
    elif inspect.isclass(origin) and issubclass(origin, Iterable) and not issubclass(origin, Mapping):
        yield _items_kind(tuple(_kinds_of(arguments[0])), origin)
    elif origin is type:
        yield _Kind(f"a class of {arguments[0].__name__}", _subclass_of(arguments[0]))
    elif inspect.isclass(hint) and hint not in (Any, object):
        yield _kind_of_class(hint)


def _kind_of_class(hint: type[Any]) -> _Kind:
    """Returns the kind of an annotation that is a class by itself."""
    if hint is int:
        return _Kind("a whole number", _is_whole, _as_int)
    if hint is float:
        return _Kind("a finite number", _is_finite)
    if getattr(hint, "_is_protocol", False):
        # Whether all its parts are there is looked at where it is used; what Python itself brings is none of them.
        return _Kind(_with_article(hint.__name__), lambda value: type(value).__module__ != "builtins")
    if issubclass(hint, Enum):
        words = f"one of {', '.join(member.value for member in hint)}"
        return _Kind(words, _names_member_of(hint), lambda value, place: hint(value))
    check = _check_fields if hint in _WRITTEN_BY_CALLERS else None
    return _Kind(_WORDS.get(hint, _with_article(hint.__name__)), _instance_of(hint), check)


def _check_fields(value: Any, place: str) -> object:
    """Checks a value object that the caller has made, field by field."""
    kinds = _kinds_of_fields(value.__class__)
    given = {field.name: getattr(value, field.name) for field in fields(value)}
    checked = {name: _check(item, f"{place}.{name}", kinds.get(name)) for name, item in given.items()}
    changes = {name: item for name, item in checked.items() if item is not given[name]}
    return replace(value, **changes) if changes else value


def _items_kind(kinds: tuple[_Kind, ...], wanted: Any) -> _Kind:
    """Returns the kind of a list. What is no collection is read into a tuple, or, where an iterable is `wanted`,
    checked item by item as it is read: it may take its time, or have no end."""

    def check(items: Iterable[Any], place: str) -> object:
        checked = (_check(item, f"{place}[{at}]", kinds) for at, item in enumerate(items))
        if wanted is Iterable and not isinstance(items, Collection):
            return checked
        as_checked = tuple(checked)
        is_same = isinstance(items, Collection) and not any(map(is_not, items, as_checked))
        return items if is_same else as_checked

    def accepts(value: object) -> bool:
        # Strings and bytes are iterable too, and never meant as the list of what that gives. A mapping is a
        # collection of its keys, and no sequence.
        if isinstance(value, str | bytes | bytearray) or (
            isinstance(value, Mapping) and wanted is not Collection
        ):
            return False
        return isinstance(value, Iterable)

    names = " or ".join(_without_article(kind.words) for kind in kinds)
    return _Kind(f"a list of {names}" if names else "a list", accepts, check, kinds)


def _tuple_kind(places: list[tuple[_Kind, ...]]) -> _Kind:
    def check(items: tuple[Any, ...], place: str) -> object:
        return tuple(
            _check(item, f"{place}[{at}]", kinds)
            for at, (item, kinds) in enumerate(zip(items, places, strict=True))
        )

    return _Kind(
        f"a tuple of {len(places)}",
        lambda value: isinstance(value, tuple) and len(value) == len(places),
        check,
    )


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)  # NumPy's numbers are among these


def _as_int(value: Integral, place: str) -> int:
    number = int(value)
    if abs(number) > _LARGEST:
        raise InputError(f"{place} is {_shown(number)}: pass a number of at most 64 bits.")
    return number


def _is_finite(value: object) -> bool:
    if not isinstance(value, Real) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond all floats
        return False


def _one_of(values: tuple[Any, ...]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and value in values


def _names_member_of(enum: type[Enum]) -> Callable[[object], bool]:
    names = {member.value for member in enum}
    return lambda value: isinstance(value, str) and value in names


def _instance_of(wanted: type[Any]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, wanted)


def _subclass_of(wanted: type[Any]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, type) and issubclass(value, wanted)


def _without_article(words: str) -> str:
    return "strings" if words == _WORDS[str] else words.removeprefix("an ").removeprefix("a ")


def _with_article(name: str) -> str:
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"
