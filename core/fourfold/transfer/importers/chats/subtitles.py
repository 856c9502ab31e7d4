"""Recordings as Teams, Zoom, Google Meet and others transcribe them: WebVTT and SubRip (SRT)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from fourfold.transfer.importers.chats.cues import Cue, messages_of, offset_of
from fourfold.transfer.importers.chats.labels import no_speakers
from fourfold.transfer.importers.importer import ImportedDocument, SourceFile
from fourfold.transfer.importers.texts.heading import date_of_heading
from fourfold.transfer.importers.times import date_in_name

_CLOCK = r"(?:\d{1,4}:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,3})?"
_TIMING = re.compile(rf"\s*({_CLOCK})\s*-->\s*{_CLOCK}.*")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]*)>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<\d[\d:.]*>|\{\\an?\d\}")
_NAMED = re.compile(r"(?:>>\s*)?\[?(?P<name>[^\W_][\w .,'’()&@-]{0,58}?)\]?:\s+(?P<text>\S.*)", re.DOTALL)
"""A speaker before a colon, as Zoom writes it, also "[Ana]: " and ">> ANA: "."""
_MAX_NAME_WORDS = 5
"""Words of a speaker's name. A guess: "Speaker 1 (Room B)"."""


class Subtitles:
    """Reads the transcript of a recording as one document, called as the file is."""

    name = "subtitles"
    reads = "transcripts in WebVTT or SRT"

    def matches(self, source: SourceFile) -> bool:
        """Says whether the file begins as WebVTT, or one of the first lines is a cue's timing."""
        if source.is_json:
            return False
        lines = source.text.lstrip("\ufeff \n").split("\n", 8)[:8]
        return lines[0].startswith("WEBVTT") or any(_TIMING.fullmatch(line) for line in lines)

    def read(self, source: SourceFile) -> Iterator[ImportedDocument]:
        """Yields the one document. When it was recorded is in the file's name or its head, or is not known."""
        blocks = re.split(r"\n[ \t]*\n", source.text.lstrip("\ufeff"))
        asides = _asides(blocks)
        cues: list[Cue] = []
        head: list[str] = []
        for block in blocks:
            lines = block.strip("\n").split("\n")
            cue = _cue(lines, asides)
            if cue is not None:
                cues += cue
            elif not cues:
                head.append(block)
            elif block.strip() and not block.startswith(("NOTE", "STYLE", "REGION")):
                # A blank line within a cue: the text goes on.
                cues[-1] = Cue(f"{cues[-1].text} {_plain(block)}", cues[-1].speaker, cues[-1].start)
        begins_at = date_of_heading("\n".join(head)) or date_in_name(source.path.name)
        spoken_cues = _with_speakers(cue for cue in cues if cue.text)
        yield ImportedDocument(source.name, tuple(messages_of(spoken_cues, begins_at)))


def _with_speakers(cues: Iterable[Cue]) -> Iterator[Cue]:
    """Yields the cues, each without a speaker with the one before it: captions name a speaker where he changes."""
    speaker: str | None = None
    for cue in cues:
        speaker = cue.speaker or speaker
        yield replace(cue, speaker=speaker)


def _asides(blocks: Iterable[str]) -> frozenset[str]:
    """Returns the labels before a colon that are part of what is said ("Price: 5 euros")."""
    cues = [cue for block in blocks for cue in _cue(block.strip("\n").split("\n")) or ()]
    labelled = [(cue.speaker, cue.text) for cue in cues if cue.speaker]
    head = "\n".join(block for block in blocks if "-->" not in block)
    return no_speakers(labelled, [label for label, _ in labelled if label in head])


def _cue(lines: list[str], asides: frozenset[str] = frozenset()) -> list[Cue] | None:
    """Returns what is said in a block, by one speaker or several; None for one that has no timing. `asides` are
    labels that name no speaker."""
    number = next((number for number, line in enumerate(lines[:3]) if _TIMING.fullmatch(line)), None)
    if number is None:
        return None
    timing = _TIMING.fullmatch(lines[number])
    assert timing is not None
    start = offset_of(timing[1])
    payload = "\n".join(lines[number + 1 :])
    # Teams names who speaks in a tag of WebVTT, Zoom and most others before a colon.
    voices = list(_VOICE.finditer(payload))
    if voices:
        ends = [voice.start() for voice in voices[1:]] + [len(payload)]
        return [
            Cue(_plain(payload[voice.end() : end]), html.unescape(voice[1]).strip() or None, start)
            for voice, end in zip(voices, ends, strict=True)
        ]
    cues: list[Cue] = []
    for line in payload.split("\n"):
        text = _plain(line).removeprefix("- ")
        speaker_match = _NAMED.fullmatch(text)
        name = speaker_match["name"].strip() if speaker_match else ""
        if speaker_match and name not in asides and len(name.split()) <= _MAX_NAME_WORDS:
            cues.append(Cue(speaker_match["text"], name, start))
        elif cues:
            cues[-1] = Cue(f"{cues[-1].text} {text}".strip(), cues[-1].speaker, start)
        else:
            cues.append(Cue(text, None, start))
    return cues


def _plain(text: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", text)).split())
