"""Edits the configuration files of MCP clients: puts Fourfold's entry in, and takes it out again."""

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
"""What the entry is called."""
_BACKUP = ".before-fourfold"
"""What the name of a file's backup ends in."""

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
    """Returns the client of that name. Raises `ConfigurationError` for one that is not known."""
    home = Path.home()
    roaming = Path(os.environ.get("APPDATA", home)) if sys.platform == "win32" else user_config_path()
    clients = {
        "claude-desktop": Client("Claude Desktop", roaming / "Claude" / "claude_desktop_config.json"),
        "claude-code": Client("Claude Code", home / ".claude.json", typed=True),
        "cursor": Client("Cursor", home / ".cursor" / "mcp.json"),
        "vscode": Client("VS Code", roaming / "Code" / "User" / "mcp.json", "servers", typed=True),
    }
    if name not in clients:
        raise ConfigurationError(
            f"{name!r} is no client that is known here. Choose one of {', '.join(clients)}."
        )
    return clients[name]


def entry(env: Mapping[str, str], *, uvx: bool, typed: bool) -> Config:
    """Returns how a client starts Fourfold: by this Python, or by uvx wherever that is."""
    if uvx:
        command: Config = {"command": "uvx", "args": ["--from", "fourfold[mcp]", "fourfold", "mcp"]}
    else:
        command = {"command": sys.executable, "args": ["-m", "fourfold_mcp"]}
    kind = {"type": "stdio"} if typed else {}
    return {**kind, **command, **({"env": dict(env)} if env else {})}


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a file: its text before (None: there is no file) and after (None: it goes)."""

    path: Path
    before: str | None
    after: str | None

    def diff(self) -> str:
        """Returns the change as a unified diff; empty where nothing changes."""
        before, after = ((text or "").splitlines() for text in (self.before, self.after))
        name = str(self.path)
        return "\n".join(difflib.unified_diff(before, after, name, name, lineterm=""))


def installed(client: Client, server: Config) -> Edit:
    """Returns the edit that puts the entry in and leaves everything else as it is. Raises `ConfigurationError` for a
    file that is no JSON."""
    before = _read(client.path)
    config = _parse(before, client.path)
    config.setdefault(client.key, {})[NAME] = server
    return Edit(client.path, before, _serialize(config, before))


def uninstalled(client: Client) -> Edit:
    """Returns the edit that takes the entry out. Where nothing else changed since it was put in, the file is as it
    was before, to the byte. Raises `ConfigurationError` where there is no entry."""
    current = _read(client.path)
    config = _parse(current, client.path)
    entry = config.get(client.key, {}).pop(NAME, None)
    if entry is None:
        raise ConfigurationError(f"{client.path} has no entry {NAME!r}: there is nothing to undo.")
    backup = _backup(client.path)
    if backup.exists():
        original = _read(backup) or None  # empty: there was no file
        original_config = _parse(original, backup)
        servers = original_config.get(client.key, {})
        # The backup is put back only if what it gives with the entry is what is there: nobody edited the file since.
        reinstalled = {**original_config, client.key: {**servers, NAME: entry}}
        if _serialize(reinstalled, original) == current:
            return Edit(client.path, current, original)
        if NAME in servers:
            config[client.key][NAME] = servers[NAME]
    return Edit(client.path, current, _serialize(config, current))


def apply(edit: Edit, *, back_up: bool) -> Path | None:
    """Writes the change at once or not at all; returns where what was there before is kept, if `back_up`."""
    edit.path.parent.mkdir(parents=True, exist_ok=True)
    backup = _backup(edit.path)
    # Not over an older backup: that is of the file before Fourfold was in it at all. What may have keys of other
    # servers in it is closed to others before anything is in it, and opened as far as the client's own file is.
    if back_up and not backup.exists():
        backup.touch(mode=0o600)
        if edit.before is not None:
            shutil.copy2(edit.path, backup)
    if edit.after is None:
        edit.path.unlink()
    else:
        new_file = edit.path.with_name(edit.path.name + ".fourfold-new")
        new_file.touch(mode=0o600)
        new_file.write_text(edit.after, encoding="utf-8")
        if edit.before is not None:
            shutil.copymode(edit.path, new_file)
        new_file.replace(edit.path)
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


def _parse(text: str | None, path: Path) -> Config:
    try:
        config = json.loads(text) if text and text.strip() else {}
        if isinstance(config, dict) and all(
            isinstance(config.get(key, {}), dict) for key in ("mcpServers", "servers")
        ):
            return config
        problem = "not the object it should be"
    except (ValueError, RecursionError) as error:
        problem = f"no plain JSON: {error}"
    raise ConfigurationError(
        f"{path} is {problem}. Nothing was changed. Put the entry in by hand: fourfold mcp install --show prints it."
    )


def _serialize(config: Config, original: str | None) -> str:
    """Returns the JSON text, indented as the file that it takes the place of."""
    # As the file was: a diff of one entry shows one entry, and taking it out gives the same bytes.
    indent = re.search(r"\n([ \t]+)\S", original or "")
    return json.dumps(config, indent=indent[1] if indent else 2, ensure_ascii=False) + "\n"
