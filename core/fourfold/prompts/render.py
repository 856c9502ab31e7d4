"""The turns of each task: the fixed prompt first, so that a provider can cache it, then what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from fourfold.ports import Turn


def extraction(day: str, context: str, before: Sequence[str], lines: Sequence[str]) -> list[Turn]:
    """Asks for the statements in `lines`, numbered from 1 in this order. `day` is when they were said; `before` came
    just before them."""
    parts = [f"Said on {day}."]
    if context:
        parts.append(f"This is: {context}")
    if before:
        parts.append("Before it, for understanding only:\n" + "\n".join(before))
    parts.append("Messages:\n" + "\n".join(f"[{number}] {line}" for number, line in enumerate(lines, 1)))
    return [Turn("system", _fixed("extract")), Turn("user", "\n\n".join(parts))]


def judgement(cases: Sequence[tuple[str, Sequence[str]]]) -> list[Turn]:
    """Asks what each new statement does to older ones. A case is the new one and the old ones it may bear on; a new
    one is numbered from 1, its old ones with letters ("2b")."""
    listed = []
    for number, (new, old) in enumerate(cases, 1):
        listed.append(f"[{number}] new: {new}")
        listed += [f"    [{number}{letter}] old: {text}" for letter, text in zip(LETTERS, old, strict=False)]
    return [Turn("system", _fixed("judge")), Turn("user", "\n".join(listed))]


LETTERS = "abcdefghijklmnopqrstuvwxyz"


@cache
def _fixed(name: str) -> str:
    return (files("fourfold.prompts") / f"{name}.md").read_text(encoding="utf-8").strip()
