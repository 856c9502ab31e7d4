"""What a language model may look up while it reflects: more units, what is known of an entity, the text around a
unit, the history of a belief."""

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
from fourfold.schema.records import kind_of
from fourfold.schema.summaries import read_summary, summary_id
from fourfold.services import Services
from fourfold.values.rendering import written_day
from fourfold.values.units import Interval, Network, Unit

_LINES_AROUND = 3


class MemoryQuery(BaseModel):
    """One thing to look up; see `prompts/reflect.md`."""

    what: Literal["recall", "entity", "source", "belief"] = "recall"
    query: str = ""
    entity: str = ""
    since: str = ""
    until: str = ""

    def told(self) -> str:
        """It, in a few words."""
        more = [self.entity and f"about {self.entity}", self.since and f"since {self.since}"]
        more.append(self.until and f"until {self.until}")
        return " ".join([self.what, f'"{self.query}"', *filter(None, more)])


@dataclass(frozen=True, slots=True)
class ReflectionTools:
    """Where things are looked up: one bank, as of now or then. `asked` bounds every recall."""

    services: Services
    weights: Weights
    asked: recalling.RecallRequest

    @property
    def view(self) -> BankView:
        """The bank at that moment."""
        return self.services.indexes.view(self.asked.bank, self.asked.as_of)

    def recall(self, question: str, during: Interval | None = None) -> list[Unit]:
        """The units that bear on `question`, best first."""
        request = replace(self.asked, question=question, during=during)
        return [hit.unit for hit in recalling.recall(self.services, request, self.weights).hits]

    def look_up(self, wanted: MemoryQuery, shown: EvidenceWindow) -> str:
        """What is found, for the prompt; what cannot be found says so."""
        match wanted.what:
            case "recall":
                return self._more(wanted, shown)
            case "entity":
                return self._entity(wanted.query or wanted.entity, shown)
            case "source":
                return self._source(wanted.query, shown)
            case "belief":
                return self._belief(wanted.query, shown)

    def _more(self, wanted: MemoryQuery, shown: EvidenceWindow) -> str:
        try:
            during = _interval(wanted)
            found = self.recall(wanted.query or wanted.entity, during)
        except (FourfoldError, ValueError) as error:
            return f"(not understood: {error})"
        if wanted.entity:
            index = self.view.index
            with index.lock:
                entity = index.entity(wanted.entity)
            if entity is None:
                return f'(nobody and nothing called "{wanted.entity}" is known)'
            found = [unit for unit in found if entity.name in unit.entities]
        return shown.show(found)

    def _entity(self, name: str, shown: EvidenceWindow) -> str:
        index = self.view.index
        with index.lock:
            entity = index.entity(name)
        if entity is None:
            return f'(nobody and nothing called "{name}" is known)'
        identity = summary_id(self.asked.bank, entity.name)
        found = [p for p in self.view.read((identity,)) if kind_of(p) == "summary"]
        summary = read_summary(found[0]) if found else None
        if summary is None or self._past(summary.unit.recorded_at):
            return f'(there is no summary of "{entity.name}"; recall what mentions it)'
        held = {unit.id: unit for unit in self._units(list(summary.evidence))}
        told = [shown.tell(s.text, [held[e] for e in s.evidence if e in held]) for s in summary.sentences]
        return "\n".join(filter(None, told))

    def _source(self, written: str, shown: EvidenceWindow) -> str:
        """The chunk a unit was read from; without one, what was said before and after it."""
        unit = shown.get(written)
        if unit is None:
            return "(this id was not shown)"
        if unit.chunk:
            for point in self.view.read((unit.chunk,)):
                if kind_of(point) in ("chunk", "pending"):
                    pieces = read_chunk_point(point).pieces
                    said = (f"{p.speaker}: {p.text}" if p.speaker else p.text for p in pieces)
                    return shown.take(f"Said on {written_day(unit.mentioned_at)}:\n" + "\n".join(said))
        return shown.show(self._units(self._around(unit)))

    def _around(self, unit: Unit) -> list[str]:
        index = self.view.index
        with index.lock:
            row = index.row(unit.id)
            if row is None:
                return []
            rows = [row]
            for _ in range(_LINES_AROUND):
                before, after = int(index.columns[rows[0]]["previous"]), int(index.columns[rows[-1]]["next"])
                rows = [*([before] if before >= 0 else []), *rows, *([after] if after >= 0 else [])]
            return [index.unit_ids[one] for one in rows]

    def _belief(self, written: str, shown: EvidenceWindow) -> str:
        unit = shown.get(written)
        if unit is None or unit.network is not Network.BELIEF:
            return "(this is no belief that was shown)"
        (point,) = self.view.read((unit.id,))
        belief = read_belief(point)
        history = [change for change in belief.history if not self._past(change.at)]
        evidence = {u.id: u for u in self._units([e for change in history for e in change.evidence])}
        lines = [
            f"{written_day(change.said)}: {change.effect}, "
            f"{'' if change.before is None else f'{change.before:.2f} -> '}{change.after:.2f} ({change.reason})\n"
            + shown.show([evidence[e] for e in change.evidence if e in evidence and e != unit.id])
            for change in history
        ]
        return shown.take("\n".join(line.strip() for line in lines))

    def _units(self, ids: list[str]) -> list[Unit]:
        """The units of these ids that the bank holds, or held then."""
        units = self.view.units(ids)
        return [units[i] for i in ids if i in units and self._held(units[i])]

    def _held(self, unit: Unit) -> bool:
        """Whether a unit is known and holds at the moment that is asked about."""
        gone = unit.retired_at is not None and not self._past(unit.retired_at)
        return not gone and not self._past(unit.recorded_at)

    def _past(self, moment: datetime) -> bool:
        """Whether something came after the moment that is asked about."""
        return self.asked.as_of is not None and moment > self.asked.as_of


def _interval(wanted: MemoryQuery) -> Interval | None:
    """The time a look-up is narrowed to; raises `ValueError` for what is no date."""
    if not (wanted.since or wanted.until):
        return None
    since, until = (
        datetime.fromisoformat(written).replace(tzinfo=UTC) if written else None
        for written in (wanted.since[:10], wanted.until[:10])
    )
    return Interval(since, until)
