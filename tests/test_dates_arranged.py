"""Times of what was arranged, of what is denied, and of clauses that leave their verb to the one before."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fourfold import Memory, Message

SAID = datetime(2026, 11, 16, 10, tzinfo=UTC)
"""A Monday."""


def first_day(memory: Memory, code: str, text: str) -> str | None:
    """Returns the day on which what `text` tells of begins, said on `SAID`, as it is kept with the unit."""
    bank = memory.bank("a", language=code)
    bank.retain([Message(text, "Ana", at=SAID)])
    (occurred,) = {unit.occurred for unit in bank.units()}
    return str(occurred.start)[:10] if occurred else None


@pytest.mark.parametrize(
    ("code", "text", "day"),
    [
        ("en", "The concert got bumped to 12 May.", "2027-05-12"),
        ("en", "Our surgery was brought forward to 8 March.", "2027-03-08"),
        ("en", "We reserved a cottage by the lake in July.", "2027-07-01"),
        ("en", "My sister enrolled in a course on 20 May.", "2027-05-20"),
        ("en", "She got tickets for the opera on 3 March.", "2027-03-03"),
        ("en", "They rented a room, free from February.", "2027-02-01"),
        ("en", "The lease ends as of 14 December.", "2026-12-14"),
        ("de", "Sie haben die Prüfung auf den 12. Mai gelegt.", "2027-05-12"),
        ("de", "Er wurde zu einer Taufe im August eingeladen.", "2027-08-01"),
        ("fr", "Le rendez-vous a été avancé au 3 mars.", "2027-03-03"),
        ("fr", "On a réservé une maison en Bretagne en juillet.", "2027-07-01"),
        ("es", "Cambiaron el examen al 12 de mayo.", "2027-05-12"),
        ("es", "Lo invitaron a una boda en agosto.", "2027-08-01"),
        ("zh", "婚礼改到了六月。", "2027-06-01"),
    ],
)
def test_what_was_arranged_lies_ahead(memory: Memory, code: str, text: str, day: str) -> None:
    assert first_day(memory, code, text) == day


@pytest.mark.parametrize(
    ("code", "text", "day"),
    [
        ("en", "I moved to Berlin in June.", "2026-06-01"),
        ("en", "In May we booked the hotel.", "2026-05-01"),
        ("en", "We went to Easter mass with Grandma.", "2026-04-05"),
        ("en", "I worked there 5 May to 3 June.", "2026-05-05"),
        ("en", "As of September we had no heating.", "2026-09-01"),
        ("de", "Wir haben im März geheiratet.", "2026-03-01"),
        ("fr", "On s'est vus au printemps.", "2026-03-01"),
        ("es", "Trabajé allí del 5 de mayo al 3 de junio.", "2026-05-05"),
        ("zh", "我六月搬到了北京。", "2026-06-01"),
    ],
)
def test_what_was_done_stays_past(memory: Memory, code: str, text: str, day: str) -> None:
    assert first_day(memory, code, text) == day
