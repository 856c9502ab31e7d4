"""Offers a bank to an agent as tools of LlamaIndex."""

from __future__ import annotations

from functools import partial, wraps

from llama_index.core.tools import FunctionTool

from fourfold import Bank
from fourfold.integrations import tools as core


def memory_tools(bank: Bank, *, budget: int = 1024) -> list[FunctionTool]:
    """Returns the tools `recall`, `retain` and `reflect` on `bank`, sync and async; recall and reflect bring at
    most `budget` tokens. An agent is told what goes wrong, as LlamaIndex tells the error of a tool."""
    return [_tool(bank, tool) for tool in core.memory_tools(bank.as_async, budget)]


def _tool(bank: Bank, tool: core.Tool) -> FunctionTool:
    # `wraps`: LlamaIndex makes the tool's schema of the function's signature and annotations.
    @wraps(tool.run)
    def run(*args: str, **kwargs: str) -> str:
        return bank.run(partial(tool.run, *args, **kwargs))

    return FunctionTool.from_defaults(run, tool.name, tool.description, async_fn=tool.run)
