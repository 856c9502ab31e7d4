"""A bank in a file: lines of JSON in UTF-8. The first says what it is and what made it, the last how many lines
there are and the SHA-256 of all before it; in between there is one record a line (see `fourfold.storage.jsonl`),
units in the order they came. Written and read line by line; a file that was cut off or changed is refused before
anything is done with it.

A signed file has in its last line a signature of what that says, and so of every byte before it. An encrypted file
(see `fourfold.transfer.encryption`) has all of this as its content. So what is signed is what was exported, not its
encryption: nobody without the key sees who signed it, or can put a name of his own on what he cannot read; and it is
still signed once it was decrypted, or encrypted with another key.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from fourfold.errors import InputError
from fourfold.keys import FINGERPRINT, Cipher
from fourfold.ports import Point
from fourfold.signing import Signer, Verifier
from fourfold.storage.jsonl import to_line
from fourfold.transfer.encryption import decrypted, encrypted, is_encrypted
from fourfold.transfer.rereading import RereadFile, stream_of
from fourfold.transfer.typed import check_typed
from fourfold.values.bank_names import check_bank_name

FORMAT = 1
"""The format of a file that is neither signed nor encrypted. A file says its own in `Header.fourfold`."""
SIGNED_FORMAT = 2
"""Another one, since an older Fourfold cannot read it, and says that it is of a newer one."""
_LONGEST_HEADER = 2**20
"""Bytes of a first line that are read, of which one has some 400: another file may have no line in gigabytes."""
_PURPOSE = "export"
"""Of the cipher: what a key encrypts elsewhere is not taken for a part of an export."""
_FIRST_BYTES = 200
"""How much of a file tells whether it is an export: `{"fourfold":`, after blanks."""


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of a file: the bank, the version of Fourfold and of its schema that wrote the file, the embedder
    with its dimensions and whether its vectors are there, when it was written (`at`), how many units and pending
    chunks the bank had, the settings that shaped it, and the format (`fourfold`)."""

    bank: str
    version: str
    schema: int
    embedder: str
    dimension: int
    token_dimension: int
    vectors: bool
    at: str
    units: int
    pending: int
    settings: Mapping[str, Any] = field(default_factory=dict)
    fourfold: int = FORMAT


@dataclass(frozen=True, slots=True)
class Ending:
    """The last line of a file: how many lines are before it and their SHA-256; in a signed one the fingerprint of the
    key it was signed with, and the signature, in hex digits."""

    lines: int
    sha256: str
    signed_by: str = ""
    signature: str = ""

    @property
    def signed(self) -> bytes:
        """What is signed: the line as it is without the signature. The words before it are in nothing else that a key
        may be used to sign."""
        return f"fourfold export {self._to_json('lines', 'sha256', 'signed_by')}".encode()

    def to_line(self) -> bytes:
        """Returns the line."""
        names = asdict(self) if self.signature else ("lines", "sha256")
        return f"{self._to_json(*names)}\n".encode()

    def _to_json(self, *names: str) -> str:
        return json.dumps({name: getattr(self, name) for name in names})


@dataclass(frozen=True, slots=True)
class Export:
    """A file that was found whole. `signed_by` is the fingerprint of the key by which its signature was checked, ""
    where nobody asked for that."""

    header: Header
    signed_by: str
    _file: RereadFile
    _cipher: Cipher | None

    @property
    def path(self) -> Path:
        """Returns where it is."""
        return self._file.path

    def records(self) -> Iterator[tuple[int, bytes]]:
        """Yields the lines of the records, each with its number in the file. Raises `InputError` where the file was
        changed since it was found whole."""
        lines = _lines_in(self._file, self._cipher)
        next(lines)  # the header
        previous_line = None
        for number, line in enumerate(lines, 1):  # one line behind, as the last one is the checksum
            if previous_line is not None:
                yield number, previous_line
            previous_line = line


def write(
    path: Path,
    header: Header,
    points: Iterable[Point],
    encrypt: str | Path | None,
    sign: str | Path | None,
) -> None:
    """Writes the file, whole or not at all; encrypted with the key in the file `encrypt` and signed with that in the
    file `sign`, where these are given. Raises `InputError` where it cannot be written, `ConfigurationError` for a key
    that is none."""
    cipher = None if encrypt is None else Cipher.of_file(encrypt, _PURPOSE)
    signer = None if sign is None else Signer.of_file(sign)
    # Beside it, then renamed: an export that is stopped must not leave a cut file where a whole one was.
    part_path = part_of(path)
    lines = _lines(header, points, signer)
    try:
        # For the owner alone from its first byte on: it holds all that a bank does.
        part_path.unlink(missing_ok=True)
        part_path.touch(mode=0o600, exist_ok=False)
        with part_path.open("wb") as file:
            file.writelines(lines if cipher is None else encrypted(lines, cipher))
            file.flush()
            # Before the renaming: after a loss of power the new name could otherwise stand for an empty file.
            os.fsync(file.fileno())
        part_path.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        with suppress(OSError):  # it was renamed, or has a name that no file can have
            part_path.unlink()


def part_of(path: Path) -> Path:
    """Returns the file that `write` fills before it takes the place of `path`."""
    return path.with_name(f"{path.name}.part")


