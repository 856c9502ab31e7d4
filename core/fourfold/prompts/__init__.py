"""The prompts of language models: one Markdown file a task, and a function that fills it in."""

from fourfold.prompts.render import (
    assessment,
    extraction,
    judgement,
    looked_up,
    reflection,
    summary,
    uncited,
)

__all__ = ["assessment", "extraction", "judgement", "looked_up", "reflection", "summary", "uncited"]
