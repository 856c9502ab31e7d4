"""What a statement is, beside how it is meant and which network it is of."""

from __future__ import annotations

from enum import StrEnum

UNREAD_SALIENCE = 0.4
"""What a statement counts as worth knowing that nothing was told of: a language model's, or an older version's. A
guess."""


class Kind(StrEnum):
    """What a sentence is there for. Only a `STATEMENT` tells something that one could want to know later."""

    STATEMENT = "statement"
    QUESTION = "question"
    REQUEST = "request"
    SMALLTALK = "smalltalk"
    """Greetings, thanks, praise of the listener, exclamations, announcements without content."""
    CODE = "code"
    """Code, logs, tables, headings, formulas: what nobody says."""


class Family(StrEnum):
    """Which part of a life, or of a project, a statement tells of."""

    IDENTITY = "identity"
    ORIGIN = "origin"
    FAMILY = "family"
    RELATION = "relation"
    HOME = "home"
    WORK = "work"
    STUDY = "study"
    PET = "pet"
    POSSESSION = "possession"
    HOBBY = "hobby"
    HABIT = "habit"
    SKILL = "skill"
    TASTE = "taste"
    HEALTH = "health"
    VALUE = "value"
    GOAL = "goal"
    PROJECT = "project"
    """How something is set up, decided or stands."""
    SCHEDULE = "schedule"
    EVENT = "event"
    OTHER = "other"
