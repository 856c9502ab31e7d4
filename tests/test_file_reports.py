"""What cannot be read of a file is told with its place and the reason, and the rest is taken."""

from __future__ import annotations

import json
import os
import threading
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from command_line import fourfold

from fourfold import InputError, Memory
from fourfold.transfer.importers import ImportedFile, read_import
from fourfold.values.units import known_time

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


def texts(file: ImportedFile) -> list[str]:
    return [message.text for document in file.documents for message in document.messages]


def days(file: ImportedFile) -> list[str]:
    messages = [message for document in file.documents for message in document.messages]
    return [f"{at:%Y-%m-%d}" if (at := known_time(message.at)) else "" for message in messages]


def read(path: Path, content: str | bytes) -> ImportedFile:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_import(path)


def test_each_line_that_is_no_message_is_named_among_messages_and_among_conversations(tmp_path: Path) -> None:
    lines = ['{"foo": 1}', "[1]", "42", "null", '{"text": "cut']
    messages = ['{"text": "The well is deep."}', *lines, '{"text": ""}', '{"text": "The boat is red."}']
    conversations = [
        '{"messages": [{"role": "user", "content": "The well is deep."}]}',
        *lines,
        '{"messages": []}',
        '{"messages": [{"role": "user", "content": "The boat is red."}]}',
    ]
    for content in (messages, conversations):
        file = read(tmp_path / "chat.jsonl", "\n".join(content))
        assert texts(file) == ["The well is deep.", "The boat is red."]
        warnings = " ".join(file.warnings)
        assert [number for number in range(1, 9) if f"line {number}" in warnings] == [2, 3, 4, 5, 6, 7]
        assert "line 2: it has no" in warnings
        assert "line 6: not JSON" in warnings


@pytest.mark.parametrize("value", ["9" * 4000, "9" * 5000, "1e999", "[" * 900 + "]" * 900, "[" * 100_000])
@pytest.mark.parametrize(
    "content",
    [
        '[{"mapping": {"a": {"message": {"create_time": VALUE, "author": {"role": "user"}, '
        '"content": {"parts": ["I live in Porto."]}}}}}]',
        '{"name": "x", "id": 1, "messages": [{"id": 1, "type": "message", "date_unixtime": VALUE, "text": "Hi."}]}',
        '[{"type": "message", "user": "U1", "text": "I live in Porto.", "ts": VALUE}]',
        '{"messages": [{"role": "user", "content": "I live in Porto.", "timestamp": VALUE}]}',
        '[{"namespace": ["a"], "key": "k", "value": {"text": VALUE}, "created_at": VALUE}]',
    ],
    ids=["chatgpt", "telegram", "slack", "chat", "langgraph"],
)
def test_json_that_python_cannot_hold_is_read_in_part_or_refused(
    tmp_path: Path, content: str, value: str
) -> None:
    with suppress(InputError):
        read(tmp_path / "export.json", content.replace("VALUE", value))


def test_a_message_beside_conversations_is_taken(tmp_path: Path) -> None:
    lines = [{"messages": [{"text": "The well is deep."}]}, {"text": "The boat is red."}]
    file = read(tmp_path / "chat.jsonl", "\n".join(map(json.dumps, [*lines, lines[0]])))
    assert texts(file).count("The boat is red.") == 1


