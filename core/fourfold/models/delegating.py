"""What wrappers of a language model share: the name, the closing, and the streaming of the one inside."""

from __future__ import annotations

from collections.abc import Sequence

from fourfold.ports import LanguageModel, ModelResponse, OnText, OutputT, PromptMessage, StreamingModel


async def streamed(
    model: LanguageModel, turns: Sequence[PromptMessage], shape: type[OutputT], heard: OnText
) -> ModelResponse[OutputT]:
    """Asks `model` and lets its answer be heard as it comes; at once, from one that does not stream."""
    if isinstance(model, StreamingModel):
        return await model.stream(turns, shape, heard)
    answer = await model.ask(turns, shape)
    heard(answer.value.model_dump_json())
    return answer


class DelegatingModel:
    """Passes on everything but `ask` and `stream`."""

    def __init__(self, inner: LanguageModel) -> None:
        self.inner = inner

    @property
    def name(self) -> str:
        """The inner model's."""
        return self.inner.name

    async def close(self) -> None:
        """Closes the inner model."""
        await self.inner.close()
