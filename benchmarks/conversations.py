"""Reads conversations: messages, and questions with evidence. Two formats are known: LoCoMo's (Maharana et al., ACL
2024), and that of the other sets of `shared/data` (a "set" with its "conversations")."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fourfold import Message

CATEGORIES = {1: "multi-hop", 2: "temporal", 3: "open-domain", 4: "single-hop"}


@dataclass(frozen=True)
class Question:
    """A question and the ids of the turns that hold its answer."""

    text: str
    evidence: frozenset[str]
    category: str


@dataclass(frozen=True)
class Conversation:
    """One conversation; messages in the order they were said."""

    name: str
    messages: list[Message]
    questions: list[Question]
    language: str | None = None


def read_conversations(path: Path) -> list[Conversation]:
    """All conversations of the file; questions with evidence that exists, of LoCoMo's those of categories 1-4."""
    data = json.loads(path.read_text())
    if isinstance(data, dict):
        return [_from_set(entry, data["language"]) for entry in data["conversations"]]
    return [_conversation(entry) for entry in data]


def _from_set(entry: dict[str, Any], language: str) -> Conversation:
    messages = [
        Message(
            each["text"],
            each["speaker"],
            role=each["role"],
            at=datetime.fromisoformat(each["at"]),
            id=each["id"],
        )
        for each in entry["messages"]
    ]
    questions = [
        Question(asked["question"], frozenset(asked["evidence"]), asked["kind"])
        for asked in entry["questions"]
        if asked["evidence"]
    ]
    return Conversation(entry["id"], messages, questions, language)


def _conversation(entry: dict[str, Any]) -> Conversation:
    talk = entry["conversation"]
    messages: list[Message] = []
    numbers = sorted(int(m[1]) for key in talk if (m := re.fullmatch(r"session_(\d+)", key)))
    for number in numbers:
        at = datetime.strptime(talk[f"session_{number}_date_time"], "%I:%M %p on %d %B, %Y").replace(
            tzinfo=UTC
        )
        for turn in talk[f"session_{number}"]:
            shared = f" [{turn['blip_caption']}]" if turn.get("blip_caption") else ""
            messages.append(Message(turn["text"] + shared, turn["speaker"], at=at, id=turn["dia_id"]))
    known = {m.id for m in messages}
    questions = []
    for asked in entry["qa"]:
        evidence = frozenset(_ids(asked["evidence"])) & known
        if asked["category"] in CATEGORIES and evidence:
            questions.append(
                Question(asked["question"], frozenset(filter(None, evidence)), CATEGORIES[asked["category"]])
            )
    return Conversation(entry["sample_id"], messages, questions)


def _ids(evidence: list[str]) -> set[str]:
    """Evidence strings may hold several ids, and zeros in front ("D8:6; D9:17", "D30:05")."""
    found = re.findall(r"D(\d+):(\d+)", " ".join(evidence))
    return {f"D{int(session)}:{int(turn)}" for session, turn in found}
