"""Values that a bank keeps word for word beside what they say, and retains that nobody waits for."""

from __future__ import annotations

import logging
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold import (
    Bank,
    ConflictError,
    Entry,
    InputError,
    Memory,
    Message,
    NotFoundError,
    StoreError,
    bank_name,
)
from fourfold.integrations.turn import needs_memory, render_blocks, strip_blocks
from fourfold.models.anthropic import Claude
from fourfold.testing import AnthropicServer, Call, FrozenClock, HashEmbedder, MemoryStore, Status
from fourfold.values.bank_names import labels_of


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


def texts(bank: Bank, question: str) -> list[str]:
    return [hit.unit.text for hit in bank.recall(question).hits]


def test_an_entrys_value_is_returned_unchanged_and_its_text_is_recalled(
    bank: Bank, clock: FrozenClock
) -> None:
    value = {"rent": 640.5, "of": ["the workshop", None, True], "naïve": "né\n\t☂"}
    done = bank.entries.put(
        [Entry("item", "rent", value)], "The workshop costs 640 euros.", document="papers"
    )
    entry = bank.entries.get("item", "rent")
    assert entry is not None
    assert (entry.value, entry.document, entry.revision) == (value, "papers", 1)
    assert entry.created_at == entry.updated_at == clock.now()
    (hit,) = bank.recall("What does the workshop cost?").hits
    assert hit.unit.id == done.units[0].id
    assert hit.unit.source.document == "papers"


def test_entries_are_listed_in_the_order_they_were_first_kept(bank: Bank, clock: FrozenClock) -> None:
    bank.entries.put([Entry("chat", "b", 1), Entry("chat", "a", 2)], document="one")
    clock.advance(timedelta(minutes=1))
    bank.entries.put([Entry("chat", "0", 3)], document="two")
    bank.entries.put([Entry("chat", "b", 4)], document="one")
    assert [(e.key, e.value, e.revision) for e in bank.entries.list("chat")] == [
        ("b", 4, 2),
        ("a", 2, 1),
        ("0", 3, 1),
    ]
    assert [e.key for e in bank.entries.list("chat", document="two")] == ["0"]
    assert bank.entries.list("file") == []
    assert bank.entries.get("file", "b") is None


def test_an_entry_without_words_makes_no_unit(bank: Bank) -> None:
    done = bank.entries.put([Entry("item", "a", {})], document="a")
    assert done.units == ()
    assert bank.units() == []
    assert [e.key for e in bank.entries.list("item")] == ["a"]


def test_replacing_a_document_takes_away_what_it_had(bank: Bank) -> None:
    bank.entries.put([Entry("file", "a", 1), Entry("file", "b", 2)], "Ana lives in Porto.", document="notes")
    bank.entries.put([Entry("item", "a", 3)], document="notes")
    bank.entries.put([Entry("file", "b", 4)], "Ana lives in Lisbon.", document="notes", replace=True)
    assert [(e.key, e.value) for e in bank.entries.list("file")] == [("b", 4)]
    assert [e.value for e in bank.entries.list("item")] == [3]
    assert texts(bank, "Where does Ana live?") == ["Ana lives in Lisbon."]


def test_a_forgotten_document_is_gone_with_its_entries(bank: Bank) -> None:
    bank.entries.put([Entry("file", "a", 1)], "Ana lives in Porto.", document="notes")
    bank.entries.put([Entry("file", "b", 2)], document="silent")
    bank.forget(document="notes")
    bank.forget(document="silent")
    assert bank.entries.list("file") == []
    assert texts(bank, "Where does Ana live?") == []
    with pytest.raises(NotFoundError):
        bank.forget(document="silent")
    bank.entries.put([Entry("file", "a", 5)], document="notes")
    assert [(e.value, e.revision) for e in bank.entries.list("file")] == [(5, 1)]


def test_a_value_is_replaced_only_at_the_revision_that_was_read(bank: Bank) -> None:
    bank.entries.put([Entry("file", "a", "one", revision=0)], "One.", document="a")
    with pytest.raises(ConflictError, match="is there already"):
        bank.entries.put([Entry("file", "a", "two", revision=0)], "Two.", document="a")
    bank.entries.put([Entry("file", "a", "two", revision=1)], "Two.", document="a", replace=True)
    with pytest.raises(ConflictError, match=r"changed meanwhile \(revision 2\)"):
        bank.entries.put([Entry("file", "a", "three", revision=1)], "Three.", document="a", replace=True)
    with pytest.raises(ConflictError, match="is gone"):
        bank.entries.put([Entry("file", "b", "three", revision=1)], "Three.", document="b")
    assert [unit.text for unit in bank.units()] == ["Two."]
    assert [e.value for e in bank.entries.list("file")] == ["two"]


