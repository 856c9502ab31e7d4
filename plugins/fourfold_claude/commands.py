"""Carries out the commands of Claude's memory tool, and answers with the texts of Anthropic's own tool, which Claude
knows."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence

from anthropic.lib.tools import ToolError
from anthropic.types.beta import (
    BetaMemoryTool20250818CreateCommand,
    BetaMemoryTool20250818DeleteCommand,
    BetaMemoryTool20250818InsertCommand,
    BetaMemoryTool20250818RenameCommand,
    BetaMemoryTool20250818StrReplaceCommand,
    BetaMemoryTool20250818ViewCommand,
)

from fourfold import AsyncBank
from fourfold.integrations.files import Files
from fourfold.values.rendering import one_line

_ROOT = "/memories"
_MAX_LINES = 999_999
"""Lines of a file that can be viewed: the limit of Anthropic's tool."""
_MAX_DEPTH = 2
"""Levels of a directory's listing: those of Anthropic's tool."""
_CONTEXT_LINES = 2
"""Lines shown before and after an edit. A guess, not measured."""


class Commands:
    """The six commands on a bank. They raise `ToolError` for what Claude is to put right."""

    def __init__(self, bank: AsyncBank) -> None:
        self._files = Files(bank)

    async def view(self, command: BetaMemoryTool20250818ViewCommand) -> str:
        """Returns a file with line numbers, or what is in a directory."""
        path = _inside(command.path)
        text = await self._files.read(path)
        if text is not None:
            return _numbered_file(command.path, text, command.view_range)
        files = await self._files.under(path)
        if not files and path != _ROOT:
            raise ToolError(f"The path {command.path} does not exist. Please provide a valid path.")
        total = sum(_bytes(text) for text in files.values())
        listing = [f"{_size(total)}\t{command.path}"]
        listing += [f"{_size(size)}\t{command.path}/{one_line(name)}" for name, size in _listing(path, files)]
        header = f"Here're the files and directories up to 2 levels deep in {command.path}, excluding hidden items:"
        return "\n".join([header, *listing])

    async def create(self, command: BetaMemoryTool20250818CreateCommand) -> str:
        """Makes a new file."""
        path = _inside(command.path)
        await self._check_free(path, command.path, f"File {command.path} already exists")
        await self._files.create(path, command.file_text)
        return f"File created successfully at: {command.path}"

    async def str_replace(self, command: BetaMemoryTool20250818StrReplaceCommand) -> str:
        """Replaces a text that occurs once in a file, and returns the lines around it."""
        path = await self._file(command.path)
        # Filled by `replace`, which may run again: the file is edited anew if somebody else changed it meanwhile.
        lines: list[int] = []

        def replace(text: str) -> str:
            lines[:] = _occurrences(text, command.old_str)
            if not lines:
                raise ToolError(
                    f"No replacement was performed, old_str `{command.old_str}` did not appear verbatim in "
                    f"{command.path}."
                )
            if len(lines) > 1:
                raise ToolError(
                    f"No replacement was performed. Multiple occurrences of old_str `{command.old_str}` in lines: "
                    f"{', '.join(map(str, lines))}. Please ensure it is unique"
                )
            return text.replace(command.old_str, command.new_str)

        edited = (await self._files.edit(path, replace)).split("\n")
        start = max(0, lines[0] - 1 - _CONTEXT_LINES)
        end = lines[0] + _CONTEXT_LINES
        snippet = _numbered(edited[start:end], start + 1)
        heading = (
            "The memory file has been edited. Here is the snippet showing the change (with line numbers):"
        )
        return f"{heading}\n{snippet}"

    async def insert(self, command: BetaMemoryTool20250818InsertCommand) -> str:
        """Inserts a text after a line; 0 is before the first."""
        path = await self._file(command.path)

        def insert(text: str) -> str:
            lines = text.removesuffix("\n").split("\n") if text else []
            if not 0 <= command.insert_line <= len(lines):
                raise ToolError(
                    f"Invalid `insert_line` parameter: {command.insert_line}. "
                    f"It should be within the range [0, {len(lines)}]."
                )
            lines.insert(command.insert_line, command.insert_text.rstrip("\n"))
            return "\n".join(lines).removesuffix("\n") + "\n"

        await self._files.edit(path, insert)
        return f"The file {command.path} has been edited."

    async def delete(self, command: BetaMemoryTool20250818DeleteCommand) -> str:
        """Forgets a file, or all in a directory, and what it says."""
        path = _inside(command.path)
        if path == _ROOT:
            raise ToolError("Cannot delete the /memories directory itself")
        if not await self._files.delete(path):
            raise ToolError(f"The path {command.path} does not exist")
        return f"Successfully deleted {command.path}"

    async def rename(self, command: BetaMemoryTool20250818RenameCommand) -> str:
        """Moves a file or a directory."""
        old = _inside(command.old_path)
        new = _inside(command.new_path)
        if old == _ROOT:
            raise ToolError("Cannot rename the /memories directory itself")
        await self._check_free(new, command.new_path, f"The destination {command.new_path} already exists")
        if new.startswith(f"{old}/"):
            raise ToolError(f"Cannot rename {command.old_path} to {command.new_path}, which is inside it")
        if not await self._files.rename(old, new):
            raise ToolError(f"The path {command.old_path} does not exist")
        return f"Successfully renamed {command.old_path} to {command.new_path}"

    async def clear(self) -> str:
        """Forgets all files, and what they say; nothing else of the bank."""
        await self._files.delete(_ROOT)
        return "All memory cleared"

    async def _file(self, path: str) -> str:
        inside = _inside(path)
        if await self._files.read(inside) is None:
            if inside == _ROOT or await self._files.under(inside):
                raise ToolError(f"The path {path} is not a file.")
            raise ToolError(f"The path {path} does not exist. Please provide a valid path.")
        return inside

    async def _check_free(self, path: str, path_given: str, refusal: str) -> None:
        """Raises `ToolError` if something is at a path, with the words of `refusal`, or if a file is where the path
        needs a directory."""
        if path == _ROOT or await self._files.read(path) is not None or await self._files.under(path):
            raise ToolError(refusal)
        parent = posixpath.dirname(path)
        while parent != _ROOT:
            if await self._files.read(parent) is not None:
                raise ToolError(f"The path {path_given} is inside {parent}, which is a file.")
            parent = posixpath.dirname(parent)


