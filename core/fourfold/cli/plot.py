"""The confidence of a belief over time: drawn in the terminal, or as a PNG file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from textwrap import shorten

from fourfold.errors import ConfigurationError, InputError
from fourfold.values.beliefs import Assessment, Belief

_WIDTH, _HEIGHT = 60, 10
_LEAVES, _ARRIVES = {True: "╯", False: "╮"}, {True: "╭", False: "╰"}  # upwards, downwards
_COLOURS = {
    "formed": "#4c566a",
    "reinforce": "#2e7d32",
    "weaken": "#ef6c00",
    "contradict": "#c62828",
    "lost": "#6d4c41",
}

Telling = Callable[[Assessment], str]
"""What gave the reason for a change, in words."""


def drawn(belief: Belief, until: datetime) -> str:
    """A line of confidence from 0 to 1 over the time up to `until`, in box-drawing characters."""
    times = _times(belief)
    end = max(until, times[-1])
    span = (end - times[0]).total_seconds() or 1.0
    places = [round((at - times[0]).total_seconds() / span * (_WIDTH - 1)) for at in times]
    levels = [round(change.after * _HEIGHT) for change in belief.history]
    confidence = [max(i for i, place in enumerate(places) if place <= column) for column in range(_WIDTH)]
    grid = [[" "] * _WIDTH for _ in range(_HEIGHT + 1)]
    before = levels[0]
    for column, change in enumerate(confidence):
        level = levels[change]
        _step(grid, column, before, level)
        before = level
    rows = [f"{level / _HEIGHT:4.1f} ┤{''.join(grid[level])}".rstrip() for level in range(_HEIGHT, -1, -1)]
    foot = f"      {times[0]:%Y-%m-%d}".ljust(_WIDTH - 4) + f"{end:%Y-%m-%d}"
    return "\n".join([*rows, foot])


def save_png(belief: Belief, path: Path, telling: Telling) -> None:
    """The same as a picture, each change with what gave the reason for it. Needs the extra `plot`."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            'A picture needs matplotlib: pip install "fourfold[plot]", or leave --png out and use --plot.'
        ) from error
    figure = Figure(figsize=(9, 4.2), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    times, levels = _times(belief), [change.after for change in belief.history]
    days: list[float] = [at.timestamp() / 86400 for at in times]
    axes.step(days, levels, where="post", color="#4c566a", linewidth=1.6)
    for number, (day, change) in enumerate(zip(days, belief.history, strict=True), 1):
        axes.scatter([day], [change.after], s=52, color=_COLOURS[change.effect.value], zorder=3)
        axes.annotate(str(number), (day, change.after), (6, 5), textcoords="offset points", fontsize=8)
    key = [
        f"{number}  {change.effect}: {shorten(telling(change), 74, placeholder=' …')}"
        for number, change in enumerate(belief.history, 1)
    ]
    axes.set_title(shorten(belief.statement, 90, placeholder=" …"), loc="left", fontsize=11)
    axes.set_ylim(-0.02, 1.12)
    axes.set_ylabel("confidence")
    axes.xaxis.set_major_locator(AutoDateLocator())
    axes.xaxis.set_major_formatter(ConciseDateFormatter(axes.xaxis.get_major_locator()))
    axes.grid(axis="y", alpha=0.3)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.supxlabel("\n".join(key), x=0.02, ha="left", fontsize=8)
    try:
        figure.savefig(path, format="png")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.") from error


def _times(belief: Belief) -> list[datetime]:
    """When what moved the belief was said, never earlier than what moved it before."""
    times: list[datetime] = []
    for change in belief.history:
        times.append(max(change.said, times[-1]) if times else change.said)
    return times


def _step(grid: Sequence[list[str]], column: int, before: int, level: int) -> None:
    """Draws one column: level on, or up or down from where the line was."""
    if before == level:
        grid[level][column] = "─"
        return
    up = level > before
    grid[before][column] = _LEAVES[up]
    grid[level][column] = _ARRIVES[up]
    for between in range(min(before, level) + 1, max(before, level)):
        grid[between][column] = "│"
