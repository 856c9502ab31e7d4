"""Local HTTP servers that speak the wire formats of Anthropic's Messages and Message Batches and of OpenAI's chat
completions and embeddings, scripted to answer well or badly (see `fourfold.testing.scripted`)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Literal, TypedDict

from fourfold.testing.scripted import (
    Call,
    JSONBody,
    JSONObject,
    Refuse,
    Reply,
    RequestBody,
    Script,
    ScriptedAnswer,
    ScriptedServer,
    ServerEvent,
    Status,
    Text,
    Truncate,
    UseTool,
    split_text,
)


class _TextBlock(TypedDict):
    type: Literal["text"]
    text: str


class _ToolUseBlock(TypedDict):
    type: Literal["tool_use"]
    id: str
    name: str
    input: JSONObject


class _Usage(TypedDict):
    input_tokens: int
    cache_read_input_tokens: int
    cache_creation_input_tokens: int
    output_tokens: int


class _Message(TypedDict):
    """A message of Anthropic's API."""

    id: str
    type: str
    role: str
    model: str
    content: list[_TextBlock | _ToolUseBlock]
    stop_reason: str
    stop_sequence: None
    stop_details: JSONObject | None
    usage: _Usage


class _BatchRequest(TypedDict):
    custom_id: str
    params: RequestBody


