"""Where memory lies: Qdrant's embedded engine or a Qdrant server, and the graph as a view of either."""
