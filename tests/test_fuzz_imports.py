"""A file of another product that was damaged is read in part or refused, in words, and leaves no bank behind then."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from any_text import any_text
from file_samples import FILES
from hypothesis import given
from hypothesis import strategies as st
from test_fuzz_exports import VALUES, container_of, places
from test_import_formats import CHATGPT, CLAUDE, GRAPH, MEM0

from fourfold import FourfoldError, Memory, Settings
from fourfold.plugins import declared_plugins
from fourfold.testing import FrozenClock, HashEmbedder, MemoryStore

SAMPLES: list[tuple[str, Any]] = [
    *((name, content) for name, content, _ in FILES),
    ("mem0.json", MEM0),
    ("graph.json", GRAPH),
    ("conversations.json", CHATGPT),
    ("claude.json", CLAUDE),
]
SUFFIXES = [".json", ".jsonl", ".txt", ".md", ".csv", ".eml", ".mbox", ".vtt", ".html", ".zip", ""]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1", "cp1252", "shift_jis"]


@pytest.fixture(scope="module")
def shared_memory() -> Iterator[Memory]:
    """A memory of a language without heads: what is said in a file is no matter of these tests."""
    settings = Settings(language="ja")
    with pytest.MonkeyPatch.context() as patch:
        # What is installed is looked up for each file of no product, which takes longer than to read it.
        patch.setattr("fourfold.transfer.importers.registry.declared_plugins", cache(declared_plugins))
        with Memory(MemoryStore(), HashEmbedder(), clock=FrozenClock(), settings=settings) as memory:
            yield memory


def _tampered_value(draw: st.DrawFn, content: Any) -> str:
    """JSON in which up to three things are not as they were."""
    value = json.loads(json.dumps(content))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(places(value)) or [()]))
        if not path:
            break
        container = container_of(value, path)
        match draw(st.sampled_from(["value", "value", "text", "delete", "rename", "wrap"])):
            case "value":
                container[path[-1]] = draw(VALUES)
            case "text":
                container[path[-1]] = draw(any_text())
            case "delete":
                del container[path[-1]]
            case "rename" if isinstance(container, dict):
                container[draw(st.sampled_from(["text", "id", "messages", "odd"]))] = container.pop(path[-1])
            case "wrap":
                container[path[-1]] = [container[path[-1]]]
    as_lines = isinstance(value, list) and draw(st.booleans())
    return "\n".join(map(json.dumps, value)) if as_lines else json.dumps(value)


def _cut(draw: st.DrawFn, data: bytes) -> bytes:
    """Bytes of which a piece is gone, there twice, elsewhere, or another."""
    start, end = sorted(draw(st.tuples(st.integers(0, len(data)), st.integers(0, len(data)))))
    piece = data[start:end]
    match draw(st.sampled_from(["none", "end", "delete", "repeat", "move", "other"])):
        case "end":
            return data[:start]
        case "delete":
            return data[:start] + data[end:]
        case "repeat":
            return data[:end] + piece + data[end:]
        case "move":
            return data[:start] + data[end:] + piece
        case "other":
            other = draw(st.binary(max_size=8) | any_text().map(lambda each: each.encode(errors="replace")))
            return data[:start] + other + data[start:]
    return data


@st.composite
def damaged_files(draw: st.DrawFn) -> tuple[str, bytes]:
    """The name and the content of a file that some product wrote once."""
    name, content = draw(st.sampled_from(SAMPLES))
    text = content if isinstance(content, str) else _tampered_value(draw, content)
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-8", *ENCODINGS]))
    data = text.encode(encoding, "replace")
    for _ in range(draw(st.integers(0, 2))):
        data = _cut(draw, data)
    if draw(st.integers(0, 4)) == 0:
        name = Path(name).stem + draw(st.sampled_from(SUFFIXES))
    return name, data


@given(damaged_files())
def test_a_damaged_file_is_read_in_part_or_refused_in_words(
    shared_memory: Memory, tmp_path_factory: pytest.TempPathFactory, file: tuple[str, bytes]
) -> None:
    name, data = file
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(data)
    try:
        units = shared_memory.load(path, bank="a").units()
    except FourfoldError:
        assert shared_memory.banks() == []
        return
    finally:
        path.unlink()
    assert all(unit.text.strip() for unit in units)
    for bank in shared_memory.banks():  # none where nothing was said in it
        shared_memory.erase(bank.name)