def test_concurrent_writers_of_an_entry_lose_no_update(bank: Bank) -> None:
    bank.entries.put([Entry("count", "n", 0)], document="n")

    def add(_: int) -> None:
        while True:
            entry = bank.entries.get("count", "n")
            assert entry is not None
            try:
                bank.entries.put(
                    [Entry("count", "n", entry.value + 1, revision=entry.revision)], document="n"
                )
            except ConflictError:
                continue
            return

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(add, range(40)))
    assert [e.value for e in bank.entries.list("count")] == [40]


def test_an_expired_entry_is_not_returned_and_is_then_forgotten(
    memory: Memory, bank: Bank, clock: FrozenClock
) -> None:
    soon = clock.now() + timedelta(hours=1)
    bank.entries.put([Entry("item", "a", 1, expires_at=soon)], "Ana is in Porto.", document="a")
    bank.entries.put([Entry("item", "b", 2)], "Bea is in Porto.", document="b")
    assert memory.banks_with_entries("item") == ["ana"]
    clock.advance(timedelta(hours=1))
    assert bank.entries.get("item", "a") is None
    assert [e.key for e in bank.entries.list("item")] == ["b"]
    assert bank.entries.expire("item") == ["a"]
    assert bank.entries.expire("item") == []
    assert texts(bank, "Who is in Porto?") == ["Bea is in Porto."]


def test_banks_with_entries_are_listed(memory: Memory, clock: FrozenClock) -> None:
    memory.bank("b").entries.put([Entry("item", "x", 1)], document="x")
    memory.bank("a").entries.put([Entry("item", "x", 1)], document="x")
    memory.bank("c").entries.put([Entry("file", "x", 1)], document="x")
    memory.bank("d").entries.put([Entry("item", "x", 1, expires_at=clock.now())], document="x")
    memory.bank("e").retain("Nothing is kept here.")
    assert memory.banks_with_entries("item") == ["a", "b"]


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ([], "nothing to keep"),
        (Entry("item", "a", 1), "a list of Entry"),
        (["a"], "pass an Entry"),
        ([Entry("", "a", 1)], "kind"),
        ([Entry("item", "", 1)], "key"),
        ([Entry("item", "a\n", 1)], "key"),
        ([Entry("item", "a" * 501, 1)], "key"),
        ([Entry("item", "a", float("nan"))], "JSON"),
        ([Entry("item", "a", object())], "JSON"),
        ([Entry("item", "a", 1), Entry("item", "a", 2)], "key of its own"),
        ([Entry("item", "a", 1, expires_at=datetime(2026, 1, 1))], "time zone"),
    ],
)
def test_an_invalid_entry_is_an_error_and_nothing_is_written(
    bank: Bank, entries: list[Entry], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        bank.entries.put(entries, "Ana lives in Porto.", document="a")
    assert bank.units() == []
    assert bank.entries.list("item") == []


def nested(levels: int) -> Any:
    """A value of so many lists within one another."""
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (2**63, "64 bits"),
        ([{"n": -(2**63) - 1}], "64 bits"),
        (10**5000, "JSON"),
        (nested(101), "100 levels"),
        (nested(900), "100 levels"),
        (nested(100_000), "JSON"),
    ],
    ids=["large", "small", "digits", "deep", "deeper", "deepest"],
)
def test_a_value_that_no_store_brings_back_is_refused(bank: Bank, value: object, told: str) -> None:
    with pytest.raises(InputError, match=told):
        bank.entries.put([Entry("item", "a", value)], document="a")
    assert bank.entries.list("item") == []


def test_the_largest_and_deepest_values_come_back_from_the_disk_as_they_are(tmp_path: Path) -> None:
    values = [2**63 - 1, -(2**63), 0.1 + 0.2, 5e-324, -0.0, 1e22, nested(100)]
    with Memory.open(str(tmp_path), embedder=HashEmbedder()) as memory:
        bank = memory.bank("ana")
        for value in values:
            # Written over one another: the log keeps what the value was, some levels deeper.
            bank.entries.put([Entry("item", "a", value)], document="a")
            entry = bank.entries.get("item", "a")
            assert entry is not None
            assert (type(entry.value), repr(entry.value)) == (type(value), repr(value))
        bank.entries.put([Entry("item", "a", 1)], document="a")
        bank.undo(bank.history(limit=1)[0])
        assert [entry.value for entry in bank.entries.list("item")] == [nested(100)]


