"""Writes units, hits, intervals and days as people read them: for prompts, tools and terminals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fourfold.values.results import Hit
from fourfold.values.units import Interval, Modality, Network, Unit

MONTHS = tuple(
    "January February March April May June July August September October November December".split()
)


_MOST_DAYS = 10
"""Days that a line names on which something was said before. A guess, not measured."""


def written_month(moment: datetime) -> str:
    """Returns "May 2023", in English whatever the locale."""
    # Not strftime("%B"): that follows the locale of the process, and what is embedded would change with it.
    return f"{MONTHS[moment.month - 1]} {moment.year}"


def written_day(moment: datetime) -> str:
    """Returns "8 May 2023", in English whatever the locale."""
    return f"{moment.day} {written_month(moment)}"


def render_unit(unit: Unit) -> str:
    """Returns the line by which a unit stands in a prompt: "[8 May 2023] Ana: I went there yesterday. (7 May 2023)".

    The date in front is when it was said, the one in brackets the time it tells of; each is left out if unknown.
    What was said on several days is shown with the last of them, and the others behind it. What is no fact (a plan,
    a wish), no longer a fact, or a belief is marked as such, a belief with its confidence; and so is a fact of whose
    matter something newer was said.
    """
    return render_passage([unit])


def render_passage(units: Sequence[Unit]) -> str:
    """Returns the line by which `units` (one at least) stand together: each as `render_unit` has it, under the date
    and the speaker of the first."""
    said = f"[{written_day(units[0].mentioned_at)}] " if units[0].mentioned_at else ""
    speaker = f"{units[0].speaker}: " if units[0].speaker else ""
    return f"{said}{speaker}{' '.join(map(render_statement, units))}"


def render_statement(unit: Unit) -> str:
    """Returns what `render_unit` does, without when it was said and by whom."""
    occurred = f" ({render_interval(unit.occurred)})" if unit.occurred else ""
    return f"{unit.text}{occurred}{_marks(unit)}"


def _marks(unit: Unit) -> str:
    marks = []
    if unit.network is Network.BELIEF and unit.confidence is not None:
        marks.append(f" [belief, {unit.confidence:.2f}]")
    said = written_day(unit.mentioned_at) if unit.mentioned_at else ""
    days = [day for day in dict.fromkeys(map(written_day, reversed(unit.occasions))) if day != said]
    if days:
        more = f", {len(days) - _MOST_DAYS} more" if len(days) > _MOST_DAYS else ""
        marks.append(f" [also said on {', '.join(days[:_MOST_DAYS])}{more}]")
    if unit.modality is not Modality.FACT and not unit.text.endswith("?"):
        marks.append(f" [{unit.modality}]")
    if unit.retired_at:
        marks.append(" [no longer held]")
    elif unit.superseded_by:
        # Of what has no time nobody knows whether it was said before.
        marks.append(" [said before; may have changed]" if unit.mentioned_at else " [may have changed]")
    return "".join(marks)


def render_interval(interval: Interval) -> str:
    """Returns an interval as people write it: "8 May 2023", "May 2023", "2023", or "2023-05-08 to 2023-05-12"."""
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


def describe_hit(hit: Hit) -> dict[str, Any]:
    """Returns what is known of a hit besides `render_unit`'s line, by name, as JSON values with times in ISO 8601.

    Unknown fields are left out. Frameworks keep it as a document's metadata.
    """
    unit, occurred = hit.unit, hit.unit.occurred or Interval(None, None)
    fields = {
        "text": unit.text,
        "network": unit.network.value,
        "score": float(hit.score),
        "said": unit.mentioned_at and unit.mentioned_at.isoformat(),
        "occasions": [time.isoformat() for time in unit.occasions] if len(unit.occasions) > 1 else [],
        "occurred_from": occurred.start and occurred.start.isoformat(),
        "occurred_to": occurred.end and occurred.end.isoformat(),
        "speaker": unit.speaker,
        "entities": list(unit.entities),
        "confidence": unit.confidence,
        "document": unit.source.document,
        "messages": list(unit.source.messages),
    }
    return {name: value for name, value in fields.items() if value not in (None, "", [])}
