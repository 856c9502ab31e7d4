"""Reads the claims of a statement, clause by clause, by the grammar of its language. Knows no model, no bank.

A reading is made once a text, in time linear in its length; `rules` compares two of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import islice, takewhile

from fourfold.language.languages import languages, matches_any
from fourfold.language.modality import modality_of, without_request
from fourfold.language.pack import Language, compiled, search
from fourfold.language.spelling import as_spelt
from fourfold.language.succession.claims import (
    ATTITUDE,
    MEANING,
    Claim,
    Mark,
    Token,
    has_any,
    owner_of,
    resolved,
    stems,
    tokens_of,
)
from fourfold.language.succession.subjects import end_of_subject, read_subject, with_whole_subject
from fourfold.language.succession.verbs import has_verb, verbs_in
from fourfold.language.succession_grammar import SuccessionGrammar
from fourfold.language.text import sentences
from fourfold.language.voices import is_borrowed
from fourfold.values.units import Modality


@lru_cache(maxsize=16384)
def read_claims(text: str, language: Language) -> tuple[Claim, ...]:
    """Returns what a statement claims, clause by clause; nothing for questions, wishes, what may be, and what is
    quoted, drafted, translated or imagined. A language without a `SuccessionGrammar` is read as English."""
    claims: list[Claim] = []
    for reader, sentence in _sentences_read(text, language):
        claims.extend(reader.read(sentence, claims[-1] if claims else None))
    return tuple(claims[:_MOST_CLAUSES])


@lru_cache(maxsize=4096)
def matters_of(text: str, language: Language) -> frozenset[str]:
    """Returns the matters of life (`Claim.fields`) that a text speaks of, as `read_claims` reads it."""
    matters = (
        each for reader, sentence in _sentences_read(text, language) for each in reader.matters(sentence)
    )
    return frozenset[str]().union(*islice(matters, _MOST_CLAUSES))


@lru_cache(maxsize=256)
def matters_asked(question: str, language: Language) -> frozenset[str]:
    """Returns the matters of life (`Claim.fields`) that a question asks for."""
    spoken = language if language.succession is not None else languages()["en"]
    grammar = spoken.succession
    return (
        frozenset(name for name, pattern in grammar.asked if search(pattern, question))
        if grammar
        else frozenset()
    )


def _sentences_read(text: str, language: Language) -> Iterator[tuple[_ClaimReader, str]]:
    """Yields the sentences that claim something, as far as they are read, with who reads them. One that only says
    that what follows sets something right ("No wait.") belongs to the next."""
    spoken = language if language.succession is not None else languages()["en"]
    grammar, text = spoken.succession, as_spelt(text, spoken)
    if grammar is None or is_borrowed(text):
        return
    reader = _reader(spoken, grammar)
    correction = ""
    for start, end in sentences(text)[:_MOST_SENTENCES]:
        sentence = f"{correction}{text[start:end]}"[:_LONGEST]
        is_correction = compiled(grammar.correction).fullmatch(sentence.strip()) is not None
        correction = f"{sentence} " if is_correction else ""
        if not is_correction:
            yield reader, sentence


_LONGEST_PASSIVE = 30
"""Characters before a verb in which its auxiliary is looked for. A guess, not measured."""
_LONGEST_PLACE = 6
"""Characters of a place, behind which a clause in Chinese goes on. A guess, not measured."""
_MOST_SENTENCES = 12
_MOST_CLAUSES = 12
_LONGEST = 400
"""Sentences and clauses of a text, and characters of a sentence, that are read. Guesses, not measured."""
_UNSAID = (Modality.QUESTION, Modality.QUOTE, Modality.HYPOTHETICAL, Modality.WISH)
_CODE = re.compile(r"[{}\\`=]|\w\(|\w_\w|;\s*$|^\s*(?:#|//)")
_PARENTHESIS = re.compile(r"(?<=\w) \([^()]{1,60}\)(?= \w)")
"""An aside within a clause ("My car (a 2014 Fiesta) failed")."""
_LABEL = re.compile(r"([^\W\d_][\w'’ -]{1,40}): (?=\S)")
_PAUSE = re.compile(r"[,;–—](?=\s)|[，；]")
_ACTING = Mark.SEEKING | Mark.ENDING | Mark.WITHDRAWAL | Mark.CHANGE | Mark.PLACING
_CHANGING = Mark.CHANGE | Mark.CURRENT
_MOVING = Mark.CHANGE | Mark.PLACING
_ENDS = Mark.ENDING | Mark.WITHDRAWAL
_THINGS = ("it", "this")
"""Persons that stand for a thing, in `SuccessionGrammar.persons`."""


def _values_of(contrast: re.Match[str]) -> tuple[str, str]:
    """Returns the value that a contrast denies, and the one that it gives, in whichever order."""
    groups = contrast.groupdict()
    denied, given = (groups[name] or groups.get(f"{name}2") or "" for name in ("denied", "given"))
    return denied, given


@dataclass(frozen=True, slots=True)
class _ParsedClause:
    """A clause with its words; `subject_end` of them are its subject, `verb_end` is the end of the first verb that
    acts on something, in characters, or -1."""

    text: str
    tokens: tuple[Token, ...]
    subject_end: int
    verb_end: int
    marks: Mark


@dataclass(frozen=True, slots=True, eq=False)
class _ClaimReader:
    """Reads clauses by the grammar of one language."""

    language: Language
    grammar: SuccessionGrammar

    def read(self, sentence: str, previous: Claim | None) -> Iterator[Claim]:
        """Yields the claims of one sentence. A clause without a subject has that of the clause before it, `previous`;
        and "her boss" is the boss of whom that spoke of."""
        for clause, marks in self._stated(sentence):
            claim = self._claim(clause, marks)
            if claim is None:
                continue
            if previous is not None:
                claim = resolved(claim, with_whole_subject(previous, self.language, self.grammar))
            # Of a contrast the two values are read; what is shown is the sentence.
            yield claim if clause in sentence else replace(claim, text=sentence.strip())
            previous = claim

    def matters(self, sentence: str) -> Iterator[frozenset[str]]:
        """Yields the matters of life that each of the claims of a sentence speaks of, without reading the rest."""
        for clause, _ in self._stated(sentence):
            is_settled = search(self.grammar.unsettled, clause) is None
            if is_settled and next(tokens_of(clause, self.language, self.grammar), None) is not None:
                yield self._fields(clause)

    def _fields(self, clause: str) -> frozenset[str]:
        return frozenset(name for name, pattern in self.grammar.fields if search(pattern, clause))

    def _stated(self, sentence: str) -> Iterator[tuple[str, Mark]]:
        """Yields the clauses of a sentence that says something, with the marks that all of them have."""
        grammar = self.grammar
        sentence = without_request(sentence, self.language)
        if self.language.interjections:  # "hey, it's Tasha"; but not "no milk today"
            cries = rf"(?:(?!{grammar.denial})(?:{self.language.interjections})\b[ ,.!]+)++(?=\w)"
            cry = compiled(cries).match(sentence)
            sentence = sentence[cry.end() :] if cry else sentence
        modality = modality_of(sentence, self.language)
        is_asked = sentence.rstrip().endswith(("?", "？")) or matches_any("tag", sentence)
        if modality in _UNSAID or is_asked or _CODE.search(sentence):
            return
        sentence = _PARENTHESIS.sub("", sentence)
        if self.language.elided:
            sentence = compiled(rf"\b({self.language.elided})['’](?=\w{{2}})").sub(r"\1 ", sentence)
        shared = Mark.PLAN if modality is Modality.PLAN else Mark.NONE
        contrast = compiled(grammar.contrast).fullmatch(sentence)
        if contrast:
            denied, given = _values_of(contrast)
            if not has_verb(denied, grammar):
                yield f"{denied} {given}", shared | Mark.CORRECTION | Mark.DENIAL
                return
        correction = compiled(grammar.correction).match(sentence)
        if correction:
            shared |= Mark.CORRECTION
            value, sentence = self._value_first(sentence[correction.end() :])
            if value:
                yield value, shared
        yield from ((clause, shared | marks) for clause, marks in self._clauses(sentence) if clause)

    def _value_first(self, correction: str) -> tuple[str, str]:
        """Returns a value alone that a correction begins with ("Antwerp, not Rotterdam", before ", brain is fried"),
        and what stands behind it; "" and all of it where it begins otherwise."""
        end = correction.find(", ")
        while end >= 0 and not has_verb(correction[:end], self.grammar):
            rest = correction[end + 2 :]
            if has_verb(rest.partition(", ")[0], self.grammar):
                return correction[:end], rest
            end = correction.find(", ", end + 2)
        return "", correction

    def _clauses(self, sentence: str) -> Iterator[tuple[str, Mark]]:
        """Yields the clauses of a sentence, with what stands before one that has no verb. Two subjects without a verb
        between them are one ("Leo and I broke up"); what else has no verb ("last Friday,") is no clause, but where a
        language needs none."""
        if not self.language.stemmer:
            parts = compiled(self.grammar.clause_border).split(sentence)
            yield from ((part.strip(), Mark.NONE) for part in parts if part)
            return
        label = self._end_of_label(sentence)
        borders = [
            match.span()
            for match in compiled(self.grammar.clause_border).finditer(sentence)
            if match.start() != label
        ]
        start, before = 0, Mark.NONE
        for border_start, border_end in [*borders, (len(sentence), len(sentence))]:
            part = sentence[start:border_start].strip()
            is_clause = has_verb(part, self.grammar)
            if is_clause or border_start == len(sentence):
                yield part, before
            before = Mark.NONE if is_clause or not search(self.grammar.one_day, part) else Mark.ONE_DAY
            border = sentence[border_start:border_end].strip(", ")
            is_joined = not is_clause and compiled(self.grammar.joining).fullmatch(border) is not None
            start = start if part and is_joined else border_end

    def _end_of_label(self, clause: str) -> int:
        """Returns where the colon stands that parts a label from its value, as notes have it ("new number: 0770"), of
        which neither has a verb; -1 where there is none."""
        label = _LABEL.match(clause)
        if label is None or has_verb(label[1], self.grammar) or has_verb(clause[label.end() :], self.grammar):
            return -1
        return label.end(1)

    def _claim(self, clause: str, marks: Mark) -> Claim | None:
        parsed = self._parsed(clause, marks)
        if parsed is None:
            return None
        grammar, tokens, subject_end = self.grammar, parsed.tokens, parsed.subject_end
        subject, about = read_subject(tokens[:subject_end], self.language, grammar)
        if not subject and self._is_told_by_speaker(parsed):
            subject = frozenset({"<speaker>"})
        target, aside = self._target(parsed)
        goal, goal_name = self._goal(parsed) if has_any(parsed.marks, _CHANGING) else (frozenset[str](), "")
        fields = self._fields(clause)
        verb_start = tokens[subject_end].start if subject_end < len(tokens) else len(clause)
        many, former = search(grammar.many, clause), search(grammar.former, clause)
        # The subject and its verb; in Chinese there is nothing between words.
        head = tokens[subject_end + 1].start if subject_end + 1 < len(tokens) else len(clause)
        return Claim(
            text=clause,
            tokens=tokens,
            subject_end=subject_end,
            subject=subject,
            about=about,
            owner=owner_of(clause, tokens, subject_end, subject, grammar),
            content=stems(tokens, (*MEANING, "number", "time")),
            words=stems(tokens, MEANING),
            negatives=self._without_negation(tokens),
            remarks=stems(tokens, ("remark",)),
            names=stems([token for token in tokens if not token.is_acronym], ("name",)),
            target=target,
            aside=aside,
            origin=self._behind(parsed, grammar.origins) if has_any(parsed.marks, _CHANGING) else frozenset(),
            goal=goal,
            goal_name=goal_name,
            newly=self._behind(parsed, grammar.new),
            marks=parsed.marks,
            poles=frozenset(self._poles(clause)),
            fields=fields,
            goal_fields=self._goal_fields(clause, goal_name, fields),
            exclusive=search(grammar.exclusive, clause) is not None,
            placed=self._is_placed(tokens, subject_end),
            verb=tokens[subject_end].form if subject_end < len(tokens) else "",
            involves_speaker=self._involves_speaker(
                tokens[0 if about and self.language.stemmer else subject_end :]
            ),
            of_another=bool(about)
            and any(token.written in grammar.persons for token in tokens[subject_end:]),
            is_of_one_day=has_any(marks, Mark.ONE_DAY) or search(grammar.one_day, clause) is not None,
            is_other=search(grammar.other, clause[:verb_start]) is not None,
            is_definite=compiled(rf"\b(?:{self.language.determiners})").search(clause) is not None,
            acts_on_it=any(
                grammar.persons.get(token.written) in _THINGS for token in tokens[subject_end + 1 :]
            ),
            is_former=former is not None and former.start() <= verb_start,
            is_many=many is not None and many.start() < head,
            is_many_verb=compiled(grammar.many).match(clause[verb_start:]) is not None,
            is_single=search(grammar.single, clause[:head]) is not None,
        )

    def _goal_fields(self, clause: str, goal_name: str, fields: frozenset[str]) -> frozenset[str]:
        return fields - self._fields(clause.replace(goal_name, "")) if goal_name else frozenset()

    def _is_told_by_speaker(self, parsed: _ParsedClause) -> bool:
        """Tells whether a clause without a subject is about its speaker: by the form of its verb, or since it begins
        with what was done, as notes do ("sold the car", "moved to York", but not "moved to Friday")."""
        grammar, tokens = self.grammar, parsed.tokens
        if compiled(grammar.speaker_verbs).match(tokens[0].written):
            return True
        if not self.language.stemmer or parsed.subject_end or len(tokens) < 2:
            return False
        if compiled(grammar.past).match(parsed.text) is None:
            return False
        if compiled(grammar.prepositions).fullmatch(tokens[1].written) is None:
            return True
        behind = tokens[2].kind if len(tokens) > 2 else ""
        return behind == "name" or (behind in MEANING and not has_any(parsed.marks, _MOVING))

    def _parsed(self, clause: str, marks: Mark) -> _ParsedClause | None:
        """Returns the words and marks of a clause; None for one that settles nothing, and without words."""
        if search(self.grammar.unsettled, clause):
            return None
        verb_start, acting = len(clause), []
        for mark, start, end in verbs_in(clause, self.grammar):
            marks |= mark
            verb_start = min(verb_start, start)
            if has_any(mark, _ACTING):
                acting.append((start, end))
            if mark is Mark.ENDING and self._is_passive(clause[:start]):
                marks |= Mark.WITHDRAWAL
        tokens = tuple(tokens_of(clause, self.language, self.grammar))
        if acting:
            tokens = tuple(
                token._replace(kind="function") if any(a <= token.start < b for a, b in acting) else token
                for token in tokens
            )
        if not tokens:
            return None
        label = self._end_of_label(clause)
        if label > 0:  # a colon says that one is the other
            place = next((i for i, token in enumerate(tokens) if token.start > label), len(tokens))
            tokens = (*tokens[:place], Token("=", "function", label, ":"), *tokens[place:])
        subject_end = end_of_subject(tokens, verb_start, self.language, self.grammar)
        verb_end = min((end for _, end in acting), default=-1)
        return _ParsedClause(clause, tokens, subject_end, verb_end, self._with_adverbs(clause, marks))

    def _is_passive(self, before: str) -> bool:
        """Tells whether a verb behind `before` is in the passive: "was", "is to be"."""
        return (
            compiled(rf"\b(?:{self.grammar.copulas})\W+(?:\w+\W+)?$").search(before[-_LONGEST_PASSIVE:])
            is not None
        )

    def _with_adverbs(self, clause: str, marks: Mark) -> Mark:
        """Returns the marks with those that are no verbs."""
        grammar = self.grammar
        no_denial = self.language.stance.no_denial if self.language.stance else ""
        plain_clause = compiled(no_denial).sub(" ", clause)
        for mark, pattern in (
            (Mark.CURRENT, grammar.current),
            (Mark.ADDITIVE, grammar.additive),
            (Mark.DENIAL, grammar.denial),
            (Mark.ORDER, grammar.orders),
        ):
            if pattern and search(pattern, plain_clause):
                marks |= mark
        if search(grammar.unfinished, clause):
            marks &= ~Mark.EVENT
        is_denied_end = has_any(marks, Mark.DENIAL) and has_any(marks, _ENDS)
        if is_denied_end and not has_any(marks, Mark.CURRENT):
            return marks & ~(Mark.DENIAL | _ENDS)  # "I won't quit": it goes on
        return marks

    def _involves_speaker(self, tokens: tuple[Token, ...]) -> bool:
        return any(compiled(self.grammar.speakers).fullmatch(token.written) for token in tokens)

    def _without_negation(self, tokens: tuple[Token, ...]) -> frozenset[str]:
        return frozenset(
            token.form[len(prefix) :]
            for token in tokens
            for prefix in self.grammar.negating
            if token.kind in MEANING and token.form.startswith(prefix)
        )

    def _target(self, parsed: _ParsedClause) -> tuple[frozenset[str], frozenset[str]]:
        """Returns the stems of what a verb acts on, up to a pause, and those of what follows that, without times."""
        phrases: list[set[str]] = [set(), set()]
        at = 0
        listed = parsed.text.rfind(self.language.attributes.conjunction) if self.language.attributes else -1
        pause = _PAUSE.search(parsed.text, max(parsed.verb_end, listed, 0))
        for i, token in enumerate(parsed.tokens if parsed.verb_end >= 0 else ()):
            is_before = i < parsed.subject_end if self.grammar.verb_final else token.start < parsed.verb_end
            if is_before or token.kind in ("time", "number"):
                continue
            if phrases[0] and pause is not None and pause.start() < token.start:
                at = 1
            if token.kind != "function":
                phrases[at].add(token.form)
            elif phrases[0] and compiled(self.grammar.prepositions).fullmatch(token.form):
                at = 1
        return frozenset(phrases[0]), frozenset(phrases[1])

    def _behind(self, parsed: _ParsedClause, pattern: str) -> frozenset[str]:
        """Returns the stems between a match and the next word without a meaning of its own."""
        match = search(pattern, parsed.text)
        stems: set[str] = set()
        for token in parsed.tokens:
            if match is None or token.start < match.end():
                continue
            if token.kind == "function":
                break
            stems.add(token.form)
        return frozenset(stems)

    def _goal(self, parsed: _ParsedClause) -> tuple[frozenset[str], str]:
        """Returns the name that something came to: its stems, and as it is written."""
        match = search(self.grammar.goals, parsed.text)
        behind = (token for token in parsed.tokens if match is not None and token.start >= match.end())
        name = list(takewhile(lambda token: token.kind == "name", behind))
        if not name:
            return frozenset(), ""
        written = parsed.text[name[0].start : name[-1].start + len(name[-1].written)]
        return frozenset(token.form for token in name), written

    def _poles(self, clause: str) -> Iterator[tuple[int, int]]:
        if search(_any_pole(self.grammar), clause) is None:
            return
        for side, pattern in enumerate(self.grammar.attitudes):
            if search(pattern, clause):
                yield ATTITUDE, side
        for axis, sides in enumerate(self.grammar.opposites):
            for side, pattern in enumerate(sides):
                if search(pattern, clause):
                    yield axis, side
                    break  # "being shipped" is not shipped yet

    def _is_placed(self, tokens: tuple[Token, ...], subject_end: int) -> bool:
        if len(tokens) < subject_end + 3:
            return False
        if compiled(self.grammar.places).fullmatch(tokens[subject_end].form):
            # In Chinese a verb of its own, unless another one stands behind the place ("在家里陪小猫玩").
            return len(tokens) - subject_end - 1 <= _LONGEST_PLACE
        if tokens[subject_end].form != "=":
            return False
        is_place = compiled(self.grammar.places).fullmatch
        behind, next_token = tokens[subject_end + 1 : subject_end + 3]
        # "is back in", "is parked in"
        is_adverb = behind.kind == "function" or compiled(self.grammar.placings).match(behind.written)
        return is_place(behind.form) is not None or (
            bool(is_adverb) and is_place(next_token.form) is not None
        )


@cache
def _reader(language: Language, grammar: SuccessionGrammar) -> _ClaimReader:
    return _ClaimReader(language, grammar)


@cache
def _any_pole(grammar: SuccessionGrammar) -> str:
    """Returns the pattern that fits where that of some pole does: most clauses have none."""
    patterns = (*grammar.attitudes, *(pattern for sides in grammar.opposites for pattern in sides))
    return "|".join(f"(?:{pattern})" for pattern in patterns)
