"""Fourfold as Claude's memory tool: its files are documents of a bank. The Anthropic SDK, which takes seconds to
load, is loaded when a tool is first used."""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

if find_spec("anthropic") is None:
    raise ImportError('The Anthropic SDK is not installed: pip install "fourfold[anthropic]"')

if TYPE_CHECKING:
    from fourfold_claude.tool import AsyncFourfoldMemoryTool, FourfoldMemoryTool

__all__ = ["AsyncFourfoldMemoryTool", "FourfoldMemoryTool"]

_LAZY_NAMES = {
    "AsyncFourfoldMemoryTool": "fourfold_claude.tool",
    "FourfoldMemoryTool": "fourfold_claude.tool",
}


def __getattr__(name: str) -> object:
    if name in _LAZY_NAMES:
        return getattr(import_module(_LAZY_NAMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
