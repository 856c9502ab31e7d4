"""How alike two names are, as names: nicknames, initials, titles, legal forms, acronyms, slips of the pen. Knows no
bank.

Likeness never makes two names one by itself: whoever asks weighs it with company and time. What cannot be one thing
(other numbers, other surnames) has likeness 0, however close the letters are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz.distance import OSA

SAME = 1.0
"""Written otherwise, but letter for letter the same name ("Jean-Luc", "jean luc"; "Apple", "Apple Inc.")."""
CLEAR = 0.9
"""Most likely one name: Bob and Robert, J. Smith and John Smith, WHO and World Health Organization."""
_PART = 0.75  # a first name and the full one
_LONG_ENOUGH_FOR_SLIPS = 6
_TOO_LONG_FOR_SLIPS = 40
"""Letters of a word from which a slip in it is not looked for; a guess. Its keys would take room with the square."""

_TITLES = frozenset(
    "mr mrs ms miss dr prof professor sir dame lord lady saint st captain uncle aunt auntie".split()
)
_LEGAL = frozenset(
    "inc incorporated ltd limited llc plc corp corporation co company gmbh ag sa bv nv oy ab".split()
)
_SMALL = frozenset("of the and for de la le du von van der di da".split())
_NO_SURNAME = frozenset(
    """academy airport alegre angeles avenue award bank bar bay beach bridge cafe center centre church city
    cloud club college conference county court cup day east falls fc festival francisco group hall hills
    hospital hotel house institute island labs lake maps mountain museum news north park paulo press
    prize province records restaurant river road school south springs square state station street studio
    studios tech theater theatre times town united university valley vegas village west york""".split()
)
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class _Name:
    """A name taken apart: its words without titles, articles, legal forms and a possessive; all its words; whether
    it had a title; and whether it is written in capitals alone."""

    tokens: tuple[str, ...]
    spelled: tuple[str, ...]
    titled: bool
    capitals: bool

    @property
    def joined(self) -> str:
        return "".join(self.tokens)


def likeness(a: str, b: str, people: bool = False) -> float:
    """Returns how alike two names are, from 0 (two different names) to 1 (one name); `people` says that both are
    known to be people's."""
    name_a, name_b = _taken_apart(a), _taken_apart(b)
    if not name_a.tokens or not name_b.tokens or _digits(name_a) != _digits(name_b):
        return 0.0
    if name_a.joined == name_b.joined or "".join(name_a.spelled) == "".join(name_b.spelled):
        # "Dr Ford" and "Ford" may be a person and a company, unless both are known to be people.
        return _PART if name_a.titled != name_b.titled and len(name_a.tokens) == 1 and not people else SAME
    if _acronym(name_a, name_b) or _acronym(name_b, name_a):
        return CLEAR
    short, long = sorted((name_a, name_b), key=lambda name: len(name.tokens))
    if len(short.tokens) == 1:
        return _single(short, long, people)
    return _full(short.tokens, long.tokens)


def keys(name: str) -> frozenset[str]:
    """Returns the keys to look a name up by: two names with any likeness share a key."""
    return _keys(name)


@lru_cache(maxsize=20_000)
def _keys(name: str) -> frozenset[str]:
    parts = _taken_apart(name)
    # Two with other digits are never alike, and a text may name thousands of such ("PROJ-1", "PROJ-2").
    digits = " ".join(_digits(parts))
    return frozenset(f"{key} {digits}" for key in _each_key(parts)) if parts.tokens else frozenset()


def _each_key(name: _Name) -> Iterator[str]:
    yield name.joined
    yield "".join(name.spelled)
    tokens = name.tokens
    yield from (token for token in tokens if len(token) > 2)
    if len(tokens) == 1:
        yield tokens[0][:3]
    elif len(tokens[0]) > 1:
        yield f"{tokens[0][0]} {tokens[-1]}"
    else:
        yield f"{tokens[0]} {tokens[-1]}"
    yield from (_initials(name.spelled) if len(name.spelled) > 1 else [tokens[0]])
    yield tokens[0][:3]
    # "= robert" is a key that no written name has, shared by Bob, Rob and Robert.
    yield from (f"= {full}" for full in _full_forms(tokens[0]))
    for token in tokens:
        if _LONG_ENOUGH_FOR_SLIPS <= len(token) <= _TOO_LONG_FOR_SLIPS:
            # Every name with one letter left out: two that differ by a slip share one of these.
            yield from (token[:i] + token[i + 1 :] for i in range(len(token)))


@lru_cache(maxsize=20_000)
def _taken_apart(name: str) -> _Name:
    name_text = name.strip().replace("&", " and ")
    spelled = _words(name_text)
    tokens = _words(re.sub(r"['’]s?$", "", name_text))
    titled = len(tokens) > 1 and tokens[0] in _TITLES
    while len(tokens) > 1 and (tokens[0] in _TITLES or tokens[0] == "the"):
        tokens.pop(0)
    while len(tokens) > 1 and tokens[-1] in _LEGAL:
        tokens.pop()
    return _Name(tuple(tokens), tuple(spelled), titled, name_text.replace(".", "").isupper())


def _words(text: str) -> list[str]:
    """Words, casefolded and without accents; "O'Brien" and "U.S." are one each."""
    bare = re.sub(r"(?<=\w)['’](?=\w)|(?<=\b\w)\.(?=\w\b)", "", text)
    unaccented = "".join(c for c in unicodedata.normalize("NFKD", bare) if not unicodedata.combining(c))
    return _WORD.findall(unaccented.casefold())


