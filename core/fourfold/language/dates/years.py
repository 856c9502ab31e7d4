"""Which year a date without one is of: by the tense of its sentence, by "last" and "next", else the nearest."""

from __future__ import annotations

import re
from datetime import datetime


def meant_years(
    groups: dict[str, str | None],
    match: re.Match[str],
    anchor: datetime,
    years: tuple[int, ...],
    date: tuple[int, int],
) -> tuple[int, ...]:
    """Returns the years a date (month, day) is of: the one written, those asked for, or by the tense of its sentence
    the last one, the next one, or the nearest."""
    year_text = groups.get("y")
    if year_text:
        return (int(year_text),)
    if years:
        return years
    passed = date <= (anchor.month, anchor.day)
    match tense(match):
        case "past":
            return (anchor.year if passed else anchor.year - 1,)
        case "future":
            # "In May" said during May still means this one; its date stands for the first of the month.
            current = date >= (anchor.month, 1 if date[1] == 1 else anchor.day)
            return (anchor.year if current else anchor.year + 1,)
        case _:
            return (
                min(
                    (anchor.year + step for step in (-1, 0, 1)),
                    key=lambda year: _distance(anchor, year, *date),
                ),
            )


def step_of(which: str) -> int:
    """Returns -1 for the last one, 0 for this one, 1 for the next one."""
    word = which.lower().split()[-1]
    return {"next": 1, "coming": 1, "following": 1, "this": 0}.get(word, -1)


def relative_year(which: str, anchor: datetime, month: int, length: int = 1) -> int:
    """Returns the year of "last May", "next summer": the stretch of `length` months from `month` on."""
    match step_of(which):
        case 0:
            return anchor.year
        case 1:
            return anchor.year + (month <= anchor.month)
        case _:
            # "Last summer" said in July is the one before: the present one is not over.
            begun = month + length - 1 < anchor.month
            return anchor.year if begun else anchor.year - 1


def relative_day_year(which: str, anchor: datetime, month: int, day: int) -> int:
    """Returns the year of a day such as "last Christmas"."""
    passed = (month, day) < (anchor.month, anchor.day)
    match step_of(which):
        case 0:
            return anchor.year
        case 1:
            return anchor.year + passed
        case _:
            return anchor.year - (not passed)


def tense(match: re.Match[str]) -> str:
    """Returns "past" or "future" if a word before the phrase, in its sentence, says so."""
    sentence = re.split(r"[.!?;\n]", match.string[: match.start()])[-1]
    if _TO_COME.search(sentence):
        return "future"
    after = re.split(r"[.!?;\n]", match.string[match.end() :])[0]
    phrase = match.group().lower()
    about = (
        _MOVED.search(sentence) or phrase.startswith("for ") or _ARRANGED.search(f"{sentence}{phrase}{after}")
    )
    if about:
        return ""  # "I booked the train for 31 January": done by now, but not what it is about
    return "past" if _BYGONE.search(f"{sentence}{after}") else ""


_TO_COME = re.compile(
    r"\b(?:will|shall|going to|see you|meet you|let's|are meeting|am meeting|due|plan(?:ning)? to|deadline)\b[^.!?]*$"
    r"|['’]ll\b[^.!?]*$",
    re.IGNORECASE,
)
_MOVED = re.compile(
    r"\b(?:mov|push|shift|delay|chang|put off)\w*\b.* to (?:the )?$|\bfor (?:the )?$", re.IGNORECASE
)
_ARRANGED = re.compile(
    r"\b(?:book|schedul|plan|reserv|arrang|invit|postpon|regist|enrol|remind|promis|order|appoint|agre|announc|expect"
    r"|decid|sav)\w*|\bsign(?:ed|ing)? up\b|\b(?:calendar|tickets?|deadline|reservation|next)\b",
    re.IGNORECASE,
)
_BYGONE = re.compile(
    r"\b(?:was|were|did|had|went|came|saw|met|got|took|made|began|gave|left|found|felt|told|said|bought|ran|won|lost|sang"
    r"|wrote|drove|flew|grew|held|kept|knew|led|read|sold|sent|slept|spent|spoke|swam|taught|thought|wore|ate|broke|built"
    r"|caught|chose|drew|fell|fought|heard|hid|hit|hurt|paid|rode|rose|sat|stood|stole|threw|woke|born|been"
    r"|(?!need|feed|seed|speed|weed|bleed|breed|indeed|hundred|red|bed)\w{2,}ed)\b",
    re.IGNORECASE,
)


def _distance(anchor: datetime, year: int, month: int, day: int) -> float:
    """Days from the anchor; those ahead count half as much again, since people mostly tell what was."""
    days = (year - anchor.year) * 365.25 + (month - anchor.month) * 30.4 + day - anchor.day
    return days * 1.5 if days > 0 else -days
