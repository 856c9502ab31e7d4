"""What happens to a message on its way into a bank: chunk, extract, resolve, reconcile, link, write."""

from fourfold.retain import curate
from fourfold.retain.run import Request, resume, retain
from fourfold.retain.spoken import set_language

__all__ = ["Request", "curate", "resume", "retain", "set_language"]
