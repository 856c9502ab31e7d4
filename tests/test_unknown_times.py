"""What was said nobody knows when has no time: none is invented, and it never counts as the newest."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest
from command_line import fourfold
from mcp import Client
from test_mcp import text

from fourfold import (
    AsyncMemory,
    Bank,
    Fact,
    InputError,
    Interval,
    Memory,
    Message,
    Network,
    PrunePolicy,
    Unit,
    Verdict,
)
from fourfold.models.packaged.minilm import MiniLM
from fourfold.ports import Embedding
from fourfold.testing import FrozenClock, HashEmbedder, MemoryStore, ScriptedModel
from fourfold.values.rendering import describe_hit
from fourfold_mcp.scope import BankScope
from fourfold_mcp.server import Server
from fourfold_mcp.subscriptions import Subscriptions

LONG_AGO = datetime(2019, 4, 1, 9, tzinfo=UTC)
NOTE = "# Garden\n\nThe boat was built on 3 May 2021.\n\nWe painted the hull yesterday.\n"
CHAT = [{"role": "user", "content": "I live in Porto."}, {"role": "user", "content": "I moved to Lisbon."}]
ENTITY = {"type": "entity", "name": "Ana", "entityType": "person", "observations": ["Ana lives in Porto"]}
CHATGPT = {
    "title": "Trip",
    "current_node": "n-2-of-a-conversation",
    "mapping": {
        "n-1-of-a-conversation": {"id": "n-1-of-a-conversation", "message": None, "parent": None},
        "n-2-of-a-conversation": {
            "id": "n-2-of-a-conversation",
            "parent": "n-1-of-a-conversation",
            "message": {
                "id": "n-2-of-a-conversation",
                "author": {"role": "user"},
                "create_time": None,
                "content": {"content_type": "text", "parts": ["I liked Kyoto. I went there yesterday."]},
            },
        },
    },
}
CLAUDE = {"uuid": "u-1", "chat_messages": [{"uuid": "m-1", "sender": "human", "text": "My boat is Lua."}]}
FILES: list[tuple[str, Any]] = [
    ("conversations.json", [CHATGPT]),
    ("claude.json", [CLAUDE]),
    ("mem0.json", {"results": [{"id": "1", "memory": "User lives in Porto"}]}),
    ("memory.json", ENTITY),
    ("items.json", [{"namespace": ["a"], "key": "k", "value": {"text": "Ana likes tea."}}]),
    ("chat.json", CHAT),
    ("chat.jsonl", "\n".join(map(json.dumps, CHAT))),
    ("chat.csv", "speaker,text\nAna,I will visit Rome next week.\n"),
    ("transcript.txt", "Ana: I bought a red bike.\nTom: I am allergic to nuts.\n"),
    ("note.md", NOTE),
]


class NotingEmbedder(HashEmbedder):
    """A `HashEmbedder` that notes what it embeds."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        self.texts += texts
        return super().embed(texts)


def write(path: Path, content: Any) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def unit_with(bank: Bank, text: str, *, retired: bool = False) -> Unit:
    (unit,) = (unit for unit in bank.units(retired=retired) if text in unit.text)
    return unit


@pytest.mark.parametrize(("name", "content"), FILES, ids=[name for name, _ in FILES])
def test_a_record_without_a_time_gives_a_unit_without_one(
    memory: Memory, tmp_path: Path, name: str, content: Any
) -> None:
    bank = memory.load(write(tmp_path / name, content), bank="b")
    units = bank.units(retired=True)
    assert units
    assert {unit.mentioned_at for unit in units} == {None}
    assert all(unit.occasions == () for unit in units)
    assert "stays unknown" in " ".join(bank.warnings)
    assert len(memory.load(tmp_path / name, bank="b").units(retired=True)) == len(units)


