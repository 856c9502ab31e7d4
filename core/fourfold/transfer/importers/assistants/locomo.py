"""LoCoMo (Maharana et al. 2024): conversations over many sessions, as the benchmark's file has them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from fourfold.errors import InputError
from fourfold.transfer.importers.importer import ImportedDocument, SourceFile
from fourfold.values.units import Message


class LoCoMo:
    """Reads LoCoMo's conversations, a document each."""

    name = "locomo"
    reads = "LoCoMo's conversations"

    def matches(self, source: SourceFile) -> bool:
        """Says whether each record has a "conversation" of sessions."""
        return bool(source.records) and all(
            isinstance(record, Mapping)
            and isinstance(record.get("conversation"), Mapping)
            and any(re.match(r"session_\d", str(key)) for key in record["conversation"])
            for record in source.records
        )

    def read(self, source: SourceFile) -> Iterator[ImportedDocument]:
        """Yields the conversations, their sessions one after the other."""
        for number, record in enumerate(source.records):
            messages = tuple(_messages(record["conversation"], source))
            yield ImportedDocument(str(record.get("sample_id", number)), messages)


def _messages(conversation: Mapping[str, Any], source: SourceFile) -> Iterator[Message]:
    numbers = [match[1] for key in conversation if (match := re.fullmatch(r"session_(\d+)", key))]
    for number in sorted(map(int, numbers)):
        at = _time_of(conversation, number, source)
        for turn in conversation[f"session_{number}"]:
            # The picture is not in the file, and the turns around it speak of what it shows.
            caption = f" [{turn['blip_caption']}]" if turn.get("blip_caption") else ""
            yield Message(turn["text"] + caption, turn["speaker"], at=at, id=turn["dia_id"])


def _time_of(conversation: Mapping[str, Any], number: int, source: SourceFile) -> datetime:
    time_text = conversation.get(f"session_{number}_date_time", "")
    try:
        return datetime.strptime(time_text, "%I:%M %p on %d %B, %Y").replace(tzinfo=UTC)
    except ValueError as error:
        raise InputError(
            f'{source.path}, session {number}: "{time_text}" is no time; write it as "1:56 pm on 8 May, 2023".'
        ) from error