def test_what_is_left_out_of_a_folder_or_an_archive_is_named_by_kind(memory: Memory, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    contents: dict[str, bytes] = {"a.txt": b"The well is deep.", "b.txt": b"", "c.json": b" \n"}
    contents |= {f"p{number}.png": PNG for number in range(7)} | {
        "photo.txt": PNG,
        "x.xyz": b"abc",
        "d.pdf": b"%PDF-1",
    }
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        for name, content in contents.items():
            (folder / name).write_bytes(content)
            archive.writestr(name, content)
    for path in (folder, tmp_path / "export.zip"):
        warnings = " ".join(memory.load(path, bank=path.suffix or "folder").warnings)
        assert "2 empty files (b.txt, c.json)" in warnings
        assert "8 PNG pictures (p0.png, p1.png, p2.png, p3.png, p4.png and 3 more)" in warnings
        assert "1 file of another kind (.xyz) (x.xyz)" in warnings
        assert "1 PDF document (d.pdf)" in warnings


def test_links_that_lead_nowhere_or_back_and_pipes_in_a_folder_are_told(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "a.txt").write_text("The well is deep.")
    (folder / "loop.txt").symlink_to("loop.txt")
    (folder / "back").symlink_to(folder)
    os.mkfifo(folder / "pipe.txt")
    file = read_import(folder)
    assert texts(file) == ["The well is deep."]
    assert all(name in " ".join(file.warnings) for name in ("loop.txt", "back", "pipe.txt"))
    with pytest.raises(InputError, match="cannot be read"):
        read_import(folder / "loop.txt")


def test_a_damaged_member_of_an_archive_leaves_the_others(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "The well is deep.")
        archive.writestr("b.txt", "The boat is red.")
    path.write_bytes(path.read_bytes().replace(b"boat is", b"goat is", 1))
    file = read_import(path)
    assert texts(file) == ["The well is deep."]
    assert "b.txt: Bad CRC" in " ".join(file.warnings)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "a PNG picture"),
        (b"PK\x03\x04cut off", "a damaged zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Microsoft Office"),
        (bytes(range(256)) * 4, "a binary file"),
    ],
)
def test_what_is_no_text_is_called_what_it_is(tmp_path: Path, content: bytes, kind: str) -> None:
    (tmp_path / "chat.txt").write_bytes(content)
    with pytest.raises(InputError, match=f"{kind}.*left out"):
        read_import(tmp_path / "chat.txt")
    (tmp_path / "note.txt").write_text("The well is deep.")
    (tmp_path / "none.txt").write_text("")
    paths = [tmp_path / name for name in ("chat.txt", "note.txt", "none.txt")]
    done = fourfold("retain", *paths, "-m", tmp_path / "memory")
    assert (done.returncode, "Retained 1 message in" in done.stdout) == (0, True)
    assert f"chat.txt: It is no text but {kind}" in done.stderr
    assert "none.txt: It is empty" in done.stderr


def test_a_report_says_of_whom_the_messages_of_a_chat_are(tmp_path: Path) -> None:
    said = [{"role": "user", "content": "I live in Porto."}, {"role": "assistant", "content": "Noted."}]
    (tmp_path / "chat.json").write_text(json.dumps(said))
    done = fourfold("retain", tmp_path / "chat.json", "-m", tmp_path / "memory")
    assert "chat.json: 2 messages of the user and the assistant." in done.stdout


CHAT = "03.02.24, 10:15 - Jürgen: Grüße aus Köln\n03.02.24, 10:16 - Zoé: Ça va très bien\n"


@pytest.mark.parametrize(
    ("encoding", "text", "name"),
    [
        ("utf-16", CHAT, "UTF-16"),
        ("utf-16-le", CHAT, "UTF-16"),
        ("utf-32", CHAT, "UTF-32"),
        ("cp1252", CHAT, "Windows-1252"),
        ("cp1252", "12/03/24, 9:15 - José: Mañana vendrá el señor Núñez\n" * 2, "Windows-1252"),
        ("cp1250", "Mieszkam w Łodzi, a moja żona pracuje w Gdańsku. Zażółć gęślą jaźń.", "Windows-1250"),
        ("cp1251", "Я переехала в Москву и работаю в банке.", "Windows-1251"),
        ("gb18030", "[2024/3/1 10:00] 小王: 我住在北京,在银行工作", "GB 18030"),
        ("cp932", "私は東京に引っ越しました。銀行で働いています。", "Shift JIS"),
    ],
)
def test_a_text_is_read_in_the_encoding_it_has_and_that_is_told(
    tmp_path: Path, encoding: str, text: str, name: str
) -> None:
    file = read(tmp_path / "chat.txt", text.encode(encoding))
    assert texts(file) == texts(read(tmp_path / "chat.txt", text))
    assert f"read as {name}" in " ".join(file.warnings)