def _inside(path: str) -> str:
    """Returns the path without "." and "..". Raises `ToolError` for one that is not in /memories."""
    if not isinstance(path, str) or not (path == _ROOT or path.startswith(f"{_ROOT}/")):
        raise ToolError(f"Path must start with /memories, got: {path}")
    # No file of the machine can be reached by ".." (all are entries of the bank), but keys must have one spelling.
    normalized = posixpath.normpath(_ROOT + "/" + path.removeprefix(_ROOT).lstrip("/"))
    if normalized != _ROOT and not normalized.startswith(f"{_ROOT}/"):
        raise ToolError(f"Path {path} would escape /memories directory")
    return normalized


def _listing(directory: str, files: Mapping[str, str]) -> list[tuple[str, int]]:
    """Returns what is in a directory up to two levels deep, with its size in bytes, a directory before what is in
    it."""
    sizes: dict[str, int] = {}
    for path, text in files.items():
        parts = path.removeprefix(f"{directory}/").split("/")
        if not any(part.startswith(".") for part in parts[:_MAX_DEPTH]):
            for depth in range(1, min(len(parts), _MAX_DEPTH) + 1):
                name = "/".join(parts[:depth]) + "/" * (depth < len(parts))
                sizes[name] = sizes.get(name, 0) + _bytes(text)
    return sorted(sizes.items(), key=lambda item: item[0].removesuffix("/").split("/"))


def _numbered_file(path: str, text: str, view_range: Sequence[int] | None) -> str:
    lines = text.split("\n")
    start = 1
    if len(lines) > _MAX_LINES:
        raise ToolError(f"File {path} exceeds maximum line limit of 999,999 lines.")
    if view_range and len(view_range) == 2:
        start = max(1, view_range[0])
        lines = lines[start - 1 : None if view_range[1] == -1 else view_range[1]]
    return f"Here's the content of {path} with line numbers:\n{_numbered(lines, start)}"


def _numbered(lines: Sequence[str], start: int) -> str:
    return "\n".join(f"{number:>6}\t{line}" for number, line in enumerate(lines, start))


def _occurrences(text: str, part: str) -> list[int]:
    """Returns the numbers of the lines in which a part begins."""
    line_numbers = list[int]()
    line, counted = 1, 0
    position = text.find(part)
    while position != -1:
        line, counted = line + text.count("\n", counted, position), position
        line_numbers.append(line)
        position = text.find(part, position + 1)
    return line_numbers


def _bytes(text: str) -> int:
    return len(text.encode())


def _size(count: int) -> str:
    """Returns a number of bytes as `ls -h` writes it: "0B", "1.5K"."""
    unit = min(max(0, count.bit_length() - 1) // 10, 3)
    size = count / 1024**unit
    return f"{size:.0f}{'BKMG'[unit]}" if size == int(size) else f"{size:.1f}{'BKMG'[unit]}"
