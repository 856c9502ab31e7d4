"""The command line, as a person or a script would use it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from command_line import fourfold, fourfold_process

from fourfold import Memory
from fourfold.cli.demo import conversation
from fourfold.testing import Call, OpenAIServer, Refuse


@pytest.fixture(scope="module")
def example_memory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A memory that holds the example conversation, retained by the command line."""
    directory = tmp_path_factory.mktemp("cli") / "memory"
    done = fourfold("retain", conversation(), "--bank", "friends", "--memory", directory, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["ADD"] == 43
    return directory


def test_retaining_again_adds_nothing(example_memory: Path) -> None:
    done = fourfold("retain", conversation(), "-b", "friends", "-m", example_memory)
    assert done.stdout.startswith("Retained 30 messages in friends: 43 statements, known already; ")


def test_recall_answers_in_words_and_in_json(example_memory: Path) -> None:
    question = ("recall", "How fast did Jonas run the marathon?", "-b", "friends", "-m", example_memory)
    assert "3:52:10" in fourfold(*question).stdout
    answer = json.loads(fourfold(*question, "--json", "--limit", 1).stdout)
    assert answer["hits"][0]["unit"]["source"]["messages"] == ["16-d054600ef086"]
    assert "\x1b" not in fourfold(*question, "--explain").stdout


def test_recall_as_of_a_time_before_anything_was_learned_finds_nothing(example_memory: Path) -> None:
    done = fourfold("recall", "marathon", "-b", "friends", "-m", example_memory, "--as-of", "2020-01-01")
    assert done.stdout.startswith("Nothing found.")


def test_banks_are_listed(example_memory: Path) -> None:
    assert fourfold("banks", "-m", example_memory).stdout.startswith("friends: 43 units")
    assert json.loads(fourfold("banks", "-m", example_memory, "--json").stdout)[0]["units"] == 43


def test_text_a_language_model_could_not_read_is_reported_and_read_later(tmp_path: Path) -> None:
    notes, memory = tmp_path / "notes.md", tmp_path / "memory"
    notes.write_text("Inês has a cat called Bolo.")
    statement = {"text": "Inês has a cat called Bolo.", "network": "world", "messages": [1]}
    answers: list[Any] = [Refuse("not that")]
    with OpenAIServer(lambda call: answers.pop() if answers else {"statements": [statement]}) as server:
        model = {"FOURFOLD_LLM": f"openai:test@{server.url}", "OPENAI_API_KEY": "none"}
        done = fourfold("retain", notes, "-m", memory, **model)
        assert done.returncode == 0, done.stderr
        assert "1 chunk is kept as said" in done.stdout
        assert "fourfold resume --bank default" in done.stdout
        assert "not that" in done.stderr
        assert "1 chunk waiting" in fourfold("banks", "-m", memory).stdout
        assert fourfold("recall", "What is the cat called?", "-m", memory).stdout.count("Bolo") == 1
        done = fourfold("resume", "-m", memory, "--json", **model)
        assert json.loads(done.stdout)["pending"] == 0, done.stderr
    assert "waiting" not in fourfold("banks", "-m", memory).stdout
    assert fourfold("resume", "-b", "nobody", "-m", memory).returncode == 1


def test_a_new_bank_is_given_a_language(tmp_path: Path) -> None:
    fourfold("retain", "-", "--language", "de", "-m", tmp_path / "memory", stdin="Moin!")
    assert fourfold("banks", "-m", tmp_path / "memory").stdout.rstrip().endswith("German")
    wrong = fourfold("retain", "-", "--language", "xx", "-m", tmp_path / "memory", stdin="Moin!")
    assert wrong.returncode == 1
    assert "no language known" in wrong.stderr


def test_a_unit_and_an_entity_are_shown(example_memory: Path) -> None:
    assert (
        json.loads(fourfold("show", "mara", "-b", "friends", "-m", example_memory, "--json").stdout)["name"]
        == "Mara"
    )
    answer = json.loads(fourfold("recall", "Pixel", "-b", "friends", "-m", example_memory, "--json").stdout)
    unit = answer["hits"][0]["unit"]
    assert unit["text"] in fourfold("show", unit["id"], "-b", "friends", "-m", example_memory).stdout


BUS = [
    ("2026-01-12", "I think the bus is reliable."),
    ("2026-02-03", "The bus was late again."),
    ("2026-03-01", "The bus was excellent this week."),
]


@pytest.fixture(scope="module")
def memory_with_belief(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A memory with a belief that facts have moved."""
    home = tmp_path_factory.mktemp("rides")
    told = [{"text": text, "speaker": "Ana", "at": f"{day}T09:00:00Z"} for day, text in BUS]
    (home / "bus.json").write_text(json.dumps(told))
    done = fourfold("retain", home / "bus.json", "-m", home / "memory")
    assert done.returncode == 0, done.stderr
    return home / "memory"


def test_beliefs_are_shown_with_their_history_and_drawn(memory_with_belief: Path, tmp_path: Path) -> None:
    shown = fourfold("beliefs", "-m", memory_with_belief).stdout
    assert shown.startswith("0.61 Ana: I think the bus is reliable. (for bus)")
    assert "2026-02-03 contradict 0.70 -> 0.51: The bus was late again." in shown
    drawn = fourfold("beliefs", "-m", memory_with_belief, "--plot").stdout
    assert " 0.7 ┤─" in drawn
    assert " 0.5 ┤" in drawn
    assert "2026-01-12                                        2026-03-01" in drawn
    (belief,) = json.loads(fourfold("beliefs", "-m", memory_with_belief, "--json").stdout)
    assert [change["after"] for change in belief["history"]] == pytest.approx([0.7, 0.5091, 0.6087])
    picture = tmp_path / "bus.png"
    done = fourfold("beliefs", "-m", memory_with_belief, "--png", picture)
    assert (done.returncode, done.stdout) == (0, "")
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert fourfold("beliefs", "-m", memory_with_belief, "--png", tmp_path / "no" / "bus.png").returncode == 1
    assert fourfold("beliefs", "-m", memory_with_belief, "--min-confidence", 0.9).stdout.startswith(
        "No beliefs."
    )


def test_a_question_is_reflected_on_and_the_profile_shown(memory_with_belief: Path) -> None:
    answer = fourfold("reflect", "How is the bus?", "-m", memory_with_belief).stdout
    assert answer.startswith("An extract from memory")
    assert "supported by the evidence" in answer
    assert json.loads(fourfold("reflect", "How is the bus?", "-m", memory_with_belief, "--json").stdout)[
        "extract"
    ]
    assert (
        fourfold("status", "-m", memory_with_belief).stdout
        == "Yet to be taken into beliefs and summaries: 0 units.\n"
    )
    assert json.loads(fourfold("consolidate", "-m", memory_with_belief, "--json").stdout)["pending"] == 0
    assert "The bus was late again." in fourfold("core", "-m", memory_with_belief).stdout
    assert "The bus was late again." in fourfold("show", "Ana", "-m", memory_with_belief).stdout


def test_consolidation_on_request_waits_for_the_command(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("The night bus was late again.")
    memory, asked = tmp_path / "memory", {"FOURFOLD_CONSOLIDATE": "asked"}
    assert fourfold("retain", tmp_path / "notes.md", "-m", memory, **asked).returncode == 0
    assert fourfold("status", "-m", memory, **asked).stdout.endswith(" summaries: 1 unit.\n")
    assert fourfold("consolidate", "-m", memory, **asked).stdout.endswith(" summaries: 0 units.\n")


def test_a_recall_shows_what_no_longer_holds_and_what_is_no_fact(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(
        json.dumps(
            [
                {"text": "I live in Oslo.", "speaker": "Kim", "created_at": "2026-03-01T10:00:00Z"},
                {"text": "We moved to Bergen.", "speaker": "Kim", "created_at": "2026-05-01T10:00:00Z"},
                {
                    "text": "I would like to live in Rome.",
                    "speaker": "Kim",
                    "created_at": "2026-05-02T10:00:00Z",
                },
            ]
        )
    )
    memory = tmp_path / "memory"
    fourfold("retain", tmp_path / "a.json", "-m", memory)
    shown = fourfold("recall", "Where does Kim live?", "-m", memory).stdout
    assert "I live in Oslo. [said before; may have changed]" in shown
    assert "I would like to live in Rome. [wish]" in shown


def test_forgetting_reports_removed_units_and_fallen_beliefs(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).with_suffix(".json").write_text(
            json.dumps([{"text": "I think the bus is reliable.", "speaker": "Ana"}])
        )
    memory = tmp_path / "memory"
    fourfold("retain", tmp_path / "one.json", tmp_path / "two.json", "-m", memory)
    done = fourfold("forget", "--document", "one.json", "-m", memory)
    assert done.stdout == "Forgot 0 units, 1 belief fell.\n", done.stderr
    forgotten = fourfold("forget", "--document", "two.json", "-m", memory).stdout.splitlines()
    assert forgotten[0] == "Forgot 1 unit."
    assert forgotten[1].endswith("I think the bus is reliable.")
    assert fourfold("beliefs", "-m", memory).stdout.startswith("No beliefs.")
    wrong = fourfold("forget", "-m", memory)
    assert (wrong.returncode, "one of document, unit, entity, tags and before" in wrong.stderr) == (1, True)


def test_a_model_reflects_on_the_command_line_with_its_citations(tmp_path: Path) -> None:
    notes, memory = tmp_path / "notes.md", tmp_path / "memory"
    notes.write_text("Inês has a cat called Bolo.")

    def script(call: Call) -> Any:
        if "You answer questions" in call.system:
            label = call.user.partition("[")[2][:8]
            belief = {"statement": "Inês likes cats.", "confidence": 0.6, "citations": [label]}
            return {"answer": f"Bolo [{label}] [deadbeef].", "citations": [label], "beliefs": [belief]}
        return {"statements": [{"text": "Inês has a cat called Bolo.", "messages": [1]}]}

    with OpenAIServer(script) as server:
        model = {"FOURFOLD_LLM": f"openai:test@{server.url}", "OPENAI_API_KEY": "none"}
        fourfold("retain", notes, "-m", memory, **model)
        done = fourfold("reflect", "What is the cat of Inês called?", "-m", memory, **model)
    assert re.match(r"Bolo \[[0-9a-f]{8}\]\.\nsupported", done.stdout), done.stderr
    assert re.search(r"   \[[0-9a-f]{8}\] Inês has a cat called Bolo\.", done.stdout)
    assert "believes now (0.60): Inês likes cats." in done.stdout
    assert "deadbeef" in done.stderr


@pytest.mark.slow
def test_compacting_a_directory_keeps_every_unit(example_memory: Path) -> None:
    assert fourfold("compact", "-m", example_memory).returncode == 0
    assert "43 units" in fourfold("banks", "-m", example_memory).stdout


def test_the_doctor_tries_the_model(example_memory: Path) -> None:
    report = json.loads(fourfold("doctor", "-m", example_memory, "--json").stdout)
    assert report["banks"] == 1
    assert report["texts_a_second"] > 0


def test_the_demo_runs_and_finds_what_it_asks_for() -> None:
    report = json.loads(fourfold("demo", "--json").stdout)
    assert report["units"] == 43
    assert any("3:52:10" in text for text in report["answers"]["How fast did Jonas run the marathon?"])


@pytest.mark.parametrize(
    ("name", "content", "documents", "texts"),
    [
        ("notes.md", "# Trip\n\nWe went\nto sea.\n", 1, ["Trip\nWe went\nto sea."]),
        ("chat.jsonl", '{"content": "Hi", "role": "human"}\n\n{"text": "Ho", "timestamp": 17}\n', 1, ["Hi", "Ho"]),
        ("chat.json", '["Hi", {"text": "Ho", "speaker": "Ana", "at": "2026-01-01T10:00"}]', 1, ["Hi", "Ho"]),
        ("locomo.json", json.dumps({"sample_id": "x", "conversation": {
            "session_1_date_time": "1:56 pm on 8 May, 2023",
            "session_1": [{"speaker": "A", "dia_id": "D1:1", "text": "Hi", "blip_caption": "x"}]}}), 1, ["Hi [x]"]),
    ],
)  # fmt: skip
def test_every_kind_of_file_is_read(
    tmp_path: Path, name: str, content: str, documents: int, texts: list[str]
) -> None:
    from fourfold.cli.files import read_files

    (tmp_path / name).write_text(content)
    ((_, file),) = read_files([tmp_path / name])
    read = file.documents
    assert len(read) == documents
    assert [message.text for document in read for message in document.messages] == texts


def test_text_is_read_from_standard_input(tmp_path: Path) -> None:
    done = fourfold("retain", "-", "-m", tmp_path / "memory", stdin="The boat is red.")
    assert done.stdout.startswith("Retained 1 message in default: 1 new statement; ")


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("recall", "x", "-m", "{dir}/none"), 1, "holds no memory yet"),
        (("retain", "{dir}/none.txt", "-m", "{dir}/m"), 1, "cannot be read"),
        (("retain", "{dir}/broken.json", "-m", "{dir}/m"), 1, "not JSON"),
        (("retain", "{dir}/broken.txt", "-m", "{dir}/m"), 1, "not UTF-8"),
        (("compact", "-m", ":memory:"), 1, "works on a directory"),
        (("fly",), 2, "No such command"),
    ],
)
def test_errors_say_what_to_do_and_set_the_exit_status(
    tmp_path: Path, arguments: tuple[str, ...], status: int, says: str
) -> None:
    (tmp_path / "broken.json").write_text("{]")
    (tmp_path / "broken.txt").write_bytes(b"\xff\xfe\xff")
    done = fourfold(*(argument.format(dir=tmp_path) for argument in arguments))
    assert done.returncode == status, done.stderr
    assert says in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_compacting_a_directory_that_is_no_memory_is_refused(tmp_path: Path) -> None:
    done = fourfold_process("compact", "-m", tmp_path / "none")
    assert (done.returncode, "holds no Fourfold memory" in done.stderr) == (1, True)


def test_an_unknown_bank_is_named_with_those_there_are(example_memory: Path) -> None:
    done = fourfold("recall", "x", "-b", "foes", "-m", example_memory)
    assert done.returncode == 1
    assert 'no bank "foes"' in done.stderr
    assert "friends" in done.stderr


@pytest.mark.slow
def test_a_bank_is_governed_from_the_command_line(tmp_path: Path) -> None:
    memory, talk = tmp_path / "memory", tmp_path / "talk.json"
    said = [
        {"text": "I live in Porto.", "speaker": "Ana", "at": "2023-01-05T10:00:00Z", "id": "1"},
        {"text": "My landlord is Rui Costa.", "speaker": "Ana", "at": "2023-01-06T10:00:00Z", "id": "2"},
        {"text": "I live in Lisbon now.", "speaker": "Ana", "at": "2024-05-20T10:00:00Z", "id": "3"},
    ]
    talk.write_text(json.dumps(said))
    fourfold("retain", talk, "-m", memory)
    shown = fourfold("timeline", "--entity", "Ana", "-m", memory).stdout.splitlines()
    assert shown[0] == "2023-01-05 Ana: I live in Porto. [until 2024-05-20]"
    erased = fourfold("forget", "--entity", "Rui Costa", "--erase", "--verify", "Rui Costa", "-m", memory)
    assert erased.returncode == 0, erased.stderr
    assert erased.stdout.splitlines()[-1].startswith("Not found: in no record")
    found = fourfold("forget", "--verify", "Porto", "-m", memory)
    assert (found.returncode, "Found in unit" in found.stdout) == (1, True)
    assert "Exported 1 unit" in fourfold("export", tmp_path / "a.jsonl", "-m", memory).stdout
    assert (
        fourfold("load", tmp_path / "a.jsonl", "-b", "copy", "-m", memory).stdout
        == "Loaded 1 unit into copy.\n"
    )
    assert "Copied default to other" in fourfold("fork", "other", "-m", memory).stdout
    assert "0 new units, 1 known already" in fourfold("merge", "copy", "-m", memory).stdout
    assert fourfold("prune", "--dry-run", "-m", memory).stdout.startswith("Would archive")
    changes = json.loads(fourfold("history", "--json", "-m", memory).stdout)
    retained = next(change["id"] for change in changes if change["operation"] == "retain")
    assert fourfold("undo", retained[:8], "--reason", "a test", "-m", memory).stdout.startswith(
        "Undone: retain"
    )
    assert "a test" in fourfold("history", "-m", memory).stdout
    gone = fourfold("forget", "--everything", "--erase", "-b", "other", "-m", memory)
    assert gone.stdout.startswith("Erased 2 units"), gone.stderr
    assert "other" not in fourfold("banks", "-m", memory).stdout
    assert fourfold("forget", "--everything", "-m", memory).returncode == 1


def test_a_user_who_is_nowhere_named_is_shown(tmp_path: Path) -> None:
    memory = tmp_path / "memory"
    for said in ("I keep bees behind the school.", "I am allergic to penicillin."):
        fourfold("retain", "-m", memory, "-", stdin=said)
    fourfold("consolidate", "-m", memory)
    shown = fourfold("show", "user", "-m", memory).stdout
    assert "bees" in shown
    assert "penicillin" in shown


LIKE_MARKUP = "I drink [bold]tea[/bold] of [/] in [link=x]cups[/link] of C:\\[red]\\ daily."


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_what_cannot_be_printed_is_told(example_memory: Path) -> None:
    command = [
        sys.executable,
        "-c",
        "from fourfold.cli import main; main()",
        "banks",
        "--memory",
        f"{example_memory}",
    ]
    with Path("/dev/full").open("w") as full:
        listed = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert listed.returncode == 1
    assert listed.stderr.strip() == "fourfold: what this prints cannot be written: no space is left there."


def test_the_notes_of_a_timeline_are_in_brackets_and_words_that_look_like_them_in_quotes(
    tmp_path: Path,
) -> None:
    with Memory.open(tmp_path, embedder="static") as memory:
        bank = memory.bank("default", language="en")
        bank.retain("On 3 May 2026 I will sail to Rhodes.", at=datetime(2026, 4, 1, tzinfo=UTC))
        bank.retain(
            "On 4 May 2026 I sailed to Crete [plan]",
            at=datetime(2026, 5, 9, tzinfo=UTC),
            document='log" (undone)',
        )
    shown = fourfold("timeline", "--memory", tmp_path, FOURFOLD_EMBEDDER="static").stdout
    assert "I will sail to Rhodes. (3 May 2026) [plan]" in shown
    assert '"On 4 May 2026 I sailed to Crete [plan]"' in shown
    history = fourfold("history", "-m", tmp_path, FOURFOLD_EMBEDDER="static").stdout
    assert r'retain document "log\" (undone)": 1 ADD' in history


def test_the_command_line_shows_markup_as_text(tmp_path: Path) -> None:
    memory, bank, folder = tmp_path / "memory", "[red]b", tmp_path / "[bold]"
    folder.mkdir()
    notes = folder / "].md"  # the end of its path is "[bold]/]"
    notes.write_text(
        f"{LIKE_MARKUP}\n\n{LIKE_MARKUP} \x1b[31m\u202eThe end\n\nI think tea [b]x[/b] is great.\n"
    )
    exported = folder / "[red]"
    commands: tuple[tuple[tuple[object, ...], str], ...] = (
        (("retain", notes, "--bank", bank, "--tag", "[red]", "--dry-run"), LIKE_MARKUP),
        (("retain", notes, "--bank", bank, "--tag", "[red]"), bank),
        (("recall", "Which tea?", "--bank", bank, "--explain"), LIKE_MARKUP),
        (("recall", "Which tea?", "--bank", bank, "--json"), "[bold]tea[/bold] of [/]"),
        (("reflect", "Which tea?", "--bank", bank), LIKE_MARKUP),
        (("beliefs", "--bank", bank, "--plot"), "tea [b]x[/b] is great."),
        (("timeline", "--bank", bank, "--what", "states", "--what", "beliefs"), "[b]x[/b]"),
        (("history", "--bank", bank), "].md"),
        (("core", "--bank", bank), ""),
        (("banks",), bank),
        (("export", exported, "--bank", bank), f"{bank} to {exported}"),
        (("load", exported, "--bank", "[bold]x"), "[bold]x"),
        (("fork", "[b]", "--bank", bank), "[b]"),
        (("merge", "[b]", "--bank", bank), "[b]"),
        (("forget", "--tag", "[red]", "--bank", bank, "--reason", "[/]"), LIKE_MARKUP),
        (("history", "--bank", bank), "[/]"),
    )
    for command, part in commands:
        shown = fourfold(*command, "--memory", memory)
        assert (shown.returncode, part in shown.stdout) == (0, True), (command, shown.stdout, shown.stderr)
        assert not any(char in shown.stdout for char in "\x1b\u202e")
    for wrong in ("[/]", "[bold]x[/bold]", "\\"):
        refused = fourfold("recall", "tea", "--bank", wrong, "--memory", memory)
        assert wrong in refused.stderr
