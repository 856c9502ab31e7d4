"""What happens to a message on its way into a bank: chunk, extract, resolve, reconcile, link, write."""

from fourfold.retain import curate
from fourfold.retain.forget import Selection, forget
from fourfold.retain.run import Request, resume, retain
from fourfold.retain.spoken import set_language

__all__ = ["Request", "Selection", "curate", "forget", "resume", "retain", "set_language"]
