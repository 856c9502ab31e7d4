"""`fourfold doctor`: loads, tries and times every part that is configured. A part that fails is named with its
reason, and the others are tried all the same."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import anyio
from pydantic import BaseModel

from fourfold import FourfoldError, Memory, Settings, __version__
from fourfold.models import load_embedder, load_llm, load_recognizer, load_reranker
from fourfold.ports import PromptMessage
from fourfold.settings import load_settings


class Reply(BaseModel):
    """The answer that the language model is asked for: a structured one, as all that Fourfold asks."""

    word: str


def examine(memory: str | None) -> dict[str, object]:
    """Returns the report, by the names of its lines."""
    settings = load_settings()
    report: dict[str, object] = {
        "fourfold": __version__,
        "python": sys.version.split()[0],
        "memory": memory or settings.location,
        "encryption": f"by the key in {settings.key_file}" if settings.key_file else "none: kept in clear",
        "embedder": settings.embedder,
    }
    report |= _attempt("embedder", lambda: _embedder(settings))
    report["language model"] = settings.llm or "none: the built-in extractor"
    if settings.llm:
        report |= _attempt("language model", lambda: _language_model(settings, str(settings.llm)))
    report["reranker"] = settings.reranker or "none: late interaction alone"
    if settings.reranker:
        report |= _attempt("reranker", lambda: _reranker(settings, str(settings.reranker)))
    report["names"] = settings.ner or "by the packaged heads"
    if settings.ner:
        report |= _attempt("names", lambda: _recognizer(settings, str(settings.ner)))
    return report | _attempt("memory", lambda: _memory(memory))


def _attempt(part: str, work: Callable[[], dict[str, object]]) -> dict[str, object]:
    try:
        return work()
    except FourfoldError as error:
        return {f"{part} check": f"FAILED: {error}"}


def _embedder(settings: Settings) -> dict[str, object]:
    began = time.perf_counter()
    model = load_embedder(settings.embedder, settings)
    model.embed(["warm up"])  # weights are read at the first use
    loaded = time.perf_counter()
    # Texts that differ, as a cache of equal ones would be timed otherwise; as long as usual messages.
    texts = [f"Ana said on day {i} that the harbour was quiet and the fish were cheap." for i in range(64)]
    model.embed(texts)
    batch = time.perf_counter()
    for text in texts[:8]:
        model.embed([text])
    finished = time.perf_counter()
    return {
        "load_seconds": round(loaded - began, 2),
        "texts_a_second": round(len(texts) / (batch - loaded)),
        "question_ms": round((finished - batch) / 8 * 1000, 1),
    }


def _language_model(settings: Settings, spec: str) -> dict[str, object]:
    model = load_llm(spec, settings)

    async def ask() -> tuple[float, int]:
        began = time.perf_counter()
        messages = [
            PromptMessage("system", "Answer briefly."),
            PromptMessage("user", "Which word greets someone?"),
        ]
        try:
            answer = await model.ask(messages, Reply)
        finally:
            await model.close()  # in the loop that opened its connections
        return time.perf_counter() - began, answer.tokens.total

    seconds, tokens = anyio.run(ask)
    return {"llm_seconds": round(seconds, 2), "llm_tokens_for_that": tokens}


def _reranker(settings: Settings, spec: str) -> dict[str, object]:
    model = load_reranker(spec, settings)
    texts = [f"Ana lives in Porto, and this is line {i}." for i in range(32)]
    model.score("warm up", texts[:1])
    began = time.perf_counter()
    model.score("Where does Ana live?", texts)
    return {"rerank_ms_for_32": round((time.perf_counter() - began) * 1000, 1)}


def _recognizer(settings: Settings, spec: str) -> dict[str, object]:
    model = load_recognizer(spec, settings)
    texts = [f"Ana moved to Porto in the year {year}." for year in range(2000, 2032)]
    model.recognize(texts[:1])
    began = time.perf_counter()
    names = model.recognize(texts)
    milliseconds = round((time.perf_counter() - began) * 1000, 1)
    return {"names_in_32": sum(map(len, names)), "names_ms_for_32": milliseconds}


def _memory(location: str | None) -> dict[str, object]:
    with Memory.open(location) as open_memory:
        return {"banks": len(open_memory.banks())}
