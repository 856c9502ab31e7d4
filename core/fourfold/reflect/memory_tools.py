"""Looks up for a reflecting language model: more units, the summary of an entity, the text around a unit, the
history of a belief."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel

from fourfold import recall as recalling
from fourfold.errors import FourfoldError
from fourfold.index.as_of import BankView
from fourfold.recall.fuse import Weights
from fourfold.reflect.evidence_window import EvidenceWindow
from fourfold.schema.beliefs import read_belief
from fourfold.schema.chunks import read_chunk_point
from fourfold.schema.records import CHUNK, PENDING_CHUNK, kind_of
from fourfold.schema.summaries import is_summary, read_summary, summary_id
from fourfold.services import Services
from fourfold.values.rendering import one_line, render_words, written_day
from fourfold.values.units import Interval, Network, Unit

_LINES_AROUND = 3
"""Units before and after one in its session that stand for the text around it. A guess, not measured."""


class MemoryQuery(BaseModel):
    """One look-up that the model asks for; see `prompts/reflect.md`. `since` and `until` are ISO dates."""

    what: Literal["recall", "entity", "source", "belief"] = "recall"
    query: str = ""
    entity: str = ""
    since: str = ""
    until: str = ""

    def describe(self) -> str:
        """Returns the look-up in a few words, for the prompt and the trace."""
        words = [self.what, f'"{self.query}"']
        if self.entity:
            words.append(f"about {self.entity}")
        if self.since:
            words.append(f"since {self.since}")
        if self.until:
            words.append(f"until {self.until}")
        return " ".join(words)


@dataclass(frozen=True, slots=True)
class ReflectionTools:
    """The look-ups in one bank, as of now or of an earlier moment. `base_request` bounds every recall: its bank,
    moment, tags and budget."""

    services: Services
    weights: Weights
    base_request: recalling.RecallRequest

    @property
    def view(self) -> BankView:
        """The bank as of the moment that is asked about."""
        return self.services.indexes.view(self.base_request.bank, self.base_request.as_of)

    def recall(self, question: str, during: Interval | None = None) -> list[Unit]:
        """Returns the units that bear on `question`, best first."""
        request = replace(self.base_request, question=question, during=during)
        return [hit.unit for hit in recalling.recall(self.services, request, self.weights).hits]

    def look_up(self, query: MemoryQuery, evidence: EvidenceWindow) -> str:
        """Returns the result of `query` for the prompt, and adds its units to `evidence`. Where there is no result,
        the text says why: the model can then ask for something else, and an error would end the reflection."""
        match query.what:
            case "recall":
                return self._recall_more(query, evidence)
            case "entity":
                return self._entity_summary(query.query or query.entity, evidence)
            case "source":
                return self._source_text(query.query, evidence)
            case "belief":
                return self._belief_history(query.query, evidence)

    def _recall_more(self, query: MemoryQuery, evidence: EvidenceWindow) -> str:
        try:
            units = self.recall(query.query or query.entity, _interval(query))
        except (FourfoldError, ValueError) as error:
            return f"(not understood: {error})"
        if query.entity:
            index = self.view.index
            with index.lock:
                entity = index.entity(query.entity)
            if entity is None:
                return f'(nobody and nothing called "{query.entity}" is known)'
            units = [unit for unit in units if entity.name in unit.entities]
        return evidence.show(units)

    def _entity_summary(self, name: str, evidence: EvidenceWindow) -> str:
        index = self.view.index
        with index.lock:
            entity = index.entity(name)
        if entity is None:
            return f'(nobody and nothing called "{name}" is known)'
        points = self.view.read((summary_id(self.base_request.bank, entity.name),))
        summaries = [read_summary(point) for point in points if is_summary(point)]
        if not summaries:
            return f'(there is no summary of "{entity.name}"; recall what mentions it)'
        units = {unit.id: unit for unit in self._units(list(summaries[0].evidence))}
        lines = []
        for sentence in summaries[0].sentences:
            sources = [units[unit_id] for unit_id in sentence.evidence if unit_id in units]
            lines.append(evidence.show_sentence(sentence.text, sources))
        return "\n".join(line for line in lines if line)

    def _source_text(self, citation: str, evidence: EvidenceWindow) -> str:
        """Returns the text of the chunk that a unit was extracted from; for a unit without a chunk, the units said
        before and after it."""
        unit = evidence.get(citation)
        if unit is None:
            return "(this id was not shown)"
        if unit.chunk:
            for point in self.view.read((unit.chunk,)):
                if kind_of(point) in (CHUNK, PENDING_CHUNK):
                    pieces = read_chunk_point(point).pieces
                    lines = (render_words(piece.speaker, piece.text) for piece in pieces)
                    heading = f"Said on {written_day(unit.mentioned_at)}:\n" if unit.mentioned_at else ""
                    return evidence.show_text(heading + "\n".join(lines))
        return evidence.show(self._units(self._ids_around(unit)))

    def _ids_around(self, unit: Unit) -> list[str]:
        """Returns the ids of up to `_LINES_AROUND` units before and after `unit` in its session, in order."""
        index = self.view.index
        with index.lock:
            row = index.row(unit.id)
            if row is None:
                return []
            rows = [row]
            for _ in range(_LINES_AROUND):
                previous_row = int(index.columns[rows[0]]["previous"])  # -1: none
                next_row = int(index.columns[rows[-1]]["next"])
                if previous_row >= 0:
                    rows.insert(0, previous_row)
                if next_row >= 0:
                    rows.append(next_row)
            return [index.unit_ids[near_row] for near_row in rows]

    def _belief_history(self, citation: str, evidence: EvidenceWindow) -> str:
        """Returns the history of a belief that was shown: its confidence after each change, why, and the units of
        it."""
        unit = evidence.get(citation)
        if unit is None or unit.network is not Network.BELIEF:
            return "(this is no belief that was shown)"
        (point,) = self.view.read((unit.id,))
        belief = read_belief(point)
        evidence_ids = [unit_id for change in belief.history for unit_id in change.evidence]
        units = {unit.id: unit for unit in self._units(evidence_ids)}
        lines = []
        for change in belief.history:
            before = "" if change.before is None else f"{change.before:.2f} -> "
            said = written_day(change.said) if change.said else "no date"
            reasons = [units[i] for i in change.evidence if i in units and i != unit.id]
            lines.append(
                f"{said}: {change.effect}, {before}{change.after:.2f} ({one_line(change.reason)})\n"
                f"{evidence.show(reasons)}".strip()
            )
        return evidence.show_text("\n".join(lines))

    def _units(self, ids: list[str]) -> list[Unit]:
        """Returns the units of `ids` that are current at the moment that is asked about."""
        units = self.view.units(ids)  # as they were at that moment
        return [units[i] for i in ids if i in units and units[i].retired_at is None]


def _interval(query: MemoryQuery) -> Interval | None:
    """Returns the time that a look-up is narrowed to, in days of UTC; raises `ValueError` for other text."""
    if not (query.since or query.until):
        return None
    return Interval(_day(query.since), _day(query.until))


def _day(text: str) -> datetime | None:
    # Models write times of day too, which a day's beginning and end leave out.
    return datetime.fromisoformat(text[:10]).replace(tzinfo=UTC) if text else None
