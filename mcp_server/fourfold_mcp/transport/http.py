"""Serves over streamable HTTP: to this machine, or with tokens to others."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import uvicorn
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken, TokenVerifier
from mcp.server.auth.settings import AuthSettings
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import AnyHttpUrl
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from fourfold import ConfigurationError, __version__
from fourfold_mcp.scope import AllowedBanks, BankScope, all_banks
from fourfold_mcp.server import Server
from fourfold_mcp.transport.bearer_tokens import ALL_BANKS, BearerTokens, Headers
from fourfold_mcp.transport.connections import ConnectionLimits, WaitingClients, bounded_config
from fourfold_mcp.transport.session_server import SessionServer
from fourfold_mcp.transport.stdio_relay import Handshake

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_ANY = ("0.0.0.0", "::", "")
_MAX_BODY_BYTES = 4 * 2**20
"""Bytes of a request. A guess, not measured: several times the longest text that `retain` takes."""
_SHUTDOWN_SECONDS = 5
"""Seconds that requests have to finish in at the end. A guess, not measured."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HttpServer:
    """Where to serve, to whom, and how much: `names` are the host names that clients reach it by, besides `host`;
    `per_minute` is how many requests one token (or one address, without tokens) may make; `limits` are those of its
    connections."""

    host: str = "127.0.0.1"
    port: int = 8765
    names: Sequence[str] = ()
    tokens: BearerTokens | None = None
    per_minute: int = 600
    limits: ConnectionLimits = field(default_factory=ConnectionLimits)

    def __post_init__(self) -> None:
        if self.host not in LOOPBACK and not self.tokens:
            raise ConfigurationError(
                f"{self.host} can be reached by others: make a token first (fourfold mcp token NAME --bank BANK), or "
                f"serve on 127.0.0.1."
            )
        if self.host in _ANY and not self.names:
            raise ConfigurationError(
                f"{self.host or 'The empty host'} is every address of this machine: say by --name what clients call "
                f"it (memory.example.org), so that requests by other names can be refused."
            )

    def knows(self, headers: Headers) -> bool:
        """Returns whether the headers of a request have a token that is known."""
        return self.tokens is not None and self.tokens.find_in(headers) is not None

    def security(self) -> TransportSecuritySettings:
        """Returns the Host and Origin headers that are accepted, so that no page of another site can send requests
        here (DNS rebinding)."""
        own: tuple[str, ...] = () if self.host in _ANY else (self.host,)
        if self.host in LOOPBACK:
            own = LOOPBACK
        hosts = [f"[{name}]" if ":" in name else name for name in (*own, *self.names)]
        return TransportSecuritySettings(
            enable_dns_rebinding_protection=True,
            allowed_hosts=[*hosts, *(f"{host}:*" for host in hosts)],
            allowed_origins=[
                f"{scheme}://{host}{port}"
                for scheme in ("http", "https")
                for host in hosts
                for port in ("", ":*")
            ],
        )


class Verifier(TokenVerifier):
    """Looks tokens up. The banks that a token may touch go along as its scopes."""

    def __init__(self, tokens: BearerTokens) -> None:
        self._tokens = tokens

    async def verify_token(self, token: str) -> AccessToken | None:
        """Returns the token's name and banks; None for one that is not known."""
        entry = self._tokens.find(token)
        if entry is None:
            return None
        name, banks = entry
        return AccessToken(token=token, client_id=name, subject=name, scopes=banks)


def banks_of_token() -> AllowedBanks:
    """Returns the banks that the token of this request may touch: none without a token."""
    token = get_access_token()
    if token is None:
        return frozenset()
    return None if ALL_BANKS in token.scopes else frozenset(token.scopes)


class RateLimiter:
    """Middleware that lets one token, or one address, make `per_minute` requests; more are answered by 429."""

    def __init__(self, app: ASGIApp, per_minute: int, tokens: BearerTokens | None) -> None:
        self._app = app
        self._rate = RateLimitItemPerMinute(per_minute)
        self._tokens = tokens
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, or refuses it."""
        if scope["type"] == "http" and not await self._limiter.hit(self._rate, self._caller(scope)):
            response: Response = JSONResponse(
                {"error": "Too many requests: wait a minute."}, 429, headers={"Retry-After": "60"}
            )
            await response(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _caller(self, scope: Scope) -> str:
        """Returns whose requests are counted together."""
        entry = self._tokens.find_in(scope["headers"]) if self._tokens else None
        if entry is not None:
            return f"token {entry[0]}"
        # Not by the header of an unknown token: each guess would have a limit of its own.
        return f"address {(scope.get('client') or ('',))[0]}"


def application(server: SessionServer, handshake: Handshake, http_server: HttpServer) -> ASGIApp:
    """Returns the application: /mcp, and /health, which tells nothing of what is remembered."""
    tokens = http_server.tokens
    options: dict[str, object] = {}
    scope = BankScope(
        server.memory,
        handshake.bank,
        allowed=banks_of_token if tokens else all_banks,
        sampling=handshake.sampling,
    )
    if tokens:
        host = http_server.host if http_server.host not in _ANY else http_server.names[0]
        issuer = AnyHttpUrl(f"http://{host}:{http_server.port}")
        options["auth"] = AuthSettings(issuer_url=issuer, resource_server_url=None)
        options["token_verifier"] = Verifier(tokens)
    mcp_server = Server(scope, server.subscriptions, **options)

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok", "version": __version__})

    mcp_server.custom_route("/health", ["GET"])(health)
    app: Starlette = mcp_server.streamable_http_app(
        host=http_server.host,
        transport_security=http_server.security(),
        max_request_body_size=_MAX_BODY_BYTES,
        session_idle_timeout=http_server.limits.session_seconds,
        max_sessions=http_server.limits.sessions,
    )
    return RateLimiter(app, http_server.per_minute, tokens)


async def serve(server: SessionServer, handshake: Handshake, http_server: HttpServer) -> None:
    """Serves until SIGTERM or SIGINT; requests that are running then may finish. Raises `ConfigurationError` where
    the port cannot be used."""
    config = bounded_config(
        application(server, handshake, http_server),
        WaitingClients(http_server.limits, http_server.knows),
        host=http_server.host,
        port=http_server.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )
    # uvicorn raises the signals once more when it has ended, which would end the process before the memory is closed.
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows
            asyncio.get_running_loop().add_signal_handler(number, log.info, "ending")
    log.info("serving", extra={"fields": {"host": http_server.host, "port": http_server.port}})
    try:
        await uvicorn.Server(config).serve()
    except SystemExit as error:  # uvicorn's way to say that it cannot bind
        raise ConfigurationError(
            f"Port {http_server.port} of {http_server.host} cannot be used. Choose another with --port."
        ) from error
