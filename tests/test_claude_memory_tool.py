"""Claude's memory tool: the same answers as Anthropic's own on files, its tool runner, and what a bank adds."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from anthropic import Anthropic, AsyncAnthropic
from anthropic.lib.tools import ToolError
from anthropic.tools.memory import BetaLocalFilesystemMemoryTool
from hypothesis import given
from hypothesis import strategies as st

from fourfold import Bank, ConflictError, Memory, NotFoundError, bank_name
from fourfold.api.memory import SystemClock
from fourfold.integrations.files import Files
from fourfold.testing import AnthropicServer, HashEmbedder, MemoryStore, Text, UseTool
from fourfold_claude import AsyncFourfoldMemoryTool, FourfoldMemoryTool


@pytest.fixture
def clock() -> SystemClock:
    """A clock that runs: the entries of a session are in its order."""
    return SystemClock()


def answer(tool: Any, command: dict[str, Any]) -> tuple[str, str]:
    """Whether it is an error, and its text; sizes of directories, which only a disk has, left out."""
    try:
        found = "ok", str(tool.call(command))
    except ToolError as error:
        found = "error", str(error)
    return found[0], re.sub(
        r"(?m)^\S+\t(/\S*/|/memories|/memories/sub|/memories/moved)$", r"dir\t\1", found[1]
    )


def create(path: str, text: str) -> dict[str, Any]:
    return {"command": "create", "path": path, "file_text": text}


def replace(path: str, old: str, new: str) -> dict[str, Any]:
    return {"command": "str_replace", "path": path, "old_str": old, "new_str": new}


def insert(path: str, line: int, text: str) -> dict[str, Any]:
    return {"command": "insert", "path": path, "insert_line": line, "insert_text": text}


def view(path: str, *view_range: int) -> dict[str, Any]:
    return {"command": "view", "path": path, **({"view_range": list(view_range)} if view_range else {})}


def delete(path: str) -> dict[str, Any]:
    return {"command": "delete", "path": path}


def rename(old: str, new: str) -> dict[str, Any]:
    return {"command": "rename", "old_path": old, "new_path": new}


LONG = "".join(f"Line {n} of the log.\n" for n in range(1, 13))
A, B = "/memories/a.md", "/memories/sub/b.md"
SESSION = [
    view("/memories"),
    view(A),
    create(A, "Ana likes tea.\nAna rows.\n\nAna rows on Sundays."),
    create(A, "again"),
    create(B, LONG),
    create("/memories/sub/deep/er/c.md", "c"),
    create("/memories/.hidden", "h"),
    create("/memories/empty.md", ""),
    create("/memories/sub/../up.md", "Normalised.\r\nWith a carriage return."),
    view("/memories"),
    view("/memories/"),
    view("/memories/sub"),
    view("/memories/up.md"),
    view("/memories/empty.md"),
    view(A),
    view(B, 2, 4),
    view(B, 11, -1),
    view(B, 40, 50),
    view(B, 0, 2),
    replace(A, "tea", "coffee"),
    view(A),
    replace(A, "rows", "swims"),
    replace(A, "chess", "go"),
    replace(B, "Line 7", "Line seven"),
    replace(A, "Ana likes coffee.\n", ""),
    replace("/memories/none.md", "a", "b"),
    replace("/memories/sub", "a", "b"),
    replace("/memories", "a", "b"),
    insert(B, 0, "First."),
    insert(B, 13, "Last.\n"),
    insert(B, 99, "Nowhere."),
    insert(B, -1, "Nowhere."),
    insert("/memories/empty.md", 0, "Something.\n\n"),
    insert("/memories/none.md", 0, "x"),
    insert("/memories/sub", 0, "x"),
    view(B),
    view("/memories/empty.md"),
    rename(A, B),
    rename(A, "/memories/sub/a2.md"),
    rename(A, "/memories/elsewhere.md"),
    rename("/memories/sub", "/memories/moved"),
    view("/memories/moved"),
    view("/memories/moved/b.md"),
    rename("/memories", "/memories/x"),
    delete("/memories/none.md"),
    delete("/memories/empty.md"),
    delete("/memories/moved"),
    delete("/memories"),
    view("/memories"),
    view("/etc/passwd"),
    view("memories/a.md"),
    view("/memories/../../etc/passwd"),
    view("/memories/sub/../../secret"),
    create("/memories/../evil.md", "x"),
    rename("/memories/up.md", "/memories/../evil.md"),
    delete("/memories/.."),
    delete("/memories/%2e%2e/up.md"),
]


def test_the_memory_tool_answers_as_anthropics_own(bank: Bank, tmp_path: Path) -> None:
    ours, theirs = FourfoldMemoryTool(bank), BetaLocalFilesystemMemoryTool(str(tmp_path))
    for number, command in enumerate(SESSION):
        assert answer(ours, command) == answer(theirs, command), (number, command)
    assert ours.clear_all_memory() == theirs.clear_all_memory()
    assert answer(ours, view("/memories")) == answer(theirs, view("/memories"))


PATHS = st.sampled_from([A, B, "/memories/c", "/memories/sub/d"])
TEXTS = st.text(alphabet="ab\n", max_size=8)
COMMANDS = st.lists(
    st.one_of(
        st.builds(create, PATHS, TEXTS),
        st.builds(replace, PATHS, st.text(alphabet="ab\n", min_size=1, max_size=2), TEXTS),
        st.builds(insert, PATHS, st.integers(-1, 4), TEXTS),
        st.builds(view, PATHS),
        st.builds(view, PATHS, st.integers(-2, 5), st.integers(-2, 5)),
        st.builds(delete, PATHS),
        st.builds(rename, PATHS, PATHS),
    ),
    max_size=12,
)


@given(COMMANDS)
def test_random_commands_give_the_answers_of_anthropics_file_tool(
    tmp_path_factory: pytest.TempPathFactory, commands: list[dict[str, Any]]
) -> None:
    theirs = BetaLocalFilesystemMemoryTool(str(tmp_path_factory.mktemp("files")))
    with Memory(MemoryStore(), HashEmbedder()) as memory:
        ours = FourfoldMemoryTool(memory.bank("ana"))
        for command in commands:
            assert answer(ours, command) == answer(theirs, command)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (view("/memoriesque"), "Path must start with /memories"),
        (create("/memories", "x"), "already exists"),
        (create(f"{A}/below.md", "x"), "which is a file"),
        (rename("/memories/sub", "/memories/sub/x"), "inside it"),
        (create("/memories/" + "x" * 600, "x"), "at most 500 characters"),
        (create("/memories/tab\t.md", "x"), "control"),
    ],
)
def test_a_path_that_a_disk_would_refuse_is_refused(bank: Bank, command: dict[str, Any], told: str) -> None:
    tool = FourfoldMemoryTool(bank)
    tool.call(create(A, "Ana likes tea."))
    tool.call(create(B, "Ana rows."))
    kind, text = answer(tool, command)
    assert (kind, told in text) == ("error", True)
    assert sorted(bank.run(lambda: Files(bank.as_async).under("/memories"))) == [A, B]


def test_a_files_text_is_recalled_and_follows_edits(bank: Bank) -> None:
    tool = FourfoldMemoryTool(bank)
    tool.call(create(A, "Rita lives in Lisbon.\n\nRita has a red boat in the harbour."))
    (hit,) = bank.recall("Where does Rita live?", limit=1).hits
    assert (hit.unit.text, hit.unit.source.document) == ("Rita lives in Lisbon.", A)
    tool.call(replace(A, "Lisbon", "Porto"))
    texts = [unit.text for unit in bank.units()]
    assert "Rita lives in Porto." in texts
    assert "Rita lives in Lisbon." not in texts
    tool.call(rename(A, B))
    assert {unit.source.document for unit in bank.units()} == {B}
    tool.call(delete(B))
    assert bank.units() == []


def test_clearing_leaves_units_that_are_no_files(bank: Bank) -> None:
    bank.retain("Ana rows on Sundays.")
    tool = FourfoldMemoryTool(bank)
    tool.call(create(A, "Rita lives in Lisbon."))
    assert tool.clear_all_memory() == "All memory cleared"
    assert [unit.text for unit in bank.units()] == ["Ana rows on Sundays."]


def test_files_outlive_the_process(tmp_path: Path) -> None:
    with Memory.open(str(tmp_path / "m"), embedder=HashEmbedder()) as memory:
        FourfoldMemoryTool(memory.bank("ana")).call(create(A, LONG))
    with Memory.open(str(tmp_path / "m"), embedder=HashEmbedder()) as memory:
        assert memory.bank("ana").run(lambda: Files(memory.bank("ana").as_async).read(A)) == LONG


def test_a_concurrent_edit_applies_to_the_newer_text(bank: Bank) -> None:
    files = Files(bank.as_async)

    async def use() -> str:
        await files.create(A, "One. Two. Three.")
        seen: list[str] = []

        def change(text: str) -> str:
            if not seen:  # somebody else edits the file in between
                bank.run(lambda: files.edit(A, lambda t: t.replace("One", "Eins")))
            seen.append(text)
            return text.replace("Two", "Zwei")

        edited = await files.edit(A, change)
        with pytest.raises(ConflictError):
            await files.create(A, "again")
        with pytest.raises(NotFoundError):
            await files.edit(B, str.upper)
        return edited

    assert asyncio.run(use()) == "Eins. Zwei. Three."


# the tool runner ----------------------------------------------------------------------------------------------


def script(*answers: Any) -> Any:
    left = list(answers)
    return lambda call: left.pop(0)


ASK: Any = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 1000,
    "messages": [{"role": "user", "content": "Remember that Rita lives in Lisbon."}],
}


def results(server: AnthropicServer) -> list[Any]:
    """What Claude was told by the tool, in order: the runner sends what is new, the rest is the server's."""
    last = [call.body["messages"][-1]["content"] for call in server.calls]
    return [block for content in last if isinstance(content, list) for block in content]


