"""The subject of a clause: where it ends, and whom or what it names."""

from __future__ import annotations

from dataclasses import replace

from fourfold.language.pack import Language, compiled
from fourfold.language.succession.claims import CONTRACTED, Claim, Token, stems
from fourfold.language.succession.verbs import has_verb
from fourfold.language.succession_grammar import SuccessionGrammar

_LONGEST_NOUN = 3
"""Words of a subject behind its first, among which its verb is looked for. A guess, not measured."""
_LONGEST_UNSPACED_NOUN = 2
"""Characters behind what looks like a subject that may belong to it, where words have no blanks between them: most
nouns of Chinese have two."""


def end_of_subject(
    tokens: tuple[Token, ...], verb_start: int, language: Language, grammar: SuccessionGrammar
) -> int:
    """Returns where the subject ends: behind a speaker that it begins with, else before the first verb, or else
    behind a pronoun, or before what looks like a verb."""
    if _begins_with_speaker(tokens, language, grammar):
        return 1
    verb = next((i for i, token in enumerate(tokens) if token.start >= verb_start), None)
    copula = next((i for i, token in enumerate(tokens) if token.form == "="), None)
    ends = [i for i in (verb, copula) if i is not None]
    if ends:
        return min(ends)
    if compiled(grammar.speaker_verbs).match(tokens[0].written):
        return 0
    is_pronoun = compiled(grammar.pronouns).fullmatch
    pronoun = next((i for i, token in enumerate(tokens) if is_pronoun(token.written)), None)
    if language.stemmer:
        return _noun_end(tokens, grammar) if pronoun is None else pronoun + 1
    # "我女儿四岁": without a verb, the subject ends where a number begins.
    number = next((i for i, token in enumerate(tokens) if token.kind in ("number", "time")), 1)
    return _noun_end(tokens, grammar) if pronoun != 0 else number


def _begins_with_speaker(tokens: tuple[Token, ...], language: Language, grammar: SuccessionGrammar) -> bool:
    """Tells whether a clause begins with its speaker as its subject, who is alone in it: what stands between him
    and his verb is an adverb, but in "Leo and I", and where there are no blanks between words."""
    if not language.stemmer or compiled(grammar.speakers).fullmatch(tokens[0].written) is None:
        return False
    return len(tokens) < 2 or compiled(grammar.joining).fullmatch(tokens[1].written) is None


def _noun_end(tokens: tuple[Token, ...], grammar: SuccessionGrammar) -> int:
    """Returns where a subject of several words ends that no known verb follows."""
    end = 1 + next((i for i, token in enumerate(tokens) if token.kind != "function"), 0)
    while end < len(tokens) and tokens[end].kind == "name":  # "our dog Bruno sleeps"
        end += 1
    for i, token in enumerate(tokens[end : end + _LONGEST_NOUN], end):
        if token.kind == "function":
            break
        if compiled(grammar.verb_ending).fullmatch(token.written):
            return i
    return end if end < len(tokens) else 0


def read_subject(
    tokens: tuple[Token, ...], language: Language, grammar: SuccessionGrammar
) -> tuple[frozenset[str], frozenset[str]]:
    """Returns a subject: its words with its persons, and the stems of its words."""
    subject: set[str] = set()
    about: set[str] = set()
    is_speaker = False
    for i, token in enumerate(tokens):
        if compiled(grammar.speakers).fullmatch(token.written):
            is_speaker = True
            is_joined = i > 0 and compiled(grammar.joining).fullmatch(tokens[i - 1].written) is not None
            if language.stemmer and not is_joined:  # "since May I work": what stands before is no subject
                subject.clear()
                about.clear()
        elif token.written in grammar.persons:
            subject.add(f"<{grammar.persons[token.written]}>")
        elif token.kind != "function" and not (token.kind in ("time", "number") and grammar.verb_final):
            # As written: to some stemmers "hijo" and "hija" are one.
            subject.add(CONTRACTED.sub("", token.written))
            if token.kind != "time":
                about.add(token.form)
    if all(token.kind in ("function", "remark", "time") for token in tokens):
        about.clear()  # "good to see you" is about nothing
    if is_speaker and not about:
        return frozenset({"<speaker>"}), frozenset()
    return frozenset(subject), frozenset(about)


def with_whole_subject(claim: Claim, language: Language, grammar: SuccessionGrammar) -> Claim:
    """Returns a claim with what may belong to its subject: without blanks, one ends too soon that no known verb
    follows ("我爸爸血压高")."""
    if language.stemmer or has_verb(claim.text, grammar):
        return claim
    behind = claim.tokens[claim.subject_end : claim.subject_end + _LONGEST_UNSPACED_NOUN]
    return replace(claim, subject=claim.subject | stems(behind, ("word",)))
