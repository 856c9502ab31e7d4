"""The text of a page in HTML, a line a block, without styles and scripts; what is quoted is marked as plain mail
marks it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

# Not html.parser: its time grows with the square of a page that opens tags or comments and closes none (Python 3.11).
_TAG = re.compile(r"</?(?P<name>[a-zA-Z][a-zA-Z0-9]*)[^<>]*>")
_BLOCKS = frozenset("p div br li tr h1 h2 h3 h4 h5 h6 blockquote table ul ol hr".split())
_SILENT = frozenset("style script head title".split())


def text_of_html(page: str) -> str:
    """Returns the text of a page."""
    lines: list[list[str]] = [[]]
    depths = {"silent": 0, "quote": 0}
    for is_tag, token in _tokens(page):
        if not is_tag:
            if not depths["silent"]:
                text = re.sub(r"\s+", " ", html.unescape(token))
                mark = "> " if depths["quote"] and not lines[-1] and text.strip() else ""
                lines[-1].append(mark + text)
            continue
        match = _TAG.match(token)
        name = match["name"].lower() if match else ""
        step = -1 if token.startswith("</") else 1
        if name in _BLOCKS:
            lines.append([])
        for kind, names in (("silent", _SILENT), ("quote", ("blockquote",))):
            if name in names and not token.endswith("/>"):
                depths[kind] = max(0, depths[kind] + step)
    return re.sub(r"\n{3,}", "\n\n", "\n".join("".join(line).strip() for line in lines)).strip()


def _tokens(page: str) -> Iterator[tuple[bool, str]]:
    """Yields tags (True) and the text between them; comments are left out, and what opens one and does not close it
    is text. Each character is looked at a few times at most."""
    position = 0
    last_comment_end = page.rfind("-->")
    while position < len(page):
        start = page.find("<", position)
        if start < 0:
            yield False, page[position:]
            return
        if start > position:
            yield False, page[position:start]
        if page.startswith("<!--", start) and start < last_comment_end:
            position = page.index("-->", start) + 3
            continue
        tag = _TAG.match(page, start)
        yield tag is not None, tag[0] if tag else _markup_text(page, start)
        position = tag.end() if tag else start + len(_markup_text(page, start))


def _markup_text(page: str, start: int) -> str:
    """Returns the declaration that begins here ("<!DOCTYPE html>") as a blank, or the bracket as what it is."""
    if page.startswith("<!", start):
        end = page.find(">", start, start + 200)
        if end >= 0:
            return " " * (end + 1 - start)
    return "<"
