"""How much a sentence is worth knowing, by what the packaged heads tell of it (docs/adr/0024)."""

from __future__ import annotations

import math
from collections.abc import Mapping

from fourfold.language.clauses import has_main_clause
from fourfold.language.pack import Language
from fourfold.language.spelling import as_spelt
from fourfold.values.statements import Family


def salience(text: str, told: Mapping[str, Mapping[str, float]], language: Language) -> float:
    """Returns how much a sentence is worth knowing of whom or what it is about, in [0, 1]; `told` are the
    probabilities of each class of each head."""
    worth, family = told["worth"], told["family"]
    leaning = told["alone"]["leaning"]
    share = sum(_PART_OF_LIFE.get(Family(name), _OTHER_PART) * of_it for name, of_it in family.items())
    opinion = told["network"]["belief"] * (1 - family[Family.TASTE])
    of_life = share * (worth["core"] + _DETAIL * worth["detail"]) * (1 - _LEANING_LOSS * leaning)
    of_life *= 1 - _PASSING_LOSS * told["lasting"]["passing"]
    # Two readings of one thing, in parts and at once: what both hold for worth it is.
    lasting = math.sqrt(of_life * share * told["line"]["line"]) * (1 - _OPINION_LOSS * opinion)
    ahead_or_once = _AHEAD_OR_ONCE * (worth["plan"] + worth["event"]) * (1 - _LEANING_LOSS * leaning)
    total = min(1.0, lasting + worth["instruction"] + ahead_or_once)
    if text.rstrip().endswith((":", "：")) or not has_main_clause(as_spelt(text, language), language):
        total *= _HALF_SAID
    return round(total, 3)


# What follows was chosen by what summaries and profiles of six people told of them, and the mean of the two readings
# by those of six more; neighbours do as well, within half a fact (docs/adr/0024).
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
_HALF_SAID = 0.2
"""What is left of a sentence that announces what is not in it ("This is how:"), or depends on what was said before it
("Since I was 17 or so."). A guess."""
