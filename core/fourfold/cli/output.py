"""Shows what commands answer: lines on a terminal or in a pipe, JSON if asked."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from fourfold.language.languages import language
from fourfold.transfer.importers import ImportedFile
from fourfold.transfer.importers.fields import listed
from fourfold.values.beliefs import Assessment, Belief, Effect, Stance
from fourfold.values.changes import ForgetResult, PruneResult
from fourfold.values.reflection import BankStatus, Failure, Reflection
from fourfold.values.rendering import (
    escaped_controls,
    fenced,
    one_line,
    render_name,
    render_statement,
)
from fourfold.values.results import BankInfo, Hit, Recall, RetainResult
from fourfold.values.units import SHORT_ID, Unit, Verdict, known_time
from fourfold.values.wording import counted, render_verdicts

_MAX_FORGOTTEN_LINES = 20
"""A guess, not measured."""
_MAX_PRUNED_LINES = 20
"""Units of a prune that are shown. A guess, not measured."""
_MAX_SPEAKERS = 4
"""Speakers of a file that are named. A guess, not measured."""

Part: TypeAlias = str | tuple[str, str]
"""What a line is put together of: a text as it is, or one with its style."""

# soft_wrap: rich would break lines at 80 columns in a pipe. Without markup and emoji: what is printed comes from
# banks, paths and options, where "[/]" would be an error, "[bold]" would vanish, and ":key:" would become a picture.
out = Console(markup=False, highlight=False, soft_wrap=True, emoji=False)
err = Console(markup=False, highlight=False, soft_wrap=True, emoji=False, stderr=True)


def emit(value: object, in_json: bool, show: str | Callable[[], None]) -> None:
    """Prints the answer of a command: `value` as JSON if asked, else the line `show`, or what calling it prints."""
    if in_json:
        out.print(as_json(value))
    elif isinstance(show, str):
        print_line(show)
    else:
        show()


def as_json(value: object) -> str:
    """Returns `value`, dataclasses included, as JSON."""
    return escaped_controls(json.dumps(value, default=_to_json, ensure_ascii=False, indent=2))


def print_line(*parts: Part) -> None:
    """Prints one line, whatever the names and texts in it break lines with."""
    out.print(_assembled(*parts))


def print_lines(text: str) -> None:
    """Prints a text of several lines."""
    for line in text.split("\n"):
        print_line(line)


def warn(text: str, style: str = "") -> None:
    """Prints one line on stderr, as what Fourfold says."""
    err.print(_assembled((f"fourfold: {text}", style)))


def _assembled(*parts: Part) -> Text:
    pairs = [(part, "") if isinstance(part, str) else part for part in parts]
    return Text.assemble(*((one_line(text), style) for text, style in pairs))


def print_note(text: str) -> None:
    """Prints one line of what belongs to the line above."""
    print_line("   ", (text, "dim"))


def speaker_of(unit: Unit) -> list[Part]:
    """Returns who says a unit, in bold."""
    return [(render_name(unit.speaker), "bold"), ": "] if unit.speaker else []


def day_of(moment: datetime | None) -> str:
    """Returns the day of a moment, in ten characters."""
    return f"{'undated':10}" if moment is None else f"{moment:%Y-%m-%d}"


def show_banks(infos: Sequence[BankInfo]) -> None:
    """Prints one line a bank."""
    if not infos:
        out.print("No banks yet. Make one: fourfold retain FILE --bank NAME")
    for info in infos:
        spoken = f", {language(info.language).name}" if info.language else ""
        since = f"since {info.created_at:%Y-%m-%d}"
        pending = f", {counted(info.pending, 'chunk')} waiting for a language model" if info.pending else ""
        print_line(f"{info.name}: {counted(info.units, 'unit')} {since}{spoken}{pending}")


def show_recall(answer: Recall, explain: bool) -> None:
    """Prints the hits, best first, with the marks of their statements; with `explain` what made their ranks, and how
    long each step took."""
    if not answer.hits:
        out.print("Nothing found.")
    for number, hit in enumerate(answer.hits, 1):
        unit = hit.unit
        print_line((f"{number:2}", "bold"), " ", *speaker_of(unit), render_statement(unit))
        said_on = f"said {unit.mentioned_at:%Y-%m-%d}" if unit.mentioned_at else "undated"
        print_note(f"{said_on} · {unit.network} · score {hit.score:.2f} · {_channels(hit)}")
        if explain:
            factors = ", ".join(
                f"{name} x{factor:.2f}" for name, factor in hit.factors.items() if factor != 1
            )
            print_note(f"{unit.id} · {factors or 'no factors'}")
            if (strength := hit.strength) is not None:
                used = f", last on {strength.used_at:%Y-%m-%d}" if strength.used_at else ""
                pinned = ", pinned" if strength.pinned else ""
                print_note(
                    f"remembered {strength.retention:.2f} (stability {strength.stability:.0f} days), "
                    f"used {counted(strength.uses, 'time')}{used}{pinned}"
                )
    if explain and answer.trace.milliseconds:
        steps = ", ".join(f"{name} {ms:.1f}" for name, ms in answer.trace.milliseconds.items())
        print_note(f"milliseconds: {steps}")


def show_reflection(answer: Reflection) -> None:
    """Prints the answer, how well it is supported, and, where a model wrote it, what it cites."""
    print_lines(answer.answer)
    support = "supported" if answer.supported else "not supported"
    print_line((f"{support} by the evidence, strength {answer.strength:.2f}", "dim"))
    # An extract quotes its units whole already.
    citations = () if answer.extract else answer.citations
    for citation in citations:
        print_note(f"[{citation.unit.id[:SHORT_ID]}] {citation.quote}")
    for belief in answer.beliefs:
        print_note(f"believes now ({belief.confidence:.2f}): {fenced(belief.statement)}")
    if answer.dropped:
        warn(f"left out what was not shown, or is held back: {', '.join(answer.dropped)}")


def show_beliefs(beliefs: Sequence[Belief], evidence: Mapping[str, Unit], plot: bool) -> None:
    """Prints each belief with its history, and its confidence drawn over time if asked."""
    from fourfold.cli.plot import draw_line

    if not beliefs:
        out.print(
            'No beliefs. They come from judgements ("I think ..."), from reflecting, and from Bank.believe.'
        )
    # All are drawn up to one moment, so that one can be held against another.
    changes = [change for belief in beliefs for change in belief.history]
    latest = max((change.said or change.at for change in changes), default=None)
    for belief in beliefs:
        statement = fenced(belief.statement, belief.unit.speaker)
        judged = f" ({fenced(belief_note(belief))})" if belief.topic else ""
        confidence = f"{belief.confidence:.2f}"
        print_line((confidence, "bold"), " ", *speaker_of(belief.unit), statement, (judged, "dim"))
        if plot and latest is not None:
            out.print(draw_line(belief, latest))
        for change in belief.history:
            before = "" if change.before is None else f"{change.before:.2f} -> "
            reason = fenced(reason_of(change, evidence))
            moved = f"{change.effect} {before}{change.after:.2f}"
            print_note(f"{day_of(change.said)} {moved}: {reason}")


def belief_note(belief: Belief) -> str:
    """Returns which way a belief goes, and of what: "for tea"; "about tea" where that is not clear."""
    direction = "about" if belief.stance is Stance.UNCLEAR else belief.stance.value
    return f"{direction} {belief.topic}"


def reason_of(change: Assessment, evidence: Mapping[str, Unit]) -> str:
    """Returns what gave the reason for a change: what was said, else the reason itself."""
    # "lost" tells of evidence that is forgotten: what is left is no reason for it.
    texts = [evidence[unit_id].text for unit_id in change.evidence if unit_id in evidence]
    return "; ".join(texts) if texts and change.effect is not Effect.LOST else change.reason


def show_forgotten(result: ForgetResult) -> None:
    """Prints what was forgotten, and what fell with it; of an erasure, the receipt."""
    fallen = f", {counted(len(result.beliefs), 'belief')} fell" if result.beliefs else ""
    if result.receipt is None:
        print_line(f"Forgot {counted(len(result.units), 'unit')}{fallen}.")
        for forgotten in result.units[:_MAX_FORGOTTEN_LINES]:
            print_line(f"   {forgotten.id[:SHORT_ID]} {fenced(forgotten.text)}")
        if len(result.units) > _MAX_FORGOTTEN_LINES:
            print_line(f"   and {len(result.units) - _MAX_FORGOTTEN_LINES} more")
        return
    receipt = result.receipt
    counts = ", ".join(f"{count} {what}" for what, count in sorted(receipt.counts.items()))
    print_line(f"Erased {counted(len(receipt.units), 'unit')}{fallen}: {counts}.")
    print_line(f"Digest of their ids: {receipt.digest}")
    for unit in receipt.kept:
        print_line(f"Kept, since it was said elsewhere too: {unit[:SHORT_ID]}")
    print_line(receipt.guarantee)


def show_pruned(result: PruneResult, dry_run: bool) -> None:
    """Prints how much was archived and erased, and the first units of it."""
    action = "Would archive" if dry_run else "Archived"
    print_line(f"{action} {counted(len(result.archived), 'unit')}, and erase {len(result.deleted)}.")
    for unit in result.archived[:_MAX_PRUNED_LINES]:
        print_line(f"   {unit.id[:SHORT_ID]} {fenced(unit.text)}")


def show_found_text(places: Sequence[str]) -> None:
    """Prints where a text was found."""
    for place in places:
        print_line(f"Found in {place}")
    if not places:
        out.print("Not found: in no record of any bank, and in no file of the store.")


def show_status(status: BankStatus) -> None:
    """Prints what waits and what failed."""
    out.print(f"Yet to be taken into beliefs and summaries: {counted(status.pending, 'unit')}.")
    if status.pending_chunks:
        out.print(f"Yet to be read by a language model: {counted(status.pending_chunks, 'chunk')}.")
    if status.enrichment_failures:
        steps = ", ".join(f"{step} {count}" for step, count in sorted(status.enrichment_failures.items()))
        out.print(f"Texts that were kept without a part of their reading: {steps}.")
    for failure in failures(status):
        warn(failure)


def failures(status: BankStatus) -> list[str]:
    """Returns a line for each reason why consolidation failed."""
    # Mostly all fail for one reason (no connection, a wrong key), which need not be read fifty times.
    by_reason: dict[str, list[Failure]] = {}
    for failure in status.failed:
        by_reason.setdefault(failure.reason, []).append(failure)
    return [
        f"{failed[0].what}{f' and {len(failed) - 1} more' if len(failed) > 1 else ''}: {reason} "
        f"({max(failure.attempts for failure in failed)} attempts)"
        for reason, failed in by_reason.items()
    ]


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Shows what is being waited for, on a terminal."""
    if not err.is_terminal:  # a spinner would be lines of noise in a log
        yield
        return
    with err.status(_assembled(what)):
        yield


