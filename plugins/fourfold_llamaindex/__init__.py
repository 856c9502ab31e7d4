"""Fourfold in LlamaIndex: a memory for chat engines and agents, a retriever, tools, and the app's own models for
Fourfold. LlamaIndex is loaded when one of them is first used."""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from fourfold import Memory  # so that an app imports from one package

# The first question alone is not enough: other packages of the namespace may be there without the core.
if find_spec("llama_index") is None or find_spec("llama_index.core") is None:
    raise ImportError('LlamaIndex is not installed: pip install "fourfold[llamaindex]"')

if TYPE_CHECKING:
    from fourfold_llamaindex.events import MemoryRecallEvent, MemoryRetainEvent
    from fourfold_llamaindex.memory import FourfoldMemory, FourfoldMemoryBlock
    from fourfold_llamaindex.models import ChatModel, TextEmbedder
    from fourfold_llamaindex.retriever import FourfoldRetriever
    from fourfold_llamaindex.tools import memory_tools

__all__ = [
    "ChatModel",
    "FourfoldMemory",
    "FourfoldMemoryBlock",
    "FourfoldRetriever",
    "Memory",
    "MemoryRecallEvent",
    "MemoryRetainEvent",
    "TextEmbedder",
    "memory_tools",
]

_LAZY_NAMES = {
    "ChatModel": "fourfold_llamaindex.models",
    "FourfoldMemory": "fourfold_llamaindex.memory",
    "FourfoldMemoryBlock": "fourfold_llamaindex.memory",
    "FourfoldRetriever": "fourfold_llamaindex.retriever",
    "MemoryRecallEvent": "fourfold_llamaindex.events",
    "MemoryRetainEvent": "fourfold_llamaindex.events",
    "TextEmbedder": "fourfold_llamaindex.models",
    "memory_tools": "fourfold_llamaindex.tools",
}


def __getattr__(name: str) -> object:
    if name in _LAZY_NAMES:
        return getattr(import_module(_LAZY_NAMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
