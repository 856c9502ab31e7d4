"""Entities put right by hand: two made one, one made two, and either undone. Every such change is a record in the
bank."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from fourfold.engine import Engine
from fourfold.errors import InputError, NotFoundError
from fourfold.model import Change, Entity
from fourfold.ports import Point, Where
from fourfold.retain.batch import Batch
from fourfold.stores.derived import gone_point, summary_id
from fourfold.stores.graph import BankGraph, entity_id
from fourfold.stores.records import make_id, read_entity, read_unit
from fourfold.text import normalise


def merge(engine: Engine, bank: str, name: str, into: str, reason: str) -> Change:
    """Makes the entity `name` one with `into`, which keeps its name and takes the other's as aliases."""

    def plan(graph: BankGraph) -> _Edit:
        gone, kept = _entity(graph, name), _entity(graph, into)
        if gone.name == kept.name:
            raise InputError(f'"{name}" and "{into}" are one entity already ("{kept.name}").')
        aliases = tuple(dict.fromkeys((*kept.aliases, gone.name, *gone.aliases)))
        merged = replace(kept, aliases=aliases, kind=kept.kind or gone.kind)
        return _Edit(
            "merge",
            f'"{gone.name}" into "{kept.name}"',
            before=(gone, kept),
            after=(merged,),
            units=_mentioning(graph, gone.name),
            rename=lambda unit, entities: tuple(kept.name if e == gone.name else e for e in entities),
        )

    return _carry_out(engine, bank, plan, reason)


def split(engine: Engine, bank: str, name: str, of: str, reason: str) -> Change:
    """Makes `name`, an alias of the entity `of`, an entity of its own. It takes along the units that say its name
    and no other form of the old one's."""

    def plan(graph: BankGraph) -> _Edit:
        whole = _entity(graph, of)
        alias = next((a for a in whole.aliases if a.casefold() == name.casefold()), None)
        if alias is None:
            raise InputError(
                f'"{name}" is no alias of "{whole.name}", whose aliases are {list(whole.aliases)}.'
            )
        rest = replace(whole, aliases=tuple(a for a in whole.aliases if a != alias))
        part = Entity(entity_id(bank, alias), alias, kind=whole.kind)

        def renamed(said: str, entities: Sequence[str]) -> tuple[str, ...]:
            if not _says(said, alias) or any(_says(said, form) for form in (rest.name, *rest.aliases)):
                return tuple(entities)
            return tuple(alias if e == whole.name else e for e in entities)

        shown = f'"{alias}" from "{whole.name}"'
        units = _mentioning(graph, whole.name)
        return _Edit("split", shown, before=(whole,), after=(rest, part), units=units, rename=renamed)

    return _carry_out(engine, bank, plan, reason)


def undo(engine: Engine, bank: str, change: str) -> Change:
    """Takes a change back: its entities, and the mentions of the units it touched, are as they were before it. The
    latest change of an entity has to be undone first."""
    records = {point.id: point for point in engine.store.scan(Where(bank=bank, kind="change"))}
    record = records.get(change)
    if record is None:
        raise NotFoundError(f'The bank "{bank}" has no change {change}.')
    if record.payload["undone"]:
        raise InputError(f"The change {change} is undone already.")
    touched = _names(record)
    later = [
        p.payload["shown"]
        for p in records.values()
        if p.payload["order"] > record.payload["order"] and not p.payload["undone"] and touched & _names(p)
    ]
    if later:
        raise InputError(f"Undo what came after it first: {'; '.join(later)}.")
    with engine.graphs.locked(bank) as graph:
        batch = Batch(engine, graph, engine.clock.now())
        restored = [_read(entity) for entity in record.payload["before"]]
        gone = {e[0] for e in record.payload["after"]} - {entity.id for entity in restored}
        for point in batch.points(list(record.payload["units"])):
            unit = read_unit(point)
            batch.amend(point, replace(unit, entities=tuple(record.payload["units"][unit.id])))
        _drop_entities(batch, bank, gone)
        _look_again(batch, [e[1] for e in (*record.payload["before"], *record.payload["after"])])
        batch.others[record.id] = replace(record, payload={**record.payload, "undone": True})
        batch.commit({entity.name: entity for entity in restored})
    engine.graphs.forget(bank)
    return read_change(batch.others[record.id])


