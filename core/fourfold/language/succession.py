"""Whether a statement tells how a matter stands now of which an older one of the same speaker spoke before: then
the newer comes first, and the older is marked as said before. Nothing is retired by this: it is a matter of order.

A newer claim competes with an older one of the same matter where it gives the same frame another value ("The mug is
on the desk", "... on the counter"), ends or denies what the older says, tells of a change of it, or sets it right.
What lives side by side (likes, visits, what happened on several days, other people's things) does not compete. Knows
no model, no bank.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fourfold.language.claims import ATTITUDE, Claim, Mark, Token


@dataclass(frozen=True, slots=True)
class Competition:
    """Why a newer statement stands above an older one: the `rule` that says so, and a sentence for the log."""

    rule: str
    explanation: str


def competes(newer: tuple[Claim, ...], older: tuple[Claim, ...]) -> Competition | None:
    """Returns why `newer` tells how a matter of `older` stands now; None if both stand side by side. Both are
    readings (`read_claims`) of statements of one speaker, `newer` said later."""
    for new in newer:
        for old in older:
            rule = _first_rule(new, old)
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
"""Share of the smaller claim's stems that both have where one denies the other. A guess, not measured."""
_PERSONS = frozenset({"<he>", "<she>", "<they>"})
_LEAST_MATTER = 0.3
"""The same of the larger claim's. A guess, not measured."""
_SHORT = 3
"""Stems of a claim without a subject of its own, at most, that the opposite of another is seen in. A guess, not
measured."""
_VAGUE = frozenset({"<it>", "<this>", "<you>", "<there>", "<who>", "<all>"})
"""Subjects that only their context tells."""
_MEASURES = {"number", "time"}
_END = Mark.ENDING | Mark.WITHDRAWAL
_TURN = Mark.CHANGE | Mark.CURRENT | Mark.BEGINNING | Mark.DENIAL | _END


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two claims to compare. `is_same` says that their subjects are the same, `is_part` that one says more of it than
    the other."""

    new: Claim
    old: Claim
    is_same: bool
    is_part: bool


def _first_rule(new: Claim, old: Claim) -> str | None:
    """Returns the first rule by which `new` stands above `old`."""
    denial = Mark.DENIAL
    if new.tokens == old.tokens and new.marks & denial == old.marks & denial:
        return None
    if new.has(Mark.PLAN) and not old.has(Mark.PLAN):
        return None
    pair = _paired(new, old)
    if _corrects(pair):
        return "correction"
    is_passed = old.has(Mark.EVENT) and not old.has(Mark.BEGINNING | _END)
    if is_passed or new.has(Mark.ADDITIVE):
        return None
    rules = _RULES_AFTER_ENDING if old.has(_END) else _RULES
    return next((name for name, holds in rules if holds(pair)), None)


def _paired(new: Claim, old: Claim) -> _Pair:
    a, b = new.subject, old.subject
    if not a or (a | b) & _VAGUE:
        return _Pair(new, old, is_same=False, is_part=False)
    is_part = bool(new.about and old.about and a != b and (a <= b or b <= a))
    return _Pair(new, old, is_same=a == b, is_part=is_part)


def _corrects(pair: _Pair) -> bool:
    new, old = pair.new, pair.old
    if not new.has(Mark.CORRECTION) or not (pair.is_same or pair.is_part):
        return False
    shared = new.words & old.words
    are_events = new.has(Mark.EVENT) and old.has(Mark.EVENT)
    return bool(shared) and (not are_events or len(shared) * 2 >= min(len(new.words), len(old.words)))


def _ends(pair: _Pair) -> bool:
    """Tells whether an ending acts on something that the older claim speaks of."""
    new, old = pair.new, pair.old
    if not new.has(_END):
        return False
    subject = new.about
    is_called_off = new.has(Mark.WITHDRAWAL) and (old.has(Mark.PLAN) or "time" in _kinds(old))
    called_off = subject & new.names
    if (
        is_called_off and called_off and called_off <= old.content
    ):  # "We're flying to Oslo", "The flight to Oslo was cancelled"
        return True
    if not new.target:
        return (
            new.has(Mark.WITHDRAWAL)
            and bool(subject)
            and _mostly(subject, old.content)
            and subject & new.names <= old.content
        )
    acted = new.target | new.aside
    is_about_subject = bool(old.about) and old.about <= acted
    is_about_holder = pair.is_same or (bool(subject) and subject <= old.content)
    if not is_about_holder and not is_about_subject:
        return False
    if new.has(Mark.WITHDRAWAL) or old.has(Mark.PLAN):
        return bool(acted & old.content)
    shared = new.target & old.content
    return len(shared) * 2 > len(new.target) or (
        len(shared) * 2 == len(new.target) and bool(shared & new.names)
    )


def _mostly(part: frozenset[str], whole: frozenset[str]) -> bool:
    return len(part & whole) * 3 >= 2 * len(part)


def _denies(pair: _Pair) -> bool:
    new, old = pair.new, pair.old
    if new.has(Mark.DENIAL) == old.has(Mark.DENIAL):
        return False
    if not (pair.is_same or pair.is_part):  # "Our lead is Ron", "Ron is no longer our lead"
        return new.words == old.words and len(new.words) > 1
    shared = new.words & old.words
    sizes = len(new.words), len(old.words)
    return len(shared) >= max(1, _SAME_MATTER * min(sizes), _LEAST_MATTER * max(sizes))


def _opposes(pair: _Pair) -> bool:
    new, old = pair.new, pair.old
    sides = dict(old.poles)
    axes = {axis for axis, side in new.poles if axis in sides and sides[axis] != side}
    if not pair.is_same or not axes or _on_other_days(new, old):
        return False
    shared = new.words & old.words
    if axes == {ATTITUDE}:
        return bool(shared - new.about)
    return bool(new.about) or max(len(new.words), len(old.words)) <= _SHORT


def _on_other_days(new: Claim, old: Claim) -> bool:
    """Tells whether each claim names a time, and another one: "closed on Monday", "open on Tuesday"."""
    a, b = ({token.form for token in claim.tokens if token.kind == "time"} for claim in (new, old))
    return bool(a and b) and a != b


def _gives_another_value(pair: _Pair) -> bool:
    """Tells whether both say the same up to one place, where they have different values of one kind, and what stands
    there has one value at a time."""
    new, old = pair.new, pair.old
    if not pair.is_same or new.has(Mark.EVENT):
        return False
    start, a, b = _slots(new.tokens[new.subject_end :], old.tokens[old.subject_end :])
    if not a or not b or start == 0 or _is_more_exact(a, b):
        return False
    if new.subject <= _PERSONS and not new.has(Mark.CURRENT):  # who "she" is, only the context tells
        return False
    kind, old_kind = _kind(a), _kind(b)
    is_placed = new.placed and old.placed and bool(new.about or new.has(Mark.CURRENT))
    if is_placed and not {kind, old_kind} & {"time", "number"}:
        return True
    return kind == old_kind and _is_single_valued(new, old, a, b, kind)


def _is_single_valued(new: Claim, old: Claim, a: tuple[Token, ...], b: tuple[Token, ...], kind: str) -> bool:
    is_attribute = new.verb == "=" and not new.is_many and bool(new.about - new.names)
    if kind == "number":
        return _words_of(a) == _words_of(b) or (is_attribute and new.is_single)
    if kind == "time":
        return "<speaker>" not in new.subject
    if new.exclusive and old.exclusive:
        return not new.is_many
    return is_attribute and (kind == "name" or (kind == "word" and new.is_single))


def _slots(
    new: tuple[Token, ...], old: tuple[Token, ...]
) -> tuple[int, tuple[Token, ...], tuple[Token, ...]]:
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


def _is_replaced(pair: _Pair) -> bool:
    """Tells whether something is put elsewhere than it was, or changes from what the older claim says."""
    new, old = pair.new, pair.old
    if pair.is_same or pair.is_part:
        is_moved = new.has(Mark.PLACING) and old.placed
    else:
        is_moved = False
        if "<speaker>" not in new.subject and not new.about <= old.content:
            return False
    return is_moved or (bool(new.origin) and new.origin <= old.content)


def _is_fulfilled(pair: _Pair) -> bool:
    """Tells whether somebody has by now what the older claim seeks."""
    new, old = pair.new, pair.old
    if not pair.is_same or not old.has(Mark.SEEKING) or not new.has(Mark.BEGINNING):
        return False
    return bool(old.target) and len(old.target & new.words) * 2 > len(old.target)


def _changes(pair: _Pair) -> bool:
    """Tells whether a claim of change is about what the older says of the same subject."""
    new, old = pair.new, pair.old
    is_new_subject = bool(new.newly) and new.newly <= new.about
    is_change = new.has(Mark.CHANGE | Mark.CURRENT) or is_new_subject
    if not is_change or not (pair.is_same or pair.is_part):
        return False
    shared = (new.words & old.words) - new.about - new.remarks
    if shared and len(shared) * 2 >= min(len(new.words), len(old.words)) - len(new.about):
        return True
    is_one = pair.is_same or new.about == old.about  # "my manager", and "her manager is now"
    is_same_verb = new.verb == old.verb and not new.is_many and is_one
    if not new.about:
        return (
            pair.is_same
            and is_same_verb
            and new.verb != "="
            and _slots(new.tokens, old.tokens)[0] > new.subject_end + 1
        )
    is_thing = bool(new.about - (new.names & old.names)) or bool(_kinds(new) & _kinds(old) & _MEASURES)
    if new.has(Mark.CHANGE):
        return is_thing
    is_remark = bool(old.names - old.about) and not new.names - new.about
    return is_one and not new.is_many and (is_same_verb or is_thing) and not is_remark


def _kinds(claim: Claim) -> set[str]:
    return {token.kind for token in claim.tokens[claim.subject_end :]}


def _turns(pair: _Pair) -> bool:
    """Tells whether both speak of one matter of life of the same person, and the newer of a turn in it."""
    turn = _TURN & ~Mark.BEGINNING if pair.new.subject <= _PERSONS else _TURN
    return pair.is_same and bool(pair.new.fields & pair.old.fields) and pair.new.has(turn)


def _begins_anew(pair: _Pair) -> bool:
    begins = pair.new.has(Mark.BEGINNING | Mark.CURRENT) and not pair.new.has(_END)
    return begins and _turns(pair)


def _resumes(pair: _Pair) -> bool:
    return pair.is_same and bool(pair.new.about) and pair.new.has(Mark.CURRENT) and not pair.new.has(_END)


def _inverts(pair: _Pair) -> bool:
    """Tells whether one names the holder of an attribute first and the other last: "Rita is the captain", "The
    captain is Ines"."""
    new, old = pair.new, pair.old
    if new.verb != "=" or old.verb != "=" or (new.subject | old.subject) & _VAGUE or pair.is_same:
        return False
    a, b = new.about, old.about
    if not a or not b:
        return False
    attribute = a if a == old.content - b else b if b == new.content - a else frozenset()
    return bool(attribute - new.names - old.names) or len(attribute) > 1


