"""Picks an embedder by its short name. Nothing heavy is imported before it is asked for."""

from __future__ import annotations

from fourfold.errors import ConfigurationError
from fourfold.ports import Embedder

_PARTS = ("name", "dimension", "token_dimension", "centroids", "embed")


def check_embedder(embedder: Embedder) -> None:
    """Raises `ConfigurationError` naming what an embedder of the caller's own lacks."""
    missing = [part for part in _PARTS if not hasattr(embedder, part)]
    if missing:
        raise ConfigurationError(
            f"The embedder ({type(embedder).__name__}) has no {', '.join(missing)}: see fourfold.ports.Embedder. "
            f"centroids may be None."
        )


def load_embedder(name: str, threads: int = 0, device: str = "cpu") -> Embedder:
    """The packaged embedder called `name`; its weights are read at its first use.

    Raises `ConfigurationError` for a name it does not know.
    """
    match name:
        case "minilm":
            from fourfold.models.minilm import MiniLM

            return MiniLM(threads=threads, device=device)
        case "static":
            from fourfold.models.static import StaticTable

            return StaticTable()
        case _:
            raise ConfigurationError(
                f'No embedder is called "{name}". Take "minilm" or "static", or pass an object with '
                f"{', '.join(_PARTS)}(texts)."
            )
