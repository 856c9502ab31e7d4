"""Fourfold in LangChain and LangGraph: middleware and a store for agents, a retriever, tools, and the app's own
models for Fourfold. What needs `langchain`, `langgraph` or `langchain-classic` loads it when it is first used."""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from fourfold import Memory  # so that an app imports from one package

if find_spec("langchain_core") is None:
    raise ImportError('LangChain is not installed: pip install "fourfold[langchain]"')

if TYPE_CHECKING:
    from fourfold_langchain.history import FourfoldChatMessageHistory
    from fourfold_langchain.memory import FourfoldMemory
    from fourfold_langchain.middleware import FourfoldMiddleware
    from fourfold_langchain.models import ChatModel, TextEmbedder
    from fourfold_langchain.retriever import FourfoldRetriever
    from fourfold_langchain.store import FourfoldStore
    from fourfold_langchain.tools import memory_tools

__all__ = [
    "ChatModel",
    "FourfoldChatMessageHistory",
    "FourfoldMemory",
    "FourfoldMiddleware",
    "FourfoldRetriever",
    "FourfoldStore",
    "Memory",
    "TextEmbedder",
    "memory_tools",
]

_LAZY_NAMES = {
    "ChatModel": "fourfold_langchain.models",
    "FourfoldChatMessageHistory": "fourfold_langchain.history",
    "FourfoldMemory": "fourfold_langchain.memory",
    "FourfoldMiddleware": "fourfold_langchain.middleware",
    "FourfoldRetriever": "fourfold_langchain.retriever",
    "FourfoldStore": "fourfold_langchain.store",
    "TextEmbedder": "fourfold_langchain.models",
    "memory_tools": "fourfold_langchain.tools",
}


def __getattr__(name: str) -> object:
    if name in _LAZY_NAMES:
        return getattr(import_module(_LAZY_NAMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
