"""Qdrant, embedded or on a server, behind the `Store` port."""
