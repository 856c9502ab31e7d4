"""One bank seen from LangChain, LlamaIndex, an MCP client and Claude's memory tool:

    pip install "fourfold[langchain,llamaindex,mcp,anthropic]"
    python examples/everywhere.py

Each is told something, and each is asked for what another was told. No key: the models are stand-ins on this machine,
Claude a test server on this machine that speaks Anthropic's wire format.
"""

from __future__ import annotations

import asyncio

from anthropic import Anthropic
from langchain.agents import create_agent
from llama_index.core.chat_engine import SimpleChatEngine
from mcp import Client
from mcp.types import TextContent
from offline import chat_model, llm

from fourfold import AsyncMemory, Bank, Memory
from fourfold.testing import AnthropicServer, Text, UseTool
from fourfold_claude import FourfoldMemoryTool
from fourfold_langchain import FourfoldMiddleware
from fourfold_llamaindex import FourfoldMemory
from fourfold_mcp.scope import BankScope
from fourfold_mcp.server import Server
from fourfold_mcp.subscriptions import Subscriptions

NOTE = {"command": "create", "path": "/memories/rui.md", "file_text": "Rui repairs the kiln on Fridays."}


def langchain(bank: Bank, text: str) -> str:
    """A turn of a LangChain agent."""
    agent = create_agent(chat_model(), middleware=[FourfoldMiddleware(bank)])
    answer = agent.invoke({"messages": [("user", text)]}, {"configurable": {"thread_id": "langchain"}})
    return str(answer["messages"][-1].text)


def llamaindex(bank: Bank, text: str) -> str:
    """A turn of a LlamaIndex chat engine."""
    memory = FourfoldMemory.from_defaults(bank=bank, session="llamaindex")
    return str(SimpleChatEngine.from_defaults(llm=llm(), memory=memory).chat(text))


def claude(bank: Bank) -> None:
    """Claude writes a file with its memory tool."""
    answers = [UseTool("memory", NOTE), Text("I made a note.")]
    with AnthropicServer(lambda call: answers.pop(0)) as server:
        client = Anthropic(base_url=server.url, api_key="none")
        tools = [FourfoldMemoryTool(bank)]
        asked = [{"role": "user", "content": "Rui repairs the kiln on Fridays."}]
        client.beta.messages.tool_runner(
            model="claude-haiku-5-5",
            max_tokens=500,
            tools=tools,
            messages=asked,  # type: ignore[arg-type]
        ).until_done()
        client.close()


async def mcp(memory: Memory, tool: str, **arguments: object) -> str:
    """A call of an MCP client."""

    async def opened() -> AsyncMemory:
        return memory.as_async

    async with Client(Server(BankScope(opened, "mara"), Subscriptions())) as client:
        answer = await client.call_tool(tool, arguments)
    (told,) = [part.text for part in answer.content if isinstance(part, TextContent)]
    return told.splitlines()[0]


def main() -> None:
    """Tells, and asks."""
    with Memory.open(":memory:") as memory:
        bank = memory.bank("mara")
        langchain(bank, "I am Mara, and my sister Rita lives in Lisbon.")
        llamaindex(bank, "Our workshop in Porto opens at nine.")
        claude(bank)
        bought = {"text": "Mara bought a red bicycle.", "entities": ["Mara"]}
        asyncio.run(mcp(memory, "retain", facts=[bought]))
        bank.flush(10)

        print("LangChain, of what the MCP client was told:", langchain(bank, "What did Mara buy?"))
        print("LlamaIndex, of Claude's file:", llamaindex(bank, "Who repairs the kiln?"))
        print(
            "MCP, of LangChain's turn:", asyncio.run(mcp(memory, "recall", question="Where does Rita live?"))
        )
        print(
            "MCP, of LlamaIndex's turn:",
            asyncio.run(mcp(memory, "recall", question="When does the workshop open?")),
        )


if __name__ == "__main__":
    main()
