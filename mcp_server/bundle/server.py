"""The entry point of the bundle."""

import os

from fourfold_mcp.transport.process import serve_stdio

serve_stdio(os.environ.get("FOURFOLD_BANK") or "default")
