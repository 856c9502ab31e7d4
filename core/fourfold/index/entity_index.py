"""The entities of one bank by their names: exact, by alias, and by any likeness."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fourfold.language.person_names import keys
from fourfold.values.units import Entity


class EntityIndex:
    """Entities by name; the graph counts their mentions."""

    def __init__(self) -> None:
        self._entities: dict[str, Entity] = {}
        self._alias: dict[str, str] = {}
        self._lookalikes: dict[str, dict[str, None]] = {}
        self._last_mention: dict[str, float] = {}

    def to_snapshot(self) -> dict[str, Any]:
        """As JSON values."""
        entities = [[one.id, one.name, one.aliases, one.kind] for one in self._entities.values()]
        return {"entities": entities, "alias": self._alias, "last": self._last_mention}

    @classmethod
    def from_snapshot(cls, frozen: Mapping[str, Any]) -> EntityIndex:
        """The names that `to_snapshot` took down."""
        names = cls()
        for id_, name, aliases, kind in frozen["entities"]:
            names._note(Entity(id_, name, tuple(aliases), kind=kind))
        names._alias, names._last_mention = frozen["alias"], frozen["last"]
        return names

    def __iter__(self) -> Iterator[str]:
        """The canonical name of every entity."""
        return iter(self._entities)

    def add(self, entity: Entity) -> None:
        """Adds an entity, or the aliases it did not have."""
        self._note(entity)
        for name in (entity.name, *entity.aliases):
            self._alias.setdefault(name.casefold(), entity.name)

    def _note(self, entity: Entity) -> None:
        self._entities[entity.name] = entity
        for name in (entity.name, *entity.aliases):
            for key in keys(name):
                self._lookalikes.setdefault(key, {})[entity.name] = None

    def get(self, name: str) -> Entity | None:
        """The entity of that name or alias, case ignored."""
        canonical = self._alias.get(name.casefold())
        return None if canonical is None else self._entities[canonical]

    def all(self) -> Mapping[str, str]:
        """Every casefolded name and alias, and the name of its entity."""
        return self._alias

    def alike(self, name: str) -> list[str]:
        """The entities with a name that `name` has any likeness to."""
        found = (entity for key in keys(name) for entity in self._lookalikes.get(key, ()))
        return sorted(dict.fromkeys(found))

    def mention(self, name: str, at: float) -> None:
        """Notes that an entity was spoken of, in epoch seconds."""
        self._last_mention[name] = max(at, self._last_mention.get(name, at))

    def last_mention(self, name: str) -> float | None:
        """When the entity was last spoken of, in epoch seconds."""
        return self._last_mention.get(name)
