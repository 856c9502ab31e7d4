"""Writes units, hits, intervals and days as people read them: for prompts, tools and terminals.

An entry is one line: what the memory itself says of it in front (the day in brackets, the speaker up to ": ") and
behind (the time and the marks, in brackets), and the words in between. Words that would read as one of these are
quoted, so that nothing that was retained passes for what the memory says.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import MINYEAR, datetime, time, timedelta
from typing import Any

from fourfold.values.preview import PreviewedStatement
from fourfold.values.results import Hit
from fourfold.values.statements import Kind
from fourfold.values.units import SHORT_ID, Interval, Modality, Network, Unit

MONTHS = tuple(
    "January February March April May June July August September October November December".split()
)


_MOST_DAYS = 10
"""Days that a line names on which something was said before. A guess, not measured."""
_ENDS = tuple('.!?…。！？;:,，；："”»)')
"""What a statement ends in behind which nothing is missing."""
_LINE_BREAK = " ⏎ "
"""What a line break is shown as: a sign that people and models know from terminals, and that no text has by chance (a
slash parts paths and verses). A list or code can still be read, and the indentation of code stays."""
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Characters that a terminal obeys instead of showing them; the last ones have what follows stand before it."""
_COLONS = ":\u02d0\u02f8\u0589\u05c3\u205a\u2236\ua4fd\ua789"
"""The colon, and signs that look like it (Unicode: confusables.txt)."""
_SPEAKER_END = re.compile(rf"[{_COLONS}](?=(.))|[\ufe13\ufe55\uff1a]", re.DOTALL)
"""What may end a speaker's name: a colon with a blank behind it (the group), or one that has its blank in it."""
_LONGEST_NAME = 5
"""Words in front of a colon that may be taken for a name: "I have decided on three things: ..." names nobody. A
guess."""
_MOST_BRACKETS = 20
"""Brackets at the end of a line that are looked at; what has more is no ordinary text. A guess."""
_OPENINGS = {"]": "[", ")": "("}
_WITHIN = re.compile(r"\s\[[^\]]{0,40}[^\W\d_]|\([^)]{0,40}\d{3}")
"""What a mark or a time begins like within a line: letters in square brackets, a year in round ones."""
_YEAR = re.compile(r"\d{3}")
"""What every written time but `_NO_TIME` has; of years of one or two digits nobody speaks."""
_NO_TIME = "at some time"
_BLANK_SIGNS = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters, and a sign of Braille, that are blank (Unicode: fillers of Hangul; Default_Ignorable_Code_Point)."""


def written_month(moment: datetime) -> str:
    """Returns "May 2023", in English whatever the locale."""
    # Not strftime("%B"): that follows the locale of the process, and what is embedded would change with it.
    return f"{MONTHS[moment.month - 1]} {moment.year}"


def written_day(moment: datetime) -> str:
    """Returns "8 May 2023", in English whatever the locale."""
    return f"{moment.day} {written_month(moment)}"


def one_line(text: str) -> str:
    """Returns `text` in one line, whatever it breaks lines with: "Shopping: ⏎ - milk ⏎ - eggs"."""
    # splitlines knows them all: CR, VT, FF, NEL, U+2028, U+2029 and the separators of ASCII.
    lines = text.splitlines()
    if len(lines) > 1:
        lines = [line.rstrip() for line in lines]
    return _CONTROL.sub("", _LINE_BREAK.join(line for line in lines if line))


def escaped_controls(json_text: str) -> str:
    """Returns JSON in which what a terminal would obey is escaped: `json` leaves that to ASCII's own."""
    return _CONTROL.sub(lambda char: f"\\u{ord(char[0]):04x}", json_text)


def fenced(text: str, speaker: str | None = None) -> str:
    """Returns `text` in one line, and quoted, as JSON does it, where it begins as an entry or ends as one:
    "[1 May 2023] Ana: Hello", "Ana: Hello", "Hello [plan]", "Hello (2023)". Behind the name of a `speaker` a colon
    names nobody else."""
    line = one_line(text)
    is_misleading = _begins_with_bracket(line) or _ends_as_entry(line)
    return _quoted_if(is_misleading or (not speaker and _names_speaker(line)), line)


def is_unseen(char: str) -> bool:
    """Returns whether an eye does not see a character by itself: controls, blanks, marks on letters, fillers."""
    return unicodedata.category(char)[0] in "CZM" or char in _BLANK_SIGNS


def quoted(text: str) -> str:
    """Returns `text` in quotation marks, as JSON has them: none within ends it."""
    return json.dumps(text, ensure_ascii=False)


def _quoted_if(is_misleading: bool, line: str) -> str:
    return quoted(line) if is_misleading else line


def _begins_with_bracket(line: str) -> bool:
    return _first_seen(line) == "["


