"""What a clause claims, as far as it takes to see whether a later one tells how the same matter stands now: whom or
what it is about, what it says in which order, and marks of change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Flag, auto
from functools import cache, lru_cache
from itertools import zip_longest
from typing import NamedTuple

from fourfold.language.pack import Language, compiled
from fourfold.language.places import is_place
from fourfold.language.succession_grammar import SuccessionGrammar
from fourfold.language.text import terms, word_spans, words


class Mark(Flag):
    """What a clause shows of change."""

    NONE = 0
    CORRECTION = auto()
    """It sets right what was said before."""
    CURRENT = auto()
    """It says that something holds now, and did not before."""
    ADDITIVE = auto()
    """It says that something holds beside what was said."""
    DENIAL = auto()
    ENDING = auto()
    """It ends what its verb acts on."""
    WITHDRAWAL = auto()
    """It ends its subject, or its subject's part in something."""
    CHANGE = auto()
    BEGINNING = auto()
    PLACING = auto()
    EVENT = auto()
    """It tells what happened once."""
    PLAN = auto()
    SEEKING = auto()
    """Somebody looks or waits for something."""
    ONE_DAY = auto()
    """What stands before it says that it is of one day alone ("Tomorrow only, ...")."""
    ORDER = auto()
    """It has somebody not count with what its verb acts on any more."""


class Token(NamedTuple):
    """A word in a comparison: its `form` (the stem of one that carries meaning, else as written), and its `kind`:
    "function", "word", "name", "remark" (of praise or blame), "number" or
    "time"."""

    form: str
    kind: str
    start: int
    written: str
    is_acronym: bool = False


def has_any(marks: Mark, mark: Mark) -> bool:
    """Tells whether `marks` has one of those in `mark`."""
    # Not `bool(marks & mark)`, which makes a flag first: it is asked thousands of times a conversation.
    return marks._value_ & mark._value_ != 0


