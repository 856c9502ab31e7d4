"""The date grammar: English dates, relative phrases, weekdays, months, seasons, holidays, years, ranges, each
resolved against an anchor (when the text was said).

Phrases that lie in no calendar ("99999 weeks ago", "31 June") are no times, and a bare number is no year. A phrase
without a year is the one nearest to the anchor, or, with `years` given, one interval a year.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from fourfold.language.dates import exact_days, ranges
from fourfold.language.dates import resolvers as r
from fourfold.language.dates.resolvers import Resolver
from fourfold.language.dates.spans import DAY
from fourfold.language.dates.tense import Direction, TenseReader
from fourfold.language.dates.vocabulary import (
    ANY_HOLIDAY,
    ANY_WEEKDAY,
    ANY_YEAR,
    CLEAR_MONTH,
    DECADES,
    FULL_MONTH,
    IN_YEAR,
    MONTH,
    NO_AMOUNT,
    NUMBER,
    OF_YEAR,
    ORDINAL,
    PART,
    PREPOSITION,
    SEASON,
    TH,
    UNIT,
    WEEKDAY,
    WHICH,
    YEAR,
    YEAR_FIRST,
)
from fourfold.language.dates.years import Reading
from fourfold.language.pack import TenseGrammar
from fourfold.values.units import Interval

_FARTHEST_YEARS = 150
"""How far a time may be that names no year ("a thousand years ago" is a way of speaking). A guess, not measured."""


@dataclass(frozen=True, slots=True)
class TimeMention:
    """A phrase at `[start, end)` of the text and the interval it means."""

    start: int
    end: int
    interval: Interval


def find_times(
    text: str,
    anchor: datetime,
    years: Iterable[int] = (),
    tense: TenseGrammar | None = None,
    direction: Direction | None = None,
) -> list[TimeMention]:
    """Returns all times in `text`, in order, none overlapping.

    `anchor` is aware. With `years`, of a question, a date without a year stands for that date in each of them.
    Whether a date lies ahead is told by `direction`, or else read from the text by `tense`.
    """
    # Most lines of a chat name no time: one cheap search saves them the sixty that follow.
    if _HINT.search(text) is None:
        return []
    asked_years = tuple(years)
    reader = TenseReader(text, tense, asked=bool(asked_years)) if tense else None
    mentions: list[TimeMention] = []
    covered = [False] * (len(text) + 1)
    for pattern, resolve in _GRAMMAR:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(covered[start:end]):
                continue
            # Covered even where it means no time: "31 June 2023" is not the year 2023.
            covered[start:end] = [True] * (end - start)
            before = text[max(0, start - _LONGEST_LINK) : start]
            since = _SINCE.search(before) or _SINCE.match(match.group())
            if reader is not None and direction is None:
                told = reader.direction(start, end)
            else:
                told = direction or Direction.NEAREST
            # "Since Monday I cough": begun, whatever the tense.
            reading = Reading(Direction.PAST if since else told, asked_years)
            open_ended = since or _STARTING.search(before)
            intervals = _resolved(resolve, match, anchor, reading)
            mentions += [
                TimeMention(start, end, replace(interval, end=None) if open_ended else interval)
                for interval in intervals
            ]
    mentions.sort(key=lambda mention: mention.start)
    # With years asked for, each date stands once for every year, and two of them are no range.
    return mentions if asked_years else _ranges(text, mentions)


def _ranges(text: str, mentions: list[TimeMention]) -> list[TimeMention]:
    """Merges two times that a text joins ("from May to July 2022", "3 May - 7 May") into one."""
    merged: list[TimeMention] = []
    for mention in mentions:
        before = merged[-1] if merged else None
        span = None
        if before is not None and _joins(text, before, mention):
            span = _spanning(before.interval, mention.interval)
        if before is not None and span is not None:
            merged[-1] = TimeMention(before.start, mention.end, span)
        else:
            merged.append(mention)
    return merged


def _spanning(opening: Interval, closing: Interval) -> Interval | None:
    """Returns the time from the start of one to the end of the other. "From Monday to Friday" ends in the week it
    starts in; "from June to August 2022" names its year once. None where that year lacks its day ("from 29 February
    to March 2023").
    """
    start, end = opening.start, closing.end
    assert start is not None
    assert end is not None
    try:
        # "From Monday to Friday": each weekday was resolved by itself, to the one just past.
        if start >= end > start - 7 * DAY:
            end += 7 * DAY
        if start >= end:
            start = start.replace(year=end.year - (start.month > end.month))
        return Interval(min(start, end), end)
    except (ValueError, OverflowError):
        return None


def _joins(text: str, a: TimeMention, b: TimeMention) -> bool:
    if (
        a.interval.start is None
        or a.interval.end is None
        or b.interval.start is None
        or b.interval.end is None
    ):
        return False
    if b.start - a.end > _LONGEST_LINK:
        return False
    # Of a range of many times ("May to June to July ...") the end: what is looked for there reaches no further back.
    opening = text[max(0, a.end - _LONGEST_LINK) : a.end].lower()
    link = _LINK.match(text[b.start : b.end].lower())
    between = (text[a.end : b.start] + (link.group() if link else "")).strip().lower()
    days = a.interval.end - a.interval.start <= DAY and b.interval.end - b.interval.start <= DAY
    # These join two times by themselves, as "to" does two days; else "to" and "and" do so only after "from" and
    # "between" ("May to remember").
    if between in {"-", "–", "—", "through", "until"} or (days and between == "to"):
        return True
    if between in {"to", "till", "thru"}:
        return re.search(r"\bfrom (?:the )?[^.]{0,30}$", opening) is not None
    return between == "and" and re.search(r"\bbetween [^.]{0,30}$", opening) is not None


_LINK = re.compile(r"(?:to|until|till|through) ")
_LONGEST_LINK = 40
"""Characters that are looked at between two times, and before one. A guess, not measured."""
_SINCE = re.compile(r"\b(?:since|ever since)(?: the)? ?$|since ", re.IGNORECASE)
_STARTING = re.compile(r"\b(?:as of|as from|starting(?: in| from| on)?)(?: the)? $", re.IGNORECASE)
"""What begins a time without an end, like "since", but may lie ahead: "I resign as of 1 December"."""


def _resolved(resolve: Resolver, match: re.Match[str], anchor: datetime, reading: Reading) -> list[Interval]:
    try:
        spans = resolve(match, anchor, reading)
        names_year = match.groupdict().get("y")
        return [
            Interval(*span)
            for span in spans
            if names_year or abs(span[0].year - anchor.year) <= _FARTHEST_YEARS
        ]
    except (ValueError, OverflowError):  # a date that is in no calendar
        return []


def _rule(
    pattern: str, resolve: Resolver, flags: re.RegexFlag = re.IGNORECASE
) -> tuple[re.Pattern[str], Resolver]:
    # A slash borders no date either: "1/2/3/2023" is a path or a score.
    return re.compile(rf"(?<![\w/])(?:{pattern})(?![\w/])", flags), resolve


# Longer phrases first: what an earlier rule took, no later one sees.
_GRAMMAR: tuple[tuple[re.Pattern[str], Resolver], ...] = (
    _rule(
        r"(?P<y>[1-9]\d{3})[-/](?P<m>\d\d?)[-/](?P<d>\d\d?)(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?",
        r.resolve_date,
    ),
    _rule(r"(?P<a>\d\d?)(?P<sep>[./])(?P<b>\d\d?)(?P=sep)(?P<y>[1-9]\d{3}|\d\d)", r.resolve_numeric),
    _rule(
        rf"(?P<d>\d\d?)-(?P<m>{MONTH})-(?P<y>{ANY_YEAR})",
        r.resolve_date,
    ),
    _rule(
        rf"(?:every|each|any|most|all|alternate)(?: (?:other|single|second|of (?:my|her|his|our|their)|{ORDINAL}))?"
        rf" (?:{WEEKDAY}|{MONTH}|{SEASON}|{ANY_HOLIDAY}|{UNIT}|weekend|morning|evening|night)s?(?: (?:morning"
        rf"|afternoon"
        rf"|evening|night)s?)?(?:(?: and|,) (?:{WEEKDAY}|{MONTH}|{SEASON}|weekend)s?)?",
        r.resolve_recurring,
    ),
    _rule(rf"(?:(?:on|the|{ORDINAL}) )*(?:{WEEKDAY}) of (?:every|each|the) month", r.resolve_recurring),
    # "On a Sunday": any of them, or one that only its context tells.
    _rule(rf"on an? (?:[a-z]+ )?(?:{WEEKDAY})(?! ago)", r.resolve_recurring),
    # "The Saturday market is the best place": a day in the name of what there is every week.
    _rule(
        rf"(?:the|my|our|his|her|their) (?:{WEEKDAY})"
        r"(?= [a-z]+(?: [a-z]+)? (?:is|are|isn['’]t|aren['’]t|has|have)\b"
        r"(?! (?:been|cancelled|canceled|off|moved|postponed|on|in)\b))",
        r.resolve_recurring,
    ),
    _rule(
        rf"(?:(?P<b>between (?:the )?)|from )?(?:the )?(?P<d>\d\d?){TH} ?(?(b)and|(?:-|–|to|until|till"
        rf"|through)) ?(?:the )?"
        rf"(?P<e>\d\d?){TH} (?:of )?(?P<m>{MONTH})\.?{OF_YEAR}",
        ranges.resolve_days,
    ),
    _rule(
        rf"(?:(?P<b>between )|from )?(?P<m>{MONTH})\.? (?P<d>\d\d?){TH} ?(?(b)and|(?:-|–|to|until|till|through)) ?"
        rf"(?P<e>\d\d?){TH}{OF_YEAR}",
        ranges.resolve_days,
    ),
    _rule(
        rf"(?:(?P<b>between )|from )?(?P<m>{MONTH}) ?(?(b)and|(?:to|through|thru|until|till|-"
        rf"|–)) ?(?P<m2>{MONTH}){OF_YEAR}"
        r"(?! \d\d?\b)",
        ranges.resolve_months,
    ),
    _rule(
        rf"(?:(?P<b>between )|from )?(?:(?P<which>{WHICH}) )?(?P<w>{ANY_WEEKDAY}) ?"
        rf"(?(b)and|(?:to|through|thru|until|till|-|–)) ?(?P<w2>{ANY_WEEKDAY})",
        ranges.resolve_weekdays,
    ),
    # "Mon, Wed and Fri": what is on so many days is on each week.
    _rule(
        rf"(?:{ANY_WEEKDAY})(?:(?:,? and |, ?| ?& ?| ?/ ?| )(?:{ANY_WEEKDAY})(?=\W|$)){{2,}}",
        r.resolve_recurring,
    ),
    _rule(rf"{YEAR_FIRST}(?P<h>{ANY_HOLIDAY})", r.resolve_holiday),
    _rule(rf"{YEAR_FIRST}(?:(?P<part>{PART}) ?)?(?P<m>{MONTH})", r.resolve_month),
    _rule(rf"{YEAR_FIRST}(?P<s>{SEASON})", r.resolve_season),
    _rule(rf"(?:(?P<which>{WHICH}) )?(?P<h>{ANY_HOLIDAY}){OF_YEAR}", r.resolve_holiday),
    _rule(
        rf"(?:(?:on|by|until|till|before) )?the (?P<d>\d\d?|{ORDINAL}){TH} of (?P<which>{WHICH}) month",
        exact_days.resolve_day_of_month,
    ),
    _rule(
        rf"(?:the )?(?:very )?(?P<n>{ORDINAL}|last) (?P<unit>day|week|weekend|{WEEKDAY}) (?:of|in) (?P<which>{WHICH})"
        r" (?P<of>month|quarter|year)",
        exact_days.resolve_nth_of_which,
    ),
    _rule(
        rf"(?:the )?(?:very )?(?P<n>{ORDINAL}|last) (?P<unit>day|week|weekend|{WEEKDAY}) (?:of|in) (?P<y>{YEAR})",
        exact_days.resolve_nth_of_named,
    ),
    _rule(
        rf"(?:(?:{WEEKDAY}),? )?(?:the )?(?P<d>\d{{1,2}}|{ORDINAL}){TH} (?:day )?(?:of )?(?P<m>{MONTH})\.?{OF_YEAR}",
        r.resolve_date,
    ),
    _rule(
        rf"(?:(?:{WEEKDAY}),? )?(?P<m>{MONTH})\.? (?:the )?(?P<d>\d{{1,2}}|{ORDINAL}){TH}{OF_YEAR}",
        r.resolve_date,
    ),
    _rule(
        rf"(?:the )?(?:very )?(?P<n>{ORDINAL}|last) (?P<unit>day|week|weekend|{WEEKDAY}) (?:of|in)"
        rf" (?P<m>{MONTH})\.?{OF_YEAR}",
        exact_days.resolve_nth_of_named,
    ),
    _rule(rf"(?:since )?(?:(?P<part>{PART}) ?)?(?P<m>{MONTH})\.?{IN_YEAR}", r.resolve_month),
    _rule(rf"(?P<y>{YEAR})-(?P<m>0[1-9]|1[0-2])", r.resolve_month),
    _rule(rf"(?P<which>{WHICH}) (?P<m>{MONTH})", r.resolve_month),
    # "In May" with its capital, since "in may" and "by march" are other words; CLEAR_MONTH are no other words.
    _rule(rf"(?i:{PREPOSITION}) (?:(?P<part>(?i:{PART})) ?)?(?P<m>{FULL_MONTH})", r.resolve_month, re.NOFLAG),
    _rule(r"(?:in|since|until|till|during|between|before|after) (?P<m>may|march)", r.resolve_month),
    _rule(rf"(?P<part>(?i:{PART})) ?(?P<m>{FULL_MONTH})", r.resolve_month, re.NOFLAG),
    _rule(rf"(?:{PREPOSITION}) (?:(?P<part>{PART}) ?)?(?P<m>{CLEAR_MONTH})", r.resolve_month),
    _rule(rf"(?P<part>{PART}) ?(?P<m>{CLEAR_MONTH})", r.resolve_month),
    _rule(rf"(?:the )?(?:(?P<part>{PART}) ?)?(?P<s>{SEASON}){IN_YEAR}", r.resolve_season),
    _rule(rf"(?:(?P<part>{PART}) )?(?P<which>{WHICH}) (?P<s>{SEASON})", r.resolve_season),
    _rule(
        # "Fall" and "spring" are other words as well: "fall back", "spring water".
        rf"(?:in|during|over|throughout|since|(?P<part>{PART})) (?:the )?(?P<s>{SEASON})(?! back| water| asleep)",
        r.resolve_season,
    ),
    _rule(rf"Q(?P<q>[1-4])(?: of)? ?(?P<y>{YEAR})?", r.resolve_quarter, re.NOFLAG),
    _rule(rf"(?:the )?(?P<q>first|second|third|fourth|last) quarter of (?P<y>{YEAR})", r.resolve_quarter),
    _rule(rf"(?:the )?(?P<n>first|second) half of (?P<y>{YEAR})", r.resolve_half),
    _rule(r"(?:the )?(?:(?P<part>early|mid-?|late) )?(?P<c>19|20)(?P<t>\d0)['’]?s", r.resolve_decade),
    _rule(
        r"(?:the|in the|during the) (?:(?P<part>early|mid-?|late) )?['’]?(?P<t>[2-9]0)['’]?s",
        r.resolve_decade,
    ),
    _rule(rf"the (?:(?P<part>early|mid-?|late) )?(?P<w>{'|'.join(DECADES)})", r.resolve_decade),
    _rule(
        rf"(?:exactly )?(?P<n>{NUMBER}) (?P<unit>{UNIT})s? (?P<from>from) (?P<day>today|tomorrow|{WEEKDAY})",
        exact_days.resolve_from_day,
    ),
    _rule(
        rf"(?:on )?(?P<day>today|tomorrow|{WEEKDAY}) (?P<from>in) (?P<n>{NUMBER}) (?P<unit>week)s?",
        exact_days.resolve_from_day,
    ),
    _rule(
        rf"(?P<n>{NUMBER}) (?P<unit>week)s? (?:on )?(?P<day>today|tomorrow|{WEEKDAY})",
        exact_days.resolve_from_day,
    ),
    _rule(
        rf"(?P<n>{NUMBER}) (?P<unit>week)s? ago(?:,? on| last| this)? (?P<day>{WEEKDAY})",
        exact_days.resolve_ago_on_day,
    ),
    _rule(
        rf"(?:on )?(?P<day>{WEEKDAY}),? (?P<n>{NUMBER}) (?P<unit>week)s? ago", exact_days.resolve_ago_on_day
    ),
    _rule(
        rf"(?:exactly )?(?P<n>{NUMBER}) (?P<unit>{UNIT})s? ago (?P<day>today|yesterday|tomorrow)",
        exact_days.resolve_ago_on_day,
    ),
    _rule(
        rf"(?:on )?(?P<day>today|yesterday|tomorrow|this (?:very )?day,?) (?P<n>{NUMBER}) (?P<unit>{UNIT})s? ago",
        exact_days.resolve_ago_on_day,
    ),
    _rule(rf"(?P<n>{NUMBER}) (?P<unit>{UNIT})s? ago,? to the day", exact_days.resolve_ago_on_day),
    _rule(rf"(?:exactly|precisely) (?P<n>{NUMBER}) (?P<unit>{UNIT})s? ago", exact_days.resolve_ago_on_day),
    _rule(
        rf"(?P<from>in )?(?:exactly|precisely) (?P<n>{NUMBER}) (?P<unit>{UNIT})s?(?(from)| from now)",
        exact_days.resolve_from_day,
    ),
    _rule(
        rf"(?:on )?this (?:very )?day,? (?P<which>{WHICH}) (?P<unit>week|month|year)",
        exact_days.resolve_on_this_day,
    ),
    _rule(rf"(?P<n>{NUMBER}) (?P<unit>{UNIT})s? (?P<later>from now)", r.resolve_ago),
    _rule(r"(?:the )?day (?:before yesterday|after tomorrow)", r.resolve_named_day),
    _rule(
        r"(?:yesterday|tomorrow|tmrw|tmr|tomoz)(?: (?:morning|afternoon|evening|night))?|(?:earlier |later )?today"
        r"|tonight|just now|last night|this (?:morning|afternoon|evening)",
        r.resolve_named_day,
    ),
    _rule(
        rf"(?:on )?(?P<unit>{WEEKDAY}),? (?:of |in )?(?:the )?(?:(?P<which>{WHICH}) week"
        r"|week (?P<side>before last|after next))",
        r.resolve_day_of_week,
    ),
    _rule(rf"(?P<which>{WHICH}) week,? (?:on )?(?P<unit>{WEEKDAY})(?!s)", r.resolve_day_of_week),
    _rule(
        rf"(?:the )?(?P<unit>weekend|week|month|year|{WEEKDAY}) (?P<side>before last|after next)",
        r.resolve_before_last,
    ),
    _rule(rf"(?P<n>{NUMBER}) (?P<unit>year)s? and (?P<half>a half) (?:ago|back|earlier)", r.resolve_ago),
    _rule(rf"(?P<n>{NUMBER}) and (?P<half>a half) (?P<unit>year)s (?:ago|back|earlier)", r.resolve_ago),
    _rule(r"half an? (?P<unit>year|month|hour|day) ago", r.resolve_half_ago),
    _rule(rf"(?P<n>{NUMBER}) (?P<unit>{UNIT}|weekend|{WEEKDAY})s? (?:ago|back|earlier)", r.resolve_ago),
    _rule(
        # "A man in three years of training", "in two years old": a length or an age, no time.
        rf"(?P<in>in) (?:about |around )?(?P<n>{NUMBER}) (?P<unit>{UNIT})s?(?! (?:of|old|long))(?:['’] time)?",
        r.resolve_ago,
    ),
    _rule(
        rf"(?:(?:over|in|during|for|within) )?(?:the|these) (?:past|last) (?P<n>{NUMBER}) (?P<unit>{UNIT})s?",
        r.resolve_lately,
    ),
    _rule(rf"(?:over|in|during|for|within) the next (?P<n>{NUMBER}) (?P<unit>{UNIT})s?", r.resolve_ahead),
    _rule(
        rf"(?:(?P<part>{PART}) )?(?:the )?(?P<which>{WHICH}) "
        rf"(?P<unit>weekend|week|month|quarter|year|decade|{WEEKDAY})(?: (?:morning|afternoon|evening|night))?",
        r.resolve_which,
    ),
    _rule(
        rf"(?:(?P<part>{PART}) )(?:the|this) (?P<unit>week|month|quarter|year)(?! [a-z]+ed\b)",
        exact_days.resolve_part_of_present,
    ),
    _rule(r"(?:just )?the other (?:day|night|evening|week)", r.resolve_the_other_day),
    _rule(rf"(?:on )?(?:{ANY_WEEKDAY}),? the (?P<d>\d\d?)(?:st|nd|rd|th)(?! of)", r.resolve_this_day),
    _rule(
        r"(?:(?:on|since|by|until|till|before|from|to|for) )?(?<!black )(?<!good )(?<!palm )(?<!cyber )"
        rf"(?P<unit>{WEEKDAY})"
        r"(?! (?:morning|afternoon|evening|night)s)(?: (?:morning|afternoon|evening|night))?(?!s)",
        r.resolve_bare_weekday,
    ),
    _rule(
        r"(?:on|by|until|till|before|since|from|for) (?-i:(?P<unit>Mon|Tue|Wed|Thu|Sat|Sun))",
        r.resolve_bare_weekday,
    ),
    _rule(r"(?:over|on|during|at|by|for|until) the weekend", r.resolve_weekend),
    _rule(
        r"(?:on|by|until|till|before|since|from|about|to|for) the (?P<d>\d\d?)(?:st|nd|rd|th)"
        r"(?! (?:of|floor|street|avenue"
        r"|grade|birthday|anniversary|try|time|day|place))",
        r.resolve_this_day,
    ),
    _rule(
        rf"(?:(?:from|between) )?(?P<y>{YEAR}) ?(?:-|–|to|and|until|till|through) ?(?P<z>{YEAR})",
        r.resolve_year_range,
    ),
    _rule(
        rf"(?:{PREPOSITION}|(?:back|way back) in) (?:(?P<part>{PART}) ?)?(?:the )?(?:year )?(?P<y>{YEAR}){NO_AMOUNT}",
        r.resolve_year,
    ),
    _rule(rf"(?P<part>{PART}) ?(?P<y>{YEAR}){NO_AMOUNT}", r.resolve_year),
    _rule(r"(?:in|since|of|from|until|back in) ['’](?P<yy>\d\d)", r.resolve_year),
    # A year alone is one where nothing else could be: as what was, after what was done, before one thing.
    _rule(
        rf"(?<!\w )(?P<y>{YEAR})(?= (?:was|is|has been|had|will|brought|felt|started|ended)\b)",
        r.resolve_year,
    ),
    _rule(r"(?:born|\w{3,}ed) (?P<y>(?:19|20)\d\d)(?=[.,!?;)]*(?:\s|$)(?! ?[a-z]))", r.resolve_year),
    _rule(r"(?:the|my|our) (?P<y>(?:19|20)\d\d)(?= [a-z]+\b(?<!s))", r.resolve_year),
    _rule(rf"(?<=\()(?P<y>{YEAR})(?=\))", r.resolve_year),
)
_HINT = re.compile(
    rf"\d|(?<!\w)(?:{MONTH}|{WEEKDAY}|{SEASON}|{ANY_HOLIDAY})s?(?!\w)|day|night|week|month|year|quarter|ago|tomorrow|tmrw?|tomoz|decade"
    r"|now|morning|evening|afternoon|ties\b",
    re.IGNORECASE,
)
