"""What happens to a message on its way into a bank: chunk, extract, resolve, reconcile, link, write."""

from fourfold.retain.write import Request, retain

__all__ = ["Request", "retain"]
