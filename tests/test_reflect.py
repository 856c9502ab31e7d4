"""Reflection: without a language model an extract, with one a loop whose every citation is checked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import stamina
from pydantic import BaseModel

from fourfold import (
    Bank,
    ConfigurationError,
    Disposition,
    InputError,
    Memory,
    Message,
    ModelLengthError,
    ModelOutputError,
    ModelRefusedError,
    ModelTimeoutError,
    Network,
    TokenLimitError,
)
from fourfold.language.text import estimate_tokens
from fourfold.models.anthropic import Claude
from fourfold.models.openai import OpenAIChat
from fourfold.ports import PromptMessage
from fourfold.reflect.evidence_window import cited_ids, without_citations
from fourfold.settings import load_settings
from fourfold.testing import (
    AnthropicServer,
    Call,
    CutOff,
    FrozenClock,
    HashEmbedder,
    MemoryStore,
    OpenAIServer,
    Refuse,
    ScriptedModel,
    Status,
    Truncate,
)

MAY = datetime(2026, 5, 20, 19, 10, tzinfo=UTC)
TALK = [
    Message("I moved to Porto last March.", "Mara", at=MAY, id="1"),
    Message("The rent of the workshop in Porto is 640 euros.", "Mara", at=MAY, id="2"),
    Message("I think Porto is too expensive.", "Mara", at=MAY, id="3"),
    Message("Inês repairs violins in the workshop.", "Mara", at=MAY, id="4"),
]
Say = Callable[[Sequence[PromptMessage]], Any]


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    stamina.set_testing(True, attempts=2)
    yield
    stamina.set_testing(False)


@contextmanager
def reflecting(say: Say, **settings: Any) -> Iterator[tuple[Bank, ScriptedModel]]:
    """A bank with `TALK` in it, word for word, whose model answers steps by `say`."""

    def answer(turns: Sequence[PromptMessage], shape: str) -> Any:
        if shape == "Step":
            return say(turns)
        if shape == "WrittenSummary":
            labels = re.findall(r"^\[(\d+)\] ", turns[-1].text, re.MULTILINE)
            return {"sentences": [{"text": f"It is said ({label}).", "facts": [label]} for label in labels]}
        lines = turns[-1].text.split("Messages:\n")[-1].split("\n") if shape == "Extraction" else []
        told = [line.partition(": ")[2] for line in lines]
        return {"statements": [{"text": text, "messages": [i]} for i, text in enumerate(told, 1)]}

    model = ScriptedModel(answer)
    with Memory(MemoryStore(), HashEmbedder(), llm=model, settings=load_settings(**settings)) as memory:
        bank = memory.bank("a", mission="Help Mara with her budget.")
        bank.retain(TALK, document="talk")
        model.asked.clear()
        yield bank, model


def shown(text: str) -> dict[str, str]:
    """What a prompt shows: statement by id."""
    found = re.findall(r"^\[([0-9a-f]{8,})\] \(.*?\) \[.*?\] (?:\w+: )?(.*)$", text, re.MULTILINE)
    return {words: label for label, words in found}


def label_of(turns: Sequence[PromptMessage], words: str) -> str:
    """The id that the statement with these words is shown with."""
    for turn in turns:
        for statement, label in shown(turn.text).items():
            if words in statement:
                return label
    raise AssertionError(f"{words} was not shown")


# without a language model -----------------------------------------------------------------------------------------


def test_without_a_model_the_answer_is_a_cited_extract(minilm_memory: Memory) -> None:
    bank = minilm_memory.bank("a")
    bank.retain(TALK, document="talk")
    answer = bank.reflect("What is the rent of the workshop?")
    assert answer.extract
    assert answer.supported
    assert 0 < answer.strength <= 1
    assert answer.citations[0].unit.source.messages == ("2",)
    assert answer.answer.splitlines()[0] == "An extract from memory, not a composed answer:"
    assert answer.answer.splitlines()[1] == f"[1] {answer.citations[0].quote}"
    assert "640 euros" in answer.citations[0].quote
    when = bank.reflect("When did Mara move to Porto?").citations[0]
    assert when.quote.endswith("(March 2026)")


def test_an_extract_keeps_to_its_budget_and_says_when_it_knows_nothing(minilm_memory: Memory) -> None:
    bank = minilm_memory.bank("a")
    bank.retain(
        [Message(f"The boat number {n} in the harbour is painted red.", "Ana", id=str(n)) for n in range(90)]
    )
    answer = bank.reflect("Which boat is red?", budget=100)
    assert 0 < sum(estimate_tokens(citation.quote) for citation in answer.citations) <= 100
    unknown = bank.reflect("What is the capital of Mongolia?")
    assert (unknown.supported, unknown.strength, unknown.citations) == (False, 0.0, ())
    assert unknown.answer == "The memory holds nothing on this."


def test_without_a_model_there_is_no_object_to_fill_in(memory: Memory) -> None:
    class Rent(BaseModel):
        euros: int

    with pytest.raises(ConfigurationError, match="needs a language model"):
        memory.bank("a").reflect("What is the rent?", response_model=Rent)


def test_a_question_that_cannot_be_asked_is_refused(memory: Memory) -> None:
    bank = memory.bank("a")
    for question, options, said in [
        (" ", {}, "empty"),
        ("Who?", {"budget": 0}, "budget"),
        ("Who?", {"steps": 0}, "steps"),
        ("Who?", {"as_of": datetime(2026, 1, 1)}, "time zone"),
        ("Who?", {"response_model": dict}, "a class of BaseModel"),
    ]:
        with pytest.raises(InputError, match=said):
            bank.reflect(question, **options)  # type: ignore[arg-type]


# with one ---------------------------------------------------------------------------------------------------------


def test_a_model_answers_from_what_it_is_shown_with_checked_citations() -> None:
    def say(turns: Sequence[PromptMessage]) -> Any:
        label = label_of(turns, "rent of the workshop")
        return {"answer": f"640 euros [{label}].", "citations": [label], "supported": True, "strength": 0.9}

    with reflecting(say) as (bank, model):
        answer = bank.reflect("What is the rent?")
        assert re.fullmatch(r"640 euros \[[0-9a-f]{8}\]\.", answer.answer)
        assert [citation.unit.source.messages for citation in answer.citations] == [("2",)]
        assert (answer.supported, answer.strength, answer.extract, answer.dropped) == (True, 0.9, False, ())
        assert len(model.asked) == 1
        assert answer.tokens.calls == 1
        assert bank.usage().calls == 2  # the retain, and this


def test_wrong_citations_go_back_once_and_are_then_dropped_and_reported() -> None:
    def say(turns: Sequence[PromptMessage]) -> Any:
        label = label_of(turns, "rent of the workshop")
        if "not among the evidence" in turns[-1].text:
            return {"answer": f"640 euros [{label}], since May [deadbeef].", "citations": [label, "cafecafe"]}
        return {"answer": "640 euros [deadbeef].", "citations": ["deadbeef"]}

    with reflecting(say) as (bank, model):
        answer = bank.reflect("What is the rent?")
        assert len(model.asked) == 2
        assert "deadbeef" in model.asked[1][-1].text
        assert re.fullmatch(r"640 euros \[[0-9a-f]{8}\], since May\.", answer.answer)
        assert set(answer.dropped) == {"deadbeef", "cafecafe"}
        assert len(answer.citations) == 1


def test_a_citation_mended_at_the_second_try_is_not_reported() -> None:
    def say(turns: Sequence[PromptMessage]) -> Any:
        right = label_of(turns, "rent of the workshop")
        label = right if len(turns) > 3 else "deadbeef"
        return {"answer": f"640 euros [{label}].", "citations": [label]}

    with reflecting(say) as (bank, _):
        answer = bank.reflect("What is the rent?")
        assert (answer.dropped, len(answer.citations)) == ((), 1)


def test_an_answer_without_evidence_is_not_supported_whatever_the_model_says() -> None:
    with reflecting(lambda turns: {"answer": "Surely.", "supported": True, "strength": 1}) as (bank, _):
        answer = bank.reflect("Is Mara rich?")
        assert (answer.supported, answer.strength, answer.citations) == (False, 0.0, ())


def test_i_do_not_know_is_an_answer() -> None:
    def say(turns: Sequence[PromptMessage]) -> Any:
        label = label_of(turns, "rent of the workshop")
        said = f"The memory does not tell what Mara earns; the rent is known [{label}]."
        return {"answer": said, "citations": [label], "supported": False, "strength": 0.1}

    with reflecting(say) as (bank, _):
        answer = bank.reflect("What does Mara earn in the workshop?")
        assert not answer.supported
        assert answer.strength == pytest.approx(0.1)


def test_the_model_may_look_up_more_until_its_steps_are_used_up() -> None:
    asked: list[str] = []

    def say(turns: Sequence[PromptMessage]) -> Any:
        asked.append(turns[-1].text)
        match len(asked):
            case 1:
                return {
                    "look_up": [{"what": "recall", "query": "violins"}, {"what": "entity", "query": "Porto"}]
                }
            case 2:
                label = label_of(turns, "moved to Porto")
                return {"look_up": [{"what": "source", "query": label}, {"what": "belief", "query": label}]}
            case _:
                return {"answer": f"She did [{label_of(turns, 'violins')}].", "citations": []}

    with reflecting(say) as (bank, _):
        bank.consolidate()
        answer = bank.reflect("Who moved?", steps=3)
        assert len(asked) == 3
        assert 'recall "violins":' in asked[1]
        assert 'entity "Porto":' in asked[1]
        assert "Said on 20 May 2026:\nMara: I moved to Porto last March." in asked[2]
        assert "(this is no belief that was shown)" in asked[2]
        assert asked[2].endswith("There is no more to look up. Answer now, with `look_up` empty.")
        assert answer.trace.looked_up[:2] == ("Who moved?", 'recall "violins"')
        assert [citation.unit.source.messages for citation in answer.citations] == [("4",)]


def test_the_model_may_look_into_a_belief_and_a_summary() -> None:
    told: list[str] = []

    def say(turns: Sequence[PromptMessage]) -> Any:
        told.append(turns[-1].text)
        if len(told) == 1:
            label = label_of(turns, "Porto suits Mara")
            return {"look_up": [{"what": "belief", "query": label}, {"what": "entity", "query": "Mara"}]}
        return {"answer": "So.", "citations": re.findall(r"It is said .*\[([0-9a-f]{8})\]", told[-1])}

    with reflecting(say) as (bank, _):
        units = bank.units()
        bank.believe("Porto suits Mara.", confidence=0.6, evidence=units[:1], reason="she stayed")
        bank.consolidate()
        answer = bank.reflect("Does Porto suit Mara?")
        history, summary = told[1].split('entity "Mara":')
        assert "formed, 0.60 (she stayed)" in history
        assert "I moved to Porto last March." in told[0] + history
        assert "It is said" in summary
        assert {citation.unit.id for citation in answer.citations} <= {unit.id for unit in units}
        assert answer.citations


def test_a_model_that_has_one_step_is_told_to_answer_at_once() -> None:
    with reflecting(lambda turns: {"answer": "So."}) as (bank, model):
        bank.reflect("Who moved?", steps=1)
        assert "Answer now" in model.asked[0][-1].text
        bank.reflect("Who moved?", steps=2)
        assert "Answer now" not in model.asked[1][-1].text


def test_a_model_that_never_answers_is_an_error_and_its_tokens_are_booked() -> None:
    with reflecting(lambda turns: {"look_up": [{"query": "more"}]}) as (bank, model):
        before = bank.usage().calls
        with pytest.raises(ModelOutputError, match="no answer in 3 steps"):
            bank.reflect("Who moved?", steps=3)
        assert len(model.asked) == 3
        assert bank.usage().calls == before + 3


def test_evidence_shown_stays_within_the_budget() -> None:
    sizes: list[int] = []

    def say(turns: Sequence[PromptMessage]) -> Any:
        shown_here = [
            line
            for turn in turns[2:]
            for line in turn.text.splitlines()
            if re.match(r"\[[0-9a-f]{8}\] \((?!shown above)", line)
        ]
        sizes.append(sum(estimate_tokens(line) for line in shown_here))
        return {"look_up": [{"query": "Who repairs violins?"}], "answer": "So."}

    with reflecting(say) as (bank, _):
        bank.reflect("What about the workshop in Porto?", budget=50, steps=3)
        assert 0 < sizes[0] <= 25
        assert sizes[0] < max(sizes) <= 50


def test_a_bank_keeps_its_mission_and_disposition() -> None:
    model = ScriptedModel(lambda turns, shape: {"answer": "Yes."} if shape == "Step" else {"statements": []})
    with Memory(MemoryStore(), HashEmbedder(), llm=model) as memory:
        memory.bank("a", mission="Guard the keys.", disposition=Disposition(skepticism=5)).retain(
            "The key is red."
        )
        memory.bank("a").reflect("Which key?")
        frame = model.asked[-1][1].text
        assert "Guard the keys." in frame
        assert "Skepticism 5 of 5" in frame
        memory.bank("a", disposition=Disposition(skepticism=1)).reflect("Which key?")
        assert "Skepticism 1 of 5" in model.asked[-1][1].text
        with pytest.raises(InputError, match="from 1 to 5"):
            Disposition(empathy=6)
        with pytest.raises(InputError, match="from 0 to 1"):
            Disposition(bias=2)
        with pytest.raises(InputError, match="mission"):
            memory.bank("a", mission="x" * 3000)


def test_a_models_conclusion_becomes_a_belief_with_its_evidence() -> None:
    def say(turns: Sequence[PromptMessage]) -> Any:
        label = label_of(turns, "rent of the workshop")
        beliefs = [
            {"statement": "Mara can afford Porto.", "confidence": 0.6, "citations": [label]},
            {"statement": "Mara is rich.", "confidence": 0.9, "citations": []},
        ]
        return {"answer": f"Yes [{label}].", "citations": [label], "beliefs": beliefs}

    with reflecting(say) as (bank, _):
        (belief,) = bank.reflect("Can Mara afford Porto?").beliefs
        assert (belief.statement, belief.confidence) == ("Mara can afford Porto.", 0.6)
        assert [bank.unit(one).source.messages for one in belief.evidence] == [("2",)]
        assert belief.unit.network is Network.BELIEF
        assert set(belief.unit.entities) == {"Mara", "Porto"}
        assert bank.reflect("Can Mara afford Porto?").beliefs[0].history == belief.history
        assert len(bank.beliefs()) == 1
        bank.forget(document="talk")
        assert bank.beliefs() == []


@pytest.mark.parametrize("statement", ["\x07", "Mara can afford Porto. " * 100])
def test_an_answer_stays_when_a_conclusion_can_be_no_belief(statement: str) -> None:
    def say(turns: Sequence[PromptMessage]) -> Any:
        label = label_of(turns, "rent of the workshop")
        beliefs = [
            {"statement": statement, "citations": [label]},
            {"statement": "Mara can afford Porto.", "citations": [label]},
        ]
        return {"answer": f"Yes [{label}].", "beliefs": beliefs}

    with reflecting(say) as (bank, _):
        reflection = bank.reflect("Can Mara afford Porto?")
        assert reflection.answer.startswith("Yes")
        assert reflection.dropped == (statement,)
        assert [belief.statement for belief in reflection.beliefs] == ["Mara can afford Porto."]


def test_a_conclusion_may_be_left_unkept() -> None:
    def say(turns: Sequence[PromptMessage]) -> Any:
        label = label_of(turns, "rent of the workshop")
        belief = {"statement": "Mara can afford Porto.", "confidence": 0.6, "citations": [label]}
        return {"answer": f"Yes [{label}].", "beliefs": [belief]}

    with reflecting(say) as (bank, _):
        assert bank.reflect("Can Mara afford Porto?", believe=False).beliefs == ()
        later = datetime.now(UTC) + timedelta(days=1)
        assert bank.reflect("Can Mara afford Porto?", as_of=later).beliefs == ()
        assert bank.beliefs() == []


def test_an_object_can_be_asked_for() -> None:
    class Rent(BaseModel):
        euros: int
        city: str

    def say(turns: Sequence[PromptMessage]) -> Any:
        label = label_of(turns, "rent of the workshop")
        return {"answer": {"euros": 640, "city": "Porto"}, "citations": [label]}

    with reflecting(say) as (bank, _):
        answer = bank.reflect("What is the rent?", response_model=Rent)
        assert answer.value == Rent(euros=640, city="Porto")
        assert json.loads(answer.answer) == {"euros": 640, "city": "Porto"}
        assert answer.supported


def test_the_token_limit_of_a_bank_holds_for_reflection() -> None:
    with reflecting(lambda turns: {"answer": "So."}, llm_tokens=1200) as (bank, _):
        bank.reflect("What is the rent?")
        with pytest.raises(TokenLimitError):
            bank.reflect("What is the rent?")


def test_reflection_as_of_a_moment_sees_the_bank_of_then() -> None:
    clock = FrozenClock(MAY)
    model = ScriptedModel(lambda turns, shape: {"answer": "So."} if shape == "Step" else {"statements": [
        {"text": turns[-1].text.rpartition(": ")[2], "messages": [1]}]})  # fmt: skip
    with Memory(MemoryStore(), HashEmbedder(), llm=model, clock=clock) as memory:
        bank = memory.bank("a")
        bank.retain([Message("The rent of the workshop is 640 euros.", "Mara")])
        clock.advance(timedelta(days=1))
        bank.retain([Message("The workshop has a red door.", "Mara")])
        bank.reflect("What about the workshop?", as_of=MAY + timedelta(hours=1))
        assert "640 euros" in model.asked[-1][-1].text
        assert "red door" not in model.asked[-1][-1].text
        assert "Today is Wednesday, 2026-05-20" in model.asked[-1][-1].text


BOTH = pytest.mark.parametrize("provider", ["anthropic", "openai"])


@contextmanager
def over_the_wire(
    provider: str, script: Callable[[Call], Any], ways: tuple[str, ...] = ("schema",)
) -> Iterator[tuple[Memory, list[Call]]]:
    """A memory whose bank "a" knows the rent, and whose model is a server that reflects by `script`."""

    def answer(call: Call) -> Any:
        if "You answer questions" in call.system:
            return script(call)
        return {"statements": [{"text": "Mara pays 640 euros for the workshop.", "messages": [1]}]}

    with AnthropicServer(answer) as claude, OpenAIServer(answer, ways) as openai:
        server = claude if provider == "anthropic" else openai
        model = (
            Claude(base_url=claude.url, api_key="k", timeout=5)
            if provider == "anthropic"
            else OpenAIChat("m", base_url=openai.url, timeout=5)
        )
        with Memory(MemoryStore(), HashEmbedder(), llm=model) as memory:
            memory.bank("a").retain(TALK[1:2])
            yield memory, server.calls


@BOTH
def test_reflection_works_over_the_wire(provider: str) -> None:
    def script(call: Call) -> Any:
        label = next(iter(shown(call.user).values()))
        if 'recall "workshop":' not in call.user:
            return {"look_up": [{"what": "recall", "query": "workshop"}]}
        return {"answer": f"640 euros [{label}].", "citations": [label]}

    with over_the_wire(provider, script) as (memory, _):
        answer = memory.bank("a").reflect("What is the rent of the workshop?")
        assert answer.answer.startswith("640 euros [")
        assert len(answer.trace.looked_up) == 2


@BOTH
def test_the_disposition_and_the_mission_frame_the_prompt(provider: str) -> None:
    prompts = []
    with over_the_wire(provider, lambda call: {"answer": "Perhaps.", "supported": False}) as (memory, calls):
        for disposition in (Disposition(5, 1, 1, 0.9), Disposition(1, 5, 5, 0.9), Disposition(bias=0)):
            bank = memory.bank("a", mission="Help Mara with her budget.", disposition=disposition)
            bank.reflect("Is the workshop expensive?")
            prompts.append(calls[-1].system)
    doubting, trusting, blank = prompts
    assert "Doubt what rests on one source" in doubting
    assert "Take what people say as it was said." in trusting
    assert "weigh the evidence alone" in blank
    assert all("Help Mara with her budget." in prompt for prompt in prompts)
    assert len({prompt.partition("Your mission")[0] for prompt in prompts}) == 1


def test_citations_are_read_out_of_an_answer_and_taken_out_of_it() -> None:
    said = "A [0a1b2c3d, deadbeef]. B [deadbeef]; C [see 3], D [0A1B2C3D4E]."
    assert cited_ids(said) == ["0a1b2c3d", "deadbeef", "0A1B2C3D4E"]
    assert without_citations(said, ["deadbeef"]) == "A [0a1b2c3d]. B; C [see 3], D [0A1B2C3D4E]."


# heard while it is written ----------------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("way", ["schema", "tool"])
def test_an_answer_is_streamed_while_it_is_written(provider: str, way: str) -> None:
    def script(call: Call) -> Any:
        label = next(iter(shown(call.user).values()))
        if 'recall "workshop":' not in call.user:
            return {"look_up": [{"what": "recall", "query": "workshop"}], "answer": "Let me see."}
        return {"answer": f"It is 640 euros a month [{label}], and no more [deadbeef].", "citations": [label]}

    heard: list[str] = []
    with over_the_wire(provider, script, (way,)) as (memory, calls):
        bank = memory.bank("a")
        answer = bank.reflect("What is the rent of the workshop?", on_text=heard.append)
        spent = bank.usage()
    assert "".join(heard) == answer.answer
    assert len(heard) > 3
    assert "deadbeef" not in answer.answer
    assert "Let me see" not in answer.answer
    assert answer.dropped == ("deadbeef",)
    assert spent.calls == len(calls) == 4
    assert spent.input > spent.output > 0
    assert all(call.body.get("stream") for call in calls[1:])


def test_an_answer_mended_into_other_words_follows_as_a_whole() -> None:
    def say(turns: Sequence[PromptMessage]) -> Any:
        label = label_of(turns, "rent of the workshop")
        if len(turns) > 3:
            return {"answer": f"The rent is 640 euros [{label}].", "citations": [label]}
        return {"answer": "640 euros [deadbeef].", "citations": []}

    with reflecting(say) as (bank, _):
        heard: list[str] = []
        answer = bank.reflect("What is the rent?", on_text=heard.append)
        assert heard == ["640 euros.", f"\n\n{answer.answer}"]


def test_an_extract_is_heard_at_once(memory: Memory) -> None:
    heard: list[str] = []
    answer = memory.bank("a").reflect("Who?", on_text=heard.append)
    assert heard == [answer.answer]


@BOTH
def test_a_stream_that_breaks_is_begun_again_unless_something_was_heard(provider: str) -> None:
    fate: list[Any] = []

    def script(call: Call) -> Any:
        label = next(iter(shown(call.user).values()))
        return fate.pop() if fate else {"answer": f"640 euros [{label}].", "citations": [label]}

    with over_the_wire(provider, script) as (memory, _):
        heard: list[str] = []
        ask = partial(memory.bank("a").reflect, "What is the rent of the workshop?", on_text=heard.append)
        fate.append(Status(529))
        assert ask().answer == "".join(heard)
        fate += [CutOff(), CutOff()]
        with pytest.raises(ModelTimeoutError):
            ask()
        fate.clear()
        fate.append(Truncate({"answer": "640 euros and so on and on"}))
        with pytest.raises(ModelLengthError):
            ask()
        fate.append(Refuse("not that"))
        with pytest.raises(ModelRefusedError, match="not that"):
            ask()
