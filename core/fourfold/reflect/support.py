"""Whether a quoted unit answers a question, rather than being about the like: one statement has to tell of whom or
what is asked, and of what is asked about it.

The words of the question are looked for one by one in the unit's own words and those of its passage. Likeness of the
whole takes "I adopted a cat" for an answer to "What is the name of her dog?", since all but one word fits; and
likeness of words takes "Ana's birthday" for Ben's, unless another unit shows that Ben is somebody else.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache, cached_property

from fourfold.language.enrichment import enriched
from fourfold.language.languages import languages, matches_any
from fourfold.language.pack import Language, compiled
from fourfold.language.person_names import CLEAR, likeness
from fourfold.language.question import (
    Question,
    bare,
    is_about_another,
    is_read_by_character,
    read_question,
)
from fourfold.language.succession.claims import Claim
from fourfold.language.succession.reading import read_claims
from fourfold.language.text import Word, clean, counts, is_unspaced, words
from fourfold.models.vectors import embed_checked
from fourfold.ports import Embedder, Embedding
from fourfold.recall.plan import is_day
from fourfold.values.results import Hit
from fourfold.values.units import Interval, Unit

_READ = 3
"""Hits that are looked at. A guess, not measured."""
_COMPARED = 10
"""Hits in which a word is looked for that one of them lacks. A guess, not measured."""
_LONGEST = 1000
"""Characters of a question that are looked at. A guess, not measured."""
# Those below were set on hand-labelled questions to small banks, and measured on others: docs/adr/0018.
_SUPPORTED = 0.5
"""Mean share of the question's words above which a unit that tells of them answers it."""
_MATTER = 0.62
"""Likeness at which a unit tells of the very matter that is asked for: "mother" and "mum" have .71, "dog" and "cat"
.56 to .60."""
_SAME_MATTER = 0.75
"""The same where another hit has the word itself: below that, what is like it is something else."""
_MEASURED = 0.45
"""Likeness at which a unit tells of a measure: "old" has .61 to "nine", .38 to "142 cm"."""
_KIND = 0.22
"""Mean likeness of the words that say what kind of thing is asked for, below which a unit names none of that kind:
"musical instrument" has .21 to "plays handball", .58 to "plays the cello"; "city" .24 to "moved to Leeds". Set on a
dozen of pairs."""
_CALLED = 0.5
"""Likeness at which a unit without a name says how something is called."""
_FEW = 2
"""Words of a question in which a noun is the matter. A guess on the same questions."""
_REST = 0.36
"""Mean likeness of all that is asked about the matter, below which a unit tells nothing of it. Of what was tried
(.35, .4, .45) .35 lost no answer of the small banks and of LoCoMo."""
_TOLD_ELSEWHERE = 0.35
"""The same, if another unit tells of it. A guess on the same questions."""
_WHOLE_WORDS = 0.72
"""Share of words that the embedder has as one piece, from which it reads their language: English MiniLM has .93 of
English (less than .7 in one question of a hundred), .5 to .6 of German, French and Spanish (more than .72 in one of
twenty). Where it does not, likeness says little."""


@dataclass(frozen=True, slots=True)
class Support:
    """How far the best hit tells of what is asked, from 0 to 1, and whether one answers it."""

    strength: float
    is_answered: bool


def support(
    question: str,
    hits: Sequence[Hit],
    passages: Mapping[str, tuple[Unit, ...]],
    embedder: Embedder,
    language: Language,
    intervals: Sequence[Interval] = (),
) -> Support:
    """Looks for the words of `question` in the best of `hits`; `passages` are the units that were said with each, by
    its id, `intervals` the times that the question names. Raises `ModelError`."""
    text = clean(question[: 2 * _LONGEST])[:_LONGEST]
    statements = [_Statement(hit.unit, passages.get(hit.unit.id, ()), language) for hit in hits[:_COMPARED]]
    names = {name.casefold() for statement in statements for name in statement.unit.entities}
    parsed_question = read_question(text, language, names)
    if not statements:
        return Support(0.0, False)
    own, *embedded = embed_checked(
        embedder, [parsed_question.text, *(s.unit.text for s in statements[:_READ])]
    )
    days = [interval for interval in intervals if is_day(interval)]
    # Without token vectors, or without a word of its own in the question, there is nothing else to tell by.
    if not own.tokens.shape[1] or not parsed_question.words:
        return Support(0.5, any(_is_on(statement.unit, days) for statement in statements[:_READ]))
    comparison = _Comparison(parsed_question, own, statements, embedded, language, days)
    verdicts = [comparison.support_of(place) for place in range(len(embedded))]
    return max(verdicts, key=lambda each: (each.is_answered, each.strength))


