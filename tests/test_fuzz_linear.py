"""What reads a text takes time in proportion to its length. Judged by the ratio of two measurements of one run, so
that no test depends on how fast a machine is."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pytest

from fourfold import Memory
from fourfold.consolidate import extracts
from fourfold.ingest.chunking import split_message
from fourfold.ingest.compare import deduplicate
from fourfold.ingest.compare.deduplicate import ComparedStatement, same_statement
from fourfold.ingest.extract.rules import extract
from fourfold.ingest.extract.spans import statement_spans
from fourfold.integrations.turn import strip_blocks
from fourfold.language.attributes import AttributedText, assertions
from fourfold.language.clauses import clauses, has_main_clause
from fourfold.language.dates import find_times
from fourfold.language.languages import detect, language, matches_any
from fourfold.language.modality import confidence_of, modality_of
from fourfold.language.person_names import keys
from fourfold.language.stance import clauses_of
from fourfold.language.succession.reading import read_claims
from fourfold.language.text import (
    asking,
    canonical,
    clean,
    counts,
    estimate_tokens,
    index_terms,
    normalise,
    sentences,
    words,
)
from fourfold.language.voices import borrowed_spans
from fourfold.testing import HashEmbedder, MemoryStore
from fourfold.transfer.importers.texts.mail_body import own_passages
from fourfold.values.chunks import Piece
from fourfold.values.redaction import redact, redaction_rules
from fourfold.values.units import Message

AT = datetime(2024, 5, 1, tzinfo=UTC)
LANGUAGES = [language(code) for code in ("en", "de", "fr", "es", "zh")]
SECRETS = redaction_rules(["secrets"])
# What is repeated: one letter, capitals, brackets, digits, quotes, blanks, words of dates, beginnings of patterns.
PLAIN = ["a", "A", "(", "1", '"', " ", "May ", "\n", "> a\n", "a "]
# What opens something that then does not end, or ends once.
OPENINGS = ["? ", "(", "[", '"', "“", "```", "http://", "a@", "> ", "Ana said: ", "- ", "In my novel: "]
KINDS = [
    *PLAIN,
    *"""A |Anna Maria |([{)]}|“”|12 |1.|1/2/|. |a.|? |a? |a@|@|-|_|'|’s |in May |Monday to |3 May - |2022-|last