def _acts_on_subject(pair: _Pair) -> bool:
    """Tells whether somebody changes what the older claim is about: "We switched the database to MySQL"."""
    new, old, about = pair.new, pair.old, pair.old.about
    if pair.is_same or pair.is_part or not about:
        return False
    acts = new.has(Mark.CHANGE) or (new.has(Mark.PLACING) and old.placed)
    if acts and about <= new.target:
        return True
    if "<speaker>" not in new.subject or not about <= new.content:
        return False
    is_measured = bool(_kinds(new) & _kinds(old) & _MEASURES)
    has_new = about <= new.newly and (new.has(Mark.BEGINNING) or new.is_many)  # "I have a new phone"
    return has_new or (new.has(Mark.CURRENT) and is_measured)


def _gives_away(pair: _Pair) -> bool:
    """Tells whether the speaker parts with what the older claim describes: "My car is a Volvo", "I sold the
    Volvo"."""
    new, old = pair.new, pair.old
    is_described = old.verb == "=" and not old.placed and len(old.about) == 1 and not old.about & old.names
    if "<speaker>" not in new.subject or not new.has(Mark.CHANGE | Mark.ENDING) or not is_described:
        return False
    return bool(new.target) and new.target <= old.content


_RULES: tuple[tuple[str, Callable[[_Pair], bool]], ...] = (
    ("ending", _ends),
    ("denial", _denies),
    ("opposite", _opposes),
    ("value", _gives_another_value),
    ("change", _is_replaced),
    ("change", _is_fulfilled),
    ("change", _changes),
    ("matter", _turns),
    ("value", _inverts),
    ("change", _acts_on_subject),
    ("ending", _gives_away),
)
_RULES_AFTER_ENDING: tuple[tuple[str, Callable[[_Pair], bool]], ...] = (
    ("opposite", _opposes),
    ("matter", _begins_anew),
    ("change", _resumes),
)
"""What was ended goes on or begins again; all else that follows an ending stands beside it."""
