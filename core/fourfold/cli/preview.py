"""Shows what retaining files would make of them, without retaining them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from fourfold import Memory, NotFoundError, Preview
from fourfold.cli import output
from fourfold.cli.common import open_existing
from fourfold.transfer.importers import ImportedFile
from fourfold.values.rendering import render_previewed

_LABEL_WIDTH = 39
"""Characters of a line before its sentence: of "belief 0.90, wish, lasting, possession" all."""


def emit_preview(
    memory: str | None, bank: str, language: str | None, files: Sequence[ImportedFile], in_json: bool
) -> None:
    """Prints a line a sentence: what it would be, and what it says."""
    with _opened(memory) as opened:
        chosen = opened.bank(bank, language=language)
        documents = [document for file in files for document in file.documents if document.messages]
        previews = [chosen.preview(document.messages) for document in documents]
    output.emit(previews, in_json, lambda: _show(previews))


@contextmanager
def _opened(memory: str | None) -> Iterator[Memory]:
    """Opens the memory, or an empty one where there is none yet: nothing is made for a look."""
    try:
        with open_existing(memory) as opened:
            yield opened
    except NotFoundError:
        with Memory.open(":memory:") as opened:
            yield opened


def _show(previews: Sequence[Preview]) -> None:
    for preview in previews:
        for statement in preview:
            label, line = render_previewed(statement)
            output.print_line(f"{label:{_LABEL_WIDTH}} {line}")
        for rule, count in preview.redacted.items():
            output.print_line(f"Held back by {rule}: {count}.")
        for warning in preview.warnings:
            output.warn(warning)
    output.out.print("Nothing was retained.")
