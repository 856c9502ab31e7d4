"""What language models are told: one Markdown file a task, and a function that fills it in."""

from fourfold.prompts.render import extraction, judgement

__all__ = ["extraction", "judgement"]
