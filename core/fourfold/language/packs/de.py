"""German."""

from __future__ import annotations

from fourfold.language.pack import (
    DateGrammar,
    Language,
    TenseGrammar,
    Wording,
)
from fourfold.language.packs import _clauses, _opinions
from fourfold.language.packs._de_succession import SUCCESSION

_STOP_WORDS = frozenset(
    """aber alle allem allen aller alles als also am an auch auf aus bei beim bin bis bist da dabei damit dann
    das dass daß dein deine deinem deinen deiner dem den denn der des dessen deren dich die dies diese
    diesem diesen dieser dieses dir doch dort du durch ein eine einem einen einer eines er es etwas euch
    euer eure eurem euren für gegen habe haben hab hast hat hatte hatten hattest hier hin ich ihm ihn ihnen
    ihr ihre ihrem ihren ihrer ihres im in ins ist ja jede jedem jeden jeder jedes jetzt kann kannst kein
    keine keinem keinen keiner können könnte mal man mein meine meinem meinen meiner meines mich mir mit
    muss musste nach nicht nichts noch nun nur ob oder ohne schon sehr sein seine seinem seinen seiner
    seines seit selbst sich sie sind so soll sollte sonst sowie über um und uns unser unsere unserem unseren
    unserer unter vom von vor wann war waren warst warum was weil welche welchem welchen welcher welches
    wenn wer werde werden wie wieder will wir wird wirst wo wollen worden wurde wurden würde zu zum zur zwar
    zwischen gibt halt eben eigentlich gerade etwa""".split()
)
_WORDING = Wording(
    hypothetical=r"^(?:(?:aber|und|also|naja|ja|nein)[, ]+)*(?:vielleicht|möglicherweise|eventuell|angenommen|falls"
    r"|was wäre)\b|\b(?:ich|wir|du|man|er|sie) könnte[nst]*\b|\bkönnte[nst]* (?:ich|wir|man)\b",
    wish=r"\b(?:ich|wir) (?:wünsch|hoffe|träume)\w*|\b(?:ich|wir) (?:würde|hätte|möchte)n?\b"
    r"|\b(?:würde|hätte|möchte)n? (?:ich|wir)\b",
    plan=r"\b(?:ich|wir) (?:plane|beabsichtige)n?\b|\b(?:ich|wir) (?:will|wollen)\b|\b(?:will|wollen) (?:ich|wir)\b"
    r"|\b(?:ich|wir) haben? (?:fest )?vor\b"
    r"|\b(?:(?:ich|wir) werden?|werden? (?:ich|wir))\b.{0,300}\b(?!\w*ge\w{3})\w+(?:en|ern|eln)\W*$",
    judgement=r"^(?:(?:aber|und|also|naja|ja|nein|ehrlich gesagt)[, ]+)*(?:"
    r"(?P<sure>ich bin (?:mir )?(?:ganz |absolut )?(?:sicher|überzeugt)|zweifellos)"
    r"|(?P<firm>meiner (?:meinung|ansicht) nach|ich bin der (?:meinung|ansicht)|ich glaube fest)"
    r"|(?P<doubt>ich bezweifle|ich (?:glaube|denke) (?:nicht|kaum))"
    r"|(?P<held>ich (?:finde|denke|glaube|meine|bevorzuge)\b|für mich (?:ist|sind)|mir scheint)"
    r"|(?P<weak>ich (?:vermute|schätze|nehme an)\b))",
)

