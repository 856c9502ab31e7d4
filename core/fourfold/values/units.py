"""The values Fourfold speaks in. They are frozen, know no store and no model, and do no I/O.

Times are aware datetimes; a naive one is refused where it enters. Intervals are half open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from fourfold.errors import InputError
from fourfold.values.statements import Kind

Role = Literal["user", "assistant", "system", "tool"]
SaidAt = datetime | Literal["unknown"]
"""When something was said: an aware datetime, or "unknown" where nobody can tell. A word and not None, since None
leaves a time out, and what is retained without one is said now."""
LinkKind = Literal["temporal", "semantic", "causal", "evidence", "supersedes"]

SHORT_ID = 8
"""Characters of a unit's id by which it can be named in a bank of usual size."""
LONGEST_TEXT = 2000
"""Characters of what is one statement (a fact, a belief, an edited unit): what is longer is a text. A guess."""
LONGEST_NAME = 200
"""Characters of a name: of an entity, a speaker, a message's id. A guess."""
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
_ISO_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")


class Network(StrEnum):
    """Which of the four networks a unit belongs to (Hindsight, section 3)."""

    WORLD = "world"
    EXPERIENCE = "experience"
    SUMMARY = "summary"
    BELIEF = "belief"


class Verdict(StrEnum):
    """What a retain did with one statement."""

    ADD = "ADD"
    UPDATE = "UPDATE"
    RETIRE = "RETIRE"
    NOOP = "NOOP"


class Modality(StrEnum):
    """How a statement is meant. Only a `FACT` claims that something is so."""

    FACT = "fact"
    PLAN = "plan"
    WISH = "wish"
    HYPOTHETICAL = "hypothetical"
    QUESTION = "question"
    QUOTE = "quote"


class RetirementCause(StrEnum):
    """Why a unit holds no more."""

    SUPERSEDED = "superseded"
    """A newer unit took its place: `Retirement.by_unit`."""
    REPLACED = "replaced"
    """Its document was retained again without it."""
    REEXTRACTED = "reextracted"
    """It was a text as it was said, and a language model has read that by now."""
    FORGOTTEN = "forgotten"
    """Somebody had it forgotten, for `Retirement.reason`."""
    UNSUPPORTED = "unsupported"
    """It was a belief, and all evidence for it is gone."""
    UNDONE = "undone"
    """The write that made it was taken back."""
    ERASED = "erased"
    """A newer unit took its place, and that one has been erased since."""
    ARCHIVED = "archived"
    """It had faded: it is kept, and known, and not recalled."""


@dataclass(frozen=True, slots=True)
class Retirement:
    """Why a unit was retired: the `cause`, the id of the unit that took its place (`SUPERSEDED` alone, else None),
    and the reason that was given, if one was (`FORGOTTEN` alone, else "")."""

    cause: RetirementCause
    by_unit: str | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if (self.by_unit is not None) != (self.cause is RetirementCause.SUPERSEDED):
            raise InputError(f"by_unit is {self.by_unit!r} for a unit that was {self.cause}.")

    @classmethod
    def superseded_by(cls, unit: str) -> Retirement:
        """Returns the retirement of a unit whose place the unit with this id took."""
        return cls(RetirementCause.SUPERSEDED, unit)


def require_aware(moment: datetime | None, what: str) -> datetime | None:
    """Returns `moment` unchanged, or raises `InputError` where it is no datetime, lacks a time zone or is, in UTC,
    before the year 1 or after 9999."""
    if moment is None:
        return None
    if not isinstance(moment, datetime):
        raise InputError(
            f"{what} is {moment!r}: pass an aware datetime, for instance datetime(2024, 5, 8, tzinfo=timezone.utc)."
        )
    if moment.utcoffset() is None:
        raise InputError(
            f"{what} is {moment.isoformat()} without a time zone: pass an aware datetime, "
            f"for instance moment.replace(tzinfo=timezone.utc)."
        )
    if moment.year in (MINYEAR, MAXYEAR):  # only there can the offset carry it out of the calendar
        try:
            moment.astimezone(UTC)
        except OverflowError:
            raise InputError(
                f"{what} is {moment.isoformat()}, which is outside the years 1 to 9999 in UTC: pass a moment inside "
                f"them, or None where it may be left open."
            ) from None
    return moment


