"""A message says several things, and each of them has a network, a time and a life of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fourfold import Bank, Fact, Interval, Memory, Message, Modality, Network, NotFoundError, Verdict
from fourfold.testing import FrozenClock

MARCH = datetime(2026, 3, 1, 12, tzinfo=UTC)
MAY = datetime(2026, 5, 1, 12, tzinfo=UTC)


def texts(bank: Bank) -> list[str]:
    return sorted(unit.text for unit in bank.units())


@pytest.mark.parametrize(
    ("said", "later", "kept", "gone"),
    [
        (
            "I live in Porto and my sister is a nurse.",
            "I live in Lisbon now.",
            "my sister is a nurse.",
            "Porto",
        ),
        ("I live in Porto. I work at Google.", "I live in Lisbon.", "I work at Google.", "Porto"),
        (
            "My phone number is 555-0100 and my email is ana@example.org.",
            "My phone number is 555-0199.",
            "my email is ana@example.org.",
            "0100",
        ),
    ],
)
def test_what_is_replaced_takes_nothing_with_it(
    memory: Memory, said: str, later: str, kept: str, gone: str
) -> None:
    bank = memory.bank("a")
    bank.retain([Message(said, "Ana", at=MARCH)])
    bank.retain([Message(later, "Ana", at=MAY)])
    assert kept in texts(bank)
    assert not any(gone in text for text in texts(bank))


def test_a_judgement_beside_facts_is_the_only_belief(memory: Memory) -> None:
    bank = memory.bank("a")
    bank.retain([Message("My sister Clara is a nurse. I think the night bus is reliable.", "Ana", at=MARCH)])
    networks = {unit.text: (unit.network, unit.confidence) for unit in bank.units()}
    assert networks == {
        "My sister Clara is a nurse.": (Network.WORLD, None),
        "I think the night bus is reliable.": (Network.BELIEF, 0.7),
    }
    assert "nurse" in bank.recall("What does Clara do?", networks=[Network.WORLD]).text


def test_each_statement_has_a_time_of_its_own(memory: Memory) -> None:
    bank = memory.bank("a")
    bank.retain([Message("I was in Rome in May 2022. In October 2023 I went to Oslo.", "Ana", at=MARCH)])
    found = bank.recall("Where was Ana?", during=Interval.from_iso("2023-10"))
    assert [hit.unit.text for hit in found.hits] == ["In October 2023 I went to Oslo."]


def test_a_day_in_the_name_of_what_there_is_every_week_is_no_date(memory: Memory) -> None:
    bank = memory.bank("a")
    bank.retain([Message("The Friday choir is the best part of my week.", "Ana", at=MARCH)])
    assert [unit.occurred for unit in bank.units()] == [None]


def test_the_parts_of_a_message_are_found_by_its_whole(minilm_memory: Memory) -> None:
    bank = minilm_memory.bank("a")
    bank.retain(
        [Message("We adopted a dog. He is called Rex and hates the vacuum cleaner.", "Ana", at=MARCH)]
    )
    bank.retain([Message(f"Bus {n} stops at the harbour.", "Ben", at=MARCH) for n in range(30)])
    assert "Rex" in bank.recall("What is the name of the dog?", limit=2).text


def test_lists_code_and_reactions_stay_whole(memory: Memory) -> None:
    bank = memory.bank("a")
    shopping = "Shopping list:\n- milk\n- eggs"
    code = "Run this:\n```\nx = 1\nprint(x)\n```"
    bank.retain([Message(text, "Ana", at=MARCH) for text in (shopping, code, "I passed the exam. Wow!")])
    assert texts(bank) == sorted([shopping, code, "I passed the exam. Wow!"])


def test_items_that_say_something_are_statements_of_their_own(memory: Memory) -> None:
    bank = memory.bank("a")
    items = ["I'm allergic to penicillin.", "My dentist is Dr. Okafor.", "My sister Paula lives in Leipzig."]
    bank.retain([Message("\n".join(f"- {item}" for item in items), "Ana", at=MARCH)])
    assert texts(bank) == sorted(items)
    bank.forget(entity="Paula")
    assert texts(bank) == sorted(items[:2])


def test_the_number_of_an_item_ends_no_sentence(memory: Memory) -> None:
    bank = memory.bank("a")
    bank.retain([Message("To do:\n1. Call the plumber.\n2. Pay the rent.", "Ana", at=MARCH)])
    assert texts(bank) == ["To do:\n1. Call the plumber.\n2. Pay the rent."]


def test_boxes_to_tick_are_a_list(bank: Bank) -> None:
    bank.retain(
        [Message("We fly to Lisbon in May.\n[x] renew passport\n[ ] call the insurance", "Ana", at=MARCH)]
    )
    assert texts(bank) == ["We fly to Lisbon in May.", "[x] renew passport\n[ ] call the insurance"]


def test_questions_of_one_word_in_a_row_are_one(memory: Memory) -> None:
    bank = memory.bank("a")
    bank.retain([Message("Sold? When? Why? I only saw the sign.", "Ana", at=MARCH)])
    assert texts(bank) == ["I only saw the sign.", "Sold? When? Why?"]


def test_what_is_drafted_for_another_is_a_quotation_to_its_end(memory: Memory) -> None:
    bank = memory.bank("a")
    bank.retain([Message("I live in Porto.", "Ana", at=MARCH)])
    bank.retain([Message("Write a letter for Bob: I live in Tokyo. I live alone.", "Ana", at=MAY)])
    assert "I live in Porto." in texts(bank)
    drafted = [unit for unit in bank.units() if unit.mentioned_at == MAY]
    assert drafted
    assert all(unit.modality is Modality.QUOTE for unit in drafted)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("My blood type is A+.", "My blood type is A-."),
        ("I program in C++.", "I program in C#."),
        ("The fee is $50.", "The fee is €50."),
        ("The balance is 50 euros.", "The balance is -50 euros."),
        ("Tom is coming?", "Tom is coming."),
        ("A > B in the ranking.", "A < B in the ranking."),
        ("They moved us.", "They moved US."),
        ("The check is a != b.", "The check is a = b."),
        ("I passed my test :)", "I passed my test :("),
        ("The column is user_id.", "The column is user id."),
        ("The answer is 2**3.", "The answer is 2*3."),
        ("The temperature is - 5.", "The temperature is 5."),
        ("The dose is 5 mg.", "The dose is 5 Mg."),
        ("The path is ./a.", "The path is ../a."),
        ("Rating: *****.", "Rating: ***."),
        ("👍", "😀"),
    ],
)
def test_what_differs_in_a_sign_is_kept(memory: Memory, first: str, second: str) -> None:
    bank = memory.bank("a")
    bank.retain([Message(first, "Ana", at=MARCH)])
    bank.retain([Message(second, "Ana", at=MAY)])
    assert second in texts(bank)


def test_what_is_said_again_is_shown_once_with_every_day(memory: Memory) -> None:
    bank = memory.bank("a")
    days = [datetime(2026, 11, day, 12, tzinfo=UTC) for day in (1, 4, 16)]
    for day in days:
        bank.retain([Message("I went to the gym.", "Ana", at=day)])
    (unit,) = bank.units()
    assert unit.occasions == tuple(days)
    assert unit.mentioned_at == days[-1]
    line = bank.recall("gym").text
    assert line == (
        "[16 November 2026] Ana: I went to the gym. [also said on 4 November 2026, 1 November 2026]"
    )
    assert len(bank.units()) == 1


def test_an_occasion_that_is_gone_from_its_document_is_gone(memory: Memory, clock: FrozenClock) -> None:
    bank = memory.bank("a")
    bank.retain([Message("I went to the gym.", "Ana", at=MARCH, id="1")], document="one")
    bank.retain([Message("I went to the gym.", "Ana", at=MAY, id="1")], document="two")
    clock.advance(timedelta(days=1))
    bank.retain([Message("Nothing.", "Ana", at=MAY, id="2")], document="two", replace=True)
    (unit,) = [unit for unit in bank.units() if "gym" in unit.text]
    assert unit.occasions == (MARCH,)
    assert unit.mentioned_at == MARCH


def test_a_short_answer_belongs_to_its_question(memory: Memory) -> None:
    bank = memory.bank("a")
    for number, question in enumerate(("Do you smoke?", "Do you drive?", "Do you smoke?")):
        at = MARCH + timedelta(days=number)
        bank.retain([Message(question, "Bot", "assistant", at), Message("no", "Ana", at=at)])
    assert texts(bank).count("no") == 2


@pytest.mark.parametrize("role", ["assistant", "tool", "system"])
def test_the_words_of_others_touch_no_fact_of_the_user(memory: Memory, role: str) -> None:
    bank = memory.bank("a")
    bank.retain([Message("My name is Pat. I live in Leeds.", at=MARCH)])
    bank.retain([Message("My name is Claude. I live in the cloud.", role=role, at=MAY)])  # type: ignore[arg-type]
    assert {"My name is Pat.", "I live in Leeds."} <= set(texts(bank))
    assert not any(unit.superseded_by for unit in bank.units())


def test_what_is_newer_comes_first_and_the_older_says_so(minilm_memory: Memory) -> None:
    bank = minilm_memory.bank("a")
    bank.retain([Message("I work at Google.", "Sam", at=MARCH)])
    bank.retain([Message("I left Google and joined Microsoft.", "Sam", at=MAY)])
    newer, older = bank.recall("Where does Sam work?").text.splitlines()
    assert "Microsoft" in newer
    assert older == "[1 March 2026] Sam: I work at Google. [said before; may have changed]"


def test_what_came_late_is_the_older(memory: Memory) -> None:
    bank = memory.bank("a")
    bank.retain([Message("We switched the database to MySQL.", "Ana", at=MAY)])
    bank.retain([Message("The database is PostgreSQL.", "Ana", at=MARCH)])
    older = next(unit for unit in bank.units() if "PostgreSQL" in unit.text)
    newer = next(unit for unit in bank.units() if "MySQL" in unit.text)
    assert (older.superseded_by, newer.superseded_by) == (newer.id, None)


def test_a_caller_may_say_what_is_replaced(memory: Memory) -> None:
    bank = memory.bank("a")
    (older,) = bank.retain([Message("The gate is green.", "Ana", at=MARCH)]).units
    done = bank.retain([Message("They painted it blue.", "Ana", at=MAY)], replaces=older)
    assert texts(bank) == ["They painted it blue."]
    assert done.count(Verdict.RETIRE) == 1
    (newer,) = bank.units()
    bank.retain([Message("It is red by now.", "Ana", at=MAY)], replaces=[newer.id[:10]])
    assert texts(bank) == ["It is red by now."]


def test_nothing_is_written_where_the_replaced_unit_is_unknown(memory: Memory) -> None:
    bank = memory.bank("a")
    with pytest.raises(NotFoundError, match="no unit deadbeef00"):
        bank.retain([Message("They painted it blue.", "Ana", at=MAY)], replaces="deadbeef00")
    assert texts(bank) == []
    (older,) = bank.retain_facts([Fact("The gate is green.")]).units
    bank.retain_facts([Fact("The gate is blue as the sea.")], replaces=[older])
    assert texts(bank) == ["The gate is blue as the sea."]


def test_the_last_of_many_occasions_answers_when_last(minilm_memory: Memory) -> None:
    bank = minilm_memory.bank("a")
    for day in (1, 4, 16):
        bank.retain([Message("I went to the gym.", "Ana", at=datetime(2026, 11, day, 12, tzinfo=UTC))])
    (line,) = bank.recall("When did Ana last go to the gym?").text.splitlines()
    assert line.startswith("[16 November 2026]")
    assert "4 November 2026" in line
    assert "1 November 2026" in line


def test_a_state_that_comes_back_is_the_one_that_holds(minilm_memory: Memory) -> None:
    bank = minilm_memory.bank("a")
    for day, state in ((1, "up"), (2, "down"), (3, "up")):
        bank.retain([Message(f"The server is {state}.", "Ana", at=datetime(2026, 11, day, 12, tzinfo=UTC))])
    newest, *_ = bank.recall("Is the server up or down?").text.splitlines()
    assert newest.startswith("[3 November 2026] Ana: The server is up.")


def test_one_answer_to_two_questions_is_kept_with_each(memory: Memory) -> None:
    bank = memory.bank("a")
    for day, question in enumerate(("Do you smoke?", "Do you drive?"), 1):
        at = datetime(2026, 11, day, 12, tzinfo=UTC)
        bank.retain([Message(question, "Bot", "assistant", at), Message("No, never.", "Ana", at=at)])
    answers = [unit for unit in bank.units() if unit.text == "No, never."]
    assert sorted(unit.said_order.day for unit in answers) == [1, 2]


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("My mum says my name is Bob.", ["My mum says my name is Bob."]),
        ("I live in Porto because my job is in Braga.", ["I live in Porto", "because my job is in Braga."]),
        (
            "I live in Porto, but my sister lives in Rome.",
            ["I live in Porto", "but my sister lives in Rome."],
        ),
        ("I live in Porto and my sister lives in Rome.", ["I live in Porto", "my sister lives in Rome."]),
    ],
)
def test_a_word_that_joins_two_statements_is_lost_only_where_it_says_nothing(
    memory: Memory, text: str, statements: list[str]
) -> None:
    bank = memory.bank("a", language="en")
    assert [unit.text for unit in bank.retain([Message(text, "Ana", at=MARCH)]).units] == statements


def test_marks_without_a_word_are_kept_as_they_are(memory: Memory) -> None:
    bank = memory.bank("a")
    marks = ["!!!", "...", "---", "(((", "–"]
    for text in marks:
        bank.retain([Message(text, "Ana")])
    assert sorted(unit.text for unit in bank.units()) == sorted(marks)


def test_what_several_things_are_is_told_apart_so_that_one_may_change() -> None:
    with Memory.open(":memory:") as memory:
        bank = memory.bank("a")
        bank.retain("The flat has three rooms, the rent is 1200 a month and the landlord is Mr. Pires.")
        bank.retain("The rent went up to 1290 a month.")
        assert bank.recall("Who's the landlord?").hits[0].unit.text == "the landlord is Mr. Pires."
        assert bank.recall("How much is the rent?").hits[0].unit.text == "The rent went up to 1290 a month."


@pytest.mark.parametrize(
    ("language", "text", "later", "question"),
    [
        ("en", "My GP is Dr Vogt and my daughter goes to Rainbow nursery.", "My GP is Dr Sommer now.",
         "Which nursery does my daughter go to?"),
        ("de", "Mein Zahnarzt ist Herr Kolb und meine Schwester wohnt in Ulm.", "Mein Zahnarzt ist jetzt Frau Abt.",
         "Wo wohnt meine Schwester?"),
        ("fr", "Mon médecin est M. Roux et mon fils va au lycée Camus.", "Mon médecin est maintenant M. Blin.",
         "À quel lycée va mon fils ?"),
    ],
)  # fmt: skip
def test_what_one_thing_is_may_change_without_what_another_does(
    minilm_memory: Memory, language: str, text: str, later: str, question: str
) -> None:
    bank = minilm_memory.bank("a", language=language)
    bank.retain(text)
    bank.retain(later)
    best = bank.recall(question).hits[0].unit
    assert text.endswith(best.text)
    assert best.superseded_by is None


@pytest.mark.parametrize(
    "text",
    [
        "My sister is kind and my brother is too.",
        "Ana says the rent is high and the landlord is mean.",
        "I like it because the flat is big and the street is quiet.",
        "My car is red and it is fast.",
        "Playing video games and watching old films are my main hobbies.",
        "Taking time to detach and find peace is important to me.",
        "Tom's patience and humour are a gift.",
        'The film "Pride and the Prejudice" is my favourite.',
        "Das Wandern und Klettern ist meine Leidenschaft.",
    ],
)
def test_what_one_clause_leads_in_stays_together(bank: Bank, text: str) -> None:
    bank.retain(text)
    assert [unit.text for unit in bank.units()] == [text]
