"""Named entities by a pipeline of spaCy: `pip install "fourfold[spacy]"`, then `python -m spacy download MODEL`."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from functools import cached_property

import spacy
from spacy.language import Language
from spacy.tokens import Span

from fourfold.errors import ConfigurationError
from fourfold.models.vectors import loading
from fourfold.ports import NamedEntity

_KINDS = {
    "PERSON": "person",
    "PER": "person",
    "GPE": "place",
    "LOC": "place",
    "FAC": "place",
    "ORG": "organisation",
    "WORK_OF_ART": "work",
    "PRODUCT": "product",
    "EVENT": "event",
    "NORP": "",
    "LAW": "",
    "LANGUAGE": "",
    "MISC": "",
}
"""What spaCy's labels for names are here: those of OntoNotes 5, and the four of WikiNER that its pipelines for
French, German and Spanish have. The others (DATE, MONEY, ORDINAL, ...) are of no name."""


class SpacyRecognizer:
    """A pipeline of spaCy with named entities: the name of an installed one, or a directory.

    Whether it is there is looked up at once, which raises `ConfigurationError`; it is loaded at its first use.
    """

    def __init__(self, model: str = "en_core_web_sm") -> None:
        self.model = model
        self._lock = threading.Lock()
        if not (spacy.util.is_package(model) or spacy.util.ensure_path(model).is_dir()):
            installed = ", ".join(spacy.util.get_installed_models()) or "none"
            raise ConfigurationError(
                f'"{self.name}" names no pipeline of spaCy that is installed here (there are: {installed}), and no '
                f"directory. Run python -m spacy download {model}, or name another one."
            )

    @property
    def name(self) -> str:
        """ "spacy:" and the pipeline's name."""
        return f"spacy:{self.model}"

    def recognize(self, texts: Sequence[str]) -> list[list[NamedEntity]]:
        """Returns the named entities of each text, in order."""
        # One retain at a time: spaCy does not promise that a pipeline may be used by several threads at once.
        with self._lock:
            # It refuses longer texts: they take some gigabyte of memory for 100,000 characters.
            documents = self._loaded.pipe(text[: self._loaded.max_length] for text in texts)
            return [[entity for span in document.ents for entity in _entity(span)] for document in documents]

    @cached_property
    def _loaded(self) -> Language:
        with loading(self.name):
            return spacy.load(self.model, exclude=_NOT_NEEDED)


def _entity(span: Span) -> Iterator[NamedEntity]:
    """Yields what spaCy found, without the article and the possessive that OntoNotes counts in; nothing for what is
    no name."""
    if span.label_ not in _KINDS:
        return
    words = list(span)
    while words and words[0].lower_ in _ARTICLES:
        words.pop(0)
    while words and words[-1].lower_ in _POSSESSIVES:
        words.pop()
    if words:
        yield NamedEntity(words[0].idx, words[-1].idx + len(words[-1]), _KINDS[span.label_])


_ARTICLES = ("a", "an", "the")
_POSSESSIVES = ("'s", "’s", "'", "’")
_NOT_NEEDED = ("parser", "tagger", "morphologizer", "attribute_ruler", "lemmatizer", "senter")
"""Components that names do without."""
