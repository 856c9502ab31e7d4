"""Other packages add names to Fourfold by entry points, without touching it."""

from __future__ import annotations

import importlib
import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from command_line import fourfold

from fourfold import Memory
from fourfold.errors import ConfigurationError, InputError, ModelOutputError
from fourfold.models import load_embedder, load_llm, load_reranker
from fourfold.testing import HashEmbedder, MemoryStore

Install = Callable[[str, str], None]
GUIDE = Path(__file__).parents[1] / "docs" / "importers.md"

ACME = """
from fourfold.testing import HashEmbedder, ScriptedModel

class Embedder(HashEmbedder):
    def __init__(self, model="small", *, device="none", base_url="none"):
        super().__init__()
        self.name = f"acme/{model}/{device}/{base_url}"

class Ranker:
    name = "acme/rank"

    def score(self, question, texts):
        return [float(len(text)) for text in texts]

def chat(model):
    return ScriptedModel([])

def moody():
    raise RuntimeError("the moon is wrong")

a_number = 7
"""

CHANNEL = """
from dataclasses import dataclass
import numpy as np
from fourfold.recall.channels.channel import Channel
from fourfold.recall.channels.ranked import Ranked

@dataclass(frozen=True, kw_only=True)
class Shortest(Channel):
    name: str = "shortest"
    weight: float = 9.0

    def find(self, question, listed):
        sizes = question.index.columns["tokens"]
        return Ranked.of((row, 1.0 / size) for row, size in enumerate(sizes.tolist()))

shortest, keyword, none = Shortest(), Shortest(name="keyword"), 7
"""

ENTRY_POINTS = """
[fourfold.embedders]
acme = acme_fourfold:Embedder
minilm = acme_fourfold:Embedder
moody = acme_fourfold:moody
number = acme_fourfold:a_number
missing = acme_fourfold:Missing
ruin = acme_fourfold_ruin:Embedder

[fourfold.language_models]
acme = acme_fourfold:chat

[fourfold.rerankers]
acme = acme_fourfold:Ranker
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Installs a package `acme-fourfold` 1.0 with the given module and entry points, for the time of a test."""

    def installed(module: str, entry_points: str) -> None:
        metadata = tmp_path / "acme_fourfold-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-fourfold\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text(entry_points)
        (tmp_path / "acme_fourfold.py").write_text(module)
        monkeypatch.syspath_prepend(tmp_path)
        importlib.invalidate_caches()

    yield installed
    sys.modules.pop("acme_fourfold", None)


def test_a_memory_opens_with_an_embedder_of_another_package(install: Install) -> None:
    install(ACME, ENTRY_POINTS)
    with Memory.open(":memory:", embedder="acme") as memory:
        bank = memory.bank("ana")
        bank.retain("The boat is called Lua.")
        assert "Lua" in bank.recall("boat").text


def test_language_models_and_rerankers_of_another_package_have_names_too(install: Install) -> None:
    install(ACME, ENTRY_POINTS)
    assert load_llm("acme:large").name == "scripted"
    assert load_reranker("acme").name == "acme/rank"


def test_a_plugin_gets_the_model_the_address_and_the_options_that_it_takes(install: Install) -> None:
    install(ACME, ENTRY_POINTS)
    assert load_embedder("acme").name == "acme/small/cpu/none"
    assert load_embedder("acme:big@http://127.0.0.1:9/v1").name == "acme/big/cpu/http://127.0.0.1:9/v1"
    with pytest.raises(ConfigurationError, match="acme has none"):
        load_reranker("acme@http://127.0.0.1:9")


def test_a_plugin_never_takes_the_name_of_a_backend_of_ours(install: Install) -> None:
    install(ACME, ENTRY_POINTS)
    assert not load_embedder("minilm").name.startswith("acme")


def test_an_unknown_name_lists_the_names_of_plugins(install: Install) -> None:
    install(ACME, ENTRY_POINTS)
    with pytest.raises(ConfigurationError, match=r"minilm, .*voyage, acme, moody"):
        load_embedder("ecma")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("moody", "RuntimeError: the moon is wrong"),
        ("number", "is no class or function"),
        ("missing", "AttributeError"),
        ("ruin", "ModuleNotFoundError"),
    ],
)
def test_a_broken_plugin_is_an_error_that_names_its_package(install: Install, name: str, reason: str) -> None:
    install(ACME, ENTRY_POINTS)
    with pytest.raises(ConfigurationError, match=rf"acme-fourfold 1\.0.*{reason}"):
        load_embedder(name)
    assert load_embedder("acme").dimension > 0


