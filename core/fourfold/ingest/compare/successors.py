"""What a new statement comes after: units whose place it takes, and units of the same matter that were said before.

Two measures of certainty. Where one attribute of one holder is given another value (`language.attributes`), the older
unit is retired, if that is sure. Where a newer statement only tells how a matter stands now
(`language.succession`), both stay, the older is marked, and the newer comes first: to hide what still holds is worse
than to keep it beside the newer (docs/adr/0007).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Literal

from fourfold.ingest.compare.candidates import KnownStatements, Near, said_before
from fourfold.ingest.compare.closer_looks import CloserLooks
from fourfold.ingest.embed import Embedded
from fourfold.language.attributes import (
    AttributedText,
    are_beside,
    assertions,
    compare_attributes,
    tells_less,
)
from fourfold.language.enrichment import enriched
from fourfold.language.places import kinds_of
from fourfold.language.spelling import with_capitals
from fourfold.language.succession.claims import Claim, Mark, matter_key, with_known_goals
from fourfold.language.succession.corrections import names_value_alone, sets_right
from fourfold.language.succession.reading import read_claims
from fourfold.language.succession.rules import Competition, competes
from fourfold.language.text import is_stage_direction, query_vector
from fourfold.models.packaged.change_model import change_model
from fourfold.ports import Query, Where
from fourfold.transaction.transaction import Transaction
from fourfold.values.statements import Kind
from fourfold.values.units import Entity, Link, Modality, Network, Operation, Retirement, Unit, Verdict

_MOST_BY_WORDS = 12
"""Units of a bank with the most words in common that a statement is compared with. A guess, not measured."""
_LATEST = 12
"""Units of the same matter of life, and of the same write, that a statement is compared with, the latest first. A
guess, not measured."""
_MOST_MARKED = 5
"""Units that one statement may mark as said before: one that marks many is misread. A guess, not measured."""
_NEW = "new to the bank"
"""What is reported of a unit that comes after nothing."""
_BY_VALUE = ("matter", "value")
"""Rules of succession that compare what both say, as attributes do, which know more of it; the others look at what
the newer one tells of the older ("opposite", "ending")."""
_WRITTEN = (Verdict.ADD, Verdict.UPDATE)

_LONG_BEFORE = timedelta(days=366)
"""Time that what a statement tells of lies before another was said, from which on it is history. A guess, not
measured."""
_MOST_BACK = 3
"""Statements of a speaker among which the one is looked for that a correction sets right. A guess, not measured."""

Standing = Literal["replaces", "unsure"]
Order = Literal["after", "perhaps after", "before", "unknown"]


@dataclass(slots=True)
class Successors:
    """What the statements of one write come after. The caller holds the lock of the bank's index."""

    transaction: Transaction
    known: KnownStatements
    entity: Callable[[str], Entity | None]
    """Returns the entity of a name, as this write leaves it."""
    operations: list[Operation] = field(default_factory=list)
    undecided: list[tuple[str, str]] = field(default_factory=list)
    """(new unit, older unit) of which the rules could not tell whether one replaces the other."""
    _by_words: dict[int, list[str]] = field(default_factory=dict)
    _in_bank: dict[str, Unit] = field(default_factory=dict)
    _looks: CloserLooks = field(init=False)

    def __post_init__(self) -> None:
        embedder = self.transaction.services.embedder.name
        model = change_model(embedder, self.transaction.language.code)
        self._looks = CloserLooks(model, len(self.transaction.index))

    def prepare(self, embedded: Sequence[Embedded], nearest: Sequence[Near]) -> None:
        """Reads from the bank, for all statements of a write at once, what they are compared with: on a server each
        reading is a round trip."""
        index = self.transaction.index
        where = Where(bank=index.bank, live=True)
        asked = [each for each in embedded if each.terms] if len(index) else []
        queries = [Query(where, _MOST_BY_WORDS, terms=query_vector(each.terms)) for each in asked]
        answers = self.transaction.services.store.search(queries) if queries else []
        for each, answer in zip(asked, answers, strict=True):
            self._by_words[id(each)] = [unit for unit, _ in answer]
        near = (unit for answer in nearest for unit, _ in answer)
        ids = dict.fromkeys([*near, *(unit for ids in self._by_words.values() for unit in ids)])
        self._read(list(ids))

    def settle(
        self, unit: Unit, vectors: Embedded, neighbours: Near, *, may_retire: Callable[[], bool]
    ) -> tuple[Unit, list[str]]:
        """Retires or marks what `unit` comes after, or only marks it unless it `may_retire`, and reports it. Returns
        `unit`, linked to that, and the keys by which it is found as something that a later unit may come after."""
        claims = self._claims(unit)
        attributed = self._attributed(unit)
        is_code = unit.kind is Kind.CODE
        asserted = () if is_code else enriched("attributes", unit.text, (), assertions, attributed)
        attributes = list(dict.fromkeys(assertion.key for assertion in asserted))
        matters = [matter_key(matter, unit.speaker) for claim in claims for matter in sorted(claim.fields)]
        replaced = False
        reasons: list[str] = []
        compared: set[str] = set()
        for older in self.known.competing(unit, attributes):
            comparison = enriched(
                "attributes", unit.text, None, compare_attributes, attributed, self._attributed(older)
            )
            if comparison is not None and _of_one_side(unit, older) and not _tells_of_before(unit, older):
                standing, reason = comparison
                if standing == "replaces" and not may_retire():
                    standing = "unsure"
                compared.add(older.id)
                order = _order(unit, older)
                unit = self._follow(unit, older, standing, reason)
                reasons += [reason] if order != "unknown" else []
                replaced = replaced or (standing == "replaces" and order == "after")
        for older, reason in self._same_matter(unit, claims, vectors, neighbours, matters):
            if older.id not in compared:
                unit = self._follow(unit, older, "unsure", reason)
                reasons.append(reason)
        for older in self._set_right(unit, claims):
            if older.id not in compared and older.superseded_by != unit.id:
                reason = f'"{unit.text}" sets right "{older.text}"'
                unit = self._follow(unit, older, "unsure", reason)
                reasons.append(reason)
        self._looks.next_statement()
        verdict = Verdict.UPDATE if replaced else Verdict.ADD
        self.operations.append(Operation(verdict, unit.id, "; ".join(reasons) or _NEW))
        return unit, [*attributes, *dict.fromkeys(matters)]

    def look_closer(self) -> list[Unit]:
        """Marks what the statements settled so far come after by a closer look; returns those that come after
        something, as they are staged now. It is done for all of them at once, since texts are embedded for it, and
        after the others, since a text may have been said again meanwhile."""
        after: list[Unit] = []
        for look in self._looks.changes(self.transaction.services.embedder):
            staged = {unit.id: unit for unit in self.transaction.read([look.newer.id, look.older.id])}
            newer, older = staged[look.newer.id], staged[look.older.id]
            is_settled = older.retired_at is not None or older.superseded_by is not None
            if is_settled or newer.retired_at is not None or _order(newer, older) == "before":
                continue
            point = self.transaction.points([newer.id])[0]
            newer = self._follow(newer, older, "unsure", look.explanation)
            self.transaction.put_unit(point, newer)
            self._add_reason(newer.id, look.explanation)
            after.append(newer)
        return after

    def _add_reason(self, unit_id: str, reason: str) -> None:
        """Adds to the report on a new unit why it stands above another."""
        places = (i for i, op in enumerate(self.operations) if op.unit == unit_id and op.verdict in _WRITTEN)
        place = next(places)
        operation = self.operations[place]
        reasons = reason if operation.reason == _NEW else f"{operation.reason}; {reason}"
        self.operations[place] = replace(operation, reason=reasons)

    def _follow(self, unit: Unit, older: Unit, standing: Standing, reason: str) -> Unit:
        """Stages what becomes of `older`; returns `unit`, linked to it. Where `unit` came late, and what is known is
        newer, `unit` is the one that was said before. Where nobody knows which is, both stay as they are."""
        match _order(unit, older):
            case "before":
                return replace(unit, superseded_by=older.id)
            case "unknown":
                return unit
            case "perhaps after":
                standing = "unsure"
            case "after":
                pass
        point = self.transaction.points([older.id])[0]
        if standing == "replaces":
            retirement = Retirement.superseded_by(unit.id)
            self.transaction.put_unit(point, older.retired(self.transaction.now, retirement))
            self.operations.append(Operation(Verdict.RETIRE, older.id, reason))
        else:
            self.transaction.put_unit(point, replace(older, superseded_by=unit.id))
            self.undecided.append((unit.id, older.id))
        weight = 1.0 if standing == "replaces" else 0.5
        return replace(unit, links=(*unit.links, Link(older.id, "supersedes", weight)))

    def _same_matter(
        self,
        unit: Unit,
        claims: tuple[Claim, ...],
        vectors: Embedded,
        neighbours: Near,
        matters: Sequence[str],
    ) -> Iterator[tuple[Unit, str]]:
        """Yields units of the same speaker, with the reason, that speak of a matter which `unit` tells of as it
        stands now; or that tell of one which `unit` speaks of, where `unit` came late."""
        if not claims:
            return
        marked = 0
        for candidate in self._candidates(vectors, neighbours, matters):
            if candidate.speaker != unit.speaker or candidate.id == unit.id:
                continue
            order = _order(unit, candidate)
            if order == "unknown":
                continue
            known_claims = self._claims(candidate)
            is_before = order == "before"
            newer_unit, older_unit = (candidate, unit) if is_before else (unit, candidate)
            if _tells_of_before(newer_unit, older_unit):
                continue
            newer, older = (known_claims, claims) if is_before else (claims, known_claims)
            competition = enriched("succession", unit.text, None, competes, newer, older)
            pair = self._attributed(newer_unit), self._attributed(older_unit)
            if enriched("attributes", unit.text, False, _stands_beside, competition, newer, *pair):
                continue
            if _are_of_other_days(competition, newer_unit, older_unit, newer, older):
                continue
            if competition is None:
                if not is_before:  # how a text reads is known of the new one alone
                    readings = (unit, claims), (candidate, known_claims)
                    enriched("succession", unit.text, None, self._looks.consider, *readings, vectors.own)
                continue
            for current in self.transaction.read([candidate.id]):  # as this write would leave it
                if current.retired_at is None:
                    yield current, competition.explanation
                    marked += 1
            if marked == _MOST_MARKED:
                return

    def _set_right(self, unit: Unit, claims: tuple[Claim, ...]) -> list[Unit]:
        """Returns the statement that a correction without a matter of its own sets right: one of the last that its
        speaker made in the session; none where it names what it corrects, or nothing fits."""
        if not enriched("succession", unit.text, False, names_value_alone, claims):
            return []
        earlier, steps = unit, 0
        while steps < _MOST_BACK and (before := said_before(earlier)):
            (earlier,) = self.transaction.read([before])
            if earlier.speaker == unit.speaker:
                steps += 1
                said = self._claims(earlier)
                if earlier.retired_at is None and enriched(
                    "succession", unit.text, False, sets_right, claims, said
                ):
                    return [earlier]
        return []

    def _candidates(self, vectors: Embedded, neighbours: Near, matters: Sequence[str]) -> list[Unit]:
        """Returns the units that may speak of one matter with a new statement, the latest first."""
        index = self.transaction.index
        rows = [row for matter in matters for row in index.with_attribute(matter)[-_LATEST:]]
        self._read([index.unit_ids[row] for row in rows])
        ids = [unit for unit, _ in neighbours]
        ids += self._by_words.get(id(vectors), ())
        ids += [index.unit_ids[row] for row in rows]
        candidates = [
            self._in_bank[candidate] for candidate in dict.fromkeys(ids) if candidate in self._in_bank
        ]
        candidates += self.known.latest_added(_LATEST, matters)
        return sorted(candidates, key=lambda each: each.said_order, reverse=True)

    def _claims(self, unit: Unit) -> tuple[Claim, ...]:
        """Returns what a unit claims; nothing for what the agent did or said, which changes nobody's facts, for
        what its passage shows to be a quotation or said in a role, for code, and for what a picture shows."""
        is_no_claim = unit.pending or unit.modality is Modality.QUOTE or unit.kind is Kind.CODE
        if unit.network is Network.EXPERIENCE or is_no_claim or is_stage_direction(unit.text):
            return ()
        text = enriched("names", unit.text, unit.text, with_capitals, unit.text, unit.entities)
        claims = enriched("succession", unit.text, (), read_claims, text, self.transaction.language)
        return enriched("succession", unit.text, claims, with_known_goals, claims, self._kinds(unit))

    def _attributed(self, unit: Unit) -> AttributedText:
        """Returns what is looked at for the attributes that a unit gives a value."""
        text = enriched("names", unit.text, unit.text, with_capitals, unit.text, unit.entities)
        return AttributedText(text, unit.speaker, unit.modality, tuple(self._kinds(unit).items()))

    def _kinds(self, unit: Unit) -> dict[str, str]:
        return kinds_of(self.entity(name) for name in unit.entities if name != unit.speaker)

    def _read(self, ids: Sequence[str]) -> None:
        missing = [unit for unit in ids if unit not in self._in_bank]
        self._in_bank |= {unit.id: unit for unit in (self.transaction.read(missing) if missing else ())}