_PARTICIPLE = (
    r"(?-i:[a-zäöüß]{0,14}(?:ge[a-zäöüß]{2,}|(?:be|ver|er|ent|zer|emp|miss)[a-zäöüß]{3,}|iert)(?:t"
    r"|en)|[a-zäöüß]{2,}iert)"
)
_GONE = (
    r"(?-i:[a-zäöüß]{0,10}(?:gegangen|gefahren|gekommen|kommen|geflogen|gelaufen|gereist|gezogen|gestorben|geboren|geblieben"
    r"|gewesen|geworden|worden|passiert|gefallen|gestiegen|gewachsen|gewacht|geschlafen|gesprungen|geschwommen|getreten"
    r"|geschehen|gelungen|begegnet|gewandert|gerannt|gestanden|gelandet|erschienen|umgezogen|eingezogen|ausgezogen))"
)
_DATE_WORDS = {
    "month": {
        "januar|jänner|jan": "January", "februar|feber|feb": "February", "märz|mär": "March", "april|apr": "April",
        "mai": "May", "juni|jun": "June", "juli|jul": "July", "august|aug": "August",
        "september|sept|sep": "September", "oktober|okt": "October", "november|nov": "November",
        "dezember|dez": "December",
    },
    "weekday": {
        "montag": "Monday", "dienstag": "Tuesday", "mittwoch": "Wednesday", "donnerstag": "Thursday",
        "freitag": "Friday", "samstag|sonnabend": "Saturday", "sonntag": "Sunday",
    },
    "season": {
        "frühlings?|frühjahrs?": "spring", "sommers?": "summer", "herbst(?:es)?": "autumn", "winters?": "winter",
    },
    "unit": {
        "minuten?": "minute", "stunden?": "hour", "tag(?:en?)?": "day", "wochen?": "week", "wochenenden?": "weekend",
        "monat(?:en?|s)?": "month", "quartal(?:en?|s)?": "quarter", "jahr(?:en?|es)?": "year",
        "jahrzehnt(?:en?|s)?": "decade",
    },
    "count": {
        r"\d{1,5}": "", "ein(?:e[mnrs]?)?": "a", "zwei": "2", "drei": "3", "vier": "4", "fünf": "5", "sechs": "6",
        "sieben": "7", "acht": "8", "neun": "9", "zehn": "10", "elf": "11", "zwölf": "12", "zwanzig": "20",
        "dreißig": "30", "(?:ein )?paar": "a few", "(?:den )?einigen?": "a few", "mehreren?": "several",
    },
    "which": {
        "letzte[mnrs]?|vergangene[mnrs]?|vorige[mnrs]?": "last", "nächste[mnrs]?|kommende[mnrs]?": "next",
        "diese[mnrs]?": "this",
    },
    "stretch": {"tag(?:e[ns]?)?": "day", "woche": "week", "wochenende": "weekend"},
    "nth": {
        "erste[mnrs]?": "first", "zweite[mnrs]?": "second", "dritte[mnrs]?": "third", "vierte[mnrs]?": "fourth",
        "letzte[mnrs]?": "last",
    },
    "part": {"anfang": "early", "mitte": "mid", "ende": "late"},
    "decade": {
        "zwanziger": "twenties", "dreißiger": "thirties", "vierziger": "forties", "fünfziger": "fifties",
        "sechziger": "sixties", "siebziger": "seventies", "achtziger": "eighties", "neunziger": "nineties",
    },
    "holiday": {
        "weihnachten": "Christmas", "heiligabend": "Christmas Eve", "silvester": "New Year's Eve",
        "neujahr": "New Year's Day", "ostern": "Easter", "ostersonntag": "Easter Sunday",
        "valentinstag": "Valentine's Day", "halloween": "Halloween",
    },
}  # fmt: skip
_HOURS = r"(?:morgen|vormittag|mittag|nachmittag|abend|nacht)"
_OF_DAY = rf"(?: (?:früh|{_HOURS}))?"
# German puts a year beside the verb, without a preposition: it is none before a noun ("2000 Kalorien").
_BESIDE_YEAR = (
    r"(?:war|waren|ist|hat|habe|hab|haben|hatte|hatten|bin|sind|wurde|wurden|wird|werden|ging|kam|gab|ich|du|er|sie|es|wir"
    r"|ihr|in|im|an|am|auf|aus|nach|von|mit|bei|zum|zur|der|die|das|den|dem|ein|eine|einen|mein|meine|unser|unsere|nicht"
    rf"|noch|{_PARTICIPLE}|{_GONE})"
)
_DATE_RULES = (
    (
        r"(?:vom |zwischen (?:dem )?)?{day}\. ?{month}(?: {year})? (?:bis|und|-|–)(?: zum| dem)? ?{day2}\. ?{month2}"
        r"(?: {year2})?",
        "from {day} {month} {year} to {day2} {month2} {year2}",
    ),
    (
        r"(?:vom |zwischen (?:dem )?)?{day}\. ?(?:bis(?: zum)?|-|–|und)(?: dem)? ?{day2}\. ?{month}(?: {year})?",
        "{day} to {day2} {month} {year}",
    ),
    (
        r"(?:{weekday}(?:,| dem| den)* )?(?:de[rmn] )?{day}\. ?{month}\.?(?: {year})?",
        "{day} {month} {year}",
    ),
    (
        r"zwischen {month}(?: {year})? und {month2}(?: {year2})?",
        "from {month} {year} to {month2} {year2}",
    ),
    (
        r"(?:von )?{month}(?: {year})? (?:bis|-|–) {month2}(?: {year2})?",
        "from {month} {year} to {month2} {year2}",
    ),
    (r"(?:von|zwischen) {year} (?:bis|und) {year2}", "from {year} to {year2}"),
    (r"{year}(?: bis | ?[-–] ?){year2}", "from {year} to {year2}"),
    (r"seit (?:{part} )?(?:dem )?(?:{month} )?(?:jahr )?{year}", "since {part} {month} {year}"),
    (
        r"{nth} (?:{stretch}|{weekday}) (?:des |der |im |in der |vom )?{which} {unit}",
        "the {nth} {stretch}{weekday} of {which} {unit}",
    ),
    (
        r"{nth} (?:{stretch}|{weekday}) (?:des |im |vom )?{month}s?(?: {year})?",
        "the {nth} {stretch}{weekday} of {month} {year}",
    ),
    (r"(?:am )?(?:{nth}|{day}\.) (?:des )?{which} monats", "the {nth} {day} of {which} month"),
    (r"{part} (?:des |der )?{which} {unit}", "{part} {which} {unit}"),
    (r"{part} (?:de[sr]|dieses|dieser) {unit}", "{part} the {unit}"),
    (r"(?:am |zum |bis(?: zum)? |gegen )monatsende", "late the month"),
    (r"(?:am |zum |bis(?: zum)? |gegen )jahresende", "late the year"),
    (r"(?:im )?(?:{part} )?{month} (?:des )?{which} jahres", "{part} {month} {which} year"),
    (r"(?:im )?{season} (?:des )?{which} jahres", "{season} {which} year"),
    (r"{which} jahr,?(?: im| zu| an)? (?:{part} )?{month}", "{which} year in {part} {month}"),
    (r"{which} jahr,?(?: im| zu| an)? {season}", "{which} year in {season}"),
    (r"{which} jahr,?(?: im| zu| an)? {holiday}", "{which} year at {holiday}"),
    (r"seit (?:{part} )?{month}", "since {part} {month}"),
    (r"(?:{part} )?{month} {year}", "in {part} {month} {year}"),
    (r"{which} {month}", "{which} {month}"),
    (r"(?:im|bis|ab|auf|vom?|zum) (?:{part} )?{month}", "in {part} {month}"),
    (r"{part} {month}", "{part} {month}"),
    (r"(?:{which} )?{holiday}(?: {year})?", "{which} {holiday} {year}"),
    (r"(?:im |den )?{season} {year}", "{season} {year}"),
    (r"{which} {season}", "{which} {season}"),
    (r"(?:im|seit) {season}", "in {season}"),
    (r"in den {decade}n?(?: jahren)?", "the {decade}"),
    (r"in den (?P<short>[2-9]0)er(?:n| jahren)?", "in the {short}s"),
    (r"(?:in den )?(?P<short>(?:19|20)\d0)er(?:n| jahren)?", "the {short}s"),
    (r"vor einem halben {unit}", "half a {unit} ago"),
    (r"heute vor {count} {unit}", "{count} {unit}s ago today"),
    (r"gestern vor {count} {unit}", "{count} {unit}s ago yesterday"),
    (r"morgen vor {count} {unit}", "{count} {unit}s ago tomorrow"),
    (r"(?:genau|auf den tag(?: genau)?) vor {count} {unit}", "exactly {count} {unit}s ago"),
    (r"vor (?:genau |exakt ){count} {unit}", "exactly {count} {unit}s ago"),
    (r"vor {count} {unit},? auf den tag(?: genau)?", "exactly {count} {unit}s ago"),
    (r"in (?:genau |exakt ){count} {unit}", "in exactly {count} {unit}s"),
    (r"(?:am )?{weekday} vor {count} wochen?", "{count} weeks ago on {weekday}"),
    (r"vor {count} wochen?,? (?:am )?{weekday}", "{count} weeks ago on {weekday}"),
    (r"vor (?:etwa |rund |ungefähr |circa |ca\. )?{count} {unit}", "{count} {unit}s ago"),
    (r"heute in {count} {unit}", "{count} {unit}s from today"),
    (r"morgen in {count} {unit}", "{count} {unit}s from tomorrow"),
    (r"(?:am )?{weekday} in {count} wochen?", "{count} weeks from {weekday}"),
    (r"in (?:etwa |rund |ungefähr )?{count} {unit}", "in {count} {unit}s"),
    (r"{which} {count} {unit}", "in the {which} {count} {unit}s"),
    (r"vorvorgestern", "3 days ago"),
    (rf"vorgestern{_OF_DAY}", "the day before yesterday"),
    (rf"übermorgen{_OF_DAY}", "the day after tomorrow"),
    (rf"gestern{_OF_DAY}", "yesterday"),
    (rf"heute{_OF_DAY}", "today"),
    (r"(?-i:morgen)(?: (?:früh|vormittag|mittag|nachmittag|abend|nacht))?", "tomorrow"),
    (rf"{{which}} woche,? (?:am )?{{weekday}}{_HOURS}?{_OF_DAY}", "{weekday} of {which} week"),
    (rf"(?:am )?{{weekday}}{_HOURS}?{_OF_DAY} (?:in )?(?:der )?{{which}} woche", "{weekday} of {which} week"),
    (rf"übernächste woche,? (?:am )?{{weekday}}{_HOURS}?", "{weekday} of the week after next"),
    (rf"vorletzte woche,? (?:am )?{{weekday}}{_HOURS}?", "{weekday} of the week before last"),
    (r"(?:vorletzte[mnrs]?) {unit}", "the {unit} before last"),
    (r"(?:übernächste[mnrs]?) {unit}", "the {unit} after next"),
    (rf"{{which}} {{weekday}}{_HOURS}?", "{which} {weekday}"),
    (r"{which} {unit}", "{which} {unit}"),
    (r"(?:am|übers) wochenende", "over the weekend"),
    (
        r"(?:zwischen |von )?(?:{which} )?{weekday} (?:bis|und|-|–) {weekday2}",
        "from {which} {weekday} to {weekday2}",
    ),
    (r"an einem (?:\w+en )?{weekday}", "on a {weekday}"),
    (r"seit (?:dem )?{weekday}", "since {weekday}"),
    (
        rf"(?<!herr )(?<!frau )(?:(?:am|bis|ab|vom|für|vor|nach) )?(?:(?:de[nm]|zum) )?"
        rf"{{weekday}}(?:{_HOURS}| (?:früh|{_HOURS}))?",
        "on {weekday}",
    ),
    (r"neulich", "the other day"),
    (r"am {day}\.(?! ?\w)", "on the {day}th"),
    (r"{part} {year}", "{part} {year}"),
    (
        r"(?:(?:im )?jahre?|in|bis|ab|von|vor|nach|jahrgang) {year}"
        r"(?! ?(?:€|%|(?-i:[A-ZÄÖÜ]\w+|[bcdfghjklmnpqrstvwxz]{1,4}\b)))(?!(?: bis| und)? ?\d)(?![.,:]\d)",
        "in {year}",
    ),
    (r"(?:im )?jahre? {year}", "in {year}"),
    (rf"(?<!\w ){{year}}(?= {_BESIDE_YEAR}\b)", "in {year}"),
    (rf"(?-i:[a-zäöüß]+) {{year}}(?= {_BESIDE_YEAR}\b)", "in {year}"),
)

