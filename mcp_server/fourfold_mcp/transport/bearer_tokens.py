"""Keeps bearer tokens, each bound to the banks it may touch: of a token only its digest."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict

from filelock import FileLock
from platformdirs import user_config_path

from fourfold import ConfigurationError, InputError
from fourfold.values.bank_names import check_bank_name

Headers = Iterable[tuple[bytes, bytes]]
"""The headers of a request, their names in small letters."""

ALL_BANKS = "*"
"""What the file has in place of banks for a token that may touch every one."""
_PREFIX = "ff_"
"""What tokens begin with, so that whoever finds one knows what it opens."""
_RANDOM_BYTES = 32
"""256 bits: nobody guesses one."""


class TokenEntry(TypedDict):
    """What the file has of a token."""

    name: str
    banks: list[str]


def tokens_file() -> Path:
    """Returns where tokens are kept: `FOURFOLD_TOKENS`, or the user's configuration directory."""
    path = os.environ.get("FOURFOLD_TOKENS")
    return Path(path) if path else user_config_path("fourfold") / "tokens.json"


class BearerTokens:
    """The tokens in a file: by SHA-256 digest, a name and the banks (`"*"`: all)."""

    def __init__(self, path: Path) -> None:
        """Reads the file, if there is one; raises `ConfigurationError` if it is damaged."""
        self.path = path
        self._entries = _read(path)

    def __bool__(self) -> bool:
        return bool(self._entries)

    def names(self) -> dict[str, list[str]]:
        """Returns the names of the tokens, with the banks of each."""
        return {entry["name"]: list(entry["banks"]) for entry in self._entries.values()}

    def make(self, name: str, banks: Iterable[str] | None) -> str:
        """Makes a token for `banks` (None: all) and returns it, this once. Raises `InputError` for a name that is
        taken, and for what is no name of a bank."""
        names = [ALL_BANKS] if banks is None else sorted({_checked(bank) for bank in banks})
        token = _PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
        with self._changing():
            if name in self.names():
                raise InputError(
                    f"There is a token {name!r} already: choose another name, or revoke it first."
                )
            self._entries[_digest(token)] = {"name": name, "banks": names}
        return token

    def revoke(self, name: str) -> None:
        """Takes a token away. Raises `InputError` if there is none of that name."""
        with self._changing():
            remaining = {digest: entry for digest, entry in self._entries.items() if entry["name"] != name}
            if len(remaining) == len(self._entries):
                raise InputError(f"There is no token {name!r}.")
            self._entries = remaining

    def find(self, token: str) -> tuple[str, list[str]] | None:
        """Returns the name and the banks of a token; None for one that is not known."""
        entry = self._entries.get(_digest(token))
        return None if entry is None else (entry["name"], list(entry["banks"]))

    def find_in(self, headers: Headers) -> tuple[str, list[str]] | None:
        """Returns the name and the banks of the token in a request's headers; None where there is none that is
        known."""
        header = dict(headers).get(b"authorization", b"").decode("latin-1")
        return self.find(header[len("Bearer ") :])

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Reads the file once more, and writes it with what the body changes, while no other process changes it."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with FileLock(self.path.with_name(self.path.name + ".lock")):
            self._entries = _read(self.path)
            yield
            # Made for its owner alone before anything is in it, and moved into place: a server that reads meanwhile
            # finds all of the file, old or new.
            new_file = self.path.with_name(self.path.name + ".new")
            new_file.touch(mode=0o600)
            new_file.write_text(json.dumps(self._entries, indent=2))
            new_file.replace(self.path)


def _read(path: Path) -> dict[str, TokenEntry]:
    """Returns what is in the file, by digest; nothing where there is none."""
    try:
        return {
            digest: {"name": entry["name"], "banks": entry["banks"]}
            for digest, entry in json.loads(path.read_text()).items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(f"The tokens in {path} cannot be read ({error}). Make new ones.") from error


def _checked(bank: str) -> str:
    if bank == ALL_BANKS:
        raise InputError(
            f"A token for {bank!r} alone cannot be made: --all-banks makes one that may touch every bank."
        )
    return check_bank_name(bank)


def _digest(token: str) -> str:
    # A token is 256 random bits: no salt or slow hash makes it harder to guess.
    return hashlib.sha256(token.encode()).hexdigest()
