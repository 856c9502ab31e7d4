"""Names by a recognizer of the user's choice in place of the packaged heads: a pipeline of spaCy, or an object."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import spacy
from typer.testing import CliRunner

from fourfold import ConfigurationError, InputError, Memory, ModelOutputError
from fourfold.cli.app import app
from fourfold.language.enrichment import STRICT
from fourfold.ports import NamedEntity
from fourfold.testing import HashEmbedder, MemoryStore

PATTERNS = [
    {"label": "PERSON", "pattern": "rosalind"},
    {"label": "GPE", "pattern": "Karaganda"},
    {"label": "WORK_OF_ART", "pattern": "The Quiet Harbour"},
    {"label": "PERSON", "pattern": "Ada's"},
    {"label": "DATE", "pattern": "Monday"},
]


@pytest.fixture
def pipeline(tmp_path: Path) -> str:
    """A pipeline of spaCy that knows the names of `PATTERNS`, in a directory."""
    recognizes = spacy.blank("en")
    recognizes.add_pipe("entity_ruler").add_patterns(PATTERNS)  # type: ignore[attr-defined]  # of any component
    recognizes.to_disk(tmp_path / "names")
    return f"spacy:{tmp_path / 'names'}"


def kinds(memory: Memory) -> dict[str, str]:
    return {entity.name: entity.kind for entity in memory.bank("a").entities()}


def test_names_are_those_of_a_spacy_pipeline(pipeline: str) -> None:
    with Memory.open(":memory:", ner=pipeline) as memory:
        bank = memory.bank("a")
        bank.retain("my sister rosalind moved to Karaganda on Monday. She reads The Quiet Harbour at Ada's.")
        assert kinds(memory) == {
            "rosalind": "person",
            "Karaganda": "place",
            "Quiet Harbour": "work",  # an article is no part of a name
            "Ada": "person",
        }
        [*_, last] = bank.preview("Karaganda is cold. I miss rosalind.").statements
        assert last.mentions == ("rosalind",)


def test_the_environment_chooses_the_pipeline(pipeline: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOURFOLD_NER", pipeline)
    with Memory.open(":memory:") as memory:
        memory.bank("a").retain("I wrote to rosalind.")
        assert kinds(memory) == {"rosalind": "person"}
    report = json.loads(CliRunner().invoke(app, ["doctor", "--memory", ":memory:", "--json"]).stdout)
    assert report["names"] == pipeline
    assert report["names_in_32"] == 0


def test_a_pipeline_that_is_not_there_is_an_error_when_the_memory_opens() -> None:
    with pytest.raises(ConfigurationError, match="python -m spacy download xx_nothing"):
        Memory.open(":memory:", ner="spacy:xx_nothing")
    with pytest.raises(ConfigurationError, match=r"No entity recognizer is called .*spacy"):
        Memory.open(":memory:", ner="stanza:en")
    with pytest.raises(InputError, match="a string or an EntityRecognizer"):
        Memory.open(":memory:", ner=object())  # type: ignore[arg-type]


class Recognizer:
    """Finds what `found` says in every text; fails where that is an exception."""

    name = "acme/names"

    def __init__(self, found: list[list[NamedEntity]] | Exception) -> None:
        self.found = found

    def recognize(self, texts: Sequence[str]) -> list[list[NamedEntity]]:
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


def test_a_recognizer_that_fails_costs_no_text_and_no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(STRICT, raising=False)
    with Memory.open(":memory:", ner=Recognizer(RuntimeError("out of memory"))) as memory:
        bank = memory.bank("a")
        bank.retain("Rosalind moved to Porto.")
        assert bank.recall("Where is Rosalind?").hits
        assert set(kinds(memory)) == {"Rosalind", "Porto"}
        assert bank.status().enrichment_failures == {"names": 1}


def test_a_recognizer_that_gives_something_else_is_named_and_nothing_is_written() -> None:
    with Memory(MemoryStore(), HashEmbedder(), ner=Recognizer([])) as memory:
        with pytest.raises(ModelOutputError, match="acme/names gave the names of 0 texts for 1"):
            memory.bank("a").retain("Rosalind moved to Porto.")
        assert memory.banks() == []


def test_a_name_over_a_border_of_statements_is_dropped() -> None:
    text = "My sister Ana is a nurse. I live in Porto now."
    found = [NamedEntity(-3, 5), NamedEntity(10, 13, "person"), NamedEntity(19, 36), NamedEntity(40, 400)]
    with Memory(MemoryStore(), HashEmbedder(), ner=Recognizer([found])) as memory:
        memory.bank("a").retain(text)
        assert kinds(memory) == {"Ana": "person"}
