"""Consolidation: summaries, the core profile, and the queue behind them: durable, visible, the same however often
done."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import stamina

from fourfold import (
    Bank,
    BankStatus,
    Effect,
    Memory,
    Message,
    ModelBusyError,
    Network,
    NotFoundError,
    StoreError,
)
from fourfold.consolidate import background
from fourfold.consolidate.assess import Yield
from fourfold.ports import PromptMessage
from fourfold.settings import Settings, load_settings
from fourfold.testing import FrozenClock, HashEmbedder, MemoryStore, ScriptedModel
from fourfold.transfer.importers import read_import
from fourfold.values.beliefs import moved

MAY = datetime(2023, 5, 8, 13, 56, tzinfo=UTC)
DATA = Path(__file__).parents[2] / "shared" / "data" / "locomo-dev.json"
GARDEN = [
    "I planted seven apple trees behind the old mill in Porto.",
    "Hey Ben, thanks!",
    "How many trees do you have?",
    "I think apple trees are the best.",
    "I'm going to plant pear trees near the old mill next week.",
    "I watered the apple trees near the old mill for two hours.",
    "I love pruning old trees in winter.",
]


def garden(first: int = 0) -> list[Message]:
    return [
        Message(text, "Ana", at=MAY + timedelta(minutes=n), id=f"m{first + n}")
        for n, text in enumerate(GARDEN)
    ]


# summaries --------------------------------------------------------------------------------------------------------


def test_a_summary_quotes_facts_each_with_its_unit(memory: Memory) -> None:
    bank = memory.bank("a")
    bank.retain(garden())
    with pytest.raises(NotFoundError, match=r"consolidate\(\)"):
        bank.summary("Ana")
    assert bank.consolidate() == BankStatus(pending=0, running=False)
    summary = bank.summary("ana")
    assert (summary.entity, summary.extract, summary.unit.network) == ("Ana", True, Network.SUMMARY)
    texts = [bank.unit(evidence).text for sentence in summary.sentences for evidence in sentence.evidence]
    assert {GARDEN[0], GARDEN[5]} <= set(texts)
    assert not {GARDEN[1], GARDEN[2]} & set(texts)
    assert all(not line.startswith("Ana: ") for line in summary.text.splitlines())  # it is under her name
    assert bank.unit(summary.unit.id) == summary.unit
    with pytest.raises(NotFoundError, match="Rui"):
        bank.summary("Rui")


def test_a_summary_follows_changes_of_its_facts(memory: Memory, clock: FrozenClock) -> None:
    bank = memory.bank("a")
    bank.retain(
        [
            Message("My favourite colour is dark blue.", "Ana"),
            Message("I keep five grey cats at home.", "Ana"),
        ]
    )
    bank.consolidate()
    assert "blue" in bank.summary("Ana").text
    clock.advance(timedelta(days=1))
    bank.retain([Message("My favourite colour is now green.", "Ana")])
    assert "blue" in bank.summary("Ana").text  # until it is consolidated
    bank.consolidate()
    assert "green" in bank.summary("Ana").text
    assert "blue" not in bank.summary("Ana").text


def test_recall_returns_summaries_of_recalled_entities(memory: Memory, clock: FrozenClock) -> None:
    bank = memory.bank("a")
    bank.retain([*garden(), Message("Rui painted the blue boat in the harbour.", "Rui"),
                 Message("Rui sold the blue boat in the harbour.", "Rui")])  # fmt: skip
    before = clock.now()
    clock.advance(timedelta(hours=1))
    bank.consolidate()
    assert bank.recall("What does Ana grow?").summaries[0].entity == "Ana"
    assert bank.recall("Who painted the blue boat?").summaries[0].entity == "Rui"
    assert bank.recall("What does Ana grow?", networks=["world"]).summaries == ()
    only = bank.recall("What does Ana grow?", networks=["summary"])
    assert (only.hits, only.summaries[0].entity) == ((), "Ana")
    assert bank.recall("What does Ana grow?", as_of=before).summaries == ()
    assert "Rui" not in str(memory.bank("b").recall("Who painted the blue boat?"))


def test_merged_and_split_entities_have_their_summaries_rebuilt(memory: Memory) -> None:
    bank = memory.bank("a")
    bank.retain([
        Message("It was Tomas who repaired the old violin of the school.", "Rui"),
        Message("It was Tomas who sold the old violin of the school.", "Rui"),
        Message("It was Gerda who bought a small boat for the lake.", "Rui"),
        Message("It was Gerda who painted a small boat for the lake.", "Rui"),
    ])  # fmt: skip
    bank.consolidate()
    assert "violin" not in bank.summary("Gerda").text
    change = bank.merge_entities("Tomas", into="Gerda")
    bank.consolidate()
    assert "violin" in bank.summary("Gerda").text
    assert bank.summary("Tomas").entity == "Gerda"
    bank.undo(change)
    bank.consolidate()
    assert "violin" in bank.summary("Tomas").text
    assert "violin" not in bank.summary("Gerda").text


# the core profile -------------------------------------------------------------------------------------------------


def test_the_core_profile_has_identity_preferences_and_open_matters(memory: Memory) -> None:
    bank = memory.bank("a")
    assert bank.core().text == ""
    pinned = bank.retain([*garden(), Message("My blood type is rare.", "Ana", at=MAY)]).units[-1]
    bank.pin(pinned)
    bank.consolidate()
    core = bank.core()
    kinds = {line.kind: line for line in core.lines}
    assert list(dict.fromkeys(line.kind for line in core.lines)) == ["pinned", "about", "preference", "open"]
    assert kinds["pinned"].evidence == (pinned.id,)
    assert "plant pear trees" in kinds["open"].text
    assert f"Ana: {GARDEN[3]}" in core.text.partition("Held and preferred:")[2]
    assert core.text.count("I love pruning old trees") == 1
    assert "To keep in mind:\n- [8 May 2023] Ana: My blood type is rare." in core.text
    bank.unpin(pinned)
    assert "To keep in mind" not in bank.core().text
    with pytest.raises(NotFoundError):
        bank.pin("0" * 32)


def test_the_core_profile_fits_its_budget_and_is_stable(memory: Memory, clock: FrozenClock) -> None:
    from fourfold.language.text import estimate_tokens

    bank = memory.bank("a")
    bank.retain(garden())
    bank.consolidate()
    whole = bank.core(1000).text
    assert estimate_tokens(bank.core(40).text) <= 40 < estimate_tokens(whole)
    assert bank.core(1000).text == whole
    clock.advance(timedelta(days=1))
    bank.retain([Message("I love quiet mornings.", "Ana", at=MAY + timedelta(hours=1))])
    bank.consolidate()
    old, new = whole.splitlines(), bank.core(1000).text.splitlines()
    at = [new.index(line) for line in old if line in new]
    assert at == sorted(at)
    assert set(old[old.index("Held and preferred:") :]) <= set(new)
    assert any("quiet mornings" in line for line in new)
    bank.consolidate()
    assert bank.core(1000).text.splitlines() == new


# the queue --------------------------------------------------------------------------------------------------------


def open_at(path: Path, **settings: Any) -> Memory:
    chosen: Settings = load_settings(**settings)
    return Memory.open(str(path), embedder=HashEmbedder(), clock=FrozenClock(MAY), settings=chosen)


def test_pending_work_survives_a_restart_and_is_done_once(tmp_path: Path) -> None:
    with open_at(tmp_path) as memory:
        memory.bank("a").retain(garden())
        assert memory.bank("a").status() == BankStatus(pending=7, running=False)
    with open_at(tmp_path) as memory:
        bank = memory.bank("a")
        assert bank.status().pending == 7
        assert bank.consolidate().pending == 0
        revisions = memory._async.services.store.cursors("a")
        text = bank.summary("Ana").text
        bank.consolidate()
        assert memory._async.services.store.cursors("a") == revisions  # nothing was written
        bank.retain(garden())  # known all of it
        assert bank.consolidate().pending == 0
        assert bank.summary("Ana").text == text


def test_a_fact_moves_a_belief_once_however_often_it_is_consolidated(tmp_path: Path) -> None:
    with open_at(tmp_path) as memory:
        bank = memory.bank("a")
        known = bank.retain([Message("I ride the bus with Ben.", "Ana", id="0")]).units
        bank.believe("The bus is reliable.", confidence=0.5, evidence=known)
        memory._async.services.clock.advance(timedelta(days=1))  # type: ignore[attr-defined]
        bank.retain([Message("The bus was excellent.", "Ana", id="1")])
        bank.consolidate()
        services = memory._async.services
        progress = next(p for p in services.store.scan(_everything("a")) if p.payload["kind"] == "progress")
        done = {**progress.payload, "done": {}}
        services.store.write(
            [type(progress)(progress.id, done)]
        )  # as if it had been cut off before it was noted
        assert bank.status().pending == 2
        bank.consolidate()
        belief = next(belief for belief in bank.beliefs() if belief.statement == "The bus is reliable.")
        assert belief.confidence == pytest.approx(0.6)
        assert [change.effect for change in belief.history] == [Effect.FORMED, Effect.REINFORCE]


def _everything(bank: str) -> Any:
    from fourfold.ports import Where

    return Where(bank=bank)


def test_consolidation_continues_in_the_background_and_when_a_bank_is_used_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "QUIET_SECONDS", 0.0)
    with open_at(tmp_path) as memory:  # asked: nothing happens by itself
        memory.bank("a").retain(garden())
    with open_at(tmp_path, consolidate="background") as memory:
        memory.bank("a").recall("trees")
        until(lambda: memory.bank("a").status() == BankStatus(pending=0, running=False))
        assert memory.bank("a").summary("Ana").sentences
        memory.bank("a").retain([Message("I sold the apple trees near the old mill.", "Ana")])
        until(lambda: memory.bank("a").status() == BankStatus(pending=0, running=False))


def until(holds: Any) -> None:
    """Waits for something that another thread does; fails after a long time."""
    pause = threading.Event()
    for _ in range(3000):
        if holds():
            return
        pause.wait(0.01)
    raise AssertionError("it never came about")


def test_closing_cancels_background_consolidation_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "QUIET_SECONDS", 0.0)
    begun = threading.Event()

    async def stall(services: object, bank: str, yield_now: Yield) -> None:
        import anyio

        begun.set()
        await anyio.sleep_forever()

    with monkeypatch.context() as patched, open_at(tmp_path, consolidate="background") as memory:
        patched.setattr(background, "consolidate", stall)
        memory.bank("a").retain(garden())
        assert begun.wait(30)
        assert memory.bank("a").status() == BankStatus(pending=7, running=True)
        memory.close()
    assert not [t for t in threading.enumerate() if t.name == "fourfold-consolidation" and t.is_alive()]
    with open_at(tmp_path) as memory:
        assert memory.bank("a").consolidate() == BankStatus(pending=0, running=False)


def test_consolidating_a_closing_memory_raises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_at(tmp_path) as memory:
        bank = memory.bank("a")
        bank.retain(garden())
        memory._async.background.stop()
        with pytest.raises(StoreError, match="closed meanwhile"):
            bank.consolidate()
        assert bank.status() == BankStatus(pending=7, running=False)


def test_two_threads_consolidating_and_one_retaining_agree() -> None:
    with Memory(MemoryStore(), HashEmbedder()) as memory:
        _settle_and_retain(memory.bank("a"))


def _settle_and_retain(bank: Bank) -> None:
    bank.believe(
        "The bus is reliable.", confidence=0.1, evidence=bank.retain([Message("I ride.", "Ana")]).units
    )
    facts = [Message(f"The bus was reliable on tour {n}.", "Ana", id=f"b{n}") for n in range(8)]
    with ThreadPoolExecutor(3) as threads:
        work: list[Future[Any]] = [threads.submit(bank.retain, [fact]) for fact in facts]
        work += [threads.submit(bank.consolidate) for _ in range(8)]
        for done in work:
            done.result()
    bank.consolidate()
    (belief,) = bank.beliefs()
    assert belief.confidence == pytest.approx(moved(0.1, 8), abs=1e-3)
    assert len(belief.evidence) == 9


# with a language model --------------------------------------------------------------------------------------------


class Writer:
    """Reads messages word for word, judges as told, and writes a summary of one sentence a fact."""

    def __init__(self) -> None:
        self.effects: dict[str, str] = {}
        self.fails: set[str] = set()
        self.calls: list[str] = []
        self.model = ScriptedModel(self.answer)

    def answer(self, turns: Sequence[PromptMessage], shape: str) -> Any:
        self.calls.append(shape)
        asked = turns[-1].text
        if shape in self.fails:
            return ModelBusyError("too busy")
        if shape == "Extraction":
            lines = asked.split("Messages:\n")[-1].split("\n")
            told = [line.partition(": ")[2] for line in lines]
            return {"statements": [{"text": text, "messages": [i]} for i, text in enumerate(told, 1)]}
        if shape == "BeliefVerdicts":
            cases = re.findall(r"\[(\d+)\] fact: .*?\] (?:\w+: )?(.*)\n((?:    .*\n?)*)", asked)
            return {
                "verdicts": [
                    {"label": label, "verdict": self.effects.get(fact, "neutral"), "reason": "so it says"}
                    for _, fact, beliefs in cases
                    for label in re.findall(r"\[(\d+\w)\] belief", beliefs)
                ]
                + [{"label": "99z", "verdict": "contradict"}]
            }
        if shape == "WrittenSummary":
            facts = re.findall(r"^\[(\d+)\] \[.*?\] (?:\w+: )?(.*)$", asked, re.MULTILINE)
            sentences = [{"text": f"It is said: {fact}", "facts": [label]} for label, fact in facts]
            return {"sentences": [*sentences, {"text": "Invented.", "facts": ["77"]}]}
        return {"verdicts": []}


@pytest.fixture
def writer() -> Any:
    stamina.set_testing(True, attempts=1)
    yield Writer()
    stamina.set_testing(False)


def test_a_model_judges_facts_and_writes_summaries_from_what_it_was_shown(writer: Writer) -> None:
    clock = FrozenClock(MAY)
    with Memory(MemoryStore(), HashEmbedder(), llm=writer.model, clock=clock) as memory:
        bank = memory.bank("a")
        known = bank.retain([Message("I ride the bus with Ben.", "Ana", id="0")]).units
        bank.believe("The bus is reliable.", confidence=0.5, evidence=known)
        writer.effects["It came two hours after its time, that bus."] = "contradict"
        clock.advance(timedelta(days=1))
        bank.retain([Message("It came two hours after its time, that bus.", "Ana", id="1")])
        assert bank.consolidate() == BankStatus(pending=0, running=False)
        (belief,) = bank.beliefs()
        assert belief.confidence == moved(0.5, -2)
        assert belief.history[-1].reason == "so it says"
        summary = bank.summary("Ana")
        assert not summary.extract
        assert {sentence.text for sentence in summary.sentences} == {
            "It is said: I ride the bus with Ben.",
            "It is said: It came two hours after its time, that bus.",
        }
        writer.calls.clear()
        clock.advance(timedelta(days=1))
        bank.retain([Message("I sold my bicycle to Ben.", "Ana", id="2")])
        bank.consolidate()
        assert "The summary so far:" in writer.model.asked[-1][-1].text
        assert len(bank.summary("Ana").sentences) == 3
        assert writer.calls.count("WrittenSummary") == 1
        spent = bank.usage().calls
        bank.consolidate()
        assert bank.usage().calls == spent == len(writer.model.asked)


def test_a_failure_of_the_model_is_shown_with_its_reason_and_retried(writer: Writer, tmp_path: Path) -> None:
    def opened() -> Memory:
        return Memory.open(str(tmp_path), embedder=HashEmbedder(), llm=writer.model, clock=FrozenClock(MAY))

    with opened() as memory:
        bank = memory.bank("a")
        bank.retain(garden())
        writer.fails = {"WrittenSummary"}
        status = bank.consolidate()
        assert status.pending == 0
        assert [(f.what, f.reason, f.attempts) for f in status.failed] == [
            ("summary of Ana", "too busy", 1),
        ]
    with opened() as memory:
        bank = memory.bank("a")
        assert bank.consolidate().failed[0].attempts == 2
        writer.fails = set()
        assert bank.consolidate() == BankStatus(pending=0, running=False)
        assert bank.summary("Ana").sentences


def test_a_models_summary_keeps_old_sentences_and_reads_new_facts(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fourfold.consolidate import summaries

    monkeypatch.setattr(summaries, "_MOST_FACTS", 4)
    monkeypatch.setattr(summaries, "_MODEL_FACTS", 2)
    clock = FrozenClock(MAY)
    with Memory(MemoryStore(), HashEmbedder(), llm=writer.model, clock=clock) as memory:
        bank = memory.bank("a")
        for day in range(5):
            clock.advance(timedelta(days=1))
            told = [Message(f"I rowed to island {day} in boat {n}.", "Ana", id=f"{day}-{n}") for n in (1, 2)]
            bank.retain(told)
            bank.consolidate()
        texts = [sentence.text for sentence in bank.summary("Ana").sentences]
        assert sorted(texts) == sorted(
            f"It is said: I rowed to island {day} in boat {n}." for day in range(5) for n in (1, 2)
        )
        assert len(writer.model.asked[-1][-1].text.split("Facts:\n")[1].splitlines()) == 10
        bank.forget(unit=bank.summary("Ana").sentences[0].evidence[0])
        assert len(bank.summary("Ana").sentences) == 9


def test_a_model_that_is_down_is_not_asked_for_every_summary(writer: Writer) -> None:
    names = ("Ana", "Ben", "Carla", "Dora", "Emil", "Fritz")
    with Memory(MemoryStore(), HashEmbedder(), llm=writer.model, clock=FrozenClock(MAY)) as memory:
        bank = memory.bank("a")
        told = [
            Message(f"I rowed the boat number {n} across the lake.", who) for who in names for n in (1, 2)
        ]
        bank.retain(told)
        writer.fails = {"WrittenSummary"}
        writer.calls.clear()
        failed = bank.consolidate().failed
        assert [failure.what for failure in failed] == [f"summary of {name}" for name in names]
        assert writer.calls.count("WrittenSummary") == 3
        writer.fails = set()
        assert bank.consolidate().failed == ()
        assert all(bank.summary(name).sentences for name in names)


def test_assessment_retries_a_failing_model_then_uses_the_rules(writer: Writer) -> None:
    with Memory(MemoryStore(), HashEmbedder(), llm=writer.model, clock=FrozenClock(MAY)) as memory:
        bank = memory.bank("a")
        known = bank.retain([Message("I ride the bus with Ben.", "Ana", id="0")]).units
        bank.consolidate()
        bank.believe("The bus is reliable.", confidence=0.5, evidence=known)
        bank.retain([Message("The bus was excellent.", "Ana", id="1")])
        writer.fails = {"BeliefVerdicts"}
        for attempts in (1, 2):
            status = bank.consolidate()
            assert status.pending > 0
            assert [(f.what, f.attempts) for f in status.failed] == [("beliefs", attempts)]
            assert bank.beliefs()[0].confidence == 0.5
        status = bank.consolidate()
        assert (status.pending, status.failed[0].attempts) == (0, 3)
        assert bank.beliefs()[0].confidence == pytest.approx(0.6)


# on real conversations --------------------------------------------------------------------------------------------


_ENOUGH = 250
"""Messages of each conversation, which has some 600: from there on there is more of the same."""


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="the conversations are not there")
@pytest.mark.slow
def test_every_belief_and_every_sentence_leads_back_to_messages() -> None:
    """Over all conversations: evidence is units, and units are messages that were said."""
    with Memory(MemoryStore(), HashEmbedder(), clock=FrozenClock(datetime(2024, 1, 1, tzinfo=UTC))) as memory:
        beliefs = sentences = 0
        for document in read_import(DATA).documents:
            name, messages = document.name, document.messages[:_ENOUGH]
            bank = memory.bank(name)
            bank.retain(messages, document="chat")
            bank.consolidate()
            said = {message.id: message.text for message in messages}
            units = {unit.id: unit for unit in bank.units()}

            def check(evidence: Sequence[str], units: Any = units, said: Any = said) -> None:
                assert evidence
                for one in evidence:
                    unit = units[one]
                    assert unit.source.messages
                    first = unit.source.messages[0]
                    assert unit.text in said[first]

            for belief in bank.beliefs():
                beliefs += 1
                check(belief.evidence)
                for change in belief.history:
                    check(change.evidence)
                assert belief.confidence == belief.history[-1].after
            for entity in bank.entities():
                try:
                    summary = bank.summary(entity.name)
                except NotFoundError:
                    continue
                for sentence in summary.sentences:
                    sentences += 1
                    check(sentence.evidence)
                    (unit,) = [units[one] for one in sentence.evidence]
                    is_fact = unit.network in (Network.WORLD, Network.EXPERIENCE)
                    assert is_fact or (unit.lasting and unit.speaker == entity.name)
            for line in bank.core(2000).lines:
                check(line.evidence)
        assert beliefs > 10
        assert sentences > 100
