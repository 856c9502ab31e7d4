"""What all chats have in common: how who speaks is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

_NAMES = (
    "nickname",
    "display_name",
    "displayName",
    "global_name",
    "real_name",
    "full_name",
    "fullName",
    "name",
    "username",
    "userName",
    "first_name",
    "email",
    "emailAddress",
)
"""Fields by which a person is called, the most telling first."""
_INNER = ("profile", "user", "emailAddress", "author")
"""Fields with an object that has them."""


def distinct_names(names: Mapping[str, str]) -> dict[str, str]:
    """Returns how people are called by their ids, with the id behind a name that two of them have: their words must
    not become those of one."""
    bearers = Counter(name.casefold() for name in names.values())
    return {
        person: f"{name} ({person})" if bearers[name.casefold()] > 1 else name
        for person, name in names.items()
    }


def person_name(value: Any) -> str | None:
    """Returns how a person is called, who is given by a name or by an object with one; None where there is none."""
    match value:
        case str():
            return value.strip() or None
        case Mapping():
            called = [value[name].strip() for name in _NAMES if isinstance(value.get(name), str)]
            inner = [value[name] for name in _INNER if isinstance(value.get(name), Mapping)]
            return next(filter(None, called), None) or person_name(inner)
        case list():
            return next(filter(None, map(person_name, value)), None)
        case int() if not isinstance(value, bool):
            return str(value)
        case _:
            return None
