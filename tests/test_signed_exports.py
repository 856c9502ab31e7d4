"""Exports that are signed or encrypted: whoever has the keys reads them, and nothing else passes for one."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from command_line import fourfold

from fourfold import ConfigurationError, InputError, Memory, create_key, create_signing_key
from fourfold.ports import Where
from fourfold.testing import FrozenClock, HashEmbedder, MemoryStore

TEXTS = [f"Ana keeps box {number} in Porto." for number in range(20)]
BLOCK = 1000
"""Bytes of a block here, so that a small export has many."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with keys and with exports of one bank: plain, signed, encrypted, both, and an older one of each."""
    folder = tmp_path_factory.mktemp("exports")
    for name in ("secret", "other-secret"):
        create_key(folder / name)
    for name in ("team", "stranger"):
        create_signing_key(folder / name)
    clock = FrozenClock()
    with (
        pytest.MonkeyPatch.context() as patch,
        Memory(MemoryStore(), HashEmbedder(), clock=clock) as memory,
    ):
        patch.setattr("fourfold.transfer.encryption._BLOCK_BYTES", BLOCK)
        bank = memory.bank("ana")
        for age, texts in (("older-", TEXTS[:10]), ("", TEXTS)):
            bank.retain("\n".join(texts))
            bank.export(folder / f"{age}plain")
            bank.export(folder / f"{age}signed", sign=folder / "team")
            bank.export(folder / f"{age}encrypted", encrypt=folder / "secret")
            bank.export(folder / f"{age}both", encrypt=str(folder / "secret"), sign=str(folder / "team"))
        bank.export(folder / "strangers", sign=folder / "stranger")
        yield folder


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fourfold.transfer.encryption._BLOCK_BYTES", BLOCK)


def check_refused(memory: Memory, path: Path, told: str, **keys: Any) -> None:
    """Checks that a file is not loaded, with an error that tells why, and that nothing is written."""
    with pytest.raises(InputError, match=told):
        memory.load(path, **keys)
    assert list(memory._async.services.store.scan(Where())) == []


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("plain", {}),
        ("signed", {}),
        ("signed", {"signed_by": "team.pub"}),
        ("encrypted", {"decrypt": "secret"}),
        ("both", {"decrypt": "secret"}),
        ("both", {"decrypt": "secret", "signed_by": "team.pub"}),
    ],
)
def test_an_export_is_loaded_by_who_has_its_keys(
    memory: Memory, home: Path, name: str, keys: dict[str, str]
) -> None:
    files: dict[str, Any] = {key: home / file for key, file in keys.items()}
    bank = memory.load(home / name, **files)
    assert sorted(unit.text for unit in bank.units()) == sorted(TEXTS)
    (load,) = (change for change in bank.history() if change.operation == "load")
    assert ("signed by" in load.subject) == ("signed_by" in keys)


def test_a_signed_file_is_the_plain_one_but_for_its_format_and_its_last_line(home: Path) -> None:
    plain, signed = ((home / name).read_bytes().splitlines() for name in ("plain", "signed"))
    assert json.loads(plain[0]) == json.loads(signed[0]) | {"fourfold": 1}
    assert plain[1:-1] == signed[1:-1]
    assert list(json.loads(plain[-1])) == ["lines", "sha256"]
    assert list(json.loads(signed[-1])) == ["lines", "sha256", "signed_by", "signature"]


def test_an_encrypted_file_shows_nothing_but_what_it_is_and_a_fingerprint(home: Path) -> None:
    first_line, _, rest = (home / "both").read_bytes().partition(b"\n")
    assert list(json.loads(first_line)) == ["fourfold", "key", "file"]
    for word in (b"Porto", b"ana", b"Ana", b"embedder", b"sha256", b"signature", b'"'):
        assert word not in rest or len(word) < 4
    assert len((home / "encrypted").read_bytes()) < 1.05 * len((home / "plain").read_bytes())
    older = (home / "older-both").read_bytes()
    assert older[:400] != (home / "both").read_bytes()[:400]


def ended(lines: list[bytes], **signature: str) -> bytes:
    """The lines with an ending that counts and sums them, and claims a signature."""
    text = b"".join(lines)
    ending = {"lines": len(lines), "sha256": hashlib.sha256(text).hexdigest()} | signature
    return text + json.dumps(ending).encode() + b"\n"


