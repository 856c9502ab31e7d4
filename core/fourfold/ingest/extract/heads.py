"""Says of statements that were found by rules what they are, by the packaged heads: kind, network, how they are
meant, whether they last, what they tell of, and the names in them.

Where the heads are unsure a sentence is a statement, a fact, of the world, and is kept: so it was before they were
asked. In a language that they know nothing of, and of what their model did not read (it cuts long texts off), the
rules' word stands.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from fourfold.ingest.embed import Embedded
from fourfold.ingest.extract.names import names_in
from fourfold.ingest.extract.recognized import with_recognized_names
from fourfold.ingest.extract.shown import shown_part
from fourfold.ingest.extract.statement import Mention, Reading, Statement
from fourfold.ingest.extract.worth import salience
from fourfold.language.attributes import AttributedText, assertions
from fourfold.language.enrichment import enriched
from fourfold.language.modality import confidence_of, without_request
from fourfold.language.name_words import Usage, usage_of
from fourfold.language.ngrams import word_ngrams
from fourfold.language.opinion import opinion_of
from fourfold.language.pack import Language, compiled
from fourfold.language.spelling import as_spelt
from fourfold.language.surface import surface_features
from fourfold.language.text import is_unspaced, sentences
from fourfold.models.packaged.statement_heads import StatementHeads, load_heads
from fourfold.ports import EntityRecognizer, Floats, TokenScores
from fourfold.values.beliefs import Stance
from fourfold.values.statements import Family, Kind
from fourfold.values.units import Modality, Network

_SURE = 0.5
"""Probability from which a head's word is taken: below it the contrary, or all else together, is as likely."""
_MAYBE_STATEMENT = 0.3
"""Probability from which a sentence is taken for a statement: what is hidden from summaries and beliefs should surely
be none. Chosen with the next one on two sets of sentences that readers labelled (docs/adr/0023)."""
_LEAST_STATEMENT = 0.1
"""Probability of being a statement below which nothing is read into a sentence. A guess."""
_SURE_BELIEF = 0.7
"""Probability from which a statement is taken for a belief: a fact that is listed as an opinion is hidden from
whoever asks for facts, and talk has fewer beliefs than the sentences that the heads were fitted to."""
_SURE_MEANT = 0.35
"""The same of how one is meant, of five ways. Chosen on the same sets."""
_SURE_FAMILY = 0.35
"""The same of what a statement tells of, of twenty things. A guess."""
_SURE_JUDGEMENT = 0.3
"""The same for one that begins as a judgement does ("I think"). A guess."""
_SURE_ASKED = 0.75
"""Probability from which a question that names no listener is taken for something asked from now on: most are asked
once ("should I ask Greg about that too?"). A guess."""
_MEANT_LANGUAGE = "en"
"""The language in which the heads' word on how a sentence is meant is taken. In the others they tell it better than
its wording as well (docs/adr/0023), but what replaces what rests on the wording there, and that was not measured."""
_UNSPACED = "zh"
"""The language whose heads read a text in Chinese characters, whatever its bank's is: the first words of a
conversation do not tell that, and to the English ones they look like code."""
_EXPOSITION = "exposition"
"""A kind of the heads': what an assistant explains."""
_CONFIDENCE = {"1": 0.5, "2": 0.7, "3": 0.9}
"""How sure the speaker of a belief is, by the strength that the heads tell: as the wordings "I guess", "I think" and
"I'm sure" (`language.modality`)."""

_TELLING = (Kind.STATEMENT, Kind.REQUEST)
"""Kinds that may tell something lasting: what is asked for often says what for."""
_SENTENCE_HEADS = ("kind", "network", "modality", "lasting", "worth", "alone", "line", "family", "strength")


def typed(
    statements: Sequence[Statement],
    embedded: Sequence[Embedded],
    language: Language,
    known_names: Collection[str] = (),
    recognizer: EntityRecognizer | None = None,
) -> list[Statement]:
    """Returns the statements as the heads read them, with the names that `recognizer` finds, where there is one.
    `known_names` are casefolded names of the bank."""
    read = _read(statements, embedded, language, known_names)
    return read if recognizer is None else with_recognized_names(read, recognizer)


