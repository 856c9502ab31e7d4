"""Checks of what is passed to the public methods; each returns the value, or raises `InputError`."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence

from fourfold.errors import InputError
from fourfold.values.units import Network, Unit

_BANK = re.compile(r"[^\s\x00-\x1f/\\](?:[^\x00-\x1f/\\]{0,198}[^\s\x00-\x1f/\\])?")


def id_of(unit: Unit | str) -> str:
    """The id of a unit that is given as such or by its id."""
    return unit.id if isinstance(unit, Unit) else unit


def parse_unit_id(unit_id: str) -> str:
    """An id as it is stored; raises `ValueError` for what is none."""
    return uuid.UUID(unit_id).hex


def check_bank_name(name: str) -> str:
    """The name, if it can be one of a bank."""
    if not isinstance(name, str) or not _BANK.fullmatch(name):
        raise InputError(
            f"{name!r} cannot name a bank: use 1 to 200 characters without slashes and control characters."
        )
    return name


def check_name(name: str, what: str) -> str:
    """The name, if it can be one of a document or a tag."""
    if not isinstance(name, str) or len(name) > 500 or any(ord(c) < 32 for c in name):
        raise InputError(f"The {what} must be a string of at most 500 characters without control characters.")
    return name


def check_tags(tags: Sequence[str]) -> tuple[str, ...]:
    """The tags, each once."""
    if isinstance(tags, str):
        raise InputError(f'tags is the string "{tags}": pass a list, for instance ["{tags}"].')
    return tuple(dict.fromkeys(check_name(tag, "tag") for tag in tags))


def check_networks(networks: Sequence[Network | str]) -> tuple[Network, ...]:
    """The networks by their names."""
    if isinstance(networks, str):
        raise InputError(f'networks is the string "{networks}": pass a list, for instance ["{networks}"].')
    try:
        return tuple(Network(name) for name in networks)
    except ValueError as error:
        network_names = ", ".join(n.value for n in Network)
        raise InputError(f"{error}: the networks are {network_names}.") from error
