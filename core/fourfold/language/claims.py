"""What a clause claims, as far as it takes to see whether a later one tells how the same matter stands now: whom or
what it is about, what it says in which order, and marks of change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, auto


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


@dataclass(frozen=True, slots=True)
class Token:
    """A word in a comparison: its `form` (the stem of one that carries meaning, else as written), and its `kind`:
    "function", "word", "name", "remark" (of praise or blame), "number" or
    "time"."""

    form: str
    kind: str
    start: int
    written: str
    is_acronym: bool = False


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
    newly: frozenset[str]
    """What it says to be new."""
    marks: Mark
    poles: frozenset[tuple[int, int]]
    """Pairs of an axis and a side of it ("open", "closed")."""
    fields: frozenset[str]
    """The matters of life that it speaks of."""
    exclusive: bool
    """Whether its verb has one object at a time."""
    placed: bool
    """Whether it says where something is."""
    names: frozenset[str]
    verb: str
    """The first word behind the subject; "" without one."""
    involves_speaker: bool
    """Whether it speaks of its speaker behind its subject ("the doctor told me")."""
    of_another: bool
    """Whether somebody else acts on what is that person's own ("my sister changed her name")."""
    is_many: bool
    """Whether its verb or its subject has many values side by side."""
    is_many_verb: bool
    """The same, of the verb alone."""
    is_single: bool
    """Whether its subject has one value at a time, even in ordinary words."""

    def has(self, mark: Mark) -> bool:
        """Tells whether the clause has one of the marks."""
        return bool(self.marks & mark)


ATTITUDE = -1
"""The axis of liking and disliking, which is about an object; all others are about the subject."""
