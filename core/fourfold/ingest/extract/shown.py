"""Which part of a sentence is shown where the sentence is one of the lines that are most worth knowing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from fourfold.ingest.extract.statement import Reading
from fourfold.ingest.extract.worth import salience
from fourfold.language.clauses import Span, clauses
from fourfold.language.pack import Language
from fourfold.language.succession.verbs import text_has_verb
from fourfold.language.text import asking
from fourfold.values.statements import Kind

_LEAST_WORTH = 0.1
"""Salience below which a sentence is shown nowhere, so that its parts need no look. A guess."""
_LONG_LINE = 30
"""Words from which a sentence is too long for a line where one of its clauses tells something. A guess."""
_ASKING = 0.5
"""Probability from which a part behind a statement is taken for a request or a question: as likely as not."""

Telling = Callable[[int, int], Mapping[str, Mapping[str, float]]]
"""Returns the probabilities of each class of each head for `[start, end)` of the text."""


def shown_part(text: str, reading: Reading, tell: Telling, language: Language) -> Reading:
    """Returns the reading of a sentence, narrowed to what is worth showing of it, and how much that is: without
    what only opens it ("Oh yeah, ..."), without a request or a question behind it ("..., can you help me?"), and of
    several clauses the one that alone is worth as much as all, or the best, where all are too long for a line."""
    if reading.kind is not Kind.STATEMENT or (reading.salience or 0.0) < _LEAST_WORTH:
        return reading
    found = _without_asking(text, clauses(text, reading.start, reading.end, language), tell, language)
    spans = [(clause[0][0], clause[-1][1]) for clause in found]
    whole = (spans[0][0], spans[-1][1])
    if whole == (reading.start, reading.end) and len(spans) == 1:
        return reading

    worths = {span: salience(text[slice(*span)], tell(*span), language) for span in {whole, *spans}}
    shown = max(spans, key=worths.__getitem__)
    if worths[shown] < worths[whole] and len(text[slice(*whole)].split()) <= _LONG_LINE:
        shown = whole
    return replace(reading, start=shown[0], end=shown[1], salience=worths[shown])


def _without_asking(
    text: str, found: list[tuple[Span, ...]], tell: Telling, language: Language
) -> list[tuple[Span, ...]]:
    """Returns the clauses up to the last part that asks for nothing. What has no verb asks for nothing by itself, and
    may limit what it stands behind ("..., without lists")."""
    left = list(found)
    while len(left) > 1 or len(left[0]) > 1:
        part = left[-1][-1]
        kinds = tell(*part)["kind"]
        is_asking = kinds[Kind.REQUEST.value] + kinds[Kind.QUESTION.value] >= _ASKING
        if not is_asking or not (asking(text[slice(*part)]) or text_has_verb(text[slice(*part)], language)):
            break
        left[-1] = left[-1][:-1]
        left = [clause for clause in left if clause]
    return left