def test_absolute_dates_of_an_undated_text_are_read_and_relative_ones_stay_open(
    memory: Memory, tmp_path: Path
) -> None:
    bank = memory.load(write(tmp_path / "note.md", NOTE), bank="b")
    built = unit_with(bank, "built")
    assert built.occurred is not None
    assert built.occurred.start == datetime(2021, 5, 3, tzinfo=UTC)
    assert unit_with(bank, "painted").occurred is None


@pytest.mark.parametrize(
    ("language", "text", "start"),
    [
        ("en", "On 3 May we sailed.", None),
        ("en", "Last summer we sailed.", None),
        ("en", "We sail on Friday.", None),
        ("en", "We sailed in May 2021.", datetime(2021, 5, 1, tzinfo=UTC)),
        ("en", "We sailed in the 90s.", datetime(1990, 1, 1, tzinfo=UTC)),
        ("en", "We sailed on 13/5/23.", datetime(2023, 5, 13, tzinfo=UTC)),
        ("de", "Gestern segelten wir.", None),
        ("de", "Am 3. Mai 2021 segelten wir.", datetime(2021, 5, 3, tzinfo=UTC)),
        ("fr", "La semaine dernière nous avons navigué.", None),
        ("fr", "Le 3 mai 2021 nous avons navigué.", datetime(2021, 5, 3, tzinfo=UTC)),
        ("es", "Ayer navegamos.", None),
        ("zh", "昨天我们去航海了。", None),
        ("zh", "2021年5月3日我们去航海了。", datetime(2021, 5, 3, tzinfo=UTC)),
    ],
)
def test_an_undated_text_is_dated_by_what_it_says_alone(
    memory: Memory, language: str, text: str, start: datetime | None
) -> None:
    bank = memory.bank("b", language=language)
    bank.retain(text, at="unknown")
    (unit,) = bank.units()
    assert (unit.occurred and unit.occurred.start) == start


def test_the_line_of_an_undated_unit_has_no_date(bank: Bank) -> None:
    bank.retain([Message("The boat is red.", "Ana", at="unknown")])
    recall = bank.recall("What colour is the boat?")
    assert recall.text == "Ana: The boat is red."
    assert "said" not in describe_hit(recall.hits[0])


def test_an_undated_text_is_embedded_without_a_date(clock: FrozenClock) -> None:
    embedder = NotingEmbedder()
    with Memory(MemoryStore(), embedder, clock=clock) as memory:
        memory.bank("a").retain("The boat is red.", at="unknown")
    assert embedder.texts == ["The boat is red."]


@pytest.mark.parametrize("at", ["Unknown", "", "2023-05-08", 5])
def test_a_time_that_is_neither_one_nor_unknown_is_refused(bank: Bank, at: Any) -> None:
    with pytest.raises(InputError, match='"unknown"'):
        bank.retain("The boat is red.", at=at)
    with pytest.raises(InputError, match='"unknown"'):
        bank.retain([Message("The boat is red.", at=at)])
    with pytest.raises(InputError, match='"unknown"'):
        bank.retain_facts([Fact("The boat is red.", at=at)])
    assert bank.units() == []


def test_what_is_retained_without_a_word_of_its_time_is_said_now(bank: Bank, clock: FrozenClock) -> None:
    bank.retain("The boat is red.")
    assert [unit.mentioned_at for unit in bank.units()] == [clock.now()]


def test_a_message_of_its_own_time_keeps_it_among_undated_ones(bank: Bank) -> None:
    bank.retain([Message("The boat is red.", at=LONG_AGO), Message("Tom is a nurse.")], at="unknown")
    assert [unit.mentioned_at for unit in bank.units()] == [None, LONG_AGO]


