"""What a retain brings that its document has not: new messages, and those that say something else than before."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fourfold.index.bank_index import BankIndex
from fourfold.ingest.compare.late_times import add_times
from fourfold.ingest.entries import put_entries
from fourfold.ingest.pending_chunks import chunks_that_changed
from fourfold.ingest.write import DocumentWriter
from fourfold.ports import Store, Where
from fourfold.schema.records import GONE
from fourfold.schema.units import read_unit
from fourfold.services import Services
from fourfold.transaction.redaction import RedactionPolicy, rules_in_force
from fourfold.values.chunks import Chunk
from fourfold.values.units import Message

if TYPE_CHECKING:
    from fourfold.ingest.run import RetainRequest


@dataclass(frozen=True, slots=True)
class DocumentDiff:
    """The difference between a request and what its document has: the rows of the units of messages that are `known`,
    the messages that are `covered` by a chunk, the new ones, the chunks that were `changed` since they quote what is
    gone, and the ids of all messages of the request, and these."""

    known: dict[str, int]
    covered: set[str]
    messages: list[Message]
    changed: list[Chunk]
    all: list[str]
    told: Sequence[Message]
    rewritten: list[str]
    """What is to be told of messages that say something else than the message of their id did."""

    @staticmethod
    def of(
        services: Services, request: RetainRequest, index: BankIndex, messages: Sequence[Message]
    ) -> DocumentDiff:
        """Compares `messages` with the document. The caller holds the index's lock."""
        ids = [str(m.id) for m in messages]
        known = index.known_messages(request.document, ids)
        covered = index.documents.in_chunks(request.document, ids)
        changed: list[Chunk] = []
        rewritten: list[str] = []
        if request.replace:
            changed = chunks_that_changed(services.store, request.bank, request.document, messages)
            where = Where(bank=request.bank, live=True, documents=(request.document,))
            edited = _edited(services.store, where, request, messages).keys() | {
                m for c in changed for m in c.messages
            }
            known = {message: row for message, row in known.items() if message not in edited}
            covered -= edited
        elif known:
            messages, rewritten = _with_rewritten(services, request, index, messages)
            ids = [str(m.id) for m in messages]
            known = index.known_messages(request.document, ids)
        new_messages = [m for m in messages if m.id not in known and m.id not in covered]
        return DocumentDiff(known, covered, new_messages, changed, ids, messages, rewritten)

    def apply(self, writer: DocumentWriter, request: RetainRequest) -> None:
        """Reports what is known, and with `replace` takes away what is gone."""
        known = [message for message in self.told if message.id in self.known]
        add_times(writer.transaction, request.document, known)
        writer.note_known([message for message in self.all if message in self.known])
        if request.replace:
            writer.forget_all_but((set(self.known) | self.covered) & set(self.all))
        for chunk in self.changed:
            writer.put_chunk(chunk, GONE)
        put_entries(writer.transaction, request.document, request.entries, request.replace)


def _with_rewritten(
    services: Services, request: RetainRequest, index: BankIndex, messages: Sequence[Message]
) -> tuple[list[Message], list[str]]:
    """Returns the messages, those with an id of their own that say something else than the message of that id did
    before; and what is to be told of these. To leave them out would lose what they say, and only a caller who
    replaces the document says that the older text is gone."""
    rows = {row for m in messages for row in index.known_units(request.document, str(m.id))}
    where = Where(ids=tuple(index.unit_ids[row] for row in rows))
    edited = _edited(services.store, where, request, messages) if rows else {}
    # What a rule masks by now was written down as it was said, and is no other text.
    policy = RedactionPolicy(rules_in_force(services, index))
    rewritten = {
        m.id
        for m in messages
        if m.id and any(policy.redact(said) not in m.text for said in edited.get(m.id, ()))
    }
    kept = [
        replace(m, id=f"{m.id} {hashlib.sha256(m.text.encode()).hexdigest()[:8]}") if m.id in rewritten else m
        for m in messages
    ]
    told = [
        f'The message "{message}" said something else before: both texts are kept. To have the new one take the '
        f"place of the other, retain the document with replace=True."
        for message in sorted(rewritten)
    ]
    return kept, told


def _edited(
    store: Store, where: Where, request: RetainRequest, messages: Sequence[Message]
) -> dict[str, list[str]]:
    """Returns, by the messages of a document that units `where` quote and that have other words now, the texts of
    these units. Units of a chunk are left out: they have the model's words; see `chunks_that_changed`."""
    texts = {m.id: m.text for m in messages}
    live = map(read_unit, store.scan(where))
    units = [unit for unit in live if not unit.chunk and unit.source.end > unit.source.start]
    edited: dict[str, list[str]] = {}
    for unit in units:
        document, message = unit.source.evidence[0]
        if document != request.document or message not in texts:
            continue
        if texts[message][unit.source.start : unit.source.end] != unit.text:
            edited.setdefault(message, []).append(unit.text)
    return edited
