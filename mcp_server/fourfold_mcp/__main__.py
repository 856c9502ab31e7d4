"""`python -m fourfold_mcp`: serves the memory of the settings over stdio; `fourfold mcp` with nothing to parse."""

import os
import sys

from fourfold import FourfoldError
from fourfold_mcp.transport.process import serve_stdio

if __name__ == "__main__":
    try:
        serve_stdio(os.environ.get("FOURFOLD_BANK", "default"))
    except FourfoldError as error:
        sys.exit(f"fourfold: {error}")
