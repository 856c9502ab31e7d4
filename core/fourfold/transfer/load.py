"""Loads a bank from a file that `export` wrote, under its name or another. Where its vectors are missing or of
another model, they are made anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fourfold.errors import StoreVersionError
from fourfold.govern.reembed_units import renew_all
from fourfold.language.languages import ENGLISH, Language
from fourfold.ports import Point, Progress
from fourfold.schema.banks import read_profile
from fourfold.services import Services
from fourfold.storage.manifest import SCHEMA
from fourfold.transfer.file_format import Header, checked, read
from fourfold.transfer.install import ensure_absent, install_bank
from fourfold.transfer.rekey import Rekeyer


def load(services: Services, path: Path, bank: str | None, progress: Progress | None) -> str:
    """Loads the file; the name of the bank, which is there whole, or not at all. Raises `InputError` for a file that
    is none or not whole and a name that is taken, `StoreVersionError` for one of a newer schema."""
    header = checked(path)
    if header.schema > SCHEMA:
        raise StoreVersionError(
            f"{path} was written by a newer Fourfold ({header.version}). Run pip install -U fourfold."
        )
    name = bank or header.bank
    ensure_absent(services, name)
    renaming, language = Rekeyer(header.bank, name), ENGLISH
    for point in read(path):
        renaming.note(point)
        if point.payload["kind"] == "bank":
            language = read_profile(point.payload).language or ENGLISH
    points = _points(services, path, header, renaming, language, progress)
    install_bank(services, name, points, "load", f'"{header.bank}" of {header.at[:10]}', header.pending == 0)
    return name


def _points(
    services: Services,
    path: Path,
    header: Header,
    renaming: Rekeyer,
    language: Language,
    progress: Progress | None,
) -> Iterator[Point]:
    model = services.embedder
    same = (model.name, model.dimension, model.token_dimension)
    moved = map(renaming.moved, read(path))
    if header.vectors and same == (header.embedder, header.dimension, header.token_dimension):
        for number, point in enumerate(moved, 1):
            if progress is not None and number % 500 == 0:
                progress(min(number, header.units), header.units)
            yield point
        return
    units = []
    for point in moved:  # units come last, in the order they came
        if point.payload["kind"] == "unit":
            units.append(point)
            break
        yield point
    rest = (point for part in (units, moved) for point in part)
    yield from renew_all(model, rest, language, progress, header.units)
