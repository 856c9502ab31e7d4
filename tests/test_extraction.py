"""Retaining with a language model: over real sockets, with the providers' own SDKs, whatever the provider does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import stamina

from fourfold import (
    Bank,
    ConfigurationError,
    InputError,
    Memory,
    Message,
    Modality,
    ModelTimeoutError,
    Network,
    RetainResult,
    TokenLimitError,
    Verdict,
)
from fourfold.models.anthropic import Claude
from fourfold.models.openai import OpenAIChat
from fourfold.settings import load_settings
from fourfold.testing import (
    AnthropicServer,
    Call,
    CutOff,
    HashEmbedder,
    MemoryStore,
    OpenAIServer,
    Refuse,
    ScriptedModel,
    Stall,
    Status,
    Text,
    Truncate,
)

MAY = datetime(2024, 5, 10, 9, tzinfo=UTC)
Script = Callable[[Call], Any]


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    stamina.set_testing(True, attempts=3)
    yield
    stamina.set_testing(False)


def facts(call: Call) -> dict[str, Any]:
    """What a good model would say: one statement a line, told in the third person."""
    lines = [line for line in call.user.split("Messages:\n")[-1].split("\n") if line.startswith("[")]
    return {"statements": [_fact(line) for line in lines]}


def _fact(line: str) -> dict[str, Any]:
    number, _, rest = line.partition("] ")
    speaker, _, said = rest.partition(": ")
    return {"text": f"{speaker} says that {said}", "network": "world", "messages": [int(number[1:])]}


@contextmanager
def memory_with(provider: str, script: Script, **settings: Any) -> Iterator[tuple[Memory, list[Call]]]:
    """A memory whose language model is a server at hand."""
    timeout = settings.pop("timeout", 5.0)
    chosen = load_settings(**settings)
    if provider == "anthropic":
        with AnthropicServer(script) as server:
            claude = Claude(base_url=server.url, api_key="k", timeout=timeout)
            with Memory(MemoryStore(), HashEmbedder(), llm=claude, settings=chosen) as memory:
                yield memory, server.calls
    else:
        with OpenAIServer(script) as openai:
            chat = OpenAIChat("m", base_url=openai.url, timeout=timeout)
            with Memory(MemoryStore(), HashEmbedder(), llm=chat, settings=chosen) as memory:
                yield memory, openai.calls


def talk(count: int = 1) -> list[Message]:
    """Lines of Ana's, each a session of its own, so that each is a chunk."""
    return [
        Message(
            f"I planted tree number {i} in the garden of Porto.",
            "Ana",
            at=MAY + timedelta(days=i),
            id=f"m{i}",
        )
        for i in range(count)
    ]


def texts(bank: Bank) -> list[str]:
    return [unit.text for unit in bank.units()]


BOTH = pytest.mark.parametrize("provider", ["anthropic", "openai"])


@BOTH
def test_a_model_turns_messages_into_statements(provider: str) -> None:
    with memory_with(provider, facts) as (memory, calls):
        bank = memory.bank("a")
        done = bank.retain(talk(3), document="d")
        assert texts(bank) == [
            f"Ana says that I planted tree number {i} in the garden of Porto." for i in range(3)
        ]
        assert done.pending == 0
        assert [unit.source.messages for unit in done.units] == [("m0",), ("m1",), ("m2",)]
        assert done.usage.model.calls == len(calls) == 3
        assert done.usage.model.input > done.usage.model.output > 0
        assert bank.usage() == done.usage.model
        assert bank.recall("Which tree did Ana plant?").hits


@BOTH
def test_messages_already_read_are_not_sent_to_the_model_again(provider: str) -> None:
    with memory_with(provider, lambda call: {"statements": []}) as (memory, calls):
        bank = memory.bank("a")
        bank.retain(talk(2), document="d")
        again = bank.retain(talk(3), document="d")
        assert len(calls) == 3
        assert again.usage.model.calls == 1