def _order(unit: Unit, other: Unit) -> Order:
    """Tells whether `unit`, which is new, was said after `other`. What has no time gives way to what has one. It
    was said by the time it was recorded, so that what was said later than that came after it for sure; of two
    without a time the order is known within one session alone, that of a file."""
    if unit.mentioned_at is not None and other.mentioned_at is not None:
        return "before" if unit.mentioned_at < other.mentioned_at else "after"
    if unit.mentioned_at is not None:
        return "after" if unit.mentioned_at >= other.recorded_at else "perhaps after"
    if other.mentioned_at is not None:
        return "before"
    return "after" if unit.session == other.session else "unknown"


def _of_one_side(unit: Unit, other: Unit) -> bool:
    """Tells whether the agent said both or neither."""
    return (unit.network is Network.EXPERIENCE) == (other.network is Network.EXPERIENCE)


def _stands_beside(
    competition: Competition | None,
    claims: tuple[Claim, ...],
    newer: AttributedText,
    older: AttributedText,
) -> bool:
    """Tells whether attributes, which know more of values than the rules of succession, say that a newer statement
    with these claims stands beside an older one. Where it tells of a change the rules know more, unless that only
    says how it is now ("My email is down again")."""
    if competition is None or competition.rule in _BY_VALUE:
        return are_beside(newer, older)
    is_of_now = competition.rule == "change" and not any(claim.has(Mark.CHANGE) for claim in claims)
    return is_of_now and are_beside(newer, older) and tells_less(newer, older)


def _are_of_other_days(
    competition: Competition | None,
    newer_unit: Unit,
    older_unit: Unit,
    newer: tuple[Claim, ...],
    older: tuple[Claim, ...],
) -> bool:
    """Tells whether one day's value is compared with another day's ("gym tomorrow at 7", said on two days)."""
    if competition is None or competition.rule != "value":
        return False
    are_of_days = any(each.is_of_one_day for each in newer) and any(each.is_of_one_day for each in older)
    ours, theirs = newer_unit.occurred, older_unit.occurred
    if not are_of_days or ours is None or theirs is None or ours.start is None or theirs.end is None:
        return False
    return ours.start >= theirs.end


def _tells_of_before(unit: Unit, other: Unit) -> bool:
    """Tells whether `unit` tells of a time long before `other` was said ("I moved to Lisbon in 1999")."""
    end = unit.occurred.end if unit.occurred is not None else None
    # The difference, not the moment that long before: there may be none in the calendar.
    return end is not None and other.mentioned_at is not None and other.mentioned_at - end > _LONG_BEFORE
