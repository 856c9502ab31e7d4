"""Whether two statements stand side by side: about different owners, beside each other by their own words, over and
done. Where nothing says so, one may tell how a matter of the other stands now, which `rules` and models decide. Knows
no model, no bank.
"""

from __future__ import annotations

from fourfold.language.succession.claims import PERSONS, Claim, Mark, Token
from fourfold.language.text import is_unspaced

VAGUE = frozenset({"<it>", "<this>", "<you>", "<there>", "<who>", "<all>"})
"""Subjects that only their context tells."""
END = Mark.ENDING | Mark.WITHDRAWAL
TURN = Mark.CHANGE | Mark.CURRENT | Mark.BEGINNING | Mark.DENIAL | END
"""Marks of a turn that something took."""
_OUTCOME = Mark.CHANGE | Mark.CURRENT | END
"""Marks of what makes of something that happened once a state that lasts."""
_TURN_OF_VALUE = Mark.CHANGE | Mark.CURRENT | Mark.CORRECTION
_LASTING = Mark.BEGINNING | END
"""Marks of what happened once and has lasted since."""
_SHORT = 2
"""Tokens of a value in which two statements of one frame differ, at most. A guess, not measured."""


def may_compete(newer: tuple[Claim, ...], older: tuple[Claim, ...]) -> bool:
    """Tells whether two readings have clauses that need not stand side by side: where no rule says which leads, a
    model may. They need no word in common ("I'm pregnant", "The baby's here!")."""
    return any(
        _is_open(later, earlier) and not _fills_one_frame(later, earlier)
        for later in newer
        for earlier in older
    )


def may_differ(newer: tuple[Claim, ...], older: tuple[Claim, ...]) -> bool:
    """The same of two readings that are known to answer one question: they may even be the same up to what it asks
    for."""
    return any(_is_open(later, earlier) for later in newer for earlier in older)


def _is_open(newer: Claim, older: Claim) -> bool:
    """Tells whether nothing in two claims says that they stand side by side."""
    is_other = tells_nothing_newer(newer, older) or is_of_others(newer, older)
    return not (is_other or stands_beside(newer, older))


def tells_nothing_newer(newer: Claim, older: Claim) -> bool:
    """Tells whether both say the same, or the newer claim only plans what the older one tells."""
    denial = Mark.DENIAL
    is_same = newer.tokens == older.tokens and newer.has(denial) == older.has(denial)
    return is_same or (newer.has(Mark.PLAN) and not older.has(Mark.PLAN))


def is_of_others(newer: Claim, older: Claim) -> bool:
    """Tells whether the claims are about things of different owners or numbers, or the newer one about a thing of
    whom the older one is about: a possessor is not the subject."""
    return (
        newer.is_of_another_owner(older)
        or newer.is_of_named_owner_beside(older)
        or newer.is_of_thing_beside(older)
        or _has_another_number(newer, older)
        or newer.is_other != older.is_other
    )


def are_of_two_holders(newer: Claim, older: Claim) -> bool:
    """Tells whether each has a subject of which the other says nothing ("Leo takes size 31", "Mila has gone up to
    35"), another thing of the kind is acted on, or somebody else takes what the speaker does."""
    if newer.subject & PERSONS and "<speaker>" in older.subject:
        return True
    target, about = newer.target, older.about
    if target & about and target - older.content and about - newer.content:
        return True  # "the home wifi password", "the office wifi password"
    are_told = bool(newer.about) and bool(older.about) and not newer.about & older.about
    return are_told and not newer.about & older.content and not older.about & newer.content


def _has_another_number(newer: Claim, older: Claim) -> bool:
    """Tells whether a number says which thing the newer claim is about, and the older one names others: "Branch 2209
    is abandoned", "Branch 2290 holds the patch"."""
    subject_numbers = {token.form for token in newer.tokens[: newer.subject_end] if token.kind == "number"}
    if not subject_numbers or not newer.about - subject_numbers:  # but not "Down to three hives"
        return False
    numbers = {token.form for token in older.tokens if token.kind == "number"}
    return bool(numbers) and not subject_numbers & numbers


def stands_beside(newer: Claim, older: Claim) -> bool:
    """Tells whether the older claim is over and done, or the newer one says that it comes beside others, is an
    exception, or denies something else."""
    is_passed = older.has(Mark.EVENT) and not (older.has(_LASTING) or _changes_again(newer, older))
    is_passed = is_passed and not (newer.subject == older.subject and newer.opposed_axes(older))
    # "It was Rui who bought a boat", "It was Rui who painted a boat"
    is_vague = bool((newer.subject | older.subject) & VAGUE)
    is_vague_event = is_vague and newer.has(Mark.EVENT) and older.has(Mark.EVENT)
    is_beside = is_passed or is_vague_event or _adds(newer, older) or newer.goes_on_beside(older)
    is_beside = is_beside or newer.is_beside_exception(older) or newer.begins_beside(older)
    # What it came to is there already: "I work in Bonn", "We moved to Bonn".
    is_there = bool(newer.goal) and newer.goal <= older.content and not newer.has(Mark.DENIAL)
    is_other = newer.is_former != older.is_former or newer.is_exception_to(older) or is_there
    is_other = is_other or _denies_something_else(newer, older) or _is_narrower_than_denied(newer, older)
    return is_beside or is_other or _tells_what_was(newer, older)


