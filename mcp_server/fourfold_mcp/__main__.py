"""`python -m fourfold_mcp`: serves the memory of the settings over stdio."""

import os

from fourfold_mcp.process import serve_stdio

if __name__ == "__main__":
    serve_stdio(os.environ.get("FOURFOLD_BANK", "default"))
