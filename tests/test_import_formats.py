"""What other products export is loaded."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from killing import killed_after
from langgraph.store.memory import InMemoryStore

from fourfold import Bank, InputError, Memory
from fourfold.integrations.key_value import KeyValueItems
from fourfold.testing import HashEmbedder

MEM0 = [
    {"id": "1", "memory": "Ana lives in Porto", "user_id": "ana", "created_at": "2024-05-01T10:00:00-07:00"},
    {"id": "2", "memory": "Ana is allergic to nuts", "user_id": "ana", "created_at": None},
]
GRAPH = [
    {
        "type": "entity",
        "name": "John_Smith",
        "entityType": "person",
        "observations": ["Speaks fluent Spanish", "John Smith sails"],
    },
    {"type": "entity", "name": "Acme", "entityType": "organization", "observations": []},
    {"type": "relation", "from": "John_Smith", "to": "Acme", "relationType": "works_at"},
]


def node(name: str, parent: str | None, role: str, text: Any, children: list[str]) -> dict[str, Any]:
    told = {
        "author": {"role": role},
        "create_time": 1_714_557_600.5,
        "content": {"content_type": "text", "parts": [text]},
    }
    return {"id": name, "parent": parent, "children": children, "message": told}


CHATGPT = [
    {
        "title": "Garden",
        "conversation_id": "c-1",
        "current_node": "d",
        "mapping": {
            "a": {"id": "a", "parent": None, "children": ["b"], "message": None},
            "b": node("b", "a", "user", "How deep is the well in my garden in Porto?", ["c", "d"]),
            "c": node("c", "b", "assistant", "An answer that was thrown away.", []),
            "d": node("d", "b", "assistant", "The well is nine metres deep.", []),
        },
    },
    {
        "title": "Empty",
        "id": "c-2",
        "current_node": None,
        "mapping": {"x": node("x", None, "system", "You help.", [])},
    },
]
CLAUDE = [
    {
        "uuid": "u-1",
        "name": "Boat",
        "created_at": "2024-06-01T08:00:00.000000Z",
        "chat_messages": [
            {
                "uuid": "m-1",
                "sender": "human",
                "text": "My boat is called Lua.",
                "created_at": "2024-06-01T08:00:00Z",
            },
            {
                "uuid": "m-2",
                "sender": "assistant",
                "text": "",
                "content": [{"type": "text", "text": "Lua is a fine name."}],
                "created_at": "2024-06-01T08:00:05Z",
            },
        ],
    }
]


@pytest.mark.parametrize(
    ("given", "lines", "texts"),
    [
        (MEM0, False, {"Ana lives in Porto", "Ana is allergic to nuts"}),
        ({"results": MEM0}, False, {"Ana lives in Porto", "Ana is allergic to nuts"}),
        (GRAPH, True, {"John Smith: Speaks fluent Spanish", "John Smith sails", "John Smith works at Acme."}),
        (CHATGPT, False, {"How deep is the well in my garden in Porto?", "The well is nine metres deep."}),
        (CLAUDE, False, {"My boat is called Lua.", "Lua is a fine name."}),
    ],
)
def test_an_export_of_another_product_is_loaded(
    memory: Memory, tmp_path: Path, given: Any, lines: bool, texts: set[str]
) -> None:
    path = tmp_path / "their export.json"
    path.write_text("\n".join(map(json.dumps, given)) if lines else json.dumps(given))
    seen: list[tuple[int, int]] = []
    bank = memory.load(path, progress=lambda done, of: seen.append((done, of)))
    assert bank.name == "their export"
    assert {unit.text for unit in bank.units()} == texts
    assert seen[-1][0] == seen[-1][1]
    again = memory.load(path, bank="their export")
    assert {unit.text for unit in again.units()} == texts
    assert len(memory.load(path, bank="mine").units()) == len(texts)


def test_an_import_keeps_times_roles_and_names(memory: Memory, tmp_path: Path) -> None:
    for name, given in (("mem0", MEM0), ("graph", GRAPH), ("chatgpt", CHATGPT), ("claude", CLAUDE)):
        (tmp_path / f"{name}.json").write_text(json.dumps(given))
        memory.load(tmp_path / f"{name}.json")
    first = memory.bank("mem0").units()
    assert datetime(2024, 5, 1, 17, tzinfo=UTC) in [unit.mentioned_at for unit in first]
    assert memory.bank("graph").entity("John Smith").mentions == 3
    asked, answered = memory.bank("chatgpt").units()
    assert (asked.network, answered.network) == ("world", "experience")
    assert asked.source.document == "chatgpt/c-1"
    assert memory.bank("claude").units()[0].source.messages == ("m-1",)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "none of what can be loaded"),
        ("{", "not JSON"),
        ("[]", "none of what can be loaded"),
        ('[{"hello": 1}]', "none of what can be loaded"),
        ('[{"chat_messages": [{}]}]', 'conversation 1, message 1: it has no "text" or "content"'),
        ('[{"mapping": 3}]', "conversation 1: it is not as such records are"),
        (json.dumps([{"memory": "a", "user_id": "x"}, {"memory": "b", "user_id": "y"}]), "2 users"),
    ],
)
def test_a_file_of_no_known_product_is_refused(memory: Memory, tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "file.json").write_text(text)
    with pytest.raises(InputError, match=told):
        memory.load(tmp_path / "file.json")
    assert memory.banks() == []


def test_a_langgraph_store_is_copied(memory: Memory) -> None:
    source = InMemoryStore()
    source.put(("memories", "ana"), "1", {"text": "The harbour has a crane."})
    source.put(("memories", "ana", "old"), "2", {"text": "The well is deep."})
    source.put(("memories", "rui"), "1", {"text": "The sea is cold.", "rank": 3})
    items = KeyValueItems(memory.as_async)
    for _ in range(2):
        assert memory.run(lambda: items.copy_from(source)) == 3
    found = memory.run(lambda: items.search(("memories",)))
    assert {(item.namespace, item.key): item.value for item in found} == {
        (("memories", "ana"), "1"): {"text": "The harbour has a crane."},
        (("memories", "ana", "old"), "2"): {"text": "The well is deep."},
        (("memories", "rui"), "1"): {"text": "The sea is cold.", "rank": 3},
    }
    assert memory.bank("memories~ana").recall("The harbour has a crane.").hits


IMPORTER = """
import sys
from fourfold import Memory
from fourfold.testing import HashEmbedder
with Memory.open(sys.argv[1], embedder=HashEmbedder()) as memory:
    print("open", flush=True)
    memory.load(sys.argv[2], bank="mine", progress=lambda done, of: print(done, flush=True))