def _ends_as_entry(line: str) -> bool:
    """Whether a line ends as with a time (a year in round brackets) or a mark (a word in square ones that stand by
    themselves), whatever brackets follow. A face ":)", "IBM (Zurich)" and "rows[0]" do not."""
    left = _without_unseen_end(unicodedata.normalize("NFKC", line))
    for _ in range(_MOST_BRACKETS):
        opening = left.rfind(_OPENINGS.get(left[-1:], "\0"))
        if opening < 0:
            return False
        said, is_mark = left[opening + 1 : -1], left[-1] == "]"
        before, left = left[:opening], _without_unseen_end(left[:opening])
        seen = "".join(char for char in said if char == " " or not is_unseen(char)).strip()
        if not is_mark and (seen == _NO_TIME or _YEAR.search(seen)):
            return True
        if is_mark and (left != before or not left) and any(map(str.isalpha, said)):
            return True
    return True


def _without_unseen_end(line: str) -> str:
    end = len(line)
    while end and is_unseen(line[end - 1]):
        end -= 1
    return line[:end]


def _names_speaker(line: str) -> bool:
    return any(len(line[: end.start()].split()) <= _LONGEST_NAME for end in _name_ends(line))


def _name_ends(line: str) -> Iterator[re.Match[str]]:
    """Yields where a name may end that stands at the beginning of a line."""
    return (end for end in _SPEAKER_END.finditer(line) if end[1] is None or is_unseen(end[1]))


def _first_seen(chars: Iterable[str]) -> str:
    """Returns the first of these characters that an eye sees, in its usual width; "" where there is none."""
    return unicodedata.normalize("NFKC", next((char for char in chars if not is_unseen(char)), ""))


def render_unit(unit: Unit) -> str:
    """Returns the line by which a unit stands in a prompt: "[8 May 2023] Ana: I went there yesterday. (7 May 2023)".

    The date in front is when it was said, the one in brackets the time it tells of; each is left out if unknown.
    What was said on several days is shown with the last of them, and the others behind it. What is no fact (a plan,
    a wish), no longer a fact, or a belief is marked as such, a belief with its confidence; and so is a fact of whose
    matter something newer was said.
    """
    return render_passage([unit])


def render_passage(units: Sequence[Unit]) -> str:
    """Returns the line by which `units` (one at least) stand together: each as `render_unit` has it, under the date
    and the speaker of the first."""
    *clauses, last = units
    # A statement without a mark at its end is a clause, whose comma or "and" belongs to neither.
    joined = [f"{_render_clause(unit)}{' ' if unit.text.endswith(_ENDS) else ', '}" for unit in clauses]
    statements = "".join([*joined, _render_clause(last) if clauses else render_statement(last)])
    return render_entry(units[0].mentioned_at, units[0].speaker, statements)


def _render_clause(unit: Unit) -> str:
    """Returns a statement among others, where a mark within its words would be read as that of a statement."""
    line = one_line(unit.text)
    is_misleading = _WITHIN.search(unicodedata.normalize("NFKC", line)) is not None
    words = quoted(line) if is_misleading else fenced(unit.text, unit.speaker)
    return f"{words}{_time_and_marks(unit)}"


def render_entry(said_at: datetime | None, speaker: str | None, statement: str) -> str:
    """Returns the line of a statement: "[8 May 2023] Ana: " and its words, without what is not known."""
    day = f"[{written_day(said_at)}] " if said_at else ""
    return f"{day}{render_name(speaker)}: {statement}" if speaker else f"{day}{statement}"


def render_name(speaker: str) -> str:
    """Returns a speaker's name in one line, and quoted where it would not end at the colon behind it, holds a mark
    or begins as an entry, or shows nothing."""
    line = one_line(speaker)
    is_misleading = not _first_seen(line) or "[" in unicodedata.normalize("NFKC", line)
    return _quoted_if(is_misleading or any(_name_ends(line)), line)


def render_words(speaker: str | None, text: str) -> str:
    """Returns what was said, and who said it: "Ana: I went there yesterday." """
    return render_entry(None, speaker, fenced(text, speaker))


def render_statement(unit: Unit) -> str:
    """Returns what `render_unit` does, without when it was said and by whom."""
    return f"{fenced(unit.text, unit.speaker)}{_time_and_marks(unit)}"


def _time_and_marks(unit: Unit) -> str:
    occurred = f" ({render_interval(unit.occurred)})" if unit.occurred else ""
    return f"{occurred}{_marks(unit)}"


def _marks(unit: Unit) -> str:
    marks = []
    if unit.network is Network.BELIEF and unit.confidence is not None:
        marks.append(f" [belief, {unit.confidence:.2f}]")
    said = written_day(unit.mentioned_at) if unit.mentioned_at else ""
    days = [day for day in dict.fromkeys(map(written_day, reversed(unit.occasions))) if day != said]
    if days:
        more = f", {len(days) - _MOST_DAYS} more" if len(days) > _MOST_DAYS else ""
        marks.append(f" [also said on {', '.join(days[:_MOST_DAYS])}{more}]")
    if unit.modality is not Modality.FACT and not unit.text.endswith("?"):
        marks.append(f" [{unit.modality}]")
    if unit.retired_at:
        marks.append(" [no longer held]")
    elif unit.superseded_by:
        # Of what has no time nobody knows whether it was said before.
        marks.append(" [said before; may have changed]" if unit.mentioned_at else " [may have changed]")
    return "".join(marks)


