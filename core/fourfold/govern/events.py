"""Tells what a unit is in a timeline: an event, a plan, or how things are.

What has a time of its own ("we went camping last week") tells of a moment, whatever else is read in it. What has none
is an event only where all that was read in it says so: most of what is said in the past tense belongs to an event
that another sentence tells ("It was so much fun!").
"""

from __future__ import annotations

from functools import cache

from fourfold.language.dates import find_times
from fourfold.language.dates.tense import tells_of_past
from fourfold.language.enrichment import enriched
from fourfold.language.languages import matches_any
from fourfold.language.pack import Language, search
from fourfold.language.text import is_stage_direction
from fourfold.values.changes import TimelineKind
from fourfold.values.statements import Family, Kind
from fourfold.values.units import Modality, Network, Unit

_LEAST_SALIENCE = 0.2
"""Salience (`Unit.salience`) below which what has no time of its own is no event: it mostly says how another one was.
A guess, from reading the timelines of four conversations."""
_LONGEST_REPORT = 60
"""Words of what an agent said from which it explains, or drafts a text, rather than report. A guess."""
_AHEAD = (Modality.PLAN, Modality.WISH)
_OCCASIONS = (Family.EVENT, Family.SCHEDULE)
"""What a plan without a time has to tell of: anybody's intentions are no dates."""
_STANDING = ("", Family.TASTE, Family.VALUE, Family.SKILL, Family.IDENTITY, Family.ORIGIN, Family.OTHER)
"""What a statement without a time tells of that is no event, though it is of the past ("I loved that book as a
kid"); and what is not clear."""


def told_as(unit: Unit, language: Language) -> TimelineKind | None:
    """Returns what a unit of a bank in `language` is in a timeline; None for what is in none: small talk, questions,
    code, and judgements without a time. What nothing was read in (a language model's, an older version's) is an
    event, or a plan."""
    if unit.kind not in (Kind.STATEMENT, Kind.SMALLTALK) or unit.modality is Modality.QUESTION:
        return None
    is_read = unit.salience is not None
    is_dated = enriched("times", unit.text, unit.occurred is not None, _is_dated, unit, language)
    # "You won't believe it - I met Ben yesterday!" is an exclamation, and an event.
    if unit.kind is Kind.SMALLTALK and not (is_dated and _is_over(unit)):
        return None
    if unit.network is Network.BELIEF and not (is_read and is_dated):
        return None
    if is_read and not enriched("modality", unit.text, is_dated, _tells_of_moment, unit, is_dated, language):
        return "states"
    return "plans" if unit.modality in _AHEAD else "events"


def is_of_one_matter(older: Unit, newer: Unit) -> bool:
    """Whether an older unit that a newer one probably overtook is a change worth telling: something lasting, of one
    part of a life or a project with the newer. Of 26 such pairs in seven conversations three are, each of one matter,
    as hardly any other was. What nothing was read in is taken at its word."""
    pair = (older, newer)
    if any(each.network is Network.BELIEF or is_stage_direction(each.claim) for each in pair):
        return False
    if None in (older.salience, newer.salience):
        return True
    return older.lasting and older.attribute != "" and older.attribute == newer.attribute


def _is_dated(unit: Unit, language: Language) -> bool:
    """Whether the sentence that tells what a unit is, or one before it, names a time: a date behind it is of another
    matter, such as the code that it introduces."""
    if unit.occurred is None or unit.telling is None:
        return unit.occurred is not None
    return bool(find_times(unit.text[: unit.telling[1]], unit.mentioned_at, language))


def _is_over(unit: Unit) -> bool:
    """Whether the time that a unit names had ended when it was said."""
    end = unit.occurred.end if unit.occurred is not None else None
    return end is not None and unit.mentioned_at is not None and end <= unit.mentioned_at


def _tells_of_moment(unit: Unit, is_dated: bool, language: Language) -> bool:
    if unit.modality is Modality.HYPOTHETICAL or is_stage_direction(unit.claim):
        return False
    is_ahead = unit.modality in _AHEAD
    if unit.network is Network.EXPERIENCE:
        is_report = len(unit.text.split()) <= _LONGEST_REPORT or matches_any("speaker_as_subject", unit.claim)
        return is_report and not unit.lasting and (is_dated if is_ahead else _is_past(unit.claim, language))
    return is_dated or _happened_without_a_time(unit, is_ahead, language)


def _happened_without_a_time(unit: Unit, is_ahead: bool, language: Language) -> bool:
    if unit.modality not in (Modality.FACT, Modality.PLAN) or (unit.salience or 0.0) < _LEAST_SALIENCE:
        return False
    if is_ahead:
        return unit.attribute in _OCCASIONS and not unit.lasting
    if unit.lasting:
        return search(_turns(language), unit.claim) is not None and _is_past(unit.claim, language)
    return unit.attribute not in _STANDING and _is_past(unit.claim, language)


def _is_past(text: str, language: Language) -> bool:
    return language.tense is None or tells_of_past(text, language.tense)


@cache
def _turns(language: Language) -> str:
    """Returns the pattern of a main clause in which the speaker begins, changes or ends something ("I just lost my
    job"), "" where it is not known how that is said."""
    grammar = language.succession
    if grammar is None or not language.speaker_as_subject:
        return ""
    verbs = "|".join(
        f"(?:{verb})"
        for verb in (grammar.beginnings, grammar.changes, grammar.endings, grammar.withdrawals)
        if verb
    )
    return rf"(?:^|[-–—,;:!.。，；：！])\s*(?:{language.speaker_as_subject})\s*(?:\S+\s+){{0,2}}?(?:{verbs})"
