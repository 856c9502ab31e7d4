"""The everyday cases that lie beside a checkout: small banks, a question, what is expected of the answer."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "shared" / "cases"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (FOLDER / "cases.json").exists(), reason="the cases are not at hand"),
]


def cases() -> list[dict[str, Any]]:
    path = FOLDER / "cases.json"
    return json.loads(path.read_text()) if path.exists() else []


@pytest.fixture(scope="module")
def runner() -> ModuleType:
    spec = importlib.util.spec_from_file_location("cases_run", FOLDER / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in cases()])
def test_a_case_comes_out_as_expected(runner: ModuleType, case: dict[str, Any]) -> None:
    wrong, lines = runner.check(case)
    assert not wrong, lines
