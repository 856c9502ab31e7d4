"""Tools by which an agent uses a bank itself."""

from __future__ import annotations

from functools import partial, wraps

from langchain_core.tools import BaseTool, StructuredTool, ToolException

from fourfold import Bank, FourfoldError
from fourfold.integrations import tools as core


def memory_tools(bank: Bank, *, budget: int = 1024) -> list[BaseTool]:
    """The tools `recall`, `retain` and `reflect` on `bank`, sync and async; recall and reflect bring at most `budget`
    tokens. What goes wrong is told to the model, as LangChain tells the error of a tool."""
    return [_tool(bank, tool) for tool in core.memory_tools(bank.as_async, budget)]


def _tool(bank: Bank, tool: core.Tool) -> BaseTool:
    @wraps(tool.run)
    async def arun(*args: str, **kwargs: str) -> str:
        try:
            return await tool.run(*args, **kwargs)
        except FourfoldError as error:
            raise ToolException(str(error)) from error

    @wraps(tool.run)
    def run(*args: str, **kwargs: str) -> str:
        return bank.run(partial(arun, *args, **kwargs))

    return StructuredTool.from_function(
        run, arun, name=tool.name, description=tool.description, handle_tool_error=True
    )