@dataclass(frozen=True)
class _Statement:
    """A hit as it is looked at, with the units of its passage."""

    unit: Unit
    passage: tuple[Unit, ...]
    language: Language

    @cached_property
    def ids(self) -> frozenset[str]:
        """The ids of the units of its passage, its own among them."""
        return frozenset({self.unit.id, *(unit.id for unit in self.passage)})

    @cached_property
    def speaker(self) -> frozenset[str]:
        """The stems of its speaker's name."""
        return frozenset(word.stem for word in words(self.unit.speaker or "", self.language))

    @cached_property
    def own_stems(self) -> frozenset[str]:
        """The stems of its own words; of Chinese, its characters as well."""
        text = self.unit.text
        characters = text if is_unspaced(text) else ""
        return frozenset({word.stem for word in words(text, self.language)} | set(characters))

    @cached_property
    def written(self) -> frozenset[str]:
        """The words of its passage as they are written, casefolded."""
        texts = (self.unit.text, *(unit.text for unit in self.passage))
        return frozenset(word.text.casefold() for text in texts for word in words(text, self.language))

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of the words of its passage, and of the names of what it mentions."""
        texts = [*(unit.text for unit in self.passage), *self.unit.entities]
        stems = {word.stem for text in texts for word in words(text, self.language)}
        characters = {character for text in texts if is_unspaced(text) for character in text}
        return self.own_stems | ((stems | characters) - self.speaker)

    def is_speaker(self, word: Word) -> bool:
        """Tells whether a word, or a character, of a question is of its speaker's name."""
        name = self.unit.speaker or ""
        # "Janas" is German for "Jana's".
        is_genitive = word.text.endswith("s") and word.text[:-1] in name.split()
        is_character = is_unspaced(word.text) and word.text in name
        return word.stem in self.speaker or is_genitive or is_character

    def names(self, word: Word) -> bool:
        """Tells whether it mentions somebody by a name that is clearly like `word`."""
        return any(likeness(bare(word), name) >= CLEAR for name in self.unit.entities)


