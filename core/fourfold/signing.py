"""Keys that sign: a pair of Ed25519 (RFC 8032). With the private key its owner signs, by the public one anybody can
check that. Both are in PEM files, as openssl reads and makes them (PKCS 8, SubjectPublicKeyInfo).

The library is `cryptography`: `pip install "fourfold[encryption]"`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fourfold.errors import ConfigurationError, InputError
from fourfold.keys import read_key_file, write_key_file

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_FINGERPRINT_DIGITS = 32
"""Of the 64 of a SHA-256, as many as those of a key that encrypts: nobody finds another key with these 128 bits."""


class Signer:
    """Signs with a private key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def of_file(cls, path: str | Path) -> Signer:
        """Returns the signer of the private key in a file. Raises `ConfigurationError` where there is none."""
        serialization = _serialization()
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        text = read_key_file(path)
        if "PUBLIC KEY" in text:
            raise ConfigurationError(
                f"{path} is a public key, which checks signatures: sign with the private key that was made with it."
            )
        key = _loaded(text, serialization.load_pem_private_key, None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ConfigurationError(
                f"{path} is no private key of Ed25519 (PEM, without a password): make one by fourfold key --sign "
                f"FILE, or fourfold.create_signing_key."
            )
        return cls(key)

    @property
    def fingerprint(self) -> str:
        """Tells the pair of keys from others; that of the public key."""
        return _fingerprint(self._key.public_key())

    def sign(self, data: bytes) -> bytes:
        """Returns the signature of `data`, 64 bytes."""
        return self._key.sign(data)


class Verifier:
    """Checks signatures by a public key."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key

    @classmethod
    def of_file(cls, path: str | Path) -> Verifier:
        """Returns the verifier of the public key in a file. Raises `ConfigurationError` where there is none."""
        serialization = _serialization()
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        text = read_key_file(path)
        if "PRIVATE KEY" in text:
            raise ConfigurationError(
                f"{path} is a private key, which is for its owner alone: signatures are checked by the public key "
                f"that was made with it."
            )
        key = _loaded(text, serialization.load_pem_public_key)
        if not isinstance(key, Ed25519PublicKey):
            raise ConfigurationError(
                f"{path} is no public key of Ed25519 (PEM): fourfold key --sign FILE makes FILE.pub."
            )
        return cls(key)

    @property
    def fingerprint(self) -> str:
        """Tells the pair of keys from others: 32 hex digits."""
        return _fingerprint(self._key)

    def has_signed(self, data: bytes, signature: bytes) -> bool:
        """Says whether `signature` was made of `data` with the private key of the pair."""
        from cryptography.exceptions import InvalidSignature

        try:
            self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True


def create_signing_key(path: str | Path) -> Path:
    """Makes a pair of keys that sign: the private one in the new file `path`, which its owner alone can read, the
    public one beside it, with `.pub` after its name, to be passed on. Returns `path`. Raises `InputError` where there
    is one of the files already, or none can be made."""
    serialization = _serialization()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    pem, unencrypted = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, unencrypted)
    public = key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    key_path = write_key_file(path, private.decode())
    try:
        write_key_file(public_key_path(key_path), public.decode(), 0o644)
    except InputError:
        key_path.unlink()  # nobody has used it yet
        raise
    return key_path


def public_key_path(path: Path) -> Path:
    """Returns where the public key is of which `path` is the private one."""
    return path.with_name(f"{path.name}.pub")


def _fingerprint(key: Ed25519PublicKey) -> str:
    serialization = _serialization()
    # As `openssl pkey -pubin -in FILE -outform DER | sha256sum` prints it.
    encoded = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(encoded).hexdigest()[:_FINGERPRINT_DIGITS]


def _loaded(text: str, load: Callable[..., Any], *arguments: Any) -> Any:
    """Returns the key that `load` reads in a PEM file, None where it is none or needs a password."""
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        return load(text.encode(), *arguments)
    except (TypeError, ValueError, UnsupportedAlgorithm):  # TypeError: a password is needed
        return None


def _serialization() -> Any:
    """Returns the module of `cryptography` that reads and writes keys."""
    try:
        from cryptography.hazmat.primitives import serialization
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            'Signing needs the package cryptography: run pip install "fourfold[encryption]".'
        ) from error
    return serialization
