"""Commands that move banks: to a file and from one, to another bank, to another embedding model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fourfold import InputError, Memory, bank_name
from fourfold.cli import output
from fourfold.cli.common import (
    ACTOR,
    BankOption,
    JsonOption,
    MemoryOption,
    app,
    info_of,
    open_existing,
    time_of_option,
)
from fourfold.cli.files import read_for_load, retain_files
from fourfold.transfer.file_format import Export
from fourfold.transfer.importers import ImportedFile
from fourfold.values.wording import counted


@app.command()
def export(
    path: Annotated[Path, typer.Argument(help="The file to write.")],
    bank: BankOption = "default",
    memory: MemoryOption = None,
    vectors: Annotated[bool, typer.Option(help="With vectors, so that loading need not embed.")] = True,
    encrypt: Annotated[
        Path | None, typer.Option(metavar="KEY", help="Encrypt it with this key (fourfold key KEY).")
    ] = None,
    sign: Annotated[
        Path | None, typer.Option(metavar="KEY", help="Sign it with this key (fourfold key --sign KEY).")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Write all that a bank holds, its history included, to one file."""
    with open_existing(memory) as open_memory:
        units = info_of(open_memory, bank).units
        with output.progress(str(path), units) as bar:
            open_memory.bank(bank).export(
                path, vectors=vectors, encrypt=encrypt, sign=sign, progress=output.follow(bar)
            )
    result = {"file": str(path), "bytes": path.stat().st_size, "units": units}
    megabytes = path.stat().st_size / 2**20
    how = "".join(f", {word}" for word, key in (("encrypted", encrypt), ("signed", sign)) if key is not None)
    output.emit(
        result, json, f"Exported {counted(units, 'unit')} of {bank} to {path} ({megabytes:.1f} MB){how}."
    )


@app.command()
def load(
    path: Annotated[
        Path,
        typer.Argument(help="A file that export wrote, or any that fourfold retain reads."),
    ],
    bank: Annotated[
        str | None, typer.Option("--bank", "-b", help="Its name here; else the one it had.")
    ] = None,
    memory: MemoryOption = None,
    decrypt: Annotated[
        Path | None, typer.Option(metavar="KEY", help="The key that an export was encrypted with.")
    ] = None,
    signed_by: Annotated[
        Path | None,
        typer.Option(
            metavar="KEY.pub", help="Refuse it unless it is signed with the private key of this one."
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Load a bank from a file, or take in what fourfold retain takes, into a bank called as the file is."""
    # Read before the memory is opened, which would make one: a file that is refused leaves no directory behind.
    file = read_for_load(path, decrypt, signed_by)
    with Memory.open(memory) as open_memory:
        if isinstance(file, Export):
            with output.progress(str(path), 0) as bar:
                loaded = open_memory.load(
                    path, bank=bank, decrypt=decrypt, signed_by=signed_by, progress=output.follow(bar)
                )
        else:
            loaded = open_memory.bank(bank or bank_name(path.stem))
            for _ in retain_files(loaded, [file], []):
                pass
        # A file in which nothing was said makes no bank.
        units = sum(info.units for info in open_memory.banks([loaded.name]))
    result: dict[str, object] = {"bank": loaded.name, "units": units}
    signature = ""
    if isinstance(file, ImportedFile):
        result["warnings"] = list(file.warnings)
    elif file.signed_by:
        result |= {"signed_by": file.signed_by, "exported_at": file.header.at}
        signature = f" Exported at {file.header.at}, signed by {signed_by} ({file.signed_by})."

    def show() -> None:
        output.print_line(f"Loaded {counted(units, 'unit')} into {loaded.name}.{signature}")
        output.show_files([(path, file)] if isinstance(file, ImportedFile) else [])

    output.emit(result, json, show)


@app.command()
def fork(
    name: Annotated[str, typer.Argument(help="The new bank.")],
    bank: BankOption = "default",
    memory: MemoryOption = None,
    as_of: Annotated[str | None, typer.Option(help="As it was at this time (ISO 8601).")] = None,
    json: JsonOption = False,
) -> None:
    """Copy a bank to a new one, as it is or as it was."""
    moment = time_of_option(as_of, "--as-of")
    with open_existing(memory) as open_memory:
        info = info_of(open_memory, bank)
        with output.progress(name, info.units) as bar:
            source, follow = open_memory.bank(bank), output.follow(bar)
            if moment is None:
                source.fork(name, progress=follow)
            else:
                source.restore(name, as_of=moment, progress=follow)
        units = info_of(open_memory, name).units
    output.emit({"bank": name, "units": units}, json, f"Copied {bank} to {name}: {counted(units, 'unit')}.")


@app.command()
def merge(
    source_bank: Annotated[str, typer.Argument(help="The bank to take in; it stays as it is.")],
    bank: BankOption = "default",
    memory: MemoryOption = None,
    json: JsonOption = False,
) -> None:
    """Take another bank in, reconciled: what is in both is there once."""
    if source_bank == bank:
        raise InputError("A bank cannot be merged into itself.")
    with open_existing(memory) as open_memory:
        info = info_of(open_memory, source_bank)
        with output.progress(source_bank, info.units) as bar:
            target = open_memory.bank(bank, actor=ACTOR)
            retained = target.absorb(open_memory.bank(source_bank), progress=output.follow(bar))
    new_count = sum(operation.verdict in ("ADD", "UPDATE") for operation in retained.operations)
    known_count = len(retained.operations) - new_count
    result = {"bank": bank, "new": new_count, "known": known_count}
    output.emit(
        result,
        json,
        f"Merged {source_bank} into {bank}: {counted(new_count, 'new unit')}, {known_count} known already.",
    )


@app.command()
def reembed(
    embedder: Annotated[str, typer.Argument(help="The new embedder: minilm, static, fastembed:MODEL, ...")],
    memory: MemoryOption = None,
    json: JsonOption = False,
) -> None:
    """Change the embedding model of a memory, without extracting anything anew. Stopped, it goes on where it was."""
    with open_existing(memory) as open_memory, output.progress(embedder, 0) as bar:
        units = open_memory.reembed(embedder, progress=output.follow(bar))
    text = (
        f"Made vectors for {counted(units, 'unit')}. From now on open it with FOURFOLD_EMBEDDER={embedder}."
    )
    output.emit({"embedder": embedder, "units": units}, json, text)
