"""Consolidates a bank: updates its beliefs, summaries and core profile by what was written since the last time.

No queue is kept that could be lost or drift (docs/adr/0010): what is pending lies between the revisions that were
written to the bank and those that were consolidated, and the store knows both. Doing a part again changes nothing:
a fact moves a belief once, and a summary whose facts are the same is not made again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace

import anyio.to_thread

from fourfold.consolidate import core_profile
from fourfold.consolidate.assess import Yield, assess
from fourfold.consolidate.summaries import SummaryWriter, touched_entities
from fourfold.errors import ConfigurationError, FourfoldError, ModelError, TokenLimitError
from fourfold.index.bank_index import BankIndex
from fourfold.ports import Fields, LanguageModel, Point, Where
from fourfold.schema.bookkeeping import ConsolidationState, progress_point, read_progress
from fourfold.schema.records import STAMP_ONLY, UNIT, stamp_of
from fourfold.services import Services
from fourfold.transaction.transaction import Transaction
from fourfold.values.reflection import Failure

log = logging.getLogger(__name__)

_SLICE_UNITS = 1000
"""Units that are consolidated at a time: after each slice, what was done is written down (docs/adr/0010). A guess."""
_MOST_ATTEMPTS = 3
"""Attempts to have a model assess a slice, before the rules do. A guess, not measured."""
_MOST_FAILURES_IN_A_ROW = 3
"""Summaries that may fail one after another before the rest is not tried: each failure has waited for retries, and a
provider that is down would hold consolidation up. A guess, not measured."""
_SUMMARY_KEY = "summary of "
_BELIEFS_KEY = "beliefs"
_MODEL_FAILURES = (ModelError, ConfigurationError, TokenLimitError)
"""What ends a model's part alone; any other error ends consolidation."""


def pending(services: Services, bank: str, state: ConsolidationState | None = None) -> int:
    """Returns the number of units that wait to be consolidated; `state` is the bank's, where it has been read."""
    return len(_pending_units(services, bank, state or read_progress(services.store, bank)))


async def consolidate(services: Services, bank: str, yield_now: Yield) -> None:
    """Consolidates all that is pending, a slice at a time, and tries again what failed.

    What `yield_now` raises ends it; the slices that were done stay done. What a language model fails at is noted in
    the bank's status, not raised.
    """
    retry_failed = True
    while (work := await anyio.to_thread.run_sync(_next_slice, services, bank, retry_failed)) is not None:
        retry_failed = False  # once a run, else a model that keeps failing would be asked forever
        if not await _consolidate_slice(services, bank, work, yield_now):
            return


@dataclass(frozen=True, slots=True)
class _Slice:
    """The units of one slice, the revisions it reaches up to, by writer, and the state before it."""

    changed: list[Point]
    up_to: Mapping[str, int]
    state: ConsolidationState


def _pending_units(services: Services, bank: str, state: ConsolidationState) -> list[tuple[str, int, str]]:
    """Returns (writer, revision, unit id) of what is pending, in order, without what consolidation wrote."""
    pending_units = []
    for after in state.behind(services.store.cursors(bank)).items():
        where = Where(bank=bank, kind=UNIT, after=after)
        for point in services.store.scan(where, STAMP_ONLY):
            stamp = stamp_of(point)
            if not stamp.derived:
                pending_units.append((stamp.writer, stamp.revision, point.id))
    return sorted(pending_units)


def _next_slice(services: Services, bank: str, retry_failed: bool) -> _Slice | None:
    """Returns the next slice: about `_SLICE_UNITS` units, never a part of one write. Without anything pending, an
    empty one where something failed and `retry_failed` asks for that, else None."""
    state = read_progress(services.store, bank)
    pending_units = _pending_units(services, bank, state)
    if not pending_units:
        return _Slice([], {}, state) if retry_failed and state.failed else None
    # Progress is kept by revision, so a slice that ends within a write could not be told apart from one that does
    # not.
    last_writer, last_revision, _ = pending_units[min(_SLICE_UNITS, len(pending_units)) - 1]
    in_slice = [pending for pending in pending_units if pending[:2] <= (last_writer, last_revision)]
    up_to = {writer: revision for writer, revision, _ in in_slice}
    ids = tuple(unit_id for _, _, unit_id in in_slice)
    changed = services.store.scan(Where(ids=ids), Fields(terms=True))
    return _Slice(list(changed), up_to, state)


