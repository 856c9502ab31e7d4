"""Shows a bank's past: what was when, and what was done to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from fourfold.cli import output
from fourfold.values.changes import Change, Event
from fourfold.values.rendering import fenced, render_interval, written_day
from fourfold.values.units import SHORT_ID, Modality


def show_timeline(events: Sequence[Event]) -> None:
    """Prints one line an event, in a terminal under the day or the time it took place; in a pipe each line begins
    with its first day, so that it can be searched and sorted."""
    if not events:
        output.out.print("Nothing happened then.")
    heading = ""
    for event in events:
        if not output.out.is_terminal:
            output.print_line(f"{output.day_of(event.at)} ", *_told(event))
            continue
        if (day := _time_of(event)) != heading:
            if heading:
                output.out.print()
            output.print_line((day, "bold"))
            heading = day
        output.print_line("  ", *_told(event))


def _time_of(event: Event) -> str:
    if event.occurred is not None:
        return render_interval(event.occurred)
    return "Undated" if event.at is None else written_day(event.at)


def _told(event: Event) -> list[output.Part]:
    """Returns who tells what, and what else is known of it."""
    unit, change = event.unit, event.assessment
    if change is not None:
        before = "" if change.before is None else f"{change.before:.2f} -> "
        moved = f"believed ({change.effect} {before}{change.after:.2f}):"
        return [(moved, "dim"), f" {fenced(unit.text)}"]
    notes = [] if unit.modality is Modality.FACT else [unit.modality.value]
    if output.out.is_terminal and event.occurred is None and event.at is not None:
        notes.append("said that day")
    if event.retellings:
        notes.append(f"told {len(event.retellings) + 1} times")
    if event.until is not None:
        notes.append(f"until {output.day_of(event.until)}")
    elif unit.retirement is not None:
        notes.append("no longer so")  # nobody knows since when
    elif unit.superseded_by is not None:
        notes.append("may have changed")
    spans = [event.occurred] if event.occurred is not None and not output.out.is_terminal else []
    when = "".join(f" ({render_interval(span)})" for span in spans)
    noted = f" [{', '.join(notes)}]" if notes else ""
    words = fenced(unit.claim, unit.speaker)
    return [*output.speaker_of(unit), words, (when, "cyan"), (noted, "dim")]


def show_history(changes: Sequence[Change]) -> None:
    """Prints one line a change, and why each unit was changed, where something says that."""
    if not changes:
        output.out.print("Nothing was done yet.")
    for change in changes:
        counts = Counter(operation.verdict.value for operation in change.operations)
        summary = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
        by = f" by {fenced(change.actor)}" if change.actor else ""
        undone = " (undone)" if change.undone else ""
        what = f"{change.operation} {change.subject}".strip()
        head = f" {change.at:%Y-%m-%d %H:%M} {what}{by}: {summary or 'no units'}"
        output.print_line((change.id[:SHORT_ID], "bold"), head, (undone, "dim"))
        for reason in dict.fromkeys([change.reason, *(operation.reason for operation in change.operations)]):
            if reason:
                output.print_note(fenced(reason))
