"""What a file is that holds no text, by the bytes it begins with or, where these are not known, by its suffix."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import PurePath

_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n", "PNG picture"),
    (0, b"\xff\xd8\xff", "JPEG picture"),
    (0, b"GIF8", "GIF picture"),
    (8, b"WEBP", "WebP picture"),
    (0, b"II*\x00", "TIFF picture"),
    (0, b"MM\x00*", "TIFF picture"),
    (4, b"ftypheic", "HEIC picture"),
    (4, b"ftypmif1", "HEIC picture"),
    (4, b"ftypavif", "AVIF picture"),
    (4, b"ftypM4A", "MPEG-4 sound file"),
    (4, b"ftyp", "MPEG-4 video"),
    (8, b"WAVE", "WAV sound file"),
    (8, b"AVI ", "AVI video"),
    (0, b"\x1aE\xdf\xa3", "Matroska or WebM video"),
    (0, b"OggS", "Ogg sound file"),
    (0, b"fLaC", "FLAC sound file"),
    (0, b"#!AMR", "AMR sound file"),
    (0, b"ID3", "MP3 sound file"),
    (0, b"\xff\xfb", "MP3 sound file"),
    (0, b"%PDF-", "PDF document"),
    (0, b"{\\rtf", "RTF document"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Microsoft Office or Outlook file"),
    (0, b"!BDN", "Outlook mail file (PST)"),
    (0, b"PK\x03\x04", "zip archive"),
    (0, b"\x1f\x8b", "gzip archive"),
    (0, b"BZh", "bzip2 archive"),
    (0, b"\xfd7zXZ\x00", "xz archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "7-Zip archive"),
    (0, b"Rar!\x1a\x07", "RAR archive"),
    (0, b"\x28\xb5\x2f\xfd", "Zstandard archive"),
    (257, b"ustar", "tar archive"),
    (0, b"SQLite format 3\x00", "SQLite database"),
    (0, b"PAR1", "Parquet table"),
    (0, b"bplist00", "binary property list"),
    (0, b"\x7fELF", "program"),
    (0, b"MZ\x90\x00", "program"),
    (0, b"wOFF", "font"),
    (0, b"wOF2", "font"),
)
"""Where a kind of file has which bytes. The more telling come first: "ftyp" begins pictures as well."""
_OWN_MARKS = (b"%PDF-", b"{\\rtf")
"""Marks in plain characters that no text begins with, of files that may have no other bytes in their heads."""
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\f\r"))
_BY_SUFFIX = {
    ".jpg": "JPEG picture",
    ".jpeg": "JPEG picture",
    ".svg": "SVG picture",
    ".opus": "Ogg sound file",
    ".mp3": "MP3 sound file",
    ".mp4": "MPEG-4 video",
    ".mov": "MPEG-4 video",
    ".docx": "Word document",
    ".xlsx": "Excel workbook",
    ".pptx": "PowerPoint presentation",
    ".odt": "OpenDocument file",
    ".epub": "EPUB book",
    ".vcf": "contact card",
    ".ics": "calendar",
}
HEAD_LENGTH = 512
"""Bytes by which a kind is told: a tar archive has its mark behind the head of its first member."""


def kind_by_content(data: bytes) -> str | None:
    """Returns what a file is that begins with `data` ("PNG picture"); None where that is not known, as of any
    text."""
    head = data[:HEAD_LENGTH]
    is_plain = len(head.translate(None, _CONTROLS)) == len(head)
    # A text may say "ID3 tags", "the ftyp box" or "Project WAVE": letters are a mark among other bytes alone.
    return next(
        (
            kind
            for at, mark, kind in _SIGNATURES
            if head[at : at + len(mark)] == mark
            and not (is_plain and mark.isascii() and mark not in _OWN_MARKS)
        ),
        None,
    )


def kind_of_file(name: str, data: bytes = b"") -> str:
    """Returns what a file is by its first bytes, by its suffix, or in general: "PNG picture", "file of another kind
    (.xyz)"."""
    suffix = PurePath(name).suffix.lower()
    by_content, by_suffix = kind_by_content(data), _BY_SUFFIX.get(suffix)
    # Office programs keep their documents in zip archives.
    kind = by_suffix or by_content if by_content in (None, "zip archive") else by_content
    return kind or (f"file of another kind ({suffix})" if suffix else "file of another kind")


def office_kind(members: Collection[str]) -> str | None:
    """Returns what a zip archive with these `members` is, where it is one document to its owner."""
    by_member = {
        "word/document.xml": "Word document",
        "xl/workbook.xml": "Excel workbook",
        "ppt/presentation.xml": "PowerPoint presentation",
        "META-INF/container.xml": "EPUB book",
        "META-INF/manifest.xml": "OpenDocument file",
        "META-INF/MANIFEST.MF": "Java archive",
        "AndroidManifest.xml": "Android app",
    }
    return next((kind for member, kind in by_member.items() if member in members), None)
