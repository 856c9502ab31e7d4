"""Fits the heads that tell what a sentence is, and which of its words are names
(`fourfold.models.packaged.statement_heads`): logistic regressions over inner layers of MiniLM and the surface of each
sentence or word, and others over the words of sentences, on the messages of `benchmarks/sentences`, which were
written and labelled for this by reading.

    python benchmarks/fit_heads.py [--write]

Prints what the heads tell of conversations that were left out, language by language, beside the rules; `--write` puts
the weights into the package. Talks of `shared/data` are measured on (networks.py) and never learned from: not all of
their licences allow it. Needs scikit-learn: `pip install --group fit`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from labelled_sentences import SENTENCES, SMALL_LETTERED, UNSEEN, Labelled, Rows, is_of_talk, read
from machine import describe
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, f1_score

from fourfold.language.languages import language
from fourfold.language.modality import confidence_of, modality_of
from fourfold.language.name_words import WORD_FEATURES
from fourfold.language.surface import SURFACE_FEATURES
from fourfold.models.packaged.minilm import MiniLM
from fourfold.models.packaged.statement_heads import (
    LAYERS,
    NAME_HEAD,
    SMALL_NAME_HEAD,
    SMALL_TYPE_HEAD,
    TYPE_HEAD,
)
from fourfold.ports import Floats
from fourfold.values.statements import Family, Kind
from fourfold.values.units import Modality

OUT = Path(__file__).parent.parent / "core/fourfold/models/data/minilm-heads.npz"
FOLDS = 5
INVERSE_PENALTY = 0.004
"""`C` of the regressions, over features brought to a standard deviation of 1. Of .001 to .03 on conversations left
out; it hardly matters (docs/adr/0023)."""
SETS = {"en": ("en",), "other": ("de", "en", "es", "fr", "zh")}
"""Sets of heads, and the languages of the conversations that each is fitted to."""
NGRAM_INVERSE_PENALTY = 10.0
"""`C` of the regressions over words. Of 3 and 10, on conversations left out (docs/adr/0023)."""
NGRAMS = {"en": (5000, 3, 0.5), "other": (8000, 2, 1.0)}
"""For each set: how many of the commonest words and pairs of words are weighed, in how many sentences each of them
stands at least, and the weight of what they tell beside what the model's states tell. Of 3,000 to 8,000 words, and of
.35 to 1, on conversations left out (docs/adr/0023)."""
EXPOSITION = "exposition"
"""The kind of what an assistant explains: no deed of its own, nothing of its user."""
KINDS = (*map(str, Kind), EXPOSITION)
MODALITIES = tuple(str(m) for m in Modality if m is not Modality.QUESTION)
WORTHS = ("nothing", "core", "detail", "plan", "event", "instruction")
"""What a sentence would be in a profile of whom or what it is about: nothing, who or what that is, a lesser thing
that lasts, an open plan, something that happened, or what the listener is told to do from now on."""
NAME_TYPES = ("person", "place", "organisation", "work", "product", "event", "other")
MEANT = ("plan", "wish", "hypothetical")


class Head(NamedTuple):
    """One head: its classes in the order of its columns, which items it is fitted to, and their class; and whether it
    weighs the words of a sentence."""

    name: str
    classes: tuple[str, ...]
    is_for: Callable[[Labelled], bool]
    label: Callable[[Labelled], str]
    reads_words: bool = False


def _is_of_talk(item: Labelled) -> bool:
    return is_of_talk(item.talk)


def _is_statement(item: Labelled) -> bool:
    return bool(item.labels["kind"] == "statement") and _is_of_talk(item)


SENTENCE_HEADS = (
    Head("kind", KINDS, _is_of_talk, lambda s: str(s.labels["kind"]), True),
    Head("network", ("world", "belief"), _is_statement, lambda s: str(s.labels["network"]), True),
    Head("modality", MODALITIES, _is_statement, lambda s: str(s.labels["modality"]), True),
    Head(
        "lasting",
        ("passing", "lasting"),
        _is_statement,
        lambda s: "lasting" if s.labels["lasting"] else "passing",
        True,
    ),
    Head("worth", WORTHS, lambda s: "worth" in s.labels, lambda s: str(s.labels["worth"]), True),
    Head(
        "alone",
        ("leaning", "alone"),
        lambda s: s.labels.get("worth", "nothing") != "nothing",
        lambda s: "alone" if s.labels["alone"] else "leaning",
        True,
    ),
    Head(
        "line",
        ("other", "line"),
        lambda s: "worth" in s.labels,
        lambda s: "line" if s.labels["worth"] == "core" and s.labels["alone"] else "other",
        True,
    ),
    Head("family", tuple(map(str, Family)), _is_statement, lambda s: str(s.labels["family"])),
    Head(
        "strength",
        ("1", "2", "3"),
        lambda s: "strength" in s.labels and _is_of_talk(s),
        lambda s: str(s.labels["strength"]),
    ),
)
WORD_HEADS, SMALL_WORD_HEADS = (
    (
        Head(of_names, ("none", "name"), _is_of_talk, lambda w: "name" if w.labels["type"] else "none"),
        Head(
            of_types,
            NAME_TYPES,
            lambda w: bool(w.labels["type"]) and _is_of_talk(w),
            lambda w: str(w.labels["type"]),
        ),
    )
    for of_names, of_types in ((NAME_HEAD, TYPE_HEAD), (SMALL_NAME_HEAD, SMALL_TYPE_HEAD))
)


def main() -> None:
    """Measures the heads, and writes them if asked to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    print(describe())
    model = MiniLM()
    sentences, words, small_words = read(model, SENTENCES)
    print(
        f"{len(sentences.items)} sentences, {len(words.items)} words with a capital, {len(small_words.items)} words "
        "as though typed small\n"
    )
    report(sentences, words)
    report_small(small_words)
    report_unseen(sentences, read(model, UNSEEN)[0])
    if arguments.write:
        write({name: _fit_set(sentences, words, small_words, name) for name in SETS})


