"""Offers a bank to an agent as tools of LangChain."""

from __future__ import annotations

from functools import partial, wraps

from langchain_core.tools import BaseTool, StructuredTool, ToolException

from fourfold import Bank
from fourfold.integrations import tools as core
from fourfold.integrations.host_errors import raise_as


def memory_tools(bank: Bank, *, budget: int = 1024) -> list[BaseTool]:
    """Returns the tools `recall`, `retain` and `reflect` on `bank`, sync and async; recall and reflect bring at
    most `budget` tokens. The model is told what goes wrong, as LangChain tells the error of a tool."""
    return [_tool(bank, tool) for tool in core.memory_tools(bank.as_async, budget)]


def _tool(bank: Bank, tool: core.Tool) -> BaseTool:
    arun = raise_as(ToolException)(tool.run)

    # `wraps`: LangChain makes the tool's schema of the function's signature and annotations.
    @wraps(tool.run)
    def run(*args: str, **kwargs: str) -> str:
        return bank.run(partial(arun, *args, **kwargs))

    return StructuredTool.from_function(
        run, arun, name=tool.name, description=tool.description, handle_tool_error=True
    )
