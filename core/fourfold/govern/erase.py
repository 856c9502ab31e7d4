"""Erasing: units are gone for good, with their texts, their chunks and what follows from them alone; the rest is
rewritten without them, the log as well. All of it is one rewriting of the store, and nothing of it can be undone."""

from __future__ import annotations

import unicodedata
from collections import Counter

from fourfold.errors import NotFoundError
from fourfold.govern.erase_names import rename_entities
from fourfold.govern.erase_traces import (
    renew_followers,
    rewrite_derived,
    rewrite_log,
    same_words_elsewhere,
    silence_reasons,
    unlink_rest,
)
from fourfold.govern.erase_units import choose_units, drop_texts, reassess_beliefs
from fourfold.govern.erasure import Erasure, receipt_of
from fourfold.govern.erasure_scope import ErasureScope, holds, same_words
from fourfold.govern.forget import Selection
from fourfold.ports import Store, Where
from fourfold.schema.records import KIND_ONLY, UNIT, describe, kind_of
from fourfold.schema.texts import strings_of
from fourfold.services import Services
from fourfold.transaction.transaction import Transaction
from fourfold.values.changes import ForgetResult, Receipt


def erase(services: Services, bank: str, selection: Selection, reason: str) -> ForgetResult:
    """Erases what `selection` names, and says so in a receipt, which the bank's history keeps. Raises `NotFoundError`
    for what the bank never knew."""
    try:
        with services.indexes.locked(bank) as index:
            transaction = Transaction(services, index, services.clock.now(), "erase", "", reason)
            return _run(Erasure(transaction), selection)
    finally:
        services.indexes.drop(bank)


def erase_bank(services: Services, bank: str) -> Receipt:
    """Erases all of a bank; raises `NotFoundError` where there is none."""
    try:
        with services.indexes.locked(bank) as index:
            if index.profile is None:
                raise NotFoundError(f'There is no bank "{bank}".')
            kinds = {p.id: kind_of(p) for p in services.store.scan(Where(bank=bank), KIND_ONLY)}
            guarantee = services.store.rewrite((), list(kinds))
    finally:
        services.indexes.drop(bank)
        services.token_accounts.forget(bank)
        services.recall_counts.pop(bank)
    units = [point_id for point_id, kind in kinds.items() if kind == UNIT]
    return receipt_of(units, services.clock.now(), Counter(kinds.values()), (), guarantee)


def find_text(store: Store, text: str) -> list[str]:
    """Returns where a text is, which should be nowhere once it is erased: "unit 1a2b... of the bank alice" among the
    records, where its characters or its words are, "file store/shard/..." among the bytes of the files, in no
    order."""
    words = same_words(text)
    records = [
        describe(point)
        for point in store.scan(Where())
        if any(text in string or holds(string, words) for string in strings_of(point))
    ]
    forms = dict.fromkeys([text, *(unicodedata.normalize(form, text) for form in ("NFC", "NFD"))])
    files = dict.fromkeys(name for form in forms for name in store.find_bytes(form))
    return records + [f"file {name}" for name in files]


def _run(erasure: Erasure, selection: Selection) -> ForgetResult:
    """Works out what goes and what the rest is without it, and has the store do it."""
    document_exists = choose_units(erasure, selection)
    if not erasure.gone and not document_exists:
        missing = f'document "{selection.document}"' if selection.document is not None else "unit like that"
        raise NotFoundError(f'The bank "{erasure.bank}" has no {missing}.')
    # Beliefs first, since some go with what they rest on; then all that is known of what goes is complete.
    beliefs = reassess_beliefs(erasure)
    scope = ErasureScope.of(erasure.gone, (unit.text for unit in erasure.gone.values()))
    drop_texts(erasure, selection.document, scope)
    unlink_rest(erasure)
    rename_entities(erasure)
    renew_followers(erasure)
    rewrite_derived(erasure, scope)
    # Last: the log is rewritten by what all the steps before it dropped and renamed.
    traces = ErasureScope.of([*erasure.gone, *erasure.dropped], [*scope.texts, *sorted(erasure.lost_names)])
    silence_reasons(erasure, traces)
    rewrite_log(erasure, traces)
    elsewhere = [unit for unit in erasure.elsewhere if unit not in erasure.gone]
    surviving = tuple(dict.fromkeys([*elsewhere, *same_words_elsewhere(erasure)]))
    return ForgetResult((), tuple(beliefs), erasure.carry_out(surviving))
