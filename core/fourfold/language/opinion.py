"""What a sentence judges, which way, and whether two judgements are one. Knows no store, no model.

An unsure case is unclear, and two unclear judgements are one only in the same words: one that is kept twice costs a
line, one that is hidden behind another is lost to whoever reads the list.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from fourfold.language.modality import judgement_of
from fourfold.language.opinion_grammar import OpinionGrammar
from fourfold.language.pack import Language, compiled
from fourfold.language.spelling import as_spelt
from fourfold.language.text import is_unspaced, sentences, terms, word_spans, words
from fourfold.values.beliefs import Stance

_LONGEST_TOPIC = 8
"""Words of a topic as it is shown. A guess."""
_SAME_GROUND = 0.6
"""Likeness of two words of praise or blame from which on they give one reason ("noisy", "loud"; opposites too:
"safe", "dangerous"). Of 41 pairs of such words those that give different reasons ("useful", "important") reach .56
(docs/adr/0025)."""

Likeness = Callable[[str, str], float]
"""Returns how alike two words are by their meaning, in [0, 1]."""
Relation = Literal["same", "opposite", "other"]


@dataclass(frozen=True, slots=True)
class Opinion:
    """One judgement. `topic` is what it judges as it is written, "" where only its context tells ("it"); the rest are
    stems in their order. `about` is what `topic` says, `said` what the rest says besides praise and blame; `than` is
    what it is compared with, `mind` whose liking it is where it is not the speaker's, `beside` what other clauses
    say. `words` is all of it, `denials` how often it denies. `grounds` are the words of praise or blame that give a
    reason."""

    topic: str
    stance: Stance
    about: tuple[str, ...]
    said: tuple[str, ...] = ()
    grounds: frozenset[str] = frozenset()
    than: tuple[str, ...] = ()
    mind: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    denials: int = 0
    is_of_listener: bool = False
    """Whether it judges whom it is said to ("You're amazing"), which is praise or blame, and no belief."""
    is_taste: bool = False
    """Whether it says in so many words that the speaker likes or dislikes something that it names."""


def related(a: Opinion, b: Opinion, likeness: Likeness, language: Language) -> Relation:
    """Returns whether two judgements of one holder are the same in other words, opposite ones of the same, or neither
    for all that is clear."""
    if a.mind != b.mind or a.beside != b.beside:
        return "other"
    if a.than != b.than:
        is_swapped = bool(a.about) and a.about == b.than and b.about == a.than and a.said == b.said
        agree = a.stance is b.stance and a.denials % 2 == b.denials % 2
        return "opposite" if is_swapped and agree else "other"
    if Stance.UNCLEAR in (a.stance, b.stance):
        if a.stance is not b.stance or len(a.words) < _LEAST_WORDS or a.words != b.words:
            return "other"
        return "same" if a.denials % 2 == b.denials % 2 else "opposite"
    if not _same_matter(a, b) or not _same_ground(a.grounds, b.grounds, likeness, language):
        return "other"
    return "same" if a.stance is b.stance else "opposite"


_LEAST_WORDS = 2
"""Content words that judgements of an unclear stance must have to be one by them. A guess."""


def _same_matter(a: Opinion, b: Opinion) -> bool:
    """Whether all words but those of praise and blame are the same in the same order ("tea with coffee" is no "coffee
    with tea"), and at the same places if both say something besides: "Rust is a great language", "I like Rust as a
    language"."""
    if not a.about or not b.about:
        return False
    if a.said and b.said:
        return a.about == b.about and a.said == b.said
    return a.about + a.said == b.about + b.said


def _same_ground(a: frozenset[str], b: frozenset[str], likeness: Likeness, language: Language) -> bool:
    """Whether two judgements give one reason. "I love Python" says less than "Python is easy": neither is the other
    in other words."""
    if _bare(a, language) == _bare(b, language):
        return True
    return bool(a and b) and likeness(" ".join(sorted(a)), " ".join(sorted(b))) >= _SAME_GROUND


def _bare(grounds: frozenset[str], language: Language) -> frozenset[str]:
    """Returns the stems of grounds without what makes of each its contrary ("unreliable"); the stance tells that."""
    prefixes = language.succession.negating if language.succession is not None else ()
    bare = (re.sub(rf"^(?:{'|'.join(prefixes) or '(?!)'})(?=\w{{3}})", "", word) for word in grounds)
    return frozenset(terms(" ".join(sorted(bare)), language))


@lru_cache(maxsize=2048)  # a judgement is compared with many; the size is a guess
def opinion_of(text: str, language: Language) -> Opinion | None:
    """Returns the judgement of a text, of its first sentence that has a clear stance, else of its first one; None
    where it has no words. What the other sentences say is in `Opinion.beside`."""
    text = as_spelt(text, language)
    spans = sentences(text)
    opinions = [
        opinion
        for start, end in spans
        if not text[start:end].endswith(("?", "？"))
        and (opinion := _sentence_opinion(text[start:end], language)) is not None
    ]
    if not opinions:
        return None
    chosen = next((o for o in opinions if o.stance is not Stance.UNCLEAR), opinions[0])
    others = tuple(word for opinion in opinions if opinion is not chosen for word in opinion.words)
    return chosen if not others else replace(chosen, beside=chosen.beside + others)


def _sentence_opinion(sentence: str, language: Language) -> Opinion | None:
    judged, doubt = judgement_of(sentence, language)
    grammar = language.opinion
    if grammar is None:
        stems = tuple(terms(judged, language))
        denials = len(compiled(language.negation).findall(judged)) + doubt
        topic = _phrase(judged, language)
        return Opinion(topic, Stance.UNCLEAR, stems, words=stems, denials=denials) if stems else None
    reader = _Reader(language, grammar)
    clauses = [c for c in compiled(_border(language)).split(reader.without_asides(judged)) if c and c.strip()]
    said = tuple(reader.content(" ".join(clauses)))
    if not said and not any(map(reader.is_of_listener, clauses)):
        return None
    main = max(clauses, key=reader.weight)
    opinion = reader.read(main.strip(" .!?。！？…"), doubt)
    others = tuple(word for clause in clauses if clause is not main for word in reader.content(clause))
    return replace(opinion, beside=others, words=said)


def _border(language: Language) -> str:
    if language.stance is not None:
        return language.stance.clause_border
    return language.succession.clause_border if language.succession is not None else r"[;!()]"


@dataclass(frozen=True, slots=True)
class _Part:
    """A clause, parted: what it is about, what it says of that, and which way (1, -1, 0)."""

    about: str
    said: str
    sign: int
    than: str = ""
    mind: str = ""
    denials: int = 0
    inner_denials: int = 0
    """Those within what it is about ("restaurants without music"), which turn nothing round."""
    is_liking: bool = False
    """Whether its verb is one of liking, and the speaker its subject."""


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the clauses of one language."""

    language: Language
    grammar: OpinionGrammar

    def without_asides(self, sentence: str) -> str:
        """Returns a sentence without what says no more than that it is a judgement."""
        return compiled(rf"[,，]?\s*(?:{self.grammar.aside})[,，]?").sub(" ", sentence).strip()

    def weight(self, clause: str) -> tuple[bool, int]:
        """Returns what makes a clause the one that judges: that it does, and how much it says."""
        return self._sign(clause) != 0, len(self.content(clause))

    def content(self, text: str) -> list[str]:
        """Returns the stems of a text in order, without what only makes it stronger, or denies it."""
        for pattern in (self.grammar.degree, self.grammar.less, self.language.negation):
            text = compiled(pattern).sub(" ", text)
        return terms(text, self.language)

    def read(self, clause: str, doubt: bool) -> Opinion:
        """Returns the judgement of a clause; `doubt`: its holder does not think so."""
        part = self._liked(clause) or self._described(clause)
        denials = part.denials + doubt
        sign = part.sign * (-1) ** denials
        grounds = self._grounds(part.said)
        evaluation = "|".join((self._evaluation(), *map(re.escape, sorted(grounds))))
        praised = compiled(evaluation).sub(" ", part.said)
        return Opinion(
            topic=_phrase(part.about, self.language) or _phrase(praised, self.language),
            stance=_STANCES[sign],
            about=(*self.content(part.about), *["not"] * part.inner_denials),
            said=tuple(self.content(praised)),
            grounds=grounds,
            than=tuple(self.content(part.than)),
            mind=tuple(self.content(part.mind)),
            denials=denials,
            is_of_listener=self.is_of_listener(part.about) and sign != 0,
            is_taste=self._is_taste(part),
        )

    def _liked(self, clause: str) -> _Part | None:
        """Returns a clause with a verb of liking, parted: its object is the topic."""
        disliked = compiled(self.grammar.dislikes).search(clause)
        liked = disliked or compiled(self.grammar.likes).search(clause)
        if liked is None:
            return None
        before, behind = clause[: liked.start()], clause[liked.end() :]
        compared = compiled(self.grammar.than).split(behind, maxsplit=1)
        behind, than = compared[0], compared[-1] if len(compared) > 1 else ""
        edge_denials = len(self._edge_denial().findall(behind.strip()))
        denials, inner = self._denials(before) or bool(edge_denials), self._denials(behind) - edge_denials
        subject, object_ = self._without_speaker(before), self._without_speaker(behind)
        is_speaker = (subject, object_) != (before, behind) or self._implies_speaker(liked.group())
        behind = object_
        if not self.content(behind):  # "Wandern mag ich", "El senderismo me encanta"
            behind, subject = subject, ""
        return _Part(behind, "", -1 if disliked else 1, than, subject, denials, inner, is_speaker)

    def _compared(self, text: str) -> tuple[str, str]:
        """Returns a text up to what it compares something with, and that, "" where it does not."""
        parts = compiled(self.grammar.than).split(text, maxsplit=1)
        return parts[0], parts[1] if len(parts) > 1 else ""

    def _described(self, clause: str) -> _Part:
        """Returns any other clause, parted at its copula, else at what it praises or blames, else at its verb."""
        clause, than = self._compared(clause)
        denials = self._denials(clause)
        sign = self._sign(clause)
        demand = compiled(self.grammar.demanding).search(clause)
        if demand is not None and not sign:
            return _Part(clause[demand.end() :], "", 1, than, "", denials)
        border = self._border_of_predicate(clause)
        if border is None:
            return _Part(clause, "", sign, than, "", denials)
        about, said = clause[: border[0]], clause[border[1] :]
        if self.is_of_listener(about):
            return _Part(about, said, self._sign(said) or sign, than, "", denials)
        if not self.content(self._without_speaker(about)):
            about, said = self._postponed(said, sign)
        return _Part(about, said, self._sign(said) or sign, than, "", denials)

    def _postponed(self, said: str, sign: int) -> tuple[str, str]:
        """Returns what is judged, and what is said of it, where both stand in a predicate: "important to test early",
        "sind Nachtbusse nicht zuverlässig"."""
        evaluation = compiled(self._evaluation()).search(said)
        if evaluation is None:
            return ("", said) if sign else (said, "")
        behind = said[evaluation.end() :]
        if self.content(behind):
            return behind, said[: evaluation.end()]
        return said[: evaluation.start()], said[evaluation.start() :]

    def _border_of_predicate(self, clause: str) -> tuple[int, int] | None:
        stance, succession = self.language.stance, self.language.succession
        if stance is not None:
            matches = list(compiled(stance.copula).finditer(clause))
            # "The library's documentation is awful": a genitive looks like a copula.
            copula = next(
                (each for each in matches if each.group()[0] not in "'’"), matches[0] if matches else None
            )
        else:
            border = "" if is_unspaced(clause) else r"\b"
            copulas = succession.copulas if succession is not None else "(?!)"
            copula = compiled(rf"{border}(?:{copulas}){border}").search(clause)
        if copula:
            return copula.span()
        evaluation = compiled(self._evaluation()).search(clause)
        if evaluation:
            return evaluation.start(), evaluation.start()
        for word, start, _ in word_spans(clause) if stance is not None else ():
            if stance is not None and word.lower() in stance.praise | stance.blame:
                return start, start
        verb = succession and compiled(succession.verbs).search(clause)
        return verb.span() if verb else None

    def _evaluation(self) -> str:
        grammar = self.grammar
        return "|".join((grammar.good, grammar.bad, grammar.merits, grammar.faults))

    def _sign(self, text: str) -> int:
        """Returns which way a text leans: 1 for praise, -1 for blame, 0 for neither, or both."""
        grammar, stance = self.grammar, self.language.stance
        balance = sum(
            sign * len(compiled(pattern).findall(text))
            for pattern, sign in (
                (grammar.likes, 1), (grammar.dislikes, -1), (grammar.good, 1), (grammar.bad, -1),
                (grammar.merits, 1), (grammar.faults, -1),
            )
        )  # fmt: skip
        if not balance and stance is not None:
            balance = sum(
                (word in stance.praise) - (word in stance.blame) for word, _, _ in word_spans(text.lower())
            )
        return (balance > 0) - (balance < 0)

    def _grounds(self, said: str) -> frozenset[str]:
        """Returns the stems of the praise and blame in a predicate that gives a reason."""
        grammar = self.grammar
        reasons = [m.group() for p in (grammar.merits, grammar.faults) for m in compiled(p).finditer(said)]
        if (stance := self.language.stance) is not None:
            rest = compiled("|".join((grammar.good, grammar.bad, grammar.degree))).sub(" ", said.lower())
            reasons += [word for word, _, _ in word_spans(rest) if word in stance.praise | stance.blame]
        return frozenset(reason.lower() for reason in reasons)

    def _denials(self, text: str) -> int:
        stance = self.language.stance
        if stance is not None:
            text = compiled(stance.no_denial).sub(" ", text)
        return len(compiled(self._denial()).findall(text)) + len(compiled(self.grammar.less).findall(text))

    def _denial(self) -> str:
        return self.grammar.denial or self.language.negation

    def _edge_denial(self) -> re.Pattern[str]:
        return compiled(rf"^(?:{self._denial()})|(?:{self._denial()})\W*$")

    def _without_speaker(self, text: str) -> str:
        succession = self.language.succession
        if succession is None:
            return compiled(self.language.first_person).sub(" ", text)
        border = "" if is_unspaced(text) else r"\b"  # between Chinese characters there is none
        return compiled(rf"{border}(?:{succession.speakers}){border}").sub(" ", text)

    def _is_taste(self, part: _Part) -> bool:
        of_listener = compiled(self.language.second_person).search(part.about)
        return (
            part.is_liking
            and not self.content(part.mind)
            and not of_listener
            and bool(self.content(part.about))
        )

    def _implies_speaker(self, verb: str) -> bool:
        succession = self.language.succession
        return succession is not None and compiled(succession.speaker_verbs).match(verb) is not None

    def is_of_listener(self, about: str) -> bool:
        """Tells whether a text names the listener and nothing else."""
        pattern = compiled(self.language.second_person)
        return bool(pattern.search(about)) and not self.content(pattern.sub(" ", about))


_STANCES = {1: Stance.FOR, -1: Stance.AGAINST, 0: Stance.UNCLEAR}


def _phrase(text: str, language: Language) -> str:
    """Returns a topic as it is shown: from its first word that carries meaning to its last, shortened."""
    degree = language.opinion.degree if language.opinion is not None else ""
    stressed = [match.span() for match in compiled(degree).finditer(text)]
    meant = [
        word
        for word in words(text, language)
        if word.stem and not any(start < word.end and word.start < end for start, end in stressed)
    ]
    shown = meant[:_LONGEST_TOPIC]
    return text[shown[0].start : shown[-1].end] if shown else ""
