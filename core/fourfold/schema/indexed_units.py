"""Units as an index reads them: the few fields that it needs, in one step, since it reads every unit of a bank."""

from __future__ import annotations

import marshal
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple

from fourfold.ports import Fields, Point
from fourfold.schema.fields import DOCUMENTS, END, NETWORK, RECORDED, START, TAGS
from fourfold.schema.records import UNKNOWN_TIME
from fourfold.schema.units import parse_retirement
from fourfold.values.units import Retirement


class IndexedUnit(NamedTuple):
    """What an index reads of a unit; each value is as the store has it. Times are epoch seconds, but for
    `mentioned_at`. The order of the fields is that of `_STORED_NAMES`."""

    # A tuple: an index reads one for every unit of a bank, which takes 0.6 us. The constructor of a frozen dataclass
    # sets each of its fields by a call.
    text: str
    speaker: str | None
    network: str
    session: str
    passage: str
    """The stretch of a message that the unit was said in; "" for one that stands by itself."""
    entities: list[str]
    tags: list[str]
    links: list[tuple[str, str, float]]
    """Of each link: the id of the other unit, the kind of the link, its weight."""
    attributes: list[str]
    """The keys of what the text gives a value."""
    documents: list[str]
    messages: list[str]
    """What says the unit: a message of each of `documents`."""
    mentioned_at: str | None
    occurred: list[str | None] | None
    start: float
    end: float
    recorded: float
    retired: float
    """`NEVER` for a unit that holds."""
    retired_by: str | None
    successor: str | None
    """The id of the unit that probably holds in place of this one."""
    modality: str
    question_share: float
    """The share of the text that is questions."""
    has_count: bool
    """Whether the text names a number or an amount."""
    token_estimate: int
    centroids: list[int]
    order: int
    salience: float | None

    def packed(self) -> bytes:
        """Returns the values as bytes, which `unpacked` reads in the same process."""
        # `marshal` takes tuples, but not those of a class.
        return marshal.dumps(self[:])

    @classmethod
    def unpacked(cls, packed: bytes) -> IndexedUnit:
        """Returns the unit that `packed` made these bytes of."""
        return cls._make(marshal.loads(packed))

    @property
    def mentioned(self) -> float:
        """When the unit was said; `UNKNOWN_TIME` where nobody knows."""
        at = self.mentioned_at
        return UNKNOWN_TIME if at is None else datetime.fromisoformat(at).timestamp()

    @property
    def retirement(self) -> Retirement | None:
        """Why the unit was retired; None for one that holds."""
        return parse_retirement(self.retired_by)

    @property
    def place(self) -> tuple[float, int]:
        """The place of the unit among those of its bank: when its write was made, and its number in it."""
        return self.recorded, self.order


_PASSAGE, _SALIENCE = "passage", "salience"
_STORED_NAMES = (
    "text",
    "speaker",
    NETWORK,
    "session",
    _PASSAGE,
    "entities",
    TAGS,
    "links",
    "attributes",
    DOCUMENTS,
    "messages",
    "mentioned_at",
    "occurred",
    START,
    END,
    RECORDED,
    "retired",
    "retired_by",
    "superseded_by",
    "modality",
    "asking",
    "counts",
    "size",
    "codes",
    "order",
    _SALIENCE,
)
"""What the fields of `IndexedUnit` are called in a store."""
_stored_values = itemgetter(*_STORED_NAMES)

READ_INDEXED_UNIT = Fields(terms=True, only=_STORED_NAMES)
"""What `read_indexed_unit` looks at, and the terms, which an index counts."""


def read_indexed_unit(point: Point) -> IndexedUnit:
    """Returns what an index reads of a unit's record."""
    payload = point.payload
    if _SALIENCE not in payload:  # stores are older than these fields
        payload = {_PASSAGE: "", _SALIENCE: None, **payload}
    return IndexedUnit._make(_stored_values(payload))
