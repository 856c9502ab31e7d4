"""FourfoldStore: one suite for it and LangGraph's own store, what only a lasting store does, and LangMem on it."""

from __future__ import annotations

import asyncio
import time
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.embeddings import DeterministicFakeEmbedding
from langgraph.store.base import (
    BaseStore,
    GetOp,
    InvalidNamespaceError,
    ListNamespacesOp,
    MatchCondition,
    PutOp,
    SearchOp,
)
from langgraph.store.memory import InMemoryStore

from fourfold import InputError, Memory, bank_name
from fourfold.api.memory import SystemClock
from fourfold.testing import FrozenClock, HashEmbedder, MemoryStore
from fourfold_langchain import FourfoldStore

PLACES = ("apps", "ana")


@pytest.fixture
def clock() -> SystemClock:
    """A clock that runs: the entries of a session are in its order."""
    return SystemClock()


@pytest.fixture
def fourfold_store(memory: Memory) -> FourfoldStore:
    return FourfoldStore(memory)


@pytest.fixture(params=["LangGraph's", "Fourfold's"])
def store(request: pytest.FixtureRequest, memory: Memory) -> BaseStore:
    """Each store in turn: the same is asked of both."""
    if request.param == "Fourfold's":
        return FourfoldStore(memory)
    return InMemoryStore(index={"dims": 64, "embed": DeterministicFakeEmbedding(size=64)})


def keys(items: Any) -> list[str]:
    return [item.key for item in items]


# the same of both -----------------------------------------------------------------------------------------


def test_an_items_value_is_returned_unchanged(store: BaseStore) -> None:
    value = {"text": "The boat is red.", "size": 3.5, "of": ["wood", None, True, {"nested": "é"}]}
    before = datetime.now(UTC)
    store.put(PLACES, "boat", value)
    item = store.get(PLACES, "boat")
    assert item is not None
    assert (item.namespace, item.key, item.value) == (PLACES, "boat", value)
    assert before <= item.created_at <= item.updated_at <= datetime.now(UTC)
    assert item.dict()["value"] == value


def test_a_missing_item_is_none(store: BaseStore) -> None:
    store.put(PLACES, "boat", {"text": "The boat is red."})
    assert store.get(PLACES, "car") is None
    assert store.get(("apps",), "boat") is None
    assert store.get((*PLACES, "deeper"), "boat") is None
    assert store.search(("elsewhere",)) == []
    store.delete(PLACES, "car")


def test_a_second_put_replaces_the_item(store: BaseStore) -> None:
    store.put(PLACES, "boat", {"text": "The boat is red."})
    first = store.get(PLACES, "boat")
    store.put(PLACES, "boat", {"text": "The boat is blue."})
    item = store.get(PLACES, "boat")
    assert item is not None
    assert first is not None
    assert item.value == {"text": "The boat is blue."}
    assert item.updated_at > first.updated_at
    assert len(store.search(PLACES)) == 1


def test_a_deleted_item_is_gone_and_can_come_again(store: BaseStore) -> None:
    for key in "ab":
        store.put(PLACES, key, {"text": f"Number {key} is here."})
    store.delete(PLACES, "a")
    assert store.get(PLACES, "a") is None
    assert keys(store.search(PLACES)) == ["b"]
    store.put(PLACES, "a", {"text": "It is here again."})
    assert keys(store.search(PLACES)) == ["b", "a"]


def test_a_search_covers_the_namespaces_below_in_the_order_of_the_puts(store: BaseStore) -> None:
    for namespace, key in [(PLACES, "1"), ((*PLACES, "x"), "2"), (("apps", "anabel"), "3"), (PLACES, "4")]:
        store.put(namespace, key, {"text": f"Number {key} is here."})
    assert set(keys(store.search(PLACES))) == {"1", "2", "4"}
    assert keys(item for item in store.search(PLACES) if item.namespace == PLACES) == ["1", "4"]
    assert set(keys(store.search(("apps",)))) == {"1", "2", "3", "4"}
    assert set(keys(store.search(()))) == {"1", "2", "3", "4"}


