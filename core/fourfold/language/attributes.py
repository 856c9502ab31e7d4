"""Whether a statement takes the place of an older one: the same subject and attribute, with a new value.

Two tiers. A few attributes have one value at a time (where someone lives, a capital, a phone number): a new value
replaces the old one. Where a wording only suggests that ("the position of", "is employed by"), the case is unsure:
both are kept, and the older one is recalled below the newer. All else (likes, visits, children, hobbies) lives side
by side.

Read are the languages that bring an `AttributeGrammar`, whichever the bank's is: people mix them, and what fits one
grammar by chance fits no other statement's key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from fourfold.language.languages import any_pattern, languages, matches_any
from fourfold.language.modality import without_request
from fourfold.language.pack import AttributeGrammar, Language, compiled, search
from fourfold.language.places import is_country, is_known_place, is_place, looks_like_place
from fourfold.language.spelling import as_spelt
from fourfold.language.text import is_unspaced, normalise, sentences, terms
from fourfold.language.voices import is_borrowed
from fourfold.values.units import Modality

Standing = Literal["replaces", "unsure"]


@dataclass(frozen=True, slots=True)
class Assertion:
    """Somebody's or something's attribute and its value. `key` names subject and attribute; `sure` says that it has
    one value at a time; `changed` that it was another before; `limited` that it is so for some of the time, or
    beside another; `whole` that the statement says nothing else; `language` whose grammar read it, by its code."""

    key: str
    value: str
    sure: bool
    changed: bool
    limited: bool
    whole: bool
    language: str


@dataclass(frozen=True, slots=True)
class AttributedText:
    """What is looked at: the text, who said it, how it is meant, and the kinds of the names in it that are known, as
    pairs of `places.kinds_of`."""

    text: str
    speaker: str | None
    modality: Modality = Modality.FACT
    kinds: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=4096)
def assertions(stated: AttributedText) -> tuple[Assertion, ...]:
    """Returns the attributes that a statement gives a value; none for what is no fact, or tells of the past."""
    if stated.modality is not Modality.FACT or is_borrowed(stated.text):
        return ()
    spans = sentences(stated.text)
    is_only_sentence = sum(not _is_reaction(stated.text[start:end]) for start, end in spans) == 1
    readings = (
        (_read(reader, stated.text[start:end]), code)
        for start, end in spans[:_MOST_SENTENCES]
        for code, reader in _readers().items()
        if reader.may_read(stated.text)
    )
    speaker = normalise(stated.speaker) if stated.speaker else "the speaker"
    return tuple(
        Assertion(reading[0].replace(_SPEAKER, speaker), *reading[1:], is_only_sentence, code)
        for reading, code in readings
        if reading is not None and not _is_no_home(reading, dict(stated.kinds))
    )


def _is_no_home(reading: _KeyedReading, kinds: Mapping[str, str]) -> bool:
    """Tells whether a move that only the look of its goal makes one of home goes to a tool, say, or a firm."""
    key, value, sure, *_ = reading
    return not sure and key.startswith(_RESIDENCE) and is_place(value, kinds) is False


@lru_cache(maxsize=4096)  # a sentence is read where a message is taken apart, and again whoever said it
def _read(reader: _AttributeReader, sentence: str) -> _KeyedReading | None:
    return reader.read(sentence)


def compare_attributes(new: AttributedText, old: AttributedText) -> tuple[Standing, str] | None:
    """Returns what `new`, said later, does to `old`, and why; None if both stand side by side. What two people say is
    both kept."""
    for later, earlier in _differing(new, old):
        reader = _readers()[later.language]
        is_untold = earlier.limited or reader.may_be_one(later, earlier)
        if later.limited or (is_untold and not later.changed):
            continue
        explanation = f'"{later.key}" was "{earlier.value}" and is now "{later.value}"'
        # A statement of several sentences says more than this one: retiring it would hide the rest; and what
        # stands beside the newer value may take it back ("Just kidding!").
        is_certain = reader.certain(later, earlier) and later.language == earlier.language
        sure = (
            later.sure
            and earlier.sure
            and not earlier.limited
            and later.whole
            and earlier.whole
            and is_certain
        )
        return ("replaces", explanation) if sure else ("unsure", f"{explanation}, perhaps")
    return None


def give_two_values(a: AttributedText, b: AttributedText) -> bool:
    """Tells whether what one person says in two statements gives an attribute two values, whatever stands after
    whichever."""
    return next(_differing(a, b), None) is not None


def _differing(new: AttributedText, old: AttributedText) -> Iterator[tuple[Assertion, Assertion]]:
    """Yields the values of one attribute that differ."""
    if new.speaker != old.speaker:
        return
    for later in assertions(new):
        for earlier in assertions(old):
            if later.key == earlier.key and _readers()[later.language].differ(later, earlier):
                yield later, earlier


def are_beside(new: AttributedText, old: AttributedText) -> bool:
    """Tells whether two statements that say nothing else give one attribute values that stand side by side: of two
    kinds ("My boss is Tom", "... is Irish"), maybe one and the same, or the newer one for some of the time."""
    is_shared = next(_of_one_key(new, old), None) is not None
    return is_shared and compare_attributes(new, old) is None


def tells_less(statement: AttributedText, other: AttributedText) -> bool:
    """Tells whether a statement only remarks on an attribute ("My boss is on holiday", "... is Marta on Fridays")
    that another gives a value ("My boss is Tom"). Both say nothing else."""
    return any(_readers()[a.language].tells_less(a, b) for a, b in _of_one_key(statement, other))


def _of_one_key(a: AttributedText, b: AttributedText) -> Iterator[tuple[Assertion, Assertion]]:
    """Yields the assertions of one attribute, in two statements that say nothing else."""
    if a.speaker != b.speaker:
        return
    for one in assertions(a):
        for other in assertions(b):
            if one.key == other.key and one.whole and other.whole:
                yield one, other


def _is_reaction(sentence: str) -> bool:
    """Tells whether a sentence is a cry alone, which loses nothing where it is retired with another ("Wow!")."""
    cries = rf"(?:(?:{any_pattern('interjections')})\b\W*)+"
    return len(sentence) <= _LONGEST_REACTION and compiled(cries).fullmatch(sentence.strip()) is not None


_LONGEST_REACTION = 60
"""Characters of a sentence that may be a cry alone. A guess, not measured."""
_MOST_SENTENCES = 12
"""Sentences of a statement that are read. A guess, not measured."""
_LONGEST = 300
"""Characters of a sentence that is read: a longer one tells a story. A guess, not measured."""
_LONGEST_PHRASE = 12
"""Words of a subject or a value at most. A guess, not measured."""
_LONGEST_NAMELESS_VALUE = 6
"""Words of a value without a name or a number: more are a remark. A guess, not measured."""
_RESIDENCE, _NAME_OF = "residence of", "name of"
"""What the key of a home begins with, and of a name."""
_SPEAKER = "\0"
"""The speaker in a key, before it is known who that is: a character that no text has."""
_LONGEST_PLAIN = 3
"""Words of a plain value that is no name. A guess, not measured."""
_TITLE = re.compile(r"(?:Dr|Prof|Mr|Mrs|Ms|Mx|Sir|Mme|Sra?|Herr|Frau)\b")
_NAME_PARTICLES = frozenset("of de da do dos das del di du la le van von der den al bin ibn upon".split())
_UNSURE_END = re.compile(r"[，,。！？!?]|[吧吗嗎嘛呢么]$")
_NAME = r"(?:[A-ZÀ-ÖØ-ÞĀ-Ž\d]|i\b)"

Reading = tuple[str, str, str, bool]
"""Subject, attribute, value, and whether the attribute has one value at a time."""
_KeyedReading = tuple[str, str, bool, bool, bool]
"""(key, value, sure, changed, limited) of an `Assertion`."""


@cache
def _readers() -> dict[str, _AttributeReader]:
    return {
        language.code: _AttributeReader(language, language.attributes)
        for language in languages().values()
        if language.attributes is not None
    }


@dataclass(frozen=True, slots=True, eq=False)
class _AttributeReader:
    """Reads sentences by the grammar of one language."""

    language: Language
    grammar: AttributeGrammar

    def may_read(self, text: str) -> bool:
        """Tells whether a text has words in the script of the language."""
        is_spaced = self.language.dates is None or self.language.dates.spaced
        return is_spaced or is_unspaced(text)

    def read(self, sentence: str) -> _KeyedReading | None:
        """Returns what one sentence says, its speaker as `_SPEAKER`; None where no pattern fits."""
        told = without_request(as_spelt(sentence.strip(), self.language), self.language)
        statement = compiled(self.grammar.lead_in).sub("", told).rstrip(" .!;。！；")
        if len(statement) > _LONGEST or statement.endswith(("?", "？")) or matches_any("tag", statement):
            return None
        if compiled(self.grammar.past).search(statement):
            return None
        for subject, attribute, value, sure in self._readings(statement):
            bare = compiled(self.grammar.trailer).sub("", value).strip()
            if bare and len(bare.split()) <= _LONGEST_PHRASE and subject:
                is_move = compiled(self.grammar.moves).match(statement) is not None
                is_change = is_move or self._tells_current(statement)
                is_limited = compiled(self.grammar.limits).search(statement) is not None
                return f"{attribute} of {subject}", bare, sure, is_change, is_limited
        return None

    def _tells_current(self, statement: str) -> bool:
        grammar = self.language.succession
        return grammar is not None and search(grammar.current, statement) is not None

    def differ(self, later: Assertion, earlier: Assertion) -> bool:
        """Tells whether two values are different ones, of one kind: not a remark beside a name, nor more or less
        exact."""
        if self._loose(later.value) or self._loose(earlier.value):
            return False
        if not self._of_one_look(later, earlier):
            return False
        if normalise(later.value).replace(" ", "") == normalise(earlier.value).replace(" ", ""):
            return False  # "555-1234", "5551234"
        a, b = self._value_stems(later.value), self._value_stems(earlier.value)
        kinds = {self._shape(later.value), self._shape(earlier.value)}
        # "Lisbon" and "Lisbon, Portugal" are one value; a name and a number never answer the same question.
        if a <= b or b <= a or (len(kinds) > 1 and (later.sure or "number" in kinds)):
            return False
        several = any(self.grammar.conjunction in f" {value} " for value in (later.value, earlier.value))
        return not several or not a & b

    def certain(self, later: Assertion, earlier: Assertion) -> bool:
        """Tells whether two values that differ are surely of one kind, and not two ways to say one: both are plain,
        have an article, or neither ("a mess", "teacher"), and have no word in common ("Ana Costa", "Mrs Costa"). A
        home may be the same one told otherwise ("Portugal"), unless it is a known city, or a move is told."""
        values = (later.value, earlier.value)
        if self._have_unlike_articles(values) or not all(self._is_plain(value) for value in values):
            return False
        if later.key.startswith(_RESIDENCE) and not later.changed:
            named = compiled(self.grammar.class_phrase).sub("", later.value)
            if not is_known_place(named) and named not in self.grammar.places:
                return False
        return self._shape(later.value) != "name" or self._are_two_names(later, earlier)

    def may_be_one(self, later: Assertion, earlier: Assertion) -> bool:
        """Tells whether two values that differ may be the same one, told otherwise ("Eva", "Dr. Costa" or "Tom's
        sister"; "Porto", "Portugal"), or one of them a quality of what the other names ("a Honda", "dirty")."""
        values = (later.value, earlier.value)
        if later.key.startswith(_RESIDENCE) and len({is_country(value) for value in values}) > 1:
            return True
        shapes = {self._shape(value) for value in values}
        if shapes == {"name", "word"}:
            return self._have_unlike_articles(values)
        if shapes != {"name"}:
            return False
        are_parts = later.key.startswith(_NAME_OF) and all(len(value.split()) == 1 for value in values)
        is_titled = len({_TITLE.match(value) is not None for value in values}) > 1
        return are_parts or is_titled or len({self._is_described(value) for value in values}) > 1

    def _have_unlike_articles(self, values: tuple[str, str]) -> bool:
        determiner = compiled(self.grammar.determiner)
        return len({determiner.match(value) is not None for value in values}) > 1

    def tells_less(self, a: Assertion, b: Assertion) -> bool:
        """Tells whether `a` remarks on an attribute that `b` gives a value, or is so for some of the time, or less
        exact."""
        if a.limited != b.limited:
            return a.limited
        is_plain = self._shape(a.value) == "word" and not compiled(self.grammar.determiner).match(a.value)
        if is_plain and self._shape(b.value) != "word":
            return True
        if a.key.startswith(_RESIDENCE):
            return is_country(a.value) and not is_country(b.value)
        return self._remarks(a) and not self._remarks(b)

    def _remarks(self, assertion: Assertion) -> bool:
        """Tells whether a value is a remark, a circumstance or an origin rather than what is asked for."""
        value, grammar = assertion.value, self.grammar
        if self._loose(value) or compiled(grammar.circumstance).match(value) is not None:
            return True
        is_origin = compiled(grammar.origin).fullmatch(value) is not None
        return is_origin and compiled(grammar.origin_valued).search(assertion.key) is None

    def _is_described(self, value: str) -> bool:
        """Tells whether a value says whose somebody is ("Bob's sister"), not who."""
        grammar = self.language.succession
        return grammar is not None and bool(grammar.genitive) and search(grammar.genitive, value) is not None

    def _are_two_names(self, later: Assertion, earlier: Assertion) -> bool:
        """Tells whether two names are not two forms of one: "Ana" and "Costa", "Eva" and "Dr. Costa"."""
        values = (later.value, earlier.value)
        are_titled = {_TITLE.match(value) is not None for value in values}
        is_of_name = later.key.startswith(_NAME_OF) and any(len(value.split()) == 1 for value in values)
        shared = self._value_stems(later.value) & self._value_stems(earlier.value)
        return len(are_titled) == 1 and not is_of_name and not shared

    def _is_plain(self, value: str) -> bool:
        """Tells whether a value is nothing but a name, a number with its unit, or a word or two: not "Marta on
        Fridays", "Lisbon too", "almost 555-9999", "Red is a great book"."""
        bare = compiled(self.grammar.class_phrase).sub("", value)
        bare = compiled(self.grammar.determiner).sub("", bare)
        if is_unspaced(bare):
            return _UNSURE_END.search(bare) is None
        words_of_it = bare.split()
        if self._shape(bare) == "word":
            return len(words_of_it) <= _LONGEST_PLAIN and len(terms(bare, self.language)) == len(words_of_it)
        return all(
            not word[0].islower() or word in _NAME_PARTICLES or (before and before[-1].isdigit())
            for before, word in zip(["", *words_of_it], words_of_it, strict=False)
        )

    def _of_one_look(self, later: Assertion, earlier: Assertion) -> bool:
        """Tells whether both values answer one question by their look: a circumstance ("in Rome") or an origin
        ("Polish") is none beside a name."""
        begins = compiled(self.grammar.circumstance).match
        if (begins(later.value) is None) != (begins(earlier.value) is None):
            return False
        is_origin = compiled(self.grammar.origin).fullmatch
        is_mixed = (is_origin(later.value) is None) != (is_origin(earlier.value) is None)
        return not is_mixed or compiled(self.grammar.origin_valued).search(later.key) is not None

    def _readings(self, statement: str) -> Iterator[Reading]:
        """Yields what each pattern that fits reads, the most telling first."""
        for state, attribute, sure in self.grammar.states:
            # Most statements fit no state, which is seen faster without the case of letters.
            match = compiled(state).match(statement) if search(state, statement) else None
            if match and (subject := self._subject(match["s"])) and self._one_of_a_kind(match["s"]):
                yield subject, attribute, match["v"], sure
        yield from self._moves(statement)
        for relation in self.grammar.relations:
            match = compiled(relation).match(statement)
            if match and (subject := self._subject(match["s"])):
                yield subject, self._stemmed(match["r"]), match["v"], False
        yield from self._copulas(statement)

    def _moves(self, statement: str) -> Iterator[Reading]:
        """Yields a new home. It is sure of a known place alone, or if nothing else can be meant: "I moved to Slack"
        tells of no home, and looks as "I moved to Braga" does."""
        match = compiled(self.grammar.moves).match(statement)
        if match is None or not (subject := self._subject(match["s"])):
            return
        place = compiled(self.grammar.after_place).sub("", compiled(self.grammar.trailer).sub("", match["v"]))
        named = compiled(self.grammar.class_phrase).sub("", place)
        is_known = named in self.grammar.places or is_known_place(named)
        if match["home"] or named != place or is_known or is_known_place(match["from"] or ""):
            yield subject, "residence", match["v"], self._one_of_a_kind(match["s"])
        elif looks_like_place(named) and self._one_of_a_kind(match["s"]):
            yield subject, "residence", place, False

    def _copulas(self, statement: str) -> Iterator[Reading]:
        match = compiled(self.grammar.own).match(statement)
        if match:
            yield from self._owned(match, _SPEAKER)
        match = compiled(self.grammar.of_subject).match(statement)
        if match:
            sure = _named(match["s"])  # "the club" may be another one by now
            owner = self._subject(match["s"])
            for subject, attribute, value, is_single_valued in self._owned(match, owner):
                yield subject, attribute, value, is_single_valued and sure
            return
        match = compiled(self.grammar.possessed).match(statement)
        if match and _named(match["s"]):
            yield from self._owned(match, self._subject(match["s"]))
        match = compiled(self.grammar.definite).match(statement)
        if match and re.search(rf" {_NAME}", match["r"]):
            yield self._stemmed(match["r"]), "the", match["v"], False
        match = compiled(self.grammar.holder).match(statement)
        if match and self._head(match["r"]) in self.grammar.single_valued and _named(match["s"]):
            yield from self._owned(match, self._subject(match["s"]))

    def _owned(self, match: re.Match[str], subject: str) -> Iterator[Reading]:
        """Yields an attribute that belongs to someone: "her new job", "favourite colour"."""
        attribute = compiled(self.grammar.epithets).sub("", match["r"].lower())
        attribute = attribute.replace(*self.grammar.spellings)
        head = self._head(attribute)
        if head in self.grammar.many_valued:
            return
        value = compiled(self.grammar.placed).sub("", match["v"])
        sure = head in self.grammar.single_valued or attribute.startswith(self.grammar.always_single)
        yield subject, self._stemmed(attribute) or attribute, value, sure and not self._loose(value)

    def _head(self, attribute: str) -> str:
        """Returns the noun that an attribute is about: the last word, before any "of"."""
        return compiled(self.grammar.head_end).split(attribute.lower())[0].split()[-1]

    def _loose(self, value: str) -> bool:
        """Tells whether a value is more of a remark than a value ("so kind to me", "great")."""
        bare = compiled(self.grammar.class_phrase).sub("", value)
        is_long = len(bare.split()) > _LONGEST_NAMELESS_VALUE and self._shape(bare) == "word"
        return is_long or compiled(self.grammar.remark).match(bare) is not None

    def _value_stems(self, value: str) -> set[str]:
        bare = compiled(self.grammar.class_phrase).sub("", value)
        return set(terms(bare, self.language)) or {normalise(value)}

    def _shape(self, value: str) -> str:
        bare = compiled(self.grammar.class_phrase).sub("", value)
        bare = compiled(self.grammar.determiner).sub("", bare)
        if "@" in bare or "://" in bare:
            return "address"
        if any(c.isdigit() for c in bare):
            return "number"
        return "name" if any(word[0].isupper() for word in bare.split()) else "word"

    def _one_of_a_kind(self, subject: str) -> bool:
        """Tells whether a subject names someone or something: "I", "my sister", "Ana", "cricket"; not "the
        meeting"."""
        is_own = compiled(self.grammar.own_subject).match(subject) is not None
        return _named(subject) or is_own or len(subject.split()) == 1

    def _subject(self, subject_text: str) -> str:
        """Returns the subject as a part of a key; "" for one that only its context tells ("she", "it", "our
        house")."""
        grammar = self.grammar
        phrase = subject_text.strip()
        folded = normalise(compiled(grammar.article).sub("", phrase))
        if folded in grammar.speaker_forms:
            return _SPEAKER
        own = compiled(grammar.own_subject).match(phrase)
        if own and phrase[own.end() : own.end() + 1].islower():
            return f"{_SPEAKER} {normalise(phrase[own.end() :])}"
        if folded in grammar.pronouns or len(folded.split()) > _LONGEST_PHRASE:
            return ""
        if "," in phrase and folded.split()[-1] in grammar.pronouns:  # "Max and Leo, they"
            return ""
        if compiled(grammar.verbal_end).search(phrase) or compiled(grammar.other_subject).match(phrase):
            return ""
        return folded

    def _stemmed(self, text: str) -> str:
        return " ".join(terms(text, self.language))


def _named(subject: str) -> bool:
    return any(word[0].isupper() or word[0].isdigit() for word in subject.split())
