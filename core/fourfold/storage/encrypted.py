"""A store whose records are encrypted before another store gets them, and decrypted when they are read. What stays
readable there is in docs/governance.md ("Encrypted")."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from fourfold.errors import StoreError
from fourfold.keys import Cipher, DecryptionError
from fourfold.ports import PAYLOAD, Cache, Fields, Point, Query, Store, Where
from fourfold.schema.fields import BANK
from fourfold.schema.sealed import sealed, sealed_filter, stored_fields, unsealed


class EncryptedStore(Store):
    """Encrypts what `inner` keeps."""

    def __init__(self, inner: Store, cipher: Cipher) -> None:
        self._inner, self._cipher = inner, cipher
        self.writer = inner.writer
        self.cache: Cache | None = None if inner.cache is None else EncryptedCache(inner.cache, cipher)

    def write(self, points: Sequence[Point]) -> None:
        """Encrypts the points, and writes them."""
        self._inner.write(self._sealed(points))

    def delete(self, ids: Sequence[str]) -> None:
        """Deletes the points; ids are not encrypted."""
        self._inner.delete(ids)

    def rewrite(self, points: Sequence[Point], removed: Sequence[str]) -> str:
        """Encrypts the points, and has them take the place of what is there."""
        return self._inner.rewrite(self._sealed(points), removed)

    def held(self, bank: str) -> contextlib.AbstractContextManager[None]:
        """Holds the bank, under the token that stands for its name."""
        return self._inner.held(self._cipher.token(bank, BANK))

    def copy_for(self, vectors: tuple[str, int, int]) -> Store:
        """Opens a copy that is encrypted with the same key."""
        return EncryptedStore(self._inner.copy_for(vectors), self._cipher)

    def adopt_copy(self) -> None:
        """Puts the copy in the place of the store."""
        self._inner.adopt_copy()

    def find_bytes(self, text: str) -> list[str]:
        """Returns the files that have the text in clear; there should be none."""
        return self._inner.find_bytes(text)

    def search(self, queries: Sequence[Query]) -> list[list[tuple[str, float]]]:
        """Searches: vectors and terms are not encrypted."""
        return self._inner.search([self._query(query) for query in queries])

    def scan(self, where: Where, fields: Fields = PAYLOAD) -> Iterator[Point]:
        """Yields what `where` admits, decrypted. Raises `StoreError` where that is not possible."""
        for point in self._inner.scan(sealed_filter(where, self._cipher), stored_fields(fields)):
            with _decrypting(point.id):
                opened = unsealed(point, self._cipher, fields.only)
            yield opened

    def counts(self, where: Where, by: Literal["bank", "held_in"] = "bank") -> Mapping[str, int]:
        """Counts points, and decrypts the names of their banks."""
        counts = self._inner.counts(sealed_filter(where, self._cipher), by)
        with _decrypting(by):
            return {self._cipher.name(token, BANK): count for token, count in counts.items()}

    def cursors(self, bank: str) -> Mapping[str, int]:
        """Returns the revisions of a bank; they are not encrypted."""
        return self._inner.cursors(self._cipher.token(bank, BANK))

    def close(self) -> None:
        """Closes the inner store."""
        self._inner.close()

    def _sealed(self, points: Sequence[Point]) -> list[Point]:
        return [sealed(point, self._cipher) for point in points]

    def _query(self, query: Query) -> Query:
        corpus = query.corpus and sealed_filter(query.corpus, self._cipher)
        return replace(query, where=sealed_filter(query.where, self._cipher), corpus=corpus)


class EncryptedCache(Cache):
    """Encrypts what `inner` keeps."""

    def __init__(self, inner: Cache, cipher: Cipher) -> None:
        self._inner, self._cipher = inner, cipher

    def get(self, name: str) -> bytes | None:
        """Returns what was put last under `name`; None where it cannot be decrypted."""
        data = self._inner.get(self._name(name))
        with contextlib.suppress(DecryptionError):
            return None if data is None else self._cipher.decrypt(data, name)
        return None

    def put(self, name: str, data: bytes) -> None:
        """Encrypts `data`, and keeps it."""
        self._inner.put(self._name(name), self._cipher.encrypt(data, name))

    def drop(self, name: str) -> None:
        """Removes what was put under `name`."""
        self._inner.drop(self._name(name))

    def _name(self, name: str) -> str:
        return self._cipher.token(name, "cache")


@contextlib.contextmanager
def _decrypting(what: str) -> Iterator[None]:
    """Raises a failed decryption as a `StoreError`: the store was opened with the right key (`Manifest.check`)."""
    try:
        yield
    except DecryptionError as error:
        raise StoreError(
            f"The record {what} cannot be decrypted: its files were damaged or changed. Restore them from a backup."
        ) from error
