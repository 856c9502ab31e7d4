"""A bank in a file: lines of JSON in UTF-8. The first says what it is and what made it, the last how many lines
there are and the SHA-256 of all before it; in between there is one record a line (see `fourfold.storage.jsonl`),
units in the order they came. Written and read line by line; a file that was cut off or changed is refused before
anything is done with it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from fourfold.errors import InputError
from fourfold.ports import Point
from fourfold.storage.jsonl import to_line
from fourfold.transfer.typed import check_typed
from fourfold.values.bank_names import check_bank_name

FORMAT = 1
"""The newest format that is read, and the one that is written. A file says its own in `Header.fourfold`."""
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


def write(path: Path, header: Header, points: Iterable[Point]) -> None:
    """Writes the file, whole or not at all; raises `InputError` where it cannot be written."""
    # Beside it, then renamed: an export that is stopped must not leave a cut file where a whole one was.
    part_path = path.with_name(f"{path.name}.part")
    digest, count = hashlib.sha256(), 0
    try:
        # For the owner alone from its first byte on: it holds all that a bank does, in clear.
        part_path.unlink(missing_ok=True)
        part_path.touch(mode=0o600, exist_ok=False)
        # newline: on Windows a line would end in other bytes than those that the checksum is made of.
        with part_path.open("w", encoding="utf-8", newline="\n") as file:
            for line in _lines(header, points):
                file.write(line)
                digest.update(line.encode())
                count += 1
            file.write(json.dumps({"lines": count, "sha256": digest.hexdigest()}) + "\n")
            file.flush()
            # Before the renaming: after a loss of power the new name could otherwise stand for an empty file.
            os.fsync(file.fileno())
        part_path.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        with suppress(OSError):  # it was renamed, or has a name that no file can have
            part_path.unlink()


def checked(path: Path) -> Header:
    """Returns the header of a file, once all of it was read and found whole. Raises `InputError`."""
    # Line by line, as everywhere in this module: an export may be larger than the memory of the machine.
    digest, count, last_line = hashlib.sha256(), 1, b""
    try:
        with path.open("rb") as file:
            header_line = file.readline()
            header = _header(path, header_line)
            digest.update(header_line)
            for line in file:
                # One line behind: the last one is the checksum, and is not in it.
                if last_line:
                    digest.update(last_line)
                    count += 1
                last_line = line
        is_whole = json.loads(last_line) == {"lines": count, "sha256": digest.hexdigest()}
    except InputError:
        raise  # of the header; it is a `ValueError` as well
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError):
        is_whole = False
    if not is_whole:
        raise InputError(
            f"{path} is not whole: it was cut off or changed. Nothing was loaded; export it again."
        )
    return header


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


def read_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yields the lines of a file that was `checked`, one a record, each with its number in the file."""
    with path.open("rb") as file:
        next(file)  # the header
        previous_line = None
        for number, line in enumerate(file, 1):  # one line behind, as the last one is the checksum
            if previous_line is not None:
                yield number, previous_line
            previous_line = line


def _lines(header: Header, points: Iterable[Point]) -> Iterator[str]:
    fields = asdict(header)
    # First of all, since `is_export` looks at the first bytes alone.
    yield json.dumps({"fourfold": fields.pop("fourfold"), **fields}, ensure_ascii=False) + "\n"
    for point in points:
        yield to_line(point, "f2") + "\n"  # two bytes a number: half the file, and vectors are rounded by it


def _header(path: Path, line: bytes) -> Header:
    try:
        fields = json.loads(line)
        if fields["fourfold"] > FORMAT:
            raise InputError(
                f"{path} was written by a newer Fourfold ({fields.get('version')}). Run pip install -U fourfold."
            )
        header = Header(**fields)
        check_typed(header, Header, "it")
        check_bank_name(header.bank)
        datetime.fromisoformat(header.at)
        return header
    except InputError as error:
        raise InputError(f"{path}, line 1: {error} Nothing was loaded.") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(f"{path} is no export of a bank: its first line does not say so.") from error
