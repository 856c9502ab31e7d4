"""Fourfold in LlamaIndex: its query engine, chat engines and agents with scripted models."""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from llama_index.core.agent.workflow import AgentWorkflow, FunctionAgent
from llama_index.core.base.llms.types import ChatMessage, MessageRole, ToolCallBlock
from llama_index.core.chat_engine import CondensePlusContextChatEngine, ContextChatEngine, SimpleChatEngine
from llama_index.core.instrumentation import get_dispatcher  # type: ignore[attr-defined]
from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from llama_index.core.instrumentation.events.retrieval import RetrievalEndEvent
from llama_index.core.llms.mock import MockFunctionCallingLLM
from llama_index.core.memory import Memory as IndexMemory
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import get_response_synthesizer
from llama_index.core.schema import MetadataMode, NodeRelationship, TextNode
from llama_index.core.workflow import Context, JsonSerializer

import fourfold_llamaindex
from fourfold import Bank, FourfoldError, InputError, Memory, Message, StoreError
from fourfold.api.memory import SystemClock
from fourfold.testing import HashEmbedder, MemoryStore
from fourfold_llamaindex import (
    FourfoldMemory,
    FourfoldMemoryBlock,
    FourfoldRetriever,
    MemoryRecallEvent,
    MemoryRetainEvent,
    memory_tools,
)

pytestmark = pytest.mark.filterwarnings(  # LlamaIndex looks at every attribute of its agents
    "ignore::pydantic.warnings.PydanticDeprecatedSince20",
    "ignore::pydantic.warnings.PydanticDeprecatedSince211",
)


class Scripted:
    """A model that says what it is given, then "Fine."; `heard` is what it was asked."""

    def __init__(self, *script: ChatMessage) -> None:
        self.script, self.heard = list(script), list[list[ChatMessage]]()
        self.llm = MockFunctionCallingLLM(response_generator=self._answer, is_chat_model=True)

    def _answer(self, messages: list[ChatMessage], **kwargs: Any) -> ChatMessage:
        self.heard.append(messages)
        return self.script.pop(0) if self.script else ChatMessage("Fine.", role="assistant")

    def told(self, call: int = -1) -> str:
        """The system messages of a call."""
        return "\n".join(m.content or "" for m in self.heard[call] if m.role == MessageRole.SYSTEM)


@pytest.fixture
def clock() -> SystemClock:
    """A clock that runs: the entries of a session are in its order."""
    return SystemClock()


def texts(bank: Bank, document: str | None = None) -> list[str]:
    assert bank.flush(10)
    return [unit.text for unit in bank.units(document=document)]


def user(text: str) -> ChatMessage:
    return ChatMessage(text, role="user")


# the retriever ----------------------------------------------------------------------------------------------


def test_a_node_has_its_source_and_is_read_as_one_line(bank: Bank) -> None:
    bank.retain([Message("Rita moved to Lisbon.", "Ana", id="m1")], document="chat")
    bank.retain("The rent in Lisbon is 640 euros.")
    found = FourfoldRetriever(bank, k=1).retrieve("Where did Rita move?")
    (hit,) = found
    node = hit.node
    assert isinstance(node, TextNode)
    assert node.id_ == bank.units(document="chat")[0].id
    assert node.text.endswith("Ana: Rita moved to Lisbon.")
    assert node.get_content(MetadataMode.LLM) == node.text
    assert (node.metadata["speaker"], node.metadata["messages"]) == ("Ana", ["m1"])
    assert node.relationships[NodeRelationship.SOURCE].node_id == "chat"  # type: ignore[union-attr]
    assert isinstance(hit.score, float)
    awaited = asyncio.run(
        FourfoldRetriever(bank).aretrieve("Where did Rita move, and what is the rent in Lisbon?")
    )
    assert awaited[0].node.id_ == node.id_
    assert any(not each.node.relationships for each in awaited)


