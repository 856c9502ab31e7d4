"""Makes core/fourfold/models/data/{minilm,static}-centroids.npz: the reference vectors to which token vectors are
rounded, so that late interaction can be estimated over a whole bank. Run it after `make test`.

Random words of the vocabulary, in plain sentences so that the model gives them a context, go through the embedder;
the centroids are those of spherical k-means over their token vectors. No conversation is looked at, so that the
centroids suit any.
"""

from __future__ import annotations

import random
import re
from importlib.resources import files
from pathlib import Path

import numpy as np

from fourfold.models import load_embedder
from fourfold.ports import Embedder, Floats

_CENTROIDS = 2048
_ROUNDS = 8
_TIMES = 4
_FRAMES = (
    "I {} the {} with my {} yesterday.",
    "Ana: we {} {} and {} last week",
    "({}) the {} is {} now",
    "Do you {} {} or {}?",
    "My {} said that {} was {}.",
    "Thanks {}! That {} sounds {}",
    "Next {} I will {} a {}",
)
_OUT = Path(__file__).parent.parent / "core/fourfold/models/data"


def main() -> None:
    """Writes both files and says how close tokens come to their centroids."""
    for name in ("minilm", "static"):
        tokens = _tokens(load_embedder(name))
        centroids = _k_means(tokens)
        scales = np.abs(centroids).max(axis=1) / 127
        path = _OUT / f"{name}-centroids.npz"
        np.savez_compressed(
            path,
            rows=np.round(centroids / scales[:, None]).astype(np.int8),
            scales=scales.astype(np.float16),
        )
        close = np.mean([(part @ centroids.T).max(axis=1).mean() for part in np.array_split(tokens, 20)])
        print(f"{path}: {path.stat().st_size / 2**10:.0f} kB, {len(tokens)} tokens, mean cosine {close:.2f}")


def _tokens(embedder: Embedder) -> Floats:
    vocabulary = (files("fourfold.models") / "data" / "wordpiece.txt").read_text("utf-8").split("\n")
    words = [token.removeprefix("##") for token in vocabulary if re.fullmatch(r"(##)?[a-z0-9]{2,}", token)]
    draw = random.Random(0)
    rows = []
    for _ in range(_TIMES):
        draw.shuffle(words)
        texts = [draw.choice(_FRAMES).format(*words[i : i + 3]) for i in range(0, len(words) - 2, 3)]
        for first in range(0, len(texts), 256):
            rows += [embedding.tokens for embedding in embedder.embed(texts[first : first + 256])]
    return _unit(np.concatenate(rows))


def _k_means(tokens: Floats) -> Floats:
    draw = np.random.default_rng(0)
    centroids = tokens[draw.choice(len(tokens), _CENTROIDS, replace=False)]
    for _ in range(_ROUNDS):
        sums = np.zeros_like(centroids)
        for part in np.array_split(tokens, 20):
            np.add.at(sums, (part @ centroids.T).argmax(axis=1), part)
        used = np.linalg.norm(sums, axis=1, keepdims=True) > 0
        centroids = _unit(np.where(used, sums, centroids))
    return centroids


def _unit(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Floats = (rows / np.maximum(lengths, 1e-9)).astype(np.float32)
    return scaled


if __name__ == "__main__":
    main()
