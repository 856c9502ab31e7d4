"""Shows one unit or entity, field by field, in words."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

from fourfold.cli.output import print_line, print_lines
from fourfold.values.rendering import render_interval
from fourfold.values.units import SHORT_ID, Entity, Interval, Link, Unit


def show_record(record: Unit | Entity, summary: str) -> None:
    """Prints the fields of a unit or an entity that are not empty, after the summary of an entity."""
    if summary:
        print_lines(f"{summary}\n")
    for name, words in _told(record):
        if name != "text" or words != summary:
            print_line(f"{name:13} {words}")


def _told(record: Any) -> list[tuple[str, str]]:
    """Returns the names of a record's fields that are not empty, each with what it has."""
    told = [(field.name, _in_words(getattr(record, field.name))) for field in fields(record)]
    # When it was said is no field that may be left out without a word.
    return [(name, words or "unknown") for name, words in told if words or name == "mentioned_at"]


def _in_words(value: object) -> str:
    words = str(value)
    match value:
        case None:
            words = ""
        case bool():
            words = "yes" if value else ""
        case int():
            words = str(value or "")
        case float():
            words = f"{value:.2f}"
        case datetime():
            words = f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        case Interval():
            words = render_interval(value)
        case Link():
            words = f"{value.kind} {value.to[:SHORT_ID]}"
        case tuple():
            words = ", ".join(dict.fromkeys(each_words for each in value if (each_words := _in_words(each))))
        case _ if is_dataclass(value):
            words = "; ".join(f"{name} {told}" for name, told in _told(value))
    return words
