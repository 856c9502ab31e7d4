"""What happens to a message on its way into a bank: chunk, extract, resolve, deduplicate, link, write."""

from fourfold.ingest.bank_options import set_language
from fourfold.ingest.entries import checked_entries, drop
from fourfold.ingest.extract.facts import messages_of, read_facts
from fourfold.ingest.preview import preview
from fourfold.ingest.run import RetainRequest, extraction_request, resume, retain

__all__ = [
    "RetainRequest",
    "checked_entries",
    "drop",
    "extraction_request",
    "messages_of",
    "preview",
    "read_facts",
    "resume",
    "retain",
    "set_language",
]
