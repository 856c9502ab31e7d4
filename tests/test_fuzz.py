"""No text breaks a memory, and none is lost in one: any text through the public API.

A name, a time or another argument that cannot be used may be refused, with an `InputError`; a text never is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import pytest
from any_text import any_message, any_name, any_text, any_time, joined_clauses
from hypothesis import given
from hypothesis import strategies as st

from fourfold import Bank, Entry, InputError, Memory, Message, RetainResult, Unit, Verdict
from fourfold.language.text import clean, normalise
from fourfold.testing import FrozenClock, HashEmbedder, MemoryStore
from fourfold.values.changes import TimelineKind

LANGUAGES = st.sampled_from(["en", "de", "fr", "es", "zh", "ja", None])


def _memory(clock: FrozenClock | None = None) -> Memory:
    return Memory(MemoryStore(), HashEmbedder(), clock=clock or FrozenClock())


def _words(text: str) -> str:
    return "".join(normalise(text).split())


# What a text may lose: the plain word between two statements.
_AND = re.compile(r"\b(?:and|und|et|y)\b", re.IGNORECASE)


def _words_but_and(text: str) -> str:
    return _words(_AND.sub(" ", text))


def _said_in_order(retained: RetainResult) -> list[Unit]:
    """Returns the units that the statements of a retain came to, in order."""
    units = {unit.id: unit for unit in retained.units}
    return [
        units[op.unit] for op in retained.operations if op.verdict is not Verdict.RETIRE and op.unit in units
    ]


def check_words(texts: Sequence[str], language: str | None) -> None:
    """Checks that the units of each text have its words, in order."""
    with _memory() as memory:
        for number, text in enumerate(texts):
            if not clean(text):
                with pytest.raises(InputError, match="empty"):
                    memory.bank(str(number), language=language).retain(text)
                continue
            retained = memory.bank(str(number), language=language).retain(text)
            if any(" other words" in op.reason for op in retained.operations):
                continue  # one piece is a paraphrase of another, and has its words in that
            if any(op.verdict is Verdict.RETIRE for op in retained.operations):
                continue  # one piece took another's place, which is kept but is no unit of the result
            said = "".join(_words_but_and(unit.text) for unit in _said_in_order(retained))
            assert said == _words_but_and(clean(text))


@given(st.lists(any_text(), min_size=1, max_size=12), LANGUAGES)
def test_the_words_of_a_text_are_in_its_units_in_order(texts: Sequence[str], language: str | None) -> None:
    check_words(texts, language)


@given(st.lists(joined_clauses, min_size=24, max_size=24), st.sampled_from(["en", "de", "fr", "es", "zh"]))
def test_clauses_that_are_taken_apart_lose_no_word_but_and(texts: Sequence[str], language: str) -> None:
    check_words(texts, language)


@given(st.lists(any_message, min_size=1, max_size=12), LANGUAGES)
def test_a_message_is_found_by_its_own_text(messages: Sequence[Message], language: str | None) -> None:
    with _memory() as memory:
        bank, other = memory.bank("a", language=language), memory.bank("b")
        other.retain("Nothing of this.")
        usable = [message for message in messages if clean(message.text)]
        if usable:
            bank.retain(messages)
        for message in usable:
            hits = bank.recall(message.text, budget=None).hits
            assert all(hit.unit.bank == "a" for hit in hits)
            sources = {_words(hit.unit.text) for hit in hits}
            own = [
                unit
                for unit in bank.units()
                if _words(unit.text) and _words(unit.text) in _words(clean(message.text))
            ]
            assert not own or sources & {_words(unit.text) for unit in own}
            assert all(hit.unit.bank == "b" for hit in other.recall(message.text).hits)


def _use(bank: Bank, messages: Iterable[Message], question: str) -> None:
    """Asks a bank everything that reads its texts."""
    for message in messages:
        bank.recall(message.text)
        bank.recall(question, as_of=message.known_time)
    bank.reflect(question if question.strip() else "?")
    bank.consolidate()
    bank.core()
    for entity in bank.entities():
        assert bank.entity(entity.name).name == entity.name
    bank.timeline(what=get_args(TimelineKind))
    bank.beliefs()
    bank.history()
    bank.status()


@given(st.lists(any_message, max_size=8), st.lists(any_message, max_size=8), any_text(), LANGUAGES)
def test_a_bank_of_any_texts_is_consolidated_exported_and_loaded(
    messages: Sequence[Message], later: Sequence[Message], question: str, language: str | None
) -> None:
    clock = FrozenClock()
    with _memory(clock) as memory, TemporaryDirectory() as directory:
        bank = memory.bank("a", language=language)
        bank.retain([Message("Clara lives in Porto.", "Ana"), *messages])
        _use(bank, messages, question)
        clock.advance(timedelta(seconds=1))  # what two writes of one moment said has no order
        bank.retain([Message("Clara lives in Lisbon now.", "Ana"), *later], document="chat", context=question)
        _use(bank, later, question)
        path = bank.export(Path(directory) / "bank.jsonl")
        loaded = memory.load(path, bank="b")
        assert [unit.text for unit in loaded.units()] == [unit.text for unit in bank.units()]
        assert loaded.absorb(bank) is not None
        for unit in bank.units()[:4]:
            if (
                clean(question)
                and normalise(clean(question)) != normalise(unit.text)
                and len(question) < 1000
            ):
                bank.edit(unit, question)


@given(any_name, any_text(), any_time, st.lists(any_name, max_size=3))
def test_an_argument_is_used_or_refused(name: str, text: str, moment: object, tags: Sequence[str]) -> None:
    with _memory() as memory:
        memory.bank("a").retain("I live in Porto.")
        for use in (
            lambda: memory.bank(name).retain("I live in Lisbon."),
            lambda: memory.bank("a").retain(text, document=name),
            lambda: memory.bank("a").retain(text, context=text),
            lambda: memory.bank("a").retain(text, tags=tags),
            lambda: memory.bank("a").retain([Message(text, name, id=name or None)]),
            lambda: memory.bank("a").believe(text),
            lambda: memory.bank("a", mission=text).retain("I live in Rome."),
            lambda: memory.bank("a").recall(text, tags=tags),
            lambda: memory.bank("a").recall(text, as_of=moment),  # type: ignore[arg-type]
            lambda: memory.bank("a").entity(name),
            lambda: memory.bank("a").summary(name),
            lambda: memory.bank("a").rename("Porto", to=name),
            lambda: memory.bank("a").entries.put([Entry("note", name, {"text": text})], text, document="d"),
            lambda: memory.find_text(text),
        ):
            try:
                use()
            except (InputError, LookupError):
                continue
        with TemporaryDirectory() as directory:
            memory.load(memory.bank("a").export(Path(directory) / "bank.jsonl"), bank="b")