_DRAFTED = (
    r"^\s*(?:bitte )?(?:schreib\w*|übersetz\w*|formulier\w*|verfass\w*|korrigier\w*"
    r"|entwirf)\b[^.!?\n]{0,80}[:„\"]|^\s*(?:wie sagt man|übersetze?)\b"
)
_OF_OTHERS = (
    r"\bin (?:meinem|dem|einem|diesem|seinem|ihrem) (?:roman|buch|film|spiel|traum|lied|stück|drehbuch)\b"
    r"|\b(?:sagte?|meinte|schrieb|schreibt)\s?:|: ?[\"„]"
)

_PLACED = r"(?:auf|bei|beim|in|im|ins|an|am|nach|während|aus|vom|von|zum|zur)"
# Words without a capital up to one that has it: no verb stands behind a noun then.
_NOUN_PHRASE = r"(?!(?:ich|du|er|sie|es|wir|ihr|man)\b)(?-i:(?:[a-zäöüß\d]+ ){0,2}[A-ZÄÖÜ][\w-]++)"
_TENSE = TenseGrammar(
    corrected=r"nein|nee|ne|äh+m?|ach|sorry|moment|quatsch|halt|ich mein(?:e|te)|besser gesagt|vielmehr",
    neither=r"\b(?:heute|leute|bitte|letzte|nächste|erste|zweite|dritte|beste|rechte|echte|gute|alte|kalte|späte|leichte"
    r"|schlechte|nette|feste|dichte|karte|seite|miete|warte|biete|rate|heirate|(?:be)?antworte|[a-zäöü]*arbeite|starte|teste"
    r"|halte|verhalte|leiste|koste|achte|mochte)\b|\b(?:der|die|das|den|dem|ein|eine|einen|mein|meine|dein|deine) "
    r"(?-i:ge[a-zäöüß]+te[nrms]?)\b",
    future=r"\b(?:werden?|wirst|wird|werdet|will|willst|wollen|wollt|muss|musst|müssen|müsst|soll|sollst|sollen|sollte"
    r"|kann|kannst|können|könnt|könnte|könnten|möchte|möchten|darf|dürfen|müsste|würde|würden|dürfte)\b"
    r"|(?<=[,(:] )(?:frei|verfügbar|gültig|fällig|beziehbar) (?:ab|am|im|zum|bis)\b"
    r"|\b(?:ist|sind) (?=[^.,]{0,120}\b(?:zu|gebucht|geplant|reserviert|geschlossen|gesperrt|geöffnet|fällig"
    r"|krankgeschrieben)\b)",
    past=rf"\bhab(?:e|en|t|['’]s|['’]e)?\b[^.,:]{{0,120}}?\b{_PARTICIPLE}\b|\bha(?:st|t)\b[^.,:]{{0,120}}?\b{_PARTICIPLE}\b"
    rf"|\b{_PARTICIPLE} (?:habe|hab|hast|hat|haben|habt|wurde|wurden)\b"
    rf"|\b(?:bin|bist|ist|sind|seid)\b[^.,:]{{0,120}}?\b{_GONE}\b|\b{_GONE} (?:bin|bist|ist|sind|seid|war|waren)\b"
    r"|\b(?:war|warst|waren|wart|wurde[nst]{0,2}|hatte[nst]{0,2}|wollte[nst]{0,2}|musste[nst]{0,2}|konnte[nst]{0,2}"
    r"|durfte[nst]{0,2}|gab(?:en)?|ging(?:en)?|kam(?:en)?|fuhr(?:en)?|flog(?:en)?|sah(?:en)?|traf(?:en)?|rief(?:en)?"
    r"|fiel(?:en)?|fand(?:en)?|lag(?:en)?|lief(?:en)?|zog(?:en)?|schrieb(?:en)?|sprach(?:en)?|starb(?:en)?|nahm(?:en)?"
    r"|begann(?:en)?|blieb(?:en)?|aß(?:en)?|trank(?:en)?|schlief(?:en)?|schloss(?:en)?|stand(?:en)?|saß(?:en)?|hielt(?:en)?"
    r"|ließ(?:en)?|las(?:en)?|bekam(?:en)?|verlor(?:en)?|gewann(?:en)?|half(?:en)?|trug(?:en)?|warf(?:en)?|brach(?:en)?"
    r"|stieg(?:en)?|schwamm(?:en)?|sang(?:en)?|wuchs(?:en)?|dachte[nst]{0,2}|brachte[nst]{0,2}|kannte[nst]{0,2}"
    r"|wusste[nst]{0,2}|bat(?:en)?|verstand(?:en)?|entschied(?:en)?|unterschrieb(?:en)?|geschah|verließ(?:en)?)\b"
    r"|\b(?-i:[a-zäöüß]{2,}te)\b|\b(?:wir|sie) (?-i:[a-zäöüß]{2,}[^aeiouäöütrs\W]ten)\b",
    border=r"[,:()–—]|\s-\s|\b(?:weil|aber|denn|während|obwohl|dass)\b",
    deadline=r"\b(?:bis(?: zum| spätestens)?|vor(?: dem)?|spätestens|erst (?:im|am))\b",
    infinitive=r"\bzu [a-zäöüß]+e?[rl]?n\b|[a-zäöüß]{2,}zu[a-zäöüß]{2,}en\b",
    ahead=r"\bfür(?: den)?\b",
    arranged=r"\b(?:gebucht|geplant|reserviert|vereinbart|eingeladen|verschoben|verlegt|angemeldet|verabredet)\b",
    engaged=r"\b(?:gebucht|geplant|reserviert|vereinbart|eingeladen|angemeldet|verabredet)\b"
    r"|\b(?:karten|tickets?) (?:für|zu[mr]?)\b",
    goal=r"(?<!nacht )(?<!von )\bauf(?: den| die)?\b",
    denied=r"\bnicht(?: mehr)?(?: (?:am|im|an|in|den|dem|der))*|\b(?:an)?statt(?: (?:am|im|den|dem))*",
    verbless=rf"(?:{_NOUN_PHRASE} )?(?:{_PLACED} {_NOUN_PHRASE} ?)++",
    habitual=r"\b(?:würde\w*|möchte\w*|komm\w*)\b[^.,:]{0,40}?\bgern\w*|\bimmer (?:noch|wieder|\w+er)\b|\bwie immer\b"
    r"|(?P<habit>\b(?:gerne?|immer|meist|meistens|oft|manchmal|selten|nie|normalerweise|gewöhnlich|üblicherweise"
    r"|regelmäßig|grundsätzlich)\b)",
    recurring=r"\b(?:jede[mnrs]?|alle (?:zwei|drei|vier|paar)) (?:\w+ )?(?:(?:mon|diens|donners|frei|sams"
    r"|sonn)?tage?|mittwoch|morgen"
    r"|abend|nacht|wochen?|wochenende|monate?s?|jahre?|frühling|sommer|herbst|winter|weihnachten|ostern|silvester)\b"
    r"|\b(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)s\b|\b(?:jährlich|monatlich|wöchentlich|täglich)\b",
)

