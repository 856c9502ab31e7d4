"""Reads a value of a given shape out of what a language model wrote, mending what is nearly right."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, TypeVar

from pydantic import ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from fourfold.errors import ModelOutputError
from fourfold.ports import OutputT

Item = TypeVar("Item")
_FENCE = re.compile(r"```(?:json)?\s*(.*?)\s*(?:```|$)", re.DOTALL | re.IGNORECASE)
_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|$)", re.DOTALL | re.IGNORECASE)
_LONGEST = 4_000_000


def decode(text: str, shape: type[OutputT]) -> OutputT:
    """The value of `shape` in `text`: as it stands, out of a code fence or of prose around it, or mended
    (json-repair: quotes, commas, brackets). Raises `ModelOutputError`."""
    json_text = _THOUGHT.sub("", text[:_LONGEST]).strip()
    fenced = _FENCE.search(json_text)
    json_text = fenced.group(1) if fenced else json_text
    start = min((at for at in (json_text.find("{"), json_text.find("[")) if at >= 0), default=-1)
    if start < 0:
        raise ModelOutputError(f"The model answered without any JSON: {_shown(text)}")
    try:
        return shape.model_validate(_parsed(json_text[start:]))
    except (ValidationError, ValueError, RecursionError) as error:
        reason = (
            f"{error.error_count()} fields are wrong" if isinstance(error, ValidationError) else str(error)
        )
        raise ModelOutputError(f"The model's JSON cannot be used ({reason}): {_shown(text)}") from error


def schema_instructions(shape: type[OutputT]) -> str:
    """What to tell a model that is not bound to a shape, or would do better knowing it."""
    schema = json.dumps(shape.model_json_schema())
    return f"Answer with one JSON object of this schema, and nothing else:\n{schema}"


def acceptable_items(value: Any, accept: ValidatorFunctionWrapHandler) -> list[Any]:
    """Those items of a list that its validator accepts: one bad item does not spoil the rest."""
    accepted: list[Any] = []
    for item in value if isinstance(value, list) else [value] if value is not None else []:
        try:
            accepted += accept([item])
        except ValidationError:
            continue
    return accepted


Acceptable = Annotated[list[Item], WrapValidator(acceptable_items)]
"""A list in a model's answer, of which the acceptable items are kept."""


def _parsed(text: str) -> object:
    try:
        value, _ = json.JSONDecoder().raw_decode(text)
    except ValueError:
        from json_repair import repair_json

        value = repair_json(text, return_objects=True)
    return value


def _shown(text: str) -> str:
    return repr(text if len(text) <= 120 else f"{text[:120]}…")
