"""The parameters and answers of the tools as pydantic models, which a client sees as JSON schemas."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from fourfold import Belief, Fact, InputError, Interval, Message, Network, PreviewedStatement, Unit
from fourfold.values.rendering import render_interval
from fourfold.values.units import SaidAt

# What a client sees, and what assistants have learnt to read: names of fields and docstrings are part of the
# interface, and the transcript in docs/mcp.md is compared with them. Values of the library are translated, so that
# those may change.


AS_STRING, AS_MESSAGES = "(string)", "(messages)"
"""The two forms of a text, as pydantic names them in the place of an error."""
MAX_TEXT_LENGTH = 200_000
"""Characters of one text. A guess, not measured: about 50,000 tokens, more than a conversation that a client has in
its context at once."""

Said = Annotated[
    str | None,
    Field(
        description="When it was said, if not now: 2026-05-08 or 2026-05-08T14:30:00+02:00 (without a zone: UTC); "
        "unknown if nobody knows."
    ),
]


class SaidMessage(BaseModel):
    """One thing that was said, word for word."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=MAX_TEXT_LENGTH)
    speaker: str | None = Field(None, description="The name of who said it.")
    role: Literal["user", "assistant", "tool"] = "user"
    said: Said = None

    def message(self) -> Message:
        """Returns the same as a value of the library; raises `InputError` for a wrong time."""
        return Message(self.text, self.speaker, self.role, _said_at(self.said))


class StatedFact(BaseModel):
    """One statement, complete in itself."""

    # A field that there is not, such as `date`, would be lost in silence; refused, the model is told and tries again.
    model_config = ConfigDict(extra="forbid")

    text: str = Field(
        description="One sentence that is understood without the conversation: names instead of pronouns."
    )
    # No "summary": those are the bank's own.
    network: Literal["world", "experience", "belief"] = Field(
        "world",
        description="world: a fact; experience: what you, the assistant, did or saw; belief: an opinion.",
    )
    entities: list[str] = Field([], description="The people, places, things and projects that it names.")
    when: str | None = Field(
        None, description="When it held or happened: 2026, 2026-05 or 2026-05-08. Leave out if not known."
    )
    confidence: float | None = Field(None, ge=0, le=1, description="How sure, 0 to 1; for beliefs only.")
    said: Said = None

    def fact(self) -> Fact:
        """Returns the same as a value of the library; raises `InputError` for a wrong date."""
        occurred = None if self.when is None else Interval.from_iso(self.when)
        network, entities = Network(self.network), tuple(self.entities)
        return Fact(self.text, network, entities, occurred, self.confidence, at=_said_at(self.said))


def _said_at(text: str | None) -> SaidAt | None:
    """Returns the moment that a `Said` names: of a day its beginning, in UTC."""
    if text is None:
        return None
    if text == "unknown":
        return "unknown"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            f"{text!r} is no time: write 2026-05-08 or 2026-05-08T14:30:00+02:00, unknown if nobody knows it, or "
            f"leave it out for now."
        ) from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _time_fields(occurred: Interval | None) -> dict[str, Any]:
    """Returns the fields of a shape that tell the time which something speaks of."""
    if occurred is None:
        return {}
    return {"when": render_interval(occurred), "occurred_from": occurred.start, "occurred_to": occurred.end}


class UnitShape(BaseModel):
    """A remembered statement."""

    id: str
    text: str
    network: str
    said: datetime | None
    when: str | None = Field(None, description="The time it tells of, first and last day included.")
    occurred_from: datetime | None = None
    occurred_to: datetime | None = Field(None, description="The first moment after that time.")
    entities: list[str] = []
    confidence: float | None = None
    speaker: str | None = None
    held_until: datetime | None = None

    @classmethod
    def of(cls, unit: Unit) -> UnitShape:
        """Returns the shape of a unit."""
        return cls(
            id=unit.id,
            text=unit.text,
            network=unit.network.value,
            said=unit.mentioned_at,
            **_time_fields(unit.occurred),
            entities=list(unit.entities),
            confidence=unit.confidence,
            speaker=unit.speaker,
            held_until=unit.retired_at,
        )


