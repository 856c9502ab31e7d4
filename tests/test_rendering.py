"""How times and units read, wherever a person or a model reads them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from command_line import fourfold

from fourfold import Interval, Memory, Message
from fourfold.values.rendering import describe_hit, render_interval, render_unit


def moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "written"),
    [
        ("2026-05-08", "2026-05-09", "8 May 2026"),
        ("2026-06-13", "2026-06-15", "13 to 14 June 2026"),
        ("2026-09-14", "2026-09-17", "14 to 16 September 2026"),
        ("2026-03-30", "2026-04-03", "30 March to 2 April 2026"),
        ("2025-12-30", "2026-01-03", "30 December 2025 to 2 January 2026"),
        ("2026-05-21", "2026-06-01", "21 to 31 May 2026"),
        ("2024-02-01", "2024-03-01", "February 2024"),
        ("2026-06-01", "2026-09-01", "June to August 2026"),
        ("2025-11-01", "2026-01-01", "November to December 2025"),
        ("2025-12-01", "2026-03-01", "December 2025 to February 2026"),
        ("2026-01-01", "2026-02-01", "January 2026"),
        ("2026-01-01", "2027-01-01", "2026"),
        ("2015-01-01", "2019-01-01", "2015 to 2018"),
        ("2026-05-08T14:00", "2026-05-08T16:30", "8 May 2026, 14:00 to 16:30"),
        ("2026-05-08T22:00", "2026-05-09T02:00", "8 May 2026, 22:00 to 02:00"),
        ("2026-05-08T14:00", "2026-05-08T14:00", "8 May 2026, 14:00"),
        ("2026-05-08", "2026-05-08", "8 May 2026"),
        ("2026-05-08T22:00", "2026-05-10T02:00", "8 to 10 May 2026"),
        ("2026-05-08", None, "since 8 May 2026"),
        (None, "2026-05-08", "until 7 May 2026"),
        (None, "2020-01-01", "until 31 December 2019"),
        (None, "0001-01-01", "until 1 January 1"),
        (None, None, "at some time"),
    ],
)
def test_a_span_is_written_up_to_its_last_day(start: str | None, end: str | None, written: str) -> None:
    assert render_interval(Interval(moment(start), moment(end))) == written


def test_a_weekend_is_shown_with_its_two_days(memory: Memory) -> None:
    bank = memory.bank("a", language="en")
    bank.retain([Message("Over the weekend we painted the shed.", "Ana", at=moment("2026-06-16"))])
    (hit,) = bank.recall("When did we paint the shed?").hits
    assert render_unit(hit.unit).endswith("(13 to 14 June 2026)")
    assert describe_hit(hit)["when"] == "13 to 14 June 2026"
    assert (
        describe_hit(hit)["occurred_to"] == "2026-06-15T00:00:00+00:00"
    )  # for programs: the first moment after


def test_the_terminal_shows_spans_with_their_last_day(tmp_path: Path) -> None:
    notes = tmp_path / "notes.jsonl"
    line = {"text": "Over the weekend we painted the shed.", "at": "2026-06-16T10:00:00+00:00"}
    notes.write_text(json.dumps(line), encoding="utf-8")
    fourfold("retain", notes, "-m", tmp_path / "memory", "-b", "a")
    commands = (
        ("recall", "When did we paint the shed?"),
        ("timeline",),
    )
    for command in commands:
        assert "(13 to 14 June 2026)" in fourfold(*command, "-m", tmp_path / "memory", "-b", "a").stdout
    answer = json.loads(fourfold(*commands[0], "-m", tmp_path / "memory", "-b", "a", "--json").stdout)
    unit = answer["hits"][0]["unit"]["id"]
    assert "13 to 14 June 2026" in fourfold("show", unit, "-m", tmp_path / "memory", "-b", "a").stdout


def test_the_terminal_shows_a_record_in_words(tmp_path: Path) -> None:
    def run(*command: object) -> str:
        return fourfold(*command, "-m", tmp_path / "memory", "-b", "a").stdout

    notes = tmp_path / "notes.jsonl"
    notes.write_text('{"text": "My sister Hana has two boys.", "at": "2026-06-16T10:00:00+02:00"}\n')
    run("retain", notes)
    unit = json.loads(run("recall", "boys", "--json"))["hits"][0]["unit"]["id"]
    shown = run("show", unit)
    assert "mentioned_at  2026-06-16 08:00:00 UTC" in shown
    assert "source        document notes.jsonl; messages " in shown
    assert "lasting       yes" in shown
    (tmp_path / "no.txt").write_text("no")
    run("retain", tmp_path / "no.txt")
    assert "text          no" in run(
        "show", json.loads(run("recall", "no", "--json"))["hits"][0]["unit"]["id"]
    )
    assert "(" not in shown + run("show", "Hana") + run("show", "user")
