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
        ("en", "He signed us up for a race on 12 June.", "2027-06-12"),
        ("de", "Meine Operation wurde auf den 8. März vorgezogen.", "2027-03-08"),
        ("es", "Me inscribí en una carrera el 12 de junio.", "2027-06-12"),
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
        ("en", "I lost my tickets in August.", "2026-08-01"),
        ("en", "We planned the trip in August and left in September.", "2026-08-01"),
        ("en", "We changed the plan on Thursday.", "2026-11-12"),
        ("en", "As of September we had no heating.", "2026-09-01"),
        ("de", "Wir haben im März geheiratet.", "2026-03-01"),
        ("fr", "On s'est vus au printemps.", "2026-03-01"),
        ("es", "Trabajé allí del 5 de mayo al 3 de junio.", "2026-05-05"),
        ("zh", "我六月搬到了北京。", "2026-06-01"),
    ],
)
def test_what_was_done_stays_past(memory: Memory, code: str, text: str, day: str) -> None:
    assert first_day(memory, code, text) == day


@pytest.mark.parametrize(
    ("code", "text", "day"),
    [
        ("en", "The exam is not in April, it is on 5 May.", "2027-05-05"),
        ("en", "Instead of Tuesday we meet on Thursday.", "2026-11-19"),
        ("en", "The party isn't until Friday, but come on Thursday.", "2026-11-20"),
        ("en", "The meeting is not on Tuesday.", "2026-11-17"),
        ("en", "We meet not only on Tuesday but on Thursday too.", "2026-11-17"),
        ("de", "Der Kurs beginnt nicht im Februar, sondern im März.", "2027-03-01"),
        ("de", "Das Essen ist nicht am 3., sondern am 6. Dezember.", "2026-12-06"),
        ("fr", "L'examen n'est plus mardi, c'est jeudi.", "2026-11-19"),
        ("es", "La boda no es el 3 sino el 5 de junio.", "2027-06-05"),
        ("zh", "会议不是周二，是周四。", "2026-11-19"),
    ],
)
def test_a_time_that_is_denied_beside_another_is_not_meant(
    memory: Memory, code: str, text: str, day: str
) -> None:
    assert first_day(memory, code, text) == day


@pytest.mark.parametrize(
    ("code", "text", "day"),
    [
        ("en", "I drank too much: three glasses of wine at the wedding on Saturday.", "2026-11-14"),
        ("en", "We saw Leo, at the market on Saturday.", "2026-11-14"),
        ("de", "Wir haben getanzt, in einem Klub in Mitte am Samstag.", "2026-11-14"),
        ("fr", "J'ai encore fumé, deux cigarettes à la fête samedi.", "2026-11-14"),
        ("es", "Comí tarta, en casa de Ana el sábado.", "2026-11-14"),
        # These have a verb of their own, or are for what is to come.
        ("en", "I've been ill, my sister visits on Friday.", "2026-11-20"),
        ("en", "I bought a dress, for the wedding on Friday.", "2026-11-20"),
        ("de", "Ich habe gekündigt, in der neuen Firma beginne ich am Freitag.", "2026-11-20"),
        ("fr", "J'ai été malade, ma sœur arrive vendredi.", "2026-11-20"),
        ("es", "Estuve enfermo, mi hermana llega el viernes.", "2026-11-20"),
    ],
)
def test_a_clause_without_a_verb_goes_by_the_one_before(
    memory: Memory, code: str, text: str, day: str
) -> None:
    assert first_day(memory, code, text) == day


@pytest.mark.parametrize(
    ("code", "text", "days"),
    [
        ("en", "We're away for Christmas (24 December to 2 January).", ("2026-12-24", "2027-01-03")),
        ("fr", "On est à Rome pour Pâques, du 27 mars au 5 avril.", ("2027-03-27", "2027-04-06")),
        ("en", "Next week on Wednesday I see the dentist.", ("2026-11-25", "2026-11-26")),
        ("de", "Am Mittwoch nächster Woche ist Elternabend.", ("2026-11-25", "2026-11-26")),
        ("es", "El examen es el miércoles de la semana que viene.", ("2026-11-25", "2026-11-26")),
        ("de", "Morgen in zwei Wochen ist Prüfung.", ("2026-12-01", "2026-12-02")),
        ("en", "The show is a week on Friday.", ("2026-11-27", "2026-11-28")),
        ("en", "I have been sober two weeks today.", ("2026-11-16", "2026-11-17")),
        ("en", "She was born a week ago today.", ("2026-11-09", "2026-11-10")),
        ("en", "The letter came two weeks ago Friday.", ("2026-10-30", "2026-10-31")),
    ],
)
def test_a_time_in_two_parts_is_one_time(memory: Memory, code: str, text: str, days: tuple[str, str]) -> None:
    bank = memory.bank("a", language=code)
    bank.retain([Message(text, "Ana", at=SAID)])
    (occurred,) = {unit.occurred for unit in bank.units()}
    assert occurred
    assert (str(occurred.start)[:10], str(occurred.end)[:10]) == days