def _digits(name: _Name) -> list[str]:
    return re.findall(r"\d+", " ".join(name.tokens))


def _single(short: _Name, long: _Name, people: bool) -> float:
    """Compares a single name with another single name, or with a full one."""
    if len(long.tokens) == 1:
        return _two_singles(short.tokens[0], long.tokens[0], people)
    # "Jordan" is no part of "Jordan River", nor "Paris" of "the mayor of Paris": only people have a first name.
    if set(long.tokens) & (_NO_SURNAME | _SMALL) or len(long.tokens) > 4:
        return 0.0
    name, first_name = short.tokens[0], long.tokens[0]
    titled = short.titled or long.titled
    part = (
        (name == first_name and len(name) > 1 and (people or _given(name) or long.titled))
        or (name == long.tokens[-1] and (people or titled or _given(first_name)))
        or (_related(name, first_name) and (people or _given(name)))
    )
    return _PART if part else 0.0


def _two_singles(a: str, b: str, people: bool) -> float:
    brief, full = sorted((a, b), key=len)
    if _related(a, b) or _slip(a, b):
        return CLEAR
    shortened = len(brief) >= 3 and full.startswith(brief) and 2 <= len(full) - len(brief) <= 5
    shortened = shortened and brief not in _nicknames()  # a full name itself: Daniel, Danielle
    return _PART if shortened and (people or _given(full)) else 0.0


def _full(short: tuple[str, ...], long: tuple[str, ...]) -> float:
    """Compares two names of several words each."""
    if len(short) == len(long):
        pairs = [(a, b) for a, b in zip(short, long, strict=True) if a != b]
        (a, b) = pairs[0]
        same_first = a == short[0] and _related(a, b)
        same = same_first or (_initial(a, b) and (a, b) != (short[-1], long[-1])) or _slip(a, b)
        return CLEAR if len(pairs) == 1 and same else 0.0
    same_first_name = short[0] == long[0] or _initial(short[0], long[0]) or _related(short[0], long[0])
    middle_left_out = same_first_name and short[-1] == long[-1] and not set(long) & _NO_SURNAME
    return CLEAR if middle_left_out else 0.0


def _acronym(short: _Name, long: _Name) -> bool:
    """Tells whether `short` is made of the initials of `long`."""
    if (
        len(short.tokens) != 1
        or len(long.tokens) < 2
        or not short.capitals
        or not 2 <= len(short.joined) <= 8
    ):
        return False
    return short.joined in _initials(long.spelled)


def _initials(tokens: tuple[str, ...]) -> set[str]:
    """Returns the initials of all words, and of those that count."""
    return {"".join(t[0] for t in tokens), "".join(t[0] for t in tokens if t not in _SMALL)}


def _initial(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    return len(short) == 1 and long.startswith(short)


def _slip(a: str, b: str) -> bool:
    """Tells whether one is the other with a slip of the pen: a letter doubled or not, two letters swapped, or, in a
    long word, one missing. A letter exchanged for another makes another name ("Tigran", "Iran"; "Erica", "Erika")."""
    if max(len(a), len(b)) > _TOO_LONG_FOR_SLIPS:
        return False
    if min(len(a), len(b)) < _LONG_ENOUGH_FOR_SLIPS or OSA.distance(a, b) != 1 or a[0] != b[0]:
        return False
    if len(a) == len(b):
        return sorted(a) == sorted(b) and not (_given(a) or _given(b))  # Kristen, Kirsten
    return _undoubled(a) == _undoubled(b) or (min(len(a), len(b)) >= 8 and a[-2:] == b[-2:])


def _undoubled(word: str) -> str:
    return re.sub(r"(.)\1", r"\1", word)


def _related(a: str, b: str) -> bool:
    """Tells whether one is a nickname of the other, or both of one name and alike."""
    full_names, distance = _nicknames(), OSA.distance(a, b)
    if b in full_names.get(a, ()) or a in full_names.get(b, ()):
        return not (len(a) == len(b) and distance == 1 and a in full_names and b in full_names)  # Anna, Anne
    shared = (_full_forms(a) & _full_forms(b)) - {a, b}
    names_of_their_own = max(len(full_names.get(name, ())) for name in (a, b)) > _MANY
    return bool(shared) and distance > 1 and a[:2] == b[:2] and not names_of_their_own


_MANY = 3


def _full_forms(name: str) -> frozenset[str]:
    return _canonical().get(name, frozenset()) | {name}


def _given(name: str) -> bool:
    """Tells whether `name` is a first name or a nickname that is known (English ones, mostly)."""
    return name in _nicknames() or name in _canonical()


@cache
def _nicknames() -> dict[str, frozenset[str]]:
    """Returns full names and their nicknames, from the package `nicknames`."""
    from nicknames import name_triplets

    nicknames_of: dict[str, set[str]] = {}
    for triplet in name_triplets():
        nicknames_of.setdefault(triplet.name1, set()).add(triplet.name2)
    return {name: frozenset(short) for name, short in nicknames_of.items()}


@cache
def _canonical() -> dict[str, frozenset[str]]:
    full_names_of: dict[str, set[str]] = {}
    for full, short in _nicknames().items():
        for name in short:
            full_names_of.setdefault(name, set()).add(full)
    return {name: frozenset(full) for name, full in full_names_of.items()}