def known_time(said_at: SaidAt | None) -> datetime | None:
    """Returns the time that `said_at` gives; None where it gives none, or says that there is none."""
    return said_at if isinstance(said_at, datetime) else None


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that was said, or one passage of a document.

    `role` "assistant" and "tool" mark the agent's own turns. `at` is when it was said (aware); None takes the
    retain's `at`, or the clock; "unknown" says that nobody can tell, as of a note of some day: its unit has no
    time then, and "yesterday" in it stays open. `id` names it in `Source.messages`; None derives one from the
    content.
    """

    text: str
    speaker: str | None = None
    role: Role = "user"
    at: SaidAt | None = None
    id: str | None = None

    @property
    def known_time(self) -> datetime | None:
        """When it was said; None where that is left open, or unknown."""
        return known_time(self.at)


@dataclass(frozen=True, slots=True)
class Interval:
    """A span of time, `start` included, `end` excluded; None is an open side."""

    start: datetime | None
    end: datetime | None

    def __post_init__(self) -> None:
        require_aware(self.start, "Interval.start")
        require_aware(self.end, "Interval.end")
        if self.start is not None and self.end is not None and self.end < self.start:
            raise InputError(f"The interval ends ({self.end}) before it starts ({self.start}).")

    @classmethod
    def from_iso(cls, text: str) -> Interval:
        """Returns the interval that an ISO 8601 date stands for, in UTC: a year ("2026"), a month ("2026-05"), a day
        ("2026-05-08"), or from one date to another, both included ("2026-05-01/2026-05-08"). Raises `InputError`."""
        first, _, last = text.partition("/")
        start, end = _calendar_period(first, text)
        if last:
            last_start, end = _calendar_period(last, text)
            if last_start < start:
                raise InputError(f"{text!r} ends before it starts: write the earlier date first.")
        return cls(start, end)


def _calendar_period(date: str, text: str) -> tuple[datetime, datetime]:
    """Returns the first moment of the year, month or day `date`, and the first moment after it."""
    match = _ISO_DATE.fullmatch(date.strip())
    try:
        if match is None:
            raise ValueError
        year, month, day = (int(group) if group else None for group in match.groups())
        start = datetime(year or 0, month or 1, day or 1, tzinfo=UTC)
        if day is not None:
            return start, start + timedelta(days=1)
        if month is None or month == 12:
            return start, start.replace(year=start.year + 1, month=1)
        return start, start.replace(month=month + 1)
    except (
        ValueError,
        OverflowError,
    ) as error:  # no such date, or none after it: the calendar ends with 9999
        raise InputError(
            f"{text!r} is no date: write 2026, 2026-05, 2026-05-08 or 2026-05-01/2026-05-08."
        ) from error


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement that was read out of what was said by whoever retains it, so that nothing is left to extract.

    `text` can be understood by itself (1 to 2,000 characters). `entities` are the names in it, `occurred` is
    when it held or happened (None: what its words say), `confidence` (0-1) is for beliefs alone, `modality`
    None leaves it to the words. `at` is that of a `Message`: None takes the retain's `at`, or the clock. What
    `ended_at` a moment that is past (aware) holds no longer: it is kept as a retired unit.
    """

    text: str
    network: Network = Network.WORLD
    entities: tuple[str, ...] = ()
    occurred: Interval | None = None
    confidence: float | None = None
    modality: Modality | None = None
    speaker: str | None = None
    at: SaidAt | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A JSON `value` that a bank keeps word for word, beside what it understood of it: a file, an item of an app's
    store, a message as the app has it. Its `key` is unique among those of its `kind` ("file").

    `expires_at` (aware): gone from then on. `tags` are for `Memory.banks_with_entries`. `revision`, as it is kept,
    counts how often the value was written; given to `BankEntries.put`, it is the one that the new value takes the
    place of (0: there must be none yet; None: whichever). `document` and the times are the bank's.
    """

    kind: str
    key: str
    value: Any
    expires_at: datetime | None = None
    tags: tuple[str, ...] = ()
    revision: int | None = None
    document: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None

    def expired(self, now: datetime) -> bool:
        """Whether it is gone at that moment."""
        return self.expires_at is not None and self.expires_at <= now


@dataclass(frozen=True, slots=True)
class Source:
    """Where a unit came from: the messages that said it, in order, the document of each (`documents`, as long as
    `messages`) and when each was said (`times`, as long; None where that is unknown, or an older version did not
    note it), and the characters `[start, end)` of the first one. `document` is that of the first. What is derived
    from other units (a summary, a conclusion) has no messages: it links to its evidence."""

    document: str
    messages: tuple[str, ...]
    start: int = 0
    end: int = 0
    documents: tuple[str, ...] = ()
    times: tuple[datetime | None, ...] = ()

    def __post_init__(self) -> None:
        if not self.documents:
            object.__setattr__(self, "documents", (self.document,) * len(self.messages))
        if not self.times:
            object.__setattr__(self, "times", (None,) * len(self.messages))

    @property
    def evidence(self) -> tuple[tuple[str, str], ...]:
        """(document, message) of every time it was said."""
        return tuple(zip(self.documents, self.messages, strict=True))

    def said_by(self, evidence: Sequence[tuple[str, str]], *others: Source) -> Source:
        """The same source with this `evidence`, of which there is some. When each of it was said is known from this
        source and the `others`."""
        times = {
            pair: time
            for source in (*others, self)
            for pair, time in zip(source.evidence, source.times, strict=True)
            if time is not None
        }
        documents, messages = zip(*evidence, strict=True)
        return replace(
            self,
            document=documents[0],
            messages=messages,
            documents=documents,
            times=tuple(times.get(pair) for pair in evidence),
        )


@dataclass(frozen=True, slots=True)
class Link:
    """A typed edge to another unit; `weight` in (0, 1]."""

    to: str
    kind: LinkKind
    weight: float


@dataclass(frozen=True, slots=True)
class Aspects:
    """What a language model read out of a text about one statement, in a few words each; "" where nothing says
    it."""

    who: str = ""
    what: str = ""
    when: str = ""
    where: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """One remembered statement, in exactly one network.

    `confidence` is in [0, 1] for beliefs, None elsewhere. `occurred` is when the fact held or the event took
    place, None if nothing says so; `mentioned_at` when it was said, for the last time if several times
    (`occasions`), None if nobody knows; `recorded_at` when the bank learned it; `retired_at` when it was
    superseded or forgotten, and `retirement` why; both are None as long as it holds.

    `passage` names the stretch of a message that it was said in, with others: they were understood, and are found,
    together. "" for a unit that stands by itself.

    `modality` says whether it is a fact at all. `superseded_by` is the unit that probably holds in its place, where
    that is not sure enough to retire this one: it is recalled below that one. A `pending` unit is a text as it was
    said, kept until a language model has read it; `chunk` is the stretch of the source that it was read from.

    `kind` says whether it is a statement at all, or a question, a request, small talk, code; a `lasting` one tells
    something that goes on being so (a home, a taste, how a project is set up), and `attribute` of which part of a
    life or a project it tells (`values.statements.Family`; "" where that is not clear). `salience` is how much it is
    worth knowing of whom it is about, in [0, 1], None where nothing told it. `telling` is `[start, end)` of the
    sentence that says it, where its text has others beside it ("Wow! I got the job."); None for all of it.
    """

    id: str
    bank: str
    text: str
    network: Network
    source: Source
    mentioned_at: datetime | None
    recorded_at: datetime
    speaker: str | None = None
    occurred: Interval | None = None
    confidence: float | None = None
    entities: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    context: str = ""
    session: str = ""
    passage: str = ""
    links: tuple[Link, ...] = ()
    retired_at: datetime | None = None
    retirement: Retirement | None = None
    modality: Modality = Modality.FACT
    aspects: Aspects = field(default_factory=Aspects)
    superseded_by: str | None = None
    pending: bool = False
    chunk: str = ""
    kind: Kind = Kind.STATEMENT
    lasting: bool = False
    attribute: str = ""
    salience: float | None = None
    telling: tuple[int, int] | None = None

    @property
    def claim(self) -> str:
        """What it says, without what stands beside it in its text (`telling`), begun as a sentence is."""
        if self.telling is None:
            return self.text
        told = self.text[slice(*self.telling)]
        return told[:1].upper() + told[1:]

    def retired(self, at: datetime, retirement: Retirement) -> Unit:
        """Returns the unit as one that holds no more since `at`."""
        return replace(self, retired_at=at, retirement=retirement)

    def superseded(self, at: datetime, by: str) -> Unit:
        """Returns the unit as one whose place the unit `by` took at `at`, so that none probably does any more."""
        return replace(self.retired(at, Retirement.superseded_by(by)), superseded_by=None)

    @property
    def occasions(self) -> tuple[datetime, ...]:
        """When it was said, each time once, from the first to the last; none where nobody knows."""
        return tuple(sorted({time for time in (*self.source.times, self.mentioned_at) if time is not None}))

    @property
    def said_order(self) -> datetime:
        """What puts units in the order in which they were said. One whose time is unknown comes before all others: it
        is never the newest."""
        return self.mentioned_at or _BEFORE_ALL

    def said_by(self, evidence: Sequence[tuple[str, str]], *others: Source) -> Unit:
        """Returns the unit as this `evidence` says it, of which there is some; see `Source.said_by`."""
        source = self.source.said_by(evidence, *others)
        times = [time for time in source.times if time is not None]
        # Where no time was ever noted, an older version noted the last one alone.
        last = None if any(self.source.times) else self.mentioned_at
        return replace(self, source=source, mentioned_at=max(times, default=last))

    @property
    def retired_by_unit(self) -> str | None:
        """The id of the unit that this one was retired in favour of; None where it holds or was retired otherwise."""
        return None if self.retirement is None else self.retirement.by_unit


def evidence_links(units: Iterable[str]) -> tuple[Link, ...]:
    """Links to the units that something rests on."""
    return tuple(Link(unit, "evidence", 1.0) for unit in units)


@dataclass(frozen=True, slots=True)
class Entity:
    """A person, place, thing or term (its `kind`, "" if nothing told it) that units mention, shown as `name`."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    mentions: int = 0
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One decision of a retain: what was done with which unit, and why."""

    verdict: Verdict
    unit: str
    reason: str
