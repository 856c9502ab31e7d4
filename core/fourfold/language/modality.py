"""How a text is meant, and how sure its speaker is, by its wording: plans, wishes, what may be, questions, quotes;
judgements. Knows English, German, French, Spanish and Chinese; in other languages what is no question and no quote is
a fact.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from fourfold.language.languages import Language
from fourfold.values.units import Modality


def modality_of(text: str, language: Language) -> Modality:
    """Returns how a text is meant. A text of several sentences is a fact if one of them is."""
    wording = _WORDINGS.get(language.code)
    modalities = [
        _sentence_modality(sentence, wording) for sentence in _SENTENCE.split(text) if sentence.strip()
    ]
    non_questions = [modality for modality in modalities if modality is not Modality.QUESTION] or modalities
    return Modality.FACT if not non_questions or Modality.FACT in non_questions else non_questions[0]


def confidence_of(text: str, language: Language) -> float | None:
    """Returns how sure the speaker is of the first judgement in `text`, from 0 to 1; None where there is none."""
    wording = _WORDINGS.get(language.code)
    for sentence in _SENTENCE.split(text) if wording else ():
        judged = wording.judgement.match(sentence) if wording else None
        if judged and not sentence.endswith(_ASKING):
            return _CONFIDENCE[str(judged.lastgroup)]
    return None


def judgement_of(text: str, language: Language) -> tuple[str, bool]:
    """Returns the first judgement in `text` without the words that begin it ("I think that"; but "I prefer" is a part
    of it), and whether these are of doubt; where there is none, `text` as it is."""
    wording = _WORDINGS.get(language.code)
    for sentence in _SENTENCE.split(text) if wording else ():
        judged = wording.judgement.match(sentence) if wording else None
        if judged and not sentence.endswith(_ASKING):
            start = 0 if _PREFERRING.search(judged.group()) else judged.end()
            return _THAT.sub("", sentence[start:]), judged.lastgroup == "doubt"
    return text, False


@dataclass(frozen=True, slots=True)
class _Wording:
    """What tells each modality in a language, the first that fits first; and what begins a judgement."""

    modalities: tuple[tuple[Modality, re.Pattern[str]], ...]
    judgement: re.Pattern[str]


def _sentence_modality(sentence: str, wording: _Wording | None) -> Modality:
    if sentence.rstrip("\"”»')]」 ").endswith(_ASKING):
        return Modality.QUESTION
    if _QUOTED.search(sentence):
        return Modality.QUOTE
    patterns = wording.modalities if wording else ()
    return next((kind for kind, pattern in patterns if pattern.search(sentence)), Modality.FACT)


_SENTENCE = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])\s*|\n+")
_ASKING = ("?", "？")
_THAT = re.compile(r"^[\s,:，：]*(?:(?:that|dass|que|qu['’])\b\s*)?", re.IGNORECASE)
_PREFERRING = re.compile(r"prefer|bevorzug|préfèr|prefier|喜欢", re.IGNORECASE)
_CONFIDENCE = {"sure": 0.9, "firm": 0.8, "held": 0.7, "weak": 0.5, "doubt": 0.6}
_QUOTED = re.compile(
    r"""^\W*["“«„「].+["”»“」][.!。]?\W*$"""
    r"""|\b(?:said|says|told me|wrote|quoted?|goes|put it|sagte?|meinte|schrieb|dit|écrit|dijo|dice|escribió)\b"""
    r"""[^.]{0,30}[:,]\s*["“«„]|[说道写]\s*[:：]\s*[“「"]"""
    r"""|[,.!…]["”»“]\s*(?:\w+ )?(?:said|says|asked|wrote|sagte|meinte|dit|dijo)\b""",
    re.IGNORECASE,
)


def _wording(hypothetical: str, wish: str, plan: str, judgement: str) -> _Wording:
    modalities = ((Modality.HYPOTHETICAL, hypothetical), (Modality.WISH, wish), (Modality.PLAN, plan))
    return _Wording(
        tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in modalities),
        re.compile(judgement, re.IGNORECASE),
    )


