"""Cuts messages into pieces the size of a unit, at sentence borders, and gathers pieces into chunks, the stretches
that a language model reads at once. Knows nothing of what they say."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from fourfold.errors import InputError
from fourfold.language.enrichment import enriched
from fourfold.language.text import clean, sentences
from fourfold.validation import has_control
from fourfold.values.chunks import LINES_BEFORE, Piece, said, within
from fourfold.values.units import LONGEST_NAME, Message, SaidAt, known_time, require_aware

_LONGEST_MESSAGE = 10_000_000
"""Characters: a message is one write, which needs some 500 bytes a character (benchmarks/hostile.py), so 5 GB. It
refuses a file that was read into one message by mistake."""
_PIECE_WORDS = 120
"""Words of a piece of a message, and so of a unit, at most. A guess, not measured."""
_CHARACTERS_A_WORD = 6
"""By which a text without blanks (Chinese, a long URL) is measured in words; a guess, near English's average."""


def read_messages(messages: str | Iterable[Message], at: SaidAt | None, now: datetime) -> list[Message]:
    """Returns the messages of a retain, cleaned, each with an id and with a time, or "unknown"; raises
    `InputError` for what cannot be used. Empty texts are left out. An id is made from the content, and the time if
    one was given, so that the same message has the same id on every run."""
    require_aware(known_time(at), "at")
    message_list = [Message(messages, at=at)] if isinstance(messages, str) else messages
    by_id: dict[str, Message] = {}
    seen: dict[str, int] = {}
    for number, message in enumerate(message_list):
        text = _checked(message, number)
        if not text:
            continue
        identity = message.id or _content_id(message, text, seen)
        speaker = clean(message.speaker).replace("\n", " ") if message.speaker else None
        cleaned = Message(text, speaker or None, message.role, message.at or at or now, identity)
        if by_id.setdefault(identity, cleaned) != cleaned:
            raise InputError(
                f'Two messages have the id "{identity}" and say different things: give each an id of its own.'
            )
    return list(by_id.values())


def pieces_of(messages: Sequence[Message]) -> list[Piece]:
    """Returns the pieces of messages, in order."""
    return [piece for message in messages for piece in split_message(message)]


def split_message(message: Message) -> list[Piece]:
    """Returns the pieces of a message that `read_messages` returned: whole if short, else runs of whole sentences of
    at most `_PIECE_WORDS` words (a longer sentence is cut between clauses or words)."""
    assert message.id is not None
    spans = [(0, len(message.text))]
    if len(message.text.split()) > _PIECE_WORDS or len(message.text) > _PIECE_WORDS * 2 * _CHARACTERS_A_WORD:
        spans = _packed(message.text, _PIECE_WORDS)
    return [
        Piece(message.text[a:b], message.id, message.speaker, message.role, message.known_time, a, b)
        for a, b in spans
    ]


def gather(
    pieces: Sequence[Piece], most_words: int, gap: timedelta
) -> list[tuple[tuple[Piece, ...], tuple[str, ...]]]:
    """Returns runs of pieces of at most `most_words` words, none across a silence longer than `gap`; each with the
    last lines of the run before it, if no such silence lies between."""
    runs: list[list[Piece]] = []
    size = 0
    for piece in pieces:
        length = _length(piece.text)
        if runs and size + length <= most_words and within(gap, piece.at, runs[-1][-1].at):
            runs[-1].append(piece)
            size += length
        else:
            runs.append([piece])
            size = length
    gathered = []
    for i, run in enumerate(runs):
        follows = i > 0 and within(gap, run[0].at, runs[i - 1][-1].at)
        gathered.append((tuple(run), tuple(map(said, runs[i - 1][-LINES_BEFORE:])) if follows else ()))
    return gathered


def _checked(message: Message, number: int) -> str:
    """Returns the cleaned text of a message; raises `InputError` for what cannot be used."""
    if len(message.text) > _LONGEST_MESSAGE:
        raise InputError(
            f"Message {number} has {len(message.text):,} characters; the most is {_LONGEST_MESSAGE:,}. "
            f"Split it into several messages, or load it as a file, which is taken in in parts."
        )
    if message.id and has_control(message.id):
        raise InputError(f"Message {number}: the id has control characters in it.")
    if len(message.speaker or "") > LONGEST_NAME or len(message.id or "") > LONGEST_NAME:
        raise InputError(f"Message {number}: a speaker or id has at most {LONGEST_NAME} characters.")
    require_aware(message.known_time, f"Message {number}: at")
    return clean(message.text)


def _content_id(message: Message, text: str, seen: dict[str, int]) -> str:
    """Returns an id made from what a message says. The same words twice in one retain are two messages: the second
    has its number in its id, and gets the same one on every run."""
    said_at = message.at.isoformat() if isinstance(message.at, datetime) else message.at or ""
    content = f"{message.speaker}\0{message.role}\0{said_at}\0{text}"
    digest = hashlib.sha256(content.encode(errors="surrogatepass")).hexdigest()[:16]
    seen[digest] = seen.get(digest, 0) + 1
    return digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"


def _packed(text: str, most_words: int) -> list[tuple[int, int]]:
    """Returns the spans of runs of whole sentences of at most `most_words` words."""
    packed: list[tuple[int, int]] = []
    size = 0
    for start, end in _short_enough(text, most_words):
        length = _length(text[start:end])
        if packed and size + length <= most_words:
            packed[-1] = (packed[-1][0], end)
            size += length
        else:
            packed.append((start, end))
            size = length
    return packed


def _short_enough(text: str, most_words: int) -> list[tuple[int, int]]:
    """Returns the spans of sentences, and where one is longer than `most_words`, cuts of it between words (or
    anywhere, where a script has no blanks)."""
    spans = enriched("sentences", text, [(0, len(text))], sentences, text)
    return [span for sentence in spans for span in _slices(text, *sentence, most_words)]


def _slices(text: str, start: int, end: int, most_words: int) -> Iterator[tuple[int, int]]:
    # A stretch of this many characters is too long whatever is in it (`_length`): to count its words at each cut
    # would take time with the square of a text.
    longest = 2 * most_words * _CHARACTERS_A_WORD
    while end - start > longest or _length(text[start:end]) > most_words:
        cut = _cut(text, start, end, most_words)
        yield start, cut
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end


def _cut(text: str, start: int, end: int, most_words: int) -> int:
    """Returns where to cut a sentence that is too long: behind the last comma, or the like, that is near enough, so
    that clauses stay whole; else at the last blank, else anywhere."""
    nearest, farthest = start + most_words * 2, min(end, start + most_words * _CHARACTERS_A_WORD)
    pause = max(text.rfind(mark, nearest, farthest) for mark in _PAUSES)
    if pause > 0:
        return pause + 1
    blank = text.rfind(" ", nearest, farthest)
    return blank if blank > 0 else farthest


_PAUSES = (", ", "; ", ": ", "，", "；", "：", "、")


def _length(text: str) -> int:
    """Returns the number of words, or a sixth of the characters where blanks are rare."""
    words = len(text.split())
    if len(text) <= 2 * _CHARACTERS_A_WORD * max(1, words):
        return words
    return max(words, len(text) // _CHARACTERS_A_WORD)