def show_files(files: Sequence[tuple[Path, ImportedFile]]) -> None:
    """Prints of each file what was read of it, and on stderr what was not."""
    for path, file in files:
        contents = _contents(file)
        name = "standard input" if str(path) == "-" else path.name
        # What is typed is no file, of which one would want to know what was understood.
        if contents and any(document.name for document in file.documents):
            print_line(f"{name}: {contents}.")
        for warning in file.warnings:
            warn(f"{name}: {warning}")


def _contents(file: ImportedFile) -> str:
    """Returns what a file holds, "" where that is nothing: "312 messages of Priya and Tom, 4 Feb 2023 to 9 Mar 2024;
    3 not read"."""
    messages = [message for document in file.documents for message in document.messages]
    facts = [fact for document in file.documents for fact in document.facts]
    text = _amount(len(messages), len(facts))
    speakers = list(dict.fromkeys(message.speaker or f"the {message.role}" for message in messages))
    if speakers not in ([], ["the user"]):  # of notes it is told by itself
        more = len(speakers) - _MAX_SPEAKERS
        text += f" of {listed([*speakers[:_MAX_SPEAKERS], *([f'{more} more'] if more > 0 else [])])}"
    said_at = [*(message.at for message in messages), *(fact.at for fact in facts)]
    times = sorted(filter(None, map(known_time, said_at)))
    if times:
        days = dict.fromkeys(f"{moment.day} {moment:%b %Y}" for moment in (times[0], times[-1]))
        text += f", {' to '.join(days)}"
    return f"{text}; {file.skipped} not read" if file.skipped else text