_LEAD = r"^(?:(?:but|and|so|well|then|honestly|yeah|yes|no|oh|hmm|anyway|ok|okay)[, ]+)*"
_WE = r"\b(?:i|we)"
_OFTEN = r" (?:really |still |so |always |just |also |now )?"
_ENGLISH = _wording(
    hypothetical=_LEAD
    + r"(?:maybe|perhaps|possibly|suppose|supposing|imagine|what if|if (?:i|we|you|he|she|they|it|only)\b"
    r"|(?:i|we|you|they|he|she) (?:could|might|may)(?! not be able)\b)"
    r"|\b(?:might as well|we could|i could maybe)\b",
    wish=rf"{_WE}(?:'d|’d| would)?{_OFTEN}(?:wish|hope|dream of|long to|love to|like to)\b"
    rf"|{_WE}(?:'d|’d| would){_OFTEN}(?:love|like|prefer) to\b|{_LEAD}if only\b",
    plan=rf"{_WE}(?:'m|’m|'re|’re| am| are| was| were)?{_OFTEN}(?:plan(?:ning)? (?:to|on)|going to|gonna"
    r"|intend(?:ing)? to|about to|thinking (?:of|about)|hoping to|looking to)\b"
    rf"|{_WE}(?:'ll|’ll| will| shall)\b(?! (?:never forget|always be|admit|say))",
    judgement=r"^(?:(?:but|and|so|well|honestly|yeah|yes|no|oh|hmm|personally)[, ]+)*(?:"
    r"(?P<sure>i(?:'m| am) (?:sure|certain|convinced|positive)|i know that|(?:no doubt|definitely)(?= (?-i:[a-z])))"
    r"|(?P<firm>in my (?:opinion|view|experience)|i (?:strongly |firmly |truly |really )?believe|personally)"
    r"|(?P<held>i (?:really |still |also |just )?(?:think|feel|find|consider|prefer)\b|to me\b|i(?:'d| would) say"
    r"|it seems to me)"
    r"|(?P<weak>i (?:guess|suppose|assume|suspect|imagine|reckon)|maybe i)"
    r"|(?P<doubt>i (?:doubt|don'?t (?:think|believe)|hardly think)))",
)
_GERMAN = _wording(
    hypothetical=r"^(?:(?:aber|und|also|naja|ja|nein)[, ]+)*(?:vielleicht|möglicherweise|eventuell|angenommen|falls"
    r"|was wäre)\b|\b(?:ich|wir|du|man|er|sie) könnte[nst]*\b|\bkönnte[nst]* (?:ich|wir|man)\b",
    wish=r"\b(?:ich|wir) (?:wünsch|hoffe|träume)\w*|\b(?:ich|wir) (?:würde|hätte|möchte)n?\b"
    r"|\b(?:würde|hätte|möchte)n? (?:ich|wir)\b",
    plan=r"\b(?:ich|wir) (?:plane|beabsichtige)n?\b|\b(?:ich|wir) (?:will|wollen)\b|\b(?:will|wollen) (?:ich|wir)\b"
    r"|\b(?:ich|wir) haben? (?:fest )?vor\b"
    r"|\b(?:(?:ich|wir) werden?|werden? (?:ich|wir))\b.*\b(?!\w*ge\w{3})\w+(?:en|ern|eln)\W*$",
    judgement=r"^(?:(?:aber|und|also|naja|ja|nein|ehrlich gesagt)[, ]+)*(?:"
    r"(?P<sure>ich bin (?:mir )?(?:ganz |absolut )?(?:sicher|überzeugt)|zweifellos)"
    r"|(?P<firm>meiner (?:meinung|ansicht) nach|ich bin der (?:meinung|ansicht)|ich glaube fest)"
    r"|(?P<doubt>ich bezweifle|ich (?:glaube|denke) (?:nicht|kaum))"
    r"|(?P<held>ich (?:finde|denke|glaube|meine|bevorzuge)\b|für mich (?:ist|sind)|mir scheint)"
    r"|(?P<weak>ich (?:vermute|schätze|nehme an)\b))",
)
_FRENCH = _wording(
    hypothetical=r"^(?:(?:mais|et|alors|bon|oui|non)[, ]+)*(?:peut-être|éventuellement|imaginons|supposons|et si\b"
    r"|si (?:je|on|nous|tu)\b)|\b(?:je|on|nous|tu) pourr(?:ais|ait|ions)\b",
    wish=r"\bj['’](?:aimerais|espère)\b|\bje (?:voudrais|souhaite|rêve)\b|\bnous (?:aimerions|voudrions|espérons)\b"
    r"|\bon (?:aimerait|voudrait)\b|\bsi seulement\b",
    plan=r"\b(?:je vais|on va|nous allons) (?:(?:me|nous|se|y|en) )?\w+(?:er|ir|re|oir)\b"
    r"|\b(?:je|on|nous) (?:prévoi|compt|pens)\w* (?:de )?\w+(?:er|ir|re|oir)\b|\bj['’]ai l['’]intention\b"
    r"|\bje \w{2,}rai\b|\bnous \w{2,}rons\b",
    judgement=r"^(?:(?:mais|et|alors|bon|oui|non|franchement)[, ]+)*(?:"
    r"(?P<sure>je suis (?:sûre?|certaine?|convaincue?)\b|sans aucun doute)"
    r"|(?P<firm>à mon avis|selon moi|je crois fermement)"
    r"|(?P<doubt>je doute|je ne (?:pense|crois) pas)"
    r"|(?P<held>je (?:pense|crois|trouve|préfère) (?!\w+(?:er|ir|oir)\b)|il me semble|pour moi\b)"
    r"|(?P<weak>je suppose|j['’]imagine))",
)
_SPANISH = _wording(
    hypothetical=r"^(?:(?:pero|y|bueno|pues|sí)[, ]+)*(?:quizás?|tal vez|a lo mejor|puede que|supongamos|y si\b"
    r"|si (?:pudiera|tuviera|fuera))|\bpodría(?:mos|s)?\b",
    wish=r"\b(?:me|nos) gustaría\b|\bquisi(?:era|éramos)\b|\bojalá\b|\bespero que\b|\bsueño con\b|\bdesearía\b",
    plan=r"\b(?:voy a|vamos a|pienso|pensamos|planeo|planeamos|quiero|queremos) \w+(?:ar|er|ir)(?:me|nos|se|lo|la)?\b"
    r"|\btengo (?:la )?intención\b",
    judgement=r"^(?:(?:pero|y|bueno|pues|sí|la verdad)[, ]+)*(?:"
    r"(?P<sure>estoy (?:segur|convencid)[oa]|sin duda)"
    r"|(?P<firm>en mi opinión|creo firmemente)"
    r"|(?P<doubt>dudo\b|(?:yo )?no (?:creo|pienso)\b)"
    r"|(?P<held>(?:yo )?(?:creo|opino|considero|prefiero|pienso que)\b|me parece\b|para mí\b)"
    r"|(?P<weak>supongo|(?:me )?imagino))",
)
_CHINESE = _wording(
    hypothetical=r"^(?:但是?|那)?[,，]?(?:我们?|你们?|他们?)?(?:也许|或许|说不定|可能|要是|如果|假如|万一)",
    wish=r"我们?(?:很|真|真的|一直|非常)?(?:希望|盼望|梦想|渴望)|就好了",
    plan=r"我们?[^,，。]{0,6}(?:打算|计划|准备|决定要|将要|想要?去)",
    judgement=r"^(?:但是?|嗯|不过)?[,，]?(?:"
    r"(?P<sure>我(?:很|非常|十分)?(?:确定|肯定|坚信))"
    r"|(?P<firm>依我看|在我看来)"
    r"|(?P<doubt>我(?:怀疑|不(?:觉得|认为|相信)))"
    r"|(?P<held>我(?:个人)?(?:觉得|认为|更喜欢))"
    r"|(?P<weak>我(?:猜|估计|想是)))",
)
_WORDINGS = {"en": _ENGLISH, "de": _GERMAN, "fr": _FRENCH, "es": _SPANISH, "zh": _CHINESE}