def changes(engine: Engine, bank: str) -> list[Change]:
    """All changes, the latest first."""
    found = sorted(
        engine.store.scan(Where(bank=bank, kind="change")), key=lambda p: p.payload["order"], reverse=True
    )
    return [read_change(point) for point in found]


def read_change(point: Point) -> Change:
    """The change that a record tells of."""
    p = point.payload
    return Change(
        point.id,
        p["what"],
        p["shown"],
        datetime.fromisoformat(p["at"]),
        p["reason"],
        tuple(p["units"]),
        p["undone"],
    )


@dataclass(frozen=True, slots=True)
class _Edit:
    """A change to be: the entities before and after it, and the units whose mentions `rename` may change."""

    what: Literal["merge", "split"]
    shown: str
    before: tuple[Entity, ...]
    after: tuple[Entity, ...]
    units: tuple[str, ...]
    rename: Callable[[str, Sequence[str]], tuple[str, ...]]


def _carry_out(engine: Engine, bank: str, plan: Callable[[BankGraph], _Edit], reason: str) -> Change:
    with engine.graphs.locked(bank) as graph:
        edit = plan(graph)
        batch = Batch(engine, graph, engine.clock.now())
        units: dict[str, list[str]] = {}
        for point in batch.points(edit.units):
            unit = read_unit(point)
            entities = tuple(dict.fromkeys(edit.rename(f"{unit.speaker or ''} {unit.text}", unit.entities)))
            if entities != unit.entities:
                units[unit.id] = list(unit.entities)
                batch.amend(point, replace(unit, entities=entities))
        _drop_entities(batch, bank, {e.id for e in edit.before} - {e.id for e in edit.after})
        _look_again(batch, [entity.name for entity in (*edit.before, *edit.after)])
        order = len(list(engine.store.scan(Where(bank=bank, kind="change"))))
        record = Point(
            make_id(bank, "change", str(order), batch.now.isoformat()),
            {
                "kind": "change", "bank": bank, "order": order, "what": edit.what, "shown": edit.shown,
                "at": batch.now.isoformat(), "reason": reason, "units": units, "undone": False,
                "before": [_written(entity) for entity in edit.before],
                "after": [_written(entity) for entity in edit.after],
            },
        )  # fmt: skip
        batch.others[record.id] = record
        batch.commit({entity.name: entity for entity in edit.after})
    engine.graphs.forget(bank)
    return read_change(record)


def _drop_entities(batch: Batch, bank: str, gone: Iterable[str]) -> None:
    for identity in gone:
        batch.others[identity] = gone_point(bank, identity)


def _look_again(batch: Batch, names: Iterable[str]) -> None:
    """Drops the summaries of these entities, and has one unit of each count as news, so that they are made anew."""
    bank = batch.graph.bank
    for name in names:
        batch.others[summary_id(bank, name)] = gone_point(bank, summary_id(bank, name))
        rows = [row for row in batch.graph.graph.adj.get(name, ()) if isinstance(row, int)]
        mentioning = [batch.graph.ids[row] for row in rows]
        left = [i for i in mentioning if i not in batch.units or name in batch.units[i].payload["entities"]]
        for point in batch.points(left[:1]):
            batch.units[point.id] = point


def _entity(graph: BankGraph, name: str) -> Entity:
    found = graph.entity(name)
    if found is None:
        raise NotFoundError(f'The bank "{graph.bank}" knows no entity called "{name}".')
    return replace(found, mentions=0)


def _mentioning(graph: BankGraph, name: str) -> tuple[str, ...]:
    return tuple(graph.ids[row] for row in graph.graph.adj[name] if isinstance(row, int))


def _says(text: str, name: str) -> bool:
    return (
        f" {normalise(name)} "
        in f" {normalise(text.replace(chr(8217), chr(39)).replace(chr(39) + 's', ' '))} "
    )


def _names(record: Point) -> set[str]:
    return {entity[0] for entity in (*record.payload["before"], *record.payload["after"])}


def _written(entity: Entity) -> list[Any]:
    return [entity.id, entity.name, list(entity.aliases), entity.kind]


def _read(written: Sequence[Any]) -> Entity:
    return read_entity(Point(written[0], {"name": written[1], "aliases": written[2], "type": written[3]}))
