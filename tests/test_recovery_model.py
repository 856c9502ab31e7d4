"""The protocol by which an erasure recovers, as a model: every sequence of writes, erasures, failures and openings up
to a length. It holds as the protocol is, and does not where a failed erasure waits for the next opening while others
write, as it once did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

KEYS = ("x", "y")
LOG = "log"
Records = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Order:
    """What an erasure is to put in place, record by record: None takes a record away."""

    records: tuple[tuple[str, tuple[str, ...] | None], ...]


@dataclass(frozen=True)
class State:
    """A store, its order if one is due, what was acknowledged so far, and what an erasure said would be gone."""

    stored: Records = field(default_factory=lambda: {LOG: ()})
    order: Order | None = None
    acknowledged: Records = field(default_factory=lambda: {LOG: ()})
    promised_gone: frozenset[str] = frozenset()
    number: int = 0


def _carry_out(state: State, steps: int | None = None) -> State:
    """Carries the order out from its beginning; with `steps` it fails after so many, and is still due."""
    if state.order is None:
        return state
    stored = dict(state.stored)
    for key, value in state.order.records[:steps]:
        stored.pop(key, None)
        if value is not None:
            stored[key] = value
    return replace(state, stored=stored, order=state.order if steps is not None else None)


def _before_use(state: State, finishes_first: bool) -> State:
    return _carry_out(state) if finishes_first else state


def _write(state: State, key: str, finishes_first: bool) -> State:
    """Writes a record and its line in the log, as one."""
    state = _before_use(state, finishes_first)
    value = f"{key}{state.number}"
    written = {key: (value,), LOG: (*state.stored.get(LOG, ()), value)}
    return replace(
        state,
        stored={**state.stored, **written},
        acknowledged={**state.acknowledged, **written},
        promised_gone=state.promised_gone - {value},
        number=state.number + 1,
    )


def _erase(state: State, key: str, fails_after: int | None, finishes_first: bool) -> State:
    """Orders that a record goes, with its lines in the log, and carries that out; it may fail on the way."""
    state = _before_use(state, finishes_first)
    if key not in state.stored:
        return state
    gone = state.stored[key]
    log = tuple(line for line in state.stored.get(LOG, ()) if line not in gone)
    # Whether it fails or not: what is ordered is done in the end, and its error says so.
    state = replace(
        state,
        order=Order(((key, None), (LOG, log))),
        acknowledged={**{k: v for k, v in state.acknowledged.items() if k != key}, LOG: log},
        promised_gone=state.promised_gone | set(gone),
    )
    return _carry_out(state, fails_after)


def _next_states(state: State, finishes_first: bool) -> Iterator[State]:
    for key in KEYS:
        yield _write(state, key, finishes_first)
        for fails_after in (None, 0, 1, 2):
            yield _erase(state, key, fails_after, finishes_first)
    yield _carry_out(state)  # killed, and opened again


def _is_sound(state: State) -> bool:
    """Whether all that was acknowledged is there, and nothing that was to go, once the memory is opened again."""
    opened = _carry_out(state)
    texts = {text for value in opened.stored.values() for text in value}
    return opened.stored == state.acknowledged and not texts & state.promised_gone


def _unsound(finishes_first: bool, length: int) -> list[State]:
    """Returns the states, after up to `length` steps, that are not sound."""
    states, unsound = [State()], []
    for _ in range(length):
        states = [after for state in states for after in _next_states(state, finishes_first)]
        unsound += [state for state in states if not _is_sound(state)]
    return unsound


def test_an_erasure_that_is_finished_before_the_next_use_takes_nothing_back() -> None:
    assert _unsound(finishes_first=True, length=4) == []


def test_an_erasure_that_waits_for_the_next_opening_takes_later_writes_back() -> None:
    assert _unsound(finishes_first=False, length=3)
