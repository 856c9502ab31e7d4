"""Banks in other languages than English: which one it is, and what follows from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fourfold import ConfigurationError, InputError, Memory, Message
from fourfold.language.dates import find_times
from fourfold.language.languages import detect, language, languages
from fourfold.language.modality import confidence_of, modality_of
from fourfold.language.text import sentences, terms
from fourfold.settings import load_settings
from fourfold.testing import HashEmbedder, MemoryStore

SAID = datetime(2024, 5, 15, 10, tzinfo=UTC)

LIVES: dict[str, tuple[str, list[str], list[tuple[str, int]]]] = {
    "de": (
        "Klara",
        [
            "Ich wohne seit 2019 in Leipzig.",
            "Mein Mann Jonas arbeitet als Tierarzt.",
            "Letzten Sommer waren wir mit dem Wohnwagen in Portugal.",
            "Frida hat gestern ihren ersten Zahn verloren.",
            "Ich spiele jeden Dienstag Cello im Orchester.",
            "Gegen Erdnüsse bin ich allergisch.",
        ],
        [
            ("Welches Instrument spielt Klara?", 4),
            ("Wann hat Frida einen Zahn verloren?", 3),
            ("Was ist Jonas von Beruf?", 1),
        ],
    ),
    "fr": (
        "Claire",
        [
            "J'habite à Lyon depuis 2019 avec ma famille.",
            "Mon mari Julien est vétérinaire.",
            "L'été dernier nous étions au Portugal en caravane.",
            "Manon a perdu sa première dent hier.",
            "Je joue du violoncelle tous les mardis.",
            "Je suis allergique aux cacahuètes.",
        ],
        [
            ("De quel instrument joue Claire ?", 4),
            ("Quand Manon a-t-elle perdu une dent ?", 3),
            ("Quel est le métier de Julien ?", 1),
        ],
    ),
    "es": (
        "Clara",
        [
            "Vivo en Sevilla desde 2019 con mi familia.",
            "Mi marido Javier es veterinario.",
            "El verano pasado estuvimos en Portugal con la caravana.",
            "Marta perdió ayer su primer diente.",
            "Toco el violonchelo todos los martes.",
            "Soy alérgica a los cacahuetes.",
        ],
        [
            ("¿Qué instrumento toca Clara?", 4),
            ("¿Cuándo perdió Marta un diente?", 3),
            ("¿En qué trabaja Javier?", 1),
        ],
    ),
    "zh": (
        "王芳",
        [
            "我从2019年起住在成都。",
            "我丈夫李强是兽医。",
            "去年夏天我们开房车去了云南。",
            "小红昨天掉了第一颗牙。",
            "我每周二在乐团拉大提琴。",
            "我对花生过敏。",
        ],
        [("大提琴是谁拉的?", 4), ("小红什么时候掉牙的?", 3), ("李强做什么工作?", 1)],
    ),
}


def test_a_date_without_a_year_in_a_question_stands_for_each_year_of_the_bank() -> None:
    found = find_times("Was war am 3. Mai?", SAID, language("de"), years=(2021, 2022))
    assert [(time.interval.start or SAID).year for time in found] == [2021, 2022]


@pytest.mark.parametrize("code", LIVES)
def test_a_bank_takes_the_language_of_what_it_is_told(code: str) -> None:
    speaker, said, asked = LIVES[code]
    messages = [
        Message(text, speaker=speaker, at=SAID + timedelta(minutes=i), id=str(i))
        for i, text in enumerate(said)
    ]
    with Memory.open(":memory:") as memory:
        bank = memory.bank("one")
        bank.retain(messages)
        assert [info.language for info in memory.banks()] == [code]
        for question, wanted in asked:
            best = bank.recall(question).hits[:2]
            assert str(wanted) in [message for hit in best for message in hit.unit.source.messages], question
        lost = bank.units()[3].occurred
        assert lost is not None
        assert lost.start == datetime(2024, 5, 14, tzinfo=UTC)


def test_stop_words_are_left_out_and_inflections_share_a_stem() -> None:
    assert terms("Die Hunde und der Hund", language("de")) == ["hund", "hund"]
    assert terms("l'école et les écoles", language("fr")) == ["ecol", "ecol"]
    assert terms("las casas y la casa", language("es")) == ["cas", "cas"]
    assert terms("Os gatos", language("pt"))[-1] == terms("gato", language("pt"))[0]


def test_a_day_before_its_month_ends_no_sentence() -> None:
    text = "Wir ziehen am 5. Mai um. Am 6. ist Einweihung."
    assert [text[a:b] for a, b in sentences(text)] == [
        "Wir ziehen am 5. Mai um.",
        "Am 6.",
        "ist Einweihung.",
    ]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (["Ich wohne in Berlin und arbeite dort als Lehrerin."], "de"),
        (["Vivo a Roma con il mio cane e due gatti molto vecchi."], "it"),
        (["Я живу в Москве с собакой и двумя старыми кошками."], "ru"),
        (["昨日、東京で友達に会って、一緒に寿司を食べました。"], "ja"),
        (["I went to Paris with Jean-Luc and we had croissants."], "en"),
        (["Hello Maria"], None),
        (["ok", "Hi!", ":)"], None),
        (["https://exemple.fr/les-nouvelles-du-jour-et-de-la-nuit"], None),
    ],
)
def test_a_language_is_detected_from_enough_text(said: list[str], wanted: str | None) -> None:
    found = detect(said)
    assert (found and found.code) == wanted


NO_FLOOR = load_settings(relevance=0)


@pytest.mark.parametrize(
    ("said", "later", "question"),
    [
        ("Vivo en Sevilla.", "Me mudé a Cádiz.", "¿Dónde vivo?"),
        ("Ich wohne in Ulm.", "Ich bin nach Bonn gezogen.", "Wo wohne ich?"),
    ],
)
def test_a_few_short_words_tell_a_language(said: str, later: str, question: str) -> None:
    with Memory.open(":memory:") as memory:
        bank = memory.bank("a")
        bank.retain(said)
        bank.retain(later)
        assert bank.recall(question).hits[0].unit.text == later


@pytest.mark.parametrize(
    "said", ["La Paz is nice.", "Die Hard is great.", "Moro em Lisboa.", "ok", "Project Falcon"]
)
def test_a_few_short_words_are_not_taken_for_another_language(said: str) -> None:
    assert detect([said]) in (None, languages()["en"])


def test_a_bank_reindexes_once_its_language_is_detected() -> None:
    with Memory(MemoryStore(), HashEmbedder(), settings=NO_FLOOR) as memory:
        bank = memory.bank("one")
        bank.retain("Neue Schuhe!", at=SAID)
        assert memory.banks()[0].language is None
        bank.retain("Ich habe heute mit meiner Schwester über den Umzug nach Hamburg gesprochen.", at=SAID)
        assert memory.banks()[0].language == "de"
        found = [hit for hit in bank.recall("Welcher Schuh ist neu?").hits if "keyword" in hit.channels]
        assert [hit.unit.text for hit in found] == ["Neue Schuhe!"]


def test_a_language_that_is_set_holds_from_the_first_word_on(tmp_path: Path) -> None:
    with Memory.open(str(tmp_path), embedder=HashEmbedder()) as memory:
        memory.bank("one", language="de").retain("ok", at=SAID)
        with pytest.raises(InputError, match=r'kept in German \(de\).*set_language\("fr"\)'):
            memory.bank("one", language="fr").retain("ça va", at=SAID)
    with Memory.open(str(tmp_path), embedder=HashEmbedder()) as memory:
        assert memory.banks()[0].language == "de"


def test_set_language_reindexes_the_bank(tmp_path: Path) -> None:
    with Memory.open(str(tmp_path), embedder=HashEmbedder(), settings=NO_FLOOR) as memory:
        bank = memory.bank("one", language="en")
        bank.retain([Message(f"Nummer {n}: die alten Häuser", id=str(n), at=SAID) for n in range(3)])
        assert not [h for h in bank.recall("altes Haus").hits if "keyword" in h.channels]
        bank.set_language("de")
        assert memory.banks()[0].language == "de"
        assert [h for h in bank.recall("altes Haus").hits if "keyword" in h.channels]
        bank.retain("Das alte Haus am See", at=SAID)
    with Memory.open(str(tmp_path), embedder=HashEmbedder(), settings=NO_FLOOR) as memory:
        found = memory.bank("one").recall("altes Haus").hits
        assert len([hit for hit in found if "keyword" in hit.channels]) == 4


def test_a_negated_statement_is_no_paraphrase_in_any_language() -> None:
    with Memory.open(":memory:") as memory:
        bank = memory.bank("one", language="de")
        bank.retain("Ich trinke morgens gerne starken schwarzen Kaffee.", at=SAID)
        bank.retain("Ich trinke morgens nicht gerne starken schwarzen Kaffee.", at=SAID)
        assert len(bank.units()) == 2


def test_german_nouns_are_no_names() -> None:
    with Memory(MemoryStore(), HashEmbedder()) as memory:
        bank = memory.bank("one", language="de")
        bank.retain("Gestern hat unser Hund Bruno mit drei kleinen Kindern gespielt, auch mit Emil.", at=SAID)
        assert {entity.name for entity in bank.entities()} == {"Bruno", "Emil"}


WORDED: dict[str, list[tuple[str, str, float | None]]] = {
    "de": [
        ("Ich wohne in Leipzig.", "fact", None),
        ("Vielleicht ziehe ich nach Wien.", "hypothetical", None),
        ("Wir könnten Postgres nehmen.", "hypothetical", None),
        ("Ich würde gerne Cello lernen.", "wish", None),
        ("Ich will nächstes Jahr nach Kanada.", "plan", None),
        ("Wir werden im Juni umziehen.", "plan", None),
        ("Ich werde oft eingeladen.", "fact", None),
        ("Wer kommt mit?", "question", None),
        ("Ich finde die Stadt schön.", "fact", 0.7),
        ("Ich glaube nicht, dass es regnet.", "fact", 0.6),
        ("Klara sagte: „Ich komme später.“", "quote", None),
    ],
    "fr": [
        ("J'habite à Lyon.", "fact", None),
        ("Peut-être que je déménage à Nice.", "hypothetical", None),
        ("On pourrait prendre Postgres.", "hypothetical", None),
        ("J'aimerais apprendre le violoncelle.", "wish", None),
        ("Je vais acheter une voiture.", "plan", None),
        ("Je compte partir en juin.", "plan", None),
        ("Je vais bien.", "fact", None),
        ("Qui vient ?", "question", None),
        ("Je pense que la ville est belle.", "fact", 0.7),
        ("Je ne crois pas qu'il pleuve.", "fact", 0.6),
    ],
    "es": [
        ("Vivo en Sevilla.", "fact", None),
        ("Quizás me mude a Madrid.", "hypothetical", None),
        ("Podríamos usar Postgres.", "hypothetical", None),
        ("Me gustaría aprender violonchelo.", "wish", None),
        ("Voy a comprar un coche.", "plan", None),
        ("Quiero visitar Canadá.", "plan", None),
        ("Quiero mucho a mi hermana.", "fact", None),
        ("¿Quién viene?", "question", None),
        ("Creo que la ciudad es bonita.", "fact", 0.7),
        ("No creo que llueva.", "fact", 0.6),
    ],
    "zh": [
        ("我住在成都。", "fact", None),
        ("也许我会搬到上海。", "hypothetical", None),
        ("我希望学大提琴。", "wish", None),
        ("我打算明年去加拿大。", "plan", None),
        ("谁来？", "question", None),
        ("我觉得这座城市很美。", "fact", 0.7),
        ("我不认为会下雨。", "fact", 0.6),
    ],
    "it": [("Vivo a Roma.", "fact", None), ("Chi viene?", "question", None)],
}


@pytest.mark.parametrize("code", WORDED)
def test_modality_and_confidence_follow_the_wording(code: str) -> None:
    for text, modality, confidence in WORDED[code]:
        assert modality_of(text, language(code)) == modality, text
        assert confidence_of(text, language(code)) == confidence, text


def test_an_unknown_language_is_refused_before_anything_is_written() -> None:
    with Memory(MemoryStore(), HashEmbedder()) as memory:
        with pytest.raises(InputError, match=r"Known are: en \(English\)"):
            memory.bank("one", language="klingon")
        with pytest.raises(InputError, match="no language known"):
            memory.bank("one").set_language("xx")
        assert memory.banks() == []
    with pytest.raises(ConfigurationError, match="no language known"):
        load_settings(language="xx")


def test_new_banks_take_the_language_of_the_settings() -> None:
    with Memory(MemoryStore(), HashEmbedder(), settings=load_settings(language="FR")) as memory:
        memory.bank("one").retain("ok", at=SAID)
        assert memory.banks()[0].language == "fr"