@dataclass(frozen=True, slots=True)
class Claim:
    """A clause, as it is compared. Sets hold stems, if nothing else is said."""

    text: str
    tokens: tuple[Token, ...]
    """Its words in order, without light ones."""
    subject_end: int
    """How many of the tokens are its subject."""
    subject: frozenset[str]
    """The words of the subject as written, and its persons in angle brackets."""
    about: frozenset[str]
    """The stems of the subject."""
    owner: frozenset[str]
    """The stems of whom the subject belongs to ("eva" of "Eva's rent"), or a person in angle brackets; empty where
    nobody is named."""
    content: frozenset[str]
    """All that carries meaning."""
    words: frozenset[str]
    """The same without numbers and times."""
    negatives: frozenset[str]
    """What they would be without a prefix that denies: "happy" of "unhappy"."""
    remarks: frozenset[str]
    """Those of them that praise or blame."""
    target: frozenset[str]
    """What a verb of ending, changing or placing acts on."""
    aside: frozenset[str]
    """What stands behind that."""
    origin: frozenset[str]
    """What stands behind "from", up to the next preposition."""
    goal: frozenset[str]
    """The name that stands behind "to": whom or what something came to."""
    goal_name: str
    """The same as written."""
    newly: frozenset[str]
    """What it says to be new."""
    marks: Mark
    poles: frozenset[tuple[int, int]]
    """Pairs of an axis and a side of it ("open", "closed")."""
    fields: frozenset[str]
    """The matters of life that it speaks of."""
    goal_fields: frozenset[str]
    """Those of them of which nothing but the look of its goal speaks ("I moved to Slack")."""
    exclusive: bool
    """Whether its verb has one object at a time."""
    placed: bool
    """Whether it says where something is."""
    names: frozenset[str]
    verb: str
    """The first word behind the subject; "" without one."""
    involves_speaker: bool
    """Whether it speaks of its speaker beside its subject ("the doctor told me", "Leo and I")."""
    of_another: bool
    """Whether somebody else acts on what is that person's own ("my sister changed her name")."""
    is_of_one_day: bool
    """Whether it speaks of a certain day or week alone ("today", "this Friday")."""
    is_former: bool
    """Whether it is about what something was before ("the old flat", "I used to")."""
    is_other: bool
    """Whether its subject is another one of its kind, or one of several ("my other brother")."""
    is_definite: bool
    """Whether a word in it has an article ("the library")."""
    acts_on_it: bool
    """Whether what it acts on only its context tells ("upped it to 50 mg")."""
    is_many: bool
    """Whether its verb or its subject has many values side by side."""
    is_many_verb: bool
    """The same, of the verb alone."""
    is_single: bool
    """Whether its subject has one value at a time, even in ordinary words."""

    def has(self, mark: Mark) -> bool:
        """Tells whether the clause has one of the marks."""
        return has_any(self.marks, mark)

    @property
    def owner_names(self) -> frozenset[str]:
        """The stems of an owner who is named or described, and is neither the speaker nor a pronoun."""
        return frozenset(stem for stem in self.owner if not stem.startswith("<"))

    @property
    def units(self) -> frozenset[str]:
        """What its amounts are of: what stands behind numbers, or at their end ("92 kg", "81.2kg")."""
        units: set[str] = set()
        for token, behind in zip_longest(self.tokens, self.tokens[1:]):
            if token.kind == "number":
                attached = token.written.lstrip(_AMOUNT)
                is_next = (
                    behind is not None and behind.kind == "word" and len(behind.written) <= _LONGEST_UNIT
                )
                is_next = is_next and behind.start - token.start <= len(token.written) + 1
                units |= {attached} if attached.isalpha() else {behind.form} if is_next else set()
        return frozenset(units)

    def opposed_axes(self, other: Claim) -> set[int]:
        """Returns the axes of which the two have another side each."""
        sides = dict(other.poles)
        return {axis for axis, side in self.poles if axis in sides and sides[axis] != side}

    def is_exception_to(self, other: Claim) -> bool:
        """Tells whether it says of a day alone what the other says to be otherwise at other times, or that it is not
        so ("This week the cleaner comes on Wednesday")."""
        if not self.is_of_one_day or other.is_of_one_day or other.has(Mark.PLAN):
            return False
        is_denial = self.has(Mark.DENIAL) and not self.has(Mark.CURRENT)
        return is_denial or not self.has(_TURN_OR_CORRECTION)

    def is_beside_exception(self, other: Claim) -> bool:
        """Tells whether it says when something is, and the other that it is not so on one day ("no yoga next
        Tuesday")."""
        tells_when = any(token.kind == "time" for token in self.tokens) and not self.is_of_one_day
        return tells_when and other.is_of_one_day and other.has(Mark.DENIAL) and not self.has(Mark.DENIAL)

    def begins_beside(self, other: Claim) -> bool:
        """Tells whether it begins one more of what the other has many of ("I play the guitar", "I started playing the
        piano")."""
        is_beginning = self.has(Mark.BEGINNING) and not self.has(_TURN)
        return (
            is_beginning
            and self.subject == other.subject
            and other.is_many_verb
            and other.verb in self.content
        )

    def goes_on_beside(self, other: Claim) -> bool:
        """Tells whether it says how far somebody is from a goal ("I want to weigh 65 kg"), or names another thing of
        a verb that has many, and the verb is all that both share ("I play the piano", "I play chess now")."""
        is_turn = self.has(_TURN_OR_EVENT) or not (self.verb and other.verb)
        if is_turn or self.about or self.subject != other.subject:
            return False
        if self.verb != other.verb:
            is_under_other = self.verb in other.words and other.tokens[other.subject_end].kind == "function"
            return is_under_other and not other.has(Mark.DENIAL)
        shared = self.content & other.content
        return (
            self.is_many_verb and other.is_many_verb and shared == {self.verb} and not other.has(Mark.DENIAL)
        )

    def is_of_another_owner(self, other: Claim) -> bool:
        """Tells whether two subjects belong to different owners. Who "her" is may be anybody but the speaker."""
        if not self.owner or not other.owner or self.owner & other.owner:
            return False
        is_told = all("<speaker>" in claim.owner or claim.owner_names for claim in (self, other))
        return is_told or "<speaker>" in self.owner | other.owner

    def is_of_named_owner_beside(self, other: Claim) -> bool:
        """Tells whether it is about a thing of somebody's ("Dad's dose") whom the other, about its speaker, does not
        name ("I take 25 mg")."""
        names = self.owner_names
        return bool(names) and "<speaker>" in other.subject and not names & other.content

    def is_of_thing_beside(self, other: Claim) -> bool:
        """Tells whether it is about a thing of somebody's ("Holly's train") of which the other says nothing but who
        that is ("Holly is a vet")."""
        if not self.owner or not self.owner_names & other.content:
            return False
        numbers = {token.form for token in self.tokens if token.kind == "number"}
        return not (self.content & other.content) - self.owner - numbers


