"""Doubles for the tests of programs that use Fourfold: no file, no model, no network, the same on every run.

>>> from fourfold import Memory
>>> from fourfold.testing import HashEmbedder, MemoryStore
>>> with Memory(MemoryStore(), HashEmbedder()) as memory:
...     result = memory.bank("ana").retain("The boat is red.")
...     print(memory.bank("ana").recall("Which boat is red?").hits[0].unit.text)
The boat is red.

`Memory` takes the other doubles by keyword: `clock=FrozenClock()`, `llm=ScriptedModel(answer)`. `AnthropicServer` and
`OpenAIServer` speak the wire formats of these providers on this machine, for tests of a program with its real client:

    with AnthropicServer(lambda call: {"statements": []}) as server:
        memory = Memory.open(":memory:", llm=Claude(base_url=server.url, api_key="any"))

A text is kept where reading it fails (its names, times, attributes), and the failure is logged and counted. With the
environment variable `STRICT_ENRICHMENT` set it is raised, so that a test sees it:

    os.environ[STRICT_ENRICHMENT] = "1"

Who writes a `Store` of their own checks that it keeps the contract of `fourfold.ports`:

    def test_my_store(tmp_path):
        check_store(lambda: MyStore(tmp_path))
"""

from fourfold.language.enrichment import STRICT as STRICT_ENRICHMENT
from fourfold.testing.contract import check_store, sample_point
from fourfold.testing.doubles import FrozenClock, HashEmbedder, ScriptedModel
from fourfold.testing.memory_store import MemoryStore
from fourfold.testing.scripted import Call, CutOff, Refuse, Stall, Status, Text, Truncate, UseTool
from fourfold.testing.servers import AnthropicServer, OpenAIServer

__all__ = [
    "STRICT_ENRICHMENT",
    "AnthropicServer",
    "Call",
    "CutOff",
    "FrozenClock",
    "HashEmbedder",
    "MemoryStore",
    "OpenAIServer",
    "Refuse",
    "ScriptedModel",
    "Stall",
    "Status",
    "Text",
    "Truncate",
    "UseTool",
    "check_store",
    "sample_point",
]
