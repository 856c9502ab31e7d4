"""Fits the model that tells changes from details where no rule does (`fourfold.language.succession_score`): a
logistic regression over the labelled pairs of tests/data and pairs drawn across their topics, which stand side by
side.

    python benchmarks/fit_succession.py ../shared/data/locomo-dev.json ../shared/data/beam-dev.json ... [--write]

Prints what is found and taken wrongly with whole topics left out in turn, what the pairs held back give, and the
weights; `--write` puts the direction into the package. Talks of `shared/data` are measured on and never learned from:
not all of their licences allow it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from competing import Pair, Statement, draw, statements
from machine import describe
from numpy.typing import NDArray

from fourfold.language.claim_reading import read_claims
from fourfold.language.languages import language
from fourfold.language.succession import competes, may_compete
from fourfold.language.succession_score import pair_features
from fourfold.language.text import words
from fourfold.models import load_embedder
from fourfold.models.packaged.change_direction import LANGUAGE, mean_direction
from fourfold.ports import Floats

Booleans = NDArray[np.bool_]

TABLES = Path(__file__).parent.parent / "tests/data"
OUT = Path(__file__).parent.parent / "core/fourfold/models/data/minilm-change.npz"
PREFIX = "(8 May 2023) Ana: "
"""What a retain embeds before a text."""
TEST_SEEDS = (24, 1, 2)
TEST_PAIRS, TRAIN_PAIRS, TRAIN_SEED = 167, 2000, 7
FOLDS = 5
SHARES = (0.01, 0.02, 0.03, 0.04, 0.05, 0.08)
"""Of the older table's pairs that do not compete, how many are taken wrongly at a threshold."""
RIDGE = 100.0
"""Of 30, 60 and 100 that which takes the fewest pairs wrongly at the same recall."""
ROW_KINDS = ("written later", "everyday", "side by side")
"""Kinds of `competing.jsonl` that are of many topics: they are left out in blocks of rows."""


class Example(NamedTuple):
    """Two statements, the older first, whether they compete, and what is left out together with them."""

    older: str
    newer: str
    competes: bool
    topic: str
    held: bool = False


class Fit(NamedTuple):
    """A fitted model: `weights` of the features as they come, the last one the constant."""

    weights: Floats


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument(
        "--wrong", type=float, default=0.02, help="share of the older table's others at the threshold"
    )
    parser.add_argument("--held", action="store_true", help="look at the pairs held back")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    print(describe())
    table, changes = _labelled("competing.jsonl"), _labelled("changes.jsonl")
    kept = [example for example in changes if not example.held]
    test = [e for shared in (1, 2) for e in _drawn(options.data, TEST_SEEDS, TEST_PAIRS, shared)]
    labelled = [*table, *kept]
    train = _across_topics(labelled)
    learnt = [*labelled, *map(_as_typed, labelled), *train]
    vectors = _vectors([*learnt, *changes, *test])
    scores = np.full(len(learnt), -np.inf)
    test_scores = np.zeros(len(test))
    x, y = _matrix(learnt, vectors), np.array([example.competes for example in learnt])
    usable = np.array([_is_open(example) for example in learnt])
    folds = np.array([hash_of(example.topic) % FOLDS for example in learnt])
    test_x = _matrix(test, vectors)
    for fold in range(FOLDS):
        inside = usable & ((folds != fold) | (np.arange(len(learnt)) >= 2 * len(labelled)))
        fit = _fit(x[inside], y[inside])
        scores[folds == fold] = _scores(fit, x[folds == fold])
        test_scores += _scores(fit, test_x) / FOLDS
    scores[~usable] = -np.inf
    test_scores[[not _is_open(example) for example in test]] = -np.inf
    others = np.sort(scores[: len(table)][~y[: len(table)]])[::-1]
    two = len(test) // 2
    for share in sorted({*SHARES, options.wrong}):
        threshold = float(others[int(share * len(others))])
        print(f"threshold {threshold:.2f}")
        _report("competing.jsonl, topics left out", table, scores[: len(table)] > threshold)
        _report("changes.jsonl, topics left out", kept, scores[len(table) : len(labelled)] > threshold)
        _report("drawn, one word in common", test[:two], test_scores[:two] > threshold)
        _report("drawn, two words in common", test[two:], test_scores[two:] > threshold)
    threshold = float(others[int(options.wrong * len(others))])
    fit = _fit(x[usable], y[usable])
    for name, examples in (("all learnt: competing", table), ("all learnt: changes", kept)):
        _report(name, examples, _taken(fit, examples, vectors, threshold))
    if options.held:
        held = [example for example in changes if example.held]
        _report("changes.jsonl, held back", held, _taken(fit, held, vectors, threshold))
    _print(fit, threshold, options.write)


def hash_of(topic: str) -> int:
    """Returns a number of a topic, the same in every process."""
    return sum(ord(letter) * (place + 1) for place, letter in enumerate(topic))


def _labelled(name: str) -> list[Example]:
    rows = [json.loads(line) for line in (TABLES / name).read_text(encoding="utf-8").splitlines()]
    return [
        Example(
            row["older"],
            row["newer"],
            row["competes"],
            f"{row['kind']} {number // 40}" if row["kind"] in ROW_KINDS else row["kind"],
            row["held"] and name == "changes.jsonl",
        )
        for number, row in enumerate(rows)
        if row["language"] == LANGUAGE
    ]


