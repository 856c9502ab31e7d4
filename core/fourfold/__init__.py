"""Fourfold: long-term memory for agents, in four networks. Importing it loads no model and opens nothing."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from fourfold.errors import (
    ConfigurationError,
    FourfoldError,
    InputError,
    ModelError,
    ModelOutputError,
    ModelTimeoutError,
    NotFoundError,
    StoreError,
    StoreLockedError,
    StoreVersionError,
)
from fourfold.model import (
    BankInfo,
    ChannelScore,
    Entity,
    Hit,
    Interval,
    Link,
    Message,
    Network,
    Operation,
    Recall,
    Retained,
    Source,
    Trace,
    Unit,
    Usage,
    Verdict,
)

if TYPE_CHECKING:
    from fourfold.memory import AsyncBank, AsyncMemory
    from fourfold.settings import Settings
    from fourfold.sync import Bank, Memory

__version__ = "0.1.0"

__all__ = [
    "AsyncBank",
    "AsyncMemory",
    "Bank",
    "BankInfo",
    "ChannelScore",
    "ConfigurationError",
    "Entity",
    "FourfoldError",
    "Hit",
    "InputError",
    "Interval",
    "Link",
    "Memory",
    "Message",
    "ModelError",
    "ModelOutputError",
    "ModelTimeoutError",
    "Network",
    "NotFoundError",
    "Operation",
    "Recall",
    "Retained",
    "Settings",
    "Source",
    "StoreError",
    "StoreLockedError",
    "StoreVersionError",
    "Trace",
    "Unit",
    "Usage",
    "Verdict",
]

_LATER = {
    "AsyncBank": "fourfold.memory",
    "AsyncMemory": "fourfold.memory",
    "Bank": "fourfold.sync",
    "Memory": "fourfold.sync",
    "Settings": "fourfold.settings",
}


def __getattr__(name: str) -> Any:
    """Loads the heavier names (numpy, networkx, pydantic behind them) when they are first used."""
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module 'fourfold' has no attribute {name!r}")
