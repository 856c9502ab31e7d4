"""The entities of one bank by their names: by canonical name, by alias, and by likeness."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypedDict

from fourfold.language.person_names import keys
from fourfold.values.units import Entity


class EntitySnapshot(TypedDict):
    """An `EntityIndex` as JSON."""

    entities: list[tuple[str, str, tuple[str, ...], str]]
    alias: dict[str, str]
    last: dict[str, float]


class EntityIndex:
    """Entities by name. Their mentions are counted by the edges of the graph."""

    def __init__(self) -> None:
        self._entities: dict[str, Entity] = {}
        self._alias: dict[str, str] = {}
        self._lookalikes: dict[str, dict[str, None]] = {}
        """By key of likeness (`person_names.keys`), the names of the entities that have it."""
        self._last_mention: dict[str, float] = {}

    def to_snapshot(self) -> EntitySnapshot:
        """Returns the index as a JSON object."""
        # Without the keys of likeness, which follow from the names.
        entities = [
            (entity.id, entity.name, entity.aliases, entity.kind) for entity in self._entities.values()
        ]
        return {"entities": entities, "alias": self._alias, "last": self._last_mention}

    @classmethod
    def from_snapshot(cls, snapshot: EntitySnapshot) -> EntityIndex:
        """Returns the index that `to_snapshot` described."""
        names = cls()
        for identity, name, aliases, kind in snapshot["entities"]:
            names._add_keys(Entity(identity, name, tuple(aliases), kind=kind))
        names._alias = snapshot["alias"]
        names._last_mention = snapshot["last"]
        return names

    def __iter__(self) -> Iterator[str]:
        """Yields the canonical name of every entity."""
        return iter(self._entities)

    def add(self, entity: Entity) -> None:
        """Adds an entity, or the aliases it did not have."""
        self._add_keys(entity)
        for name in (entity.name, *entity.aliases):
            # The entity that had a name first keeps it.
            self._alias.setdefault(name.casefold(), entity.name)

    def _add_keys(self, entity: Entity) -> None:
        self._entities[entity.name] = entity
        for name in (entity.name, *entity.aliases):
            for key in keys(name):
                self._lookalikes.setdefault(key, {})[entity.name] = None

    def get(self, name: str) -> Entity | None:
        """Returns the entity of that name or alias, case ignored."""
        canonical = self._alias.get(name.casefold())
        return None if canonical is None else self._entities[canonical]

    def canonical_names(self) -> Mapping[str, str]:
        """Returns, by casefolded name or alias, the canonical name of its entity."""
        return self._alias

    def alike(self, name: str) -> list[str]:
        """Returns the names of the entities that have a name with any likeness to `name`, sorted."""
        return sorted({entity for key in keys(name) for entity in self._lookalikes.get(key, ())})

    def forms(self, name: str) -> tuple[str, ...]:
        """Returns the name and the aliases of the entity called `name`."""
        entity = self._entities[name]
        return (entity.name, *entity.aliases)

    def mention(self, name: str, at: float) -> None:
        """Notes that an entity was mentioned at a moment, in epoch seconds."""
        self._last_mention[name] = max(at, self._last_mention.get(name, at))

    def last_mention(self, name: str) -> float | None:
        """Returns when the entity was last mentioned, in epoch seconds; None where it never was."""
        return self._last_mention.get(name)
