"""An export that was tampered with is refused, or gives a bank that works; no other bank is touched by it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold import (
    Bank,
    Entry,
    FourfoldError,
    InputError,
    Memory,
    Message,
    create_key,
    create_signing_key,
)
from fourfold.ports import Fields, Store, Where
from fourfold.testing import FrozenClock, HashEmbedder, MemoryStore
from fourfold.values.changes import TimelineKind

Line = dict[str, Any]


def lived(memory: Memory, clock: FrozenClock, name: str) -> Bank:
    """A bank with records of every kind."""
    bank = memory.bank(name)
    said = [Message("I live in Porto.", "Ana", id="1"), Message("Our dog Bruno barks.", "Ana", id="2")]
    bank.retain(said, document="d", tags=["home"])
    books = bank.retain("Ana gave her books away.", document="e").units[0]
    bank.believe("Ana is generous.", confidence=0.8, evidence=[books])
    bank.entries.put([Entry("file", "/notes", {"text": ["The well."]})], "The well.", document="notes")
    clock.advance(timedelta(hours=1))
    bank.consolidate()
    bank.retain([Message("I live in Lisbon now.", "Ana", id="3")], document="d")
    bank.edit(bank.units(document="notes")[0], "The well is deep.")
    bank.entries.put([Entry("file", "/notes", {"text": "The lake."})], document="notes")
    bank.pin(books)
    bank.recall("Where does Ana live?")
    bank.retain("A mistake about the quarry.")
    bank.undo(bank.history(limit=1)[0])
    bank.forget(document="notes", reason="it was wrong")
    clock.advance(timedelta(hours=1))
    bank.consolidate()
    return bank


class Exported:
    """The lines of an export of a bank "eve", and the records of a bank "bob" of another memory."""

    def __init__(self) -> None:
        clock = FrozenClock()
        with Memory(MemoryStore(), HashEmbedder(), clock=clock) as memory, TemporaryDirectory() as folder:
            lived(memory, clock, "eve").export(Path(folder) / "eve.jsonl")
            text = (Path(folder) / "eve.jsonl").read_text()
        self.lines: list[Line] = [json.loads(line) for line in text.splitlines()[:-1]]
        with Memory(MemoryStore(), HashEmbedder(), clock=clock) as memory:
            lived(memory, clock, "bob")
            self.points = list(store_of(memory).scan(Where(), Fields(vectors=True)))
        self.ids = sorted(point.id for point in self.points)
        self.now = clock.now()

    def memory(self) -> Memory:
        """A memory with the bank "bob"."""
        store = MemoryStore()
        store.write(self.points)
        return Memory(store, HashEmbedder(), clock=FrozenClock(self.now))

    @cached_property
    def untouched(self) -> Memory:
        """A memory with the bank "bob" alone: to open one takes ten times as long as to refuse a file."""
        return self.memory()

    def check_untouched(self, memory: Memory) -> None:
        """Checks that the records of "bob" are as they were, and that all others are of "eve"."""
        points = {point.id: point.payload for point in store_of(memory).scan(Where())}
        for point in self.points:
            assert points.pop(point.id) == point.payload
        assert all(payload["bank"] == "eve" for payload in points.values())


def store_of(memory: Memory) -> Store:
    return memory._async.services.store


def write(path: Path, lines: list[Line]) -> None:
    """Writes an export of these lines, with the checksum that it needs."""
    text = "".join(json.dumps(line) + "\n" for line in lines)
    told = {"lines": len(lines), "sha256": hashlib.sha256(text.encode()).hexdigest()}
    path.write_text(text + json.dumps(told) + "\n")


@pytest.fixture(scope="module")
def exported() -> Exported:
    return Exported()


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yields the paths to all that is in a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


def container_of(line: Line, path: tuple[Any, ...]) -> Any:
    value: Any = line
    for key in path[:-1]:
        value = value[key]
    return value


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, -1, 2, 3.7, 2**63, 10**30, float("nan"), float("inf"), 1e12, -1e12, 1e300]),
    st.sampled_from(
        ["", " ", "bob", "eve", "a/b", "\ud800", "unit", "entity", "chunk", "gone", "belief", "lost"]
    ),
    st.sampled_from(["9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00+05:00", "2023-05-08", "f4", "AAAA"]),
    st.sampled_from(
        [[], {}, [[]], [None], {"a": 1}, ["first", 99], ["keys", {}], ["absent"], ["was", 5], [3, 1]]
    ),
    st.text(max_size=5),
).map(deepcopy)  # what is changed later is not what the next example gets


@st.composite
def tampered(draw: st.DrawFn, exported: Exported) -> list[Line]:
    """The lines of an export in which up to three things are not as they were."""
    lines: list[Line] = json.loads(json.dumps(exported.lines))
    own_ids = [line["id"] for line in lines[1:]]
    for _ in range(draw(st.integers(1, 3))):
        number = draw(st.integers(0, len(lines) - 1))
        path = draw(st.sampled_from(list(places(lines[number])) or [()]))
        if not path:
            continue
        container = container_of(lines[number], path)
        match draw(
            st.sampled_from(["value", "value", "foreign", "own", "delete", "rename", "repeat", "drop"])
        ):
            case "value":
                container[path[-1]] = draw(VALUES)
            case "foreign":
                container[path[-1]] = draw(st.sampled_from(exported.ids))
            case "own":
                container[path[-1]] = draw(st.sampled_from(own_ids))
            case "delete":
                del container[path[-1]]
            case "rename" if isinstance(container, dict):
                container[draw(st.sampled_from([*exported.ids, *own_ids, "odd", "kind"]))] = container.pop(
                    path[-1]
                )
            case "repeat":
                lines.append(json.loads(json.dumps(lines[number])))
            case "drop" if number:
                del lines[number]
    return lines


def use(bank: Bank) -> None:
    """Does with a bank what reads all of it, and changes what there is. What it cannot do it says."""
    for question in ("Where does Ana live?", "Ana is generous.", "Who is Bruno?"):
        bank.recall(question, budget=None)
    history = bank.history()
    for moment in sorted({change.at for change in history}):
        bank.recall("Where does Ana live?", as_of=moment)
    bank.reflect("Where does Ana live?")
    bank.units(retired=True)
    bank.beliefs()
    bank.timeline(what=get_args(TimelineKind))
    bank.core()
    bank.status()
    bank.entries.list("file")
    for entity in bank.entities():
        bank.entity(entity.name)
    for change in history:
        with suppress(InputError):
            bank.undo(change)
    bank.retain([Message("I live in Braga now.", "Ana", id="9")], document="d")
    bank.consolidate()
    with suppress(FourfoldError):
        bank.forget(document="d", erase=True)


def check(exported: Exported, lines: list[Line]) -> bool:
    """Loads a file of these lines, and uses its bank; returns whether it was loaded."""
    memory = exported.untouched
    del exported.untouched  # nobody gets it again where a check fails
    is_loaded = True
    with TemporaryDirectory() as folder:
        write(Path(folder) / "eve.jsonl", lines)
        try:
            bank = memory.load(Path(folder) / "eve.jsonl", bank="eve")
        except FourfoldError:
            is_loaded = False
    exported.check_untouched(memory)
    if is_loaded:
        use(bank)
        exported.check_untouched(memory)
        memory.erase("eve")
        exported.check_untouched(memory)
    assert [info.name for info in memory.banks()] == ["bob"]
    assert len(list(store_of(memory).scan(Where()))) == len(exported.points)
    exported.untouched = memory
    return is_loaded


@given(st.data())
def test_a_tampered_export_is_refused_or_gives_a_bank_that_works(
    exported: Exported, data: st.DataObject
) -> None:
    check(exported, data.draw(tampered(exported)))


@pytest.fixture(scope="module")
def keys(exported: Exported, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a key that encrypts, a pair that signs, and an export by each: "encrypted", "signed"."""
    folder = tmp_path_factory.mktemp("keys")
    create_key(folder / "secret.key")
    create_signing_key(folder / "team.key")
    write(folder / "plain", exported.lines)
    with Memory(MemoryStore(), HashEmbedder()) as memory:
        bank = memory.load(folder / "plain")
        bank.export(folder / "encrypted", encrypt=folder / "secret.key")
        bank.export(folder / "signed", sign=folder / "team.key")
    return folder


