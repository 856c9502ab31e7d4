"""Tools by which an agent uses a bank itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps

from langchain_core.tools import BaseTool, StructuredTool, ToolException

from fourfold import Bank, FourfoldError, Retained

_NOTHING = "Nothing that is remembered bears on that."
_RECALL = """Look up what is remembered. Call this before answering anything that may depend on the user or on earlier
conversations. Ask a whole question, with names."""
_RETAIN = """Remember something for later conversations: a lasting fact, preference, decision or plan, in whole
sentences with names instead of pronouns. Not for small talk or secrets."""
_REFLECT = """Think a question over with everything remembered: an answer with the evidence it rests on. For a plain
look-up use recall."""


def memory_tools(bank: Bank, *, budget: int = 1024) -> list[BaseTool]:
    """The tools `recall`, `retain` and `reflect` on `bank`, sync and async; recall and reflect bring at most `budget`
    tokens. What goes wrong is told to the model, as LangChain tells the error of a tool."""

    def recall(question: str) -> str:
        return bank.recall(question, budget=budget).text or _NOTHING

    async def arecall(question: str) -> str:
        return (await bank.awaited.recall(question, budget=budget)).text or _NOTHING

    def retain(text: str) -> str:
        return _kept(bank.retain(text))

    async def aretain(text: str) -> str:
        return _kept(await bank.awaited.retain(text))

    def reflect(question: str) -> str:
        return bank.reflect(question, budget=budget).answer

    async def areflect(question: str) -> str:
        return (await bank.awaited.reflect(question, budget=budget)).answer

    return [
        _tool("recall", _RECALL, recall, arecall),
        _tool("retain", _RETAIN, retain, aretain),
        _tool("reflect", _REFLECT, reflect, areflect),
    ]


def _kept(done: Retained) -> str:
    return "\n".join(["Remembered:", *(f"- {unit.text}" for unit in done.units), *done.warnings])


def _tool(name: str, told: str, run: Callable[[str], str], arun: Callable[[str], Awaitable[str]]) -> BaseTool:
    @wraps(run)
    def running(*args: str, **kwargs: str) -> str:
        try:
            return run(*args, **kwargs)
        except FourfoldError as error:
            raise ToolException(str(error)) from error

    @wraps(arun)
    async def arunning(*args: str, **kwargs: str) -> str:
        try:
            return await arun(*args, **kwargs)
        except FourfoldError as error:
            raise ToolException(str(error)) from error

    description = " ".join(told.split())
    return StructuredTool.from_function(
        running, arunning, name=name, description=description, handle_tool_error=True
    )
