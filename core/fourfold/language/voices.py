"""Whose words a text holds: what of it is quoted, drafted for somebody else, to be translated, or said in a story.
Nothing in it is a claim of its speaker. Looked for in all languages at once, since people mix them."""

from __future__ import annotations

import re
from collections import deque
from functools import lru_cache

from fourfold.language.languages import PatternField, matches_any
from fourfold.language.text import sentences


@lru_cache(maxsize=4096)
def borrowed_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Returns the `[start, end)` of each part of a message that is not said for its speaker: mail lines that begin
    with ">", whole sentences in quotation marks, sentences of a story, of somebody else, or that ask for a draft or a
    translation, and those that a sentence behind them on their line takes back. What stands behind the colon of such
    a request, or behind one for a text that somebody else says, belongs to it up to the end of the text; what a
    figure says up to the end of the line, or, where its colon ends a line, of what stands below."""
    if _QUOTED.fullmatch(text.strip()):
        return ((0, len(text)),)
    spans = [match.span() for pattern in (_QUOTED_LINE, _SPOKEN) for match in pattern.finditer(text)]
    spans += [match.span() for match in _INNER_SPEECH.finditer(text) if _is_speech(match[1])]
    if header := _MAIL_HEADER.search(text):
        spans.append((header.start(), len(text)))
    # Sentences come in order, so how far the spans that begin before one reach is all there is to know of them.
    ahead, covered_to, taken_back = deque(sorted(spans)), 0, dict[int, int]()
    for start, end in sentences(text):
        while ahead and ahead[0][0] <= start:
            covered_to = max(covered_to, ahead.popleft()[1])
        if start < covered_to:
            continue
        if _takes_back(text[start:end]):
            taken_back[text.rfind("\n", 0, start) + 1] = start
            continue
        span_end = _borrowed_end(text, start, end)
        if span_end is not None:
            spans.append((start, span_end))
            covered_to = span_end
    return tuple(sorted([*spans, *taken_back.items()]))


def _borrowed_end(text: str, start: int, end: int) -> int | None:
    """Returns how far what the sentence `[start, end)` says is not said for its speaker; None if it is."""
    opening = text[start : min(end, start + _LONGEST_OPENING)]
    voice = _voice(opening)
    if voice is None:
        return len(text) if _announces_words_of_another(opening) else None
    if voice == "enacted":
        return len(text)
    quoted_to = _closing_mark(text, start, end)
    if voice == "drafted":
        is_opened = _OPENED.search(opening) is not None or matches_any("for_another", opening)
        return quoted_to or (len(text) if is_opened else end)
    if quoted_to or _OPENED.search(opening) is None:
        return quoted_to or end
    if text[end - 1] in _COLONS:
        below = _BELOW.match(text, end)
        return len(text) if below is None else below.end()
    line_end = text.find("\n", end)
    return len(text) if line_end < 0 else line_end


def _is_speech(quotation: str) -> bool:
    """Tells whether somebody speaks of himself in a quotation, and it is no title ("My Brilliant Friend")."""
    return _RUNNING_TEXT.search(quotation) is not None and matches_any("first_person", quotation)


def _takes_back(sentence: str) -> bool:
    """Tells whether a sentence says of what stands before it that it is no claim of its speaker. One with a colon is
    about what stands behind that."""
    is_short = len(sentence) <= _LONGEST_OPENING
    return is_short and _OPENED.search(sentence) is None and matches_any("taken_back", sentence)


@lru_cache(maxsize=4096)
def _announces_words_of_another(opening: str) -> bool:
    """Tells whether a sentence asks for a text that somebody else says ("Write a mail for Bob."), or names one before
    its colon ("Bob's message:")."""
    announcement = _ANNOUNCEMENT.match(opening)
    if announcement is not None and matches_any("texts", announcement[1]):
        return matches_any("for_another", announcement[1])
    request = opening.rstrip(_SENTENCE_ENDS)
    return matches_any("for_another", request) and matches_any("drafted", f"{request}:")


@lru_cache(maxsize=4096)  # a sentence is looked at in its message, and by itself
def _voice(opening: str) -> PatternField | None:
    """Returns what the opening of a sentence shows of whose words these are; None for its speaker's own."""
    voices: tuple[PatternField, ...] = ("drafted", "enacted", "of_others")
    return next((voice for voice in voices if matches_any(voice, opening)), None)