_TURN = Mark.CHANGE | Mark.CURRENT | Mark.DENIAL | Mark.ENDING | Mark.WITHDRAWAL
# Made once: to join marks makes a new one, which takes a microsecond.
_TURN_OR_EVENT = Mark.CHANGE | Mark.DENIAL | Mark.ENDING | Mark.WITHDRAWAL | Mark.EVENT
_TURN_OR_CORRECTION = _TURN_OR_EVENT | Mark.CURRENT | Mark.BEGINNING | Mark.CORRECTION
ATTITUDE = -1
"""The axis of liking and disliking, which is about an object; all others are about the subject."""
MEANING = ("word", "name", "remark")
"""Kinds of tokens with a meaning that is no number or time."""
CONTRACTED = re.compile(r"['’](?:s|m|re|ve|ll|d)$")
"""What a contracted word ends in."""
_AMOUNT = "0123456789.,-+$€£"
_LONGEST_UNIT = 5
"""Letters of what is taken for a unit. A guess."""
_TO_BE = ("s", "m", "re")
_SIGNS = "+#%-"
_LEADING_SIGNS = "-+−<>"
_CJK = re.compile(r"[\u3400-\u9fff]")
_CJK_TOKEN = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+")
SOMEBODY = frozenset({"<he>", "<she>"})
PERSONS = SOMEBODY | {"<they>"}
THIRD_PERSONS = frozenset({"<he>", "<she>", "<it>", "<they>"})


def tokens_of(clause: str, language: Language, grammar: SuccessionGrammar) -> Iterator[Token]:
    """Yields the words of a clause in order, without light ones. Of Chinese it yields characters, and words in other
    scripts."""
    if _CJK.search(clause):
        yield from _characters(clause, grammar)
        return
    for word, start, end in word_spans(clause):
        reading = _word_tokens(word, language, grammar)
        for token in reading.tokens:
            form = token.form
            if reading.may_have_sign:
                before, behind = clause[start - 1 : start], clause[end : end + 1]
                if before and before in _LEADING_SIGNS and (start == 1 or clause[start - 2].isspace()):
                    form = f"{before}{form}"  # "-50", but not "ex-smoker"
                if behind and behind in _SIGNS:
                    form = f"{form}{behind}"
            yield Token(form, token.kind, start + token.start, token.written, token.is_acronym)


@dataclass(frozen=True, slots=True)
class _WordReading:
    """A word by itself, as though it began its clause: none, one or two tokens, and whether signs beside it ("-50",
    "C#") belong to it."""

    tokens: tuple[Token, ...]
    may_have_sign: bool = False


@lru_cache(maxsize=16384)  # people use few words, and each is looked up in a dozen classes
def _word_tokens(text: str, language: Language, grammar: SuccessionGrammar) -> _WordReading:
    written = grammar.variants.get(text.lower(), text.lower())
    contraction = CONTRACTED.search(written)
    pronoun = written[: contraction.start()] if contraction else ""
    if contraction and compiled(grammar.pronouns).fullmatch(pronoun):
        subject = Token(pronoun, "function", 0, pronoun)
        verb = Token("=", "function", contraction.start(), written)
        return _WordReading((subject, verb) if written.endswith(_TO_BE) else (subject,))
    if compiled(grammar.light).fullmatch(written) or compiled(grammar.epithets).fullmatch(written):
        return _WordReading(())
    if compiled(grammar.copulas).fullmatch(written):
        return _WordReading((Token("=", "function", 0, written),))
    if compiled(grammar.prepositions).fullmatch(written) or compiled(grammar.places).fullmatch(written):
        return _WordReading((Token(written, "function", 0, written),))
    own_stem = words(text, language)[0].stem
    stem = terms(written, language)[0] if written in grammar.variants.values() else own_stem
    kind = _kind(text, own_stem, language, grammar)
    return _WordReading((Token(stem or written, kind, 0, written, text.isupper()),), may_have_sign=True)


def _kind(text: str, stem: str, language: Language, grammar: SuccessionGrammar) -> str:
    if any(c.isdigit() for c in text) or compiled(grammar.numbers).fullmatch(text):
        return "number"
    if compiled(grammar.times).fullmatch(text):
        return "time"
    if not stem or compiled(grammar.support).fullmatch(text):
        return "function"
    if stem in _judging(language):
        return "remark"
    return "name" if text[0].isupper() and not language.noun_capitals else "word"


@cache
def _judging(language: Language) -> frozenset[str]:
    """Returns the stems of praise and blame."""
    stance = language.stance
    return (
        frozenset(terms(" ".join(sorted(stance.praise | stance.blame)), language)) if stance else frozenset()
    )


