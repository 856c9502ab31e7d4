"""Spanish."""

from __future__ import annotations

from fourfold.language.pack import DateGrammar, Language, TenseGrammar, Wording
from fourfold.language.packs import _clauses, _opinions
from fourfold.language.succession_grammar import SuccessionGrammar

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
    "stretch": {"día|dia": "day", "semana": "week", "fin de semana": "weekend"},
    "nth": {
        "primer[oa]?": "first", "segund[oa]": "second", "tercer[oa]?": "third", "cuart[oa]": "fourth",
        "últim[oa]": "last",
    },
    "part": {
        "(?:a )?(?:principios|comienzos) de": "early", "mediados de": "mid", "(?:a )?(?:finales|fines) de": "late",
    },
    "decade": {
        "veinte": "twenties", "treinta": "thirties", "cuarenta": "forties", "cincuenta": "fifties",
        "sesenta": "sixties", "setenta": "seventies", "ochenta": "eighties", "noventa": "nineties",
    },
    "holiday": {
        "navidad(?:es)?": "Christmas", "nochebuena": "Christmas Eve", "nochevieja": "New Year's Eve",
        "año nuevo": "New Year's Day", "(?:domingo de )?pascua": "Easter",
        "(?:(?:el )?día de )?san valentín": "Valentine's Day", "halloween": "Halloween",
    },
}  # fmt: skip
_OF_DAY = r"(?: (?:por la|a la|de) (?:mañana|tarde|noche)| al mediodía)?"
# A plural noun makes an amount of the number before it; these words end in "s" and are none.
_NO_YEAR = (
    r"(?! ?(?:€|%|[ay-] ?\d|(?!(?:nos|los|las|mis|sus|tus|unos|unas|más|ellos|ellas|nosotros|\w+mos|menos"
    r"|tras)\b)\w+s\b"
    r"|(?-i:[bcdfghjklmnpqrstvwxz]{2,4}\b)))(?![.,:]\d)"
)
_DATE_RULES = (
    (
        r"(?:del |desde el |entre el )?{day} de {month}(?: (?:de|del) {year})? (?:al|hasta el|y el|-"
        r"|–) {day2} de {month2}"
        r"(?: (?:de|del) {year2})?",
        "from {day} {month} {year} to {day2} {month2} {year2}",
    ),
    (
        r"(?:del |entre el )?{day} (?:al|y el|y|-|–) {day2} de {month}(?: (?:de|del) {year})?",
        "{day} to {day2} {month} {year}",
    ),
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
    (
        r"(?:el |la )?{nth} (?:{stretch}|{weekday}) del? (?:la )?(?:{which} {unit2}|{unit3} {which2})",
        "the {nth} {stretch}{weekday} of {which} {which2} {unit2} {unit3}",
    ),
    (
        r"(?:el |la )?{nth} (?:{stretch}|{weekday}) de est[ea] {unit2}",
        "the {nth} {stretch}{weekday} of this {unit2}",
    ),
    (
        r"(?:el |la )?{nth} (?:{stretch}|{weekday}) de {month}(?: (?:de|del) {year})?",
        "the {nth} {stretch}{weekday} of {month} {year}",
    ),
    (
        r"el (?:día )?(?:{nth}|{day}) del (?:{which} mes|mes {which2})",
        "the {nth} {day} of {which} {which2} month",
    ),
    (r"{part}l? (?:{which} {unit}|{unit2} {which2})", "{part} {which} {which2} {unit} {unit2}"),
    (r"{part}l? {unit}|{part2} est[ea] {unit2}", "{part} {part2} the {unit} {unit2}"),
    (r"(?:a |antes de |hasta |para )?(?:el )?fin(?:al)? del? {unit}(?<!semana)", "late the {unit}"),
    (r"{month},? del? (?:el )?(?:{which} año|año {which2})", "{month} {which} {which2} year"),
    (r"{month},? de este año", "{month} this year"),
    (r"{season},? del? (?:el )?(?:{which} año|año {which2})", "{season} {which} {which2} year"),
    (r"{holiday},? del? (?:el )?(?:{which} año|año {which2})", "{holiday} {which} {which2} year"),
    (r"(?:el )?(?:{which} año|año {which2}),?(?: en| por)? {month}", "{which} {which2} year in {month}"),
    (r"(?:el )?(?:{which} año|año {which2}),?(?: en)?(?: el)? {season}", "{which} {which2} year in {season}"),
    (r"(?:el )?(?:{which} año|año {which2}),?(?: en| por)? {holiday}", "{which} {which2} year at {holiday}"),
    (r"este año,?(?: en)? {month}", "this year in {month}"),
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
    (r"en los (?:años )?{decade}", "the {decade}"),
    (r"en los (?:años )?(?P<short>(?:19|20)?\d0)", "in the {short}s"),
    (r"(?:tal día como )?hoy,? hace {count} {unit}", "{count} {unit}s ago today"),
    (r"ayer hace {count} {unit}", "{count} {unit}s ago yesterday"),
    (r"mañana hace {count} {unit}", "{count} {unit}s ago tomorrow"),
    (r"hace (?:exactamente |justo |justamente ){count} {unit}", "exactly {count} {unit}s ago"),
    (r"hace {count} {unit} (?:hoy|justos?|justas?|exact[oa]s?|exactamente)", "exactly {count} {unit}s ago"),
    (r"(?:dentro de|en) exactamente {count} {unit}", "in exactly {count} {unit}s"),
    (r"hace (?:unos |como |más o menos )?{count} {unit}", "{count} {unit}s ago"),
    (r"{count} {unit} atrás", "{count} {unit}s ago"),
    (r"(?:de )?hoy en {count} {unit}", "{count} {unit}s from today"),
    (r"(?:el )?{weekday} en {count} semanas?", "{count} weeks from {weekday}"),
    (r"(?:dentro de|en) {count} {unit}", "in {count} {unit}s"),
    (r"(?:en )?l[oa]s últim[oa]s {count} {unit}", "in the last {count} {unit}s"),
    (r"(?:en )?l[oa]s próxim[oa]s {count} {unit}", "in the next {count} {unit}s"),
    (r"anteayer|antier|antes de ayer", "the day before yesterday"),
    (r"pasado mañana", "the day after tomorrow"),
    (r"anoche", "last night"),
    (rf"ayer{_OF_DAY}", "yesterday"),
    (r"hoy|esta (?:mañana|tarde|noche)", "today"),
    (rf"(?<!la )(?<!esta )(?<!cada )(?<!buena )(?<!de )mañana(?!, tarde){_OF_DAY}", "tomorrow"),
    (r"(?:el |la )?(?:antepenúltim|penúltim)[oa] {unit}", "the {unit} before last"),
    (r"(?:la |el )?{unit} antepasad[oa]", "the {unit} before last"),
    (r"(?:el )?{weekday} de la (?:semana {which}|{which2} semana)", "{weekday} of {which} {which2} week"),
    (r"la (?:semana {which}|{which2} semana),? (?:el )?{weekday}", "{weekday} of {which} {which2} week"),
    (r"(?:el )?{weekday}(?: por la (?:mañana|tarde|noche))? {which}", "{which} {weekday}"),
    (r"(?:el )?{which} {weekday}", "{which} {weekday}"),
    (r"{unit} {which}", "{which} {unit}"),
    (r"{which} {unit}", "{which} {unit}"),
    (r"est[ea] {weekday}", "this {weekday}"),
    (r"est[ea] {unit}", "this {unit}"),
    (r"el fin de semana", "over the weekend"),
    (
        r"(?:de |del |desde el |entre el )?(?:el )?{weekday} (?:al?|hasta el|y el|-|–) {weekday2}",
        "from {weekday} to {weekday2}",
    ),
    (r"desde el {weekday}", "since {weekday}"),
    (r"(?:el|al|hasta el|antes del|para el|este) {weekday}", "on {weekday}"),
    (r"el otro día", "the other day"),
    (r"el (?:día )?{day}(?! ?[\w%€])", "on the {day}th"),
    (r"{part} {year}", "{part} {year}"),
    (
        rf"(?:en|el año|año|hasta|antes de|hacia|del|para|promoción de|de) (?:el (?:año )?)?{{year}}{_NO_YEAR}",
        "in {year}",
    ),
)

