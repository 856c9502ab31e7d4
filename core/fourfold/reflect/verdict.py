"""What a fact does to a belief, by rules: polarity, shared subject and object, negation. An unsure case is neutral.

Two sentences are about the same where the fact shares most of the belief's words of substance; they agree where both
affirm or both deny, and praise or blame alike. Words of praise and blame are English; elsewhere negation decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from fourfold.beliefs import Effect
from fourfold.language import ENGLISH, Language
from fourfold.model import Modality
from fourfold.retain.supersede import Stated, standing
from fourfold.retain.wording import judgement_of, modality_of
from fourfold.text import sentences, terms

_ALIKE = 0.6
_ALIKE_OF_TWO = 0.5
_LEAST_STEMS = 2
_MOST_OTHERS = 3


@dataclass(frozen=True, slots=True)
class Said:
    """What is compared: the text, who said it (None: a conclusion of the bank's own), how it is meant, whether it is
    a judgement, and the names in it, which say whom it is about."""

    text: str
    speaker: str | None
    modality: Modality = Modality.FACT
    judgement: bool = False
    names: tuple[str, ...] = ()


def verdict(belief: Said, fact: Said, language: Language) -> tuple[Effect, str]:
    """What `fact` does to `belief`, and why, in a few words."""
    text, held = _held(belief, language)
    if fact.modality in (Modality.QUESTION, Modality.QUOTE) or _of_another(belief, fact, text):
        return Effect.NEUTRAL, "not about the same"
    told = standing(Stated(fact.text, fact.speaker, fact.modality), Stated(belief.text, belief.speaker))
    if told is not None:
        kind, reason = told
        return (Effect.CONTRADICT if kind == "replaces" else Effect.WEAKEN), reason
    found = [_compared(held, claim) for claim in _claims(fact, language)]
    effect, reason = max(
        found, key=lambda one: _WEIGHT[one[0]], default=(Effect.NEUTRAL, "nothing in common")
    )
    if effect is Effect.CONTRADICT and fact.modality is not Modality.FACT:
        return Effect.WEAKEN, f"{reason}, perhaps"
    if effect is Effect.REINFORCE and fact.modality is Modality.HYPOTHETICAL:
        return Effect.NEUTRAL, "only considered"
    return effect, reason


def subjects(said: Said, language: Language) -> frozenset[str]:
    """The stems that say what it is about: all but names, and words of praise and blame."""
    claim = _claim(said.text, said.names, language)
    return claim.stems - claim.names


_WEIGHT = {Effect.NEUTRAL: 0, Effect.REINFORCE: 1, Effect.WEAKEN: 2, Effect.CONTRADICT: 3}


def _of_another(belief: Said, fact: Said, text: str) -> bool:
    """Whether the two speak of different people's minds: what Ana likes is not touched by what Ben thinks. `text` is
    the belief without the words that begin it."""
    if belief.speaker is None or fact.speaker is None or belief.speaker == fact.speaker:
        return False
    return fact.judgement or (_FIRST.search(text) is not None and belief.speaker not in fact.names)


@dataclass(frozen=True, slots=True)
class _Claim:
    """A sentence, reduced: its words of substance, and those of them that are names; which way it leans (1 praises,
    -1 blames, 0 neither), whether it denies, and whether it only half means it."""

    stems: frozenset[str]
    names: frozenset[str]
    leaning: int
    denies: bool
    hedged: bool


def _compared(held: _Claim, new: _Claim) -> tuple[Effect, str]:
    about = held.stems - held.names
    shared = (about or held.stems) & new.stems
    if not shared or (not about and len(new.stems - new.names - shared) > _MOST_OTHERS):
        return Effect.NEUTRAL, "nothing in common"
    share, told = len(shared) / len(about or held.stems), ", ".join(sorted(shared))
    if held.leaning and new.leaning and share >= (_ALIKE if len(about or held.stems) > 2 else _ALIKE_OF_TWO):
        agree = held.leaning == new.leaning
    elif share >= _ALIKE and len(shared) >= _LEAST_STEMS and not (held.leaning and new.leaning):
        agree = held.denies == new.denies
        if held.leaning and not new.leaning and agree:
            return Effect.NEUTRAL, f"the same, without a judgement: {told}"
    else:
        return Effect.NEUTRAL, "too little in common"
    if agree:
        return (Effect.NEUTRAL if new.hedged else Effect.REINFORCE), f"says so too: {told}"
    return (Effect.WEAKEN if new.hedged else Effect.CONTRADICT), f"says otherwise: {told}"


@lru_cache(maxsize=2048)
def _held(belief: Said, language: Language) -> tuple[str, _Claim]:
    """What is believed, without the words that begin it, and the claim it makes."""
    text, doubt = judgement_of(belief.text, language) if belief.judgement else (belief.text, False)
    claim = _claim(text, belief.names, language)
    return text, _turned(claim) if doubt else claim


@lru_cache(maxsize=2048)
def _claims(fact: Said, language: Language) -> tuple[_Claim, ...]:
    """The claims of a fact, sentence by sentence."""
    found = []
    for start, end in sentences(fact.text):
        sentence = fact.text[start:end]
        if sentence.endswith(("?", "？")):
            continue
        text, doubt = judgement_of(sentence, language)
        claim = _claim(text, fact.names, language)
        if modality_of(sentence, language) is not Modality.FACT:
            claim = replace(claim, hedged=True)
        found.append(_turned(claim) if doubt else claim)
    return tuple(found)


def _turned(claim: _Claim) -> _Claim:
    return replace(claim, leaning=-claim.leaning, denies=not claim.denies)


def _claim(text: str, names: tuple[str, ...], language: Language) -> _Claim:
    english = language == ENGLISH
    if english:
        text = _DISLIKED.sub("hate", text)
    pattern = language.negation
    denials = len(pattern.findall(text)) if pattern else 0
    if english:
        denials += len(_FORMERLY.findall(text))
    denies = denials % 2 == 1
    stems = terms(_OWNED.sub(" ", text), language)
    lean = _leaning(stems) if english else 0
    named = {stem for name in names for stem in terms(name, language)}
    found = frozenset(stems) - (_EVALUATING if english else frozenset())
    hedged = english and _HEDGED.search(text) is not None
    return _Claim(found, found & named, -lean if denies else lean, denies, hedged)


def _leaning(stems: Iterable[str]) -> int:
    balance = sum((stem in _PRAISE) - (stem in _BLAME) for stem in stems)
    return (balance > 0) - (balance < 0)


def _stems(written: str) -> frozenset[str]:
    return frozenset(terms(written, ENGLISH))


_FIRST = re.compile(r"\b(?:I|me|my|mine|myself|we|our|us)\b|\bI['’]")
_OWNED = re.compile(r"\b[A-ZÀ-Þ][\w-]*['’]s (?=[a-z])")  # "Mara's car" is not Mara
_FORMERLY = re.compile(r"\b(?:used to|no more|formerly|far from)\b", re.IGNORECASE)
_DISLIKED = re.compile(
    r"\b(?:(?:can['’]?t|cannot|couldn['’]?t) stand|(?:gave|given|giving|give) up(?: on)?|tired of|sick of"
    r"|fed up with)\b",
    re.IGNORECASE,
)
_HEDGED = re.compile(
    r"\b(?:sometimes|a bit|a little|somewhat|slightly|less|not (?:always|really|quite|entirely|that)|might|maybe"
    r"|perhaps|possibly|could|mostly|partly|kind of|sort of|occasionally|at times)\b",
    re.IGNORECASE,
)
_PRAISE = _stems(
    """love like enjoy adore prefer favorite favourite great good best better wonderful amazing awesome excellent
    fantastic superb delicious tasty beautiful lovely nice fun funny exciting interesting useful helpful reliable
    trustworthy honest kind friendly generous fast quick easy simple comfortable calm quiet safe healthy clean cheap
    affordable worth happy glad proud pleased delighted thrilled grateful impressed impressive brilliant smart clever
    perfect fine success successful win improved improves fresh smooth stable punctual patient talented fond
    recommend rewarding relaxing peaceful strong solid sound accurate correct right true"""
)
_BLAME = _stems(
    """hate dislike detest loathe despise avoid bad worse worst awful terrible horrible dreadful poor disgusting ugly
    nasty boring dull useless unreliable dishonest unkind rude unfriendly mean slow hard difficult complicated
    uncomfortable noisy loud dangerous unsafe unhealthy dirty expensive overpriced worthless sad unhappy angry
    annoyed annoying disappointed disappointing frustrated frustrating upset worried ashamed stupid failed failing
    failure fails broken breaks crashed crashes crash late unstable buggy stressful exhausting bland stale weak wrong
    false inaccurate lost loses cancelled complained complaint complaints flawed wasteful waste regret lied lies
    cheated crowded"""
)
_EVALUATING = (
    _PRAISE
    | _BLAME
    | _stems(
        """new old big small down all really always never still also think find feel say believe thing lot much far
        too quite people person every day today now get got make made go went come came one time again everyone
        anymore consider opinion seem absolutely"""
    )
)
