"""Any text: notes, Markdown, a letter. A passage between blank lines is a message."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fourfold.transfer.importers.importer import ImportedDocument, SourceFile
from fourfold.values.units import Message

_TEXT_SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown", ".rst"})


class PlainText:
    """Reads a text as one document, called as the file is."""

    name = "text"
    reads = "a text, for instance in Markdown"

    def matches(self, source: SourceFile) -> bool:
        """Says whether the file is no JSON, or is called a text."""
        # JSON that nothing else reads is most likely an export of a product that is not known here, and its braces
        # would only litter a bank. Under the name of a text, it is what its writer noted down.
        return not source.is_json or source.path.suffix.lower() in _TEXT_SUFFIXES

    def read(self, source: SourceFile) -> Iterator[ImportedDocument]:
        """Yields the one document."""
        passages = [passage.strip() for passage in re.split(r"\n\s*\n", source.text) if passage.strip()]
        # Numbered, not named by their content: a passage may stand in a text twice.
        messages = [Message(passage, id=f"p{number}") for number, passage in enumerate(passages, 1)]
        yield ImportedDocument(source.path.name, tuple(messages))
