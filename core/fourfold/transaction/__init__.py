"""The one way in which a bank changes: a transaction, and what falls with what it retires."""
