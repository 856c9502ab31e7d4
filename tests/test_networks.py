"""What a sentence is taken for without a language model: its kind, its network, how it is meant, whether it lasts;
and what becomes of that in summaries, profiles and the list of names. Its sentences are in no training set."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from command_line import fourfold

from fourfold import (
    Fact,
    InputError,
    Kind,
    Memory,
    Message,
    Modality,
    Network,
    NotFoundError,
    RedactionRule,
    Verdict,
)
from fourfold.models.packaged.minilm import MiniLM
from fourfold.settings import load_settings
from fourfold.testing import FrozenClock, HashEmbedder, MemoryStore

MAY = datetime(2026, 5, 4, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def memory(minilm: MiniLM) -> Iterator[Memory]:
    settings = load_settings(consolidate="asked")
    with Memory(MemoryStore(), minilm, settings, clock=FrozenClock(MAY)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Hi there, nice to hear from you!", Kind.SMALLTALK),
        ("That sounds wonderful, well done!", Kind.SMALLTALK),
        ("Where did you put the ladder?", Kind.QUESTION),
        ("Please translate this letter for me.", Kind.REQUEST),
        ("for (let i = 0; i < rows.length; i++) { total += rows[i].price; }", Kind.CODE),
        ("2026-05-03 11:02:41 ERROR worker-3 timeout after 30000ms (attempt 2)", Kind.CODE),
        ("My brother Jonas runs a bakery in Ghent.", Kind.STATEMENT),
        ("We have lived above the chemist's since 2019.", Kind.STATEMENT),
    ],
)
def test_small_talk_questions_requests_and_code_are_told_from_statements(
    memory: Memory, text: str, kind: Kind
) -> None:
    (found,) = memory.bank("kinds").preview([Message(text, "Wim")])
    assert found.kind is kind


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("Nothing beats a swim in the sea before breakfast.", Network.BELIEF),
        ("I adore old maps.", Network.BELIEF),
        ("Honesty matters more than being polite.", Network.BELIEF),
        ("I can't stand open-plan offices.", Network.BELIEF),
        ("I bought an old map at the market on Saturday.", Network.WORLD),
        ("My office is on the third floor.", Network.WORLD),
    ],
)
def test_a_judgement_is_a_belief_whatever_its_wording(memory: Memory, text: str, network: Network) -> None:
    (found,) = memory.bank("beliefs").preview([Message(text, "Wim")])
    assert (found.kind, found.network) == (Kind.STATEMENT, network)
    assert (found.confidence is not None) == (network is Network.BELIEF)


@pytest.mark.parametrize(
    ("text", "modality"),
    [
        ("I'm thinking of taking up the cello next winter.", Modality.PLAN),
        ("I'd love to see the northern lights some day.", Modality.WISH),
        ("If the grant comes through we could hire a second gardener.", Modality.HYPOTHETICAL),
        ("I took up the cello last winter.", Modality.FACT),
    ],
)
def test_plans_wishes_and_what_may_be_are_no_facts(memory: Memory, text: str, modality: Modality) -> None:
    (found,) = memory.bank("meant").preview([Message(text, "Wim")])
    assert found.modality is modality


def test_what_lasts_is_told_from_what_happened_once(memory: Memory) -> None:
    lasting, passing = memory.bank("lasting").preview(
        [
            Message("I teach chemistry at a school in Ghent.", "Wim"),
            Message("I missed the bus this morning.", "Wim"),
        ]
    )
    assert (lasting.lasting, passing.lasting) == (True, False)


def test_a_preview_writes_nothing_and_says_what_would_be_replaced(memory: Memory) -> None:
    bank = memory.bank("preview")
    (home,) = bank.retain([Message("I live in Ghent.", "Wim", at=MAY)]).units
    text = "Hey! I live in Bruges now."
    greeting, told = bank.preview([Message(text, "Wim", at=MAY + timedelta(days=2))])
    assert [text[each.start : each.end] for each in (greeting, told)] == [greeting.text, told.text]
    assert (greeting.kind, told.kind) == (Kind.SMALLTALK, Kind.STATEMENT)
    assert told.replaces == (home.id,)
    assert told.mentions == ("Bruges",)
    assert bank.units() == [home]
    assert not any(change.operation == "retain" for change in bank.history()[1:])
    assert bank.retain([Message(text, "Wim", at=MAY + timedelta(days=2))]).count(Verdict.RETIRE) == 1


def test_a_preview_tells_what_would_be_held_back_and_refuses_what_a_retain_does(memory: Memory) -> None:
    bank = memory.bank("held back", redact=[RedactionRule("pin", pattern=r"\b\d{4}\b")])
    preview = bank.preview("My card's number is 4711.")
    assert preview.redacted == {"pin": 1}
    assert "4711" not in preview.statements[0].text
    with pytest.raises(InputError):
        bank.preview("")
    assert bank.units() == []


def test_code_and_headings_name_nobody(memory: Memory) -> None:
    bank = memory.bank("code")
    bank.retain(
        [
            Message("Here is what I have so far:\nCREATE TABLE Orders (Id INT PRIMARY KEY, Total REAL);\n"
                    "class OrderForm(FlaskForm):\n    Name = StringField('Name', validators=[Required()])", "Lena"),
            Message("I'm building this for Baker Street Books in Leeds.", "Lena"),
        ]
    )  # fmt: skip
    names = {entity.name for entity in bank.entities()}
    assert {"Lena", "Leeds"} <= names
    assert not names & {"CREATE", "CREATE TABLE Orders", "INT", "PRIMARY", "REAL", "Id", "Total", "Required"}


def test_who_speaks_is_called_by_that_name_and_not_by_a_short_form_said_before(memory: Memory) -> None:
    bank = memory.bank("short forms")
    bank.retain(
        [Message("Hey Mel, did you see the comet?", "Caroline"), Message("No, it rained here.", "Melanie")]
    )
    assert bank.entity("Mel").name == "Melanie"


TALK = (
    "Hi Ruth! So good to hear from you.", "I'm a midwife at the county hospital.",
    "That must have been so hard, you're amazing!", "We have two boys, Finn and Arlo.",
    "I'm running a half marathon on 2 May 2026.",
    "It rained all day yesterday.", "Wow, thanks a lot!", "I play the accordion in a village band.",
    "I felt so relieved.", "Our dog Biscuit is afraid of thunder.", "Haha, so true!",
    "I can't stand crowded beaches.", "We're moving to Galway in the autumn.",
)  # fmt: skip


def test_a_summary_tells_who_somebody_is_and_leaves_small_talk_out(memory: Memory) -> None:
    bank = memory.bank("summary")
    bank.retain([Message(text, "Orla", at=MAY + timedelta(minutes=n)) for n, text in enumerate(TALK)])
    bank.consolidate()
    text = bank.summary("Orla").text
    for told in ("midwife", "Finn and Arlo", "accordion", "Biscuit", "Galway"):
        assert told in text
    for said in ("good to hear", "amazing", "thanks", "so true"):
        assert said not in text
    assert text.index("midwife") < text.index("Galway")
    assert "half marathon" not in text  # what was planned for a day that has passed
    core = bank.core().text
    assert "crowded beaches" in core.partition("Held and preferred:")[2]
    assert "Galway" in core.partition("Open matters:")[2]


def test_whom_an_agent_answers_is_a_user_in_a_language_that_leaves_the_i_to_the_verb(memory: Memory) -> None:
    bank = memory.bank("panaderia")
    bank.retain(
        [
            Message("Hola, tengo una panadería en Valencia con mi hermano Toni.", at=MAY),
            Message("¡Qué bien! ¿En qué te puedo ayudar?", role="assistant", at=MAY),
            Message("Soy celíaca, así que queremos una línea sin gluten.", at=MAY),
            Message("Tomo nota.", role="assistant", at=MAY),
        ]
    )
    bank.consolidate()
    assert "Soy celíaca" in bank.summary("user").text
    assert "una panadería en Valencia" in bank.core().text


@pytest.mark.parametrize(
    ("own", "of_listener"),
    [
        ("You know I'm a paramedic in Bristol.", "Your husband is the oldest man I know."),
        ("Du weißt ja, ich bin Hebamme in Kiel.", "Dein Bruder ist der beste Koch, den ich kenne."),
    ],
)
def test_what_is_said_of_the_listeners_is_in_no_summary_of_who_says_it(
    memory: Memory, own: str, of_listener: str
) -> None:
    bank = memory.bank(own[:8])
    bank.retain([Message(text, speaker="Paolo", at=MAY) for text in (own, of_listener)])
    bank.consolidate()
    told = bank.summary("Paolo").text
    assert own[-10:] in told
    assert of_listener not in told


@pytest.mark.parametrize(
    ("standing", "once"),
    [
        ("can you keep your answers to 3 sentences max?", "can you explain the tax return in 3 sentences?"),
        ("can you always sort the list by aisle?", "could you sort this list by aisle?"),
        ("Would you always write tests with Kotest, not JUnit?", "Would you write a test for this function?"),
        ("Could you call me Bea instead of Beatrice?", "Could you call the plumber for me?"),
        ("¿Podrías contestarme siempre en español?", "¿Podrías traducir esto?"),
        (
            "Always use bullet points, please.",
            "Hmm, should I also ask Greg about any common interview traps to avoid?",
        ),
    ],
)
def test_what_is_asked_for_from_now_on_is_preferred_however_politely(
    memory: Memory, standing: str, once: str
) -> None:
    bank = memory.bank(once.removesuffix("?"))
    bank.retain([Message(text, at=MAY) for text in (once, standing, "I work at the harbour.")])
    bank.consolidate()
    preferred = bank.core().text.partition("Held and preferred:")[2]
    assert standing in preferred
    assert once not in bank.core().text


def test_a_plan_is_open_until_its_day_however_long_ago_it_was_made(memory: Memory) -> None:
    bank = memory.bank("plans")
    said = [
        ("My parents Piet and Joke will look after Lotte from 4 January 2027.", 0),
        ("We're seeing the dentist on 20 May 2026.", 1),
        ("I'm going to learn Danish.", 2),
        ("I work at the harbour.", 120),
    ]
    for text, days in said:
        bank.retain([Message(text, "Orla", at=MAY + timedelta(days=days))])
    bank.consolidate()
    open_matters = bank.core().text.partition("Open matters:")[2]
    assert "Piet and Joke" in open_matters
    assert "dentist" not in open_matters
    assert "Danish" not in open_matters


def test_the_heads_read_for_another_embedder_as_well() -> None:
    with Memory(MemoryStore(), HashEmbedder()) as opened:
        greeting, judgement = opened.bank("a").preview(
            "Hello, my dear! Nothing beats a swim before breakfast."
        )
        assert (greeting.kind, judgement.network) == (Kind.SMALLTALK, Network.BELIEF)


def test_a_dry_run_on_the_command_line_makes_no_memory(tmp_path: Path) -> None:
    chat, memory = tmp_path / "chat.txt", tmp_path / "memory"
    chat.write_text(
        "Orla: Hi! I'm a midwife at the county hospital.\nRuth: Nothing beats a swim before breakfast.\n"
    )
    done = fourfold("retain", chat, "--dry-run", "-m", memory)
    assert done.returncode == 0
    assert "small talk" in done.stdout
    assert "Nothing was retained." in done.stdout
    assert not memory.exists()


def test_a_user_without_a_name_has_a_core_profile(memory: Memory) -> None:
    bank = memory.bank("no name")
    said = (
        "I'm a midwife at the county hospital and I live in Sligo.",
        "Could you plan a week of dinners for me? I can't stand mushrooms.",
        "Here's what I have so far:\nCREATE TABLE Meals (Id INT PRIMARY KEY);",
    )
    for number, text in enumerate(said):
        bank.retain([Message(text, at=MAY + timedelta(minutes=2 * number))])
        bank.retain(
            [
                Message(
                    "Mushrooms are rich in copper.",
                    role="assistant",
                    at=MAY + timedelta(minutes=2 * number + 1),
                )
            ]
        )
    bank.consolidate()
    about, _, held = bank.core().text.partition("Held and preferred:")
    assert "midwife" in about
    assert "mushrooms" in held
    assert not [word for word in ("CREATE", "copper", "so far") if word in bank.core().text]


def test_a_user_without_a_name_has_a_summary(memory: Memory) -> None:
    """It goes when what it rests on does, and a collection of notes has no user."""
    bank = memory.bank("nameless")
    told = [
        Message("I keep bees behind the school in Ghent.", role="user"),
        Message("A hive needs 15 kg of honey for the winter.", role="assistant"),
        Message("My sister Mara is a midwife.", role="user"),
        Message("I'm allergic to penicillin.", role="user"),
    ]
    retained = bank.retain(told, document="chat").units
    bank.consolidate()
    assert {s.text for s in bank.summary("user").sentences} == {told[i].text for i in (0, 2, 3)}
    (allergy,) = [unit for unit in retained if unit.text == told[3].text]
    bank.forget(unit=allergy, erase=True)
    bank.consolidate()
    assert {s.text for s in bank.summary("user").sentences} == {told[i].text for i in (0, 2)}
    # What is called "User" as well gives way to him.
    bank.rename("Mara", to="User")
    bank.retain([Message("I grow tomatoes as well.", role="user")])
    bank.consolidate()
    assert "bees" in bank.summary("user").text
    notes = memory.bank("notes")
    notes.retain("The boiler is from 2019. The key to the cellar hangs behind the door.")
    notes.consolidate()
    with pytest.raises(NotFoundError):
        notes.summary("user")


def test_what_a_user_asks_for_from_now_on_is_in_the_core_profile(memory: Memory) -> None:
    bank = memory.bank("standing")
    bank.retain(
        [
            Message("I'm Tilda, a translator from Turku, and I'm putting together a glossary.", role="user"),
            Message("Always give me British spellings when I ask for an English term.", role="user"),
            Message("Can you translate the third paragraph?", role="user"),
            Message("From now on, never leave a source out.", role="user"),
        ]
    )
    bank.consolidate()
    profile = bank.core().text
    assert "I'm Tilda, a translator from Turku" in profile.splitlines()[1]
    assert "Always give me British spellings" in profile
    assert "never leave a source out" in profile
    assert "third paragraph" not in profile


def test_pasted_code_takes_nobodys_place_and_is_in_no_profile(memory: Memory) -> None:
    bank = memory.bank("code")
    bank.retain(
        [
            Message("My name is Ada and I keep a shop for bicycle parts in Gouda.", role="user"),
            Message("The total is 40.\n\nconst total = await cart.total('Gouda');\n</main>", role="user"),
            Message("const total = await cart.total('Delft');\ntotal = 41;", role="user"),
        ]
    )
    bank.consolidate()
    assert not [unit.text for unit in bank.units() if unit.superseded_by]
    assert "await" not in bank.core().text
    assert "</main>" not in bank.core().text


def test_a_title_in_quotation_marks_is_one_name_and_a_day_is_none(memory: Memory) -> None:
    bank = memory.bank("titles")
    bank.retain([Message('Last Tues I read "The Winter of Anna\'s Garden" to Bram again.', "Wim")])
    names = {entity.name for entity in bank.entities()}
    assert "The Winter of Anna's Garden" in names
    assert "Bram" in names
    assert not names & {"Tues", "Anna", "Garden"}


def test_who_says_all_of_a_profile_is_named_once(memory: Memory) -> None:
    bank = memory.bank("named once")
    told = (
        "I'm a midwife in Cork.",
        "I have two sons.",
        "Our dog is called Biscuit.",
        "I play the accordion.",
    )
    bank.retain([Message(text, "Orla", at=MAY + timedelta(minutes=n)) for n, text in enumerate(told)])
    bank.consolidate()
    profile = bank.core()
    assert profile.text.startswith("Who this is about, in the words of Orla:\n- ")
    assert profile.text.count("Orla") == 1
    assert {line.speaker for line in profile.lines} == {"Orla"}


@pytest.mark.parametrize("speaker", ["", "Orla"])
def test_what_lines_begin_with_is_not_taken_for_who_says_them(memory: Memory, speaker: str) -> None:
    bank = memory.bank(f"warnings-{speaker}")
    told = ("the stairs are steep.", "the dog bites.", "the gate is locked.", "the boiler leaks.")
    facts = [Fact(f"Warning: {each}", speaker=speaker or None, at=MAY) for each in told]
    for unit in bank.retain_facts(facts).units:
        bank.pin(unit)
    heading, *lines = bank.core().text.splitlines()[: len(told) + 1]
    assert heading == f"To keep in mind{', in the words of Orla' if speaker else ''}:"
    assert lines == [f'- [4 May 2026] "Warning: {each}"' for each in told]
