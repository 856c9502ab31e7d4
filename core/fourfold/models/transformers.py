"""Language models run in this process by the library transformers, on torch: `pip install "fourfold[transformers]"`.

A model is a name on the hub, a directory, or a GGUF file. The shape of an answer binds the decoding (xgrammar), so
that even a small model writes JSON of that shape, unless it runs out of time or room. One question is answered at a
time: for many at once, serve the model with vLLM or llama.cpp and name its address ("openai:MODEL@URL").
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import torch
from jinja2.exceptions import TemplateError
from transformers import AutoModelForCausalLM, AutoTokenizer, MaxTimeCriteria
from xgrammar import GrammarCompiler, TokenizerInfo
from xgrammar.contrib.hf import LogitsProcessor

from fourfold.errors import ConfigurationError, ModelLengthError, ModelOutputError, ModelTimeoutError
from fourfold.models.structured import decode, schema_instructions
from fourfold.models.vectors import loading, model_errors
from fourfold.ports import ModelResponse, OutputT, PromptMessage
from fourfold.token_usage import Tokens

if TYPE_CHECKING:
    from transformers import BatchEncoding, PreTrainedModel, PreTrainedTokenizerBase

DEFAULT = "Qwen/Qwen3-4B-Instruct-2507"
_MIN_ANSWER_TOKENS = 64
"""Tokens that must be free for an answer. A guess, not measured: one short statement in JSON."""
_UNKNOWN_CONTEXT = 1 << 20
"""Tokens of a model whose configuration names no limit: none that matters here."""


class LocalModel:
    """A model of one's own. `device` is "cpu" or "cuda", `timeout` the seconds an answer may take, `most_tokens` its
    length. The weights are read at the first question.

    An answer that gets too long, takes too long, or does not fit into memory raises `ModelLengthError`: half of the
    text may do.
    """

    def __init__(
        self, model: str = DEFAULT, *, device: str = "cpu", timeout: float = 120.0, most_tokens: int = 4096
    ) -> None:
        self.model = model
        self._device = device
        self._timeout = timeout
        self._most = most_tokens
        # One question at a time: two `generate` calls would need memory for two, and share the cores.
        self._lock = threading.Lock()
        if device == "cuda" and not torch.cuda.is_available():
            raise ConfigurationError(
                f'"{self.name}" is to run on a GPU, and torch finds none: set device="cpu", or install torch '
                f"for CUDA."
            )

    @property
    def name(self) -> str:
        """ "transformers:" and the model's name."""
        return f"transformers:{self.model}"

    async def ask(self, turns: Sequence[PromptMessage], shape: type[OutputT]) -> ModelResponse[OutputT]:
        """See `LanguageModel.ask`. Cancelled, it stops at the next token."""
        stop = threading.Event()
        # A thread cannot be cancelled: it is left behind, and sees at the next token that nobody waits for it.
        try:
            return await anyio.to_thread.run_sync(self._answer, turns, shape, stop, abandon_on_cancel=True)
        finally:
            stop.set()

    async def close(self) -> None:
        """See `LanguageModel.close`. The weights stay, for the next question."""

    def _answer(
        self, turns: Sequence[PromptMessage], shape: type[OutputT], stop: threading.Event
    ) -> ModelResponse[OutputT]:
        with self._lock:
            # It may have waited here for the questions of others, longer than its caller did.
            if stop.is_set():
                raise ModelTimeoutError(f"{self.name} was not waited for.")
            loaded = self._loaded
            prompt = loaded.encoded(turns, schema_instructions(shape)).to(self._device)
            length = int(prompt["input_ids"].shape[1])
            room = min(self._most, loaded.context - length)
            if room < _MIN_ANSWER_TOKENS:
                raise ModelLengthError(
                    f"{self.name} has room for {loaded.context} tokens, and {length} were asked."
                )
            began = time.monotonic()
            answer_ids = self._generate(loaded, prompt, shape, room, stop)[length:]
            seconds = time.monotonic() - began
        tokens = Tokens(1, length, len(answer_ids))
        try:
            # Whatever stopped it (room, time, cancelling) leaves half a JSON value; a mended half would be taken
            # for all.
            if not answer_ids or answer_ids[-1] not in loaded.ends:
                raise ModelLengthError(
                    f"{self.name} stopped in the middle, after {len(answer_ids)} tokens and {seconds:.0f} s."
                )
            return ModelResponse(
                decode(loaded.tokenizer.decode(answer_ids, skip_special_tokens=True), shape), tokens
            )
        except ModelOutputError as error:
            error.tokens = tokens
            raise

    def _generate(
        self,
        loaded: _Loaded,
        prompt: BatchEncoding,
        shape: type[OutputT],
        room: int,
        stop: threading.Event,
    ) -> list[int]:
        """Returns the ids of the question and its answer."""
        grammar = loaded.grammars.compile_json_schema(shape)
        limits = [MaxTimeCriteria(self._timeout), lambda ids, scores: _stop_flags(ids, stop)]
        with model_errors(self.name, RuntimeError, ValueError, IndexError), torch.inference_mode():
            try:
                output = loaded.model.generate(
                    **prompt,
                    max_new_tokens=room,
                    # The likeliest token each time: a retain that is repeated is to find the same statements.
                    do_sample=False,
                    logits_processor=[LogitsProcessor(grammar)],
                    stopping_criteria=limits,
                    pad_token_id=loaded.ends[0],
                )
            except torch.OutOfMemoryError as error:  # a RuntimeError, but one that less text may mend
                raise ModelLengthError(
                    f"{self.name} does not fit into memory with so long a text."
                ) from error
        return [int(token) for token in output[0]]

    @cached_property
    def _loaded(self) -> _Loaded:
        path = Path(self.model).expanduser()
        # A GGUF file is named by its directory and, as an option, its name; a path that is none is a name on the hub.
        gguf = {"gguf_file": path.name} if path.suffix == ".gguf" else {}
        source = str(path) if path.exists() else self.model
        if gguf:
            source = str(path.parent)
        with loading(self.name):
            tokenizer = AutoTokenizer.from_pretrained(source, **gguf)
            model = AutoModelForCausalLM.from_pretrained(source, dtype="auto", **gguf).to(self._device).eval()
            # The model's size, not the tokenizer's, which can be smaller: the grammar masks each number that a
            # model gives.
            size = model.config.get_text_config().vocab_size
            grammars = GrammarCompiler(TokenizerInfo.from_huggingface(tokenizer, vocab_size=size))
        return _Loaded(tokenizer, model, grammars)


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A tokenizer, its model, and the compiler of shapes into grammars, which bind what the model may write."""

    tokenizer: PreTrainedTokenizerBase
    model: PreTrainedModel
    grammars: GrammarCompiler

    @property
    def context(self) -> int:
        """How many tokens a question and its answer may have together."""
        text_config = self.model.config.get_text_config()
        return int(getattr(text_config, "max_position_embeddings", 0) or _UNKNOWN_CONTEXT)

    @property
    def ends(self) -> list[int]:
        """The tokens that end an answer."""
        # One or several: chat models end a turn by another token than a text. The tokenizer's is not always among
        # them.
        token_ids = self.model.generation_config.eos_token_id
        ends = token_ids if isinstance(token_ids, list) else [token_ids]
        return [end for end in {*ends, self.tokenizer.eos_token_id} if end is not None]

    def encoded(self, turns: Sequence[PromptMessage], instructions: str) -> BatchEncoding:
        """Returns the question in the model's own chat format, `instructions` last; without roles where it has no
        format."""
        messages = [{"role": turn.role, "content": turn.text} for turn in turns]
        messages.append({"role": "user", "content": instructions})
        if not self.tokenizer.chat_template:
            prompt_text = "\n\n".join(message["content"] for message in messages)
            return self.tokenizer(f"{prompt_text}\n\n", return_tensors="pt", return_token_type_ids=False)
        for conversation in (_joined(messages), _without_system(messages)):
            try:
                return self.tokenizer.apply_chat_template(
                    conversation,
                    add_generation_prompt=True,
                    # Thoughts would come before the JSON, which the grammar does not allow.
                    enable_thinking=False,
                    return_dict=True,
                    return_tensors="pt",
                )
            except TemplateError:  # some formats have no system role
                continue
        raise ModelOutputError("The model's chat format takes no question.")


def _joined(messages: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Returns the messages with those of one role in a row as one: many chat formats want the roles to alternate."""
    merged: list[dict[str, str]] = []
    for message in messages:
        if merged and merged[-1]["role"] == message["role"]:
            merged[-1]["content"] += f"\n\n{message['content']}"
        else:
            merged.append(dict(message))
    return merged


def _without_system(messages: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    return _joined([{**message, "role": message["role"].replace("system", "user")} for message in messages])


def _stop_flags(ids: torch.Tensor, stop: threading.Event) -> torch.Tensor:
    """Answers what transformers asks after each token: whether to stop, once for each sequence."""
    return torch.full((ids.shape[0],), stop.is_set(), dtype=torch.bool, device=ids.device)
