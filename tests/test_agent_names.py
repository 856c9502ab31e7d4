"""What an agent says of itself is no fact of its user's, whichever way it came into the bank: "My name is Claude."
beside "My name is Pat.", without a name of who speaks."""

from __future__ import annotations

import json
from pathlib import Path

from langchain_core.messages import AIMessage, HumanMessage
from llama_index.core.base.llms.types import ChatMessage

import fourfold_langchain
import fourfold_llamaindex
from fourfold import Bank, Memory

USERS, AGENTS = "My name is Pat.", "My name is Claude."


def check_the_users_name_holds(bank: Bank) -> None:
    assert bank.flush(10)
    units = {unit.text: unit for unit in bank.units(retired=True)}
    assert set(units) >= {USERS, AGENTS}
    assert (units[USERS].retired_at, units[USERS].superseded_by) == (None, None)
    assert bank.recall("What is my name?").hits[0].unit.text == USERS


def test_through_the_memory_of_langchain(bank: Bank) -> None:
    memory = fourfold_langchain.FourfoldMemory(bank=bank)
    memory.save_context({"input": USERS}, {"output": AGENTS})
    check_the_users_name_holds(bank)


def test_through_a_chat_history_of_langchain(bank: Bank) -> None:
    history = fourfold_langchain.FourfoldChatMessageHistory(bank, "s")
    history.add_messages([HumanMessage(USERS), AIMessage(AGENTS)])
    check_the_users_name_holds(bank)


def test_through_the_memory_of_llamaindex(bank: Bank) -> None:
    memory = fourfold_llamaindex.FourfoldMemory.from_defaults(bank=bank)
    memory.put_messages([ChatMessage(USERS, role="user"), ChatMessage(AGENTS, role="assistant")])
    check_the_users_name_holds(bank)


def test_through_a_file_of_chatgpt(memory: Memory, tmp_path: Path) -> None:
    said = [("user", USERS), ("assistant", AGENTS)]
    nodes = {
        role: {
            "id": role,
            "parent": "user" if number else None,
            "children": [] if number else ["assistant"],
            "message": {
                "author": {"role": role},
                "create_time": 1_714_557_600.5 + number,
                "content": {"content_type": "text", "parts": [text]},
            },
        }
        for number, (role, text) in enumerate(said)
    }
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps([{"title": "Names", "current_node": "assistant", "mapping": nodes}]))
    check_the_users_name_holds(memory.load(path, bank="chats"))
