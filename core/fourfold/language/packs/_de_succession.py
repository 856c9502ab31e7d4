"""German: what tells that a newer statement is how a matter stands now."""

from __future__ import annotations

from fourfold.language.pack import case_sensitive
from fourfold.language.succession_grammar import SuccessionGrammar

SUCCESSION = SuccessionGrammar(
    clause_border=r"[;!()]|:(?!\d)|,(?= (?:und |aber |dass |weil )?(?:ich|wir|er|sie|es|das|der|die"
    r"|mein\w*|unser\w*)\b)|\s[-–—]\s|\b(?:aber|weil|dass|obwohl|während|sondern)\b|\bund (?=(?:jetzt "
    r"|nun |dann )?(?:ich|wir|er|sie|es|mein\w*|unse\w+|arbeite|wohne|bin|habe)\b)",
    correction=r"(?:(?:ach|oh|äh|nein|ups)[,.! ]+)*(?:korrektur|berichtigung|nein|doch nicht|moment"
    r"|tut mir leid|entschuldigung|ich meinte|stimmt nicht|genauer gesagt|ich habe mich geirrt"
    r"|(?:mein |das war ein )?tippfehler|vertippt"
    r"|falsch)\b[,.:;! –—-]*",
    contrast=r"\W*(?:(?:nee?|nein|doch|sorry"
    r"|moment)\b[,. ]*)*nicht (?P<denied>[^,;.!?]{1,40}?),? sondern (?P<given>[^,;.!?]{1,40})"
    r"\W*",
    current=r"\b(?:jetzt|nun|inzwischen|mittlerweile|neuerdings|seit kurzem|ab sofort|nicht mehr"
    r"|kein\w* mehr|wieder|endlich|stattdessen|doch|nur noch|seitdem|heute)\b",
    new=r"\bneu(?:e[mnrs]?)?\b",
    unsettled=r"\b(?:nicht sicher|frage mich|hoffentlich|freue mich|danke|vielleicht|würde\w*|könnte\w*"
    r"|sollte\w*|versuche)\b",
    seeking=r"\b(?:suche|warte auf|spare auf|bewerbe)\b",
    unfinished=r"\b(?:nie|noch nicht|noch kein\w*)\b",
    additive=r"\b(?:(?:wieder|nochmal) (?=am |im |um |nächste|diese|morgen|heute|gestern|letzte)|auch"
    r"|ebenfalls|außerdem|noch ein\w*|zusätzlich|immer noch|weiterhin|zudem|sowohl"
    r"|manchmal)\b",
    denial=r"\b(?:nicht|nichts|kein\w*|nie|niemals|niemand\w*|ohne|weder)\b",
    endings=r"^(?:bitte )?vergiss (?=mein|unser|den\b|die\b|das\b|was\b)"
    r"|\b(?:aufgehört|aufgegeben|gekündigt|verlassen|abgesagt|verkauft|abgebrochen|beendet|gelöscht"
    r"|verloren|storniert|abgeschafft|abbestellt|weggegeben|aufgelöst|geschmissen|fertig)\b",
    withdrawals=r"\b(?:gestorben|verstorben|tot|getrennt|geschieden|ausgezogen|zurückgetreten|entlassen"
    r"|vorbei|abgelaufen|fällt aus|ausgefallen|abgesagt|in rente|ausgetreten|weg|aus(?=$|[.!]))\b",
    changes=r"\b(?:verschoben|verlegt|gewechselt|umgestiegen|umgestellt|umgezogen|gezogen|geändert"
    r"|gestiegen|gesunken|erhöht|gesenkt|ersetzt|verlängert|umbenannt|befördert|übernommen|geworden"
    r"|gestrichen|repariert|versetzt)\b",
    beginnings=r"\b(?:angefangen|begonnen|bekommen|gefunden|gekauft|geheiratet|adoptiert|gebucht|geplant"
    r"|eingestellt)\b",
    placings=r"\b(?:gelegt|gestellt|gebracht|gehängt|geparkt|mitgenommen|gestohlen)\b",
    past=r"\b(?:war|waren|hatte|hatten|ging|gingen|kam|kamen|lief|liefen|fuhr|fuhren|sah|aß|traf|kaufte"
    r"|spielte|machte)\b|\b(?:bin|ist|sind)\b.*\b(?:gegangen|gefahren|gekommen|gelaufen|geflogen"
    r"|gewesen|gereist|passiert)\b|\b(?:habe|hat|haben)\b.*\b(?:ge\w{2,}(?:t|en)|be\w{3,}t"
    r"|ver\w{3,}(?:t|en)|\w+ge\w{2,}(?:t|en))\b(?=\W*$)",
    copulas=r"bin|bist|ist|sind|seid|war|waren|liegt|steht|hängt|beträgt|heißt|heiße",
    verbs=r"\b(?:bin|bist|ist|sind|war|waren|habe|hast|hat|haben|wird|werden|wurde|wurden|worden|kann"
    r"|können|muss|will|soll|darf|mag|liebe|hasse|esse|trinke|rauche|spiele|spreche|gehe|geht|fährt"
    r"|läuft|beginnt|kostet|leitet|arbeitet|wohnt|funktioniert)\b",
    verb_ending="",
    support=r"habe|hat|haben|mache|macht|gehe|geht|gehen|nehme|nutze|nutzen|will|brauche",
    exclusive=r"\b(?:wohn(?:e|t|en) (?:in|bei)|leb(?:e|t|en) in|arbeit(?:e|et|en) (?:bei|als|in)|wieg(?:e"
    r"|t)|kostet|fahre ein\w*|leitet|beginnt|fährt von|(?:bin|ist) (?:bei|verheiratet mit))\b",
    joining=r"und",
    prepositions=r"in|im|an|am|auf|bei|beim|zu|zum|zur|von|vom|mit|nach|für|um|aus|über|als|unter|ins|ans",
    origins=r"\b(?:von|vom|aus|statt|anstatt)\b",
    goals=r"\bnach (?=(?-i:[A-ZÄÖÜ]))|\bauf (?=~?\d)|\ban (?=(?:mein|unser|sein|ihr|die|den)\w* |(?-i:[A-ZÄÖÜ]))",
    places=r"in|im|an|am|auf|bei|beim|unter|hinter|neben|vor|zu",
    own=r"\b(?:mein|unser)e?[mnrs]?\b",
    genitive=case_sensitive(
        r"(?!(?:Das|Was|Dies|Alles|Nichts|Etwas|Als|Bis|Aus|Es|Hans|Klaus|Jens|Lars|Nils|Thomas|Andreas|Jonas|Lukas|Markus"
        r"|Matthias|Tobias|Niklas|Elias)\b)[A-ZÄÖÜ][a-zäöüß]+s(?= [A-ZÄÖÜ])"
    ),
    of=r"\bvon $",
    speakers=r"ich|wir|mich|mir|uns",
    speaker_verbs=r"(?:bin|habe?|wohne|lebe|arbeite|studiere|heiße|esse|trinke|rauche|fahre|gehe|nehme|mache|spiele|suche"
    r"|brauche)$",
    pronouns=r"ich|wir|du|er|sie|es|ihr|das",
    persons={
        "er": "he",
        "sein": "he",
        "seine": "he",
        "sie": "she",
        "ihr": "she",
        "ihre": "she",
        "es": "it",
        "du": "you",
        "das": "this",
        "dies": "this",
    },
    light=r"der|die|das|den|dem|des|ein|eine|einen|einem|einer|mein|meine|meinen|meinem|meiner|unser|unsere"
    r"|unseren|unserem|jetzt|nun|inzwischen|mittlerweile|heute|doch|wieder|nicht|kein|keine|keinen|mehr"
    r"|noch|sehr|schon|endlich|gerade|aktuell|stattdessen|dann|worden",
    epithets=r"neue?[mnrs]?|aktuelle?[mnrs]?|alte?[mnrs]?|ehemalige?[mnrs]?",
    former=r"\b(?:alte?[mnrs]?|früher|damals|ehemalige?[mnrs]?|frühere?[mnrs]?|vorige?[mnrs]?)\b",
    other=r"\b(?:andere?[mnrs]?|zweite?[mnrs]?|eine?[mnrs]? (?:meiner|unserer|von))\b",
    one_day=r"\b(?:heute|morgen|gestern|übermorgen|vorgestern|diese (?:woche|nacht)|diesen \w+tag)\b",
    variants={},
    numbers=r"eins|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|zwanzig|dreißig|hundert",
    times=r"januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember|montag"
    r"|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|uhr|morgen|gestern|heute|woche|monat|jahr"
    r"|tag|letzte\w*|nächste\w*",
    attitudes=(r"\b(?:mag|liebe|liebt)\b", r"\b(?:hasse|hasst|verabscheue)\b"),
    negating=("un",),
    opposites=(
        (r"\b(?:auf|offen|geöffnet)\b", r"\b(?:zu|geschlossen)\b"),
        (
            r"\b(?:kaputt|defekt|läuft nicht|funktioniert nicht)\b",
            r"\b(?:repariert|(?:läuft|funktioniert) wieder)\b",
        ),
        (r"\bvoll\b", r"\bleer\b"),
        (r"\ban\W*$", r"\baus\W*$"),
        (r"\b(?:krank|im krankenhaus|in der werkstatt)\b", r"\b(?:gesund|zu hause|in der garage)\b"),
    ),
    single=r"\b(?:lieblings\w+|beruf|job|passwort|farbe)\b",
    many=r"\b(?:habe|hat|haben|mag|liebe|spreche|spiele|kenne|freund\w*|bruder|schwester|kind\w*|sohn"
    r"|tochter|hobby\w*)\b",
    fields=(
        (
            "work",
            r"\b(?:arbeit(?:e|et|en) (?:bei|als|in)|arbeitslos|stelle|job|rente|entlassen|gekündigt|befördert"
            r"|selbstständig|angestellt|studier\w*|\w*studium)\b",
        ),
        (
            "home",
            r"\b(?:wohn(?:e|t|en)|leb(?:e|t|en) (?:\w+ ){0,4}?in|umgezogen|ausgezogen|adresse"
            r"|nach \w+ gezogen)\b",
        ),
        (
            "partner",
            r"\b(?:single|ledig|verheiratet|geheiratet|verlobt|geschieden|getrennt|freundin|freund"
            r"|zusammen mit)\b",
        ),
        ("diet", r"\b(?:vegetarier\w*|vegan\w*|fleisch)\b"),
    ),
    asked=(
        ("work", r"\b(?:arbeite[nst]{0,2}|beruf|job|stelle|arbeitgeber|beruflich)\b"),
        (
            "home",
            r"\bwo\b[^?]{0,40}\b(?:wohn|leb)(?:e|st|t|en)\b|\bwo (?:wohn|leb)\w+|\b(?:wohnort|adresse)\b",
        ),
        ("partner", r"\b(?:single|ledig|verheiratet|verlobt|geschieden|freundin|partner(?:in)?)\b"),
        ("diet", r"\b(?:vegetarier\w*|vegan\w*|fleisch)\b"),
    ),
    verb_final=True,
)