@pytest.mark.parametrize("is_dated_first", [True, False])
def test_an_undated_value_gives_way_to_a_dated_one_and_retires_nothing(
    memory: Memory, is_dated_first: bool
) -> None:
    bank = memory.bank("b")
    dated, undated = Fact("User lives in Porto.", at=LONG_AGO), Fact("User lives in Lisbon.", at="unknown")
    for fact in (dated, undated) if is_dated_first else (undated, dated):
        verdicts = [operation.verdict for operation in bank.retain_facts([fact]).operations]
        assert verdicts == [Verdict.ADD]
    assert {unit.retired_at for unit in bank.units(retired=True)} == {None}
    recall = bank.recall("Where does the user live?")
    assert recall.text.splitlines() == [
        "[1 April 2019] User lives in Porto.",
        "User lives in Lisbon. [may have changed]",
    ]


def test_what_is_said_after_an_undated_value_was_recorded_takes_its_place(
    bank: Bank, clock: FrozenClock
) -> None:
    bank.retain_facts([Fact("User lives in Porto.", at="unknown")])
    clock.advance(timedelta(days=1))
    bank.retain("User lives in Lisbon.")
    assert [unit.text for unit in bank.units()] == ["User lives in Lisbon."]


def test_of_two_undated_values_in_a_list_none_takes_the_others_place(memory: Memory, tmp_path: Path) -> None:
    memories = [{"id": str(n), "memory": f"User lives in {city}."} for n, city in enumerate(["Oslo", "Rome"])]
    bank = memory.load(write(tmp_path / "mem0.json", {"results": memories}), bank="b")
    assert sorted(unit.text for unit in bank.units()) == ["User lives in Oslo.", "User lives in Rome."]
    assert {unit.superseded_by for unit in bank.units()} == {None}


def test_undated_texts_that_are_given_one_by_one_are_in_no_order(bank: Bank) -> None:
    bank.retain("I live in Lisbon.", at="unknown")
    bank.retain("I live in Porto.", at="unknown")
    assert sorted(unit.text for unit in bank.units()) == ["I live in Lisbon.", "I live in Porto."]
    assert {unit.superseded_by for unit in bank.units()} == {None}


def test_a_chat_without_times_is_in_the_order_of_its_turns(memory: Memory, tmp_path: Path) -> None:
    bank = memory.load(write(tmp_path / "chat.json", CHAT), bank="b")
    assert [unit.text for unit in bank.units()] == ["I moved to Lisbon."]


def test_a_message_that_comes_again_with_its_time_is_dated(memory: Memory, tmp_path: Path) -> None:
    path = write(tmp_path / "conversations.json", [CHATGPT])
    bank = memory.load(path, bank="b")
    conversation = json.loads(json.dumps(CHATGPT))
    conversation["mapping"]["n-2-of-a-conversation"]["message"]["create_time"] = LONG_AGO.timestamp()
    bank = memory.load(write(path, [conversation]), bank="b")
    assert [(unit.text, unit.mentioned_at) for unit in bank.units()] == [
        ("I liked Kyoto.", LONG_AGO),
        ("I went there yesterday.", LONG_AGO),
    ]
    went = unit_with(bank, "yesterday")
    assert went.occasions == (LONG_AGO,)
    assert went.occurred is not None
    assert went.occurred.start == datetime(2019, 3, 31, tzinfo=UTC)
    bank.undo(bank.history()[0].id)
    assert {unit.mentioned_at for unit in bank.units()} == {None}


def test_words_that_come_again_with_a_time_are_one_more_occasion_of_the_undated_unit(bank: Bank) -> None:
    bank.retain("We painted the hull of the boat yesterday.", at="unknown", document="note")
    bank.retain("We painted the hull of the boat yesterday.", at=LONG_AGO, document="chat")
    (unit,) = bank.units()
    assert (unit.mentioned_at, unit.occasions) == (LONG_AGO, (LONG_AGO,))
    assert unit.source.times == (None, LONG_AGO)
    assert unit.occurred is not None
    assert unit.occurred.start == datetime(2019, 3, 31, tzinfo=UTC)
    bank.forget(document="chat")
    assert unit_with(bank, "painted").mentioned_at is None


