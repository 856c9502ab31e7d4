"""Which mentions are one entity: labelled pairs, without a language model."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.names import keys, likeness
from fourfold.retain.resolve import Resolver
from fourfold.retain.statement import Mention
from fourfold.stores.graph import BankGraph

DATA = Path(__file__).parent / "data"
MAY = datetime(2024, 5, 10, 9, tzinfo=UTC)


def same(known: str, beside: list[str], mention: str, then_beside: list[str], days: float) -> bool:
    """Whether `mention` is taken for `known`, which was mentioned with others so many days before."""
    resolver = Resolver(BankGraph("a"))
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
    resolver = Resolver(BankGraph("a"))
    work = resolver.resolve([Mention("Rita"), Mention("Tom Berg")], MAY)
    home = resolver.resolve([Mention("Grandma"), Mention("Tom Hill")], MAY)
    assert resolver.resolve([Mention("Rita"), Mention("Tom")], MAY) == work
    assert resolver.resolve([Mention("Grandma"), Mention("Tom")], MAY) == home


def test_aliases_that_a_text_gives_are_known_at_once() -> None:
    resolver = Resolver(BankGraph("a"))
    (one,) = resolver.resolve(
        [Mention("World Food Programme", ("the Programme", "WFP"), "organization")], MAY
    )
    assert resolver.resolve([Mention("the Programme")], MAY + timedelta(days=900)) == (one,)
    assert resolver.changed[one].kind == "organization"


@pytest.mark.parametrize("other", ["Iran", "Tigran Petrosian Street", "Tigre"])
def test_likeness_alone_never_merges(other: str) -> None:
    assert not same("Tigran", [], other, [], 0)


@given(st.text(max_size=30), st.text(max_size=30))
def test_likeness_is_symmetric_and_names_that_are_alike_share_a_key(a: str, b: str) -> None:
    assert 0 <= likeness(a, b) == likeness(b, a) <= 1
    if likeness(a, b):
        assert keys(a) & keys(b)


def test_every_pair_of_the_table_that_is_alike_shares_a_key() -> None:
    for _, known, _, mention, _, _, _ in json.loads((DATA / "mentions.json").read_text()):
        assert not likeness(known, mention) or keys(known) & keys(mention), (known, mention)
