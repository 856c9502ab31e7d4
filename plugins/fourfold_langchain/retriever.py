"""A retriever over one bank."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import Field

from fourfold import Bank, FourfoldError, Hit, Interval, Recall

log = logging.getLogger(__name__)


class FourfoldRetriever(BaseRetriever):
    """Recalls from `bank`: `FourfoldRetriever(bank=memory.bank("alice"), k=8)`.

    `k` is the most documents (None: no bound), `budget` the most tokens in them all. `networks`, `labels` (the bank's
    tags) and `during` narrow the recall; `tags` and `metadata` are LangChain's, for tracing. A document's text is the
    dated line that is ready for a prompt, its `id` the unit's; what is known besides is in its metadata.

    A memory that fails is logged and answers nothing, so that the app's turn goes on; with `strict=True` its
    `FourfoldError` is raised.
    """

    bank: Bank = Field(exclude=True)
    k: int | None = Field(default=8, ge=1)
    budget: int | None = None
    networks: list[str] | None = None
    labels: list[str] | None = None
    during: tuple[datetime | None, datetime | None] | None = None
    strict: bool = False

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None
    ) -> list[Document]:
        try:
            return documents(self.bank.recall(query, **self._bounds(k)))
        except FourfoldError as error:
            return self._failed(error)

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun, k: int | None = None
    ) -> list[Document]:
        try:
            return documents(await self.bank.awaited.recall(query, **self._bounds(k)))
        except FourfoldError as error:
            return self._failed(error)

    def _bounds(self, k: int | None) -> dict[str, Any]:
        during = None if self.during is None else Interval(*self.during)
        return {
            "limit": self.k if k is None else k,
            "budget": self.budget,
            "networks": self.networks,
            "tags": self.labels,
            "during": during,
        }

    def _failed(self, error: FourfoldError) -> list[Document]:
        if self.strict:
            raise error
        log.warning("Nothing was recalled from %s: %s", self.bank.name, error)
        return []


def documents(found: Recall) -> list[Document]:
    """What was recalled, best first."""
    return [_document(hit) for hit in found.hits]


def _document(hit: Hit) -> Document:
    from fourfold.recall.pack import render  # with the memory

    unit, occurred = hit.unit, hit.unit.occurred or Interval(None, None)
    known = {
        "text": unit.text,
        "network": unit.network.value,
        "score": float(hit.score),
        "said": unit.mentioned_at.isoformat(),
        "occurred_from": occurred.start and occurred.start.isoformat(),
        "occurred_to": occurred.end and occurred.end.isoformat(),
        "speaker": unit.speaker,
        "entities": list(unit.entities),
        "confidence": unit.confidence,
        "document": unit.source.document,
        "messages": list(unit.source.messages),
    }
    told = {name: value for name, value in known.items() if value not in (None, "", [])}
    return Document(page_content=render(unit), metadata=told, id=unit.id)
