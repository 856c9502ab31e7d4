"""The text of a mail taken apart: the sender's own words, what is quoted, what is passed on, the signature. Knows
nothing of heads and parts."""

from __future__ import annotations

import re
from dataclasses import dataclass

_QUOTED = re.compile(r"^ ?>")
_ATTRIBUTION = re.compile(r"[:：]\s*$")
"""How a line ends that says whom the lines under it quote, in whatever language."""
_ATTRIBUTION_LINES = 3
"""Lines that it may be broken into. A guess: an address and a date in two languages."""
_CITES = re.compile(r"\d|@")
"""What such a line has where it is broken into several: a date, or an address."""
_SENTENCE_BORDER = re.compile(r"[.!?]\s")
_SIGNATURE = re.compile(r"^-- ?$")
_ORIGINAL = re.compile(
    r"^\s*(?:-{2,}|_{5,})\s*(?:Original Message|Urspr.ngliche Nachricht|Message d.origine|Mensaje original"
    r"|Mensagem original|原始邮件)\s*-*\s*$",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"^\s*(?:-{3,}\s*(?:Forwarded message|Weitergeleitete Nachricht|Message transf.r.|Mensaje reenviado"
    r"|Forwarded by .*|转发的邮件)\s*-*|Begin forwarded message:)\s*$",
    re.IGNORECASE,
)
_RULE = re.compile(r"^_{10,}$")
_FIELD = re.compile(r"^[>* ]*\*?(?P<name>[^\W\d_][\w -]{1,15})\s*[:：]\*?\s*(?P<value>\S.*)$")
_FROM = frozenset("from von de expéditeur expediteur remitente da 发件人".split())
_DATE = frozenset("date sent datum gesendet envoyé envoye fecha enviado data 日期 发送时间".split())
"""How the programs call the sender and the date at the head of what they quote or pass on: in our five languages, and
in Italian and Portuguese, whose names are the same."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What somebody else wrote and the sender passes on: who and when, as far as its head says."""

    text: str
    sender: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class MailText:
    """A mail's text: the sender's own words, what is passed on, and how many lines are quoted."""

    own: str
    forwarded: tuple[Passage, ...] = ()
    quoted_lines: int = 0


def own_passages(text: str, *, passed_on: bool = True) -> MailText:
    """Takes the text of a mail apart; without `passed_on` what is passed on in it is left out."""
    lines = text.split("\n")
    own: list[str] = []
    quoted = 0
    for number, line in enumerate(lines):
        if _FORWARDED.match(line):
            rest = lines[number + 1 :]
            passages = (_passage(rest),) if passed_on else ()
            return MailText(_joined(own), passages, quoted)
        if _ORIGINAL.match(line) or (_begins_head(lines, number) and own):
            return MailText(_joined(own), (), quoted + sum(bool(each.strip()) for each in lines[number:]))
        if _SIGNATURE.match(line):
            # Under a reply that stands below what it quotes, nothing follows but the signature.
            quoted += sum(bool(_QUOTED.match(each)) for each in lines[number:])
            break
        if _QUOTED.match(line):
            quoted += 1
            _drop_attribution(own)
        else:
            own.append(line)
    return MailText(_joined(own), (), quoted)


def _begins_head(lines: list[str], number: int) -> bool:
    """Says whether the head of a quoted mail begins here, as Outlook puts it under a reply without any mark."""
    names = []
    for line in lines[number : number + 6]:
        field = _FIELD.match(line)
        if field is None:
            break
        names.append(field["name"].strip().casefold())
    starts_here = (
        _RULE.match(lines[number]) is not None
        and number + 1 < len(lines)
        and bool(_FIELD.match(lines[number + 1]))
    )
    if starts_here:
        return _begins_head(lines, number + 1)
    return len(names) >= 3 and names[0] in _FROM and not _DATE.isdisjoint(names)


def _drop_attribution(own: list[str]) -> None:
    """Takes off the line that says whom the quoted lines are from ("On 4 Feb 2023, Ana wrote:")."""
    end = len(own)
    while end and not own[end - 1].strip():
        end -= 1
    if not end or not _ATTRIBUTION.search(own[end - 1]):
        return
    start = end - 1
    while start and end - start < _ATTRIBUTION_LINES and own[start - 1].strip():
        start -= 1
    for number in range(end - 1, start - 1, -1):
        if _CITES.search(" ".join(own[number:end])):
            del own[number:]
            return
    if not _SENTENCE_BORDER.search(own[end - 1]):  # "Ana wrote:", and no "I moved. You asked:"
        del own[end - 1 :]


def _passage(lines: list[str]) -> Passage:
    """Returns what is passed on, whose head ends at a blank line."""
    sender = date = None
    start = 0
    for number, line in enumerate(lines):
        field = _FIELD.match(line)
        if field is None:
            start = number
            if line.strip() or sender or date:
                break
            continue
        name = field["name"].strip().casefold()
        if name in _FROM:
            sender = (
                re.sub(r"\s*[<\[(][^<>]*@[^<>]*[>\])]", "", field["value"]).strip("\"'* ") or field["value"]
            )
        elif name in _DATE:
            date = field["value"].strip("* ")
    passed_on = "\n".join(re.sub(r"^> ?", "", line) for line in lines[start:])
    # Only its own words: a mail that was passed on a thousand times is no tower of a thousand calls.
    text = own_passages(passed_on, passed_on=False).own
    return Passage(text, sender, date)


def _joined(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()