def _drawn(paths: Sequence[Path], seeds: Sequence[int], most: int, shared: int) -> list[Example]:
    pairs: list[Pair] = [
        pair for path in paths for seed in seeds for pair in draw(list(statements(path)), most, seed, shared)
    ]
    return [Example(p.older, p.newer, False, p.newer) for p in pairs if p.code == LANGUAGE]


def _across_topics(labelled: Sequence[Example]) -> list[Example]:
    """Returns pairs of texts of different topics that share a word or two, but for those that a rule orders."""
    texts = {text: example.topic for example in labelled for text in (example.older, example.newer)}
    dated = [json.loads(line) for line in (TABLES / "directions.jsonl").read_text("utf-8").splitlines()]
    texts |= {row["text"]: "times" for row in dated if row["language"] == LANGUAGE}
    said = [Statement(("", ""), topic, text, LANGUAGE) for text, topic in texts.items()]
    pairs = [pair for shared in (1, 2) for pair in draw(said, TRAIN_PAIRS, TRAIN_SEED, shared)]
    examples = [Example(p.older, p.newer, False, p.newer) for p in dict.fromkeys(pairs)]
    return [example for example in examples if not _by_rules(example)]


def _as_typed(example: Example) -> Example:
    """Returns an example as people type it, so that carelessness does not pass for a change."""
    return example._replace(older=_plain(example.older), newer=_plain(example.newer))


def _plain(text: str) -> str:
    text = text.rstrip(".! ")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _vectors(examples: Sequence[Example]) -> dict[str, Floats]:
    """Returns the mean of the token rows that a unit of each newer text has."""
    embedder, english = load_embedder("minilm"), language(LANGUAGE)
    texts = sorted({example.newer for example in examples})
    vectors: dict[str, Floats] = {}
    for start in range(0, len(texts), 256):
        part = texts[start : start + 256]
        for text, embedding in zip(part, embedder.embed([PREFIX + text for text in part]), strict=True):
            stopped = {
                place
                for word in words(PREFIX + text, english)
                if not word.stem
                for place in range(word.start, word.end)
            }
            own = [row for row, (at, _) in enumerate(embedding.offsets) if at >= len(PREFIX)]
            rows = [row for row in own if embedding.offsets[row][0] not in stopped] or own
            vectors[text] = mean_direction(embedding.tokens[rows]) if rows else np.zeros(128, np.float32)
    return vectors


def _features(example: Example) -> dict[str, float]:
    english = language(LANGUAGE)
    return dict(pair_features(read_claims(example.newer, english), read_claims(example.older, english)))


def _is_open(example: Example) -> bool:
    """Tells whether the model is asked at all."""
    english = language(LANGUAGE)
    return may_compete(read_claims(example.newer, english), read_claims(example.older, english))


def _by_rules(example: Example) -> bool:
    english = language(LANGUAGE)
    return competes(read_claims(example.newer, english), read_claims(example.older, english)) is not None


def _matrix(examples: Sequence[Example], vectors: dict[str, Floats]) -> Floats:
    rows = [np.array([*map(float, _features(e).values()), *vectors[e.newer]]) for e in examples]
    return np.array(rows)


def _fit(x: Floats, y: Booleans) -> Fit:
    """Returns the logistic regression of least squares of the weights (ridge), by Newton's method."""
    mean, scale = x.mean(0), x.std(0) + 1e-6
    z = np.c_[(x - mean) / scale, np.ones(len(x))]
    weights, penalty = np.zeros(z.shape[1]), np.full(z.shape[1], RIDGE)
    penalty[-1] = 1e-3
    for _ in range(12):
        p = 1 / (1 + np.exp(-np.clip(z @ weights, -30, 30)))
        hessian = (z * (p * (1 - p) + 1e-6)[:, None]).T @ z + np.diag(penalty)
        weights -= np.linalg.solve(hessian, z.T @ (p - y) + penalty * weights)
    plain = weights[:-1] / scale
    return Fit(np.r_[plain, weights[-1] - plain @ mean])


def _scores(fit: Fit, x: Floats) -> Floats:
    scores: Floats = x @ fit.weights[:-1] + fit.weights[-1]
    return scores


def _taken(fit: Fit, examples: Sequence[Example], vectors: dict[str, Floats], threshold: float) -> Booleans:
    usable = np.array([_is_open(example) for example in examples])
    taken: Booleans = usable & (_scores(fit, _matrix(examples, vectors)) > threshold)
    return taken


def _report(name: str, examples: Sequence[Example], taken: Booleans) -> None:
    truth = np.array([example.competes for example in examples])
    rules = np.array([_by_rules(example) for example in examples])
    either = rules | taken
    parts = [
        f"{label} {rules[side].mean():.3f} by rules, {either[side].mean():.3f} with the model ({side.sum()})"
        for label, side in (("found", truth), ("taken wrongly", ~truth))
        if side.any()
    ]
    print(f"{name}: {'; '.join(parts)}")


def _print(fit: Fit, threshold: float, write: bool) -> None:
    names = list(_features(Example("I live in Porto.", "I live in Rome.", True, "")))
    print(f"_BIAS = {fit.weights[-1] - threshold:.2f}")
    for name, weight in zip(names, fit.weights, strict=False):
        print(f'    "{name}": {weight:.2f},')
    if write:
        np.savez_compressed(OUT, direction=fit.weights[len(names) : -1].astype(np.float32))
        print(f"wrote {OUT.name}")


if __name__ == "__main__":
    main()