def test_a_search_gives_pages(store: BaseStore) -> None:
    for n in range(12):
        store.put(PLACES, str(n), {"text": f"Number {n} is here."})
    assert len(store.search(PLACES)) == 10
    assert keys(store.search(PLACES, limit=3, offset=4)) == ["4", "5", "6"]
    assert keys(store.search(PLACES, limit=5, offset=10)) == ["10", "11"]
    assert store.search(PLACES, offset=20) == []
    assert all(item.score is None for item in store.search(PLACES))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"color": "red"}, ["a", "c"]),
        ({"color": "red", "size": 3}, ["c"]),
        ({"size": {"$gt": 1}}, ["b", "c"]),
        ({"size": {"$gte": 1, "$lt": 3}}, ["a", "b"]),
        ({"size": {"$lte": 1}}, ["a"]),
        ({"size": {"$eq": 2}}, ["b"]),
        ({"color": {"$ne": "red"}}, ["b"]),
        ({"at": {"city": "Porto"}}, ["a", "b"]),
        ({"at": {"floor": {"$gte": 2}}}, ["b"]),
        ({"tags": ["x", "y"]}, ["a"]),
        ({"tags": ["y", "x"]}, []),
        ({"missing": None}, ["a", "b", "c"]),
        ({"missing": "it"}, []),
        ({}, ["a", "b", "c"]),
    ],
)
def test_filters(store: BaseStore, wanted: dict[str, Any], found: list[str]) -> None:
    store.put(
        PLACES, "a", {"color": "red", "size": 1, "at": {"city": "Porto", "floor": 1}, "tags": ["x", "y"]}
    )
    store.put(PLACES, "b", {"color": "blue", "size": 2, "at": {"city": "Porto", "floor": 2}, "tags": ["x"]})
    store.put(PLACES, "c", {"color": "red", "size": 3, "at": {"city": "Lisbon", "floor": 0}, "tags": []})
    assert keys(store.search(PLACES, filter=wanted)) == found
    assert sorted(keys(store.search(PLACES, query="What is red?", filter=wanted))) == found


def test_an_unknown_operator_is_refused(store: BaseStore) -> None:
    store.put(PLACES, "a", {"size": 1})
    with pytest.raises(ValueError, match="Unsupported operator"):
        store.search(PLACES, filter={"size": {"$in": [1]}})


def test_a_query_ranks_items_and_lists_textless_ones_last(store: BaseStore) -> None:
    store.put(PLACES, "silent", {"text": "The ferry leaves at noon."}, index=False)
    store.put(PLACES, "boat", {"text": "The boat is red.", "note": "The mill is closed."}, index=["text"])
    found = store.search(PLACES, query="The boat is red.")
    assert keys(found) == ["boat", "silent"]
    assert found[0].score is not None
    assert found[1].score is None


def test_of_puts_in_a_batch_the_last_counts_and_reads_come_first(store: BaseStore) -> None:
    store.put(PLACES, "a", {"n": 1})
    results = store.batch(
        [
            PutOp(PLACES, "a", {"n": 2}),
            GetOp(PLACES, "a"),
            PutOp(PLACES, "a", {"n": 3}),
            SearchOp(("apps",)),
            ListNamespacesOp(),
            PutOp(PLACES, "b", {"n": 4}),
        ]
    )
    got: Any = results[1]
    searched: Any = results[3]
    assert (results[0], results[2], results[5]) == (None, None, None)
    assert got.value == {"n": 1}
    assert [item.value for item in searched] == [{"n": 1}]
    assert results[4] == [PLACES]
    assert [item.value for item in store.search(PLACES)] == [{"n": 3}, {"n": 4}]


NAMESPACES = [
    ("a",),
    ("a", "b", "c"),
    ("a", "b", "d", "e"),
    ("a", "b", "d", "i"),
    ("a", "c", "f"),
    ("b", "f"),
]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"prefix": ("a",)},
        {"prefix": ("a", "b")},
        {"suffix": ("f",)},
        {"prefix": ("a",), "suffix": ("f",)},
        {"prefix": ("a", "*", "d")},
        {"suffix": ("*", "e")},
        {"max_depth": 2},
        {"prefix": ("a", "b"), "max_depth": 3},
        {"limit": 2, "offset": 1},
        {"prefix": ("nobody",)},
        {"prefix": ("a", "b", "c", "d")},
    ],
)
def test_namespaces_are_listed(store: BaseStore, asked: dict[str, Any]) -> None:
    ask = {"prefix": None, "suffix": None, "max_depth": None, "limit": 100, "offset": 0, **asked}
    for namespace in NAMESPACES:
        store.put(namespace, "it", {"text": "It is here."})

    def fits(namespace: tuple[str, ...], part: tuple[str, ...] | None, cut: slice) -> bool:
        return part is None or (
            len(namespace[cut]) == len(part)
            and all(want in ("*", got) for want, got in zip(part, namespace[cut], strict=True))
        )

    expected = {
        namespace[: ask["max_depth"]]
        for namespace in NAMESPACES
        if fits(namespace, ask["prefix"], slice(0, len(ask["prefix"] or ())))
        and fits(namespace, ask["suffix"], slice(-len(ask["suffix"] or ()), None))
    }
    assert store.list_namespaces(**ask) == sorted(expected)[ask["offset"] : ask["offset"] + ask["limit"]]


