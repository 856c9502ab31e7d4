"""Keys that encrypt what is on a disk: made and kept in a file each, and the cipher that is made of one.

The cipher is AES-SIV (RFC 5297) of the library `cryptography`: `pip install "fourfold[encryption]"`. It stays safe
where a random number repeats, and what it encrypts without one can be looked up without the key.
"""

from __future__ import annotations

import base64
import os
import re
from pathlib import Path

from fourfold.errors import ConfigurationError, InputError
from fourfold.validation import check_path

_MARK = "fourfold-key-1 "
"""What a key's file begins with, so that no other file is taken for one. The number is of the format."""
_KEY_BYTES = 32
_NONCE_BYTES = 16
"""AES-SIV takes a nonce of any length; with 128 random bits none repeats (RFC 5297, section 3)."""
_PRIVATE = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
"""How a private key begins in a PEM file (RFC 7468; openssl and ssh name its kind in front)."""
_KEY_LINE = re.compile(rf"^\W*?(?:{_MARK}|-----BEGIN )", re.MULTILINE)
"""How the line of a key begins: ours, or any of a PEM file. An export has no line that does."""
FINGERPRINT = re.compile(r"[0-9a-f]{32}")
"""What tells keys from one another looks like."""
_LONGEST_FILE = 2**14
"""Bytes of a key's file that are read: a device, or a file of the wrong name, may have no end. A guess; the keys made
here have 120 at most, and the longest of RSA 13,000."""


class DecryptionError(Exception):
    """What was to be decrypted was made with another key or for another place, or was changed."""


