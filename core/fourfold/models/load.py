"""Picks models by their short names. Nothing heavy is imported before a name asks for it.

A name is a backend, or "backend:model", or "backend:model@url". Embedders: "minilm" (packaged, the default), "static"
(packaged), "multilingual", "fastembed", "sentence-transformers", "openai", "voyage". Language models: "anthropic",
"openai", "transformers". Rerankers: "fastembed", "sentence-transformers". Entity recognizers: "spacy".

Other packages add names by entry points of the groups `fourfold.embedders`, `fourfold.language_models`,
`fourfold.rerankers` and `fourfold.entity_recognizers` (see `fourfold.plugins`). Such an entry point names a class or
a function that returns an object of the port (`fourfold.ports`). It is called with the model's name, if the user
wrote one, and with those of the keyword arguments `base_url` (only if the user wrote "@url"), `timeout`, `device` and
`threads` that it takes.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import EntryPoint
from typing import Any

from fourfold.errors import ConfigurationError, FourfoldError
from fourfold.plugins import broken_plugin, declared_plugins, load_plugin
from fourfold.ports import Embedder, EntityRecognizer, LanguageModel, Reranker
from fourfold.settings import Settings, load_settings

# By name, not by `isinstance` of the port: a message can then say which part is missing.
_EMBEDDER_PARTS = ("name", "dimension", "token_dimension", "centroids", "embed")


@dataclass(frozen=True, slots=True)
class Models:
    """The models of a memory."""

    embedder: Embedder
    llm: LanguageModel | None
    reranker: Reranker | None
    ner: EntityRecognizer | None


def load_models(
    settings: Settings,
    embedder: str | Embedder | None = None,
    llm: str | LanguageModel | None = None,
    reranker: str | Reranker | None = None,
    ner: str | EntityRecognizer | None = None,
) -> Models:
    """Returns the models that are given, by name or as objects, and those of `settings` in place of the others.

    Raises `ConfigurationError` for a name it does not know, a package that is not installed, a key that is missing,
    or an object that lacks a part.
    """
    vectors = embedder if embedder is not None else settings.embedder
    answers = llm if llm is not None else settings.llm
    ranks = reranker if reranker is not None else settings.reranker
    finds = ner if ner is not None else settings.ner
    chosen = Models(
        load_embedder(vectors, settings),
        load_llm(answers, settings) if isinstance(answers, str) else answers,
        load_reranker(ranks, settings) if isinstance(ranks, str) else ranks,
        load_recognizer(finds, settings) if isinstance(finds, str) else finds,
    )
    if chosen.llm is not None:
        _check(chosen.llm, "language model", ("name", "ask", "close"), "LanguageModel")
    if chosen.reranker is not None:
        _check(chosen.reranker, "reranker", ("name", "score"), "Reranker")
    if chosen.ner is not None:
        _check(chosen.ner, "entity recognizer", ("name", "recognize"), "EntityRecognizer")
    return chosen


def load_embedder(embedder: str | Embedder, settings: Settings | None = None) -> Embedder:
    """Returns the embedder of that name, whose weights are read at its first use, or the one that is given, once it
    has all its parts. Raises `ConfigurationError`."""
    chosen: Embedder = (
        _load(_EMBEDDERS, embedder, settings or load_settings()) if isinstance(embedder, str) else embedder
    )
    _check(chosen, "embedder", _EMBEDDER_PARTS, "Embedder. centroids may be None")
    return chosen


def load_llm(spec: str, settings: Settings | None = None) -> LanguageModel:
    """Returns the language model called `spec`. No call is made."""
    llm: LanguageModel = _load(_LANGUAGE_MODELS, spec, settings or load_settings())
    return llm


def load_reranker(spec: str, settings: Settings | None = None) -> Reranker:
    """Returns the reranker called `spec`; its weights are read at its first use."""
    reranker: Reranker = _load(_RERANKERS, spec, settings or load_settings())
    return reranker


def load_recognizer(spec: str, settings: Settings | None = None) -> EntityRecognizer:
    """Returns the entity recognizer called `spec`; its weights are read at its first use."""
    recognizer: EntityRecognizer = _load(_RECOGNIZERS, spec, settings or load_settings())
    return recognizer


@dataclass(frozen=True, slots=True)
class _Backend:
    """A class of `fourfold.models`."""

    module: str
    class_name: str
    options: tuple[str, ...] = ()
    """The keyword arguments of the class that come from the settings and from the address."""
    extra: str | None = None
    """The extra of Fourfold that installs what the module imports; None: Fourfold's own dependencies do."""
    takes_model: bool = True
    """Whether a model's name may follow the backend's."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of model: what messages call it, the group of entry points that extends it, and our own backends."""

    label: str
    group: str
    backends: Mapping[str, _Backend]


