"""Puts what the rules could not decide to the language model: whether a new statement replaces an older one, says the
same, or stands beside it.

The model sees the candidates and nothing else may come of it: a verdict on what it was not shown changes nothing
and is counted. Where the model fails, what the rules did stands (both kept, the older one marked).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import anyio.to_thread
from pydantic import BaseModel, Field

from fourfold import prompts
from fourfold.errors import ConfigurationError, ModelError, TokenLimitError
from fourfold.ingest.pipeline import Outcome
from fourfold.models.structured import Acceptable
from fourfold.ports import LanguageModel
from fourfold.prompts.render import by_label, plain_label
from fourfold.services import Services
from fourfold.transaction.transaction import Transaction
from fourfold.values.rendering import render_words, written_day
from fourfold.values.units import Link, Operation, Unit, Verdict

log = logging.getLogger(__name__)

_CASES_AT_ONCE = 20
"""Cases in one question; a guess, not measured."""
_MOST_CANDIDATES = 8
"""Older statements shown beside a new one; a guess, not measured."""


class PairVerdict(BaseModel):
    """The model's verdict on one older statement, by its label ("2b")."""

    label: str
    verdict: Literal["same", "replaces", "both"]
    reason: str = ""


class PairVerdicts(BaseModel):
    """The model's verdicts on several cases."""

    verdicts: Acceptable[PairVerdict] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Case:
    """A new unit and the older ones it may bear on, as they were shown."""

    new: Unit
    old: tuple[Unit, ...]


async def adjudicate(services: Services, bank: str, model: LanguageModel, outcome: Outcome) -> None:
    """Has `model` judge what the rules left undecided, and carries the verdicts out."""
    cases = await anyio.to_thread.run_sync(_cases, services, bank, outcome.undecided)
    for start in range(0, len(cases), _CASES_AT_ONCE):
        batch = cases[start : start + _CASES_AT_ONCE]
        lines = [(_line(case.new), [_line(unit) for unit in case.old]) for case in batch]
        try:
            answer = await model.ask(prompts.judgement(lines), PairVerdicts)
        except (ModelError, ConfigurationError, TokenLimitError) as error:
            log.warning("Older statements of the bank %s stay marked as they are: %s", bank, error)
            outcome.warnings[str(error)] = None
            return
        await anyio.to_thread.run_sync(_carry_out, services, bank, batch, answer.value, outcome)


def _cases(services: Services, bank: str, pairs: Sequence[tuple[str, str]]) -> list[_Case]:
    """Returns the pairs of which both units are still live, by their new unit."""
    if not pairs:
        return []
    with services.indexes.locked(bank) as index:
        ids = dict.fromkeys(unit for pair in pairs for unit in pair)
        units = {unit.id: unit for unit in Transaction(services, index, services.clock.now()).read(list(ids))}
    live_units = {key: unit for key, unit in units.items() if unit.retired_at is None}
    by_new: dict[str, list[Unit]] = {}
    for new_id, old_id in dict.fromkeys(pairs):
        if new_id in live_units and old_id in live_units:
            by_new.setdefault(new_id, []).append(live_units[old_id])
    return [_Case(live_units[new_id], tuple(old_id[:_MOST_CANDIDATES])) for new_id, old_id in by_new.items()]


def _line(unit: Unit) -> str:
    said = f"({written_day(unit.mentioned_at)}) " if unit.mentioned_at else "(no date) "
    return f"{said}{render_words(unit.speaker, unit.text)}"


def _carry_out(
    services: Services, bank: str, cases: Sequence[_Case], answer: PairVerdicts, outcome: Outcome
) -> None:
    pairs = by_label([(case.new, case.old) for case in cases])
    with services.indexes.locked(bank) as index:
        transaction = Transaction(services, index, services.clock.now(), "reconcile")
        for verdict in answer.verdicts:
            pair = pairs.pop(plain_label(verdict.label), None)
            if pair is None:
                outcome.dropped["verdict"] += 1
                continue
            decided = list(_decide(transaction, verdict, *pair))
            transaction.reasons |= {operation.unit: operation.reason for operation in decided}
            outcome.operations += decided
        transaction.commit({})
        outcome.note_changes(transaction)


def _decide(
    transaction: Transaction, verdict: PairVerdict, shown_new: Unit, shown_old: Unit
) -> Iterator[Operation]:
    """Does what a verdict says; yields what was done. Nothing where a unit has been retired or edited while the model
    thought: it judged another text."""
    units = {unit.id: unit for unit in transaction.read([shown_new.id, shown_old.id])}
    current_new, current_old = units.get(shown_new.id), units.get(shown_old.id)
    if current_new is None or current_old is None or current_new.retired_at or current_old.retired_at:
        return
    if (current_new.text, current_old.text) != (shown_new.text, shown_old.text):
        return
    newer, older = transaction.points([shown_new.id])[0], transaction.points([shown_old.id])[0]
    reason = verdict.reason or "the language model's judgement"
    match verdict.verdict:
        case "replaces":
            transaction.put_unit(older, current_old.superseded(transaction.now, shown_new.id))
            supersedes = Link(shown_old.id, "supersedes", 1.0)
            # The rules may have linked the two already, with a lower weight since they were unsure.
            links = [
                link for link in current_new.links if (link.to, link.kind) != (shown_old.id, "supersedes")
            ]
            transaction.put_unit(newer, replace(current_new, links=(*links, supersedes)))
            yield Operation(Verdict.RETIRE, shown_old.id, reason)
            yield Operation(Verdict.UPDATE, shown_new.id, reason)
        case "same":
            evidence = [*current_old.source.evidence, *current_new.source.evidence]
            repeated = current_old.said_by(list(dict.fromkeys(evidence)), current_new.source)
            transaction.put_unit(older, replace(repeated, superseded_by=None))
            transaction.put_unit(newer, current_new.superseded(transaction.now, shown_old.id))
            yield Operation(Verdict.NOOP, shown_old.id, reason)
        case "both":
            if current_old.superseded_by == shown_new.id:
                transaction.put_unit(older, replace(current_old, superseded_by=None))
                yield Operation(Verdict.NOOP, shown_old.id, reason)
