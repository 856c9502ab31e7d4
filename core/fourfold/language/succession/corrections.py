"""Corrections that name a value and nothing else ("no wait, it's Wednesday", "scratch that, 241"): what they set
right is what their speaker said just before. Knows no model, no bank."""

from __future__ import annotations

from collections.abc import Sequence

from fourfold.language.succession.claims import THIRD_PERSONS, Claim, Mark

_VALUES = frozenset({"number", "time", "name"})
_LONGEST = 4
"""Words of a correction without a verb ("room 12"). A guess, not measured."""


def names_value_alone(claims: Sequence[Claim]) -> bool:
    """Tells whether a statement sets something right that it does not name."""
    if not claims or not claims[0].has(Mark.CORRECTION | Mark.DENIAL):
        return False
    return claims[0].subject <= THIRD_PERSONS or _is_verbless(claims[0])


def sets_right(correction: Sequence[Claim], said_before: Sequence[Claim]) -> bool:
    """Tells whether a correction that names a value alone gives another one of a kind that `said_before` has: a
    number for a number, a day for a day. One that is shown by a denial alone denies what was said ("Marcus, not
    Martin")."""
    earlier = {(token.form, token.kind) for claim in said_before for token in claim.tokens}
    if not correction[0].has(Mark.CORRECTION) and not any(
        (token.form, token.kind) in earlier for token in correction[0].tokens if token.kind in _VALUES
    ):
        return False
    kinds = {kind for _, kind in earlier} & _VALUES
    return any(
        token.kind in kinds and (token.form, token.kind) not in earlier for token in correction[0].tokens
    )


def _is_verbless(claim: Claim) -> bool:
    is_bare = not any(token.form == "=" for token in claim.tokens)
    return is_bare and len(claim.tokens) <= _LONGEST and not claim.has(~(Mark.CORRECTION | Mark.DENIAL))
