"""Checks entries and stages them in the same write as the messages that say the same."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from fourfold.errors import ConflictError, InputError
from fourfold.schema.entries import entries_of, entry_tombstone, find_entries
from fourfold.services import Services
from fourfold.transaction.transaction import Transaction
from fourfold.validation import check_json, check_tags, has_control
from fourfold.values.units import Entry, require_aware

_LONGEST_KEY = 500
"""Characters of a kind or a key; a guess. Long enough for a path, short enough to be shown in an error."""


def checked_entries(entries_given: Iterable[Entry]) -> tuple[Entry, ...]:
    """Returns the entries, their values as JSON brings them back; raises `InputError` for what cannot be kept."""
    entries = tuple(_checked(entry) for entry in entries_given)
    names = [(entry.kind, entry.key) for entry in entries]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f'Two entries have the key "{name[1]}": give each a key of its own.')
    if not entries:
        raise InputError("There is nothing to keep: no entry was given.")
    return entries


def put_entries(transaction: Transaction, document: str, entries: Iterable[Entry], replaces: bool) -> None:
    """Stages the entries of a document; with `replaces`, those of the same kinds that it had besides go. Raises
    `ConflictError` where one is not at the revision that it was to replace."""
    store, bank = transaction.services.store, transaction.index.bank
    listed = list(entries)
    for kind in dict.fromkeys(entry.kind for entry in listed):
        # Masked before it is compared with what is there: the same value again is then no new revision.
        of_kind = [transaction.redaction.redact_entry(entry) for entry in listed if entry.kind == kind]
        stored = {e.key: e for e in find_entries(store, bank, kind, keys=[entry.key for entry in of_kind])}
        for order, entry in enumerate(of_kind):
            transaction.put_entry(_renewed(transaction, document, entry, stored.get(entry.key)), order)
        if replaces:
            keys = {entry.key for entry in of_kind}
            for entry_of_document in find_entries(store, bank, kind, document):
                if entry_of_document.key not in keys:
                    _drop(transaction, entry_of_document)


def drop(services: Services, bank: str, kind: str, keys: Iterable[str]) -> int:
    """Deletes entries, and nothing that was said; returns how many there were."""
    with services.indexes.locked(bank) as index:
        transaction = Transaction(services, index, services.clock.now(), "drop")
        entries = find_entries(services.store, bank, kind, keys=keys)
        for entry in entries:
            _drop(transaction, entry)
        transaction.commit({})
    return len(entries)


def drop_entries(transaction: Transaction, document: str) -> int:
    """Stages the deletion of all entries of a document; returns how many there are."""
    entries = entries_of(transaction.services.store, transaction.index.bank, document)
    for entry in entries:
        _drop(transaction, entry)
    return len(entries)


def _drop(transaction: Transaction, entry: Entry) -> None:
    transaction.put_record(entry_tombstone(transaction.index.bank, entry))


def _renewed(transaction: Transaction, document: str, entry: Entry, stored: Entry | None) -> Entry:
    if stored is not None and stored.expired(transaction.now):
        stored = None
    revision = stored.revision if stored is not None and stored.revision is not None else 0
    if entry.revision is not None and entry.revision != revision:
        state = "is there already" if stored is not None else "is gone"
        problem = f"has been changed meanwhile (revision {revision})" if entry.revision and stored else state
        raise ConflictError(f'"{entry.key}" {problem}; read it again.')
    if (
        stored is not None and entry.revision == revision and entry.value == stored.value
    ):  # it only expires later
        return replace(entry, document=document, created_at=stored.created_at, updated_at=stored.updated_at)
    created = stored.created_at if stored is not None else transaction.now
    return replace(
        entry, revision=revision + 1, document=document, created_at=created, updated_at=transaction.now
    )


def _checked(entry: Entry) -> Entry:
    for field, name in (("kind", entry.kind), ("key", entry.key)):
        if not 0 < len(name) <= _LONGEST_KEY or has_control(name):
            raise InputError(
                f"The {field} of an entry must be a string of 1 to {_LONGEST_KEY} characters, none of control."
            )
    require_aware(entry.expires_at, "expires_at")
    tags = check_tags(entry.tags)
    try:
        text = json.dumps(entry.value, allow_nan=False, ensure_ascii=False)
        # Nothing that is written in UTF-8 can hold half a character: it is replaced, since the rest is to be kept.
        value = json.loads(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f'The value of "{entry.key}" cannot be kept as JSON: {error}') from error
    return replace(entry, value=check_json(value, f'The value of "{entry.key}"'), tags=tags)
