"""Chat histories and the memory of chains, for older apps: in place of what LangChain has itself."""

from __future__ import annotations

import asyncio
import logging
import warnings
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolCall, ToolMessage
from langchain_core.prompts import ChatPromptTemplate, MessagesPlaceholder
from langchain_core.runnables.history import RunnableWithMessageHistory

from fourfold import FourfoldError, InputError, Memory
from fourfold.api.memory import SystemClock
from fourfold.testing import HashEmbedder
from fourfold_langchain import FourfoldChatMessageHistory, FourfoldMemory


@pytest.fixture
def clock() -> SystemClock:
    """A clock that runs: the entries of a session are in its order."""
    return SystemClock()


def test_messages_come_back_as_they_were_in_order_and_apart_by_session(memory: Memory) -> None:
    bank = memory.bank("ana")
    call = ToolCall(name="tides", args={"place": "Faro"}, id="1", type="tool_call")
    said = [
        SystemMessage("You are a guide.", id="0"),
        HumanMessage([{"type": "text", "text": "When does the ferry leave?"}], id="1", name="Ana"),
        AIMessage("", tool_calls=[call], id="2", usage_metadata=None),
        ToolMessage("at noon", tool_call_id="1", id="3", artifact={"of": [1]}),
        AIMessage("The ferry leaves at noon.", id="4", response_metadata={"model": "m"}),
    ]
    one, other = FourfoldChatMessageHistory(bank, "one"), FourfoldChatMessageHistory(bank, "other")
    one.add_messages(said[:2])
    other.add_user_message("The mill is closed.")
    one.add_messages(said[2:])
    assert one.messages == said
    assert [m.text for m in other.messages] == ["The mill is closed."]
    assert bank.flush(10)
    assert {u.text for u in bank.units(document="one")} == {
        "When does the ferry leave?",
        "The ferry leaves at noon.",
    }
    other.clear()
    other.clear()
    assert other.messages == []
    assert [unit.text for unit in bank.units(document="other")] == ["The mill is closed."]
    assert one.messages == said
    bank.forget(document="one")
    assert (one.messages, bank.units(document="one")) == ([], [])


def test_a_message_with_an_id_is_there_once_and_one_without_each_time(memory: Memory) -> None:
    history = FourfoldChatMessageHistory(memory.bank("ana"), "s")
    history.add_messages([HumanMessage("The boat is red.", id="1")])
    history.add_messages([HumanMessage("The boat is blue.", id="1")])
    history.add_messages([HumanMessage("Yes."), HumanMessage("Yes.")])
    history.add_messages([])
    assert [m.text for m in history.messages] == ["The boat is blue.", "Yes.", "Yes."]


def test_a_history_outlives_the_process(tmp_path: Path) -> None:
    for text in ("The boat is red.", "The mill is closed."):
        with Memory.open(str(tmp_path / "m"), embedder=HashEmbedder()) as memory:
            FourfoldChatMessageHistory(memory.bank("ana"), "s").add_user_message(text)
    with Memory.open(str(tmp_path / "m"), embedder=HashEmbedder()) as memory:
        history = FourfoldChatMessageHistory(memory.bank("ana"), "s")
        assert [m.text for m in history.messages] == ["The boat is red.", "The mill is closed."]
        assert len(memory.bank("ana").units()) == 2


def test_the_history_serves_runnable_with_message_history(memory: Memory) -> None:
    prompt = ChatPromptTemplate.from_messages([MessagesPlaceholder("history"), ("human", "{input}")])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the chain, not the history, is deprecated
        chain = RunnableWithMessageHistory(
            prompt | FakeListChatModel(responses=["Hello Ana.", "You are Ana."]),
            lambda session_id: FourfoldChatMessageHistory(memory.bank("ana"), session_id),
            input_messages_key="input",
            history_messages_key="history",
        )
    config: Any = {"configurable": {"session_id": "s"}}
    chain.invoke({"input": "I am Ana."}, config)
    asyncio.run(chain.ainvoke({"input": "Who am I?"}, config))
    history = FourfoldChatMessageHistory(memory.bank("ana"), "s").messages
    assert [m.text for m in history] == ["I am Ana.", "Hello Ana.", "Who am I?", "You are Ana."]


def test_a_history_of_no_session_is_refused(memory: Memory) -> None:
    with pytest.raises(InputError, match="session"):
        FourfoldChatMessageHistory(memory.bank("ana"), "")


def test_a_chain_gets_recalled_units_and_the_last_messages(memory: Memory) -> None:
    bank = memory.bank("ana")
    bank.retain("Rita lives in Lisbon.")
    chain_memory = FourfoldMemory(bank=bank, window=2)
    assert chain_memory.memory_variables == ["history"]
    for said, answered in [("The boat is red.", "So it is."), ("The mill is closed.", "For how long?")]:
        chain_memory.save_context({"input": said}, {"output": answered})
    told = chain_memory.load_memory_variables({"input": "Where does Rita live?"})["history"]
    assert "Rita lives in Lisbon." in told
    assert told.endswith("Human: The mill is closed.\nAI: For how long?")
    assert "Human: The boat" not in told
    as_messages = FourfoldMemory(bank=bank, return_messages=True, memory_key="chat", input_key="question")
    found = asyncio.run(as_messages.aload_memory_variables({"question": "Where does Rita live?"}))["chat"]
    assert [m.type for m in found] == ["system", "human", "ai", "human", "ai"]
    as_messages.clear()
    assert FourfoldMemory(bank=bank, window=0).load_memory_variables({"input": "Hello"}) == {"history": ""}
    assert len(bank.units()) == 5


def test_the_memory_replaces_a_conversation_buffer(memory: Memory) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # chains are deprecated
        from langchain_classic.chains import ConversationChain

        model = FakeListChatModel(responses=["Hello Ana.", "You are Ana."])
        chain = ConversationChain(llm=model, memory=FourfoldMemory(bank=memory.bank("ana"), session="s"))
        chain.predict(input="I am Ana.")
        chain.predict(input="Who am I?")
    history = FourfoldChatMessageHistory(memory.bank("ana"), "s").messages
    assert [m.text for m in history] == ["I am Ana.", "Hello Ana.", "Who am I?", "You are Ana."]


def test_a_memory_that_fails_does_not_end_the_turn(memory: Memory, caplog: pytest.LogCaptureFixture) -> None:
    bank = memory.bank("ana")
    memory.close()
    with caplog.at_level(logging.WARNING):
        chain_memory = FourfoldMemory(bank=bank)
        chain_memory.save_context({"input": "The boat is red."}, {"output": "So it is."})
        assert chain_memory.load_memory_variables({"input": "Which colour is it?"}) == {"history": ""}
        assert asyncio.run(chain_memory.aload_memory_variables({"input": "Which?"})) == {"history": ""}
    for done in ("kept", "retained", "read", "recalled"):
        assert f"Nothing was {done} in the bank ana" in caplog.text
    strict = FourfoldMemory(bank=bank, strict=True)
    with pytest.raises(FourfoldError):
        strict.save_context({"input": "The boat is red."}, {"output": "So it is."})
    with pytest.raises(FourfoldError):
        strict.load_memory_variables({"input": "Which colour is it?"})