def test_a_plugin_that_lacks_a_part_of_its_port_is_refused(install: Install) -> None:
    install(ACME, "[fourfold.embedders]\nrank = acme_fourfold:Ranker\n")
    with pytest.raises(ConfigurationError, match=r"The embedder \(Ranker\) has no dimension"):
        Memory.open(":memory:", embedder="rank")


def test_a_plugin_is_not_imported_before_its_name_is_used(install: Install) -> None:
    install("raise AssertionError('imported')", ENTRY_POINTS)
    with Memory.open(":memory:") as memory:
        memory.bank("ana").retain("The boat is called Lua.")
    with pytest.raises(ConfigurationError, match="No embedder"):
        load_embedder("ecma")
    with pytest.raises(ConfigurationError, match="AssertionError: imported"):
        load_embedder("acme")


def test_a_channel_of_another_package_finds_units_and_counts_in_their_scores(install: Install) -> None:
    install(CHANNEL, "[fourfold.channels]\nshortest = acme_fourfold:shortest\n")
    with Memory.open(":memory:", embedder=HashEmbedder()) as memory:
        bank = memory.bank("ana")
        for text in ("Ana sails her old boat to Lisbon every summer.", "Bread.", "Ana repaired the boat."):
            bank.retain(text)
        hits = bank.recall("boat").hits
    assert hits[0].unit.text == "Bread."
    assert hits[0].channels["shortest"].rank == 1


@pytest.mark.parametrize(
    ("name", "reason"), [("none", "is no fourfold.recall.channels"), ("keyword", 'a channel "keyword"')]
)
def test_a_plugin_that_is_no_channel_of_its_own_is_refused(install: Install, name: str, reason: str) -> None:
    install(CHANNEL, f"[fourfold.channels]\nacme = acme_fourfold:{name}\n")
    with pytest.raises(ConfigurationError, match=rf"acme-fourfold 1\.0.*{reason}"):
        Memory.open(":memory:", embedder=HashEmbedder())


LOG = """
from fourfold import Message
from fourfold.transfer.importers import ImportedDocument

class Log:
    name = "log"
    reads = "a log"

    def matches(self, source):
        return any(isinstance(record, dict) and "acme" in record for record in source.records)

    def read(self, source):
        for record in source.records:
            if record["acme"] == "ruin":
                raise RuntimeError("the moon is wrong")
            if record["acme"] == "dict":
                yield {}
            yield ImportedDocument("log", (Message(record["acme"], id=record["id"]),))

log = Log()

class Moody(Log):
    def matches(self, source):
        return source.content["acme"] == 1

class Silent:
    name = "silent"

    def matches(self, source):
        return True
"""
LOG_ENTRY = "[fourfold.importers]\nlog = acme_fourfold:Log\n"


@pytest.mark.slow
def test_the_importer_of_the_guide_serves_load_and_the_command_line(install: Install, tmp_path: Path) -> None:
    guide = GUIDE.read_text("utf-8")
    (package,), (module,) = (
        re.findall(rf"```{kind}\n(.*?)```", guide, re.DOTALL) for kind in ("toml", "python")
    )
    ((group, names),) = tomllib.loads(package)["project"]["entry-points"].items()
    install(module, f"[{group}]\n" + "\n".join(f"{name} = {value}" for name, value in names.items()))
    diary = tmp_path / "diary.txt"
    diary.write_text("2026-05-20: We sailed to Porto.\n2026-05-21: The boat was sold.\n")
    with Memory.open(":memory:") as memory:
        bank = memory.load(diary)
        assert [(unit.said_order.day, unit.text) for unit in bank.units()] == [
            (20, "We sailed to Porto."),
            (21, "The boat was sold."),
        ]
        assert len(memory.load(diary).units()) == 2
    for command in (("retain", diary), ("load", diary, "--bank", "default")):
        done = fourfold(*command, "-m", tmp_path / command[0])
        assert done.returncode == 0, done.stderr
        assert "diary.txt: 2 messages" in done.stdout
    diary.write_text("2026-05-20: We sailed to Porto.\nMonday: The boat was sold.\n")
    done = fourfold("retain", diary, "-m", tmp_path / "memory")
    assert "diary.txt, line 2: no day" in " ".join(done.stderr.split())


@pytest.mark.parametrize("name", ["log", "Log"])
def test_an_importer_is_an_object_or_makes_one_and_precedes_those_that_take_anything(
    install: Install, tmp_path: Path, name: str
) -> None:
    install(LOG, f"[fourfold.importers]\nlog = acme_fourfold:{name}\n")
    (tmp_path / "log.json").write_text(json.dumps([{"acme": "The boat is red.", "id": "1", "text": "0x7"}]))
    with Memory.open(":memory:") as memory:
        assert [unit.text for unit in memory.load(tmp_path / "log.json").units()] == ["The boat is red."]


