"""The MCP server, asked by the SDK's own client: in memory, and as a process over stdio."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp_types import (
    INVALID_PARAMS,
    CallToolResult,
    ElicitRequestFormParams,
    ElicitResult,
    PromptReference,
    ResourceListChangedNotification,
    ResourceTemplateReference,
    ResourceUpdatedNotification,
    TextContent,
    TextResourceContents,
)
from waiting import until

from fourfold import AsyncMemory, Message
from fourfold.testing import FrozenClock, HashEmbedder, MemoryStore
from fourfold_mcp.scope import BankScope
from fourfold_mcp.server import Server
from fourfold_mcp.subscriptions import Subscriptions

TOOLS = set("retain preview recall reflect beliefs entity timeline forget status search fetch".split())
PORTO_TEXT = "Ana moved to Porto."
PORTO = {"text": PORTO_TEXT, "entities": ["Ana", "Porto"], "when": "2023-04"}


def session(
    clock: FrozenClock, talk: Callable[[Client], Awaitable[None]], *, sampling: bool = False, **options: Any
) -> None:
    """Has `talk` with a server on an empty memory; `options` are the client's."""

    async def run() -> None:
        async with AsyncMemory(MemoryStore(), HashEmbedder(), clock=clock) as memory:

            async def opened() -> AsyncMemory:
                return memory

            async with Client(
                Server(BankScope(opened, "mine", sampling=sampling), Subscriptions()), **options
            ) as client:
                await talk(client)

    anyio.run(run)


async def read(client: Client, uri: str) -> str:
    (content,) = (await client.read_resource(uri)).contents
    assert isinstance(content, TextResourceContents)
    return content.text


def text(result: CallToolResult) -> str:
    return "\n".join(part.text for part in result.content if isinstance(part, TextContent))


