"""What happens to a message on its way into a bank: chunk, extract, resolve, reconcile, link, write."""

from fourfold.retain import curate, rewrite
from fourfold.retain.entries import checked_entries, drop
from fourfold.retain.erase import erase
from fourfold.retain.forget import Selection, forget
from fourfold.retain.prune import note_uses, prune
from fourfold.retain.run import Request, asked, resume, retain
from fourfold.retain.spoken import set_language
from fourfold.retain.stated import messages_of, read_facts
from fourfold.retain.undo import history, undo

__all__ = [
    "Request",
    "Selection",
    "asked",
    "checked_entries",
    "curate",
    "drop",
    "erase",
    "forget",
    "history",
    "messages_of",
    "note_uses",
    "prune",
    "read_facts",
    "resume",
    "retain",
    "rewrite",
    "set_language",
    "undo",
]