def test_one_wrong_byte_costs_one_character(tmp_path: Path) -> None:
    file = read(
        tmp_path / "note.txt", "Grüße aus Köln.\n\nDas Boot ist grün.\n\n".encode() * 9 + b"Gr\xfc\xdfe\n"
    )
    assert texts(file)[-1] == "Grüße"
    assert "not UTF-8 in line 37" in " ".join(file.warnings)
    assert texts(read(tmp_path / "note.txt", ("Grüße " * 9).encode() + b"\xff"))[0].startswith("Grüße Grüße")


def test_dates_that_may_be_read_two_ways_are_told_and_impossible_ones_have_no_time(tmp_path: Path) -> None:
    def table(*dates: str) -> ImportedFile:
        rows = [f"{date},Ana,The well of {number} is deep." for number, date in enumerate(dates)]
        return read(tmp_path / "chat.csv", "\n".join(["date,author,text", *rows]))

    file = table("03/04/2024", "05/06/2024")
    assert days(file) == ["2024-04-03", "2024-06-05"]
    assert "Dates such as 03/04/2024 were read as day/month" in " ".join(file.warnings)
    settled = table("03/04/2024", "12/25/2024")
    assert days(settled) == ["2024-03-04", "2024-12-25"]
    assert not settled.warnings
    impossible = table("03/04/2024", "31/02/2024", "2024-13-01", "25/04/2024")
    assert days(impossible) == ["2024-04-03", "", "", "2024-04-25"]
    assert all(f"line {number}: " in impossible.warnings[0] for number in (3, 4))
    mixed = table("25/04/2024", "26/04/2024", "04/27/2024")
    assert days(mixed) == ["2024-04-25", "2024-04-26", "2024-04-27"]
    assert "(line 4) can only be month/day" in " ".join(mixed.warnings)


@pytest.mark.parametrize(
    "written",
    ["2024-05-01 10:00 AM", "2024-05-01 10:00:00 UTC", "2024/05/01 10:00:00", "1. Mai 2024", "2024年5月1日"],
)
def test_a_date_that_begins_with_its_year_goes_on_with_the_month(tmp_path: Path, written: str) -> None:
    assert days(read(tmp_path / "chat.json", json.dumps([{"text": "a", "date": written}]))) == ["2024-05-01"]


def test_a_text_with_the_delimiter_in_it_is_whole(tmp_path: Path) -> None:
    file = read(tmp_path / "chat.csv", "date;author;text\n2024-05-01;Ana;I bought a boat; it is red\n")
    assert texts(file) == ["I bought a boat; it is red"]


def test_two_people_of_one_name_in_telegram_are_two(memory: Memory, tmp_path: Path) -> None:
    said = [
        ("user1", "Alex", "I live in Porto"),
        ("user2", "Alex", "I live in Rome"),
        ("user3", "Bo", "I sail"),
    ]
    messages = [
        {
            "id": number,
            "type": "message",
            "date": "2024-01-01T10:00:00",
            "from": name,
            "from_id": sender,
            "text": text,
        }
        for number, (sender, name, text) in enumerate(said)
    ]
    path = tmp_path / "result.json"
    path.write_text(json.dumps({"name": "Group", "type": "private_group", "id": 5, "messages": messages}))
    units = memory.load(path).units()
    assert [unit.speaker for unit in units] == ["Alex (user1)", "Alex (user2)", "Bo"]
    assert not any(unit.retired_at for unit in units)


