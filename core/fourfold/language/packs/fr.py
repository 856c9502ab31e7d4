"""French."""

from __future__ import annotations

from fourfold.language.pack import DateGrammar, Language, TenseGrammar, Wording
from fourfold.language.packs import _clauses, _opinions
from fourfold.language.succession_grammar import SuccessionGrammar

_STOP_WORDS = frozenset(
    """a à ai aie as au aucun aussi autre aux avaient avais avait avec avez avoir avons ayant c ça car ce ceci
    cela ces cet cette chez comme d dans de des donc du elle elles en encore es est et étaient étais était
    étant été être eu eux fait furent fut ici il ils j je jusque l la le les leur leurs lui m ma mais me
    même mes mien moi mon n ne ni non nos notre nous on ont ou où par parce pas pendant peu plus pour
    pourquoi qu quand que quel quelle quelles quels qui quoi s sa sans se sera serait ses si sien soi sommes
    son sont sous suis sur t ta te tes toi ton tous tout toute toutes très tu un une va vers veut voici
    voilà vont vos votre vous y avions avaient aurait aurais soit soient lorsque depuis là alors puis donc
    bien est-ce""".split()
)
_WORDING = Wording(
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

_DATE_WORDS = {
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
    "stretch": {"jour": "day", "semaine": "week", "week-?end": "weekend"},
    "nth": {
        "premi(?:er|ère)": "first", "deuxième|seconde?": "second", "troisième": "third", "quatrième": "fourth",
        "derni(?:er|ère)": "last",
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
# A plural noun makes an amount of the number before it; these words end in "s" and are none.
_NO_YEAR = (
    r"(?! ?(?:€|%|à \d|[-–] ?\d|(?!(?:nous|vous|ils|elles|mes|tes|ses|les|des|nos|vos|leurs|tous|toutes|dans"
    r"|sous|plus|suis"
    r"|es|sans|très|puis|alors|mais|\w+ons|\w+ais|\w+és|\w+is|\w+us)\b)\w+s\b|(?-i:[bcdfghjklmnpqrstvwxz]{2,4}\b)))"
    r"(?![.,:]\d)"
)
_DATE_RULES = (
    (
        r"(?:du |entre le )?(?:{weekday} )?{day}(?:er)? {month}(?: {year})? (?:au|et le|-"
        r"|–) (?:{weekday2} )?{day2}(?:er)?"
        r" {month2}(?: {year2})?",
        "from {day} {month} {year} to {day2} {month2} {year2}",
    ),
    (
        r"(?:du |entre le )?{day}(?:er)? (?:au|-|–|et le) {day2}(?:er)? {month}(?: {year})?",
        "{day} to {day2} {month} {year}",
    ),
    (r"(?:(?:le )?{weekday} |le )?{day}(?:er)? {month}(?: {year})?", "{day} {month} {year}"),
    (
        r"(?:de |d['’]|entre ){month}(?: {year})? (?:à|et) {month2}(?: {year2})?",
        "from {month} {year} to {month2} {year2}",
    ),
    (r"(?:de|entre) {year} (?:à|et) {year2}", "from {year} to {year2}"),
    (r"{year} ?[-–] ?{year2}", "from {year} to {year2}"),
    (
        r"(?:le |la )?{nth} (?:{stretch}|{weekday}) (?:du|de la|de l['’]) ?{unit2} {which}",
        "the {nth} {stretch}{weekday} of {which} {unit2}",
    ),
    (
        r"(?:le |la )?{nth} (?:{stretch}|{weekday}) de ce(?:tte)? {unit2}",
        "the {nth} {stretch}{weekday} of this {unit2}",
    ),
    (
        r"(?:le |la )?{nth} (?:{stretch}|{weekday}) (?:de |d['’]|du mois de |du mois d['’]){month}(?: {year})?",
        "the {nth} {stretch}{weekday} of {month} {year}",
    ),
    (r"le (?:{nth}|{day}(?:er)?) du mois {which}", "the {nth} {day} of {which} month"),
    (r"{part} (?:du |de la |de l['’])?{unit} {which}", "{part} {which} {unit}"),
    (r"{part} (?:du |de la |de l['’]|de ce |de cette |de |d['’])?{unit}", "{part} the {unit}"),
    (r"depuis (?:{part} )?(?:{month} )?{year}", "since {part} {month} {year}"),
    (r"depuis (?:{part} )?{month}", "since {part} {month}"),
    (r"(?:en )?{month},? (?:de )?l['’]an(?:née)? {which}", "{month} {which} year"),
    (r"(?:en )?{month},? (?:de )?cette année", "{month} this year"),
    (r"(?:l['’]|en |au )?{season},? (?:de )?l['’]an(?:née)? {which}", "{season} {which} year"),
    (r"{holiday},? (?:de )?l['’]an(?:née)? {which}", "{holiday} {which} year"),
    (r"l['’]an(?:née)? {which},?(?: en| au mois de)? {month}", "{which} year in {month}"),
    (r"l['’]an(?:née)? {which},?(?: en| au| à l['’])? ?{season}", "{which} year in {season}"),
    (r"l['’]an(?:née)? {which},?(?: à)? {holiday}", "{which} year at {holiday}"),
    (r"cette année,?(?: en| au mois de)? {month}", "this year in {month}"),
    (r"(?:{part}[ -])?{month}\.? {year}", "in {part} {month} {year}"),
    (r"{month} {which}", "{which} {month}"),
    (
        r"(?:en|au mois de|au mois d['’]|jusqu['’]en|avant|après|d['’]ici(?: à)?) (?:{part}[ -])?{month}",
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
    (r"il y a {count} {unit},? jour pour jour", "exactly {count} {unit}s ago"),
    (r"(?:il y a|voilà|ça fait) {count} {unit} aujourd['’]hui", "{count} {unit}s ago today"),
    (r"(?:aujourd['’]hui|ce jour),? il y a {count} {unit}", "{count} {unit}s ago today"),
    (r"il y a (?:exactement|tout juste|pile) {count} {unit}", "exactly {count} {unit}s ago"),
    (r"il y a {count} {unit} exactement", "exactly {count} {unit}s ago"),
    (r"dans exactement {count} {unit}", "in exactly {count} {unit}s"),
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
    (r"(?:le )?{weekday} de la semaine {which}", "{weekday} of {which} week"),
    (r"la semaine {which},? (?:le )?{weekday}", "{weekday} of {which} week"),
    (r"{weekday} en huit", "a week from {weekday}"),
    (r"{weekday} en quinze", "2 weeks from {weekday}"),
    (r"aujourd['’]hui en huit", "a week from today"),
    (r"{weekday}(?: matin| midi| après-midi| soir)? {which}", "{which} {weekday}"),
    (r"{unit} {which}", "{which} {unit}"),
    (r"ce(?:t|tte)? {unit}(?:-ci)?", "this {unit}"),
    (r"ce {weekday}", "this {weekday}"),
    (r"le week-?end", "over the weekend"),
    (
        r"(?:(?:de |du )?{weekday} (?:à|au|-|–) {weekday2}|entre (?:le )?{weekday3} et (?:le )?{weekday4})",
        "from {weekday} {weekday3} to {weekday2} {weekday4}",
    ),
    (r"un {weekday}", "on a {weekday}"),
    (r"depuis {weekday}", "since {weekday}"),
    (r"(?:jusqu['’]à|dès|de|avant|d['’]ici(?: à)?|pour) {weekday}", "on {weekday}"),
    (
        r"(?<!le )(?<!les )(?<!chaque )(?<!tous les ){weekday}(?: matin| après-midi| soir)?",
        "on {weekday}",
    ),
    (r"l['’]autre jour", "the other day"),
    (r"le {day}(?:er)?(?! ?[\w%€])", "on the {day}th"),
    (r"{part} {year}", "{part} {year}"),
    (
        rf"(?:en|l['’]année|l['’]an|avant|après|jusqu['’]en|d['’]ici|vers|promo(?:tion)?(?: de)?"
        rf"|de) {{year}}{_NO_YEAR}",
        "in {year}",
    ),
)

_DRAFTED = (
    r"^\s*(?:écri\w+|traduis\w*|traduire|rédige\w*|corrige\w*|reformule\w*)\b[^.!?\n]{0,80}[:«\"]"
    r"|^\s*(?:comment dit-on|comment dire)\b"
)
_OF_OTHERS = (
    r"\bdans (?:mon|le|un|ce|son) (?:roman|livre|film|jeu|rêve|scénario)\b|\b(?:dit|écrit|a dit)\s?:|: ?[\"«]"
)
_SUCCESSION = SuccessionGrammar(
    clause_border=r"[;!()]|:(?!\d)|,(?= (?:et |mais )?(?:je|j|nous|il|elle|on|mon|ma|mes|le|la|c)\b)"
    r"|\s[-–—]\s|\b(?:mais|parce que|car|alors que|puis)\b|\bet (?=(?:maintenant |puis )?(?:je|j|nous"
    r"|il|elle|on|mon|ma|mes|notre)\b)",
    correction=r"(?:(?:ah|oh|non|oups|euh)[,.! ]+)*(?:correction|rectification|non|pardon|désolée?|attends"
    r"|en fait|je voulais dire|je me suis trompée?|faute de frappe|coquille|finalement|erratum)\b[,.:;! –—-]*",
    contrast=r"\W*(?:(?:non|en fait|pardon|désolée?)\b[,. ]*)*pas (?P<denied>[^,;.!?]{1,40}?)(?:,? mais|,)"
    r" (?:c['’]est )?(?P<given>[^,;.!?]{1,40})\W*",
    current=r"\b(?:maintenant|désormais|dorénavant|ne \w+ plus|n['’]\w+ plus|plus (?=d)|à nouveau"
    r"|de nouveau|enfin|à présent|plutôt|finalement|depuis peu|actuellement|plus$)\b",
    new=r"\bnouve(?:au|l|lle|lles|aux)\b",
    unsettled=r"\b(?:pas sûre?|me demande|espère|merci|peut-être|voudrais|aimerais|pourrais|devrais"
    r"|essaie)\b",
    seeking=r"\b(?:cherche|attends|économise)\b",
    unfinished=r"\b(?:jamais|pas encore)\b",
    additive=r"\b(?:aussi|également|en plus|encore|un autre|une autre|toujours|parfois|ainsi que)\b",
    denial=r"\b(?:ne|n|pas|jamais|rien|aucun\w*|sans|ni|plus(?= d)|plus(?= (?:à|au|aux|chez|en|dans|avec)\b))\b",
    endings=r"^(?:s['’]il te plaît,? )?oublie (?=m(?:on|a|es)\b|l(?:e|a|es)\b|notre|ce )"
    r"|\b(?:arrêté|quitté|démissionné|annulé|vendu|abandonné|résilié|supprimé|perdu|terminé|fini"
    r"|laissé tomber|cessé|renoncé|rompu)\b",
    withdrawals=r"\b(?:morte?|décédée?|rompu|séparée?s?|divorcée?s?|licenciée?|à la retraite|expirée?"
    r"|annulée?|(?:est|sont) (?:parti|sorti)e?s?|déménagé de)\b",
    changes=r"\b(?:reportée?|déplacée?|changé|passée?s?|déménagé|remplacée?|augmenté|baissé|prolongée?"
    r"|renommée?|promue?|devenue?|repris|avancée?|réparée?|muté)\b",
    beginnings=r"\b(?:commencé|trouvé|acheté|adopté|rejoint|mariée?|réservé|embauchée?|eu)\b",
    placings=r"\b(?:mis|posé|apporté|rangé|garé|volée?)\b",
    past=r"\b(?:ai|a|as|avons|ont) (?!lieu\b)\w+(?:é|i|is|u|it)\b|\b(?:suis|est|sommes|sont)"
    r" (?:all|ven|part|sort|rest|arriv|rentr|tomb|revenu)\w*\b|\b(?:étais|était|avait|avais)\b",
    copulas=r"suis|es|est|sommes|sont|était|étais|se trouve|appelle",
    verbs=r"\b(?:suis|est|sommes|sont|ai|as|a|avons|ont|était|vais|va|peux|peut|veux|veut|aime|déteste"
    r"|adore|mange|bois|fume|joue|parle|coûte|part|bosse|habite|commence|marche|utilisons|travaille|vis|appelle"
    r"|court|cours)\b",
    verb_ending="",
    support=r"ai|as|a|fais|fait|vais|va|prends|prend|utilise|utilisons|veux",
    exclusive=r"\b(?:habite (?:à|chez)|vis (?:à|avec)|(?:travaille|bosse) (?:chez|comme|à)|pèse|coûte|conduis"
    r"|part(?:ons)? (?:à|de)|est (?:dirigée?|menée?) par|a lieu|mariée? avec|appelle)",
    joining=r"et",
    prepositions=r"à|au|aux|en|dans|sur|chez|de|du|des|d|avec|pour|par|vers|comme|sous",
    origins=r"\b(?:de|du|au lieu de|plutôt que)\b",
    goals=r"\bà (?=(?:mon|ma|mes|son|sa|ses|notre|la|l['’])|~?\d|(?-i:[A-ZÀ-Þ]))",
    places=r"à|au|en|dans|sur|chez|sous|devant|derrière|avec",
    own=r"\b(?:mon|ma|mes|notre|nos)\b",
    genitive=r"",
    of=r"\bde? (?:(?:mon|ma|mes|notre|nos) )?$",
    speakers=r"je|j|nous|on|me|moi",
    speaker_verbs=r"",
    pronouns=r"je|j|nous|on|tu|vous|il|elle|ils|elles|ce|c",
    persons={
        "il": "he",
        "elle": "she",
        "son": "he",
        "sa": "he",
        "ça": "it",
        "cela": "it",
        "ce": "it",
        "tu": "you",
        "vous": "you",
    },
    light=r"le|la|les|l|un|une|des|du|mon|ma|mes|notre|nos|maintenant|désormais|ne|n|pas|plus|très|enfin"
    r"|nouveau|encore|finalement|actuellement|de|d|alors",
    epithets=r"nouveau|nouvel|nouvelle|actuelle?|ancienn?e?",
    former=r"\b(?:ancienn?e?s?|précédente?s?|avant|autrefois|à l.époque)\b",
    other=r"\b(?:autre|deuxième|second|seconde|une? de (?:mes|nos))\b",
    one_day=r"\b(?:aujourd['’]hui|demain|hier|ce (?:soir|matin|week-end)|cette (?:semaine|nuit))\b",
    variants={},
    numbers=r"deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|vingt|trente|cent",
    times=r"janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|lundi"
    r"|mardi|mercredi|jeudi|vendredi|samedi|dimanche|heures?|demain|hier|semaine|mois|année|jour"
    r"|dernier|prochain|matin|soir",
    attitudes=(r"\b(?:aime|adore)\b", r"\b(?:déteste|hais)\b"),
    negating=("in", "im", "ir", "dé", "mal"),
    opposites=(
        (r"\bouverte?\b", r"\bfermée?\b"),
        (r"\b(?:cassée?|en panne|ne marche pas)\b", r"\b(?:réparée?|marche à nouveau|marche de nouveau)\b"),
        (r"\bpleine?\b", r"\bvide\b"),
        (r"\ballumée?\b", r"\béteinte?\b"),
        (r"\bseule?\b", r"\bavec ma|avec mon\b"),
    ),
    single=r"\b(?:préférée?|métier|emploi|couleur|mot de passe)\b",
    many=r"\b(?:ai|as|a|aime|parle|joue|connais|amie?s?|frère|sœur|fils|fille|enfants?|loisirs?)\b",
    fields=(
        (
            "work",
            r"\b(?:(?:travaill|boss)(?:e|es|ent|ons) (?:chez|comme|à|pour|dans)|boulot|chômage|emploi"
            r"|démissionné|licenciée?|retraite|embauchée?"
            r"|promue?|poste)\b",
        ),
        ("home", r"\b(?:habite|vis (?:à|seule?|avec)|déménagé|adresse|emménagé)\b"),
        (
            "partner",
            r"\b(?:célibataire|mariée?s?|fiancée?s?|divorcée?|rompu|séparée?s?|copine?"
            r"|petite? amie?)\b",
        ),
        ("diet", r"\b(?:végétarienn?e?|vegane?|végane?|viande)\b"),
    ),
    asked=(
        (
            "work",
            r"\b(?:travaill|boss)(?:e|es|ent|ez|ons)\b|\b(?:métier|boulot|emploi|employeur|profession)\b",
        ),
        (
            "home",
            r"\bhabit(?:e|es|ez|ent|ons)\b|\b(?:adresse|vi[st] où|où (?:\w+ ){0,3}?(?:vis|vit|vivent))\b",
        ),
        ("partner", r"\b(?:célibataire|mariée?|fiancée?|divorcée?|copine?|en couple)\b"),
        ("diet", r"\b(?:végétarienn?e?|vegane?|végane?|viande)\b"),
    ),
)

_PARTICIPLE = (
    r"(?:\w{1,}ée?s?|(?!ici|aussi|midi|ami|merci|oui|quasi|parmi|lundi|mardi|jeudi|samedi)\w{2,}ie?s?|(?:dé|pré|re|par|main|ob"
    r"|ap|at|en|con|dis|sou|sur|com|per|des|ré|é|ad|inter|pro)?(?:vu|eu|pu|su|dû|lu|bu|cru|voulu|fallu|plu|vécu|reçu"
    r"|perdu|vendu|rendu|tendu|pondu|tenu|venu|connu|couru|paru|battu|attendu|entendu|répondu|mis|pris|quis|dit|écrit"
    r"|conduit|fait|ouvert|offert|couvert|mort|peint|joint|battu|fini)e?s?)"
)
_SMALL_NUMBER = r"(?:une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|\d+)"
_PLACED = r"(?:à|au|aux|dans|en|sur|chez|pendant|après|de|du|d['’])"
_PLACED_NOUN = (
    rf"(?!(?:je|tu|il|elle|on|nous|vous|ils|elles|{_PLACED})\b)"
    r"(?:(?:le|la|les|une?|des|mon|ma|mes|son|sa|ses|notre|leur) |l['’])?[\w-]++ ?"
)
_TENSE = TenseGrammar(
    corrected=r"non|pardon|enfin|euh+|je veux dire|plutôt|désolée?",
    neither=r"\b(?:mais|jamais|désormais|fais|vais|sais|français|anglais|fait|lait|parfait|plaît|plait|connais|connaît|palais"
    r"|paraît|souhait|plus|ait|aient)\b",
    future=r"\b(?:je vais|tu vas|il va|elle va|on va|nous allons|vous allez|ils vont|elles vont)\b"
    r"|\b(?:ser|aur|ir|fer|pourr|voudr|devr|viendr|tiendr|verr|enverr|faudr|\w{2,}[eiéè]r|\w{2,}dr|\w{2,}ttr)"
    r"(?:ai|as|a|ons|ez|ont)\b"
    r"|\b(?:ser|aur|ir|fer|pourr|voudr|devr|viendr|faudr|aimer|\w{2,}er)(?:ais|ait|aient|ions|iez)\b"
    r"|\b(?:dois|doit|doivent|devons|devez|peux|peut|pouvons|peuvent|veux|veut|voulons|veulent|faut)\b"
    r"|(?<=[,(:] )(?:disponible|libre|valable)s? (?:en|le|au|dès|à partir|jusqu)"
    r"|\b(?:ai|a|avons|ont) lieu\b|\best (?:à|en) \w+|\b(?:a|est|sont) (?:prévu|réservé|fermé|ouvert)e?s?\b",
    past=rf"(?:\bj['’]ai|\b(?:ai|as|a|avons|avez|ont|avait|avais|avaient|avions))(?: (?:pas|déjà|enfin|bien"
    rf"|jamais|rien|tous"
    rf"|toutes|tout|finalement|beaucoup|encore|souvent))* {_PARTICIPLE}\b"
    r"|\b(?:suis|es|est|sommes|êtes|sont|était|étais|étaient)(?: pas| déjà| enfin| tous| toutes"
    r"| bien)* (?:all|ven|reven|deven"
    r"|arriv|part|repart|n|mort|décéd|rest|entr|rentr|sort|mont|descend|tomb|retourn|pass)(?:é|u|i)?e?s?\b"
    r"|\bs['’](?:est|était)\b|\bse sont\b|\bme suis\b|\bt['’]es\b|\bnous nous sommes\b|\bsommes-nous\b"
    r"|\b(?:été|fut|furent|fit|firent|eut|eurent|dit-il|dit-elle)\b"
    r"|\b\w{1,}(?:ais|ait|aient|èrent)\b|\b(?:il|elle|on) (?!va |\w+ra\b)\w{3,}a\b|\bas-tu\b|\bai-je\b|\ba-t-\w+",
    border=r"[,:()–—]|\s-\s|\b(?:mais|parce|car|puis|quand|lorsque|pendant que|qui|que)\b|\bqu['’]",
    deadline=r"\b(?:avant(?: le)?|jusqu['’](?:en|au|à)|d['’]ici(?: le)?|au plus tard)",
    infinitive=r"(?:\bde |\bà |\bd['’])(?:l['’]|le |la |les )?\w+(?:er|ir|re|oir)\b",
    ahead=r"\bpour(?: le)?\b",
    arranged=r"\b(?:réserv|prév|planifi|invit|report|décal|inscri|organis)\w*",
    engaged=r"\b(?:réserv|organis)\w*\b(?! (?:l[ea]s?|m[ao]n|mes|notre|nos)\b)"
    r"|\b(?:prév|planifi|invit|inscri)\w*|\bbillets? (?:pour|de)\b",
    goal=r"\bau\b(?! (?:printemps|mois|début))",
    denied=r"\b(?:pas|plus)(?: (?:le|en|ce|au|du|pour))*|\bau lieu (?:de|du)|\bplutôt que(?: le)?",
    verbless=rf"(?:{_SMALL_NUMBER} [\w-]+ )?(?:{_PLACED} ?(?:{_PLACED_NOUN}){{1,2}}+)++",
    habitual=r"\bcomme d['’]habitude\b"
    r"|(?P<habit>\b(?:d['’]habitude|habituellement|généralement|en général|souvent|parfois|rarement|jamais)\b"
    r"|\b(?:aim(?:e|es|ons|ent)|ador(?:e|es|ons|ent)) (?:bien |beaucoup )?\w+(?:er|ir|re)\b)",
    recurring=r"\b(?:chaque|tous les|toutes les)(?: \w+)? (?:(?:lun|mar|mercre|jeu|vendre|same)dis?"
    r"|dimanches?|jours?|matins?|soirs?"
    r"|semaines?|week-?ends?|mois|ans?|années?|étés?|noëls?|hivers?|printemps|automnes?)\b|\bchaque \w+"
    r"|\bun \w+ sur (?:deux|trois)\b|\b(?:annuel|mensuel|hebdomadaire)\w*",
)

LANGUAGE = Language(
    code="fr",
    name="French",
    stemmer="french",
    stop_words=_STOP_WORDS,
    negation=r"\b(?:ne|n|pas|jamais|rien|aucun|aucune|personne|sans|ni|non|guère)\b",
    elided=r"[cdjlmnst]|qu|jusqu|lorsqu|puisqu",
    contractions=r"\b(?:j(?=(?:ai|avais|aime|adore|habite|étais)\b)|c(?=(?:est|était)\b)|qu(?=(?:ils?|on)\b))",
    contracted=frozenset("jai javais jaime jadore jhabite jétais cest cétait quil quils quon".split()),
    abbreviations=r"Mme|Mlle",
    asks_when=r"\bquand\b",
    asks_count=r"\bcombien\b|\bquel âge\b",
    asks_name=r"\bqui\b|\boù\b|\bquel(?:le)?s?\b|\bs['’]appelle|\bnom\b",
    number_words=r"deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingt"
    r"|trente|quarante|cinquante|soixante|cent|mille|douzaine",
    asks_called=r"\bs['’]appellent?\b|\bnoms?\b",
    asks_work=r"\bque fait\b|\bqu['’]est-ce que? .{1,60}\bfait dans la vie\b",
    determiners=r"\b(?:(?:les?|la|une?|des|du|au|mon|ma|mes|notre|nos|son|sa|ses|leurs?|cet?|cette) |l['’])",
    asks_often=r"\bcombien de fois\b|\bà quelle fréquence\b",
    asks_place=r"\boù\b",
    question_words=r"\b(?:que|qu(?=['’])|quoi|quel(?:le)?s?|qui|où|quand|pourquoi|comment|combien|est-ce"
    r"|dans la vie)\b",
    asks_before=r"\b(?:avant|auparavant|précédent\w*|ancien\w*)\b",
    asks_first=r"\bpremière fois\b",
    asks_last=r"\b(?:dernière fois|récemment)\b",
    told_to_remember=r"(?:(?:s['’]il te pla[iî]t|svp|stp|et|peux-tu|pourrais-tu)[, ]+)*+(?:souviens-toi|rappelle-toi"
    r"|retiens|note(?: bien)?|n['’]oublie pas|pour info)(?: ?[:,] | que | qu['’])",
    first_person=r"\b(?:je|j['’]|mon|ma|mes|nous)\b",
    speaker_as_subject=r"\b(?:je|j['’]|nous)\b",
    second_person=r"\b(?:tu|ton|ta|tes|vous)\b",
    small_talk=frozenset("bonjour bonsoir salut merci beaucoup oui non d'accord au revoir".split()),
    drafted=_DRAFTED,
    enacted=r"^\s*(?:fais comme si|imagine que (?:tu|je)|joue le rôle|suppose que (?:tu|je)|fais semblant)\b",
    of_others=_OF_OTHERS,
    taken_back=r"^\W*(?:je (?:plaisante|rigole|blague)|(?:c['’](?:est|était) )?(?:une blague|pour rire)|ou pas)\W*$"
    r"|^\W*c['’](?:est|était) ce (?:que|qu['’])\s?(?!j)\w+ (?:a |m['’]a )?(?:écrit|dit|disait|prétend)"
    r"|^\W*(?:peux-tu |pourrais-tu |s['’]il te plaît,? )*(?:tradui(?:s|re|sez)|reformule[rz]?|relis"
    r"|relire)(?:-l[ea]| (?:ça|cela|ceci|ce texte))"
    r"|^\W*comment (?:dit-on|dire|traduire) (?:ça|cela|ceci)\b",
    texts=r"\b(?:e-?mail|mail|message|lettre|texte|phrase|discours|citation|exemple|traduction|réponse|profil)\b",
    for_another=r"\bpour (?:lui|elle|eux|(?:mon|ma|notre|un|une) (?:amie?|collègue|frère|sœur|mère|père"
    r"|mari|femme))\b"
    r"|\b(?:cette?|suivante?|exemple|traduction)\b|\b(?:pour|de|au nom de|en tant que) (?:(?:mon"
    r"|ma|notre|son|sa) (?:\w+ ){0,2})?(?-i:[A-ZÀ-Þ][a-zà-ÿ]+)\b",
    tag=r"(?:, (?:non|hein|n['’]est-ce pas|pas vrai))\W*$| ou pas\W*$",
    quotation=r"\b(?:dit|écrit)\b[^.]{0,30}[:,]\s*[\"“«„]|[,.!…][\"”»“]\s*(?:\w+ )?dit\b",
    that=r"que|qu['’]",
    preferring=r"préfèr",
    dates=DateGrammar(_DATE_WORDS, _DATE_RULES),
    tense=_TENSE,
    wording=_WORDING,
    clauses=_clauses.FRENCH,
    opinion=_opinions.FRENCH,
    succession=_SUCCESSION,
)
