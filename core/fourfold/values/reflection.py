"""What reflecting works with and answers: dispositions, summaries, citations. Frozen values, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from fourfold.errors import InputError
from fourfold.token_usage import Tokens
from fourfold.values.beliefs import Belief
from fourfold.values.units import Unit


@dataclass(frozen=True, slots=True)
class Disposition:
    """How a bank reflects (Hindsight, section 5): `skepticism` (1 takes claims as they are, 5 doubts what rests on
    little), `literalism` (1 reads between the lines, 5 takes words as they stand), `empathy` (1 weighs facts alone, 5
    weighs how people feel), each 1-5; `bias` (0-1) is how strongly these colour an answer. Raises `InputError`."""

    skepticism: int = 3
    literalism: int = 3
    empathy: int = 3
    bias: float = 0.5

    def __post_init__(self) -> None:
        for name in ("skepticism", "literalism", "empathy"):
            if getattr(self, name) not in range(1, 6):
                raise InputError(f"{name} is {getattr(self, name)!r}: give a whole number from 1 to 5.")
        if not 0 <= self.bias <= 1:
            raise InputError(f"bias is {self.bias!r}: give a number from 0 to 1.")


@dataclass(frozen=True, slots=True)
class Citation:
    """A unit that an answer rests on, and the words of it, dated, as they were shown. `context` are units of the same
    passage that are quoted with it."""

    unit: Unit
    quote: str
    context: tuple[Unit, ...] = ()

    @property
    def units(self) -> tuple[Unit, ...]:
        """Returns all units that are quoted, that of the citation first."""
        return (self.unit, *self.context)


@dataclass(frozen=True, slots=True)
class ReflectionTrace:
    """How a reflection went: what was asked of the memory, in order, and the milliseconds of each part."""

    looked_up: tuple[str, ...] = ()
    milliseconds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reflection:
    """The answer to a question, with what it rests on.

    `supported` says whether the evidence bears it out, `strength` (0-1) how well; an unsupported answer says that it
    is not known. `extract` marks an answer made of quotations, without a language model. `value` is the object asked
    for by `response_model`. `beliefs` are those it formed or bore out. `dropped` names what the model gave and was
    left out: citations that were never recalled, after it had a chance to mend them, and, masked, beliefs that say
    what the bank holds back. `frame` is the mission and the
    disposition it was made under, in words; whoever reasons over an extract should go by it. `tokens` is what
    language models took.
    """

    question: str
    answer: str
    citations: tuple[Citation, ...] = ()
    beliefs: tuple[Belief, ...] = ()
    supported: bool = False
    strength: float = 0.0
    extract: bool = False
    value: Any = None
    dropped: tuple[str, ...] = ()
    frame: str = ""
    tokens: Tokens = field(default_factory=Tokens)
    trace: ReflectionTrace = field(default_factory=ReflectionTrace)


CoreKind = Literal["pinned", "about", "preference", "open"]


@dataclass(frozen=True, slots=True)
class CoreProfileLine:
    """A line of a core profile: why it is there, its text, the units it rests on, and its `rank`, from 0 on: in a
    small budget the lines of low rank are left. `speaker` ("" for none) and `said_at` are whose words the text is and
    when they were said; what an older version wrote has them in its text."""

    kind: CoreKind
    text: str
    evidence: tuple[str, ...]
    rank: int = field(default=0, compare=False)
    speaker: str = ""
    said_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CoreProfile:
    """What should always be in the prompt: `text` within the budget, and its lines. `at` is when it last changed."""

    text: str
    lines: tuple[CoreProfileLine, ...]
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Something of consolidation that failed: what ("summary of Ana"), why, and how often it was tried."""

    what: str
    reason: str
    attempts: int


@dataclass(frozen=True, slots=True)
class BankStatus:
    """How far consolidation is in a bank: `pending` units wait to be taken into beliefs and summaries, `running` says
    whether that is going on, `failed` what could not be done; it is tried again with the next retain, and by
    `consolidate`. `pending_chunks` wait for a language model; see `Bank.resume`.

    `enrichment_failures` counts, by step ("names", "times", "attributes" ...), how often a text was kept as it was
    said and without that, since reading it failed; from the opening of the memory on. Such a failure is a fault of
    Fourfold's; the log has its cause."""

    pending: int
    running: bool
    failed: tuple[Failure, ...] = ()
    pending_chunks: int = 0
    enrichment_failures: Mapping[str, int] = field(default_factory=dict)
