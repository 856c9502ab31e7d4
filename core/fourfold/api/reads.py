"""`BankReads`: the methods of a bank that look up what is in it."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Protocol, Self, get_args

from anyio import to_thread

from fourfold.api.arguments import checks_arguments
from fourfold.consolidate import core_profile, list_beliefs
from fourfold.consolidate.subjects import is_nameless_user
from fourfold.errors import InputError, NotFoundError
from fourfold.forks import OfOneProcess
from fourfold.govern import timeline
from fourfold.ports import Where
from fourfold.schema.records import SUMMARY, UNIT, kind_of, place_of
from fourfold.schema.summaries import read_summary, summary_id
from fourfold.schema.units import read_unit
from fourfold.services import Services
from fourfold.validation import check_name, parse_unit_id
from fourfold.values.beliefs import USER, Belief
from fourfold.values.changes import DIARY, Event, TimelineKind
from fourfold.values.reflection import CoreProfile
from fourfold.values.summaries import Summary
from fourfold.values.units import Entity, Interval, Unit


@checks_arguments
class BankReads(OfOneProcess):
    """The methods of a bank that change nothing."""

    def __init__(self, name: str, services: Services) -> None:
        self.name = name
        self._services = services

    @property
    def as_async(self) -> Self:
        """The bank itself; for a `Bank`, the `AsyncBank` behind it."""
        return self

    async def entities(self) -> list[Entity]:
        """Returns the people, places, things and terms that the bank knows, most mentioned first."""

        def read() -> list[Entity]:
            index = self._services.indexes.get(self.name)
            with index.lock:  # a retain of another thread may be adding entities
                return index.entities()

        return await to_thread.run_sync(read)

    async def entity(self, name: str) -> Entity:
        """Returns the entity of that name or alias, case ignored. Raises `NotFoundError`."""

        def read() -> Entity:
            index = self._services.indexes.get(self.name)
            with index.lock:
                return index.require_entity(name)

        return await to_thread.run_sync(read)

    async def unit(self, unit_id: str) -> Unit:
        """Returns the unit with that id, of any network, retired or not. The first 8 characters of the id are enough
        where no other unit's id begins with them. Raises `NotFoundError`."""

        def read() -> list[Unit]:
            index = self._services.indexes.get(self.name)
            with index.lock:
                full_id = index.find(unit_id)
            # Summaries are in no index, and are looked up by their whole id. What is no id at all (`ValueError`) is
            # not there.
            with contextlib.suppress(ValueError):
                where = Where(bank=self.name, ids=(full_id or parse_unit_id(unit_id),))
                points = self._services.store.scan(where)
                return [read_unit(p) for p in points if kind_of(p) in (UNIT, SUMMARY)]
            return []

        units = await to_thread.run_sync(read)
        if not units:
            raise NotFoundError(f'The bank "{self.name}" has no unit {unit_id}.')
        return units[0]

    async def units(self, *, document: str | None = None, retired: bool = False) -> list[Unit]:
        """Returns the current units in the order they were said, those of an unknown time first. `document`
        narrows them to one document; `retired` adds the retired ones."""

        def read() -> Iterator[Unit]:
            where = Where(
                bank=self.name,
                kind=UNIT,
                live=not retired,
                documents=None if document is None else (check_name(document, "document"),),
            )
            points = sorted(self._services.store.scan(where), key=place_of)
            return map(read_unit, points)

        units = list(await to_thread.run_sync(read))
        # A stable sort: those of one moment stay in the order in which they came.
        return sorted(units, key=lambda unit: unit.said_order)

    async def timeline(
        self,
        *,
        what: TimelineKind | Collection[TimelineKind] = DIARY,
        entity: str | None = None,
        during: Interval | tuple[datetime | None, datetime | None] | None = None,
        limit: int | None = None,
    ) -> list[Event]:
        """Returns what happened and is going to, oldest first, each event once.

        `what` is one or several of "events" (what took place once, or began), "plans" (and wishes that name a time),
        "changes" (what took the place of something older, and what it took the place of), "states" (what else was
        stated, such as a taste, a job, a photograph's caption) and "beliefs" (how sure the bank became of each, at
        every move). By default it is what one would put down in a diary: the first three; beliefs move with nearly
        every talk, and would hide the rest. Kinds and not topics, since `entity` and `recall` find those.

        An event is told by what names its time, or by what tells of the past, lasts not, and is worth knowing; what
        an older version or a language model retained is one wherever it claims something. What another message
        tells again, in the same words, of the same day, is in `Event.retellings`. Small talk, questions, requests
        and code are in no timeline.

        `entity` (a name or an alias) narrows it to what mentions it and the beliefs about it, `during` to what meets
        the interval, `limit` to the latest so many; each is optional. The time of a fact is when it occurred, or,
        where nothing tells that, when it was said. A superseded fact says until when it was true. Raises
        `InputError`, and `NotFoundError` for an entity that the bank does not know.
        """
        kinds = (what,) if isinstance(what, str) else tuple(what)
        if not kinds:
            raise InputError(f"what is empty: give one or several of {', '.join(get_args(TimelineKind))}.")
        if limit is not None and limit <= 0:
            raise InputError(f"limit is {limit}: give a positive number, or None for no bound.")
        interval = Interval(*during) if isinstance(during, tuple) else during
        return await to_thread.run_sync(
            timeline.timeline, self._services, self.name, kinds, entity, interval, limit
        )

    async def beliefs(
        self,
        about: str | None = None,
        *,
        holder: str | None = None,
        min_confidence: float = 0.0,
        retired: bool = False,
    ) -> list[Belief]:
        """Returns the beliefs of the bank, most confident first: each judgement or preference of a holder once, with
        its topic, its stance and when it was said again (`Belief.restatements`).

        `about` narrows them to an entity (a name or an alias) that one of them mentions, else to a topic in any words
        ("public transport"): those whose topic has these words, or bears on them by its meaning. None may be: of what
        the bank knows nothing about, the list is empty. `holder` (a name or an alias, "user" or "agent" where nobody
        is named) narrows them to what somebody holds, `min_confidence` (0 to 1) to those at least as sure; `retired`
        adds the retired ones.
        """
        wanted = list_beliefs.BeliefFilter(about, holder, min_confidence, retired)
        return await to_thread.run_sync(list_beliefs.list_beliefs, self._services, self.name, wanted)

    async def summary(self, entity: str) -> Summary:
        """Returns the summary of an entity (a name or an alias), each sentence with the units it rests on; of "user",
        what is known of a user who is nowhere named. Raises `NotFoundError` where there is none: the bank does not
        know the entity, knows fewer than two facts about it, or has not been consolidated since (`consolidate` does
        that now)."""

        def read() -> tuple[str, Summary | None]:
            index = self._services.indexes.get(self.name)
            with index.lock:
                name = USER if is_nameless_user(index, entity) else index.require_entity(entity).name
            where = Where(bank=self.name, kind=SUMMARY, ids=(summary_id(self.name, name),))
            return name, next(map(read_summary, self._services.store.scan(where)), None)

        name, summary = await to_thread.run_sync(read)
        if summary is None:
            raise NotFoundError(
                f'The bank "{self.name}" has no summary of "{name}": it knows too little of it, or has not been '
                f"consolidated since it was told of it (consolidate() does that)."
            )
        return summary

    async def core(self, budget: int = 400) -> CoreProfile:
        """Returns the core profile, the lines that should be in every prompt, within `budget` tokens (estimated):
        what is pinned, whom the bank is about, their beliefs and preferences, and open matters.

        It stays the same from call to call as long as its lines are true, so that a provider can cache a prompt that
        begins with it. Consolidation updates it. Raises `InputError` for a budget that is not positive.
        """
        return await to_thread.run_sync(core_profile.core_profile, self._services, self.name, budget)


class AnyBank(Protocol):
    """A `Bank` or an `AsyncBank`, of any memory."""

    @property
    def name(self) -> str: ...

    @property
    def as_async(self) -> BankReads: ...
