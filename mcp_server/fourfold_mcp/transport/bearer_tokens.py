"""Bearer tokens, each bound to the banks it may touch. Only their digests are kept."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from platformdirs import user_config_path

from fourfold import ConfigurationError, InputError

ALL = "*"
_PREFIX = "ff_"


def tokens_file() -> Path:
    """Where tokens are kept unless told otherwise: `FOURFOLD_TOKENS`, or the user's configuration directory."""
    given = os.environ.get("FOURFOLD_TOKENS")
    return Path(given) if given else user_config_path("fourfold") / "tokens.json"


class BearerTokens:
    """The tokens in a file: by SHA-256 digest, a name and the banks (`"*"`: all)."""

    def __init__(self, path: Path) -> None:
        """Reads the file, if there is one; raises `ConfigurationError` if it is damaged."""
        self.path = path
        self._held: dict[str, dict[str, list[str] | str]] = {}
        if path.exists():
            try:
                found = json.loads(path.read_text())
                self._held = {
                    digest: {"name": one["name"], "banks": one["banks"]} for digest, one in found.items()
                }
            except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
                raise ConfigurationError(
                    f"The tokens in {path} cannot be read ({error}). Make new ones."
                ) from error

    def __bool__(self) -> bool:
        return bool(self._held)

    def names(self) -> dict[str, list[str]]:
        """The names of the tokens, with the banks of each."""
        return {str(one["name"]): list(one["banks"]) for one in self._held.values()}

    def make(self, name: str, banks: Iterable[str]) -> str:
        """Makes a token, which is shown this once. Raises `InputError` for a name that is taken."""
        if name in self.names():
            raise InputError(f"There is a token {name!r} already: choose another name, or revoke it first.")
        token = _PREFIX + secrets.token_urlsafe(32)
        self._held[_digest(token)] = {"name": name, "banks": sorted(set(banks))}
        self._write()
        return token

    def revoke(self, name: str) -> None:
        """Takes a token away. Raises `InputError` if there is none of that name."""
        left = {digest: one for digest, one in self._held.items() if one["name"] != name}
        if len(left) == len(self._held):
            raise InputError(f"There is no token {name!r}.")
        self._held = left
        self._write()

    def find(self, token: str) -> tuple[str, list[str]] | None:
        """The name and the banks of a token."""
        one = self._held.get(_digest(token))
        return None if one is None else (str(one["name"]), list(one["banks"]))

    def _write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        written = self.path.with_name(self.path.name + ".new")
        written.touch(mode=0o600)
        written.write_text(json.dumps(self._held, indent=2))
        written.replace(self.path)


def _digest(token: str) -> str:
    # A token is 256 random bits: no salt or slow hash makes it harder to guess.
    return hashlib.sha256(token.encode()).hexdigest()
