"""Ten lines with a model of your own behind an OpenAI-compatible endpoint (vLLM, Ollama, llama.cpp):
`pip install "fourfold[openai]"`, and for instance

    FOURFOLD_LLM=openai:qwen3:8b@http://127.0.0.1:11434/v1 python examples/local_endpoint.py

Without FOURFOLD_LLM it talks to a server on this machine that speaks OpenAI's wire format and repeats each line as
a fact.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from datetime import UTC, datetime

from repeat import repeated

from fourfold import Memory, Message
from fourfold.testing import OpenAIServer

SAID = datetime(2026, 5, 20, 19, 10, tzinfo=UTC)

with ExitStack() as stack:
    llm = os.environ.get("FOURFOLD_LLM")
    if llm is None:
        print("FOURFOLD_LLM is not set: a test server on this machine answers in a model's place.\n")
        server = stack.enter_context(OpenAIServer(repeated))
        llm = f"openai:stub@{server.url}"
    memory = stack.enter_context(Memory.open(":memory:", llm=llm))
    bank = memory.bank("mara")
    bank.retain(
        [Message("I moved to Porto in March.", "Mara", at=SAID), Message("I live in Lisbon now.", "Mara")]
    )
    print(bank.recall("Where does Mara live?").text)
    print(f"\nIn all, this bank has taken {bank.usage().total} tokens.")