# What goes wrong, and what the model is asked in all until it gives up (3 attempts, see _no_waiting).
FAULTS: dict[str, tuple[Any, int]] = {
    "stalls": (Stall(2.5), 1),
    "rate limited": (Status(429, "slow down", retry_after=0.01), 3),
    "rate limited until a date": (Status(429, "slow down", retry_after="Wed, 01 Jan 2020 00:00:00 GMT"), 3),
    "internal error": (Status(500), 3),
    "overloaded": (Status(529), 3),
    "cut off": (CutOff(), 3),
    "refused": (Refuse(), 1),
    "refused by status": (Status(400, "blocked by our content policy"), 1),
    "truncated": (Truncate(), 1),
    "too long": (Status(400, "prompt is too long: 900000 tokens"), 1),
    "too large": (Status(413), 1),
    "no JSON": (Text("I am sorry, I do not know."), 2),
    "empty": (Text(""), 2),
    "another shape": (Text('{"facts": 3}'), 2),
    "a list of nothing known": (Text('{"statements": [1, "two", null]}'), 2),
    "statements of nowhere": ({"statements": [{"text": "Something.", "messages": [99]}]}, 1),
}


@BOTH
@pytest.mark.parametrize(
    "fault", [pytest.param(fault, marks=[pytest.mark.slow] * (fault == "stalls")) for fault in FAULTS]
)
def test_any_failure_of_a_provider_keeps_the_text_to_be_read_later(provider: str, fault: str) -> None:
    answer, attempts = FAULTS[fault]
    broken = True
    said = [Message(f"I planted {tree} in Porto.", "Ana", at=MAY, id=tree) for tree in ("an oak", "a fig")]

    def script(call: Call) -> Any:
        return answer if broken else facts(call)

    # The two lines are one chunk: an answer too long is asked for in halves, each of which fails as well.
    with memory_with(provider, script, timeout=1.0 if fault == "stalls" else 5.0) as (memory, calls):
        bank = memory.bank("a")
        first = bank.retain(said, document="d")
        assert len(calls) >= attempts
        assert (first.pending, len(first.warnings)) == (1, 1)
        assert texts(bank) == [message.text for message in said]
        assert all(unit.pending for unit in bank.units())
        assert bank.recall("Who planted the oak?").hits

        broken = False
        done = bank.resume()
        assert done.pending == 0
        assert texts(bank) == [f"Ana says that {message.text}" for message in said]
        assert not any(unit.pending for unit in bank.units())
        assert done.count(Verdict.RETIRE) == 2
        calls_so_far = len(calls)
        assert not bank.resume().units
        assert len(calls) == calls_so_far


@BOTH
def test_an_answer_that_gets_too_long_is_asked_for_in_halves(provider: str) -> None:
    def script(call: Call) -> Any:
        return Truncate() if call.user.count("\n[") > 2 else facts(call)

    with memory_with(provider, script) as (memory, calls):
        bank = memory.bank("a")
        lines = [Message(f"Tree number {i} is an oak.", "Ana", at=MAY, id=str(i)) for i in range(8)]
        done = bank.retain(lines)
        assert done.pending == 0
        assert len(texts(bank)) == 8
        assert len(calls) == 7


@BOTH
def test_a_malformed_answer_is_repaired(provider: str) -> None:
    nearly = 'Sure! ```json\n{"statements": [{"text": "Ana planted a tree.", "messages": [1,]}\n```'
    with memory_with(provider, lambda call: Text(nearly)) as (memory, calls):
        bank = memory.bank("a")
        assert bank.retain(talk(1)).pending == 0
        assert texts(bank) == ["Ana planted a tree."]
        assert len(calls) == 1


@BOTH
def test_a_passing_failure_is_tried_again(provider: str) -> None:
    def script(call: Call) -> Any:
        return Status(429, retry_after=0.01) if call.number == 1 else facts(call)

    with memory_with(provider, script) as (memory, calls):
        assert memory.bank("a").retain(talk(1)).pending == 0
        assert len(calls) == 2


@pytest.mark.slow
@BOTH
@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_wrong_key_or_model_is_an_error_and_loses_nothing(provider: str, status: int) -> None:
    wrong = True

    def script(call: Call) -> Any:
        return Status(status, "no such thing") if wrong else facts(call)

    with memory_with(provider, script, llm_concurrency=1) as (memory, calls):
        bank = memory.bank("a")
        with pytest.raises(ConfigurationError, match="no such thing"):
            bank.retain(talk(30), document="d")
        assert len(calls) < 5
        assert len(texts(bank)) == 30
        wrong = False
        assert bank.retain(talk(30), document="d").pending == 0
        assert len(texts(bank)) == 30
        assert all(text.startswith("Ana says") for text in texts(bank))


