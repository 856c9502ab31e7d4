"""The contract that every store must keep."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fourfold.errors import StoreError
from fourfold.language.languages import ENGLISH
from fourfold.language.text import document_vector, query_vector, terms
from fourfold.ports import CopyDroppedError, Fields, Point, Query, Store, Where
from fourfold.schema.records import NEVER, make_id
from fourfold.testing.doubles import HashEmbedder


def sample_point(bank: str, name: str, text: str, **payload: object) -> Point:
    """Returns a unit as a store sees it, embedded by `HashEmbedder`; `payload` overrides fields."""
    embedding = HashEmbedder().embed([text])[0]
    fields = {
        "kind": "unit", "bank": bank, "held_in": bank, "text": text, "network": "world", "tags": [],
        "documents": [""], "recorded": 100.0, "retired": NEVER, "from": 50.0, "to": 60.0,
        "writer": "w", "revision": 1, **payload,
    }  # fmt: skip
    return Point(
        make_id(bank, name), fields, embedding.vector, document_vector(terms(text, ENGLISH)), embedding.tokens
    )


def check_store(make: Callable[[], Store]) -> None:
    """Runs the contract of `Store` against what `make` returns (a new, empty store for `HashEmbedder`'s
    dimensions at each call); raises `AssertionError` naming what is broken."""
    for check in (  # each on a store of its own, so that a fault in one does not show up as another's
        _finds_what_was_written,
        _replaces_points_of_the_same_id,
        _keeps_banks_apart,
        _applies_every_filter,
        _weighs_keywords_by_the_bank_alone,
        _sums_the_best_token_matches,
        _knows_how_far_each_writer_got,
        _returns_vectors_when_asked,
        _counts_by_bank,
        _deletes_and_rewrites,
        _drops_and_adopts_a_copy,
        _holds_banks,
        _refuses_work_once_closed,
    ):
        store = make()
        try:
            check(store)
        finally:
            store.close()


def _ids(store: Store, where: Where) -> set[str]:
    return {point.id for point in store.scan(where)}


def _dense(text: str, where: Where, limit: int = 10) -> Query:
    return Query(where, limit, vector=HashEmbedder().embed([text])[0].vector)


def _worded(text: str, where: Where, limit: int = 10) -> Query:
    return Query(where, limit, terms=query_vector(terms(text, ENGLISH)))


def _finds_what_was_written(store: Store) -> None:
    cat = sample_point("a", "1", "the cat sleeps")
    dog = sample_point("a", "2", "the dog barks")
    store.write([cat, dog])
    store.write([])
    (nearest, worded) = store.search([_dense("a cat", Where(bank="a")), _worded("dogs", Where(bank="a"))])
    assert nearest[0][0] == cat.id, "the nearest vector comes first"
    assert nearest[0][1] > nearest[1][1], "scores fall"
    assert [unit for unit, _ in worded] == [dog.id], "only units that share a term are found by keyword"
    assert store.search([]) == [], "no query, no answer"
    assert len(store.search([_dense("cat", Where(bank="a"), limit=1)])[0]) == 1, "the limit holds"


def _replaces_points_of_the_same_id(store: Store) -> None:
    store.write([sample_point("a", "1", "old words")])
    store.write([sample_point("a", "1", "new words")])
    points = list(store.scan(Where(bank="a")))
    assert [point.payload["text"] for point in points] == ["new words"], "the later write wins"


def _keeps_banks_apart(store: Store) -> None:
    store.write([sample_point("a", "1", "a secret"), sample_point("b", "1", "a secret")])
    for query in (_dense("a secret", Where(bank="b")), _worded("secret", Where(bank="b"))):
        assert [unit for unit, _ in store.search([query])[0]] == [make_id("b", "1")], "banks are apart"
    assert _ids(store, Where(bank="b")) == {make_id("b", "1")}, "banks are apart"


def _applies_every_filter(store: Store) -> None:
    live_unit = sample_point("a", "1", "one", tags=["x", "y"], documents=["c", "d"], network="belief")
    retired_unit = sample_point("a", "2", "two", held_in=None, retired=200.0, recorded=150.0, revision=2)
    entity = Point(make_id("a", "3"), {"kind": "entity", "bank": "a", "writer": "w", "revision": 3})
    store.write([live_unit, retired_unit, entity])
    expected = [
        (Where(bank="a"), {live_unit.id, retired_unit.id, entity.id}),
        (Where(bank="a", kind="entity"), {entity.id}),
        (Where(bank="a", live=True), {live_unit.id}),
        (Where(ids=(retired_unit.id,)), {retired_unit.id}),
        (Where(bank="b", ids=(retired_unit.id,)), set()),
        (Where(bank="a", networks=("belief", "summary")), {live_unit.id}),
        (Where(bank="a", tags=("y", "z")), {live_unit.id}),
        (Where(bank="a", documents=("d",)), {live_unit.id}),
        (Where(bank="a", since=149.0), {retired_unit.id}),
        (Where(bank="a", since=150.0), set()),
        (Where(bank="a", occurred=(59.0, 70.0)), {live_unit.id, retired_unit.id}),
        (Where(bank="a", occurred=(60.0, 70.0)), set()),
        (Where(bank="a", after=("w", 1)), {retired_unit.id, entity.id}),
        (Where(bank="a", after=("v", 0)), set()),
    ]
    for where, ids in expected:
        assert _ids(store, where) == ids, f"{where} admits {ids}"


def _weighs_keywords_by_the_bank_alone(store: Store) -> None:
    store.write(
        [sample_point("a", str(i), text) for i, text in enumerate(["rare fox", "common fox", "common owl"])]
    )
    query = _worded("rare common fox", Where(bank="a", live=True))
    before = store.search([query])[0]
    store.write([sample_point("b", str(i), "rare rare rare fox") for i in range(20)])
    after = store.search([query])[0]
    assert [u for u, _ in before] == [u for u, _ in after], "another bank changes no ranking"
    assert np.allclose([s for _, s in before], [s for _, s in after], rtol=1e-5), "nor a score"


def _sums_the_best_token_matches(store: Store) -> None:
    store.write([sample_point("a", "1", "red apple pie"), sample_point("a", "2", "green pear tart")])
    tokens = HashEmbedder().embed(["red pie"])[0].tokens
    hits = store.search([Query(Where(bank="a"), 2, tokens=tokens)])[0]
    assert hits[0][0] == make_id("a", "1"), "the unit with both words comes first"
    assert abs(hits[0][1] - 2) < 0.1, "two exact matches make two"
    halved = store.search([Query(Where(bank="a"), 1, tokens=tokens * np.float32(0.5))])[0]
    assert abs(halved[0][1] - hits[0][1] / 2) < 0.05, "rows weigh by their length"


def _knows_how_far_each_writer_got(store: Store) -> None:
    assert store.cursors("a") == {}, "nobody has written yet"
    for writer, revision in (("w", 1), ("v", 7), ("w", 2)):
        cursor = {"kind": "cursor", "bank": "a", "writer": writer, "revision": revision}
        store.write([sample_point("a", "1", "words"), Point(make_id("a", "cursor", writer), cursor)])
        assert store.cursors("a")[writer] == revision, "a cursor moves with the write"
    assert store.cursors("a") == {"w": 2, "v": 7}, "each writer has one"
    assert store.cursors("b") == {}, "banks are apart"


def _returns_vectors_when_asked(store: Store) -> None:
    point = sample_point("a", "1", "three plain words")
    store.write([point])
    bare = next(iter(store.scan(Where(bank="a"))))
    full = next(iter(store.scan(Where(bank="a"), Fields(vectors=True))))
    assert bare.vector is None, "no vectors unless asked"
    for got, expected in ((full.vector, point.vector), (full.tokens, point.tokens)):
        assert got is not None, "vectors come if asked"
        assert expected is not None
        assert np.allclose(got, expected, atol=0.05), "vectors come back as written, within their precision"
    assert full.terms is not None, "terms come with vectors"
    assert point.terms is not None
    assert full.terms.indices.tolist() == point.terms.indices.tolist(), "terms come back as written"
    for where in (Where(bank="a"), Where(ids=(point.id,))):
        (part,) = store.scan(where, Fields(only=("text", "tags")))
        assert part.payload == {"text": "three plain words", "tags": []}, (
            "only the fields asked for come along"
        )
    store.write([sample_point("a", "1", "four words by now")])
    (part,) = store.scan(Where(ids=(point.id,)), Fields(only=("text", "tags")))
    assert part.payload["text"] == "four words by now", "what was read before a write is read again"


def _counts_by_bank(store: Store) -> None:
    assert store.counts(Where(kind="unit")) == {}, "nothing is there yet"
    retired_unit = sample_point("a", "2", "two", held_in=None)
    entity = Point(make_id("b", "3"), {"kind": "entity", "bank": "b"})
    store.write([sample_point("a", "1", "one"), retired_unit, sample_point("b", "1", "one"), entity])
    assert store.counts(Where(kind="unit")) == {"a": 2, "b": 1}, "what is admitted, by bank"
    assert store.counts(Where(kind="unit"), "held_in") == {"a": 1, "b": 1}, "what holds, by bank"
    assert store.counts(Where(bank="b")) == {"b": 2}, "of one bank"


def _deletes_and_rewrites(store: Store) -> None:
    points = [sample_point("a", str(number), f"the secret word {number}") for number in range(4)]
    store.write(points)
    store.delete([points[0].id, make_id("a", "never")])
    assert _ids(store, Where(bank="a")) == {point.id for point in points[1:]}, "what is deleted is gone"
    guarantee = store.rewrite([sample_point("a", "1", "another word")], [points[2].id])
    assert isinstance(guarantee, str), "it is said what is true of the bytes"
    texts = {point.id: point.payload["text"] for point in store.scan(Where(bank="a"))}
    third_text = points[3].payload["text"]
    assert texts == {points[1].id: "another word", points[3].id: third_text}, "the rest is as it was"
    assert store.find_bytes("the secret word 2") == [], "no bytes are left"
    (nearest,) = store.search([_dense("another word", Where(bank="a"), 1)])
    assert nearest[0][0] == points[1].id, "what was rewritten is found"
    store.write([sample_point("a", "5", "a later word")])
    assert len(_ids(store, Where(bank="a"))) == 3, "it can be written to afterwards"


def _drops_and_adopts_a_copy(store: Store) -> None:
    original = sample_point("a", "1", "the old vectors")
    replacement = sample_point("a", "2", "the new ones")
    vectors = ("another embedder", HashEmbedder.dimension, HashEmbedder.token_dimension)
    _check_raises(StoreError, store.adopt_copy, "nothing can be adopted before a copy is begun")
    store.write([original])
    copy = store.copy_for(vectors)
    assert _ids(copy, Where(bank="a")) == set(), "a copy begins empty"
    copy.write([replacement])
    assert _ids(store, Where(bank="a")) == {original.id}, "a copy is apart from the store"
    copy = store.copy_for(vectors)
    assert _ids(copy, Where(bank="a")) == {replacement.id}, "a copy for the same embedder goes on"
    store.rewrite([], [])
    _check_raises(CopyDroppedError, lambda: copy.write([replacement]), "an erasure drops the copy")
    copy = store.copy_for(vectors)
    assert _ids(copy, Where(bank="a")) == set(), "a copy that was dropped begins anew"
    copy.write([replacement])
    store.adopt_copy()
    assert _ids(store, Where(bank="a")) == {replacement.id}, "the store has the points of the copy"


def _holds_banks(store: Store) -> None:
    point = sample_point("a", "1", "written while it is held")
    with store.held("a"), store.held("b"), store.held("a"):
        store.write([point])
    assert [each.id for each in store.scan(Where())] == [point.id], (
        "a bank that was held leaves nothing behind"
    )


def _check_raises(error: type[StoreError], work: Callable[[], object], rule: str) -> None:
    try:
        work()
    except error:
        return
    raise AssertionError(rule)


def _refuses_work_once_closed(store: Store) -> None:
    store.close()
    store.close()
    _check_raises(StoreError, lambda: list(store.scan(Where(bank="a"))), "a closed store raises StoreError")
