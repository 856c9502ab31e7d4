"""Claude's memory tool on a bank, for the Anthropic SDK."""

from __future__ import annotations

import logging
from functools import partial

from anthropic.lib.tools import BetaAbstractMemoryTool, BetaAsyncAbstractMemoryTool, ToolError
from anthropic.types.beta import (
    BetaCacheControlEphemeralParam,
    BetaMemoryTool20250818CreateCommand,
    BetaMemoryTool20250818DeleteCommand,
    BetaMemoryTool20250818InsertCommand,
    BetaMemoryTool20250818RenameCommand,
    BetaMemoryTool20250818StrReplaceCommand,
    BetaMemoryTool20250818ViewCommand,
)

from fourfold import Bank
from fourfold.integrations.host_errors import raise_as
from fourfold_claude.commands import Commands

# Logged too, since Claude may go on without the memory and say nothing of it.
_as_tool_error = raise_as(ToolError, logger=logging.getLogger(__name__))


class AsyncFourfoldMemoryTool(BetaAsyncAbstractMemoryTool):
    """`FourfoldMemoryTool` for `AsyncAnthropic`."""

    def __init__(self, bank: Bank, *, cache_control: BetaCacheControlEphemeralParam | None = None) -> None:
        super().__init__(cache_control=cache_control)
        self._commands = Commands(bank.as_async)

    @_as_tool_error
    async def view(self, command: BetaMemoryTool20250818ViewCommand) -> str:
        """Shows a file with line numbers, or what is in a directory."""
        return await self._commands.view(command)

    @_as_tool_error
    async def create(self, command: BetaMemoryTool20250818CreateCommand) -> str:
        """Makes a file."""
        return await self._commands.create(command)

    @_as_tool_error
    async def str_replace(self, command: BetaMemoryTool20250818StrReplaceCommand) -> str:
        """Replaces a text that occurs once in a file."""
        return await self._commands.str_replace(command)

    @_as_tool_error
    async def insert(self, command: BetaMemoryTool20250818InsertCommand) -> str:
        """Inserts a text after a line."""
        return await self._commands.insert(command)

    @_as_tool_error
    async def delete(self, command: BetaMemoryTool20250818DeleteCommand) -> str:
        """Forgets a file or a directory, and what it says."""
        return await self._commands.delete(command)

    @_as_tool_error
    async def rename(self, command: BetaMemoryTool20250818RenameCommand) -> str:
        """Moves a file or a directory."""
        return await self._commands.rename(command)

    async def clear_all_memory(self) -> str:
        """Forgets all files, and what they say; nothing else of the bank."""
        return await self._commands.clear()


class FourfoldMemoryTool(BetaAbstractMemoryTool):
    """Claude's memory tool: `client.beta.messages.tool_runner(tools=[FourfoldMemoryTool(bank)], ...)`.

    Claude's files are documents of `bank`: they come back to it word for word, and what they say is recalled wherever
    the bank is used. A memory that fails is logged and told to Claude as the tool's error; the run goes on.
    """

    def __init__(self, bank: Bank, *, cache_control: BetaCacheControlEphemeralParam | None = None) -> None:
        super().__init__(cache_control=cache_control)
        self._bank = bank
        self._async = AsyncFourfoldMemoryTool(bank)

    def view(self, command: BetaMemoryTool20250818ViewCommand) -> str:
        """Shows a file with line numbers, or what is in a directory."""
        return self._bank.run(partial(self._async.view, command))

    def create(self, command: BetaMemoryTool20250818CreateCommand) -> str:
        """Makes a file."""
        return self._bank.run(partial(self._async.create, command))

    def str_replace(self, command: BetaMemoryTool20250818StrReplaceCommand) -> str:
        """Replaces a text that occurs once in a file."""
        return self._bank.run(partial(self._async.str_replace, command))

    def insert(self, command: BetaMemoryTool20250818InsertCommand) -> str:
        """Inserts a text after a line."""
        return self._bank.run(partial(self._async.insert, command))

    def delete(self, command: BetaMemoryTool20250818DeleteCommand) -> str:
        """Forgets a file or a directory, and what it says."""
        return self._bank.run(partial(self._async.delete, command))

    def rename(self, command: BetaMemoryTool20250818RenameCommand) -> str:
        """Moves a file or a directory."""
        return self._bank.run(partial(self._async.rename, command))

    def clear_all_memory(self) -> str:
        """Forgets all files, and what they say; nothing else of the bank."""
        return self._bank.run(self._async.clear_all_memory)
