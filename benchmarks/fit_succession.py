"""Fits the models that tell changes from details where no rule does (`fourfold.models.packaged.change_model`):
logistic regressions over the labelled pairs of tests/data and pairs drawn across their topics, which stand side by
side.

    python benchmarks/fit_succession.py ../shared/data/locomo-dev.json ../shared/data/beam-dev.json ... [--write]

Prints what is found and taken wrongly with whole topics left out in turn, and, with `--held`, what the pairs held
back give; `--write` puts the weights into the package. Talks of `shared/data` are measured on and never learned from:
not all of their licences allow it.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from competing import Pair, Statement, draw, statements
from machine import describe
from numpy.typing import NDArray

from fourfold.language.languages import language
from fourfold.language.succession.beside import may_compete
from fourfold.language.succession.features import FEATURES, pair_features, read_together
from fourfold.language.succession.reading import read_claims
from fourfold.language.succession.rules import competes
from fourfold.language.text import words
from fourfold.models import load_embedder
from fourfold.models.packaged.change_model import LANGUAGE, mean_direction
from fourfold.ports import Embedder, Floats

Booleans = NDArray[np.bool_]

TABLES = Path(__file__).parent.parent / "tests/data"
OUT = Path(__file__).parent.parent / "core/fourfold/models/data/minilm-change.npz"
PREFIX = "(8 May 2023) Ana: "
"""What a retain embeds before a text."""
TEST_SEEDS = (24, 1, 2)
TEST_PAIRS, TRAIN_PAIRS, TRAIN_SEED = 167, 2000, 7
BLIND_PAIRS = 2500
"""Training pairs of different topics that need not share a word."""
FOLDS = 5
SHARES = (0.01, 0.02, 0.03, 0.05)
"""Of the labelled pairs that do not compete and that no rule orders, how many are taken wrongly at a threshold."""
RIDGE = 200.0
"""Of 100, 200 and 400; they hardly differ."""
STEPS = 10
"""Newton's steps; the weights move by less than a thousandth after eight."""
ROW_KINDS = ("written later", "everyday", "side by side")
"""Kinds of `competing.jsonl` that are of many topics: they are left out in blocks of rows."""
LOTS = ("first lot", "second lot", "third lot")
FIRST_LOT = frozenset(
    """contact family health job media meetings money owners pets subscriptions taste tools travel versions""".split()
)
"""Topics of `changes.jsonl` that are held back and were written first; those of the second lot were written with most
of the rest, before anybody looked at what the models do with them. Those of the third end in " 2": others wrote them,
who knew nothing of the rest."""


class Example(NamedTuple):
    """Two statements, the older first, whether they compete, and what is left out together with them."""

    older: str
    newer: str
    competes: bool
    topic: str
    held: bool = False


class Data(NamedTuple):
    """Pairs with what both models look at: of the first `cheap` (n, features + token_dimension), of the second
    `full` (n, features + 3 * dimension); whether a rule orders them, and whether a model may be asked."""

    examples: list[Example]
    cheap: Floats
    full: Floats
    by_rules: Booleans
    is_open: Booleans

    @property
    def truth(self) -> Booleans:
        return np.array([example.competes for example in self.examples])


class Thresholds(NamedTuple):
    """Log-odds from which the first model has a pair looked at, and the second takes it for a change."""

    cheap: float
    full: float


class Scores(NamedTuple):
    """The log-odds of both models for pairs."""

    cheap: Floats
    full: Floats


def main() -> None:
    options = _options()
    print(describe())
    table, changes = _labelled("competing.jsonl"), _labelled("changes.jsonl")
    kept = [example for example in changes if not example.held]
    labelled = _described([*table, *kept])
    learnt = _described(
        [*labelled.examples, *map(_as_typed, labelled.examples), *_across_topics(labelled.examples)]
    )
    sets = {
        "drawn, one word in common": _described(_drawn(options.data, TEST_SEEDS, TEST_PAIRS, 1)),
        "drawn, two words in common": _described(_drawn(options.data, TEST_SEEDS, TEST_PAIRS, 2)),
    }
    for lot in LOTS if options.held else ():
        held = [example for example in changes if example.held and _lot(example) == lot]
        sets[f"changes.jsonl, held back, {lot}"] = _described(held)
    left_out = _topics_left_out(learnt, len(labelled.examples))
    fits = (
        _fit(learnt.cheap[learnt.is_open], learnt.truth[learnt.is_open]),
        _fit(learnt.full[learnt.is_open], learnt.truth[learnt.is_open]),
    )
    for share in sorted({*SHARES, options.wrong}):
        thresholds = _thresholds(labelled, left_out, share, options.seen)
        print(f"thresholds {thresholds.cheap:.2f} {thresholds.full:.2f}")
        for name, start, end in (
            ("competing", 0, len(table)),
            ("changes", len(table), len(labelled.examples)),
        ):
            scores = Scores(left_out.cheap[start:end], left_out.full[start:end])
            _report(f"{name}.jsonl, topics left out", _part(labelled, start, end), scores, thresholds)
        for name, data in sets.items():
            scores = Scores(_scores(fits[0], data.cheap), _scores(fits[1], data.full))
            _report(name, data, scores, thresholds)
    if options.write:
        _write(fits, _thresholds(labelled, left_out, options.wrong, options.seen))


