"""Whose words a message holds: the agent's, a quotation's, a draft's touch no fact of the user, through any host."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from llama_index.core.base.llms.types import ChatMessage

from fourfold import Bank, Memory, Message, Modality
from fourfold_langchain import FourfoldChatMessageHistory
from fourfold_llamaindex import FourfoldMemory

MARCH = datetime(2026, 3, 1, 12, tzinfo=UTC)
MAY = datetime(2026, 5, 1, 12, tzinfo=UTC)
OF_USER = "My name is Pat. I live in Leeds."
OF_AGENT = "My name is Claude. I live in the cloud."


def check_facts_of_user(bank: Bank) -> None:
    """Checks that both facts of the user hold, and are not marked as having another value by now."""
    assert {word for unit in bank.units() for word in ("Pat", "Leeds") if word in unit.text} == {
        "Pat",
        "Leeds",
    }
    assert not any(unit.superseded_by for unit in bank.units())


def test_answers_in_a_history_of_langchain_touch_no_fact_of_the_user(memory: Memory) -> None:
    bank = memory.bank("a")
    FourfoldChatMessageHistory(bank, "session").add_messages([HumanMessage(OF_USER), AIMessage(OF_AGENT)])
    assert bank.flush(10)
    check_facts_of_user(bank)


def test_answers_in_a_memory_of_llamaindex_touch_no_fact_of_the_user(memory: Memory) -> None:
    bank = memory.bank("a")
    chat = FourfoldMemory(bank=bank, session="session")
    chat.put(ChatMessage(OF_USER, role="user"))
    chat.put(ChatMessage(OF_AGENT, role="assistant"))
    assert bank.flush(10)
    check_facts_of_user(bank)


def test_answers_in_an_export_of_chatgpt_touch_no_fact_of_the_user(memory: Memory, tmp_path: Path) -> None:
    asked = {"author": {"role": "user"}, "create_time": 1_714_557_600.0, "content": {"parts": [OF_USER]}}
    answer = {
        "author": {"role": "assistant"},
        "create_time": 1_714_557_609.0,
        "content": {"parts": [OF_AGENT]},
    }
    nodes = {
        "q": {"id": "q", "parent": None, "children": ["a"], "message": asked},
        "a": {"id": "a", "parent": "q", "children": [], "message": answer},
    }
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps([{"title": "Hello", "current_node": "a", "mapping": nodes}]))
    check_facts_of_user(memory.load(path, bank="a"))


@pytest.mark.parametrize(
    ("fact", "later"),
    [
        ("I live in Porto.", "I moved to Postgres."),
        ("I live in Porto.", "I moved to Slack."),
        ("I live in Porto.", "I moved to Deloitte."),
        ("I live in Porto.", "I moved to Plan B."),
        ("I live in Porto.", "> I live in Tokyo.\nHow should I answer this?"),
        ("I live in Porto.", "Draft an email for my boss: My name is Kim. I live in Tokyo."),
        ("I live in Porto.", "Write a dating profile for my friend. I live in Tokyo and love hiking."),
        ("I live in Porto.", "Please write a profile for Kim.\nI live in Tokyo."),
        ("I live in Porto.", "Can you fix this for my colleague? I live in Tokyo."),
        ("I live in Porto.", "Let's role-play as two neighbours. I live in Tokyo and you live in Oslo."),
        ("Ich wohne in Porto.", "Schreib bitte ein Profil für Kim. Ich wohne in Tokio."),
        ("J'habite à Porto.", "Écris un profil pour Kim. J'habite à Tokyo."),
        ("Vivo en Porto.", "Escribe un perfil para Kim. Vivo en Tokio."),
        ("My name is Pat.", "My mum says my name is Bob."),
    ],
)
def test_a_fact_holds_beside_what_only_sounds_like_another_value(
    memory: Memory, fact: str, later: str
) -> None:
    bank = memory.bank("a")
    bank.retain([Message(fact, "Ana", at=MARCH)])
    bank.retain([Message(later, "Ana", at=MAY)])
    assert fact in {unit.text for unit in bank.units()}


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ('Mum wrote: "Come home!" I live in Bristol now.', "I live in Bristol now."),
        ("My boss wrote: 'Well done.' I earn 2,900 euros.", "I earn 2,900 euros."),
        ('I have a sore knee. Mum said: "Rest!"', "I have a sore knee."),
        ('Mum said: "Rest!"\n\nI have a new job.', "I have a new job."),
        ('Translate: "I live in Tokyo." I live in Porto.', "I live in Porto."),
        ('Mama schrieb: "Komm heim!" Ich wohne jetzt in Bonn.', "Ich wohne jetzt in Bonn."),
        ("Mamá escribió: «Vuelve a casa». Ahora vivo en Madrid.", "Ahora vivo en Madrid."),
        ("妈妈说：“回家吧！”我现在住在杭州。", "我现在住在杭州。"),
    ],
)
def test_what_stands_beside_a_quotation_is_the_speakers_own(memory: Memory, text: str, own: str) -> None:
    bank = memory.bank("a")
    bank.retain([Message(text, "Ana", at=MARCH)])
    modalities = {unit.text: unit.modality for unit in bank.units()}
    assert modalities.pop(own) is Modality.FACT
    assert set(modalities.values()) == {Modality.QUOTE}


def test_a_quotation_that_is_never_closed_goes_on_to_the_end_of_its_line(memory: Memory) -> None:
    bank = memory.bank("a")
    bank.retain([Message('In my novel the hero says: "I live in Tokyo. I am ill.', "Ana", at=MARCH)])
    assert {unit.modality for unit in bank.units()} == {Modality.QUOTE}