def _reworded(lines: list[bytes], signature: dict[str, str], home: Path) -> bytes:
    return ended([line.replace(b"box 7", b"box 9") for line in lines], **signature)


def _swapped(lines: list[bytes], signature: dict[str, str], home: Path) -> bytes:
    return ended([*lines[:-2], lines[-1], lines[-2]], **signature)


def _shortened(lines: list[bytes], signature: dict[str, str], home: Path) -> bytes:
    return ended(lines[:-1], **signature)


def _redated(lines: list[bytes], signature: dict[str, str], home: Path) -> bytes:
    header = json.loads(lines[0]) | {"at": "2031-01-01T00:00:00+00:00"}
    return ended([json.dumps(header).encode() + b"\n", *lines[1:]], **signature)


def _with_the_signature_of_another(lines: list[bytes], signature: dict[str, str], home: Path) -> bytes:
    ending = json.loads((home / "older-signed").read_bytes().splitlines()[-1])
    return ended(lines, signed_by=ending["signed_by"], signature=ending["signature"])


def _spliced(lines: list[bytes], signature: dict[str, str], home: Path) -> bytes:
    older = (home / "older-signed").read_bytes().splitlines(keepends=True)
    return b"".join([*older[:8], *lines[8:], (home / "signed").read_bytes().splitlines(keepends=True)[-1]])


def _appended(lines: list[bytes], signature: dict[str, str], home: Path) -> bytes:
    return (home / "older-signed").read_bytes() + (home / "signed").read_bytes()


def _cut_off(lines: list[bytes], signature: dict[str, str], home: Path) -> bytes:
    return (home / "signed").read_bytes()[:-1]


def _with_other_capitals(lines: list[bytes], signature: dict[str, str], home: Path) -> bytes:
    return ended(lines, **(signature | {"signature": signature["signature"].upper()}))


def _of_a_key_that_is_none(lines: list[bytes], signature: dict[str, str], home: Path) -> bytes:
    return ended(lines, **(signature | {"signed_by": "\x1b[2J"}))  # on a terminal it would wipe the error out


def _stripped(lines: list[bytes], signature: dict[str, str], home: Path) -> bytes:
    return ended([lines[0].replace(b'{"fourfold": 2', b'{"fourfold": 1'), *lines[1:]])


def _stripped_in_part(lines: list[bytes], signature: dict[str, str], home: Path) -> bytes:
    return ended(lines)


def _of_a_stranger(lines: list[bytes], signature: dict[str, str], home: Path) -> bytes:
    return (home / "strangers").read_bytes()


def _of_a_stranger_who_says_otherwise(lines: list[bytes], signature: dict[str, str], home: Path) -> bytes:
    ending = json.loads((home / "strangers").read_bytes().splitlines()[-1])
    return ended(lines, **(signature | {"signature": ending["signature"]}))


@pytest.mark.parametrize(
    ("forged", "told"),
    [
        (_reworded, "changed after it was signed"),
        (_swapped, "changed after it was signed"),
        (_shortened, "changed after it was signed"),
        (_redated, "changed after it was signed"),
        (_with_the_signature_of_another, "changed after it was signed"),
        (_of_a_stranger_who_says_otherwise, "changed after it was signed"),
        (_spliced, "not whole"),
        (_appended, "not whole"),
        (_cut_off, "not whole"),
        (_with_other_capitals, "not whole"),
        (_stripped_in_part, "not whole"),
        (_of_a_key_that_is_none, "not whole"),
        (_stripped, "is not signed"),
        (_of_a_stranger, "signed by another key"),
    ],
)
def test_a_forged_signature_is_refused_and_the_error_says_what_is_wrong(
    memory: Memory,
    home: Path,
    tmp_path: Path,
    forged: Callable[[list[bytes], dict[str, str], Path], bytes],
    told: str,
) -> None:
    *lines, last_line = (home / "signed").read_bytes().splitlines(keepends=True)
    ending = json.loads(last_line)
    signature = {name: ending[name] for name in ("signed_by", "signature")}
    (tmp_path / "forged").write_bytes(forged(lines, signature, home))
    check_refused(memory, tmp_path / "forged", told, signed_by=home / "team.pub")


def parts(path: Path) -> list[bytes]:
    """The first line of an encrypted file, and its blocks."""
    first_line, _, rest = path.read_bytes().partition(b"\n")
    size = BLOCK + 32
    return [first_line + b"\n", *(rest[start : start + size] for start in range(0, len(rest), size))]


