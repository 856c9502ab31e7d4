"""What a sentence claims, by its look: what it is about, which way it leans, whether it denies. In a language that
brings no `StanceGrammar` a sentence is its words and whether it denies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from fourfold.language.modality import judgement_of, modality_of
from fourfold.language.pack import Language, StanceGrammar, compiled
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
    grammar = language.stance
    if grammar is None:
        stems = frozenset(terms(sentence, language))
        negation = len(compiled(language.negation).findall(sentence)) % 2 == 1
        yield Clause(stems, frozenset(), stems & name_stems, 0, negation, False)
        return
    hedged = compiled(grammar.hedged).search(sentence) is not None
    plain_sentence = compiled(grammar.disliked).sub(grammar.hate, sentence)
    reader = _reader(language, grammar)
    for clause in compiled(grammar.clause_border).split(plain_sentence):
        if clause.strip():
            yield replace(reader.read(clause.strip(), name_stems), hedged=hedged)


@dataclass(frozen=True, slots=True, eq=False)
class _ClauseReader:
    """Reads one clause by the grammar of its language; the words of praise and blame are stemmed once."""

    language: Language
    grammar: StanceGrammar
    praise: frozenset[str]
    blame: frozenset[str]
    empty: frozenset[str]

    def read(self, clause: str, name_stems: frozenset[str]) -> Clause:
        grammar = self.grammar
        text = compiled(grammar.no_denial).sub(" ", clause)
        denials = [*compiled(self.language.negation).findall(text), *compiled(grammar.formerly).findall(text)]
        negation = len(denials) % 2 == 1  # two denials in a clause cancel out
        polarity = self._polarity(terms(text, self.language))
        topic, rest = (self._substance(part) for part in self._parted(text))
        if compiled(grammar.to_others).search(text):
            # Its context is another message, which is not at hand; a topic of "you" would match anybody.
            topic = frozenset()
        return Clause(
            topic=topic,
            rest=rest - topic,
            names=(topic | rest) & name_stems,
            polarity=-polarity if negation else polarity,
            negation=negation,
            hedged=False,
        )

    def _parted(self, clause: str) -> tuple[str, str]:
        """Returns what a clause is about, and what it says of that: "the bus", "is late"; of "I love hiking",
        "hiking"."""
        liking = compiled(self.grammar.liking).search(clause)
        if liking:
            liked = compiled(self.grammar.after_object).split(clause[liking.end() :], maxsplit=1)[0]
            return liked, clause[: liking.start()]
        copula = compiled(self.grammar.copula).search(clause)
        if copula:
            owns = copula.group().lower() in self.grammar.owning
            return (clause if owns else clause[: copula.start()]), clause[copula.end() :]
        for word in re.finditer(r"[\w'’-]+", clause):
            if any(stem in self.praise or stem in self.blame for stem in terms(word.group(), self.language)):
                return clause[: word.start()], clause[word.end() :]
        return clause, ""

    def _substance(self, text: str) -> frozenset[str]:
        without_possessors = compiled(self.grammar.possessor).sub(" ", text)
        return frozenset(terms(without_possessors, self.language)) - self.empty

    def _polarity(self, stems: Iterable[str]) -> int:
        balance = sum((stem in self.praise) - (stem in self.blame) for stem in stems)
        return (balance > 0) - (balance < 0)


@cache
def _reader(language: Language, grammar: StanceGrammar) -> _ClauseReader:
    def stems(words: Iterable[str]) -> frozenset[str]:
        return frozenset(terms(" ".join(sorted(words)), language))

    praise, blame = stems(grammar.praise), stems(grammar.blame)
    return _ClauseReader(language, grammar, praise, blame, praise | blame | stems(grammar.empty))
