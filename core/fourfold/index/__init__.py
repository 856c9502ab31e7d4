"""The view of a bank in memory: rebuilt from payloads alone, never the record."""