class Cipher:
    """Encrypts and decrypts with one key, for one purpose: what was encrypted for another cannot be decrypted."""

    ADDED_BYTES = _NONCE_BYTES + 16
    """By how much `encrypt` makes what it is given longer: the nonce and the tag."""

    def __init__(self, key: bytes, purpose: str) -> None:
        """`key` is of 32 bytes, as in the file that `create_key` makes."""
        try:
            from cryptography.hazmat.primitives.ciphers.aead import AESSIV
            from cryptography.hazmat.primitives.hashes import SHA256
            from cryptography.hazmat.primitives.kdf.hkdf import HKDF
        except ModuleNotFoundError as error:
            raise ConfigurationError(
                'Encryption needs the package cryptography: run pip install "fourfold[encryption]".'
            ) from error
        # 64 bytes: AES-SIV has two keys of 256 bits.
        derived = HKDF(SHA256(), 64, salt=None, info=f"fourfold {purpose}".encode()).derive(key)
        self._siv = AESSIV(derived)

    @classmethod
    def of_file(cls, path: str | Path, purpose: str) -> Cipher:
        """Returns the cipher of the key in a file. Raises `ConfigurationError` where there is none."""
        return cls(_key_of(path), purpose)

    @property
    def fingerprint(self) -> str:
        """Tells the key from others, and tells nothing else of it: 32 hex digits."""
        return self._siv.encrypt(b"", [b"fingerprint"]).hex()

    def encrypt(self, data: bytes, place: str) -> bytes:
        """Returns `data` encrypted, in other bytes each time. It can be decrypted as what stands at `place` alone, so
        that nobody can put it somewhere else."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._siv.encrypt(data, [place.encode(), nonce])

    def decrypt(self, data: bytes, place: str) -> bytes:
        """Returns what `encrypt` was given; raises `DecryptionError`."""
        nonce, sealed = data[:_NONCE_BYTES], data[_NONCE_BYTES:]
        return self._decrypted(sealed, [place.encode(), nonce])

    def token(self, name: str, field: str) -> str:
        """Returns a name encrypted, the same for the same name and field: it can be looked up without the key, and
        shows nothing but where the name stands again."""
        return base64.urlsafe_b64encode(self._siv.encrypt(name.encode(), [field.encode()])).decode()

    def name(self, token: str, field: str) -> str:
        """Returns the name that `token` was given; raises `DecryptionError`."""
        try:
            sealed = base64.urlsafe_b64decode(token)
        except ValueError as error:
            raise DecryptionError from error
        return self._decrypted(sealed, [field.encode()]).decode()

    def _decrypted(self, sealed: bytes, context: list[bytes]) -> bytes:
        from cryptography.exceptions import InvalidTag

        try:
            return self._siv.decrypt(sealed, context)
        except InvalidTag as error:
            raise DecryptionError from error


def create_key(path: str | Path) -> Path:
    """Makes a key, of random bytes, in a new file that its owner alone can read, and returns its path. Raises
    `InputError` where there is a file already, or none can be made.

    Whoever loses the file loses all that was encrypted with it: keep a copy, and not beside the memory.
    """
    return write_key_file(path, _MARK + base64.b64encode(os.urandom(_KEY_BYTES)).decode() + "\n")


def write_key_file(path: str | Path, text: str, mode: int = 0o600) -> Path:
    """Writes a new file that has `mode` from its first byte on, whole or not at all, and returns its path. Raises
    `InputError`."""
    key_path = check_path(path)
    try:
        key_path = key_path.expanduser()
        descriptor = os.open(key_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError as error:
        raise InputError(
            f"{key_path} is there already. Nothing was changed, since a key that is overwritten is lost. Name a new "
            f"file."
        ) from error
    except (OSError, RuntimeError) as error:
        raise InputError(f"{key_path} cannot be written: {_reason(error)}.") from error
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        # A part of a key is none, and would be in the way of a whole one.
        key_path.unlink(missing_ok=True)
        raise InputError(f"{key_path} cannot be written: {_reason(error)}.") from error
    return key_path


def kind_of_key(text: str) -> str | None:
    """Returns what kind of key a text begins as ("private key"); None for another text."""
    begin = text[:_LONGEST_FILE].lstrip("\ufeff \t\r\n")
    if begin.startswith(_MARK):
        return "key that encrypts"
    return "private key" if _PRIVATE.match(begin) else None


def holds_key(path: Path) -> bool:
    """Returns whether a line of a file begins as a key does, in whatever encoding: some have a text in front. One
    that cannot be read holds none."""
    try:
        if not path.is_file():  # a pipe would be waited for
            return False
        with path.open("rb") as file:
            text = file.read(_LONGEST_FILE).replace(b"\0", b"").decode("ascii", "ignore")
    except OSError:
        return False
    return _KEY_LINE.search(text) is not None


def read_key_file(path: str | Path) -> str:
    """Returns what a file has that should be a key's. Raises `ConfigurationError` where it cannot be read, and
    `InputError` for a path that none can have."""
    key_path = check_path(path)
    try:
        key_path = key_path.expanduser()
        # A pipe would be waited for, and can be read only once.
        if key_path.exists() and not key_path.is_file():
            raise ConfigurationError(f"The key in {path} cannot be read: that is no file.")
        with key_path.open("rb") as file:
            return file.read(_LONGEST_FILE).decode("ascii", "replace")
    except (OSError, RuntimeError) as error:
        raise ConfigurationError(f"The key in {path} cannot be read: {_reason(error)}.") from error


def _reason(error: Exception) -> str:
    """Returns why a file could not be opened; what is no `OSError` tells that "~" is nobody's."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error).removesuffix(".")


def _key_of(path: str | Path) -> bytes:
    text = read_key_file(path)
    if not text.startswith(_MARK):
        raise ConfigurationError(
            f"{path} is no key that encrypts: make one by fourfold key FILE, or fourfold.create_key."
        )
    try:
        key = base64.b64decode(text.removeprefix(_MARK).strip(), validate=True)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise ConfigurationError(
            f"{path} is no key that encrypts any more: it was cut off or changed. Put the copy that you keep of it "
            f"in its place."
        )
    return key
