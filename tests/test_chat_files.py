"""Chats, transcripts, mail and notes as people have them are read with who said what, and when."""

from __future__ import annotations

import copy
import json
import random
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from command_line import fourfold
from file_samples import FILES, NOTE, OUTLOOK, REPLY, SLACK, TELEGRAM, write

from fourfold import InputError, Memory, Unit
from fourfold.transfer.importers import read_import


def unit_with(units: tuple[Unit, ...], text: str) -> Unit:
    return next(unit for unit in units if text in unit.text)


@pytest.mark.parametrize(("name", "content", "said"), FILES, ids=[name for name, _, _ in FILES])
def test_who_said_what_and_when_is_read_of_a_file(
    memory: Memory, tmp_path: Path, name: str, content: Any, said: list[tuple[str | None, str, str]]
) -> None:
    bank = memory.load(write(tmp_path / name, content), bank="b")
    units = tuple(bank.units())
    for speaker, time, text in said:
        unit = unit_with(units, text)
        said_at = unit.mentioned_at.isoformat() if unit.mentioned_at else ""
        assert (unit.speaker, said_at[: len(time)]) == (speaker, time)
        assert bool(said_at) == bool(time)
    assert not any(time == "" for _, time, _ in said) or "no time in the file" in " ".join(bank.warnings)
    assert len(memory.load(tmp_path / name, bank="b").units()) == len(units)


@pytest.mark.parametrize(
    ("name", "content", "absent"),
    [
        ("reply.eml", REPLY, ["Oslo", "wrote", "CEO"]),
        ("outlook.eml", OUTLOOK, ["Wien", "Gesendet", "{}"]),
        ("slack.json", SLACK, ["joined"]),
        ("result.json", TELEGRAM, ["phone"]),
        ("wa.txt", "2/4/23, 10:02 PM - Priya: Hi\n2/4/23, 10:03 PM - Priya added Sam\n", ["added"]),
        (
            "gpt.json",
            [{"role": "system", "content": "Be a pirate"}, {"role": "user", "content": "Hi"}],
            ["pirate"],
        ),
        (
            "parts.json",
            [
                {
                    "role": "user",
                    "content": [{"type": "text", "text": "Hi"}, {"type": "thinking", "text": "hm"}],
                }
            ],
            ["hm"],
        ),
    ],
)
def test_what_nobody_said_is_left_out(
    memory: Memory, tmp_path: Path, name: str, content: Any, absent: list[str]
) -> None:
    units = memory.load(write(tmp_path / name, content), bank="b").units()
    assert units
    assert not [unit.text for unit in units for text in absent if text in unit.text]


def test_names_and_channels_of_a_slack_export_are_found_in_its_folder_and_its_archive(
    memory: Memory, tmp_path: Path
) -> None:
    folder = tmp_path / "export"
    (folder / "general").mkdir(parents=True)
    (folder / "random").mkdir()
    write(folder / "users.json", [{"id": "U1", "profile": {"display_name": "", "real_name": "Ana Silva"}}])
    write(folder / "general" / "2023-02-04.json", SLACK)
    write(folder / "random" / "2023-02-04.json", [SLACK[0] | {"text": "Lunch?"}])
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        for path in folder.rglob("*.json"):
            archive.write(path, path.relative_to(folder))
        archive.writestr("general/canvas.png", b"\x89PNG\r\n\x1a\n")
    for source in (folder, tmp_path / "export.zip"):
        bank = memory.load(source, bank=source.suffix or "folder")
        assert {unit.speaker for unit in bank.units()} == {"Ana Silva"}
        assert {unit.source.document for unit in bank.units()} == {"slack/general", "slack/random"}
        assert "Files that hold nothing that was said: users.json." in bank.warnings
    assert "1 PNG picture (general/canvas.png)" in " ".join(bank.warnings)
    one = memory.load(folder / "random" / "2023-02-04.json", bank="one")
    assert [(unit.speaker, unit.source.document) for unit in one.units()] == [("Ana Silva", "slack/random")]


def test_a_note_that_was_edited_is_read_anew(memory: Memory, tmp_path: Path) -> None:
    memory.load(write(tmp_path / "notes.md", "The well is deep.\n\nThe boat is red.\n"))
    bank = memory.load(
        write(tmp_path / "notes.md", "The crane was sold.\n\nThe well is deep.\n\nThe boat is red.\n")
    )
    assert {unit.text for unit in bank.units()} == {
        "The crane was sold.",
        "The well is deep.",
        "The boat is red.",
    }


def test_two_files_of_one_name_do_not_hide_each_others_messages(memory: Memory, tmp_path: Path) -> None:
    for folder, text in (("a", "The well is deep."), ("b", "The boat is red.")):
        (tmp_path / folder).mkdir()
        memory.load(write(tmp_path / folder / "chat.json", [{"id": 1, "text": text}]), bank="b")
    assert len(memory.bank("b").units()) == 2