def test_the_retriever_serves_a_query_engine_with_events(bank: Bank) -> None:
    class Events(BaseEventHandler):
        seen: list[Any] = []  # noqa: RUF012

        def handle(self, event: Any, **kwargs: Any) -> None:
            self.seen.append(event)

    bank.retain("Rita moved to Lisbon.")
    model, events, root = Scripted(), Events(seen=[]), get_dispatcher()
    root.add_event_handler(events)
    try:
        synthesizer = get_response_synthesizer(llm=model.llm)
        engine = RetrieverQueryEngine(FourfoldRetriever(bank), response_synthesizer=synthesizer)
        answer = engine.query("Where did Rita move?")
        asyncio.run(engine.aquery("Where did Rita move?"))
    finally:
        root.event_handlers.remove(events)
    assert answer.source_nodes[0].text.endswith("Rita moved to Lisbon.")
    ended = [event for event in events.seen if isinstance(event, RetrievalEndEvent)]
    assert [len(event.nodes) for event in ended] == [1, 1]


def test_the_retriever_is_bounded_and_wrong_bounds_are_refused(bank: Bank) -> None:
    bank.retain([Message(f"Rita has boat number {n}.", id=str(n)) for n in range(9)], tags=["boats"])
    bank.retain("Rita has a cat.")
    ask = "Which boat has Rita?"
    assert len(FourfoldRetriever(bank).retrieve(ask)) == 8
    assert len(FourfoldRetriever(bank, k=None, bank_tags=["boats"]).retrieve(ask)) == 9
    assert FourfoldRetriever(bank, networks=["belief"]).retrieve(ask) == []
    assert FourfoldRetriever(bank, budget=1).retrieve(ask) == []
    with pytest.raises(InputError, match="k is 0"):
        FourfoldRetriever(bank, k=0)
    with pytest.raises(InputError):
        FourfoldRetriever(bank, networks=["dreams"], strict=True).retrieve(ask)


# the memory in chat engines -----------------------------------------------------------------------------------


def test_one_sessions_messages_are_recalled_in_the_next(bank: Bank) -> None:
    model = Scripted()
    for session, text in [("one", "My sister Rita lives in Lisbon."), ("two", "Where does Rita live?")]:
        engine = SimpleChatEngine.from_defaults(
            llm=model.llm,
            memory=FourfoldMemory.from_defaults(bank=bank, session=session),
            system_prompt="You are a guide.",
        )
        engine.chat(text)
        texts(bank)
    assert model.told(0) == "You are a guide."
    assert model.told().startswith("You are a guide.\n<memory-recalled>")
    assert "My sister Rita lives in Lisbon." in model.told()
    assert [m.content for m in model.heard[-1] if m.role != MessageRole.SYSTEM] == ["Where does Rita live?"]
    assert [m.content for m in engine.chat_history] == ["Where does Rita live?", "Fine."]
    assert set(texts(bank, "two")) == {"Where does Rita live?", "Fine."}


@pytest.mark.parametrize("kind", [SimpleChatEngine, ContextChatEngine, CondensePlusContextChatEngine])
def test_chat_engines_use_the_memory_streaming_and_awaited(bank: Bank, kind: Any) -> None:
    bank.retain("Rita has a boat.")
    model, memory = Scripted(), FourfoldMemory.from_defaults(bank=bank)
    options: dict[str, Any] = {"llm": model.llm, "memory": memory}
    if kind is not SimpleChatEngine:
        options["retriever"] = FourfoldRetriever(bank)
    engine = kind.from_defaults(**options)
    engine.chat("Rita has a boat and it is red.")
    assert "".join(engine.stream_chat("Rita has a boat and it is old.").response_gen) == "Fine."

    async def awaited() -> None:
        await engine.achat("Rita has a boat and it is slow.")
        stream = await engine.astream_chat("Rita has a boat and it leaks.")
        assert [part async for part in stream.async_response_gen()] == ["Fine."]

    asyncio.run(awaited())
    said = [f"Rita has a boat and it {is_so}." for is_so in ("is red", "is old", "is slow", "leaks")]
    assert [m.content for m in memory.get_all() if m.role == MessageRole.USER] == said
    assert set(said) <= set(texts(bank))
    engine.reset()
    assert memory.get_all() == []
    assert set(said) <= set(texts(bank))


