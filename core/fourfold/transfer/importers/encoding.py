"""The encoding of a text: told by a byte order mark, else UTF-8, else by which encoding makes words of its bytes."""

from __future__ import annotations

import codecs
import re
from collections import Counter

from fourfold.transfer.importers.file_kinds import kind_by_content

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins with UTF-16's mark
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NAMES = {
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
    "gb18030": "GB 18030",
    "big5": "Big5",
    "cp932": "Shift JIS",
    "cp949": "EUC-KR",
}
"""Encodings that files have, as people call them."""
_ALPHABETS = ("cp1252", "cp1250", "cp1251")
"""Candidates by how common they are: of two that fit alike the first is taken. Windows-1252 is also what is called
Latin-1 nearly everywhere (the WHATWG's encoding standard takes one for the other)."""
_EAST_ASIAN = ("gb18030", "big5", "cp932", "cp949")
_SAMPLE = 65536
"""Bytes by which an encoding is told; a guess: some ten pages."""
_LEAST_ZEROS = 0.3
"""Of every second byte that are 0 in UTF-16 without a mark: blanks and signs are so in any script. A guess."""
_MOST_CONTROLS = 0.05
"""Of the bytes that are control characters in what is a text still. A guess, not measured: a log has colours."""
_CONTROLS = bytes(set(range(32)) - {7, 8, 9, 10, 11, 12, 13, 27, 28, 29, 30})
_WORD = re.compile(r"[^\W\d_]+")
_SIGN_IN_WORD = re.compile(r"(?<=[^\W\d_])[^\w\s\x00-\x7f’‘–—-]+(?=[^\W\d_])")
_FIRST_CYRILLIC = "\u0400"
_MOST_ODD = 0.25
"""Of what is beyond ASCII that is odd in its own alphabet, as names of products in odd case are. Measured on
 sentences of fourteen languages: 0 in their own encoding, and .31 and more where each letter has two bytes."""
_RARE = 10
"""Lines that are not UTF-8 to one that is, in a file of another encoding, by chance. A guess."""
_BINARY = "binary file (not UTF-8, nor any other encoding)"
_MAX_LINES = 5
"""Lines that a remark names. A guess, not measured."""


class NotTextError(ValueError):
    """Bytes are no text; `kind` says what they are ("PNG picture")."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"it is no text but a {kind}")
        self.kind = kind


def decode_text(data: bytes) -> tuple[str, str | None]:
    """Returns the text of a file, and a sentence about how it was read where it is not UTF-8 as it should be. Raises
    `NotTextError` for what is no text."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if encoding is None:
        kind = kind_by_content(data)
        if kind is not None:
            raise NotTextError(kind)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            return _decoded_otherwise(data)
        if "\0" not in text:
            return text, None
        encoding = _utf16_without_mark(data)
        if encoding is None and _are_controls(data):
            raise NotTextError(_BINARY)
        if encoding is None:
            return text, None
    text = data.decode(encoding, "replace").removeprefix("\ufeff")
    if text and not text.strip("\ufffd\x00"):
        raise NotTextError(_BINARY)
    if encoding == "utf-8-sig" and "\ufffd" in text:
        return _decoded_otherwise(data.removeprefix(codecs.BOM_UTF8))
    return text, _remark(encoding)


def _decoded_otherwise(data: bytes) -> tuple[str, str | None]:
    """Does what `decode_text` does for what is not UTF-8, or not all of it."""
    encoding = _utf16_without_mark(data)
    if encoding is not None:
        return data.decode(encoding, "replace"), _remark(encoding)
    if _are_controls(data):
        raise NotTextError(_BINARY)
    lines = data.split(b"\n")
    bad_lines = {number: line for number, line in enumerate(lines, 1) if not _is_utf8(line)}
    good_count = sum(not line.isascii() for line in lines) - len(bad_lines)
    # Of what another encoding wrote next to nothing is UTF-8 by chance; what is damaged is UTF-8 elsewhere.
    if _is_damaged_utf8(data) or good_count * _RARE > len(bad_lines):
        otherwise = [line for line in bad_lines.values() if not _is_damaged_utf8(line)]
        encoding = _likeliest(b"\n".join(otherwise)) if otherwise else "utf-8"
        decoded = (
            line.decode("utf-8" if number not in bad_lines or _is_damaged_utf8(line) else encoding, "replace")
            for number, line in enumerate(lines, 1)
        )
        reading = (
            f" and was read as {_NAMES[encoding]}" if otherwise else "; what is lost of it shows as \ufffd"
        )
        return "\n".join(decoded), f"It is not UTF-8 in {_named_lines(list(bad_lines))}{reading}."
    encoding = _likeliest(b"\n".join(bad_lines.values()))
    return data.decode(encoding, "replace"), _remark(encoding)


