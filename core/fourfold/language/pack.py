"""What one language brings: the form that each file of `fourfold.language.packs` fills in.

A pack is data. Its patterns are regular expressions as text, which `compiled` compiles at their first use, all
without regard to case: where the case matters a pattern says so itself (`case_sensitive`). All but the code and the
name may be left out; what is missed then stands below each field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from fourfold.language.clause_grammar import ClauseGrammar
from fourfold.language.opinion_grammar import OpinionGrammar
from fourfold.language.succession_grammar import SuccessionGrammar


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Returns the pattern of a pack, compiled once a process. That of a field left out ("") fits nothing."""
    return re.compile(pattern or _NEVER, re.IGNORECASE)


_NEVER = r"(?!)"


def search(pattern: str, text: str) -> re.Match[str] | None:
    """Returns what `compiled(pattern).search(text)` does, some three times as fast where it can; but what the match
    holds may be in small letters: it tells whether and where."""
    # To go without case costs the engine its shortcuts: so a text in small letters is looked through instead.
    small_text, small_pattern = _in_small_letters(text), _for_small_letters(pattern)
    if small_text is None or small_pattern is None:
        return compiled(pattern).search(text)
    return small_pattern.search(small_text)


@lru_cache(maxsize=256)  # a clause is looked through for one pattern after another
def _in_small_letters(text: str) -> str | None:
    """Returns `text` in small letters; None where a letter has another form than these two."""
    return text.lower() if text.isascii() or _TWO_FORMS.fullmatch(text) else None


@cache
def _for_small_letters(pattern: str) -> re.Pattern[str] | None:
    """Returns the pattern for texts in small letters; None for one that depends on the case of a letter."""
    letters = _ESCAPE.sub("", pattern)
    if _FLAGS.search(pattern) or letters != letters.lower() or not _TWO_FORMS.fullmatch(pattern):
        return None
    return re.compile(pattern or _NEVER)


_ESCAPE = re.compile(r"\\.|\(\?P[<=]")
_FLAGS = re.compile(r"\(\?[a-zA-Z-]+[:)]|\\[xuUN]")
"""Flags, and escapes that may stand for any letter."""
_TWO_FORMS = re.compile(
    r"[\x00-\xb4\xb6-\xff\u0152\u0153\u2010-\u203a\u20ac\u3000-\u30ff\u3400-\u9fff\uff01-\uff20]*"
)
"""Characters without case, and letters of two forms: there are none in Latin-1 but the micro sign, which is a Greek
letter too, and Chinese has no case."""


def case_sensitive(pattern: str) -> str:
    """Returns a pattern for which upper and lower case differ."""
    return f"(?-i:{pattern})"


@dataclass(frozen=True, slots=True)
class Wording:
    """Patterns that tell how a sentence is meant. The first of `hypothetical`, `wish`, `plan` that is found in it
    decides. `judgement` fits at its start what begins a judgement ("I think"), in one of five named groups that say
    how sure the speaker is: `sure`, `firm`, `held`, `weak`, or `doubt`, which judges the contrary."""

    hypothetical: str
    wish: str
    plan: str
    judgement: str


NUMBER_SLOTS = {"day": r"[0-3]?\d", "year": r"(?:18|19|20)\d\d", "number": r"\d{1,2}", "short": r"\d\d"}
"""What the slots of a date rule that need no words stand for."""
DATE_SLOT = re.compile(r"\{([a-z]+)(\d?)\}")


@dataclass(frozen=True, slots=True, eq=False)
class DateGrammar:
    """Phrases of time, told in English: `fourfold.language.dates.phrases` says how rules are written.

    `words` are, by kind, patterns of words and what they are in English. The kinds are free; those of our packs are
    "month", "weekday", "season", "unit", "count", "which" (last, this, next), "part" (early, mid, late), "holiday".
    `rules` are pairs of a pattern of a phrase, with slots for kinds of words and for numbers (`NUMBER_SLOTS`), and
    its English, longer phrases first; a phrase whose English is no time of English's grammar is none. Dates in digits
    need no rule. `spaced` is False for a script without blanks between words.
    """

    words: Mapping[str, Mapping[str, str]]
    rules: tuple[tuple[str, str], ...]
    spaced: bool = True


