"""Says counts and what a retain did as people say it: for the command line and for tools."""

from __future__ import annotations

from collections.abc import Mapping

from fourfold.values.units import Verdict


def counted(count: int, noun: str, plural: str = "") -> str:
    """Returns "1 unit", "2,000 units"; `plural` is that of a noun that takes more than an s."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def render_verdicts(counts: Mapping[Verdict, int]) -> str:
    """Returns what a retain did: "9 new statements, 1 older one replaced, 8 known already"."""
    new, replaced = counts.get(Verdict.ADD, 0) + counts.get(Verdict.UPDATE, 0), counts.get(Verdict.RETIRE, 0)
    known = counts.get(Verdict.NOOP, 0)
    parts = []
    if new:
        parts.append(counted(new, "new statement"))
    if replaced:
        parts.append(f"{counted(replaced, 'older one')} replaced")
    if known:
        parts.append(f"{known:,} known already" if parts else f"{counted(known, 'statement')}, known already")
    return ", ".join(parts) or "nothing to remember in it"