def checked(path: Path, decrypt: str | Path | None, signed_by: str | Path | None) -> Export:
    """Returns a file, once all of it was read and found whole; encrypted with the key in the file `decrypt`, and
    signed by the owner of the public key in the file `signed_by`, where these are given. Raises `InputError`, and
    `ConfigurationError` for a key that is none."""
    cipher = None if decrypt is None else Cipher.of_file(decrypt, _PURPOSE)
    verifier = None if signed_by is None else Verifier.of_file(signed_by)
    # Line by line, as everywhere in this module: an export may be larger than the memory of the machine.
    file = RereadFile(path)
    lines = _lines_in(file, cipher)
    header_line = next(lines, b"")
    header = _header(path, header_line)
    digest, count, last_line = hashlib.sha256(header_line), 1, b""
    for line in lines:
        # One line behind: the last one is the checksum, and is not in it.
        if last_line:
            digest.update(last_line)
            count += 1
        last_line = line
    ending = _ending(last_line, header)
    if ending is None or (ending.lines, ending.sha256) != (count, digest.hexdigest()):
        raise InputError(
            f"{path} is not whole: it was cut off or changed. Nothing was loaded; export it again."
        )
    if verifier is not None:
        _check_signature(path, ending, verifier)
    return Export(header, "" if verifier is None else verifier.fingerprint, file, cipher)


def is_export(path: Path) -> bool:
    """Returns whether a file begins as an export does. Raises `InputError` where it cannot be read."""
    # A pipe can be read once only: what is looked at here would be missing where it is read.
    try:
        if path.exists() and not path.is_file():
            return False
        with path.open("rb") as file:
            return file.read(_FIRST_BYTES).lstrip().startswith(b'{"fourfold":')
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error


def _lines(header: Header, points: Iterable[Point], signer: Signer | None) -> Iterator[bytes]:
    digest, count = hashlib.sha256(), 0
    fields = asdict(header if signer is None else replace(header, fourfold=SIGNED_FORMAT))
    # The format first of all, since `is_export` looks at the first bytes alone.
    header_line = json.dumps({"fourfold": fields.pop("fourfold"), **fields}, ensure_ascii=False)
    # Two bytes a number: half the file, and vectors are rounded by it.
    for text in chain([header_line], (to_line(point, "f2") for point in points)):
        line = f"{text}\n".encode()
        yield line
        digest.update(line)
        count += 1
    ending = Ending(count, digest.hexdigest())
    if signer is not None:
        ending = replace(ending, signed_by=signer.fingerprint)
        ending = replace(ending, signature=signer.sign(ending.signed).hex())
    yield ending.to_line()


def _lines_in(file: RereadFile, cipher: Cipher | None) -> Iterator[bytes]:
    """Yields the lines of a file, in clear. Raises `InputError` where that is not how `cipher` has them."""
    source = file.open()
    first_line = source.readline(_LONGEST_HEADER)
    if not is_encrypted(first_line):
        if cipher is not None:
            raise InputError(
                f"{file.path} is not encrypted, though a key to decrypt it was given: whoever wrote it need not have "
                f"had the key. Nothing was loaded. If it is to be trusted, load it without the key."
            )
        yield first_line
        yield from source
    elif cipher is None:
        raise InputError(
            f"{file.path} is encrypted: give the file of its key, by fourfold load {file.path} --decrypt KEY, or "
            f"memory.load(path, decrypt=KEY)."
        )
    else:
        yield from stream_of(decrypted(file.path, first_line, source, cipher))


def _ending(line: bytes, header: Header) -> Ending | None:
    """Returns what the last line of a file says, None where it is none that was written here, byte by byte."""
    try:
        ending = Ending(**json.loads(line))
        check_typed(ending, Ending, "it")
        # Digits that are read as the same bytes (capitals, with blanks between them) were not written here.
        ending = replace(ending, signature=bytes.fromhex(ending.signature).hex())
    except (ValueError, TypeError, RecursionError):
        return None
    is_signed = bool(ending.signature and FINGERPRINT.fullmatch(ending.signed_by))
    is_told = header.fourfold == SIGNED_FORMAT
    return ending if ending.to_line() == line and is_signed == is_told else None


def _check_signature(path: Path, ending: Ending, verifier: Verifier) -> None:
    """Raises `InputError` where a whole file is not signed by the key of `verifier`."""
    if not ending.signature:
        raise InputError(
            f"{path} is not signed, though a signature by the key {verifier.fingerprint} was asked for. Nothing was "
            f"loaded."
        )
    if ending.signed_by != verifier.fingerprint:
        raise InputError(
            f"{path} is signed by another key: its fingerprint is {ending.signed_by}, and that of the key asked for "
            f"{verifier.fingerprint}. Nothing was loaded."
        )
    if not verifier.has_signed(ending.signed, bytes.fromhex(ending.signature)):
        raise InputError(
            f"{path} was changed after it was signed: the signature is not that of its content. Nothing was loaded."
        )


def _header(path: Path, line: bytes) -> Header:
    try:
        fields = json.loads(line)
        if fields["fourfold"] > SIGNED_FORMAT:
            raise InputError(
                f"{path} was written by a newer Fourfold ({fields.get('version')}). Run pip install -U fourfold."
            )
        header = Header(**fields)
        check_typed(header, Header, "it")
        check_bank_name(header.bank)
        datetime.fromisoformat(header.at)
        if min(header.units, header.pending) < 0:
            raise InputError("it has fewer than no units or chunks.")
        return header
    except InputError as error:
        raise InputError(f"{path}, line 1: {error} Nothing was loaded.") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(f"{path} is no export of a bank: its first line does not say so.") from error
