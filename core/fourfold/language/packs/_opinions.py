"""How judgements are worded, in the languages whose files have no room for it."""

from __future__ import annotations

from fourfold.language.opinion_grammar import OpinionGrammar

ENGLISH = OpinionGrammar(
    likes=r"(?<!look )(?<!looks )(?<!sound )(?<!sounds )(?<!feel )(?<!feels )(?<!would )(?<!['’]d )"
    r"\b(?:(?:lov|lik|enjoy|ador|prefer|recommend|appreciat|favou?r)(?:e|es|ed|s|red|ing)?"
    r"|(?:am|['’]m|is|are) (?:\w+ )?(?:into|(?:fond|a fan) of)|(?:big |huge )?fan of)\b",
    dislikes=r"\b(?:(?:hat|dislik|detest|loath|despis|avoid|regret)(?:e|es|ed|s|red|ing)?"
    r"|(?:can['’]?t|cannot|couldn['’]?t) stand|(?:tired|sick) of|fed up with)\b",
    good=r"\b(?:great|good|best|better|wonderful|amazing|awesome|excellent|fantastic|superb|lovely|nice|favou?rite"
    r"|brilliant|perfect)\b",
    bad=r"\b(?:bad|worse|worst|awful|terrible|horrible|dreadful|lousy)\b",
    merits=r"\b(?:important|matters?|key|essential|crucial|productive|safe|reliable|useful)\b",
    faults=r"\b(?:un(?:safe|reliable|important|fair|necessary)|useless|overrated)\b",
    degree=r"\b(?:really|truly|absolutely|definitely|always|just|quite|pretty|rather|far|way|much|a lot|lots|at all"
    r"|so|too|very|most|more|thing|things|ever|any ?more|any|still|also|simply|kind|sort|of all|every time"
    r"|find|as|(?<=no )longer)\b",
    aside=r"\b(?:if you ask me|honestly|frankly|in my (?:view|opinion|experience|book)"
    r"|i (?:think|believe|guess|feel|find)|to me|i['’]m (?:convinced|sure|certain)|personally"
    r"|as far as i['’]m concerned|to be honest)\b",
    than=r"\b(?:than|over|rather than|instead of)\b",
    less=r"\b(?:less|fewer|least)\b",
    demanding=r"\b(?:(?:we|you|one|people|everyone|everybody|teams?) (?:really |all )?(?:(?:should|must)(?:n['’]t)?"
    r"|ought to|need(?: to)?|ha(?:ve|s) to)(?: all)?)\b",
)
GERMAN = OpinionGrammar(
    likes=r"\b(?:mag|mögen|mochte|liebe|liebt|lieben|bevorzuge|bevorzugt|schätze|genieße)\b",
    dislikes=r"\b(?:hasse|hasst|hassen|verabscheue|verabscheut|kann [^.!?]{0,30}nicht (?:leiden|ausstehen))\b",
    good=r"\b(?:toll|gut|beste|besser|wunderbar|wunderschön|großartig|super|klasse|prima|hervorragend|lieblings"
    r"|ausgezeichnet|schön|genial)(?:e[mnrs]?)?\b",
    bad=r"\b(?:schlecht|schlimm|furchtbar|schrecklich|grauenhaft|mies|blöd|doof|scheußlich|fürchterlich)"
    r"(?:e[mnrs]?)?\b",
    merits=r"\b(?:wichtig|nützlich|sinnvoll|sicher|zuverlässig|einfach|bequem|gesund|spannend|interessant|lecker)"
    r"(?:e[mnrs]?)?\b",
    faults=r"\b(?:un(?:wichtig|nütz|sicher|zuverlässig|bequem|gesund)|sinnlos|nutzlos|gefährlich|langweilig|teuer"
    r"|teure|laut|überteuert)(?:e[mnrs]?)?\b",
    degree=r"\b(?:sehr|wirklich|echt|total|ganz|absolut|immer|einfach|viel|ziemlich|so|zu|am|überhaupt|besonders"
    r"|gern|gerne|auch|mehr|finde|halte|für)\b",
    aside=r"\b(?:meiner (?:meinung|ansicht) nach|(?:finde|denke|glaube|meine) ich|ich finde|für mich|ehrlich gesagt"
    r"|wenn du mich fragst)\b",
    than=r"\b(?:als|statt|anstatt)\b",
    less=r"\b(?:weniger|am wenigsten)\b",
    demanding=r"\b(?:(?:wir|man|alle) (?:sollten?|müssen|muss|brauchen|braucht))\b",
)
FRENCH = OpinionGrammar(
    likes=r"\b(?:aime|aiment|adore|adorent|préfère|préfèrent|apprécie)\b",
    dislikes=r"\b(?:déteste|détestent|hais|ne supporte (?:pas|plus))\b",
    good=r"\b(?:géni(?:al|ale|aux|ales)|supers?|bon|bons|bonnes?|meilleure?s?|merveilleu(?:x|ses?)|excellente?s?"
    r"|formidables?|parfaite?s?|magnifiques?|favorite?s?|préférée?s?)\b",
    bad=r"\b(?:mauvaise?s?|pires?|horribles?|affreu(?:x|ses?)|terribles?|nulle?s?)\b",
    merits=r"\b(?:importante?s?|utiles?|fiables?|sûre?s?|faciles?|agréables?|intéressante?s?|essentiel(?:le)?s?)\b",
    faults=r"\b(?:inutiles?|dangereu(?:x|ses?)|chère?s?|cher|chers|ennuyeu(?:x|ses?)|bruyante?s?)\b",
    degree=r"\b(?:très|vraiment|beaucoup|trop|toujours|bien|tout|tellement|absolument|aussi|plus|si|tant)\b",
    aside=r"\b(?:à mon avis|selon moi|pour moi|je (?:pense|crois|trouve)|d['’]après moi|franchement)\b",
    than=r"\b(?:que|qu['’]|plutôt que|au lieu d[e'’])",
    less=r"\bmoins\b",
    denial=r"\b(?:pas|jamais|rien|aucune?|sans|ni|guère)\b|\bne (?=\w+ plus\b)|\bn['’](?=\w+ plus\b)|^plus\b",
    demanding=r"\b(?:(?:nous|on) (?:devrait|devrions|doit|devons)|il faut|il faudrait)\b",
)
SPANISH = OpinionGrammar(
    likes=r"\b(?:gustan?|encantan?|amo|aman|prefiero|prefiere|adoro|disfruto)\b",
    dislikes=r"\b(?:odio|odia|detesto|detesta|no soporto)\b",
    good=r"\b(?:genial(?:es)?|buen[oa]?s?|mejor(?:es)?|maravillos[oa]s?|excelentes?|fantástic[oa]s?|perfect[oa]s?"
    r"|estupend[oa]s?|favorit[oa]s?|increíbles?)\b",
    bad=r"\b(?:mal[oa]?s?|peor(?:es)?|horribles?|terribles?|espantos[oa]s?|pésim[oa]s?)\b",
    merits=r"\b(?:importantes?|útil(?:es)?|fiables?|segur[oa]s?|fácil(?:es)?|cómod[oa]s?|interesantes?|esencial(?:es)?)\b",
    faults=r"\b(?:inútil(?:es)?|peligros[oa]s?|car[oa]s?|aburrid[oa]s?|ruidos[oa]s?|difícil(?:es)?)\b",
    degree=r"\b(?:muy|mucho|demasiado|realmente|siempre|tan|tanto|bastante|todo|ya|también|más|absolutamente)\b",
    aside=r"\b(?:en mi opinión|para mí|a mi juicio|(?:yo )?(?:creo|pienso)|me parece|sinceramente)\b",
    than=r"\b(?:que|en vez de|en lugar de)\b",
    less=r"\bmenos\b",
    denial=r"\b(?:no|sin|tampoco|ni)\b|^\W*(?:nunca|jamás|nadie|nada|ningun[oa]?|ningún)\b",
    demanding=r"\b(?:(?:deberíamos|debemos|tenemos que|hay que|habría que))\b",
)
CHINESE = OpinionGrammar(
    likes=r"(?:更|最)?(?:喜欢|喜歡|热爱|熱愛|偏好)|(?<=我)(?:很|最|真)?[爱愛]",
    dislikes=r"讨厌|討厭|受不了|[恨]",
    good=r"太?棒了?|很?好(?=[。！!]|$)|最好|完美|厉害|厲害|出色|优秀|優秀",
    bad=r"糟糕|太?差了?|很坏|很壞",
    merits=r"重要|可靠|有用|安全|方便|有趣|好吃|实用|實用",
    faults=r"危险|危險|没用|沒用|麻烦|麻煩|无聊|無聊|太?贵了?|太?貴了?|难吃|難吃",
    degree=r"非常|十分|特别|特別|真的|真是|太|很|挺|最|更|总是|總是|一直|都|了|还是|還是",
    aside=r"我(?:个人|個人)?(?:觉得|覺得|认为|認為|相信)|在我看来|在我看來|依我看|对我来说|對我來說",
    than=r"比|而不是",
    less=r"不如|没那么|沒那麼",
    demanding=r"(?:我们|我們|大家)?(?:应该|應該|必须|必須|需要)",
)
