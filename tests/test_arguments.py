"""What the public methods do with arguments of a wrong type: they work, or raise and write nothing."""

from __future__ import annotations

import inspect
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import anyio
import pytest

from fourfold import AsyncBank, AsyncMemory, Bank, Fact, FourfoldError, InputError, Memory, Message
from fourfold.api.entries import AsyncBankEntries
from fourfold.api.sync import BankEntries
from fourfold.ports import Where
from fourfold.settings import load_settings
from fourfold.testing import HashEmbedder, MemoryStore
from fourfold.values.units import Entry, Interval

WRONG: dict[str, Any] = {
    "a number": 5,
    "a float": 0.5,
    "not a number": float("nan"),
    "infinity": float("inf"),
    "beyond 64 bits": 10**30,
    "of more digits than are written": -(10**5000),
    "less than nothing": -1,
    "zero": 0,
    "a yes": True,
    "after the calendar": datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-5))),
    "before the calendar": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
    "halves of characters": ["\ud800", "a\ud800"],
    "long": "x" * 10_000,
    "an object": object(),
    "bytes": b"x",
    "half a character": "\ud800",
    "a string": "yesterday-ish",
    "a date": "2024-01-01",
    "None in a list": [None],
    "numbers in a list": [5],
    "a mapping": {"a": 5},
    "nothing": None,
}
MOMENT = datetime(2024, 1, 1, tzinfo=UTC)


@contextmanager
def filled_memory() -> Iterator[tuple[Memory, MemoryStore]]:
    """A memory with a bank "ana", which has units, an entity with an alias, a belief, an entry."""
    store = MemoryStore()
    with Memory(store, HashEmbedder()) as memory:
        bank = memory.bank("ana")
        bank.retain(
            [Message("Ana Silva lives in Porto.", "Ana"), Message("Bob likes tea.", "Ana")], document="d"
        )
        bank.entries.put([Entry("file", "a", {"x": 1})], document="d")
        bank.rename("Porto", to="Oporto")
        bank.believe("Ana is careful.")
        yield memory, store


def contents(store: MemoryStore) -> dict[str, object]:
    return {point.id: dict(point.payload) for point in store.scan(Where())}


def unit_id(memory: Memory) -> str:
    return next(unit.id for unit in memory.bank("ana").units() if "Ana" in unit.text)


def other_unit_id(memory: Memory) -> str:
    return next(unit.id for unit in memory.bank("ana").units() if "Bob" in unit.text)


def last_change(memory: Memory) -> str:
    return memory.bank("ana").history()[0].id


def new_file(memory: Memory) -> str:
    return str(Path(tempfile.mkdtemp()) / "new.jsonl")


def text_file(memory: Memory) -> str:
    path = Path(tempfile.mkdtemp()) / "notes.txt"
    path.write_text("Carla bakes bread.")
    return str(path)


# What each method needs to be called at all; a function makes the value in the memory at hand.
NEEDED: dict[type, dict[str, dict[str, Any]]] = {
    Memory: {
        "bank": {"name": "new"},
        "warm_up": {},
        "banks": {},
        "erase": {"bank": "ana"},
        "banks_with_entries": {"kind": "file"},
        "load": {"path": text_file},
        "reembed": {"embedder": lambda memory: HashEmbedder()},
        "find_text": {"text": "Porto"},
    },
    Bank: {
        "retain": {"messages": "Carla bakes bread."},
        "extraction_request": {"text": "Carla bakes bread."},
        "preview": {"messages": "Carla bakes bread."},
        "retain_facts": {"facts": [Fact("Carla bakes bread.")]},
        "retain_later": {"messages": "Carla bakes bread."},
        "flush": {},
        "resume": {},
        "set_language": {"language": "de"},
        "recall": {"question": "Where does Ana live?"},
        "reflect": {"question": "Where does Ana live?"},
        "believe": {"statement": "Bob is calm."},
        "forget": {"document": "d"},
        "fork": {"name": "copy"},
        "restore": {"name": "copy", "as_of": lambda memory: datetime.now(UTC)},
        "edit": {"unit": unit_id, "text": "Ana Silva lives in Lisbon."},
        "merge_entities": {"name": "Oporto", "into": "Ana Silva"},
        "merge_units": {"unit": unit_id, "into": other_unit_id},
        "absorb": {"bank": lambda memory: memory.bank("other")},
        "split_entity": {"alias": "Porto", "of": "Oporto"},
        "split_unit": {"unit": unit_id, "into": ["Ana lives in Porto.", "Ana is called Silva."]},
        "rename": {"name": "Oporto", "to": "Lisboa"},
        "pin": {"what": unit_id},
        "unpin": {"what": unit_id},
        "prune": {},
        "export": {"path": new_file},
        "history": {},
        "undo": {"change": last_change},
        "entity": {"name": "Oporto"},
        "unit": {"unit_id": unit_id},
        "units": {},
        "timeline": {},
        "beliefs": {},
        "summary": {"entity": "Ana Silva"},
        "core": {},
    },
    BankEntries: {
        "put": {"entries": [Entry("file", "b", 1)], "document": "d"},
        "delete": {"kind": "file", "keys": ["a"]},
        "get": {"kind": "file", "key": "a"},
        "expire": {"kind": "file"},
        "list": {"kind": "file"},
    },
}
NOT_ASKED = {"open", "close", "run"}
ASYNC = {Memory: AsyncMemory, Bank: AsyncBank, BankEntries: AsyncBankEntries}


