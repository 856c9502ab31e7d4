"""What `fourfold.language.opinion` reads a judgement with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OpinionGrammar:
    """Patterns of one language. They are closed classes, or the most frequent words of praise and blame: what they do
    not know leaves a stance unclear, and then two judgements are one only in the same words."""

    likes: str
    """A verb of liking: its object is the topic, its subject the holder."""
    dislikes: str
    good: str
    """Praise that gives no reason, so that one is as good as another ("great")."""
    bad: str
    merits: str
    """Praise that gives one ("reliable"), besides that of a `StanceGrammar`."""
    faults: str
    degree: str
    """What only makes a judgement stronger or weaker ("really", "a lot"): two may differ in it and be one."""
    aside: str
    """What says no more than that it is a judgement, wherever it stands ("if you ask me")."""
    than: str
    """What stands before that which something is compared with ("than")."""
    less: str
    """What turns the praise or blame behind it round ("less")."""
    demanding: str
    """What asks for what follows it ("we should")."""
    denial: str = ""
    """What denies, each time once, where the pack's `negation` finds two words of one denial ("ne ... pas"); "" where
    it does not."""
