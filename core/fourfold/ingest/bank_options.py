"""Sets what a bank is: the language it is kept in (detected from its first retains, or given by whoever opens it, and
changed on request), its mission and its disposition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from fourfold.errors import InputError
from fourfold.index.bank_index import BankIndex
from fourfold.ingest.embed import term_vector
from fourfold.language.enrichment import enriched
from fourfold.language.languages import ENGLISH, detect, language
from fourfold.language.pack import Language
from fourfold.language.text import index_terms, words
from fourfold.ports import Fields, Where
from fourfold.schema.records import UNIT
from fourfold.schema.units import context_of, speaker_of, text_of
from fourfold.services import Services
from fourfold.transaction.transaction import Transaction
from fourfold.values.reflection import Disposition
from fourfold.values.units import Message

_UNITS_A_WRITE = 500
"""Units with new terms that are written at once; a guess, not measured."""


@dataclass(frozen=True, slots=True)
class BankOptions:
    """What whoever opened a bank asked for: its language, its mission, its disposition; None leaves it as it is. What
    it is to hold back is in `Services.redaction`, where every write finds it."""

    language: Language | None = None
    mission: str | None = None
    disposition: Disposition | None = None


def language_to_fix(
    services: Services, index: BankIndex, required: Language | None, messages: Sequence[Message]
) -> Language | None:
    """Returns the language that a retain of `messages` fixes for its bank; None where it has one, or it is not clear
    yet.

    Raises `InputError` where the bank has another language than `required`. The caller holds the index's lock.
    """
    bank_language = index.profile and index.profile.language
    if bank_language and required not in (None, bank_language):
        raise InputError(
            f'The bank "{index.bank}" is kept in {bank_language.name} ({bank_language.code}): leave the language '
            f'out, or change it with bank.set_language("{required and required.code}").'
        )
    if bank_language:
        return None
    default = services.settings.language
    return required or (language(default) if default else _detect_bank_language(services, index, messages))


def _detect_bank_language(
    services: Services, index: BankIndex, messages: Sequence[Message]
) -> Language | None:
    """Returns the language of `messages` and of what the bank has: a few words alone do not tell."""
    where = Where(bank=index.bank, kind=UNIT)
    so_far = services.store.scan(where, Fields(only=("text",))) if len(index) else ()
    texts = chain((m.text for m in messages), (text_of(point) for point in so_far))
    return enriched("language", messages[0].text if messages else "", None, detect, texts)


def apply_options(transaction: Transaction, detected: Language | None, options: BankOptions) -> None:
    """Has `transaction` set `options` on its bank, and the language `found` for it, unless another write did so
    first: what the bank holds is found by that language's words then. The caller holds the index's lock."""
    transaction.mission, transaction.disposition = options.mission, options.disposition
    transaction.keeps_rules = True
    bank_language = transaction.index.profile and transaction.index.profile.language
    if detected is None or bank_language is not None:
        return
    transaction.fixed_language = detected
    if detected is not ENGLISH:
        _reindex(transaction, detected, None)


def set_language(services: Services, bank: str, bank_language: Language) -> None:
    """Changes the language that `bank` is kept in: what is in it is found by the words of that language from then
    on. The profile is written with the last part, so that an interrupted change is none; done again, it is
    finished."""
    with services.indexes.locked(bank) as index:
        if index.profile and index.profile.language == bank_language:
            return
        slices = [
            index.unit_ids[start : start + _UNITS_A_WRITE] for start in range(0, len(index), _UNITS_A_WRITE)
        ]
        for ids in slices[:-1]:
            part = Transaction(services, index, services.clock.now(), "language")
            _reindex(part, bank_language, tuple(ids))
            part.commit({})
        last = Transaction(
            services,
            index,
            services.clock.now(),
            "language",
            bank_language.name,
            fixed_language=bank_language,
        )
        _reindex(last, bank_language, tuple(slices[-1]) if slices else ())
        last.commit({})


def _reindex(transaction: Transaction, bank_language: Language, ids: tuple[str, ...] | None) -> None:
    """Stages the units of `ids` (None: all) with their terms in another language."""
    where = Where(bank=transaction.index.bank, kind=UNIT, ids=ids)
    for point in transaction.services.store.scan(where, Fields(vectors=True)):
        text = text_of(point)
        text_words = enriched("words", text, [], words, text, bank_language)
        text_terms = enriched("words", text, [], index_terms, text, text_words, bank_language)
        speaker, context = speaker_of(point), context_of(point)
        transaction.put_unit(replace(point, terms=term_vector(text_terms, speaker, context, bank_language)))