def _fit_set(sentences: Rows, words: Rows, small_words: Rows, name: str) -> list[Fitted]:
    fitted = [fit(head, sentences, sentences.of(SETS[name]), name) for head in SENTENCE_HEADS]
    fitted += [fit(head, words, words.of(SETS[name]), name) for head in WORD_HEADS]
    if name in SMALL_LETTERED:
        fitted += [fit(head, small_words, small_words.of([name]), name) for head in SMALL_WORD_HEADS]
    return fitted


@dataclass(frozen=True, slots=True)
class Fitted:
    """A head with its weights, (features, columns), and biases, (columns,), and the weights of the words and pairs of
    `vocabulary`, (their number, columns)."""

    head: Head
    weights: Floats
    bias: Floats
    vocabulary: dict[str, int]
    ngram_weights: Floats

    def scores(self, rows: Rows) -> Floats:
        """Returns the log-odds of each row, a column a class."""
        scores: Floats = rows.features() @ self.weights + self.bias
        if self.vocabulary:
            scores = scores + rows.ngram_features(self.vocabulary) @ self.ngram_weights
        if scores.shape[1] == 1:
            scores = np.concatenate([np.zeros_like(scores), scores], axis=1)
        return scores

    def predict(self, rows: Rows, which: NDArray[np.bool_]) -> list[str]:
        """Returns the likeliest class of each row of `which`."""
        return [self.head.classes[best] for best in self.scores(rows)[which].argmax(axis=1).tolist()]


def fit(head: Head, rows: Rows, left_in: NDArray[np.bool_], set_name: str) -> Fitted:
    """Returns the head fitted to those rows of `left_in` that it is for: one regression over the states and surfaces
    of sentences, and if it reads words one over those, whose log-odds are added with their share."""
    chosen = left_in & np.array([head.is_for(item) for item in rows.items])
    labels = [head.label(item) for item, is_chosen in zip(rows.items, chosen, strict=True) if is_chosen]
    features = rows.features()[chosen]
    mean, deviation = features.mean(axis=0), features.std(axis=0) + 1e-6
    coefficients, bias = _regression(head, (features - mean) / deviation, labels, INVERSE_PENALTY)
    weights = coefficients / deviation[:, None]
    bias = bias - mean @ weights
    vocabulary: dict[str, int] = {}
    ngram_weights = np.zeros((0, len(bias)))
    if head.reads_words:
        most, least_often, share = NGRAMS[set_name]
        vocabulary = rows.commonest_ngrams(left_in, most, least_often)
        ngrams = rows.ngram_features(vocabulary)[chosen]
        ngram_weights, ngram_bias = _regression(head, ngrams, labels, NGRAM_INVERSE_PENALTY)
        ngram_weights, bias = share * ngram_weights, bias + share * ngram_bias
    return Fitted(head, _single(weights), _single(bias), vocabulary, _single(ngram_weights))