def test_entries_survive_closing(tmp_path: Path) -> None:
    for opened in range(2):
        with Memory.open(str(tmp_path), embedder=HashEmbedder()) as memory:
            if not opened:
                memory.bank("ana").entries.put([Entry("item", "a", {"b": 1})], "Ana is here.", document="a")
            assert [e.value for e in memory.bank("ana").entries.list("item")] == [{"b": 1}]
            assert memory.bank("bea").entries.list("item") == []


# later ------------------------------------------------------------------------------------------------------


def test_deferred_retains_are_written_in_order_when_the_memory_is_closed(tmp_path: Path) -> None:
    with Memory.open(str(tmp_path), embedder=HashEmbedder()) as memory:
        bank = memory.bank("ana")
        for n in range(20):
            bank.retain_later([Message(f"Number {n} is here.", id=str(n))], document="chat")
        done = bank.retain_later("The last one is here.", document="chat").result()
        assert [unit.text for unit in done.units] == ["The last one is here."]
        bank.retain_later("This one nobody waits for.", document="chat")
    with Memory.open(str(tmp_path), embedder=HashEmbedder()) as memory:
        said = [unit.text for unit in memory.bank("ana").units()]
        assert said == [
            *(f"Number {n} is here." for n in range(20)),
            "The last one is here.",
            "This one nobody waits for.",
        ]


@pytest.mark.slow
def test_deferred_retains_are_written_though_nobody_closes(tmp_path: Path) -> None:
    code = (
        "import sys; from fourfold import Memory; from fourfold.testing import HashEmbedder; "
        "bank = Memory.open(sys.argv[1], embedder=HashEmbedder()).bank('ana'); "
        "[bank.retain_later(f'Number {n} is here.') for n in range(10)]"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, timeout=60)
    with Memory.open(str(tmp_path), embedder=HashEmbedder()) as memory:
        assert len(memory.bank("ana").units()) == 10


def test_a_deferred_retain_that_fails_is_logged_and_the_next_is_done(
    bank: Bank, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        wrong = bank.retain_later(" ")
        right = bank.retain_later("Ana lives in Porto.")
        assert len(right.result().units) == 1
    with pytest.raises(InputError, match="empty"):
        wrong.result()
    assert "failed: There is nothing to retain" in caplog.text


def test_a_forgotten_document_does_not_come_back_from_deferred_retains(bank: Bank) -> None:
    for n in range(5):
        bank.retain_later(f"Number {n} is here.", document="chat")
    bank.forget(document="chat")
    assert bank.flush(0)
    assert bank.units() == []


def test_entries_can_be_dropped_and_their_units_stay(bank: Bank) -> None:
    bank.entries.put([Entry("chat", "a", 1), Entry("chat", "b", 2)], "The boat is red.", document="one")
    assert bank.entries.delete("chat", ["a", "nobody's"]) == 1
    assert bank.entries.delete("chat", []) == 0
    assert [entry.key for entry in bank.entries.list("chat")] == ["b"]
    assert [unit.text for unit in bank.units()] == ["The boat is red."]


def test_an_entry_that_is_only_to_expire_later_keeps_its_times(bank: Bank, clock: FrozenClock) -> None:
    bank.entries.put([Entry("item", "a", 1, clock.now() + timedelta(minutes=1), tags=("x",))], document="one")
    entry = bank.entries.get("item", "a")
    assert entry is not None
    clock.advance(timedelta(seconds=30))
    later = clock.now() + timedelta(minutes=1)
    bank.entries.put([replace(entry, expires_at=later)], document="one")
    assert bank.entries.get("item", "a") == replace(entry, expires_at=later)
    clock.advance(timedelta(minutes=2))
    assert bank.entries.get("item", "a") is None
    with pytest.raises(ConflictError):
        bank.entries.put([replace(entry, expires_at=clock.now() + timedelta(minutes=1))], document="one")


def test_banks_are_found_by_tags_of_their_entries(memory: Memory, clock: FrozenClock) -> None:
    soon = clock.now() + timedelta(minutes=1)
    memory.bank("one").entries.put([Entry("item", "a", 1, tags=("x", "y"))], document="d")
    memory.bank("two").entries.put([Entry("item", "a", 1, soon, tags=("x",))], document="d")
    memory.bank("three").entries.put([Entry("file", "a", 1, tags=("x",))], document="d")
    assert memory.banks_with_entries("item") == ["one", "two"]
    assert memory.banks_with_entries("item", tag="y") == ["one"]
    clock.advance(timedelta(minutes=2))
    assert memory.banks_with_entries("item", tag="x") == ["one"]
    assert memory.banks_with_entries("item", tag="x", expired=True) == ["one", "two"]


def test_a_closed_memory_refuses_deferred_retains() -> None:
    with Memory(MemoryStore(), HashEmbedder()) as memory:
        bank = memory.bank("ana")
    with pytest.raises(StoreError, match="closed"):
        bank.retain_later("Ana lives in Porto.")


# who is who -------------------------------------------------------------------------------------------------


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=4))
def test_labels_map_to_unique_valid_bank_names(labels: list[str]) -> None:
    name = bank_name(*labels)
    assert labels_of(name) == tuple(labels)