@pytest.mark.parametrize(
    "change",
    [
        lambda blocks, others: [blocks[0], blocks[2], blocks[1], *blocks[3:]],
        lambda blocks, others: [*blocks[:2], blocks[1], *blocks[2:]],
        lambda blocks, others: [blocks[0], *blocks[2:]],
        lambda blocks, others: blocks[:-1],
        lambda blocks, others: blocks[:2],
        lambda blocks, others: blocks[:1],
        lambda blocks, others: [*blocks[:-2], blocks[-1]],
        lambda blocks, others: [*blocks, blocks[-1]],
        lambda blocks, others: [*blocks, b"more"],
        lambda blocks, others: [*blocks[:-1], blocks[-1][:-1]],
        lambda blocks, others: [*blocks[:1], *others[1:2], *blocks[2:]],
        lambda blocks, others: [*others[:1], *blocks[1:]],
        lambda blocks, others: [*blocks[:-1], others[-1]],
        lambda blocks, others: [blocks[0].replace(b", ", b",  "), *blocks[1:]],
    ],
)
def test_blocks_of_an_encrypted_file_stand_where_they_were_written(
    memory: Memory,
    home: Path,
    tmp_path: Path,
    change: Callable[[list[bytes], list[bytes]], list[bytes]],
) -> None:
    blocks, others = parts(home / "encrypted"), parts(home / "older-encrypted")
    assert len(blocks) > 5
    (tmp_path / "a").write_bytes(b"".join(change(blocks, others)))
    check_refused(memory, tmp_path / "a", r"not whole|not encrypted", decrypt=home / "secret")


@pytest.mark.parametrize(
    ("name", "keys", "told"),
    [
        ("odd", {"decrypt": "secret"}, "is no export"),
        ("encrypted", {}, "is encrypted: .*--decrypt KEY"),
        ("encrypted", {"signed_by": "team.pub"}, "is encrypted"),
        ("encrypted", {"decrypt": "other-secret"}, "another key, which has the fingerprint"),
        ("encrypted", {"decrypt": "secret", "signed_by": "team.pub"}, "is not signed"),
        ("both", {"decrypt": "secret", "signed_by": "stranger.pub"}, "signed by another key"),
        ("plain", {"decrypt": "secret"}, "is not encrypted"),
        ("signed", {"decrypt": "secret", "signed_by": "team.pub"}, "is not encrypted"),
        ("plain", {"signed_by": "team.pub"}, "is not signed"),
        ("notes.md", {"signed_by": "team.pub"}, "is no export"),
        ("notes.md", {"decrypt": "secret"}, "is not encrypted"),
        ("folder", {"decrypt": "secret"}, "is no file"),
        ("pipe", {"decrypt": "secret"}, "is no file"),
        ("nothing", {"decrypt": "secret"}, "cannot be read"),
    ],
)
def test_what_is_not_as_the_keys_say_is_refused(
    memory: Memory, home: Path, name: str, keys: dict[str, str], told: str
) -> None:
    (home / "notes.md").write_text("I live in Porto.")
    (home / "odd").write_text('{"fourfold": 3, "key": "\\ud800", "file": "x"}\n')
    (home / "folder").mkdir(exist_ok=True)
    if not (home / "pipe").exists():
        os.mkfifo(home / "pipe")
    check_refused(memory, home / name, told, **{key: home / file for key, file in keys.items()})


@pytest.mark.parametrize("name", ["plain", "signed", "both"])
@pytest.mark.parametrize("change", ["replaced", "changed", "longer"])
def test_what_is_loaded_is_what_was_checked(
    memory: Memory, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, change: str
) -> None:
    path = tmp_path / "a"
    shutil.copy(home / name, path)
    keys = {"decrypt": home / "secret"} if name == "both" else {}
    module = import_module("fourfold.transfer.load")
    check = module.check_contents

    def check_and_change(*arguments: Any) -> Any:
        checked = check(*arguments)
        data = path.read_bytes()
        others = {
            "replaced": (home / f"older-{name}").read_bytes(),
            "changed": data[:500] + bytes([data[500] ^ 1]) + data[501:],
            "longer": data + b"\n",
        }
        path.write_bytes(others[change])
        return checked

    monkeypatch.setattr(module, "check_contents", check_and_change)
    check_refused(memory, path, "was changed while it was read", **keys)


