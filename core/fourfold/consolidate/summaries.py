"""Summaries of entities: neutral, from facts alone, each sentence with the units that say it. A language model writes
them out of the summary there is and the new facts; without one they are extracts, the most central and most recent
statements that do not gainsay each other."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import anyio.to_thread
import numpy as np
from pydantic import BaseModel, Field

from fourfold import prompts
from fourfold.consolidate.assess import Rest
from fourfold.errors import ModelOutputError
from fourfold.index.bank_index import BankIndex
from fourfold.language.attributes import AttributedText, compare_attributes
from fourfold.language.languages import Language
from fourfold.language.text import asking, normalise, sentences, terms
from fourfold.ports import Floats, LanguageModel, Point, Where
from fourfold.schema.records import NEVER, gone_point, kind_of
from fourfold.schema.summaries import read_summary, summary_id, summary_point
from fourfold.schema.units import READ_UNIT, entities_of, read_unit
from fourfold.services import Services
from fourfold.transaction.transaction import Transaction
from fourfold.values.rendering import render_unit
from fourfold.values.units import Modality, Network, Sentence, Source, Summary, Unit, evidence_links

_LEAST_FACTS = 2
_MOST_FACTS = 160
_MOST_SENTENCES = 5
_LEAST_STEMS = 3
_LONGEST_SENTENCE = 60
_RECENT = 0.2
_UNLIKE = 0.7
_MODEL_FACTS = 40
_MODEL_WORDS = 120
_READ_AT_ONCE = 32

_ASIDE = re.compile(r"^[\[(*]")
_OF_ONESELF = re.compile(
    r"\b(?:I|my|me|we|our|ich|mein\w*|wir|je|j['’]|mon|ma|mes|nous|yo|mi|mis|nosotros)\b|我", re.IGNORECASE
)
_TO_OTHERS = re.compile(
    r"\b(?:you|your|yours|let['’]s|du|dein\w*|ihr|Sie|tu|ton|ta|tes|vous|tú|usted)\b|你", re.IGNORECASE
)
_CALLED = re.compile(
    r"(?:^|(?<=,))\s*(?:(?i:hey|hi|hello|thanks|thank you|wow|oh|yeah|yes|no)[ ,]+)*[A-ZÀ-Þ][\w'’-]+(?=\s*[,!.?…]|$)"
)
_SPECIFIC = re.compile(r"\d|(?<=[\w,] )[A-ZÀ-Þ][\w'’-]{2,}")


class Told(BaseModel):
    """A sentence of the model's, with the labels of the facts it rests on."""

    text: str
    facts: list[str] = Field(default_factory=list)


class Written(BaseModel):
    """A summary as the model writes it."""

    sentences: list[Told] = Field(default_factory=list)


