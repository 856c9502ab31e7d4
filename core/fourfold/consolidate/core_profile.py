"""The core profile: what should always be in the prompt. Its lines stay as they are, and where they are, as long as
they hold, so that a prompt that begins with it can be cached."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np

from fourfold.errors import InputError, NotFoundError
from fourfold.index.bank_index import BankIndex
from fourfold.language.text import asking, estimate_tokens, sentences
from fourfold.ports import Where
from fourfold.schema.core_profile import CoreRecord, core_point, read_core
from fourfold.schema.records import NEVER
from fourfold.schema.summaries import read_summaries, summary_id
from fourfold.schema.units import READ_UNIT, read_unit
from fourfold.services import Services
from fourfold.transaction.transaction import Transaction
from fourfold.values.changes import Change
from fourfold.values.reflection import CoreKind, CoreProfile, CoreProfileLine
from fourfold.values.rendering import render_unit
from fourfold.values.units import Entity, Modality, Network, Unit

_MOST: dict[CoreKind, int] = {"about": 5, "preference": 6, "open": 5}
_HEADS: dict[CoreKind, str] = {
    "pinned": "To keep in mind:",
    "about": "Who this is about:",
    "preference": "Held and preferred:",
    "open": "Open matters:",
}
_STRONG = 0.7
_OPEN = timedelta(days=60)
_LATEST = 200
_LONGEST = 60
_PREFERS = re.compile(
    r"\b(?:favou?rite|prefers?|allergic to|vegetarian|vegan|can['’]?t stand|(?:am|is) into"
    r"|i (?:\w+ )?(?:love|hate|enjoy|adore|dislike|always|never)|loves|hates|adores|dislikes)\b",
    re.IGNORECASE,
)
_PASSING = re.compile(r"\b(?:i['’]d|would|to see|to hear|you|your|it)\b", re.IGNORECASE)


def core(services: Services, bank: str, budget: int) -> CoreProfile:
    """The profile, its lines in order until `budget` tokens are full."""
    if budget <= 0:
        raise InputError(f"budget is {budget}: give a positive number of tokens.")
    record = read_core(services.store, bank)
    kept: list[CoreProfileLine] = []
    for line in record.lines:
        if estimate_tokens(_text([*kept, line])) <= budget:
            kept.append(line)
    return CoreProfile(_text(kept), tuple(kept), record.at)


def pin(services: Services, bank: str, written: str, pinned: bool, reason: str) -> Change | None:
    """Has a unit, or what is told of an entity, always be in the profile, or no longer; None where that is so
    already. Raises `NotFoundError` for a unit that does not hold now, and a name the bank does not know."""
    with services.indexes.locked(bank) as index:
        identity, shown = _pinnable(index, written, pinned)
        record = read_core(services.store, bank)
        if (identity in record.pinned) == pinned:
            return None
        others = tuple(one for one in record.pinned if one != identity)
        record = replace(record, pinned=(*others, identity) if pinned else others)
        return _write(services, index, record, "pin" if pinned else "unpin", shown, reason)


def _pinnable(index: BankIndex, written: str, pinned: bool) -> tuple[str, str]:
    """The id of a unit or an entity, and how it is shown."""
    unit = index.find(written)
    if unit is not None:
        row = index.row(unit)
        if row is not None and (not pinned or index.columns[row]["retired"] == NEVER):
            return unit, ""
    elif (entity := index.entity(written)) is not None:
        return entity.id, f'"{entity.name}"'
    raise NotFoundError(
        f'The bank "{index.bank}" has no unit {written} that holds now, and no entity of that name.'
    )


def refresh(services: Services, bank: str) -> None:
    """Brings the profile in step with what the bank holds; nothing is written if it is."""
    with services.indexes.locked(bank) as index:
        _write(services, index, read_core(services.store, bank))


def _write(
    services: Services,
    index: BankIndex,
    record: CoreRecord,
    what: str = "core",
    shown: str = "",
    reason: str = "",
) -> Change | None:
    transaction = Transaction(
        services, index, services.clock.now(), what, shown, reason, derived=what == "core"
    )
    # Masked before they are compared: a line that the commit masks would be another one at every refresh.
    candidates = [
        replace(line, text=transaction.redaction.cover(line.text))
        for line in _candidates(services, index, record)
    ]
    lines = _settled(record, candidates)
    if lines != record.lines or record != read_core(services.store, index.bank):
        point = core_point(index.bank, CoreRecord(lines, record.pinned, transaction.now))
        transaction.put_record(point)
        return transaction.commit({})
    return None


def _settled(record: CoreRecord, candidates: Sequence[CoreProfileLine]) -> tuple[CoreProfileLine, ...]:
    """The lines to be: by kind, those that were there before the new ones."""
    before = {line: place for place, line in enumerate(record.lines)}
    lines: list[CoreProfileLine] = []
    for kind in _HEADS:
        told = {line.text for line in lines}
        candidates = [c for c in candidates if c.kind != kind or c.text not in told]
        there = sorted((c for c in candidates if c.kind == kind and c in before), key=lambda c: before[c])
        new = [c for c in candidates if c.kind == kind and c not in before]
        lines += [*there, *new][: _MOST.get(kind)]
    return tuple(lines)


def _candidates(services: Services, index: BankIndex, record: CoreRecord) -> Iterator[CoreProfileLine]:
    """What may be in the profile, the best of each kind first; of what is there already twice as much qualifies."""
    for unit in _read(services, index, [one for one in record.pinned if index.row(one) is not None]):
        yield CoreProfileLine("pinned", render_unit(unit), (unit.id,))
    named = [entity.name for entity in index.entities() if entity.id in record.pinned]
    for told in read_summaries(
        services.store, tuple(summary_id(index.bank, name) for name in named)
    ).values():
        for sentence in told.sentences:
            yield CoreProfileLine("pinned", sentence.text, sentence.evidence)
    who = _user(index)
    if who is None:
        return
    identity = summary_id(index.bank, who.name)
    summary = read_summaries(services.store, (identity,)).get(identity)
    for sentence in summary.sentences if summary else ():
        yield CoreProfileLine("about", sentence.text, sentence.evidence)
    units = _read(services, index, _latest(index, who))
    preferred = [(unit, text) for unit in reversed(units) if (text := _preference(unit)) is not None]
    preferred.sort(key=lambda pair: -(pair[0].confidence or _STRONG))
    for unit, text in preferred[: 2 * _MOST["preference"]]:
        yield CoreProfileLine("preference", render_unit(replace(unit, text=text)), (unit.id,))
    for unit in [u for u in reversed(units) if _open(u, index)][: 2 * _MOST["open"]]:
        yield CoreProfileLine("open", render_unit(unit), (unit.id,))


def _user(index: BankIndex) -> Entity | None:
    """Whom the bank is about: who said most of what is not the agent's; without speakers, who is mentioned most."""
    held = index.columns[index.live_mask()]
    said = held[held["network"] != index.code(Network.EXPERIENCE.value)]["speaker"]
    nobody = index.code("")
    spoken = Counter(int(label) for label in said if label != nobody)
    mentioned = index.entities()
    if not spoken:
        return mentioned[0] if mentioned else None
    most = spoken.most_common(1)[0][0]
    return next((entity for entity in mentioned if most in _labels(index, entity)), None)


