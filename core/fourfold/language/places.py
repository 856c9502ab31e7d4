"""Whether a name is that of a place, as far as that can be told without a gazetteer: the cities and countries of the
time zone database, which every Python has or can have, and the look of a name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import TZPATH, available_timezones

from fourfold.values.units import Entity

_NO_PLACES = frozenset({"event", "organisation", "organization", "product", "term", "thing", "work"})
"""Kinds that the packaged heads and language models give what is neither a place nor a person. A town that the heads
do not know they mostly take for a person, and nobody moves to one: that kind says nothing here."""


def kinds_of(entities: Iterable[Entity | None]) -> dict[str, str]:
    """Returns the kinds of entities that have one, by each of their names, casefolded."""
    return {
        name.casefold(): entity.kind
        for entity in entities
        if entity is not None and entity.kind
        for name in (entity.name, *entity.aliases)
    }


def is_place(name: str, kinds: Mapping[str, str]) -> bool | None:
    """Tells whether a name is that of a place, by the time zone database and the kind of the entity that has it
    (`kinds_of`); None where neither knows."""
    kind = kinds.get(name.casefold(), "")
    if kind == "place" or is_known_place(name) or is_country(name):
        return True
    return False if kind in _NO_PLACES else None


def is_known_place(name: str) -> bool:
    """Tells whether a name begins with that of a city or country of the time zone database: "Lisbon, Portugal"."""
    first = _FIRST_NAME.match(name.strip())
    return first is not None and first.group().casefold() in _cities()


def looks_like_place(name: str) -> bool:
    """Tells whether a name is written as one of a place is: "Porto", "the Netherlands", "New York"; not "TypeScript",
    "Python 3.12", "Plan B", "the Marketing team". In Chinese characters any short word is."""
    return _PLACE.fullmatch(name.strip()) is not None or _HAN_NAME.fullmatch(name.strip()) is not None


def is_country(name: str) -> bool:
    """Tells whether a name is that of a country: a home there may be in any of its cities."""
    return name.strip().removeprefix("the ").casefold() in _countries() and not is_known_place(name)


@cache
def _countries() -> frozenset[str]:
    # Without the table on the machine no name is known to be one: then two values are compared as any others.
    packaged = [resources.files("tzdata").joinpath("zoneinfo")] if find_spec("tzdata") else []
    for folder in (*map(Path, TZPATH), *packaged):
        table = folder.joinpath("iso3166.tab")
        if table.is_file():
            lines = table.read_text(encoding="utf-8").splitlines()
            names = (line.partition("\t")[2] for line in lines if not line.startswith("#"))
            # "Britain (UK)", "Korea (South)"
            return frozenset(name.partition(" (")[0].casefold() for name in names if name)
    return frozenset()


@cache
def _cities() -> frozenset[str]:
    # Without a database on the machine there are none: then nothing is known to be a place, and less is sure.
    regions = (zone.split("/") for zone in available_timezones() if "/" in zone)
    return frozenset(parts[-1].replace("_", " ").casefold() for parts in regions if parts[0] in _REGIONS)


_REGIONS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
"""The regions of the database that name cities; the others name states, ships and hours ("Etc/GMT+4")."""
_NAME = r"[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ'’-]{2,}"
_FIRST_NAME = re.compile(rf"{_NAME}(?: {_NAME})*")
_PLACE = re.compile(
    rf"(?:the )?(?:(?:San|Santa|New|St\.?|La|Le|Los|Las|El|Al|Port|Fort|East|West|North|South) )?{_NAME}"
    rf"(?:(?:,? | (?:de|da|do|del|la|upon|on|am|an der|of|in|sur|near) ){_NAME})*(?:, [A-Z]{{2,3}})?"
)
_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,8}")