def test_an_undated_repetition_leaves_the_time_of_a_unit(bank: Bank) -> None:
    bank.retain("We painted the hull of the boat.", at=LONG_AGO, document="chat")
    bank.retain("We painted the hull of the boat.", at="unknown", document="note")
    assert [(unit.mentioned_at, len(unit.source.messages)) for unit in bank.units()] == [(LONG_AGO, 2)]


def test_a_value_that_gave_way_for_want_of_a_time_stands_again_once_it_has_a_later_one(bank: Bank) -> None:
    bank.retain([Message("I live in Porto.", at=LONG_AGO)])
    later = [
        Message("I live in Lisbon.", at="unknown", id="m"),
        Message("I have a boat.", at="unknown", id="n"),
    ]
    bank.retain(later, document="chat")
    assert unit_with(bank, "Lisbon").superseded_by is not None
    bank.retain(later, document="chat")
    assert unit_with(bank, "Lisbon").superseded_by is not None
    bank.retain([Message("I live in Lisbon.", at=LONG_AGO + timedelta(days=9), id="m")], document="chat")
    assert unit_with(bank, "Lisbon").superseded_by is None
    assert unit_with(bank, "boat").mentioned_at is None


def test_no_filter_by_time_brings_what_has_no_time(bank: Bank, clock: FrozenClock) -> None:
    bank.retain("The boat was painted. The boat was built on 3 May 2021.", at="unknown")
    ever = Interval(datetime(1900, 1, 1, tzinfo=UTC), datetime(2900, 1, 1, tzinfo=UTC))
    for during in (ever, Interval(None, ever.end), Interval(ever.start, None)):
        texts = [hit.unit.text for hit in bank.recall("What about the boat?", during=during).hits]
        assert texts == ["The boat was built on 3 May 2021."]
        assert [event.unit.text for event in bank.timeline(during=during)] == texts
    assert len(bank.recall("What about the boat?").hits) == 2
    assert bank.recall("What about the boat?", as_of=clock.now() - timedelta(days=1)).hits == ()
    assert len(bank.recall("What about the boat?", as_of=clock.now()).hits) == 2


def test_units_and_timeline_put_what_has_no_time_first(bank: Bank) -> None:
    bank.retain("The boat is red.", at=LONG_AGO)
    bank.retain("Tom is a nurse.", at="unknown")
    assert [unit.text for unit in bank.units()] == ["Tom is a nurse.", "The boat is red."]
    events = bank.timeline(what="states")
    assert [(event.at, event.unit.text) for event in events] == [
        (None, "Tom is a nurse."),
        (LONG_AGO, "The boat is red."),
    ]
    assert [event.unit.text for event in bank.timeline(what="states", limit=1)] == ["The boat is red."]


def test_an_undated_belief_has_a_history_without_a_time(bank: Bank) -> None:
    bank.retain([Message("I think the night bus is reliable.", "Tom", at="unknown")])
    bank.retain([Message("The night bus was late.", "Tom")])
    bank.consolidate()
    (belief,) = bank.beliefs()
    assert belief.history[0].said is None
    assert bank.timeline(what="beliefs")[0].at is None


def test_forgetting_what_was_said_before_goes_by_the_day_on_which_an_undated_unit_was_recorded(
    bank: Bank, clock: FrozenClock
) -> None:
    bank.retain("The boat is red.", at="unknown")
    bank.forget(before=clock.now())
    assert len(bank.units()) == 1
    bank.forget(before=clock.now() + timedelta(seconds=1))
    assert bank.units() == []


def test_an_undated_unit_fades_from_the_day_on_which_it_was_recorded(bank: Bank, clock: FrozenClock) -> None:
    bank.retain("The boat is red.", at="unknown")
    bank.retain("Tom is a nurse.", at=LONG_AGO)
    pruned = bank.prune(PrunePolicy(below=0.5), dry_run=True)
    assert [unit.text for unit in pruned.archived] == ["Tom is a nurse."]
    clock.advance(timedelta(days=90))
    pruned = bank.prune(PrunePolicy(below=0.5), dry_run=True)
    assert [unit.text for unit in pruned.archived] == ["The boat is red.", "Tom is a nurse."]