def _read(
    statements: Sequence[Statement],
    embedded: Sequence[Embedded],
    language: Language,
    known_names: Collection[str],
) -> list[Statement]:
    packaged = load_heads()
    heads = packaged.of_language(language.code)
    if heads is None:
        return list(statements)
    unspaced_heads = packaged.of_language(_UNSPACED) or heads
    speakers = {part.casefold() for s in statements if s.speaker for part in s.speaker.split()}
    texts = dict.fromkeys(s.passage or s.text for s in statements)
    usage = enriched("names", "", Usage(), usage_of, texts, speakers | set(known_names))
    return [
        statement
        if vectors.scores is None or not len(vectors.scores.rows)
        else enriched(
            "statements",
            statement.text,
            statement,
            _typed,
            statement,
            vectors.scores,
            unspaced_heads if is_unspaced(statement.text) else heads,
            language,
            usage,
        )
        for statement, vectors in zip(statements, embedded, strict=True)
    ]


def _typed(
    statement: Statement, scores: TokenScores, heads: StatementHeads, language: Language, usage: Usage
) -> Statement:
    by_agent = statement.network is Network.EXPERIENCE
    reader = _SentenceReader(statement.text, scores, heads, language, by_agent)
    readings = tuple(reader.read())
    code_spans = [(r.start, r.end) for r in readings if r.kind is Kind.CODE]
    names = names_in(statement, scores, heads, language, usage, code_spans)
    speaker = [mention for mention in statement.mentions[:1] if mention.name == statement.speaker]
    mentions = {m.name: m for m in (*speaker, *names)}
    telling = _with_rules(_telling(readings), statement, language)
    if _introduces(telling, statement.text, names, language):
        telling = shown = _introducing(telling)
    else:
        shown = shown_part(statement.text, telling, reader.tell, language)
    span = (shown.start, shown.end)
    if span != (telling.start, telling.end):
        # What is shown says how the statement is meant: "I'm a nurse, and I took the day off" lasts.
        part = _with_rules(reader.reading(*span), statement, language)
        shown = replace(part, salience=shown.salience) if part.kind is Kind.STATEMENT else shown
    return replace(
        statement,
        mentions=tuple(mentions.values()),
        readings=tuple(telling if reading.start == telling.start else reading for reading in readings),
        kind=shown.kind,
        network=shown.network,
        modality=shown.modality,
        confidence=shown.confidence,
        is_lasting=shown.is_lasting and shown.kind in _TELLING,
        family=shown.family,
        salience=shown.salience,
        telling=None if span == (0, len(statement.text)) else span,
    )


def _with_rules(reading: Reading, statement: Statement, language: Language) -> Reading:
    """Returns what the heads say of the sentence that tells what a statement is, but where the rules know better:
    what is quoted or drafted, what an assistant is told to remember, what gives an attribute a value, how sure a
    wording says one is; and in languages other than English, how it is meant (docs/adr/0023)."""
    if statement.modality is Modality.QUOTE:
        network = Network.EXPERIENCE if reading.network is Network.EXPERIENCE else Network.WORLD
        return replace(reading, modality=Modality.QUOTE, network=network, confidence=None)
    text = statement.text[reading.start : reading.end]
    if reading.kind is Kind.CODE and _is_note(text, language):
        reading = replace(reading, kind=Kind.STATEMENT)
    reading = _with_opinion(reading, text, language)
    if reading.network is Network.BELIEF and statement.confidence is not None:
        reading = replace(reading, confidence=statement.confidence)
    told = without_request(text, language)
    is_told = told != text or statement.modality is not Modality.QUESTION
    if is_told and (told != text or assertions(AttributedText(told, statement.speaker))):
        modality = Modality.FACT if statement.modality is Modality.QUESTION else statement.modality
        return replace(reading, kind=Kind.STATEMENT, modality=modality)
    is_standing = reading.kind is Kind.REQUEST and reading.is_lasting  # a question in form alone
    if language.code != _MEANT_LANGUAGE and reading.modality is not Modality.QUESTION and not is_standing:
        return replace(reading, modality=statement.modality)
    return reading


