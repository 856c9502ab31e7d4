"""What happens to a question: plan, four channels, fuse, late interaction, pack."""

from fourfold.recall.run import Request, recall

__all__ = ["Request", "recall"]
