"""What the packaged heads read from the inner layers of MiniLM: of a sentence its kind, its network and how it is
meant; of a word whether it is of a name, and of what.

The heads are logistic regressions, fitted by benchmarks/fit_heads.py, which says on what (docs/adr/0023). The score
of a sentence is the mean of its tokens' and shares for its surface (`fourfold.language.surface`) and its words
(`fourfold.language.ngrams`), that of a word the mean of its pieces' and one for its look
(`fourfold.language.name_words`): in the pass that embeds the text they cost one product more.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from fourfold.language.name_words import WORD_FEATURES
from fourfold.language.surface import SURFACE_FEATURES
from fourfold.ports import Floats

LAYERS = ("layer_norm_4", "layer_norm_8")
"""The values of the packaged model that are read: the states after its second and fourth layer of six. The last
one's, which are made for likeness of content, tell less of how something is said (docs/adr/0023)."""
NAME_HEAD, TYPE_HEAD = "name", "name type"
SMALL_NAME_HEAD, SMALL_TYPE_HEAD = "small name", "small name type"
"""The same of words that are typed in small letters: in English alone, the others tell too little without them
(docs/adr/0023)."""
_WORDED = ("kind", "network", "modality", "lasting", "worth", "alone", "line")
"""The heads that weigh words as well, in the order of their columns. What a sentence tells of, and how strongly it is
held, they tell no better (docs/adr/0023)."""
_FILE = "minilm-heads.npz"
_SETS = {"en": "en", "de": "other", "fr": "other", "es": "other", "zh": "other"}
"""Which set of heads is for a language, by its code: MiniLM was made for English, and what is learned from others
blurs what it tells there (docs/adr/0023). A language that is not here is read by rules."""


@dataclass(frozen=True, slots=True)
class StatementHeads:
    """The heads of one language. `columns` gives the place of each head's columns in the scores of a token, `classes`
    what they stand for; a head of two classes has one column, for the second. `surface_weights` and `word_weights`
    (features, all columns) are for the surface of a sentence and of a word, of which a head has one alone; `bias`
    (all columns,). `ngrams` are the words and pairs of words that have weights, with their rows in `ngram_weights`,
    (their number, columns of the heads in `worded`)."""

    surface_weights: Floats
    word_weights: Floats
    bias: Floats
    ngrams: Mapping[str, int]
    ngram_weights: Floats
    worded: slice
    columns: Mapping[str, slice]
    classes: Mapping[str, tuple[str, ...]]

    def sentence_scores(self, tokens: Floats, surface: Floats, ngrams: Iterable[str]) -> Floats:
        """Returns the scores, (all columns,), of a sentence whose tokens have the scores `tokens`, (n, all
        columns)."""
        scores = _mean(tokens) + surface @ self.surface_weights + self.bias
        rows = [self.ngrams[ngram] for ngram in ngrams if ngram in self.ngrams]
        if rows:
            scores[self.worded] += self.ngram_weights[rows].sum(axis=0) / math.sqrt(len(rows))
        return scores

    def word_scores(self, tokens: Floats, features: Floats) -> Floats:
        """Returns the scores, (all columns,), of a word whose pieces have the scores `tokens`."""
        return _mean(tokens) + features @ self.word_weights + self.bias

    def tells(self, head: str) -> bool:
        """Tells whether there is such a head for the language."""
        return head in self.columns

    def probabilities(self, head: str, scores: Floats) -> dict[str, float]:
        """Returns the probability of each class of a head."""
        classes, logits = self.classes[head], scores[self.columns[head]].tolist()
        if len(classes) == 2:
            logits = [0.0, *logits]
        shares = [math.exp(logit - max(logits)) for logit in logits]
        total = sum(shares)
        return {name: share / total for name, share in zip(classes, shares, strict=True)}


def _mean(tokens: Floats) -> Floats:
    mean: Floats = tokens.mean(axis=0) if len(tokens) else np.zeros(tokens.shape[1], np.float32)
    return mean


@dataclass(frozen=True, slots=True)
class PackagedHeads:
    """The heads of all languages: `token_weights` (layers * 384, all columns) give the scores of a token from its
    states."""

    token_weights: Floats
    sets: Mapping[str, StatementHeads]

    def of_language(self, code: str) -> StatementHeads | None:
        """Returns the heads for a language; None where it has none."""
        name = _SETS.get(code)
        return None if name is None else self.sets[name]


@cache
def load_heads() -> PackagedHeads:
    """Returns the packaged heads."""
    with (files("fourfold.models") / "data" / _FILE).open("rb") as file:
        arrays = np.load(file)
        known = (tuple(arrays["surface_features"].tolist()), tuple(arrays["word_features"].tolist()))
        if known != (SURFACE_FEATURES, WORD_FEATURES) or tuple(arrays["layers"].tolist()) != LAYERS:
            raise ValueError(f"{_FILE} weighs other features: fit it anew (benchmarks/fit_heads.py)")
        surface_weights, word_weights = arrays["surface_weights"], arrays["word_weights"]
        columns: dict[str, dict[str, slice]] = {}
        classes: dict[str, dict[str, tuple[str, ...]]] = {}
        start = 0
        for row in arrays["heads"].tolist():
            set_name, head, *of_head = row.split("\t")
            end = start + (1 if len(of_head) == 2 else len(of_head))
            columns.setdefault(set_name, {})[head] = slice(start, end)
            classes.setdefault(set_name, {})[head] = tuple(of_head)
            start = end
        sets = {
            name: StatementHeads(
                surface_weights=surface_weights.astype(np.float32),
                word_weights=word_weights.astype(np.float32),
                bias=arrays["bias"].astype(np.float32),
                ngrams={
                    n: row for row, n in enumerate(arrays[f"{name} ngrams"].tobytes().decode().split("\n"))
                },
                ngram_weights=arrays[f"{name} ngram_weights"].astype(np.float32),
                worded=slice(columns[name][_WORDED[0]].start, columns[name][_WORDED[-1]].stop),
                columns=columns[name],
                classes=classes[name],
            )
            for name in columns
        }
        return PackagedHeads(arrays["token_weights"].astype(np.float32), sets)
