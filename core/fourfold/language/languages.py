"""Languages: those there are, by code; which one a text is in; what any of them knows. Knows no bank.

What one language brings is a file of `fourfold.language.packs`, and nothing outside names a language by its words: to
add one, add a file there (its `LANGUAGE`; `fourfold.language.pack` is the form). A package brings one as an entry
point in the group `fourfold.languages`, named by its code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cache, lru_cache
from importlib import import_module
from importlib.metadata import EntryPoint
from itertools import islice
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Literal

from fourfold.errors import InputError
from fourfold.language import packs
from fourfold.language.pack import DATE_SLOT, NUMBER_SLOTS, Language, compiled, search
from fourfold.language.packs import en
from fourfold.language.spelling import as_spelt
from fourfold.plugins import broken_plugin, declared_plugins, load_plugin

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

ENGLISH = en.LANGUAGE
"""What a bank is kept in where nothing else is said or found."""

PatternField = Literal[
    "abbreviations",
    "asks_before",
    "asks_called",
    "asks_count",
    "asks_first",
    "asks_last",
    "asks_name",
    "asks_often",
    "asks_place",
    "asks_when",
    "asks_work",
    "drafted",
    "enacted",
    "first_person",
    "for_another",
    "interjections",
    "months_after_point",
    "number_words",
    "of_others",
    "passing_wish",
    "preference",
    "quotation",
    "second_person",
    "speaker_as_subject",
    "tag",
    "taken_back",
    "texts",
]
"""Patterns that are looked for in all languages at once: where the language is not known, and because people mix
them (a question in English put to a memory kept in German)."""


@cache
def languages() -> Mapping[str, Language]:
    """Returns the languages there are, by code: the packs here, those of other packages (which replace none of
    ours), and those of which only the name is known, and maybe a stemmer."""
    known = {pack.code: pack for pack in (ENGLISH, *_bundled_packs())}
    for code, entry in declared_plugins("fourfold.languages").items():
        if code not in known:
            known[code] = _plugin_pack(code, entry)
    return known | {pack.code: pack for pack in _names_alone() if pack.code not in known}


def _bundled_packs() -> Iterator[Language]:
    for module in iter_modules(packs.__path__):
        if module.name.startswith("_"):  # a part of a pack
            continue
        pack: Language = import_module(f"{packs.__name__}.{module.name}").LANGUAGE
        yield pack


def _plugin_pack(code: str, entry: EntryPoint) -> Language:
    pack = load_plugin(entry)
    if not isinstance(pack, Language) or pack.code != code:
        raise broken_plugin(
            entry, TypeError(f'it is no fourfold.language.pack.Language with the code "{code}"')
        )
    try:
        check_pack(pack)
    except ValueError as error:
        raise broken_plugin(entry, error) from error
    return pack


def check_pack(pack: Language) -> None:
    """Raises `ValueError` that names the field, for a stemmer that Snowball does not have, a pattern that is no
    regular expression, and a rule of dates with a slot that its words do not list."""
    import Stemmer

    if pack.stemmer and pack.stemmer not in Stemmer.algorithms():
        known = ", ".join(Stemmer.algorithms())
        raise ValueError(f'there is no stemmer "{pack.stemmer}": give one of {known}, or none')
    parts = {
        "": pack,
        "wording.": pack.wording,
        "tense.": pack.tense,
        "stance.": pack.stance,
        "attributes.": pack.attributes,
        "succession.": pack.succession,
    }
    for prefix, part in parts.items():
        for name in (item.name for item in fields(part)) if part is not None else ():
            value = getattr(part, name)
            try:
                compiled(value if isinstance(value, str) else "")
            except re.error as error:
                raise ValueError(f"{prefix}{name} is no regular expression: {error}") from error
    if pack.dates is not None:
        known_slots = {*pack.dates.words, *NUMBER_SLOTS}
        for pattern, english in pack.dates.rules:
            unknown = {slot[1] for slot in DATE_SLOT.finditer(pattern + english)} - known_slots
            named = set(re.findall(r"\(\?P<([a-z]+)\d?>", pattern))
            if unknown - named:
                raise ValueError(
                    f"the date rule {pattern!r} has slots of unknown words: {sorted(unknown - named)}"
                )


def language(code: str) -> Language:
    """Returns the language of an ISO 639-1 code; raises `InputError` for one that is not known."""
    known_language = languages().get(code.strip().lower()) if isinstance(code, str) else None
    if known_language is None:
        supported = ", ".join(f"{each.code} ({each.name})" for each in languages().values())
        raise InputError(f"{code!r} is no language known here. Known are: {supported}.")
    return known_language


@cache
def any_pattern(field: PatternField) -> str:
    """Returns the pattern that fits where that of some language does."""
    patterns: list[str] = [getattr(pack, field) for pack in languages().values()]
    return "|".join(f"(?:{pattern})" for pattern in patterns if pattern)


def matches_any(field: PatternField, text: str) -> bool:
    """Returns whether a pattern of some language is found in `text`, as it is spelt in any of them."""
    return search(any_pattern(field), as_spelt_somewhere(text)) is not None


@lru_cache(maxsize=4096)  # a sentence is looked through for one field after another
def as_spelt_somewhere(text: str) -> str:
    """Returns `text` with the apostrophes that its contractions lack, of whatever language they are."""
    for language in languages().values():
        if language.contractions:
            text = as_spelt(text, language)
    return text


def detect(texts: Iterable[str]) -> Language | None:
    """Returns the language that `texts` are in, taken together; None where they are too short, or too mixed, to
    tell."""
    # Code and addresses are English-like in any language, and would make a German bug report English.
    prose = _CODE.sub(" ", "\n".join(islice(texts, _MOST_TEXTS)))
    text = _TOKEN.sub(_without_address, prose)[:_MOST_CHARACTERS]
    words = _WORD.findall(text.lower())
    telling = sum(len(word) * (1 if word < "\u0e00" else _DENSE) for word in words)
    # py3langid takes a second to load, and most texts are English: counting stop words knows them at once.
    english_words = sum(word in ENGLISH.stop_words for word in words)
    if len(words) >= _LEAST_WORDS and english_words > _ENGLISH_SHARE * len(words):
        return ENGLISH
    if telling >= _LEAST_LETTERS:
        code, likelihood = _identifier().classify(text)
        if likelihood >= _LIKELY:
            return languages()[code]
    return _by_stop_words(words, text) if telling < _SHORT else None


def _by_stop_words(words: Sequence[str], text: str) -> Language | None:
    """Returns the language of a text too short to be told by its letters: the one that has most of its stop words,
    some of them unknown in English, and is clearly the likeliest of those that have any by its letters too."""
    counts = {
        pack.code: sum(word in pack.stop_words for word in words)
        for pack in languages().values()
        if not pack.stop_words.isdisjoint(words)
    }
    best = max(counts, key=lambda code: counts[code], default=ENGLISH.code)
    if all(word in ENGLISH.stop_words for word in words if word in languages()[best].stop_words):
        return None
    likelihoods = dict(_identifier().rank(text))
    code = max(counts, key=lambda code: likelihoods.get(code, 0.0))
    share = likelihoods[code] / sum(likelihoods.get(code, 0.0) for code in counts)
    is_clear = likelihoods[code] >= _LIKELY_SHORT and share >= _LIKELY
    return languages()[code] if is_clear and counts[code] == counts[best] else None


_WORD = re.compile(r"[^\W\d_]+")
_CODE = re.compile(r"```.*?(?:```|$)", re.DOTALL)
_TOKEN = re.compile(r"\S+")
_URL = re.compile(r"https?://.*", re.DOTALL)
_MOST_TEXTS = 200
_MOST_CHARACTERS = 4000
_LEAST_LETTERS = 24
_DENSE = 4  # a Chinese character tells as much as some letters
_LEAST_WORDS = 8
_ENGLISH_SHARE = 0.3
_LIKELY = 0.9
_SHORT = 60
"""Letters of a text that its stop words may speak for: a longer one that is not clear is mixed. A guess, not
measured."""
_LIKELY_SHORT = 0.5
"""Likelihood, among all languages, of one that stop words speak for. Of 3,280 English sentences none was taken for
another language; of 308 German, French and Spanish ones of less than 30 characters 244 were told, and 14 without
this."""


def _without_address(token: re.Match[str]) -> str:
    """Returns a token without a URL in it; nothing of one that is a mail address."""
    # Token by token: a pattern such as \S+@\S+ over the text takes time with the square of its longest token.
    text = token.group()
    return " " if "@" in text[1:-1] else _URL.sub(" ", text)


@cache
def _identifier() -> LanguageIdentifier:
    """Returns the identifier of py3langid, limited to the languages known here. Its model takes a second to load."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    # It refuses a language that it was not trained on: such a one is never detected, and has to be named.
    identifier.set_languages([code for code in languages() if code in identifier.nb_classes])
    return identifier


def _names_alone() -> Iterator[Language]:
    """Yields the languages of which only the name is known, and maybe a stemmer."""
    for code, name in _STEMMED.items():
        yield Language(code, name, name.lower(), elided="[cdjlmnst]" if code in ("ca", "it") else "")
    for code, name in _UNSTEMMED.items():
        yield Language(code, name)


_STEMMED = {
    "ar": "Arabic", "ca": "Catalan", "cs": "Czech", "da": "Danish", "el": "Greek", "et": "Estonian",
    "eu": "Basque", "fa": "Persian", "fi": "Finnish", "ga": "Irish", "hi": "Hindi", "hu": "Hungarian",
    "hy": "Armenian", "id": "Indonesian", "it": "Italian", "lt": "Lithuanian", "ne": "Nepali",
    "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian", "sr": "Serbian", "sv": "Swedish", "ta": "Tamil", "tr": "Turkish",
}  # fmt: skip
_UNSTEMMED = {
    "bg": "Bulgarian", "he": "Hebrew", "th": "Thai", "uk": "Ukrainian",
    "vi": "Vietnamese",
}  # fmt: skip
