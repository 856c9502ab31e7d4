"""The importers there are, and the one that reads a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import EntryPoint
from pathlib import Path

from fourfold.errors import FourfoldError, InputError
from fourfold.plugins import broken_plugin, declared_plugins, load_plugin
from fourfold.transfer.importers.assistants.chatgpt import ChatGPT
from fourfold.transfer.importers.assistants.claude import Claude
from fourfold.transfer.importers.assistants.claude_account import ClaudeMemories, ClaudeProjects
from fourfold.transfer.importers.assistants.locomo import LoCoMo
from fourfold.transfer.importers.chats.discord import Discord
from fourfold.transfer.importers.chats.discord_text import DiscordText
from fourfold.transfer.importers.chats.records import Chat
from fourfold.transfer.importers.chats.slack import Slack
from fourfold.transfer.importers.chats.subtitles import Subtitles
from fourfold.transfer.importers.chats.telegram import Telegram
from fourfold.transfer.importers.chats.transcript import Transcript
from fourfold.transfer.importers.chats.whatsapp import WhatsApp
from fourfold.transfer.importers.finish import ensure_something_read, finished
from fourfold.transfer.importers.importer import ImportedDocument, ImportedFile, Importer, SourceFile
from fourfold.transfer.importers.memories.graphiti import Graphiti
from fourfold.transfer.importers.memories.langgraph import LangGraph
from fourfold.transfer.importers.memories.mcp_memory import McpMemory
from fourfold.transfer.importers.memories.mem0 import Mem0
from fourfold.transfer.importers.report import ReadReport
from fourfold.transfer.importers.source import NoTextError, open_sources
from fourfold.transfer.importers.texts.mail import Mail
from fourfold.transfer.importers.texts.plain_text import PlainText

_OF_PRODUCTS: tuple[Importer, ...] = (
    Mem0(),
    McpMemory(),
    LangGraph(),
    Graphiti(),
    ChatGPT(),
    Claude(),
    ClaudeMemories(),
    ClaudeProjects(),
    LoCoMo(),
    Telegram(),
    Slack(),
    Discord(),
    DiscordText(),
    WhatsApp(),
    Subtitles(),
    Mail(),
)
_GENERAL: tuple[Importer, ...] = (Chat(), Transcript(), PlainText())
"""Those that take nearly anything. They are asked last: a package's own chat format may have "messages" too, and its
transcripts are texts."""
_MAX_NAMED = 10
"""Files of a folder, or fields of a record, that a message names. A guess, not measured."""
_GROUP = "fourfold.importers"
_PARTS = ("name", "reads", "matches", "read")


class UnknownFormatError(InputError):
    """A file is of no format that an importer reads."""


def read_import(path: Path) -> ImportedFile:
    """Reads a file, whatever wrote it, or all that can be read of a folder or a zip archive. What is not read of it
    is in the `warnings` of the answer. Raises `InputError` where nothing can be read, which says where in the file
    and what is wrong, or what can be read, and `ConfigurationError` for an importer of another package that is
    broken."""
    sources = open_sources(path)
    source = next(sources, None)
    if source is None:
        raise InputError(f"{path} is an empty folder or archive.")
    following = next(sources, None)
    if following is None and source.path == path:
        return read_source(source)
    report = ReadReport()
    documents: list[ImportedDocument] = []
    formats: dict[str, None] = {}
    unknown: list[str] = []
    while source is not None:
        if source.text.strip() and source.content not in ([], {}):
            try:
                member = read_source(source, report)
                documents += member.documents
                formats[member.format] = None
            except UnknownFormatError:
                unknown.append(source.name)  # lists of users and channels, settings of the app
                report.absorb(source.report, source.name)  # or what is left of a file that was cut off
            except InputError as error:
                report.skip(source.name, str(error).replace(f"{source.path}", "it").rstrip("."))
        else:
            if source.report.is_blank():
                source.report.ignore("empty files", place=source.name)
            report.absorb(source.report, source.name)
        source, following = following, next(sources, None)
    _ensure_any_read(path, documents, report, unknown)
    return ImportedFile(tuple(documents), ", ".join(formats), len(report.skipped), report.warnings())


def _ensure_any_read(
    path: Path, documents: list[ImportedDocument], report: ReadReport, unknown: list[str]
) -> None:
    """Names the files of a folder or an archive that are of no format; raises `InputError` where nothing of the
    others was read either."""
    if unknown:
        more = f" and {len(unknown) - _MAX_NAMED} more" if len(unknown) > _MAX_NAMED else ""
        report.remark(f"Files that hold nothing that was said: {', '.join(unknown[:_MAX_NAMED])}{more}.")
    if not any(document.messages or document.facts for document in documents):
        reasons = "; ".join(f"{place}: {reason}" for place, reason in report.skipped[:3])
        left_out = " ".join(report.warnings()[bool(report.skipped) :])
        raise InputError(
            f"Nothing in {path} can be read{': ' if reasons else ''}{reasons}. {left_out}".rstrip()
        )


def read_source(source: SourceFile, report: ReadReport | None = None) -> ImportedFile:
    """Does what `read_import` does with a file that was opened. Where that is one of several, `report` takes over
    what is not read of it."""
    if not source.text.strip():
        raise NoTextError(f"{source.path} is empty, and so none of what can be loaded.")
    reads = []
    for importer in _importers():
        if importer.matches(source):
            documents = _read(importer, source)
            if report is not None:
                report.absorb(source.report, source.name)
            warnings = source.report.warnings()
            return ImportedFile(documents, importer.name, len(source.report.skipped), warnings)
        reads.append(importer.reads)
    field_names = dict.fromkeys(
        str(name) for record in source.records if isinstance(record, Mapping) for name in record
    )
    listing = f" (its records have {', '.join(list(field_names)[:_MAX_NAMED])})" if field_names else ""
    raise UnknownFormatError(
        f"{source.path} is none of what can be loaded{listing}: an export of a bank; {'; '.join(reads)}."
    )


def _importers() -> Iterator[Importer]:
    """Yields the importers in the order in which they are asked. Those of other packages are imported only for a file
    that is of none of the products known here."""
    yield from _OF_PRODUCTS
    for entry in declared_plugins(_GROUP).values():
        yield _PluginImporter(entry)
    yield from _GENERAL


def _read(importer: Importer, source: SourceFile) -> tuple[ImportedDocument, ...]:
    """Reads the whole file before anything of it is retained, so that one that is refused leaves nothing behind."""
    try:
        documents = finished(importer.read(source), source)
    except FourfoldError:
        raise  # it says what is wrong in our own terms (an `InputError` is a `ValueError` as well)
    except (LookupError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise InputError(
            f"{source.path} is not as such exports are: it looks like {importer.reads}, and the importer "
            f'"{importer.name}" met a {error!r}. Nothing was loaded.'
        ) from error
    ensure_something_read(documents, source)
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
