"""Spanish."""

from __future__ import annotations

from fourfold.language.pack import DateGrammar, Language, Wording

_STOP_WORDS = frozenset(
    """a al algo algún alguna algunas alguno algunos ante aquel aquella aquello así aún como con contra cual
    cuál cuando cuándo cuánto cuántos cuánta cuántas de del desde donde dónde durante e el él ella ellas
    ellos en entre era eran eres es esa esas ese eso esos esta está estaba estaban estamos están estar estas
    estás este esto estos estoy fue fueron fui fuimos ha había habían han has hasta hay he hemos la las le
    les lo los más me mi mí mis mucho muy nada ni no nos nosotros nuestra nuestras nuestro nuestros o os
    otra otro para pero por porque pues que qué quien quién quienes se sea según ser si sí sido sin sobre
    son soy su sus también tan tanto te tenía ti tiene tienen tienes todo todos tu tú tus un una unas uno
    unos va vosotros voy y ya yo tengo fuera eras""".split()
)
_WORDING = Wording(
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

_DATE_WORDS = {
    "month": {
        "enero|ene": "January", "febrero|feb": "February", "marzo": "March", "abril|abr": "April", "mayo": "May",
        "junio|jun": "June", "julio|jul": "July", "agosto|ago": "August", "sep?tiembre|sept?": "September",
        "octubre|oct": "October", "noviembre|nov": "November", "diciembre|dic": "December",
    },
    "weekday": {
        "lunes": "Monday", "martes": "Tuesday", "miércoles|miercoles": "Wednesday", "jueves": "Thursday",
        "viernes": "Friday", "sábado|sabado": "Saturday", "domingo": "Sunday",
    },
    "season": {"primavera": "spring", "verano": "summer", "otoño": "autumn", "invierno": "winter"},
    "unit": {
        "minutos?": "minute", "horas?": "hour", "días?|dias?": "day", "semanas?": "week",
        "fin(?:es)? de semana": "weekend", "mes(?:es)?": "month", "trimestres?": "quarter",
        "años?": "year", "décadas?": "decade",
    },
    "count": {
        r"\d{1,5}": "", "una?|un": "a", "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5", "seis": "6",
        "siete": "7", "ocho": "8", "nueve": "9", "diez": "10", "once": "11", "doce": "12", "quince": "15",
        "veinte": "20", "treinta": "30", "un par de": "a couple of", "unos pocos|unas pocas|unos|unas": "a few",
        "varios|varias": "several", "algunos|algunas": "a few",
    },
    "which": {"pasad[oa]|últim[oa]|anterior": "last", "próxim[oa]|que viene|siguiente": "next"},
    "part": {
        "(?:a )?(?:principios|comienzos) de": "early", "mediados de": "mid", "(?:a )?(?:finales|fines) de": "late",
    },
    "holiday": {
        "navidad(?:es)?": "Christmas", "nochebuena": "Christmas Eve", "nochevieja": "New Year's Eve",
        "año nuevo": "New Year's Day", "(?:domingo de )?pascua": "Easter",
        "(?:(?:el )?día de )?san valentín": "Valentine's Day", "halloween": "Halloween",
    },
}  # fmt: skip
_OF_DAY = r"(?: (?:por la|a la|de) (?:mañana|tarde|noche)| al mediodía)?"
_DATE_RULES = (
    (r"(?:del )?{day} al {day2} de {month}(?: (?:de|del) {year})?", "{day} to {day2} {month} {year}"),
    (
        r"(?:(?:el )?{weekday},? |el )?{day}(?:º)? de {month}(?:,? (?:de|del) {year})?",
        "{day} {month} {year}",
    ),
    (r"(?:el )?primero de {month}(?: (?:de|del) {year})?", "1 {month} {year}"),
    (
        r"(?:de|desde|entre) {month}(?: de {year})? (?:a|hasta|y) {month2}(?: (?:de|del) {year2})?",
        "from {month} {year} to {month2} {year2}",
    ),
    (r"(?:de|desde|entre) {year} (?:a|hasta|y) {year2}", "from {year} to {year2}"),
    (r"{year} ?[-–] ?{year2}", "from {year} to {year2}"),
    (r"desde (?:{part} )?(?:{month} (?:de|del) )?(?:el (?:año )?)?{year}", "since {part} {month} {year}"),
    (r"desde (?:{part} )?{month}", "since {part} {month}"),
    (r"(?:{part} )?{month} (?:de|del) (?:año )?{year}", "in {part} {month} {year}"),
    (r"{month} {which}", "{which} {month}"),
    (r"{which} {month}", "{which} {month}"),
    (r"(?:en|hasta|antes de|después de|durante|para) (?:{part} )?{month}", "in {part} {month}"),
    (r"{part} {month}", "{part} {month}"),
    (r"(?:{which} )?{holiday}(?: (?:de|del) {year})?", "{which} {holiday} {year}"),
    (r"{holiday} {which}", "{which} {holiday}"),
    (r"{season} (?:de|del) {year}", "{season} {year}"),
    (r"{season} {which}", "{which} {season}"),
    (r"{which} {season}", "{which} {season}"),
    (r"est[ea] {season}", "this {season}"),
    (r"(?:en|durante) (?:el |la )?{season}", "in {season}"),
    (r"en los (?:años )?(?P<short>(?:19|20)?\d0)", "in the {short}s"),
    (r"hace (?:unos |como |más o menos )?{count} {unit}", "{count} {unit}s ago"),
    (r"{count} {unit} atrás", "{count} {unit}s ago"),
    (r"(?:dentro de|en) {count} {unit}", "in {count} {unit}s"),
    (r"(?:en )?l[oa]s últim[oa]s {count} {unit}", "in the last {count} {unit}s"),
    (r"(?:en )?l[oa]s próxim[oa]s {count} {unit}", "in the next {count} {unit}s"),
    (r"anteayer|antier|antes de ayer", "the day before yesterday"),
    (r"pasado mañana", "the day after tomorrow"),
    (r"anoche", "last night"),
    (rf"ayer{_OF_DAY}", "yesterday"),
    (r"hoy|esta (?:mañana|tarde|noche)", "today"),
    (rf"(?<!la )(?<!esta )(?<!cada )(?<!buena )mañana{_OF_DAY}", "tomorrow"),
    (r"(?:el |la )?(?:antepenúltim|penúltim)[oa] {unit}", "the {unit} before last"),
    (r"(?:la |el )?{unit} antepasad[oa]", "the {unit} before last"),
    (r"(?:el )?{weekday}(?: por la (?:mañana|tarde|noche))? {which}", "{which} {weekday}"),
    (r"(?:el )?{which} {weekday}", "{which} {weekday}"),
    (r"{unit} {which}", "{which} {unit}"),
    (r"{which} {unit}", "{which} {unit}"),
    (r"est[ea] {weekday}", "this {weekday}"),
    (r"est[ea] {unit}", "this {unit}"),
    (r"el fin de semana", "over the weekend"),
    (r"(?:el|desde el|hasta el|este) {weekday}", "on {weekday}"),
    (r"el otro día", "the other day"),
    (r"el (?:día )?{day}(?! ?[\w%€])", "on the {day}th"),
    (r"{part} {year}", "{part} {year}"),
    (
        r"(?:en|el año|año|hasta|antes de|hacia|del) (?:el (?:año )?)?{year}(?! ?(?:€|%|euros|personas|pesos))",
        "in {year}",
    ),
)

LANGUAGE = Language(
    code="es",
    name="Spanish",
    stemmer="spanish",
    stop_words=_STOP_WORDS,
    negation=r"\b(?:no|nunca|jamás|nada|nadie|ni|sin|ningún|ninguna|ninguno|tampoco|apenas)\b",
    abbreviations=r"Sra|Srta|Ud|Uds",
    asks_when=r"\bcuándo\b",
    asks_count=r"\bcuánt[oa]s?\b",
    asks_before=r"\b(?:antes|anterior\w*|antigu[oa]s?)\b",
    first_person=r"\b(?:yo|mi|mis|nosotros)\b",
    second_person=r"\b(?:tú|usted)\b",
    small_talk=frozenset("hola buenos buenas días tardes noches gracias muchas sí vale adiós".split()),
    quotation=r"\b(?:dijo|dice|escribió)\b[^.]{0,30}[:,]\s*[\"“«„]|[,.!…][\"”»“]\s*(?:\w+ )?dijo\b",
    that=r"que",
    preferring=r"prefier",
    dates=DateGrammar(_DATE_WORDS, _DATE_RULES),
    wording=_WORDING,
)
