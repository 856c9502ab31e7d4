"""Writes the list of tools in mcp_server/bundle/manifest.json, from the tools of the MCP server. `make check` runs it
with --check, which writes nothing and fails where the list is not what it would write.

    python scripts/generate_manifest.py [--check]
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from fourfold_mcp.tools.registry import BUILTIN_TOOLS

TARGET = Path(__file__).parent.parent / "mcp_server" / "bundle" / "manifest.json"
TOOLS = re.compile(r'(?<=  "tools": \[\n).*?(?=\n  \])', re.DOTALL)


def main() -> int:
    """Writes the file, or with --check compares; returns the exit status."""
    current = TARGET.read_text(encoding="utf-8")
    lines = [json.dumps({"name": tool.name, "description": tool.summary}) for tool in BUILTIN_TOOLS]
    # Only the list is replaced, so that the rest stays laid out as people wrote it.
    generated = TOOLS.sub(lambda _: ",\n".join(f"    {line}" for line in lines), current, count=1)
    if "--check" not in sys.argv:
        TARGET.write_text(generated, encoding="utf-8")
        return 0
    if current != generated:
        print(
            f"{TARGET} does not list the server's tools: run scripts/generate_manifest.py.", file=sys.stderr
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