@dataclass(frozen=True, slots=True)
class TenseGrammar:
    """Verb forms by which `fourfold.language.dates.tense` tells whether a time is past or to come: closed classes
    (auxiliaries, irregular forms, endings, prepositions), no events. A field left out fits nothing."""

    past: str
    """Forms that tell of what was."""
    future: str
    """Forms that tell of what will be, or is: these are looked for first, so that a participle which belongs to one
    ("will be closed") is no past."""
    neither: str = ""
    """What looks like a form and is none ("the updated draft"): looked for before the others."""
    either: str = ""
    """Forms that are present and past alike: looked for last."""
    border: str = r"[,:;()–—]"
    """What parts two clauses."""
    deadline: str = ""
    """Prepositions of a term ("until"), which lies ahead even where somebody has promised something by then."""
    infinitive: str = ""
    """What is still to be done by such a term ("to send it")."""
    ahead: str = ""
    """Prepositions of what was arranged for a time ("for")."""
    arranged: str = ""
    """Verbs of arranging, done by now, whose object mostly is not: such a time is the nearest."""
    engaged: str = ""
    """Those of them whose object takes place at the time beside it ("booked a trip in May"), which so lies ahead."""
    goal: str = ""
    """What stands, up to a time, before the one that something was put to ("moved to"), which so lies ahead. In a
    group `alone`: only where the time is no part of a noun phrase ("went to Easter mass")."""
    denied: str = ""
    """What denies the time that stands behind it ("not on")."""
    corrected: str = ""
    """What stands between a time and the one that is meant in its place ("on Tuesday, no, Wednesday")."""
    verbless: str = ""
    """A clause, up to a time at its end, that leaves its verb to the one before ("two glasses at the party")."""
    recurring: str = ""
    """What makes of a day or a month one of many ("every year")."""
    habitual: str = ""
    """What does so where nothing tells of the past, in a group `habit` ("usually", "I like hiking"); what is found
    outside of that group only looks like it ("I'd like to go")."""


@dataclass(frozen=True, slots=True)
class StanceGrammar:
    """What `fourfold.language.stance` takes a sentence apart with: patterns, and words of praise and blame."""

    clause_border: str
    """What parts two clauses."""
    liking: str
    """A verb whose object is what the clause is about: "I love hiking"."""
    after_object: str
    """What ends that object."""
    copula: str
    """What parts what a clause is about from what it says of it."""
    owning: frozenset[str]
    """Copulas that say what something has, so that it belongs to what the clause is about ("the car has a good
    radio")."""
    to_others: str
    """What makes a clause about something that only its context tells: "you", "it is"."""
    possessor: str
    """A name that only says whose something is: "Mara's car" is not Mara."""
    no_denial: str
    """Phrases with a word that denies which deny nothing ("no doubt")."""
    formerly: str
    """What says that something is no longer so, which denies it."""
    disliked: str
    """Phrases that mean `hate`."""
    hate: str
    """The word that such a phrase is replaced by."""
    hedged: str
    """What makes a clause half meant."""
    first_person: str
    """The speaker in a belief: who else speaks does not change it."""
    praise: frozenset[str]
    blame: frozenset[str]
    empty: frozenset[str]
    """Words that say nothing of what a clause is about, besides those of praise and blame."""


