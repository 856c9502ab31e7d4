"""The temporal channel: units whose time meets the dates a question names, nearest to their middle first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fourfold.ports import Floats
from fourfold.recall.channels.channel import Channel, Question
from fourfold.recall.channels.ranked import NOTHING, Ranked
from fourfold.recall.plan import Plan
from fourfold.schema.records import UNKNOWN_TIME
from fourfold.values.units import Interval

_DAY = 86_400.0
SLACK_DAYS = 7.0
"""What happened is told up to a week later. A guess, not measured."""


@dataclass(frozen=True, kw_only=True)
class Temporal(Channel):
    """See `Channel`. It only puts units forward: in the fused score a date counts as a factor (`fuse`)."""

    name: str = "temporal"

    def find(self, question: Question, listed: Mapping[str, Ranked]) -> Ranked:
        """Returns the units that are nearest to the dates of the question, scored by `nearness`; none if it names no
        date."""
        if not question.plan.intervals:
            return NOTHING
        scores = nearness(question.plan, question.index.columns)
        rows = np.flatnonzero(scores > 0)
        rows = rows[np.argsort(-scores[rows], kind="stable")][: question.most // 2]
        return Ranked(rows, scores[rows])


def on_day(days: Sequence[Interval], rows: NDArray[np.void]) -> NDArray[np.bool_]:
    """Returns which rows were said on one of the `days`, or tell of it."""
    inside = np.zeros(len(rows), dtype=bool)
    for interval in days:
        if interval.start is not None and interval.end is not None:
            start, end = interval.start.timestamp(), interval.end.timestamp()
            inside |= (rows["start"] >= start) & (rows["end"] <= end)
            inside |= (rows["mentioned"] >= start) & (rows["mentioned"] < end)
    return inside


def nearness(plan: Plan, rows: NDArray[np.void]) -> Floats:
    """Returns for each row 0 outside the named intervals, else in (0, 1], 1 at their middle. A row lies inside if
    what it tells of does, or if it was said then or within `SLACK_DAYS` after."""
    scores = np.zeros(len(rows), dtype=np.float32)
    for interval in plan.intervals:
        start = interval.start.timestamp() if interval.start else -np.inf
        end = interval.end.timestamp() if interval.end else np.inf
        said_at = rows["mentioned"]
        inside = (rows["start"] < end) & (rows["end"] > start)
        inside |= (said_at >= start) & (said_at < end + SLACK_DAYS * _DAY)
        inside &= rows["end"] != UNKNOWN_TIME  # else "until 2020" would mean what was said nobody knows when
        middle = (start + end) / 2 if np.isfinite(start + end) else (start if np.isfinite(start) else end)
        distance = np.abs(np.clip(middle, rows["start"], rows["end"]) - middle) / _DAY
        np.maximum(scores, np.where(inside, 1 / (1 + distance / 30), 0), out=scores)
    return scores
