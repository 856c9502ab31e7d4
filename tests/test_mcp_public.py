"""The public tools for MCP servers: the conformance suite and the Inspector. `make test-mcp` installs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from test_mcp_http import Site

pytestmark = pytest.mark.node

ROOT = Path(__file__).parent.parent
BIN = ROOT / ".node" / "node_modules" / ".bin"
BUNDLE = ROOT / "mcp_server" / "bundle"
SCENARIOS = [
    "server-initialize",
    "ping",
    "tools-list",
    "resources-list",
    "prompts-list",
    "completion-complete",
    "dns-rebinding-protection",
    "server-sse-multiple-streams",
]


def node(tool: str, *arguments: str, **env: str) -> str:
    """What one of the tools prints; fails if it fails."""
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [str(BIN / tool), *arguments],
        env={**os.environ, **env, "PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_server_conforms(tmp_path: Path, scenario: str) -> None:
    site = Site(tmp_path).ready()
    try:
        told = node("conformance", "server", "--url", f"{site.url}/mcp", "--scenario", scenario)
    finally:
        site.process.kill()
        site.process.communicate()
    assert "0 failed, 0 warnings" in told


def inspected(home: Path, method: str, *arguments: str) -> dict[str, Any]:
    """What the Inspector's command line brings back from a server over stdio."""
    server = [sys.executable, "-m", "fourfold_mcp"]
    told = node(
        "mcp-inspector", "--cli", *server, "--method", method, *arguments, FOURFOLD_LOCATION=str(home)
    )
    return dict(json.loads(told))


def test_the_inspector_lists_and_calls_every_tool(tmp_path: Path) -> None:
    home = tmp_path / "memory"

    def called(tool: str, **arguments: object) -> dict[str, Any]:
        given = [f"{name}={json.dumps(value)}" for name, value in arguments.items()]
        options = [part for one in given for part in ("--tool-arg", one)]
        result = inspected(home, "tools/call", "--tool-name", tool, *options)
        assert not result.get("isError"), result
        return dict(result["structuredContent"])

    tools = {tool["name"] for tool in inspected(home, "tools/list")["tools"]}
    moved = {"text": "Ana moved to Porto.", "entities": ["Ana", "Porto"]}
    (unit,) = called("retain", facts=[moved])["units"]
    calls: dict[str, dict[str, object]] = {
        "preview": {"text": "Ana moved to Porto."},
        "recall": {"question": "Where did Ana move?"},
        "reflect": {"question": "Where did Ana move?"},
        "beliefs": {},
        "entity": {"name": "Ana"},
        "timeline": {"about": "Ana"},
        "status": {},
        "search": {"query": "Ana"},
        "fetch": {"id": unit["id"]},
        "forget": {"unit": unit["id"], "confirm": True},
    }
    assert {"retain", *calls} == tools
    answers = {tool: called(tool, **arguments) for tool, arguments in calls.items()}
    assert [one["id"] for one in answers["recall"]["units"]] == [unit["id"]]
    assert [one["id"] for one in answers["forget"]["units"]] == [unit["id"]]


def test_the_bundle_is_valid_and_packed(tmp_path: Path) -> None:
    packed = tmp_path / "fourfold.mcpb"
    node("mcpb", "validate", str(BUNDLE / "manifest.json"))
    node("mcpb", "pack", str(BUNDLE), str(packed))
    assert {"manifest.json", "pyproject.toml", "server.py"} <= set(zipfile.ZipFile(packed).namelist())
