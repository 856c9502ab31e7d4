"""Records of a store as values and back, and readers that are given no more fields of a record than they ask for."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

import fourfold
from fourfold.language.text import SparseVector
from fourfold.ports import Fields, Point
from fourfold.schema import beliefs, records, units
from fourfold.schema.banks import (
    READ_ENTITY,
    READ_PROFILE,
    Profile,
    bank_point,
    entity_id,
    entity_point,
    read_entity,
    read_profile,
)
from fourfold.schema.bookkeeping import READ_USES, ledger_point, read_ledger, use_point, uses_of
from fourfold.schema.changelog import READ_OPERATION, Record, operation_of, read_record, record_point
from fourfold.schema.chunks import (
    READ_CHUNK_MESSAGES,
    chunk_point,
    messages_of_chunk,
    read_chunk_point,
    state_of,
)
from fourfold.schema.core_profile import (
    READ_PINNED,
    CoreRecord,
    core_point,
    pinned_of,
    read_core_point,
    without_pins,
)
from fourfold.schema.fields import with_fields
from fourfold.schema.indexed_units import READ_INDEXED_UNIT, IndexedUnit, read_indexed_unit
from fourfold.schema.rekey import ID_FIELDS, Rekeyer
from fourfold.schema.summaries import facts_digest_of, read_summary, summary_id, summary_point
from fourfold.token_usage import Tokens
from fourfold.values.beliefs import Effect, formed
from fourfold.values.chunks import Chunk, Piece
from fourfold.values.reflection import CoreProfileLine
from fourfold.values.statements import Kind
from fourfold.values.summaries import Sentence, Summary
from fourfold.values.units import (
    Entity,
    Interval,
    Link,
    Network,
    Operation,
    Retirement,
    RetirementCause,
    Source,
    Unit,
    Verdict,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
UNIT_ID, OTHER_ID, CHUNK_ID = "a" * 32, "b" * 32, "c" * 32
UNIT = Unit(
    id=UNIT_ID,
    bank="b",
    text="Ana bought 3 boats.",
    network=Network.WORLD,
    source=Source("chat", ("m1", "m2"), 2, 21, ("chat", "mail")),
    mentioned_at=NOON,
    recorded_at=NOON + DAY,
    speaker="Ana",
    occurred=Interval(NOON - DAY, None),
    entities=("Ana",),
    tags=("work",),
    context="a call",
    session="s1",
    links=(Link(OTHER_ID, "temporal", 0.5),),
    superseded_by=OTHER_ID,
    chunk=CHUNK_ID,
    kind=Kind.REQUEST,
    lasting=True,
    attribute="possession",
    salience=0.25,
    telling=(0, 19),
)
VECTORS = units.UnitVectors(
    vector=np.ones(3, np.float32),
    terms=SparseVector(np.array([4], np.uint32), np.ones(1, np.float32)),
    tokens=np.ones((2, 3), np.float32),
    own_tokens=(0, 1),
    centroids=(7, 9),
)
STORED = units.unit_point(UNIT, 5, VECTORS, ["owns"])
BELIEF = formed(replace(UNIT, network=Network.BELIEF, confidence=0.6), (OTHER_ID,), "said so")
SUMMARY = Summary(
    replace(UNIT, id=summary_id("b", "Ana"), network=Network.SUMMARY),
    (Sentence("Ana bought 3 boats.", (UNIT_ID,)),),
    extract=True,
)
CHUNK = Chunk(
    CHUNK_ID, "chat", (Piece("Hello.", "m1", "Ana", "user", NOON, 0, 6),), ("Before.",), units=(UNIT_ID,)
)
RECORD = Record(
    "d" * 32,
    "b",
    "retain",
    NOON,
    order=3,
    actor="Bo",
    reason="asked to",
    subject="a chat",
    created=(UNIT_ID,),
    before={OTHER_ID: {"tags": ["first", 1]}},
    operations=(Operation(Verdict.ADD, UNIT_ID, ""),),
)
ENTITY = Entity(entity_id("b", "Ana"), "Ana", ("Annie",), kind="person")
CORE = CoreRecord(
    (
        CoreProfileLine("pinned", "I sail.", (UNIT_ID,), speaker="Ana", said_at=NOON),
        CoreProfileLine("about", "Boats", ()),
    ),
    (UNIT_ID,),
    NOON,
)


def only(point: Point, fields: Fields) -> Point:
    """Returns a record with the fields that a store would bring."""
    names = fields.only or ()
    return replace(point, payload={name: point.payload[name] for name in names if name in point.payload})


@pytest.mark.parametrize(
    ("point", "fields", "read"),
    [
        (STORED, units.READ_UNIT, units.read_unit),
        (STORED, units.RETIREMENT_ONLY, units.is_retired),
        (STORED, units.RETIREMENT_ONLY, units.read_retirement),
        (STORED, units.SPOKEN_ONLY, units.speaker_of),
        (STORED, units.SPOKEN_ONLY, units.text_of),
        (STORED, READ_INDEXED_UNIT, read_indexed_unit),
        (STORED, records.KIND_ONLY, records.kind_of),
        (STORED, records.PLACE_ONLY, records.place_of),
        (records.stamped(STORED, "w", 4, True), records.STAMP_ONLY, records.stamp_of),
        (beliefs.with_history(STORED, BELIEF), beliefs.READ_BELIEF, beliefs.read_belief),
        (bank_point(Profile("b", NOON, mission="Help.")), READ_PROFILE, read_profile),
        (entity_point("b", ENTITY), READ_ENTITY, read_entity),
        (chunk_point("b", CHUNK, "pending", NOON), READ_CHUNK_MESSAGES, messages_of_chunk),
        (chunk_point("b", CHUNK, "pending", NOON), READ_CHUNK_MESSAGES, state_of),
        (core_point("b", CORE), READ_PINNED, pinned_of),
        (use_point(OTHER_ID, "b", {UNIT_ID: [2, 1.5]}), READ_USES, uses_of),
        (record_point(RECORD), READ_OPERATION, operation_of),
    ],
)
def test_a_reader_reads_the_same_from_the_fields_it_asks_for_as_from_all(
    point: Point, fields: Fields, read: Callable[[Point], object]
) -> None:
    assert read(only(point, fields)) == read(point)


def test_values_are_read_as_they_were_written() -> None:
    assert units.read_unit(STORED) == UNIT
    assert beliefs.read_belief(beliefs.belief_point(BELIEF, 0, VECTORS)) == BELIEF
    assert read_summary(summary_point(SUMMARY, "f00")) == SUMMARY
    assert facts_digest_of(summary_point(SUMMARY, "f00")) == "f00"
    assert read_chunk_point(chunk_point("b", CHUNK, "chunk", NOON)) == CHUNK
    assert read_record(record_point(RECORD)) == RECORD
    assert read_entity(entity_point("b", ENTITY)) == ENTITY
    assert read_ledger(ledger_point("b", "w", Tokens(1, 20, 3, 4))) == Tokens(1, 20, 3, 4)
    stamped = records.stamped(STORED, "w", 4, derived=True)
    assert records.stamp_of(stamped) == ("w", 4, True)


def test_a_retirement_is_read_as_it_was_written() -> None:
    for retirement in (
        Retirement.superseded_by(OTHER_ID),
        Retirement(RetirementCause.FORGOTTEN, reason="asked: twice"),
        *(Retirement(cause) for cause in RetirementCause if cause is not RetirementCause.SUPERSEDED),
    ):
        point = units.with_unit(STORED, UNIT.retired(NOON, retirement))
        assert units.read_retirement(point) == retirement
        assert read_indexed_unit(point).retirement == retirement
        assert units.is_retired(point)


def test_an_index_reads_each_value_under_its_own_name() -> None:
    indexed = read_indexed_unit(STORED)
    assert indexed == IndexedUnit(
        text=UNIT.text,
        speaker="Ana",
        network="world",
        session="s1",
        passage="",
        entities=["Ana"],
        tags=["work"],
        links=STORED.payload["links"],
        attributes=["owns"],
        documents=["chat", "mail"],
        messages=["m1", "m2"],
        mentioned_at=NOON.isoformat(),
        occurred=[(NOON - DAY).isoformat(), None],
        start=(NOON - DAY).timestamp(),
        end=records.NEVER,
        recorded=(NOON + DAY).timestamp(),
        retired=records.NEVER,
        retired_by=None,
        successor=OTHER_ID,
        modality="fact",
        question_share=0.0,
        has_count=True,
        token_estimate=indexed.token_estimate,
        centroids=[7, 9],
        order=5,
        salience=0.25,
    )
    assert indexed.token_estimate > 0
    assert indexed.mentioned == NOON.timestamp()
    assert indexed.place == ((NOON + DAY).timestamp(), 5)
    assert IndexedUnit.unpacked(indexed.packed()) == indexed


def test_a_record_as_of_a_moment_goes_by_the_times_in_it() -> None:
    recorded = UNIT.recorded_at
    assert beliefs.record_as_of(STORED, recorded - DAY) is None
    assert beliefs.record_as_of(STORED, recorded) == STORED
    retired = units.with_unit(STORED, UNIT.retired(recorded + 2 * DAY, Retirement.superseded_by(OTHER_ID)))
    assert beliefs.record_as_of(retired, recorded + 3 * DAY) == retired
    then = beliefs.record_as_of(retired, recorded + DAY)
    assert then is not None
    assert units.read_unit(then) == UNIT
    summary = summary_point(SUMMARY, "f00")
    assert beliefs.record_as_of(summary, recorded - DAY) is None
    assert beliefs.record_as_of(summary, recorded) == summary
    core = core_point("b", CORE)
    assert beliefs.record_as_of(core, recorded - 9 * DAY) == core, "it has no times that count"


def test_the_lines_of_a_profile_of_an_older_version_are_read() -> None:
    point = core_point("b", CORE)
    rows = [["pinned", "[8 May 2023] Ana: I sail.", [UNIT_ID]]]
    core = read_core_point(replace(point, payload={**point.payload, "lines": rows}))
    assert core.lines == (CoreProfileLine("pinned", "[8 May 2023] Ana: I sail.", (UNIT_ID,)),)


def test_a_belief_as_of_a_moment_has_the_history_and_the_confidence_of_then() -> None:
    fact = replace(UNIT, id=CHUNK_ID)
    moved = BELIEF.assessed(Effect.REINFORCE, fact, "said again", UNIT.recorded_at + 2 * DAY)
    point = beliefs.belief_point(moved, 0, VECTORS)
    then = beliefs.record_as_of(point, UNIT.recorded_at + DAY)
    assert then is not None
    assert beliefs.read_belief(then).history == BELIEF.history
    assert beliefs.read_belief(then).confidence == 0.6
    assert beliefs.record_as_of(point, UNIT.recorded_at + 2 * DAY) == point


def test_a_core_profile_without_pins_keeps_its_other_lines() -> None:
    point = without_pins(core_point("b", CORE))
    assert pinned_of(point) == ()
    assert [line[0] for line in point.payload["lines"]] == ["about"]


def test_a_record_in_another_bank_names_that_bank_and_the_ids_that_records_have_there() -> None:
    summary, entity = summary_point(SUMMARY, "f00"), entity_point("b", ENTITY)
    links = with_fields(STORED, {"links": [[summary.id, "evidence", 1.0]]})
    rekeyer = Rekeyer("b", "c")
    for point in (links, summary, entity):
        rekeyer.note(only(point, ID_FIELDS))
    unit = units.read_unit(rekeyer.moved(links))
    assert unit.bank == "c"
    assert unit.id not in (UNIT_ID, "")
    assert [link.to for link in unit.links] == [summary_id("c", "Ana")]
    assert rekeyer.moved(entity).id == entity_id("c", "Ana")
    assert read_summary(rekeyer.moved(summary)).evidence == (unit.id,)
    assert rekeyer.moved(links).payload["held_in"] == "c"
    assert rekeyer.moved(summary).payload["held_in"] is None


def test_payloads_are_read_and_written_by_field_in_the_schema_alone() -> None:
    package = Path(fourfold.__file__).parent
    # Adapters hand payloads on as a whole; the doubles shipped to users store them.
    rooms = [
        room
        for room in package.rglob("*.py")
        if room.relative_to(package).parts[0] not in ("schema", "storage", "testing")
    ]
    assert len(rooms) > 100
    uses = [
        f"{path.relative_to(package)}:{node.lineno}"
        for path in rooms
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "payload"
    ]
    assert uses == []
