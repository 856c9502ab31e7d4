"""Talks that are written down as people do it, line by line with who speaks: meetings, interviews, logs of chats, the
chat and the captions that Zoom saves, a talk copied out of an assistant."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fourfold.transfer.importers.chats.cues import offset_of
from fourfold.transfer.importers.chats.labels import is_numbered, no_speakers, speaks
from fourfold.transfer.importers.fields import role_of
from fourfold.transfer.importers.importer import ImportedDocument, SourceFile
from fourfold.transfer.importers.texts.heading import date_of_heading, is_day
from fourfold.transfer.importers.times import date_in_name, date_order, fill_times, said_at
from fourfold.values.units import Message, SaidAt

_CLOCK = r"\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?(?: ?[AaPp]\.?[Mm]\b\.?)?"
_DAY = r"\d{1,4}[-/.]\d\d?[-/.]\d{2,4}"
_STAMP = rf"[\[(]?(?:(?P<day>{_DAY})[T,]?\s+)?(?P<clock>{_CLOCK})[\])]?"
_LABEL = r"[^\W_][^:<>\[\]()\t\n|]{0,39}"
_FORMS = tuple(
    re.compile(form)
    for form in (
        # Zoom's chat: 10:02:33 From Dana Reyes to Everyone: text
        rf"{_STAMP}\s+[Ff]rom\s+(?P<label>{_LABEL}?)\s*(?:\s[Tt]o\s+[^:\n]{{1,60}}?)?(?:\(.*\))?\s*:\s*(?P<text>.*)",
        # Zoom's captions: [Dana Reyes] 10:00:00
        rf"\[(?P<label>[^\]\n\d][^\]\n]{{0,39}})\]\s+(?P<clock>{_CLOCK})(?P<text>)",
        # Otter's and Teams': Dana Reyes   0:03
        rf"(?P<label>{_LABEL}?)(?:\s{{2,}}|\t|\s[|–-]\s)\(?(?P<clock>{_CLOCK})\)?(?P<text>)",
        # Teams', copied out of a chat: [10:02 AM] Dana Reyes
        rf"\[(?:(?P<day>{_DAY}),?\s+)?(?P<clock>{_CLOCK})\]\s+(?P<label>{_LABEL}?)(?P<text>)",
        # Discord's: Ana — 14/02/2023 10:02
        rf"(?P<label>{_LABEL}?) — (?:(?P<day>{_DAY})|Today at|Yesterday at),? (?P<clock>{_CLOCK})(?P<text>)",
        # IRC's: 10:02 <ana> text
        rf"(?:{_STAMP}\s+)?<[@+ ]?(?P<label>[^<>\s]{{1,40}})>\s+(?P<text>\S.*)",
        # LINE's and Zoom's recordings': 10:02<tab>Ana<tab>text
        rf"(?P<clock>{_CLOCK})\t(?P<label>{_LABEL}?):?\t(?P<text>.*)",
        # [10:02] Ana: text, 2025-03-10 10:02 - Ana: text
        rf"{_STAMP}\s*[-–]?\s*(?P<label>{_LABEL}?)\s*:(?:\s+(?P<text>.*)|$)",
        # Ana (10:02): text
        rf"(?P<label>{_LABEL}?)\s*[\[(](?P<clock>{_CLOCK})[\])]\s*:?(?:\s+(?P<text>.*)|$)",
        # WeChat's and QQ's, the text on the lines below: 2025-03-10 10:02:33 Ana
        rf"(?P<day>\d{{4}}[-/]\d\d?[-/]\d\d?)\s+(?P<clock>{_CLOCK})\s+(?P<label>{_LABEL}?)(?:\(\d+\))?(?P<text>)",
        # Ana: text
        rf"(?P<label>{_LABEL}?)\s*:(?:\s+(?P<text>.*)|$)",
    )
)
_BOLD = re.compile(r"^(?:[-*] )?(\*\*|__)(.{1,60}?)(:?)\1(:?)")
_SIDE = re.compile(r"(.+) said$")
"""How ChatGPT heads what is copied out of its page: "You said:"."""
_NOT_SPEAKERS = frozenset(
    "note notes todo to-do task reminder idea ps p.s nb n.b re warning update http https".split()
)
"""What a line of a note begins with that is no speaker. Words for properties ("Date:", "Attendees:") are told by what
follows them, and need not stand here."""
_ASIDE = re.compile(rf"(?:{'|'.join(map(re.escape, sorted(_NOT_SPEAKERS)))})\s*:(?!//)", re.IGNORECASE)
"""A line of a note, which shows that what is around it is one as well where nobody comes back."""
_MARKER = re.compile(rf"\W*(?P<clock>{_CLOCK})\W*")
"""A line with a time alone, as Google Meet puts one every five minutes."""
_NOTICE = re.compile(rf"{_STAMP}\s+(?:-!-|\*\*\*|-->|<--)\s")
"""What an IRC client says itself: who came and went."""
_MAX_LABEL_WORDS = 5
_LEAST_SHARE = 0.5
"""Of the lines from the first turn on that begin a turn, where no name comes back. A guess, not measured."""
_LEAST_TALK = 0.25
"""Of the turns that speak to somebody or of oneself, or ask: what tells a talk from a list of properties ("Name:
Ana", "Phone: 555"). A guess, not measured."""


@dataclass(slots=True)
class _Turn:
    """What one speaker says in one go: the lines of it, and when, as far as its line tells."""

    label: str
    lines: list[str] = field(default_factory=list)
    day: str | None = None
    clock: str | None = None

    @property
    def text(self) -> str:
        return "\n".join(self.lines).strip()


@dataclass(slots=True)
class _Talk:
    """A text taken apart: what stands before the first turn, the turns, and by each number of a turn the day that a
    line of its own names there."""

    head: list[str] = field(default_factory=list)
    turns: list[_Turn] = field(default_factory=list)
    days: dict[int, datetime] = field(default_factory=dict)
    other_lines: int = 0
    asides: int = 0
    notices: int = 0


class Transcript:
    """Reads a talk as one document, called as the file is."""

    name = "transcript"
    reads = 'a transcript (lines as "Ana: Hello.")'

    def matches(self, source: SourceFile) -> bool:
        """Says whether the text is a talk of at least two turns."""
        return not source.is_json and source.path.suffix.lower() != ".csv" and _is_talk(_talk(source.text))

    def read(self, source: SourceFile) -> Iterator[ImportedDocument]:
        """Yields the one document. What stands before the first turn is a message without a speaker."""
        talk = _talk(source.text)
        head = "\n".join(talk.head).strip()
        last_day = next(filter(None, map(date_of_heading, reversed(talk.head))), None)
        begins_at = date_of_heading(head) or last_day or date_in_name(source.path.name)
        if talk.notices:
            source.report.ignore("notices of the app", talk.notices)
        messages = [Message(head, at=begins_at)] if head else []
        times = _times(talk, begins_at, source)
        for turn, at in zip(talk.turns, times, strict=True):
            if turn.text:
                label = match[1] if (match := _SIDE.fullmatch(turn.label)) else turn.label
                role = role_of(label)
                messages.append(Message(turn.text, None if role else label, role or "user", at))
        yield ImportedDocument(source.name, tuple(fill_times(messages)))


def _talk(text: str) -> _Talk:
    talk = _Talk()
    clock: str | None = None
    for line in text.split("\n"):
        turn = _turn(line)
        if turn is not None:
            turn.clock = turn.clock or clock
            talk.turns.append(turn)
        elif marker := _MARKER.fullmatch(line.strip()):
            clock = marker["clock"]
        elif _ASIDE.match(line.strip()):
            talk.asides += 1
            (talk.turns[-1].lines if talk.turns else talk.head).append(line.strip())
        elif _NOTICE.match(line.strip()):
            talk.notices += 1
        elif not talk.turns:
            talk.head.append(line)
        elif line.strip() and (day := _day_line(line)) is not None:
            talk.days[len(talk.turns)] = day
        else:
            if line.strip() and any(talk.turns[-1].lines):
                talk.other_lines += 1
            talk.turns[-1].lines.append(line.strip())
    _set_properties_apart(talk)
    _join_asides(talk)
    return talk


def _turn(line: str) -> _Turn | None:
    """Returns the turn that a line begins; None for one that goes on, or is no speech."""
    unmarked_line = _BOLD.sub(
        lambda match: f"{match[2]}{match[3] or match[4]}", line.strip(), count=1
    ).replace("：", ": ", 1)
    for form in _FORMS:
        match = form.fullmatch(unmarked_line)
        if match is None:
            continue
        parts = match.groupdict()
        label = parts["label"].strip()
        if not label or len(label.split()) > _MAX_LABEL_WORDS or (parts["text"] or "").startswith("//"):
            continue
        if parts.get("clock") is None and not _is_name(label):
            continue
        if label.casefold() in _NOT_SPEAKERS or is_day(label):
            return None
        return _Turn(label, [parts["text"] or ""], parts.get("day"), parts.get("clock"))
    return None


def _is_name(label: str) -> bool:
    """Says whether a label looks like a name: its words have capitals, or it is a side of a talk with an
    assistant."""
    words = [word for word in label.split() if word[0].isalpha()]
    is_capital = bool(words) and words[0][0] == words[0][0].upper() and words[-1][0] == words[-1][0].upper()
    return is_capital or _is_side(label) or is_numbered(label)


def _day_line(line: str) -> datetime | None:
    """Returns the day of a line that has nothing else ("--- 10 March 2025 ---")."""
    return date_of_heading(line) if sum(character.isalpha() for character in line) < 25 else None


def _set_properties_apart(talk: _Talk) -> None:
    """Moves into the head what stands before the talk in the same form ("Date: 10 March 2025", "Attendees: Ana"):
    labels that do not come back, before a blank line, where some that follow do."""
    border = next((number for number, turn in enumerate(talk.turns) if "" in turn.lines[1:]), None)
    if border is None:
        return
    before, after = talk.turns[: border + 1], talk.turns[border + 1 :]
    labels = Counter(turn.label for turn in after)
    if len(after) < 2 or any(turn.label in labels or turn.clock for turn in before):
        return
    if max(labels.values()) > 1 or not any(speaks(turn.text) for turn in before):
        talk.head += [f"{turn.label}: {turn.text}" for turn in before]
        talk.turns = after
        talk.days = {max(0, number - len(before)): day for number, day in talk.days.items()}


def _join_asides(talk: _Talk) -> None:
    """Puts lines whose label names nobody who speaks ("Price: 5 euros") back into the turn that they stand in."""
    labelled = [
        (turn.label, turn.text) for turn in talk.turns if turn.clock is None and not _is_side(turn.label)
    ]
    head = "\n".join(talk.head)
    asides = no_speakers(labelled, [label for label, _ in labelled if label in head])
    turns: list[_Turn] = []
    days: dict[int, datetime] = {}
    for number, turn in enumerate(talk.turns):
        if number in talk.days:
            days[len(turns)] = talk.days[number]
        if turn.label in asides and turn.clock is None:
            lines = [f"{turn.label}: {turn.lines[0]}", *turn.lines[1:]]
            (turns[-1].lines if turns else talk.head).extend(lines)
        else:
            turns.append(turn)
    talk.asides += len(talk.turns) - len(turns)
    talk.turns, talk.days = turns, days


def _is_talk(talk: _Talk) -> bool:
    turns = [turn for turn in talk.turns if turn.text]
    labels = Counter(turn.label for turn in turns)
    if len(turns) < 2:
        return False
    lines = len(turns) + talk.other_lines
    comes_back = len(labels) >= 2 and sum(count for count in labels.values() if count > 1) >= len(turns) / 2
    is_dense = len(turns) / lines >= _LEAST_SHARE
    if all(turn.clock for turn in turns):
        return comes_back or (is_dense and _talk_share(turns) >= _LEAST_TALK)
    if sum(is_numbered(label) or _is_side(label) for label in labels) >= 2:
        return True
    if len(labels) < 2 or not (comes_back or (is_dense and not talk.asides)):
        return False
    return _talk_share(turns) >= _LEAST_TALK


def _is_side(label: str) -> bool:
    return role_of(match[1] if (match := _SIDE.fullmatch(label)) else label) is not None


def _talk_share(turns: Sequence[_Turn]) -> float:
    return sum(speaks(turn.text) for turn in turns) / len(turns)


def _times(talk: _Talk, begins_at: datetime | None, source: SourceFile) -> list[SaidAt | None]:
    """Returns when each turn was said: at the time of day that its line has on the day that is known, or as long
    after the beginning, where the clock begins at zero."""
    clocks = [turn.clock for turn in talk.turns if turn.clock]
    counts_from_zero = bool(clocks) and re.match(r"0{1,2}:", clocks[0]) is not None and not talk.days
    day_first = date_order(
        (f"{turn.day} {turn.clock or ''}" for turn in talk.turns if turn.day), source.report, in_order=True
    )
    times: list[SaidAt | None] = []
    day = begins_at
    for number, turn in enumerate(talk.turns):
        day = talk.days.get(number, day)
        if turn.day:
            moment = f"{turn.day} {turn.clock or ''}"
            at: SaidAt | None = said_at(moment, f"turn {number + 1}", source.report, day_first=day_first)
        elif day is not None and turn.clock:
            at = _on_day(day, turn.clock, counts_from_zero)
        else:
            at = day
        times.append(at)
    return times


def _on_day(day: datetime, clock: str, counts_from_zero: bool) -> datetime:
    match = re.match(r"([\d:.,]+) ?([AaPp])?", clock)
    offset = offset_of(match[1]) if match else timedelta()
    if match and match[1].count(":") == 1 and not counts_from_zero:
        offset *= 60  # "10:02" is a time of day, hours and minutes
    if match and match[2]:
        hours = timedelta(hours=12)
        offset = offset % hours + (hours if match[2].casefold() == "p" else timedelta())
    return (day if counts_from_zero else day.replace(hour=0, minute=0)) + offset
