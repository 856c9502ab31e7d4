"""Graphs of Graphiti and Zep are read with the times from which and up to which a fact holds."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fourfold import Bank, Fact, InputError, Memory, Message
from fourfold.transfer.importers import read_import
from fourfold.values.units import RetirementCause

SEARCH: dict[str, Any] = {
    "edges": [
        {"uuid": "e1", "group_id": "home", "name": "RENTS", "fact": "Jonas rents a garage on Dock Road",
         "source_node_uuid": "n1", "target_node_uuid": "n2", "created_at": "2019-02-03T08:00:00Z",
         "valid_at": "2018-05-01T00:00:00Z", "invalid_at": "2019-09-30T00:00:00Z",
         "expired_at": "2019-10-01T07:30:00Z", "episodes": ["p1"], "attributes": {}},
        {"uuid": "e2", "group_id": "home", "name": "DRIVES", "fact": "Jonas drives an old Volvo estate",
         "source_node_uuid": "n1", "target_node_uuid": "n3", "created_at": "2019-02-03T08:00:00Z",
         "valid_at": None, "invalid_at": None, "expired_at": None, "episodes": [], "attributes": {}},
        {"uuid": "e3", "group_id": "home", "name": "VISITED", "fact": "Jonas visited the tram museum",
         "source_node_uuid": "n1", "target_node_uuid": "n4", "created_at": "2019-06-10T08:00:00Z",
         "valid_at": "2019-06-08T00:00:00Z", "invalid_at": "2019-06-09T00:00:00Z", "expired_at": None,
         "episodes": [], "attributes": {}},
    ],
    "edge_reranker_scores": [0.9, 0.8, 0.7],
    "nodes": [
        {"uuid": "n1", "name": "Jonas", "group_id": "home", "labels": ["Entity"],
         "created_at": "2019-02-03T08:00:00Z",
         "summary": "Jonas rents a garage and drives a Volvo.", "attributes": {}},
    ],
    "episodes": [
        {"uuid": "p1", "name": "chat 1", "group_id": "home", "source": "message", "source_description": "chat",
         "content": "Jonas: The garage costs 90 euros a month.\nassistant: Noted.",
         "created_at": "2019-02-03T08:00:00Z", "valid_at": "2019-02-02T20:15:00Z", "entity_edges": ["e1"]},
    ],
    "communities": [],
}  # fmt: skip


def load(memory: Memory, tmp_path: Path, content: Any, bank: str = "b") -> Bank:
    path = tmp_path / "graph.json"
    path.write_text(json.dumps(content), "utf-8")
    return memory.load(path, bank=bank)


def texts(bank: Bank) -> set[str]:
    return {unit.text for unit in bank.units()}


def test_what_the_graph_says_to_hold_no_longer_is_kept_as_retired(memory: Memory, tmp_path: Path) -> None:
    bank = load(memory, tmp_path, SEARCH)
    assert "Jonas drives an old Volvo estate" in texts(bank)
    assert "Jonas rents a garage on Dock Road" not in texts(bank)
    (ended,) = [unit for unit in bank.units(retired=True) if unit.retired_at is not None]
    assert ended.text == "Jonas rents a garage on Dock Road"
    assert ended.retirement is not None
    assert (ended.retirement.cause, ended.retirement.reason) == (
        RetirementCause.FORGOTTEN,
        "held until 2019-09-30",
    )


def test_what_happened_stays_true_when_it_is_over(memory: Memory, tmp_path: Path) -> None:
    bank = load(memory, tmp_path, SEARCH)
    (visit,) = [unit for unit in bank.units() if "museum" in unit.text]
    assert visit.occurred is not None
    assert visit.occurred.start == datetime(2019, 6, 8, tzinfo=UTC)


def test_names_of_nodes_are_entities_of_their_facts_and_their_summaries_are_counted(
    memory: Memory, tmp_path: Path
) -> None:
    bank = load(memory, tmp_path, SEARCH)
    (volvo,) = [unit for unit in bank.units() if "Volvo" in unit.text]
    assert volvo.entities == ("Jonas",)
    assert "Left out: 1 summary of nodes." in bank.warnings or any("summar" in w for w in bank.warnings)


def test_an_episode_is_what_was_said_in_it(memory: Memory, tmp_path: Path) -> None:
    bank = load(memory, tmp_path, SEARCH)
    (said,) = [unit for unit in bank.units() if "90 euros" in unit.text]
    assert (said.speaker, said.mentioned_at) == ("Jonas", datetime(2019, 2, 2, 20, 15, tzinfo=UTC))


def test_a_graph_that_is_read_again_adds_nothing_and_tells_what_has_ended_since(
    memory: Memory, tmp_path: Path
) -> None:
    still = json.loads(json.dumps(SEARCH))
    still["edges"][0] |= {"invalid_at": None, "expired_at": None}
    assert "Jonas rents a garage on Dock Road" in texts(load(memory, tmp_path, still))
    assert "Jonas rents a garage on Dock Road" not in texts(load(memory, tmp_path, SEARCH))
    before = {unit.id for unit in memory.bank("b").units(retired=True)}
    assert {unit.id for unit in load(memory, tmp_path, SEARCH).units(retired=True)} == before


def test_a_fact_that_somebody_else_says_too_does_not_end_with_the_graph(
    memory: Memory, tmp_path: Path
) -> None:
    memory.bank("b").retain_facts([Fact("Jonas rents a garage on Dock Road")], document="mine")
    assert "Jonas rents a garage on Dock Road" in texts(load(memory, tmp_path, SEARCH))


def test_what_holds_is_not_older_than_what_has_ended(memory: Memory) -> None:
    bank = memory.bank("b")
    ended = Fact(
        "Jonas lives in Graz.",
        at=datetime(2019, 3, 1, tzinfo=UTC),
        ended_at=datetime(2019, 9, 1, tzinfo=UTC),
    )
    bank.retain_facts([Fact("Jonas lives in Linz.", at=datetime(2019, 1, 1, tzinfo=UTC)), ended])
    (unit,) = bank.units()
    assert (unit.text, unit.superseded_by) == ("Jonas lives in Linz.", None)


def test_what_ends_in_time_to_come_holds(memory: Memory) -> None:
    bank = memory.bank("b")
    bank.retain_facts([Fact("Jonas rents a boat.", ended_at=datetime(2999, 1, 1, tzinfo=UTC))])
    assert texts(bank) == {"Jonas rents a boat."}


def test_an_end_without_a_time_zone_is_refused(memory: Memory) -> None:
    with pytest.raises(InputError, match="ended_at"):
        memory.bank("b").retain_facts([Fact("Jonas rents a boat.", ended_at=datetime(2019, 1, 1))])


@pytest.mark.parametrize(
    "content",
    [
        {"message": "Facts retrieved successfully", "facts": SEARCH["edges"]},
        {"content": [{"type": "text", "text": json.dumps({"facts": SEARCH["edges"]})}]},
        {"structuredContent": {"result": {"facts": SEARCH["edges"]}}},
        SEARCH["edges"],
        [{"uuid": "e2", "fact": "Jonas drives an old Volvo estate", "createdAt": "2019-02-03T08:00:00Z",
          "sourceNodeUuid": "n1", "targetNodeUuid": "n3", "sourceNodeName": "Jonas", "name": "DRIVES"}],
        {"context": "...", "relevant_facts": SEARCH["edges"], "facts": ["Jonas has a cat"],
         "messages": [{"uuid": "m", "role": "Jonas", "role_type": "user", "content": "My cat is ill."}]},
        [{"type": "node", "id": "0", "labels": ["Entity"], "properties": SEARCH["nodes"][0]},
         *({"type": "relationship", "id": "1", "label": "RELATES_TO", "properties": edge,
            "start": {"id": "0", "labels": ["Entity"], "properties": {"name": "Jonas"}},
            "end": {"id": "2", "labels": ["Entity"]}} for edge in SEARCH["edges"])],
    ],
    ids=["mcp", "tool answer", "structured answer", "list", "typescript", "memory of a session", "neo4j"],
)  # fmt: skip
def test_whatever_returned_the_edges_they_are_read(memory: Memory, tmp_path: Path, content: Any) -> None:
    bank = load(memory, tmp_path, content)
    assert "Jonas drives an old Volvo estate" in texts(bank)
    assert "Jonas rents a garage on Dock Road" not in texts(bank)
    if isinstance(content, dict) and "messages" in content:
        assert {"Jonas has a cat", "My cat is ill."} <= texts(bank)


def test_summaries_are_read_where_there_are_no_facts(memory: Memory, tmp_path: Path) -> None:
    bank = load(memory, tmp_path, {"message": "ok", "nodes": SEARCH["nodes"]})
    assert texts(bank) == {"Jonas rents a garage and drives a Volvo."}


def test_an_edge_that_is_broken_is_told_with_its_place_and_the_rest_is_read(
    memory: Memory, tmp_path: Path
) -> None:
    broken = [SEARCH["edges"][1], {"uuid": "e9", "fact": 7, "valid_at": "soon"}, "no edge"]
    bank = load(memory, tmp_path, {"edges": [*broken[:2], {"uuid": "e8"}]})
    assert texts(bank) == {"Jonas drives an old Volvo estate"}
    assert any("edges 2" in warning and "edges 3" in warning for warning in bank.warnings)


def test_a_chat_with_threads_is_no_graph(tmp_path: Path) -> None:
    path = tmp_path / "chat.json"
    chat = {"messages": [{"thread_id": "t", "sender": "Ana", "content": "Hello there.", "source": "web"}]}
    path.write_text(json.dumps(chat), "utf-8")
    assert read_import(path).format == "chat"


def test_a_message_of_a_user_is_not_ended_by_a_graph(memory: Memory, tmp_path: Path) -> None:
    memory.bank("b").retain([Message("I rent a garage on Dock Road", "Jonas")])
    assert "I rent a garage on Dock Road" in texts(load(memory, tmp_path, SEARCH))
