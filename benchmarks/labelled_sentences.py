"""The labelled sentences that heads are fitted to (`fit_heads`), with what the packaged model makes of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from fourfold.language.languages import language
from fourfold.language.name_words import Usage, name_words, small_words, usage_of, word_features
from fourfold.language.ngrams import word_ngrams
from fourfold.language.spelling import as_spelt
from fourfold.language.surface import surface_features
from fourfold.models.packaged.minilm import MiniLM
from fourfold.ports import Floats, TokenScores

SENTENCES = Path(__file__).parent / "sentences"
UNSEEN = SENTENCES / "unseen"
"""Eight whole talks that nothing is fitted to, labelled by the shorter rules of `LONG_TALKS`."""
LONG_TALKS = ("_assisted", "_talks")
"""Lots that are whole talks, labelled by shorter rules."""
SMALL_LETTERED = ("en",)
"""Languages whose names are told without their capitals. In the others the model tells too few (docs/adr/0023)."""
FOR_WORTH = ("_instructions", "_leaning", "_vague", *LONG_TALKS)
"""Lots of sentences that the heads of worth, of standing alone and of lines are fitted to, and no other. Most have
many more instructions and answers cut from their questions than talk has: with them belief had an F1 of .78 for .80,
modality .69 for .72 on the sentences of `shared/data`. With the long talks belief had .75 to .80 for .79, modality
.67 for .71, names .85 for .88."""
BATCH = 64


class Labelled(NamedTuple):
    """Something that is classified: the conversation and the language it is of, its text and its labels."""

    talk: str
    code: str
    text: str
    labels: dict[str, Any]


def is_of_talk(talk: str) -> bool:
    """Tells whether a conversation is of a lot that all heads are fitted to."""
    return not talk.split("/", maxsplit=1)[0].endswith(FOR_WORTH)


@dataclass(slots=True)
class Rows:
    """What is classified, with the features of each: the mean of its tokens' inner states, and its surface."""

    items: list[Labelled] = field(default_factory=list)
    states: list[Floats] = field(default_factory=list)
    surfaces: list[Floats] = field(default_factory=list)
    ngrams: list[tuple[str, ...]] = field(default_factory=list)

    def add(self, item: Labelled, states: Floats, surface: Floats) -> None:
        """Adds an item whose tokens have these states, (n, layers * 384)."""
        self.items.append(item)
        self.ngrams.append(word_ngrams(as_spelt(item.text, language(item.code))))
        self.states.append(states.mean(axis=0) if len(states) else np.zeros(states.shape[1], np.float32))
        self.surfaces.append(surface)

    def of(self, codes: Sequence[str]) -> NDArray[np.bool_]:
        """Returns which items are of these languages."""
        return np.array([item.code in codes for item in self.items])

    def features(self) -> Floats:
        """Returns the features of all items, a row each."""
        together: Floats = np.concatenate([np.stack(self.states), np.stack(self.surfaces)], axis=1)
        return together

    def commonest_ngrams(self, left_in: NDArray[np.bool_], most: int, least_often: int) -> dict[str, int]:
        """Returns the `most` commonest words and pairs of words of the items of `left_in`, with their places. Those
        of long talks do not count: they take the place of some that tell how a sentence is meant."""
        counted = left_in & np.array(
            [not item.talk.split("/")[0].endswith(LONG_TALKS) for item in self.items]
        )
        of_items = (ngrams for ngrams, is_in in zip(self.ngrams, counted, strict=True) if is_in)
        counts = Counter(ngram for ngrams in of_items for ngram in ngrams)
        common = sorted((-count, ngram) for ngram, count in counts.items() if count >= least_often)
        return {ngram: place for place, (_, ngram) in enumerate(common[:most])}

    def ngram_features(self, vocabulary: dict[str, int]) -> csr_matrix:
        """Returns which words and pairs of a vocabulary each item has, as `StatementHeads` weighs them."""
        places = [[vocabulary[n] for n in ngrams if n in vocabulary] for ngrams in self.ngrams]
        values = [1 / np.sqrt(len(of_item)) for of_item in places for _ in of_item]
        rows = [row for row, of_item in enumerate(places) for _ in of_item]
        columns = [place for of_item in places for place in of_item]
        return csr_matrix((values, (rows, columns)), shape=(len(places), len(vocabulary)))


