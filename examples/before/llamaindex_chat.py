"""A LlamaIndex chat engine: python examples/llamaindex_chat.py

With a real model: Anthropic("claude-haiku-5-5") of llama-index-llms-anthropic in place of llm().
"""

import tempfile

from llama_index.core.chat_engine import SimpleChatEngine
from llama_index.core.memory import ChatMemoryBuffer
from offline import llm

DIRECTORY = tempfile.mkdtemp()

memory = ChatMemoryBuffer.from_defaults()
engine = SimpleChatEngine.from_defaults(llm=llm(), memory=memory)


def say(text: str) -> None:
    """A turn."""
    print(f"> {text}\n{engine.chat(text)}\n")


say("I am Mara, and I moved to Porto in May.")
engine.reset()  # another conversation
say("Where did I move to?")
