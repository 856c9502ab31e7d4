"""Several processes on one Qdrant server, and what is found there that another process has done or left. Each process
is a memory of its own on one client."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from qdrant_client import QdrantClient, models
from qdrant_servers import Renamed, new_client, new_collection
from qdrant_servers import opened as opened_collection

from fourfold import InputError, Memory, StoreError, StoreVersionError
from fourfold.ports import Where
from fourfold.storage import server_leases
from fourfold.storage.server_leases import Leases
from fourfold.testing import HashEmbedder

COLLECTION = new_collection()


def opened(client: QdrantClient, embedder: HashEmbedder | None = None, patience: float = 60.0) -> Memory:
    """Opens the memory on `client`, as another process would."""
    return opened_collection(client, COLLECTION, embedder, patience=patience)


@pytest.fixture
def client() -> Iterator[QdrantClient]:
    """A server that has nothing of this collection yet."""
    connected = new_client()
    yield connected
    for collection in connected.get_collections().collections:
        if collection.name.startswith(COLLECTION):
            connected.delete_collection(collection.name)
    connected.close()


def texts(memory: Memory, bank: str = "a") -> list[str]:
    """What a bank holds."""
    return sorted(unit.text for unit in memory.bank(bank).units())


def test_a_collection_whose_making_was_cut_off_is_finished(
    client: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*arguments: Any, **named: Any) -> None:
        raise ConnectionResetError

    monkeypatch.setattr(client, "create_payload_index", cut_off)
    with pytest.raises(StoreError):
        opened(client)
    monkeypatch.undo()
    memory = opened(client)
    memory.bank("a").retain("The harbour has a crane.")
    assert texts(memory) == ["The harbour has a crane."]


def test_a_collection_of_another_program_is_refused_and_left_alone(client: QdrantClient) -> None:
    vectors = models.VectorParams(size=4, distance=models.Distance.DOT)
    client.create_collection(COLLECTION, vectors_config=vectors)
    client.upsert(
        COLLECTION, [models.PointStruct(id=1, vector=[1.0, 0.0, 0.0, 0.0], payload={"theirs": True})]
    )
    with pytest.raises(StoreError, match="not made by Fourfold"):
        opened(client)
    assert client.retrieve(COLLECTION, [1])[0].payload == {"theirs": True}


def test_a_server_too_old_to_weigh_words_by_bank_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = models.VersionInfo(title="qdrant", version="1.18.3")
    monkeypatch.setattr(QdrantClient, "info", lambda self: answer)
    with pytest.raises(StoreVersionError, match=r"1\.18\.3, which is too old"):
        Memory.open("http://127.0.0.1:1", embedder=HashEmbedder())


def test_a_bank_that_another_process_erased_is_gone_here_too(client: QdrantClient) -> None:
    here, there = opened(client), opened(client)
    here.bank("a").retain("Rosalind keeps the vault code under a flowerpot.")
    assert [entity.name for entity in there.bank("a").entities()] == ["Rosalind"]
    here.erase("a")
    assert there.bank("a").entities() == []
    there.bank("a").retain("The garden has a well.")
    here.bank("b").retain("The harbour has a crane.")
    with pytest.raises(
        InputError, match='There is a bank "a" already'
    ):  # without a profile it would be remains
        here.bank("b").fork("a")
    assert texts(here) == texts(there) == ["The garden has a well."]


def test_a_process_with_the_old_embedder_cannot_take_the_new_memory_away(client: QdrantClient) -> None:
    old, new = opened(client), opened(client)
    old.bank("a").retain("The harbour has a crane.")
    assert new.reembed(Renamed()) == 1
    for attempt in (
        lambda: old.bank("a").forget(unit=new.bank("a").units()[0].id, erase=True),
        lambda: old.reembed(Renamed()),
        lambda: old._async.services.store.rewrite([], []),
    ):
        with pytest.raises(
            (StoreError, ValueError)
        ):  # the client's own engine has no error of its own for this
            attempt()
    assert texts(new) == texts(opened(client, Renamed())) == ["The harbour has a crane."]


def test_a_collection_s_name_does_not_come_back_with_other_vectors(client: QdrantClient) -> None:
    old, new = opened(client), opened(client)
    old.bank("a").retain("The harbour has a crane.")
    assert new.reembed(Renamed()) == 1
    assert new.reembed(HashEmbedder()) == 1
    with pytest.raises((StoreError, ValueError)):
        old.bank("a").retain("The garden has a well.")
    assert texts(new) == ["The harbour has a crane."]


def test_a_switch_to_another_embedder_that_nobody_answered_closes_the_memory(
    client: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch = client.update_collection_aliases

    def unanswered(operations: Sequence[Any], **named: Any) -> bool:
        switch(operations, **named)
        raise TimeoutError

    memory = opened(client)
    memory.bank("a").retain("The harbour has a crane.")
    monkeypatch.setattr(client, "update_collection_aliases", unanswered)
    with pytest.raises(StoreError, match="switch"):
        memory.reembed(Renamed())
    with pytest.raises(StoreError, match="closed"):
        memory.bank("a").retain("What is said now must not go to the collection that nobody opens again.")
    assert texts(opened(client, Renamed())) == ["The harbour has a crane."]


def test_what_an_erasure_that_was_cut_off_left_goes_with_the_next(
    client: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*arguments: Any, **named: Any) -> None:
        raise ConnectionResetError

    memory = opened(client)
    bank = memory.bank("a")
    secret = bank.retain("The vault code is a flowerpot.").units[0]
    other = bank.retain("The garden has a well.").units[0]
    store = memory._async.services.store
    with monkeypatch.context() as patch:
        deletions = client.delete
        patch.setattr(
            client, "delete", lambda *a, **n: cut_off() if _is_of_records(n) else deletions(*a, **n)
        )
        with pytest.raises(StoreError):
            bank.forget(unit=secret, erase=True)
    assert memory.find_text("flowerpot") == []
    bank.forget(unit=other, erase=True)
    assert not list(store.scan(Where(kind="erased")))


def _is_of_records(named: dict[str, Any]) -> bool:
    """Whether a deletion is one of records, not of a lease."""
    return not any(isinstance(each, models.HasIdCondition) for each in named["points_selector"].must)


class Gate:
    """Holds up one write of records to a client until it is told to go on."""

    def __init__(self, client: QdrantClient, monkeypatch: pytest.MonkeyPatch) -> None:
        self.arrived, self.opened, self.asked = threading.Event(), threading.Event(), threading.Event()
        self._upsert = client.upsert
        monkeypatch.setattr(client, "upsert", self)

    def __call__(self, collection: str, points: Sequence[Any], **named: Any) -> Any:
        if named.get("update_mode") is not None:  # a lease
            if self.arrived.is_set():
                self.asked.set()
        elif not self.arrived.is_set():
            self.arrived.set()
            assert self.opened.wait(60)
        return self._upsert(collection, points, **named)


@pytest.mark.parametrize("erase", [False, True])
def test_what_is_forgotten_while_another_process_writes_of_it_stays_forgotten(
    client: QdrantClient, monkeypatch: pytest.MonkeyPatch, erase: bool
) -> None:
    here, there = opened(client), opened(client)
    unit = here.bank("a").retain("The vault code is a flowerpot.", document="one").units[0]
    assert len(texts(there)) == 1
    gate = Gate(client, monkeypatch)
    said_again = threading.Thread(
        target=lambda: there.bank("a").retain("The vault code is a flowerpot.", document="two")
    )
    forgotten = threading.Thread(target=lambda: here.bank("a").forget(unit=unit, erase=erase))
    said_again.start()
    assert gate.arrived.wait(60)
    forgotten.start()
    # Without a lease it is forgotten now, and comes back with the other process' write.
    while forgotten.is_alive() and not gate.asked.wait(0.01):
        pass
    gate.opened.set()
    for thread in (said_again, forgotten):
        thread.join(60)
    assert texts(here) == texts(opened(client)) == []


def test_nothing_that_another_process_writes_gets_lost_in_a_switch(
    client: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, old = opened(client), opened(client)
    new.bank("a").retain("The harbour has a crane.")
    outcomes: list[object] = []

    def said_meanwhile() -> None:
        try:
            outcomes.append(old.bank("a").retain("The garden has a well."))
        except (StoreError, ValueError) as error:  # the client's own engine has no error of its own for this
            outcomes.append(error)

    switch, thread = client.update_collection_aliases, threading.Thread(target=said_meanwhile)

    def switch_later(operations: Sequence[Any], **named: Any) -> bool:
        gate = Gate(client, monkeypatch)
        gate.arrived.set()
        gate.opened.set()
        thread.start()
        while thread.is_alive() and not gate.asked.wait(0.01):
            pass
        return switch(operations, **named)

    monkeypatch.setattr(client, "update_collection_aliases", switch_later)
    new.reembed(Renamed())
    thread.join(60)
    written = [outcome for outcome in outcomes if not isinstance(outcome, Exception)]
    assert len(texts(new)) == 1 + len(written)


def _lay_down_lease(client: QdrantClient) -> Callable[[], None]:
    """Takes the bank "a" for a process that is not there; returns what gives it back."""
    leases = Leases(client, "elsewhere-1-00000000", 30.0)
    leases.take(COLLECTION, "a")
    return lambda: leases.give_back(COLLECTION, "a")


def test_the_lease_of_a_killed_process_is_taken_over(
    client: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = opened(client)
    give_back = _lay_down_lease(client)
    monkeypatch.setattr(server_leases, "LEASE_SECONDS", 0.05)
    memory.bank("a").retain("The harbour has a crane.")
    assert texts(memory) == ["The harbour has a crane."]
    give_back()  # it is not its own any more: nothing happens
    memory.bank("a").retain("The garden has a well.")
    assert len(texts(memory)) == 2


def test_a_bank_that_another_process_does_not_let_go_is_named(
    client: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_leases, "_POLL_SECONDS", 0.0)
    memory = opened(client, patience=0.0)
    _lay_down_lease(client)
    with pytest.raises(StoreError, match='bank "a" is held by another process \\(elsewhere-1-00000000\\)'):
        memory.bank("a").retain("The harbour has a crane.")
    assert texts(memory) == []


def test_a_process_that_lost_its_bank_writes_nothing(
    client: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_leases, "LEASE_SECONDS", 0.0)  # each use of the store looks after its lease
    memory = opened(client)
    store = memory._async.services.store
    memory.bank("a").retain("The harbour has a crane.")
    points = list(store.scan(Where(bank="a")))
    with store.held("a"):
        store.write(points)
        client.delete(COLLECTION, points_selector=models.Filter(must=[server_leases._is_token("")]))
        for lease in store.scan(Where(kind="lease")):
            client.delete(COLLECTION, points_selector=[lease.id])
        with pytest.raises(StoreError, match="taken over"):
            store.write(points)
    store.write(points)
