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

from fourfold.language.succession.beside import (
    END,
    TURN,
    VAGUE,
    are_of_two_holders,
    is_of_others,
    slots,
    stands_beside,
    tells_nothing_newer,
)
from fourfold.language.succession.claims import ATTITUDE, PERSONS, Claim, Mark, Token


@dataclass(frozen=True, slots=True)
class Competition:
    """Why a newer statement stands above an older one: the `rule` that says so, and a sentence for the log."""

    rule: str
    explanation: str


def competes(newer: tuple[Claim, ...], older: tuple[Claim, ...]) -> Competition | None:
    """Returns the rule by which `newer` tells how a matter of `older` stands now; None where none says so. Both are
    readings (`reading.read_claims`) of statements of one speaker, `newer` said later."""
    for later in newer:
        for earlier in older:
            rule = _first_rule(later, earlier)
            if rule is not None:
                return Competition(rule, f'"{later.text}" {_EXPLANATIONS[rule]} "{earlier.text}"')
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
_LEAST_MATTER = 0.3
"""The same of the larger claim's. A guess, not measured."""
_SHORT = 2
"""Stems of a claim without a subject, at most, that the opposite of another is seen in. A guess, not measured."""
_MEASURES = {"number", "time"}
_CHANGING = Mark.CHANGE | Mark.CURRENT
_BEGINNING = Mark.BEGINNING | Mark.CURRENT
_TURN_OFPERSONS = TURN & ~Mark.BEGINNING
_CHANGED_OR_ENDED = Mark.CHANGE | Mark.ENDING


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two claims to compare. `is_same` says that their subjects are the same, `is_part` that one says more of it than
    the other."""

    newer: Claim
    older: Claim
    is_same: bool
    is_part: bool


def _first_rule(newer: Claim, older: Claim) -> str | None:
    """Returns the first rule by which `newer` stands above `older`."""
    if newer.subject != older.subject and not newer.content & older.content:
        return None  # nothing in common; most pairs are of this kind, and the rules take time
    if tells_nothing_newer(newer, older) or is_of_others(newer, older):
        return None
    pair = _paired(newer, older)
    if _corrects(pair):
        return "correction"
    if stands_beside(newer, older):
        return None
    rules = _RULES_AFTER_ENDING if older.has(END) else _RULES
    return next((name for name, holds in rules if holds(pair)), None)


def _paired(newer: Claim, older: Claim) -> _Pair:
    a, b = newer.subject, older.subject
    if not a or (a | b) & VAGUE:
        return _Pair(newer, older, is_same=False, is_part=False)
    is_part = bool(newer.about and older.about and a != b and (a <= b or b <= a))
    return _Pair(newer, older, is_same=a == b, is_part=is_part)


def _corrects(pair: _Pair) -> bool:
    newer, older = pair.newer, pair.older
    if newer.has(Mark.CORRECTION) and newer.has(Mark.DENIAL) and newer.verb != "=":
        # "A Siemens, not a Bosch": which one is denied it says itself.
        told = {token.form for token in newer.tokens if token.kind in ("name", "number")}
        return bool(told & older.content) and bool(told - older.content)
    if not newer.has(Mark.CORRECTION) or not (pair.is_same or pair.is_part):
        return False
    shared = newer.words & older.words
    if newer.about <= newer.names:  # of a person more than the name has to be the same
        shared -= newer.about
    are_events = newer.has(Mark.EVENT) and older.has(Mark.EVENT)
    return bool(shared) and (not are_events or len(shared) * 2 >= min(len(newer.words), len(older.words)))


def _ends(pair: _Pair) -> bool:
    """Tells whether an ending acts on something that the older claim speaks of."""
    newer, older = pair.newer, pair.older
    if not newer.has(END):
        return False
    subject = newer.about
    is_called_off = newer.has(Mark.WITHDRAWAL) and (older.has(Mark.PLAN) or "time" in _kinds(older))
    called_off = subject & newer.names
    # "We're flying to Oslo", "The flight to Oslo was cancelled"
    if is_called_off and called_off and called_off <= older.content:
        return True
    if not newer.target:
        return (
            newer.has(Mark.WITHDRAWAL)
            and bool(subject)
            and _mostly(subject, older.content)
            and subject & newer.names <= older.content
        )
    acted = newer.target | newer.aside
    is_about_subject = bool(older.about) and older.about <= acted
    is_of_speaker = "<speaker>" in older.subject and newer.involves_speaker
    is_about_holder = (
        is_of_speaker or newer.subject == older.subject or (bool(subject) and subject <= older.content)
    )
    is_order = newer.has(Mark.ORDER)  # "forget the sesame allergy": whoever has it
    if not is_about_holder and not is_about_subject and not is_order:
        return False
    if not is_order and (newer.has(Mark.WITHDRAWAL) or older.has(Mark.PLAN)):
        return bool(acted & older.content)
    shared = newer.target & older.content
    # "Scratch the sesame thing" ends the allergy to sesame, "drop the trip to Berlin" not that somebody lives there.
    telling = shared - newer.names if is_order else shared & newer.names
    return len(shared) * 2 > len(newer.target) or (len(shared) * 2 == len(newer.target) and bool(telling))


def _mostly(part: frozenset[str], whole: frozenset[str]) -> bool:
    return len(part & whole) * 3 >= 2 * len(part)


def _denies(pair: _Pair) -> bool:
    newer, older = pair.newer, pair.older
    if newer.has(Mark.DENIAL) == older.has(Mark.DENIAL) or _on_other_days(newer, older):
        return False
    if not (pair.is_same or pair.is_part):  # "Our lead is Ron", "Ron is no longer our lead"
        are_of_others = newer.subject_end == older.subject_end == 0 and newer.subject != older.subject
        return newer.words == older.words and len(newer.words) > 1 and not are_of_others
    if newer.has(Mark.CURRENT) and (newer.words & older.words) - newer.about:
        return True
    a, b = newer.words or newer.content, older.words or older.content  # "at five" has numbers alone
    shared, sizes = a & b, (len(a), len(b))
    if shared <= newer.about and newer.verb != older.verb:  # "Eva can't make it", "Eva quit the bakery"
        return False
    return len(shared) >= max(1, _SAME_MATTER * min(sizes), _LEAST_MATTER * max(sizes))


def _opposes(pair: _Pair) -> bool:
    newer, older = pair.newer, pair.older
    axes = newer.opposed_axes(older)
    if (
        pair.is_same
        and newer.about
        and (newer.words - older.words) & older.negatives | (older.words - newer.words) & newer.negatives
    ):
        return True
    is_told = pair.is_same or (bool(older.about) and older.about <= newer.words and axes != {ATTITUDE})
    if not is_told or not axes or _on_other_days(newer, older):
        return False
    shared = newer.words & older.words
    if axes == {ATTITUDE}:
        return bool(shared - newer.about)
    is_state = newer.verb == older.verb == "=" or "" in (newer.verb, older.verb)
    is_short = max(len(newer.words), len(older.words)) <= _SHORT
    return bool(newer.about) or (is_short and (is_state or bool(shared)))


def _on_other_days(newer: Claim, older: Claim) -> bool:
    """Tells whether each claim names a time, and another one: "closed on Monday", "open on Tuesday"."""
    a, b = ({token.form for token in claim.tokens if token.kind == "time"} for claim in (newer, older))
    return bool(a and b) and a != b


def _gives_another_value(pair: _Pair) -> bool:
    """Tells whether both say the same up to one place, where they have different values of one kind, and what stands
    there has one value at a time."""
    newer, older = pair.newer, pair.older
    if not pair.is_same or newer.has(Mark.EVENT):
        return False
    start, a, b = slots(newer.tokens[newer.subject_end :], older.tokens[older.subject_end :])
    is_verbless = bool(a) and a[0].kind == "number" and start == 0  # "我体重70公斤"
    if not a or not b or (start == 0 and not is_verbless) or _is_more_exact(a, b):
        return False
    if newer.subject <= PERSONS and not newer.has(Mark.CURRENT):  # who "she" is, only the context tells
        return False
    kind, older_kind = _kind(a), _kind(b)
    behind = newer.tokens[newer.subject_end + start + len(a) :]
    if kind == "number" and any(token.kind == "function" for token in behind):
        return False  # "that tree number 1 is an oak": the number tells which tree
    is_placed = newer.placed and older.placed and bool(newer.about or newer.has(Mark.CURRENT))
    if is_placed and not {kind, older_kind} & {"time", "number"}:
        return True
    if kind != older_kind and {kind, older_kind} == _MEASURES and "time" in _kinds(newer) & _kinds(older):
        kind = older_kind = "time"
    return kind == older_kind and _is_single_valued(newer, older, a, b, kind)


def _is_single_valued(
    newer: Claim, older: Claim, a: tuple[Token, ...], b: tuple[Token, ...], kind: str
) -> bool:
    is_attribute = newer.verb == "=" and not newer.is_many and bool(newer.about - newer.names)
    if kind == "number":
        return _words_of(a) == _words_of(b) or (is_attribute and newer.is_single)
    if kind == "time":  # but not "piano on Fridays", "football on Mondays"
        is_same_matter = _words_of(a) <= _words_of(b) or _words_of(b) <= _words_of(a)
        return "<speaker>" not in newer.subject and is_same_matter
    if newer.exclusive and older.exclusive:
        return not newer.is_many
    return is_attribute and (kind == "name" or (kind == "word" and newer.is_single))


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
    newer, older = pair.newer, pair.older
    if pair.is_same or pair.is_part:
        is_moved = newer.has(Mark.PLACING) and older.placed
    else:
        is_moved = False
        if "<speaker>" not in newer.subject and not newer.about <= older.content:
            return False
    return is_moved or (bool(newer.origin) and newer.origin <= older.content)


def _is_fulfilled(pair: _Pair) -> bool:
    """Tells whether somebody has by now what the older claim seeks."""
    newer, older = pair.newer, pair.older
    has_come = bool(newer.about) and newer.about <= older.target and newer.has(Mark.EVENT)
    if older.has(Mark.SEEKING) and has_come:  # "I'm waiting for the visa", "My visa arrived"
        return True
    if not pair.is_same or not older.has(Mark.SEEKING) or not newer.has(Mark.BEGINNING):
        return False
    return bool(older.target) and len(older.target & newer.words) * 2 > len(older.target)


def _changes(pair: _Pair) -> bool:
    """Tells whether a claim of change is about what the older says of the same subject."""
    newer, older = pair.newer, pair.older
    is_new_subject = bool(newer.newly) and newer.newly <= newer.about
    is_change = newer.has(_CHANGING) or is_new_subject
    if not is_change or not (pair.is_same or pair.is_part):
        return False
    shared = (newer.words & older.words) - newer.about - newer.remarks
    if newer.verb != older.verb and not _is_of_having(older):
        shared -= newer.names & older.names  # "We're building Pelican", "Upgraded Pelican to Django 5"
    if shared and len(shared) * 2 >= min(len(newer.words), len(older.words)) - len(newer.about):
        return True
    # "my manager", and "her manager is now"; "my phone number", and "new number"
    is_one = pair.is_same or newer.about == older.about or (is_new_subject and newer.about <= older.about)
    is_same_verb = newer.verb == older.verb and not newer.is_many_verb and is_one
    if newer.verb == "=":
        is_same_verb = is_same_verb and bool(newer.about) and not newer.is_many
    if not newer.words and not older.words:  # "I'm 29", "I turned 30"
        return newer.has(Mark.CHANGE) and _share_measures(newer, older)
    if not newer.about:
        return is_same_verb and pair.is_same and _has_other_object(newer, older)
    is_thing = bool(newer.about - newer.names - older.names) or (
        _share_measures(newer, older) and not older.words - older.about - {older.verb}
    )
    if newer.has(Mark.CHANGE):
        return is_thing
    is_remark = not older.placed and bool(older.names - older.about) and not newer.names - newer.about
    return is_one and (is_same_verb or (is_thing and not newer.is_many)) and not is_remark


def _is_of_having(claim: Claim) -> bool:
    """Tells whether a claim says no more than that somebody has or uses something."""
    verb = claim.tokens[claim.subject_end : claim.subject_end + 1]
    return bool(verb) and verb[0].kind == "function" and verb[0].form != "="


def _share_measures(newer: Claim, older: Claim) -> bool:
    return bool(_kinds(newer) & _kinds(older) & _MEASURES)


def _has_other_object(newer: Claim, older: Claim) -> bool:
    """Tells whether both have an object of one kind, and another one: "I use Vim", "I use Emacs now"."""
    start, a, b = slots(newer.tokens, older.tokens)
    if start <= newer.subject_end or not (a and b) or _kind(a) != _kind(b) or _is_more_exact(a, b):
        return False
    # "I swim on Mondays", "I dance on Fridays now"
    return _kind(a) not in _MEASURES or _words_of(a) == _words_of(b)


def _kinds(claim: Claim) -> set[str]:
    return {token.kind for token in claim.tokens[claim.subject_end :]}


def _turns(pair: _Pair) -> bool:
    """Tells whether both speak of one matter of life of the same person, and the newer of a turn in it."""
    if not pair.is_same or not pair.newer.fields & pair.older.fields:
        return False
    return pair.newer.has(_TURN_OFPERSONS if pair.newer.subject <= PERSONS else TURN)


def _begins_anew(pair: _Pair) -> bool:
    begins = pair.newer.has(_BEGINNING) and not pair.newer.has(END)
    return begins and _turns(pair)


def _resumes(pair: _Pair) -> bool:
    newer, older = pair.newer, pair.older
    # "I stopped smoking", "I smoke again"
    is_again = newer.has(_BEGINNING) and bool(older.target & newer.content)
    is_told = is_again or (bool(newer.about) and newer.has(Mark.CURRENT))
    return pair.is_same and is_told and not newer.has(END)


def _inverts(pair: _Pair) -> bool:
    """Tells whether one names the holder of an attribute first and the other last: "Rita is the captain", "The
    captain is Ines"."""
    newer, older = pair.newer, pair.older
    if newer.verb != "=" or older.verb != "=" or (newer.subject | older.subject) & VAGUE or pair.is_same:
        return False
    a, b = newer.about, older.about
    if not a or not b:
        return False
    attribute = a if a == older.content - b else b if b == newer.content - a else frozenset()
    return bool(attribute - newer.names - older.names) or len(attribute) > 1


