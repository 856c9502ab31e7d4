"""Prints what an MCP client says to the server over stdio, and what it is told: tools, retain, recall, forget.

python examples/mcp_transcript.py            (docs/mcp.md keeps a transcript)
"""

from __future__ import annotations

import json
import sys
import tempfile
import textwrap
from typing import Any

import anyio
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

ANA = [
    {"text": "Ana Silva lives in Porto.", "entities": ["Ana Silva", "Porto"], "when": "2023-04"},
    {"text": "Ana Silva is allergic to peanuts.", "entities": ["Ana Silva"]},
    {
        "text": "The assistant drew up a budget for Ana Silva's pottery shop.",
        "network": "experience",
        "entities": ["Ana Silva"],
        "when": "2026-11-20",
    },
    {
        "text": "Ana Silva is careful with money.",
        "network": "belief",
        "entities": ["Ana Silva"],
        "confidence": 0.7,
    },
]
MOVED = {"text": "Ana Silva lives in Lisbon.", "entities": ["Ana Silva", "Lisbon"], "when": "2026-09"}


async def main() -> None:
    """Talks to a server on an empty directory."""
    with tempfile.TemporaryDirectory() as home:
        server = StdioServerParameters(
            command=sys.executable, args=["-m", "fourfold_mcp"], env={"FOURFOLD_LOCATION": f"{home}/memory"}
        )
        async with Client(stdio_client(server)) as client:
            await _talk(client)


async def _talk(client: Client) -> None:
    print(f"# tools/list (protocol {client.protocol_version})\n")
    for tool in (await client.list_tools()).tools:
        arguments = ", ".join(tool.input_schema["properties"])
        print(textwrap.fill(f"{tool.name}({arguments}): {tool.description}", 110, subsequent_indent="    "))

    async def say(tool: str, **arguments: object) -> dict[str, Any]:
        print(f"\n> {tool} {json.dumps(arguments)}\n")
        answer = await client.call_tool(tool, arguments)
        for part in answer.content:
            print(getattr(part, "text", part))
        return answer.structured_content or {}

    await say("retain", facts=ANA, context="first talk")
    await say("retain", text="I'm going to run a half marathon next May. My sister Rita will run with me.")
    await say("retain", facts=[MOVED])
    await say("preview", text="Hi there! I think Rita runs faster than me. She moved to Faro last week.")
    found = await say("recall", question="Where does Ana Silva live?", budget=256)
    await say("recall", question="What is the capital of Mongolia?")
    await say("timeline", about="Ana Silva")
    await say("reflect", question="Would Ana Silva buy a second kiln this winter?")
    await say("entity", name="Ana Silva")
    await say("forget", unit=found["units"][0]["id"][:8])
    await say("forget", unit=found["units"][0]["id"][:8], confirm=True)
    await say("recall", question="Where does Ana Silva live?", budget=256)
    await say("recall", query="Where does Ana live?")
    await say("status")


if __name__ == "__main__":
    anyio.run(main)
