"""What happens to a message on its way into a bank: chunk, extract, resolve, reconcile, link, write."""

from fourfold.retain import curate
from fourfold.retain.entries import checked_entries, drop
from fourfold.retain.forget import Selection, forget
from fourfold.retain.run import Request, asked, resume, retain
from fourfold.retain.spoken import set_language
from fourfold.retain.stated import messages_of, read_facts

__all__ = [
    "Request",
    "Selection",
    "asked",
    "checked_entries",
    "curate",
    "drop",
    "forget",
    "messages_of",
    "read_facts",
    "resume",
    "retain",
    "set_language",
]
