"""Pairs of statements that no rule orders and that may tell of one matter all the same: the most likely ones of a
write are looked at once more, by the vectors of their bare texts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from fourfold.ingest.embed import EMBED_BATCH_SIZE
from fourfold.ingest.long_work import until_cancelled
from fourfold.language.succession.beside import may_compete
from fourfold.language.succession.claims import Claim
from fourfold.language.succession.features import StatementReading, pair_features, read_together
from fourfold.models.packaged.change_model import ChangeModel
from fourfold.models.vectors import embed_checked
from fourfold.ports import Embedder, Floats
from fourfold.values.units import Unit

_MOST_LOOKS = 2
"""Pairs of one newer statement that are looked at, the most likely first: each may cost the embedding of a text. A
guess, not measured."""
_FEW_UNITS = 5
_PRIOR = 0.5
"""The model was fitted to pairs of one matter. Of a bank of more than so many units most pairs are of none: where
nothing else says that two belong together, their log-odds lose this times the logarithm of how many times more it
has. Guesses: a whole logarithm would be the prior, if the texts told nothing of being of one matter."""
_LEAST_NEWER, _LEAST_OLDER = 0.02, 0.1
"""Salience below which a newer and an older statement are no pair for a look: thanks and cheers read like changes of
each other, and of what is hardly worth knowing nobody asks how it stands. Of the marks that looks made in five talks
of friends two thirds were of such pairs, of those in pairs that readers wrote as changes a tenth (docs/adr/0021)."""


@dataclass(frozen=True, slots=True)
class Look:
    """A pair that is worth a closer look; `explanation` is what is said where it proves to be a change."""

    newer: Unit
    older: Unit
    features: Floats
    explanation: str
    least: float
    """The log-odds that it needs: more where the two have neither a word in common, but names, nor a matter of
    life."""


@dataclass(slots=True)
class CloserLooks:
    """What is worth a closer look among the statements of one write. `model` is None where an embedder or a language
    has none: then nothing is."""

    model: ChangeModel | None
    units: int
    """How many units the bank has; those of the write are added as they are considered."""
    _looks: list[Look] = field(default_factory=list)
    _of_statement: list[tuple[float, Look]] = field(default_factory=list)
    _leaning: float | None = None
    """What the tokens of the statement that is considered say to the model; None until they are asked."""
    _readings: dict[str, StatementReading] = field(default_factory=dict)

    def consider(
        self,
        newer: tuple[Unit, tuple[Claim, ...]],
        older: tuple[Unit, tuple[Claim, ...]],
        tokens: Floats,
    ) -> None:
        """Notes a pair of units, with their readings, if it is worth a look; `tokens` are the newer's own rows."""
        (newer_unit, claims), (older_unit, older_claims) = newer, older
        if self.model is None or not _are_worth_it(newer_unit, older_unit):
            return
        if not claims or not older_claims or not may_compete(claims, older_claims):
            return
        if self._leaning is None:
            self._leaning = self.model.leaning(tokens)
        features = pair_features(self._reading(newer), self._reading(older))
        score = self.model.worth_a_look(features, self._leaning)
        if score > 0:
            explanation = f'"{claims[0].text}" probably tells of a change of "{older_claims[0].text}"'
            is_far = _are_far(claims, older_claims)
            least = _PRIOR * math.log(max(1.0, self.units / _FEW_UNITS)) if is_far else 0.0
            look = Look(newer_unit, older_unit, features, explanation, least)
            self._of_statement.append((score, look))

    def next_statement(self) -> None:
        """Keeps the most likely pairs of the statement that was considered last."""
        self._of_statement.sort(key=lambda scored: -scored[0])
        self._looks += [look for _, look in self._of_statement[:_MOST_LOOKS]]
        self._of_statement.clear()
        self._leaning = None
        self.units += 1

    def _reading(self, statement: tuple[Unit, tuple[Claim, ...]]) -> StatementReading:
        """Returns what the clauses of a unit say together. Its text never changes, so it is read once a write."""
        unit, claims = statement
        if unit.id not in self._readings:
            self._readings[unit.id] = read_together(claims)
        return self._readings[unit.id]

    def changes(self, embedder: Embedder) -> Iterator[Look]:
        """Yields the pairs whose newer text tells of a change by the vectors of both, in the order in which they were
        considered; forgets them all. Each text is embedded once."""
        looks, self._looks = self._looks, []
        if self.model is None or not looks:
            return
        texts = list(dict.fromkeys(text for look in looks for text in (look.newer.text, look.older.text)))
        vectors: dict[str, Floats] = {}
        for start in until_cancelled(range(0, len(texts), EMBED_BATCH_SIZE)):
            batch = texts[start : start + EMBED_BATCH_SIZE]
            embeddings = embed_checked(embedder, batch)
            vectors |= {text: each.vector for text, each in zip(batch, embeddings, strict=True)}
        for look in looks:
            newer, older = vectors[look.newer.text], vectors[look.older.text]
            log_odds = self.model.tells_of_change(look.features, newer, older)
            if log_odds > look.least:
                yield look


def _are_far(newer: tuple[Claim, ...], older: tuple[Claim, ...]) -> bool:
    a, b = ({word for claim in claims for word in claim.words - claim.names} for claims in (newer, older))
    fields = ({field for claim in claims for field in claim.fields} for claims in (newer, older))
    return not a & b and not set.intersection(*fields)


def _are_worth_it(newer: Unit, older: Unit) -> bool:
    """Whether both tell something; what was not read may."""
    tells_now = newer.salience is None or newer.salience >= _LEAST_NEWER
    return tells_now and (older.salience is None or older.salience >= _LEAST_OLDER)