def _amount(messages: int, facts: int) -> str:
    """Returns "312 messages and 2 facts", without what there is none of."""
    return " and ".join(
        counted(count, noun) for count, noun in ((messages, "message"), (facts, "fact")) if count
    )


def emit_retained(
    results: Sequence[RetainResult],
    status: BankStatus,
    bank: str,
    seconds: float,
    in_json: bool,
    files: Sequence[tuple[Path, ImportedFile]] = (),
) -> None:
    """Prints how much was kept; how many chunks of the bank are pending, and why; what failed of consolidating it.
    In JSON the answer also has what was not read of `files`, which `show_files` prints otherwise."""
    pending = status.pending_chunks
    counts = Counter(operation.verdict for result in results for operation in result.operations)
    warnings = list(dict.fromkeys(warning for result in results for warning in result.warnings))
    warnings += failures(status)
    answer: dict[str, object] = {verdict.value: counts[verdict] for verdict in Verdict}
    of_files = [f"{path.name}: {warning}" for path, file in files for warning in file.warnings]
    answer |= {"pending": pending, "warnings": of_files + warnings, "seconds": round(seconds, 3)}

    def show() -> None:
        documents = [document for _, file in files for document in file.documents]
        facts = sum(len(document.facts) for document in documents)
        amount = _amount(sum(len(document.messages) for document in documents), facts)
        # Without files, it is what waited for a language model.
        done = f"Retained {amount or 'nothing'} in" if files else "Read what waited in"
        print_line(f"{done} {bank}: {render_verdicts(counts)}; {seconds:.1f} s.")
        _show_pending(pending, bank)
        for warning in warnings:
            warn(warning)
        show_files(files)

    emit(answer, in_json, show)


