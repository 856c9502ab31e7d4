"""Fields as files write them: times, roles, names of fields. All importers read them by these functions, so that the
same thing means the same in every format; the command line reads its times by them as well."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from fourfold.errors import InputError
from fourfold.values.units import Role, require_aware

_MILLISECONDS_FROM = 1e11
"""A number from here on counts milliseconds: as seconds it would be after the year 5138, and as milliseconds
anything smaller is before March 1973."""
_EPOCH_TEXT = re.compile(r"\d{9,10}(?:\.\d+)?|\d{13}")
"""Seconds (from 1973 on) or milliseconds (from 2001 on) written as a string, as Slack does. No ISO 8601 date has so
many digits: the longest without separators, "20240501", has eight."""
_ROLES: dict[str, Role] = {
    "user": "user", "human": "user", "assistant": "assistant", "ai": "assistant", "system": "system", "tool": "tool"
}  # fmt: skip


def parse_time(value: Any, where: str) -> datetime | None:
    """Returns a time written in ISO 8601, or as seconds or milliseconds since 1970; None where `value` is None or
    blank. One without a zone is taken to be UTC. Raises `InputError` that begins with `where`."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        if isinstance(value, str) and _EPOCH_TEXT.fullmatch(value.strip()):
            value = float(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            seconds = value / 1000 if abs(value) >= _MILLISECONDS_FROM else value
            return datetime.fromtimestamp(seconds, UTC)
        moment = datetime.fromisoformat(str(value).strip())
    except (ValueError, OverflowError, OSError) as error:
        raise InputError(f'{where}: "{value}" is no time; write it as 2026-05-20T19:10:00+00:00.') from error
    return require_aware(moment if moment.tzinfo else moment.replace(tzinfo=UTC), f"{where}: the time")


def parse_role(value: Any, where: str) -> Role:
    """Returns whose words a message is, by the names that products give that; "user" where `value` is None. Raises
    `InputError` that begins with `where` for a name that is not known: taking it for the user's would put words into
    the user's mouth."""
    if value is None:
        return "user"
    role = _ROLES.get(str(value).strip().lower())
    if role is None:
        raise InputError(f'{where}: role "{value}" is not one of {", ".join(_ROLES)}.')
    return role


def first_field(record: Mapping[str, Any], *names: str) -> Any:
    """Returns the first of the fields `names` that is there and not null; None where there is none."""
    return next((record[name] for name in names if record.get(name) is not None), None)
