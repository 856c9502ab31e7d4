"""Memories whose text is encrypted on the disk: they answer as any other, and their files say nothing."""

from __future__ import annotations

import json
import os
import shutil
import stat
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from qdrant_client import QdrantClient
from typer.testing import CliRunner

from fourfold import (
    ConfigurationError,
    InputError,
    Memory,
    Message,
    Settings,
    StoreError,
    create_key,
    create_signing_key,
)
from fourfold.cli.app import app
from fourfold.keys import Cipher
from fourfold.ports import Store, Where
from fourfold.storage.encrypted import EncryptedStore
from fourfold.storage.manifest import SCHEMA, Manifest
from fourfold.storage.server import ServerStore
from fourfold.testing import FrozenClock, HashEmbedder, MemoryStore, check_store
from fourfold.transfer.importers import read_import

MANIFEST = Manifest(HashEmbedder.name, HashEmbedder.dimension, HashEmbedder.token_dimension)
HIDDEN = (
    "Zwolle",
    "bassoon",
    "flowerpot",
    "Ysolde",
    "personal-bank",
    "diary-document",
    "private-tag",
    "why-not",
)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return create_key(tmp_path / "secret.key")


def encrypted(store: Store, key: Path) -> EncryptedStore:
    return EncryptedStore(store, Cipher.of_file(key, "store"))


def server_store() -> Store:
    with warnings.catch_warnings():  # the client's own engine has no payload indexes, and says so
        warnings.simplefilter("ignore")
        return ServerStore(QdrantClient(":memory:"), "test", MANIFEST.encrypted("a key"), "memory")


def open_at(directory: Path, key: Path | None, embedder: HashEmbedder | str | None = None) -> Memory:
    settings = Settings(key_file=key, language="ja", consolidate="asked")
    return Memory.open(str(directory), embedder=embedder or HashEmbedder(), settings=settings)


def files_with(directory: Path, words: tuple[str, ...]) -> list[tuple[str, str]]:
    """Returns the files below a directory that have one of the words in clear, with the word."""
    contents = {path.name: path.read_bytes() for path in directory.rglob("*") if path.is_file()}
    return [(name, word) for name, data in contents.items() for word in words if word.encode() in data]


@pytest.fixture
def filled(tmp_path: Path, key: Path) -> Iterator[Memory]:
    """An encrypted memory in `tmp_path / "memory"` that has been through every kind of write."""
    with open_at(tmp_path / "memory", key) as memory:
        bank = memory.bank("personal-bank", actor="Ysolde")
        talk = [Message("Ysolde lives in Zwolle.", "Ysolde"), Message("I play the bassoon.", "Ysolde")]
        bank.retain(talk, document="diary-document", tags=["private-tag"])
        unit = bank.retain("The key is under the flowerpot.").units[0]
        bank.edit(unit, "The key is in the flowerpot.", reason="why-not")
        bank.consolidate()
        yield memory


# The embedded store keeps it in clear (test_stores), and holds the memories below.
@pytest.mark.parametrize("make", [MemoryStore, server_store])
def test_an_encrypted_store_keeps_the_contract_of_any_store(make: type[Store], key: Path) -> None:
    check_store(lambda: encrypted(make(), key))


def test_no_file_of_an_encrypted_memory_has_a_text_or_a_name_in_clear(filled: Memory, tmp_path: Path) -> None:
    filled.bank("personal-bank").forget(document="diary-document", erase=True)
    assert files_with(tmp_path / "memory", HIDDEN) == []
    filled.close()
    assert files_with(tmp_path / "memory", HIDDEN) == []
    # The same memory in clear has them: it is not that they are written in some other form.
    with open_at(tmp_path / "clear", None) as memory:
        memory.bank("personal-bank").retain("I play the bassoon.", document="diary-document")
    assert {word for _, word in files_with(tmp_path / "clear", HIDDEN)} >= {"bassoon", "personal-bank"}