@pytest.mark.parametrize(
    "namespace", [(), ("",), ("a", ""), ("a.b",), ("langgraph",), ("langgraph", "x"), (3,), ("a", "x\x00")]
)
def test_namespaces_that_cannot_be_are_refused(store: BaseStore, namespace: Any) -> None:
    with pytest.raises(InvalidNamespaceError):
        store.put(namespace, "k", {"text": "It is here."})
    with pytest.raises(InvalidNamespaceError):
        asyncio.run(store.aput(namespace, "k", {"text": "It is here."}))


def test_the_same_awaited(store: BaseStore) -> None:
    async def use() -> None:
        await store.aput(PLACES, "boat", {"text": "The boat is red."})
        item = await store.aget(PLACES, "boat")
        assert item is not None
        assert item.value == {"text": "The boat is red."}
        assert keys(await store.asearch(PLACES, query="The boat is red.")) == ["boat"]
        assert await store.alist_namespaces() == [PLACES]
        await store.adelete(PLACES, "boat")
        assert await store.aget(PLACES, "boat") is None

    asyncio.run(use())


OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(["put", "put", "delete", "get", "search", "list"]),
        st.sampled_from([("a",), ("a", "b"), ("c",)]),
        st.sampled_from(["1", "2", "3"]),
        st.integers(0, 3),
    ),
    max_size=12,
)


@given(OPERATIONS)
def test_random_operations_give_the_answers_of_in_memory_store(
    operations: list[tuple[str, tuple[str, ...], str, int]],
) -> None:
    def answers(store: BaseStore) -> list[Any]:
        found: list[Any] = []
        for what, namespace, key, n in operations:
            match what:
                case "put":
                    store.put(namespace, key, {"n": n})
                case "delete":
                    store.delete(namespace, key)
                case "get":
                    item = store.get(namespace, key)
                    found.append(item and item.value)
                case "search":
                    items = store.search(namespace, filter={"n": {"$gte": n}}, limit=9)
                    found.append(sorted((i.namespace, i.key, i.value["n"]) for i in items))
                    found.append([i.key for i in items if i.namespace == namespace])
                case "list":
                    with_items = {i.namespace for i in store.search(namespace, limit=99)}
                    listed = set(store.list_namespaces(prefix=namespace))
                    assert with_items <= listed  # LangGraph's lists those that are empty by now besides
        return found

    with Memory(MemoryStore(), HashEmbedder()) as memory:
        assert answers(FourfoldStore(memory)) == answers(InMemoryStore())


# what a lasting store does besides --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "op",
    [
        GetOp(("a.b",), "k"),
        GetOp((), "k"),
        PutOp(("langgraph", "x"), "k", {}),
        SearchOp(("a.b",)),
        ListNamespacesOp((MatchCondition("prefix", ("a.b",)),)),
        PutOp(("x" * 300,), "k", {}),
    ],
)
def test_a_batch_is_validated_before_any_operation_runs(fourfold_store: FourfoldStore, op: Any) -> None:
    with pytest.raises(InvalidNamespaceError):
        fourfold_store.batch([PutOp(PLACES, "fine", {"n": 1}), op])
    assert fourfold_store.list_namespaces() == []


def test_an_unknown_operation_is_refused(fourfold_store: FourfoldStore) -> None:
    with pytest.raises(ValueError, match="Unknown operation"):
        fourfold_store.batch(["get"])  # type: ignore[list-item]


