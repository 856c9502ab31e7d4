"""What a bank holds back is never written: secrets, patterns, kinds of entities, what an app's own test says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest

from fourfold import Bank, Entry, Fact, InputError, Memory, Message, RedactionRule
from fourfold.ports import Embedding, PromptMessage
from fourfold.testing import FrozenClock, HashEmbedder, MemoryStore, ScriptedModel
from fourfold.values.redaction import redact, redaction_rules

KEY = "sk-ant-api03-" + "a1B2" * 8


def said(bank: Bank) -> list[str]:
    return [unit.text for unit in bank.units()]


@pytest.mark.parametrize(
    ("text", "left", "rule"),
    [
        (f"My key is {KEY}, keep it.", "My key is [held back: api_key], keep it.", "api_key"),
        (f"密钥是{KEY}。谢谢", "密钥是[held back: api_key]。谢谢", "api_key"),
        ("AKIAIOSFODNN7EXAMPLE is mine", "[held back: api_key] is mine", "api_key"),
        ("ghp_" + "x" * 36, "[held back: api_key]", "api_key"),
        ("api_key = 'abcdefgh1234'", "api_key = '[held back: api_key]'", "api_key"),
        ("The password is correcthorse9!", "The password is [held back: api_key]", "api_key"),
        ("Card: 4111 1111 1111 1111.", "Card: [held back: card_number].", "card_number"),
        ("卡号4111111111111111吗", "卡号[held back: card_number]吗", "card_number"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- end",
            "[held back: private_key] end",
            "private_key",
        ),
    ],
)
def test_the_detectors_find_secrets_whatever_stands_beside_them(text: str, left: str, rule: str) -> None:
    held: Counter[str] = Counter()
    assert redact(text, redaction_rules(["secrets"]), held) == left
    assert held == {rule: 1}


@pytest.mark.parametrize(
    "text",
    [
        "Call me at 4111 1111 1111 1112.",
        "The order 0000000000000000 is here.",
        "We talked about task-based learning and risk-averse people.",
        "My password is new.",
        "On 2023-05-08 13:56:00 we met at 1600 Pennsylvania Avenue.",
        "The secret of the garden is a well.",
    ],
)
def test_the_detectors_leave_other_texts_alone(text: str) -> None:
    assert redact(text, redaction_rules(["secrets"]), Counter()) == text


def test_a_secret_is_masked_counted_and_never_written(memory: Memory) -> None:
    bank = memory.bank("a", redact=["secrets"])
    done = bank.retain(
        [Message(f"The key of the harbour API is {KEY}.", "Ana", id="1")], context=f"key {KEY}"
    )
    assert done.redacted == {"api_key": 2}
    assert said(bank) == ["The key of the harbour API is [held back: api_key]."]
    bank.retain_facts([Fact(f"The key is {KEY}.")])
    bank.entries.put([Entry("file", "/k", {"lines": [f"key {KEY}"]})], [], document="d")
    assert bank.entries.list("file")[0].value == {"lines": ["key [held back: api_key]"]}
    for refused in (
        lambda: bank.believe(f"{KEY} is safe."),
        lambda: bank.edit(bank.units()[0], f"It is {KEY}."),
    ):
        with pytest.raises(InputError, match="holds back"):
            refused()
    assert memory.find_text(KEY) == []


def test_the_bank_keeps_its_rules_until_they_are_lifted(memory: Memory) -> None:
    memory.bank("a", redact=["card_number", RedactionRule("codes", pattern=r"X-\d+")]).retain(
        "The code is X-17."
    )
    again = memory.bank("a")
    assert again.retain("The other code is X-18.").redacted == {"codes": 1}
    assert again.fork("b").retain("Code X-19 is new.").redacted == {"codes": 1}
    assert memory.bank("a", redact=[]).retain("The last code is X-20.").redacted == {}
    assert again.retain("Now the code is X-21.").redacted == {}
    assert sorted(said(again))[-1] == "The other code is [held back: codes]."


def test_a_test_leaves_a_text_out_whole_and_one_that_fails_refuses_the_write(memory: Memory) -> None:
    def about_health(text: str) -> bool:
        if "?" in text:
            raise ValueError("no questions")
        return "doctor" in text

    bank = memory.bank("a", redact=[RedactionRule("health", test=about_health)])
    done = bank.retain(
        [Message("I saw the doctor.", id="1"), Message("The well is deep.", id="2")], document="d"
    )
    assert (done.redacted, said(bank)) == ({"health": 1}, ["The well is deep."])
    assert bank.retain("The doctor again.").redacted == {"health": 1}
    for text in ("Is it?",):
        with pytest.raises(InputError, match="failed"):
            bank.retain(text)
    with pytest.raises(InputError, match="True or False"):
        memory.bank("a", redact=[RedactionRule("odd", test=lambda text: "yes")]).retain("A text.")  # type: ignore[arg-type, return-value]
    with pytest.raises(InputError, match="holds what this bank holds back"):
        bank.entries.put([Entry("file", "/f", "the doctor said")], document="f")
    assert said(bank) == ["The well is deep."]
    assert memory.find_text("doctor") == []


def test_kinds_of_entities_are_held_back_before_a_model_has_its_text_written() -> None:
    texts = ["Bruno lives at 7 Mill Lane.", "The well is deep."]

    def reads(turns: Sequence[PromptMessage], shape: str) -> object:
        if shape != "Extraction":
            return {"verdicts": []}
        shown = [text for text in texts if text in turns[-1].text]
        place = [{"name": "7 Mill Lane", "kind": "place"}]
        return {
            "statements": [
                {"text": text, "messages": [number], "entities": place if "Mill" in text else []}
                for number, text in enumerate(shown, 1)
            ]
        }

    model = ScriptedModel(reads)
    with Memory(MemoryStore(), HashEmbedder(), llm=model) as memory:
        bank = memory.bank("a", redact=[RedactionRule("addresses", entity="place")])
        done = bank.retain([Message(text, id=str(n)) for n, text in enumerate(texts, 1)], document="d")
        assert (done.redacted, said(bank)) == ({"addresses": 1}, ["The well is deep."])
        assert memory.find_text("Mill Lane") == []


@pytest.mark.parametrize(
    "wrong",
    [
        "secrets",
        ["secret"],
        [7],
        RedactionRule("x", pattern="y"),
    ],
)
def test_rules_with_a_wrong_value_are_refused(memory: Memory, wrong: object) -> None:
    with pytest.raises(InputError):
        memory.bank("a", redact=wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "given",
    [{"pattern": "("}, {"pattern": "x*"}, {}, {"pattern": "x", "entity": "person"}, {"test": 3}],
)
def test_a_rule_that_does_not_exist_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(InputError):
        RedactionRule("r", **given)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="name"):
        RedactionRule("", pattern="x")


def test_what_is_left_out_of_a_message_is_not_embedded_with_the_rest(clock: FrozenClock) -> None:
    embedded: list[str] = []

    class Recording(HashEmbedder):
        def embed(self, texts: Sequence[str]) -> list[Embedding]:
            embedded.extend(texts)
            return super().embed(texts)

    rule = RedactionRule("doctors", test=lambda text: text.startswith("My doctor"))
    with Memory(MemoryStore(), Recording(), clock=clock) as memory:
        bank = memory.bank("a", redact=[rule])
        bank.retain([Message("I live in Porto. My doctor is Ruiz. I have a dog.", "Ana")])
        assert sorted(unit.text for unit in bank.units()) == ["I have a dog.", "I live in Porto."]
    assert embedded
    assert not any("Ruiz" in text for text in embedded)