def test_a_snapshot_of_a_large_banks_index_is_encrypted_too_and_read_again(
    tmp_path: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fourfold.index.registry._SNAPSHOT_UNITS", 1)
    with open_at(tmp_path / "memory", key) as memory:
        memory.bank("personal-bank").retain("The bassoon is in the cellar.")
    assert list((tmp_path / "memory" / "store" / "cache").iterdir())
    assert files_with(tmp_path / "memory", HIDDEN) == []
    with open_at(tmp_path / "memory", key) as memory:
        (hit,) = memory.bank("personal-bank").recall("bassoon").hits
        assert hit.unit.text == "The bassoon is in the cellar."


def test_an_encrypted_memory_answers_as_any_other(filled: Memory, tmp_path: Path, key: Path) -> None:
    filled.close()
    with open_at(tmp_path / "memory", key) as memory:
        bank = memory.bank("personal-bank")
        assert [info.name for info in memory.banks()] == ["personal-bank"]
        assert bank.recall("Where does Ysolde live?", tags=["private-tag"]).hits[0].unit.text == (
            "Ysolde lives in Zwolle."
        )
        assert [change.reason for change in bank.history() if change.reason] == ["why-not"]
        assert {unit.text for unit in bank.units()} == {
            "Ysolde lives in Zwolle.",
            "I play the bassoon.",
            "The key is in the flowerpot.",
        }
        bank.export(tmp_path / "bank.jsonl")
        memory.load(tmp_path / "bank.jsonl", bank="copy")
        assert memory.find_text("flowerpot") != []
        memory.erase("copy")
        bank.forget(document="diary-document", erase=True)
        assert memory.find_text("bassoon") == []


def test_a_wrong_key_and_none_open_nothing_and_change_nothing(
    filled: Memory, tmp_path: Path, key: Path
) -> None:
    filled.close()
    other = create_key(tmp_path / "other.key")
    for wrong, said in ((None, "FOURFOLD_KEY_FILE"), (other, "another key")):
        with pytest.raises(ConfigurationError, match=said):
            open_at(tmp_path / "memory", wrong)
    with open_at(tmp_path / "memory", key) as memory:
        assert memory.bank("personal-bank").units()
    open_at(tmp_path / "clear", None).close()
    with pytest.raises(ConfigurationError, match="not encrypted"):
        open_at(tmp_path / "clear", key)


def test_another_embedder_keeps_a_memory_encrypted(filled: Memory, tmp_path: Path, key: Path) -> None:
    filled.reembed("static")
    filled.close()
    assert files_with(tmp_path / "memory", HIDDEN) == []
    with open_at(tmp_path / "memory", key, "static") as memory:
        assert memory.bank("personal-bank").recall("bassoon").hits[0].unit.text == "I play the bassoon."


def test_a_record_that_was_put_in_anothers_place_or_changed_is_refused(key: Path) -> None:
    inner = MemoryStore()
    with Memory(encrypted(inner, key), HashEmbedder(), clock=FrozenClock()) as memory:
        units = (
            memory.bank("a").retain([Message("The gate is shut.", "Ana"), Message("It rains.", "Ana")]).units
        )
        first, second = (next(inner.scan(Where(ids=(unit.id,)))) for unit in units)
        clear = {name: value for name, value in first.payload.items() if name != "sealed"}
        for payload in (second.payload, {**clear, "sealed": "AAA"}, {**clear, "text": "It snows."}):
            inner.write([type(first)(first.id, payload)])
            with pytest.raises(StoreError, match="cannot be decrypted"):
                memory.bank("a").units()


def test_a_key_is_for_its_owner_alone_and_never_replaced(key: Path) -> None:
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_text()
    with pytest.raises(InputError, match="is there already"):
        create_key(key)
    assert key.read_text() == before
    with pytest.raises(InputError, match="cannot be written"):
        create_key(key / "below")


@pytest.mark.parametrize("text", ["", "secret", "fourfold-key-1 c2hvcnQ=", "fourfold-key-1 ???", "\xff\x00"])
def test_a_file_that_is_no_key_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / f"{uuid.uuid4().hex}.key"
    path.write_text(text, encoding="latin-1")
    for wrong in (path, tmp_path, tmp_path / "missing"):
        with pytest.raises(ConfigurationError, match=r"is no key|cannot be read"):
            open_at(tmp_path / "memory", wrong)
    assert not (tmp_path / "memory" / "store").exists()


def test_what_is_wrong_with_a_key_is_told(tmp_path: Path, key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key.write_text(key.read_text()[:-9])
    with pytest.raises(ConfigurationError, match="any more: it was cut off or changed"):
        open_at(tmp_path / "memory", key)
    monkeypatch.setenv("FOURFOLD_KEY_FILE", "")
    with pytest.raises(ConfigurationError, match=r"key_file: .* is empty; name the file"):
        Memory.open(str(tmp_path / "memory"))
    for make in (create_key, create_signing_key):
        with pytest.raises(InputError, match=r"The path is .None."):
            make(None)  # type: ignore[arg-type]


def test_the_doctor_says_whether_a_memory_is_encrypted(
    tmp_path: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> str:
        done = CliRunner().invoke(app, ["doctor", "--memory", str(tmp_path / "memory"), "--json"])
        shutil.rmtree(tmp_path / "memory")
        return str(json.loads(done.stdout)["encryption"])

    assert told() == "none: kept in clear"
    monkeypatch.setenv("FOURFOLD_KEY_FILE", str(key))
    assert told() == f"by the key in {key}"


def test_no_key_is_retained_as_a_text(tmp_path: Path, key: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.txt").write_text("The roof leaks.")
    (notes / "b.txt").write_bytes(key.read_bytes())
    (notes / "c.txt").write_bytes(create_signing_key(tmp_path / "team.key").read_bytes())
    (notes / "d.txt").write_text(f"\n{key.read_text()}", encoding="utf-16")
    for name, kind in (("b.txt", "a key that"), ("c.txt", "a private key"), ("d.txt", "a key that")):
        with pytest.raises(InputError, match=f"{kind}.*left out"):
            read_import(notes / name)
    read = read_import(notes)
    assert [message.text for document in read.documents for message in document.messages] == [
        "The roof leaks."
    ]


def test_an_export_does_not_write_over_a_key(filled: Memory, tmp_path: Path, key: Path) -> None:
    pair = create_signing_key(tmp_path / "team.key")
    for wrong in (key, pair):
        before = wrong.read_bytes()
        with pytest.raises(InputError, match="holds a key"):
            filled.bank("personal-bank").export(wrong, encrypt=key)
        assert wrong.read_bytes() == before
    pem = pair.read_text()
    for form in (f"Bag Attributes\n friendlyName: t\n{pem}".encode(), pem.encode("utf-16")):
        (tmp_path / "other.pem").write_bytes(form)
        with pytest.raises(InputError, match="holds a key"):
            filled.bank("personal-bank").export(tmp_path / "other.pem")
    beside = create_key(tmp_path / "out.jsonl.part")
    with pytest.raises(InputError, match="holds a key"):
        filled.bank("personal-bank").export(tmp_path / "out.jsonl", encrypt=beside)
    assert beside.exists()


@pytest.mark.parametrize("name", ["store/manifest.json", "store/new", "memory", "owner.lock"])
def test_an_export_writes_over_no_file_of_a_memory(tmp_path: Path, name: str) -> None:
    directory, link = tmp_path / "mine", tmp_path / "link"
    link.symlink_to(directory)
    with Memory.open(str(directory), embedder="static") as memory:
        bank = memory.bank("a")
        bank.retain("The roof leaks.")
        before = {path: path.stat().st_size for path in directory.rglob("*")}
        for path in (directory / name, link / name):
            with pytest.raises(InputError, match="is among the files of the memory"):
                bank.export(path)
        assert {path: path.stat().st_size for path in directory.rglob("*")} == before
        assert bank.export(directory / "backup.jsonl").exists()


def test_an_export_takes_the_place_of_no_pipe(filled: Memory, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="is a device or a pipe"):
        filled.bank("personal-bank").export(pipe)
    assert pipe.is_fifo()


def test_an_encrypted_memory_whose_manifest_denies_it_is_refused(tmp_path: Path, key: Path) -> None:
    with open_at(tmp_path / "memory", key) as memory:
        memory.bank("a").retain("The roof leaks.")
    manifest = tmp_path / "memory" / "store" / "manifest.json"
    fields = json.loads(manifest.read_text())
    del fields["key"]
    manifest.write_text(json.dumps(fields | {"schema": SCHEMA}))
    with pytest.raises(StoreError, match=r"manifest .* is damaged: .* encrypted"):
        open_at(tmp_path / "memory", None)


@pytest.mark.parametrize("name", ["owner.json", "memory", "store.new/k"])
def test_a_key_in_the_directory_of_its_memory_is_refused_and_stays(tmp_path: Path, name: str) -> None:
    path = tmp_path / "memory" / name
    path.parent.mkdir(parents=True)
    create_key(path)
    with pytest.raises(ConfigurationError, match="is in the directory of the memory"):
        open_at(tmp_path / "memory", path)
    assert path.exists()
