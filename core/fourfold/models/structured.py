"""Reads a value of a given shape out of what a language model wrote, mending what is nearly right."""

from __future__ import annotations

import json
import re
from typing import Annotated, TypeVar

from pydantic import ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from fourfold.errors import ModelOutputError
from fourfold.ports import OutputT

Item = TypeVar("Item")
_FENCE = re.compile(r"```(?:json)?\s*(.*?)\s*(?:```|$)", re.DOTALL | re.IGNORECASE)
_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|$)", re.DOTALL | re.IGNORECASE)
_MAX_CHARACTERS = 4_000_000
"""Characters of an answer that are read: a guess, far above what a model writes, for servers that never stop."""
_SHOWN_CHARACTERS = 120
"""Characters of an answer that an error repeats. A guess."""


def decode(text: str, shape: type[OutputT]) -> OutputT:
    """Returns the value of `shape` in `text`: as it stands, out of a code fence or of prose around it, or mended
    (json-repair: quotes, commas, brackets). Raises `ModelOutputError`."""
    # Reasoning models write their thoughts first, and these have braces and fences of their own.
    json_text = _THOUGHT.sub("", text[:_MAX_CHARACTERS]).strip()
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
    """Returns what to tell a model that is not bound to a shape, or does better if it knows it."""
    schema = json.dumps(shape.model_json_schema())
    return f"Answer with one JSON object of this schema, and nothing else:\n{schema}"


def acceptable_items(value: object, accept: ValidatorFunctionWrapHandler) -> list[object]:
    """Returns those items of a list that its validator accepts: one bad item does not spoil the rest."""
    accepted: list[object] = []
    # A model may leave the list away: a value by itself is then its only item, and null is none.
    items = value if isinstance(value, list) else [value]
    for item in items if value is not None else []:
        try:
            accepted += accept([item])
        except ValidationError:
            continue
    return accepted


Acceptable = Annotated[list[Item], WrapValidator(acceptable_items)]
"""A list in a model's answer, of which the acceptable items are kept."""


def _parsed(text: str) -> object:
    """Returns the JSON value that `text` begins with, mended if need be."""
    try:
        # Not `json.loads`: prose after the value ("I hope this helps") is no error.
        value, _ = json.JSONDecoder().raw_decode(text)
    except ValueError:
        from json_repair import repair_json

        value = repair_json(text, return_objects=True)
    return value


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…")
