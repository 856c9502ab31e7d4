"""Puts the server together."""

from __future__ import annotations

import anyio
from mcp.server import MCPServer
from mcp_types import ToolAnnotations

from fourfold import AsyncMemory, __version__
from fourfold_mcp.tools import Tools

INSTRUCTIONS = """This is your long-term memory. It outlives the conversation.
- Before you answer what may depend on the user or on earlier conversations, call recall with a whole question.
- When you learn something that will still matter next week (a fact about the user, a preference, a decision, a plan,
  what you did for them), call retain with facts. Do not retain small talk, guesses, or secrets such as passwords.
- When the user corrects you, retain the correction: it replaces what was so before.
- Forget only when the user asks for it."""


class Opening:
    """A memory that is opened at its first use, once, however many ask at the same time."""

    def __init__(self) -> None:
        self._lock = anyio.Lock()
        self._memory: AsyncMemory | None = None

    async def memory(self) -> AsyncMemory:
        """The memory of the settings; raises as `AsyncMemory.open`."""
        async with self._lock:
            if self._memory is None:
                self._memory = await AsyncMemory.open()
            return self._memory

    async def close(self) -> None:
        """Closes it, if it was opened."""
        if self._memory is not None:
            await self._memory.close()


def make_server(tools: Tools) -> MCPServer[object]:
    """A server with these tools; it speaks whichever era of the protocol a client does."""
    server: MCPServer[object] = MCPServer(
        "fourfold",
        title="Fourfold memory",
        instructions=INSTRUCTIONS,
        version=__version__,
        log_level="WARNING",
    )
    reads = ToolAnnotations(
        read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
    )
    writes = reads.model_copy(update={"read_only_hint": False})
    forgets = writes.model_copy(update={"destructive_hint": True})
    server.add_tool(tools.recall, title="Recall", annotations=reads)
    server.add_tool(tools.retain, title="Remember", annotations=writes)
    # with a language model, a reflection forms beliefs
    server.add_tool(tools.reflect, title="Reflect", annotations=writes)
    server.add_tool(tools.beliefs, title="Beliefs", annotations=reads)
    server.add_tool(tools.entity, title="About an entity", annotations=reads)
    server.add_tool(tools.forget, title="Forget", annotations=forgets)
    server.add_tool(tools.status, title="Status", annotations=reads)
    return server
