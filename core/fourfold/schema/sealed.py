"""Records whose payload is encrypted: the whole of it in one field, and beside it only what filters go by."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Final

from fourfold.keys import Cipher, DecryptionError
from fourfold.ports import Fields, Point, Where
from fourfold.schema.fields import (
    BANK,
    DOCUMENTS,
    END,
    KIND,
    LIVE_BANK,
    NETWORK,
    RECORDED,
    REVISION,
    START,
    TAGS,
    WRITER,
    Payload,
)
from fourfold.schema.records import ERASED, LEASE

SEALED: Final = "sealed"
"""The field that has the whole of a payload, encrypted."""
_CLEAR = frozenset({KIND, NETWORK, WRITER, REVISION, RECORDED, START, END})
"""Fields that stay readable: kinds, times and numbers, by which a store filters and in part compares."""
_NAMED = {BANK: BANK, LIVE_BANK: BANK, TAGS: TAGS, DOCUMENTS: DOCUMENTS}
"""Fields of names that filters look up: a token stands for each name, the same in the fields of one value here."""
_NEVER_SEALED = {LEASE, ERASED}
"""Kinds that the store itself writes; they hold nothing that was said."""


def sealed(point: Point, cipher: Cipher) -> Point:
    """Returns a record with its payload encrypted; its vectors and its id stay."""
    payload = point.payload
    data = json.dumps(dict(payload), ensure_ascii=False, separators=(",", ":")).encode()
    shown: dict[str, Any] = {name: payload[name] for name in payload.keys() & _CLEAR}
    for name in payload.keys() & _NAMED.keys():
        shown[name] = _with_tokens(payload[name], partial(cipher.token, field=_NAMED[name]))
    # The id is the place: what was encrypted for one record cannot be put into another.
    shown[SEALED] = base64.b64encode(cipher.encrypt(data, point.id)).decode()
    return replace(point, payload=shown)


def is_sealed(payload: Payload) -> bool:
    """Returns whether a record's payload, or what `only=(SEALED,)` brings of it, was encrypted."""
    return SEALED in payload


def unsealed(point: Point, cipher: Cipher, only: tuple[str, ...] | None) -> Point:
    """Returns the record that `sealed` was given, of its payload `only` these fields, as far as `stored_fields`
    brought what they are in. Raises `DecryptionError`."""
    payload: Payload = point.payload
    if only is None or not _CLEAR.issuperset(only):
        payload = _whole_payload(point, cipher)
    if only is not None:
        payload = {name: payload[name] for name in only if name in payload}
    return replace(point, payload=payload)


def _whole_payload(point: Point, cipher: Cipher) -> Payload:
    if SEALED not in point.payload:
        if point.payload.get(KIND) in _NEVER_SEALED:
            return point.payload
        raise DecryptionError(point.id)
    try:
        data = base64.b64decode(point.payload[SEALED])
    except ValueError as error:
        raise DecryptionError(point.id) from error
    payload: Payload = json.loads(cipher.decrypt(data, point.id))
    return payload


def stored_fields(fields: Fields) -> Fields:
    """Returns what to read of a sealed record for `unsealed` to have these fields."""
    if fields.only is not None and not _CLEAR.issuperset(fields.only):
        return replace(fields, only=(KIND, SEALED))
    return fields


def sealed_filter(where: Where, cipher: Cipher) -> Where:
    """Returns the filter of the sealed records of those that `where` admits."""

    def tokens(names: tuple[str, ...] | None, field: str) -> tuple[str, ...] | None:
        return None if names is None else tuple(cipher.token(name, field) for name in names)

    bank = None if where.bank is None else cipher.token(where.bank, BANK)
    return replace(
        where, bank=bank, tags=tokens(where.tags, TAGS), documents=tokens(where.documents, DOCUMENTS)
    )


def _with_tokens(value: Any, token: Callable[[str], str]) -> Any:
    """Returns a name, or a list of names, as tokens; None stays None."""
    if isinstance(value, list):
        return [token(name) for name in value]
    return value and token(value)
