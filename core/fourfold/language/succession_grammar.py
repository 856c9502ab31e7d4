"""What `fourfold.language.succession` reads a statement with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class SuccessionGrammar:
    """What `fourfold.language.succession` reads a clause with, to tell which of two statements of a matter is how it
    stands now. All are closed classes (pronouns, auxiliaries, prepositions), or verbs and adverbs of change."""

    clause_border: str
    """What parts two clauses."""
    correction: str
    """What shows, at the start of a clause, that it sets an earlier statement right ("Correction:")."""
    current: str
    """What says that something holds now, and did not before ("now", "again", "any more", "instead")."""
    new: str
    """What says that something is new."""
    unsettled: str
    """What shows that a clause settles nothing: doubts, hopes, encouragement."""
    seeking: str
    """What says that somebody looks or waits for what stands behind it."""
    unfinished: str
    """What makes of an event that did not happen a state ("never", "yet")."""
    additive: str
    """What says that something holds beside what was said ("also", "another", "still")."""
    denial: str
    endings: str
    """Verbs that end what stands behind them ("quit", "sold")."""
    withdrawals: str
    """Verbs that end their subject, or its part in what stands behind them ("died", "resigned", "is cancelled")."""
    changes: str
    """Verbs that give what they speak of another value, place or time ("moved", "postponed", "became")."""
    beginnings: str
    """Verbs that begin a state or arrange for one ("joined", "got", "booked")."""
    placings: str
    """Verbs that put a thing somewhere else ("put", "brought", "stolen")."""
    past: str
    """Verbs in a tense of what happened once: an event, not a state."""
    copulas: str
    """Forms of "to be", which are one word in a comparison."""
    verbs: str
    """Auxiliaries and frequent verbs: where one stands, the subject has ended."""
    verb_ending: str
    """The look of a verb behind a subject of several words, where the language has one ("the book club meets")."""
    support: str
    """Verbs that say little without their object ("take", "go")."""
    exclusive: str
    """Verbs, with what belongs to them, of which somebody has one object at a time ("live in", "weigh")."""
    joining: str
    """What joins two subjects ("and")."""
    prepositions: str
    origins: str
    """What stands before what something changed from ("from", "instead of")."""
    goals: str
    """What stands before what something came to ("to 90 s", "to Ingrid"), but before no verb."""
    places: str
    """Prepositions that place something ("in", "on")."""
    own: str
    """What says that a subject is the speaker's ("my", "our")."""
    genitive: str
    """The form of a word that says whose the next one is ("Eva's"); "" where a language marks it otherwise."""
    of: str
    """What stands before an owner behind the thing ("d'" in "la maison d'Eva"); "" where that is not read."""
    speakers: str
    """The speaker as a subject."""
    speaker_verbs: str
    """Forms of verbs whose subject is the speaker though no pronoun says so ("vivo")."""
    pronouns: str
    """Pronouns as a subject."""
    persons: Mapping[str, str]
    """Other pronouns and possessives, by the person each stands for: "her" and "she" are one."""
    light: str
    """Words that two statements may differ in and say the same: articles, tense, adverbs of time."""
    epithets: str
    """Adjectives that a subject is the same without ("new")."""
    numbers: str
    times: str
    """Words of dates and hours."""
    former: str
    """What says that a subject was one before ("old", "former"), or a clause how things were ("used to")."""
    one_day: str
    """Times of one day or week alone, seen from when it is said ("today", "this Friday")."""
    variants: Mapping[str, str]
    """Words that are compared as another one: other spellings, irregular plurals."""
    attitudes: tuple[str, str]
    """What says that somebody likes what stands behind it, and that he does not."""
    negating: tuple[str, ...]
    """Prefixes that make a word its opposite ("un")."""
    opposites: tuple[tuple[str, ...], ...]
    """Patterns of which only one holds of a thing at a time ("open", "closed")."""
    single: str
    """Attributes of which somebody has one, even in ordinary words ("job", "favourite colour")."""
    many: str
    """Verbs and heads that have many objects side by side, even where "now" stands beside them ("have", "friend")."""
    fields: tuple[tuple[str, str], ...]
    """Matters of which somebody has one state at a time, and the words that speak of it: work, home, partner."""
    verb_final: bool = False
    """Whether what a verb acts on may stand before it ("Ich habe den Golf verkauft")."""
    contrast: str = ""
    """A sentence that denies one value and gives another in its place, `denied` and `given` ("not Leeds, it's
    Harrogate"), or `denied2` and `given2`, where the one that is given may stand first."""
    other: str = ""
    """What says that a subject is another one of its kind ("my other brother"), or one of several."""
    orders: str = ""
    """What has the listener not count with something any more ("scratch the sesame thing")."""
    asked: tuple[tuple[str, str], ...] = ()
    """The matters of `fields`, and the words of a question that asks for one."""
