"""Tables of messages in CSV, as Discord and many programs export them. Knows nothing of what the columns mean, but
that one holds what was said."""

from __future__ import annotations

import csv
import io
import re

from fourfold.transfer.importers.fields import normal_name
from fourfold.transfer.importers.report import ReadReport

_DELIMITERS = (",", ";", "\t", "|")
_OPENING = re.compile(r'(?:^|[,;\t|])"')
"""A quotation mark that opens a cell; any other is a plain one."""
_SURPLUS = "\0"
"""Under which cells without a column are kept: a name that no column has."""
_TEXT_COLUMNS = frozenset(
    "text content contents message body note notes entry comment remark "
    "nachricht inhalt contenu mensaje texto contenido 消息 内容 消息内容".split()
)
"""Names of the column with what was said; a table without one is no chat."""


def parse_table(text: str, report: ReadReport) -> tuple[list[dict[str, str]], tuple[int, ...]] | None:
    """Returns the rows of a table of messages by the names of their columns, and the line on which each ends. None
    for a text that is no such table. A text that stands last and has the delimiter in it is taken whole; what else is
    too much in a row is noted in `report`."""
    head = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=head.count)
    rows: list[dict[str, str]] = []
    lines: list[int] = []
    try:
        rows_text = _with_closed_quotes(text, report)
        reader = csv.DictReader(io.StringIO(rows_text), delimiter=delimiter, restkey=_SURPLUS)
        names = [name for name in reader.fieldnames or () if name]
        if len(names) < 2 or _TEXT_COLUMNS.isdisjoint(map(normal_name, names)):
            return None
        for row in reader:
            surplus = row.pop(_SURPLUS, None)
            if surplus and normal_name(names[-1]) in _TEXT_COLUMNS:
                row[names[-1]] = delimiter.join([row[names[-1]], *surplus])
            elif surplus and any(surplus):
                report.skip(
                    f"line {reader.line_num}", f"more cells than columns: {delimiter.join(surplus)!r:.80}"
                )
            rows.append({name: row[name] for name in names if row.get(name) is not None})
            lines.append(reader.line_num)
    except csv.Error:  # a cell of more than 128 kB, mostly a quotation mark that nothing closes
        return None
    return rows, tuple(lines)


def _with_closed_quotes(text: str, report: ReadReport) -> str:
    """Returns a table in which a quotation mark that nothing closes is a plain one: it would make all that follows
    part of its cell."""
    if text.count('"') % 2 == 0:
        return text
    lines = text.split("\n")
    is_open, opened_at = False, 0
    for number, line in enumerate(lines):
        if line.count('"') % 2:
            is_open, opened_at = not is_open, opened_at if is_open else number
    if not is_open or not _OPENING.search(lines[opened_at]):
        return text
    report.remark(
        f"Line {opened_at + 1} has a quotation mark that nothing closes, which was read as a plain one."
    )
    lines[opened_at] = _with_plain_quote(lines[opened_at], lines[0])
    return "\n".join(lines)


def _with_plain_quote(line: str, head: str) -> str:
    """Returns a row with the quotation mark made plain that nothing closes: the one without which the row has as many
    cells as the `head`; all of them where no single one is that."""
    delimiter = max(_DELIMITERS, key=head.count)
    columns = head.count(delimiter) + 1
    for opening in _OPENING.finditer(line):
        mended = f"{line[: opening.end() - 1]}\u201d{line[opening.end() :]}"
        if mended.count('"') % 2 == 0 and len(next(csv.reader([mended], delimiter=delimiter))) == columns:
            return mended
    return line.replace('"', "\u201d")
