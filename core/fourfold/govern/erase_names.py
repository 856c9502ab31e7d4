"""What an erasure does to entities: those that nothing mentions any more go, others lose the names that only what
goes has said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from fourfold.govern.erasure import Erasure
from fourfold.language.text import normalise
from fourfold.ports import Where
from fourfold.schema.banks import entity_id, entity_point
from fourfold.schema.records import ENTITY, UNIT
from fourfold.schema.units import SPOKEN_ONLY, read_unit, speaker_of, text_of
from fourfold.values.units import Entity


def rename_entities(erasure: Erasure) -> None:
    """Drops entities that nothing mentions any more, and the names of others that only what goes has said."""
    index = erasure.index
    lost = _spoken((unit.speaker, unit.text) for unit in erasure.gone.values())
    for name in sorted({name for unit in erasure.gone.values() for name in unit.entities}):
        entity = index.entity(name)
        if entity is None:
            continue
        rows = index.units_mentioning(name)
        mentioning = [index.unit_ids[row] for row in rows if index.unit_ids[row] not in erasure.gone]
        remaining_text = _spoken(_utterances(erasure, mentioning))
        forms = {form: f" {normalise(form)} " for form in (name, *entity.aliases)}
        spoken_forms = [
            form
            for form, padded_form in forms.items()
            if mentioning and (padded_form in remaining_text or padded_form not in lost)
        ]
        erasure.lost_names |= forms.keys() - set(spoken_forms)
        if not spoken_forms and mentioning:
            spoken_forms = [name]  # nothing else is known to call it by
        _rename(erasure, entity, spoken_forms, mentioning)


def _utterances(erasure: Erasure, ids: Sequence[str]) -> Iterator[tuple[str | None, str]]:
    """Returns the speaker and the text of each unit."""
    points = erasure.store.scan(Where(ids=tuple(ids)), SPOKEN_ONLY) if ids else ()
    return ((speaker_of(point), text_of(point)) for point in points)


def _rename(erasure: Erasure, entity: Entity, forms: Sequence[str], mentioning: Sequence[str]) -> None:
    """Has an entity go by `forms` alone, the first of them its name; with none it goes. The units `mentioning` it
    name it so from now on."""
    bank = erasure.bank
    if tuple(forms) == (entity.name, *entity.aliases):
        return
    if tuple(forms[:1]) != (entity.name,):
        erasure.dropped[entity.id] = ENTITY
        erasure.lost_entities.add(entity.name)
    if not forms:
        return
    renamed = replace(entity, id=entity_id(bank, forms[0]), name=forms[0], aliases=tuple(forms[1:]))
    erasure.put(entity_point(bank, renamed), ENTITY)
    if renamed.name == entity.name:
        return
    for stored in erasure.transaction.points(mentioning):
        point = erasure.current(stored)
        unit = read_unit(point)
        names = tuple(renamed.name if mention == entity.name else mention for mention in unit.entities)
        erasure.amend(point, replace(unit, entities=names), UNIT)


def _spoken(utterances: Iterable[tuple[str | None, str]]) -> str:
    """Returns what speakers say, their names included, as one text whose words stand between blanks."""
    return "".join(f" {normalise(f'{speaker or str()} {text}')} " for speaker, text in utterances)