@dataclass(frozen=True)
class _Comparison:
    """A question beside its best hits; `embedded` are the first of `statements`."""

    question: Question
    embedding: Embedding
    statements: Sequence[_Statement]
    embedded: Sequence[Embedding]
    language: Language
    days: Sequence[Interval]
    """The days that the question names."""

    def support_of(self, place: int) -> Support:
        """Returns how far one of the hits answers the question."""
        statement, question = self.statements[place], self.question
        asked_words = [word for word in question.words if not statement.is_speaker(word)]
        if not asked_words:  # it asks for nothing but the speaker
            return Support(1.0, True)
        likenesses = {word: self._likeness(word, place) for word in asked_words}
        matter = {word for word in asked_words if len(asked_words) == 1 or self._is_matter(word)}
        exact = matter if self._is_read else set(asked_words)
        if len(asked_words) <= _FEW:
            exact = exact | question.nouns.intersection(asked_words)
        elsewhere = {
            word for word in exact if self._is_elsewhere(word, likenesses[word], word in matter, place)
        }
        likenesses |= dict.fromkeys(elsewhere, 0.0)
        strength = round(sum(likenesses.values()) / len(likenesses), 2)
        is_about = not elsewhere and all(likenesses[word] >= _MATTER for word in matter)
        lacks_rest = self._lacks_rest(likenesses, matter, place)
        fits = self._fits(statement.unit, likenesses) and not self._is_of_another(statement)
        return Support(strength, is_about and not lacks_rest and fits and strength > _SUPPORTED)

    def _is_matter(self, word: Word) -> bool:
        """Tells whether a unit has to tell of this very word: of a name, of what is somebody's, and of a noun
        where likeness says little."""
        question = self.question
        is_noun = word in question.nouns and not self._is_read
        return is_noun or word in question.names or word in question.owned

    @cached_property
    def _is_by_character(self) -> bool:
        return is_read_by_character(self.question.text, self.language)

    @cached_property
    def _is_read(self) -> bool:
        """Tells whether the embedder reads the language of the question and its hits."""
        texts = [self.question.text, *(statement.unit.text for statement in self.statements)]
        pieces = [
            count
            for text, embedding in zip(texts, [self.embedding, *self.embedded], strict=False)
            for count in _pieces(text, embedding, self.language)
        ]
        whole_count = sum(count <= 1 for count in pieces)
        return not self._is_by_character and whole_count >= _WHOLE_WORDS * len(pieces)

    def _likeness(self, word: Word, place: int) -> float:
        """Returns 1 for a word that the hit has, else how like its most similar token is, from 0 to 1."""
        statement, unit = self.statements[place], self.embedded[place]
        if word.stem in statement.stems or (word in self.question.names and statement.names(word)):
            return 1.0
        rows = self.embedding.tokens[_rows(word, self.embedding)]
        if not len(rows) or not len(unit.tokens) or (self._is_by_character and is_unspaced(word.text)):
            return 0.0
        return min(1.0, max(0.0, float((rows @ unit.tokens.T).max(axis=1).mean())))

    def _is_elsewhere(self, word: Word, likeness: float, is_matter: bool, place: int) -> bool:
        """Tells whether a word stands in another hit, and so means something else than what is like it here: of two
        units, "my sister" and "my brother", one tells of the sister."""
        statement = self.statements[place]
        written = word.text.casefold()
        # To a stemmer "hermano" and "hermana" are one.
        is_other_form = (
            is_matter
            and not self._is_read
            and word.stem in statement.stems
            and written not in statement.written
        )
        if likeness >= (_SAME_MATTER if is_matter else _MATTER) and not is_other_form:
            return False
        return any(
            (written in other.written if is_other_form else word.stem in other.own_stems)
            and other.unit.id not in statement.ids
            for other in self.statements
        )

    def _lacks_rest(self, likenesses: Mapping[Word, float], matter: Set[Word], place: int) -> bool:
        """Tells whether a hit that tells of the matter tells nothing of what is asked about it: of no other word, or
        not of one that another hit has of something else. Where one says "Nina is allergic to cats", another that
        names Dilip does not tell what he is allergic to."""
        rest = {word: share for word, share in likenesses.items() if word not in matter}
        if not self._is_read or not matter or not rest:
            return False
        return sum(rest.values()) < _REST * len(rest) or any(
            share < _TOLD_ELSEWHERE and self._is_told_of_another(word, matter, place)
            for word, share in rest.items()
        )

    def _is_told_of_another(self, word: Word, matter: Set[Word], place: int) -> bool:
        """Tells whether another hit has `word`, and somebody else by name as its subject."""
        ids = self.statements[place].ids
        return any(
            word.stem in other.own_stems
            and other.unit.id not in ids
            and not any(each.stem in other.stems for each in matter)
            and any(claim.about & claim.names for claim in _claims(other.unit.text, self.language))
            for other in self.statements
        )

    def _fits(self, unit: Unit, likenesses: Mapping[Word, float]) -> bool:
        """Tells whether a unit has what the question asks for by its form: a time, a number, a measure, a name, a
        work, and the numbers that it names."""
        question = self.question
        measured = likenesses.get(question.measure, 1.0) if question.measure is not None else 1.0
        is_measured = not self._is_read or measured >= _MEASURED
        return (
            is_measured
            and self._tells_kind(likenesses)
            and (self._names_time(unit) or _is_on(unit, self.days))
            and (not question.asks_when or self._tells_when(unit))
            and (not question.asks_place or self._tells_place(unit))
            and (not question.asks_count or _tells_number(unit.text))
            and all(identifier in unit.text for identifier in question.identifiers)
            and (not question.asks_work or _may_tell_work(unit, self.language))
            and (not question.asks_called or self._tells_name(unit, likenesses))
        )

    def _tells_name(self, unit: Unit, likenesses: Mapping[Word, float]) -> bool:
        """Tells whether a unit has a name that the question lacks, or says that something is called somehow."""
        if self.language.noun_capitals or is_unspaced(unit.text):  # there a capital shows no name
            return True
        return self._names_something(unit) or any(
            share >= _CALLED for word, share in likenesses.items() if matches_any("asks_called", word.text)
        )

    def _names_time(self, unit: Unit) -> bool:
        """Tells whether a unit has the words of the time that the question names: "the Saturday market" is no day."""
        times = self.question.times
        return bool(times) and times <= {word.stem for word in words(unit.text, self.language)}

    def _tells_kind(self, likenesses: Mapping[Word, float]) -> bool:
        """Tells whether a unit may name something of the kind that is asked for."""
        kind = [likenesses[word] for word in self.question.kind if word in likenesses]
        return not self._is_read or not kind or sum(kind) >= _KIND * len(kind)

    def _tells_when(self, unit: Unit) -> bool:
        """Tells whether a unit tells a time; or a number, where "how long" may ask for a length."""
        is_measure = self.question.measure is not None and _tells_number(unit.text)
        return unit.occurred is not None or _tells_time(unit.text) or is_measure

    def _tells_place(self, unit: Unit) -> bool:
        """Tells whether a unit may say where something is: it has a word of a place, or names something."""
        grammar = self.language.succession
        if grammar is None or is_unspaced(unit.text):
            return True
        place_words = compiled(rf"\b(?:{grammar.places}|{grammar.prepositions})\b")
        return place_words.search(unit.text) is not None or self._names_something(unit)

    def _names_something(self, unit: Unit) -> bool:
        """Tells whether a unit names somebody or something that the question does not."""
        question_text = self.question.text.casefold()
        names = (name for name in unit.entities if name != unit.speaker)
        capitals = (
            word.text
            for word in words(unit.text, self.language)
            if word.start and word.stem and word.text[0].isupper() and not _tells_time(word.text)
        )
        return any(name.casefold() not in question_text for name in (*names, *capitals))

    def _is_of_another(self, statement: _Statement) -> bool:
        """Tells whether a unit says of somebody else what is asked of its speaker: "My sister lives in Graz" is no
        answer to "Where do I live?"."""
        claims = _claims(statement.unit.text, self.language)
        asked = [claim for claim in claims if claim.content & self._stems] or claims
        return bool(asked) and all(
            is_about_another(self.question, claim, statement.speaker) for claim in asked
        )

    @cached_property
    def _stems(self) -> frozenset[str]:
        return frozenset(word.stem for word in self.question.words)


