"""Which mentions are one entity: labelled pairs, without a language model."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold import Bank, InputError, Memory, Message, NotFoundError
from fourfold.index.bank_index import BankIndex
from fourfold.ingest.extract.statement import Mention
from fourfold.ingest.resolve_entities import Resolver
from fourfold.language.person_names import keys, likeness
from fourfold.testing import HashEmbedder, MemoryStore

DATA = Path(__file__).parent / "data"
MAY = datetime(2024, 5, 10, 9, tzinfo=UTC)


def same(known: str, beside: list[str], mention: str, then_beside: list[str], days: float) -> bool:
    """Whether `mention` is taken for `known`, which was mentioned with others so many days before."""
    resolver = Resolver(BankIndex("a"))
    first = resolver.resolve([*map(Mention, beside), Mention(known)], MAY)[-1]
    later = resolver.resolve([*map(Mention, then_beside), Mention(mention)], MAY + timedelta(days=days))
    return first in later and first not in then_beside


def test_mentions_are_resolved_as_a_reader_would() -> None:
    table = json.loads((DATA / "mentions.json").read_text())
    assert len(table) >= 150
    said = [(same(*case), truth, case) for _, *case, truth in table]
    joined = sum(found for found, _, _ in said)
    right = sum(found and truth for found, truth, _ in said)
    wrong = [case for found, truth, case in said if found != truth]
    assert right / joined >= 0.98, wrong
    assert right / sum(truth for _, truth, _ in said) >= 0.90, wrong


def test_one_first_name_in_two_circles_is_two_people() -> None:
    resolver = Resolver(BankIndex("a"))
    work = resolver.resolve([Mention("Rita"), Mention("Tom Berg")], MAY)
    home = resolver.resolve([Mention("Grandma"), Mention("Tom Hill")], MAY)
    assert resolver.resolve([Mention("Rita"), Mention("Tom")], MAY) == work
    assert resolver.resolve([Mention("Grandma"), Mention("Tom")], MAY) == home


def test_aliases_that_a_text_gives_are_known_at_once() -> None:
    resolver = Resolver(BankIndex("a"))
    (one,) = resolver.resolve(
        [Mention("World Food Programme", ("the Programme", "WFP"), "organization")], MAY
    )
    assert resolver.resolve([Mention("the Programme")], MAY + timedelta(days=900)) == (one,)
    assert resolver.changed[one].kind == "organization"


@pytest.mark.parametrize("other", ["Iran", "Tigran Petrosian Street", "Tigre"])
def test_similar_names_alone_never_merge_entities(other: str) -> None:
    assert not same("Tigran", [], other, [], 0)


@given(st.text(max_size=30), st.text(max_size=30))
def test_likeness_is_symmetric_and_names_that_are_alike_share_a_key(a: str, b: str) -> None:
    assert 0 <= likeness(a, b) == likeness(b, a) <= 1
    if likeness(a, b):
        assert keys(a) & keys(b)


def test_every_similar_pair_of_the_table_shares_a_key() -> None:
    for _, known, _, mention, _, _, _ in json.loads((DATA / "mentions.json").read_text()):
        assert not likeness(known, mention) or keys(known) & keys(mention), (known, mention)


# By hand -----------------------------------------------------------------------------------------------------


def told() -> tuple[Memory, Bank]:
    """A bank that knows a sister by two names."""
    memory = Memory(MemoryStore(), HashEmbedder())
    bank = memory.bank("a")
    for number, text in enumerate(
        ["We met Benedita in Porto.", "I called Dita in the evening.", "Dita has a boat."]
    ):
        bank.retain([Message(text, "Mara", at=MAY + timedelta(days=number))])
    return memory, bank


def mentions(bank: Bank) -> dict[str, tuple[str, ...]]:
    return {unit.text: unit.entities for unit in bank.units()}


def test_two_entities_are_merged_by_hand_and_that_is_undone() -> None:
    memory, bank = told()
    with memory:
        before, known = mentions(bank), bank.entities()
        change = bank.merge_entities("Dita", into="Benedita", reason="my sister")
        assert (change.operation, change.reason, len(change.units)) == ("merge", "my sister", 2)
        assert bank.entity("dita").name == "Benedita"
        assert bank.entity("Benedita").mentions == 3
        assert "Dita" not in [entity.name for entity in bank.entities()]
        bank.retain([Message("And then Dita laughed.", "Mara", at=MAY + timedelta(days=9))])
        assert mentions(bank)["And then Dita laughed."] == ("Mara", "Benedita")
        bank.undo(change)
        assert {text: mentions(bank)[text] for text in before} == before
        assert {entity.name for entity in bank.entities()} == {entity.name for entity in known}
        assert [one.undone for one in bank.history() if one.operation == "merge"] == [True]


def test_an_alias_is_split_off_into_an_entity_by_hand() -> None:
    memory, bank = told()
    with memory:
        merged = bank.merge_entities("Dita", into="Benedita")
        change = bank.split_entity("Dita", of="Benedita", reason="two people after all")
        assert bank.entity("Dita").name == "Dita"
        assert (bank.entity("Dita").mentions, bank.entity("Benedita").mentions) == (2, 1)
        with pytest.raises(InputError, match="after it first"):
            bank.undo(merged)
        bank.undo(change)
        assert bank.entity("Dita").name == "Benedita"
        bank.undo(merged.id)
        assert bank.entity("Dita").name == "Dita"


def test_an_impossible_merge_split_or_undo_is_explained() -> None:
    memory, bank = told()
    with memory:
        change = bank.merge_entities("Dita", into="Benedita")
        for work, error in (
            (lambda: bank.merge_entities("Nobody", into="Benedita"), NotFoundError),
            (lambda: bank.merge_entities("Dita", into="Benedita"), InputError),
            (lambda: bank.split_entity("Bene", of="Benedita"), InputError),
            (lambda: bank.undo("0" * 32), NotFoundError),
            (lambda: (bank.undo(change), bank.undo(change)), InputError),
        ):
            with pytest.raises(error):
                work()


def test_a_merge_of_another_process_is_seen_at_once() -> None:
    memory, bank = told()
    with memory:
        store = memory._async.services.store
        other = Memory(store, HashEmbedder())
        try:
            assert bank.entity("Dita").name == "Dita"
            here, store.writer = store.writer, "elsewhere"
            other.bank("a").merge_entities("Dita", into="Benedita")
            store.writer = here
            assert bank.entity("Dita").name == "Benedita"
            assert len(bank.entities()) == len(other.bank("a").entities())
        finally:
            other._portal.stop()


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("My dentist is Dr. Iqbal.", "Dr. Iqbal"),
        ("Mein Zahnarzt ist Dr. Brandt.", "Dr. Brandt"),
        ("Our landlord is Mr. Hale, not Mrs. Osei.", "Mrs. Osei"),
    ],
)
def test_the_point_of_a_title_ends_no_name(bank: Bank, said: str, name: str) -> None:
    bank.retain(said)
    assert name in next(iter(bank.units())).entities


@pytest.mark.parametrize("form", ["SKU-{:05}", "Ana{}"])
def test_names_that_differ_in_their_numbers_are_not_compared(
    form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = 0

    def counted(a: str, b: str, people: bool = False) -> float:
        nonlocal compared
        compared += 1
        return likeness(a, b, people)

    monkeypatch.setattr("fourfold.ingest.resolve_entities.likeness", counted)
    with Memory(MemoryStore(), HashEmbedder()) as memory:
        memory.bank("a").retain("\n".join(f"We sold {form.format(i)} today." for i in range(300)))
        memory.bank("a").retain("\n".join(f"We bought {form.format(i)} today." for i in range(300)))
    assert compared < 2000  # of 90,000 pairs