def test_every_tool_says_what_it_takes_answers_and_does(clock: FrozenClock) -> None:
    async def talk(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == TOOLS
        for tool in tools.values():
            assert tool.description
            assert tool.output_schema
            assert "bank" in tool.input_schema["properties"]
            assert tool.annotations is not None
            assert None not in tool.annotations.model_dump(exclude={"title"}).values()
        assert tools["forget"].annotations.destructive_hint  # type: ignore[union-attr]

    session(clock, talk)


def test_a_stated_fact_is_recalled_reflected_on_and_forgotten(clock: FrozenClock) -> None:
    async def talk(client: Client) -> None:
        kept = await client.call_tool("retain", {"facts": [PORTO]})
        assert kept.structured_content["extracted_by"] == "the caller"
        assert kept.structured_content["operations"] == {"ADD": 1}
        found = await client.call_tool("recall", {"question": "Where did Ana move?"})
        (unit,) = found.structured_content["units"]
        assert (unit["text"], unit["entities"]) == (PORTO_TEXT, ["Ana", "Porto"])
        assert unit["occurred_from"].startswith("2023-04-01")
        assert unit["when"] == "April 2023"
        assert "Ana moved to Porto." in text(found)
        thought = await client.call_tool("reflect", {"question": "Where did Ana move?"})
        assert thought.structured_content["extract"] is True
        assert "Porto" in text(thought)
        known = await client.call_tool("entity", {"name": "Ana"})
        assert known.structured_content["mentions"] == 1
        unsure = await client.call_tool("forget", {"unit": unit["id"]})
        assert unsure.is_error
        assert "confirm=true" in text(unsure)
        gone = await client.call_tool("forget", {"unit": unit["id"], "confirm": True})
        assert [one["id"] for one in gone.structured_content["units"]] == [unit["id"]]
        again = await client.call_tool("recall", {"question": "Where did Ana move?"})
        assert again.structured_content["units"] == []

    session(clock, talk)


def test_banks_are_apart_and_named_in_the_status(clock: FrozenClock) -> None:
    async def talk(client: Client) -> None:
        belief = {"text": "Ana is patient.", "network": "belief", "confidence": 0.8, "entities": ["Ana"]}
        await client.call_tool("retain", {"facts": [belief], "bank": "theirs"})
        await client.call_tool("retain", {"text": "We chose Qdrant on Monday.", "tags": ["work"]})
        mine = await client.call_tool("beliefs", {})
        theirs = await client.call_tool("beliefs", {"about": "Ana", "bank": "theirs"})
        assert mine.structured_content["beliefs"] == []
        assert "(0.80) Ana is patient." in text(theirs)
        status = (await client.call_tool("status", {})).structured_content
        assert status is not None
        assert [bank["name"] for bank in status["banks"]] == ["mine", "theirs"]

    session(clock, talk)


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("retain", {}, "either text or facts"),
        ("retain", {"text": "Ana.", "facts": [PORTO]}, "either text or facts"),
        ("retain", {"text": 5}, "- text: input should be a valid string"),
        ("retain", {"text": "x" * 200_001}, "- text: string should have at most 200000 characters"),
        ("retain", {"facts": [{"text": "Ana.", "when": "soon"}]}, "is no date"),
        ("retain", {"facts": [{"text": "Ana.", "network": "summary"}]}, "network"),
        ("retain", {"facts": [{"text": "Ana.", "confidence": 0.5}]}, "only a belief"),
        ("retain", {"text": "Ana.", "bank": "../../etc"}, "cannot name a bank"),
        ("retain", {"text": "Ana.", "bank": "a\x00b"}, "cannot name a bank"),
        ("recall", {"question": "Ana?", "during": "2023-13"}, "is no date"),
        ("recall", {"question": "Ana?", "during": "2023-05/2023-04"}, "ends before"),
        ("recall", {}, "- question: field required"),
        ("timeline", {"about": "Nobody"}, "knows no entity"),
        ("timeline", {"limit": 0}, "- limit: input should be greater than or equal to 1"),
        ("fetch", {"id": "../../etc/passwd"}, "no unit"),
        ("recall", {"question": "Ana?", "budget": 1}, "64"),
        ("entity", {"name": "Nobody"}, "knows no entity"),
        ("forget", {"unit": "nonsense", "confirm": True}, "nonsense"),
        ("forget", {"confirm": True}, "one of"),
        ("forget", {"unit": "nonsense"}, "nonsense"),
        ("forget_everything", {}, "forget_everything"),
    ],
)
def test_a_bad_request_says_what_is_wrong_and_changes_nothing(
    clock: FrozenClock, tool: str, arguments: dict[str, Any], said: str
) -> None:
    async def talk(client: Client) -> None:
        result = await client.call_tool(tool, arguments)
        assert result.is_error
        assert said in text(result)
        status = (await client.call_tool("status", {})).structured_content
        assert status is not None
        assert status["banks"] == []

    session(clock, talk)


def test_the_timeline_tool_tells_superseded_facts(clock: FrozenClock) -> None:
    async def talk(client: Client) -> None:
        for month, place in (("2023-04", "Porto"), ("2024-01", "Lisbon")):
            fact = {"text": f"Ana lives in {place}.", "entities": ["Ana"], "when": month}
            told = await client.call_tool("retain", {"facts": [fact]})
        assert "No longer so: Ana lives in Porto." in text(told)
        known = await client.call_tool("timeline", {"about": "ana"})
        before, now = known.structured_content["units"]
        assert (before["text"], now["text"]) == ("Ana lives in Porto.", "Ana lives in Lisbon.")
        assert before["held_until"]
        assert not now["held_until"]
        assert "[no longer held]" in text(known).splitlines()[0]
        then = await client.call_tool("timeline", {"during": "2023-03/2023-05"})
        assert [unit["text"] for unit in then.structured_content["units"]] == ["Ana lives in Porto."]

    session(clock, talk)


