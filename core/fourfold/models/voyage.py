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
_MAX_TEXTS = 128
"""Texts of one call. A guess, not measured."""


class VoyageEmbedder:
    """A Voyage model."""

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
        # The SDK's own retries serve here (five is a guess): `RetryingModel` is for language models, which are
        # awaited.
        self._client = Client(api_key=key, max_retries=5, timeout=timeout, base_url=base_url)

    @property
    def name(self) -> str:
        """ "voyage:" and the model's name."""
        return f"voyage:{self.model}"

    @cached_property
    def dimension(self) -> int:
        """The length of a vector, found out by embedding one text."""
        return len(self.embed(["dimension"])[0].vector)

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """Returns one embedding a text, in order."""
        parts = [texts[i : i + _MAX_TEXTS] for i in range(0, len(texts), _MAX_TEXTS)]
        return [embedding for part in parts for embedding in self._call(part)]

    def _call(self, texts: Sequence[str]) -> list[Embedding]:
        try:
            # Without `input_type`, which tells questions from documents: the port does not, since each unit is
            # compared with units as well as with questions. An empty text would be refused.
            answer = self._client.embed([text or " " for text in texts], model=self.model)
        except (AuthenticationError, InvalidRequestError) as error:
            raise ConfigurationError(f"{self.name}: {error}. Check {_KEY} and the model's name.") from error
        except Timeout as error:
            raise ModelTimeoutError(f"No answer from {self.name}: {error}") from error
        except VoyageError as error:
            raise ModelError(f"{self.name} failed: {error}") from error
        return embeddings(answer.embeddings, len(texts), self.name)