def _changes_again(newer: Claim, older: Claim) -> bool:
    """Tells whether what the older claim changed is given another state once more: "The meeting moved to Tuesday",
    "... to Thursday"."""
    if not older.has(Mark.CHANGE) or not newer.has(_TURN_OF_VALUE):
        return False
    is_same_thing = bool(newer.about) and newer.about == older.about
    is_same_target = bool(newer.target) and newer.target <= older.target
    return is_same_thing or is_same_target or (bool(older.target) and older.target <= newer.content)


def _adds(newer: Claim, older: Claim) -> bool:
    """Tells whether the newer claim says that it comes beside others; not where it says the contrary of the same
    thing ("Dad's in hospital", "Dad's home too now")."""
    return newer.has(Mark.ADDITIVE) and not (newer.subject == older.subject and newer.opposed_axes(older))


def _tells_what_was(newer: Claim, older: Claim) -> bool:
    """Tells whether one says what something was, the other what it is: "Our office was in York until 2019"."""
    is_past = newer.verb == "=" and newer.has(Mark.EVENT) and not newer.has(_OUTCOME)
    is_present = older.verb == "=" and not older.has(Mark.EVENT)
    if not (is_past and is_present):
        return False
    # "I was married to Gunnar" beside "I'm married to Arvid", but not "I was promoted" beside "I'm a clerk".
    _, a, b = slots(newer.tokens[newer.subject_end :], older.tokens[older.subject_end :])
    are_names = bool(a and b) and a[0].kind == b[0].kind == "name"
    return are_names or bool((newer.content & older.content) - newer.about)


def _denies_something_else(newer: Claim, older: Claim) -> bool:
    """Tells whether one denies of its object what the other says of another object: "I love my job", "I don't love
    Mondays"; or of somebody else."""
    is_denial = newer.has(Mark.DENIAL) != older.has(Mark.DENIAL)
    is_taken_up = newer.has(Mark.CURRENT) and older.has(Mark.DENIAL)  # "I drink wine again"
    if not is_denial or newer.subject != older.subject or is_taken_up:
        return False
    start, *objects = slots(newer.tokens[newer.subject_end :], older.tokens[older.subject_end :])
    a, b = ({token.form for token in tokens if token.kind != "function"} for tokens in objects)
    if start == 0 and is_unspaced(newer.text):
        # Without blanks a subject without a known verb behind it ends too soon: "我爸爸养猫", "我妈妈不养猫".
        return bool(a or b) and not a & b
    before = newer.tokens[newer.subject_end :][:start]  # "for the Oslo job", "for the Oslo thing"
    if (
        before
        and b
        and a
        and "," in newer.text[before[-1].start : newer.tokens[newer.subject_end + start].start]
    ):
        return False  # what differs is an aside: "I don't have a bike any more, got it stolen"
    return start > 0 and bool(a and b) and not a & b and all(token.kind != "name" for token in before)


def _is_narrower_than_denied(newer: Claim, older: Claim) -> bool:
    """Tells whether the newer claim says of a part, or under a condition, what the older one denies in general: "I
    don't like fish", "I like fish fingers". What somebody has, or where he lives, he has in each of its kinds."""
    is_denied = older.has(Mark.DENIAL) and not newer.has(Mark.DENIAL)
    if not is_denied or newer.has(TURN) or newer.exclusive or newer.subject != older.subject:
        return False
    if newer.opposed_axes(older):  # "I can't swim", "I learned to swim"
        return False
    verb = newer.tokens[newer.subject_end : newer.subject_end + 1]
    is_general = bool(verb) and verb[0].kind not in ("function", "number", "time")
    return is_general and newer.about <= newer.names and older.words < newer.words


def _fills_one_frame(newer: Claim, older: Claim) -> bool:
    """Tells whether both say the same up to one place of a word or two, and the newer speaks of no turn: "Invoice 12
    is paid", "Invoice 13 is paid". What that means the rules know best."""
    start, a, b = slots(newer.tokens, older.tokens)
    is_short = 0 < len(a) <= _SHORT and 0 < len(b) <= _SHORT
    return is_short and start > 0 and not newer.has(TURN)


def slots(
    newer: tuple[Token, ...], older: tuple[Token, ...]
) -> tuple[int, tuple[Token, ...], tuple[Token, ...]]:
    """Returns where two token sequences begin to differ, and what each has there, up to a common end."""
    shorter = min(len(newer), len(older))
    start = next((i for i in range(shorter) if newer[i].form != older[i].form), shorter)
    limit = shorter - start
    end = next((i for i in range(limit) if newer[-1 - i].form != older[-1 - i].form), limit)
    return start, newer[start : len(newer) - end], older[start : len(older) - end]
