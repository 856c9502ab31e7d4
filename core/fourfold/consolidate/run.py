"""Consolidation: what was written to a bank since the last time is taken into its beliefs, summaries and core
profile.

The queue is no list that could be lost or drift: it is what lies between what was written to the bank and what was
taken in, and the store knows both. Doing a part again changes nothing: a fact moves a belief once, and a summary
whose facts are the same is not made again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace

import anyio.to_thread

from fourfold.consolidate import core_profile
from fourfold.consolidate.assess import Rest, assess
from fourfold.consolidate.summaries import SummaryWriter, touched
from fourfold.errors import ConfigurationError, FourfoldError, ModelError, TokenLimitError
from fourfold.ports import Fields, LanguageModel, Point, Where
from fourfold.schema.consolidation_state import ConsolidationState, progress_point, read_progress
from fourfold.services import Services
from fourfold.transaction.transaction import Transaction
from fourfold.values.reflection import Failure

log = logging.getLogger(__name__)

_SLICE = 1000
_MOST_ATTEMPTS = 3
_MOST_IN_A_ROW = 3
_SUMMARY = "summary of "
_BELIEFS = "beliefs"
_FAILS = (ModelError, ConfigurationError, TokenLimitError)


def pending(services: Services, bank: str) -> int:
    """How many units wait to be taken in."""
    return len(_waiting(services, bank, read_progress(services.store, bank)))


async def consolidate(services: Services, bank: str, rest: Rest) -> None:
    """Takes in all that waits, a slice at a time, and tries again what failed. What `rest` raises ends it, with what
    was done by then kept. What a language model fails at is noted in the bank, not raised."""
    first = True
    while (work := await anyio.to_thread.run_sync(_next, services, bank, first)) is not None:
        first = False
        if not await _take_in(services, bank, work, rest):
            return


@dataclass(frozen=True, slots=True)
class _Work:
    """The units of one slice, how far it reaches, by writer, and what was done and failed before it."""

    changed: list[Point]
    upto: Mapping[str, int]
    progress: ConsolidationState


def _waiting(services: Services, bank: str, progress: ConsolidationState) -> list[tuple[str, int, str]]:
    """(writer, revision, unit) of what waits, in order."""
    found = []
    for after in progress.behind(services.store.cursors(bank)).items():
        where = Where(bank=bank, kind="unit", after=after)
        for point in services.store.scan(where, Fields(only=("writer", "revision", "derived"))):
            p = point.payload
            if not p["derived"]:
                found.append((str(p["writer"]), int(p["revision"]), point.id))
    return sorted(found)


def _next(services: Services, bank: str, retrying: bool) -> _Work | None:
    """The next slice: about `_SLICE` units, what was written at once together; None if there is none, nor anything
    to try again."""
    progress = read_progress(services.store, bank)
    waiting = _waiting(services, bank, progress)
    if not waiting:
        return _Work([], {}, progress) if retrying and progress.failed else None
    last = waiting[min(_SLICE, len(waiting)) - 1][:2]
    taken = [one for one in waiting if one[:2] <= last]
    upto = {writer: revision for writer, revision, _ in taken}
    changed = services.store.scan(Where(ids=tuple(unit for *_, unit in taken)), Fields(terms=True))
    return _Work(list(changed), upto, progress)


async def _take_in(services: Services, bank: str, work: _Work, rest: Rest) -> bool:
    """Takes a slice in; False where it has to wait, since the language model failed."""
    model = services.metered_model(bank)
    progress, settled = work.progress, True
    try:
        await assess(services, bank, work.changed, model, rest)
        progress = progress.noted(_BELIEFS, None)
    except _FAILS as error:
        progress = _failed(progress, _BELIEFS, error)
        settled = progress.failed[_BELIEFS].attempts >= _MOST_ATTEMPTS or not isinstance(error, ModelError)
        if settled:  # the model had its chances: the rules judge
            await assess(services, bank, work.changed, None, rest)
    if settled:
        progress = await _summarise(services, bank, work, model, progress, rest)
        await anyio.to_thread.run_sync(core_profile.refresh, services, bank)
        progress = replace(progress, done={**progress.done, **work.upto})
    await anyio.to_thread.run_sync(_note, services, bank, progress)
    return settled and bool(work.changed)


async def _summarise(
    services: Services,
    bank: str,
    work: _Work,
    model: LanguageModel | None,
    progress: ConsolidationState,
    rest: Rest,
) -> ConsolidationState:
    """Refreshes the summaries of what the slice touches, and of what failed before it."""
    language = services.indexes.get(bank).language
    round_ = SummaryWriter(services, bank, language, rest)
    again = [key.removeprefix(_SUMMARY) for key in progress.failed if key.startswith(_SUMMARY)]
    hopeless: FourfoldError | None = None
    in_a_row = 0
    for entity in dict.fromkeys([*touched(work.changed), *again]):
        key = f"{_SUMMARY}{entity}"
        try:
            if hopeless is not None:
                raise hopeless
            await round_.refresh(entity, model)
        except _FAILS as error:
            log.warning("The summary of %s in the bank %s stays as it is: %s", entity, bank, error)
            progress, in_a_row = _failed(progress, key, error), in_a_row + 1
            if in_a_row >= _MOST_IN_A_ROW or not isinstance(error, ModelError):
                hopeless = error
        else:
            progress, in_a_row = progress.noted(key, None), 0
    return progress


def _failed(progress: ConsolidationState, key: str, error: FourfoldError) -> ConsolidationState:
    before = progress.failed.get(key)
    return progress.noted(key, Failure(key, str(error), (before.attempts if before else 0) + 1))


def _note(services: Services, bank: str, progress: ConsolidationState) -> None:
    with services.indexes.locked(bank) as index:
        transaction = Transaction(services, index, services.clock.now(), "progress", derived=True)
        transaction.put_record(progress_point(bank, progress))
        transaction.commit({})
