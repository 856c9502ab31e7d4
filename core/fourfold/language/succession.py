"""Whether a statement tells how a matter stands now of which an older one of the same speaker spoke before: then
the newer comes first, and the older is marked as said before. Nothing is retired by this: it is a matter of order.

A newer claim competes with an older one of the same matter where it gives the same frame another value ("The mug is
on the desk", "... on the counter"), ends or denies what the older says, tells of a change of it, or sets it right.
What lives side by side (likes, visits, what happened on several days, other people's things) does not compete. Knows
no model, no bank.
"""

from __future__ import annotations

from dataclasses import dataclass

from fourfold.language.claims import Claim, Mark, Token


@dataclass(frozen=True, slots=True)
class Competition:
    """Why a newer statement stands above an older one: the `rule` that says so, and a sentence for the log."""

    rule: str
    explanation: str


def competes(newer: tuple[Claim, ...], older: tuple[Claim, ...]) -> Competition | None:
    """Returns why `newer` tells how a matter of `older` stands now; None if both stand side by side. Both are readings
    (`read_claims`) of statements of one speaker, `newer` said later."""
    for new in newer:
        for old in older:
            rule = _rule(new, old)
            if rule is not None:
                return Competition(rule, f'"{new.text}" {_EXPLANATIONS[rule]} "{old.text}"')
    return None


_EXPLANATIONS = {
    "correction": "sets right",
    "ending": "ends what was said in",
    "denial": "denies",
    "opposite": "says the opposite of",
    "value": "gives another value than",
    "change": "tells of a change of",
    "matter": "tells of a later state than",
}
_SAME_MATTER = 0.6
"""Share of the smaller claim's stems that both have where one denies the other. Set on the seen part of
tests/data/competing.jsonl, where it was the best of .5, .6 and .7."""
_VAGUE = frozenset({"<it>", "<this>", "<you>", "<there>", "<who>", "<all>"})
"""Subjects that only their context tells."""
_END = Mark.ENDING | Mark.WITHDRAWAL
_TURN = Mark.CHANGE | Mark.CURRENT | Mark.BEGINNING | Mark.DENIAL | Mark.NEW | _END


def _rule(new: Claim, old: Claim) -> str | None:
    """Returns the first rule by which `new` stands above `old`."""
    if new.tokens == old.tokens and new.marks & Mark.DENIAL == old.marks & Mark.DENIAL:
        return None
    if new.has(Mark.PLAN) and not old.has(Mark.PLAN):
        return None
    is_same, is_part = _relation(new, old)
    if new.has(Mark.CORRECTION) and new.content & old.content and (is_same or is_part):
        return "correction"
    is_passed = old.has(Mark.EVENT) and not old.has(Mark.BEGINNING | _END)
    if is_passed or new.has(Mark.ADDITIVE):
        return None
    if old.has(_END):
        return _rule_after_ending(new, old) if is_same and not new.has(_END) else None
    if new.has(_END) and _ends(new, old, is_same):
        return "ending"
    if is_same or is_part:
        return _rule_of_one_subject(new, old, is_same)
    if _inverted(new, old):
        return "value"
    is_told_by_speaker = "<speaker>" in new.subject or new.about <= old.content
    if new.origin and is_told_by_speaker and new.origin <= old.content:
        return "change"
    return "change" if _acts_on_subject(new, old) else None


def _rule_after_ending(new: Claim, old: Claim) -> str | None:
    if _opposed(new, old):
        return "opposite"
    return "matter" if new.fields & old.fields and new.has(Mark.BEGINNING | Mark.CURRENT) else None


def _rule_of_one_subject(new: Claim, old: Claim, is_same: bool) -> str | None:
    if new.has(Mark.DENIAL) != old.has(Mark.DENIAL) and _denies(new, old):
        return "denial"
    if is_same and _opposed(new, old):
        return "opposite"
    if is_same and not new.has(Mark.EVENT) and _gives_another_value(new, old):
        return "value"
    if new.has(Mark.CHANGE | Mark.CURRENT | Mark.NEW) and _changes(new, old):
        return "change"
    if new.has(Mark.PLACING) and old.placed:
        return "change"
    if new.origin and new.origin <= old.content:
        return "change"
    if is_same and new.fields & old.fields and new.has(_TURN):
        return "matter"
    return None


def _relation(new: Claim, old: Claim) -> tuple[bool, bool]:
    """Returns whether the subjects are the same, and whether one says more of it than the other."""
    a, b = new.subject, old.subject
    if not a or a & _VAGUE:
        return False, False
    return a == b, bool(new.about and old.about and a != b and (a <= b or b <= a))


