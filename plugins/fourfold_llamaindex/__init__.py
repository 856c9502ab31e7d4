"""Fourfold in LlamaIndex: a memory for chat engines and agents, a retriever, tools, and the app's own models for
Fourfold. LlamaIndex is loaded when one of them is first used."""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from fourfold import Memory as Memory  # so that an app needs one import more

if find_spec("llama_index") is None or find_spec("llama_index.core") is None:
    raise ImportError('LlamaIndex is not installed: pip install "fourfold[llamaindex]"')

if TYPE_CHECKING:
    from fourfold_llamaindex.events import MemoryRecallEvent as MemoryRecallEvent
    from fourfold_llamaindex.events import MemoryRetainEvent as MemoryRetainEvent
    from fourfold_llamaindex.memory import FourfoldMemory as FourfoldMemory
    from fourfold_llamaindex.memory import FourfoldMemoryBlock as FourfoldMemoryBlock
    from fourfold_llamaindex.models import ChatModel as ChatModel
    from fourfold_llamaindex.models import TextEmbedder as TextEmbedder
    from fourfold_llamaindex.retriever import FourfoldRetriever as FourfoldRetriever
    from fourfold_llamaindex.tools import memory_tools as memory_tools

_MODULES = {
    "ChatModel": "models",
    "FourfoldMemory": "memory",
    "FourfoldMemoryBlock": "memory",
    "FourfoldRetriever": "retriever",
    "MemoryRecallEvent": "events",
    "MemoryRetainEvent": "events",
    "TextEmbedder": "models",
    "memory_tools": "tools",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
