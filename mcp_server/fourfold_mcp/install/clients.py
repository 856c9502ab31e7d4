"""The configuration files of MCP clients: Fourfold's entry put in, and taken out again."""

from __future__ import annotations

import difflib
import json
import os
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from fourfold import ConfigurationError

NAME = "fourfold"
_BACKUP = ".before-fourfold"

Config = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Client:
    """A client: where its configuration lies, and under which key it lists servers."""

    name: str
    path: Path
    key: str = "mcpServers"
    typed: bool = False
    """Whether an entry says that it is spoken to over stdio."""


def client(name: str) -> Client:
    """The client of that name. Raises `ConfigurationError` for another."""
    home = Path.home()
    roaming = Path(os.environ.get("APPDATA", home)) if sys.platform == "win32" else user_config_path()
    known = {
        "claude-desktop": Client("Claude Desktop", roaming / "Claude" / "claude_desktop_config.json"),
        "claude-code": Client("Claude Code", home / ".claude.json", typed=True),
        "cursor": Client("Cursor", home / ".cursor" / "mcp.json"),
        "vscode": Client("VS Code", roaming / "Code" / "User" / "mcp.json", "servers", typed=True),
    }
    if name not in known:
        raise ConfigurationError(
            f"{name!r} is no client that is known here. Choose one of {', '.join(known)}."
        )
    return known[name]


def entry(env: Mapping[str, str], *, uvx: bool, typed: bool) -> Config:
    """How a client starts Fourfold: by this Python, or by uvx wherever that is."""
    if uvx:
        started: Config = {"command": "uvx", "args": ["--from", "fourfold[mcp]", "fourfold", "mcp"]}
    else:
        started = {"command": sys.executable, "args": ["-m", "fourfold_mcp"]}
    kind = {"type": "stdio"} if typed else {}
    return {**kind, **started, **({"env": dict(env)} if env else {})}


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a file: its text before (None: there is no file) and after (None: it goes)."""

    path: Path
    before: str | None
    after: str | None

    def diff(self) -> str:
        """The change as a unified diff; empty where nothing changes."""
        before, after = ((text or "").splitlines() for text in (self.before, self.after))
        named = str(self.path)
        return "\n".join(difflib.unified_diff(before, after, named, named, lineterm=""))


def installed(to: Client, server: Config) -> Edit:
    """The entry put in, everything else left as it is. Raises `ConfigurationError` for a file that is no JSON."""
    before = _read(to.path)
    config = _parsed(before, to.path)
    config.setdefault(to.key, {})[NAME] = server
    return Edit(to.path, before, _written(config, before))


def uninstalled(of: Client) -> Edit:
    """The entry taken out. Where nothing else changed since it was put in, the file is as it was before, to the
    byte. Raises `ConfigurationError` where there is no entry."""
    before = _read(of.path)
    config = _parsed(before, of.path)
    mine = config.get(of.key, {}).pop(NAME, None)
    if mine is None:
        raise ConfigurationError(f"{of.path} has no entry {NAME!r}: there is nothing to undo.")
    backup = _backup(of.path)
    if backup.exists():
        kept = _read(backup) or None  # empty: there was no file
        old = _parsed(kept, backup)
        if _written({**old, of.key: {**old.get(of.key, {}), NAME: mine}}, kept) == before:
            return Edit(of.path, before, kept)
        if NAME in old.get(of.key, {}):
            config[of.key][NAME] = old[of.key][NAME]
    return Edit(of.path, before, _written(config, before))


def apply(edit: Edit, *, back_up: bool) -> Path | None:
    """Writes the change at once or not at all; says where what was there before is kept, if `back_up`."""
    edit.path.parent.mkdir(parents=True, exist_ok=True)
    backup = _backup(edit.path)
    if back_up and not backup.exists():
        if edit.before is None:
            backup.touch()
        else:
            shutil.copy2(edit.path, backup)
    if edit.after is None:
        edit.path.unlink()
    else:
        written = edit.path.with_name(edit.path.name + ".fourfold-new")
        written.write_text(edit.after, encoding="utf-8")
        if edit.before is not None:
            shutil.copymode(edit.path, written)
        written.replace(edit.path)
    if not back_up:
        backup.unlink(missing_ok=True)
        return None
    return backup


def _backup(path: Path) -> Path:
    return path.with_name(path.name + _BACKUP)


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read ({error}). Nothing was changed.") from error


def _parsed(text: str | None, path: Path) -> Config:
    try:
        found = json.loads(text) if text and text.strip() else {}
        if isinstance(found, dict) and all(
            isinstance(found.get(k, {}), dict) for k in ("mcpServers", "servers")
        ):
            return found
        problem = "not the object it should be"
    except ValueError as error:
        problem = f"no plain JSON: {error}"
    raise ConfigurationError(
        f"{path} is {problem}. Nothing was changed. Put the entry in by hand: fourfold mcp install --show prints it."
    )


def _written(config: Config, like: str | None) -> str:
    """The text, indented as what it takes the place of."""
    indent = re.search(r"\n([ \t]+)\S", like or "")
    return json.dumps(config, indent=indent[1] if indent else 2, ensure_ascii=False) + "\n"