def _remark(encoding: str) -> str | None:
    return f"It is not UTF-8, and was read as {_NAMES[encoding]}." if encoding in _NAMES else None


def _named_lines(numbers: list[int]) -> str:
    names = [f"line {number}" for number in numbers[:_MAX_LINES]]
    return ", ".join(names) + (f" and {len(numbers) - _MAX_LINES} more" if len(numbers) > _MAX_LINES else "")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_damaged_utf8(data: bytes) -> bool:
    """Says whether bytes that are not UTF-8 would be but for a few, or but for a character cut off at their end."""
    text = data.decode("utf-8", "replace")
    lost = text.count("\ufffd")
    return sum(character > "\x7f" for character in text) > 2 * lost or (
        lost == 1 and text.endswith("\ufffd") and data[-1] >= 0xC2 and data[:-1].isascii()
    )


def _utf16_without_mark(data: bytes) -> str | None:
    """Returns which UTF-16 it is whose every second byte is mostly 0; None where it is none."""
    sample = data[: _SAMPLE - _SAMPLE % 2]
    if len(data) % 2 or len(sample) < 4:
        return None
    zeros_at_even, zeros_at_odd = (sample[start::2].count(0) / (len(sample) // 2) for start in (0, 1))
    if (
        max(zeros_at_even, zeros_at_odd) < _LEAST_ZEROS
        or min(zeros_at_even, zeros_at_odd) > _LEAST_ZEROS / 10
    ):
        return None
    return "utf-16-le" if zeros_at_odd > zeros_at_even else "utf-16-be"


def _are_controls(data: bytes) -> bool:
    sample = data[:_SAMPLE]
    return len(sample) - len(sample.translate(None, _CONTROLS)) > _MOST_CONTROLS * len(sample)


def _likeliest(data: bytes) -> str:
    """Returns the encoding in which the letters of `data` make words."""
    sample = data[:_SAMPLE]
    oddities = {encoding: _oddity(sample.decode(encoding, "replace")) for encoding in _ALPHABETS}
    best = min(_ALPHABETS, key=oddities.__getitem__)
    if oddities[best] <= _MOST_ODD:
        return best
    # Letters of two bytes make words in no alphabet. Not asked for the alphabets: of two of them that have the same
    # letters it takes Windows-1250, in which "à" is "ŕ".
    from charset_normalizer import from_bytes

    matches = (from_bytes(sample).best(), from_bytes(sample, cp_isolation=list(_EAST_ASIAN)).best())
    names = (match.encoding for match in matches if match is not None)
    return next((name for name in names if name in _EAST_ASIAN), best)


def _oddity(text: str) -> float:
    """Returns the share of the letters and signs beyond ASCII that no word has where they stand: signs within a word,
    letters of another script or of the wrong case, three letters on end without one of ASCII in Latin."""
    beyond = sum(character > "\x7f" for character in text)
    odd = sum(len(match[0]) for match in _SIGN_IN_WORD.finditer(text)) + text.count("\ufffd")
    for word, count in Counter(_WORD.findall(text)).items():
        letters = [letter for letter in word if letter > "\x7f"]
        if not letters:
            continue
        is_latin = all(letter < _FIRST_CYRILLIC for letter in letters)
        mixes = not is_latin and len(letters) < len(word)
        is_bare = is_latin and len(letters) == len(word) >= 3
        wrong_case = not word.istitle() and not word.isupper() and not word.islower()
        if mixes or is_bare or wrong_case:
            odd += len(letters) * count
    return odd / beyond if beyond else 0.0
