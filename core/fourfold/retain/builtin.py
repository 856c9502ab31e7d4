"""The built-in extractor: statements out of pieces of text, without a language model.

One statement a piece. The agent's own turns are experience, first-person judgements are belief, all else is
world. Names are found by their capitals, times by `fourfold.when`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from fourfold.language import ENGLISH, Language
from fourfold.model import Network
from fourfold.retain.chunk import Piece
from fourfold.retain.statement import Mention, Statement
from fourfold.retain.wording import confidence_of, modality_of
from fourfold.text import asking
from fourfold.when import find_times


def extract(pieces: Sequence[Piece], language: Language, known: Collection[str] = ()) -> list[Statement]:
    """One statement a piece, in order. `known` are casefolded names that need no further proof to be names."""
    vouched = _inside_sentences(pieces, language) | {p.speaker.casefold() for p in pieces if p.speaker}
    return [_statement(piece, language, lambda name: name in vouched or name in known) for piece in pieces]


_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀ-Ž][\w'’&.-]*[\w]|[A-ZÀ-ÖØ-Þ]"
_NAME = re.compile(
    rf"(?:{_CAPITAL})(?:\s+(?:(?:of|de|van|von|the|la|le|du|da|bin|al)\s+)*(?:{_CAPITAL}|\d+))*"
)
_STARTS = re.compile(r"(?:^|[.!?…:;\n\"“”(\[-]\s*)$")
_NO_NAME = frozenset(
    """i i'm i've i'll i'd im ok okay hey hi hello thanks thank wow yeah yes no oh sure great cool awesome
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july
    august september october november december mr mrs ms dr lol omg btw ps congrats sounds it's that's
    what's here's there's let's you're we're they're he's she's who's how's the a an and but so if""".split()
)
_DETERMINED = re.compile(
    r"\b(?:der|die|das|de[nms]|[kmds]?eine?[mnrs]?|ihre?[mnrs]?|unse?re?[mnrs]?|eue?re?[mnrs]?|diese?[mnrs]?|jede?[mnrs]?"
    r"|welche?[mnrs]?|alle?[mnrs]?|vieler?n?|mehrere?n?|einiger?n?|weniger?n?|im|ins|am|ans|aufs|zum|zur|vom|beim|\d+"
    r"|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn)\s+(?:[a-zäöüß]+(?:e[mnrs]?)\s+)?$",
    re.IGNORECASE,
)
_AGENT_ROLES = ("assistant", "tool")


def _statement(piece: Piece, language: Language, vouched: Callable[[str], bool]) -> Statement:
    times = find_times(piece.text, piece.at, language) if asking(piece.text) < 1 else []
    network, confidence = _classify(piece, language)
    return Statement(
        text=piece.text,
        key=str(piece.start),
        messages=(piece.message,),
        at=piece.at,
        network=network,
        speaker=piece.speaker,
        start=piece.start,
        end=piece.end,
        mentions=tuple(Mention(name) for name in _names(piece, language, vouched)),
        occurred=times[0].interval if times else None,
        confidence=confidence,
        modality=modality_of(piece.text, language),
    )


def _classify(piece: Piece, language: Language) -> tuple[Network, float | None]:
    if piece.role in _AGENT_ROLES:
        return Network.EXPERIENCE, None
    confidence = confidence_of(piece.text, language)
    return (Network.WORLD if confidence is None else Network.BELIEF), confidence


def _names(piece: Piece, language: Language, vouched: Callable[[str], bool]) -> tuple[str, ...]:
    """The speaker, then the names in the text. A capital at the start of a sentence proves nothing: such a
    word counts if it is vouched for, or if it begins a name of several words."""
    found = [piece.speaker] if piece.speaker else []
    for match in _NAME.finditer(piece.text):
        name = _trimmed(match.group(), language)
        if not vouched(name.casefold()):
            name = _without_noun(match, name, language)
        if not name:
            continue
        starts = _STARTS.search(piece.text[: match.start()]) is not None and match.group().startswith(name)
        greeting, _, rest = name.partition(" ")
        if starts and vouched(rest.casefold()) and not vouched(greeting.casefold()):
            name, starts = rest, False  # "Morning Melanie!"
        if not starts or vouched(name.casefold()) or " " in name:
            found.append(name)
    return tuple(dict.fromkeys(found))


def _without_noun(match: re.Match[str], name: str, language: Language) -> str:
    """A name without a noun that has its capital as any noun has: "mein Hund Bruno", "drei kleine Kinder"."""
    if not language.noun_capitals:
        return name
    before = match.string[: match.string.index(name, match.start())]
    return name.partition(" ")[2] if _DETERMINED.search(before) else name


def _trimmed(name: str, language: Language) -> str:
    """Leading and trailing words that are no part of a name go, and a possessive 's."""
    others = frozenset() if language == ENGLISH else language.stop_words
    parts = name.split()
    while parts and _no_name(parts[0], others):
        parts.pop(0)
    while parts and _no_name(parts[-1], others):
        parts.pop()
    joined = re.sub(r"['’]s?$", "", " ".join(parts))
    return joined if len(joined) > 1 and not joined.isdigit() else ""


def _no_name(word: str, others: frozenset[str]) -> bool:
    folded = word.casefold().replace("’", "'")
    return folded in _NO_NAME or folded in others


def _inside_sentences(pieces: Sequence[Piece], language: Language) -> set[str]:
    """Casefolded names that occur with a capital within a sentence somewhere."""
    found = set()
    for piece in pieces:
        for match in _NAME.finditer(piece.text):
            name = _trimmed(match.group(), language)
            if not _STARTS.search(piece.text[: match.start()]):
                found.add(_without_noun(match, name, language).casefold())
    return found - {""}
