"""What wrappers of a language model share: the name, the closing, and the streaming of the one inside."""

from __future__ import annotations

from collections.abc import Sequence

from fourfold.ports import LanguageModel, ModelResponse, OnText, OutputT, PromptMessage, StreamingModel


async def streamed(
    model: LanguageModel, turns: Sequence[PromptMessage], shape: type[OutputT], on_text: OnText
) -> ModelResponse[OutputT]:
    """Asks `model`, and passes the JSON of its answer to `on_text` as it comes; all at once, from one that does not
    stream."""
    if isinstance(model, StreamingModel):
        return await model.stream(turns, shape, on_text)
    answer = await model.ask(turns, shape)
    on_text(answer.value.model_dump_json())
    return answer


class DelegatingModel:
    """A wrapper of a language model that passes on everything but `ask` and `stream`."""

    def __init__(self, inner: LanguageModel) -> None:
        self.inner = inner

    @property
    def name(self) -> str:
        """The name of the inner model: results and accounts are of that, whatever wraps it."""
        return self.inner.name

    async def close(self) -> None:
        """Closes the inner model."""
        await self.inner.close()
