"""Makes core/fourfold/models/data/static.npz: a static table distilled from MiniLM. Run it after `make test`.

Each token of the vocabulary goes through the model alone; the pooled vectors are centred and rotated onto their
first 256 principal components; rows are stored in 8 bits. A token's weight is ln(1 + rank), since WordPiece lists
its entries by frequency.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np

from fourfold.models.packaged.minilm import MiniLM

_KEPT = 256
_FIRST_WORD = 1996
_OUT = Path(__file__).parent.parent / "core/fourfold/models/data/static.npz"


def main() -> None:
    """Writes the table and says how large it is."""
    tokens = (files("fourfold.models") / "data" / "wordpiece.txt").read_text("utf-8").split("\n")[:-1]
    pooled = np.stack([e.vector for e in MiniLM().embed([token.removeprefix("##") for token in tokens])])
    centred = pooled - pooled.mean(axis=0)
    _, _, components = np.linalg.svd(centred, full_matrices=False)
    rows = centred @ components[:_KEPT].T
    scales = np.abs(rows).max(axis=1) / 127
    packed = np.round(rows / np.maximum(scales, 1e-9)[:, None]).astype(np.int8)
    weights = np.log1p(np.maximum(np.arange(len(tokens)) - _FIRST_WORD, 1))
    np.savez_compressed(
        _OUT,
        rows=packed,
        scales=scales.astype(np.float16),
        weights=(weights / weights.max()).astype(np.float16),
    )
    print(f"{_OUT}: {_OUT.stat().st_size / 2**20:.1f} MB, {len(tokens)} tokens")


if __name__ == "__main__":
    main()
