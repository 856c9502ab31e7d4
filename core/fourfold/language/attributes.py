"""Whether a statement takes the place of an older one: the same subject and attribute, with a new value.

Two tiers. A few attributes have one value at a time (where someone lives, a capital, a phone number): a new value
replaces the old one. Where a wording only suggests that ("the position of", "is employed by"), the case is unsure:
both are kept, and the older one is recalled below the newer. All else (likes, visits, children, hobbies) lives side
by side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from fourfold.language.languages import ENGLISH
from fourfold.language.text import normalise, sentences, terms
from fourfold.values.units import Modality

Standing = Literal["replaces", "unsure"]


@dataclass(frozen=True, slots=True)
class Assertion:
    """Somebody's or something's attribute and its value. `key` names subject and attribute; `sure` says that it has
    one value at a time; `whole` that the statement says nothing else."""

    key: str
    value: str
    sure: bool
    whole: bool


@dataclass(frozen=True, slots=True)
class AttributedText:
    """What is looked at: the text, who said it, and how it is meant."""

    text: str
    speaker: str | None
    modality: Modality = Modality.FACT


@lru_cache(maxsize=4096)
def assertions(stated: AttributedText) -> tuple[Assertion, ...]:
    """Returns the attributes that a statement gives a value; none for what is no fact, or tells of the past."""
    if stated.modality is not Modality.FACT:
        return ()
    spans = sentences(stated.text)
    is_only_sentence = len(spans) == 1
    readings = (_sentence(stated.text[a:b], stated.speaker) for a, b in spans[:_MOST_SENTENCES])
    return tuple(Assertion(*reading, is_only_sentence) for reading in readings if reading is not None)


def compare_attributes(new: AttributedText, old: AttributedText) -> tuple[Standing, str] | None:
    """Returns what `new`, said later, does to `old`, and why; None if both stand side by side. What two people say is
    both kept."""
    if new.speaker != old.speaker:
        return None
    for later in assertions(new):
        for earlier in assertions(old):
            if later.key != earlier.key or not _differ(later, earlier):
                continue
            explanation = f'"{later.key}" was "{earlier.value}" and is now "{later.value}"'
            sure = later.sure and earlier.sure and earlier.whole
            return ("replaces", explanation) if sure else ("unsure", f"{explanation}, perhaps")
    return None


_MOST_SENTENCES = 12
_LONGEST = 300

# Attributes that have one value at a time, by their head noun.
_ONE = frozenset(
    """capital president chairperson chairman chairwoman chair director ceo cto cfo owner mayor governor king queen
    emperor monarch minister chancellor pope head leader captain coach manager boss principal dean husband wife
    spouse partner boyfriend girlfriend fiancé fiancée fiance fiancee mother father birthplace birthday birthdate
    address residence home hometown phone number email mail e-mail name surname age height weight size salary rent
    job employer occupation profession title username password pin currency population headquarters author language
    timezone zone deadline budget price status version landlord doctor dentist therapist major room officer
    executive""".split()
)
# Attributes that may have many.
_MANY = frozenset(
    """child son daughter kid baby sister brother sibling friend pet dog cat horse bird fish hobby interest cousin
    uncle aunt niece nephew grandchild grandson granddaughter colleague coworker neighbour neighbor student pupil
    teammate classmate teacher skill strength weakness goal dream wish plan idea thing part one example member book
    song movie film show game recipe dish activity advice tip reason problem challenge point question memory trip
    visit day night fear habit allergy instrument sport subject guest client customer passion love inspiration
    thought feeling opinion highlight time moment favourites favorites way role""".split()
)
_IRRELEVANT = re.compile(
    r"^(?:(?:and|but|so|well|oh|yes|yeah|no|ok|okay|hey|hi|wow|btw|also|by the way|guess what|actually|now|these days"
    r"|currently|as of (?:now|today)|update|correction|fyi)[,:!. ]+)+",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:used to|formerly|previously|back (?:then|in)|once (?:was|were|lived)|former|ex-\w+|until|no longer"
    r"|at the time|when i was|as a (?:kid|child)|originally|would have|not|never|n['’]t)\b|n['’]t\b",
    re.IGNORECASE,
)
_DET = r"(?:the|a|an|my|our|his|her|their|its)"
_NOW = r"(?: now| currently| actually| still| officially| just| recently| finally| already)?"
_IS = rf"(?:(?:is|are|am)|(?<=\w)['’](?:s|m|re)){_NOW}"
_TO_BE = rf"(?:is|are|am|was|were){_NOW}"
_NAME = r"(?:[A-ZÀ-ÖØ-ÞĀ-Ž\d]|i\b)"

# (pattern, attribute, sure): what the pattern's groups `s` and `v` are subject and value of.
_STATES: tuple[tuple[re.Pattern[str], str, bool], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), attribute, sure)
    for pattern, attribute, sure in (
        (rf"^(?P<s>.+?){_NOW} (?:lives?|resides?) (?:in|at) (?P<v>.+)$", "residence", True),
        (rf"^(?P<s>.+?) ?{_IS} living (?:in|at) (?P<v>.+)$", "residence", True),
        (
            rf"^(?P<s>.+?)(?:['’]ve| have| has)?{_NOW} (?:moved|relocated)(?: house| home)?(?: here| over| back)?"
            r"(?: from [\w ]+?)? to (?P<v>.+)$",
            "residence",
            True,
        ),
        (r"^(?P<s>.+?) (?:was|were) born (?:in|at) (?P<v>\D+)$", "birthplace", True),
        (r"^(?P<s>.+?) (?:was|were) born (?:on|in) (?P<v>.*\d.*)$", "birth date", True),
        (r"^(?P<s>.+?) (?:died|passed away) (?:in|at) (?P<v>\D+)$", "place of death", True),
        (r"^(?P<s>.+?) (?:died|passed away) (?:on|in) (?P<v>.*\d.*)$", "date of death", True),
        (rf"^(?P<s>.+?) ?{_IS} (?:married|engaged) to (?P<v>.+)$", "partner", True),
        (rf"^(?P<s>.+?) ?{_IS} (?P<v>\d{{1,3}})(?: years old)?$", "age", True),
        (
            rf"^(?P<s>.+?) ?{_IS} (?:located|situated|based|headquartered) (?:in|at|on) (?P<v>.+)$",
            "location",
            True,
        ),
        (rf"^(?P<s>.+?) ?{_IS} (?:employed by|working (?:at|for)) (?P<v>.+)$", "employer", False),
        (rf"^(?P<s>.+?){_NOW} works? (?:at|for) (?P<v>(?:{_DET} )?(?-i:[A-ZÀ-Þ]).+)$", "employer", False),
        (rf"^(?P<s>.+?){_NOW} works? as (?P<v>.+)$", "occupation", False),
        (rf"^(?P<s>.+?) ?{_IS} (?:a )?(?:citizen|resident|national) of (?P<v>.+)$", "citizenship", False),
    )
)
# Made by someone, once.
_MADE = re.compile(
    rf"^(?P<s>.+?) {_TO_BE} (?P<r>(?:found|creat|writt|compos|direct|paint|design|invent|develop|produc|discover|"
    r"perform|built|establish|publish|own|led|manag|chair|govern|record|sculpt|manufactur)\w*) by (?P<v>.+)$"
)
# "plays the position of", "was created in the country of": a definite noun speaks of one.
_DEFINITE = re.compile(
    rf"^(?P<s>.+?) (?P<r>(?:{_TO_BE} \w+(?:ed|en|t)|speaks|plays|works|worked|practices|practises|follows"
    r"|uses|holds|died|studied|studies|belongs)(?: (?:in|with|to|at|for|on))? the \w+(?: \w+)? of) (?P<v>.+)$"
)
_KNOWN_FOR = re.compile(
    rf"^(?P<s>[A-Z].+?) {_TO_BE} (?P<r>(?:famous|known|renowned) for) (?P<v>[A-ZÀ-Þ\d].+)$"
)
_POSSESSED = re.compile(rf"^(?P<s>.+?)['’]s? (?P<r>[^,]+?) (?:is{_NOW}) (?P<v>.+)$")
_MY = re.compile(rf"^my (?P<r>[^,]+?)(?: is|['’]s){_NOW} (?P<v>.+)$", re.IGNORECASE)
_OF = re.compile(rf"^the (?P<r>[^,]+?) (?:of|for) (?P<s>.+?) is{_NOW} (?P<v>.+)$", re.IGNORECASE)
_THE = re.compile(rf"^the (?P<r>.+?) is{_NOW} (?P<v>.+)$", re.IGNORECASE)
_HOLDER = re.compile(rf"^(?P<v>[A-ZÀ-Þ].+?) is{_NOW} the (?P<r>[^,]+?) of (?P<s>.+)$")
_PLACED = re.compile(r"^(?:located|situated|based|headquartered) (?:in|at|on) ")
_CLASS = re.compile(
    r"^(?:in |at |on )?the (?:city|town|country|state|village|continent|language|sport|religion) of ", re.I
)
_DETERMINER = re.compile(rf"^(?:{_DET}) ", re.IGNORECASE)
_TAIL = re.compile(
    r"(?:,? (?:now|currently|these days|at the moment|right now|as of \w+|since .+|last \w+|this \w+|today|yesterday"
    r"|(?:\w+ )?(?:days?|weeks?|months?|years?) ago|in (?:early |late |mid-?)?(?:[A-Z][a-z]+ )?(?:19|20)\d\d))+$",
    re.IGNORECASE,
)


def _sentence(sentence: str, speaker: str | None) -> tuple[str, str, bool] | None:
    """Returns (key, value, sure) of one sentence; None where no pattern fits."""
    statement = _IRRELEVANT.sub("", sentence.strip()).rstrip(" .!;")
    if len(statement) > _LONGEST or statement.endswith("?") or _PAST.search(statement):
        return None
    for subject, attribute, value, sure in _readings(statement, speaker):
        bare = _TAIL.sub("", value).strip()
        if bare and len(bare.split()) <= 12 and subject:
            return f"{attribute} of {subject}", bare, sure
    return None


def _readings(statement: str, speaker: str | None) -> Iterator[tuple[str, str, str, bool]]:
    """Yields (subject, attribute, value, sure) as each pattern that fits reads it, the most telling first."""
    for pattern, attribute, sure in _STATES:
        match = pattern.match(statement)
        if match and (subject := _subject(match["s"], speaker)) and _one_of_a_kind(match["s"]):
            yield subject, attribute, match["v"], sure
    for pattern in (_MADE, _DEFINITE, _KNOWN_FOR):
        match = pattern.match(statement)
        if match and (subject := _subject(match["s"], speaker)):
            yield subject, " ".join(terms(match["r"], ENGLISH)), match["v"], False
    yield from _copulas(statement, speaker)


def _copulas(statement: str, speaker: str | None) -> Iterator[tuple[str, str, str, bool]]:
    match = _MY.match(statement)
    if match:
        yield from _owned(match, _speaker(speaker))
    match = _OF.match(statement)
    if match:
        sure = _named(match["s"])  # "the club" may be another one by now
        for subject, attribute, value, is_single_valued in _owned(match, _subject(match["s"], speaker)):
            yield subject, attribute, value, is_single_valued and sure
        return
    match = _POSSESSED.match(statement)
    if match and _named(match["s"]):
        yield from _owned(match, _subject(match["s"], speaker))
    match = _THE.match(statement)
    if match and re.search(rf" {_NAME}", match["r"]):
        yield _plain(match["r"]), "the", match["v"], False
    match = _HOLDER.match(statement)
    if match and _head(match["r"]) in _ONE and _named(match["s"]):
        yield from _owned(match, _subject(match["s"], speaker))


def _owned(match: re.Match[str], subject: str) -> Iterator[tuple[str, str, str, bool]]:
    """Yields an attribute that belongs to someone: "her new job", "favourite colour"."""
    attribute = re.sub(r"^(?:new|current|present|actual|latest|official) ", "", match["r"].lower())
    attribute = attribute.replace("favourite ", "favorite ")
    head = _head(attribute)
    if head in _MANY:
        return
    value = _PLACED.sub("", match["v"])
    sure = head in _ONE or attribute.startswith("favorite ")
    yield subject, " ".join(terms(attribute, ENGLISH)) or attribute, value, sure and not _loose(value)


def _head(attribute: str) -> str:
    """Returns the noun that an attribute is about: the last word, before any "of"."""
    return re.split(r" (?:of|in|at|for|about|that|who|where|which|from|to|with) ", attribute.lower())[
        0
    ].split()[-1]


def _loose(value: str) -> bool:
    """Tells whether a value is more of a remark than a value ("so kind to me", "great")."""
    bare = _CLASS.sub("", value)
    return _REMARK.match(bare) is not None or (len(bare.split()) > 6 and _shape(bare) == "word")


_REMARK = re.compile(
    r"(?:so|very|really|quite|too|a bit|pretty|that|to) |(?:great|good|fine|nice|awesome|amazing|hard|fun|tough"
    r"|boring|stressful|okay|ok|bad|terrible|wonderful|perfect|broken|kind|lovely)$"
)


def _differ(later: Assertion, earlier: Assertion) -> bool:
    """Tells whether two values are different ones, of one kind: not a remark beside a name, nor more or less
    exact."""
    later_value, earlier_value = later.value, earlier.value
    if _loose(later_value) or _loose(earlier_value):
        return False
    a, b = (
        set(terms(_CLASS.sub("", value), ENGLISH)) or {normalise(value)}
        for value in (later_value, earlier_value)
    )
    kinds = {_shape(later_value), _shape(earlier_value)}
    if a <= b or b <= a or (len(kinds) > 1 and (later.sure or "number" in kinds)):
        return False
    return not (" and " in f" {later_value} " or " and " in f" {earlier_value} ") or not a & b


def _shape(value: str) -> str:
    bare = _DETERMINER.sub("", _CLASS.sub("", value))
    if any(c.isdigit() for c in bare):
        return "number"
    return "name" if any(word[0].isupper() for word in bare.split()) else "word"


def _named(subject: str) -> bool:
    return any(word[0].isupper() or word[0].isdigit() for word in subject.split())


def _one_of_a_kind(subject: str) -> bool:
    """Tells whether a subject names someone or something: "I", "my sister", "Ana", "cricket"; not "the meeting"."""
    return _named(subject) or re.match(r"my ", subject, re.I) is not None or len(subject.split()) == 1


def _subject(subject_text: str, speaker: str | None) -> str:
    """Returns the subject as a part of a key; "" for one that only its context tells ("she", "it", "our house")."""
    phrase = subject_text.strip()
    folded = normalise(_ARTICLE.sub("", phrase))
    if folded in {"i", "i ve", "i m"}:
        return _speaker(speaker)
    if _MINE.match(phrase):
        return f"{_speaker(speaker)} {normalise(phrase[3:])}"
    if folded in _PRONOUNS or _VERBAL.search(phrase) or _THEIRS.match(phrase) or len(folded.split()) > 12:
        return ""
    return folded


_ARTICLE = re.compile(r"^(?:the|a|an) ", re.IGNORECASE)
_VERBAL = re.compile(
    r"\b(?:was|were|is|are|has|have|had|will|would|can|could|to|be|been|who|that|and I|if|when)$"
)
_MINE = re.compile(r"[Mm]y [a-z]")
_THEIRS = re.compile(
    r"(?:our|his|her|their|its|this|that|these|those|who|what|which|there) (?-i:[a-z])", re.I
)
_PRONOUNS = frozenset(
    "he she it we you they this that these those one who everyone someone there here".split()
)


def _speaker(speaker: str | None) -> str:
    return normalise(speaker) if speaker else "the speaker"


def _plain(text: str) -> str:
    return " ".join(terms(text, ENGLISH))
