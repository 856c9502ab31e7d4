"""Ten lines with Claude: `pip install "fourfold[anthropic]"`, ANTHROPIC_API_KEY in the environment, and

    python examples/claude.py

Without a key it talks to a server on this machine that speaks Anthropic's wire format and repeats each line as a
fact.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from datetime import UTC, datetime

from repeat import repeated

from fourfold import Memory, Message
from fourfold.models.anthropic import Claude
from fourfold.testing import AnthropicServer

SAID = datetime(2026, 5, 20, 19, 10, tzinfo=UTC)

with ExitStack() as stack:
    if os.environ.get("ANTHROPIC_API_KEY"):
        claude = Claude("claude-haiku-5-5")
    else:
        print("ANTHROPIC_API_KEY is not set: a test server on this machine answers in Claude's place.\n")
        server = stack.enter_context(AnthropicServer(repeated))
        claude = Claude("claude-haiku-5-5", base_url=server.url, api_key="none")
    memory = stack.enter_context(Memory.open(":memory:", llm=claude))
    bank = memory.bank("mara")
    done = bank.retain(
        [
            Message("I left the studio last week. Inês and I now run our own workshop.", "Mara", at=SAID),
            Message("Maybe we should hire someone in autumn.", "Mara", at=SAID),
        ]
    )
    print(bank.recall("What does Mara do now?").text)
    used = done.usage.model
    print(
        f"\n{used.calls} call, {used.input} tokens read ({used.cached} from the cache), {used.output} written"
    )