def _show_pending(pending: int, bank: str) -> None:
    if pending:
        phrase = "chunk is" if pending == 1 else "chunks are"
        out.print(f"{pending} {phrase} kept as said until the language model can read it. Try again:")
        print_line(f"fourfold resume --bank {bank}")


def follow(bar: Progress, start: int = 0, span: int | None = None) -> Callable[[int, int], None]:
    """Returns a callback that moves `bar` as an operation reports (done, total): over the whole of it, or, where
    `span` is given, over so many of its steps from `start` on."""
    if span is None:
        return lambda done, total: bar.update(bar.task_ids[0], completed=done, total=total)
    return lambda done, total: bar.update(bar.task_ids[0], completed=start + span * done // total)


@contextmanager
def progress(what: str, total: int, unit: str = "") -> Iterator[Progress]:
    """Shows a bar with its rate on a terminal; nothing in a pipe. `unit` says what is counted."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        _RateColumn(),
    )
    # On stderr, so that what a command answers can go into a pipe.
    with Progress(*columns, TimeRemainingColumn(), console=err, disable=not err.is_terminal) as bar:
        bar.add_task(one_line(what), total=total)
        yield bar


class _RateColumn(ProgressColumn):
    """Steps a second, once there is a rate: a bar is drawn before its first step, when none can be told."""

    def render(self, task: Task) -> Text:
        """Renders the rate of `task`, or nothing."""
        return Text("" if task.speed is None else f"{task.speed:.0f}/s")


def _channels(hit: Hit) -> str:
    return " ".join(f"{name} #{score.rank}" for name, score in hit.channels.items())


def _to_json(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if hasattr(value, "items"):  # a mapping that is no dict, which `json` does not know
        return dict(value)
    return str(value)
