"""Random sequences of operations against a simple model, and many threads and event loops at once."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import anyio
import pytest
import stamina
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from fourfold import AsyncMemory, Effect, Memory, Message, NotFoundError
from fourfold.errors import ModelBusyError, ModelLengthError, ModelOutputError, ModelRefusedError
from fourfold.index import registry
from fourfold.ingest.extract.llm import Extraction
from fourfold.ports import ModelResponse, OutputT, PromptMessage
from fourfold.settings import load_settings
from fourfold.testing import FrozenClock, HashEmbedder
from fourfold.token_usage import Tokens
from fourfold.values.beliefs import moved

pytestmark = pytest.mark.slow

START = datetime(2026, 1, 1, tzinfo=UTC)
BANKS = st.sampled_from(["a", "b"])
DOCUMENTS = st.sampled_from(["one", "two"])
TOPICS = ["harbour", "garden", "violin", "quarry", "lantern", "meadow", "compass", "orchard"]
NUMBERS = st.lists(st.integers(0, 40), min_size=1, max_size=6, unique=True)


def line(number: int) -> Message:
    """A message of its own: no two numbers say the same."""
    topic = TOPICS[number % len(TOPICS)]
    return Message(f"The {topic} has number {number} on its gate.", "Ana", at=START, id=f"m{number}")


@pytest.fixture(autouse=True)
def every_graph_is_worth_keeping(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that what is reopened begins with the graph that was kept."""
    monkeypatch.setattr(registry, "_SNAPSHOT_UNITS", 1)