def test_the_timeline_tool_tells_of_the_kinds_that_are_asked_for(clock: FrozenClock) -> None:
    async def talk(client: Client) -> None:
        said = (
            "We are flying to Rome on 3 June. My sister Rita is a nurse in Braga. I think trams are reliable."
        )
        await client.call_tool("retain", {"text": said})
        for what, told in (
            (None, "flying"),
            (["plans"], "flying"),
            (["states"], "nurse"),
            (["beliefs"], "trams"),
        ):
            answer = await client.call_tool("timeline", {"what": what})
            (unit,) = answer.structured_content["units"]
            assert told in unit["text"]
        wrong = await client.call_tool("timeline", {"what": ["event"]})
        assert "- what.0: input should be 'events', 'plans', 'changes', 'states' or 'beliefs'" in text(wrong)

    session(clock, talk)


def test_the_preview_tool_shows_what_would_be_kept_and_keeps_nothing(clock: FrozenClock) -> None:
    async def run() -> None:
        async with AsyncMemory(MemoryStore(), HashEmbedder(), clock=clock) as memory:
            bank = memory.bank("mine", redact=["secrets"])
            home = Message("I live in Ghent.", "Wim", at=clock.now() - timedelta(days=2))
            (ghent,) = (await bank.retain([home])).units

            async def opened() -> AsyncMemory:
                return memory

            async with Client(Server(BankScope(opened, "mine"), Subscriptions())) as client:
                moved = "Hey! I live in Bruges now."
                secret = "I think trams are reliable. The key is sk-live-0123456789abcdefghij."
                before = [await bank.units(retired=True), await bank.history(), await bank.entities()]
                shown = await client.call_tool("preview", {"text": moved, "speaker": "Wim"})
                masked = await client.call_tool("preview", {"text": secret})
                assert [await bank.units(retired=True), await bank.history(), await bank.entities()] == before
                assert not (await client.call_tool("preview", {"text": moved, "bank": "nowhere"})).is_error
                assert [info.name for info in await memory.banks()] == ["mine"]
                assert (await client.call_tool("preview", {"text": " "})).is_error
            hey, told = shown.structured_content["statements"]
            assert (hey["kind"], told["kind"]) == ("smalltalk", "statement")
            assert moved[told["start"] : told["end"]] == told["text"] == "I live in Bruges now."
            assert (told["replaces"], told["mentions"]) == ([ghent.id], ["Bruges"])
            assert "- small talk: Hey!" in text(shown)
            assert "Would be no longer so: [6 May 2023] Wim: I live in Ghent." in text(shown)
            trams, key = masked.structured_content["statements"]
            assert (trams["network"], trams["modality"]) == ("belief", "fact")
            assert 0 < trams["confidence"] < 1
            assert masked.structured_content["redacted"] == {"api_key": 1}
            assert "0123456789" not in key["text"] + text(masked)
            assert "Held back by api_key: 1." in text(masked)

    anyio.run(run)


def test_search_and_fetch_are_those_of_connectors(clock: FrozenClock) -> None:
    async def talk(client: Client) -> None:
        await client.call_tool("retain", {"facts": [PORTO]})
        found = await client.call_tool("search", {"query": "Where did Ana move?"})
        assert json.loads(text(found)) == found.structured_content
        (result,) = found.structured_content["results"]
        assert (result["title"], result["url"]) == (PORTO_TEXT, f"memory://mine/units/{result['id']}")
        fetched = await client.call_tool("fetch", {"id": result["id"]})
        assert json.loads(text(fetched)) == fetched.structured_content
        assert fetched.structured_content["title"] == PORTO_TEXT
        assert PORTO_TEXT in fetched.structured_content["text"]
        assert fetched.structured_content["metadata"]["entities"] == "Ana, Porto"

    session(clock, talk)


def test_without_a_model_reflect_lays_out_evidence_beliefs_and_character(clock: FrozenClock) -> None:
    async def talk(client: Client) -> None:
        belief = {"text": "Ana is patient.", "network": "belief", "confidence": 0.8, "entities": ["Ana"]}
        await client.call_tool("retain", {"facts": [PORTO, belief]})
        thought = await client.call_tool("reflect", {"question": "What do you think of Ana?"})
        assert [one["text"] for one in thought.structured_content["beliefs"]] == ["Ana is patient."]
        assert "(0.80) Ana is patient." in text(thought)
        assert "Skepticism 3 of 5" in text(thought)
        assert "conclusion is yours" in text(thought)

    session(clock, talk)


