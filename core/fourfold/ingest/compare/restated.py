"""Moves the beliefs that a newly stated one says again in other words, or gainsays.

The new statement stays a unit of its own, and is found by recall: that it restates another is in the history of that
one alone, so that forgetting either leaves the other as it was. Only what its holder says himself counts here; what
others say leaves a judgement alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from fourfold.ingest.extract.statement import Statement
from fourfold.language.enrichment import enriched
from fourfold.language.opinion import Opinion, opinion_of, related
from fourfold.language.text import query_vector
from fourfold.models.packaged.minilm import meaning
from fourfold.ports import Query, Where
from fourfold.schema.beliefs import is_belief, read_belief
from fourfold.transaction.cascade import dependents
from fourfold.transaction.transaction import Transaction
from fourfold.values.beliefs import Belief
from fourfold.values.units import Modality, Network, Operation, Unit, Verdict

_MOST_COMPARED = 12
"""Beliefs of a bank with the most words of its topic that a new one is compared with, and of its own write with any.
A guess, not measured."""


@dataclass(slots=True)
class RestatedBeliefs:
    """The beliefs that those of one write say again or gainsay. The caller holds the lock of the bank's index."""

    transaction: Transaction
    _by_topic: dict[int, list[str]] = field(default_factory=dict)
    """The beliefs of the bank near to each statement, by its identity."""
    _added: dict[str, list[str]] = field(default_factory=dict)
    """Those of this write, by the stems of what they judge."""
    _leaders: dict[str, str] = field(default_factory=dict)
    """The belief that each of this write restates."""

    def prepare(self, statements: Sequence[Statement]) -> None:
        """Looks up, for all statements of a write at once, the beliefs of the bank that judge something alike."""
        if not len(self.transaction.index):
            return
        where = Where(bank=self.transaction.index.bank, live=True, networks=(Network.BELIEF.value,))
        opinions = [(s, self._opinion(_claim(s))) for s in statements if s.network is Network.BELIEF]
        asked = [(s, opinion) for s, opinion in opinions if opinion is not None and _stems(opinion)]
        queries = [
            Query(where, _MOST_COMPARED, terms=query_vector(sorted(_stems(opinion)))) for _, opinion in asked
        ]
        answers = self.transaction.services.store.search(queries) if queries else []
        for (statement, _), answer in zip(asked, answers, strict=True):
            self._by_topic[id(statement)] = [unit for unit, _ in answer]

    def settle(self, unit: Unit, statement: Statement) -> Iterator[Operation]:
        """Stages what becomes of the beliefs that `unit`, which is staged, says again or gainsays, and yields reports
        of that. A belief that was said later gainsays it in turn."""
        opinion = self._opinion(unit.claim) if _is_judgement(unit) else None
        if opinion is None or not _stems(opinion):
            return
        ids = self._by_topic.get(id(statement), [])
        added = [known for stem in sorted(_stems(opinion)) for known in self._added.get(stem, ())]
        restated: Belief | None = None
        gainsaid: dict[str, Belief] = {}
        for belief, relation in self._related(unit, opinion, [*ids, *added[-_MOST_COMPARED:]]):
            leader = self._leader(belief)
            if relation == "opposite":
                # What restates a belief falls with it: it comes into its place where that is forgotten.
                gainsaid |= {each.unit.id: each for each in (leader, belief)}
            else:
                restated = restated or leader
        for belief in gainsaid.values():
            yield self._gainsay(unit, belief)
        if restated is not None:
            self.transaction.put_belief(restated.restated(unit, _AGAIN, self.transaction.now))
            self._leaders[unit.id] = restated.unit.id
            yield Operation(Verdict.UPDATE, restated.unit.id, _AGAIN)
        for stem in _stems(opinion):
            self._added.setdefault(stem, []).append(unit.id)

    def _related(self, unit: Unit, opinion: Opinion, ids: Sequence[str]) -> Iterator[tuple[Belief, str]]:
        """Yields the current beliefs among `ids` that say what `unit` says, or the contrary; of the same holder."""
        for point in self.transaction.points([known for known in dict.fromkeys(ids) if known != unit.id]):
            belief = read_belief(point) if is_belief(point) else None
            if belief is None or belief.unit.speaker != unit.speaker or not _is_judgement(belief.unit):
                continue
            known = self._opinion(belief.unit.claim)
            relation = known and enriched(
                "beliefs", unit.claim, "other", related, opinion, known, _likeness, self.transaction.language
            )
            if relation and relation != "other":
                yield belief, relation

    def _gainsay(self, unit: Unit, belief: Belief) -> Operation:
        """Stages the older of the two as gainsaid by the newer; returns the report of it."""
        newer, older = unit, belief
        if _is_later(belief.unit, unit):
            (point,) = self.transaction.points([unit.id])
            newer, older = belief.unit, read_belief(point)
        self.transaction.put_belief(older.gainsaid(newer, _GAINSAID, self.transaction.now))
        return Operation(Verdict.UPDATE, older.unit.id, _GAINSAID)

    def _leader(self, belief: Belief) -> Belief:
        """Returns the belief that this one restates, as it is staged, else itself."""
        of_write = self._leaders.get(belief.unit.id)
        linked = dependents(self.transaction.index, [belief.unit.id])
        for point in self.transaction.points([of_write] if of_write else linked):
            leader = read_belief(point) if is_belief(point) else None
            if leader is not None and leader.unit.retired_at is None and belief.unit.id in leader.restated_by:
                return leader
        return belief

    def _opinion(self, claim: str) -> Opinion | None:
        return enriched("beliefs", claim, None, opinion_of, claim, self.transaction.language)


def _likeness(a: str, b: str) -> float:
    return float(meaning(a) @ meaning(b))


_AGAIN = "said again in other words"
_GAINSAID = "its holder says otherwise"


def _is_judgement(unit: Unit) -> bool:
    """Whether a unit is what somebody says he holds, and holds still."""
    is_said = unit.network is Network.BELIEF and bool(unit.source.messages)
    return is_said and unit.modality is Modality.FACT and unit.retired_at is None


def _stems(opinion: Opinion) -> frozenset[str]:
    return frozenset((*opinion.about, *opinion.said, *opinion.than))


def _claim(statement: Statement) -> str:
    return statement.text if statement.telling is None else statement.text[slice(*statement.telling)]


def _is_later(unit: Unit, other: Unit) -> bool:
    """Whether a unit was said after another for sure."""
    times = unit.mentioned_at, other.mentioned_at
    return times[0] is not None and times[1] is not None and times[0] > times[1]
