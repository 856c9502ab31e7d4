"""`fourfold mcp install` and tokens: files of clients are changed with care; and what is logged."""

from __future__ import annotations

import json
import logging
import stat
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fourfold import ConfigurationError, InputError
from fourfold_mcp.install import clients
from fourfold_mcp.install.command import main
from fourfold_mcp.logs import JsonLines
from fourfold_mcp.transport.bearer_tokens import BearerTokens

OTHERS = '{\n    "theme": "dark",\n    "mcpServers": {"files": {"command": "files"}}\n}'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))
    monkeypatch.delenv("FOURFOLD_CONSOLIDATE")  # of all tests; it would go along
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["fourfold mcp", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    ("name", "path", "key"),
    [
        ("claude-desktop", ".config/Claude/claude_desktop_config.json", "mcpServers"),
        ("claude-code", ".claude.json", "mcpServers"),
        ("cursor", ".cursor/mcp.json", "mcpServers"),
        ("vscode", ".config/Code/User/mcp.json", "servers"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="the paths are those of Linux")
def test_every_client_gets_its_entry_and_loses_it_again(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str, path: str, key: str
) -> None:
    assert run(monkeypatch, "install", "--client", name, "--bank", "me", "--yes") == 0
    entry = json.loads((home / path).read_text())[key]["fourfold"]
    assert (entry["command"], entry["args"]) == (sys.executable, ["-m", "fourfold_mcp"])
    assert entry["env"] == {"FOURFOLD_BANK": "me"}
    assert run(monkeypatch, "install", "--client", name, "--undo", "--yes") == 0
    assert list((home / path).parent.glob("*mcp*")) + list((home / path).parent.glob("*claude*")) == []


def test_what_is_set_in_the_terminal_goes_along_with_whole_paths_and_without_secrets(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"KEY_FILE": "keys/memory.key", "EMBEDDER": "static", "API_KEY": "secret"}.items():
        monkeypatch.setenv(f"FOURFOLD_{name}", value)
    monkeypatch.chdir(home)
    assert run(monkeypatch, "install", "--client", "cursor", "--memory", "mem", "--show") == 0
    entry = json.loads(capsys.readouterr().out)["mcpServers"]["fourfold"]
    assert entry["env"] == {
        "FOURFOLD_LOCATION": str(home / "mem"),
        "FOURFOLD_KEY_FILE": str(home / "keys" / "memory.key"),
        "FOURFOLD_EMBEDDER": "static",
    }


def test_a_memory_whose_key_is_not_there_is_put_into_no_configuration(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FOURFOLD_KEY_FILE", "memory.key")
    monkeypatch.chdir(home)
    assert run(monkeypatch, "install", "--client", "cursor", "--yes") == 1
    assert f"There is no key in {home / 'memory.key'}" in capsys.readouterr().err
    (home / "memory.key").touch()
    assert run(monkeypatch, "install", "--client", "cursor", "--yes") == 0


def test_foreign_config_is_preserved_and_restored_to_the_byte(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = home / ".cursor" / "mcp.json"
    file.parent.mkdir()
    file.write_text(OTHERS)
    file.chmod(0o600)
    run(monkeypatch, "install", "--client", "cursor", "--uvx", "--yes")
    assert '+    "fourfold": {' in capsys.readouterr().out.replace("        ", "    ")
    changed = json.loads(file.read_text())
    assert changed["theme"] == "dark"
    assert changed["mcpServers"]["files"] == {"command": "files"}
    assert changed["mcpServers"]["fourfold"]["command"] == "uvx"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.with_name("mcp.json.before-fourfold").read_text() == OTHERS
    run(monkeypatch, "install", "--client", "cursor", "--undo", "--yes")
    assert file.read_text() == OTHERS


def test_undo_keeps_later_changes_of_the_config(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = home / ".cursor" / "mcp.json"
    file.parent.mkdir()
    file.write_text(OTHERS)
    run(monkeypatch, "install", "--client", "cursor", "--yes")
    file.write_text(file.read_text().replace("dark", "light"))
    run(monkeypatch, "install", "--client", "cursor", "--undo", "--yes")
    left = json.loads(file.read_text())
    assert left == {"theme": "light", "mcpServers": {"files": {"command": "files"}}}


@pytest.mark.parametrize("text", ["{// comment\n}", "[]", "[" * 100_000, '{"mcpServers": []}', "\xff"])
def test_a_file_that_is_no_json_is_left_alone(home: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    file = home / ".cursor" / "mcp.json"
    file.parent.mkdir()
    file.write_bytes(text.encode("latin-1"))
    assert run(monkeypatch, "install", "--client", "cursor", "--yes") == 1
    assert file.read_bytes() == text.encode("latin-1")
    assert list(file.parent.iterdir()) == [file]


def test_undo_without_an_entry_is_reported(home: Path) -> None:
    with pytest.raises(ConfigurationError, match="nothing to undo"):
        clients.uninstalled(clients.client("cursor"))


def test_tokens_are_kept_as_digests_and_revoked_by_name(tmp_path: Path) -> None:
    file = tmp_path / "sub" / "tokens.json"
    token = BearerTokens(file).make("ana", ["b", "a"])
    assert token not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    held = BearerTokens(file)
    assert held.find(token) == ("ana", ["a", "b"])
    with pytest.raises(InputError, match="already"):
        held.make("ana", ["c"])
    held.revoke("ana")
    assert BearerTokens(file).find(token) is None
    with pytest.raises(InputError, match="no token"):
        held.revoke("ana")
    file.write_text("[1]")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        BearerTokens(file)


def test_tokens_that_are_made_at_once_are_all_kept(tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    names = [f"client-{number}" for number in range(6)]
    holders = [BearerTokens(file) for _ in names]
    together = threading.Barrier(len(names))

    def make(holder: BearerTokens, name: str) -> str:
        together.wait()
        return holder.make(name, ["ana"])

    with ThreadPoolExecutor(len(names)) as threads:
        made = list(threads.map(make, holders, names))
    assert [BearerTokens(file).find(token) for token in made] == [(name, ["ana"]) for name in names]
    holders[0].revoke(names[5])
    assert set(BearerTokens(file).names()) == set(names[:5])


@pytest.mark.parametrize("bank", ["*", "", "a/b", "\n"])
def test_a_token_is_made_for_names_of_banks_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, bank: str
) -> None:
    file = tmp_path / "tokens.json"
    monkeypatch.setenv("FOURFOLD_TOKENS", str(file))
    assert run(monkeypatch, "token", "ana", "--bank", "ana", "--bank", bank) == 1
    assert not file.exists()
    assert run(monkeypatch, "token", "ana", "--all-banks") == 0
    assert BearerTokens(file).names() == {"ana": ["*"]}


def test_a_log_line_is_json_and_quotes_no_error_above_debug() -> None:
    def line(level: int) -> dict[str, object]:
        try:
            raise ValueError("Ana's secret")
        except ValueError:
            record = logging.LogRecord("a", level, "f", 1, "It failed: %s", ("here",), sys.exc_info())
        record.fields = {"bank": "b"}
        return dict(json.loads(JsonLines().format(record)))

    told = line(logging.ERROR)
    assert (told["message"], told["bank"], told["error"]) == ("It failed: here", "b", "ValueError")
    assert "secret" not in str(told)
    assert line(logging.DEBUG)["said"] == "Ana's secret"


@pytest.mark.parametrize("arguments", [[], ["http"], ["install", "--client", "cursor", "--yes"]])
def test_a_missing_extra_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    monkeypatch.setattr("fourfold_mcp.transport.process.find_spec", lambda name: None)
    assert run(monkeypatch, *arguments) == 1
    assert 'pip install "fourfold[mcp]"' in capsys.readouterr().err
    assert not (home / ".cursor").exists()


def test_a_wrong_log_level_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FOURFOLD_LOG", "LOUD")
    assert run(monkeypatch) == 1
    assert "FOURFOLD_LOG" in capsys.readouterr().err