@dataclass(slots=True)
class SummaryWriter:
    """One round of refreshing the summaries of a bank; what was read of a unit is kept for the next entity."""

    services: Services
    bank: str
    language: Language
    rest: Rest
    _units: dict[str, Unit] = field(default_factory=dict)
    _stems: dict[str, list[str]] = field(default_factory=dict)

    async def refresh(self, entity: str, model: LanguageModel | None) -> None:
        """Brings the summary of `entity` up to date, if its facts are others than when it was made. Raises what
        `LanguageModel.ask` raises."""
        found = await anyio.to_thread.run_sync(self._survey, entity)
        if found is None:
            return
        old, facts, seen = found
        if not facts:
            made = None
        elif model is None:
            made = await anyio.to_thread.run_sync(self._extract, entity, facts)
        else:
            made = await self._write(entity, facts, old, model)
        await anyio.to_thread.run_sync(self._put, entity, made, seen)

    def _survey(self, entity: str) -> tuple[Summary | None, list[Unit], str] | None:
        """The summary there is, the facts to make one of (the latest, and those it rests on), and what stands for all
        facts; None if nothing changed."""
        index = self.services.indexes.get(self.bank)
        with index.lock:
            ids = _facts(index, entity)
        seen = hashlib.sha256("".join(ids).encode()).hexdigest()[:16] if ids else ""
        old = _stored(self.services, self.bank, entity)
        if (old.payload["seen"] if old else "") == seen:
            return None
        before = read_summary(old) if old else None
        kept = set(before.evidence) if before else set()
        recent = set(ids[-_MOST_FACTS:])
        return before, self._read([i for i in ids if i in recent or i in kept]), seen

    def _read(self, ids: Sequence[str]) -> list[Unit]:
        unknown = [i for i in ids if i not in self._units]
        for first in range(0, len(unknown), _READ_AT_ONCE):
            part = Where(ids=tuple(unknown[first : first + _READ_AT_ONCE]))
            self._units |= {p.id: read_unit(p) for p in self.services.store.scan(part, READ_UNIT)}
            self.rest()
        units = [self._units[i] for i in ids if i in self._units]
        return [unit for unit in units if unit.modality is not Modality.QUESTION]

    def _put(self, entity: str, made: tuple[Sentence, ...] | None, seen: str) -> None:
        """Writes the summary, if its facts are still there; what was forgotten meanwhile must not come back."""
        with self.services.indexes.locked(self.bank) as index:
            if made and not _all_held(index, made):
                return
            transaction = Transaction(
                self.services, index, self.services.clock.now(), "summarise", derived=True
            )
            identity = summary_id(self.bank, entity)
            if made:
                unit = _unit(self.bank, entity, made, transaction.now)
                point = summary_point(Summary(unit, made, self.services.language_model is None), seen)
                transaction.put_record(point)
            elif _stored(self.services, self.bank, entity):
                transaction.put_record(gone_point(self.bank, identity))
            transaction.commit({})

    # with a language model --------------------------------------------------------------------------------

    async def _write(
        self, entity: str, facts: Sequence[Unit], old: Summary | None, model: LanguageModel
    ) -> tuple[Sentence, ...]:
        """What the model makes of the summary so far and the facts that came since, `_MODEL_FACTS` at a time. Its
        sentences without a fact that it was shown are left out."""
        held = {unit.id: unit for unit in facts}
        made = tuple(s for s in (old.sentences if old else ()) if held.keys() >= set(s.evidence))
        used = {unit for sentence in made for unit in sentence.evidence}
        new = [
            u for u in facts if u.id not in used and (old is None or u.recorded_at >= old.unit.recorded_at)
        ]
        for first in range(0, len(new), _MODEL_FACTS):
            before = dict.fromkeys(unit for sentence in made for unit in sentence.evidence)
            shown = [held[unit] for unit in before] + new[first : first + _MODEL_FACTS]
            labels = {unit.id: str(number) for number, unit in enumerate(shown, 1)}
            sofar = [(", ".join(labels[e] for e in s.evidence), s.text) for s in made]
            listed = [(labels[unit.id], render_unit(unit)) for unit in shown]
            answer = await model.ask(prompts.summary(entity, sofar, listed, _MODEL_WORDS), Written)
            made = _checked(answer.value, {label: unit for unit, label in labels.items()})
            if not made:
                raise ModelOutputError(f"The summary of {entity} names no fact that was shown.")
        return made

    # without one ------------------------------------------------------------------------------------------

    def _extract(self, entity: str, facts: Sequence[Unit]) -> tuple[Sentence, ...] | None:
        """The most central and most recent sentences about `entity`, in the order they were said."""
        index = self.services.indexes.get(self.bank)
        with index.lock:
            known = index.entity(entity)
        names = [normalise(name) for name in ((known.name, *known.aliases) if known else (entity,))]
        told = [unit for unit in facts if unit.modality is Modality.FACT]
        found = [(unit, text) for unit in told for text in self._about(unit, names)][-_MOST_FACTS:]
        if not found:
            return None
        worth = [_informativeness(unit, text, names) for unit, text in found]
        chosen = _central([self._stemmed(text) for _, text in found], worth)
        kept: list[tuple[Unit, str]] = []
        for place in chosen:
            unit, text = found[place]
            if len(kept) < _MOST_SENTENCES and not _contradicted(unit, text, kept):
                kept.append((unit, text))
        kept.sort(key=lambda pair: pair[0].mentioned_at)
        return tuple(Sentence(render_unit(replace(unit, text=text)), (unit.id,)) for unit, text in kept)

    def _about(self, unit: Unit, names: Sequence[str]) -> list[str]:
        """The sentences of a unit that tell of who has `names`: their own, but what they say to others of those; and
        what others say of them, but what they say to them."""
        found, own = [], normalise(unit.speaker or "") in names
        for start, end in sentences(unit.text):
            text = unit.text[start:end]
            self.rest()
            if _ASIDE.match(text) or asking(text) or len(text.split()) > _LONGEST_SENTENCE:
                continue
            of_them = _TO_OTHERS.search(text) is None or _OF_ONESELF.search(text) is not None
            if len(self._stemmed(_CALLED.sub(" ", text))) >= _LEAST_STEMS and (
                of_them if own else _mentions(text, names)
            ):
                found.append(text)
        return found

    def _stemmed(self, text: str) -> list[str]:
        if text not in self._stems:
            self._stems[text] = terms(text, self.language)
        return self._stems[text]


def _checked(written: Written, by_label: Mapping[str, str]) -> tuple[Sentence, ...]:
    """The sentences that rest on facts that were shown."""
    made = []
    for told in written.sentences:
        text = " ".join(told.text.split())
        cited = [by_label[label] for raw in told.facts if (label := raw.strip(" []#")) in by_label]
        if text and cited:
            made.append(Sentence(text, tuple(dict.fromkeys(cited))))
    return tuple(made)


