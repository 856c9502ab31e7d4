"""The command `fourfold mcp`: serves the memory to MCP clients, and puts it into their configuration."""

from __future__ import annotations

import json
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from fourfold import ConfigurationError, FourfoldError, Settings
from fourfold.settings import directory_of, is_directory
from fourfold_mcp.install import clients
from fourfold_mcp.transport.bearer_tokens import ALL_BANKS, BearerTokens, tokens_file
from fourfold_mcp.transport.process import check_installed, serve_http, serve_stdio

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

BankName = Annotated[
    str, typer.Option("--bank", "-b", envvar="FOURFOLD_BANK", help="The bank used by itself.")
]
MemoryOption = Annotated[str | None, typer.Option("--memory", "-m", help="Directory or Qdrant URL.")]


class ClientName(StrEnum):
    """The clients whose configuration is known."""

    CLAUDE_DESKTOP = "claude-desktop"
    CLAUDE_CODE = "claude-code"
    CURSOR = "cursor"
    VSCODE = "vscode"


def main() -> None:
    """Runs `fourfold mcp ...`. Exit status: 0 well, 1 an error of ours (on stderr), 2 wrong usage."""
    try:
        app(prog_name="fourfold mcp")
    except FourfoldError as error:
        typer.echo(f"fourfold: {error}", err=True)
        raise SystemExit(1) from None


@app.callback(invoke_without_command=True)
def _root(context: typer.Context, bank: BankName = "default", memory: MemoryOption = None) -> None:
    """Serve the memory to an MCP client over stdio, until it ends its input."""
    if context.invoked_subcommand is None:
        _use(memory)
        serve_stdio(bank)


@app.command()
def http(
    bank: BankName = "default",
    memory: MemoryOption = None,
    host: Annotated[str, typer.Option(help="The address; others than 127.0.0.1 need tokens.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8765,
    name: Annotated[list[str] | None, typer.Option(help="A host name clients use; may be repeated.")] = None,
    with_tokens: Annotated[
        bool, typer.Option("--tokens", help="Let only those with a token in, also on 127.0.0.1.")
    ] = False,
    per_minute: Annotated[int, typer.Option(min=1, help="Requests a minute that one token may make.")] = 600,
) -> None:
    """Serve the memory over streamable HTTP, at /mcp."""
    check_installed()
    from fourfold_mcp.transport.http import LOOPBACK, HttpServer

    _use(memory)
    # Others than this machine are let in by tokens alone: HttpServer refuses an address without them.
    tokens = BearerTokens(tokens_file()) if with_tokens or host not in LOOPBACK else None
    if with_tokens and not tokens:
        raise typer.BadParameter("there are no tokens yet: make one with fourfold mcp token NAME --bank BANK")
    server = HttpServer(host, port, tuple(name or ()), tokens, per_minute)
    typer.echo(f"Serving the memory at http://{host}:{port}/mcp until Ctrl-C.", err=True)
    serve_http(bank, server)


def _use(memory: str | None) -> None:
    if memory is not None:
        os.environ["FOURFOLD_LOCATION"] = memory


@app.command()
def install(
    client: Annotated[ClientName, typer.Option(help="Whose configuration.")],
    bank: Annotated[str | None, typer.Option("--bank", "-b", help="The bank it uses by itself.")] = None,
    memory: MemoryOption = None,
    uvx: Annotated[bool, typer.Option("--uvx", help="Have it started by uvx, not by this Python.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the entry out again.")] = False,
    show: Annotated[bool, typer.Option("--show", help="Print the entry and change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Put Fourfold into a client's configuration. Shows the change first, and keeps what was there before."""
    if not (uvx or undo or show):  # an entry that starts this Python without the protocol starts nothing
        check_installed()
    target = clients.client(client.value)
    env = _environment(bank, memory)
    key_file = env.get("FOURFOLD_KEY_FILE")
    if key_file is not None and not (undo or show or Path(key_file).is_file()):
        raise ConfigurationError(
            f"There is no key in {key_file} (FOURFOLD_KEY_FILE): {target.name} could not open the "
            f"memory. Nothing was changed. Name the file of its key, or make one by fourfold key FILE."
        )
    server = clients.entry(env, uvx=uvx, typed=target.typed)
    if show:
        typer.echo(json.dumps({target.key: {clients.NAME: server}}, indent=2))
        return
    edit = clients.uninstalled(target) if undo else clients.installed(target, server)
    if not edit.diff():
        typer.echo(f"{target.name} has it already ({edit.path}).")
        return
    typer.echo(edit.diff())
    if not yes and not typer.confirm(f"Change {edit.path}? (--yes answers for scripts)"):
        typer.echo("Nothing was changed.")
        raise typer.Exit(1)
    backup = clients.apply(edit, back_up=not undo)
    about_backup = f" What was there before is in {backup}." if backup else ""
    typer.echo(f"Done.{about_backup} Restart {target.name}.")


def _environment(bank: str | None, memory: str | None) -> dict[str, str]:
    """Returns what the client is to set for the server: what decides here which memory is opened and how, since the
    client has nothing of this terminal, its working directory neither. Not the key of a Qdrant server: a client's
    configuration is in clear."""
    names = (f"FOURFOLD_{name.upper()}" for name in Settings.model_fields if name != "api_key")
    env = {name: os.environ[name] for name in names if name in os.environ}
    env |= {name: value for name, value in (("FOURFOLD_BANK", bank), ("FOURFOLD_LOCATION", memory)) if value}
    for name in ("FOURFOLD_LOCATION", "FOURFOLD_KEY_FILE"):
        if name in env and is_directory(env[name]):
            env[name] = str(directory_of(env[name]))
    return env


@app.command()
def token(
    name: Annotated[str, typer.Argument(help="What to call it.")],
    bank: Annotated[
        list[str] | None, typer.Option("--bank", "-b", help="A bank it may touch; may be repeated.")
    ] = None,
    all_banks: Annotated[bool, typer.Option("--all-banks", help="It may touch every bank.")] = False,
    revoke: Annotated[
        bool, typer.Option("--revoke", help="Take it away. Servers that run must be restarted.")
    ] = False,
) -> None:
    """Make a token for HTTP, bound to banks. It is shown once; only its digest is kept."""
    tokens = BearerTokens(tokens_file())
    if revoke:
        tokens.revoke(name)
        typer.echo(f"Revoked {name}.")
        return
    if bool(bank) == all_banks:
        raise typer.BadParameter("say which banks it may touch: --bank BANK, or --all-banks")
    typer.echo(tokens.make(name, None if all_banks else bank or []))


@app.command(name="tokens")
def list_tokens() -> None:
    """List the tokens and the banks they may touch."""
    for name, banks in BearerTokens(tokens_file()).names().items():
        typer.echo(f"{name}: {'all banks' if ALL_BANKS in banks else ', '.join(banks)}")