@pytest.mark.parametrize("mode", ["legacy", "auto"])
@pytest.mark.parametrize("agrees", [True, False])
def test_the_user_is_asked_before_something_is_forgotten(clock: FrozenClock, mode: str, agrees: bool) -> None:
    asked: list[str] = []

    async def answer(_: object, params: ElicitRequestFormParams) -> ElicitResult:
        asked.append(params.message)
        return ElicitResult(action="accept", content={"forget": agrees})

    async def talk(client: Client) -> None:
        await client.call_tool("retain", {"facts": [PORTO]})
        done = await client.call_tool("forget", {"entity": "Porto"})
        assert len(done.structured_content["units"]) == int(agrees)
        assert asked == ['Forget all that mentions "Porto" (1 memory)? It will not be recalled any more.']
        status = await client.call_tool("status", {})
        assert status.structured_content["banks"][0]["units"] == int(not agrees)

    session(clock, talk, elicitation_callback=answer, mode=mode)


def test_resources_show_banks_profiles_entities_and_units(clock: FrozenClock) -> None:
    async def talk(client: Client) -> None:
        fact = {"text": "A/B tests at 10% & more are Ana's work.", "entities": ["A/B tests", "Ana"]}
        kept = await client.call_tool("retain", {"facts": [fact], "bank": "lab two"})
        (unit,) = kept.structured_content["units"]
        listed = {resource.uri for resource in (await client.list_resources()).resources}
        assert listed == {"memory://banks", "memory://lab%20two/profile"}
        templates = (await client.list_resource_templates()).resource_templates
        assert {template.uri_template for template in templates} == {
            "memory://{bank}/profile",
            "memory://{bank}/entities/{name}",
            "memory://{bank}/units/{id}",
        }
        assert json.loads(await read(client, "memory://banks"))[0]["name"] == "lab two"
        assert "lab two" in await read(client, "memory://lab%20two/profile")
        shown = await read(client, "memory://lab%20two/entities/A%2FB%20tests")
        assert "# A/B tests" in shown
        assert "A/B tests at 10% & more are Ana's work." in shown
        one = json.loads(await read(client, f"memory://lab%20two/units/{unit['id']}"))
        assert one["text"] == fact["text"]
        assert one["history"] == []

    session(clock, talk)


def test_the_unit_resource_has_evidence_and_history(clock: FrozenClock) -> None:
    async def talk(client: Client) -> None:
        belief = {"text": "The market is good for bowls.", "network": "belief", "confidence": 0.6}
        kept = await client.call_tool("retain", {"facts": [belief]})
        uri = f"memory://mine/units/{kept.structured_content['units'][0]['id']}"
        one = json.loads(await read(client, uri))
        assert one["history"][0]["after"] == 0.6
        assert one["evidence"][0]["text"] == belief["text"]

    session(clock, talk)


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("memory://nobody/profile", "no memory"),
        ("memory://mine/entities/Nobody", "knows no entity"),
        ("memory://mine/units/123", "no unit"),
        ("memory://..%2F..%2Fetc/profile", "Unknown resource"),
        ("memory://mine/units/..%2F..%2Fpasswd", "Unknown resource"),
        ("memory://a%00b/profile", "Unknown resource"),
        ("file:///etc/passwd", "Unknown resource"),
    ],
)
def test_a_missing_resource_is_an_error(clock: FrozenClock, uri: str, said: str) -> None:
    async def talk(client: Client) -> None:
        await client.call_tool("retain", {"facts": [PORTO]})
        with pytest.raises(MCPError, match=said) as caught:
            await read(client, uri)
        assert caught.value.error.code == INVALID_PARAMS

    session(clock, talk)