@dataclass(frozen=True, slots=True)
class AttributeGrammar:
    """What `fourfold.language.attributes` reads the values of attributes with. In all patterns `s` is the subject,
    `r` the relation or the attribute, and `v` the value."""

    single_valued: frozenset[str]
    """Head nouns of attributes that have one value at a time ("capital")."""
    many_valued: frozenset[str]
    """Head nouns of attributes that may have many ("friend")."""
    always_single: str
    """What begins an attribute that has one value whatever its head noun is ("favorite ")."""
    lead_in: str
    """What may stand before a statement and changes nothing."""
    past: str
    """What shows that a statement tells of the past, or denies."""
    trailer: str
    """What may stand behind a value and is no part of it ("since May")."""
    limits: str
    """What limits a value to some of the time, or puts it beside another ("on Fridays", "for a week", "too")."""
    states: tuple[tuple[str, str, bool], ...]
    """Patterns of whole statements, with the attribute that each gives a value, and whether that has one at a
    time."""
    moves: str
    """A move from one home to another, if `v` is a place: people move to tools and teams as well. `home` is a wording
    that speaks of a home alone ("relocated"), `from` the place left."""
    after_place: str
    """What may stand behind a place and is no part of it ("with my brother")."""
    places: frozenset[str]
    """Names of places in a script that the time zone database is not written in."""
    relations: tuple[str, ...]
    """Patterns of relations that mostly have one value ("was written by"): never sure."""
    own: str
    """The attribute `r` of the speaker: "my `r` is `v`"."""
    possessed: str
    """ "`s`'s `r` is `v`"."""
    of_subject: str
    """ "The `r` of `s` is `v`"."""
    definite: str
    """ "The `r` is `v`"."""
    holder: str
    """ "`v` is the `r` of `s`"."""
    epithets: str
    """Adjectives that an attribute is the same without ("new")."""
    spellings: tuple[str, str]
    """A word that is written in two ways within attributes, and the way to write it."""
    head_end: str
    """What the head noun of an attribute ends before ("of")."""
    placed: str
    """What may stand before a place that is a value ("located in")."""
    class_phrase: str
    """What names only the kind of a value ("the city of")."""
    determiner: str
    article: str
    remark: str
    """Values that are remarks ("so kind", "great")."""
    circumstance: str
    """What begins a circumstance, which is no value beside one that is one ("in Rome", "due on Friday")."""
    origin: str
    """Adjectives of where somebody or something is from, with a capital, that are no names."""
    origin_valued: str
    """Attributes, as they stand in a key, whose values are such adjectives ("language")."""
    conjunction: str
    """What joins two values: "and"."""
    speaker_forms: frozenset[str]
    """Subjects that are the speaker, normalised."""
    own_subject: str
    """A subject that belongs to the speaker ("my sister"), up to its first word."""
    other_subject: str
    """A subject that only its context tells ("her house")."""
    pronouns: frozenset[str]
    verbal_end: str
    """What shows that a match cut a sentence in two: its subject ends in a verb."""


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """A language. Two are the same only if they are the same object: `fourfold.language.languages` has each once."""

    code: str
    """ISO 639-1."""
    name: str
    """In English."""
    stemmer: str = ""
    """Snowball's stemmer for it, one of `Stemmer.algorithms()` ("dutch"); without one, words are looked for as they
    are written."""
    stop_words: frozenset[str] = frozenset()
    """Words without a meaning of their own; without them, what is frequent in the bank counts little."""
    negation: str = ""
    """What denies; without it, no paraphrase is taken for the same statement."""
    noun_capitals: bool = False
    noun_determiners: str = ""
    """Whether all nouns have a capital, so that it makes no name; then, what stands before one that is no name."""
    elided: str = ""
    """What may be left of a word before an apostrophe and the next word ("l'école")."""
    contractions: str = ""
    """What stands before the apostrophe of a contraction that people write without it ("don" in "dont"), with a look
    at the rest: words that are others without it ("were", "its") are none."""
    contracted: frozenset[str] = frozenset()
    """Words, in small letters, of which one stands in any text that `contractions` fits: they are found faster."""
    possessive: str = ""
    """What a name that owns something ends in behind an apostrophe."""
    abbreviations: str = ""
    """Abbreviations that end in a point, without it: these end no sentence. With the case as written."""
    months_after_point: str = ""
    """Beginnings of months that may follow a day with a point ("5. Mai"), which ends no sentence then."""
    number_words: str = ""
    """Numbers and amounts in words, without which a statement that has no digits counts nothing."""
    relation_words: frozenset[str] = frozenset()
    """Words that put what follows them into a relation ("from", "than"): two statements differ if that differs."""

    # What follows is looked for whatever the language of the bank is: people mix them.
    asks_when: str = ""
    asks_count: str = ""
    asks_name: str = ""
    asks_before: str = ""
    asks_first: str = ""
    asks_last: str = ""
    """What shows that a question asks for a time, for a number, for somebody or some place, for what was before, for
    the first or the last of several times."""
    asks_often: str = ""
    """What asks how many times: each of them is an answer."""
    asks_place: str = ""
    asks_called: str = ""
    """What shows that it asks how somebody or something is called."""
    asks_work: str = ""
    """The same of what somebody does for a living, where none of its words says so ("What does Ana do?")."""
    asks_kind: str = ""
    """What stands before the words that say of what kind the answer is ("which")."""
    asks_measure: str = ""
    """What stands before the word that says what is measured ("how" in "how tall")."""
    determiners: str = ""
    """What stands before a noun, with the blank between."""
    question_words: str = ""
    """Words that only ask, and are no stop words ("wovor")."""

    told_to_remember: str = ""
    """What stands before something that an assistant is told to remember ("Please note that"): what follows is what
    the speaker says."""
    first_person: str = ""
    second_person: str = ""
    """The words of a speaker for himself, and for whom he speaks to: what a summary of somebody goes by."""
    speaker_as_subject: str = ""
    """The pronouns of a speaker who tells of himself, not of what or who is his ("I", not "my friend")."""
    interjections: str = ""
    """What may stand before the name of somebody who is called ("hey Ana")."""
    small_talk: frozenset[str] = frozenset()
    """Words of greetings, thanks, yes and no: a short message of such words alone needs no memory."""
    preference: str = ""
    """What shows that somebody prefers something, for the core profile."""
    passing_wish: str = ""
    """What shows that this is of the moment, or of another."""

    no_names: frozenset[str] = frozenset()
    """Words that have a capital at the start of a sentence and are no names, casefolded, with ' as apostrophe.
    Without them, those are the stop words."""
    quotation: str = ""
    """What shows that a sentence quotes somebody: a verb of saying, and a quotation mark."""
    drafted: str = ""
    """What asks, at the start of a sentence, for a text to be written, translated or set right."""
    enacted: str = ""
    """What asks, at the start of a sentence, to speak as somebody else ("Act as Bob"): all that follows is theirs."""
    of_others: str = ""
    """What shows that a sentence is said by somebody else, or in a story ("in my novel", "he wrote:")."""
    taken_back: str = ""
    """What says of what stands before it that its speaker does not claim it ("Just kidding!", "Translate that.")."""
    texts: str = ""
    for_another: str = ""
    """Kinds of texts ("email"), and what says before a colon that one is not its speaker's ("for Bob", "this")."""
    tag: str = ""
    that: str = ""
    """What makes a question of a statement that it ends (", right"); the conjunction behind "I think"."""
    preferring: str = ""
    """What shows that the beginning of a judgement is a part of it ("I prefer")."""

    dates: DateGrammar | None = None
    """Without it, only dates in digits are found. English has none: it is what the others are told in."""
    tense: TenseGrammar | None = None
    """Without it, a time without a year is the nearest one."""
    wording: Wording | None = None
    """Without it, what is no question and no quote is a fact, and nothing is a judgement."""
    stance: StanceGrammar | None = None
    """Without it, a sentence is one clause, of its words and whether it denies."""
    attributes: AttributeGrammar | None = None
    """Without it, no statement of this language takes another's place."""
    clauses: ClauseGrammar | None = None
    """Without it, a sentence is one clause to whoever shows what is worth knowing of it."""
    opinion: OpinionGrammar | None = None
    """Without it, the stance of a judgement is never clear."""
    succession: SuccessionGrammar | None = None
    """Without it, no statement of this language stands above an older one of the same matter."""
