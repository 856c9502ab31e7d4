"""What happens to a question: plan, four channels, fuse, late interaction, pack."""

from fourfold.recall.run import RecallRequest, recall

__all__ = ["RecallRequest", "recall"]