_DRAFTED = (
    r"^\s*(?:escrib\w+|traduc\w+|traduz\w+|redact\w+|corrig\w+)\b[^.!?\n]{0,80}[:«\"]|^\s*¿?cómo se dice\b"
)
_OF_OTHERS = (
    r"\ben (?:mi|la|una|esta|su|el|un) (?:novela|libro|película|juego|sueño|guion|canción)\b"
    r"|\b(?:dice|dijo|escribe|escribió)\s?:|: ?[\"«]"
)
_SUCCESSION = SuccessionGrammar(
    clause_border=r"[;!¡()]|:(?!\d)|,(?= (?:y |pero )?(?:yo|él|ella|mi|mis|el|la|ahora|ya)\b)|\s[-–—]\s"
    r"|\b(?:pero|porque|aunque|mientras)\b|\by (?=(?:ahora |luego )?(?:yo|él|ella|mi|mis|nuestro"
    r"|nuestra|entré|empecé|estoy|soy|trabajo|vivo)\b)",
    correction=r"(?:(?:ah|oh|no|ay|uy)[,.! ]+)*(?:corrección|no|perdón|perdona|espera|en realidad"
    r"|quise decir|me equivoqué|errata|al final|rectifico|mejor dicho)\b[,.:;! –—-]*",
    contrast=r"\W*(?:(?:perdón|perdona|espera"
    r"|en realidad)\b[,. ]*)*no (?P<denied>[^,;.!?]{1,40}?),? sino (?P<given>[^,;.!?]{1,40})"
    r"\W*",
    current=r"\b(?:ahora|vuelv\w+ a|ya(?! no\b)|ya no|otra vez|de nuevo|por fin|en su lugar|desde ahora"
    r"|a partir de ahora|actualmente|al final|finalmente|hoy en día|en vez de)\b",
    new=r"\bnuev[oa]s?\b",
    unsettled=r"\b(?:no (?:estoy )?segur[oa]|me pregunto|espero|gracias|quizás?|tal vez|quisiera|podría"
    r"|debería|intento)\b",
    seeking=r"\b(?:busco|espero|ahorro para|estoy buscando)\b",
    unfinished=r"\b(?:nunca|todavía no|aún no)\b",
    additive=r"\b(?:(?:otra vez|de nuevo) (?=el |la |en |este |esta |mañana|hoy|ayer|próxim)|también|además"
    r"|otr[oa](?! vez)|sigo|sigue|todavía|aún|a veces|tanto como)\b",
    denial=r"\b(?:no|nunca|jamás|nada|nadie|ningun\w*|ningún|sin|ni|tampoco)\b",
    endings=r"^(?:por favor,? )?olvida (?=mis?\b|el\b|la\b|l[oa]s\b|nuestr|lo )"
    r"|\b(?:dej(?:é|ó|ado)(?: de)?|abandon(?:é|ó|ado)|cancel(?:é|ó|ado|amos)|vend(?:í|ió|ido|imos)"
    r"|termin(?:é|ó|ado)|renunci(?:é|ó|ado)|perd(?:í|ió|ido)|borr(?:é|ó|ado)|romp(?:í|ió|imos)|acab(?:é"
    r"|ó|ado) con|di de baja)\b",
    withdrawals=r"\b(?:murió|muerto|muerta|falleció|rompimos|separad[oa]s?|divorciad[oa]s?|jubilad[oa]"
    r"|jubiló|despidieron|caducó|cancelad[oa]|salió|se fue)\b",
    changes=r"\b(?:aplaz(?:ó|ado|aron)|mud(?:é|ó|ado|amos)|cambi(?:é|ó|ado|amos)|pas(?:ó|amos) de|sub(?:ió"
    r"|ido)|baj(?:ó|ado)|reemplaz(?:ó|ado)|prolong(?:ó|ado)|ascendi(?:ó|do)|trasladad?(?:ó|o)"
    r"|adelant(?:ó|ado)|movi(?:ó|do)|convirtió|arreglad[oa])\b",
    beginnings=r"\b(?:empec[ée]|empezó|encontr(?:é|ó)|compr(?:é|ó|amos)|adopt(?:é|ó)|cas(?:é|ó|ado|ada)"
    r"|entr(?:é|ó)|consegu[ií]|reserv(?:é|ó|amos)|contrataron)\b",
    placings=r"\b(?:puse|puso|llev(?:é|ó)|traje|trajo|guard(?:é|ó)|aparc(?:é|ó)|rob(?:ado|aron))\b",
    past=r"\b(?:\w{2,}(?:é|ó|aron|ieron)(?<!café)|fui|fue|hice|hizo|tuve|tuvo|estuve|vi|era|estaba|tenía"
    r"|pagué)\b|\b(?:he|ha|hemos|han) \w+(?:ado|ido|cho|to)\b",
    copulas=r"soy|eres|es|somos|son|estoy|está|están|estamos|era|fue",
    verbs=r"\b(?:soy|es|somos|son|estoy|está|están|he|ha|hemos|han|tengo|tiene|tenemos|voy|va|vamos|puedo"
    r"|quiero|gusta|gustan|odio|amo|como|bebo|fumo|juego|hablo|cuesta|sale|empieza|funciona|usamos"
    r"|trabajo|vivo|dirige|se llama|lo dirige|corro|estudio|estudia)\b",
    verb_ending="",
    support=r"tengo|tiene|hago|hace|voy|va|vamos|tomo|uso|usamos|quiero",
    exclusive=r"\b(?:viv(?:o|e|imos) (?:en|con)|trabaj(?:o|a) (?:en|de|como|para)|peso|pesa|cuesta|conduzco"
    r"|conduce|se llama|dirige|casad[oa] con|sale (?:a|de))\b",
    joining=r"y",
    prepositions=r"a|al|en|de|del|con|por|para|sobre|desde|hasta|como",
    origins=r"\b(?:de|del|en vez de|en lugar de)\b",
    goals=r"\ba (?=(?:mi|mis|su|sus|nuestr[oa]s?|la|las|los)\b|~?\d|(?-i:[A-ZÁ-Ú]))",
    places=r"en|sobre|bajo|detrás|delante|con|a",
    own=r"\b(?:mis?|nuestr[oa]s?)\b",
    genitive=r"",
    of=r"\bde (?:(?:mis?|nuestr[oa]s?) )?$",
    speakers=r"yo|nosotros|nosotras|me|nos",
    speaker_verbs=r"\w+(?:o|é|í|oy|amos|emos|imos)$|he$|hemos$",
    pronouns=r"yo|nosotr[oa]s|tú|él|ella|ellos|ellas",
    persons={
        "él": "he",
        "ella": "she",
        "su": "he",
        "sus": "he",
        "eso": "it",
        "esto": "it",
        "tú": "you",
        "usted": "you",
    },
    light=r"el|la|los|las|un|una|unos|unas|mi|mis|nuestro|nuestra|ahora|ya|no|muy|otra|vez|finalmente"
    r"|actualmente|lo|se|le",
    epithets=r"nuev[oa]s?|actual|antigu[oa]|viej[oa]",
    former=r"\b(?:antigu[oa]s?|viej[oa]s?|anterior(?:es)?|sol(?:ía|íamos|ían)|antes)\b",
    other=r"\b(?:otr[oa]|segund[oa]|un[oa] de (?:mis|nuestr[oa]s))\b",
    one_day=r"\b(?:hoy|ayer|(?<!la )mañana|esta (?:noche|tarde|semana)"
    r"|este (?:\w+es|sábado|domingo|fin de semana|finde))\b",
    variants={},
    numbers=r"dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|veinte|treinta|cien",
    times=r"enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|lunes"
    r"|martes|miércoles|jueves|viernes|sábado|domingo|horas?|mañanas?|ayer|hoy|semana|mes|año|día"
    r"|pasad[oa]|próxim[oa]|tarde|noche",
    attitudes=(r"\b(?:gustan?|amo|encantan?)\b", r"\b(?:odio|detesto)\b"),
    negating=("in", "im", "des", "i"),
    opposites=(
        (r"\babiert[oa]\b", r"\bcerrad[oa]\b"),
        (r"\b(?:rot[oa]|no funciona)\b", r"\b(?:arreglad[oa]|ya funciona|funciona otra vez)\b"),
        (r"\blleno\b", r"\bvacío\b"),
        (r"\bencendid[oa]\b", r"\bapagad[oa]\b"),
    ),
    single=r"\b(?:favorit[oa]|profesión|trabajo|color|contraseña)\b",
    many=r"\b(?:tengo|tiene|gusta|gustan|hablo|juego|conozco|amig[oa]s?|herman[oa]s?|hij[oa]s?|aficiones)\b",
    fields=(
        (
            "work",
            r"\b(?:trabaj(?:o|a) (?:en|de|como|para)|en paro|desemplead[oa]|encontré trabajo|despidieron"
            r"|jubil\w+|empleo|renunci\w+|puesto)\b",
        ),
        ("home", r"\b(?:viv(?:o|e|imos) (?:\w+ ){0,4}?(?:en|con|sol[oa])|mud(?:é|ó|ado|amos)|dirección)\b"),
        (
            "partner",
            r"\b(?:solter[oa]|casad[oa]|cas(?:é|ó|aron|amos)|novi[oa]|divorciad[oa]|rompimos|separad[oa]s?"
            r"|prometid[oa]s?)\b",
        ),
        ("diet", r"\b(?:vegetarian[oa]|vegan[oa]|carne)\b"),
    ),
    asked=(
        ("work", r"\btrabaj(?:o|a|as|an|amos)\b|\b(?:empleo|profesión|oficio|me dedico|se dedica|curro)\b"),
        ("home", r"\bd[oó]nde (?:\w+ ){0,2}?viv(?:o|e|es|en|imos)\b|\b(?:dirección|domicilio)\b"),
        ("partner", r"\b(?:solter[oa]|casad[oa]|novi[oa]|divorciad[oa]|pareja)\b"),
        ("diet", r"\b(?:vegetarian[oa]|vegan[oa]|carne)\b"),
    ),
)