not |i |I will |I think |my x |x is y |from |of |中|我住在|三月|👍🏽|é|http://|/a|5€ |sk-a|eyJ|password is |-----BEGIN
4 |4111 1111 |Mr. |A de |said, "|> a|[held back: |ich werde |vor 3 Tagen |der Hund |since |between May and |A中a1 |a,
a: |\t|\u200b|\u0301""".replace("\n", "|").split("|"),
    "---- Forwarded message ----\n",
    "<memory-profile> ",
    "from Monday to ",
    "from May to ",
]
# What only a sign behind it keeps from being one thing: a pattern tries all ways through it before it gives up.
BLOCKED = ["x", "!"]

Read = Callable[[str], object]


def _compare_with_one_word_more(text: str) -> object:
    """Compares a statement with one that has its words and another, so that all that tells two apart is looked at."""
    for cache in (deduplicate._content, deduplicate._particulars, canonical):
        cache.cache_clear()  # each text is read once a statement: that once is what is measured
    statement = f"Ana likes green tea from Porto {text}"
    new, old = (ComparedStatement(each, "Ana", (), None, None) for each in (statement, f"{statement} anew"))
    return same_statement(new, old, lambda: _VECTORS, lambda: _VECTORS, LANGUAGES[0])


_VECTORS = np.ones((1, 2), dtype=np.float32)
# Whole messages come to these: up to a megabyte of them is measured. Other functions see a piece of a message,
# of 1,440 characters at most; here it is one of 4,000.
OF_MESSAGES: dict[str, Read] = {
    "detect": lambda text: detect([text]),
    "clean": clean,
    "sentences": sentences,
    "split_message": lambda text: split_message(Message(text, "Ana", "user", AT, "1")),
    "redact": lambda text: redact(text, SECRETS, Counter()),
    "normalise": normalise,
    "estimate_tokens": estimate_tokens,
    "asking": asking,
    "own_passages": own_passages,
    "canonical": canonical.__wrapped__,
    "statement_spans": lambda text: statement_spans(text, LANGUAGES[0]),
    "strip_blocks": strip_blocks,
    "borrowed_spans": borrowed_spans.__wrapped__,
    "read_claims": lambda text: read_claims.__wrapped__(text, LANGUAGES[0]),
}
OF_PIECES: dict[str, Read] = {
    "extract": lambda text: [
        extract([Piece(text, "1", "Ana", "user", AT, 0, len(text))], each) for each in LANGUAGES
    ],
    "find_times": lambda text: [find_times(text, AT, each) for each in LANGUAGES],
    "find_times, asked": lambda text: [find_times(text, AT, each, range(2020, 2024)) for each in LANGUAGES],
    "modality": lambda text: [modality_of.__wrapped__(text, each) for each in LANGUAGES],
    "confidence": lambda text: [confidence_of(text, each) for each in LANGUAGES],
    "clauses": lambda text: [list(clauses_of(text, ("Ana",), each)) for each in LANGUAGES],
    "clauses that stand alone": lambda text: [
        (clauses(text, 0, len(text), each), has_main_clause(text, each)) for each in LANGUAGES
    ],
    "index_terms": lambda text: [index_terms(text, words(text, each), each) for each in LANGUAGES],
    "assertions": lambda text: assertions.__wrapped__(AttributedText(text, "Ana")),
    "counts": counts,
    "same_statement": _compare_with_one_word_more,
    "question": lambda text: [matches_any("asks_when", text), matches_any("asks_before", text)],
    "preference": lambda text: [matches_any("preference", text), matches_any("quotation", text)],
    "names, for summaries": extracts._without_vocatives,
    "keys of a name": lambda text: sum(map(len, keys(text))),
}
_NOISE = 0.003
"""Seconds of processor time below which a measurement tells nothing."""
_STEEP = 9.0
"""Ratio from which four times the text takes more than its share: 4 where the time is linear, 16 where it grows with
the square. In between lies what allocating more costs (5 to 7, measured)."""


def _seconds(read: Read, text: str, attempts: int) -> float:
    best = float("inf")
    for _ in range(attempts):
        began = time.process_time()
        read(text)
        best = min(best, time.process_time() - began)
    return best


def _is_steep(read: Read, kind: str, length: int) -> bool:
    """Tells whether four times a text of `length` characters takes far more than four times as long."""
    short, long = (kind * (times * length // len(kind)) for times in (1, 4))
    seconds = _seconds(read, long, 1)
    if seconds < _NOISE * 4 or seconds <= _STEEP * max(_NOISE, _seconds(read, short, 1)):
        return False
    # Measured again, more often, where it looks steep: the machine may just have been busy.
    return _seconds(read, long, 3) > _STEEP * max(_NOISE, _seconds(read, short, 3))


@pytest.mark.slow
@pytest.mark.parametrize("name", OF_MESSAGES)
def test_a_message_is_read_in_time_in_proportion_to_it(name: str) -> None:
    assert [kind for kind in KINDS if _is_steep(OF_MESSAGES[name], kind, 25_000)] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [*OF_MESSAGES, "same_statement"])
def test_a_megabyte_is_read_in_time_in_proportion_to_it(name: str) -> None:
    read = (OF_MESSAGES | OF_PIECES)[name]
    assert [kind for kind in PLAIN if _is_steep(read, kind, 250_000)] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", OF_MESSAGES)
def test_what_opens_and_does_not_end_is_read_in_time_in_proportion_to_it(name: str) -> None:
    read = OF_MESSAGES[name]
    for opening in OPENINGS:

        def read_opened(text: str, opening: str = opening) -> object:
            return read(opening + text)

        assert [kind for kind in PLAIN if _is_steep(read_opened, kind, 10_000)] == [], opening


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind for kind in PLAIN if kind.strip()])
def test_a_message_is_retained_and_asked_for_in_time_in_proportion_to_it(kind: str) -> None:
    with Memory(MemoryStore(), HashEmbedder()) as memory:
        names = iter(range(100))

        def retain_and_recall(text: str) -> None:
            bank = memory.bank(str(next(names)))
            bank.retain(text)
            bank.recall(text)

        assert not _is_steep(retain_and_recall, kind, 16_000)


@pytest.mark.slow
@pytest.mark.parametrize("name", OF_PIECES)
def test_the_longest_piece_is_read_in_time_in_proportion_to_it(name: str) -> None:
    assert [kind for kind in KINDS if _is_steep(OF_PIECES[name], kind, 1_000)] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", OF_PIECES)
def test_the_longest_piece_that_a_sign_ends_is_read_in_time_in_proportion_to_it(name: str) -> None:
    for sign in BLOCKED:

        def read_blocked(text: str, sign: str = sign) -> object:
            return OF_PIECES[name](text + sign)

        assert [kind for kind in KINDS if _is_steep(read_blocked, kind, 500)] == [], sign
