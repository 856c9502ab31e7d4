"""`BankEdits`: what is put right by hand in one bank, what was done to it, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from anyio import to_thread

from fourfold import transfer
from fourfold.api.arguments import checks_arguments
from fourfold.api.reads import AnyBank, BankReads
from fourfold.consolidate import core_profile
from fourfold.errors import InputError
from fourfold.govern import edit_entities, edit_units, prune, undo
from fourfold.ingest.bank_options import BankOptions
from fourfold.language.text import clean
from fourfold.ports import Progress
from fourfold.services import Services
from fourfold.validation import check_path, id_of
from fourfold.values.changes import Change, PrunePolicy, PruneResult
from fourfold.values.results import RetainResult
from fourfold.values.units import LONGEST_NAME, Unit


@checks_arguments
class BankEdits(BankReads):
    """The methods of a bank that correct, pin, prune, export and undo. Each change is logged with its reason, and
    can be undone where nothing else is said."""

    def __init__(self, name: str, services: Services, options: BankOptions) -> None:
        super().__init__(name, services)
        self._options = options

    async def edit(self, unit: Unit | str, text: str, *, reason: str = "") -> Change:
        """Replaces a unit by a new one with the text `text` and the same source, time and speaker; an `as_of`
        before the change still finds the old one. Raises `NotFoundError` for a unit that is not current, and
        `InputError`."""
        return await to_thread.run_sync(
            edit_units.replace_unit, self._services, self.name, id_of(unit), [text], reason
        )

    async def merge_entities(self, name: str, *, into: str, reason: str = "") -> Change:
        """Merges two entities, given by their names: `into` keeps its name, the other becomes an alias, and units
        that mention it mention `into`. Raises `NotFoundError` for an entity the bank does not know, `InputError`
        where the two are one already."""
        return await to_thread.run_sync(
            edit_entities.merge_entities, self._services, self.name, name, into, reason
        )

    async def merge_units(self, unit: Unit | str, *, into: Unit | str, reason: str = "") -> Change:
        """Merges two units: `into` stays, and gets the sources of the other. Raises `NotFoundError` for a unit that
        is not current, `InputError` where they are one already."""
        return await to_thread.run_sync(
            edit_units.merge_units, self._services, self.name, id_of(unit), id_of(into), reason
        )

    async def absorb(self, bank: AnyBank, *, progress: Progress | None = None) -> RetainResult:
        """Takes another bank in, of this memory or another: what that holds now is reconciled with what is here, as
        if it were said again, with its sources, times and names; what is in both is there once. The other stays as it
        is. Raises `NotFoundError` for a bank that is not there, `InputError` for this one itself."""
        # Checked at run time too: anything that has a name, as a `BankInfo`, is easily taken for a bank.
        source = getattr(bank, "as_async", None)
        if not isinstance(source, BankReads):
            raise InputError("absorb takes another bank: memory.bank(name).")
        with self._services.working_on(self.name):
            return await to_thread.run_sync(
                transfer.absorb, self._services, self.name, source._services, source.name, progress
            )

    async def split_entity(self, alias: str, *, of: str, reason: str = "") -> Change:
        """Makes `alias`, an alias of the entity `of`, an entity of its own; units that say that name, and no
        other form of the old one's, mention it from then on. Raises `NotFoundError`, and `InputError` for what is no
        alias."""
        return await to_thread.run_sync(
            edit_entities.split_entity, self._services, self.name, alias, of, reason
        )

    async def split_unit(self, unit: Unit | str, *, into: Sequence[str], reason: str = "") -> Change:
        """Replaces a unit by several, with the texts `into`. Raises `NotFoundError`, `InputError`."""
        return await to_thread.run_sync(
            edit_units.replace_unit, self._services, self.name, id_of(unit), into, reason
        )

    async def rename(self, name: str, *, to: str, reason: str = "") -> Change:
        """Renames an entity to `to`; the name it had becomes an alias. Raises `NotFoundError`, and `InputError`
        where another is called so."""
        # How many blanks are between the words of a name is no difference between names.
        new_name = " ".join(clean(to).split())
        if not 0 < len(new_name) <= LONGEST_NAME:
            raise InputError(f"An entity's name has 1 to {LONGEST_NAME} characters.")
        return await to_thread.run_sync(
            edit_entities.rename_entity, self._services, self.name, name, new_name, reason
        )

    async def pin(self, what: Unit | str, *, reason: str = "") -> Change | None:
        """Pins a unit, or the summary of an entity, to the core profile; what is pinned does not fade. Returns None
        where it is pinned already. Raises `NotFoundError` for a unit that is not current, and for an unknown name."""
        return await to_thread.run_sync(
            core_profile.set_pinned, self._services, self.name, id_of(what), True, reason
        )

    async def unpin(self, what: Unit | str, *, reason: str = "") -> Change | None:
        """Takes a pin off; the unit or entity is in the core profile then as any other may be. Returns None where
        it is not pinned. Raises `NotFoundError`."""
        return await to_thread.run_sync(
            core_profile.set_pinned, self._services, self.name, id_of(what), False, reason
        )

    async def prune(
        self, policy: PrunePolicy | None = None, *, dry_run: bool = False, reason: str = ""
    ) -> PruneResult:
        """Archives what has faded by `policy` (default: `PrunePolicy()`), so that it is kept and not recalled, and
        erases what has been archived for longer than the policy says; with `dry_run` says what that would be. An
        archiving can be undone. Raises `InputError`, and `ConfigurationError` where the setting `decay` is off."""
        return await to_thread.run_sync(
            prune.prune, self._services, self.name, policy or PrunePolicy(), dry_run, reason
        )

    async def export(
        self,
        path: str | Path,
        *,
        vectors: bool = True,
        encrypt: str | Path | None = None,
        sign: str | Path | None = None,
        progress: Progress | None = None,
    ) -> Path:
        """Writes all that the bank holds, its history included, to one file (lines of JSON, with a checksum), which
        `Memory.load` reads anywhere; writes to the bank wait meanwhile. Without `vectors` the file is a tenth of the
        size, and loading it embeds anew. `progress` is called with (done, total) units.

        `encrypt` names the file of a key that `fourfold.create_key` made: nothing can be read without it but that the
        file is an encrypted export, its size, and a fingerprint of the key. `sign` names that of a private key that
        `fourfold.create_signing_key` made: whoever has the public one can tell that the owner of the key wrote the
        file, and that it is as it was written.

        Raises `NotFoundError` for a bank that is not there yet, `InputError` where the file cannot be written,
        `ConfigurationError` for a key that cannot be used, or where the package cryptography is not installed."""
        target = check_path(path)
        await to_thread.run_sync(
            transfer.export, self._services, self.name, target, vectors, encrypt, sign, progress
        )
        return target

    async def history(self, unit: Unit | str | None = None, *, limit: int | None = None) -> list[Change]:
        """Returns the changes of the bank, or of one unit, latest first: every write that changed something, with
        what consolidation derived from it. At most `limit` changes. Raises `NotFoundError` for a unit the bank
        never had."""
        if limit is not None and limit <= 0:
            raise InputError(f"limit is {limit}: give a positive number, or None for no bound.")
        # Looked up first: the log goes by whole ids, and a unit that never was is an error rather than no history.
        unit_id = None if unit is None else (await self.unit(id_of(unit))).id
        return await to_thread.run_sync(undo.history, self._services, self.name, unit_id, limit)

    async def undo(self, change: Change | str, *, reason: str = "") -> Change:
        """Takes a change back: what it made is retired, what it changed is as it was, and what rested on it falls or
        comes back. An undo can be undone. Raises `NotFoundError`, and `InputError` where it is undone already, was
        for good (an erasure), or a later change of the same thing stands in the way."""
        change_id = change.id if isinstance(change, Change) else change
        return await to_thread.run_sync(undo.undo, self._services, self.name, change_id, reason)