def parameters() -> list[tuple[type, str, str]]:
    """Every parameter of every public method."""
    return [
        (facade, name, parameter)
        for facade in NEEDED
        for name, method in inspect.getmembers(facade, inspect.isfunction)
        if not name.startswith("_") and name not in NOT_ASKED
        for parameter in list(inspect.signature(method).parameters)[1:]
    ]


def target_of(facade: type, memory: Memory) -> Any:
    bank = memory.bank("ana")
    return {Memory: memory, Bank: bank, BankEntries: bank.entries}[facade]


def settled(value: Any) -> Any:
    """What a call gives in the end: of a coroutine, and of a future."""
    if inspect.isawaitable(value):

        async def awaited() -> Any:
            return await value

        value = anyio.run(awaited)
    return value.result(timeout=60) if hasattr(value, "set_running_or_notify_cancel") else value


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize(("facade", "name", "parameter"), parameters())
def test_an_argument_of_a_wrong_type_works_or_is_an_error_of_ours_with_nothing_written(
    facade: type, name: str, parameter: str, is_async: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # any string is a path to write to
    wrong = dict(WRONG)
    while wrong:
        with filled_memory() as (memory, store):
            made = {
                key: value(memory) if callable(value) else value
                for key, value in NEEDED[facade][name].items()
            }
            if parameter in ("unit", "entity", "tags", "before") and name == "forget":
                made = {}
            target = target_of(facade, memory)
            method: Callable[..., Any] = getattr(target._async if is_async else target, name)
            before = contents(store)
            while wrong:
                what, value = wrong.popitem()
                try:
                    settled(method(**(made | {parameter: value})))
                    break  # it worked, and may have changed everything
                except FourfoldError:
                    pass
                assert contents(store) == before, f"{name}({parameter}={what}) raised, and wrote"


@pytest.mark.parametrize(
    ("parameter", "value", "message"),
    [
        ("context", 5, r"context is 5 \(int\): pass a string"),
        ("tags", None, "tags is None: pass a list of strings"),
        ("tags", "abc", r"""tags is the string 'abc': pass a list of strings, for instance \['abc'\]"""),
        ("tags", ["a", None], r"tags\[1\] is None: pass a string"),
        ("replaces", 5, r"replaces is 5 \(int\)"),
        ("progress", 5, "progress is 5 .*pass a function or None"),
        ("at", "yesterday-ish", 'at is .*pass an aware datetime.* or "unknown"'),
        ("replace", "no", "replace is the string 'no': pass True or False"),
    ],
)
def test_an_error_says_what_was_given_and_what_to_pass(
    bank: Bank, parameter: str, value: object, message: str
) -> None:
    arguments: dict[str, Any] = {parameter: value}
    with pytest.raises(InputError, match=message):
        bank.retain("The boat is red.", **arguments)
    assert bank.units() == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"limit": "3"}, "limit is the string '3': pass a whole number or None"),
        ({"limit": True}, "limit is True"),
        ({"budget": float("nan")}, r"budget is nan \(float\)"),
        ({"as_of": "2024-01-01"}, "as_of is the string '2024-01-01': pass an aware datetime"),
        ({"during": "2024"}, "during is .*Interval.from_iso"),
        ({"during": ("2024-01-01", None)}, r"during\[0\] is the string"),
        ({"networks": 5}, "networks is 5"),
        ({"networks": ["universe"]}, "the networks are world"),
    ],
)
def test_a_recall_says_which_bound_is_wrong(bank: Bank, arguments: dict[str, Any], message: str) -> None:
    bank.retain("The boat is red.")
    with pytest.raises(InputError, match=message):
        bank.recall("boat", **arguments)