@pytest.mark.slow
def test_a_provider_that_is_down_is_not_asked_for_ever() -> None:
    with memory_with("openai", lambda call: Status(500), llm_concurrency=1) as (memory, calls):
        done = memory.bank("a").retain(talk(60))
        assert done.pending == 60
        assert len(calls) < 60
        assert len(texts(memory.bank("a"))) == 60


def test_the_token_limit_stops_with_an_error_and_keeps_everything() -> None:
    with memory_with("anthropic", facts, llm_tokens=3000, llm_concurrency=1) as (memory, calls):
        bank = memory.bank("a")
        with pytest.raises(TokenLimitError, match="llm_tokens"):
            bank.retain(talk(20), document="d")
        assert 0 < len(calls) < 20
        assert bank.usage().total <= 3000
        assert len(texts(bank)) == 20


@pytest.mark.parametrize("unknown", [400, 500])
def test_an_endpoint_without_schemas_is_asked_by_a_tool_or_in_words(unknown: int) -> None:
    for ways, asked in ((("tool", "words"), "tools"), (("words",), "messages")):
        with OpenAIServer(facts, ways, unknown) as server:
            chat = OpenAIChat("m", base_url=server.url)
            with Memory(MemoryStore(), HashEmbedder(), llm=chat) as memory:
                assert memory.bank("a").retain(talk(2)).pending == 0
            assert all(asked in call.body for call in server.calls)


def test_the_fixed_prompt_is_marked_for_the_cache() -> None:
    with memory_with("anthropic", facts) as (memory, calls):
        done = memory.bank("a").retain(talk(2))
        assert [block["cache_control"] for block in calls[0].body["system"]] == [{"type": "ephemeral"}]
        assert calls[0].body["system"] == calls[1].body["system"]
        assert "temperature" not in calls[0].body
        assert done.usage.model.cached > 0


# What the model writes is checked ----------------------------------------------------------------------------


def retained(
    *statements: dict[str, Any], text: str = "Ana met Tom Berg in Porto."
) -> tuple[Bank, RetainResult]:
    """A bank in which `text`, Ana's, was read as `statements`."""
    model = ScriptedModel(lambda turns, shape: {"statements": list(statements)})
    memory = Memory(MemoryStore(), HashEmbedder(), llm=model)
    bank = memory.bank("a")
    return bank, bank.retain([Message(text, "Ana", at=MAY, id="m")])


def test_a_bank_may_be_read_by_another_model_than_the_memorys() -> None:
    statement = {"text": "Ana met Tom Berg.", "messages": [1]}
    guest = ScriptedModel(lambda turns, shape: {"statements": [statement]})
    with Memory(MemoryStore(), HashEmbedder()) as memory:
        read = memory.bank("a", llm=guest).retain([Message("I met Tom Berg.", "Ana", at=MAY)])
        assert [unit.text for unit in read.units] == ["Ana met Tom Berg."]
        said = memory.bank("a").retain([Message("I like Porto.", "Ana", at=MAY)])
        assert [unit.text for unit in said.units] == ["I like Porto."]
        assert len(guest.asked) == 1


def test_dates_that_cannot_be_are_dropped_and_counted() -> None:
    for start, end in (
        ("2024-02-31", None),
        ("soon", None),
        ("2024-06-01", "2024-05-01"),
        ("9999-01-01", None),
    ):
        _, done = retained(
            {"text": "Ana met Tom.", "messages": [1], "occurred_from": start, "occurred_to": end}
        )
        assert done.units[0].occurred is None
        assert done.rejected == {"date": 1}
    _, done = retained({"text": "Ana met Tom.", "messages": [1], "occurred_from": "2024-04"})
    assert done.units[0].occurred is not None
    assert done.units[0].occurred.start == datetime(2024, 4, 1, tzinfo=UTC)
    assert done.units[0].occurred.end == datetime(2024, 5, 1, tzinfo=UTC)


def test_entities_that_are_not_in_the_text_are_dropped_and_counted() -> None:
    named = [{"name": "Tom Berg", "kind": "person", "aliases": ["Tom", "Thomas"]}, {"name": "Rome"}]
    bank, done = retained({"text": "Ana met Tom Berg.", "messages": [1], "entities": named})
    assert done.units[0].entities == ("Ana", "Tom Berg")
    assert done.rejected == {"entity": 1}
    assert bank.entity("tom").name == "Tom Berg"
    assert bank.entity("Tom Berg").kind == "person"


