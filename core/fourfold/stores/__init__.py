"""Where memory lies: Qdrant's embedded engine or a Qdrant server, and the graph as a view of either."""

from fourfold.stores.load import StoreAddress, open_store

__all__ = ["StoreAddress", "open_store"]