def _closing_mark(text: str, start: int, end: int) -> int | None:
    """Returns where the sentence `[start, end)` ends, or the quotation that opens behind its colon if that is later;
    None if none does, or if it is not closed. What stands behind the marks is the speaker's own again."""
    opened = _OPENED_QUOTATION.search(text, start, min(end, start + _LONGEST_OPENING))
    if opened is None:
        return None
    closed = re.compile(_CLOSING_MARKS[opened[1]]).search(text, opened.end())
    return None if closed is None else max(end, closed.end())


@lru_cache(maxsize=4096)
def request_end(text: str) -> int | None:
    """Returns where the first sentence ends that asks for a text ("Write a profile for Kim."); None without one. What
    stands behind it may be what that text should say, and need not be true of its speaker."""
    for start, end in sentences(text):
        request = text[start : min(end, start + _LONGEST_OPENING)].rstrip(_SENTENCE_ENDS)
        # The same words as before a draft that follows a colon, in every language.
        if matches_any("drafted", f"{request}:"):
            return end
    return None


def is_borrowed(text: str) -> bool:
    """Tells whether a statement, as a whole or in part, is not said for its speaker."""
    return bool(borrowed_spans(text))


_LONGEST_OPENING = 400
"""Characters at the start of a sentence that tell whose words it holds. A guess, not measured."""
_QUOTED_LINE = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_MAIL_HEADER = re.compile(
    r"^(?:From|To|Subject|Von|An|Betreff|De|Objet|Asunto|发件人|主题)[ ]?[:：] ?\S.*\n|^-+ ?(?:Original|Forwarded) ",
    re.MULTILINE,
)
"""The head of a mail that somebody pasted."""
_QUOTED = re.compile(r"'[^'\n]{3,400}[.!]?'[.!]?")
"""A text in single quotation marks; the others are known as a quotation by `modality_of`."""
_SENTENCE_ENDS = " .!?…。！？"
_COLONS = ":："
_OPENED = re.compile(rf"[{_COLONS}]")
_ANNOUNCEMENT = re.compile(rf"([^{_COLONS}\n]{{1,80}}?)(?:[{_COLONS}]|\s[-–—]\s)")
"""What stands before a colon or a dash."""
_RUNNING_TEXT = re.compile(r"[a-zà-ÿ] [a-zà-ÿ]|[\u3400-\u9fff]")
_INNER_SPEECH = re.compile(r"[\"“„«]([^\"“”„«»\n]{2,300})[\"“”»]")
_BELOW = re.compile(r"\n[^\n]*\S[^\n]*(?:\n[^\n]*\S[^\n]*)*+(?=\n\s*\n)")
"""The lines right below one, up to an empty line that something follows. Of a letter, which an empty line parts from
what announces it, all that follows is a part."""
_SPOKEN = re.compile(
    r"(?:^|(?<=[.!?:,…。！？：，\n])|(?<=[.!?:,…]\s))"
    r"(?:\"[^\"\n]{2,600}[.!?…,]\"|[“„][^“”„\n]{2,600}[.!?…。！？,][“”]|«[^«»\n]{2,600}[.!?…,]\s?»|「[^「」\n]{2,600}[。！？…]」)"
)
"""Sentences in quotation marks: a title within a sentence ("The Dead") has no sentence's end before its mark."""
_CLOSING_MARKS = {
    '"': '"', "“": "[”“]", "„": "[“”]", "«": "»", "»": "«", "‹": "›", "「": "」", "『": "』",
    "‘": r"’(?!\w)", "'": r"'(?!\w)",
}  # fmt: skip
"""What closes a quotation that each mark opens; an apostrophe within a word does not."""
_OPENED_QUOTATION = re.compile(rf"[:：]\s{{0,4}}([{''.join(_CLOSING_MARKS)}])")