def render_interval(interval: Interval) -> str:
    """Returns an interval as people write it, up to its last day, which they count in: "8 May 2023", "8 to 12 May
    2023", "May 2023", "June to August 2023", "2023", "2015 to 2018", "since 8 May 2023"; "8 May 2023, 14:00 to 16:30"
    where it is a part of a day."""
    start, end = interval.start, interval.end
    if start is not None and end is not None:
        return _written_days(start, end) if end - start <= timedelta(days=1) else _written_stretch(start, end)
    if start is not None:
        return f"since {written_day(start)}"
    return _NO_TIME if end is None else f"until {written_day(_last_moment(end))}"


def _written_days(start: datetime, end: datetime) -> str:
    hours = [f"{moment:%H:%M}" for moment in (start, end)]
    is_day = hours == _MIDNIGHTS or end - start == timedelta(days=1)
    return written_day(start) if is_day else f"{written_day(start)}, {_joined(*hours)}"


def _written_stretch(start: datetime, end: datetime) -> str:
    last = _last_moment(end)
    if not (_is_month_start(start) and _is_month_start(end)):
        return _joined(_without_year_of(last, written_day(start), start), written_day(last))
    if start.month == 1 and end.month == 1:
        return _joined(f"{start.year}", f"{last.year}")
    if end - start <= timedelta(days=31):
        return written_month(start)
    return _joined(_without_year_of(last, written_month(start), start), written_month(last))


_MIDNIGHTS = ["00:00", "00:00"]


def _last_moment(end: datetime) -> datetime:
    """Returns the last moment before `end`: what ends at midnight ends with the day before."""
    return end if end.year == MINYEAR else end - timedelta(microseconds=1)


def _is_month_start(moment: datetime) -> bool:
    return moment.day == 1 and moment.time() == time.min


def _without_year_of(last: datetime, written: str, start: datetime) -> str:
    """Returns a written day or month without what it shares with the end of its span."""
    if start.year != last.year:
        return written
    written = written.removesuffix(f" {start.year}")
    return written.removesuffix(f" {MONTHS[last.month - 1]}")


def _joined(first: str, last: str) -> str:
    return last if first == last else f"{first} to {last}"


def render_previewed(statement: PreviewedStatement) -> tuple[str, str]:
    """Returns what a sentence would be taken for ("world, plan, event", "belief 0.70, lasting, taste", "small talk"),
    and its text with the time, the names and the units that it bears on."""
    said = [fenced(statement.text), *(f"({render_interval(when)})" for when in [statement.occurred] if when)]
    said += [f"[{', '.join(map(one_line, statement.mentions))}]"] if statement.mentions else []
    said += [f"(in place of {unit[:SHORT_ID]})" for unit in statement.replaces]
    said += [f"(newer than {unit[:SHORT_ID]})" for unit in statement.outdates]
    said += ["(known already)"] if statement.known else []
    return _previewed_label(statement), " ".join(said)


def _previewed_label(statement: PreviewedStatement) -> str:
    if statement.kind is not Kind.STATEMENT:
        return "small talk" if statement.kind is Kind.SMALLTALK else statement.kind.value
    sure = "" if statement.confidence is None else f" {statement.confidence:.2f}"
    parts = [f"{statement.network.value}{sure}"]
    parts += [statement.modality.value] if statement.modality is not Modality.FACT else []
    parts += ["lasting"] if statement.lasting else []
    parts += [statement.attribute] if statement.attribute else []
    return ", ".join(parts)


def describe_hit(hit: Hit) -> dict[str, Any]:
    """Returns what is known of a hit besides `render_unit`'s line, by name, as JSON values with times in ISO 8601.

    Unknown fields are left out. "when" is the time it tells of as people read it, "occurred_from" its first moment
    and "occurred_to" the first one after it. Frameworks keep it as a document's metadata.
    """
    unit, occurred = hit.unit, hit.unit.occurred or Interval(None, None)
    fields = {
        "text": unit.text,
        "network": unit.network.value,
        "score": float(hit.score),
        "said": unit.mentioned_at and unit.mentioned_at.isoformat(),
        "occasions": [occasion.isoformat() for occasion in unit.occasions] if len(unit.occasions) > 1 else [],
        "when": unit.occurred and render_interval(unit.occurred),
        "occurred_from": occurred.start and occurred.start.isoformat(),
        "occurred_to": occurred.end and occurred.end.isoformat(),
        "speaker": unit.speaker,
        "entities": list(unit.entities),
        "confidence": unit.confidence,
        "document": unit.source.document,
        "messages": list(unit.source.messages),
    }
    return {name: value for name, value in fields.items() if value not in (None, "", [])}