_EMBEDDERS = _Kind(
    "embedder",
    "fourfold.embedders",
    {
        "minilm": _Backend("packaged.minilm", "MiniLM", ("threads", "device"), takes_model=False),
        "static": _Backend("packaged.static", "StaticEmbedder", takes_model=False),
        "multilingual": _Backend(
            "packaged.multilingual", "MultilingualE5", extra="multilingual", takes_model=False
        ),
        "fastembed": _Backend("fastembed", "FastEmbedder", ("threads", "device"), "fastembed"),
        "sentence-transformers": _Backend(
            "sentence_transformers", "SentenceEmbedder", ("device",), "sentence-transformers"
        ),
        "openai": _Backend("openai", "OpenAIEmbedder", ("base_url",), "openai"),
        "voyage": _Backend("voyage", "VoyageEmbedder", ("base_url",), "voyage"),
    },
)
_LANGUAGE_MODELS = _Kind(
    "language model",
    "fourfold.language_models",
    {
        "anthropic": _Backend("anthropic", "Claude", ("base_url", "timeout"), "anthropic"),
        "openai": _Backend("openai", "OpenAIChat", ("base_url", "timeout"), "openai"),
        "transformers": _Backend("transformers", "LocalModel", ("device", "timeout"), "transformers"),
    },
)
_RERANKERS = _Kind(
    "reranker",
    "fourfold.rerankers",
    {
        "fastembed": _Backend("fastembed", "FastReranker", ("threads", "device"), "fastembed"),
        "sentence-transformers": _Backend(
            "sentence_transformers", "SentenceReranker", ("device",), "sentence-transformers"
        ),
    },
)
_RECOGNIZERS = _Kind(
    "entity recognizer",
    "fourfold.entity_recognizers",
    {"spacy": _Backend("spacy", "SpacyRecognizer", extra="spacy")},
)


def _load(kind: _Kind, spec: str, settings: Settings) -> Any:
    """Makes the model called `spec`. Any: what a backend's name or an entry point gives is known at run time alone;
    that it has the parts of its port is checked by `load_models`."""
    name, model, url = _parts(spec)
    options = {
        "base_url": url,
        "timeout": settings.llm_timeout,
        "device": settings.device,
        "threads": settings.threads,
    }
    backend = kind.backends.get(name)
    if backend is not None and (backend.takes_model or not model):
        return _make(backend, spec, model, options)
    # Our own names come first, and need no look at the metadata of every installed package, which takes time.
    plugins = declared_plugins(kind.group)
    if backend is None and name in plugins:
        return _make_plugin(plugins[name], spec, model, options)
    names = dict.fromkeys([*kind.backends, *plugins])
    raise ConfigurationError(
        f'No {kind.label} is called "{spec}". Take one of {", ".join(names)} (with ":MODEL" where there are '
        f'several, and "@URL" for an endpoint of your own), or pass an object.'
    )


def _make(backend: _Backend, spec: str, model: str, options: Mapping[str, object]) -> Any:
    if options["base_url"] is not None and "base_url" not in backend.options:
        raise _without_address(spec)
    # Imported here, by name: each backend imports its library at its top, and that takes up to seconds.
    arguments = {option: options[option] for option in backend.options}
    try:
        make = getattr(import_module(f"fourfold.models.{backend.module}"), backend.class_name)
        return make(model, **arguments) if model else make(**arguments)
    except ModuleNotFoundError as error:
        packages = f'"fourfold[{backend.extra}]"' if backend.extra else str(error.name)
        raise ConfigurationError(
            f'"{spec}" needs the package {error.name}: run pip install {packages}.'
        ) from error


def _make_plugin(entry: EntryPoint, spec: str, model: str, options: Mapping[str, object]) -> object:
    make = load_plugin(entry)
    if not callable(make):
        raise broken_plugin(entry, TypeError(f"{entry.value} is no class or function"))
    accepted = _keywords(make)
    if options["base_url"] is not None and "base_url" not in accepted:
        raise _without_address(spec)
    arguments = {
        name: value for name, value in options.items() if name in accepted and (name != "base_url" or value)
    }
    try:
        return make(model, **arguments) if model else make(**arguments)
    except FourfoldError:
        raise  # it says what is wrong in our own terms: a missing key, an unknown model
    except Exception as error:  # another package's code may raise anything
        raise broken_plugin(entry, error) from error


def _keywords(make: Callable[..., object]) -> frozenset[str]:
    """Returns the names that `make` takes as keyword arguments; none where it does not say (some classes in C)."""
    try:
        parameters = inspect.signature(make).parameters.values()
    except ValueError:
        return frozenset()
    return frozenset(p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY))


def _without_address(spec: str) -> ConfigurationError:
    return ConfigurationError(f'"{spec}" names an address, and {_parts(spec)[0]} has none.')


def _parts(spec: str) -> tuple[str, str, str | None]:
    """Returns (backend, model, url): "openai:qwen3@http://127.0.0.1:8000/v1" names all three."""
    # "@http", not "@": a model's name may have an "@" in it.
    model_spec, at, url = spec.partition("@http")
    backend, _, model = model_spec.partition(":")
    return backend.strip(), model.strip(), f"http{url}" if at else None


def _check(model: object, what: str, parts: tuple[str, ...], port: str) -> None:
    missing = [part for part in parts if not hasattr(model, part)]
    if missing:
        raise ConfigurationError(
            f"The {what} ({type(model).__name__}) has no {', '.join(missing)}: see fourfold.ports.{port}."
        )