def test_a_value_that_is_no_json_is_refused_and_nothing_is_lost(fourfold_store: FourfoldStore) -> None:
    fourfold_store.put(PLACES, "a", {"n": 1})
    with pytest.raises(InputError, match="JSON"):
        fourfold_store.put(PLACES, "a", {"n": object()})
    with pytest.raises(InputError, match="list"):
        FourfoldStore(fourfold_store._memory, fields="text")
    item = fourfold_store.get(PLACES, "a")
    assert item is not None
    assert item.value == {"n": 1}


@pytest.mark.slow
def test_an_item_outlives_the_process_and_is_recalled_in_its_bank(tmp_path: Path) -> None:
    with Memory.open(str(tmp_path / "m"), embedder=HashEmbedder()) as memory:
        store = FourfoldStore(memory)
        store.put(PLACES, "boat", {"text": "The boat in Porto is painted red."})
        store.put(PLACES, "size", {"size_of_boat": 3, "sold": False})
        assert memory.bank(bank_name(*PLACES)).recall("Which colour is the boat?").hits
    with Memory.open(str(tmp_path / "m"), embedder=HashEmbedder()) as memory:
        store = FourfoldStore(memory)
        first = store.search(("apps",), query="Which colour is the boat in Porto?")[0]
        assert (first.namespace, first.key) == (PLACES, "boat")
        texts = [unit.text for unit in memory.bank(bank_name(*PLACES)).units()]
        assert "The boat in Porto is painted red." in texts
        assert any("size of boat: 3" in text for text in texts)
        store.delete(PLACES, "boat")
        assert not memory.bank(bank_name(*PLACES)).recall("Which colour is the boat in Porto?").hits[1:]
        assert all("painted" not in unit.text for unit in memory.bank(bank_name(*PLACES)).units())


def test_the_index_argument_chooses_the_fields_to_recall_by(memory: Memory) -> None:
    store = FourfoldStore(memory, fields=["text", "notes[*].said"])
    value = {"text": "The boat is red.", "notes": [{"said": "Rita rows."}], "secret": "The key is hidden."}
    store.put(PLACES, "a", value)
    bank = memory.bank(bank_name(*PLACES))
    assert {unit.text for unit in bank.units()} == {"The boat is red.", "Rita rows."}
    store.put(PLACES, "a", value, index=["secret"])
    assert {unit.text for unit in bank.units()} == {"The key is hidden."}
    store.put(PLACES, "a", value, index=False)
    assert bank.units() == []
    assert FourfoldStore(memory, fields=["$"]).search(PLACES)[0].value == value


def test_items_expire_are_touched_by_reading_and_are_swept() -> None:
    clock = FrozenClock()
    with Memory(MemoryStore(), HashEmbedder(), clock=clock) as memory:
        store = FourfoldStore(memory, ttl={"default_ttl": 10, "refresh_on_read": True})
        for key in ("read", "found", "left", "untouched"):
            store.put(("ttl", key), key, {"text": f"The {key} boat is red."})
        store.put(("ttl", "kept"), "kept", {"text": "The kept boat is red."}, ttl=None)
        clock.advance(timedelta(minutes=6))
        before = store.get(("ttl", "read"), "read")
        store.search(("ttl", "found"))
        store.get(("ttl", "untouched"), "untouched", refresh_ttl=False)
        clock.advance(timedelta(minutes=6))
        assert store.get(("ttl", "read"), "read") == before
        assert store.list_namespaces(prefix=("ttl",)) == [("ttl", "found"), ("ttl", "kept"), ("ttl", "read")]
        assert store.get(("ttl", "left"), "left") is None
        assert memory.bank(bank_name("ttl", "left")).units()
        assert store.sweep_ttl() == 2
        assert memory.bank(bank_name("ttl", "left")).units() == []
        assert store.sweep_ttl() == 0
        clock.advance(timedelta(minutes=11))
        assert store.list_namespaces(prefix=("ttl",)) == [("ttl", "kept")]


def test_expired_items_are_swept_at_the_set_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FrozenClock()
    with Memory(MemoryStore(), HashEmbedder(), clock=clock) as memory:
        store = FourfoldStore(memory, ttl={"sweep_interval_minutes": 5})
        store.put(PLACES, "a", {"text": "The boat is red."}, ttl=1)
        clock.advance(timedelta(minutes=2))
        assert store.search(PLACES) == []
        assert memory.bank(bank_name(*PLACES)).units()
        later = time.monotonic() + 301
        monkeypatch.setattr(time, "monotonic", lambda: later)
        store.search(PLACES)
        assert memory.bank(bank_name(*PLACES)).units() == []


