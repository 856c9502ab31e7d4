"""Whether a name is that of a place, as far as that can be told without a gazetteer: the cities of the time zone
database, which every Python has or can have, and the look of a name."""

from __future__ import annotations

import re
from functools import cache
from zoneinfo import available_timezones


def is_known_place(name: str) -> bool:
    """Tells whether a name begins with that of a city or country of the time zone database: "Lisbon, Portugal"."""
    first = _FIRST_NAME.match(name.strip())
    return first is not None and first.group().casefold() in _cities()


def looks_like_place(name: str) -> bool:
    """Tells whether a name is written as one of a place is: "Porto", "the Netherlands", "New York"; not "TypeScript",
    "Python 3.12", "Plan B", "the Marketing team". In Chinese characters any short word is."""
    return _PLACE.fullmatch(name.strip()) is not None or _HAN_NAME.fullmatch(name.strip()) is not None


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