@pytest.fixture(scope="module")
def empty_memory() -> Iterator[Memory]:
    """A memory that stays empty, as all is refused: made once, for many examples."""
    with Memory(MemoryStore(), HashEmbedder()) as memory:
        yield memory


@given(st.data(), st.sampled_from(["encrypted", "signed"]))
def test_an_encrypted_or_signed_export_with_another_bit_is_refused(
    empty_memory: Memory, keys: Path, data: st.DataObject, name: str
) -> None:
    content = bytearray((keys / name).read_bytes())
    # The first and the last bytes are those that say how the others are to be read.
    near_an_end = st.one_of(st.integers(0, 600), st.integers(len(content) - 400, len(content) - 1))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.one_of(near_an_end, st.integers(0, len(content) - 1)))
        content[place] ^= data.draw(st.integers(1, 255))
    if data.draw(st.booleans()):
        del content[data.draw(near_an_end) :]
    if bytes(content) == (keys / name).read_bytes():
        return
    option: dict[str, Any] = (
        {"decrypt": keys / "secret.key"} if name == "encrypted" else {"signed_by": keys / "team.key.pub"}
    )
    (keys / "changed").write_bytes(content)
    with pytest.raises(InputError):
        empty_memory.load(keys / "changed", **option)
    assert list(store_of(empty_memory).scan(Where())) == []