def _rows(word: Word, embedding: Embedding) -> slice:
    """Returns where the token rows of a word lie."""
    starts = [start for start, _ in embedding.offsets]
    return slice(bisect_left(starts, word.start), bisect_left(starts, word.end))


def _pieces(text: str, embedding: Embedding, language: Language) -> Iterable[int]:
    """Yields of how many tokens each word of a text is made."""
    for word in words(text, language):
        rows = _rows(word, embedding)
        yield rows.stop - rows.start


def _is_on(unit: Unit, days: Sequence[Interval]) -> bool:
    """Tells whether a unit may tell of one of `days`, if there are any: it took place then, or was said then, or is
    about what recurs; or nobody knows when."""
    if not days or (unit.occurred is None and (unit.mentioned_at is None or _tells_time(unit.text))):
        return True
    time = unit.occurred or Interval(unit.mentioned_at, unit.mentioned_at)
    return any(
        (time.start is None or day.end is None or time.start < day.end)
        and (time.end is None or day.start is None or time.end >= day.start)
        for day in days
    )


def _tells_time(text: str) -> bool:
    """Tells whether a text has a word of a time, also of one that recurs ("on Mondays at 5")."""
    return compiled(_time_pattern()).search(text) is not None


def _tells_number(text: str) -> bool:
    """Tells whether a text names a number or an amount."""
    return counts(text) or compiled(_number_pattern()).search(text) is not None


@cache
def _time_pattern() -> str:
    """Returns a pattern of the words of times in all languages, of hours and of years."""
    patterns = [r"\d{1,2}[:h]\d\d|\b(?:19|20)\d\d\b"]
    for each in languages().values():
        if each.succession is not None:
            grammar = each.succession
            # In a script without blanks a word has no border.
            patterns.append(rf"\b(?:{grammar.times})s?\b" if each.stemmer else grammar.times)
            if each.stemmer:  # "at 10", "till five"
                number = rf"(?:\d{{1,2}}|{grammar.numbers})\b(?![\d.,%])"
                patterns.append(rf"\b(?:{grammar.prepositions})\s+{number}")
    return "|".join(patterns)


@cache
def _number_pattern() -> str:
    """Returns a pattern of what `counts` does not see: digits before letters ("250k"), digits and numbers in a
    script without blanks."""
    grammars = (each.succession for each in languages().values() if not each.stemmer)
    return "|".join([r"(?<![a-z_])\d", *(grammar.numbers for grammar in grammars if grammar is not None)])


def _may_tell_work(unit: Unit, language: Language) -> bool:
    """Tells whether a unit speaks of work, or at least neither of another matter of life, nor of what somebody likes,
    nor of what happened once: work is told in any words ("she fixes roofs")."""
    claims = _claims(unit.text, language)
    if any("work" in claim.fields for claim in claims):
        return True
    return unit.occurred is None and not any(claim.fields or claim.poles for claim in claims)


def _claims(text: str, language: Language) -> tuple[Claim, ...]:
    return enriched("succession", text, (), read_claims, text, language)
