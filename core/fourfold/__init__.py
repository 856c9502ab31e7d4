"""Fourfold: long-term memory for agents, in four networks. Importing it loads no model and opens nothing."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from fourfold.errors import (
    ConfigurationError,
    FourfoldError,
    InputError,
    ModelBusyError,
    ModelError,
    ModelLengthError,
    ModelOutputError,
    ModelRefusedError,
    ModelTimeoutError,
    NotFoundError,
    StoreError,
    StoreLockedError,
    StoreVersionError,
    TokenLimitError,
)
from fourfold.model import (
    Aspects,
    BankInfo,
    Change,
    ChannelScore,
    Entity,
    Hit,
    Interval,
    Link,
    Message,
    Modality,
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
from fourfold.tokens import Tokens

if TYPE_CHECKING:
    from fourfold.memory import AsyncBank, AsyncMemory
    from fourfold.settings import Settings
    from fourfold.sync import Bank, Memory

__version__ = "0.1.0"

__all__ = [
    "Aspects",
    "AsyncBank",
    "AsyncMemory",
    "Bank",
    "BankInfo",
    "Change",
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
    "Modality",
    "ModelBusyError",
    "ModelError",
    "ModelLengthError",
    "ModelOutputError",
    "ModelRefusedError",
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
    "TokenLimitError",
    "Tokens",
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