def read(model: MiniLM, folder: Path) -> tuple[Rows, Rows, Rows]:
    """Returns the sentences of the lots in `folder`, their words that have a capital, and all words of what people
    say in `SMALL_LETTERED`, as though they were typed in small letters: the model knows no capitals."""
    rows = Rows(), Rows(), Rows()
    for path in sorted(folder.glob("*.jsonl")):
        messages = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        talks: dict[str, list[dict[str, Any]]] = {}
        for message in messages:
            talks.setdefault(message["talk"], []).append(message)
        for talk, of_talk in talks.items():
            for start in range(0, len(of_talk), BATCH):
                _read_talk(f"{path.stem}/{talk}", of_talk[start : start + BATCH], model, rows)
    return rows


def _read_talk(
    talk: str, messages: Sequence[dict[str, Any]], model: MiniLM, rows: tuple[Rows, Rows, Rows]
) -> None:
    """Adds the sentences and the words of a conversation to `rows`."""
    code = talk[:2]
    texts = [" ".join(s["text"] for s in message["sentences"]) for message in messages]
    prefixes = [f"(8 May 2023) {m['speaker']}: " if m["speaker"] else "(8 May 2023) " for m in messages]
    usage = usage_of(texts, {part.casefold() for m in messages for part in m["speaker"].split()})
    inner = model.inner_states([a + b for a, b in zip(prefixes, texts, strict=True)])
    for message, text, prefix, states in zip(messages, texts, prefixes, inner, strict=True):
        by_agent = message["role"] == "assistant"
        names: list[tuple[int, int, str]] = []
        speech: list[tuple[int, int]] = []
        for labels, begin, end in _places(message["sentences"], text):
            surface = surface_features(labels["text"], language(code), by_agent)
            own = _own(states, len(prefix) + begin, len(prefix) + end)
            rows[0].add(Labelled(talk, code, labels["text"], labels), own, surface)
            names += _names(labels, text, begin, end)
            speech += [(begin, end)] if labels["kind"] != "code" else []
        found = name_words(text)
        for word, features in zip(found, word_features(text, found, usage, language(code)), strict=True):
            own = _own(states, len(prefix) + word.start, len(prefix) + word.end)
            kind = next((t for a, b, t in names if a <= word.start and word.end <= b), "")
            rows[1].add(Labelled(talk, code, word.text, {"type": kind}), own, features)
        if by_agent or code not in SMALL_LETTERED or not is_of_talk(talk):
            continue
        small = small_words(text.lower())
        for word, features in zip(
            small, word_features(text.lower(), small, Usage(), language(code)), strict=True
        ):
            own = _own(states, len(prefix) + word.start, len(prefix) + word.end)
            kind = next((t for a, b, t in names if a <= word.start and word.end <= b), "")
            if any(a <= word.start < b for a, b in speech):
                rows[2].add(Labelled(talk, code, word.text, {"type": kind}), own, features)


def _places(sentences: Sequence[dict[str, Any]], text: str) -> Iterator[tuple[dict[str, Any], int, int]]:
    """Yields the sentences with their places in the text that they make."""
    at = 0
    for labels in sentences:
        begin = text.index(labels["text"], at)
        at = begin + len(labels["text"])
        yield labels, begin, at


def _names(labels: dict[str, Any], text: str, begin: int, end: int) -> Iterator[tuple[int, int, str]]:
    for name, kind in labels.get("names", ()):
        at = text.find(name, begin, end)
        while at >= 0:
            yield at, at + len(name), kind
            at = text.find(name, at + len(name), end)


def _own(states: TokenScores, begin: int, end: int) -> Floats:
    return states.rows[[row for row, (at, _) in enumerate(states.offsets) if begin <= at < end]]
