"""Makes the tools by which an agent uses a bank itself, as every framework's plugin offers them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fourfold.values.rendering import fenced

if TYPE_CHECKING:
    from fourfold.api.bank import AsyncBank

_NOTHING = "Nothing that is remembered bears on that."
_RECALL = """Look up what is remembered. Call this before answering anything that may depend on the user or on earlier
conversations. Ask a whole question, with names."""
_RETAIN = """Remember something for later conversations: a lasting fact, preference, decision or plan, in whole
sentences with names instead of pronouns. Not for small talk or secrets."""
_REFLECT = """Think a question over with everything remembered: an answer with the evidence it rests on. For a plain
look-up use recall."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: its name, its description for a model, and the function, whose parameters are the tool's."""

    name: str
    description: str
    run: Callable[..., Coroutine[Any, Any, str]]


def memory_tools(bank: AsyncBank, budget: int) -> list[Tool]:
    """Returns `recall`, `retain` and `reflect` on a bank; recall and reflect bring at most `budget` tokens. They
    raise `FourfoldError`."""

    async def recall(question: str) -> str:
        return (await bank.recall(question, budget=budget)).text or _NOTHING

    async def retain(text: str) -> str:
        result = await bank.retain(text)
        return "\n".join(
            ["Remembered:", *(f"- {fenced(unit.text)}" for unit in result.units), *result.warnings]
        )

    async def reflect(question: str) -> str:
        return (await bank.reflect(question, budget=budget)).answer

    # The names of the functions and of their parameters are what a model sees.
    tools = [(_RECALL, recall), (_RETAIN, retain), (_REFLECT, reflect)]
    return [Tool(run.__name__, " ".join(description.split()), run) for description, run in tools]
