"""The client's own model reads a text, by sampling, where the server was told that it may ask."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_REQUEST, CreateMessageRequestParams, CreateMessageResult, TextContent
from test_mcp import session, text

from fourfold.testing import FrozenClock

SENTENCES = {"I moved to Porto in April.", "Ben thinks the rent is too high there."}
SAID = "I moved to Porto in April. Ben thinks the rent is too high there."
PORTO = {
    "text": "Ana moved to Porto.",
    "messages": [1],
    "occurred_from": "2023-04",
    "entities": [{"name": "Porto", "kind": "place"}],
}
RENT = {
    "text": "Ben thinks the rent in Porto is too high.",
    "network": "belief",
    "messages": [1],
    "confidence": 0.8,
}
EITHER = pytest.mark.parametrize("mode", ["legacy", "auto"])


class Desk:
    """A client's model: notes what it is asked, and answers `written`."""

    def __init__(self, written: str, stop: str = "endTurn") -> None:
        self.written, self.stop = written, stop
        self.asked: list[CreateMessageRequestParams] = []

    async def __call__(self, _: object, params: CreateMessageRequestParams) -> CreateMessageResult:
        self.asked.append(params)
        content = TextContent(type="text", text=self.written)
        return CreateMessageResult(role="assistant", content=content, model="desk-1", stop_reason=self.stop)


def retain(clock: FrozenClock, desk: Any, mode: str = "auto", sampling: bool = True, said: str = SAID) -> Any:
    """What the server answers to a text, and the texts it then has."""
    found: list[Any] = []

    async def talk(client: Client) -> None:
        done = await client.call_tool("retain", {"text": said, "context": "a walk"})
        happened = (await client.call_tool("timeline", {"what": ["events", "states"]})).structured_content[
            "units"
        ]
        believed = (await client.call_tool("beliefs", {})).structured_content["beliefs"]
        found.extend([done, {one["text"] for one in [*happened, *believed]}])
        status = await client.call_tool("status", {})
        assert status.structured_content["unread"] == 0

    session(clock, talk, sampling=sampling, sampling_callback=desk, mode=mode)
    return found


@EITHER
def test_the_clients_model_reads_a_text_and_the_answer_says_so(clock: FrozenClock, mode: str) -> None:
    desk = Desk("Here you are:\n```json\n" + json.dumps({"statements": [PORTO, RENT]}) + "\n```")
    done, kept = retain(clock, desk, mode)
    assert kept == {PORTO["text"], RENT["text"]}
    assert done.structured_content["extracted_by"] == "desk-1 (your client's model)"
    assert "as read by desk-1 (your client's model)" in text(done)
    (asked,) = desk.asked
    assert SAID in asked.messages[0].content.text  # type: ignore[union-attr]
    assert "a walk" in asked.messages[0].content.text  # type: ignore[union-attr]
    assert "JSON" in (asked.system_prompt or "")
    by_text = {unit["text"]: unit for unit in done.structured_content["units"]}
    assert by_text[RENT["text"]]["network"] == "belief"
    assert by_text[PORTO["text"]]["occurred_from"].startswith("2023-04-01")


@EITHER
@pytest.mark.parametrize(
    "desk", [Desk("I would rather not."), Desk('{"statements": [{"text": "Ana mo', "maxTokens")]
)
def test_an_answer_that_cannot_be_used_loses_nothing(clock: FrozenClock, mode: str, desk: Desk) -> None:
    done, kept = retain(clock, desk, mode)
    assert kept == SENTENCES
    assert done.structured_content["extracted_by"] == "the built-in extractor"
    assert "did not answer as asked" in done.structured_content["warnings"][0]
    assert "did not answer as asked" in text(done)


def test_sampling_is_off_unless_it_is_enabled(clock: FrozenClock) -> None:
    desk = Desk(json.dumps({"statements": [PORTO]}))
    done, kept = retain(clock, desk, sampling=False)
    assert kept == SENTENCES
    assert done.structured_content["extracted_by"] == "the built-in extractor"
    assert desk.asked == []


def test_a_client_without_sampling_needs_none(clock: FrozenClock) -> None:
    done, kept = retain(clock, None)
    assert kept == SENTENCES
    assert not done.is_error


def test_a_long_text_is_read_without_sampling(clock: FrozenClock) -> None:
    desk = Desk(json.dumps({"statements": [PORTO]}))
    said = " ".join(f"On day {day} the harbour was calm and Ben sailed to the island." for day in range(200))
    done, _ = retain(clock, desk, said=said)
    assert done.structured_content["extracted_by"] == "the built-in extractor"
    assert desk.asked == []


def test_a_user_who_says_no_is_told_what_to_do_next(clock: FrozenClock) -> None:
    async def refuse(_: object, params: CreateMessageRequestParams) -> CreateMessageResult:
        raise MCPError(code=INVALID_REQUEST, message="rejected by the user")

    async def talk(client: Client) -> None:
        done = await client.call_tool("retain", {"text": SAID})
        assert done.is_error
        assert "Call retain again with facts" in text(done)
        status = await client.call_tool("status", {})
        assert status.structured_content["banks"] == []

    session(clock, talk, sampling=True, sampling_callback=refuse, mode="legacy")


def test_facts_of_the_caller_are_not_sampled(clock: FrozenClock) -> None:
    desk = Desk(json.dumps({"statements": [PORTO]}))

    async def talk(client: Client) -> None:
        done = await client.call_tool("retain", {"facts": [{"text": "Ana moved to Porto."}]})
        assert done.structured_content["extracted_by"] == "the caller"

    session(clock, talk, sampling=True, sampling_callback=desk)
    assert desk.asked == []


def test_a_wrong_setting_is_an_error(tmp_path: Path) -> None:
    env = {**os.environ, "FOURFOLD_LOCATION": str(tmp_path / "memory"), "FOURFOLD_SAMPLING": "yes"}
    command = [sys.executable, "-m", "fourfold_mcp"]
    done = subprocess.run(command, env=env, input="", capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "FOURFOLD_SAMPLING is 'yes': write 1 or 0" in done.stderr
    assert not (tmp_path / "memory").exists()
