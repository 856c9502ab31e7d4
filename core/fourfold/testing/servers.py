"""Local HTTP servers that speak the wire formats of Anthropic's Messages and Message Batches and of OpenAI's chat
completions and embeddings, scripted to answer well or badly (see `fourfold.testing.scripted`)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from fourfold.testing.scripted import (
    Body,
    Call,
    Refuse,
    Script,
    Scripted,
    ScriptedServer,
    Status,
    Text,
    Truncate,
    UseTool,
    pieces,
)


class AnthropicServer(ScriptedServer):
    """Speaks `POST /v1/messages` and the Message Batches API. A batch is worked off when its results are asked for
    the first time; `batch_polls` says how often it is still in progress before that."""

    def __init__(self, script: Script, batch_polls: int = 0) -> None:
        super().__init__(script)
        self.batches: dict[str, list[dict[str, Any]]] = {}
        self.polls: list[str] = []
        self._polls_left: dict[str, int] = {}
        self._batch_polls = batch_polls

    def finish(self) -> None:
        """Ends all batches."""
        with self.lock:
            self._polls_left = dict.fromkeys(self._polls_left, 0)

    def post(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Any:
        """See `ScriptedServer.post`."""
        if not headers.get("authorization") and not headers.get("x-api-key"):
            return Status(401, "no key was given")
        match path:
            case "/v1/messages":
                call = self.noted(path, body, headers)
                return Scripted(call, self.script(call))
            case "/v1/messages/batches":
                with self.lock:
                    batch = f"msgbatch_{len(self.batches) + 1:04}"
                    self.batches[batch] = [dict(request) for request in body["requests"]]
                    self._polls_left[batch] = self._batch_polls
                return Body(self._batch(batch))
            case _:
                return Status(404, f"no such path: {path}")

    def get(self, path: str) -> tuple[str, bytes] | None:
        """A batch, or its results as JSON lines."""
        name, _, rest = path.removeprefix("/v1/messages/batches/").partition("/")
        if not path.startswith("/v1/messages/batches/") or name not in self.batches:
            return None
        if rest == "results":
            lines = (json.dumps(self._result(request)) for request in self.batches[name])
            return "application/x-jsonl", "\n".join(lines).encode()
        with self.lock:
            self._polls_left[name] -= 1
            self.polls.append(name)
        return "application/json", json.dumps(self._batch(name)).encode()

    def rendered(self, call: Call, answer: Any) -> dict[str, Any]:
        """See `ScriptedServer.rendered`."""
        text, stop, details = _written(answer)
        stops = {"length": "max_tokens", "refusal": "refusal", "tool": "tool_use"}
        content: list[dict[str, Any]] = [] if stop == "refusal" else [{"type": "text", "text": text}]
        if isinstance(answer, UseTool):
            used = {"name": answer.name, "input": dict(answer.input)}
            content = [{"type": "tool_use", "id": f"toolu_{call.number:04}", **used}]
        return {
            "id": f"msg_{call.number:04}",
            "type": "message",
            "role": "assistant",
            "model": call.body.get("model", ""),
            "content": content,
            "stop_reason": stops.get(stop, "end_turn"),
            "stop_sequence": None,
            "stop_details": {"type": "refusal", "category": None, "explanation": details}
            if details
            else None,
            "usage": {
                "input_tokens": len(call.user.split()),
                "cache_read_input_tokens": len(call.system.split()) if call.number > 1 else 0,
                "cache_creation_input_tokens": 0 if call.number > 1 else len(call.system.split()),
                "output_tokens": max(1, len(text.split())),
            },
        }

    def events(self, whole: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        """See `ScriptedServer.events`."""

        def event(kind: str, **data: Any) -> tuple[str, Any]:
            return kind, {"type": kind, **data}

        used = whole["usage"]
        yield event("message_start", message={**whole, "content": [], "stop_reason": None})
        for index, block in enumerate(whole["content"]):
            is_tool = block["type"] == "tool_use"
            empty: dict[str, Any] = {"input": {}} if is_tool else {"text": ""}
            yield event("content_block_start", index=index, content_block={**block, **empty})
            for piece in pieces(json.dumps(block["input"]) if is_tool else block["text"]):
                part = {"type": "input_json_delta", "partial_json": piece}
                delta = part if is_tool else {"type": "text_delta", "text": piece}
                yield event("content_block_delta", index=index, delta=delta)
            yield event("content_block_stop", index=index)
        ended = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
        if whole["stop_details"]:
            ended["stop_details"] = whole["stop_details"]
        yield event("message_delta", delta=ended, usage={"output_tokens": used["output_tokens"]})
        yield event("message_stop")

    def failed(self, status: Status) -> dict[str, Any]:
        """See `ScriptedServer.failed`."""
        kinds = {401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error"}
        kinds |= {400: "invalid_request_error", 413: "invalid_request_error", 529: "overloaded_error"}
        kind = kinds.get(status.code, "api_error")
        return {"type": "error", "error": {"type": kind, "message": status.message}, "request_id": "req_test"}

    def _batch(self, name: str) -> dict[str, Any]:
        ended = self._polls_left[name] <= 0
        count = len(self.batches[name])
        return {
            "id": name,
            "type": "message_batch",
            "processing_status": "ended" if ended else "in_progress",
            "request_counts": {
                "processing": 0 if ended else count, "succeeded": count if ended else 0,
                "errored": 0, "canceled": 0, "expired": 0,
            },
            "created_at": "2026-01-01T00:00:00Z",
            "expires_at": "2026-01-02T00:00:00Z",
            "ended_at": "2026-01-01T00:01:00Z" if ended else None,
            "archived_at": None,
            "cancel_initiated_at": None,
            "results_url": f"{self.url}/v1/messages/batches/{name}/results" if ended else None,
        }  # fmt: skip

    def _result(self, request: Mapping[str, Any]) -> dict[str, Any]:
        call = self.noted("/v1/messages/batches", request["params"], {})
        answer = self.script(call)
        if isinstance(answer, Status):
            result: dict[str, Any] = {"type": "errored", "error": self.failed(answer)}
            if answer.code == 408:
                result = {"type": "expired"}
        else:
            result = {"type": "succeeded", "message": self.rendered(call, answer)}
        return {"custom_id": request["custom_id"], "result": result}


class OpenAIServer(ScriptedServer):
    """Speaks `POST /v1/chat/completions` and `/v1/embeddings`. `ways` names what it can be asked in: "schema",
    "tool", "words"; anything else is answered with `unknown`: 400, as older servers do, or 500, as that of
    llama-cpp-python."""

    def __init__(
        self, script: Script, ways: tuple[str, ...] = ("schema", "tool", "words"), unknown: int = 400
    ) -> None:
        super().__init__(script)
        self._ways, self._unknown = ways, unknown

    @property
    def url(self) -> str:
        """The address to give to a client as `base_url`."""
        return super().url + "/v1"

    def post(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Any:
        """See `ScriptedServer.post`."""
        match path:
            case "/v1/chat/completions":
                field = next((name for name in ("response_format", "tools") if name in body), "")
                if {"response_format": "schema", "tools": "tool", "": "words"}[field] not in self._ways:
                    return Status(self._unknown, f"1 validation error: ('body', '{field}')")
                call = self.noted(path, body, headers)
                return Scripted(call, self.script(call))
            case "/v1/embeddings":
                self.noted(path, body, headers)
                vectors = [_hashed(text) for text in body["input"]]
                data = [{"object": "embedding", "index": i, "embedding": v} for i, v in enumerate(vectors)]
                used = {"prompt_tokens": len(vectors), "total_tokens": len(vectors)}
                return Body({"object": "list", "model": body["model"], "data": data, "usage": used})
            case _:
                return Status(404, f"no such path: {path}")

    def rendered(self, call: Call, answer: Any) -> dict[str, Any]:
        """See `ScriptedServer.rendered`."""
        text, stop, details = _written(answer)
        message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": details or None}
        if "tools" in call.body and stop != "refusal":
            function = {"name": "answer", "arguments": text}
            message |= {
                "content": None,
                "tool_calls": [{"id": "t", "type": "function", "function": function}],
            }
        read, written = len((call.system + " " + call.user).split()), max(1, len(text.split()))
        return {
            "id": f"chatcmpl-{call.number}",
            "object": "chat.completion",
            "created": 0,
            "model": call.body.get("model", ""),
            "choices": [
                {"index": 0, "finish_reason": "length" if stop == "length" else "stop", "message": message}
            ],
            "usage": {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written},
        }

    def events(self, whole: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        """See `ScriptedServer.events`."""
        (choice,) = whole["choices"]
        frame = {key: whole[key] for key in ("id", "created", "model")} | {"object": "chat.completion.chunk"}

        def chunk(delta: dict[str, Any], finish: str | None = None) -> tuple[str, Any]:
            return "", {**frame, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

        said = choice["message"]
        yield chunk({"role": "assistant", "content": "", "refusal": said.get("refusal")})
        for piece in pieces(said.get("content") or ""):
            yield chunk({"content": piece})
        for call in said.get("tool_calls") or ():
            named = {"name": call["function"]["name"], "arguments": ""}
            yield chunk(
                {"tool_calls": [{"index": 0, "id": call["id"], "type": "function", "function": named}]}
            )
            for piece in pieces(call["function"]["arguments"]):
                yield chunk({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
        yield chunk({}, choice["finish_reason"])
        yield "", {**frame, "choices": [], "usage": whole["usage"]}
        yield "", "[DONE]"

    def failed(self, status: Status) -> dict[str, Any]:
        """See `ScriptedServer.failed`."""
        return {"error": {"message": status.message, "type": "error", "param": None, "code": None}}


def _written(answer: Any) -> tuple[str, str, str]:
    """The text of an answer, why it stops, and the reason of a refusal."""
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


def _hashed(text: str) -> list[float]:
    """A direction for each word, summed: texts that share words are near."""
    found = [0.0] * 32
    for word in text.lower().split():
        for i, byte in enumerate(hashlib.sha256(word.encode()).digest()):
            found[i] += byte - 127.5
    return found
