"""Parses JSON as files have it: one value, one a line, several on a line, and what was cut off or broken, of which
all that is whole is taken. Knows nothing of what the values mean."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from fourfold.transfer.importers.report import ReadReport

# Line breaks and tabs inside a string are no JSON, and many programs write them: `strict` would refuse the whole
# file.
_DECODER = json.JSONDecoder(strict=False)
_BLANKS = re.compile(r"[\s\x1e\ufeff]*")
"""What stands between values: blanks, and the record separators of RFC 7464."""
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},]', re.DOTALL)
_CLOSERS = {"[": "]", "{": "}"}


class NotJsonError(ValueError):
    """A text holds nothing that can be read as JSON; `line` (from 1) is where it breaks."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"not JSON ({reason})")
        self.line = line


@dataclass(frozen=True, slots=True)
class JsonText:
    """The value of a text. Of JSON lines it is the list of their values, and `lines` has the number of the line (from
    1) on which each begins; a file of one line is the value of that line."""

    value: Any
    lines: tuple[int, ...] = ()


def parse_json(text: str, report: ReadReport) -> JsonText:
    """Returns the value of a text. What is cut off or broken is noted in `report`, and what is whole around it is
    taken. Raises `NotJsonError` where nothing is."""
    # Whether one value or lines of them are meant is tried, not told from the name: the JSON lines of the MCP memory
    # server are called "memory.json".
    try:
        return JsonText(_DECODER.decode(text))
    except json.JSONDecodeError as error:
        reason, position = error.msg, error.pos
    except RecursionError as error:
        raise NotJsonError(1, "nested too deeply") from error
    except ValueError as error:  # a number of more digits than Python reads
        raise NotJsonError(1, str(error)) from error
    if reason == "Extra data" or (text.lstrip()[:1] == "{" and _has_object_line(text)):
        return _parse_lines(text, report)
    line = text.count("\n", 0, position) + 1
    value = _salvaged(text, position)
    if value is None:
        raise NotJsonError(line, reason)
    report.skip(
        f"line {line}", f"the file is cut off or broken here ({reason}), and what follows is not read"
    )
    return JsonText(value)


def _has_object_line(text: str) -> bool:
    """Says whether a line is an object by itself, so that another one that is none is one record of many."""
    for line in text.split("\n"):
        if line.lstrip()[:1] != "{":
            continue
        try:
            _DECODER.decode(line)
        except (ValueError, RecursionError):
            continue
        return True
    return False


def _parse_lines(text: str, report: ReadReport) -> JsonText:
    """Returns the values that follow one another; a line on which one breaks is noted, and the next line read."""
    values: list[Any] = []
    lines: list[int] = []
    position, counted_to, line = 0, 0, 1
    while (position := _skip_blanks(text, position)) < len(text):
        line += text.count("\n", counted_to, position)
        counted_to = position
        try:
            value, end = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else "it cannot be read"
            report.skip(f"line {line}", f"not JSON ({reason})")
            # Not at the next line break that str.splitlines knows: U+2028 may stand inside a string.
            line_end = text.find("\n", position)
            position = len(text) if line_end < 0 else line_end + 1
            continue
        values.append(value)
        lines.append(line)
        position = end
    if not values:
        raise NotJsonError(line, "no line of it is a value")
    return JsonText(values, tuple(lines))


def _skip_blanks(text: str, position: int) -> int:
    match = _BLANKS.match(text, position)
    return match.end() if match else position


@dataclass(slots=True)
class _Open:
    """A list or object that is not closed yet: the bracket it began with, how many of what is open is around it, and
    where the last of its parts that is whole ends (0: none is)."""

    bracket: str
    complete_to: int = 0
    is_empty: bool = field(default=True)


def _salvaged(text: str, position: int) -> Any | None:
    """Returns the value of `text` up to `position`, where it breaks, without the record it breaks in: the innermost
    object that has a whole one beside it. None where there is no such record. Linear in the text."""
    stack: list[_Open] = []
    for token in _TOKEN.finditer(text, 0, position):
        mark = token.group()[0]
        if mark in "[{":
            if stack:
                stack[-1].is_empty = False
            stack.append(_Open(mark))
        elif mark in "]}":
            if not stack or _CLOSERS[stack[-1].bracket] != mark:
                return None
            closed = stack.pop()
            # Of an object, a part that is whole is an object of its own: a record among records by their ids. The
            # fields of a record that breaks are not taken without the rest of it.
            if stack and (stack[-1].bracket == "[" or closed.bracket == "{"):
                stack[-1].complete_to = token.end()
        elif mark == "," and stack and stack[-1].bracket == "[" and not stack[-1].is_empty:
            stack[-1].complete_to = token.start()
        elif stack:
            stack[-1].is_empty = False
    while stack and not stack[-1].complete_to:
        stack.pop()
    if not stack:
        return None
    closers = "".join(_CLOSERS[each.bracket] for each in reversed(stack))
    try:
        return _DECODER.decode(text[: stack[-1].complete_to] + closers)
    except (ValueError, RecursionError):
        return None