def _acts_on_subject(pair: _Pair) -> bool:
    """Tells whether somebody changes what the older claim is about: "We switched the database to MySQL"."""
    newer, older, about = pair.newer, pair.older, pair.older.about
    if pair.is_same or pair.is_part or not about or newer.of_another:
        return False
    acts = newer.has(Mark.CHANGE) or (newer.has(Mark.PLACING) and older.placed)
    if newer.target and newer.target <= newer.names and not _tells_more_in_common(newer, older):
        return False
    if acts and newer.target and (about <= newer.target or newer.target <= about):
        return True
    if "<speaker>" not in newer.subject or not about <= newer.content:
        return False
    has_new = about <= newer.newly and (newer.has(Mark.BEGINNING) or newer.is_many)  # "I have a new phone"
    return has_new or (newer.has(Mark.CURRENT) and _share_measures(newer, older))


def _tells_more_in_common(newer: Claim, older: Claim) -> bool:
    """Tells whether two claims about a named one share more than the name, or times: what is changed of a project or
    a person is not all that was said of it."""
    has_times = "time" in _kinds(newer) & _kinds(older)
    return has_times or bool((newer.words & older.words) - older.about)


def _retells(pair: _Pair) -> bool:
    """Tells whether a claim of change is about all that the older says, from another side: "Rita is the treasurer",
    "Ben took over as treasurer from Rita"; "We launch the beta in May", "The beta launch moved to June"."""
    newer, older = pair.newer, pair.older
    if pair.is_same or pair.is_part or not newer.has(Mark.CHANGE) or are_of_two_holders(newer, older):
        return False
    shared = newer.words & older.words
    if len(shared) > 1 and _mostly(older.words, shared):
        return True
    about = newer.about or (newer.target | newer.aside) - newer.units
    return _share_measures(newer, older) and bool(about) and about <= older.content


