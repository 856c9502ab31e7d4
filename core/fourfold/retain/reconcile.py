"""Whether a statement is new to the bank: the same in the same words, the same in other words, or new.

Rules only. An unsure case is new: a statement kept twice costs little, one wrongly taken for known is lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fourfold.model import Interval
from fourfold.ports import Floats
from fourfold.text import asking, normalise, words

_PARAPHRASE = 0.82
_LEAST_WORDS = 4
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|hardly|cannot|\w+n['’]?t|unable|stopped|quit|"
    r"refus\w+|fail\w*)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What reconciling looks at in a statement: words, speaker, names, time, and the tokens of its text alone
    (n, token_dimension)."""

    text: str
    speaker: str | None
    entities: tuple[str, ...]
    occurred: Interval | None
    tokens: Floats


def same_statement(new: Draft, old: Draft) -> str | None:
    """Why `new` says nothing that `old` did not say, or None if it may say something.

    In other words means: one speaker, the same names and numbers, the same time if both give one, both or
    neither negated or asking, and token vectors that find each other (mean MaxSim in both directions).
    """
    if new.speaker != old.speaker or not _same_time(new.occurred, old.occurred):
        return None
    if normalise(new.text) == normalise(old.text):
        return "said before in the same words"
    if not _comparable(new, old):
        return None
    likeness = alike(new.tokens, old.tokens)
    return f"said before in other words (likeness {likeness:.2f})" if likeness >= _PARAPHRASE else None


def alike(a: Floats, b: Floats) -> float:
    """The smaller of the two mean MaxSims of token vectors, as cosines; 0 where there are none."""
    if not len(a) or not len(b):
        return 0.0
    similar = _unit(a) @ _unit(b).T
    return float(min(similar.max(axis=1).mean(), similar.max(axis=0).mean()))


def _comparable(new: Draft, old: Draft) -> bool:
    if set(new.entities) != set(old.entities) or _numbers(new.text) != _numbers(old.text):
        return False
    if bool(_NEGATION.search(new.text)) != bool(_NEGATION.search(old.text)):
        return False
    if (asking(new.text) > 0.5) != (asking(old.text) > 0.5):
        return False
    return min(_content(new.text), _content(old.text)) >= _LEAST_WORDS


def _content(text: str) -> int:
    return len({word.stem for word in words(text) if word.stem})


def _same_time(a: Interval | None, b: Interval | None) -> bool:
    """Neither dated, or dates that meet. A date on one side only is a difference."""
    if a is None or b is None:
        return a is b
    return (a.start is None or b.end is None or a.start < b.end) and (
        b.start is None or a.end is None or b.start < a.end
    )


def _numbers(text: str) -> list[str]:
    return sorted(re.findall(r"\d+(?:[.,:]\d+)*", text))


def _unit(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Floats = rows / np.maximum(lengths, 1e-9)
    return scaled


def mean_vectors(tokens: Sequence[Floats]) -> Floats:
    """One row a text: the mean of its token vectors, of length 1 (or all zero)."""
    dimension = max((t.shape[1] for t in tokens if t.size), default=1)
    means = np.stack([t.mean(axis=0) if t.size else np.zeros(dimension, np.float32) for t in tokens])
    return _unit(means)