def _is_note(text: str, language: Language) -> bool:
    """Tells whether a text of little more than a value begins as speech does, with a correction ("*600"), a word that
    no code has ("new number: 0770") or what it is of, and has no other sign of code."""
    grammar = language.succession
    if grammar is None:
        return False
    begin = compiled(rf"{grammar.correction}|{grammar.new}|{grammar.own}").match(text)
    is_speech = begin is not None and begin.end() > 0
    if not is_speech:  # "wifi password is kartoffel-77"
        begin = compiled(rf"\w+(?: \w+){{0,3}} (?:{grammar.copulas}) ").match(text)
    return begin is not None and _CODE_CHARACTER.search(text, begin.end()) is None


def _with_opinion(reading: Reading, text: str, language: Language) -> Reading:
    """Returns a reading as what a sentence judges makes of it: praise of the listener is no belief; "I love hiking"
    and "I find Java great" are, which outside of English the heads take for small talk (docs/adr/0025)."""
    may_be_told = language.code != _MEANT_LANGUAGE and reading.kind in _MISTAKEN
    if reading.network is Network.EXPERIENCE or not (reading.network is Network.BELIEF or may_be_told):
        return reading
    opinion = enriched("beliefs", text, None, opinion_of, text, language)
    if opinion is None:
        return reading
    if opinion.is_of_listener and reading.network is Network.BELIEF:
        return replace(reading, network=Network.WORLD, confidence=None)
    is_worded = confidence_of(text, language) is not None and opinion.stance is not Stance.UNCLEAR
    is_told = opinion.is_taste or (is_worded and bool(opinion.about) and not opinion.is_of_listener)
    if is_told and may_be_told and reading.network is not Network.BELIEF:
        held = _CONFIDENCE["2"]
        return replace(reading, kind=Kind.STATEMENT, network=Network.BELIEF, is_lasting=True, confidence=held)
    return reading


_MISTAKEN = (Kind.STATEMENT, Kind.SMALLTALK)
"""Kinds that the heads take a short statement of taste for."""


def _introduces(reading: Reading, text: str, names: Sequence[Mention], language: Language) -> bool:
    """Tells whether somebody says his own name, which is among `names`: "I'm Craig, a developer"."""
    people = tuple(mention.name for mention in names if mention.kind == "person")
    if not people or reading.modality is Modality.QUOTE:
        return False
    copulas = language.succession.copulas if language.succession is not None else "(?!)"
    subject = language.speaker_as_subject or "(?!)"
    begin = compiled(rf"\W*(?:{subject})(?:['’]m|\s+(?:{copulas}))\s+").match(
        text, reading.start, reading.end
    )
    return begin is not None and text.startswith(people, begin.end())


def _introducing(reading: Reading) -> Reading:
    """Returns the reading of a sentence in which somebody says his name: nothing is more worth knowing of him."""
    return replace(
        reading,
        kind=Kind.STATEMENT,
        modality=Modality.FACT,
        is_lasting=True,
        family=Family.IDENTITY.value,
        salience=1.0,
    )


def _telling(readings: Sequence[Reading]) -> Reading:
    """Returns the sentence that says what a statement of several is: of those that tell something, the one that is
    most worth knowing, else the first one."""
    told = [reading for reading in readings if _tells(reading)]
    return max(told, key=lambda reading: reading.salience or 0.0, default=readings[0])


def _tells(reading: Reading) -> bool:
    return reading.kind is Kind.STATEMENT or (reading.kind is Kind.REQUEST and reading.is_lasting)


