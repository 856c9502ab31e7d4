"""What the examples' test servers answer: each line as a fact of its own."""

from __future__ import annotations

from typing import Any

from fourfold.testing import Call


def repeated(call: Call) -> dict[str, Any]:
    """One statement a line, in its own words."""
    lines = [line for line in call.user.split("Messages:\n")[-1].splitlines() if line.startswith("[")]
    told = [line.partition(": ")[2] for line in lines]
    return {
        "statements": [{"text": text, "modality": None, "messages": [n]} for n, text in enumerate(told, 1)]
    }
