"""The Python of the README and of docs/reflect.md runs as it stands (providers replaced by servers on this machine),
so do the examples, and the documents name no file that is not there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from difflib import ndiff
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from fourfold.testing import AnthropicServer, Call, OpenAIServer

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
BLOCKS = [
    block
    for document in ("README.md", "docs/reflect.md", "docs/governance.md")
    for block in re.findall(r"```python\n(.*?)```", (ROOT / document).read_text("utf-8"), re.DOTALL)
]


EXAMPLES = sorted(
    path.name
    for path in (ROOT / "examples").glob("*.py")
    if path.name not in ("repeat.py", "offline.py", "mcp_transcript.py")
)


def facts(call: Call) -> dict[str, Any]:
    """One fact, whatever was said."""
    return {"statements": [{"text": "Mara moved to Porto.", "messages": [1]}]}


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_the_readme_runs(block: str, tmp_path: Path) -> None:
    with AnthropicServer(facts) as claude, OpenAIServer(facts) as local:
        here = block.replace("http://127.0.0.1:11434/v1", local.url).replace('device="cuda"', 'device="cpu"')
        environment = {**os.environ, "ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": claude.url}
        done = _run([sys.executable, "-c", here], tmp_path, environment)
        assert bool(claude.calls) == ("anthropic" in block)
        assert bool(local.calls) == ("openai" in block)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_run_without_a_key_and_say_so(example: str, tmp_path: Path) -> None:
    keys = ("ANTHROPIC_API_KEY", "FOURFOLD_LLM")
    environment = {name: value for name, value in os.environ.items() if name not in keys}
    done = _run([sys.executable, str(ROOT / "examples" / example)], tmp_path, environment)
    assert done.returncode == 0, done.stderr
    assert re.search(r"test server on this machine|CPU does its work|stand-in on this machine", done.stdout)
    assert "Mara" in done.stdout


@pytest.mark.parametrize("app", ["langchain_agent.py", "llamaindex_chat.py"])
def test_an_app_remembers_by_one_or_two_lines(app: str, tmp_path: Path) -> None:
    examples = ROOT / "examples"
    before, after = (
        (folder / app).read_text("utf-8").splitlines() for folder in (examples / "before", examples)
    )
    changed = [line for line in ndiff(before, after) if line[0] == "+" and line[2:].strip()]
    assert len(changed) <= 2
    assert len(after) < 40
    environment = {**os.environ, "PYTHONPATH": str(examples)}
    said = [
        _run([sys.executable, str(folder / app)], tmp_path, environment).stdout
        for folder in (examples / "before", examples)
    ]
    assert "I moved to Porto in May." not in said[0].split("Where did I move to?", 1)[1]
    assert "I moved to Porto in May." in said[1].split("Where did I move to?", 1)[1]
    others = [turn for turn in said[1].split("\n\n") if turn.startswith("rui")]
    assert all("I remember nothing about that." in turn for turn in others)


def test_the_example_shares_one_bank_among_all_adapters(tmp_path: Path) -> None:
    done = _run([sys.executable, str(ROOT / "examples" / "everywhere.py")], tmp_path, dict(os.environ))
    assert done.returncode == 0, done.stderr
    told = [line for line in done.stdout.splitlines() if ", of " in line]
    assert len(told) == 4
    for line, words in zip(
        told, ("red bicycle", "kiln on Fridays", "Rita lives in Lisbon", "opens at nine"), strict=True
    ):
        assert words in line


def test_the_mcp_transcript_matches_the_server(tmp_path: Path) -> None:
    done = _run([sys.executable, str(ROOT / "examples" / "mcp_transcript.py")], tmp_path, dict(os.environ))
    assert done.returncode == 0, done.stderr
    kept = (ROOT / "docs" / "mcp.md").read_text().split("```text\n")[1].split("```")[0]
    assert _undated(kept) == _undated(done.stdout)


def _undated(transcript: str) -> str:
    """Without the day it was taken on, and what follows from it: a date that was said relatively, the ids, and which
    of two memories that hardly bear on a question comes first (the day is among the words that are embedded)."""
    shown = re.sub(r"\[\d+ \w+ \d{4}\]|\(May \d{4}\)|\bid [0-9a-f]{8}|\"[0-9a-f]{8}\"", "", transcript)
    lines = (line for line in shown.splitlines() if "have not moved" not in line)
    parts = (
        sorted(part) if listed else part for listed, part in groupby(lines, lambda one: one.startswith("- "))
    )
    return "\n".join(line for part in parts for line in part).strip()


def _run(command: list[str], cwd: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_the_block_on_governing_prints_what_the_readme_shows(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    part = readme.partition("## What you can ask of it")[2]
    block, shown = (re.findall(rf"```{kind}\n(.*?)```", part, re.DOTALL)[0] for kind in ("python", "text"))
    done = _run([sys.executable, "-c", block], tmp_path, dict(os.environ))
    assert done.stdout == shown, done.stderr


def test_the_first_block_prints_what_the_readme_shows(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BLOCKS[0]],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    shown = re.findall(r"```text\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)[0]
    assert done.stdout.strip() == shown.strip()


@pytest.mark.parametrize(
    "document",
    [
        "README.md",
        "AGENTS.md",
        "CHANGELOG.md",
        "docs/benchmarks.md",
        "docs/governance.md",
        "docs/importers.md",
        "docs/reflect.md",
    ],
)
def test_links_in_the_documents_have_targets(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert target.startswith("http") or ((ROOT / document).parent / target).exists(), target
