"""Cues of a recording, each with who speaks it and when it begins: joins those that one sentence was cut into."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from fourfold.values.units import Message

_SENTENCE_END = re.compile(r"[.?!…。？！][\"'”’)\]]*$")
_LONGEST_TURN = 600
"""Characters to which cues without an end of a sentence are joined, as automatic captions have none at all: about a
hundred words. A guess, not measured."""
_MAX_SILENCE = timedelta(seconds=10)
"""Between two cues of one turn. A guess, not measured."""


@dataclass(frozen=True, slots=True)
class Cue:
    """What is said from `start` on, counted from the beginning of the recording; None where that is not known."""

    text: str
    speaker: str | None = None
    start: timedelta | None = None


def messages_of(cues: Iterable[Cue], begins_at: datetime | None) -> list[Message]:
    """Returns the cues as messages, one a sentence or a few. Where it is not known when the recording began, they
    have no time."""
    turns: list[Cue] = []
    last_start: timedelta | None = None
    for cue in cues:
        before = turns[-1] if turns else None
        if before is not None and _goes_on(before, cue, last_start):
            turns[-1] = Cue(f"{before.text} {cue.text}", before.speaker, before.start)
        else:
            turns.append(cue)
        last_start = cue.start
    return [
        Message(cue.text, cue.speaker, at=begins_at + (cue.start or timedelta()) if begins_at else None)
        for cue in turns
    ]


def _goes_on(before: Cue, cue: Cue, last_start: timedelta | None) -> bool:
    if before.speaker != cue.speaker or _SENTENCE_END.search(before.text):
        return False
    if len(before.text) + len(cue.text) > _LONGEST_TURN:
        return False
    return last_start is None or cue.start is None or cue.start - last_start <= _MAX_SILENCE


def offset_of(clock: str) -> timedelta:
    """Returns the time that "1:02:03.450", "02:03,4" or "0:03" counts from the beginning."""
    seconds = 0.0
    for part in clock.replace(",", ".").split(":"):
        seconds = seconds * 60 + float(part)
    return timedelta(seconds=seconds)
