"""What a retain keeps, knows again, links and refuses."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from fourfold import (
    Bank,
    InputError,
    Memory,
    Message,
    ModelError,
    Network,
    RedactionRule,
    Retirement,
    RetirementCause,
    StoreError,
    Verdict,
)
from fourfold.ingest.chunking import read_messages, split_message
from fourfold.ingest.extract.rules import extract
from fourfold.language.languages import ENGLISH
from fourfold.ports import Embedding, Point
from fourfold.testing import FrozenClock, HashEmbedder, MemoryStore

MAY = datetime(2023, 5, 8, 13, 56, tzinfo=UTC)
HERE = Path(__file__).parent


def said(*lines: tuple[str, str], at: datetime = MAY) -> list[Message]:
    return [Message(text, speaker, at=at, id=str(i)) for i, (speaker, text) in enumerate(lines, 1)]


TALK = said(
    ("Ana", "I moved to Lisbon last month with my brother Rui."),
    ("Ben", "How do you like the new flat?"),
    ("Ana", "I think it is wonderful, the light is amazing."),
)


def test_every_message_becomes_a_unit_with_its_source(memory: Memory) -> None:
    retained = memory.bank("a").retain(TALK, document="chat", tags=["home"], context="phone call")
    assert [unit.text for unit in retained.units] == [m.text for m in TALK]
    first = retained.units[0]
    assert first.source.document == "chat"
    assert first.source.messages == ("1",)
    assert first.text == TALK[0].text[first.source.start : first.source.end]
    assert (first.speaker, first.tags, first.context, first.mentioned_at) == (
        "Ana",
        ("home",),
        "phone call",
        MAY,
    )
    assert memory.bank("a").unit(first.id) == first


def test_networks_follow_roles_and_judgements(memory: Memory) -> None:
    units = (
        memory.bank("a")
        .retain(
            [
                Message("The harbour is closed.", "Ana"),
                Message("I think the harbour should open again.", "Ana"),
                Message("I told Ana that the harbour is closed.", "Bot", role="assistant"),
            ]
        )
        .units
    )
    assert [u.network for u in units] == [Network.WORLD, Network.BELIEF, Network.EXPERIENCE]
    assert [u.confidence for u in units] == [None, 0.7, None]


def test_relative_dates_are_resolved_against_the_message(memory: Memory) -> None:
    (unit,) = memory.bank("a").retain([Message("We moved two months ago.", at=MAY)]).units
    assert unit.occurred is not None
    assert unit.occurred.start == datetime(2023, 3, 1, tzinfo=UTC)


def test_names_become_entities_and_common_words_do_not(memory: Memory) -> None:
    bank = memory.bank("a")
    bank.retain(TALK)
    assert {entity.name for entity in bank.entities()} == {"Ana", "Ben", "Lisbon", "Rui"}
    assert bank.entity("ana").mentions == 2


def test_a_short_form_used_in_the_same_company_is_the_same_person(memory: Memory) -> None:
    bank = memory.bank("a")
    bank.retain(said(("Caroline", "Morning Melanie!"), ("Melanie", "Hi Caroline, good to see you."),
                     ("Caroline", "Glad to see you, Mel, and say hello to Tigran from Iran.")))  # fmt: skip
    assert bank.entity("Mel").name == "Melanie"
    assert {e.name for e in bank.entities()} == {"Caroline", "Melanie", "Tigran", "Iran"}


@pytest.mark.parametrize(("one", "other"), [("Apollo 11", "Apollo 12"), ("Tigran", "Iran"), ("Dan", "Dora")])
def test_like_names_stay_apart(memory: Memory, one: str, other: str) -> None:
    bank = memory.bank("a")
    bank.retain(said(*(("Ana", f"Yesterday I met {name} at the door.") for name in (one, other))))
    assert bank.entity(one).name == one
    assert bank.entity(other).name == other


def test_retaining_the_same_thing_twice_adds_nothing(memory: Memory, clock: FrozenClock) -> None:
    bank = memory.bank("a")
    first = bank.retain(TALK, document="chat")
    clock.advance(timedelta(hours=1))
    second = bank.retain(TALK, document="chat")
    assert second.count(Verdict.NOOP) == len(second.operations) == 3
    assert bank.units() == list(first.units)


def test_a_text_said_again_is_one_unit_with_more_evidence(memory: Memory) -> None:
    bank = memory.bank("a")
    bank.retain([Message("The key is under the mat.", "Ana", at=MAY, id="1")])
    again = bank.retain([Message("the key is under the mat", "Ana", at=MAY + timedelta(days=3), id="2")])
    assert [op.verdict for op in again.operations] == [Verdict.NOOP]
    assert [u.source.messages for u in bank.units()] == [("1", "2")]


def test_the_same_words_about_another_day_are_another_fact(memory: Memory) -> None:
    bank = memory.bank("a")
    bank.retain([Message("Yesterday I ran ten kilometres.", "Ana", at=MAY)])
    bank.retain([Message("Yesterday I ran ten kilometres.", "Ana", at=MAY + timedelta(days=30))])
    assert len(bank.units()) == 2


def test_the_same_words_of_another_speaker_are_another_fact(memory: Memory) -> None:
    bank = memory.bank("a")
    bank.retain(said(("Ana", "I live in Porto by the river."), ("Ben", "I live in Porto by the river.")))
    assert len(bank.units()) == 2


def test_retaining_a_grown_document_adds_only_new_messages(memory: Memory) -> None:
    bank = memory.bank("a")
    bank.retain(TALK[:1], document="chat")
    grown = bank.retain(TALK, document="chat")
    assert [op.verdict for op in grown.operations] == [Verdict.NOOP, Verdict.ADD, Verdict.ADD]


def test_replacing_a_document_retires_missing_messages(memory: Memory, clock: FrozenClock) -> None:
    bank = memory.bank("a")
    bank.retain(TALK, document="chat")
    before = clock.now()
    clock.advance(timedelta(days=1))
    replaced = bank.retain(TALK[1:], document="chat", replace=True)
    assert replaced.count(Verdict.RETIRE) == 1
    assert [u.text for u in bank.units()] == [m.text for m in TALK[1:]]
    assert "Lisbon" not in bank.recall("Lisbon brother Rui").text
    assert "Lisbon" in bank.recall("Lisbon brother Rui", as_of=before).text
    (gone,) = [u for u in bank.units(retired=True) if u.retired_at]
    assert gone.retirement == Retirement(RetirementCause.REPLACED)


def test_a_replaced_message_can_come_back(memory: Memory, clock: FrozenClock) -> None:
    bank = memory.bank("a")
    bank.retain(TALK, document="chat")
    first = clock.now()
    clock.advance(timedelta(days=1))
    bank.retain(TALK[1:], document="chat", replace=True)
    second = clock.now()
    clock.advance(timedelta(days=1))
    assert bank.retain(TALK, document="chat").count(Verdict.ADD) == 1
    assert "Lisbon" in bank.recall("Lisbon brother Rui").text
    assert "Lisbon" in bank.recall("Lisbon brother Rui", as_of=first).text
    assert "Lisbon" not in bank.recall("Lisbon brother Rui", as_of=second).text


def test_replacing_a_document_follows_an_edited_message(memory: Memory, clock: FrozenClock) -> None:
    bank = memory.bank("a")
    bank.retain([Message("The code is tulip.", id="1"), Message("The door is green.", id="2")], document="d")
    clock.advance(timedelta(days=1))
    edited = [Message("The code is daffodil.", id="1"), Message("The door is green.", id="2")]
    replaced = bank.retain(edited, document="d", replace=True)
    assert [op.verdict for op in replaced.operations] == [Verdict.NOOP, Verdict.RETIRE, Verdict.ADD]
    assert {u.text for u in bank.units()} == {"The code is daffodil.", "The door is green."}


def test_evidence_from_two_documents_is_kept_apart(memory: Memory, clock: FrozenClock) -> None:
    bank = memory.bank("a")
    bank.retain([Message("The key is under the mat.", id="1")], document="one")
    bank.retain([Message("The key is under the mat.", id="1")], document="two")
    (unit,) = bank.units()
    assert unit.source.evidence == (("one", "1"), ("two", "1"))
    bank.retain([Message("Another thing entirely.", id="9")], document="one", replace=True)
    (kept, _) = bank.units()
    assert kept.source.evidence == (("two", "1"),)
    clock.advance(timedelta(days=1))
    bank.retain([Message("Nothing of that kind.", id="9")], document="two", replace=True)
    assert "key" not in bank.recall("the key under the mat").text


def test_a_retold_conversation_grows_a_bank_by_at_most_a_fifth(minilm_memory: Memory) -> None:
    pairs = json.loads((HERE / "data" / "retold.json").read_text())
    bank = minilm_memory.bank("a")
    bank.retain([Message(first, who, at=MAY, id=f"a{i}") for i, (who, first, _) in enumerate(pairs)])
    later = MAY + timedelta(days=1)
    bank.retain([Message(again, who, at=later, id=f"b{i}") for i, (who, _, again) in enumerate(pairs)])
    assert len(bank.units()) <= 1.2 * len(pairs)
    for _, first, _ in pairs:
        texts = [hit.unit.text for hit in bank.recall(first).hits]
        assert len(texts) == len(set(texts))


def test_statements_that_differ_in_one_thing_are_all_kept(minilm_memory: Memory) -> None:
    pairs = json.loads((HERE / "data" / "distinct.json").read_text())
    bank = minilm_memory.bank("a")
    for first, second in pairs:
        bank.retain([Message(first, "Mara", at=MAY)])
        bank.retain([Message(second, "Mara", at=MAY)])
    assert len(bank.units()) == 2 * len(pairs)


def test_links_carry_their_formula_and_stay_in_their_window(memory: Memory) -> None:
    bank = memory.bank("a")
    times = [MAY + timedelta(hours=h) for h in (0, 0, 3, 4, 30, 31, 900)]
    bank.retain([Message(f"Note {i} about boats and water.", "Ana", at=at) for i, at in enumerate(times)])
    units = {unit.id: unit for unit in bank.units()}
    temporal = [(u, link) for u in units.values() for link in u.links if link.kind == "temporal"]
    assert len(temporal) == 4
    for unit, link in temporal:
        hours = abs((unit.said_order - units[link.to].said_order).total_seconds()) / 3600
        assert hours <= 24
        assert link.weight == pytest.approx(math.exp(-hours / 24), abs=1e-3)
        assert unit.session == units[link.to].session
    semantic = [link for u in units.values() for link in u.links if link.kind == "semantic"]
    assert semantic
    assert all(0.7 <= link.weight <= 1 for link in semantic)


def test_long_messages_are_split_at_sentences_and_lose_nothing(memory: Memory) -> None:
    text = " ".join(f"Sentence number {i} tells of the harbour and its boats." for i in range(100))
    units = memory.bank("a").retain(text).units
    assert len(units) > 5
    assert all(len(unit.text.split()) <= 120 for unit in units)
    assert " ".join(unit.text for unit in units) == text


def test_a_sentence_without_end_is_cut() -> None:
    (message,) = read_messages("word " * 2000, None, MAY)
    pieces = split_message(message)
    assert all(len(piece.text.split()) <= 240 for piece in pieces)
    (message,) = read_messages("好" * 5000, None, MAY)
    assert "".join(p.text for p in split_message(message)) == "好" * 5000


def test_a_sentence_without_end_is_cut_between_clauses(memory: Memory) -> None:
    text = ", and ".join(f"I keep jar number {i} of the honey on the long shelf" for i in range(100))
    units = memory.bank("a").retain(text).units
    assert len(units) > 5
    assert all(unit.text.endswith((" shelf,", " shelf")) for unit in units)
    assert " ".join(unit.text for unit in units) == text


def test_extraction_needs_no_capital_at_the_start_of_a_sentence() -> None:
    (message,) = read_messages([Message("Great news! Porto Alegre is far. We saw Inês.", at=MAY)], None, MAY)
    statements = extract(split_message(message), ENGLISH)
    assert [mention.name for each in statements for mention in each.mentions] == ["Porto Alegre", "Inês"]


def test_messages_may_come_one_by_one(memory: Memory) -> None:
    done = memory.bank("a").retain(Message(f"Bus {n} stops at the harbour.", at=MAY) for n in range(3))
    assert len(done.units) == 3


@pytest.mark.parametrize(
    ("messages", "says"),
    [
        ("", "nothing to retain"),
        ("  \n\x00 ", "nothing to retain"),
        ([], "nothing to retain"),
        ([Message("hi", at=datetime(2023, 5, 8))], "time zone"),
        (["hi"], "pass a Message"),
        (cast(Any, Message("hi")), "put it in a list"),
        ([Message(cast(str, b"hi"))], "pass a string"),
        ([Message("hi", role=cast(Any, "robot"))], "role"),
        ([Message("hi", speaker="x" * 300)], "200 characters"),
        ([Message("hi", id=cast(str, 7))], "pass a string"),
        ([Message("hi", id="1"), Message("ho", id="1")], "an id of its own"),
    ],
)
def test_bad_input_is_refused_before_anything_is_written(memory: Memory, messages: object, says: str) -> None:
    bank = memory.bank("a")
    with pytest.raises(InputError, match=says):
        bank.retain(messages)  # type: ignore[arg-type]
    assert memory.banks() == []


@pytest.mark.parametrize("name", ["", " a", "a/b", "a\\b", "a\nb", "x" * 201, "..\x00"])
def test_a_bank_needs_a_plain_name(memory: Memory, name: str) -> None:
    with pytest.raises(InputError, match="cannot name a bank"):
        memory.bank(name)


def test_options_of_the_wrong_type_are_input_errors(memory: Memory) -> None:
    bank = memory.bank("a")
    with pytest.raises(InputError, match="pass a list"):
        bank.retain("hi", tags="work")
    with pytest.raises(InputError, match="time zone"):
        bank.retain("hi", at=datetime(2023, 5, 8))
    with pytest.raises(InputError, match="control characters"):
        bank.retain("hi", document="a\nb")


class BrokenEmbedder(HashEmbedder):
    """Fails on one word."""

    def embed(self, texts: object) -> list[Embedding]:
        if any("poison" in str(text) for text in texts):  # type: ignore[attr-defined]
            raise ModelError("broken")
        return super().embed(texts)  # type: ignore[arg-type]


def test_a_failing_model_writes_nothing_of_the_call() -> None:
    with Memory(MemoryStore(), BrokenEmbedder()) as memory:
        bank = memory.bank("a")
        bank.retain("fine")
        with pytest.raises(ModelError):
            bank.retain([Message("fine too"), Message("poison")])
        assert [u.text for u in bank.units()] == ["fine"]


def test_a_failing_store_leaves_the_graph_as_it_was(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    bank = memory.bank("a")
    bank.retain("The first note.")
    store = memory._async.services.store

    def full(points: list[Point]) -> None:
        raise StoreError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(store, "write", full)
        with pytest.raises(StoreError):
            bank.retain("The second note about Porto.")
    assert [u.text for u in bank.units()] == ["The first note."]
    assert len(memory._async.services.indexes.get("a")) == 1
    assert bank.retain("The second note about Porto.").count(Verdict.ADD) == 1


def test_progress_is_reported(memory: Memory) -> None:
    told: list[tuple[int, int]] = []
    memory.bank("a").retain(
        [Message(f"Note {i}.") for i in range(150)], progress=lambda done, total: told.append((done, total))
    )
    assert told == [(part * 150 + done, 450) for part in range(3) for done in (64, 128, 150)]


def test_a_message_that_is_known_counts_with_each_of_its_statements(bank: Bank) -> None:
    text = "The boat is red. The harbour is old. My sister rows."
    bank.retain(text, document="d")
    assert bank.retain(text, document="d").count(Verdict.NOOP) == len(bank.units()) == 3


def test_a_known_id_with_another_text_loses_neither(memory: Memory) -> None:
    bank = memory.bank("a")
    bank.retain([Message("I like tea.", "Ana", id="1")], document="d")
    for _ in range(2):  # done again, it is known
        done = bank.retain([Message("I own a yacht.", "Ana", id="1")], document="d")
        assert "both texts are kept" in done.warnings[0]
        assert [unit.text for unit in bank.units()] == ["I like tea.", "I own a yacht."]
    assert not bank.retain([Message("I like tea.", "Ana", id="1")], document="d").warnings


def test_what_a_later_rule_masks_is_no_other_text(memory: Memory) -> None:
    said_once = [Message("The ticket is TCK-1234 today. I like tea.", "Ana", id="1")]
    memory.bank("a").retain(said_once, document="d")
    bank = memory.bank("a", redact=[RedactionRule("tickets", pattern=r"TCK-\d+")])
    assert not bank.retain(said_once, document="d").warnings
    assert len(bank.units()) == 2
