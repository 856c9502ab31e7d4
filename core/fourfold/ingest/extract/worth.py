"""How much a sentence is worth knowing, by what the packaged heads tell of it (docs/adr/0024)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from fourfold.language.clauses import has_main_clause
from fourfold.language.name_words import name_words
from fourfold.language.pack import Language, search
from fourfold.language.succession.beside import VAGUE
from fourfold.language.succession.claims import THIRD_PERSONS
from fourfold.language.succession.reading import read_claims
from fourfold.values.statements import Family


def salience(text: str, told: Mapping[str, Mapping[str, float]], language: Language) -> float:
    """Returns how much a sentence is worth knowing of whom or what it is about, in [0, 1]; `told` are the
    probabilities of each class of each head."""
    worth, family = told["worth"], told["family"]
    share = sum(_PART_OF_LIFE.get(Family(name), _OTHER_PART) * of_it for name, of_it in family.items())
    lasting = share * (worth["core"] + _DETAIL * worth["detail"])
    lasting *= 1 - _PASSING_LOSS * told["lasting"]["passing"]
    total = lasting + worth["instruction"] + _AHEAD_OR_ONCE * (worth["plan"] + worth["event"])
    opinion = told["network"]["belief"] * (1 - family[Family.TASTE])
    leaning = told["alone"]["leaning"]
    # That takes longer than all else here, and of what is worth nothing it makes no difference.
    if total >= _LEAST_READ and _refers_back(text, language):
        leaning = max(leaning, _REFERRING)
    total *= (1 - _LEANING_LOSS * leaning) * (1 - _OPINION_LOSS * opinion)
    return round(total * (_ANNOUNCED if text.rstrip().endswith((":", "：")) else 1.0), 3)


def _refers_back(text: str, language: Language) -> bool:
    """Tells whether only what was said before tells what a sentence is about: its subject ("It helps me.", "They're
    great."), what it speaks of where it names nobody ("I see them once a week."), or what it answers ("No, I
    haven't.")."""
    claims = read_claims(text, language)
    if claims and claims[0].subject and claims[0].subject <= VAGUE | THIRD_PERSONS:
        return True
    first_word = text.split(maxsplit=1)[0].strip(",.!?").casefold() if text.split() else ""
    if first_word in language.small_talk:
        return True
    if not has_main_clause(text, language) or _points_away(text, language):
        return True
    names_nobody = all(word.start == 0 or len(word.text) == 1 for word in name_words(text))
    return names_nobody and search(_third_persons(language), text) is not None


def _points_away(text: str, language: Language) -> bool:
    """Tells whether a sentence points at what it does not name: "this" without a noun, "I painted this after ..."."""
    grammar, succession = language.clauses, language.succession
    if grammar is None or succession is None:
        return False
    if search(rf"\b{grammar.pointing}\W*(?:$|[,.;!?])", text) is not None:
        return True
    # What "that" leads in is no noun it lacks: "I think that in spring ...".
    behind = rf"(?:{succession.copulas}|{succession.prepositions})"
    return (
        search(rf"\b(?!(?:{language.that or _NOTHING})\b){grammar.pointing}\s+{behind}\b", text) is not None
    )


_NOTHING = "(?!)"


@cache
def _third_persons(language: Language) -> str:
    """Returns the pattern of the pronouns that stand for somebody or something else, "" where none are known."""
    persons = language.succession.persons if language.succession is not None else {}
    pronouns = [re.escape(word) for word, person in persons.items() if f"<{person}>" in THIRD_PERSONS]
    return rf"\b(?:{'|'.join(pronouns)})\b" if pronouns else ""


# What follows was chosen by what summaries and profiles of six people told of them; neighbours do as well, within
# half a fact (docs/adr/0024).
_PART_OF_LIFE = {
    **dict.fromkeys((Family.IDENTITY, Family.ORIGIN, Family.FAMILY, Family.RELATION, Family.PET), 1.0),
    **dict.fromkeys((Family.HOME, Family.WORK, Family.STUDY), 1.0),
    **dict.fromkeys((Family.EVENT, Family.SCHEDULE, Family.VALUE, Family.OTHER), 0.3),
}
"""What something lasting is worth by what it tells of: who somebody is before what he is about."""
_OTHER_PART = 0.7
_DETAIL = 0.3
"""What a lesser thing is worth, where one that tells who somebody is has 1."""
_PASSING_LOSS = 0.3
"""What something loses that tells who somebody is, but is of the moment: both heads may err."""
_AHEAD_OR_ONCE = 0.5
"""The same of an open plan and of what happened once."""
_LEANING_LOSS = 0.7
"""What a sentence loses that only what was said before gives a sense."""
_OPINION_LOSS = 0.1
"""What a belief loses that is no taste: a conviction tells less of somebody than what he likes."""
_REFERRING = 0.8
"""How likely a sentence leans on what was said before, at least, whose pronouns show it. The head tells it of fewer;
a guess, from reading profiles."""
_LEAST_READ = 0.02
"""What a sentence is worth at least that is asked whether it refers back: below are six of ten in ordinary talk,
and whoever asks for salience asks for as much."""
_ANNOUNCED = 0.2
"""What is left of a sentence that announces what is not in it ("This is how:"). A guess."""
