"""Serves over streamable HTTP: to this machine, or with tokens to others."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

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
from fourfold_mcp.transport.bearer_tokens import ALL, BearerTokens
from fourfold_mcp.transport.session_server import SessionServer
from fourfold_mcp.transport.stdio_relay import Handshake

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_ANY = ("0.0.0.0", "::", "")
_LONGEST_BODY = 4 * 2**20
_GRACE = 5  # seconds that requests have to finish in at the end

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HttpServer:
    """Where to serve, to whom, and how much: `names` are the host names that clients reach it by, besides `host`;
    `per_minute` is how many requests one token (or one address, without tokens) may make."""

    host: str = "127.0.0.1"
    port: int = 8765
    names: Sequence[str] = ()
    tokens: BearerTokens | None = None
    per_minute: int = 600

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

    def security(self) -> TransportSecuritySettings:
        """The Host and Origin headers that are accepted: no page of another site can send requests here."""
        own = LOOPBACK if self.host in LOOPBACK else () if self.host in _ANY else (self.host,)
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
    """Looks tokens up. What a token may touch goes along as its scopes."""

    def __init__(self, tokens: BearerTokens) -> None:
        self._tokens = tokens

    async def verify_token(self, token: str) -> AccessToken | None:
        """The token's name and banks; None for one that is not known."""
        found = self._tokens.find(token)
        if found is None:
            return None
        name, banks = found
        return AccessToken(token=token, client_id=name, subject=name, scopes=banks)


def banks_of_token() -> AllowedBanks:
    """The banks that the token of this request may touch: none without a token."""
    token = get_access_token()
    if token is None:
        return frozenset()
    return None if ALL in token.scopes else frozenset(token.scopes)


class Limited:
    """Lets one token, or one address, make so many requests a minute; more are answered by 429."""

    def __init__(self, app: ASGIApp, per_minute: int, tokens: BearerTokens | None) -> None:
        self._app, self._rate, self._tokens = app, RateLimitItemPerMinute(per_minute), tokens
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
        """The token's name, for tokens that there are; else the address, so that guessing is slow."""
        told = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        found = self._tokens.find(told[len("Bearer ") :]) if self._tokens else None
        return f"token {found[0]}" if found else f"address {(scope.get('client') or ('',))[0]}"


def application(host: SessionServer, hello: Handshake, web: HttpServer) -> ASGIApp:
    """The application: /mcp, and /health, which tells nothing of what is remembered."""
    options: dict[str, object] = {}
    allowed = banks_of_token if web.tokens else all_banks
    access = BankScope(host.memory, hello.bank, allowed=allowed, sampling=hello.sampling)
    if web.tokens:
        issuer = AnyHttpUrl(f"http://{web.host if web.host not in _ANY else web.names[0]}:{web.port}")
        options["auth"] = AuthSettings(issuer_url=issuer, resource_server_url=None)
        options["token_verifier"] = Verifier(web.tokens)
    server = Server(access, host.changes, **options)

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok", "version": __version__})

    server.custom_route("/health", ["GET"])(health)
    app: Starlette = server.streamable_http_app(
        host=web.host, transport_security=web.security(), max_request_body_size=_LONGEST_BODY
    )
    return Limited(app, web.per_minute, web.tokens)


async def serve(host: SessionServer, hello: Handshake, web: HttpServer) -> None:
    """Serves until SIGTERM or SIGINT; requests that are running then may finish."""
    config = uvicorn.Config(
        application(host, hello, web),
        host=web.host,
        port=web.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_GRACE,
    )
    server = uvicorn.Server(config)
    for number in (signal.SIGTERM, signal.SIGINT):  # uvicorn raises them once more when it has ended
        with suppress(NotImplementedError):  # Windows
            asyncio.get_running_loop().add_signal_handler(number, log.info, "ending")
    log.info("serving", extra={"fields": {"host": web.host, "port": web.port}})
    try:
        await server.serve()
    except SystemExit as error:
        raise ConfigurationError(
            f"Port {web.port} of {web.host} cannot be used. Choose another with --port."
        ) from error
