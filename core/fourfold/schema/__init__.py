"""Values to payloads and back: nothing else knows how a record is laid out."""
