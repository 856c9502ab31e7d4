"""Measures what the networks hold without a language model, beside simple means: sentences by their labels, and the
lasting facts of persons that summaries and core profiles tell.

    python benchmarks/networks.py ../shared/data/statements-dev.json ../shared/data/profiles-dev.json \\
        ../shared/data/locomo-dev.json

The labels are described in the guides beside them. A lasting fact counts where a line rests on a turn that tells it
and holds one of its words.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from conversations import Conversation, read_conversations
from machine import describe

from fourfold import Bank, Memory, Message, PreviewedStatement
from fourfold.language.languages import ENGLISH
from fourfold.language.modality import confidence_of, modality_of
from fourfold.models import load_embedder
from fourfold.ports import Embedder
from fourfold.settings import load_settings

MEANT = ("plan", "wish", "hypothetical")
SUMMARY_WORDS, PROFILE_WORDS = 100, 250
PROFILE_TOKENS = 400
"""The budget of a core profile: the default. The words of its lines are counted, at most `PROFILE_WORDS` of them."""


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody or something says of one sentence."""

    is_statement: bool
    is_belief: bool
    is_lasting: bool
    meant: str


def main() -> None:
    """Prints two tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sentences", type=Path)
    parser.add_argument("profiles", type=Path)
    parser.add_argument("conversations", type=Path)
    arguments = parser.parse_args()
    print(describe() + "\n")
    embedder = load_embedder("minilm")
    _print_sentences(json.loads(arguments.sentences.read_text("utf-8")), embedder)
    people = json.loads(arguments.profiles.read_text("utf-8"))
    _print_people(people, read_conversations(arguments.conversations), embedder)


# sentences ------------------------------------------------------------------------------------------------


def _print_sentences(messages: Sequence[dict[str, Any]], embedder: Embedder) -> None:
    labels, ours, rules = [], [], []
    names: Counter[str] = Counter()
    with Memory.open(":memory:", embedder=embedder) as memory:
        bank = memory.bank("labels")
        for message in messages:
            text = " ".join(sentence["text"] for sentence in message["sentences"])
            found = bank.preview([Message(text, message["speaker"])]).statements
            at = 0
            for sentence in message["sentences"]:
                start = text.index(sentence["text"], at)
                at = start + len(sentence["text"])
                labels.append(_labelled(sentence))
                ours.append(_told(_nearest(found, start, at)))
                rules.append(_ruled(sentence["text"]))
            names += _compared_names(message, found)
    print("| | statement, accuracy | belief, F1 | meant, F1 | lasting, F1 |\n|---|---|---|---|---|")
    print(f"| heads | {_figures(labels, ours)} |\n| word lists | {_figures(labels, rules)} |")
    precision = names["right"] / (names["right"] + names["wrong"])
    recall = names["right"] / (names["right"] + names["missed"])
    print(f"\nnames: precision {precision:.2f}, recall {recall:.2f}, F1 {_f1(*_counts(names)):.2f}\n")


def _labelled(sentence: dict[str, Any]) -> Told:
    meant = sentence.get("modality") or ""
    return Told(
        sentence["kind"] == "statement",
        sentence.get("network") == "belief",
        bool(sentence.get("durable")),
        meant if meant in MEANT else "",
    )


def _nearest(found: Sequence[PreviewedStatement], start: int, end: int) -> PreviewedStatement | None:
    """Returns the statement that shares most characters with `[start, end)`."""
    return max(found, key=lambda each: min(each.end, end) - max(each.start, start), default=None)


def _told(found: PreviewedStatement | None) -> Told:
    if found is None:
        return Told(False, False, False, "")
    is_statement, meant = found.kind == "statement", str(found.modality)
    is_belief = is_statement and found.network == "belief"
    return Told(is_statement, is_belief, found.lasting, meant if meant in MEANT else "")


def _ruled(sentence: str) -> Told:
    """Returns what the lists of words tell: all but a question is a statement."""
    meant = str(modality_of(sentence, ENGLISH))
    is_belief = confidence_of(sentence, ENGLISH) is not None
    return Told(meant != "question", is_belief, False, meant if meant in MEANT else "")


def _figures(labels: Sequence[Told], told: Sequence[Told]) -> str:
    pairs = list(zip(labels, told, strict=True))
    statements = [(label, each) for label, each in pairs if label.is_statement]
    accuracy = statistics.mean(label.is_statement == each.is_statement for label, each in pairs)
    belief = _f1_of(pairs, lambda each: each.is_belief)
    lasting = _f1_of(statements, lambda each: each.is_lasting)
    same = sum(label.meant == each.meant != "" for label, each in statements)
    said = sum(each.meant != "" for _, each in statements)
    meant = sum(label.meant != "" for label, _ in statements)
    return f"{accuracy:.2f} | {belief:.2f} | {_f1(same, said - same, meant - same):.2f} | {lasting:.2f}"


def _f1_of(pairs: Iterable[tuple[Told, Told]], of: Callable[[Told], bool]) -> float:
    counts = Counter((of(label), of(told)) for label, told in pairs)
    return _f1(counts[True, True], counts[False, True], counts[True, False])


def _f1(right: int, wrong: int, missed: int) -> float:
    return 2 * right / max(1, 2 * right + wrong + missed)


def _compared_names(message: dict[str, Any], found: Iterable[PreviewedStatement]) -> Counter[str]:
    speaker = {(message["speaker"] or "").casefold()}
    named = {name.casefold() for each in found for name in each.mentions} - speaker
    wanted = {name.casefold() for s in message["sentences"] for name, _ in s["names"]} - speaker
    return Counter(right=len(named & wanted), wrong=len(named - wanted), missed=len(wanted - named))


def _counts(names: Counter[str]) -> tuple[int, int, int]:
    return names["right"], names["wrong"], names["missed"]


# people ---------------------------------------------------------------------------------------------------

Line = tuple[Sequence[str], str]
"""The ids of the messages that a line rests on, and its text."""


def _print_people(
    people: Sequence[dict[str, Any]], conversations: Sequence[Conversation], embedder: Embedder
) -> None:
    columns = ("summary", "core profile", "newest", "longest", "most central", "best there are")
    print(
        f"Of 20 lasting facts, told by a summary ({SUMMARY_WORDS} words), a core profile ({PROFILE_WORDS}), and"
    )
    print(f"by as many words as the summary of the person's own turns:\n\n| | {' | '.join(columns)} |")
    print("|---" * (len(columns) + 1) + "|")
    rows = []
    settings = load_settings(consolidate="asked")
    with Memory.open(":memory:", settings=settings, embedder=embedder) as memory:
        for conversation in conversations:
            of_talk = [person for person in people if person["talk"] == conversation.name]
            if of_talk:
                bank = memory.bank(conversation.name)
                bank.retain(conversation.messages, document="talk")
                bank.consolidate()
                rows += [_person(person, bank, conversation, embedder) for person in of_talk]
    means = [statistics.mean(x for x in column if not math.isnan(x)) for column in zip(*rows, strict=True)]
    print("| mean | " + " | ".join(f"{mean:.1f}" for mean in means) + " |")


def _person(
    person: dict[str, Any], bank: Bank, conversation: Conversation, embedder: Embedder
) -> tuple[float, ...]:
    facts, name = person["facts"], person["person"]
    summary = _lines(bank, [(s.evidence, s.text) for s in bank.summary(name).sentences])
    ranked = sorted(bank.core(PROFILE_TOKENS).lines, key=lambda line: line.rank)
    profile_lines = _lines(bank, [(line.evidence, line.text) for line in ranked])
    profile = list(_within(profile_lines, PROFILE_WORDS))
    own = [message for message in conversation.messages if message.speaker == name]
    room = sum(len(text.split()) for _, text in summary)
    vectors = np.stack([embedding.vector for embedding in embedder.embed([message.text for message in own])])
    central = np.argsort(-(vectors @ vectors.mean(axis=0)))
    orders = (own[::-1], sorted(own, key=lambda message: -len(message.text)), [own[at] for at in central])
    # A bank has one core profile, of whoever says most in it.
    is_main = sum(line.speaker == name for line in bank.core().lines) > 1
    row = (
        _count(facts, summary),
        _count(facts, profile) if is_main else float("nan"),
        *(_count(facts, _fitting(order, room)) for order in orders),
        _count(facts, _best(facts, own, room)),
    )
    shown = ("-" if math.isnan(count) else f"{count:.0f}" for count in row)
    print(f"| {conversation.name}, {name} | " + " | ".join(shown) + " |")
    return row


def _lines(bank: Bank, lines: Iterable[tuple[Sequence[str], str]]) -> list[Line]:
    units = {unit.id: unit for unit in bank.units()}
    return [([m for unit in ids for m in units[unit].source.messages], text) for ids, text in lines]


def _count(facts: Iterable[dict[str, Any]], lines: Sequence[Line]) -> float:
    return float(sum(_is_told(fact, lines) for fact in facts))


def _is_told(fact: dict[str, Any], lines: Iterable[Line]) -> bool:
    return any(
        set(fact["evidence"]) & set(ids) and any(word in text.lower() for word in fact["words"])
        for ids, text in lines
    )


def _within(lines: Iterable[Line], room: int) -> Iterator[Line]:
    """Yields the lines that have `room` words together."""
    for ids, text in lines:
        room -= len(text.split())
        if room < 0:
            break
        yield ids, text


def _fitting(messages: Iterable[Message], room: int) -> list[Line]:
    return list(_within((([str(message.id)], message.text) for message in messages), room))


def _best(facts: Sequence[dict[str, Any]], messages: Sequence[Message], room: int) -> list[Line]:
    """Returns the turns that tell most facts a word, chosen by the labels."""
    chosen: list[Line] = []
    left = list(facts)
    while left:
        fitting = [message for message in messages if len(message.text.split()) <= room]
        worth = [_count(left, _fitting([m], room)) / max(1, len(m.text.split())) for m in fitting]
        if not worth or max(worth) == 0:
            break
        best = fitting[worth.index(max(worth))]
        chosen += _fitting([best], room)
        room -= len(best.text.split())
        left = [fact for fact in left if not _is_told(fact, chosen)]
    return chosen


if __name__ == "__main__":
    main()