def test_a_question_of_none_is_not_called_empty(bank: Bank) -> None:
    nothing: Any = None
    with pytest.raises(InputError, match="question is None: pass a string"):
        bank.reflect(nothing)


def test_lists_may_be_of_any_kind_and_numbers_of_numpy(bank: Bank) -> None:
    import numpy as np

    tags: Any = (tag for tag in ["a", "b"])
    bank.retain((Message(text) for text in ["The boat is red."]), tags=tags)
    limit: Any = np.int64(1)
    (hit,) = bank.recall("boat", limit=limit, tags={"b"}).hits  # type: ignore[arg-type]
    assert hit.unit.tags == ("a", "b")


def test_what_a_callers_own_iterator_raises_comes_through(bank: Bank) -> None:
    def broken() -> Iterator[Message]:
        yield Message("The boat is red.")
        raise ConnectionError

    with pytest.raises(ConnectionError):
        bank.retain(broken())
    assert bank.units() == []


@pytest.mark.parametrize("name", ["units", "forget"])
def test_a_document_that_can_be_none_is_named_by_its_error(bank: Bank, name: str) -> None:
    bank.retain("The boat is red.", document="d")
    with pytest.raises(InputError, match="The document must be a string"):
        getattr(bank, name)(document="\ud800")


def test_a_reason_with_half_a_character_is_kept_without_it(bank: Bank) -> None:
    belief = bank.believe("The boat is red.", reason="seen \ud800 today")
    assert belief.history[0].reason.startswith("seen ")
    bank.retain("The harbour is old.", document="d")
    bank.forget(document="d", reason="wrong \ud800")
    assert bank.history()[0].reason.startswith("wrong")


@pytest.mark.parametrize("ends", [("2024-01-01", None), (None, 5)])
def test_an_interval_of_anything_but_times_is_refused(ends: tuple[Any, Any]) -> None:
    with pytest.raises(InputError, match="pass an aware datetime"):
        Interval(*ends)


@pytest.mark.parametrize(
    "wrong", [{"location": 5}, {"api_key": 5}, {"settings": 5}, {"llm": 5}, {"embedder": b"x"}]
)
def test_what_a_memory_is_opened_with_is_checked(wrong: dict[str, Any]) -> None:
    arguments: dict[str, Any] = {"location": ":memory:", "embedder": HashEmbedder()} | wrong
    with pytest.raises(FourfoldError, match=next(iter(wrong))):
        Memory.open(**arguments)


@pytest.mark.parametrize(
    ("fact", "message"),
    [
        (Fact("Ana sails.", speaker=5), r"facts\[0\].speaker is 5"),  # type: ignore[arg-type]
        (Fact("Ana sails.", entities=None), r"facts\[0\].entities is None"),  # type: ignore[arg-type]
        (Fact("Ana sails.", occurred="2024"), r"facts\[0\].occurred is .*from_iso"),  # type: ignore[arg-type]
    ],
)
def test_the_fields_of_what_a_caller_makes_are_checked(bank: Bank, fact: Fact, message: str) -> None:
    with pytest.raises(InputError, match=message):
        bank.retain_facts([fact])
    assert bank.units() == []


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e308, -1, "9" * 400])
def test_a_setting_beyond_what_it_can_be_is_named(value: Any) -> None:
    for setting in ("timeout", "llm_timeout", "decay", "session_gap_hours"):
        with pytest.raises(FourfoldError, match=setting):
            load_settings(**{setting: value})


@pytest.mark.parametrize("location", ["\ud800", "a\0b", " ", "~nobody-of-that-name/memory"])
def test_a_location_that_is_no_path_is_refused(location: str) -> None:
    with pytest.raises(FourfoldError, match=r"path|cannot be used"):
        Memory.open(location, embedder=HashEmbedder())