def test_an_export_that_fails_leaves_no_text_in_clear_and_the_file_that_was_there(
    memory: Memory, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = memory.load(home / "plain")
    path = tmp_path / "a"
    path.write_text("an earlier one")
    seen: list[bytes] = []

    def full(descriptor: int) -> None:
        seen.append((tmp_path / "a.part").read_bytes())
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(InputError, match="No space left"):
            bank.export(path, encrypt=home / "secret", sign=home / "team")
    assert len(seen[0]) > 1000
    assert b"Porto" not in seen[0]
    assert [file.name for file in tmp_path.iterdir()] == ["a"]
    assert path.read_text() == "an earlier one"
    bank.export(path, encrypt=home / "secret")
    assert path.stat().st_mode & 0o777 == 0o600


WRONG_KEYS = (
    "nothing",
    "folder",
    "pipe",
    "zeros",
    "team",
    "team.pub",
    "secret",
    "rsa",
    "locked",
    "half",
    "/dev/zero",
)


@pytest.fixture
def wrong_keys(home: Path, tmp_path: Path) -> Path:
    """A folder with files that are no keys, or none of the right kind."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519, x25519

    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    open_, locked = serialization.NoEncryption(), serialization.BestAvailableEncryption(b"word")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zeros").write_bytes(bytes(10**6))
    for name in ("team", "team.pub", "secret"):
        (tmp_path / name).symlink_to(home / name)
    (tmp_path / "rsa").write_bytes(x25519.X25519PrivateKey.generate().private_bytes(pem, pkcs8, open_))
    key = ed25519.Ed25519PrivateKey.generate()
    (tmp_path / "locked").write_bytes(key.private_bytes(pem, pkcs8, locked))
    (tmp_path / "half").write_bytes((home / "secret").read_bytes()[:30])
    return tmp_path


@pytest.mark.parametrize("option", ["encrypt", "sign", "decrypt", "signed_by"])
def test_a_file_that_is_no_such_key_is_refused_before_anything_is_written(
    memory: Memory, home: Path, wrong_keys: Path, option: str
) -> None:
    right = {"encrypt": "secret", "sign": "team", "decrypt": "secret", "signed_by": "team.pub"}[option]
    bank = memory.load(home / "plain")
    for name in WRONG_KEYS:
        keys: dict[str, Any] = {option: wrong_keys / name}
        if name == right:
            continue
        call = (
            partial(bank.export, wrong_keys / "a", **keys)
            if option in ("encrypt", "sign")
            else partial(memory.load, home / "both", bank="b", **keys)
        )
        with pytest.raises(ConfigurationError, match=r"is no .*key|is a (public|private) key|cannot be read"):
            call()
    assert not (wrong_keys / "a").exists()
    assert [info.name for info in memory.banks()] == ["ana"]
    symlinked: Any = {option: wrong_keys / right}
    if option in ("encrypt", "sign"):
        bank.export(wrong_keys / "a", **symlinked)


@pytest.mark.parametrize(("make", "names"), [(create_key, ["a"]), (create_signing_key, ["a", "a.pub"])])
def test_a_key_is_made_for_its_owner_alone_and_overwrites_nothing(
    make: Callable[[Path], Path], names: list[str], tmp_path: Path
) -> None:
    assert make(tmp_path / "a") == tmp_path / "a"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert sorted(before) == names
    with pytest.raises(InputError, match="is there already"):
        make(tmp_path / "a")
    for name in names:
        (tmp_path / "b").mkdir()
        (tmp_path / "b" / name).symlink_to(tmp_path / "nowhere")  # nothing is written through a link
        with pytest.raises(InputError, match="is there already"):
            make(tmp_path / "b" / "a")
        assert [file.name for file in (tmp_path / "b").iterdir()] == [name]
        shutil.rmtree(tmp_path / "b")
    for path in (tmp_path / "no" / "such", Path("~nobody-of-that-name/key"), tmp_path):
        with pytest.raises(InputError):
            make(path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


@pytest.mark.parametrize("make", [create_key, create_signing_key])
def test_a_key_that_could_not_be_written_whole_is_not_there(
    make: Callable[[Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(InputError, match="No space left"):
            make(tmp_path / "a")
    assert list(tmp_path.iterdir()) == []
    make(tmp_path / "a")


def test_without_the_library_the_error_says_what_to_install(
    memory: Memory, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = memory.load(home / "plain")
    for module in ("hazmat.primitives", "hazmat.primitives.ciphers.aead"):
        monkeypatch.setitem(sys.modules, f"cryptography.{module}", None)
    for call in (
        lambda: bank.export(tmp_path / "a", encrypt=home / "secret"),
        lambda: bank.export(tmp_path / "a", sign=home / "team"),
        lambda: memory.load(home / "encrypted", bank="b", decrypt=home / "secret"),
        lambda: memory.load(home / "signed", bank="b", signed_by=home / "team.pub"),
        lambda: create_signing_key(tmp_path / "b"),
    ):
        with pytest.raises(ConfigurationError, match=r'pip install "fourfold\[encryption\]"'):
            call()
    assert list(tmp_path.iterdir()) == []
    bank.export(tmp_path / "a")
    memory.load(home / "signed", bank="b")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not here")
def test_openssl_reads_the_keys_and_its_own_sign(memory: Memory, home: Path, tmp_path: Path) -> None:
    def openssl(*arguments: object) -> bytes:
        return subprocess.run(["openssl", *map(str, arguments)], capture_output=True, check=True).stdout

    encoded = openssl("pkey", "-pubin", "-in", home / "team.pub", "-outform", "DER")
    assert openssl("pkey", "-in", home / "team", "-pubout", "-outform", "DER") == encoded
    *_, last_line = (home / "signed").read_bytes().splitlines()
    ending = json.loads(last_line)
    assert ending["signed_by"] == hashlib.sha256(encoded).hexdigest()[:32]
    signature = bytes.fromhex(ending.pop("signature"))
    (tmp_path / "message").write_bytes(f"fourfold export {json.dumps(ending)}".encode())
    (tmp_path / "signature").write_bytes(signature)
    verify = ("-verify", "-pubin", "-inkey", home / "team.pub", "-rawin", "-in", tmp_path / "message")
    assert b"Successfully" in openssl("pkeyutl", *verify, "-sigfile", tmp_path / "signature")
    openssl("genpkey", "-algorithm", "ed25519", "-out", tmp_path / "own")
    openssl("pkey", "-in", tmp_path / "own", "-pubout", "-out", tmp_path / "own.pub")
    memory.load(home / "plain").export(tmp_path / "a", sign=tmp_path / "own")
    memory.load(tmp_path / "a", bank="b", signed_by=tmp_path / "own.pub")


def test_a_bank_is_encrypted_and_signed_on_the_command_line(tmp_path: Path) -> None:
    secret, team, file, memory = (tmp_path / name for name in ("secret.key", "team.key", "ana", "memory"))
    assert fourfold("key", secret).stdout.startswith(f"Made {secret}, which encrypts.")
    made = json.loads(fourfold("key", "--sign", team, "--json").stdout)
    assert (made["key"], made["public_key"]) == (str(team), f"{team}.pub")
    again = fourfold("key", "--sign", team)
    assert (again.returncode, "is there already" in again.stderr) == (1, True)
    fourfold("retain", "-", "-m", memory, "-b", "ana", stdin="I live in Porto.")
    exported = fourfold("export", file, "-m", memory, "-b", "ana", "--encrypt", secret, "--sign", team)
    assert exported.stdout.endswith("MB), encrypted, signed.\n"), exported.stderr
    for arguments, told in (
        (("load", file, "-m", tmp_path / "new"), "is encrypted: "),
        (("load", file, "-m", tmp_path / "new", "--decrypt", team), "is no key that encrypts"),
        (("retain", file, "-m", tmp_path / "new"), "is an export of a bank: load it"),
    ):
        done = fourfold(*arguments)
        assert (done.returncode, told in done.stderr) == (1, True), done.stderr
    assert not (tmp_path / "new").exists()
    keys = ("--decrypt", secret, "--signed-by", f"{team}.pub")
    loaded = fourfold("load", file, "-m", tmp_path / "new", *keys)
    assert loaded.stdout.startswith("Loaded 1 unit into ana. Exported at 20"), loaded.stderr
    assert loaded.stdout.endswith(f"signed by {team}.pub ({made['fingerprint']}).\n")
    result = json.loads(fourfold("load", file, "-m", memory, "-b", "copy", *keys, "--json").stdout)
    assert (result["bank"], result["units"], result["signed_by"]) == ("copy", 1, made["fingerprint"])
