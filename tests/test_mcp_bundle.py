"""The bundle and the registry's entry say what the server is."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from test_mcp import TOOLS

import fourfold

ROOT = Path(__file__).parent.parent
BUNDLE = ROOT / "mcp_server" / "bundle"


def test_manifests_have_the_packages_version() -> None:
    manifest = json.loads((BUNDLE / "manifest.json").read_text())
    installed = tomllib.loads((BUNDLE / "pyproject.toml").read_text())["project"]
    entry = json.loads((ROOT / "server.json").read_text())
    said = [manifest["version"], installed["version"], entry["version"], entry["packages"][0]["version"]]
    assert set(said) == {fourfold.__version__}
    assert installed["dependencies"] == [f"fourfold[mcp]=={fourfold.__version__}"]


def test_the_bundle_names_every_tool() -> None:
    manifest = json.loads((BUNDLE / "manifest.json").read_text())
    assert {tool["name"] for tool in manifest["tools"]} == TOOLS


def test_the_readme_says_the_registrys_name() -> None:
    name = json.loads((ROOT / "server.json").read_text())["name"]
    assert f"mcp-name: {name}" in (ROOT / "README.md").read_text()
