"""How units fade and are strengthened, and what is pruned."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest

from fourfold import Bank, ConfigurationError, Hit, InputError, Memory, Message, PrunePolicy, Verdict
from fourfold.settings import load_settings
from fourfold.testing import FrozenClock, HashEmbedder, MemoryStore

DAY = timedelta(days=1)
HARBOUR = "The harbour has a crane."


def hit(bank: Bank, text: str = HARBOUR) -> Hit:
    (found,) = bank.recall(text, limit=1, explain=True).hits
    assert found.unit.text == text
    return found


def texts(bank: Bank) -> list[str]:
    return sorted(unit.text for unit in bank.units())


def test_a_unit_fades_and_each_use_makes_it_fade_more_slowly(bank: Bank, clock: FrozenClock) -> None:
    bank.retain(HARBOUR)
    clock.advance(30 * DAY)
    first = hit(bank).strength
    assert first is not None
    assert first.retention == pytest.approx(math.exp(-1), abs=1e-4)
    assert (first.stability, first.uses) == (30.0, 0)
    bank.consolidate()
    second = hit(bank).strength
    assert second is not None
    assert (second.retention, second.stability, second.uses, second.used_at) == (1.0, 60.0, 1, clock.now())
    clock.advance(30 * DAY)
    third = hit(bank).strength
    assert third is not None
    assert third.retention == pytest.approx(math.exp(-0.5), abs=1e-4)


def test_restated_units_are_stronger(bank: Bank) -> None:
    for document in ("one", "two", "three"):
        bank.retain(HARBOUR, document=document)
    strength = hit(bank).strength
    assert strength is not None
    assert strength.stability == 90.0


def test_the_fresher_of_two_like_units_ranks_first_unless_decay_is_off(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for days, factor in (("30", True), ("none", False)):
        monkeypatch.setenv("FOURFOLD_DECAY", days)
        with Memory(MemoryStore(), HashEmbedder(), clock=FrozenClock(clock.now())) as memory:
            bank, mine = memory.bank("b"), memory._async.services.clock
            assert isinstance(mine, FrozenClock)
            bank.retain([Message("The old boat is blue.", "Ana", at=mine.now() - 200 * DAY)], document="a")
            mine.advance(DAY)
            bank.retain([Message("The new boat is blue.", "Ana", at=mine.now())], document="b")
            hits = bank.recall("The boat is blue.", explain=True).hits
            assert len(hits) == 2
            factors = [found.factors.get("strength") for found in hits]
            assert (None not in factors) == factor
            assert (hits[0].strength is not None) == factor
            if factor:
                assert hits[0].unit.text == "The new boat is blue."
                with pytest.raises(InputError):
                    bank.prune(PrunePolicy(below=2))
            else:
                with pytest.raises(ConfigurationError, match="decay"):
                    bank.prune()


def test_recall_counts_survive_closing_the_memory(tmp_path: object, clock: FrozenClock) -> None:
    for uses in range(3):
        with Memory.open(str(tmp_path), embedder=HashEmbedder(), clock=clock) as memory:
            bank = memory.bank("b")
            bank.retain(HARBOUR, document="d")
            strength = hit(bank).strength
            assert strength is not None
            assert strength.uses == uses


def test_a_moment_answers_with_the_strength_of_then(bank: Bank, clock: FrozenClock) -> None:
    bank.retain(HARBOUR)
    clock.advance(10 * DAY)
    before, then = hit(bank), clock.now()
    clock.advance(DAY)
    bank.consolidate()
    clock.advance(10 * DAY)
    assert hit(bank).strength != before.strength
    assert bank.recall(HARBOUR, limit=1, explain=True, as_of=then).hits[0] == before


def test_pruning_archives_what_has_faded_and_that_is_undone(bank: Bank, clock: FrozenClock) -> None:
    old = bank.retain(HARBOUR, document="d").units[0]
    evidence = bank.retain("Ana gave all her books away.").units[0]
    bank.believe("Ana is generous.", evidence=[evidence])
    pinned = bank.retain("My blood type is rare.").units[0]
    bank.pin(pinned)
    clock.advance(400 * DAY)
    bank.retain("The garden has a well.")
    dry = bank.prune(dry_run=True)
    assert (dry.dry_run, [unit.id for unit in dry.archived]) == (True, [old.id])
    assert HARBOUR in texts(bank)
    done = bank.prune(reason="tidy")
    assert [unit.id for unit in done.archived] == [old.id]
    assert HARBOUR not in texts(bank)
    assert [belief.statement for belief in bank.beliefs()] == ["Ana is generous."]
    change = bank.history(limit=1)[0]
    assert (change.operation, change.reason) == ("prune", "tidy")
    assert bank.prune().archived == ()
    assert bank.retain(HARBOUR, document="d").count(Verdict.ADD) == 0
    bank.undo(change)
    assert hit(bank).unit.id == old.id


def test_units_archived_long_ago_are_erased(memory: Memory, bank: Bank, clock: FrozenClock) -> None:
    old = bank.retain(HARBOUR).units[0]
    clock.advance(400 * DAY)
    bank.retain("The garden has a well.")
    policy = PrunePolicy(delete_after=30)
    assert bank.prune(policy).deleted == ()
    clock.advance(31 * DAY)
    assert bank.prune(policy, dry_run=True).deleted == (old.id,)
    done = bank.prune(policy)
    assert done.deleted == (old.id,)
    assert done.receipt is not None
    assert memory.find_text("crane") == []


def test_a_policy_keeps_the_strongest_and_may_be_narrowed(bank: Bank, clock: FrozenClock) -> None:
    for number in range(4):
        bank.retain(f"Note {number} is about the harbour.", tags=[f"t{number}"])
        clock.advance(DAY)
    clock.advance(400 * DAY)
    assert len(bank.prune(PrunePolicy(keep=3), dry_run=True).archived) == 1
    assert [u.tags for u in bank.prune(PrunePolicy(tags=("t2",))).archived] == [("t2",)]
    assert len(bank.prune(PrunePolicy(below=0.0)).archived) == 0
    assert len(bank.prune(PrunePolicy(keep=2)).archived) == 1
    assert len(texts(bank)) == 2


@pytest.mark.parametrize(
    "policy",
    [
        PrunePolicy(below=-1),
        PrunePolicy(keep=-1),
        PrunePolicy(delete_after=-1),
        PrunePolicy(tags=()),
        PrunePolicy(networks=("belief",)),
    ],
)
def test_a_wrong_prune_policy_is_an_input_error(bank: Bank, policy: PrunePolicy) -> None:
    with pytest.raises(InputError):
        bank.prune(policy)


def test_a_wrong_decay_is_a_configuration_error(monkeypatch: pytest.MonkeyPatch) -> None:
    for days in ("0", "-1", "soon"):
        monkeypatch.setenv("FOURFOLD_DECAY", days)
        with pytest.raises(ConfigurationError, match="decay"):
            load_settings()
