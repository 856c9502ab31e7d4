"""Files of others are read by one registry, whether `Memory.load` or `fourfold retain` is given them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from command_line import fourfold

from fourfold import InputError, Memory
from fourfold.transfer.importers import parse_time, read_import

MORNING = datetime(2024, 5, 1, 10, tzinfo=UTC)
CLAUDE = {
    "uuid": "u-1",
    "chat_messages": [
        {"uuid": "m-1", "sender": "human", "text": "My boat is Lua.", "created_at": "2024-05-01T10:00:00Z"},
        {"uuid": "m-2", "sender": "assistant", "text": "A fine name.", "created_at": "2024-05-01T10:00:05Z"},
    ],
}
GRAPH = {"type": "entity", "name": "Ann", "entityType": "Person", "observations": ["Likes tea"]}


def write(path: Path, content: Any, *, lines: bool = False) -> Path:
    path.write_text("\n".join(map(json.dumps, content)) if lines else json.dumps(content), "utf-8")
    return path


@pytest.mark.parametrize(
    "value",
    [
        "2024-05-01T10:00:00+00:00",
        "2024-05-01T12:00:00+02:00",
        "2024-05-01T10:00:00Z",
        "2024-05-01T10:00",
        " 2024-05-01 10:00:00 ",
        1714557600,
        1714557600.0,
        1714557600000,
        "1714557600",
        "1714557600.000",
        "1714557600000",
    ],
)
def test_one_moment_is_read_however_a_file_writes_it(value: Any) -> None:
    assert parse_time(value, "chat.json") == MORNING


@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_time_that_is_missing_is_none(value: Any) -> None:
    assert parse_time(value, "chat.json") is None


@pytest.mark.parametrize(
    "value", ["soon", True, 1e300, float("nan"), "99999999999999", [], "0001-01-01T00:00+05:00"]
)
def test_a_malformed_time_is_an_error_that_names_its_place(value: Any) -> None:
    with pytest.raises(InputError, match=r"^chat\.json, message 3"):
        parse_time(value, "chat.json, message 3")


def test_a_chat_without_a_product_is_loaded_into_a_bank(memory: Memory, tmp_path: Path) -> None:
    chat = [
        {"text": "The harbour has a crane.", "speaker": "Ana", "timestamp": 1714557600000, "id": None},
        {"content": "It is red.", "text": None, "role": None, "at": None, "timestamp": "2024-05-01T10:00"},
        {"text": "The crane was sold.", "role": "ai"},
    ]
    bank = memory.load(write(tmp_path / "talk.jsonl", chat, lines=True))
    assert bank.name == "talk"
    units = {unit.text: unit for unit in bank.units()}
    assert set(units) == {"The harbour has a crane.", "It is red.", "The crane was sold."}
    assert units["The harbour has a crane."].mentioned_at == MORNING
    assert units["It is red."].mentioned_at == MORNING
    assert units["The crane was sold."].network == "experience"
    assert {unit.source.document for unit in units.values()} == {"talk.jsonl"}


def test_a_text_is_loaded_into_a_bank_passage_by_passage(memory: Memory, tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("[10:02] Ana: we sail.\n\nThe well is deep.\n")
    bank = memory.load(tmp_path / "notes.md", bank="mine")
    assert [unit.text for unit in bank.units()] == ["[10:02] Ana: we sail.", "The well is deep."]
    assert len(memory.load(tmp_path / "notes.md", bank="mine").units()) == 2


def test_the_command_retains_what_products_export(tmp_path: Path) -> None:
    mem0 = [{"memory": "Ana lives in Porto", "created_at": "2024-05-01T10:00:00Z"}]
    files = [write(tmp_path / "conversations.json", [CLAUDE]), write(tmp_path / "mem0.json", mem0)]
    first = fourfold("retain", *files, "--tag", "old", "-m", tmp_path / "memory", "--json")
    assert json.loads(first.stdout)["ADD"] == 3
    again = json.loads(fourfold("retain", *files, "-m", tmp_path / "memory", "--json").stdout)
    assert again["ADD"] == 0
    found = fourfold("recall", "Where does Ana live?", "--tag", "old", "-m", tmp_path / "memory").stdout
    assert "Porto" in found


def test_the_command_passes_over_a_chat_in_which_nothing_was_said(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n")
    (tmp_path / "empty.json").write_text("[]")
    (tmp_path / "notes.txt").write_text("The well is deep.")
    files = (tmp_path / "empty.jsonl", tmp_path / "empty.json", tmp_path / "notes.txt")
    done = fourfold("retain", *files, "-m", tmp_path / "memory")
    assert done.stdout.startswith("Retained 1 message in default: 1 new statement; ")


def test_a_long_file_is_taken_in_in_parts_and_what_is_written_stays(
    memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("fourfold.transfer.load"), "_LONGEST_PART", 40)
    passages = ["Ana lives in Porto.", "Tom is a nurse.", "Kim has a red boat.", "Lea plays the cello."]
    notes = tmp_path / "notes.txt"
    notes.write_text("\n\n".join(passages), "utf-8")

    def stop(done: int, total: int) -> None:
        raise InterruptedError(f"{done} of {total}")

    with pytest.raises(InterruptedError, match="1 of 2"):
        memory.load(notes, progress=stop)
    assert sorted(unit.text for unit in memory.bank("notes").units()) == passages[:2]
    assert sorted(unit.text for unit in memory.load(notes).units()) == sorted(passages)


def test_the_command_loads_a_file_in_which_nothing_was_said(tmp_path: Path) -> None:
    file = write(tmp_path / "chats.json", [{"uuid": "u-1", "chat_messages": []}])
    done = fourfold("load", file, "-m", tmp_path / "memory")
    assert (done.returncode, done.stdout) == (0, "Loaded 0 units into chats.\n")


@pytest.mark.parametrize(
    "option", [("recall", "x", "--as-of"), ("timeline", "--since"), ("fork", "b", "--as-of")]
)
def test_a_time_on_the_command_line_is_not_left_blank(tmp_path: Path, option: tuple[str, ...]) -> None:
    done = fourfold(*option, " ", "-m", tmp_path / "memory")
    assert (done.returncode, f"{option[-1]} is blank" in done.stderr) == (1, True)


def test_the_command_says_how_a_banks_export_is_loaded(memory: Memory, tmp_path: Path) -> None:
    memory.bank("ana").retain("The well is deep.")
    memory.bank("ana").export(tmp_path / "ana.jsonl")
    done = fourfold("retain", tmp_path / "ana.jsonl", "-m", tmp_path / "memory")
    assert done.returncode == 1
    assert "load it with fourfold load" in " ".join(done.stderr.split())


def test_a_product_is_known_by_what_is_in_the_file(memory: Memory, tmp_path: Path) -> None:
    for name in ("export", "export.txt", "export.json"):
        bank = memory.load(write(tmp_path / name, [CLAUDE]), bank=name)
        assert [unit.source.document for unit in bank.units()] == ["claude/u-1"] * 2


def test_json_of_no_known_shape_is_read_only_where_it_is_called_a_text(
    memory: Memory, tmp_path: Path
) -> None:
    assert len(memory.load(write(tmp_path / "numbers.txt", [1, 2])).units()) == 1
    with pytest.raises(InputError, match="none of what can be loaded"):
        memory.load(write(tmp_path / "numbers", [1, 2]))


def test_a_file_of_one_record_is_read_as_one_of_many(memory: Memory, tmp_path: Path) -> None:
    assert len(memory.load(write(tmp_path / "one.json", CLAUDE)).units()) == 2
    assert [unit.text for unit in memory.load(write(tmp_path / "memory.jsonl", GRAPH)).units()] == [
        "Ann: Likes tea"
    ]


def test_lines_end_only_where_json_lines_do(tmp_path: Path) -> None:
    text = "one\u2028two\x85three"
    (tmp_path / "chat.jsonl").write_text(json.dumps({"text": text}, ensure_ascii=False) + '\n"Ho"\n', "utf-8")
    (document,) = read_import(tmp_path / "chat.jsonl").documents
    assert [message.text for message in document.messages] == [text.replace("\x85", "\n"), "Ho"]


def test_two_conversations_of_one_name_are_both_there(memory: Memory, tmp_path: Path) -> None:
    def conversation(node_id: str, text: str) -> dict[str, Any]:
        message = {"author": {"role": "user"}, "content": {"parts": [text]}}
        return {"title": "Chat", "mapping": {node_id: {"message": message, "parent": None}}}

    chats = [conversation("a", "The well is deep."), conversation("b", "The boat is red.")]
    bank = memory.load(write(tmp_path / "chats.json", chats))
    assert {unit.text for unit in bank.units()} == {"The well is deep.", "The boat is red."}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("chat.json", '[\n7,\n"b\n]', r"chat\.json, line 3: not JSON"),
        ("deep.json", "[" * 200_000, r"line 1: not JSON"),
        ("long.json", "1" * 5000, r"line 1: not JSON"),
        ("chat.json", '{"messages": [7, {}]}', r'message 1: it is no message: it has no "text" or "content"'),
        ("locomo.json", '{"conversation": {"session_1": []}}', r'session 1: "" is no time'),
        ("locomo.json", '{"conversation": {"session_1": 7}}', r'session 1: "" is no time'),
        ("null.json", "null", r"none of what can be loaded: .*mem0's memories; .*a chat in JSON"),
    ],
)
def test_an_error_names_the_file_the_place_and_what_is_wrong(
    memory: Memory, tmp_path: Path, name: str, text: str, message: str
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=message) as error:
        memory.load(tmp_path / name)
    assert str(tmp_path / name) in str(error.value)
    assert memory.banks() == []
    done = fourfold("retain", tmp_path / name, "-m", tmp_path / "memory")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert not (tmp_path / "memory").exists()


@pytest.mark.parametrize(
    ("name", "text", "warning"),
    [
        ("chat.jsonl", '{"text": "a"}\n\n{"text": \n', "1 not read: line 3: not JSON"),
        ("chat.json", '[\n"a",\n"b\n]', "1 not read: line 3: the file is cut off or broken here"),
        ("chat.json", '["a", 7]', '1 not read: message 2: it is no message: it has no "text" or "content".'),
        (
            "chat.json",
            '[{"text": "a", "role": "boss"}]',
            'Roles that are not known, and taken as names of speakers: "boss".',
        ),
        (
            "chat.json",
            '{"messages": [{"text": "a", "at": "soon"}]}',
            'message 1: "soon" is no time; write it',
        ),
        (
            "claude.json",
            json.dumps([CLAUDE]).replace("human", "boss"),
            '1 not read: conversation 1, message 1: role "boss" is not one of',
        ),
        ("claude.json", json.dumps([CLAUDE]).replace("2024-05-01T", "x"), '"x10:00:00Z" is no time'),
    ],
)
def test_a_record_that_cannot_be_read_is_told_and_the_rest_is_taken(
    memory: Memory, tmp_path: Path, name: str, text: str, warning: str
) -> None:
    (tmp_path / name).write_text(text)
    bank = memory.load(tmp_path / name, bank="b")
    assert bank.units()
    assert any(line.startswith(warning) or warning in line for line in bank.warnings), bank.warnings
    done = fourfold("retain", tmp_path / name, "-m", tmp_path / "memory")
    assert (done.returncode, warning in done.stderr) == (0, True)
    answer = json.loads(fourfold("retain", tmp_path / name, "-m", tmp_path / "memory", "--json").stdout)
    assert any(warning in line for line in answer["warnings"])


@pytest.mark.parametrize("command", ["retain", "load"])
def test_a_file_that_is_refused_leaves_no_memory_behind(tmp_path: Path, command: str) -> None:
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "export.jsonl").write_text('{"fourfold": 1, "bank": "ana"}\n')
    for name in ("broken.json", "export.jsonl", "missing.txt"):
        done = fourfold(command, tmp_path / name, "-m", tmp_path / "memory")
        assert (done.returncode, "Traceback" in done.stderr) == (1, False)
        assert not (tmp_path / "memory").exists()


def test_an_observation_that_is_no_list_is_one_and_a_relation_without_a_type_is_told(
    memory: Memory, tmp_path: Path
) -> None:
    file = tmp_path / "memory.jsonl"
    records = [
        {"type": "entity", "name": "Ana", "entityType": "person", "observations": "likes tea"},
        {"type": "relation", "from": "Ana", "relationType": None, "to": "Ben"},
    ]
    file.write_text("\n".join(map(json.dumps, records)))
    bank = memory.load(file, bank="a")
    assert [unit.text for unit in bank.units()] == ["Ana: likes tea"]
    assert "the relation has no type" in "".join(bank.warnings)


def test_no_path_is_an_error_and_not_the_current_directory(memory: Memory) -> None:
    for path in ("", " ", None):
        with pytest.raises(InputError, match=r"[Pp]ath is"):
            memory.load(path)  # type: ignore[arg-type]
    assert memory.banks() == []