"""


@pytest.mark.slow
def test_an_import_that_is_killed_is_finished_by_doing_it_again(tmp_path: Path) -> None:
    talks = [
        {
            "uuid": f"u-{talk}",
            "chat_messages": [
                {
                    "uuid": f"m-{talk}-{n}",
                    "sender": "human",
                    "text": f"Note {n} of talk {talk} is about boats.",
                }
                for n in range(5)
            ],
        }
        for talk in range(60)
    ]
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps(talks))
    home = tmp_path / "memory"
    done = [int(line) for line in killed_after(0.15, IMPORTER, home, path).split()]
    with Memory.open(str(home), embedder=HashEmbedder()) as memory:
        kept = {unit.source.document for unit in memory.bank("mine").units()}
        assert kept >= {f"claude/u-{talk}" for talk in range(max(done, default=0))}
        bank = memory.load(path, bank="mine")
        assert len(bank.units()) == 300


def chatgpt_export(*conversations: tuple[str, list[tuple[str, float | None]]]) -> list[dict[str, Any]]:
    """Returns conversations, each a title and what the user said with its time. All number their nodes alike."""
    exported = []
    for title, said in conversations:
        nodes = {
            str(number): node(str(number), str(number - 1) if number else None, "user", text, [])
            for number, (text, _) in enumerate(said)
        }
        for each, (_, time) in zip(nodes.values(), said, strict=True):
            each["message"]["create_time"] = time
        exported.append({"title": title, "current_node": str(len(said) - 1), "mapping": nodes})
    return exported


def load(memory: Memory, path: Path, content: Any) -> Bank:
    path.write_text(json.dumps(content))
    return memory.load(path, bank=path.stem)


def test_a_chatgpt_message_without_a_time_is_no_newer_than_what_follows_it(
    memory: Memory, tmp_path: Path
) -> None:
    said: list[tuple[str, float | None]] = [
        ("I live in Porto.", None),
        ("I live in Lisbon.", 1_646_000_000.0),
    ]
    bank = load(memory, tmp_path / "chats.json", chatgpt_export(("Home", said)))
    assert [unit.text for unit in bank.units()] == ["I live in Lisbon."]
    assert {unit.said_order.year for unit in bank.units(retired=True)} == {2022}


def test_two_chatgpt_conversations_of_one_title_are_both_there(memory: Memory, tmp_path: Path) -> None:
    chats = chatgpt_export(
        ("New chat", [("The well is deep.", 1_646_000_000.0)]),
        ("New chat", [("The boat is red.", 1_646_100_000.0)]),
    )
    bank = load(memory, tmp_path / "chats.json", chats)
    assert {unit.text for unit in bank.units()} == {"The well is deep.", "The boat is red."}
    assert len({unit.source.document for unit in bank.units()}) == 2


def test_what_was_spoken_to_chatgpt_is_read(memory: Memory, tmp_path: Path) -> None:
    chats = chatgpt_export(("Voice", [("", 1_646_000_000.0)]))
    chats[0]["mapping"]["0"]["message"]["content"] = {
        "content_type": "multimodal_text",
        "parts": [
            {"content_type": "audio_transcription", "text": "My boat is called Lua.", "direction": "in"},
            {"content_type": "real_time_user_audio_video_asset_pointer", "frames_asset_pointers": []},
        ],
    }
    assert [unit.text for unit in load(memory, tmp_path / "chats.json", chats).units()] == [
        "My boat is called Lua."
    ]


def test_attachments_are_read_and_those_without_a_text_are_told(memory: Memory, tmp_path: Path) -> None:
    read = {"file_name": "list.txt", "extracted_content": "The crane was sold."}
    unread = {"file_name": "plan.pdf"}
    chats = chatgpt_export(("Files", [("See these.", 1_646_000_000.0)]))
    chats[0]["mapping"]["0"]["message"]["metadata"] = {"attachments": [read, unread]}
    talk = {"uuid": "u", "chat_messages": [
        {"uuid": "m", "sender": "human", "text": "See these.", "attachments": [read], "files": [unread]}
    ]}  # fmt: skip
    for name, exported in (("chatgpt", chats), ("claude", [talk])):
        bank = load(memory, tmp_path / f"{name}.json", exported)
        assert {unit.text for unit in bank.units()} == {"See these.", "The crane was sold."}
        assert "Left out: 1 attachment without a text." in bank.warnings


def test_one_broken_record_leaves_the_rest_of_an_export(memory: Memory, tmp_path: Path) -> None:
    chats = chatgpt_export(("Garden", [("The well is deep.", 1_646_000_000.0)]))
    exports = {
        "chatgpt": [*chats, {"title": "Broken", "mapping": 3}],
        "claude": [*CLAUDE, {"uuid": "u-2", "chat_messages": [{"sender": "human"}]}],
        "mem0": [*MEM0, {"id": "3", "memory": 7}],
    }
    for name, exported in exports.items():
        bank = load(memory, tmp_path / f"{name}.json", exported)
        assert bank.units()
        assert any("1 not read" in warning for warning in bank.warnings), name
