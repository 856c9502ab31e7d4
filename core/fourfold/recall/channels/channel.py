"""The protocol of a channel: one way of finding units, or of scoring them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fourfold.index.bank_index import BankIndex
from fourfold.ports import Floats, Query, Where
from fourfold.recall.channels.ranked import NOTHING, Ranked
from fourfold.recall.plan import Plan


@dataclass(frozen=True, slots=True)
class Question:
    """What a channel is asked with.

    `plan` is the question, understood; `index` the bank's index, which may be read only under its lock (`find` and
    `estimate` are called under it). `where` bounds what the store may answer, and `corpus` are the units whose terms
    IDF is taken from, None for those that `where` admits. `most` units will be scored exactly. `centroids` are the
    embedder's, (n, token_dimension), or None.
    """

    plan: Plan
    index: BankIndex
    where: Where
    corpus: Where | None
    most: int
    centroids: Floats | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a channel reckons that it would score each unit of a bank, (units,), and each unit's passage as a whole,
    (units,), where it can tell: a question may be answered by two sentences that each say half of it."""

    units: Floats
    passages: Floats | None = None


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A way of finding units. A channel is a subclass that overrides the methods which it has an answer to, in the
    order in which a search calls them; `fourfold.recall.channels` lists them.

    `query`, `find` and `estimate` put units forward. Those that the filters admit are candidates, and those with a
    `weight` count in their fused score (`fuse`). The best candidates are then scored by the channels that have an
    `exact_query`. Where nothing reaches the relevance floor (`Settings.relevance`, docs/adr/0005), nothing is
    returned, whatever was put forward.
    """

    name: str
    """As `Hit.channels` and the trace call it."""
    weight: float = 0.0
    """What its score counts in the fused one, scaled to [0, 1] over the candidates (to 0 where all are equal); 0
    only puts forward. The packaged ones have 0.05 (graph) to 0.8 (late interaction)."""
    illegible_weight: float | None = None
    """What it counts where the embedder can read none of the question (`Plan.legible`), in proportion between; None
    for the same. Of .4, .8 and 1.2 more for the keywords, .4 kept the best first (docs/benchmarks.md)."""
    from_before: float = 0.0
    from_after: float = 0.0
    """Share that a unit gets of the score of the line before it in the session, and of the one after it."""
    unlisted_as_last: bool = False
    """Whether a candidate that it did not list has its lowest score, as for a likeness, rather than 0."""
    stand_in: str | None = None
    """The channel whose scores it takes where it has none of its own, so that its weight is not lost."""

    def weight_where(self, legible: float) -> float:
        """Returns what it counts for a question of which the embedder can read this share."""
        other = self.weight if self.illegible_weight is None else self.illegible_weight
        return legible * self.weight + (1 - legible) * other

    def query(self, question: Question) -> Query | None:
        """Returns what it asks the store in the first trip; None for nothing."""
        del question
        return None

    def find(self, question: Question, listed: Mapping[str, Ranked]) -> Ranked:
        """Returns what it finds in the index, best first, by rows of `question.index.columns` (their fields are in
        `fourfold.index.columns`); `listed` is what the channels that asked the store were answered, by name. Not
        called for a channel whose `query` returned something."""
        del question, listed
        return NOTHING

    def estimate(self, question: Question) -> Estimate | None:
        """Returns a score of each unit of the bank from the index alone, on the scale of `exact_query`; None if it
        has none."""
        del question
        return None

    def exact_query(self, question: Question, where: Where, limit: int) -> Query | None:
        """Returns what it asks the store in the second trip, to score each of the `limit` units of `where`; None for
        nothing."""
        del question, where, limit
        return None