class AnthropicServer(ScriptedServer):
    """Speaks `POST /v1/messages` and the Message Batches API. A batch is worked off when its results are asked for
    the first time; until then, `batch_polls` requests for its status are answered by "in progress". `batches` are the
    requests of each batch by its id, `polls` the ids that a status was asked for."""

    def __init__(self, script: Script, batch_polls: int = 0) -> None:
        super().__init__(script)
        self.batches: dict[str, list[_BatchRequest]] = {}
        self.polls: list[str] = []
        self._polls_left: dict[str, int] = {}
        self._batch_polls = batch_polls

    def finish(self) -> None:
        """Ends all batches."""
        with self.lock:
            self._polls_left = dict.fromkeys(self._polls_left, 0)

    def post(self, path: str, body: RequestBody, headers: Mapping[str, str]) -> Reply:
        """See `ScriptedServer.post`."""
        if not headers.get("authorization") and not headers.get("x-api-key"):
            return Status(401, "no key was given")
        match path:
            case "/v1/messages":
                call = self.record(path, body, headers)
                return ScriptedAnswer(call, self.script(call))
            case "/v1/messages/batches":
                with self.lock:
                    batch = f"msgbatch_{len(self.batches) + 1:04}"
                    self.batches[batch] = [
                        {"custom_id": request["custom_id"], "params": request["params"]}
                        for request in body["requests"]
                    ]
                    self._polls_left[batch] = self._batch_polls
                return JSONBody(self._batch_status(batch))
            case _:
                return Status(404, f"no such path: {path}")

    def get(self, path: str) -> tuple[str, bytes] | None:
        """Returns the status of a batch, or its results as JSON lines."""
        batch, _, rest = path.removeprefix("/v1/messages/batches/").partition("/")
        if not path.startswith("/v1/messages/batches/") or batch not in self.batches:
            return None
        if rest == "results":
            lines = (json.dumps(self._result(request)) for request in self.batches[batch])
            return "application/x-jsonl", "\n".join(lines).encode()
        with self.lock:
            self._polls_left[batch] -= 1
            self.polls.append(batch)
        return "application/json", json.dumps(self._batch_status(batch)).encode()

    def render(self, call: Call, answer: object) -> JSONObject:
        """See `ScriptedServer.render`."""
        return self._message(call, answer)

    def _message(self, call: Call, answer: object) -> _Message:
        text, end, refusal = _text_of(answer)
        stop_reasons = {"length": "max_tokens", "refusal": "refusal", "tool": "tool_use"}
        content: list[_TextBlock | _ToolUseBlock] = []
        if isinstance(answer, UseTool):
            tool_id = f"toolu_{call.number:04}"
            content = [{"type": "tool_use", "id": tool_id, "name": answer.name, "input": dict(answer.input)}]
        elif end != "refusal":  # a refusal has no content, only the reason that it stopped
            content = [{"type": "text", "text": text}]
        # The system prompt is as good as cached from the second call on, so that accounting has something to add up.
        system_tokens = len(call.system.split())
        is_cached = call.number > 1
        return {
            "id": f"msg_{call.number:04}",
            "type": "message",
            "role": "assistant",
            "model": call.body.get("model", ""),
            "content": content,
            "stop_reason": stop_reasons.get(end, "end_turn"),
            "stop_sequence": None,
            "stop_details": {"type": "refusal", "category": None, "explanation": refusal}
            if refusal
            else None,
            "usage": {
                "input_tokens": len(call.user.split()),
                "cache_read_input_tokens": system_tokens if is_cached else 0,
                "cache_creation_input_tokens": 0 if is_cached else system_tokens,
                "output_tokens": max(1, len(text.split())),
            },
        }

    def stream_events(self, call: Call, answer: object) -> Iterator[ServerEvent]:
        """See `ScriptedServer.stream_events`."""

        def event(kind: str, **data: object) -> ServerEvent:
            return kind, {"type": kind, **data}

        message = self._message(call, answer)
        yield event("message_start", message={**message, "content": [], "stop_reason": None})
        for index, block in enumerate(message["content"]):
            if block["type"] == "tool_use":
                yield event("content_block_start", index=index, content_block={**block, "input": {}})
                for piece in split_text(json.dumps(block["input"])):
                    part = {"type": "input_json_delta", "partial_json": piece}
                    yield event("content_block_delta", index=index, delta=part)
            else:
                yield event("content_block_start", index=index, content_block={**block, "text": ""})
                for piece in split_text(block["text"]):
                    part = {"type": "text_delta", "text": piece}
                    yield event("content_block_delta", index=index, delta=part)
            yield event("content_block_stop", index=index)
        end: dict[str, object] = {"stop_reason": message["stop_reason"], "stop_sequence": None}
        if message["stop_details"]:
            end["stop_details"] = message["stop_details"]
        yield event("message_delta", delta=end, usage={"output_tokens": message["usage"]["output_tokens"]})
        yield event("message_stop")

    def render_error(self, status: Status) -> JSONObject:
        """See `ScriptedServer.render_error`."""
        kinds = {401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error"}
        kinds |= {400: "invalid_request_error", 413: "invalid_request_error", 529: "overloaded_error"}
        kind = kinds.get(status.code, "api_error")
        return {"type": "error", "error": {"type": kind, "message": status.message}, "request_id": "req_test"}

    def _batch_status(self, batch: str) -> JSONObject:
        has_ended = self._polls_left[batch] <= 0
        count = len(self.batches[batch])
        return {
            "id": batch,
            "type": "message_batch",
            "processing_status": "ended" if has_ended else "in_progress",
            "request_counts": {
                "processing": 0 if has_ended else count, "succeeded": count if has_ended else 0,
                "errored": 0, "canceled": 0, "expired": 0,
            },
            "created_at": "2026-01-01T00:00:00Z",
            "expires_at": "2026-01-02T00:00:00Z",
            "ended_at": "2026-01-01T00:01:00Z" if has_ended else None,
            "archived_at": None,
            "cancel_initiated_at": None,
            # The SDK follows this address, which is why the results cannot be asked for before the batch has ended.
            "results_url": f"{self.url}/v1/messages/batches/{batch}/results" if has_ended else None,
        }  # fmt: skip

    def _result(self, request: _BatchRequest) -> JSONObject:
        call = self.record("/v1/messages/batches", request["params"], {})
        answer = self.script(call)
        result: JSONObject
        if not isinstance(answer, Status):
            result = {"type": "succeeded", "message": self.render(call, answer)}
        elif answer.code == 408:  # stands for a batch that is not worked off within a day: that has no status
            result = {"type": "expired"}
        else:
            result = {"type": "errored", "error": self.render_error(answer)}
        return {"custom_id": request["custom_id"], "result": result}


class _Function(TypedDict):
    name: str
    arguments: str


class _ToolCall(TypedDict):
    id: str
    type: str
    function: _Function


class _AssistantMessage(TypedDict):
    """A message of OpenAI's API."""

    role: str
    content: str | None
    refusal: str | None
    tool_calls: list[_ToolCall]


class OpenAIServer(ScriptedServer):
    """Speaks `POST /v1/chat/completions` and `/v1/embeddings`. `ways` names how it can be asked for the shape of an
    answer: "schema", "tool", "words"; any other way is answered with the status `unknown`: 400, as older servers do,
    or 500, as that of llama-cpp-python."""

    def __init__(
        self, script: Script, ways: tuple[str, ...] = ("schema", "tool", "words"), unknown: int = 400
    ) -> None:
        super().__init__(script)
        self._ways, self._unknown = ways, unknown

    @property
    def url(self) -> str:
        """The address to give to a client as `base_url`."""
        return super().url + "/v1"

    def post(self, path: str, body: RequestBody, headers: Mapping[str, str]) -> Reply:
        """See `ScriptedServer.post`."""
        match path:
            case "/v1/chat/completions":
                field = next((name for name in ("response_format", "tools") if name in body), "")
                if {"response_format": "schema", "tools": "tool", "": "words"}[field] not in self._ways:
                    return Status(self._unknown, f"1 validation error: ('body', '{field}')")
                call = self.record(path, body, headers)
                return ScriptedAnswer(call, self.script(call))
            case "/v1/embeddings":
                self.record(path, body, headers)
                vectors = [_hash_vector(text) for text in body["input"]]
                data = [{"object": "embedding", "index": i, "embedding": v} for i, v in enumerate(vectors)]
                usage = {"prompt_tokens": len(vectors), "total_tokens": len(vectors)}
                return JSONBody({"object": "list", "model": body["model"], "data": data, "usage": usage})
            case _:
                return Status(404, f"no such path: {path}")

    def render(self, call: Call, answer: object) -> JSONObject:
        """See `ScriptedServer.render`."""
        message, finish_reason = _assistant_message(call, answer)
        # The API leaves the field out of a message without a call, and has no content in one with a call.
        fields = {name: value for name, value in message.items() if name != "tool_calls" or value}
        choice = {"index": 0, "finish_reason": finish_reason, "message": fields}
        return {
            "id": f"chatcmpl-{call.number}",
            "object": "chat.completion",
            "created": 0,
            "model": call.body.get("model", ""),
            "choices": [choice],
            "usage": _usage(call, answer),
        }

    def stream_events(self, call: Call, answer: object) -> Iterator[ServerEvent]:
        """See `ScriptedServer.stream_events`."""
        message, finish_reason = _assistant_message(call, answer)
        frame = {"id": f"chatcmpl-{call.number}", "created": 0, "model": call.body.get("model", "")}
        frame["object"] = "chat.completion.chunk"

        def chunk(delta: JSONObject, finish: str | None = None) -> ServerEvent:
            return "", {**frame, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

        yield chunk({"role": "assistant", "content": "", "refusal": message["refusal"]})
        for piece in split_text(message["content"] or ""):
            yield chunk({"content": piece})
        for tool_call in message["tool_calls"]:
            function = tool_call["function"]
            yield chunk(
                {"tool_calls": [{**tool_call, "index": 0, "function": {**function, "arguments": ""}}]}
            )
            for piece in split_text(function["arguments"]):
                yield chunk({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
        yield chunk({}, finish_reason)
        # Usage comes in a chunk of its own without a choice, as it does where `stream_options` asks for it.
        yield "", {**frame, "choices": [], "usage": _usage(call, answer)}
        yield "", "[DONE]"

    def render_error(self, status: Status) -> JSONObject:
        """See `ScriptedServer.render_error`."""
        return {"error": {"message": status.message, "type": "error", "param": None, "code": None}}


def _assistant_message(call: Call, answer: object) -> tuple[_AssistantMessage, str]:
    """Returns the message, a call of the tool "answer" where the request has tools, and the finish reason."""
    text, end, refusal = _text_of(answer)
    message: _AssistantMessage = {
        "role": "assistant",
        "content": text,
        "refusal": refusal or None,
        "tool_calls": [],
    }
    if "tools" in call.body and end != "refusal":
        function: _Function = {"name": "answer", "arguments": text}
        message["content"] = None
        message["tool_calls"] = [{"id": "t", "type": "function", "function": function}]
    return message, "length" if end == "length" else "stop"


def _usage(call: Call, answer: object) -> JSONObject:
    """Counts a word as a token."""
    text, _, _ = _text_of(answer)
    prompt_tokens = len((call.system + " " + call.user).split())
    completion_tokens = max(1, len(text.split()))
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens + completion_tokens,
    }


def _text_of(answer: object) -> tuple[str, str, str]:
    """Returns the text of a script's answer, how it ends ("end", "refusal", "tool", "length"), and the reason of a
    refusal."""
    match answer:
        case Text(text):
            return text, "end", ""
        case Refuse(reason):
            return "", "refusal", reason
        case UseTool(name):
            return name, "tool", ""
        case Truncate(value):
            text = json.dumps(value)
            return text[: len(text) * 2 // 3], "length", ""
        case _:
            return json.dumps(answer), "end", ""


def _hash_vector(text: str) -> list[float]:
    """Returns the sum of a direction (32,) for each word: texts that share words are near."""
    vector = [0.0] * 32
    for word in text.lower().split():
        for i, byte in enumerate(hashlib.sha256(word.encode()).digest()):
            vector[i] += (
                byte - 127.5
            )  # centred: bytes that are all positive would make every pair of texts near
    return vector
