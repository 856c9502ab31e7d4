"""Packs a recall into a prompt: whole units, best first, until the token budget is full. What does not fit is
skipped, shorter ones behind it may still; a statement is given once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fourfold.language.dates import written_day, written_month
from fourfold.values.units import Hit, Interval, Modality, Network, Unit


def pack(
    tokens: NDArray[np.int32], said: NDArray[np.int64], budget: int | None, limit: int | None
) -> list[int]:
    """Which places of a ranking go in, best first: at most `budget` tokens and `limit` units, no two that say the
    same. None is no bound."""
    chosen: list[int] = []
    seen: set[int] = set()
    left = float("inf") if budget is None else budget
    for place, (size, saying) in enumerate(zip(tokens.tolist(), said.tolist(), strict=True)):
        if limit is not None and len(chosen) >= limit:
            break
        if size <= left and saying not in seen:
            seen.add(saying)
            left -= size
            chosen.append(place)
    return chosen


def render(unit: Unit) -> str:
    """ "[8 May 2023] Ana: I went there yesterday. (7 May 2023)", or with the time it tells of left out; what is no
    fact, or no longer one, says so, and a belief how sure it is."""
    said = f"[{written_day(unit.mentioned_at)}]"
    who = f" {unit.speaker}:" if unit.speaker else ""
    told = f" ({span(unit.occurred)})" if unit.occurred else ""
    return f"{said}{who} {unit.text}{told}{_marks(unit)}"


def described(hit: Hit) -> dict[str, Any]:
    """What is known of a hit besides `render`'s line, by name, times in ISO 8601; what is not known is left out."""
    unit, occurred = hit.unit, hit.unit.occurred or Interval(None, None)
    known = {
        "text": unit.text,
        "network": unit.network.value,
        "score": float(hit.score),
        "said": unit.mentioned_at.isoformat(),
        "occurred_from": occurred.start and occurred.start.isoformat(),
        "occurred_to": occurred.end and occurred.end.isoformat(),
        "speaker": unit.speaker,
        "entities": list(unit.entities),
        "confidence": unit.confidence,
        "document": unit.source.document,
        "messages": list(unit.source.messages),
    }
    return {name: value for name, value in known.items() if value not in (None, "", [])}


def _marks(unit: Unit) -> str:
    marks = []
    if unit.network is Network.BELIEF and unit.confidence is not None:
        marks.append(f" [belief, {unit.confidence:.2f}]")
    if unit.modality is not Modality.FACT and not unit.text.endswith("?"):
        marks.append(f" [{unit.modality}]")
    if unit.retired_at:
        marks.append(" [no longer held]")
    elif unit.superseded_by:
        marks.append(" [probably superseded]")
    return "".join(marks)


def span(interval: Interval) -> str:
    """An interval as people write it: a day, or from-to."""
    start, end = interval.start, interval.end
    if start is None or end is None:
        return f"since {start:%Y-%m-%d}" if start else f"until {end:%Y-%m-%d}" if end else "at some time"
    if (end - start).days <= 1:
        return written_day(start)
    if (start.day, end.day) == (1, 1) and 28 <= (end - start).days <= 31:
        return written_month(start)
    if (start.day, start.month, end.day, end.month) == (1, 1, 1, 1) and end.year == start.year + 1:
        return f"{start.year}"
    return f"{start:%Y-%m-%d} to {end:%Y-%m-%d}"