def test_an_undated_unit_does_not_rank_as_the_freshest(bank: Bank, clock: FrozenClock) -> None:
    bank.retain("The old boat is blue.", at="unknown")
    bank.retain("The new boat is blue.", at=clock.now() - timedelta(days=20))
    hits = bank.recall("The boat is blue.", explain=True).hits
    factors = {hit.unit.text: hit.factors["strength"] for hit in hits}
    assert factors["The old boat is blue."] == pytest.approx(0.95)  # as of what has faded
    assert factors["The new boat is blue."] > 0.97


@pytest.fixture(scope="module")
def undated_bank(minilm: MiniLM) -> Iterator[Bank]:
    """Five undated facts about Ana, an undated plan and a dated fact, consolidated."""
    facts = [
        "Ana lives in Porto and works at the harbour.",
        "Ana adopted a dog called Pixel.",
        "Ana plays the violin in a small orchestra.",
        "Ana always prefers tea to coffee.",
        "Ana studied biology in Coimbra.",
    ]
    with Memory(MemoryStore(), minilm, clock=FrozenClock(LONG_AGO)) as memory:
        bank = memory.bank("b")
        bank.retain_facts([Fact(text, entities=("Ana",), at="unknown") for text in facts])
        bank.retain_facts([Fact("Ana sold her old sailing boat.", entities=("Ana",), at=LONG_AGO)])
        bank.retain([Message("I will visit Rome next week.", "Ana", at="unknown")])
        bank.consolidate()
        yield bank


def test_summaries_and_the_core_profile_of_undated_facts_have_no_dates(undated_bank: Bank) -> None:
    summary = undated_bank.summary("Ana")
    assert summary is not None
    dated = [sentence.text for sentence in summary.sentences if sentence.text.startswith("[")]
    assert dated in ([], ["[1 April 2019] Ana sold her old sailing boat."])
    assert summary.sentences[-1].text.startswith("[") == bool(dated)
    assert "next week" not in undated_bank.core().text  # nobody knows whether the plan is over


def test_an_undated_bank_is_the_same_after_export_fork_and_merge(undated_bank: Bank, tmp_path: Path) -> None:
    times = {unit.text: unit.mentioned_at for unit in undated_bank.units()}
    assert list(times.values()).count(None) == 6
    undated_bank.export(tmp_path / "b.jsonl")
    with Memory(MemoryStore(), HashEmbedder(), clock=FrozenClock(LONG_AGO + timedelta(days=900))) as memory:
        loaded = memory.load(tmp_path / "b.jsonl", bank="b")
        forked = loaded.fork("c")
        merged = memory.bank("d")
        merged.absorb(loaded)
        for bank in (loaded, forked, merged):
            assert {unit.text: unit.mentioned_at for unit in bank.units()} == times


def test_a_store_that_is_opened_again_knows_what_has_no_time(tmp_path: Path) -> None:
    for _ in range(2):
        with Memory.open(str(tmp_path / "m"), embedder=HashEmbedder()) as memory:
            bank = memory.bank("a")
            bank.retain([Message("The boat is red.", at="unknown", id="m")], document="d")
            assert [unit.mentioned_at for unit in bank.units()] == [None]
            assert bank.recall("What colour is the boat?", during=Interval(LONG_AGO, None)).hits == ()


def test_a_language_model_is_told_that_nobody_knows_when_a_text_was_said(clock: FrozenClock) -> None:
    statement = {"text": "Ana moved to Porto.", "messages": [1], "when": "last month"}
    absolute = {"text": "Ana was born in May 1990.", "messages": [1], "occurred_from": "1990-05"}
    model = ScriptedModel(lambda _turns, _shape: {"statements": [statement, absolute]})
    with Memory(MemoryStore(), HashEmbedder(), clock=clock, llm=model) as memory:
        bank = memory.bank("a")
        bank.retain("I moved to Porto last month. I was born in May 1990.", at="unknown")
        assert "Nobody knows when this was said" in model.asked[0][-1].text
        assert {unit.mentioned_at for unit in bank.units()} == {None}
        assert unit_with(bank, "moved").occurred is None
        assert unit_with(bank, "born").occurred is not None