def test_tags_of_a_note_filter_recalls_and_unknown_fields_are_named_once(
    memory: Memory, tmp_path: Path
) -> None:
    bank = memory.load(write(tmp_path / "house.md", NOTE))
    assert bank.recall("boiler code", tags=["codes"]).hits
    assert "Fields that were not read: mood." in bank.warnings
    chat = [{"text": f"The boat number {n} is red.", "mood": n} for n in range(3)]
    assert "Fields that were not read: mood." in memory.load(write(tmp_path / "chat.json", chat)).warnings


def test_a_message_without_a_time_takes_the_nearest_of_its_conversation(
    memory: Memory, tmp_path: Path
) -> None:
    chat = [
        {"text": "The well is deep."},
        {"text": "The boat is red.", "date": "2023-02-04"},
        {"text": "The crane was sold."},
    ]
    bank = memory.load(write(tmp_path / "chat.json", chat))
    assert {f"{unit.mentioned_at:%Y-%m-%d}" for unit in bank.units()} == {"2023-02-04"}
    assert bank.warnings == ()


def test_json_that_was_cut_off_is_told_whatever_the_file_is_called(memory: Memory, tmp_path: Path) -> None:
    text = json.dumps({"name": "x", "messages": [{"role": "user", "text": "Hi there"}, {"role": "user"}]})
    for name in ("chat.json", "chat.txt", "chat"):
        bank = memory.load(write(tmp_path / name, text[:-20]), bank=name)
        assert [unit.text for unit in bank.units()] == ["Hi there"]
        assert "cut off" in bank.warnings[0]
    bank = memory.load(write(tmp_path / "other.txt", '{"name": "x", "messages":'))
    assert any("It begins as JSON does" in warning for warning in bank.warnings)


def test_the_command_says_what_it_read(tmp_path: Path) -> None:
    chat = "2/4/23, 10:02 PM - Priya: I moved\n3/9/24, 10:35 PM - Tom: Me too\n3/19/24, 25:00 - Tom: Late\n"
    done = fourfold("retain", write(tmp_path / "chat.txt", chat), "-m", tmp_path / "memory")
    assert "chat.txt: 3 messages of Priya and Tom, 4 Feb 2023 to 9 Mar 2024." in done.stdout
    assert "chat.txt: 1 time not read: line 3: hour must be in 0..23" in done.stderr


def test_damaged_files_are_read_or_refused_and_never_a_traceback(tmp_path: Path) -> None:
    chance = random.Random(4)
    for number, (name, content, _) in enumerate(FILES * 12):
        text = content if isinstance(content, str) else json.dumps(damaged(content, chance))
        if number % 3 == 0:
            text = text[: chance.randrange(len(text) + 1)]
        with suppress(InputError):
            read_import(write(tmp_path / name, text))


def damaged(value: Any, chance: random.Random) -> Any:
    """Returns a copy of a JSON value in which one part is of another kind."""
    value = copy.deepcopy(value)
    container, key = chance.choice(list(parts_of(value)))
    container[key] = chance.choice([None, 0, 1e300, True, "", [], {}, "\ud800", "x", [None], {"text": None}])
    return value


def parts_of(value: Any) -> Iterator[tuple[Any, Any]]:
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, key
        if isinstance(inner, dict | list):
            yield from parts_of(inner)


@pytest.mark.parametrize(
    "fields",
    [
        {"created_at": "2022-03-01T10:00:00Z", "from": "Ana"},
        {"date": "2022-03-01", "author": "Ana"},
        {"ts": 1_646_128_800, "author": {"name": "Ana"}},
    ],
)
def test_the_command_takes_times_and_speakers_by_their_usual_names(
    tmp_path: Path, fields: dict[str, Any]
) -> None:
    chat = write(tmp_path / "chat.json", [{"text": "The well is deep.", **fields}])
    assert fourfold("retain", chat, "-m", tmp_path / "memory").returncode == 0
    found = json.loads(fourfold("recall", "well", "-m", tmp_path / "memory", "--json").stdout)
    unit = found["hits"][0]["unit"]
    assert (unit["speaker"], unit["mentioned_at"][:10]) == ("Ana", "2022-03-01")


def test_the_command_reads_who_says_what_in_a_whatsapp_export(tmp_path: Path) -> None:
    chat = "04/02/2023, 22:02 - Priya: I moved to Oslo\n14/02/2023, 22:03 - Tom: The well is deep\n"
    fourfold("retain", write(tmp_path / "chat.txt", chat), "-m", tmp_path / "memory")
    for question, speaker, time in (
        ("Oslo", "Priya", "2023-02-04T22:02"),
        ("well", "Tom", "2023-02-14T22:03"),
    ):
        found = json.loads(fourfold("recall", question, "-m", tmp_path / "memory", "--json").stdout)
        unit = found["hits"][0]["unit"]
        assert (unit["speaker"], unit["mentioned_at"][:16]) == (speaker, time)
