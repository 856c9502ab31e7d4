"""Keeps text files under paths in a bank, word for word, each a document that retains what it says."""

from __future__ import annotations

import re
from collections.abc import Callable

from fourfold.api.bank import AsyncBank
from fourfold.errors import ConflictError, NotFoundError
from fourfold.values.units import Entry, Message

_KIND = "file"
"""The kind of entry that a file is."""
_MAX_ATTEMPTS = 5
"""Attempts of an edit while others edit the same file. A guess, not measured."""
_BLANK_LINES = re.compile(r"\n\s*\n")


class Files:
    """The files of a bank. A directory exists as long as a file is in it. Methods raise `FourfoldError`."""

    def __init__(self, bank: AsyncBank) -> None:
        self._bank = bank

    async def under(self, directory: str) -> dict[str, str]:
        """Returns the texts of the files in a directory and below, by path, sorted."""
        entries = await self._bank.entries.list(_KIND)
        entries.sort(key=lambda entry: entry.key)
        return {entry.key: entry.value for entry in entries if entry.key.startswith(f"{directory}/")}

    async def read(self, path: str) -> str | None:
        """Returns the text of a file; None if there is none."""
        entry = await self._bank.entries.get(_KIND, path)
        return None if entry is None else entry.value

    async def create(self, path: str, text: str) -> None:
        """Makes a new file. Raises `ConflictError` where there is one."""
        await self._put(Entry(_KIND, path, text, revision=0))

    async def edit(self, path: str, change: Callable[[str], str]) -> str:
        """Replaces the text of a file by what `change` makes of it, and returns that. Raises `NotFoundError` for a
        file that is not there."""
        for attempt in range(_MAX_ATTEMPTS):
            entry = await self._bank.entries.get(_KIND, path)
            if entry is None:
                break
            text = change(entry.value)
            try:
                await self._put(Entry(_KIND, path, text, revision=entry.revision))
            except ConflictError:  # somebody else edited it meanwhile: `change` is made of the new text
                if attempt == _MAX_ATTEMPTS - 1:
                    raise
            else:
                return text
        raise NotFoundError(f'There is no file "{path}".')

    async def delete(self, path: str) -> int:
        """Forgets a file, or all in a directory, and what they say; returns how many files."""
        paths = [path] if await self.read(path) is not None else list(await self.under(path))
        for file_path in paths:
            await self._bank.forget(document=file_path, reason="deleted")
        return len(paths)

    async def rename(self, old: str, new: str) -> int:
        """Moves a file, or all in a directory; returns how many files. Raises `ConflictError` where there is
        something."""
        text = await self.read(old)
        files = await self.under(old) if text is None else {old: text}
        for path, content in files.items():
            # In this order nothing is lost if it ends half way: a file is forgotten when it has its new path.
            await self.create(new + path.removeprefix(old), content)
            await self._bank.forget(document=path, reason=f"renamed to {new}")
        return len(files)

    async def _put(self, entry: Entry) -> None:
        paragraphs = [paragraph.strip() for paragraph in _BLANK_LINES.split(entry.value)]
        # Each paragraph is a message: editing one of them leaves what was retained of the others as it is.
        messages = [Message(paragraph) for paragraph in dict.fromkeys(paragraphs) if paragraph]
        await self._bank.entries.put([entry], messages, document=entry.key, replace=True)
