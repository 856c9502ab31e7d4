"""What `fourfold.language.clauses` takes a sentence apart with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClauseGrammar:
    """Patterns of one language, all of closed classes."""

    opening: str
    """What may stand before a sentence and adds nothing to it ("Well,", "yeah", "and")."""
    joining: str
    """What joins a clause to another on a par with it ("and", "so")."""
    contrast: str
    """What shows at its start that a clause limits or denies the one before ("but", "although", "except")."""
    depending: str
    """What shows at its start that a part of a sentence belongs to a clause beside it ("if", "when", "because")."""
    subjects: str
    """Pronouns with which a clause begins that has a subject of its own."""
