"""The public names, the sync facade, and what importing and closing do."""

from __future__ import annotations

import asyncio
import inspect
import subprocess
import sys

import pytest

import fourfold
from fourfold import AsyncBank, AsyncMemory, Bank, ConfigurationError, Memory, StoreError
from fourfold.models import load_embedder
from fourfold.settings import Settings, load_settings
from fourfold.testing import HashEmbedder
from fourfold.values.units import Interval


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def test_public_names_are_sorted_and_exist() -> None:
    assert fourfold.__all__ == sorted(fourfold.__all__)
    assert all(getattr(fourfold, name) is not None for name in fourfold.__all__)
    with pytest.raises(AttributeError):
        _ = fourfold.nothing_of_that_name


def test_importing_loads_nothing_heavy() -> None:
    loaded = run("import sys, fourfold; print(*sys.modules)").split()
    heavy = {"numpy", "networkx", "onnxruntime", "tokenizers", "qdrant_edge", "qdrant_client", "pydantic"}
    assert heavy.isdisjoint(loaded)


@pytest.mark.slow
def test_opening_loads_no_model_and_no_client() -> None:
    code = "import sys; from fourfold import Memory; m = Memory.open(':memory:'); print(*sys.modules)"
    assert {"onnxruntime", "tokenizers", "qdrant_client"}.isdisjoint(run(code).split())


@pytest.mark.parametrize(("facade", "original"), [(Memory, AsyncMemory), (Bank, AsyncBank)])
def test_the_sync_facade_has_the_signatures_of_the_async_api(facade: type, original: type) -> None:
    def public(of: type) -> dict[str, list[inspect.Parameter]]:
        return {
            name: list(inspect.signature(method).parameters.values())
            for name, method in inspect.getmembers(of, callable)
            if not name.startswith("_")
        }

    facade_only = {"run"}
    assert {n: p for n, p in public(facade).items() if n not in facade_only} == public(original)


def test_the_facade_works_inside_a_running_loop() -> None:
    async def use() -> str:
        with Memory.open(":memory:", embedder=HashEmbedder()) as memory:
            memory.bank("a").retain("The boat is red.")
            return memory.bank("a").recall("boat").hits[0].unit.text

    assert asyncio.run(use()) == "The boat is red."


def test_the_async_memory_is_awaited() -> None:
    async def use() -> int:
        async with await AsyncMemory.open(":memory:", embedder=HashEmbedder()) as memory:
            await memory.bank("a").retain("The boat is red.")
            return len((await memory.bank("a").recall("boat")).hits)

    assert asyncio.run(use()) == 1


def test_a_closed_memory_raises_and_closing_twice_does_not() -> None:
    memory = Memory.open(":memory:", embedder=HashEmbedder())
    memory.close()
    memory.close()
    with pytest.raises(StoreError, match="closed"):
        memory.banks()


@pytest.mark.slow
def test_a_memory_left_open_does_not_keep_the_process_alive(tmp_path: object) -> None:
    code = (
        "import sys; from fourfold import Memory; from fourfold.testing import HashEmbedder\n"
        f"m = Memory.open({str(tmp_path)!r}, embedder=HashEmbedder()); m.bank('a').retain('Kept.'); print('done')"
    )
    assert run(code) == "done"
    with Memory.open(str(tmp_path), embedder=HashEmbedder()) as memory:
        assert [u.text for u in memory.bank("a").units()] == ["Kept."]


def test_wrong_settings_are_errors_at_open(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match="threads"):
        load_settings(threads=-1)
    monkeypatch.setenv("FOURFOLD_CANDIDATES", "many")
    with pytest.raises(ConfigurationError, match="candidates"):
        Memory.open(":memory:", embedder=HashEmbedder())
    monkeypatch.delenv("FOURFOLD_CANDIDATES")
    with pytest.raises(ConfigurationError, match="minilm"):
        load_embedder("maxilm")


def test_an_embedder_that_lacks_something_is_refused_by_name() -> None:
    class Half:
        name, dimension, token_dimension = "half", 3, 0

    with pytest.raises(ConfigurationError, match=r"Half.* has no centroids, embed"):
        Memory.open(":memory:", embedder=Half())  # type: ignore[arg-type]


def test_settings_are_few_and_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOURFOLD_CANDIDATES", "77")
    assert load_settings().candidates == 77
    assert len(Settings.model_fields) <= 25


def test_an_interval_ends_after_it_starts() -> None:
    from datetime import UTC, datetime

    with pytest.raises(fourfold.InputError, match="before it starts"):
        Interval(datetime(2023, 1, 2, tzinfo=UTC), datetime(2023, 1, 1, tzinfo=UTC))


def test_a_missing_device_error_names_the_package_to_install() -> None:
    from onnxruntime import get_available_providers

    assert "CUDAExecutionProvider" not in get_available_providers()
    with pytest.raises(ConfigurationError, match=r"fourfold\[gpu\]"):
        load_embedder("minilm", load_settings(device="cuda")).embed(["hello"])
    with pytest.raises(ConfigurationError, match="device"):
        load_settings(device="abacus")


def test_the_static_table_tells_topics_apart() -> None:
    boat, ship, tax = (
        e.vector for e in load_embedder("static").embed(["a small boat", "a little ship", "income tax"])
    )
    assert boat @ ship > boat @ tax
