"""Corrections that name a value and nothing else ("no wait, it's Wednesday", "scratch that, 241"): what they set
right is what their speaker said just before. Knows no model, no bank."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from fourfold.language.succession.claims import MEANING, THIRD_PERSONS, Claim, Mark

_VALUES = frozenset({"number", "time", "name"})
_RESPELT = 0.7
"""Likeness from which a word is another spelling of one (`difflib`). A guess, not measured."""
_LONGEST = 4
"""Words of a correction without a verb ("room 12"). A guess, not measured."""


def names_value_alone(claims: Sequence[Claim]) -> bool:
    """Tells whether a statement sets something right that it does not name."""
    if not claims:
        return False
    claim = claims[0]
    if claim.has(Mark.CHANGE) and claim.acts_on_it and not claim.target:  # "upped it to 50 mg"
        return True
    if not claim.has(Mark.CORRECTION | Mark.DENIAL):
        return False
    return claim.subject <= THIRD_PERSONS or _is_verbless(claim)


def sets_right(correction: Sequence[Claim], said_before: Sequence[Claim]) -> bool:
    """Tells whether a correction that names a value alone gives another one of a kind that `said_before` has: a
    number for a number, a day for a day. One that is shown by a denial alone denies what was said ("Marcus, not
    Martin")."""
    claim = correction[0]
    earlier = {(token.form, token.kind) for each in said_before for token in each.tokens}
    denied = {token.kind for token in claim.tokens if (token.form, token.kind) in earlier}
    given = {
        token.kind
        for token in claim.tokens
        if token.kind != "function" and (token.form, token.kind) not in earlier
    }
    if claim.has(Mark.DENIAL) and claim.has(Mark.CORRECTION):  # "not the red one, the blue one"
        return bool(denied - {"function"} and given)
    if claim.has(Mark.CHANGE):
        return any(_are_of_one_kind(claim, each) for each in said_before)
    if not claim.has(Mark.CORRECTION) and not denied & _VALUES:
        return False
    kinds = {kind for _, kind in earlier} & _VALUES
    return bool(given & kinds) or _respells(claim, said_before) or _exchanges_thing(claim, said_before)


def _are_of_one_kind(claim: Claim, earlier: Claim) -> bool:
    """Tells whether two claims have values of one kind, and amounts of one unit ("20mg", "50mg"), if it names one."""
    ours, theirs = ({token.kind for token in each.tokens} & _VALUES for each in (claim, earlier))
    shared = ours & theirs
    is_of_one_unit = not claim.units or bool(claim.units & earlier.units)
    return bool(shared) and (is_of_one_unit or shared != {"number"})


def _exchanges_thing(claim: Claim, earlier: Sequence[Claim]) -> bool:
    """Tells whether a thing alone ("the library") may stand where something was said of another one ("at the
    station")."""
    shared = frozenset().union(*(claim.words & each.words for each in earlier))
    if shared and claim.words - shared:  # "his left arm", "sorry, right arm"
        return True
    is_thing = claim.is_definite and all(token.kind == "word" for token in claim.tokens)
    return is_thing and any(each.is_definite and each.words - each.about for each in earlier)


def _respells(claim: Claim, earlier: Sequence[Claim]) -> bool:
    """Tells whether a word alone is another spelling of one that was said ("milo", "*mila")."""
    if len(claim.tokens) != 1:
        return False
    word = claim.tokens[0].written
    said = [token.written for each in earlier for token in each.tokens if token.kind in MEANING]
    return word not in said and bool(get_close_matches(word, said, n=1, cutoff=_RESPELT))


def _is_verbless(claim: Claim) -> bool:
    is_bare = not any(token.form == "=" for token in claim.tokens)
    return is_bare and len(claim.tokens) <= _LONGEST and not claim.has(~(Mark.CORRECTION | Mark.DENIAL))
