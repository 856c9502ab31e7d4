"""`fourfold mcp`, and the configuration files of MCP clients."""