@given(st.lists(st.text("ab~%/. 2F", min_size=1, max_size=4), min_size=1, max_size=3))
def test_a_memory_takes_every_such_name(labels: list[str]) -> None:
    with Memory(MemoryStore(), HashEmbedder()) as memory:
        assert memory.bank(bank_name(*labels)).name == bank_name(*labels)


def test_usual_labels_are_bank_names_unchanged() -> None:
    assert bank_name("alice") == "alice"
    assert bank_name("auth0|5f7c", "alice@example.com") == "auth0|5f7c~alice@example.com"
    assert bank_name("google-oauth2/12") == "google-oauth2%2F12"


@pytest.mark.parametrize("labels", [(), ("",), ("a", ""), ("a" * 201,), (None,)])
def test_labels_that_name_nobody_are_input_errors(labels: tuple[str, ...]) -> None:
    with pytest.raises(InputError):
        bank_name(*labels)


# a turn -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["", "Hi!", "hey there", "Thank you so much!", "ok", "你好", "Merci beaucoup"]
)
def test_small_talk_needs_no_memory(text: str) -> None:
    assert not needs_memory(text)


@pytest.mark.parametrize(
    "text",
    ["Where do I live?", "Thanks, Rita!", "Yes, the blue one.", "no no no no no no no", "Wo wohne ich?"],
)
def test_questions_and_statements_may_need_memory(text: str) -> None:
    assert needs_memory(text)


@given(st.text(), st.text(), st.text(alphabet="ab <>/-memory", max_size=30))
def test_memory_blocks_are_stripped_from_messages(profile: str, recalled: str, said: str) -> None:
    blocks = render_blocks(profile, recalled)
    assert strip_blocks("\n\n".join([*blocks])) == ""
    if blocks and "<" not in said:
        assert strip_blocks("\n".join([said, *blocks])) == said.strip()
    assert strip_blocks("Nothing was added.") == "Nothing was added."


# with a language model ---------------------------------------------------------------------------------------


def told(call: Call) -> dict[str, Any]:
    return {"statements": [{"text": "Rita lives in Lisbon.", "messages": [1]}]}


def test_an_entry_survives_a_model_that_fails_to_read_it() -> None:
    answers: list[Any] = [Status(400, "no")]
    with AnthropicServer(lambda call: answers[0]) as server:
        claude = Claude(base_url=server.url, api_key="any")
        with Memory(MemoryStore(), HashEmbedder(), llm=claude) as memory:
            bank = memory.bank("ana")
            done = bank.entries.put([Entry("file", "a", "Rita: Lisbon")], "Rita: Lisbon", document="a")
            assert done.pending
            entry = bank.entries.get("file", "a")
            assert entry is not None
            assert entry.value == "Rita: Lisbon"
            answers[0] = told(server.calls[0])
            bank.resume()
            assert [unit.text for unit in bank.units()] == ["Rita lives in Lisbon."]


def test_deferred_retains_are_read_by_the_model_and_its_connections_are_closed() -> None:
    with AnthropicServer(told) as server:
        claude = Claude(base_url=server.url, api_key="any")
        with Memory(MemoryStore(), HashEmbedder(), llm=claude) as memory:
            bank = memory.bank("ana")
            for n in range(3):
                bank.retain_later([Message("She lives there.", "Ana", id=str(n))], document=str(n))
            assert bank.flush(20)
            assert {unit.text for unit in bank.units()} == {"Rita lives in Lisbon."}
        assert len(server.calls) == 3
