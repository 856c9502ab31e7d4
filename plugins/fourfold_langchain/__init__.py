"""Fourfold in LangChain and LangGraph: middleware and a store for agents, a retriever, tools, and the app's own
models for Fourfold. What needs `langchain`, `langgraph` or `langchain-classic` loads it when it is first used."""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from fourfold import Memory as Memory  # so that an app needs one import more

if find_spec("langchain_core") is None:
    raise ImportError('LangChain is not installed: pip install "fourfold[langchain]"')

if TYPE_CHECKING:
    from fourfold_langchain.history import FourfoldChatMessageHistory as FourfoldChatMessageHistory
    from fourfold_langchain.memory import FourfoldMemory as FourfoldMemory
    from fourfold_langchain.middleware import FourfoldMiddleware as FourfoldMiddleware
    from fourfold_langchain.models import ChatModel as ChatModel
    from fourfold_langchain.models import TextEmbedder as TextEmbedder
    from fourfold_langchain.retriever import FourfoldRetriever as FourfoldRetriever
    from fourfold_langchain.store import FourfoldStore as FourfoldStore
    from fourfold_langchain.tools import memory_tools as memory_tools

_MODULES = {
    "ChatModel": "models",
    "FourfoldChatMessageHistory": "history",
    "FourfoldMemory": "memory",
    "FourfoldMiddleware": "middleware",
    "FourfoldRetriever": "retriever",
    "FourfoldStore": "store",
    "TextEmbedder": "models",
    "memory_tools": "tools",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