def _regression(
    head: Head, features: Any, labels: Sequence[str], inverse_penalty: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Returns weights, (features, columns), and biases, (columns,), in the order of the head's classes."""
    model = LogisticRegression(C=inverse_penalty, max_iter=2000).fit(features, labels)
    known = model.classes_.tolist()
    if len(head.classes) == 2:
        sign = 1.0 if known[1] == head.classes[1] else -1.0
        return sign * model.coef_.T, sign * model.intercept_
    # A class that no row is of (it happens where rows are left out) is never told.
    coefficients = np.zeros((features.shape[1], len(head.classes)))
    intercepts = np.full(len(head.classes), -100.0)
    for place, name in enumerate(known):
        coefficients[:, head.classes.index(name)] = model.coef_[place]
        intercepts[head.classes.index(name)] = model.intercept_[place]
    return coefficients, intercepts


def _single(values: NDArray[np.float64]) -> Floats:
    return values.astype(np.float32)


def report(sentences: Rows, words: Rows) -> None:
    """Prints, by language, what heads tell of conversations that they were not fitted to."""
    told = {head.name: _left_out(head, sentences) for head in SENTENCE_HEADS}
    names = {head.name: _left_out(head, words) for head in WORD_HEADS}
    figures = "statement, accuracy | belief, F1 | meant, F1 | lasting, F1 | family, accuracy"
    print(f"| language | | {figures} | words of names, F1 | their types, accuracy |")
    print("|---|---|---|---|---|---|---|---|---|")
    for code in sorted({item.code for item in sentences.items}):
        here, words_here = sentences.of([code]), words.of([code])
        items = [item for item, is_here in zip(sentences.items, here, strict=True) if is_here]
        of_heads = {name: np.array(column)[here] for name, column in told.items()}
        print(f"| {code} | heads | {_figures(items, of_heads)} | {_name_figures(words, names, words_here)} |")
        print(f"| {code} | rules | {_figures(items, _by_rules(items))} | | |")

    print("\n| language | worth knowing, F1 | core, plan, event, instruction, F1 | stands alone, accuracy |")
    print("|---|---|---|---|")
    for code in sorted({item.code for item in sentences.items}):
        here = sentences.of([code])
        items = [item for item, is_here in zip(sentences.items, here, strict=True) if is_here]
        print(
            f"| {code} | {_worth_figures(items, np.array(told['worth'])[here], np.array(told['alone'])[here])} |"
        )


def report_small(words: Rows) -> None:
    """Prints what is told of words without their capitals by heads that were fitted to other conversations."""
    told, types = (_left_out(head, words) for head in SMALL_WORD_HEADS)
    said = np.array([str(item.labels["type"]) for item in words.items])
    is_named = np.array(told) == "name"
    precision, found = (said != "")[is_named].mean(), is_named[said != ""].mean()
    right = (np.array(types) == said)[said != ""].mean()
    print(f"\nwords typed small: of names precision {precision:.2f}, recall {found:.2f}; types {right:.2f}")


def report_unseen(sentences: Rows, unseen: Rows) -> None:
    """Prints how well sentences of whole talks are ranked that are no talks of those that the heads are fitted to."""
    labels = [item.labels for item in unseen.items]
    wanted = {
        "worth": [each["worth"] != "nothing" for each in labels],
        "line": [each["worth"] == "core" and each["alone"] for each in labels],
    }
    print(f"\n{len(labels)} sentences of eight talks left out, average precision:")
    for head in SENTENCE_HEADS:
        if head.name in wanted:
            scores = fit(head, sentences, sentences.of(SETS["en"]), "en").scores(unseen)
            ranked = scores[:, 1:].max(axis=1) - scores[:, 0]
            share = sum(wanted[head.name]) / len(labels)
            figure = average_precision_score(wanted[head.name], ranked)
            print(f"{head.name}: {figure:.2f}; {share:.2f} by chance")


def _worth_figures(items: Sequence[Labelled], worth: NDArray[np.str_], alone: NDArray[np.str_]) -> str:
    said = np.array([str(item.labels.get("worth", "nothing")) for item in items])
    is_alone = np.array([bool(item.labels.get("alone")) for item in items])
    is_worth = said != "nothing"
    of_classes = ", ".join(
        f"{f1_score(said == name, worth == name):.2f}" for name in ("core", "plan", "event", "instruction")
    )
    right = ((alone == "alone") == is_alone)[is_worth].mean()
    return f"{f1_score(is_worth, worth != 'nothing'):.2f} | {of_classes} | {right:.2f}"


def _left_out(head: Head, rows: Rows) -> list[str]:
    """Returns what a head tells of each row when it is fitted to other conversations."""
    talks = list(dict.fromkeys(item.talk for item in rows.items))
    folds = np.array([talks.index(item.talk) % FOLDS for item in rows.items])
    told = np.empty(len(rows.items), dtype=object)
    for fold in range(FOLDS):
        for name, codes in SETS.items():
            # Each language is told by the set that is for it.
            here = (folds == fold) & rows.of(
                ("en",) if name == "en" else [code for code in codes if code != "en"]
            )
            if not here.any():
                continue
            told[here] = fit(head, rows, (folds != fold) & rows.of(codes), name).predict(rows, here)
    return [str(each) for each in told]


def _by_rules(items: Sequence[Labelled]) -> dict[str, NDArray[np.str_]]:
    """Returns what the lists of words tell."""
    modalities = [str(modality_of(item.text, language(item.code))) for item in items]
    beliefs = [confidence_of(item.text, language(item.code)) is not None for item in items]
    return {
        "kind": np.array(["question" if m == "question" else "statement" for m in modalities]),
        "network": np.array(["belief" if belief else "world" for belief in beliefs]),
        "modality": np.array(modalities),
        "lasting": np.array(["passing"] * len(items)),
        "family": np.array(["other"] * len(items)),
    }


def _figures(items: Sequence[Labelled], told: dict[str, NDArray[np.str_]]) -> str:
    is_statement = np.array([_is_statement(item) for item in items])
    said = {
        key: np.array([str(item.labels.get(key, "")) for item in items])
        for key in ("network", "modality", "family")
    }
    lasting = np.array([bool(item.labels.get("lasting")) for item in items])
    kind = told["kind"] == "statement"
    meant = np.where(np.isin(told["modality"], MEANT) & is_statement, told["modality"], "")
    to_mean = np.where(np.isin(said["modality"], MEANT), said["modality"], "")
    same = ((meant == to_mean) & (meant != "")).sum()
    figures = (
        (kind == is_statement).mean(),
        f1_score(said["network"] == "belief", kind & (told["network"] == "belief")),
        2 * same / max(1, (meant != "").sum() + (to_mean != "").sum()),
        f1_score(lasting[is_statement], told["lasting"][is_statement] == "lasting"),
        (told["family"] == said["family"])[is_statement].mean(),
    )
    return " | ".join(f"{figure:.2f}" for figure in figures)


def _name_figures(words: Rows, told: dict[str, list[str]], here: NDArray[np.bool_]) -> str:
    types = np.array([str(item.labels["type"]) for item in words.items])[here]
    if not (types != "").any():
        return "- | -"
    is_named = f1_score(types != "", np.array(told[NAME_HEAD])[here] == "name")
    right = (np.array(told[TYPE_HEAD])[here] == types)[types != ""].mean()
    return f"{is_named:.2f} | {right:.2f}"


def write(sets: dict[str, list[Fitted]]) -> None:
    """Writes the weights into the package, in 16 bits."""
    fitted = [(name, each) for name, of_set in sets.items() for each in of_set]
    sentence_heads = {head.name for head in SENTENCE_HEADS}
    states = fitted[0][1].weights.shape[0] - len(SURFACE_FEATURES)

    def look_weights(size: int, is_of_sentences: bool) -> Floats:
        parts = [
            each.weights[states:]
            if (each.head.name in sentence_heads) == is_of_sentences
            else np.zeros((size, len(each.bias)), np.float32)
            for _, each in fitted
        ]
        together: Floats = np.concatenate(parts, axis=1)
        return together

    of_ngrams: dict[str, Any] = {}
    for name, of_set in sets.items():
        reading = [each for each in of_set if each.vocabulary]
        of_ngrams[f"{name} ngrams"] = np.frombuffer("\n".join(reading[0].vocabulary).encode(), np.uint8)
        together = np.concatenate([each.ngram_weights for each in reading], axis=1)
        of_ngrams[f"{name} ngram_weights"] = together.astype(np.float16)
    np.savez_compressed(
        OUT,
        layers=np.array(LAYERS),
        surface_features=np.array(SURFACE_FEATURES),
        word_features=np.array(WORD_FEATURES),
        heads=np.array(["\t".join((name, each.head.name, *each.head.classes)) for name, each in fitted]),
        token_weights=np.concatenate([each.weights[:states] for _, each in fitted], axis=1).astype(
            np.float16
        ),
        surface_weights=look_weights(len(SURFACE_FEATURES), True).astype(np.float16),
        word_weights=look_weights(len(WORD_FEATURES), False).astype(np.float16),
        bias=np.concatenate([each.bias for _, each in fitted]).astype(np.float32),
        **of_ngrams,
    )
    print(f"\nwritten: {OUT.name}, {OUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
