"""The prompts that a user can choose in a client."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

Instruction = Annotated[
    str, Field(description="What to look out for; leave out for everything that will matter.")
]
About = Annotated[str, Field(description="A person, place, project or thing.")]


def remember(focus: Instruction = "") -> str:
    """Keep what will matter of this conversation."""
    watched = f" Look out for {focus.strip()} above all." if focus.strip() else ""
    return (
        "Go through our conversation and remember what will still matter in a week: facts about me and the people, "
        "projects and places I spoke of, preferences, decisions, plans with their dates, and what you did for me."
        f"{watched} Call the tool retain once, with facts: one sentence each, with names instead of pronouns and "
        "dates instead of words such as tomorrow. Leave out small talk, guesses and secrets. Then tell me in one "
        "line each what you kept, and what replaced something older."
    )


def know(about: About) -> str:
    """Tell what is remembered of someone or something."""
    return (
        f"What do you know about {about}? Call the tools entity, timeline and beliefs for {about}, and recall where "
        "a question stays open. Tell me what holds now, what changed and when, and what is only believed and how "
        "surely. Say what you do not know. Do not add anything from outside the memory."
    )


def review(days: Annotated[str, Field(description="How many days back; 7 if left out.")] = "7") -> str:
    """Look back on the last week."""
    return (
        f"Look back with me on the last {days} days. Call the tool timeline with `during` set to these days (from "
        "the first day to today, as 2026-05-01/2026-05-08), and recall for what was planned for these days or is "
        "still open. Tell me briefly what happened, what was decided, what changed, and what is open or coming up, "
        "with dates. If something sounds outdated or wrong, ask me, and retain my correction."
    )
