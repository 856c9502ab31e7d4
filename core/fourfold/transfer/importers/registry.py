"""The importers there are, and the one that reads a file."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

from fourfold.errors import FourfoldError, InputError
from fourfold.plugins import broken_plugin, declared_plugins, load_plugin
from fourfold.transfer.importers.chat import Chat
from fourfold.transfer.importers.chatgpt import ChatGPT
from fourfold.transfer.importers.claude import Claude
from fourfold.transfer.importers.importer import ImportedDocument, Importer, SourceFile, open_source
from fourfold.transfer.importers.locomo import LoCoMo
from fourfold.transfer.importers.mcp_memory import McpMemory
from fourfold.transfer.importers.mem0 import Mem0
from fourfold.transfer.importers.plain_text import PlainText
from fourfold.validation import check_name

_OF_PRODUCTS: tuple[Importer, ...] = (Mem0(), McpMemory(), ChatGPT(), Claude(), LoCoMo())
_GENERAL: tuple[Importer, ...] = (Chat(), PlainText())
"""Those that take nearly anything. They are asked last: a package's own chat format may have "messages" too, and its
transcripts are texts."""
_GROUP = "fourfold.importers"
_PARTS = ("name", "reads", "matches", "read")


def read_import(path: Path) -> tuple[ImportedDocument, ...]:
    """Returns the documents of a file, whatever wrote it. Raises `InputError` that says where in the file and what
    is wrong, or what can be read, and `ConfigurationError` for an importer of another package that is broken."""
    return read_source(open_source(path))


def read_source(source: SourceFile) -> tuple[ImportedDocument, ...]:
    """Does what `read_import` does with a file that was opened."""
    reads = []
    for importer in _importers():
        if importer.matches(source):
            return _read(importer, source)
        reads.append(importer.reads)
    raise InputError(f"{source.path} is none of what can be loaded: an export of a bank; {'; '.join(reads)}.")


def _importers() -> Iterator[Importer]:
    """Yields the importers in the order in which they are asked. Those of other packages are imported only for a file
    that is of none of the products known here."""
    yield from _OF_PRODUCTS
    for entry in declared_plugins(_GROUP).values():
        yield _PluginImporter(entry)
    yield from _GENERAL


def _read(importer: Importer, source: SourceFile) -> tuple[ImportedDocument, ...]:
    """Reads the whole file before anything of it is retained, so that a damaged one leaves nothing behind."""
    try:
        documents = tuple(importer.read(source))
    except FourfoldError:
        raise  # it says what is wrong in our own terms (an `InputError` is a `ValueError` as well)
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        raise InputError(
            f"{source.path} is not as such exports are: it looks like {importer.reads}, and the importer "
            f'"{importer.name}" met a {error!r}. Nothing was loaded.'
        ) from error
    for document in documents:
        check_name(document.name, f"name of the document {document.name[:50]!r} in {source.path}")
        for number, message in enumerate(document.messages):
            if not isinstance(message.text, str):
                raise InputError(
                    f'{source.path}, message {number} of "{document.name}": the text is a '
                    f"{type(message.text).__name__}, not a string. Nothing was loaded."
                )
    return documents


class _PluginImporter:
    """An importer of another package; what is wrong with it is an error that names the package."""

    def __init__(self, entry: EntryPoint) -> None:
        """Imports what `entry` names: an importer, or a class or function that makes one without arguments. Raises
        `ConfigurationError`."""
        self._entry = entry
        plugin = load_plugin(entry)
        try:
            importer = plugin() if callable(plugin) else plugin
            if not isinstance(importer, Importer):
                missing = [part for part in _PARTS if not hasattr(importer, part)]
                raise TypeError(f"it has no {', '.join(missing)}: see fourfold.transfer.importers.Importer")
            self._importer: Importer = importer
            self.name, self.reads = importer.name, importer.reads
        except FourfoldError:
            raise  # it says what is wrong in our own terms
        except Exception as error:  # another package's code may raise anything
            raise broken_plugin(entry, error) from error

    def matches(self, source: SourceFile) -> bool:
        """Asks the importer."""
        try:
            return bool(self._importer.matches(source))
        except Exception as error:  # an importer must look at any file without raising
            raise broken_plugin(self._entry, error) from error

    def read(self, source: SourceFile) -> Iterator[ImportedDocument]:
        """Yields what the importer reads."""
        try:
            for document in self._importer.read(source):
                if not isinstance(document, ImportedDocument):
                    raise broken_plugin(
                        self._entry, TypeError(f"it read a {type(document).__name__}, no ImportedDocument")
                    )
                yield document
        except (FourfoldError, LookupError, TypeError, AttributeError, ValueError):
            raise  # the file's fault, as of an importer of ours
        except Exception as error:
            raise broken_plugin(self._entry, error) from error
