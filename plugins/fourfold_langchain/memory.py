"""Gives a chain a memory, for apps that still have chains: `langchain_classic`'s interface is deprecated."""

from __future__ import annotations

from functools import partial
from typing import Any

from langchain_classic.memory.chat_memory import BaseChatMemory
from langchain_classic.memory.utils import get_prompt_input_key
from langchain_core.messages import SystemMessage, get_buffer_string, messages_from_dict
from pydantic import Field, model_validator

from fourfold import Bank
from fourfold.integrations.turn import TurnMemory
from fourfold_langchain.history import FourfoldChatMessageHistory


class FourfoldMemory(BaseChatMemory):
    """In place of `ConversationBufferMemory` or `VectorStoreRetrieverMemory`: `FourfoldMemory(bank=bank)`.

    Under `memory_key` a prompt is given what the bank knows that bears on the input, at most `budget` tokens and
    `profile` of the core profile, and the last `window` messages of the `session`: as text, or with `return_messages`
    as messages, of which the first is what is known. What fails is logged; with `strict` it raises.
    """

    # None at first: LangChain makes a deprecated history by default, and warns of it. The history is made of the
    # other fields, when they are valid.
    chat_memory: Any = Field(default=None, exclude=True)
    bank: Bank = Field(exclude=True)
    session: str = "default"
    window: int = Field(default=20, ge=0)
    budget: int = 1024
    profile: int = 400
    strict: bool = False
    memory_key: str = "history"
    human_prefix: str = "Human"
    ai_prefix: str = "AI"

    @model_validator(mode="after")
    def _of_the_session(self) -> FourfoldMemory:
        self.chat_memory = FourfoldChatMessageHistory(self.bank, self.session, strict=self.strict)
        return self

    @property
    def memory_variables(self) -> list[str]:
        """Returns the key of what is remembered."""
        return [self.memory_key]

    def load_memory_variables(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """Returns what bears on the input, and the last messages."""
        return self.bank.run(partial(self.aload_memory_variables, inputs))

    async def aload_memory_variables(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """Returns what bears on the input, and the last messages."""
        message_text = inputs[self.input_key or get_prompt_input_key(inputs, self.memory_variables)]
        # Not stored[-0:] for a window of 0: that would be all of them.
        stored = list((await self.chat_memory.transcript.read()).items()) if self.window else []
        window = stored[-self.window :]
        recent = messages_from_dict([message for _, message in window])
        turns = TurnMemory(self.budget, self.profile, strict=self.strict)
        blocks = await turns.recall(self.bank.as_async, str(message_text), [key for key, _ in window])
        if self.return_messages:
            system = [SystemMessage("\n\n".join(blocks))] if blocks else []
            return {self.memory_key: [*system, *recent]}
        transcript = get_buffer_string(recent, human_prefix=self.human_prefix, ai_prefix=self.ai_prefix)
        return {self.memory_key: "\n\n".join(filter(None, [*blocks, transcript]))}