def test_a_closed_memory_raises_memory_closed(fourfold_store: FourfoldStore, memory: Memory) -> None:
    memory.close()
    with pytest.raises(Exception, match="The memory is closed"):
        fourfold_store.put(PLACES, "a", {"n": 1})


LABEL = st.text(min_size=1, max_size=8).filter(lambda label: "." not in label and "\x00" not in label)


@given(st.lists(st.tuples(LABEL, LABEL), min_size=2, max_size=4, unique=True))
def test_no_item_is_found_in_another_namespace(namespaces: list[tuple[str, str]]) -> None:
    namespaces = [namespace for namespace in namespaces if namespace[0] != "langgraph"]
    with Memory(MemoryStore(), HashEmbedder()) as memory:
        store = FourfoldStore(memory)
        for number, namespace in enumerate(namespaces):
            store.put(namespace, "boat", {"text": f"The boat has number {number}.", "of": number})
        for number, namespace in enumerate(namespaces):
            found = store.search(namespace, query="Which number has the boat?")
            assert [(item.namespace, item.value["of"]) for item in found] == [(namespace, number)]
        assert store.list_namespaces() == sorted(namespaces)


# LangMem ----------------------------------------------------------------------------------------------------


def test_langmems_tools_work_on_the_store(fourfold_store: FourfoldStore) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # LangMem and what it loads have deprecations of their fourfold_store
        from langmem import create_manage_memory_tool, create_search_memory_tool

        manage = create_manage_memory_tool(namespace=("memories", "{user_id}"), store=fourfold_store)
        search = create_search_memory_tool(namespace=("memories", "{user_id}"), store=fourfold_store)
        ana = {"configurable": {"user_id": "ana"}}
        ben = {"configurable": {"user_id": "ben"}}
        told = manage.invoke({"action": "create", "content": "Ana rows to the island on Sundays."}, ana)
        manage.invoke({"action": "create", "content": "The mill is closed in winter."}, ana)
        manage.invoke({"action": "create", "content": "Ben sells bowls."}, ben)
        found = search.invoke({"query": "When does Ana row to the island?", "limit": 1}, ana)
        assert "rows to the island" in found
        assert "bowls" not in search.invoke({"query": "Who sells bowls?"}, ana)
        key = told.split()[-1]
        manage.invoke({"action": "update", "content": "Ana rows to the island on Mondays.", "id": key}, ana)
        item = fourfold_store.get(("memories", "ana"), key)
        assert item is not None
        assert item.value["content"] == "Ana rows to the island on Mondays."
        assert "Sundays" not in asyncio.run(search.ainvoke({"query": "When does Ana row?"}, ana))
        manage.invoke({"action": "delete", "id": key}, ana)
        assert fourfold_store.get(("memories", "ana"), key) is None


@pytest.mark.parametrize("ttl", [1e300, float("inf"), float("nan"), -1, 0, 10**400, "a day"])
def test_a_lifetime_that_is_none_is_refused_before_anything_is_put(memory: Memory, ttl: Any) -> None:
    store = FourfoldStore(memory)
    with pytest.raises(InputError, match="ttl"):
        store.batch([PutOp(PLACES, "a", {"text": "The boat is red."}), PutOp(PLACES, "b", {"n": 1}, ttl=ttl)])
    assert store.search(PLACES) == []
    store.put(PLACES, "a", {"text": "The boat is red."}, ttl=1000 * 365 * 24 * 60)
    assert store.get(PLACES, "a", refresh_ttl=True) is not None


@pytest.mark.parametrize("number", [-1, -(10**400), 1e300, float("nan"), "ten"])
def test_a_page_that_is_none_is_refused(memory: Memory, number: Any) -> None:
    store = FourfoldStore(memory)
    store.put(PLACES, "a", {"text": "The boat is red."})
    for name in ("limit", "offset"):
        with pytest.raises(InputError, match=name):
            store.search(PLACES, query="boat", **{name: number})
        with pytest.raises(InputError, match=name):
            store.list_namespaces(**{name: number})
    assert len(store.search(PLACES, limit=10**30)) == 1
