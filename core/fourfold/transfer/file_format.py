"""A bank in a file: lines of JSON in UTF-8. The first says what it is and what made it, the last how many lines
there are and the SHA-256 of all before it; in between there is one record a line (see `fourfold.storage.jsonl`),
units in the order they came. Written and read line by line; a file that was cut off or changed is refused before
anything is done with it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from fourfold.errors import InputError
from fourfold.ports import Point
from fourfold.storage.jsonl import from_line, to_line

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself: the format, the bank, the version of Fourfold and of its schema that wrote it, the
    embedder and whether its vectors are there, when, how many units, and the settings that shape what is kept."""

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
    settings: dict[str, Any] = field(default_factory=dict)
    fourfold: int = FORMAT


def write(path: Path, header: Header, points: Iterable[Point]) -> None:
    """Writes the file, whole or not at all; raises `InputError` where it cannot be."""
    aside = path.with_name(f"{path.name}.part")
    digest, count = hashlib.sha256(), 0
    try:
        with aside.open("w", encoding="utf-8", newline="\n") as file:
            for line in _lines(header, points):
                file.write(line)
                digest.update(line.encode())
                count += 1
            file.write(json.dumps({"lines": count, "sha256": digest.hexdigest()}) + "\n")
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        aside.unlink(missing_ok=True)


def checked(path: Path) -> Header:
    """What the file says of itself, once all of it was read and found whole. Raises `InputError`."""
    digest, count, last = hashlib.sha256(), 0, b""
    try:
        with path.open("rb") as file:
            first = file.readline()
            header = _header(path, first)
            digest.update(first)
            count, last = 1, b""
            for line in file:
                if last:
                    digest.update(last)
                    count += 1
                last = line
        told = json.loads(last)
        whole = told == {"lines": count, "sha256": digest.hexdigest()}
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError:
        whole = False
    if not whole:
        raise InputError(
            f"{path} is not whole: it was cut off or changed. Nothing was loaded; export it again."
        )
    return header


def text_of(path: Path) -> str:
    """The text of a file in UTF-8; raises `InputError`."""
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text ({error.reason} at byte {error.start}).") from error


def is_export(path: Path) -> bool:
    """Whether a file begins as an export does."""
    try:
        with path.open("rb") as file:
            return file.read(200).lstrip().startswith(b'{"fourfold":')
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error


def read(path: Path) -> Iterator[Point]:
    """The records of a file that was `checked`."""
    with path.open(encoding="utf-8", newline="\n") as file:
        next(file)
        before = None
        for line in file:
            if before is not None:
                yield from_line(before)
            before = line


def _lines(header: Header, points: Iterable[Point]) -> Iterator[str]:
    told = asdict(header)
    yield json.dumps({"fourfold": told.pop("fourfold"), **told}, ensure_ascii=False) + "\n"
    for point in points:
        yield to_line(point, "f2") + "\n"


def _header(path: Path, line: bytes) -> Header:
    try:
        told = json.loads(line)
        if told["fourfold"] > FORMAT:
            raise InputError(
                f"{path} was written by a newer Fourfold ({told.get('version')}). Run pip install -U fourfold."
            )
        return Header(**told)
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is no export of a bank: its first line does not say so.") from error
