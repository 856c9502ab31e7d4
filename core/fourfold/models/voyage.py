"""Voyage's embedding models: `pip install "fourfold[voyage]"`, key in `VOYAGE_API_KEY`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property

from voyageai import Client
from voyageai.error import AuthenticationError, InvalidRequestError, Timeout, VoyageError

from fourfold.errors import ConfigurationError, ModelError, ModelTimeoutError
from fourfold.models.vectors import embeddings
from fourfold.ports import Embedding

_KEY = "VOYAGE_API_KEY"
_AT_ONCE = 128


class VoyageEmbedder:
    """A Voyage model. Their distinction of questions and documents is not used: texts are embedded alike."""

    token_dimension = 0
    centroids = None

    def __init__(
        self,
        model: str = "voyage-3.5-lite",
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        timeout: float = 60.0,
    ) -> None:
        self.model = model
        key = api_key or os.environ.get(_KEY)
        if key is None:
            raise ConfigurationError(f'"{self.name}" needs a key: set {_KEY}.')
        self._client = Client(api_key=key, max_retries=5, timeout=timeout, base_url=base_url)

    @property
    def name(self) -> str:
        """ "voyage:" and the model's name."""
        return f"voyage:{self.model}"

    @cached_property
    def dimension(self) -> int:
        """Asked of the model the first time."""
        return len(self.embed(["dimension"])[0].vector)

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """One embedding a text, `_AT_ONCE` of them a call."""
        parts = [texts[i : i + _AT_ONCE] for i in range(0, len(texts), _AT_ONCE)]
        return [embedding for part in parts for embedding in self._call(part)]

    def _call(self, texts: Sequence[str]) -> list[Embedding]:
        try:
            answer = self._client.embed([text or " " for text in texts], model=self.model)
        except (AuthenticationError, InvalidRequestError) as error:
            raise ConfigurationError(f"{self.name}: {error}. Check {_KEY} and the model's name.") from error
        except Timeout as error:
            raise ModelTimeoutError(f"No answer from {self.name}: {error}") from error
        except VoyageError as error:
            raise ModelError(f"{self.name} failed: {error}") from error
        return embeddings(answer.embeddings, len(texts), self.name)
