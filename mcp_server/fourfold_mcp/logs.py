"""Writes logs as one JSON object a line, on stderr. Above DEBUG they hold no message of an exception and no
traceback's values: these may quote what was remembered, or a key."""

from __future__ import annotations

import json
import logging
import os
import sys
import traceback
from datetime import UTC, datetime

from fourfold import ConfigurationError

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_FIELDS = "fields"


class JsonLines(logging.Formatter):
    """Formats a record as a JSON object; `log.info("...", extra={"fields": {...}})` adds fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Returns one line of JSON."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {"at": at, "level": record.levelname, "logger": record.name}
        line["message"] = record.getMessage()
        line |= getattr(record, _FIELDS, {})
        kind, error, trace = record.exc_info or (None, None, None)
        if kind is not None:
            line["error"] = kind.__name__
            frames = traceback.extract_tb(trace)
            line["at_line"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-5:]]
            # An exception's message may quote what was remembered: only who asks for DEBUG gets it.
            if record.levelno <= logging.DEBUG:
                line["said"] = str(error)
        return json.dumps(line, ensure_ascii=False)


def log_to_stderr() -> None:
    """Logs what is at least of the level `FOURFOLD_LOG` (default: WARNING). Raises `ConfigurationError` for an
    unknown level."""
    level = os.environ.get("FOURFOLD_LOG", "WARNING").upper()
    if level not in LEVELS:
        raise ConfigurationError(f"FOURFOLD_LOG is {level!r}: write one of {', '.join(LEVELS)}.")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=level, force=True)