def record(lines: list[Line], kind: str) -> Line:
    """Returns the first record of that kind."""
    return next(line for line in lines[1:] if line["payload"]["kind"] == kind)


def _of_another_bank(exported: Exported, lines: list[Line]) -> None:
    record(lines, "unit")["payload"]["bank"] = "bob"


def _with_the_id_of_another_banks_unit(exported: Exported, lines: list[Line]) -> None:
    record(lines, "unit")["id"] = next(p.id for p in exported.points if p.payload["kind"] == "unit")


def _naming_another_banks_unit(exported: Exported, lines: list[Line]) -> None:
    record(lines, "core")["payload"]["pinned"] = [exported.points[0].id]


def _with_a_log_of_another_banks_unit(exported: Exported, lines: list[Line]) -> None:
    record(lines, "operation")["payload"]["before"] = {exported.points[0].id: {"text": ["was", "No."]}}


def _with_a_log_of_another_bank(exported: Exported, lines: list[Line]) -> None:
    record(lines, "operation")["payload"]["before"] = {record(lines, "unit")["id"]: {"bank": ["was", "bob"]}}


def _with_a_change_that_made_another(exported: Exported, lines: list[Line]) -> None:
    log = [line for line in lines[1:] if line["payload"]["kind"] == "operation"]
    log[1]["payload"]["made"] = [log[0]["id"]]


def _with_a_link_to_an_entity(exported: Exported, lines: list[Line]) -> None:
    linked = next(line for line in lines[1:] if line["payload"].get("links"))
    linked["payload"]["links"][0][0] = record(lines, "entity")["id"]


def _with_an_id_of_something_else(exported: Exported, lines: list[Line]) -> None:
    record(lines, "entity")["id"] = "0" * 32


def _with_a_cursor(exported: Exported, lines: list[Line]) -> None:
    payload = {"kind": "cursor", "bank": "eve", "writer": "w", "revision": 10**6}
    lines.append({"id": "0" * 32, "payload": payload})


def _in_a_bank_that_cannot_be(exported: Exported, lines: list[Line]) -> None:
    lines[0]["bank"] = "a/b"


def _with_fewer_than_none(name: str) -> Callable[[Exported, list[Line]], None]:
    def harm(exported: Exported, lines: list[Line]) -> None:
        lines[0][name] = -1

    return harm


def _used_less_than_never(exported: Exported, lines: list[Line]) -> None:
    (uses,) = record(lines, "use")["payload"]["uses"].values()
    uses[0] = -1


