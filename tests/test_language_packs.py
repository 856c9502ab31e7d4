"""A language is one file: one that another package brings is used for all that ours are used for."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.language import packs
from fourfold.language.languages import check_pack, languages
from fourfold.language.pack import DateGrammar, Language, compiled, search

USE = """
import json
from datetime import datetime, timezone
from fourfold import Memory, Message
from fourfold.integrations.turn import needs_memory
from fourfold.testing import HashEmbedder, MemoryStore

at = datetime(2023, 5, 8, 13, tzinfo=timezone.utc)
with Memory(MemoryStore(), HashEmbedder()) as memory:
    bank = memory.bank("ana", language="pt")
    for day, text in enumerate([
        "Eu vou visitar o Bruno amanhã",
        "O barco chegou a Lisboa em 3 de junho de 2021",
        "Acho que o barco é bonito",
        "Talvez o barco seja vendido",
        "Bruno mora em Lisboa",
        "Bruno mora em Coimbra",
    ]):
        bank.retain([Message(text, speaker="Ana", at=at.replace(day=8 + day))])
    units = {unit.text: unit for unit in bank.units(retired=True)}
    print(json.dumps({
        "modality": [unit.modality.value for unit in units.values()],
        "networks": [unit.network.value for unit in units.values()],
        "occurred": [unit.occurred and unit.occurred.start.date().isoformat() for unit in units.values()],
        "retired": [text for text, unit in units.items() if unit.retirement is not None],
        "small talk": [needs_memory("Olá, tudo bem?"), needs_memory("O barco chegou?")],
        "found": bank.recall("Quando chegou o barco?").hits[0].unit.text,
    }, ensure_ascii=False))
"""


def run(site: Path, code: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(site), *sys.path])}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A directory of packages with one that brings Portuguese in one file."""
    metadata = tmp_path / "acme_portuguese-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-portuguese\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[fourfold.languages]\npt = acme_portuguese:LANGUAGE\n")
    pack = Path(__file__).parent / "data" / "portuguese_pack.py"
    (tmp_path / "acme_portuguese.py").write_text(pack.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


@pytest.mark.slow
def test_a_sixth_language_is_one_file(site: Path) -> None:
    used = run(site, USE)
    assert used.returncode == 0, used.stderr
    seen = json.loads(used.stdout)
    assert seen["modality"] == ["plan", "fact", "fact", "hypothetical", "fact", "fact"]
    assert seen["networks"] == ["world", "world", "belief", "world", "world", "world"]
    assert seen["occurred"][:2] == ["2023-05-09", "2021-06-03"]
    assert seen["retired"] == ["Bruno mora em Lisboa"]
    assert seen["small talk"] == [False, True]
    assert seen["found"] == "O barco chegou a Lisboa em 3 de junho de 2021"


@pytest.mark.slow
def test_a_package_whose_language_is_none_is_blamed_by_name(site: Path) -> None:
    (site / "acme_portuguese.py").write_text("LANGUAGE = 'pt'\n")
    used = run(site, "from fourfold.language.languages import language; language('pt')")
    assert "acme-portuguese 1.0" in used.stderr
    assert "no fourfold.language.pack.Language" in used.stderr


@pytest.mark.parametrize(
    ("pack", "reason"),
    [
        (Language("xx", "Xish", stemmer="swahili"), 'no stemmer "swahili"'),
        (Language("xx", "Xish", negation="(no"), "negation is no regular expression"),
        (
            Language("xx", "Xish", dates=DateGrammar({}, (("{moon}", "May"),))),
            "slots of unknown words: ['moon']",
        ),
    ],
)
def test_a_pack_with_a_mistake_names_the_field(pack: Language, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        check_pack(pack)


def test_our_own_packs_have_no_mistake() -> None:
    files = {path.stem for folder in packs.__path__ for path in Path(folder).glob("??.py")}
    assert files >= {"en", "de", "fr", "es", "zh"}
    for code, pack in languages().items():
        assert pack.code == code
        check_pack(pack)
    assert files <= languages().keys()


@pytest.mark.slow
def test_a_memory_does_not_open_with_a_broken_language_and_lets_go_of_its_directory(
    site: Path, tmp_path: Path
) -> None:
    (site / "acme_portuguese.py").write_text(
        "from fourfold.language.pack import Language\nLANGUAGE = Language('pt', 'Portuguese', 'swahili')\n"
    )
    code = """
from fourfold import ConfigurationError, Memory
for _ in range(2):
    try:
        Memory.open(DIRECTORY)
    except ConfigurationError as error:
        print(error)
"""
    opened = run(site, code.replace("DIRECTORY", repr(str(tmp_path / "memory"))))
    assert opened.stdout.count("acme-portuguese 1.0") == 2, opened.stdout + opened.stderr
    assert "swahili" in opened.stdout


PATTERNS = [
    *(
        pattern
        for pack in languages().values()
        for pattern in (pack.negation, pack.quotation, pack.of_others)
    ),
    *(
        pattern
        for pack in languages().values()
        if pack.succession is not None
        for pattern in (
            pack.succession.endings,
            pack.succession.past,
            pack.succession.current,
            pack.succession.many,
        )
    ),
    r"\b(?:ceo|strasse|größer|s|k|i)\b",
    r"(?-i:[A-Z])\w+ [A-Z]",
    "[^a-z ]+",
    "É|CEO",
    r"\x41",
    "",
]
WORDS = """I quit QUIT Größer GRÖSSER No longer Never sagte: "Él dijo CEO ceo \u017f \u212a \u0130 \u0131 µ 'left' 我
ß ẞ left. S k""".split()


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
def test_a_pattern_is_found_in_small_letters_where_it_is_found_without_case(text: str) -> None:
    for pattern in PATTERNS:
        plain, small = compiled(pattern).search(text), search(pattern, text)
        assert (plain and plain.span()) == (small and small.span()), pattern
