"""Fusion: one score out of what the channels say of each candidate.

Scores, not ranks, are fused: each channel is brought to [0, 1] over the candidates, weighted and summed, then
multiplied by what the question and the unit tell apart from words. Measured against reciprocal rank fusion
(Cormack et al. 2009) in docs/adr/0004.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fourfold.index.bank_index import BankIndex
from fourfold.ports import Floats
from fourfold.recall.channels import installed_channels
from fourfold.recall.channels.channel import Channel
from fourfold.recall.channels.ranked import Rows
from fourfold.recall.channels.temporal import nearness, on_day
from fourfold.recall.plan import Plan
from fourfold.recall.relevance import rows_of_matter

_LEAST_SPAN = 0.2
"""Share of the best score that the scores of a channel are taken to lie apart at least. LoCoMo's candidates do, and
more; where it was .5, R@10 was lower by .001 (docs/adr/0004 has the scale)."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each factor counts; what a channel does is its own (`Channel.weight`). The defaults were measured
    (docs/adr/0004)."""

    channels: tuple[Channel, ...] = field(default_factory=installed_channels)
    neighbour_weight: float = 0.05
    """Share of a unit's fused score that its neighbours get: evidence comes in runs."""
    passage: float = 0.3
    """Share of what the best statement of its passage has over a statement that this one gets: a question may be
    answered by a sentence whose words stand in the one beside it (docs/adr/0019)."""
    whole_passage: float = 0.7
    """The same of what its passage has as a whole, for channels that can tell (`Estimate.passages`)."""
    speaker: float = 0.3
    """Gain for units said by the one speaker whom the question names."""
    subject: float = 0.3
    """Gain for those of them in which the speaker is the subject: "I love football", not "My friend hates it".
    Without it, and with .5 for `speaker`, LoCoMo's R@20 was lower by .005 (docs/adr/0004)."""
    session: float = 0.25
    """Gain, at most, for units of the session that shares the most terms with the question."""
    dated: float = 0.5
    """Gain for units inside the dates that the question names."""
    on_day: float = 2.0
    """Gain for units of the very day that the question names, beside those of the days after it. A guess, not
    measured."""
    day_share: float = 0.5
    """What such a unit has of its own accord, in the scale of the channels' weights. Chosen with `on_day`."""
    when: float = 0.15
    """Gain for units that name a time, if the question asks for one; `count` the same for numbers, `name` for names
    of others than who says it."""
    count: float = 0.1
    name: float = 0.2
    asking: float = 0.25
    """Loss, at most, for units that are questions themselves."""
    quoted: float = 0.1
    """Loss for what was quoted, drafted or imagined: it is nobody's fact. More of it costs evidence
    (docs/adr/0019)."""
    matter: float = 0.5
    """Gain for what is said of the matter of life that the question asks for, in whatever words. Four public sets do
    not tell .25 from 1 (docs/benchmarks.md); everyday questions ("where do I live") need it."""
    strength: float = 0.05
    """Loss, at most, for units that have faded (docs/adr/0015)."""


Scores = Mapping[str, Floats]
"""By channel, one score a candidate, in the order of the candidates' rows."""


class Fusion:
    """Scores candidates; `fused` may be asked again once a channel knows better.

    `rows` are the candidates (sorted). `remembered` is how well each is, in (0, 1]; None where nothing fades. Build
    it under the index's lock. `passage_gains` is what the passage of each has over it as a whole, by channel.
    """

    def __init__(
        self,
        plan: Plan,
        index: BankIndex,
        rows: Rows,
        scores: Scores,
        weights: Weights,
        remembered: Floats | None = None,
        passage_gains: Scores | None = None,
    ) -> None:
        records = index.columns[rows]
        self._weights = weights
        self._legible = plan.legible
        self._passage_gains = passage_gains or {}
        self._passages = _Passages.of(records["passage"])
        self._before, self._after = (_positions(rows, records[side]) for side in ("previous", "next"))
        is_question = (records["asking"] == 1) & (self._after < len(rows))
        questions = np.flatnonzero(is_question)
        answers = self._after[questions]
        is_answered = (records["asking"][answers] == 0) & (
            records["speaker"][answers] != records["speaker"][questions]
        )
        self._answered = questions[is_answered], answers[is_answered]
        """Places of questions, and of what somebody else said next."""
        keyword = scores.get("keyword", np.zeros(len(rows), dtype=np.float32))
        self.factors = _factors(plan, records, keyword, weights)
        if plan.of_matter:
            is_of_matter = np.isin(rows, rows_of_matter(plan, index))
            self.factors["matter"] = (1 + weights.matter * is_of_matter).astype(np.float32)
        """What each candidate's score is multiplied by, by name."""
        if remembered is not None:
            self.factors["strength"] = (1 - weights.strength * (1 - remembered)).astype(np.float32)
        # Somebody who asks for a day asks for what was on it, whatever it was.
        self._on_day = (weights.day_share * on_day(plan.days_as_such, records)).astype(np.float32)
        self._factor = np.prod(list(self.factors.values()), axis=0)

    def fused(self, scores: Scores) -> Floats:
        """Returns one score a candidate, in the order of the candidates' rows."""
        total = np.zeros(len(self._before), dtype=np.float32)
        for channel in self._weights.channels:
            if channel.weight and channel.name in scores:
                # Neighbours in the session share scores: an answer often stands beside the line with the question's
                # words.
                own = self._with_passage(channel.name, scores[channel.name])
                shared = self._shared(own, channel.from_before, channel.from_after)
                total += channel.weight_where(self._legible) * _scaled(shared)
        share = self._weights.neighbour_weight
        return self._answers_first(self._shared((total + self._on_day) * self._factor, share, share))

    def _answers_first(self, scores: Floats) -> Floats:
        """Returns `scores` with those of a question and of what was said to it exchanged where the question has the
        better one: whoever asks the same again wants the answer."""
        questions, answers = self._answered
        ordered: Floats = scores.copy()
        ordered[questions] = np.minimum(scores[questions], scores[answers])
        ordered[answers] = np.maximum(scores[questions], scores[answers])
        return ordered

    def _with_passage(self, channel: str, scores: Floats) -> Floats:
        """Returns a channel's `scores` with what each candidate gets of its passage."""
        if channel in self._passage_gains:
            return scores + np.float32(self._weights.whole_passage) * self._passage_gains[channel]
        return self._passages.lent(scores, self._weights.passage)

    def _shared(self, scores: Floats, from_before: float, from_after: float) -> Floats:
        """Returns `scores` with what each candidate gets of the one before and of the one after it."""
        shared: Floats = scores
        for share, places in ((from_before, self._before), (from_after, self._after)):
            if share:
                shared = shared + share * _at(scores, places)
        return shared


