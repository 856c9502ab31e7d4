"""Whom a bank is about, and which of its units tell of a user who has no name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fourfold.index.bank_index import BankIndex
from fourfold.schema.records import NEVER
from fourfold.values.beliefs import USER
from fourfold.values.units import Entity, Network

_SPOKEN_SHARE = 0.1
"""Of what is said in a bank without speakers, the share with "I" as its subject from which it is of a user, and is no
collection of notes. A guess."""
_ANSWERED_SHARE = 0.5
"""The same share of what is said in sessions in which the agent speaks as well: whom it answers is a user, also in
languages that leave the "I" to the verb. A guess."""


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """Whom or what a bank is about: the names, the name of the entity ("" for a user who has none), and the rows of
    the current units that tell of it."""

    names: Sequence[str]
    entity: str
    rows: NDArray[np.intp]


NAMELESS = ("",)
"""The names of a user who has none: he is the speaker of what has no speaker."""


def subject_of(index: BankIndex) -> Subject | None:
    """Returns whom a bank is about: the speaker of most units, the agent's own left out; without speakers, the user
    who says "I", else the entity that is mentioned most."""
    users_rows = _users_rows(index)
    users, no_speaker = index.columns[users_rows], index.code("")
    units_by_speaker = Counter(int(code) for code in users["speaker"] if code != no_speaker)
    entities = index.entities()  # most mentioned first
    if units_by_speaker:
        main_speaker = units_by_speaker.most_common(1)[0][0]
        speaking = (entity for entity in entities if main_speaker in _speaker_codes(index, entity))
        entity = next(speaking, None)
    elif _is_spoken(index, users_rows):
        return Subject(NAMELESS, "", users_rows)
    else:
        entity = entities[0] if entities else None
    if entity is None:
        return None
    return Subject((entity.name, *entity.aliases), entity.name, _rows_about(index, entity))


def is_nameless_user(index: BankIndex, name: str) -> bool:
    """Whether `name` stands for a user who is nowhere named. What is called "User" as well, a class in somebody's
    code, say, gives way to him."""
    return name.casefold() == USER and len(nameless_users_rows(index)) > 0


def nameless_users_rows(index: BankIndex) -> NDArray[np.intp]:
    """Returns the rows of the current units that a user without a name said; none where what has no speaker is a
    collection of notes."""
    rows = _users_rows(index)
    nameless: NDArray[np.intp] = rows[index.columns[rows]["speaker"] == index.code("")]
    return nameless if _is_spoken(index, nameless) else nameless[:0]


def _users_rows(index: BankIndex) -> NDArray[np.intp]:
    """Returns the rows of the current units that are not the agent's own."""
    rows = np.flatnonzero(index.live_mask())
    users: NDArray[np.intp] = rows[index.columns[rows]["network"] != index.code(Network.EXPERIENCE.value)]
    return users


def _is_spoken(index: BankIndex, rows: NDArray[np.intp]) -> bool:
    if not len(rows):
        return False
    said, all_units = index.columns[rows], index.columns
    agents_sessions = all_units["session"][all_units["network"] == index.code(Network.EXPERIENCE.value)]
    is_answered = np.isin(said["session"], agents_sessions)
    return bool(said["is_subject"].mean() >= _SPOKEN_SHARE or is_answered.mean() >= _ANSWERED_SHARE)


def _rows_about(index: BankIndex, entity: Entity) -> NDArray[np.intp]:
    """Returns the rows of the current units that `entity` said, and of beliefs about it; where it says nothing, of
    those that mention it."""
    speakers, belief = list(_speaker_codes(index, entity)), index.code(Network.BELIEF.value)
    rows = np.array(index.units_mentioning(entity.name), dtype=np.intp)
    columns = index.columns[rows]
    is_about = np.isin(columns["speaker"], speakers) | (columns["network"] == belief)
    if not np.isin(index.columns["speaker"], speakers).any():
        is_about = np.ones(len(rows), dtype=np.bool_)
    current: NDArray[np.intp] = rows[is_about & (columns["retired"] == NEVER)]
    return current


def _speaker_codes(index: BankIndex, entity: Entity) -> set[int]:
    """Returns the codes of an entity's names in the column of speakers."""
    return {index.code(name) for name in (entity.name, *entity.aliases)} - {-1}