def _labels(index: BankIndex, entity: Entity) -> set[int]:
    """The labels of those who speak by one of its names."""
    return {index.code(name) for name in (entity.name, *entity.aliases)} - {-1}


def _latest(index: BankIndex, who: Entity) -> list[str]:
    """The latest units that `who` said, or, where nobody speaks, that mention them; and beliefs about them."""
    speakers, belief = list(_labels(index, who)), index.code(Network.BELIEF.value)
    rows = np.array(index.units_mentioning(who.name), dtype=np.intp)
    records = index.columns[rows]
    own = np.isin(records["speaker"], speakers) | (records["network"] == belief)
    if not np.isin(index.columns["speaker"], speakers).any():
        own = np.ones(len(rows), dtype=np.bool_)
    held = rows[own & (records["retired"] == NEVER)]
    order = np.argsort(index.columns[held]["mentioned"], kind="stable")
    return [index.unit_ids[row] for row in held[order][-_LATEST:].tolist() if not index.successors(row)]


def _preference(unit: Unit) -> str | None:
    """The sentence that says what someone holds or prefers as a rule, if there is one."""
    if unit.network is Network.BELIEF:
        strong = (unit.confidence or 0.0) >= _STRONG and len(unit.text.split()) <= _LONGEST
        return unit.text if strong and not asking(unit.text) else None
    for start, end in sentences(unit.text) if unit.modality is Modality.FACT else ():
        sentence = unit.text[start:end]
        if _PREFERS.search(sentence) and not _PASSING.search(sentence) and not asking(sentence):
            return sentence
    return None


def _open(unit: Unit, index: BankIndex) -> bool:
    """Whether it is a plan of late whose time has not passed, as far as the bank knows."""
    latest = float(index.columns["mentioned"].max())
    ends = unit.occurred.end.timestamp() if unit.occurred and unit.occurred.end else latest
    recent = latest - unit.mentioned_at.timestamp() <= _OPEN.total_seconds()
    return unit.modality is Modality.PLAN and recent and ends >= latest and len(unit.text.split()) <= _LONGEST


def _read(services: Services, index: BankIndex, ids: Sequence[str]) -> list[Unit]:
    held = {p.id: read_unit(p) for p in services.store.scan(Where(ids=tuple(ids)), READ_UNIT)} if ids else {}
    return [held[i] for i in ids if i in held and held[i].bank == index.bank and held[i].retired_at is None]


def _text(lines: Sequence[CoreProfileLine]) -> str:
    parts = []
    for kind, head in _HEADS.items():
        told = [f"- {line.text}" for line in lines if line.kind == kind]
        parts += [head, *told] if told else []
    return "\n".join(parts)
