"""The words of the English date grammar, and patterns that match any of a kind."""

from __future__ import annotations

import re

from fourfold.language.dates.spans import HOLIDAYS, WEEKDAYS
from fourfold.values.rendering import MONTHS

MONTH_NUMBERS = {name.lower(): i for i, name in enumerate(MONTHS, 1)}
# Chats write "Jan 5", "5 Sept": three letters, and four of September.
MONTH_NUMBERS |= {name[:3].lower(): i for i, name in enumerate(MONTHS, 1)} | {"sept": 9}
WEEKDAY_NUMBERS = {name.lower(): i for i, name in enumerate(WEEKDAYS)}
WEEKDAY_NUMBERS |= {name[:3].lower(): i for i, name in enumerate(WEEKDAYS)} | {"tues": 1, "thurs": 3}
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
NUMBERS = {
    word: i
    for i, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split(), 1
    )
} | {
    "a": 1, "an": 1, "a couple of": 2, "a couple": 2, "couple of": 2, "a few": 3, "few": 3, "several": 4,
    "twenty": 20, "thirty": 30, "a dozen": 12,
}  # fmt: skip
ORDINALS = {
    word: i
    for i, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
        " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second"
        " twenty-third twenty-fourth"
        " twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first".split(),
        1,
    )
}
PARTS = {
    "early": "early", "beginning of": "early", "start of": "early", "mid": "mid", "middle of": "mid", "late": "late",
    "end of": "late",
}  # fmt: skip
DECADES = {
    name: 10 * i
    for i, name in enumerate(
        "twenties thirties forties fifties sixties seventies eighties nineties".split(), 2
    )
}

MONTH = "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True))
FULL_MONTH = "|".join(MONTHS)
# Without a capital these are other words first: "may", "mar", "dec", "march". "sun" is a day and a star.
CLEAR_MONTH = "|".join(
    sorted((m for m in MONTH_NUMBERS if m not in {"may", "mar", "jun", "dec", "sun", "march"}), key=len)[::-1]
)
# "Fri" alone of the short ones: "sat", "sun", "wed" and "mon" are words or names in other talk.
WEEKDAY = "|".join(sorted((d for d in WEEKDAY_NUMBERS if len(d) > 3 or d in {"fri"}), key=len, reverse=True))
# Beside other days the short ones are days.
ANY_WEEKDAY = "|".join(sorted(WEEKDAY_NUMBERS, key=len, reverse=True))
SEASON = "|".join(SEASONS)
NUMBER = r"\d{1,5}|" + "|".join(sorted(NUMBERS, key=len, reverse=True))
ORDINAL = "|".join(sorted(ORDINALS, key=len, reverse=True))
YEAR = r"(?:18|19|20)\d\d"
TH = r"(?:st|nd|rd|th)?"
WHICH = r"this past|this coming|the past|the previous|the following|last|past|previous|next|this|coming"
PREPOSITION = (
    r"in|since|during|by|until|till|from|of|before|after|around|throughout|year|for|between|to|through"
)
PART = r"early|mid-?|late|(?:the )?(?:very )?(?:beginning|start|middle|end) of"
UNIT = r"minute|hour|day|week|fortnight|month|quarter|year|decade"
# "In 2000 steps", "by 1950 points", "1900 rpm", "2000 to 3000": four digits before a thing that is counted, or before
# the abbreviation of a unit (consonants alone), or in a range of what are no years, are no year.
NO_AMOUNT = (
    r"(?! ?(?:%|[€$£]|calories|kcal|people|dollars?|euros?|pounds|steps|words|miles|meters|metres|items|users|points"
    r"|pages|years|hours|days|times|men|women|books|bucks|feet|units|lines|questions|degrees|percent|bytes|square|miles"
    r"|(?!(?-i:mr|mrs|ms|dr|st|vs|[A-Z])\b)[bcdfghjklmnpqrstvwxz]{1,4}\b|(?-i:m[A-Z]\w*))(?!['’\w]))"
    r"(?! ?(?:to|-|–|and|or) ?\d)(?![.,:]\d)"
)


_RELATIVE_YEAR = r"(?P<ry>last|this|next|the previous|the following) year"
ANY_YEAR = rf"(?:{YEAR}|[1-9]\d{{3}}{NO_AMOUNT})"
"""The year of a date, behind its month: four digits there are one, also in "14 October 1066"."""
OF_YEAR = rf"(?:,? (?:of )?(?:(?P<y>{ANY_YEAR})|{_RELATIVE_YEAR}))?"
IN_YEAR = rf",? (?:of )?(?:(?P<y>{ANY_YEAR})|{_RELATIVE_YEAR})"
"""The year that a month or season needs, to be a time by itself: "March 2019", "March last year"."""
YEAR_FIRST = rf"{_RELATIVE_YEAR},? (?:in|on|at|around|during|over)(?: the)? "
"""The same before it: "last year in March"."""
ANY_HOLIDAY = (
    "|".join(sorted((re.escape(name).replace("'", "['’]") for name in HOLIDAYS), key=len, reverse=True))
    + "|st\\. patrick['’]s day|4th of july"
)


def month_number(month_text: str | None) -> int:
    """Returns 1 to 12 for a month in letters or digits."""
    assert month_text is not None
    return int(month_text) if month_text.isdigit() else MONTH_NUMBERS[month_text.lower().rstrip(".")]


def count_of(phrase: str) -> int:
    """Returns the number of "3", "three", "a couple of"."""
    return int(phrase) if phrase.isdigit() else NUMBERS[" ".join(phrase.lower().split())]


def part_named(phrase: str) -> str | None:
    """Returns "early", "mid" or "late" for "the very end of", "mid-"; None for no part of a time."""
    return PARTS.get(" ".join(phrase.lower().replace("the ", "").replace("very ", "").split()).rstrip("-"))