def _ends(new: Claim, old: Claim, is_same: bool) -> bool:
    """Tells whether an ending acts on something that the older claim speaks of."""
    subject = new.about
    if not new.target:
        return bool(subject) and _mostly(subject, old.content) and subject & new.names <= old.content
    acted = new.target | new.aside
    is_about_subject = bool(old.about) and old.about <= acted
    if not is_same and not is_about_subject and not (subject and subject <= old.content):
        return False
    if new.has(Mark.WITHDRAWAL) or old.has(Mark.PLAN):
        return bool(acted & old.content)
    shared = new.target & old.content
    return len(shared) * 2 > len(new.target) or (len(shared) * 2 == len(new.target) and bool(shared & new.names))


def _mostly(part: frozenset[str], whole: frozenset[str]) -> bool:
    return len(part & whole) * 3 >= 2 * len(part)


def _denies(new: Claim, old: Claim) -> bool:
    shared = new.words & old.words
    return len(shared) >= max(1, _SAME_MATTER * min(len(new.words), len(old.words)))


def _opposed(new: Claim, old: Claim) -> bool:
    sides = dict(old.poles)
    is_opposed = any(axis in sides and sides[axis] != side for axis, side in new.poles)
    return is_opposed and bool(new.about or new.content & old.content)


def _gives_another_value(new: Claim, old: Claim) -> bool:
    """Tells whether both say the same up to one place, where they have different values of one kind, and what stands
    there has one value at a time."""
    start, a, b = _slots(new.tokens, old.tokens)
    if not a or not b or start <= new.subject_end:
        return False
    kinds = {_kind(a), _kind(b)}
    if new.placed and old.placed and new.about and not kinds & {"time", "number"}:
        return not _is_more_exact(a, b)
    if len(kinds) > 1 or _is_more_exact(a, b):
        return False
    kind = kinds.pop()
    if kind == "number":
        return _words_of(a) == _words_of(b)
    if kind == "time":
        return "<speaker>" not in new.subject
    if new.exclusive:
        return True
    is_attribute = new.verb == "=" and not new.is_many and bool(new.about)
    return is_attribute and (kind == "name" or (kind == "word" and new.is_single))


def _slots(new: tuple[Token, ...], old: tuple[Token, ...]) -> tuple[int, tuple[Token, ...], tuple[Token, ...]]:
    """Returns where two token sequences begin to differ, and what each has there, up to a common end."""
    shorter = min(len(new), len(old))
    start = next((i for i in range(shorter) if new[i].form != old[i].form), shorter)
    limit = shorter - start
    end = next((i for i in range(limit) if new[-1 - i].form != old[-1 - i].form), limit)
    return start, new[start : len(new) - end], old[start : len(old) - end]


def _kind(tokens: tuple[Token, ...]) -> str:
    kinds = {token.kind for token in tokens}
    return next((kind for kind in ("time", "number", "name", "word", "remark") if kind in kinds), "function")


def _is_more_exact(a: tuple[Token, ...], b: tuple[Token, ...]) -> bool:
    one, other = ({token.form for token in tokens if token.kind != "function"} for tokens in (a, b))
    return one <= other or other <= one


def _words_of(tokens: tuple[Token, ...]) -> frozenset[str]:
    return frozenset(token.form for token in tokens if token.kind in ("word", "name"))


def _changes(new: Claim, old: Claim) -> bool:
    """Tells whether a claim of change is about what the older says of the same subject."""
    subject = new.about
    shared = (new.words & old.words) - subject
    if len(shared) * 2 >= min(len(new.words), len(old.words)) - len(subject) and shared:
        return True
    if subject:
        return new.has(Mark.CHANGE) or (new.verb == old.verb and not new.is_many)
    return new.verb == old.verb and not new.is_many and _slots(new.tokens, old.tokens)[0] > new.subject_end + 1


def _inverted(new: Claim, old: Claim) -> bool:
    """Tells whether one names the holder of an attribute first and the other last: "Rita is the captain", "The captain
    is Ines"."""
    if new.verb != "=" or old.verb != "=":
        return False
    a, b = new.about, old.about
    rest_a, rest_b = new.content - a, old.content - b
    attribute = a if a == rest_b else b if b == rest_a else frozenset()
    return bool(attribute - new.names - old.names)


def _acts_on_subject(new: Claim, old: Claim) -> bool:
    """Tells whether somebody changes what the older claim is about: "We switched the database to MySQL"."""
    about = old.about
    if not about:
        return False
    if new.has(Mark.CHANGE) and about <= new.target:
        return True
    if new.has(Mark.PLACING) and old.placed and about <= new.target:
        return True
    return new.has(Mark.NEW | Mark.CURRENT) and "<speaker>" in new.subject and about <= new.content