def test_the_sdks_tool_runner_uses_the_memory_tool(bank: Bank) -> None:
    answers = script(
        UseTool("memory", view("/memories")),
        UseTool("memory", create(A, "Rita lives in Lisbon.")),
        UseTool("memory", view("/memories/none.md")),
        Text("I will."),
    )
    with AnthropicServer(answers) as server:
        client = Anthropic(base_url=server.url, api_key="any", max_retries=0)
        tool = FourfoldMemoryTool(bank, cache_control={"type": "ephemeral"})
        said = client.beta.messages.tool_runner(tools=[tool], **ASK).until_done()
        client.close()
        assert server.calls[0].body["tools"] == [
            {"type": "memory_20250818", "name": "memory", "cache_control": {"type": "ephemeral"}}
        ]
        told = results(server)
    assert said.content[0].text == "I will."
    assert [bool(result.get("is_error")) for result in told] == [False, False, True]
    assert "File created successfully at: /memories/a.md" in str(told[1]["content"])
    assert bank.recall("Where does Rita live?").hits


def test_the_async_tool_runner_works_and_a_failing_memory_does_not_end_the_run(
    memory: Memory, bank: Bank
) -> None:
    answers = script(
        UseTool("memory", create(A, "Rita lives in Lisbon.")),
        UseTool("memory", replace(A, "Lisbon", "Porto")),
        UseTool("memory", insert(A, 1, "Rita rows.")),
        UseTool("memory", rename(A, B)),
        UseTool("memory", view(B)),
        UseTool("memory", delete(B)),
        Text("Done."),
        UseTool("memory", view("/memories")),
        Text("I cannot remember."),
    )

    async def use(server: AnthropicServer) -> list[Any]:
        async with AsyncAnthropic(base_url=server.url, api_key="any", max_retries=0) as client:
            tool = AsyncFourfoldMemoryTool(bank)
            await client.beta.messages.tool_runner(tools=[tool], **ASK).until_done()
            assert await tool.clear_all_memory() == "All memory cleared"
            memory.close()
            last = await client.beta.messages.tool_runner(tools=[tool], **ASK).until_done()
            assert last.content[0].text == "I cannot remember."
            return results(server)

    with AnthropicServer(answers) as server:
        told = asyncio.run(use(server))
    assert [bool(result.get("is_error")) for result in told] == [False] * 6 + [True]
    assert "Rita lives in Porto.\n     2\tRita rows." in str(told[4]["content"])
    assert "The memory is closed" in str(told[6]["content"])


USERS = st.lists(st.text(min_size=1, max_size=12).filter(str.strip), min_size=2, max_size=3, unique=True)


@given(USERS)
def test_users_do_not_see_each_others_files(users: list[str]) -> None:
    with Memory(MemoryStore(), HashEmbedder()) as memory:
        tools = [FourfoldMemoryTool(memory.bank(bank_name(user))) for user in users]
        for number, tool in enumerate(tools):
            tool.call(create(A, f"The boat has number {number}."))
        tools[0].call(replace(A, "boat", "ship"))
        tools[0].clear_all_memory()
        for number, tool in enumerate(tools[1:], 1):
            assert str(tool.call(view(A))).endswith(f"The boat has number {number}.")


@pytest.mark.slow
def test_a_missing_sdk_is_named_and_the_sdk_is_imported_late() -> None:
    code = "import sys; sys.modules['anthropic'] = None; import fourfold_claude"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "fourfold[anthropic]" in done.stderr
    code = (
        "import sys, fourfold_claude as f; assert 'anthropic' not in sys.modules; f.FourfoldMemoryTool; "
        "print([n for n in ('langchain_core', 'llama_index.core', 'mcp', 'onnxruntime') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
