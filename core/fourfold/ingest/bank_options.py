"""What a bank is: the language it is kept in (settled by its first retains, or by who opens it, and changed on
request), its mission and its disposition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from fourfold.errors import InputError
from fourfold.index.bank_index import BankIndex
from fourfold.ingest.embed import term_vector
from fourfold.language.languages import ENGLISH, Language, detect, language
from fourfold.language.text import terms
from fourfold.ports import Fields, Where
from fourfold.services import Services
from fourfold.transaction.transaction import Transaction
from fourfold.values.redaction import RedactionRule
from fourfold.values.reflection import Disposition
from fourfold.values.units import Message

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class BankOptions:
    """What whoever opened a bank wants it to be: its language, its mission, its disposition, what it
    holds back; None leaves it be."""

    language: Language | None = None
    mission: str | None = None
    disposition: Disposition | None = None
    rules: tuple[RedactionRule, ...] | None = None

    def rules_of(self, graph: BankIndex) -> tuple[RedactionRule, ...]:
        """What is held back: what was asked for, or what the bank keeps. The caller holds the graph's lock."""
        if self.rules is not None:
            return self.rules
        return graph.profile.rules if graph.profile is not None else ()


def language_to_fix(
    engine: Services, graph: BankIndex, wanted: Language | None, messages: Sequence[Message]
) -> Language | None:
    """The language that a retain of `messages` settles for its bank; None where it has one, or nobody can tell yet.

    Raises `InputError` where another is `wanted` than the bank has. The caller holds the graph's lock.
    """
    held = graph.profile and graph.profile.language
    if held and wanted not in (None, held):
        raise InputError(
            f'The bank "{graph.bank}" is kept in {held.name} ({held.code}): leave the language out, or change it '
            f'with bank.set_language("{wanted and wanted.code}").'
        )
    if held:
        return None
    default = engine.settings.language
    return wanted or (language(default) if default else _detect_bank_language(engine, graph, messages))


def _detect_bank_language(engine: Services, graph: BankIndex, messages: Sequence[Message]) -> Language | None:
    """The language of `messages` and, where there are few, of what the bank has."""
    where = Where(bank=graph.bank, kind="unit")
    so_far = engine.store.scan(where, Fields(only=("text",))) if len(graph) else ()
    return detect(chain((m.text for m in messages), (str(point.payload["text"]) for point in so_far)))


def apply_options(batch: Transaction, found: Language | None, wanted: BankOptions) -> None:
    """Has `batch` note what is `wanted` of its bank, and the language `found` for it, unless another write did so
    first: what the bank holds is found by that language's words then. The caller holds the graph's lock."""
    batch.mission, batch.disposition = wanted.mission, wanted.disposition
    if wanted.rules is not None:
        batch.rules = tuple(rule for rule in wanted.rules if rule.test is None)
    held = batch.graph.profile and batch.graph.profile.language
    if found is None or held is not None:
        return
    batch.fixed_language = found
    if found != ENGLISH:
        _reindex(batch, found, None)


def set_language(engine: Services, bank: str, wanted: Language) -> None:
    """Keeps `bank` in that language: what is in it is found by its words from then on. An interrupted change is none;
    done again, it is finished."""
    with engine.graphs.locked(bank) as graph:
        if graph.profile and graph.profile.language == wanted:
            return
        left = [graph.ids[first : first + _AT_ONCE] for first in range(0, len(graph), _AT_ONCE)]
        for ids in left[:-1]:
            part = Transaction(engine, graph, engine.clock.now(), "language")
            _reindex(part, wanted, tuple(ids))
            part.commit({})
        last = Transaction(engine, graph, engine.clock.now(), "language", wanted.name, fixed_language=wanted)
        _reindex(last, wanted, tuple(left[-1]) if left else ())
        last.commit({})


def _reindex(batch: Transaction, wanted: Language, ids: tuple[str, ...] | None) -> None:
    """Stages the units of `ids` (None: all) with their terms in another language."""
    where = Where(bank=batch.graph.bank, kind="unit", ids=ids)
    for point in batch.engine.store.scan(where, Fields(vectors=True)):
        stems = terms(point.payload["text"], wanted)
        speaker, context = point.payload["speaker"], point.payload["context"]
        batch.units[point.id] = replace(point, terms=term_vector(stems, speaker, context, wanted))
