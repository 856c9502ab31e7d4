"""Fourfold: long-term memory for agents, in four networks. Importing it loads no model and opens nothing."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from fourfold.errors import (
    ConfigurationError,
    ConflictError,
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
from fourfold.token_usage import Tokens
from fourfold.values.bank_names import bank_name
from fourfold.values.beliefs import Assessment, Belief, Effect, Restatement, Stance
from fourfold.values.changes import Change, Event, ForgetResult, PrunePolicy, PruneResult, Receipt
from fourfold.values.preview import Preview, PreviewedStatement
from fourfold.values.redaction import RedactionRule
from fourfold.values.reflection import (
    BankStatus,
    Citation,
    CoreProfile,
    CoreProfileLine,
    Disposition,
    Failure,
    Reflection,
    ReflectionTrace,
)
from fourfold.values.results import BankInfo, ChannelScore, Hit, Recall, RetainResult, Strength, Trace, Usage
from fourfold.values.statements import Family, Kind
from fourfold.values.summaries import Sentence, Summary
from fourfold.values.units import (
    Aspects,
    Entity,
    Entry,
    Fact,
    Interval,
    Link,
    Message,
    Modality,
    Network,
    Operation,
    Retirement,
    RetirementCause,
    Source,
    Unit,
    Verdict,
)

if TYPE_CHECKING:
    from fourfold.api.bank import AsyncBank
    from fourfold.api.memory import AsyncMemory
    from fourfold.api.sync import Bank, Memory
    from fourfold.keys import create_key
    from fourfold.settings import Settings
    from fourfold.signing import create_signing_key

__version__ = "0.1.0"

__all__ = [
    "Aspects",
    "Assessment",
    "AsyncBank",
    "AsyncMemory",
    "Bank",
    "BankInfo",
    "BankStatus",
    "Belief",
    "Change",
    "ChannelScore",
    "Citation",
    "ConfigurationError",
    "ConflictError",
    "CoreProfile",
    "CoreProfileLine",
    "Disposition",
    "Effect",
    "Entity",
    "Entry",
    "Event",
    "Fact",
    "Failure",
    "Family",
    "ForgetResult",
    "FourfoldError",
    "Hit",
    "InputError",
    "Interval",
    "Kind",
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
    "Preview",
    "PreviewedStatement",
    "PrunePolicy",
    "PruneResult",
    "Recall",
    "Receipt",
    "RedactionRule",
    "Reflection",
    "ReflectionTrace",
    "Restatement",
    "RetainResult",
    "Retirement",
    "RetirementCause",
    "Sentence",
    "Settings",
    "Source",
    "Stance",
    "StoreError",
    "StoreLockedError",
    "StoreVersionError",
    "Strength",
    "Summary",
    "TokenLimitError",
    "Tokens",
    "Trace",
    "Unit",
    "Usage",
    "Verdict",
    "bank_name",
    "create_key",
    "create_signing_key",
]

_LAZY_NAMES = {
    "AsyncBank": "fourfold.api.bank",
    "AsyncMemory": "fourfold.api.memory",
    "Bank": "fourfold.api.sync",
    "Memory": "fourfold.api.sync",
    "Settings": "fourfold.settings",
    "create_key": "fourfold.keys",
    "create_signing_key": "fourfold.signing",
}


def __getattr__(name: str) -> Any:
    """Loads the heavier names (numpy, networkx, pydantic behind them) when they are first used."""
    if name in _LAZY_NAMES:
        return getattr(import_module(_LAZY_NAMES[name]), name)
    raise AttributeError(f"module 'fourfold' has no attribute {name!r}")
