"""The app's own models for Fourfold: a chat model of LangChain as a language model, its embeddings as an embedder."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from fourfold import Tokens
from fourfold.models.foreign import answer, errors
from fourfold.models.structured import in_words
from fourfold.models.vectors import embeddings
from fourfold.ports import Answer, Embedding, Floats, Shape, Turn


class ChatModel:
    """A language model for `Memory.open(llm=ChatModel(model))`. It is asked by `with_structured_output`, and in words
    where the model has none. What it raises becomes a `ModelError` or `ConfigurationError`, by its HTTP status if it
    tells one.

    One attempt a call: Fourfold tries again itself, so set `max_retries=0` on the model.
    """

    def __init__(self, model: BaseChatModel, name: str | None = None) -> None:
        """`name` is what results and accounts call it; default: the model's own."""
        self._model = model
        told = getattr(model, "model_name", None) or getattr(model, "model", None) or type(model).__name__
        self.name = f"langchain:{name or told}"
        self._structured = True

    async def ask(self, turns: Sequence[Turn], shape: type[Shape]) -> Answer[Shape]:
        """See `LanguageModel.ask`."""
        if self._structured:
            try:
                form = self._model.with_structured_output(shape, include_raw=True)
            except NotImplementedError:  # it has no tools
                self._structured = False
            else:
                with errors(self.name):
                    found: Any = await form.ainvoke(_messages(turns))
                return self._answer(found["raw"], found["parsed"], shape)
        with errors(self.name):
            said = await self._model.ainvoke(_messages([*turns, Turn("user", in_words(shape))]))
        return self._answer(said, None, shape)

    async def close(self) -> None:
        """The model is the app's: it is left as it is."""

    def _answer(self, said: BaseMessage, parsed: object, shape: type[Shape]) -> Answer[Shape]:
        if isinstance(parsed, shape):
            return Answer(parsed, _tokens(said))
        calls = said.tool_calls if isinstance(said, AIMessage) else []
        return answer(self.name, shape, _tokens(said), calls[0]["args"] if calls else None, said.text)


class TextEmbedder:
    """An embedder for `Memory.open(embedder=TextEmbedder(embeddings, "text-embedding-3-small"))`. `name` says which
    model it is: a memory keeps it and refuses another. It has no token vectors, so recall goes without late
    interaction."""

    token_dimension = 0
    centroids: Floats | None = None

    def __init__(self, model: Embeddings, name: str, dimension: int | None = None) -> None:
        """Without `dimension` one text is embedded to find it."""
        self._model, self.name, self._dimension = model, f"langchain:{name}", dimension

    @cached_property
    def dimension(self) -> int:
        """The length of a vector."""
        return self._dimension or len(self.embed(["dimension"])[0].vector)

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """One embedding a text."""
        if not texts:
            return []
        with errors(self.name):
            rows = self._model.embed_documents(list(texts))
        return embeddings(rows, len(texts), self.name)


def _messages(turns: Sequence[Turn]) -> list[BaseMessage]:
    """System turns as one message, since some providers take only one."""
    system = "\n\n".join(turn.text for turn in turns if turn.role == "system")
    kinds: dict[str, type[BaseMessage]] = {"user": HumanMessage, "assistant": AIMessage}
    said = [kinds[turn.role](turn.text) for turn in turns if turn.role != "system"]
    return [SystemMessage(system), *said] if system else said


def _tokens(said: BaseMessage) -> Tokens:
    used = said.usage_metadata if isinstance(said, AIMessage) else None
    if used is None:
        return Tokens(1)
    cached = used.get("input_token_details", {}).get("cache_read") or 0
    return Tokens(1, used["input_tokens"], used["output_tokens"], cached)
