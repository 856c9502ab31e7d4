"""What only adds to a text sits behind one seam: where a step fails, the text is kept, and the failure is seen."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import NoReturn

import pytest

from fourfold import Bank, Memory, Message
from fourfold.testing import STRICT_ENRICHMENT, FrozenClock, HashEmbedder, MemoryStore

CLARA = Message("I think Clara moved to Lisbon on 5 May 2023, and she works at Novabase.", "Ana")
EARLIER = Message("I live in Porto. Clara is reliable and she is my sister.", "Ana")

# Where each step is called from, and what the step is counted as.
RETAINED = {
    "fourfold.ingest.extract.rules.find_times": "times",
    "fourfold.ingest.extract.rules.modality_of": "modality",
    "fourfold.ingest.extract.rules.asking": "modality",
    "fourfold.ingest.extract.rules.confidence_of": "confidence",
    "fourfold.ingest.extract.rules._names": "names",
    "fourfold.ingest.extract.rules._inside_sentences": "names",
    "fourfold.ingest.resolve_entities.Resolver.resolve": "names",
    "fourfold.ingest.compare.successors.assertions": "attributes",
    "fourfold.ingest.compare.successors.compare_attributes": "attributes",
    "fourfold.ingest.compare.candidates.same_statement": "comparison",
    "fourfold.ingest.bank_options.detect": "language",
    "fourfold.ingest.embed.words": "words",
    "fourfold.ingest.embed._origin_terms": "words",
    "fourfold.ingest.embed.index_terms": "words",
    "fourfold.schema.units.asking": "modality",
    "fourfold.schema.units.counts": "modality",
}
RECALLED = {
    "fourfold.recall.plan.find_times": "times",
    "fourfold.recall.plan.words": "words",
    "fourfold.recall.plan.index_terms": "words",
    "fourfold.recall.plan._entities": "names",
    "fourfold.recall.plan.matches_any": "question",
}
CONSOLIDATED = {
    "fourfold.consolidate.extracts.SummaryExtractor._sentences_about": "summary",
    "fourfold.consolidate.extracts._contradicted": "summary",
    "fourfold.consolidate.assess.assess_by_rules": "beliefs",
}


def _fail(*args: object, **kwargs: object) -> NoReturn:
    raise RuntimeError("what was said: Clara in Lisbon")


@pytest.fixture
def tolerant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has steps fail as they do outside of tests."""
    monkeypatch.delenv(STRICT_ENRICHMENT)


def _check_seen(bank: Bank, step: str, caplog: pytest.LogCaptureFixture) -> None:
    """Checks that a failure of `step` was counted, and logged with its cause and without the text."""
    assert bank.status().enrichment_failures[step] >= 1
    lines = [r.getMessage() for r in caplog.records if r.name.startswith("fourfold")]
    assert any(f"without its {step}: RuntimeError in " in line and "_fail (" in line for line in lines)
    assert not any(word in line for line in lines for word in ("Clara", "Lisbon", "said:"))


@pytest.mark.usefixtures("tolerant")
@pytest.mark.parametrize(("function", "step"), RETAINED.items())
def test_a_text_is_retained_and_recalled_where_a_step_of_reading_it_fails(
    memory: Memory,
    function: str,
    step: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    bank = memory.bank("a")
    with monkeypatch.context() as patched:
        patched.setattr(function, _fail)
        bank.retain([EARLIER])
        # Twice the same: whether it was said before is compared as well.
        bank.retain([CLARA, Message("I live in Lisbon now.", "Ana"), CLARA], document="chat")
    _check_seen(bank, step, caplog)
    texts = [hit.unit.text for hit in bank.recall("Where did Clara move, Lisbon?").hits]
    assert any(CLARA.text.startswith(text) or text in CLARA.text for text in texts)


@pytest.mark.usefixtures("tolerant")
@pytest.mark.parametrize(("function", "step"), RECALLED.items())
def test_a_question_is_answered_where_a_step_of_reading_it_fails(
    bank: Bank, function: str, step: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bank.retain([CLARA])
    with monkeypatch.context() as patched:
        patched.setattr(function, _fail)
        assert bank.recall("When did Clara move to Lisbon?").hits
        assert bank.reflect("When did Clara move to Lisbon?").citations
    _check_seen(bank, step, caplog)


@pytest.mark.usefixtures("tolerant")
@pytest.mark.parametrize(("function", "step"), CONSOLIDATED.items())
def test_a_bank_is_consolidated_where_a_step_of_reading_a_text_fails(
    bank: Bank,
    clock: FrozenClock,
    function: str,
    step: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    bank.believe("The teacher Clara is reliable.")
    clock.advance(timedelta(days=1))
    bank.retain([Message(f"Late on day {n}, the teacher Clara is not reliable.", "Ben") for n in range(4)])
    bank.retain([Message(f"I love the old town number {n} of Lisbon with Clara.", "Ana") for n in range(4)])
    with monkeypatch.context() as patched:
        patched.setattr(function, _fail)
        assert bank.consolidate().pending == 0
    _check_seen(bank, step, caplog)
    assert len(bank.units()) >= 8


@pytest.mark.usefixtures("tolerant")
def test_a_failure_counts_for_the_bank_whose_text_it_was(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fourfold.ingest.extract.rules.find_times", _fail)
    memory.bank("a").retain("I was in Rome in May.")
    assert memory.bank("a").status().enrichment_failures == {"times": 1}
    assert memory.bank("b").status().enrichment_failures == {}


def test_a_failing_step_raises_in_tests(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fourfold.ingest.extract.rules.find_times", _fail)
    with pytest.raises(RuntimeError):
        bank.retain("I was in Rome in May.")


@pytest.mark.usefixtures("tolerant")
def test_a_failure_of_the_store_is_no_failure_of_the_text(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fourfold import StoreError

    def fail(*args: object) -> NoReturn:
        raise StoreError("the disk is gone")

    monkeypatch.setattr("fourfold.ingest.compare.candidates.same_statement", fail)
    with (
        caplog.at_level(logging.WARNING, "fourfold"),
        Memory(MemoryStore(), HashEmbedder()) as memory,
        pytest.raises(StoreError),
    ):
        memory.bank("a").retain([CLARA, CLARA])
    assert not caplog.records
