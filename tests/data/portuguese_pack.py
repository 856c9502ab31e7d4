"""A sixth language, as another package brings it: one file. The test that reads it is in test_language_packs.py."""

from dataclasses import replace

from fourfold.language.pack import DateGrammar, Language, Wording
from fourfold.language.packs import en

assert en.LANGUAGE.attributes is not None

LANGUAGE = Language(
    code="pt",
    name="Portuguese",
    stemmer="portuguese",
    stop_words=frozenset("a as com da de do e em eu eles ela ele na no o os para que se um uma".split()),
    negation=r"\b(?:não|nunca|nem|sem)\b",
    asks_when=r"\bquando\b",
    small_talk=frozenset("olá oi obrigado obrigada bom dia tudo bem".split()),
    first_person=r"\b(?:eu|meu|minha|nós)\b",
    second_person=r"\b(?:tu|você|teu|tua)\b",
    quotation=r"\b(?:disse|escreveu)\b[^.]{0,30}[:,]\s*[\"“«]",
    that="que",
    dates=DateGrammar(
        {"month": {"maio": "May", "junho": "June"}},
        (
            (r"{day} de {month} de {year}", "{day} {month} {year}"),
            (r"ontem", "yesterday"),
            (r"amanhã", "tomorrow"),
        ),
    ),
    wording=Wording(
        hypothetical=r"^talvez\b",
        wish=r"\beu gostaria\b",
        plan=r"\b(?:eu vou|nós vamos) \w+[aei]r\b",
        judgement=r"^(?:(?P<held>eu acho|acho)|(?P<doubt>duvido))\b",
    ),
    attributes=replace(
        en.LANGUAGE.attributes,
        states=((r"^(?P<s>.+?) mora em (?P<v>.+)$", "residência", True),),
        relations=(),
        past=r"\b(?:não|antes)\b",
    ),
)
