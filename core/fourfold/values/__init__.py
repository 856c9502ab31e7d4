"""The values that Fourfold speaks in: frozen, without I/O, knowing no store and no model."""