def test_importers_of_packages_are_imported_for_no_file_of_a_known_product(
    install: Install, tmp_path: Path
) -> None:
    install("raise AssertionError('imported')", LOG_ENTRY)
    (tmp_path / "mem0.json").write_text('[{"memory": "Ana lives in Porto"}]')
    (tmp_path / "notes.md").write_text("The boat is red.")
    with Memory.open(":memory:") as memory:
        assert len(memory.load(tmp_path / "mem0.json").units()) == 1
        with pytest.raises(
            ConfigurationError, match=r'"log" of acme-fourfold 1\.0.*AssertionError: imported'
        ):
            memory.load(tmp_path / "notes.md")


@pytest.mark.parametrize(
    ("name", "acme", "reason"),
    [
        ("Log", "ruin", "RuntimeError: the moon is wrong"),
        ("Log", "dict", "TypeError: it read a dict, no ImportedDocument"),
        ("Moody", "fine", "TypeError: list indices"),
        ("Silent", "fine", "TypeError: it has no reads, read: see fourfold.transfer.importers.Importer"),
        ("Missing", "fine", "AttributeError"),
    ],
)
def test_a_broken_importer_is_an_error_that_names_its_package_and_leaves_nothing(
    install: Install, tmp_path: Path, name: str, acme: str, reason: str
) -> None:
    install(LOG, f"[fourfold.importers]\nlog = acme_fourfold:{name}\n")
    (tmp_path / "log.json").write_text(json.dumps([{"acme": "Fine.", "id": "1"}, {"acme": acme, "id": "2"}]))
    with Memory.open(":memory:") as memory:
        with pytest.raises(ConfigurationError, match=rf'"log" of acme-fourfold 1\.0.*{reason}'):
            memory.load(tmp_path / "log.json")
        assert memory.banks() == []


def test_a_file_that_an_importer_stumbles_over_is_the_files_fault(install: Install, tmp_path: Path) -> None:
    install(LOG, LOG_ENTRY)
    (tmp_path / "log.json").write_text('[{"acme": "The boat is red."}]')
    with (
        Memory.open(":memory:") as memory,
        pytest.raises(
            InputError, match=r"""looks like a log, and the importer "log" met a KeyError\('id'\)"""
        ),
    ):
        memory.load(tmp_path / "log.json")


def test_unknown_files_list_the_importers_of_packages(install: Install, tmp_path: Path) -> None:
    install(LOG, LOG_ENTRY)
    (tmp_path / "file.json").write_text("[7]")
    with (
        Memory.open(":memory:") as memory,
        pytest.raises(InputError, match=r"LoCoMo.*; a log; a chat in JSON"),
    ):
        memory.load(tmp_path / "file.json")


@pytest.mark.slow
def test_a_broken_channel_leaves_the_directory_unlocked(install: Install, tmp_path: Path) -> None:
    install(CHANNEL, "[fourfold.channels]\nacme = acme_fourfold:none\n")
    with pytest.raises(ConfigurationError, match="acme-fourfold"):
        Memory.open(str(tmp_path / "memory"), embedder=HashEmbedder())
    (tmp_path / "acme_fourfold-1.0.dist-info" / "entry_points.txt").write_text("")
    importlib.invalidate_caches()
    Memory.open(str(tmp_path / "memory"), embedder=HashEmbedder()).close()


LYING = """
import numpy as np
from fourfold.ports import Embedding

class Lying:
    name, dimension, token_dimension, centroids = "acme/lying", 2, 0, None

    def __init__(self, model="short"):
        self.model = model

    def embed(self, texts):
        nothing = np.zeros((0, 0), np.float32)
        given = {
            "short": lambda text: Embedding(np.ones(3, np.float32), nothing),
            "infinite": lambda text: Embedding(np.array([1.0, np.inf], np.float32), nothing),
            "list": lambda text: [1.0, 2.0],
        }
        return [] if self.model == "none" else [given[self.model](text) for text in texts]
"""


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ("short", r"shape \(3,\) for its dimension 2"),
        ("infinite", "not finite"),
        ("list", "gave a list in place"),
        ("none", "gave 0 embeddings for 1 texts"),
    ],
)
def test_an_embedder_that_breaks_its_port_is_named(install: Install, model: str, reason: str) -> None:
    install(LYING, "[fourfold.embedders]\nlying = acme_fourfold:Lying\n")
    with Memory(MemoryStore(), load_embedder(f"lying:{model}")) as memory:
        with pytest.raises(ModelOutputError, match=f"acme/lying.*{reason}"):
            memory.bank("ana").retain("Ana moved.")
        assert memory.banks() == []