LANGUAGE = Language(
    code="de",
    name="German",
    stemmer="german",
    stop_words=_STOP_WORDS,
    negation=r"\b(?:nicht|nichts|kein\w*|nie|niemals|niemand\w*|ohne|weder|kaum|nirgends)\b",
    noun_capitals=True,
    noun_determiners=r"\b(?:der|die|das|de[nms]|[kmds]?eine?[mnrs]?|ihre?[mnrs]?|unse?re?[mnrs]?"
    r"|eue?re?[mnrs]?|diese?[mnrs]?|jede?[mnrs]?|welche?[mnrs]?|alle?[mnrs]?|vieler?n?|mehrere?n?"
    r"|einiger?n?|weniger?n?|im|ins|am|ans|aufs|zum|zur|vom|beim|\d+|zwei|drei|vier|fünf|sechs|sieben"
    r"|acht|neun|zehn)\s+(?:[a-zäöüß]+(?:e[mnrs]?)\s+)?$",
    abbreviations=r"z\.\s?B|u\.\s?a|d\.\s?h|bzw|ca|Nr",
    months_after_point=r"Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez"
    r"|(?:januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember)\b",
    asks_when=r"\bwann\b|\bwie lange\b",
    asks_count=r"\bwie (?:viele?|oft|alt)\b",
    asks_name=r"\bwe(?:r|n|m|ssen)\b|\bwo(?:hin|her)?\b|\bwelche[mnrs]?\b|\bheißt\b|\bname\b",
    number_words=r"zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|\w{3,}zehn|\w{3,}zig|\w*dreißig|\w*hundert"
    r"|\w*tausend|dutzend",
    asks_called=r"\bheiß(?:t|en)\b|\bnamens?\b",
    asks_work=r"\bvon Beruf\b|\bwas (?:macht|tut)\b.{1,60}\bberuflich\b|\bwas (?:macht|tut) (?:\S+ ){0,3}\S+\W*$",
    determiners=r"\b(?:d(?:er|ie|as|en|em|es)|(?:k?ein|mein|unser|sein|ihr)(?:e[mnrs]?)?) ",
    asks_often=r"\bwie (?:oft|häufig)\b|\bwie viele? male?\b",
    asks_place=r"\bwo(?:hin|her)?\b",
    question_words=r"\b(?:was|welche[mnrs]?|we[rmn]|wessen|wann|warum|weshalb|wieso|wie"
    r"|wo(?:hin|her|mit|von|vor|r?an|r?auf|für|r?um|durch|r?in|rüber|zu)?|beruflich|von Beruf)\b",
    asks_before=r"\b(?:früher\w*|vorher\w*|zuvor|ehemal\w*|bevor)\b",
    asks_first=r"\b(?:erste[nrs]? mal|zuerst|erstmals|früheste\w*)\b",
    asks_last=r"\b(?:letzte[nrs]? mal|zuletzt|neueste\w*|kürzlich)\b",
    told_to_remember=r"(?:(?:bitte|und|kannst du(?: dir)?|könntest du(?: dir)?)[, ]+)*+(?:merke? dir"
    r"|denke? (?:bitte )?dr?an|notiere?(?: dir)?|vergiss nicht|behalte im kopf|notiz|zur info)(?: bitte)?"
    r"[:,] (?!dass\b|wie\b|wo\b|was\b)",
    first_person=r"\b(?:ich|mein\w*|wir)\b",
    speaker_as_subject=r"\b(?:ich|mich|mir|wir|uns)\b",
    second_person=r"\b(?:du|dein\w*|ihr|Sie)\b",
    small_talk=frozenset(
        "hallo guten tag morgen abend danke dankeschön vielen schön bitte tschüss ja nein gut prima super".split()
    ),
    drafted=_DRAFTED,
    enacted=r"^\s*(?:bitte )?(?:tu(?:e)? so, als|stell dir vor, (?:du|ich)"
    r"|spiele? (?:die rolle|den part)|nimm an, (?:du|ich))\b",
    of_others=_OF_OTHERS,
    taken_back=r"^\W*(?:(?:war )?nur (?:ein )?(?:spaß|scherz|witz)|(?:kleiner )?scherz|oder (?:doch )?nicht"
    r"|oder\W*\?)\W*$"
    r"|^\W*(?:das|so) (?:hat|schrieb|sagte?|schreibt|behauptet) (?!ich\b)\w+"
    r"|^\W*(?:bitte |kannst du |könntest du )*(?:(?:das|dies|es)(?: bitte)? (?:ins? |auf )"
    r"|übersetze? (?:das|dies|es|mir das)\b"
    r"|korrekturlese)|^\W*wie (?:sagt|schreibt|übersetzt) man (?:das|dies)\b|^\W*was heißt das auf\b",
    texts=r"\b(?:e-?mail|mail|nachricht|brief|text|satz|beitrag|rede|zitat|beispiel|übersetzung|antwort|profil)\b",
    for_another=r"\b(?:dies\w*|folgende\w*|beispiel|übersetzung)\b|\b(?:für|von|als"
    r"|im namen von) (?:(?:mein|unser|sein|ihr)\w* (?:\w+ ){0,2})?(?-i:[A-ZÄÖÜ][a-zäöüß]+)\b",
    tag=r"(?:, (?:oder|nicht wahr|ne|gell|stimmt['’]?s|richtig))\W*$| oder nicht\W*$",
    quotation=r"\b(?:sagte?|meinte|schrieb)\b[^.]{0,30}[:,]\s*[\"“«„]|[,.!…][\"”»“]\s*(?:\w+ )?(?:sagte"
    r"|meinte)\b",
    that=r"dass",
    preferring=r"bevorzug",
    dates=DateGrammar(_DATE_WORDS, _DATE_RULES),
    tense=_TENSE,
    wording=_WORDING,
    clauses=_clauses.GERMAN,
    opinion=_opinions.GERMAN,
    succession=SUCCESSION,
)
