"""The French date grammar."""

from __future__ import annotations

from fourfold.language.dates.phrases import NUMERIC_RULES, grammar

_VOCABULARY = {
    "month": {
        "janvier|janv": "January", "février|fevrier|févr": "February", "mars": "March", "avril": "April",
        "mai": "May", "juin": "June", "juillet": "July", "août|aout": "August", "septembre|sept": "September",
        "octobre|oct": "October", "novembre|nov": "November", "décembre|decembre|déc": "December",
    },
    "weekday": {
        "lundi": "Monday", "mardi": "Tuesday", "mercredi": "Wednesday", "jeudi": "Thursday", "vendredi": "Friday",
        "samedi": "Saturday", "dimanche": "Sunday",
    },
    "season": {"printemps": "spring", "été": "summer", "automne": "autumn", "hiver": "winter"},
    "unit": {
        "minutes?": "minute", "heures?": "hour", "jours?": "day", "semaines?": "week", "week-?ends?": "weekend",
        "mois": "month", "trimestres?": "quarter", "ans?|années?": "year", "décennies?": "decade",
    },
    "count": {
        r"\d{1,5}": "", "une?": "a", "deux": "2", "trois": "3", "quatre": "4", "cinq": "5", "six": "6", "sept": "7",
        "huit": "8", "neuf": "9", "dix": "10", "onze": "11", "douze": "12", "quinze": "15", "vingt": "20",
        "trente": "30", "quelques": "a few", "plusieurs": "several",
    },
    "which": {"derni(?:er|ère)|passée?": "last", "prochaine?": "next"},
    "part": {"début": "early", "(?:mi|milieu)": "mid", "fin": "late"},
    "holiday": {
        "noël": "Christmas", "(?:le )?réveillon de noël": "Christmas Eve", "saint-sylvestre": "New Year's Eve",
        "(?:le )?jour de l['’]an": "New Year's Day", "pâques": "Easter", "saint-valentin": "Valentine's Day",
        "halloween": "Halloween",
    },
}  # fmt: skip
_OF_DAY = r"(?: (?:matin|midi|après-midi|soir))?"

GRAMMAR = grammar(
    _VOCABULARY,
    (
        *NUMERIC_RULES,
        (r"(?:du )?{day}(?:er)? (?:au|-|et le) {day2} {month}(?: {year})?", "{day} to {day2} {month} {year}"),
        (r"(?:(?:le )?{weekday} |le )?{day}(?:er)? {month}(?: {year})?", "{day} {month} {year}"),
        (
            r"(?:de|entre) {month}(?: {year})? (?:à|et) {month2}(?: {year2})?",
            "from {month} {year} to {month2} {year2}",
        ),
        (r"(?:de|entre) {year} (?:à|et) {year2}", "from {year} to {year2}"),
        (r"{year} ?[-–] ?{year2}", "from {year} to {year2}"),
        (r"depuis (?:{part} )?(?:{month} )?{year}", "since {part} {month} {year}"),
        (r"depuis (?:{part} )?{month}", "since {part} {month}"),
        (r"(?:{part}[ -])?{month} {year}", "in {part} {month} {year}"),
        (r"{month} {which}", "{which} {month}"),
        (
            r"(?:en|au mois de|au mois d['’]|jusqu['’]en|avant|après) (?:{part}[ -])?{month}",
            "in {part} {month}",
        ),
        (r"{part}[ -]{month}", "{part} {month}"),
        (r"{holiday} {which}", "{which} {holiday}"),
        (r"{holiday}(?: {year})?", "{holiday} {year}"),
        (r"(?:l['’]|le |au |en |à l['’])?{season} (?:de |dernier de )?{year}", "{season} {year}"),
        (r"(?:l['’]|le |au |en |à l['’])?{season} {which}", "{which} {season}"),
        (r"cet(?:te)? {season}|ce {season2}", "this {season} {season2}"),
        (r"(?:en|au) {season}(?! \w+ement)", "in {season}"),
        (r"dans les années (?P<short>(?:19|20)?\d0)", "in the {short}s"),
        (r"il y a (?:environ |à peu près )?{count} {unit}", "{count} {unit}s ago"),
        (r"dans (?:environ )?{count} {unit}", "in {count} {unit}s"),
        (r"(?:ces |les |au cours des )?{count} derni(?:er|ère)s {unit}", "in the last {count} {unit}s"),
        (r"(?:les |dans les )?{count} prochaine?s {unit}", "in the next {count} {unit}s"),
        (rf"avant-hier{_OF_DAY}", "the day before yesterday"),
        (rf"après-demain{_OF_DAY}", "the day after tomorrow"),
        (rf"hier{_OF_DAY}", "yesterday"),
        (r"aujourd['’]hui|ce (?:matin|soir|midi)|cet après-midi", "today"),
        (r"cette nuit|la nuit dernière", "last night"),
        (rf"demain{_OF_DAY}", "tomorrow"),
        (r"(?:le |la |l['’])?avant-derni(?:er|ère) {unit}", "the {unit} before last"),
        (r"{weekday}(?: matin| midi| après-midi| soir)? {which}", "{which} {weekday}"),
        (r"{unit} {which}", "{which} {unit}"),
        (r"ce(?:t|tte)? {unit}(?:-ci)?", "this {unit}"),
        (r"ce {weekday}", "this {weekday}"),
        (r"le week-?end", "over the weekend"),
        (r"(?:depuis|jusqu['’]à|dès|de) {weekday}", "on {weekday}"),
        (
            r"(?<!le )(?<!les )(?<!chaque )(?<!tous les ){weekday}(?: matin| après-midi| soir)?",
            "on {weekday}",
        ),
        (r"l['’]autre jour", "the other day"),
        (r"le {day}(?:er)?(?! ?[\w%€])", "on the {day}th"),
        (r"{part} {year}", "{part} {year}"),
        (
            r"(?:en|l['’]année|l['’]an|avant|après|jusqu['’]en|vers) {year}(?! ?(?:€|%|euros|personnes))",
            "in {year}",
        ),
    ),
)
