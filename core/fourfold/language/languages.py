"""Languages: what of a bank depends on the one it is kept in, and which one a text is in. Knows no bank.

What a language brings: a stemmer (Snowball's), stop words, the words that deny. A language without stop words does
with what is frequent in the bank counting little; one of which nobody said what denies takes no paraphrase for
the same statement.
The date grammars are in `fourfold.language.dates`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from fourfold.errors import InputError


@dataclass(frozen=True, slots=True)
class Language:
    """A language: its ISO 639-1 code, its English name, Snowball's stemmer for it ("" for none), words without a
    meaning of their own, what denies, and whether it writes all nouns with a capital."""

    code: str
    name: str
    stemmer: str = ""
    stop_words: frozenset[str] = frozenset()
    negation: re.Pattern[str] | None = None
    noun_capitals: bool = False
    elision: bool = False
    """Whether a word may begin with what is left of another: "l'école"."""


def _any_of(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words.split())})\b", re.IGNORECASE)


def language(code: str) -> Language:
    """Returns the language of an ISO 639-1 code; raises `InputError` for one that is not known."""
    known_language = LANGUAGES.get(code.strip().lower()) if isinstance(code, str) else None
    if known_language is None:
        supported = ", ".join(f"{each.code} ({each.name})" for each in LANGUAGES.values())
        raise InputError(f"{code!r} is no language known here. Known are: {supported}.")
    return known_language


def detect(texts: Iterable[str]) -> Language | None:
    """Returns the language that `texts` are in, taken together; None where they are too short, or too mixed, to
    tell."""
    text = _CODE.sub(" ", "\n".join(islice(texts, _MOST_TEXTS)))[:_MOST_CHARACTERS]
    words = _WORD.findall(text.lower())
    telling = sum(len(word) * (1 if word < "\u0e00" else _DENSE) for word in words)
    if telling < _LEAST_LETTERS:
        return None
    if len(words) >= _LEAST_WORDS and sum(w in ENGLISH.stop_words for w in words) > _ENGLISH_SHARE * len(
        words
    ):
        return ENGLISH
    code, likely = _identifier().classify(text)
    return LANGUAGES[code] if likely >= _LIKELY else None


_WORD = re.compile(r"[^\W\d_]+")
_CODE = re.compile(r"```.*?(?:```|$)|https?://\S+|\S+@\S+", re.DOTALL)
_MOST_TEXTS = 200
_MOST_CHARACTERS = 4000
_LEAST_LETTERS = 24
_DENSE = 4  # a Chinese character tells as much as some letters
_LEAST_WORDS = 8
_ENGLISH_SHARE = 0.3
_LIKELY = 0.9


@cache
def _identifier() -> Any:
    """Returns the identifier of py3langid, limited to the languages known here. Its model takes a second to load."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier


ENGLISH = Language(
    "en",
    "English",
    "english",
    frozenset(
        """a an and are as at be been but by can could did do does for from had has have he her hers him his how i
        if in into is it its me my no not of on or our ours she so than that the their theirs them then
        there these they this those to us was we were what when where which who whom whose why will with
        would you your yours about am just s t d ll m re ve don also any being both during each few more
        most other own same should some such too very""".split()
    ),
    _any_of(
        r"not no never none nobody nothing neither nor without hardly cannot \w+n['’]t"
        r" (?:ai|are|ca|could|did|does|do|had|has|have|is|must|need|should|was|were|wo|would)nt unable stop\w* quit"
        r" refus\w+ fail\w*"
    ),
)
_GERMAN = Language(
    "de",
    "German",
    "german",
    frozenset(
        """aber alle allem allen aller alles als also am an auch auf aus bei beim bin bis bist da dabei damit dann
        das dass daß dein deine deinem deinen deiner dem den denn der des dessen deren dich die dies
        diese diesem diesen dieser dieses dir doch dort du durch ein eine einem einen einer eines er es
        etwas euch euer eure eurem euren für gegen habe haben hab hast hat hatte hatten hattest hier hin
        ich ihm ihn ihnen ihr ihre ihrem ihren ihrer ihres im in ins ist ja jede jedem jeden jeder jedes
        jetzt kann kannst kein keine keinem keinen keiner können könnte mal man mein meine meinem meinen
        meiner meines mich mir mit muss musste nach nicht nichts noch nun nur ob oder ohne schon sehr
        sein seine seinem seinen seiner seines seit selbst sich sie sind so soll sollte sonst sowie über
        um und uns unser unsere unserem unseren unserer unter vom von vor wann war waren warst warum was
        weil welche welchem welchen welcher welches wenn wer werde werden wie wieder will wir wird wirst
        wo wollen worden wurde wurden würde zu zum zur zwar zwischen gibt halt eben eigentlich gerade
        etwa""".split()
    ),
    _any_of(r"nicht nichts kein\w* nie niemals niemand\w* ohne weder kaum nirgends"),
    noun_capitals=True,
)
_FRENCH = Language(
    "fr",
    "French",
    "french",
    frozenset(
        """a à ai aie as au aucun aussi autre aux avaient avais avait avec avez avoir avons ayant c ça car ce ceci
        cela ces cet cette chez comme d dans de des donc du elle elles en encore es est et étaient étais
        était étant été être eu eux fait furent fut ici il ils j je jusque l la le les leur leurs lui m
        ma mais me même mes mien moi mon n ne ni non nos notre nous on ont ou où par parce pas pendant
        peu plus pour pourquoi qu quand que quel quelle quelles quels qui quoi s sa sans se sera serait
        ses si sien soi sommes son sont sous suis sur t ta te tes toi ton tous tout toute toutes très tu
        un une va vers veut voici voilà vont vos votre vous y avions avaient aurait aurais soit soient
        lorsque depuis là alors puis donc bien est-ce""".split()
    ),
    _any_of("ne n pas jamais rien aucun aucune personne sans ni non guère"),
    elision=True,
)
_SPANISH = Language(
    "es",
    "Spanish",
    "spanish",
    frozenset(
        """a al algo algún alguna algunas alguno algunos ante aquel aquella aquello así aún como con contra cual
        cuál cuando cuándo cuánto cuántos cuánta cuántas de del desde donde dónde durante e el él ella
        ellas ellos en entre era eran eres es esa esas ese eso esos esta está estaba estaban estamos
        están estar estas estás este esto estos estoy fue fueron fui fuimos ha había habían han has
        hasta hay he hemos la las le les lo los más me mi mí mis mucho muy nada ni no nos nosotros
        nuestra nuestras nuestro nuestros o os otra otro para pero por porque pues que qué quien quién
        quienes se sea según ser si sí sido sin sobre son soy su sus también tan tanto te tenía ti tiene
        tienen tienes todo todos tu tú tus un una unas uno unos va vosotros voy y ya yo tengo fuera eras""".split()
    ),
    _any_of("no nunca jamás nada nadie ni sin ningún ninguna ninguno tampoco apenas"),
)
_CHINESE = Language(
    "zh",
    "Chinese",
    "",
    frozenset(
        """的 了 着 过 是 在 和 与 也 都 就 还 很 吗 呢 吧 啊 呀 我 你 他 她 它 们 这 那 有 个 把 被 给 对 从 到 而
        但 或 及 之 其 所 以 我们 你们 他们 她们 我的 你的 他的 她的 什么 怎么 为什 哪里 哪儿 谁的 的是 是我 我是
        因为 所以 但是 如果 已经""".split()
    ),
    re.compile("[不没無无未别別]"),
)
LANGUAGES: Mapping[str, Language] = {
    one.code: one
    for one in (
        ENGLISH,
        _GERMAN,
        _FRENCH,
        _SPANISH,
        _CHINESE,
        *(
            Language(code, name, name.lower(), elision=code in ("ca", "it"))
            for code, name in {
                "ar": "Arabic", "ca": "Catalan", "cs": "Czech", "da": "Danish", "el": "Greek", "et": "Estonian",
                "eu": "Basque", "fa": "Persian", "fi": "Finnish", "ga": "Irish", "hi": "Hindi", "hu": "Hungarian",
                "hy": "Armenian", "id": "Indonesian", "it": "Italian", "lt": "Lithuanian", "ne": "Nepali",
                "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
                "ru": "Russian", "sr": "Serbian", "sv": "Swedish", "ta": "Tamil", "tr": "Turkish",
            }.items()
        ),
        *(
            Language(code, name)
            for code, name in {
                "bg": "Bulgarian", "he": "Hebrew", "ja": "Japanese", "ko": "Korean", "th": "Thai", "uk": "Ukrainian",
                "vi": "Vietnamese",
            }.items()
        ),
    )
}  # fmt: skip