@dataclass(frozen=True, slots=True)
class _SentenceReader:
    """Reads the sentences of one text, whose tokens have these scores."""

    text: str
    scores: TokenScores
    heads: StatementHeads
    language: Language
    by_agent: bool

    def read(self) -> Iterator[Reading]:
        """Yields what the heads say of each sentence."""
        for start, end in sentences(self.text) or [(0, len(self.text))]:
            for part in self._parted(start, end):
                yield self.reading(*part)

    def reading(self, start: int, end: int) -> Reading:
        """Returns what the heads say of `[start, end)` of the text."""
        text, told = self.text[start:end], self.tell(start, end)
        is_judgement = confidence_of(text, self.language) is not None
        is_to_listener = compiled(self.language.second_person or "(?!)").search(text) is not None
        reading = _reading(start, end, told, self.by_agent, is_judgement, is_to_listener)
        return replace(reading, salience=salience(text, told, self.language))

    def tell(self, start: int, end: int) -> dict[str, dict[str, float]]:
        """Returns the probabilities of each class of each head for `[start, end)` of the text."""
        scores = self._scores(start, end)
        return {head: self.heads.probabilities(head, scores) for head in _SENTENCE_HEADS}

    def _scores(self, start: int, end: int) -> Floats:
        text = as_spelt(self.text[start:end], self.language)
        surface = surface_features(text, self.language, self.by_agent)
        return self.heads.sentence_scores(self.scores.within(start, end), surface, word_ngrams(text))

    def _parted(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yields a sentence, parted where speech goes over into code: what is pasted behind "here it is:" ends in no
        full stop, and may have lost its line breaks."""
        if len(_CODE_CHARACTER.findall(self.text, start, end)) >= _LEAST_CODE:
            for match in islice(_PAUSE.finditer(self.text, start, end), _MOST_PAUSES):
                border = match.end()
                if self._is_code(border, end) and not self._is_code(start, border):
                    yield start, match.start() + 1
                    yield border, end
                    return
        yield start, end

    def _is_code(self, start: int, end: int) -> bool:
        return _kind(self.heads.probabilities("kind", self._scores(start, end))) == Kind.CODE


_CODE_CHARACTER = re.compile(r"[{}<>=;_/\\|#*`$]|(?<!\s)\(|\)(?!\s)")
"""What code has more of than speech; the brackets of speech have a blank around them ("Emil (8) and Frida")."""
_LEAST_CODE = 4
_PAUSE = re.compile(r"[.?!:]\s+")
_MOST_PAUSES = 12
"""Characters of code in a sentence from which it is looked at for code, and pauses of speech that it is looked for
behind. Guesses, not measured."""


def _reading(
    start: int,
    end: int,
    told: dict[str, dict[str, float]],
    by_agent: bool,
    is_judgement: bool,
    is_to_listener: bool,
) -> Reading:
    # What the listener is told to do from now on is a lasting thing to know of whoever says it.
    likeliest = _kind(told["kind"])
    least = _SURE_ASKED if likeliest == Kind.QUESTION and not is_to_listener else _SURE
    is_standing = not by_agent and told["worth"]["instruction"] > least
    likeliest = Kind.REQUEST.value if is_standing else likeliest
    kind = Kind.STATEMENT if likeliest == _EXPOSITION else Kind(likeliest)
    is_statement = kind is Kind.STATEMENT
    # Of "yes" nothing tells how it is meant.
    may_tell = kind is not Kind.QUESTION and told["kind"][Kind.STATEMENT.value] > _LEAST_STATEMENT
    sure_belief = _SURE_JUDGEMENT if is_judgement else _SURE_BELIEF
    is_belief = is_statement and not by_agent and told["network"]["belief"] > sure_belief
    strength = max(told["strength"], key=told["strength"].__getitem__)
    return Reading(
        start=start,
        end=end,
        kind=kind,
        network=Network.EXPERIENCE if by_agent else Network.BELIEF if is_belief else Network.WORLD,
        modality=_meant(told["modality"]) if may_tell else _ASKED.get(kind, Modality.FACT),
        is_lasting=is_standing if kind is Kind.REQUEST else told["lasting"]["lasting"] > _SURE,
        family=_likeliest(told["family"], "", _SURE_FAMILY) if is_statement else "",
        confidence=_CONFIDENCE[strength] if is_belief else None,
        salience=None,
    )


def _kind(probabilities: dict[str, float]) -> str:
    """Returns the kind of a sentence: a statement, or explained, unless it is likelier that it is neither."""
    told = {name: probabilities[name] for name in (Kind.STATEMENT.value, _EXPOSITION)}
    others = {name: share for name, share in probabilities.items() if name not in told}
    of_these = told if sum(told.values()) >= _MAYBE_STATEMENT else others
    return max(of_these, key=of_these.__getitem__)


_ASKED = {Kind.QUESTION: Modality.QUESTION}


def _likeliest(probabilities: dict[str, float], unsure: str, sure: float = _SURE) -> str:
    best = max(probabilities, key=probabilities.__getitem__)
    return best if probabilities[best] > sure else unsure


def _meant(probabilities: dict[str, float]) -> Modality:
    """Returns how a sentence is meant: a fact where that is not clear. What quotes the rules tell."""
    best = _likeliest(probabilities, Modality.FACT.value, _SURE_MEANT)
    return Modality.FACT if best == Modality.QUOTE.value else Modality(best)
