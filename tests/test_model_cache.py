"""The packaged model is rewritten once for each user, and whatever happens to that file costs time alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fourfold.models.packaged import model_cache
from fourfold.models.packaged.model_cache import cached_model


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache directory of the test's own, which is not there yet."""
    directory = tmp_path / "cache"
    monkeypatch.setattr(model_cache, "user_cache_path", lambda name: directory)
    return directory


def unexpected() -> bytes:
    raise AssertionError("the model is in the cache")


def test_a_model_is_made_once(cache: Path) -> None:
    assert cached_model("a", lambda: b"weights") == b"weights"
    assert cached_model("a", unexpected) == b"weights"
    assert cached_model("b", lambda: b"others") == b"others"
    assert sorted(path.name for path in cache.iterdir()) == ["a", "b"]


@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 100])
def test_a_damaged_model_is_made_again(cache: Path, damage: bytes) -> None:
    cached_model("a", lambda: b"weights")
    (cache / "a").write_bytes(damage)
    assert cached_model("a", lambda: b"weights") == b"weights"
    assert cached_model("a", unexpected) == b"weights"


def test_a_cache_that_cannot_be_written_to_costs_time_alone(cache: Path) -> None:
    cache.write_text("a file where the directory should be")
    assert cached_model("a", lambda: b"weights") == b"weights"


def test_a_disk_that_is_full_leaves_nothing_behind(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Path, "replace", full)
    assert cached_model("a", lambda: b"weights") == b"weights"
    assert list(cache.iterdir()) == []


def test_an_error_while_making_the_model_is_raised(cache: Path) -> None:
    with pytest.raises(AssertionError):
        cached_model("a", unexpected)
    assert not cache.exists()