@dataclass(frozen=True, slots=True)
class _Passages:
    """Which of the candidates are of one passage: `places` are those of a passage of several, and `groups` the number
    of the passage of each."""

    places: Rows
    groups: Rows
    count: int

    @classmethod
    def of(cls, passages: NDArray[np.int32]) -> _Passages:
        """Returns the passages of candidates by what their records call them, -1 for none."""
        places = np.flatnonzero(passages >= 0)
        labels, groups = np.unique(passages[places], return_inverse=True)
        return cls(places, groups, len(labels))

    def lent(self, scores: Floats, share: float) -> Floats:
        """Returns `scores` with each candidate nearer, by `share`, to the best of its passage."""
        if not share or not len(self.places):
            return scores
        own = scores[self.places]
        best = np.full(self.count, -np.inf, dtype=np.float32)
        np.maximum.at(best, self.groups, own)
        lent = scores.copy()
        lent[self.places] = own + np.float32(share) * (best[self.groups] - own)
        return lent


def _factors(plan: Plan, records: NDArray[np.void], keyword: Floats, weights: Weights) -> dict[str, Floats]:
    factors = {
        "asking": 1 - weights.asking * records["asking"],
        "quoted": 1 - weights.quoted * records["quoted"],
        "session": 1 + weights.session * _by_session(keyword, records["session"]),
    }
    if plan.speaker >= 0:
        is_theirs = records["speaker"] == plan.speaker
        factors["speaker"] = 1 + weights.speaker * is_theirs
        factors["subject"] = 1 + weights.subject * (is_theirs & records["is_subject"])
    if plan.intervals:
        is_on_day = on_day(plan.days_as_such, records)
        factors["dated"] = 1 + weights.dated * (nearness(plan, records) > 0) + weights.on_day * is_on_day
    if plan.asks_when:
        factors["when"] = 1 + weights.when * records["dated"]
    if plan.asks_count:
        factors["count"] = 1 + weights.count * records["counts"]
    if plan.asks_name:
        factors["name"] = 1 + weights.name * records["names"]
    return {name: np.asarray(factor, dtype=np.float32) for name, factor in factors.items()}


def _scaled(scores: Floats) -> Floats:
    """Scales `scores` to [0, 1] by minimum and maximum; all one where all are equal, and above zero where they are
    nearly: of two units that fit alike, one would else have all and the other nothing."""
    low, high = (float(scores.min()), float(scores.max())) if len(scores) else (0.0, 0.0)
    span = max(high - low, _LEAST_SPAN * abs(high))
    scaled: Floats = 1 - (high - scores) / span if span > 0 else np.ones_like(scores)
    return scaled


def _positions(rows: Rows, targets: NDArray[np.int32]) -> Rows:
    """Returns the place in `rows` (sorted) of each of `targets`; `len(rows)` for a target that is not among them."""
    if not len(rows):
        return np.zeros(0, dtype=np.intp)
    at = np.searchsorted(rows, targets)
    hit = rows[np.minimum(at, len(rows) - 1)] == targets
    return np.where(hit, at, len(rows))


def _at(scores: Floats, places: Rows) -> Floats:
    """Returns the score at each place; 0 for place `len(scores)`, which stands for "not among them"."""
    return np.append(scores, np.float32(0))[places]


def _by_session(keyword: Floats, sessions: NDArray[np.int32]) -> Floats:
    """Returns the best keyword score of each candidate's session, scaled to [0, 1]."""
    if not len(keyword):
        return keyword
    labels, inverse = np.unique(sessions, return_inverse=True)
    best = np.zeros(len(labels), dtype=np.float32)
    np.maximum.at(best, inverse, keyword)
    return _scaled(best)[inverse]
