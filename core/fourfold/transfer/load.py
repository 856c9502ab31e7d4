"""Loads a bank from a file that `export` wrote, under its name or another. Where its vectors are missing or of
another model, they are made anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from fourfold.errors import StoreVersionError
from fourfold.govern.reembed_units import renew_units
from fourfold.language.languages import ENGLISH
from fourfold.ports import Point, Progress
from fourfold.schema.banks import Profile, read_profile
from fourfold.schema.records import kind_of
from fourfold.services import Services
from fourfold.storage.manifest import SCHEMA
from fourfold.transfer.file_format import checked, read
from fourfold.transfer.install import ensure_absent, install_bank
from fourfold.transfer.redact import policy_for, redact_records, redacts_units
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
    renaming = Rekeyer(header.bank, name)
    profile: Profile | None = None
    for point in read(path):
        renaming.note(point)
        if kind_of(point) == "bank":
            profile = read_profile(point.payload)
    policy = policy_for(services, profile)
    language = ENGLISH if profile is None else profile.language or ENGLISH
    points = redact_records(map(renaming.moved, read(path)), services, policy)
    model = services.embedder
    is_same_model = (model.name, model.dimension, model.token_dimension) == (
        header.embedder,
        header.dimension,
        header.token_dimension,
    )
    if header.vectors and is_same_model and not redacts_units(read(path), policy):
        points = _counted(points, header.units, progress)
    else:
        points = renew_units(model, points, language, progress, header.units)
    subject = f'"{header.bank}" of {header.at[:10]}'
    install_bank(services, name, points, "load", subject, header.pending == 0, policy)
    return name


def _counted(points: Iterable[Point], total: int, progress: Progress | None) -> Iterator[Point]:
    """Yields the records as they are; `progress` hears of them."""
    for number, point in enumerate(points, 1):
        if progress is not None and number % 500 == 0:
            progress(min(number, total), total)
        yield point