def test_standard_input_and_a_pipe_are_read_as_a_file_is(tmp_path: Path) -> None:
    for number, via_pipe in enumerate((False, True)):
        memory = tmp_path / f"memory{number}"
        if via_pipe:
            pipe = tmp_path / "pipe"
            os.mkfifo(pipe)
            writer = threading.Thread(target=pipe.write_text, args=(CHAT,))
            writer.start()
            done = fourfold("retain", pipe, "-m", memory)
            writer.join()
        else:
            done = fourfold("retain", "-", "-m", memory, stdin=CHAT)
        assert done.returncode == 0, done.stderr
        found = json.loads(fourfold("recall", "Köln", "-m", memory, "--json").stdout)
        unit = found["hits"][0]["unit"]
        assert (unit["speaker"], unit["mentioned_at"][:16]) == ("Jürgen", "2024-02-03T10:15")


@pytest.mark.parametrize("line", ["Price: 5 euros is what they want.", "Deadline: Friday", "Budget: 40 %"])
def test_a_label_within_what_is_said_is_no_speaker(tmp_path: Path, line: str) -> None:
    said = [
        "Ana Silva: Let us talk of the car.",
        line,
        "Rui: Agreed.",
        "Ana Silva: Do you sell it?",
        "Rui: I do.",
    ]
    cues = "".join(
        f"\n00:00:{number:02}.000 --> 00:00:{number + 1:02}.000\n{text}\n" for number, text in enumerate(said)
    )
    for name, content in (("call.vtt", f"WEBVTT\n{cues}"), ("call.txt", "\n".join(said))):
        (document,) = read(tmp_path / name, content).documents
        assert {message.speaker for message in document.messages} == {"Ana Silva", "Rui"}
        speaker = next(message.speaker for message in document.messages if line in message.text)
        assert speaker == "Ana Silva"


def test_a_list_of_things_to_do_is_a_note(tmp_path: Path) -> None:
    file = read(tmp_path / "notes.txt", "TODO: buy milk\nPrice: 5 euros\nHotel: Ritz\nQuestion: do we fly?\n")
    assert texts(file) == ["TODO: buy milk\nPrice: 5 euros\nHotel: Ritz\nQuestion: do we fly?"]
    assert read(tmp_path / "chat.txt", "Ana: Hello, how are you?\nBen: I am fine.\n").format == "transcript"


def test_memories_and_projects_of_claude_are_read(memory: Memory, tmp_path: Path) -> None:
    memories = {
        "conversations_memory": "**Work**\n\nAna works at the harbour.",
        "project_memories": {"p-1": "It is red."},
    }
    project = {
        "uuid": "p-1",
        "name": "Boat",
        "description": "Repairs",
        "prompt_template": "Answer briefly.",
        "created_at": "2024-05-01T08:00:00Z",
        "updated_at": "2024-05-02T08:00:00Z",
        "docs": [
            {
                "uuid": "d1",
                "filename": "log.md",
                "content": "The mast broke.",
                "created_at": "2024-05-03T08:00:00Z",
            },
            {"uuid": "d2", "filename": "x.pdf", "content": ""},
        ],
    }
    folder = tmp_path / "claude"
    folder.mkdir()
    (folder / "memories.json").write_text(json.dumps([memories | {"account_uuid": "a"}]))
    (folder / "projects.json").write_text(json.dumps([project]))
    bank = memory.load(folder)
    times = {unit.text: unit.mentioned_at and f"{unit.mentioned_at:%m-%d}" for unit in bank.units()}
    for words, day in (("harbour", None), ("Boat\nIt is red", None), ("briefly", "05-02"), ("mast", "05-03")):
        assert [when for text, when in times.items() if words in text] == [day]
    assert "1 document without a text (projects.json, project 1, document 2 (x.pdf))" in " ".join(
        bank.warnings
    )


DISCORD = f"""{"=" * 62}
Guild: Harbour
Channel: Text / general
{"=" * 62}

[04-Feb-23 10:00 PM] ana
I moved to Porto

and sail

[14-Feb-23 10:01 PM] rui
{{Attachments}}
https://example.org/boat.png

{"=" * 62}
Exported 2 message(s)
{"=" * 62}
"""


