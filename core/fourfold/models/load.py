"""Picks models by their short names. Nothing heavy is imported before it is asked for.

A name is a backend, or "backend:model", or "backend:model@url". Embedders: "minilm" (packaged, the default), "static"
(packaged), "multilingual", "fastembed", "sentence-transformers", "openai", "voyage". Language models: "anthropic",
"openai", "transformers". Rerankers: "fastembed", "sentence-transformers".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from fourfold.errors import ConfigurationError
from fourfold.ports import Embedder, LanguageModel, Reranker
from fourfold.settings import Settings, load_settings

_EMBEDDER = ("name", "dimension", "token_dimension", "centroids", "embed")


@dataclass(frozen=True, slots=True)
class Models:
    """The models of a memory."""

    embedder: Embedder
    llm: LanguageModel | None
    reranker: Reranker | None


def load_models(
    settings: Settings,
    embedder: str | Embedder | None = None,
    llm: str | LanguageModel | None = None,
    reranker: str | Reranker | None = None,
) -> Models:
    """The models given, by name or as objects; those that are not come from `settings`.

    Raises `ConfigurationError` for a name it does not know, a package that is not installed, a key that is missing,
    or an object that lacks a part.
    """
    vectors = embedder if embedder is not None else settings.embedder
    answers = llm if llm is not None else settings.llm
    ranks = reranker if reranker is not None else settings.reranker
    chosen = Models(
        load_embedder(vectors, settings) if isinstance(vectors, str) else vectors,
        load_llm(answers, settings) if isinstance(answers, str) else answers,
        load_reranker(ranks, settings) if isinstance(ranks, str) else ranks,
    )
    _check(chosen.embedder, "embedder", _EMBEDDER, "Embedder. centroids may be None")
    if chosen.llm is not None:
        _check(chosen.llm, "language model", ("name", "ask", "close"), "LanguageModel")
    if chosen.reranker is not None:
        _check(chosen.reranker, "reranker", ("name", "score"), "Reranker")
    return chosen


def load_embedder(spec: str, settings: Settings | None = None) -> Embedder:
    """The embedder called `spec`; its weights are read at its first use."""
    loaded: Embedder = _load("embedder", _EMBEDDERS, spec, settings or load_settings())
    return loaded


def load_llm(spec: str, settings: Settings | None = None) -> LanguageModel:
    """The language model called `spec`. No call is made."""
    loaded: LanguageModel = _load("language model", _LANGUAGE_MODELS, spec, settings or load_settings())
    return loaded


def load_reranker(spec: str, settings: Settings | None = None) -> Reranker:
    """The reranker called `spec`; its weights are read at its first use."""
    loaded: Reranker = _load("reranker", _RERANKERS, spec, settings or load_settings())
    return loaded


@dataclass(frozen=True, slots=True)
class _Backend:
    """A class of `fourfold.models`, and the options it takes beside a model's name."""

    module: str
    name: str
    options: tuple[str, ...] = ()


_EMBEDDERS = {
    "minilm": _Backend("packaged.minilm", "MiniLM", ("threads", "device")),
    "static": _Backend("packaged.static", "StaticEmbedder"),
    "multilingual": _Backend("packaged.multilingual", "MultilingualE5"),
    "fastembed": _Backend("fastembed", "FastEmbedder", ("threads", "device")),
    "sentence-transformers": _Backend("sentence_transformers", "SentenceEmbedder", ("device",)),
    "openai": _Backend("openai", "OpenAIEmbedder", ("base_url",)),
    "voyage": _Backend("voyage", "VoyageEmbedder", ("base_url",)),
}
_LANGUAGE_MODELS = {
    "anthropic": _Backend("anthropic", "Claude", ("base_url", "timeout")),
    "openai": _Backend("openai", "OpenAIChat", ("base_url", "timeout")),
    "transformers": _Backend("transformers", "LocalModel", ("device", "timeout")),
}
_RERANKERS = {
    "fastembed": _Backend("fastembed", "FastReranker", ("threads", "device")),
    "sentence-transformers": _Backend("sentence_transformers", "SentenceReranker", ("device",)),
}
_WITHOUT_MODEL = ("minilm", "static", "multilingual")


def _load(what: str, backends: Mapping[str, _Backend], spec: str, settings: Settings) -> Any:
    name, model, url = _parts(spec)
    backend = backends.get(name)
    if backend is None or (model and name in _WITHOUT_MODEL):
        raise ConfigurationError(
            f'No {what} is called "{spec}". Take one of {", ".join(backends)} (with ":MODEL" where there are '
            f'several, and "@URL" for an endpoint of your own), or pass an object.'
        )
    if url is not None and "base_url" not in backend.options:
        raise ConfigurationError(f'"{spec}" names an address, and {name} has none.')
    given = {
        "base_url": url,
        "timeout": settings.llm_timeout,
        "device": settings.device,
        "threads": settings.threads,
    }
    options = {option: given[option] for option in backend.options}
    try:
        make = getattr(import_module(f"fourfold.models.{backend.module}"), backend.name)
        return make(model, **options) if model else make(**options)
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f'"{spec}" needs the package {error.name}: run pip install "fourfold[{name}]".'
        ) from error


def _parts(spec: str) -> tuple[str, str, str | None]:
    """(backend, model, url): "openai:qwen3@http://127.0.0.1:8000/v1" names all three."""
    named, at, url = spec.partition("@http")
    backend, _, model = named.partition(":")
    return backend.strip(), model.strip(), f"http{url}" if at else None


def _check(model: object, what: str, parts: tuple[str, ...], port: str) -> None:
    missing = [part for part in parts if not hasattr(model, part)]
    if missing:
        raise ConfigurationError(
            f"The {what} ({type(model).__name__}) has no {', '.join(missing)}: see fourfold.ports.{port}."
        )
