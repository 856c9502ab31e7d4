"""Lists the tools: those of this package, and those that other packages bring by an entry point."""

from __future__ import annotations

import logging
from importlib.metadata import EntryPoint, entry_points

from fourfold_mcp.tools import (
    beliefs,
    entity,
    fetch,
    forget,
    preview,
    recall,
    reflect,
    retain,
    search,
    status,
    timeline,
)
from fourfold_mcp.tools.base import Tool

log = logging.getLogger(__name__)

ENTRY_POINTS = "fourfold_mcp.tools"
"""The group of entry points, each of which names a `Tool`: `my_tool = "my_package.my_tool:TOOL"`."""

BUILTIN_TOOLS = (
    recall.TOOL,
    retain.TOOL,
    preview.TOOL,
    reflect.TOOL,
    beliefs.TOOL,
    entity.TOOL,
    timeline.TOOL,
    forget.TOOL,
    status.TOOL,
    search.TOOL,
    fetch.TOOL,
)


def all_tools() -> tuple[Tool, ...]:
    """Returns the built-in tools and then those of other packages. One that cannot be loaded, is no `Tool`, or has
    the name of another is left out, and an error logged."""
    tools = {tool.name: tool for tool in BUILTIN_TOOLS}
    for entry_point in entry_points(group=ENTRY_POINTS):
        tool = _load(entry_point)
        if tool is None:
            continue
        if tool.name in tools:
            log.error("The tool of %s is left out: there is one called %s.", entry_point.value, tool.name)
            continue
        tools[tool.name] = tool
    return tuple(tools.values())


def _load(entry_point: EntryPoint) -> Tool | None:
    try:
        tool = entry_point.load()
    except Exception:  # whatever another package raises on import, the memory is to be served
        log.exception("The tool %s is left out: it cannot be loaded.", entry_point.value)
        return None
    if isinstance(tool, Tool):
        return tool
    log.error("%s is left out: it is no fourfold_mcp.tools.base.Tool.", entry_point.value)
    return None