class BeliefShape(BaseModel):
    """A belief and how sure the bank is of it: whose it is, what it judges and which way ("for", "against",
    "unclear"), and how often it was said again."""

    id: str
    text: str
    confidence: float | None
    changes: int
    holder: str
    topic: str
    stance: str
    restatements: int

    @classmethod
    def of(cls, belief: Belief) -> BeliefShape:
        """Returns the shape of a belief."""
        unit = belief.unit
        return cls(
            id=unit.id,
            text=unit.text,
            confidence=unit.confidence,
            changes=len(belief.history),
            holder=belief.holder,
            topic=belief.topic,
            stance=belief.stance.value,
            restatements=len(belief.restatements),
        )


class StatementShape(BaseModel):
    """What a sentence would be taken for. `replaces` and `outdates` are ids: of what would hold no longer, and of
    what may have changed."""

    text: str
    start: int
    end: int
    kind: str
    network: str
    modality: str
    lasting: bool
    attribute: str
    confidence: float | None = None
    mentions: list[str] = []
    when: str | None = None
    occurred_from: datetime | None = None
    occurred_to: datetime | None = Field(None, description="The first moment after that time.")
    replaces: list[str] = []
    outdates: list[str] = []
    known: bool = False

    @classmethod
    def of(cls, statement: PreviewedStatement) -> StatementShape:
        """Returns the shape of a sentence."""
        return cls(
            text=statement.text,
            start=statement.start,
            end=statement.end,
            kind=statement.kind.value,
            network=statement.network.value,
            modality=statement.modality.value,
            lasting=statement.lasting,
            attribute=statement.attribute,
            confidence=statement.confidence,
            mentions=list(statement.mentions),
            **_time_fields(statement.occurred),
            replaces=list(statement.replaces),
            outdates=list(statement.outdates),
            known=statement.known,
        )


class PreviewAnswer(BaseModel):
    """What a retain would make of each sentence, and how much the bank's rules would hold back, by rule."""

    bank: str
    statements: list[StatementShape]
    redacted: dict[str, int]
    warnings: list[str]


class RetainAnswer(BaseModel):
    """What a retain did. `extracted_by` says who read the statements out of the text."""

    bank: str
    units: list[UnitShape]
    operations: dict[str, int]
    extracted_by: str
    pending: int
    warnings: list[str]


class RecallAnswer(BaseModel):
    """What bears on the question, best first."""

    bank: str
    units: list[UnitShape]


class ReflectAnswer(BaseModel):
    """An answer and the units it rests on. `extract`: these are quotations, for you to reason over, in the way that
    `disposition` says."""

    bank: str
    answer: str
    supported: bool
    extract: bool
    evidence: list[UnitShape]
    beliefs: list[BeliefShape]
    disposition: str


class TimelineAnswer(BaseModel):
    """What happened, the earliest first."""

    bank: str
    units: list[UnitShape]


class SearchHit(BaseModel):
    """A memory by its title."""

    id: str
    title: str
    url: str


class SearchAnswer(BaseModel):
    """What was found, best first."""

    results: list[SearchHit]


class FetchAnswer(BaseModel):
    """A memory in full."""

    id: str
    title: str
    text: str
    url: str
    metadata: dict[str, str]


class BeliefsAnswer(BaseModel):
    """What the bank believes, the surest first."""

    bank: str
    beliefs: list[BeliefShape]


class EntityAnswer(BaseModel):
    """What the bank knows of someone or something."""

    bank: str
    name: str
    kind: str
    aliases: list[str]
    mentions: int
    summary: str
    latest: list[UnitShape]


class ForgetAnswer(BaseModel):
    """What was forgotten, and the beliefs that lost evidence."""

    bank: str
    units: list[UnitShape]
    beliefs: list[BeliefShape]


class BankShape(BaseModel):
    """A bank and its size."""

    name: str
    units: int


class StatusAnswer(BaseModel):
    """The banks there are, how far the asked one is consolidated, and what else is to be known of this server."""

    bank: str
    banks: list[BankShape]
    pending: int
    unread: int
    enrichment_failures: dict[str, int]
    notes: list[str]
