"""Models for the examples that need no key: they say what their prompt tells them is remembered."""

from __future__ import annotations

import re
from typing import Any

_REMEMBERED = re.compile(r"<memory-recalled>\n.*?\n(.*?)\n</memory-recalled>", re.DOTALL)
TOLD = "(no model is configured: a stand-in on this machine answers)"


def reply(prompt: str) -> str:
    """What a stand-in answers to a prompt."""
    found = _REMEMBERED.search(prompt)
    lines = found.group(1).splitlines() if found else []
    return f"I remember: {lines[0]}" if lines else "I remember nothing about that."


def chat_model() -> Any:
    """A chat model of LangChain."""
    from langchain_core.language_models import BaseChatModel, SimpleChatModel

    class StandIn(SimpleChatModel):
        @property
        def _llm_type(self) -> str:
            return "stand-in"

        def _call(self, messages: Any, *args: Any, **kwargs: Any) -> str:
            return reply("\n".join(message.text for message in messages if message.type == "system"))

    print(TOLD)
    model: BaseChatModel = StandIn()
    return model


def llm() -> Any:
    """An LLM of LlamaIndex."""
    from llama_index.core.base.llms.types import ChatMessage
    from llama_index.core.llms.mock import MockFunctionCallingLLM

    def answer(messages: list[ChatMessage], **kwargs: Any) -> ChatMessage:
        system = "\n".join(message.content or "" for message in messages if message.role == "system")
        return ChatMessage(reply(system), role="assistant")

    print(TOLD)
    return MockFunctionCallingLLM(response_generator=answer, is_chat_model=True)
