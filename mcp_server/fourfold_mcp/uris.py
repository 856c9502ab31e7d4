"""The URIs of what can be read as a resource. Names in them are percent-encoded."""

from __future__ import annotations

from urllib.parse import quote, unquote

BANKS = "memory://banks"
PROFILE = "memory://{bank}/profile"
ENTITY = "memory://{bank}/entities/{name}"
UNIT = "memory://{bank}/units/{id}"


def profile_uri(bank: str) -> str:
    """Returns the URI of a bank's core profile."""
    # safe="": a slash in a name would be a part of the path.
    return f"memory://{quote(bank, safe='')}/profile"


def entity_uri(bank: str, name: str) -> str:
    """Returns the URI of an entity."""
    return f"memory://{quote(bank, safe='')}/entities/{quote(name, safe='')}"


def unit_uri(bank: str, unit: str) -> str:
    """Returns the URI of a unit."""
    return f"memory://{quote(bank, safe='')}/units/{unit}"


def bank_of(uri: str) -> str | None:
    """Returns the bank whose memory a URI shows; None for the list of banks, and for what is none of ours."""
    scheme, _, rest = uri.partition("://")
    bank, slash, _ = rest.partition("/")
    return unquote(bank) if scheme == "memory" and slash else None
