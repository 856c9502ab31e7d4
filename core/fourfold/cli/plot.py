"""Draws the confidence of a belief over time: in the terminal, or as a PNG file.

By hand, in 40 lines: a picture of one step line needs no library. plotext (6.1) comes with compiled code for each
platform, and asciichartpy (2020) has no axis of time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from textwrap import shorten

from fourfold.errors import ConfigurationError, InputError
from fourfold.output_file import check_output_file
from fourfold.values.beliefs import Assessment, Belief

_WIDTH = 60
"""Columns of the line; with the axis it fits into the 80 columns of a terminal."""
_HEIGHT = 10
"""Rows between 0 and 1, a row a tenth: the steps in which evidence moves a confidence are tenths."""
_CORNER_BEFORE = {True: "╯", False: "╮"}
"""Where a line leaves its level: upwards, or downwards."""
_CORNER_AFTER = {True: "╭", False: "╰"}
"""Where it reaches the new one: from below, or from above."""
_COLOURS = {
    "formed": "#4c566a",
    "reinforce": "#2e7d32",
    "weaken": "#ef6c00",
    "contradict": "#c62828",
    "lost": "#6d4c41",
}

ReasonOf = Callable[[Assessment], str]
"""Returns what gave the reason for a change, in words."""


def draw_line(belief: Belief, until: datetime) -> str:
    """Returns the line of confidence from 0 to 1 over the time up to `until`, in box-drawing characters."""
    times = _times(belief)
    end = max(until, times[-1])
    span = (end - times[0]).total_seconds() or 1.0  # a belief of one moment is a flat line
    columns = [round((at - times[0]).total_seconds() / span * (_WIDTH - 1)) for at in times]
    levels = [round(change.after * _HEIGHT) for change in belief.history]
    grid = [[" "] * _WIDTH for _ in range(_HEIGHT + 1)]
    previous_level = levels[0]
    for column in range(_WIDTH):
        # Of changes that fall on one column, the last one counts.
        level = levels[bisect_right(columns, column) - 1]
        _draw_step(grid, column, previous_level, level)
        previous_level = level
    rows = [f"{level / _HEIGHT:4.1f} ┤{''.join(grid[level])}".rstrip() for level in range(_HEIGHT, -1, -1)]
    foot = f"      {times[0]:%Y-%m-%d}".ljust(_WIDTH - 4) + f"{end:%Y-%m-%d}"
    return "\n".join([*rows, foot])


def save_png(belief: Belief, path: Path, reason_of: ReasonOf) -> None:
    """Writes the same as a picture, each change with what gave the reason for it. Raises `ConfigurationError` without
    the extra `plot`, `InputError` where the file cannot be written."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            'A picture needs matplotlib: pip install "fourfold[plot]", or leave --png out and use --plot.'
        ) from error
    # Without pyplot, which keeps figures and looks for a display.
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
        f"{number}  {change.effect}: {shorten(reason_of(change), 74, placeholder=' …')}"
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
    check_output_file(path)
    try:
        figure.savefig(path, format="png")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.") from error


def _times(belief: Belief) -> list[datetime]:
    """Returns when each change's evidence was said, never earlier than that of the change before: an old message that
    is retained late would draw the line backwards."""
    times: list[datetime] = []
    for change in belief.history:
        said_at = change.said or change.at  # what has no time was said by the time the bank learned of it
        times.append(max(said_at, times[-1]) if times else said_at)
    return times


def _draw_step(grid: Sequence[list[str]], column: int, previous_level: int, level: int) -> None:
    """Draws one column: level, or up or down from where the line was."""
    if previous_level == level:
        grid[level][column] = "─"
        return
    is_rising = level > previous_level
    grid[previous_level][column] = _CORNER_BEFORE[is_rising]
    grid[level][column] = _CORNER_AFTER[is_rising]
    for between in range(min(previous_level, level) + 1, max(previous_level, level)):
        grid[between][column] = "│"
