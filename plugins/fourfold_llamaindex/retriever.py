"""Recalls from one bank, as a retriever of LlamaIndex."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode

from fourfold import Bank, Hit, InputError, Interval
from fourfold.integrations.turn import TurnMemory
from fourfold.values.rendering import describe_hit, render_unit


class FourfoldRetriever(BaseRetriever):
    """Recalls from `bank`: `FourfoldRetriever(memory.bank("alice"), k=8)`.

    `k` is the most nodes (None: no bound), `budget` the most tokens in them all; `networks`, `bank_tags` and
    `during` narrow the recall. A node's text is the dated line that is ready for a prompt, its id the unit's, its
    source the document; what is known besides is in its metadata, which a model is not shown.

    A memory that fails is logged and answers nothing, so that the app's turn goes on; with `strict=True` it raises.
    """

    def __init__(
        self,
        bank: Bank,
        *,
        k: int | None = 8,
        budget: int | None = None,
        networks: Sequence[str] | None = None,
        bank_tags: Sequence[str] | None = None,
        during: tuple[datetime | None, datetime | None] | None = None,
        strict: bool = False,
        **options: Any,
    ) -> None:
        """`options` are LlamaIndex's own: callback_manager, verbose. Raises `InputError`."""
        if k is not None and k < 1:
            raise InputError(f"k is {k}: give a positive number, or None for no bound.")
        super().__init__(**options)
        self._bank = bank
        self._turns = TurnMemory(strict=strict)
        interval = None if during is None else Interval(*during)
        self._recall = partial(
            bank.as_async.recall, limit=k, budget=budget, networks=networks, tags=bank_tags, during=interval
        )

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return self._bank.run(partial(self._aretrieve, query_bundle))

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        recall = partial(self._recall, query_bundle.query_str)
        recalled = await self._turns.log_errors(self._bank.as_async, "recalled", recall)
        return [_node(hit) for hit in recalled.hits] if recalled else []


def _node(hit: Hit) -> NodeWithScore:
    """Returns a hit as a node of LlamaIndex."""
    metadata = describe_hit(hit)
    source = hit.unit.source.document
    node = TextNode(
        id_=hit.unit.id,
        text=render_unit(hit.unit),
        metadata=metadata,
        # LlamaIndex puts metadata before a node's text by default, and the text has its date and speaker already.
        excluded_llm_metadata_keys=list(metadata),
        excluded_embed_metadata_keys=list(metadata),
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=source)} if source else {},
    )
    return NodeWithScore(node=node, score=float(hit.score))
