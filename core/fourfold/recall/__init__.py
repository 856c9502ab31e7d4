"""What happens to a question: plan, four channels, fuse, rerank, pack. And what is read in the order of time."""

from fourfold.recall.run import Request, recall
from fourfold.recall.timeline import timeline

__all__ = ["Request", "recall", "timeline"]