def test_causes_are_linked_and_those_to_nothing_dropped() -> None:
    _, done = retained(
        {"text": "Ana was late.", "messages": [1], "causes": [2, 7, 1]},
        {"text": "The train stood still.", "messages": [1]},
    )
    late, train = done.units
    bank_links = [(link.to, link.kind) for unit in done.units for link in unit.links if link.kind == "causal"]
    assert bank_links == [(train.id, "causal")]
    assert late.text == "Ana was late."
    assert done.rejected == {"cause": 2}


def test_plans_wishes_and_quotes_keep_their_mark() -> None:
    kinds = ["plan", "wish", "hypothetical", "question", "quote", "fact"]
    bank, _ = retained(*({"text": f"Ana {kind}s number {i}.", "messages": [1], "modality": kind}
                         for i, kind in enumerate(kinds)))  # fmt: skip
    assert {unit.modality for unit in bank.units()} == set(Modality)
    found = bank.recall("What about Ana?", networks=[Network.WORLD])
    assert "[plan]" in found.text
    assert "[fact]" not in found.text


def test_aspects_and_confidence_are_kept() -> None:
    bank, _ = retained({"text": "Ana thinks Porto is fine.", "messages": [1], "network": "belief", "confidence": 7,
                        "where": "Porto", "why": None})  # fmt: skip
    (unit,) = bank.units()
    assert (unit.network, unit.confidence) == (Network.BELIEF, 1.0)
    assert (unit.aspects.where, unit.aspects.why) == ("Porto", "")


def test_a_document_that_changed_is_read_again_only_where_it_changed() -> None:
    with memory_with("anthropic", facts) as (memory, calls):
        bank = memory.bank("a")
        bank.retain(talk(3), document="d")
        edited = [*talk(2), Message("I felled tree number 2.", "Ana", at=MAY + timedelta(days=2), id="m2")]
        done = bank.retain(edited, document="d", replace=True)
        assert len(calls) == 4
        assert done.count(Verdict.RETIRE) == 1
        assert texts(bank)[-1] == "Ana says that I felled tree number 2."
        bank.retain(talk(1), document="d", replace=True)
        assert len(texts(bank)) == 1
        assert len(calls) == 4


# What the model judges ---------------------------------------------------------------------------------------


def judged(*verdicts: dict[str, Any]) -> tuple[Memory, ScriptedModel, RetainResult]:
    """A bank in which one job follows another, and the model judges that so."""
    told = iter(["Ana works as a baker.", "Ana works as a teacher."])

    def answer(turns: Any, shape: str) -> Any:
        if shape == "PairVerdicts":
            return {"verdicts": list(verdicts)}
        return {"statements": [{"text": next(told), "messages": [1]}]}

    model = ScriptedModel(answer)
    memory = Memory(MemoryStore(), HashEmbedder(), llm=model)
    bank = memory.bank("a")
    bank.retain([Message("I bake.", "Ana", at=MAY)])
    return memory, model, bank.retain([Message("I teach.", "Ana", at=MAY + timedelta(days=1))])


def test_the_model_judges_what_the_rules_could_not_decide() -> None:
    memory, model, done = judged({"label": "1a", "verdict": "replaces", "reason": "a new job"})
    with memory:
        assert "old: (10 May 2024) Ana: Ana works as a baker." in model.asked[-1][1].text
        assert texts(memory.bank("a")) == ["Ana works as a teacher."]
        assert (done.count(Verdict.UPDATE), done.count(Verdict.RETIRE)) == (1, 1)
        assert [unit.text for unit in done.units] == ["Ana works as a teacher."]


def test_the_verdicts_both_and_same_are_applied() -> None:
    memory, _, _ = judged({"label": "1a", "verdict": "both"})
    with memory:
        assert [unit.superseded_by for unit in memory.bank("a").units()] == [None, None]
    memory, _, _ = judged({"label": "1a", "verdict": "same"})
    with memory:
        (unit,) = memory.bank("a").units()
        assert unit.text == "Ana works as a baker."
        assert len(unit.source.messages) == 2


@pytest.mark.parametrize("label", ["9z", "1b", "", "the first"])
def test_a_verdict_on_what_the_model_was_not_shown_changes_nothing(label: str) -> None:
    memory, _, done = judged({"label": label, "verdict": "replaces"}, {"label": "1a", "verdict": "eat it"})
    with memory:
        assert len(texts(memory.bank("a"))) == 2
        assert memory.bank("a").units()[0].superseded_by == memory.bank("a").units()[1].id
        assert done.rejected == {"verdict": 1}