def _mentions(text: str, names: Sequence[str]) -> bool:
    """Whether a sentence says something of who has one of `names`, and does not just call them by it."""
    called = _CALLED.sub(" ", text)
    plain = f" {normalise(called)} "
    return any(f" {name} " in plain or f" {name} s " in plain for name in names)


def _informativeness(unit: Unit, text: str, names: Sequence[str]) -> float:
    """How much a sentence seems to tell, by its look: of the speaker themselves, with a name, a number or a time."""
    own = normalise(unit.speaker or "") in names and _OF_ONESELF.search(text) is not None
    to_others, specific = (
        _TO_OTHERS.search(text) is not None,
        _SPECIFIC.search(_CALLED.sub("", text)) is not None,
    )
    return 0.3 * own - 0.4 * to_others + 0.3 * specific + 0.2 * (unit.occurred is not None)


def touched(changed: Iterable[Point]) -> list[str]:
    """The entities whose facts changed."""
    return sorted({entity for point in changed for entity in entities_of(point)})


def _facts(index: BankIndex, entity: str) -> list[str]:
    """The facts about an entity that hold now and that nothing took the place of, as they were said; none where they
    are too few for a summary."""
    labels = {index.code(network.value) for network in (Network.WORLD, Network.EXPERIENCE)}
    rows = index.units_mentioning(entity)
    records = index.columns
    held = [
        row
        for row in rows
        if records[row]["retired"] == NEVER
        and records[row]["network"] in labels
        and not index.successors(row)
    ]
    held.sort(key=lambda row: (float(records[row]["mentioned"]), row))
    return [index.unit_ids[row] for row in held] if len(held) >= _LEAST_FACTS else []


def _all_held(index: BankIndex, made: Sequence[Sentence]) -> bool:
    rows = [index.row(unit) for sentence in made for unit in sentence.evidence]
    return all(row is not None and index.columns[row]["retired"] == NEVER for row in rows)


def _stored(services: Services, bank: str, entity: str) -> Point | None:
    found = services.store.scan(Where(ids=(summary_id(bank, entity),)))
    return next((point for point in found if kind_of(point) == "summary"), None)


def _unit(bank: str, entity: str, made: Sequence[Sentence], now: datetime) -> Unit:
    evidence = dict.fromkeys(unit for sentence in made for unit in sentence.evidence)
    return Unit(
        id=summary_id(bank, entity),
        bank=bank,
        text="\n".join(sentence.text for sentence in made),
        network=Network.SUMMARY,
        source=Source("", ()),
        mentioned_at=now,
        recorded_at=now,
        entities=(entity,),
        links=evidence_links(evidence),
    )


def _contradicted(unit: Unit, text: str, kept: Sequence[tuple[Unit, str]]) -> bool:
    """Whether one of those kept gives the same attribute another value."""
    stated = AttributedText(text, unit.speaker, unit.modality)
    return any(
        compare_attributes(stated, AttributedText(other, u.speaker, u.modality)) is not None
        for u, other in kept
    )


def _central(found: Sequence[Sequence[str]], telling: Sequence[float]) -> list[int]:
    """The places of texts given by their stems, the best first: alike to many others, recent (they come in order),
    `telling`, and unlike those chosen before (maximal marginal relevance, Carbonell and Goldstein 1998)."""
    vectors = _weighted(found)
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, 0.0)
    worth = likeness.mean(axis=1)
    worth = worth / (worth.max() or 1.0) + _RECENT * np.linspace(0, 1, len(found)) + telling
    chosen: list[int] = []
    nearest = np.zeros(len(found))
    for _ in range(min(len(found), 3 * _MOST_SENTENCES)):
        best = int(
            np.argmax(np.where(np.isin(np.arange(len(found)), chosen), -np.inf, worth - _UNLIKE * nearest))
        )
        chosen.append(best)
        nearest = np.maximum(nearest, likeness[best])
    return chosen


def _weighted(found: Sequence[Sequence[str]]) -> Floats:
    """TF-IDF rows of length 1."""
    places: Mapping[str, int] = {
        stem: i for i, stem in enumerate(dict.fromkeys(s for one in found for s in one))
    }
    counts = np.zeros((len(found), len(places)), dtype=np.float32)
    for row, stems in enumerate(found):
        for stem in stems:
            counts[row, places[stem]] += 1
    weighted = counts * np.log(1 + len(found) / (counts > 0).sum(axis=0))
    lengths: Floats = np.linalg.norm(weighted, axis=1, keepdims=True)
    rows: Floats = weighted / np.maximum(lengths, 1e-9)
    return rows
