"""Picks models by their short names. Nothing heavy is imported before it is asked for.

A name is a backend, or "backend:model", or "backend:model@url". Embedders: "minilm" (packaged, the default), "static"
(packaged), "multilingual", "fastembed", "sentence-transformers", "openai", "voyage". Language models: "anthropic",
"openai", "transformers". Rerankers: "fastembed", "sentence-transformers".
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
    settings = settings or load_settings()
    backend, model, url = _parts(spec)
    with _extra(backend, spec):
        match backend:
            case "minilm":
                from fourfold.models.minilm import MiniLM

                return MiniLM(threads=settings.threads, device=settings.device)
            case "static":
                from fourfold.models.static import StaticTable

                return StaticTable()
            case "openai":
                from fourfold.models.openai import OpenAIEmbedder

                return OpenAIEmbedder(**_named(model), base_url=url)
    raise _unknown("embedder", spec, "minilm, static, openai:MODEL[@URL]")


def load_llm(spec: str, settings: Settings | None = None) -> LanguageModel:
    """The language model called `spec`. No call is made."""
    settings = settings or load_settings()
    backend, model, url = _parts(spec)
    with _extra(backend, spec):
        match backend:
            case "anthropic":
                from fourfold.models.anthropic import Claude

                return Claude(**_named(model), base_url=url, timeout=settings.llm_timeout)
            case "openai":
                from fourfold.models.openai import OpenAIChat

                return OpenAIChat(**_named(model), base_url=url, timeout=settings.llm_timeout)
    raise _unknown("language model", spec, "anthropic:MODEL, openai:MODEL[@URL]")


def load_reranker(spec: str, settings: Settings | None = None) -> Reranker:
    """The reranker called `spec`."""
    raise _unknown("reranker", spec, "none yet")


def _named(model: str) -> dict[str, Any]:
    """The argument that names a model; none, for the backend's own default, where none is named."""
    return {"model": model} if model else {}


def _parts(spec: str) -> tuple[str, str, str | None]:
    """(backend, model, url): "openai:qwen3@http://127.0.0.1:8000/v1" names all three."""
    named, at, url = spec.partition("@http")
    backend, _, model = named.partition(":")
    return backend.strip(), model.strip(), f"http{url}" if at else None


@contextmanager
def _extra(backend: str, spec: str) -> Iterator[None]:
    """A package that is not installed as an error that says what to do."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f'"{spec}" needs the package {error.name}: run pip install "fourfold[{backend}]".'
        ) from error


def _check(model: object, what: str, parts: tuple[str, ...], port: str) -> None:
    missing = [part for part in parts if not hasattr(model, part)]
    if missing:
        raise ConfigurationError(
            f"The {what} ({type(model).__name__}) has no {', '.join(missing)}: see fourfold.ports.{port}."
        )


def _unknown(what: str, spec: str, known: str) -> ConfigurationError:
    return ConfigurationError(f'No {what} is called "{spec}". Take one of {known}, or pass an object.')
