"""Defines the events that the memory sends to LlamaIndex's instrumentation; a retriever's are LlamaIndex's own."""

from __future__ import annotations

from llama_index.core.instrumentation import get_dispatcher  # type: ignore[attr-defined]
from llama_index.core.instrumentation.events.base import BaseEvent  # type: ignore[attr-defined]

dispatcher = get_dispatcher(__name__)


class MemoryRecallEvent(BaseEvent):
    """Something was recalled for a turn: `text` goes into the prompt."""

    bank: str
    question: str
    text: str

    @classmethod
    def class_name(cls) -> str:
        """Returns the name of the event."""
        return "FourfoldMemoryRecallEvent"


class MemoryRetainEvent(BaseEvent):
    """Messages of a session were given to a bank."""

    bank: str
    session: str
    messages: int

    @classmethod
    def class_name(cls) -> str:
        """Returns the name of the event."""
        return "FourfoldMemoryRetainEvent"