_SMALL_NUMBER = r"(?:una?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|\d+)"
_PLACED = r"(?:en|durante|tras|de|del|al|desde)"
_PLACED_NOUN = (
    rf"(?!(?:yo|tú|él|ella|nosotros|ellos|ellas|{_PLACED})\b)"
    r"(?:(?:el|la|los|las|una?|mi|mis|su|sus|nuestr[oa]) )?[\w-]++ ?"
)
_TENSE = TenseGrammar(
    corrected=r"no|perdón|perdona|digo|eh+|mejor dicho|quiero decir|o sea",
    neither=r"\b(?:café|bebé|qué|porqué|sé|josé|té|puré|chalé|así|aquí|allí|ahí|casi|mí|sí|acaba|graba|alaba|traba|está|estás"
    r"|están|para)\b",
    future=r"\b(?:voy|vas|va|vamos|vais|van) a\b|\b(?:ser|estar|ir|habr|tendr|podr|querr|har|dir|vendr|saldr"
    r"|pondr|sabr"
    r"|\w{2,}(?:ar|er|ir))(?:é|ás|á|emos|éis|án)\b|\b\w{2,}(?:ar|er|ir|dr|br|rr)ía(?:s|n|mos)?\b"
    r"|(?<=[,(:] )(?:disponible|libre|válid[oa])s? (?:en|el|desde|a partir|hasta)\b"
    r"|\b(?:tengo|tienes|tiene|tenemos|tienen) que\b|\bhay que\b|\b(?:debo|debe|debes|debemos|deben|puedo"
    r"|puede|puedes|podemos"
    r"|pueden|quiero|quiere|quieres|queremos|quieren)\b",
    past=r"\b(?:he|has|ha|hemos|habéis|han|había|habías|habían|habíamos)(?: ya| nunca)? \w+(?:ado|ido|ído|to"
    r"|cho|so)\b"
    r"|\b(?:fui|fuiste|fue|fuimos|fueron|hice|hiciste|hizo|hicimos|hicieron|(?:tuv|estuv|anduv|pud|pus|supi?|sup|quis|vin|hub"
    r"|vin|dij|traj|conduj|produj)(?:e|iste|o|imos|ieron|eron)|di|diste|dio|dimos|dieron|vi|viste|vio|vimos|vieron"
    r"|era|eras|eran|éramos|iba|ibas|iban|íbamos|había|tenía|tenías|tenían|teníamos|hacía|hacían|podía|podían|quería|querían"
    r"|sabía|vivía|vivían|vivíamos|decía|venía|salía|solía|debía|\w{2,}(?:abas?|aban|ábamos))\b"
    r"|\b(?!\w+(?:ar|er|ir)(?:é|á)\b)\w{2,}(?:é|ó|aste|iste|aron|ieron|yeron|eron)\b|\b\w{2,}í\b"
    r"|\b(?!viv|sal|ven|dec|segu|abr|sub|part|ped|serv|dorm|hu|o\b)\w{2,}imos\b|\bacabo de\b",
    either=r"\b(?!(?:vamos|estamos|damos)\b)\w{2,}amos\b",
    border=r"[,:()–—]|\s-\s|\b(?:pero|porque|pues|cuando|mientras|aunque)\b|\bque (?=(?:yo|tú|él|ella|est|me"
    r"|se|no)\b)",
    deadline=r"\b(?:antes del?(?: día)?|hasta(?: el)?|a más tardar)\b",
    infinitive=r"\b\w+(?:ar|er|ir)(?:me|te|se|lo|la|los|las|nos)*\b|\bque (?:lo |la |me |se )?\w+(?:ara|iera"
    r"|aran|ieran|áramos"
    r"|iéramos)(?:mos)?\b",
    ahead=r"\bpara(?: el)?\b",
    arranged=r"\b(?:reserv|program|plane|invit|aplaz|qued(?:é|amos)|apunt|organiz|movi|cambi|retras)\w*",
    engaged=r"\b(?:reserv|plane|organiz)\w*\b(?! (?:el|l[ao]s?|mis?|nuestr[oa]s?)\b)"
    r"|\b(?:program|invit|apunt|inscri)\w*|\b(?:entradas?|billetes?) (?:para|de)\b",
    goal=r"\b(?:al?|para(?: el)?)\b",
    denied=r"\bno(?: (?:es|será|son|era|está|cae))?(?: (?:el|en|para|al))*|\ben (?:vez|lugar) del?(?: el)?",
    verbless=rf"(?:{_SMALL_NUMBER} \w+ )?(?:{_PLACED} (?:{_PLACED_NOUN}){{1,2}}+)++",
    habitual=r"\b(?:como|para|por) siempre\b|\bsiempre que\b|\bnunca más\b"
    r"|(?P<habit>\b(?:siempre|normalmente|generalmente|habitualmente|a menudo|a veces|rara vez|casi nunca|nunca"
    r"|por lo general|suel(?:o|es|e|en)|solemos)\b|\b(?:gusta|encanta) \w+(?:ar|er|ir)(?:me|te|se|nos)?\b)",
    recurring=r"\b(?:cada|todos los|todas las)(?: \w+)? (?:lunes|martes|miércoles|jueves|viernes|sábados?"
    r"|domingos?|días?|mañanas?"
    r"|tardes?|noches?|semanas?|fin(?:es)? de semana|mes(?:es)?|años?|verano|invierno|primavera|otoño"
    r"|navidad(?:es)?)\b|\bcada (?!uno|vez|cual)\w+"
    r"|\blos (?:lunes|martes|miércoles|jueves|viernes|sábados|domingos)\b|\b(?:anual|mensual|semanal)\w*",
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
    asks_name=r"\bquién(?:es)?\b|\ba?dónde\b|\bcuál(?:es)?\b|\bse llaman?\b|\bnombre\b",
    number_words=r"dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|dieci\w+"
    r"|veint\w+|treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa|cien(?:to)?|mil|docena",
    asks_called=r"\bse llaman?\b|\bnombres?\b",
    asks_work=r"\ba qué se dedican?\b",
    determiners=r"\b(?:el|l[ao]s?|un[ao]?|del|al|mis?|nuestr[ao]s?|sus?|est[ea]) ",
    asks_often=r"\bcuántas veces\b|\bcon qué frecuencia\b",
    asks_place=r"\ba?dónde\b|^\W*a?donde\b",
    question_words=r"\b(?:qué|cuál(?:es)?|quién(?:es)?|a?dónde|cuándo|cómo|cuánt[oa]s?)\b",
    asks_before=r"\b(?:antes|anterior\w*|antigu[oa]s?)\b",
    asks_first=r"\bprimera vez\b",
    asks_last=r"\b(?:última vez|recientemente|últimamente)\b",
    told_to_remember=r"(?:(?:por favor|y|puedes|podrías)[, ]+)*+(?:recuerda|acuérdate de|apunta|anota|ten en cuenta"
    r"|no (?:te )?olvides(?: de)?|nota|para que (?:lo )?sepas)(?:[:,] | que )",
    first_person=r"\b(?:yo|mi|mis|nosotros)\b",
    speaker_as_subject=r"\b(?:yo|nos|nosotr[oa]s)\b",
    second_person=r"\b(?:tú|usted)\b",
    small_talk=frozenset("hola buenos buenas días tardes noches gracias muchas sí vale adiós".split()),
    drafted=_DRAFTED,
    enacted=r"^\s*(?:actúa como (?-i:[A-Z])|finge (?:que|ser)|imagina que (?:eres|soy)|haz el papel"
    r"|supón que (?:eres|soy))",
    of_others=_OF_OTHERS,
    taken_back=r"^\W*(?:es |era )?(?:broma|una broma|bromeo|en broma|o no)\W*$"
    r"|^\W*(?:eso|esto) (?:es|fue) lo que (?!yo\b|dije\b)\w*\b.{0,20}\b(?:escribió|dijo|dice|afirma)"
    r"|^\W*(?:por favor,? |puedes |podrías )*(?:traduce|traducir|traduzca|reformula|reformular)(?:lo|la"
    r"| eso| esto| este texto)"
    r"|^\W*¿?cómo se (?:dice|traduce) (?:eso|esto)\b",
    texts=r"\b(?:e-?mail|correo|mensaje|carta|texto|frase|discurso|cita|ejemplo|traducción|respuesta|perfil)\b",
    for_another=r"\bpara (?:él|ella|ellos|(?:mi|nuestr[oa]|una?) (?:amig[oa]|colega|herman[oa]|madre|padre"
    r"|marido|mujer))\b"
    r"|\b(?:est[ea]|siguiente|ejemplo|traducción)\b|\b(?:para|de|por|como|en nombre de) (?:(?:mi"
    r"|nuestr[oa]|su) (?:\w+ ){0,2})?(?-i:[A-ZÁ-Ú][a-zá-ú]+)\b",
    tag=r"(?:, (?:no|verdad|cierto))\W*$| o no\W*$",
    quotation=r"\b(?:dijo|dice|escribió)\b[^.]{0,30}[:,]\s*[\"“«„]|[,.!…][\"”»“]\s*(?:\w+ )?dijo\b",
    that=r"que",
    preferring=r"prefier",
    dates=DateGrammar(_DATE_WORDS, _DATE_RULES),
    tense=_TENSE,
    wording=_WORDING,
    clauses=_clauses.SPANISH,
    opinion=_opinions.SPANISH,
    succession=_SUCCESSION,
)
