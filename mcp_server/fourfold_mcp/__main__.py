"""`python -m fourfold_mcp`: serves the memory of the settings over stdio."""

import os

import anyio

from fourfold_mcp.server import serve_stdio

if __name__ == "__main__":
    anyio.run(serve_stdio, os.environ.get("FOURFOLD_BANK", "default"))
