"""What the operations answer with: what a retain did, what a recall found, which banks there are. Frozen, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from fourfold.token_usage import Tokens
from fourfold.values.summaries import Summary
from fourfold.values.units import Interval, Operation, Unit, Verdict


@dataclass(frozen=True, slots=True)
class Usage:
    """What a retain cost. `texts` and `tokens` went through the embedder; `model` is what language models read and
    wrote; seconds are wall-clock."""

    texts: int = 0
    tokens: int = 0
    embed_seconds: float = 0.0
    total_seconds: float = 0.0
    model: Tokens = field(default_factory=Tokens)


@dataclass(frozen=True, slots=True)
class RetainResult:
    """The answer to a retain: the units it left in the bank (new or met again), one operation for each
    statement, and what it cost. When it is returned, everything in it is on disk.

    `pending` counts the stretches of text that a language model could not read: they are kept as they were said,
    and read at the next retain or by `Bank.resume`; `warnings` says why. `rejected` counts what was left out of the
    model's answers, by reason ("date", "entity", "cause", "source", "empty"). `redacted` counts what the
    bank's rules kept from being written, by rule.
    """

    units: tuple[Unit, ...]
    operations: tuple[Operation, ...]
    usage: Usage = field(default_factory=Usage)
    pending: int = 0
    warnings: tuple[str, ...] = ()
    rejected: Mapping[str, int] = field(default_factory=dict)
    redacted: Mapping[str, int] = field(default_factory=dict)

    def count(self, verdict: Verdict) -> int:
        """How many operations had this verdict."""
        return sum(op.verdict is verdict for op in self.operations)


@dataclass(frozen=True, slots=True)
class ChannelScore:
    """What one channel said of a hit: its rank there (1 is best) and its raw score."""

    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Strength:
    """How well a unit is remembered (Ebbinghaus; MemoryBank, arXiv 2305.10250): `retention` exp(-t/S) in (0,
    1], with t the days since it was last said or used and S its `stability` in days, which grows with its
    `uses`. A `pinned` one never fades."""

    retention: float
    stability: float
    uses: int = 0
    used_at: datetime | None = None
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A recalled unit. `score` is its relevance, 0 to 1, on one scale for all questions and banks (docs/adr/0018):
    an exact match is near 1, and what has less than `Settings.relevance` at best is not recalled. It never rises
    down a ranking. `channels` tells what found it: "semantic", "keyword", "graph", "temporal", "late_interaction",
    and what packages add. With `explain=True`, `path` tells how the graph
    reached it (unit ids from the seed on), `factors` what modified its score, and `strength` how well it is
    remembered."""

    unit: Unit
    score: float
    channels: Mapping[str, ChannelScore] = field(default_factory=dict)
    path: tuple[str, ...] = ()
    factors: Mapping[str, float] = field(default_factory=dict)
    strength: Strength | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """How a recall went: milliseconds a step, candidates a channel, and what the plan found."""

    milliseconds: Mapping[str, float] = field(default_factory=dict)
    candidates: Mapping[str, int] = field(default_factory=dict)
    entities: tuple[str, ...] = ()
    intervals: tuple[Interval, ...] = ()


@dataclass(frozen=True, slots=True)
class Recall:
    """The answer to a recall: hits best first, their `text` ready for a prompt, the summaries of the entities
    it met, and the trace."""

    hits: tuple[Hit, ...]
    text: str
    summaries: tuple[Summary, ...] = ()
    trace: Trace = field(default_factory=Trace)


@dataclass(frozen=True, slots=True)
class BankInfo:
    """A bank as `Memory.banks` lists it."""

    name: str
    units: int
    created_at: datetime
    language: str | None = None
    """Its ISO 639-1 code; None as long as nobody can tell."""
    pending: int = 0
    """Chunks that wait for a language model, kept as they were said; see `Bank.resume`."""
