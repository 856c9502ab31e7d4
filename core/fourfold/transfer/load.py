"""Loads files into banks: a whole bank out of a file that `export` wrote, whose vectors are made anew where they are
missing or of another model; and what importers have read, which is retained."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from fourfold.errors import StoreError, StoreVersionError
from fourfold.govern.reembed_units import renew_units
from fourfold.language.languages import ENGLISH
from fourfold.ports import Embedder, Point, Progress
from fourfold.schema.rekey import Rekeyer
from fourfold.services import Services
from fourfold.storage.manifest import SCHEMA
from fourfold.transfer.checked_records import read_records
from fourfold.transfer.contents import check_contents
from fourfold.transfer.file_format import Export, checked
from fourfold.transfer.importers import ImportedDocument
from fourfold.transfer.install import ensure_absent, install_bank
from fourfold.transfer.redact import policy_for, redact_records, redacts_units
from fourfold.values.results import RetainResult
from fourfold.values.units import Fact, Message

_PROGRESS_STEP = 500
"""Records between two calls of `progress`; a guess. Each is a line that a terminal draws."""


class RetainingBank(Protocol):
    """The part of `AsyncBank` by which documents are retained."""

    async def retain(
        self, messages: Iterable[Message], *, document: str, tags: Sequence[str]
    ) -> RetainResult:
        """Retains messages."""
        ...

    async def retain_facts(
        self, facts: Iterable[Fact], *, document: str, tags: Sequence[str]
    ) -> RetainResult:
        """Retains facts that are stated already."""
        ...


def load(
    services: Services,
    path: Path,
    bank: str | None,
    decrypt: str | Path | None,
    signed_by: str | Path | None,
    progress: Progress | None,
) -> str:
    """Loads the file into a new bank called `bank`, or as it was called, and returns that name. The bank is there
    whole, or not at all. Raises `InputError` for a file that is no export, is not whole, not as the keys say or has
    what no bank has, and for a name that is taken; `StoreVersionError` for a file of a newer schema;
    `ConfigurationError` for a key that is none."""
    file = checked(path, decrypt, signed_by)
    header = file.header
    if header.schema > SCHEMA:
        raise StoreVersionError(
            f"{path} was written by a newer Fourfold ({header.version}). Run pip install -U fourfold."
        )
    name = bank or header.bank
    ensure_absent(services, name)
    # The file is read several times rather than held in memory: to find it whole, to check its records and note their
    # ids, since any record may name any other, and to write them.
    rekeyer = Rekeyer(header.bank, name)
    profile = check_contents(services.store, file, rekeyer)
    policy = policy_for(services, profile)
    points = redact_records((rekeyer.moved(point) for point in _points(file)), services, policy)
    # Vectors of another model, or of a text that is masked now, would find units by what they do not say.
    model = services.embedder
    is_same_model = (model.name, model.dimension, model.token_dimension) == (
        header.embedder,
        header.dimension,
        header.token_dimension,
    )
    if header.vectors and is_same_model and not redacts_units(_points(file), policy):
        points = _counted(points, header.units, progress)
    else:
        points = renew_units(model, points, profile.language or ENGLISH, progress, header.units)
    subject = f'"{header.bank}" of {header.at[:10]}'
    if file.signed_by:
        subject += f", signed by {file.signed_by}"
    points = _if_still(model, services, points)
    install_bank(services, name, points, "load", subject, header.pending == 0, policy)
    return name


async def retain_documents(
    bank: RetainingBank, documents: Sequence[ImportedDocument], progress: Progress | None
) -> None:
    """Retains what importers have read, one document after the other; those that hold nothing are passed over.
    `progress` is called with (done, total) writes: one a document, unless it is long or has facts besides. Stopped,
    it goes on when it is called again: messages that a document has already are not added a second time."""
    # Not one write for the whole file: a year of conversations is too much to lose at Ctrl-C, and to hold a bank's
    # lock for.
    writes = [write for document in documents for write in _writes(bank, document)]
    for number, write in enumerate(writes, 1):
        await write()
        if progress is not None:
            progress(number, len(writes))


def parts(messages: Sequence[Message], most_messages: int) -> Iterator[Sequence[Message]]:
    """Yields what of a document one retain takes: at most `most_messages` messages, and `_LONGEST_PART` characters
    unless one message alone has more."""
    part: list[Message] = []
    length = 0
    for message in messages:
        if part and (len(part) == most_messages or length + len(message.text) > _LONGEST_PART):
            yield part
            part, length = [], 0
        part.append(message)
        length += len(message.text)
    if part:
        yield part


_LONGEST_PART = 1_000_000
"""Characters. A retain needs some 500 bytes a character while it is at work (benchmarks/hostile.py): half a gigabyte,
whatever a file's size."""


def _writes(bank: RetainingBank, document: ImportedDocument) -> Iterator[Callable[[], Awaitable[object]]]:
    for part in parts(document.messages, len(document.messages)):
        yield partial(bank.retain, part, document=document.name, tags=document.tags)
    if document.facts:
        yield partial(bank.retain_facts, document.facts, document=document.name, tags=document.tags)


def _points(file: Export) -> Iterator[Point]:
    return (record.point for record in read_records(file))


def _if_still(model: Embedder, services: Services, points: Iterable[Point]) -> Iterator[Point]:
    """Yields the records, unless the memory has got another embedder than `model` since. They are asked for while the
    bank is being installed, and nobody changes the embedder then."""
    if services.embedder is not model:
        raise StoreError(
            "The memory was given another embedder meanwhile. Nothing was loaded. Load it again."
        )
    yield from points


def _counted(points: Iterable[Point], total: int, progress: Progress | None) -> Iterator[Point]:
    """Yields the records as they are, and calls `progress` with (done, total) at times."""
    for number, point in enumerate(points, 1):
        if progress is not None and number % _PROGRESS_STEP == 0:
            progress(min(number, total), total)
        yield point
