"""Recalls from one bank, as a retriever of LangChain."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import Field

from fourfold import Bank, Interval
from fourfold.integrations.turn import TurnMemory
from fourfold.values.rendering import describe_hit, render_unit


class FourfoldRetriever(BaseRetriever):
    """Recalls from `bank`: `FourfoldRetriever(bank=memory.bank("alice"), k=8)`.

    `k` is the most documents (None: no bound), `budget` the most tokens in them all. `networks`, `bank_tags` and
    `during` narrow the recall; `tags` and `metadata` are LangChain's own, for tracing. A document's text is the dated
    line that is ready for a prompt, its `id` the unit's; what is known besides is in its metadata.

    A memory that fails is logged and answers nothing, so that the app's turn goes on; with `strict=True` it raises.
    """

    bank: Bank = Field(exclude=True)
    k: int | None = Field(default=8, ge=1)
    budget: int | None = None
    networks: list[str] | None = None
    bank_tags: list[str] | None = None
    during: tuple[datetime | None, datetime | None] | None = None
    strict: bool = False

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None
    ) -> list[Document]:
        return self.bank.run(partial(self._recall, query, k))

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun, k: int | None = None
    ) -> list[Document]:
        return await self._recall(query, k)

    async def _recall(self, query: str, k: int | None) -> list[Document]:
        # `k` of a call, which LangChain hands on only to a method that names it, before that of the retriever.
        recall = partial(
            self.bank.as_async.recall,
            query,
            limit=self.k if k is None else k,
            budget=self.budget,
            networks=self.networks,
            tags=self.bank_tags,
            during=None if self.during is None else Interval(*self.during),
        )
        turns = TurnMemory(strict=self.strict)
        recalled = await turns.log_errors(self.bank.as_async, "recalled", recall)
        hits = recalled.hits if recalled else ()
        return [Document(render_unit(hit.unit), id=hit.unit.id, metadata=describe_hit(hit)) for hit in hits]
