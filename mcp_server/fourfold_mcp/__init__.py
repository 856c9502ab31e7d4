"""Fourfold as an MCP server: a memory for desktop assistants. `fourfold_mcp.server` puts it together."""
