"""Entries on their way into a bank: checked, and put down in the same write as what they say."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from fourfold.errors import ConflictError, InputError
from fourfold.schema.entries import entries_of, find_entries, gone_point
from fourfold.services import Services
from fourfold.transaction.transaction import Transaction
from fourfold.validation import check_tags
from fourfold.values.units import Entry, require_aware

_LONGEST_KEY = 500


def checked_entries(given: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries, their values as JSON brings them back; raises `InputError` for what cannot be kept."""
    if isinstance(given, Entry) or not isinstance(given, Iterable):
        raise InputError(f"keep takes a list of Entry; this is one {type(given).__name__}.")
    entries = tuple(_checked(entry) for entry in given)
    named = [(entry.kind, entry.key) for entry in entries]
    for name in named:
        if named.count(name) > 1:
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
        held = {e.key: e for e in find_entries(store, bank, kind, keys=[entry.key for entry in of_kind])}
        for order, entry in enumerate(of_kind):
            transaction.put_entry(_renewed(transaction, document, entry, held.get(entry.key)), order)
        if replaces:
            kept = {entry.key for entry in of_kind}
            for other in find_entries(store, bank, kind, document):
                if other.key not in kept:
                    _drop(transaction, other)


def drop(services: Services, bank: str, kind: str, keys: Iterable[str]) -> int:
    """Lets go of entries, and of nothing that was said; how many there were."""
    with services.indexes.locked(bank) as index:
        transaction = Transaction(services, index, services.clock.now(), "drop")
        held = find_entries(services.store, bank, kind, keys=keys)
        for entry in held:
            _drop(transaction, entry)
        transaction.commit({})
    return len(held)


def drop_entries(transaction: Transaction, document: str) -> int:
    """Stages the end of all entries of a document; how many there are."""
    found = entries_of(transaction.services.store, transaction.index.bank, document)
    for entry in found:
        _drop(transaction, entry)
    return len(found)


def _drop(transaction: Transaction, entry: Entry) -> None:
    transaction.put_record(gone_point(transaction.index.bank, entry))


def _renewed(transaction: Transaction, document: str, entry: Entry, held: Entry | None) -> Entry:
    if held is not None and held.expired(transaction.now):
        held = None
    revision = held.revision if held is not None and held.revision is not None else 0
    if entry.revision is not None and entry.revision != revision:
        there = "is there already" if held is not None else "is gone"
        said = f"has been changed meanwhile (revision {revision})" if entry.revision and held else there
        raise ConflictError(f'"{entry.key}" {said}; read it again.')
    if held is not None and entry.revision == revision and entry.value == held.value:  # it only expires later
        return replace(entry, document=document, created_at=held.created_at, updated_at=held.updated_at)
    created = held.created_at if held is not None else transaction.now
    return replace(
        entry, revision=revision + 1, document=document, created_at=created, updated_at=transaction.now
    )


def _checked(entry: Entry) -> Entry:
    if not isinstance(entry, Entry):
        raise InputError(f"keep takes a list of Entry; one is a {type(entry).__name__}.")
    for what, name in (("kind", entry.kind), ("key", entry.key)):
        if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_KEY or any(ord(c) < 32 for c in name):
            raise InputError(
                f"The {what} of an entry must be a string of 1 to {_LONGEST_KEY} characters, none of control."
            )
    require_aware(entry.expires_at, "expires_at")
    tags = check_tags(entry.tags)
    try:
        value = json.loads(json.dumps(entry.value, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise InputError(f'The value of "{entry.key}" cannot be kept as JSON: {error}') from error
    return replace(entry, value=value, tags=tags)
