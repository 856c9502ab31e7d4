"""Fourfold in LangChain: a retriever, tools for agents, and the app's own models for Fourfold."""

from importlib.util import find_spec

if find_spec("langchain_core") is None:
    raise ImportError('LangChain is not installed: pip install "fourfold[langchain]"')

from fourfold_langchain.models import ChatModel, TextEmbedder
from fourfold_langchain.retriever import FourfoldRetriever
from fourfold_langchain.tools import memory_tools

__all__ = ["ChatModel", "FourfoldRetriever", "TextEmbedder", "memory_tools"]
