"""The channels: ways of finding units, each of which ranks by itself; `fuse` weighs them.

To add one, write a file here and name it in `CHANNELS`. A package adds one without touching ours: an entry point of
the group `fourfold.channels` names a `Channel`.
"""

from __future__ import annotations

from fourfold.plugins import broken_plugin, declared_plugins, load_plugin
from fourfold.recall.channels.channel import Channel
from fourfold.recall.channels.graph import Graph
from fourfold.recall.channels.keyword import Keyword
from fourfold.recall.channels.late_interaction import LateInteraction
from fourfold.recall.channels.semantic import Semantic
from fourfold.recall.channels.temporal import Temporal

CHANNELS: tuple[Channel, ...] = (Semantic(), Keyword(), Graph(), Temporal(), LateInteraction())


def installed_channels() -> tuple[Channel, ...]:
    """Returns our channels and those of other packages; raises `ConfigurationError` for a plugin that is none, or
    that has the name of another."""
    channels = list(CHANNELS)
    for entry in declared_plugins("fourfold.channels").values():
        channel = load_plugin(entry)
        if not isinstance(channel, Channel):
            raise broken_plugin(entry, TypeError("it is no fourfold.recall.channels.channel.Channel"))
        if channel.name in {other.name for other in channels}:
            raise broken_plugin(entry, ValueError(f'there is a channel "{channel.name}" already'))
        channels.append(channel)
    return tuple(channels)