def test_an_edited_undated_unit_stays_undated(bank: Bank) -> None:
    bank.retain("The boat is red.", at="unknown")
    bank.edit(unit_with(bank, "red").id, "The boat is blue since yesterday.")
    assert [(unit.mentioned_at, unit.occurred) for unit in bank.units()] == [(None, None)]


def test_the_command_line_says_what_has_no_time(tmp_path: Path) -> None:
    place = tmp_path / "memory"
    path = write(tmp_path / "note.md", NOTE)
    retained = fourfold("retain", path, "--bank", "b", "--memory", place)
    assert retained.returncode == 0
    assert "3 records have no time" in retained.stderr or "2 records have no time" in retained.stderr
    recall = fourfold("recall", "When was the hull painted?", "--bank", "b", "--memory", place)
    assert "undated · world" in recall.stdout
    answer = json.loads(
        fourfold("recall", "Who painted the hull?", "--json", "--bank", "b", "--memory", place).stdout
    )
    unit = answer["hits"][0]["unit"]
    assert unit["mentioned_at"] is None
    shown = fourfold("show", unit["id"], "--bank", "b", "--memory", place).stdout
    assert "mentioned_at  unknown" in shown
    timeline = fourfold("timeline", "--bank", "b", "--memory", place).stdout
    assert timeline.startswith("undated    ")
    assert "2021-05-03 " in timeline
    assert f"{datetime.now(UTC):%Y}" not in timeline


def test_a_belief_of_an_undated_note_is_shown_and_drawn(tmp_path: Path) -> None:
    place = tmp_path / "memory"
    path = write(tmp_path / "chat.csv", "speaker,text\nTom,I think the night bus is reliable.\n")
    assert fourfold("retain", path, "--bank", "b", "--memory", place).returncode == 0
    shown = fourfold("beliefs", "--plot", "--bank", "b", "--memory", place)
    assert "undated    formed 0.70" in shown.stdout


def test_networks_and_times_of_undated_facts_are_kept(bank: Bank) -> None:
    occurred = Interval(LONG_AGO, LONG_AGO + timedelta(days=1))
    bank.retain_facts([Fact("The agent sailed.", Network.EXPERIENCE, occurred=occurred, at="unknown")])
    (unit,) = bank.units()
    assert (unit.network, unit.occurred, unit.mentioned_at) == (Network.EXPERIENCE, occurred, None)
    assert bank.recall("Who sailed?", during=occurred).hits


def test_the_mcp_tools_show_what_has_no_time(clock: FrozenClock) -> None:
    async def run() -> None:
        async with AsyncMemory(MemoryStore(), HashEmbedder(), clock=clock) as memory:
            result = await memory.bank("mine").retain("Tom's boat in the harbour is red.", at="unknown")
            unit = result.units[0].id

            async def opened() -> AsyncMemory:
                return memory

            async with Client(Server(BankScope(opened, "mine"), Subscriptions())) as client:
                recalled = await client.call_tool("recall", {"question": "What colour is the boat?"})
                told = await client.call_tool("timeline", {"what": ["states"]})
                for answer in (recalled, told):
                    assert text(answer) == f"- Tom's boat in the harbour is red. (id {unit[:8]})"
                    assert answer.structured_content is not None
                    assert answer.structured_content["units"][0]["said"] is None
                fetched = await client.call_tool("fetch", {"id": unit})
                assert fetched.structured_content is not None
                assert "said" not in fetched.structured_content["metadata"]

    anyio.run(run)
