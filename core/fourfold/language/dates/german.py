"""The German date grammar."""

from __future__ import annotations

from fourfold.language.dates.phrases import NUMERIC_RULES, grammar

_VOCABULARY = {
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

GRAMMAR = grammar(
    _VOCABULARY,
    (
        *NUMERIC_RULES,
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
    ),
)