def test_names_are_completed(clock: FrozenClock) -> None:
    async def talk(client: Client) -> None:
        facts = [PORTO, {"text": "Joanna paints.", "entities": ["Joanna"]}]
        await client.call_tool("retain", {"facts": facts})
        template = ResourceTemplateReference(uri="memory://{bank}/entities/{name}")

        async def completed(name: str, typed: str, **given: str) -> list[str]:
            done = await client.complete(template, {"name": name, "value": typed}, context_arguments=given)
            return done.completion.values

        assert await completed("bank", "mi") == ["mine"]
        assert await completed("name", "an", bank="mine") == ["Ana", "Joanna"]
        assert await completed("name", "an", bank="../x") == []
        assert await completed("unheard of", "") == []
        prompt = PromptReference(name="know")
        done = await client.complete(prompt, {"name": "about", "value": "por"})
        assert done.completion.values == ["Porto"]

    session(clock, talk)


def test_prompts_say_which_tools_to_use(clock: FrozenClock) -> None:
    async def talk(client: Client) -> None:
        assert {one.name for one in (await client.list_prompts()).prompts} == {"remember", "know", "review"}
        for name, arguments, said in [
            ("remember", {"focus": "dates"}, "dates above all"),
            ("know", {"about": "Ana"}, "What do you know about Ana?"),
            ("review", {}, "last 7 days"),
        ]:
            prompt = await client.get_prompt(name, arguments)
            assert said in prompt.messages[0].content.text  # type: ignore[union-attr]

    session(clock, talk)


def test_a_client_of_the_newer_protocol_hears_of_changes(clock: FrozenClock) -> None:
    async def talk(client: Client) -> None:
        banks = client.listen(resources_list_changed=True, resource_subscriptions=["memory://banks"])
        async with banks as changes:
            await client.call_tool("retain", {"facts": [PORTO]})
            heard = [await anext(changes), await anext(changes)]
        assert [type(event).__name__ for event in heard] == ["ResourcesListChanged", "ResourceUpdated"]

    session(clock, talk)


@pytest.mark.filterwarnings("ignore:resources/.*subscribe is removed")
def test_a_client_of_the_older_protocol_hears_of_changes(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOURFOLD_CONSOLIDATE", "background")
    heard: list[str] = []

    async def hear(message: object) -> None:
        if isinstance(message, ResourceUpdatedNotification):
            heard.append(str(message.params.uri))
        if isinstance(message, ResourceListChangedNotification):
            heard.append("list")

    async def talk(client: Client) -> None:
        await client.list_resources()
        for uri in ("memory://mine/entities/Ana", "memory://mine/profile", "memory://banks"):
            await client.subscribe_resource(uri)
        await client.unsubscribe_resource("memory://banks")
        await client.call_tool("retain", {"facts": [PORTO]})
        await until(lambda: len(heard) == 5)  # once more when it has been consolidated
        profile, ana = "memory://mine/profile", "memory://mine/entities/Ana"
        assert heard == ["list", profile, ana, profile, ana]

    session(clock, talk, message_handler=hear, mode="legacy")


def test_long_work_reports_progress(clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fourfold_mcp.tools.retain._REPORT_SECONDS", 0.001)
    steps: list[tuple[float, float | None]] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        steps.append((progress, total))

    async def talk(client: Client) -> None:
        story = " ".join(f"On day {day} Ana walked to the village of Number{day}." for day in range(400))
        await client.call_tool("retain", {"text": story}, progress_callback=hear)
        assert steps
        assert all(total and 0 < done <= total for done, total in steps)

    session(clock, talk)


@pytest.mark.slow
def test_a_process_serves_over_stdio_and_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    settings = {"FOURFOLD_LOCATION": str(tmp_path / "memory"), "FOURFOLD_BANK": "desk"}
    parameters = StdioServerParameters(command=sys.executable, args=["-m", "fourfold_mcp"], env=settings)

    async def run() -> None:
        async with Client(stdio_client(parameters)) as client:
            await client.call_tool("retain", {"facts": [PORTO]})
        async with Client(stdio_client(parameters)) as client:
            found = await client.call_tool("recall", {"question": "Where does Ana live?"})
            assert found.structured_content["bank"] == "desk"
            assert PORTO_TEXT in text(found)

    anyio.run(run)