def _characters(clause: str, grammar: SuccessionGrammar) -> Iterator[Token]:
    plain = compiled(f"{grammar.light}|{grammar.epithets}").sub(
        lambda match: " " * len(match.group()), clause
    )
    functions = {
        i
        for match in compiled(f"{grammar.support}|{grammar.prepositions}").finditer(plain)
        for i in range(match.start(), match.end())
    }
    for match in _CJK_TOKEN.finditer(plain):
        character = match.group()
        kind = _kind_of_character(character, grammar)
        if kind == "word" and match.start() in functions:
            kind = "function"
        form = "=" if kind == "copula" else character.lower()
        yield Token(form, "function" if kind == "copula" else kind, match.start(), character.lower())


@lru_cache(maxsize=4096)
def _kind_of_character(character: str, grammar: SuccessionGrammar) -> str:
    if compiled(grammar.copulas).fullmatch(character):
        return "copula"
    if any(c.isdigit() for c in character) or compiled(grammar.numbers).fullmatch(character):
        return "number"
    if compiled(grammar.times).fullmatch(character):
        return "time"
    return "function" if compiled(grammar.pronouns).fullmatch(character) else "word"


def matter_key(matter: str, speaker: str | None) -> str:
    """Returns the key by which the statements of a speaker about a matter of life are found among attributes."""
    return f"~ {matter} of {speaker or ''}"


def stems(tokens: Iterable[Token], kinds: tuple[str, ...]) -> frozenset[str]:
    """Returns the forms of the tokens of some kinds."""
    return frozenset(token.form for token in tokens if token.kind in kinds)


def owner_of(
    clause: str,
    tokens: tuple[Token, ...],
    subject_end: int,
    subject: frozenset[str],
    grammar: SuccessionGrammar,
) -> frozenset[str]:
    """Returns the stems of all up to the last word of a subject that says whose the rest is ("my brother Tom's
    car"), of the name behind the thing ("la maison d'Eva"), or the person whose it is."""
    for end in range(subject_end - 1, 0, -1):
        if grammar.genitive and compiled(grammar.genitive).match(clause[tokens[end - 1].start :]):
            return stems(tokens[:end], MEANING)
    start = tokens[subject_end].start if subject_end < len(tokens) else 0
    named: frozenset[str] = frozenset()
    for begin in range(1, subject_end):
        at = tokens[begin].start
        of = compiled(grammar.of).search(clause[:at]) if grammar.of else None
        if of is not None and " " in of.group().strip():  # "el jefe de mi marido"
            return stems(tokens[begin:subject_end], MEANING)
        # A name alone: "la fin de la saison" has no owner.
        if of is not None and clause[at].isupper() and not named:
            named = stems(tokens[begin:subject_end], MEANING)
    if compiled(grammar.own).search(clause[:start]):
        return frozenset({"<speaker>"})
    if named:
        return named
    return subject & THIRD_PERSONS if len(subject) > 1 else frozenset()


def with_known_goals(claims: tuple[Claim, ...], kinds: Mapping[str, str]) -> tuple[Claim, ...]:
    """Returns claims without the matters that are none by what is known of their goals (`places.kinds_of`): one moves
    to a place to live there, and to anything else not."""
    if not any(claim.goal_fields for claim in claims):
        return claims
    return tuple(replace(claim, fields=claim.fields - _not_at_goal(claim, kinds)) for claim in claims)


def _not_at_goal(claim: Claim, kinds: Mapping[str, str]) -> frozenset[str]:
    goes_to_place = is_place(claim.goal_name, kinds)
    if goes_to_place is None:
        return frozenset()
    return claim.goal_fields & (_WORK if goes_to_place else _HOME)


_HOME, _WORK = frozenset({"home"}), frozenset({"work"})


def resolved(claim: Claim, previous: Claim) -> Claim:
    """Returns a claim whose subject is not told by itself with that of the claim before it."""
    if not claim.subject and claim.subject_end == 0:
        return replace(claim, subject=previous.subject, about=previous.about)
    persons = claim.subject & THIRD_PERSONS
    if not persons or not previous.about:
        return claim
    if persons & SOMEBODY and previous.owner_names:  # "Dad's dose was raised, he takes 100 mg"
        holder = previous.owner_names
        subject = (claim.subject - persons) | holder
        return replace(claim, subject=subject, about=claim.about | holder, owner=holder)
    subject = (claim.subject - persons) | previous.subject
    owner = previous.about if claim.owner & persons else claim.owner
    return replace(claim, subject=subject, about=claim.about | previous.about, owner=owner)
