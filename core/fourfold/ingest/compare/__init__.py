"""Compares new statements with what a bank holds: the same again, in place of something older, or new."""
