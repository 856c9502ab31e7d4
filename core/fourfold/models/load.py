"""Picks an embedder by its short name. Nothing heavy is imported before it is asked for."""

from __future__ import annotations

from fourfold.errors import ConfigurationError
from fourfold.ports import Embedder


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
                f"name, dimension, token_dimension and embed(texts)."
            )
