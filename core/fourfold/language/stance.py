"""What a sentence claims, by its look: what it is about, which way it leans, whether it denies. The grammar and the
words of praise and blame are English; in other languages a sentence is its words and whether it denies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from fourfold.language.languages import ENGLISH, Language
from fourfold.language.modality import judgement_of, modality_of
from fourfold.language.text import sentences, terms
from fourfold.values.units import Modality


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause, reduced to stems. `topic` is what it is about, empty where only its context tells ("it", "you");
    `rest` is what it says of that, and `names` those of both that are names. `polarity` is 1 for praise, -1 for
    blame, 0 for neither; `negation` says that the clause denies; a `hedged` claim is only half meant."""

    topic: frozenset[str]
    rest: frozenset[str]
    names: frozenset[str]
    polarity: int
    negation: bool
    hedged: bool

    @property
    def negated(self) -> Clause:
        """Returns the claim of a speaker who doubts this one."""
        return replace(self, polarity=-self.polarity, negation=not self.negation)


def clauses_of(text: str, names: tuple[str, ...], language: Language) -> Iterator[Clause]:
    """Yields the claims of a text, sentence by sentence, clause by clause; questions claim nothing."""
    for start, end in sentences(text):
        sentence = text[start:end]
        if not sentence.endswith(("?", "？")):
            judged, doubt = judgement_of(sentence, language)
            unsure = modality_of(sentence, language) is not Modality.FACT
            for claim in clauses_in(judged, names, language):
                clause = replace(claim, hedged=True) if unsure else claim
                yield clause.negated if doubt else clause


def clauses_in(sentence: str, names: tuple[str, ...], language: Language) -> Iterator[Clause]:
    """Yields the claims of one sentence, without the words that begin a judgement."""
    name_stems = frozenset(stem for name in names for stem in terms(name, language))
    if language != ENGLISH:
        stems = frozenset(terms(sentence, language))
        negation = language.negation is not None and len(language.negation.findall(sentence)) % 2 == 1
        yield Clause(stems, frozenset(), stems & name_stems, 0, negation, False)
        return
    hedged = _HEDGED.search(sentence) is not None
    for clause in _CLAUSE.split(_DISLIKED.sub("hate", sentence)):
        if clause.strip():
            yield replace(_english(clause.strip(), name_stems), hedged=hedged)


def _english(clause: str, name_stems: frozenset[str]) -> Clause:
    text = _NO_DENIAL.sub(" ", clause)
    pattern = ENGLISH.negation
    denials = (len(pattern.findall(text)) if pattern else 0) + len(_FORMERLY.findall(text))
    negation = denials % 2 == 1  # two denials in a clause cancel out
    polarity = _polarity(terms(text, ENGLISH))
    topic, rest = (_substance(part) for part in _parted(text))
    if _TO_OTHERS.search(text):
        topic = frozenset()
    return Clause(
        topic, rest - topic, (topic | rest) & name_stems, -polarity if negation else polarity, negation, False
    )


def _parted(clause: str) -> tuple[str, str]:
    """Returns what a clause is about, and what it says of that: "the bus", "is late"; of "I love hiking",
    "hiking"."""
    liked = _LIKES.search(clause)
    if liked:
        return _BEYOND.split(clause[liked.end() :], maxsplit=1)[0], clause[: liked.start()]
    copula = _COPULA.search(clause)
    if copula:
        owns = copula.group().lower() in ("has", "have", "had")
        return (clause if owns else clause[: copula.start()]), clause[copula.end() :]
    for word in re.finditer(r"[\w'’-]+", clause):
        if any(stem in _VALUES for stem in terms(word.group(), ENGLISH)):
            return clause[: word.start()], clause[word.end() :]
    return clause, ""


def _substance(text: str) -> frozenset[str]:
    return frozenset(terms(_OWNED.sub(" ", text), ENGLISH)) - _EMPTY


def _polarity(stems: Iterable[str]) -> int:
    balance = sum((stem in _PRAISE) - (stem in _BLAME) for stem in stems)
    return (balance > 0) - (balance < 0)


def _stems(words: str) -> frozenset[str]:
    return frozenset(terms(words, ENGLISH))


_CLAUSE = re.compile(
    r"[,;:!–—()\[\]]|\s-\s|\b(?:but|because|so|although|though|while|when|if|since|which|who)\b"
    r"|\band (?=(?:i|we|he|she|they|it|you|the|this|that|my|our|his|her|their|there|let)\b)",
    re.IGNORECASE,
)
_LIKES = re.compile(
    r"(?<!look )(?<!looks )(?<!sound )(?<!sounds )(?<!feel )(?<!feels )(?<!seems )(?<!would )(?<!['’]d )"
    r"\b(?:lov|lik|enjoy|ador|prefer|recommend|trust|hat|dislik|detest|loath|despis|avoid|regret)"
    r"(?:e|es|ed|s|red|ing)?\b(?! to\b)",
    re.IGNORECASE,
)
_BEYOND = re.compile(r"\b(?:to|than|over|more|again|today|at all|very much|a lot)\b", re.IGNORECASE)
_COPULA = re.compile(
    r"\b(?:is|are|was|were|am|be|been|has|have|had|feels?|felt|seems?|seemed|looks?|looked|sounds?|sounded|tastes?"
    r"|tasted|becomes?|became|got|gets?|proved|remains?|remained|stays?|stayed|turned out|made|makes)\b"
    r"|(?<=\w)['’](?:s|re|m)\b|(?:is|are|was|were)n['’]t\b",
    re.IGNORECASE,
)
_TO_OTHERS = re.compile(
    r"\b(?:you|your|yours|u|ur|let['’]?s)\b|\b(?:it|this|that|there)['’]?(?:s| is| was)\b", re.I
)
_OWNED = re.compile(r"\b[A-ZÀ-Þ][\w-]*['’]s (?=[a-z])")  # "Mara's car" is not Mara
_NO_DENIAL = re.compile(
    r"\b(?:no matter|no doubt|no problem|no wonder|not only|not just|can['’]?t wait|cannot wait"
    r"|nothing but|never mind)\b",
    re.IGNORECASE,
)
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
    perfect fine success successful win improved improves fresh smooth stable punctual patient talented fond suits
    recommend rewarding relaxing peaceful strong solid sound accurate correct right true"""
)
_BLAME = _stems(
    """hate dislike detest loathe despise avoid bad worse worst awful terrible horrible dreadful poor disgusting ugly
    nasty boring dull useless unreliable dishonest unkind rude unfriendly mean slow hard difficult complicated
    uncomfortable noisy loud dangerous unsafe unhealthy dirty expensive overpriced worthless sad unhappy angry
    annoyed annoying disappointed disappointing frustrated frustrating upset worried ashamed stupid failed failing
    failure fails broken broke breaks crashed crashes crash late unstable buggy stressful exhausting bland stale weak
    wrong false inaccurate lost loses cancelled complained complaint complaints flawed wasteful waste regret lied lies
    cheated crowded"""
)
_VALUES = _PRAISE | _BLAME
_EMPTY = _VALUES | _stems(
    """new old big small down all really always never still also think find feel say believe thing lot much far too
    quite people person every day today now get got make made go went come came one time again everyone anymore
    consider opinion seem absolutely must may might maybe perhaps sometimes slightly much very since"""
)