async def _consolidate_slice(services: Services, bank: str, work: _Slice, yield_now: Yield) -> bool:
    """Consolidates one slice. Returns False where nothing is left to do now: the slice was empty, or it has to wait
    since the language model failed."""
    model = services.metered_model(bank)
    index = await anyio.to_thread.run_sync(services.indexes.get, bank)
    state, is_assessed = work.state, True
    try:
        await assess(services, index, work.changed, model, yield_now)
        state = state.without_failure(_BELIEFS_KEY)
    except _MODEL_FAILURES as error:
        state = _with_failure(state, _BELIEFS_KEY, error)
        attempts = state.failed[_BELIEFS_KEY].attempts
        # A setting or a spent account does not mend itself: only a model's failure is worth waiting for.
        is_assessed = attempts >= _MOST_ATTEMPTS or not isinstance(error, ModelError)
        if is_assessed:
            await assess(services, index, work.changed, None, yield_now)
    if is_assessed:
        state = await _summarise(services, index, work, model, state, yield_now)
        # After the summaries, whose sentences are lines of the profile.
        await anyio.to_thread.run_sync(core_profile.refresh, services, bank)
        state = replace(state, revisions={**state.revisions, **work.up_to})
    # Last: where the process is killed before, the slice is done again, and that changes nothing.
    await anyio.to_thread.run_sync(_write_state, services, bank, state)
    return is_assessed and bool(work.changed)


async def _summarise(
    services: Services,
    index: BankIndex,
    work: _Slice,
    model: LanguageModel | None,
    state: ConsolidationState,
    yield_now: Yield,
) -> ConsolidationState:
    """Refreshes the summaries of the entities that the slice touches, and those that failed before. Returns the
    state with the failures of this time."""
    writer = SummaryWriter(services, index, yield_now)
    retried = [key.removeprefix(_SUMMARY_KEY) for key in state.failed if key.startswith(_SUMMARY_KEY)]
    entities = list(dict.fromkeys([*touched_entities(work.changed), *retried]))
    if model is None:
        await anyio.to_thread.run_sync(writer.refresh_extracts, entities)
        for entity in entities:
            state = state.without_failure(f"{_SUMMARY_KEY}{entity}")
        return state
    lasting_error: FourfoldError | None = None
    failures_in_a_row = 0
    for entity in entities:
        key = f"{_SUMMARY_KEY}{entity}"
        try:
            # The rest fails without a call, and is noted, so that the next run tries it again.
            if lasting_error is not None:
                raise lasting_error
            await writer.refresh(entity, model)
        except _MODEL_FAILURES as error:
            log.warning("The summary of %s in the bank %s stays as it is: %s", entity, index.bank, error)
            state = _with_failure(state, key, error)
            failures_in_a_row += 1
            if failures_in_a_row >= _MOST_FAILURES_IN_A_ROW or not isinstance(error, ModelError):
                lasting_error = error
        else:
            state = state.without_failure(key)
            failures_in_a_row = 0
    return state


def _with_failure(state: ConsolidationState, key: str, error: FourfoldError) -> ConsolidationState:
    """Returns `state` with one more failed attempt at `key`."""
    earlier = state.failed.get(key)
    attempts = (earlier.attempts if earlier else 0) + 1
    return state.with_failure(key, Failure(key, str(error), attempts))


def _write_state(services: Services, bank: str, state: ConsolidationState) -> None:
    with services.indexes.locked(bank) as index:
        transaction = Transaction(services, index, services.clock.now(), "progress", derived=True)
        transaction.put_record(progress_point(bank, state))
        transaction.commit({})