class StoredMachine(RuleBasedStateMachine):
    """A memory in a directory of its own, opened anew at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = tempfile.mkdtemp(prefix="fourfold-test-")
        self.clock = FrozenClock(START)
        self.memory = self.open()

    def open(self) -> Memory:
        return Memory.open(self.directory, embedder=HashEmbedder(), clock=self.clock)

    @rule()
    def reopen(self) -> None:
        self.memory.close()
        self.memory = self.open()

    def teardown(self) -> None:
        self.memory.close()
        shutil.rmtree(self.directory)


class MemoryMachine(StoredMachine):
    """A bank is modelled as message number -> (documents it was said in), plus what was retired."""

    @initialize()
    def begin(self) -> None:
        self.live: dict[str, dict[str, set[str]]] = {"a": {}, "b": {}}
        self.owner: dict[str, dict[str, str]] = {"a": {}, "b": {}}
        self.past: list[tuple[datetime, str, set[str]]] = []

    @rule(bank=BANKS, document=DOCUMENTS, numbers=NUMBERS)
    def retain(self, bank: str, document: str, numbers: list[int]) -> None:
        self.clock.advance(timedelta(minutes=1))
        self.memory.bank(bank).retain([line(n) for n in numbers], document=document)
        for number in numbers:
            text = line(number).text
            self.owner[bank].setdefault(text, document)
            self.live[bank].setdefault(text, set()).add(f"m{number}")

    @rule(bank=BANKS)
    def remember_the_moment(self, bank: str) -> None:
        self.past.append((self.clock.now(), bank, set(self.live[bank])))
        self.clock.advance(timedelta(minutes=1))

    @rule(bank=BANKS, number=st.integers(0, 40))
    def recall_finds_what_is_there(self, bank: str, number: int) -> None:
        wanted = line(number).text
        hits = self.memory.bank(bank).recall(wanted, budget=None, limit=5).hits
        texts = [hit.unit.text for hit in hits]
        assert (texts[:1] == [wanted]) == (wanted in self.live[bank])
        assert len(texts) == len(set(texts))
        assert all(hit.unit.bank == bank for hit in hits)

    @invariant()
    def holds_exactly_what_was_retained(self) -> None:
        for bank, model in getattr(self, "live", {}).items():
            units = self.memory.bank(bank).units()
            assert Counter(u.text for u in units) == Counter(dict.fromkeys(model, 1))
            assert {u.text: u.source.document for u in units} == self.owner[bank]

    @invariant()
    def answers_for_the_past_do_not_change(self) -> None:
        for moment, bank, texts in getattr(self, "past", [])[-3:]:
            hits = self.memory.bank(bank).recall("number on the gate", budget=None, as_of=moment).hits
            assert {hit.unit.text for hit in hits} == texts


TestMemoryMachine = MemoryMachine.TestCase
# The machines below run as few examples under both profiles: a run of so many steps takes half a second.
TestMemoryMachine.settings = settings(max_examples=12, stateful_step_count=15, deadline=None)


FAULTS = st.dictionaries(
    st.integers(0, 30), st.sampled_from(["busy", "refused", "malformed", "too long"]), max_size=3
)
SOME = st.lists(st.integers(0, 30), min_size=1, max_size=12, unique=True)


class Moody:
    """A language model that reads each message rightly, but for those it has `faults` with; asked about `hangs`, it
    has the retain cancelled. `paid` counts how often each message was read."""

    name = "moody"

    def __init__(self) -> None:
        self.faults: dict[int, str] = {}
        self.hangs: int | None = None
        self.scope: anyio.CancelScope | None = None
        self.paid: Counter[int] = Counter()

    async def ask(self, turns: Sequence[PromptMessage], shape: type[OutputT]) -> ModelResponse[OutputT]:
        """One statement a message."""
        if shape is not Extraction:
            return ModelResponse(shape.model_validate({"verdicts": []}), Tokens(1))
        asked = turns[-1].text.split("Messages:\n")[-1]
        numbers = [int(number) for number in re.findall(r"number (\d+) on", asked)]
        await anyio.sleep(0)
        if self.hangs in numbers:
            assert self.scope is not None
            self.scope.cancel()
            await anyio.sleep_forever()
        for number in numbers:
            match self.faults.get(number):
                case "busy":
                    raise ModelBusyError("not now")
                case "refused":
                    raise ModelRefusedError("not that")
                case "malformed":
                    raise ModelOutputError("{")
                case "too long" if len(numbers) > 1:
                    raise ModelLengthError("too much")
        self.paid.update(numbers)
        told = [{"text": read(number), "messages": [i]} for i, number in enumerate(numbers, 1)]
        return ModelResponse(shape.model_validate({"statements": told}), Tokens(1, 10, 10))

    async def close(self) -> None:
        """Nothing to release."""


def read(number: int) -> str:
    """What the model makes of `line(number)`."""
    return f"Ana saw number {number} on the gate of the {TOPICS[number % len(TOPICS)]}."


class ReadingMachine(StoredMachine):
    """A document that grows by retains, two at a time, while the model fails, is cancelled, and the process ends."""

    def __init__(self) -> None:
        stamina.set_testing(True, attempts=2)
        self.model = Moody()
        super().__init__()
        self.kept: set[int] = set()
        self.begun: set[int] = set()

    def open(self) -> Memory:
        chosen = load_settings(llm_words=50, llm_concurrency=3)
        return Memory.open(
            self.directory,
            embedder=HashEmbedder(),
            llm=self.model,
            settings=chosen,
            clock=self.clock,
        )

    def _retain(self, numbers: list[int]) -> None:
        self.memory.bank("a").retain([line(n) for n in numbers], document="log")

    @rule(one=SOME, other=SOME, faults=FAULTS)
    def retain_two_at_once(self, one: list[int], other: list[int], faults: dict[int, str]) -> None:
        self.model.faults = faults
        with ThreadPoolExecutor(2) as threads:
            for done in [threads.submit(self._retain, numbers) for numbers in (one, other)]:
                done.result()
        self.kept |= {*one, *other}

    @rule(numbers=SOME)
    def is_cancelled(self, numbers: list[int]) -> None:
        self.model.faults, self.model.hangs = {}, numbers[-1]

        async def begin() -> None:
            with anyio.CancelScope() as self.model.scope:
                bank = self.memory._async.bank("a")
                await bank.retain([line(n) for n in numbers], document="log")

        asyncio.run(begin())
        self.model.hangs = None
        self.begun |= {*numbers}

    @rule(faults=FAULTS)
    def resume(self, faults: dict[int, str]) -> None:
        self.model.faults = faults
        self.memory.bank("a").resume()
        self.kept |= self.begun

    @invariant()
    def every_message_is_there_once_as_read_or_as_said(self) -> None:
        texts = Counter(unit.text for unit in self.memory.bank("a").units())
        assert not [text for text, times in texts.items() if times > 1]
        for number in self.kept | self.begun:
            found = texts[read(number)] + texts[line(number).text]
            assert found == 1 or (found == 0 and number not in self.kept), number
        assert sum(texts.values()) <= len(self.kept | self.begun)
        assert all(self.model.paid[n] == texts[read(n)] for n in self.kept | self.begun)

    def teardown(self) -> None:
        self.model.faults = {}
        self.memory.bank("a").resume()
        texts = {unit.text for unit in self.memory.bank("a").units()}
        assert texts == {read(number) for number in self.kept | self.begun}
        assert not [info for info in self.memory.banks() if info.pending]
        super().teardown()
        stamina.set_testing(False)


TestReadingMachine = ReadingMachine.TestCase
TestReadingMachine.settings = settings(max_examples=15, stateful_step_count=10, deadline=None)


OPINIONS = st.sampled_from(["reliable", "awful", "excellent", "late"])
THINGS = st.sampled_from(["night bus", "harbour ferry", "old lift"])
STEPS = {Effect.REINFORCE: 1, Effect.WEAKEN: -1, Effect.CONTRADICT: -2}


class BelievingMachine(StoredMachine):
    """Judgements and facts come and are forgotten, banks are settled or not, the process ends: what is derived always
    rests on what is there, and every confidence is what its history says."""

    @initialize()
    def begin(self) -> None:
        self.documents: set[str] = set()
        self.said = 0
        for document in ("one", "two"):
            for thing, opinion in (("night bus", "reliable"), ("old lift", "awful")):
                self.judge(thing, opinion, document)
                self.report(thing, opinion, document)
        for document in ("one", "two"):
            rests = self.memory.bank("a").units(document=document)
            self.memory.bank("a").believe(f"Something follows from {document}.", evidence=rests[:2])
        self.memory.bank("a").believe("Something follows.", evidence=self.memory.bank("a").units()[-3:])
        self.settle()

    def _tell(self, text: str, document: str) -> None:
        self.clock.advance(timedelta(minutes=1))
        self.said += 1
        self.memory.bank("a").retain([Message(text, "Ana", id=f"m{self.said}")], document=document)
        self.documents.add(document)

    @rule(thing=THINGS, opinion=OPINIONS, document=DOCUMENTS)
    def judge(self, thing: str, opinion: str, document: str) -> None:
        self._tell(f"I think the {thing} is {opinion}.", document)

    @rule(thing=THINGS, opinion=OPINIONS, document=DOCUMENTS)
    def report(self, thing: str, opinion: str, document: str) -> None:
        self._tell(f"The {thing} was {opinion} on tour {self.said}.", document)

    @rule(data=st.data())
    def conclude(self, data: st.DataObject) -> None:
        units = self.memory.bank("a").units()
        if units:
            self.clock.advance(timedelta(minutes=1))
            rests = data.draw(
                st.lists(st.sampled_from(units), min_size=1, max_size=3, unique_by=lambda u: u.id)
            )
            self.memory.bank("a").believe(f"Conclusion {self.said} about Ana.", evidence=rests)

    @rule()
    def settle(self) -> None:
        bank = self.memory.bank("a")
        self.clock.advance(timedelta(minutes=1))
        assert bank.consolidate().pending == 0
        before = (bank.beliefs(), bank.core(900))
        assert bank.consolidate().pending == 0
        assert (bank.beliefs(), bank.core(900)) == before

    @rule(document=DOCUMENTS)
    def forget(self, document: str) -> None:
        if document in self.documents:
            self.clock.advance(timedelta(minutes=1))
            self.memory.bank("a").forget(document=document)
            assert not self.memory.bank("a").units(document=document)

    @invariant()
    def everything_derived_rests_on_what_is_there(self) -> None:
        bank = self.memory.bank("a")
        held = {unit.id for unit in bank.units()}
        for belief in bank.beliefs():
            assert set(belief.evidence) <= held
            assert belief.confidence == belief.history[-1].after
            for before, change in pairwise(belief.history):
                assert change.before == before.after
                if change.effect in STEPS:
                    assert change.after == moved(before.after, STEPS[change.effect])
                if change.effect in (Effect.RESTATED, Effect.GAINSAID):
                    least = moved(before.after, 1 if change.effect is Effect.RESTATED else -2)
                    assert (change.after >= least) is (
                        change.effect is Effect.RESTATED or change.after == least
                    )
        for entity in bank.entities():
            with contextlib.suppress(NotFoundError):
                assert set(bank.summary(entity.name).evidence) <= held
        assert all(set(line.evidence) <= held for line in bank.core(900).lines)


TestBelievingMachine = BelievingMachine.TestCase
TestBelievingMachine.settings = settings(max_examples=12, stateful_step_count=15, deadline=None)


def test_threads_and_event_loops_on_one_memory_lose_nothing() -> None:
    with Memory.open(":memory:", embedder=HashEmbedder()) as memory:

        async def write(bank: str, first: int) -> None:
            shared: AsyncMemory = memory._async
            for number in range(first, first + 12):
                await shared.bank(bank).retain([line(number)], document="log")
                answer = await shared.bank(bank).recall(line(number).text, limit=5)
                assert line(number).text in [hit.unit.text for hit in answer.hits]

        with ThreadPoolExecutor(6) as threads:
            work = [(bank, first) for bank in ("a", "b") for first in (0, 100, 200)]
            for done in [threads.submit(lambda job: asyncio.run(write(*job)), job) for job in work]:
                done.result()
        for bank in ("a", "b"):
            assert len(memory.bank(bank).units()) == 36


def test_a_graph_that_was_evicted_is_rebuilt_alike() -> None:
    with Memory.open(":memory:", embedder=HashEmbedder()) as memory:
        bank = memory.bank("a")
        bank.retain([line(n) for n in range(30)])
        indexes = memory._async.services.indexes
        before, answer = indexes.get("a"), bank.recall("the garden gate")
        indexes._indexes.clear()
        after = indexes.get("a")
        assert after is not before
        assert after.unit_ids == before.unit_ids
        assert (after.columns == before.columns).all()
        assert {frozenset(e) for e in after.graph.edges} == {frozenset(e) for e in before.graph.edges}
        assert bank.recall("the garden gate").hits == answer.hits


def test_the_graphs_in_memory_are_bounded() -> None:
    with Memory.open(":memory:", embedder=HashEmbedder()) as memory:
        indexes = memory._async.services.indexes
        indexes._most_units = 25
        for bank in "abcd":
            memory.bank(bank).retain([line(n) for n in range(10)])
            memory.bank(bank).recall("gate")
        assert list(indexes._indexes) == ["c", "d"]
        assert memory.bank("a").recall("The garden has number 1", limit=1).hits


def test_writes_of_another_process_are_seen_at_once() -> None:
    with Memory.open(":memory:", embedder=HashEmbedder()) as memory:
        store = memory._async.services.store
        bank = memory.bank("a")
        bank.retain([line(1)], document="here")
        other = Memory(store, HashEmbedder())
        try:
            store.writer = "elsewhere"
            other.bank("a").retain([line(2)], document="there")
            store.writer = "embedded"
            assert bank.recall(line(2).text, limit=1).hits[0].unit.text == line(2).text
            bank.retain([line(3)], document="here")
            assert {u.text for u in other.bank("a").units()} == {line(n).text for n in (1, 2, 3)}
        finally:
            other._portal.stop()