def _lot(example: Example) -> str:
    if example.topic.endswith(" 2"):
        return LOTS[2]
    return LOTS[0] if example.topic in FIRST_LOT else LOTS[1]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument(
        "--wrong",
        type=float,
        default=0.03,
        help="share of the labelled others taken at the second threshold",
    )
    parser.add_argument(
        "--seen",
        type=float,
        default=0.95,
        help="share of what the second model finds that the first lets pass",
    )
    parser.add_argument("--held", action="store_true", help="look at the pairs held back")
    parser.add_argument("--write", action="store_true")
    return parser.parse_args()


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
    """Returns pairs of texts of different topics, that share a word or two or were drawn blindly, but for those that
    a rule orders."""
    texts = {text: example.topic for example in labelled for text in (example.older, example.newer)}
    dated = [json.loads(line) for line in (TABLES / "directions.jsonl").read_text("utf-8").splitlines()]
    texts |= {row["text"]: "times" for row in dated if row["language"] == LANGUAGE}
    said = [Statement(("", ""), topic, text, LANGUAGE) for text, topic in texts.items()]
    pairs = [pair for shared in (1, 2) for pair in draw(said, TRAIN_PAIRS, TRAIN_SEED, shared)]
    examples = [Example(p.older, p.newer, False, p.newer) for p in dict.fromkeys(pairs)]
    chance, topic_texts = random.Random(TRAIN_SEED), list(texts.items())
    while len(examples) < len(pairs) + BLIND_PAIRS:
        (older, topic), (newer, other) = chance.sample(topic_texts, 2)
        if topic != other:
            examples.append(Example(older, newer, False, newer))
    return [example for example in examples if not _by_rules(example)]


def _as_typed(example: Example) -> Example:
    """Returns an example as people type it, so that carelessness does not pass for a change."""
    return example._replace(older=_plain(example.older), newer=_plain(example.newer))


def _plain(text: str) -> str:
    text = text.rstrip(".! ")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _described(examples: Sequence[Example]) -> Data:
    """Returns what both models look at in pairs."""
    english = language(LANGUAGE)
    readings = [(read_claims(e.newer, english), read_claims(e.older, english)) for e in examples]
    features = np.array([pair_features(*map(read_together, pair)) for pair in readings])
    tokens = _token_means([e.newer for e in examples])
    bare = _bare_vectors([text for e in examples for text in (e.older, e.newer)])
    older = np.array([bare[e.older] for e in examples])
    newer = np.array([bare[e.newer] for e in examples])
    return Data(
        list(examples),
        np.c_[features, np.array([tokens[e.newer] for e in examples])],
        np.c_[features, newer, newer * older, newer - older],
        np.array([competes(*pair) is not None for pair in readings]),
        np.array([may_compete(*pair) for pair in readings]),
    )


def _part(data: Data, start: int, end: int) -> Data:
    place = slice(start, end)
    columns = data.cheap[place], data.full[place], data.by_rules[place], data.is_open[place]
    return Data(data.examples[place], *columns)


def _token_means(texts: Sequence[str]) -> dict[str, Floats]:
    """Returns the mean of the token rows that a unit of each text has."""
    embedder, english = _embedder(), language(LANGUAGE)
    missing = [text for text in sorted(set(texts)) if text not in _TOKEN_MEANS]
    for start in range(0, len(missing), 256):
        part = missing[start : start + 256]
        for text, embedding in zip(part, embedder.embed([PREFIX + text for text in part]), strict=True):
            stopped = {
                place
                for word in words(PREFIX + text, english)
                if not word.stem
                for place in range(word.start, word.end)
            }
            own = [row for row, (at, _) in enumerate(embedding.offsets) if at >= len(PREFIX)]
            rows = [row for row in own if embedding.offsets[row][0] not in stopped] or own
            _TOKEN_MEANS[text] = mean_direction(embedding.tokens[rows])
    return _TOKEN_MEANS


