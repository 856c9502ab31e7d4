"""Doubles for tests of programs that use Fourfold, servers that speak the wire formats of language model providers on
this machine, and the contract that every store must keep.

    def test_my_store(tmp_path):
        check_store(lambda: MyStore(tmp_path))

    with AnthropicServer(lambda call: {"statements": []}) as server:
        memory = Memory.open(":memory:", llm=Claude(base_url=server.url, api_key="any"))
"""

from fourfold.testing.contract import check_store, sample_point
from fourfold.testing.doubles import FrozenClock, HashEmbedder, ScriptedModel
from fourfold.testing.memory_store import MemoryStore
from fourfold.testing.scripted import Call, CutOff, Refuse, Stall, Status, Text, Truncate, UseTool
from fourfold.testing.servers import AnthropicServer, OpenAIServer

__all__ = [
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