def test_a_history_that_is_passed_each_time_is_retained_once(bank: Bank) -> None:
    model, memory = Scripted(), FourfoldMemory.from_defaults(bank=bank)
    engine = SimpleChatEngine.from_defaults(llm=model.llm, memory=memory)
    history: list[ChatMessage] = []
    for text in ("The boat is red.", "The mill is closed.", "Which boat is red?"):
        engine.chat(text, chat_history=history)
        history = memory.get()  # with what memory put in
        texts(bank)
    assert [m.content for m in memory.get_all()] == [
        *("The boat is red.", "Fine.", "The mill is closed.", "Fine.", "Which boat is red?", "Fine.")
    ]
    units = [unit for unit in bank.units() if unit.text == "The boat is red."]
    assert [len(unit.source.messages) for unit in units] == [1]
    memory.set([user("The mill is closed."), user("The cat is ill.")])
    assert [m.content for m in memory.get_all()] == ["The mill is closed.", "The cat is ill."]
    kept = texts(bank)
    assert sum("mill" in text for text in kept) == 1
    assert {"The boat is red.", "The cat is ill."} <= set(kept)
    assert not any("memory-recalled" in text for text in kept)


def test_a_window_never_begins_with_the_result_of_a_tool(bank: Bank) -> None:
    memory = FourfoldMemory.from_defaults(bank=bank, window=3)
    call = ToolCallBlock(tool_call_id="1", tool_name="tides", tool_kwargs={"place": "Faro"})
    said = [
        user("When is the tide?"),
        ChatMessage(role="assistant", blocks=[call]),
        ChatMessage("at noon", role="tool", additional_kwargs={"tool_call_id": "1"}),
        ChatMessage("It is at noon.", role="assistant"),
        user("Thanks!"),
    ]
    memory.put_messages(said)
    assert memory.get_all() == said
    assert [m.content for m in memory.get()] == ["Thanks!"]
    assert set(texts(bank)) == {"When is the tide?", "It is at noon.", "Thanks!"}
    memory.put_messages(said[1:3] * 3)
    assert [m.role.value for m in memory.get()][:2] == ["user", "assistant"]


def test_a_chat_history_is_taken_over(bank: Bank) -> None:
    memory = FourfoldMemory.from_defaults([user("The boat is red.")], bank=bank, llm=Scripted().llm)
    assert [m.content for m in memory.get_all()] == ["The boat is red."]
    assert texts(bank) == ["The boat is red."]
    with pytest.raises(InputError, match="no sesion, token_limit"):
        FourfoldMemory.from_defaults(bank=bank, sesion="one", token_limit=99)


