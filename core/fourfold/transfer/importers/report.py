"""What a reader did not take of a file, and why. It is filled while the file is read, and told to whoever had it
read: nothing is left out in silence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from fourfold.errors import FourfoldError, InputError

_MAX_PLACES = 20
"""Records that a warning names before it counts the rest. A guess, not measured: what fits a terminal's window."""
_MAX_NAMES = 5
"""Places of one kind of what is left out that a warning names before it counts the rest. A guess, not measured."""
_MAX_FIELDS = 12
"""Unknown fields that a warning names. A guess, not measured."""
_DAMAGE = (InputError, LookupError, TypeError, AttributeError, ValueError, RecursionError)
"""What a record raises that is not as such records are."""


class ReadReport:
    """Collects what was not read of one file: records that could not be read, each with its place and the reason;
    what is no speech, by kind and count; fields whose meaning is not known; other remarks. `undated` counts messages
    and facts whose time the file does not tell."""

    def __init__(self) -> None:
        self.skipped: list[tuple[str, str]] = []
        self.undated = 0
        self._ignored: Counter[str] = Counter()
        self._ignored_places: dict[str, list[str]] = {}
        self._fields: dict[str, None] = {}
        self._remarks: dict[str, list[str]] = {}
        self._bad_times: list[tuple[str, str]] = []

    def skip(self, place: str, reason: str) -> None:
        """Notes a record that could not be read."""
        self.skipped.append((place, reason))

    def ignore(self, kind: str, count: int = 1, place: str = "") -> None:
        """Counts what is left out as no speech. `kind` is a plural: "system lines". The first ones are named, where
        a `place` is given."""
        self._ignored[kind] += count
        if place:
            self._ignored_places.setdefault(kind, []).append(place)

    def is_blank(self) -> bool:
        """Says whether nothing was noted."""
        return not (self.skipped or self._ignored or self._fields or self._remarks or self._bad_times)

    def unknown(self, fields: Iterable[str]) -> None:
        """Notes fields that are not read; each is named once, however many records have it."""
        self._fields.update(dict.fromkeys(fields))

    def bad_time(self, place: str, reason: str) -> None:
        """Notes a time that cannot be read, of a record that is taken without it."""
        self._bad_times.append((place, reason))

    def remark(self, text: str) -> None:
        """Notes something else that the reader of the file should know; the same words once."""
        self._remarks.setdefault(text, [])

    @contextmanager
    def guard(self, place: str) -> Iterator[None]:
        """Notes a record that turns out not to be as such records are, in place of an exception."""
        try:
            yield
        except _DAMAGE as error:
            self.skip(place, _reason(error).removeprefix(f"{place}: "))

    def absorb(self, member_report: ReadReport, place: str) -> None:
        """Takes over the report of a file that lies at `place` within this one."""
        self.skipped += [
            (f"{place}, {inner}" if inner else place, reason) for inner, reason in member_report.skipped
        ]
        self._ignored.update(member_report._ignored)
        self._fields.update(member_report._fields)
        for remark, inner_places in member_report._remarks.items():
            self._remarks.setdefault(remark, []).extend(inner_places or [place])
        for kind, places in member_report._ignored_places.items():
            inner_names = [f"{place}, {inner}" if inner != place else place for inner in places]
            self._ignored_places.setdefault(kind, []).extend(inner_names)
        self.undated += member_report.undated
        self._bad_times += [(f"{place}, {inner}", reason) for inner, reason in member_report._bad_times]

    def remarks(self) -> tuple[str, ...]:
        """Returns what `remark` noted, in sentences."""
        return tuple(
            f"{_listed_places(places, len(places))}: {remark}" if places else remark
            for remark, places in self._remarks.items()
        )

    def warnings(self) -> tuple[str, ...]:
        """Returns what was noted, in sentences."""
        # Counted, not one a record: a file of a year has hundreds, and what matters would scroll away.
        sentences = []
        if self.skipped:
            sentences.append(f"{len(self.skipped)} not read: {_places(self.skipped)}.")
        if self._bad_times:
            what = "1 time" if len(self._bad_times) == 1 else f"{len(self._bad_times)} times"
            sentences.append(f"{what} not read: {_places(self._bad_times)}. What was said then is taken.")
        if self._ignored:
            counts = (
                f"{count} {_counted(kind, count)}{_named(self._ignored_places.get(kind, []), count)}"
                for kind, count in self._ignored.items()
            )
            sentences.append(f"Left out: {', '.join(counts)}.")
        if self._fields:
            names = list(self._fields)
            more = f" and {len(names) - _MAX_FIELDS} more" if len(names) > _MAX_FIELDS else ""
            sentences.append(f"Fields that were not read: {', '.join(names[:_MAX_FIELDS])}{more}.")
        if self.undated:
            phrase = "1 record has" if self.undated == 1 else f"{self.undated:,} records have"
            sentences.append(f"{phrase} no time in the file: when that was said stays unknown.")
        return (*sentences, *self.remarks())


def _places(noted: list[tuple[str, str]]) -> str:
    """Returns the first places and reasons in the order of the file, and how many there are more."""
    noted = sorted(noted, key=lambda each: _natural_order(each[0]))
    places = "; ".join(f"{place}: {reason}" if place else reason for place, reason in noted[:_MAX_PLACES])
    return f"{places}; and {len(noted) - _MAX_PLACES} more" if len(noted) > _MAX_PLACES else places


def _natural_order(place: str) -> list[tuple[int, str]]:
    """Returns a key by which "line 9" comes before "line 10"."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d{1,18})", place)]


def _named(places: list[str], count: int) -> str:
    """Returns the first places in brackets, and how many of `count` are not among them; "" where none is known."""
    return f" ({_listed_places(places, count)})" if places else ""


def _listed_places(places: list[str], count: int) -> str:
    more = count - len(places[:_MAX_NAMES])
    return f"{', '.join(places[:_MAX_NAMES])}{f' and {more} more' if more else ''}"


def _counted(kind: str, count: int) -> str:
    """Returns a plural, or the singular where there is one: "system line", "message of pictures"."""
    return kind if count != 1 else re.sub(r"s(?= of | without | in which | \(|$)", "", kind, count=1)


def _reason(error: BaseException) -> str:
    match error:
        case FourfoldError():
            return str(error).rstrip(".")
        case KeyError():
            return f'it has no "{error.args[0]}"' if error.args else "a field is missing"
        case RecursionError():
            return "it is nested too deeply"
        case AttributeError() | TypeError():
            return "it is not as such records are"
        case _:
            return str(error)[:200] or type(error).__name__