def _set(kind: str, name: str, value: Any) -> Callable[[Exported, list[Line]], None]:
    def harm(exported: Exported, lines: list[Line]) -> None:
        record(lines, kind)["payload"][name] = value

    return harm


def _vector(*numbers: float) -> Callable[[Exported, list[Line]], None]:
    def harm(exported: Exported, lines: list[Line]) -> None:
        data = base64.b64encode(np.array(numbers, "<f4").tobytes()).decode()
        record(lines, "unit")["vector"] = ["f4", [len(numbers)], data]

    return harm


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (_of_another_bank, 'line .* of the bank "bob"'),
        (_with_fewer_than_none("units"), "line 1: it has fewer than no units"),
        (_with_fewer_than_none("pending"), "line 1: it has fewer than no units"),
        (_used_less_than_never, "line .* used -1 times"),
        (_with_the_id_of_another_banks_unit, "line .* another bank"),
        (_naming_another_banks_unit, "line .* another bank"),
        (_with_a_log_of_another_banks_unit, "line .* another bank"),
        (_with_a_log_of_another_bank, 'line .* of the bank "bob"'),
        (_with_a_change_that_made_another, "line .* is a change of the log"),
        (_with_a_link_to_an_entity, "line .* as a unit, and that is none"),
        (_with_an_id_of_something_else, "line .* not that of what it says"),
        (_with_a_cursor, "line .* no kind"),
        (_in_a_bank_that_cannot_be, "line 1: .* cannot name a bank"),
        (_set("unit", "text", 5), "line .*text is 5"),
        (_set("unit", "network", "dream"), "line .*dream"),
        (_set("unit", "confidence", 1.5), "line .*confidence is 1.5"),
        (_set("unit", "mentioned_at", "9999-12-31T23:59:59-05:00"), "line .* 1 to 9999"),
        (_set("unit", "mentioned_at", "2023-05-08T10:00:00"), "line .* time zone"),
        (_set("unit", "links", [["x", "semantic", 1.0]]), "line .* no id"),
        (_set("unit", "odd", 1), "line .* has odd"),
        (_set("unit", "entities", ["Nobody"]), "line .* no entity"),
        (_set("entity", "aliases", [None]), "line .*aliases"),
        (_set("operation", "at", None), "line "),
        (_vector(1.0, 0.0), "line .* shape"),
        (_vector(*[float("nan")] * HashEmbedder().dimension), "line .* finite"),
    ],
)
@pytest.mark.parametrize("name", ["eve", "mallory"])
def test_an_export_with_what_no_bank_has_is_refused_with_its_line(
    exported: Exported, harm: Callable[[Exported, list[Line]], None], told: str, name: str, tmp_path: Path
) -> None:
    lines: list[Line] = json.loads(json.dumps(exported.lines))
    harm(exported, lines)
    if name != "eve" and harm is _with_the_id_of_another_banks_unit:
        pytest.skip("under another name every record gets another id")
    write(tmp_path / "eve.jsonl", lines)
    with exported.memory() as memory:
        with pytest.raises(InputError, match=told):
            memory.load(tmp_path / "eve.jsonl", bank=name)
        assert [info.name for info in memory.banks()] == ["bob"]
        assert len(list(store_of(memory).scan(Where()))) == len(exported.points)
        exported.check_untouched(memory)


def test_an_entry_of_a_revision_before_the_first_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with Memory(MemoryStore(), HashEmbedder()) as memory:
        memory.bank("a").entries.put([Entry("file", "a.md", {"text": "The roof leaks."})], document="a")
        memory.bank("a").export(path)
    lines = [json.loads(line) for line in path.read_text().splitlines()[:-1]]
    (entry,) = (line for line in lines[1:] if "revised" in line["payload"])
    entry["payload"]["revised"] = 0
    write(path, lines)
    with Memory(MemoryStore(), HashEmbedder()) as memory:
        with pytest.raises(InputError, match="revision is 0"):
            memory.load(path)
        assert memory.banks() == []