def test_a_history_that_cannot_be_replaced_stays(
    bank: Bank, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = FourfoldMemory.from_defaults([user("The boat is red.")], bank=bank)

    async def fails(*args: Any, **kwargs: Any) -> None:
        raise StoreError("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(type(bank.as_async.entries), "put", fails)
        kept.set([user("The mill is closed.")])
    assert [m.content for m in kept.get_all()] == ["The boat is red."]
    kept.set([])
    assert kept.get_all() == []


# agents -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["agent", "workflow"])
def test_agents_remember_across_sessions(bank: Bank, kind: str) -> None:
    def tides(place: str) -> str:
        """The tides."""
        return f"The tide in {place} turns at noon."

    call = ToolCallBlock(tool_call_id="1", tool_name="tides", tool_kwargs={"place": "Faro"})
    model = Scripted(
        ChatMessage(role="assistant", blocks=[call]),
        ChatMessage("You can row out at noon.", role="assistant"),
    )
    agent = FunctionAgent(name="guide", description="Guides.", llm=model.llm, tools=[tides], streaming=False)
    app: Any = agent if kind == "agent" else AgentWorkflow(agents=[agent], root_agent="guide")

    async def talk() -> None:
        first = FourfoldMemory.from_defaults(bank=bank, session="one")
        answer = await app.run("When can I row out in Faro?", memory=first)
        assert str(answer) == "You can row out at noon."
        await bank.as_async.flush(10)
        second = FourfoldMemory.from_defaults(bank=bank, session="two")
        await app.run("When can I row out in Faro?", memory=second)

    asyncio.run(talk())
    assert "You can row out at noon." in model.told()
    assert model.told(0) == model.told(1)  # what is known stays the same within a turn
    assert not any("tide" in text for text in texts(bank))
    kept = FourfoldMemory.from_defaults(bank=bank, session="one").get_all()
    assert [m.role.value for m in kept] == ["user", "assistant", "tool", "assistant"]


def test_an_agent_uses_the_tools_and_is_told_what_goes_wrong(bank: Bank, memory: Memory) -> None:
    def calls(name: str, **arguments: str) -> ChatMessage:
        block = ToolCallBlock(tool_call_id=name, tool_name=name, tool_kwargs=arguments)
        return ChatMessage(role="assistant", blocks=[block])

    recall, retain, reflect = memory_tools(bank)
    assert [tool.metadata.name for tool in (recall, retain, reflect)] == ["recall", "retain", "reflect"]
    assert "question" in json.loads(recall.metadata.fn_schema_str)["properties"]
    assert "Rita lives in Lisbon." in str(retain(text="Rita lives in Lisbon."))
    assert "Rita lives in Lisbon." in str(recall("Where does Rita live?"))
    assert "Rita lives in Lisbon." in str(asyncio.run(reflect.acall(question="Where does Rita live?")))
    model = Scripted(calls("retain", text="  "), calls("recall", question="Where does Rita live?"))
    agent = FunctionAgent(llm=model.llm, tools=[recall, retain, reflect], streaming=False)

    async def talk() -> None:
        await agent.run("Remember that.")

    asyncio.run(talk())
    heard = "\n".join(m.content or "" for m in model.heard[-1])
    assert "the text is empty" in heard
    assert "Rita lives in Lisbon." in heard


def test_a_saved_context_comes_back_without_its_bank(bank: Bank) -> None:
    model = Scripted()
    agent = FunctionAgent(llm=model.llm, tools=[], streaming=False)

    async def talk() -> None:
        context = Context(agent)
        memory = FourfoldMemory.from_defaults(bank=bank, session="one", window=7)
        await agent.run("The boat is red.", ctx=context, memory=memory)
        saved = json.loads(json.dumps(context.to_dict(serializer=JsonSerializer())))
        restored = Context.from_dict(agent, saved, serializer=JsonSerializer())
        found: Any = await restored.store.get("memory")
        assert (found.session, found.window) == ("one", 7)
        with pytest.raises(InputError, match="bank"):
            await found.aget()
        memory = FourfoldMemory.from_defaults(bank=bank, session=found.session)
        await agent.run("What is red?", ctx=restored, memory=memory)

    asyncio.run(talk())
    assert [m.content for m in model.heard[-1]][-3:] == ["The boat is red.", "Fine.", "What is red?"]


def test_a_bank_is_shared_by_copies_and_cannot_be_pickled(bank: Bank, memory: Memory) -> None:
    assert copy.deepcopy({"bank": bank})["bank"] is bank
    assert copy.copy(memory) is memory
    with pytest.raises(TypeError, match="open it there"):
        pickle.dumps(bank)


# the block ----------------------------------------------------------------------------------------------------


def test_a_block_is_fed_when_messages_leave_the_queue_and_not_before(bank: Bank) -> None:
    bank.retain("Rita lives in Lisbon.")

    async def told(session: str, token_limit: int) -> list[ChatMessage]:
        memory = IndexMemory.from_defaults(
            session_id=session,
            token_limit=token_limit,
            token_flush_size=20,
            memory_blocks=[FourfoldMemoryBlock(bank=bank)],
        )
        for n in range(20):
            await memory.aput(user(f"Boat number {n} in Lisbon is painted red and has two oars."))
        await memory.aput(user("Where does Rita live?"))
        try:
            return await memory.aget()
        finally:
            await memory.sql_store._async_engine.dispose()  # type: ignore[attr-defined]

    by_default = asyncio.run(told("wide", 30_000))
    assert "Rita lives in Lisbon." in (by_default[0].content or "")
    assert texts(bank, "wide") == []
    asyncio.run(told("narrow", 200))
    assert "Boat number 0 in Lisbon is painted red and has two oars." in texts(bank, "narrow")


# failures, users, imports -------------------------------------------------------------------------------------


def test_a_memory_that_fails_does_not_end_the_turn(memory: Memory, caplog: pytest.LogCaptureFixture) -> None:
    bank, model = memory.bank("ana"), Scripted()
    memory.close()
    with caplog.at_level(logging.WARNING):
        kept = FourfoldMemory.from_defaults(bank=bank)
        engine = SimpleChatEngine.from_defaults(llm=model.llm, memory=kept)
        assert str(engine.chat("Where does Rita live?")) == "Fine."
        assert FourfoldRetriever(bank).retrieve("Where does Rita live?") == []
        assert asyncio.run(FourfoldRetriever(bank).aretrieve("Where does Rita live?")) == []
    assert "Nothing was kept in the bank ana: The memory is closed" in caplog.text
    with pytest.raises(FourfoldError):
        FourfoldMemory.from_defaults(bank=bank, strict=True).put(user("Where does Rita live?"))
    with pytest.raises(FourfoldError):
        FourfoldRetriever(bank, strict=True).retrieve("Where does Rita live?")


def test_recalls_and_retains_are_instrumented(bank: Bank) -> None:
    class Events(BaseEventHandler):
        seen: list[Any] = []  # noqa: RUF012

        def handle(self, event: Any, **kwargs: Any) -> None:
            self.seen.append(event)

    bank.retain("Rita lives in Lisbon.")
    events, root = Events(seen=[]), get_dispatcher()
    root.add_event_handler(events)
    try:
        kept = FourfoldMemory.from_defaults(bank=bank, session="s")
        kept.put_messages([user("Where does Rita live?"), ChatMessage("One moment.", role="system")])
        kept.get()
        kept.get()
    finally:
        root.event_handlers.remove(events)
    ours: list[Any] = [e for e in events.seen if isinstance(e, MemoryRecallEvent | MemoryRetainEvent)]
    assert [type(event) for event in ours] == [MemoryRetainEvent, MemoryRecallEvent]
    assert (ours[0].bank, ours[0].session, ours[0].messages) == ("ana", "s", 1)
    assert "Rita lives in Lisbon." in ours[1].text
    assert {event.class_name() for event in ours} == {
        "FourfoldMemoryRecallEvent",
        "FourfoldMemoryRetainEvent",
    }


USERS = st.lists(st.text(min_size=1, max_size=12).filter(str.strip), min_size=2, max_size=3, unique=True)


@given(USERS)
def test_no_users_messages_are_recalled_for_another(users: list[str]) -> None:
    from fourfold import bank_name

    with Memory(MemoryStore(), HashEmbedder()) as memory:
        memories = [
            FourfoldMemory.from_defaults(bank=memory.bank(bank_name(name)), session="same") for name in users
        ]
        for number, kept in enumerate(memories):
            kept.put(user(f"My boat has number {number}."))
        for number, name in enumerate(users):
            bank = memory.bank(bank_name(name))
            assert texts(bank) == [f"My boat has number {number}."]
            assert [m.content for m in memories[number].get_all()] == [f"My boat has number {number}."]
            other = FourfoldMemory.from_defaults(bank=bank, session="other").get("Which number has my boat?")
            assert [m.content.count("My boat has") for m in other if m.content] == [1]
            assert f"number {number}." in (other[0].content or "")


def test_messages_outlive_the_process(tmp_path: Path) -> None:
    for text in ("The boat is red.", "The mill is closed."):
        with Memory.open(str(tmp_path / "m"), embedder=HashEmbedder()) as memory:
            FourfoldMemory.from_defaults(bank=memory.bank("ana")).put(user(text))
    with Memory.open(str(tmp_path / "m"), embedder=HashEmbedder()) as memory:
        kept = FourfoldMemory.from_defaults(bank=memory.bank("ana"))
        assert [m.content for m in kept.get_all()] == ["The boat is red.", "The mill is closed."]
        assert len(memory.bank("ana").units()) == 2


def test_missing_llamaindex_is_named_with_the_command_to_install() -> None:
    code = "import sys; sys.modules['llama_index'] = None; import fourfold_llamaindex"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "fourfold[llamaindex]" in done.stderr


@pytest.mark.slow
def test_importing_the_plugin_imports_no_other_framework() -> None:
    code = (
        "import sys, fourfold_llamaindex as f; assert 'llama_index.core' not in sys.modules; "
        "f.FourfoldMemory, f.FourfoldRetriever, f.memory_tools, f.ChatModel, f.MemoryRecallEvent; "
        "print([n for n in ('langgraph', 'langchain_core', 'mcp', 'anthropic', 'onnxruntime') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    with pytest.raises(AttributeError):
        _ = fourfold_llamaindex.nothing_of_that_name
