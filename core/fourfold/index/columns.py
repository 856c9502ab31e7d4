"""The columns of a bank's index: for each unit one record of fixed size, by which units are filtered and ranked."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from fourfold.language.languages import matches_any
from fourfold.language.text import canonical
from fourfold.schema.indexed_units import IndexedUnit
from fourfold.schema.records import UNKNOWN_TIME
from fourfold.values.statements import UNREAD_SALIENCE
from fourfold.values.units import Modality

LINE_TOKENS = 8
"""Tokens of a unit's date and speaker in a prompt. A guess, not measured."""

ROW = np.dtype(
    [
        # Epoch seconds: when the unit was said (`UNKNOWN_TIME`: nobody knows); `[start, end)` of what it states;
        # when it was recorded and retired.
        ("mentioned", "f8"),
        ("start", "f8"),
        ("end", "f8"),
        ("recorded", "f8"),
        ("retired", "f8"),
        # Rows of its neighbours in its session, -1 for none.
        ("previous", "i4"),
        ("next", "i4"),
        # Codes of names, see `BankIndex.code`. Of a unit that stands by itself the passage is -1.
        ("session", "i4"),
        ("passage", "i4"),
        ("speaker", "i4"),
        ("network", "i4"),
        # What ranking asks of the text: the share of questions in it, whether it counts something (below).
        ("asking", "f4"),
        # Hashes: of the words alone (`text.canonical`); of the words with who said them, and with when it was if that
        # is known.
        ("words", "i8"),
        ("said", "i8"),
        # Size in a prompt; messages that say it; recalls, and the last of them in epoch seconds (0: never).
        ("tokens", "i4"),
        ("times", "i4"),
        ("uses", "i4"),
        ("used", "f8"),
        ("dated", "?"),
        ("quoted", "?"),
        ("counts", "?"),
        # Whether it mentions somebody or something by name, beside who says it.
        ("names", "?"),
        # Whether who says it is its subject.
        ("is_subject", "?"),
        # How much it is worth knowing (`Unit.salience`).
        ("salience", "f4"),
    ]
)


def fill_row(columns: NDArray[np.void], row: int, unit: IndexedUnit, codes: dict[str, int]) -> None:
    """Fills the record of a unit, but for its neighbours and recalls, which are noted apart. Adds to `codes` the
    names that have no number yet."""
    speaker, is_dated = unit.speaker or "", unit.occurred is not None
    session_code = codes.setdefault(unit.session, len(codes))
    passage_code = codes.setdefault(unit.passage, len(codes)) if unit.passage else -1
    speaker_code = codes.setdefault(speaker, len(codes))
    network_code = codes.setdefault(unit.network, len(codes))
    words = text_hash(canonical(unit.text))
    current = columns[row]
    # As one tuple, which takes as long as setting two of the fields one by one.
    columns[row] = (
        unit.mentioned,
        unit.start,
        unit.end,
        unit.recorded,
        unit.retired,
        current["previous"],
        current["next"],
        session_code,
        passage_code,
        speaker_code,
        network_code,
        unit.question_share,
        words,
        text_hash(f"{words} {unit.start if is_dated else ''} {speaker}"),
        unit.token_estimate + LINE_TOKENS,
        len(unit.messages),
        current["uses"],
        current["used"],
        is_dated,
        unit.modality == Modality.QUOTE.value,
        unit.has_count,
        any(name != speaker for name in unit.entities),
        matches_any("speaker_as_subject", unit.text),
        UNREAD_SALIENCE if unit.salience is None else unit.salience,
    )


def said_or_recorded(records: NDArray[np.void]) -> NDArray[np.float64]:
    """Returns when each of these units was said, in epoch seconds; of one whose time is unknown, when it was
    recorded: it was said by then."""
    said_at = records["mentioned"]
    return np.where(said_at == UNKNOWN_TIME, records["recorded"], said_at)


def text_hash(text: str) -> int:
    """Returns 64 bits of a text, the same in every process."""
    # Not Python's own hash, which each process seeds anew: snapshots are read by the next one. A text may have half
    # of a surrogate pair, which JSON lets through and UTF-8 does not.
    digest = blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def passage_rows(columns: NDArray[np.void], row: int) -> list[int]:
    """Returns the rows of the passage that a unit is of, in order; that row alone for one that stands by itself.
    `columns` has one record a unit, see `BankIndex.columns`."""
    passages = columns["passage"]
    first = last = row
    if passages[row] >= 0:  # those of one passage come in one write, one after the other
        while first and passages[first - 1] == passages[row]:
            first -= 1
        while last + 1 < len(passages) and passages[last + 1] == passages[row]:
            last += 1
    return list(range(first, last + 1))