def _bare_vectors(texts: Sequence[str]) -> dict[str, Floats]:
    """Returns the vector of each text without what situates it."""
    missing = [text for text in sorted(set(texts)) if text not in _BARE_VECTORS]
    for start in range(0, len(missing), 256):
        part = missing[start : start + 256]
        embeddings = _embedder().embed(part)
        _BARE_VECTORS.update({text: each.vector for text, each in zip(part, embeddings, strict=True)})
    return _BARE_VECTORS


@cache
def _embedder() -> Embedder:
    return load_embedder("minilm")


_TOKEN_MEANS: dict[str, Floats] = {}
_BARE_VECTORS: dict[str, Floats] = {}


def _by_rules(example: Example) -> bool:
    english = language(LANGUAGE)
    return competes(read_claims(example.newer, english), read_claims(example.older, english)) is not None


def _topics_left_out(learnt: Data, count: int) -> Scores:
    """Returns the scores of the first `count` pairs by models that know nothing of their topics."""
    topics = np.array([hash_of(example.topic) % FOLDS for example in learnt.examples])
    labelled = np.arange(len(topics)) < 2 * count  # and the same as typed; what is drawn belongs to no topic
    scores = Scores(np.zeros(count, np.float32), np.zeros(count, np.float32))
    for fold in range(FOLDS):
        inside = learnt.is_open & ((topics != fold) | ~labelled)
        outside = topics[:count] == fold
        for x, column in ((learnt.cheap, scores.cheap), (learnt.full, scores.full)):
            fit = _fit(x[inside], learnt.truth[inside])
            column[outside] = _scores(fit, x[:count][outside])
    return scores


def _fit(x: Floats, y: Booleans) -> Floats:
    """Returns the weights of the columns as they come, the last one the constant: the logistic regression of least
    squares of the weights (ridge), by Newton's method."""
    mean, scale = x.mean(0, dtype=float), x.std(0, dtype=float) + 1e-6
    z = np.c_[(x - mean) / scale, np.ones(len(x))]
    weights, penalty = np.zeros(z.shape[1]), np.full(z.shape[1], RIDGE)
    penalty[-1] = 1e-3
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(z @ weights, -30, 30)))
        hessian = (z * (p * (1 - p) + 1e-6)[:, None]).T @ z + np.diag(penalty)
        weights -= np.linalg.solve(hessian, z.T @ (p - y) + penalty * weights)
    plain = weights[:-1] / scale
    fit: Floats = np.r_[plain, weights[-1] - plain @ mean]
    return fit


def _scores(fit: Floats, x: Floats) -> Floats:
    scores: Floats = x @ fit[:-1] + fit[-1]
    return scores


def _thresholds(labelled: Data, scores: Scores, wrong: float, seen: float) -> Thresholds:
    """Returns the thresholds at which the second model takes the share `wrong` of the labelled others for changes,
    and the first lets the share `seen` of the changes pass that the second finds."""
    asked = labelled.is_open & ~labelled.by_rules
    full = float(
        np.quantile(np.where(asked, scores.full, -np.inf)[~labelled.truth], 1 - wrong, method="higher")
    )
    found = asked & labelled.truth & (scores.full > full)
    return Thresholds(float(np.quantile(scores.cheap[found], 1 - seen)), full)


def _report(name: str, data: Data, scores: Scores, thresholds: Thresholds) -> None:
    asked = data.is_open & ~data.by_rules
    looked = asked & (scores.cheap > thresholds.cheap)
    either = data.by_rules | (looked & (scores.full > thresholds.full))
    parts = [
        f"{label} {data.by_rules[side].mean():.3f} by rules, {either[side].mean():.3f} in all ({side.sum()})"
        for label, side in (("found", data.truth), ("taken wrongly", ~data.truth))
        if side.any()
    ]
    print(f"{name}: {'; '.join(parts)}; looked at {looked.mean():.3f}")


def _write(fits: tuple[Floats, Floats], thresholds: Thresholds) -> None:
    cheap, full = fits
    size, dimension = len(FEATURES), _embedder().dimension
    newer, product, difference = full[size:-1].reshape(3, dimension).astype(np.float32)
    np.savez_compressed(
        OUT,
        names=np.array(FEATURES),
        cheap_features=cheap[:size].astype(np.float32),
        direction=cheap[size:-1].astype(np.float32),
        cheap_bias=np.float32(cheap[-1] - thresholds.cheap),
        features=full[:size].astype(np.float32),
        newer=newer,
        product=product,
        difference=difference,
        bias=np.float32(full[-1] - thresholds.full),
    )
    print(f"wrote {OUT.name}")


if __name__ == "__main__":
    main()
