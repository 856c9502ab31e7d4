"""The built-in extractor: statements out of pieces of text, without a language model.

One statement a piece. The agent's own turns are experience, first-person judgements are belief, all else is
world. Names are found by their capitals, times by `fourfold.when`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from fourfold.language import ENGLISH, Language
from fourfold.model import Modality, Network
from fourfold.retain.chunk import Piece
from fourfold.retain.statement import Mention, Statement
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
_JUDGEMENT = re.compile(
    r"^(?:(?:but|and|so|well|honestly|yeah|yes|no|oh|hmm|personally)[, ]+)*(?:"
    r"(?P<sure>i(?:'m| am) (?:sure|certain|convinced|positive)|i know that|no doubt|definitely)"
    r"|(?P<firm>in my (?:opinion|view|experience)|i (?:strongly |firmly |truly |really )?believe|personally)"
    r"|(?P<held>i (?:really |still |also |just )?(?:think|feel|find|consider|prefer)\b|to me\b|i(?:'d| would) say"
    r"|it seems to me)"
    r"|(?P<weak>i (?:guess|suppose|assume|suspect|imagine|reckon)|maybe i)"
    r"|(?P<doubt>i (?:doubt|don'?t (?:think|believe)|hardly think)))",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?…。！？])\s+|\n+")
_LEAD = r"^(?:(?:but|and|so|well|then|honestly|yeah|yes|no|oh|hmm|anyway|ok|okay)[, ]+)*"
_WE = r"\b(?:i|we)"
_OFTEN = r" (?:really |still |so |always |just |also |now )?"
_MODALITIES = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (
            Modality.QUOTE,
            r"""^\W*["“«„].+["”»“][.!]?\W*$"""
            r"""|\b(?:said|says|told me|wrote|quoted?|goes|put it)\b[^.]{0,30}[:,]\s*["“«„]""",
        ),
        (
            Modality.HYPOTHETICAL,
            _LEAD
            + r"(?:maybe|perhaps|possibly|suppose|supposing|imagine|what if|if (?:i|we|you|he|she|they|it|only)\b"
            r"|(?:i|we|you|they|he|she) (?:could|might|may)(?! not be able)\b)"
            r"|\b(?:might as well|we could|i could maybe)\b",
        ),
        (
            Modality.WISH,
            rf"{_WE}(?:'d|’d| would)?{_OFTEN}(?:wish|hope|dream of|long to|love to|like to)\b"
            rf"|{_WE}(?:'d|’d| would){_OFTEN}(?:love|like|prefer) to\b|{_LEAD}if only\b",
        ),
        (
            Modality.PLAN,
            rf"{_WE}(?:'m|’m|'re|’re| am| are| was| were)?{_OFTEN}(?:plan(?:ning)? (?:to|on)|going to|gonna"
            r"|intend(?:ing)? to|about to|thinking (?:of|about)|hoping to|looking to)\b"
            rf"|{_WE}(?:'ll|’ll| will| shall)\b(?! (?:never forget|always be|admit|say))",
        ),
    )
)
_CONFIDENCE = {"sure": 0.9, "firm": 0.8, "held": 0.7, "weak": 0.5, "doubt": 0.6}
_AGENT_ROLES = ("assistant", "tool")


def _statement(piece: Piece, language: Language, vouched: Callable[[str], bool]) -> Statement:
    times = find_times(piece.text, piece.at, language) if asking(piece.text) < 1 else []
    network, confidence = _classify(piece)
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
        modality=modality_of(piece.text),
    )


def modality_of(text: str) -> Modality:
    """How a text is meant, by its wording (English). A text of several sentences is a fact if one of them is."""
    found = [_sentence_modality(sentence) for sentence in _SENTENCE.split(text) if sentence.strip()]
    plain = [one for one in found if one is not Modality.QUESTION] or found
    return Modality.FACT if not plain or Modality.FACT in plain else plain[0]


def _sentence_modality(sentence: str) -> Modality:
    if sentence.rstrip("\"”')] ").endswith(("?", "？")):
        return Modality.QUESTION
    return next((kind for kind, pattern in _MODALITIES if pattern.search(sentence)), Modality.FACT)


def _classify(piece: Piece) -> tuple[Network, float | None]:
    if piece.role in _AGENT_ROLES:
        return Network.EXPERIENCE, None
    for sentence in re.split(r"(?<=[.!?])\s+", piece.text):
        judged = _JUDGEMENT.match(sentence)
        if judged and not sentence.endswith("?"):
            return Network.BELIEF, _CONFIDENCE[str(judged.lastgroup)]
    return Network.WORLD, None


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
