"""Renders the messages of each task: the fixed prompt first, so that a provider can cache it, then what it is
about."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TypeVar

from fourfold.ports import PromptMessage
from fourfold.values.rendering import one_line

Subject = TypeVar("Subject")
Candidate = TypeVar("Candidate")


def extraction(day: str, context: str, before: Sequence[str], lines: Sequence[str]) -> list[PromptMessage]:
    """Asks for the statements in `lines`, numbered from 1 in this order. `day` is when they were said, "" where
    nobody knows; `before` came just before them."""
    parts = [
        f"Said on {day}." if day else "Nobody knows when this was said: leave out times that depend on it."
    ]
    if context:
        parts.append(f"This is: {one_line(context)}")
    if before:
        parts.append("Before it, for understanding only:\n" + "\n".join(map(_indented, before)))
    messages = (f"[{number}] {_indented(line)}" for number, line in enumerate(lines, 1))
    parts.append("Messages:\n" + "\n".join(messages))
    return [PromptMessage("system", _fixed("extract")), PromptMessage("user", "\n\n".join(parts))]


def judgement(cases: Sequence[tuple[str, Sequence[str]]]) -> list[PromptMessage]:
    """Asks what each new statement does to older ones. A case is the new one and the old ones it may bear on; a new
    one is numbered from 1, its old ones with letters ("2b")."""
    return [PromptMessage("system", _fixed("judge")), PromptMessage("user", _labelled(cases, "new", "old"))]


def assessment(cases: Sequence[tuple[str, Sequence[str]]]) -> list[PromptMessage]:
    """Asks what each new fact does to beliefs; numbered and lettered like the cases of `judgement`."""
    return [
        PromptMessage("system", _fixed("assess")),
        PromptMessage("user", _labelled(cases, "fact", "belief")),
    ]


def summary(
    entity: str, summary_so_far: Sequence[tuple[str, str]], facts: Sequence[tuple[str, str]], words: int
) -> list[PromptMessage]:
    """Asks for a summary of `entity` of at most `words` words: the sentences it has, each with the labels of its
    facts, and the facts, each with its label."""
    parts = [f"About: {one_line(entity)}", f"At most {words} words."]
    if summary_so_far:
        parts.append(
            "The summary so far:\n" + "\n".join(f"{text} [{labels}]" for labels, text in summary_so_far)
        )
    parts.append("Facts:\n" + "\n".join(f"[{label}] {text}" for label, text in facts))
    return [PromptMessage("system", _fixed("summarise")), PromptMessage("user", "\n\n".join(parts))]


def reflection(frame: str, day: str, question: str, evidence: str, last: bool) -> list[PromptMessage]:
    """Asks `question` of the memory on `day`; `frame` is the bank's mission and disposition. `last` tells the model
    to answer at once."""
    question_text = f"Today is {day}.\n\nEvidence:\n{evidence or NO_EVIDENCE}\n\nQuestion: {question}"
    question_text += f"\n\n{_LAST}" if last else ""
    return [
        # Two, since the frame differs from bank to bank: the prompt before it is shared by all of them.
        PromptMessage("system", _fixed("reflect")),
        PromptMessage("system", frame),
        PromptMessage("user", question_text),
    ]


def looked_up(results: Sequence[tuple[str, str]], last: bool) -> str:
    """Returns the queries that the model asked for, each with what was found; `last` tells it to answer now."""
    parts = [f"{query}:\n{answer or NO_EVIDENCE}" for query, answer in results]
    return "\n\n".join([*parts, _LAST] if last else parts)


def uncited(wrong: Sequence[str]) -> str:
    """Returns what tells the model that it cited ids which it was not shown."""
    return (
        f"These ids are not among the evidence you were shown: {', '.join(wrong)}. Answer again, citing only what "
        f"you were shown; leave out what nothing shown supports."
    )


NO_EVIDENCE = "(nothing)"
_LAST = "There is no more to look up. Answer now, with `look_up` empty."


def by_label(
    cases: Sequence[tuple[Subject, Sequence[Candidate]]],
) -> dict[str, tuple[Subject, Candidate]]:
    """Returns the pairs by their labels ("2b"), for cases that were shown in this order."""
    return {
        f"{number}{letter}": (subject, candidate)
        for number, (subject, candidates) in enumerate(cases, 1)
        for letter, candidate in zip(_LETTERS, candidates, strict=False)
    }


def plain_label(label: str) -> str:
    """Returns a label as a model wrote it, without brackets around it, in lower case."""
    return label.strip().strip("[]").lower()


def _labelled(cases: Sequence[tuple[str, Sequence[str]]], subject_kind: str, candidate_kind: str) -> str:
    """Returns the cases a line each, numbered, with their candidates lettered below them."""
    lines = []
    for number, (subject, candidates) in enumerate(cases, 1):
        lines.append(f"[{number}] {subject_kind}: {subject}")
        # A 27th candidate has no letter, and is not shown.
        for letter, text in zip(_LETTERS, candidates, strict=False):
            lines.append(f"    [{number}{letter}] {candidate_kind}: {text}")
    return "\n".join(lines)


def _indented(message: str) -> str:
    """Returns a message with its lines after the first set in, where none of them is the beginning of another."""
    # Not in one line: a document is read by its lines.
    return "\n    ".join(message.splitlines())


# Letters beside numbers, so that a label names the case and the candidate without a separator: "1b".
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@cache
def _fixed(name: str) -> str:
    """Returns the prompt of a task, the same to the byte at each call: a provider's cache holds no other."""
    return (files("fourfold.prompts") / f"{name}.md").read_text(encoding="utf-8").strip()