def test_discord_in_plain_text_and_a_chat_store_of_llamaindex_are_read(tmp_path: Path) -> None:
    (document,) = read(tmp_path / "channel.txt", DISCORD).documents
    (message,) = document.messages
    assert (message.speaker, message.text) == ("ana", "I moved to Porto\n\nand sail")
    assert message.known_time
    assert message.known_time.isoformat() == "2023-02-04T22:00:00+00:00"
    blocks = [{"block_type": "text", "text": "I live in Porto"}, {"block_type": "thinking", "content": "hm"}]
    store = {"store": {"ana": [{"role": "user", "additional_kwargs": {}, "blocks": blocks}]}}
    file = read(tmp_path / "chats.json", json.dumps(store))
    assert texts(file) == ["I live in Porto"]


@pytest.mark.parametrize(
    "text", ["Project WAVE begins on Monday.", "the ftyp box comes first.", "ID3 tags are read first.", "BZh"]
)
def test_a_text_that_begins_with_the_letters_of_a_mark_is_a_text(tmp_path: Path, text: str) -> None:
    assert texts(read(tmp_path / "note.txt", text)) == [text]


def test_authors_of_discord_without_an_id_keep_their_names(tmp_path: Path) -> None:
    authors = [{"id": "8", "name": "Ana"}, {"name": "Rui"}, {"name": "Eva"}]
    messages = [
        {"id": f"{number}", "timestamp": "2023-02-04T10:00:00Z", "content": "Hi", "author": author}
        for number, author in enumerate(authors)
    ]
    (document,) = read(tmp_path / "channel.json", json.dumps(messages)).documents
    assert [message.speaker for message in document.messages] == ["Ana", "Rui", "Eva"]


def test_a_slack_channel_and_a_discord_channel_are_one_document_with_each_message_once(
    tmp_path: Path,
) -> None:
    slack = [
        {"type": "message", "user": f"U{number}", "text": "Hi", "ts": f"167550480{number}.000200"}
        for number in (2, 1)
    ]
    (document,) = read(tmp_path / "general.json", json.dumps(slack)).documents
    assert [message.speaker for message in document.messages] == ["U1", "U2"]
    authors = [{"id": "8", "name": "Alex"}, {"id": "9", "name": "Alex"}]
    discord = [
        {"id": f"{number}", "timestamp": "2023-02-04T10:00:00Z", "content": "Hi", "author": author}
        for number, author in enumerate(authors)
    ]
    (document,) = read(tmp_path / "channel.json", json.dumps(discord)).documents
    assert [message.speaker for message in document.messages] == ["Alex (8)", "Alex (9)"]


def test_a_quotation_mark_that_nothing_closes_costs_no_row(tmp_path: Path) -> None:
    rows = ['2024-05-01,"of two\nlines"', '2024-05-02,"never closed', '2024-05-03,5" nails', "2024-05-04,c"]
    file = read(tmp_path / "chat.csv", "\n".join(["date,text", *rows[:2], rows[3]]))
    assert texts(file) == ["of two\nlines", "”never closed", "c"]
    assert "Line 4 has a quotation mark" in " ".join(file.warnings)
    assert texts(read(tmp_path / "chat.csv", "\n".join(["date,text", *rows[2:]]))) == ['5" nails', "c"]


def test_a_quotation_mark_that_nothing_closes_leaves_the_cells_beside_it_whole(tmp_path: Path) -> None:
    rows = ["date,speaker,text", '2024-05-01,"Silva, Ana","never closed', "2024-05-02,Rui,closed"]
    (document,) = read(tmp_path / "chat.csv", "\n".join(rows)).documents
    spoken = [(message.speaker, message.text) for message in document.messages]
    assert spoken == [("Silva, Ana", "”never closed"), ("Rui", "closed")]


