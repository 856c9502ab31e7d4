"""German."""

from __future__ import annotations

from fourfold.language.pack import DateGrammar, Language, Wording

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
    r"|\b(?:(?:ich|wir) werden?|werden? (?:ich|wir))\b.*\b(?!\w*ge\w{3})\w+(?:en|ern|eln)\W*$",
    judgement=r"^(?:(?:aber|und|also|naja|ja|nein|ehrlich gesagt)[, ]+)*(?:"
    r"(?P<sure>ich bin (?:mir )?(?:ganz |absolut )?(?:sicher|überzeugt)|zweifellos)"
    r"|(?P<firm>meiner (?:meinung|ansicht) nach|ich bin der (?:meinung|ansicht)|ich glaube fest)"
    r"|(?P<doubt>ich bezweifle|ich (?:glaube|denke) (?:nicht|kaum))"
    r"|(?P<held>ich (?:finde|denke|glaube|meine|bevorzuge)\b|für mich (?:ist|sind)|mir scheint)"
    r"|(?P<weak>ich (?:vermute|schätze|nehme an)\b))",
)

_DATE_WORDS = {
    "month": {
        "januar|jänner|jan": "January", "februar|feber|feb": "February", "märz|mär": "March", "april|apr": "April",
        "mai": "May", "juni|jun": "June", "juli|jul": "July", "august|aug": "August",
        "september|sept|sep": "September", "oktober|okt": "October", "november|nov": "November",
        "dezember|dez": "December",
    },
    "weekday": {
        "montags?": "Monday", "dienstags?": "Tuesday", "mittwochs?": "Wednesday", "donnerstags?": "Thursday",
        "freitags?": "Friday", "samstags?|sonnabends?": "Saturday", "sonntags?": "Sunday",
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
    "part": {"anfang": "early", "mitte": "mid", "ende": "late"},
    "holiday": {
        "weihnachten": "Christmas", "heiligabend": "Christmas Eve", "silvester": "New Year's Eve",
        "neujahr": "New Year's Day", "ostern": "Easter", "ostersonntag": "Easter Sunday",
        "valentinstag": "Valentine's Day", "halloween": "Halloween",
    },
}  # fmt: skip
_HOURS = r"(?:morgen|vormittag|mittag|nachmittag|abend|nacht)"
_OF_DAY = rf"(?: (?:früh|{_HOURS}))?"
_DATE_RULES = (
    (
        r"{day}\. ?(?:bis(?: zum)?|-|–|und) ?{day2}\. ?{month}(?: {year})?",
        "{day} to {day2} {month} {year}",
    ),
    (
        r"(?:{weekday}(?:,| dem| den)* )?(?:de[rmn] )?{day}\. ?{month}\.?(?: {year})?",
        "{day} {month} {year}",
    ),
    (
        r"(?:von|zwischen) {month}(?: {year})? (?:bis|und) {month2}(?: {year2})?",
        "from {month} {year} to {month2} {year2}",
    ),
    (r"(?:von|zwischen) {year} (?:bis|und) {year2}", "from {year} to {year2}"),
    (r"{year}(?: bis | ?[-–] ?){year2}", "from {year} to {year2}"),
    (r"seit (?:{part} )?(?:dem )?(?:{month} )?(?:jahr )?{year}", "since {part} {month} {year}"),
    (r"seit (?:{part} )?{month}", "since {part} {month}"),
    (r"(?:{part} )?{month} {year}", "in {part} {month} {year}"),
    (r"{which} {month}", "{which} {month}"),
    (r"(?:im|bis|ab|vom?|zum) (?:{part} )?{month}", "in {part} {month}"),
    (r"{part} {month}", "{part} {month}"),
    (r"(?:{which} )?{holiday}(?: {year})?", "{which} {holiday} {year}"),
    (r"(?:im |den )?{season} {year}", "{season} {year}"),
    (r"{which} {season}", "{which} {season}"),
    (r"(?:im|seit) {season}", "in {season}"),
    (r"in den (?P<short>[2-9]0)er(?:n| jahren)?", "in the {short}s"),
    (r"(?:in den )?(?P<short>(?:19|20)\d0)er(?:n| jahren)?", "the {short}s"),
    (r"vor einem halben {unit}", "half a {unit} ago"),
    (r"vor (?:etwa |rund |ungefähr |circa |ca\. )?{count} {unit}", "{count} {unit}s ago"),
    (r"in (?:etwa |rund |ungefähr )?{count} {unit}", "in {count} {unit}s"),
    (r"{which} {count} {unit}", "in the {which} {count} {unit}s"),
    (r"heute in {count} {unit}", "in {count} {unit}s"),
    (r"vorvorgestern", "3 days ago"),
    (rf"vorgestern{_OF_DAY}", "the day before yesterday"),
    (rf"übermorgen{_OF_DAY}", "the day after tomorrow"),
    (rf"gestern{_OF_DAY}", "yesterday"),
    (rf"heute{_OF_DAY}", "today"),
    (r"(?-i:morgen)(?: (?:früh|vormittag|mittag|nachmittag|abend|nacht))?", "tomorrow"),
    (r"(?:vorletzte[mnrs]?) {unit}", "the {unit} before last"),
    (r"(?:übernächste[mnrs]?) {unit}", "the {unit} after next"),
    (rf"{{which}} {{weekday}}{_HOURS}?", "{which} {weekday}"),
    (r"{which} {unit}", "{which} {unit}"),
    (r"(?:am|übers) wochenende", "over the weekend"),
    (rf"(?:am|seit|bis|ab|vom|zum) {{weekday}}{_HOURS}?", "on {weekday}"),
    (r"neulich", "the other day"),
    (r"am {day}\.(?! ?\w)", "on the {day}th"),
    (r"{part} {year}", "{part} {year}"),
    (r"(?:(?:im )?jahre?|in|bis|ab|von|vor|nach) {year}(?! ?(?:€|%|[a-zäöü]+))", "in {year}"),
    (r"(?:im )?jahre? {year}", "in {year}"),
)

LANGUAGE = Language(
    code="de",
    name="German",
    stemmer="german",
    stop_words=_STOP_WORDS,
    negation=r"\b(?:nicht|nichts|kein\w*|nie|niemals|niemand\w*|ohne|weder|kaum|nirgends)\b",
    noun_capitals=True,
    noun_determiners=r"\b(?:der|die|das|de[nms]|[kmds]?eine?[mnrs]?|ihre?[mnrs]?|unse?re?[mnrs]?|eue?re?[mnrs]?|diese?[mnrs]?|jede?[mnrs]?"
    r"|welche?[mnrs]?|alle?[mnrs]?|vieler?n?|mehrere?n?|einiger?n?|weniger?n?|im|ins|am|ans|aufs|zum|zur|vom|beim|\d+"
    r"|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn)\s+(?:[a-zäöüß]+(?:e[mnrs]?)\s+)?$",
    abbreviations=r"z\.\s?B|u\.\s?a|d\.\s?h|bzw|ca|Nr",
    months_after_point=r"Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez",
    asks_when=r"\bwann\b|\bwie lange\b",
    asks_count=r"\bwie (?:viele?|oft|alt)\b",
    asks_before=r"\b(?:früher\w*|vorher\w*|zuvor|ehemal\w*|bevor)\b",
    first_person=r"\b(?:ich|mein\w*|wir)\b",
    second_person=r"\b(?:du|dein\w*|ihr|Sie)\b",
    small_talk=frozenset(
        "hallo guten tag morgen abend danke dankeschön vielen schön bitte tschüss ja nein gut prima super".split()
    ),
    quotation=r"\b(?:sagte?|meinte|schrieb)\b[^.]{0,30}[:,]\s*[\"“«„]|[,.!…][\"”»“]\s*(?:\w+ )?(?:sagte|meinte)\b",
    that=r"dass",
    preferring=r"bevorzug",
    dates=DateGrammar(_DATE_WORDS, _DATE_RULES),
    wording=_WORDING,
)