def _gives_value_anew(pair: _Pair) -> bool:
    """Tells whether something is named by its new value alone ("down to 81 kg"), and the older claim has one of that
    unit; or an amount is another one now that the older claim names beside others ("levothyroxine is now 88 mcg")."""
    newer, older = pair.newer, pair.older
    units = newer.units & older.units
    if not units or are_of_two_holders(newer, older):
        return False
    if newer.has(Mark.CHANGE) and not newer.about:
        return newer.words <= units
    return newer.has(Mark.CURRENT) and bool(newer.about) and newer.about <= older.content


def _gives_away(pair: _Pair) -> bool:
    """Tells whether the speaker parts with what the older claim describes: "My car is a Volvo", "I sold the
    Volvo"."""
    newer, older = pair.newer, pair.older
    is_described = (
        older.verb == "=" and not older.placed and len(older.about) == 1 and not older.about & older.names
    )
    if "<speaker>" not in newer.subject or not newer.has(_CHANGED_OR_ENDED) or not is_described:
        return False
    return bool(newer.target) and newer.target <= older.content


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
    ("change", _retells),
    ("change", _gives_value_anew),
    ("ending", _gives_away),
)
_RULES_AFTER_ENDING: tuple[tuple[str, Callable[[_Pair], bool]], ...] = (
    ("opposite", _opposes),
    ("matter", _begins_anew),
    ("change", _resumes),
)
"""What was ended goes on or begins again; all else that follows an ending stands beside it."""