def test_a_table_is_headed_in_any_of_our_languages(tmp_path: Path) -> None:
    for head in (
        "date;person;note",
        "Datum;Absender;Nachricht",
        "date;auteur;contenu",
        "fecha;remitente;mensaje",
        "日期;发送者;内容",
    ):
        (document,) = read(tmp_path / "chat.csv", f"{head}\n2024-05-01 10:00;Ana;I sail; you row\n").documents
        (message,) = document.messages
        assert (message.speaker, message.text) == ("Ana", "I sail; you row")
        assert message.known_time


def test_a_chat_with_time_and_name_above_each_text_is_read(tmp_path: Path) -> None:
    said = ("10:00:00 小王\n我搬到上海了", "10:01:00 小李\n太好了", "10:02:00 小王\n嗯")
    chat = "\n\n".join(f"2024-05-01 {each}" for each in said)
    (document,) = read(tmp_path / "chat.txt", chat).documents
    assert [(message.speaker, message.text) for message in document.messages][:2] == [
        ("小王", "我搬到上海了"),
        ("小李", "太好了"),
    ]
    assert days(read(tmp_path / "chat.txt", chat)) == ["2024-05-01"] * 3


def test_a_whatsapp_poll_is_kept_and_the_mark_of_an_edited_message_is_not(tmp_path: Path) -> None:
    mark = "\u200e"
    chat = (
        f"[2/4/23, 10:02:15\u202fPM] Priya: {mark}POLL:\nWhen do we meet?\n{mark}OPTION: Friday (2 votes)\n"
        f"[2/13/23, 10:04:00\u202fPM] Tom: {mark}image omitted\n"
        "[2/13/23, 10:05:00\u202fPM] Tom: Am Montag <Diese Nachricht wurde bearbeitet>\n"
    )
    file = read(tmp_path / "chat.txt", chat)
    assert texts(file) == ["POLL:\nWhen do we meet?\nOPTION: Friday (2 votes)", "Am Montag"]


def test_a_day_of_a_slack_channel_that_was_cut_off_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "export" / "general"
    folder.mkdir(parents=True)
    record = {
        "type": "message",
        "user": "U1",
        "user_profile": {"image": {"a": 1}, "name": "Ana"},
        "text": "Hi",
    }
    day = json.dumps([record | {"ts": f"167550480{number}.000200"} for number in range(3)])
    (folder / "2023-02-04.json").write_text(day)
    for number, length in enumerate((1, 80, 100, 140, len(day) - 30)):
        (folder / f"2023-02-1{number}.json").write_text(day[:length])
    file = read_import(tmp_path / "export")
    assert {document.name for document in file.documents} == {"slack/general"}
    assert all(f"2023-02-1{number}.json" in file.warnings[0] for number in range(5))


def test_a_record_that_is_no_conversation_is_told_and_its_letters_are_no_fields(tmp_path: Path) -> None:
    store = {"store": {"a": [{"role": "user", "content": "I like tea."}], "b": {"size": 1}}}
    file = read(tmp_path / "store.json", json.dumps(store))
    assert texts(file) == ["I like tea."]
    assert 'it has no "text" or "content" (it has size)' in " ".join(file.warnings)
    memories = [{"conversations_memory": "Ana builds boats."}, "junk"]
    file = read(tmp_path / "memories.json", json.dumps(memories))
    assert (texts(file), file.skipped) == (["Ana builds boats."], 1)
    assert "Fields that were not read" not in " ".join(file.warnings)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", "Ana: How old are you?\nBen: 42 years.\nAna: I am 30 myself.\n"),
        (
            "a.vtt",
            "WEBVTT\n\n00:00.000 --> 00:02.000\nAna: How old are you?\n\n00:02.000 --> 00:04.000\nBen: 42 years.\n\n"
            "00:04.000 --> 00:06.000\nAna: I am 30 myself.\n",
        ),
    ],
)
def test_who_answers_a_question_with_a_number_alone_is_a_speaker(
    tmp_path: Path, name: str, content: str
) -> None:
    (document,) = read(tmp_path / name, content).documents
    assert [message.speaker for message in document.messages] == ["Ana", "Ben", "Ana"]
