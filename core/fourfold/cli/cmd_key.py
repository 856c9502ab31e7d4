"""The command that makes keys."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fourfold import create_key, create_signing_key
from fourfold.cli import output
from fourfold.cli.common import JsonOption, app
from fourfold.signing import Verifier, public_key_path


@app.command()
def key(
    path: Annotated[Path, typer.Argument(help="The file to make; one that is there stays as it is.")],
    sign: Annotated[
        bool, typer.Option("--sign", help="One that signs: a private key, and its public key in PATH.pub.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Make a key that encrypts, or with --sign one that signs, in a file for its owner alone."""
    if not sign:
        created = create_key(path)
        text = (
            f"Made {created}, which encrypts. Keep a copy elsewhere: without it, what it encrypted is lost."
        )
        output.emit({"key": str(created)}, json, text)
        return
    private = create_signing_key(path)
    public = public_key_path(private)
    fingerprint = Verifier.of_file(public).fingerprint
    text = (
        f"Made {private}, which signs: keep it to yourself. Made {public}, which checks what was signed: pass it on. "
        f"Its fingerprint: {fingerprint}."
    )
    output.emit({"key": str(private), "public_key": str(public), "fingerprint": fingerprint}, json, text)
