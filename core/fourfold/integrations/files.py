"""`Files`: text files under paths in a bank, kept word for word, each a document that retains what it says."""

from __future__ import annotations

import re
from collections.abc import Callable

from fourfold.api.bank import AsyncBank
from fourfold.errors import ConflictError, NotFoundError
from fourfold.values.units import Entry, Message

_KIND = "file"
_ATTEMPTS = 5
_BLANK = re.compile(r"\n\s*\n")


class Files:
    """The files of a bank. A directory is there as long as a file is in it. Raises `FourfoldError`."""

    def __init__(self, bank: AsyncBank) -> None:
        self._bank = bank

    async def under(self, directory: str) -> dict[str, str]:
        """The texts of the files in a directory and below, by path, sorted."""
        files = await self._bank.entries.list(_KIND)
        return {
            f.key: f.value for f in sorted(files, key=lambda f: f.key) if f.key.startswith(f"{directory}/")
        }

    async def read(self, path: str) -> str | None:
        """The text of a file, or nothing."""
        entry = await self._bank.entries.get(_KIND, path)
        return None if entry is None else entry.value

    async def create(self, path: str, text: str) -> None:
        """A new file. Raises `ConflictError` where there is one."""
        await self._put(Entry(_KIND, path, text, revision=0))

    async def edit(self, path: str, change: Callable[[str], str]) -> str:
        """Has a file say what `change` makes of its text, which it returns. Raises `NotFoundError` for a file that is
        not there."""
        for attempt in range(_ATTEMPTS):
            entry = await self._bank.entries.get(_KIND, path)
            if entry is None:
                break
            text = change(entry.value)
            try:
                await self._put(Entry(_KIND, path, text, revision=entry.revision))
            except ConflictError:  # somebody else edited it meanwhile: what is to change is looked for again
                if attempt == _ATTEMPTS - 1:
                    raise
            else:
                return text
        raise NotFoundError(f'There is no file "{path}".')

    async def delete(self, path: str) -> int:
        """Forgets a file, or all in a directory, and what they say; how many files."""
        found = [path] if await self.read(path) is not None else list(await self.under(path))
        for each in found:
            await self._bank.forget(document=each, reason="deleted")
        return len(found)

    async def rename(self, old: str, new: str) -> int:
        """Moves a file, or all in a directory; how many files. Nothing is lost if it ends half way: a file is
        forgotten when it has its new path. Raises `ConflictError` where there is something."""
        text = await self.read(old)
        files = await self.under(old) if text is None else {old: text}
        for path, said in files.items():
            await self.create(new + path.removeprefix(old), said)
            await self._bank.forget(document=path, reason=f"renamed to {new}")
        return len(files)

    async def _put(self, entry: Entry) -> None:
        paragraphs = dict.fromkeys(filter(None, map(str.strip, _BLANK.split(entry.value))))
        said = [Message(paragraph) for paragraph in paragraphs]
        await self._bank.entries.put([entry], said, document=entry.key, replace=True)
