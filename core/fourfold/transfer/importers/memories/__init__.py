"""Readers of what other memories hold: mem0 and OpenMemory, the MCP memory server, LangGraph's stores, the graphs of
Graphiti and Zep."""