def test_a_failing_judge_leaves_both_facts() -> None:
    def answer(turns: Any, shape: str) -> Any:
        if shape == "PairVerdicts":
            return ModelTimeoutError("no answer")
        return {"statements": [{"text": turns[1].text.rpartition(": ")[2], "messages": [1]}]}

    with Memory(MemoryStore(), HashEmbedder(), llm=ScriptedModel(answer)) as memory:
        bank = memory.bank("a")
        bank.retain([Message("Ana works as a baker.", "Ana", at=MAY)])
        done = bank.retain([Message("Ana works as a teacher.", "Ana", at=MAY + timedelta(days=1))])
        assert (done.pending, done.warnings) == (0, ("no answer",))
        assert len(texts(bank)) == 2


@pytest.mark.parametrize("with_model", [False, True])
def test_concurrent_retains_into_one_document_lose_and_double_nothing(with_model: bool) -> None:
    def answer(turns: Any, shape: str) -> Any:
        lines = [line for line in turns[1].text.split("\n") if line.startswith("[")]
        told = ({"text": line.rpartition(": ")[2], "messages": [n]} for n, line in enumerate(lines, 1))
        return {"statements": list(told)}

    trees = [
        "oak",
        "fig",
        "pear",
        "plum",
        "lemon",
        "olive",
        "cherry",
        "walnut",
        "almond",
        "quince",
        "elm",
        "ash",
    ]
    said = [Message(f"The {tree} stands in row {i}.", "Ana", at=MAY, id=tree) for i, tree in enumerate(trees)]
    model = ScriptedModel(answer) if with_model else None
    with Memory(MemoryStore(), HashEmbedder(), llm=model) as memory:
        bank = memory.bank("a")
        parts = [said[i : i + 5] for i in range(len(said) - 4)] * 3
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda part: bank.retain(part, document="d"), parts))
        assert sorted(texts(bank)) == sorted(message.text for message in said)


# In bulk -----------------------------------------------------------------------------------------------------


@contextmanager
def bulk_memory(server: AnthropicServer, directory: Path) -> Iterator[Bank]:
    claude = Claude(base_url=server.url, api_key="k", poll=0.01)
    with Memory.open(str(directory), embedder=HashEmbedder(), llm=claude) as memory:
        yield memory.bank("a")


def test_a_batch_is_submitted_waited_for_and_written(tmp_path: Path) -> None:
    with AnthropicServer(facts, batch_polls=3) as server, bulk_memory(server, tmp_path) as bank:
        heard: list[tuple[int, int]] = []
        done = bank.retain(talk(5), document="d", batch=True, progress=lambda n, of: heard.append((n, of)))
        assert [len(requests) for requests in server.batches.values()] == [5]
        assert texts(bank) == [
            f"Ana says that I planted tree number {i} in the garden of Porto." for i in range(5)
        ]
        assert (done.pending, done.usage.model.calls, bank.usage().calls, heard) == (0, 5, 5, [(5, 5)])


def test_chunks_left_out_of_a_batch_are_read_by_resume(tmp_path: Path) -> None:
    faults = {1: Status(500), 2: Status(408), 3: Refuse(), 4: Text("no"), 5: Truncate()}
    script = AnthropicServer(lambda call: faults.get(call.number) or facts(call))
    with script as server, bulk_memory(server, tmp_path) as bank:
        done = bank.retain(talk(7), document="d", batch=True)
        assert done.pending == 5
        assert len(texts(bank)) == 7
        assert bank.resume().pending == 0
        assert all(text.startswith("Ana says") for text in texts(bank))


def test_a_wrong_key_is_an_error_in_bulk_as_well(tmp_path: Path) -> None:
    with AnthropicServer(facts) as server:
        claude = Claude(base_url=server.url + "/nowhere", api_key="k")
        with Memory(MemoryStore(), HashEmbedder(), llm=claude) as memory:
            with pytest.raises(ConfigurationError, match="404"):
                memory.bank("a").retain(talk(2), batch=True)
            assert len(texts(memory.bank("a"))) == 2
    with Memory(MemoryStore(), HashEmbedder()) as memory, pytest.raises(InputError, match="batch"):
        memory.bank("a").retain(talk(1), batch=True)
