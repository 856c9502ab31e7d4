"""English. The date grammar is `fourfold.language.dates.english`: the others are told in it."""

from __future__ import annotations

from fourfold.language.pack import (
    AttributeGrammar,
    Language,
    StanceGrammar,
    TenseGrammar,
    Wording,
    case_sensitive,
)
from fourfold.language.packs import _clauses, _opinions
from fourfold.language.packs._en_succession import MANY_VALUED, SUCCESSION

_STOP_WORDS = frozenset(
    """a an and are as at be been but by can could did do does for from had has have he her hers him his how i
    if in into is it its me my no not of on or our ours she so than that the their theirs them then there
    these they this those to us was we were what when where which who whom whose why will with would you
    your yours about am just s t d ll m re ve don im ive youve weve theyve youre theyre hes shes thats whats
    whos wheres theres also any being both during each few more most other own
    same should some such too very""".split()
)
_NO_NAMES = frozenset(
    """i i'm i've i'll i'd im ok okay hey hi hello thanks thank wow yeah yes no oh sure great cool awesome
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july
    august september october november december mr mrs ms dr lol omg btw ps congrats sounds it's that's
    what's here's there's let's you're we're they're he's she's who's how's the a an and but so if""".split()
)
_SMALL_TALK = frozenset(
    """hi hello hey hiya yo good morning afternoon evening night day there again all everyone how are you doing
    is it going what's up thanks thank thx ty much so very lot a for that the cheers great cool nice perfect
    awesome ok okay k sure fine got it understood yes yeah yep no nope please bye goodbye see later soon
    take care welcome you're""".split()
)

_LEAD = r"^(?:(?:but|and|so|well|then|honestly|yeah|yes|no|oh|hmm|anyway|ok|okay)[, ]+)*"
_WE = r"\b(?:i|we)"
_OFTEN = r" (?:really |still |so |always |just |also |now )?"
_WORDING = Wording(
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

_STANCE = StanceGrammar(
    clause_border=r"[,;:!–—()\[\]]|\s-\s|\b(?:but|because|so|although|though|while|when|if|since|which|who)\b"
    r"|\band (?=(?:i|we|he|she|they|it|you|the|this|that|my|our|his|her|their|there|let)\b)",
    liking=r"(?<!look )(?<!looks )(?<!sound )(?<!sounds )(?<!feel )(?<!feels )(?<!seems )(?<!would )(?<!['’]d )"
    r"\b(?:lov|lik|enjoy|ador|prefer|recommend|trust|hat|dislik|detest|loath|despis|avoid|regret)"
    r"(?:e|es|ed|s|red|ing)?\b(?! to\b)",
    after_object=r"\b(?:to|than|over|more|again|today|at all|very much|a lot)\b",
    copula=r"\b(?:is|are|was|were|am|be|been|has|have|had|feels?|felt|seems?|seemed|looks?|looked|sounds?|sounded|tastes?"
    r"|tasted|becomes?|became|got|gets?|proved|remains?|remained|stays?|stayed|turned out|made|makes)\b"
    r"|(?<=\w)['’](?:s|re|m)\b|(?:is|are|was|were)n['’]t\b",
    owning=frozenset({"has", "have", "had"}),
    to_others=r"\b(?:you|your|yours|u|ur|let['’]?s)\b|\b(?:it|this|that|there)['’]?(?:s| is| was)\b",
    possessor=case_sensitive(r"\b[A-ZÀ-Þ][\w-]*['’]s (?=[a-z])"),
    no_denial=r"\b(?:no matter|no doubt|no problem|no wonder|not only|not just|can['’]?t wait|cannot wait"
    r"|nothing but|never mind)\b",
    formerly=r"\b(?:used to|no more|formerly|far from)\b",
    disliked=r"\b(?:(?:can['’]?t|cannot|couldn['’]?t) stand|(?:gave|given|giving|give) up(?: on)?|tired of|sick of"
    r"|fed up with)\b",
    hate="hate",
    hedged=r"\b(?:sometimes|a bit|a little|somewhat|slightly|less|not (?:always|really|quite|entirely|that)|might"
    r"|maybe|perhaps|possibly|could|mostly|partly|kind of|sort of|occasionally|at times)\b",
    first_person=case_sensitive(r"\b(?:I|me|my|mine|myself|we|our|us)\b|\bI['’]"),
    praise=frozenset(
        """love like enjoy adore prefer favorite favourite great good best better wonderful amazing awesome
        excellent fantastic superb delicious tasty beautiful lovely nice fun funny exciting interesting useful
        helpful reliable trustworthy honest kind friendly generous fast quick easy simple comfortable calm quiet
        safe healthy clean cheap affordable worth happy glad proud pleased delighted thrilled grateful impressed
        impressive brilliant smart clever perfect fine success successful win improved improves fresh smooth
        stable punctual patient talented fond suits recommend rewarding relaxing peaceful strong solid sound
        accurate correct right true""".split()
    ),
    blame=frozenset(
        """hate dislike detest loathe despise avoid bad worse worst awful terrible horrible dreadful poor
        disgusting ugly nasty boring dull useless unreliable dishonest unkind rude unfriendly mean slow hard
        difficult complicated uncomfortable noisy loud dangerous unsafe unhealthy dirty expensive overpriced
        worthless sad unhappy angry annoyed annoying disappointed disappointing frustrated frustrating upset
        worried ashamed stupid failed failing failure fails broken broke breaks crashed crashes crash late
        unstable buggy stressful exhausting bland stale weak wrong false inaccurate lost loses cancelled
        complained complaint complaints flawed wasteful waste regret lied lies cheated crowded""".split()
    ),
    empty=frozenset(
        """new old big small down all really always never still also think find feel say believe thing lot much
        far         too quite people person every day today now get got make made go went come came one time
        again everyone         anymore consider opinion seem absolutely must may might maybe perhaps
        sometimes slightly much very since""".split()
    ),
)

_DET = r"(?:the|a|an|my|our|his|her|their|its)"
_NOW = r"(?: now| currently| actually| still| officially| just| recently| finally| already)?"
_IS = rf"(?:(?:is|are|am)|(?<=\w)['’](?:s|m|re)){_NOW}"
_TO_BE = rf"(?:is|are|am|was|were){_NOW}"
_ATTRIBUTES = AttributeGrammar(
    single_valued=frozenset(
        """capital president chairperson chairman chairwoman chair director ceo cto cfo owner mayor governor king
        queen emperor monarch minister chancellor pope head leader captain coach manager boss principal dean
        husband wife spouse partner boyfriend girlfriend fiancé fiancée fiance fiancee mother father birthplace
        birthday birthdate address residence home hometown phone number email mail e-mail name surname age
        height weight size salary rent job employer occupation profession title username password pin currency
        population headquarters author language timezone zone deadline budget price status version landlord
        doctor dentist therapist major room officer executive""".split()
    ),
    many_valued=MANY_VALUED,
    always_single="favorite ",
    lead_in=r"^(?:(?:and|but|so|well|oh|yes|yeah|no|ok|okay|hey|hi|wow|btw|also|by the way|guess what|actually|now"
    r"|these days|currently|as of (?:now|today)|update|correction|fyi)[,:!. ]+)+",
    past=r"\b(?:used to|formerly|previously|back (?:then|in)|once (?:was|were|lived)|former|ex-\w+|until|no longer"
    r"|at the time|when i was|as a (?:kid|child)|originally|would have|not|never|n['’]t"
    r")\b|n['’]t\b",
    trailer=r"(?:,? (?:now|currently|these days|at the moment|right now|as of \w+|since .+|last \w+|this \w+|today"
    r"|yesterday|(?:\w+ )?(?:days?|weeks?|months?|years?) ago"
    r"|in (?:early |late |mid-?)?(?:[A-Z][a-z]+ )?(?:19|20)\d\d))+$",
    limits=r"\b(?:for (?:an?|the|this|some|several|two|three|four|five|six|\d+) (?:(?:few|couple of|whole|next) )?"
    r"(?-i:nights?|days?|weeks?|weekends?|months?|years?|summers?|winters?|holidays?|terms?|semesters?)"
    r"|on (?:mon|tues|wednes|thurs|fri|satur|sun)days"
    r"|(?:on|at) weekends|every \w+|each \w+|in (?:the )?(?:summers?|winters?)|too(?=\W*$)|as well|also"
    r"|another|part[- ]time|sometimes"
    r"|(?:half|most|part) (?:of )?the|during|until|till)\b",
    states=(
        (rf"^(?P<s>.+?){_NOW} (?:lives?|resides?) (?:in|at) (?P<v>.+)$", "residence", True),
        (rf"^(?P<s>.+?) ?{_IS} living (?:in|at) (?P<v>.+)$", "residence", True),
        (r"^(?P<s>.+?) (?:was|were) born (?:in|at) (?P<v>\D+)$", "birthplace", True),
        (r"^(?P<s>.+?) (?:was|were) born (?:on|in) (?P<v>.*\d.*)$", "birth date", True),
        (r"^(?P<s>.+?) (?:died|passed away) (?:in|at) (?P<v>\D+)$", "place of death", True),
        (r"^(?P<s>.+?) (?:died|passed away) (?:on|in) (?P<v>.*\d.*)$", "date of death", True),
        (rf"^(?P<s>.+?) ?{_IS} (?:married|engaged) to (?P<v>.+)$", "partner", True),
        (rf"^(?P<s>.+?) ?{_IS} (?P<v>\d{{1,3}})(?: years old)?(?: now| today)?$", "age", True),
        (
            rf"^(?P<s>.+?) ?{_IS} (?:located|situated|based|headquartered) (?:in|at|on) (?P<v>.+)$",
            "location",
            True,
        ),
        (rf"^(?P<s>.+?) ?{_IS} (?:employed by|working (?:at|for)) (?P<v>.+)$", "employer", False),
        (rf"^(?P<s>.+?){_NOW} works? (?:at|for) (?P<v>(?:{_DET} )?(?-i:[A-ZÀ-Þ]).+)$", "employer", False),
        (rf"^(?P<s>.+?){_NOW} works? as (?P<v>.+)$", "occupation", False),
        (rf"^(?P<s>.+?) ?{_IS} (?:a )?(?:citizen|resident|national) of (?P<v>.+)$", "citizenship", False),
    ),
    moves=rf"^(?P<s>.+?)(?:['’]ve| have| has)?{_NOW} (?:(?P<home>moved (?:house|home|here)|relocated)|moved)"
    r"(?: over| back)?(?: from (?P<from>[\w ]+?))? to (?P<v>.+)$",
    after_place=r",? (?:with|because|for|after|when|while|to|and|where|since|in|last|this|next|just|on) .*$",
    places=frozenset(),
    relations=(
        # Made by someone, once.
        case_sensitive(
            rf"^(?P<s>.+?) {_TO_BE} (?P<r>(?:found|creat|writt|compos|direct|paint|design|invent|develop|produc"
            r"|discover|perform|built|establish|publish|own|led|manag|chair|govern|record|sculpt|manufactur)\w*)"
            r" by (?P<v>.+)$"
        ),
        # "plays the position of", "was created in the country of": a definite noun speaks of one.
        case_sensitive(
            rf"^(?P<s>.+?) (?P<r>(?:{_TO_BE} \w+(?:ed|en|t)|speaks|plays|works|worked|practices|practises|follows"
            r"|uses|holds|died|studied|studies|belongs)(?: (?:in|with|to|at|for|on))? the \w+(?: \w+)? of) (?P<v>.+)$"
        ),
        case_sensitive(
            rf"^(?P<s>[A-Z].+?) {_TO_BE} (?P<r>(?:famous|known|renowned) for) (?P<v>[A-ZÀ-Þ\d].+)$"
        ),
    ),
    own=rf"^my (?P<r>[^,]+?)(?: is|['’]s){_NOW} (?P<v>.+)$",
    possessed=case_sensitive(rf"^(?P<s>.+?)['’]s? (?P<r>[^,]+?) (?:is{_NOW}) (?P<v>.+)$"),
    of_subject=rf"^the (?P<r>[^,]+?) (?:of|for) (?P<s>.+?) is{_NOW} (?P<v>.+)$",
    definite=rf"^the (?P<r>.+?) is{_NOW} (?P<v>.+)$",
    holder=case_sensitive(rf"^(?P<v>[A-ZÀ-Þ].+?) is{_NOW} the (?P<r>[^,]+?) of (?P<s>.+)$"),
    epithets=r"^(?:new|current|present|actual|latest|official) ",
    spellings=("favourite ", "favorite "),
    head_end=r" (?:of|in|at|for|about|that|who|where|which|from|to|with) ",
    placed=case_sensitive(r"^(?:located|situated|based|headquartered) (?:in|at|on) "),
    class_phrase=r"^(?:in |at |on )?the (?:city|town|country|state|village|continent|language|sport|religion) of ",
    determiner=rf"^(?:{_DET}) ",
    article=r"^(?:the|a|an) ",
    remark=case_sensitive(
        r"(?:so|very|really|quite|too|a bit|pretty|that|to) |(?:great|good|fine|nice|awesome|amazing|hard|fun|tough"
        r"|boring|stressful|okay|ok|bad|terrible|wonderful|perfect|broken|kind|lovely)$"
    ),
    conjunction=" and ",
    circumstance=r"(?:in|at|from|with|near|under|behind|about|of|for|to|due|up|down|out|off|on(?! [\w ]*\d))\b",
    origin_valued=r"languag|nation|citizen|origin|speak",
    origin=case_sensitive(
        r"[A-Z]\w+(?:ese|ish|ian|ean|ican)|French|Dutch|Greek|Swiss|Czech|Thai|German|Iraqi|Pakistani|Israeli"
        r"|Catholic|Protestant|Orthodox|Muslim|Jewish|Hindu|Buddhist|Sikh|Virgo|Libra|Aries|Taurus|Gemini|Scorpio"
        r"|Sagittarius|Capricorn|Aquarius|Pisces"
    ),
    speaker_forms=frozenset({"i", "i ve", "i m"}),
    own_subject=r"my ",
    other_subject=r"(?:our|his|her|their|its|this|that|these|those|who|what|which|there) (?-i:[a-z])",
    pronouns=frozenset(
        "he she it we you they this that these those one who everyone someone there here".split()
    ),
    verbal_end=case_sensitive(
        r"\b(?:was|were|is|are|has|have|had|will|would|can|could|to|be|been|who|that|and I|if|when)$"
    ),
)

_DRAFTED = (
    r"^\s*(?:please |can you |could you |help (?:me|us) |let['’]?s )*(?:write|draft|compose|translate|proofread"
    r"|rewrite|rephrase|reword|paraphrase|edit|correct|fix|check|summari[sz]e|shorten|improve|polish|imagine"
    r"|pretend|suppose|role-?play|act as)\b[^.!?\n]{0,80}(?:[:\"“]| that says| saying)"
    r"|^\s*(?:how (?:do|would|can) (?:you|i|we) (?:say|translate)|translate|proofread)\b"
    r"|^\s*(?:please |can you |could you )*(?:say|repeat)\b[^.!?:\n]{0,12}[:\"“]"
    r"|^[^.!?:\n]{0,60}\b(?:to (?:translate|proofread|rephrase|reword|paraphrase)|for (?:translation|proofreading))\b"
    r"[^.!?:\n]{0,20}:"
)
_ENACTED = (
    r"^\s*(?:please |now |let['’]s |can you |could you )*(?:(?:act|answer|reply|respond|speak|talk|pose|write) as"
    r" (?:if you (?:are|were) )?(?-i:[A-Z])|(?:pretend|imagine|suppose|assume) (?:to be|that (?:you|i|we)\b|you\b|i\b"
    r"|i['’]m|you['’]re)|role-?play(?:ing)? as|play (?:the (?:role|part) of|(?-i:[A-Z])))"
)
_NEGATED = "ai|are|ca|could|did|does|do|had|has|have|is|must|should|was|were|wo|would"
_HAVING = "i|you|we|they|could|would|should|might|must"
_NO_THING = (
    r"\d+|an?|the|not|my|your|our|his|her|actually|really|just|been|so|too|very|now|on|at|in|from|for|like|called|gonna"
    r"|ok|okay|fine|(?!thing)\w+ing"
)
"""What stands behind "it's", and not behind the possessive "its"."""
_BEING = "he|she|that|there|what|where|who|how|here"
_RELATIONS = tuple(
    """friend mate colleague coworker co-worker boss client brother bro sister sis mum mom mother dad father son
    daughter husband wife partner boyfriend bf girlfriend gf aunt uncle cousin neighbour neighbor grandma grandpa
    flatmate roommate""".split()
)
_RELATION = "|".join(_RELATIONS)
_OF_OTHERS = (
    r"\b(?:in|for|from|(?:hero|heroine|character|narrator|villain|protagonist|star) of)"
    r" (?:my|the|a|an|this|that|our|his|her|their) (?:\w+"
    r" )?(?:novel|story|film|movie"
    r"|book|poem|song|lyrics|play|game|script|dream|screenplay|fairy tale|comic|series|show|scene"
    r"|episode|chapter)\b|\b(?:my|the|our|his|her|a) (?:character|hero|heroine|protagonist|narrator"
    r"|lyrics|avatar|manual)\b|^\W*(?:\w+ ){0,3}(?:lyrics|poem|song|verse|chorus|script|dialogue|scene"
    r"|quote|novel|story)\b[^.!?:\n]{0,30}:"
    r"|(?:\b(?:was|were|is|are)|['’](?:s|re)) (?:all |just )?like,? "
    r"(?=(?:i|i['’]?(?:m|ve|ll|d)|we|my|no|yeah|oh|omg)\b)"
    r"|\b(?<!\bi )(?<!\bwe )(?:said|says|wrote|writes|told \w+|goes|go|asked|asks|reads|reply"
    r"|replied)"
    r"\s?(?::|,(?=\W*(?:i|we|me|us|my|our)\b|\s?[\"“]))"
    r"|\b(?<!\bi )(?<!\bwe )(?:e-?mailed|texted|messaged|posted|tweeted|answered|announced"
    r"|replied|wrote|sent)"
    r"(?: (?:me|us|back|this|that|today|yesterday|\w+ing))*\s?:|: ?[\"“]|[,.!?][\"”] ?(?:said|says|asked|wrote)\b"
    r"|, (?:he|she|they|(?-i:[A-Z])\w+) (?:says?|said|wrote|writes)\W*$|(?:^\W*|\bi )(?:dreamt|dreamed"
    r"|pretended|played a|imagined)\b"
)

_TAKEN_BACK = (
    r"^\W*(?:(?:i['’]?m |i was |i am )?(?:just |only |totally )?(?:kidding|joking|messing with you)|jk|j/k"
    r"|april fools?"
    r"|psych|not really)\b[^.!?\n]{0,20}"
    r"[.!?…]*$|^\W*(?:wait,? )?or (?:not|(?:do|am|is|did|have|was|are|does) \w+)\W*\?|^\W*(?:that|this|it"
    r"|these|those)(?:['’]s| is| was| were| are) (?:what|how|something|all) (?!(?:i|we)\b)[\w'’ ]+"
    r"\b(?:said|says|wrote|writes|told|texted|emailed|claims?|claimed|thinks?|posted|tweeted)\b"
    r"|^\W*(?:(?:so )?(?!(?:i|we)\b)\w+ (?:said|says|wrote|claims|claimed|told me) (?:that|so)\W*$)"
    r"|^\W*(?:please |now |can you |could you |would you |help me |i need you to )*(?:translat|proofread"
    r"|rephras|rewrit|reword"
    r"|paraphras|polish|shorten|spell-?check)\w* (?:this|that|it|the above|these|those|the text|the sentences?)\b"
    r"|^\W*how (?:do|would|can|should) (?:you|i|we|one) (?:say|translate|write|put|phrase) (?:this|that|it)\b"
    r"|^\W*(?:what['’]s|what is) (?:this|that|it) in (?-i:[A-Z])"
)

_SMALL_NUMBER = r"(?:an?|some|two|three|four|five|six|seven|eight|nine|ten|\d+)"
_PLACED = r"(?:at|in|on|of|during|after|near|from|by)"
_PLACED_NOUN = (
    rf"(?!(?:i|you|we|they|he|she|it|{_PLACED})\b)"
    r"(?:(?:the|an?|my|your|our|his|her|their|this|that) )?[\w'’-]++ ?"
)
_TENSE = TenseGrammar(
    corrected=r"no+|nope|wait|sorry|oops|actually|rather|er+m?|uh+m?|i mean(?:t)?|make (?:that|it)|scratch that",
    neither=r"\b(?:an?|the|my|your|his|our|their|this|that|these|those|no) (?!\w{0,6}(?:need|bed)\b)\w{2,}ed\b"
    r"|\b(?:need|feed|seed|speed|weed|breed|indeed|hundred|red|bed|wed|shed|naked|sacred)\b",
    future=r"\b(?:would|could|should|might|must)(?:n['’]t| not)?(?! have\b|['’]ve\b|a\b)(?: be| get)?(?: \w+ed\b)?"
    r"|\b(?:(?-i:will)|will(?= (?:you|we|i|he|she|they|it|the|my)\b)|won['’]?t|shall"
    r"|can|cannot|can['’]t|(?-i:may)|going to|gonna|wanna|about to|(?:need|ha[sv]e?"
    r"|want)s? to)\b"
    r"(?: not)?(?: (?:be|get|have))?(?: \w+ed\b)?|['’]ll\b(?: be| get| have)?(?: been)?(?: \w+ed\b)?|\bto be \w+"
    r"|\b(?:am|is|are|im|isn['’]?t|aren['’]?t|don['’]?t|doesn['’]?t|do|does)\b(?: not| still| now| all)?"
    r"(?: (?!supposed)\w+ed\b)?|\b(?:stay|remain|keep|get|look|seem|feel)s? \w+ed\b|['’](?:m|re)\b(?: \w+ed\b)?"
    r"|\b(?:it|that|there|here|he|she|what|where|who|when|how)['’]s\b(?! (?:been|gone|had|got|just|already|\w+ed)\b)"
    # "I signed the lease, moving 1 June"
    r"|(?<=[,;] )(?:now |then )?(?:mov|leav|start|fly|go|com|arriv|travel|return|open|clos|launch|join|stay)"
    r"\w*ing(?= )"
    r"|\b(?:starts|begins|leaves|opens|closes|ends|expires|arrives|launches|departs)\b"
    r"|\b(?:have|has) (?:i|you|we|he|she|they|it) (?:got|planned|arranged|booked)\b"
    r"|\b(?:ha[sv]e|['’]ve) (?:got|decided|agreed|promised|arranged)\b"
    r"|(?<=[,(:] )(?:available|free|valid|due|open) (?:from|in|on|as of|until|by|at)\b"
    r"|\b(?:ha[sv]e|['’]ve)\b(?! (?:i |you |we |he |she |they )?"
    r"(?:not |just |already |never |ever |finally |also |always |only |recently |all )*"
    r"(?:been|\w+ed|\w{2,}en|gone|done|had|made|met|got|read|bought|lost|left|found|sold|sent|told|come|become|begun|said"
    r"|won|put|cut|kept|paid|heard|held|built|felt|spent|taught|thought|caught|run|quit)\b)",
    past=r"\bdid(?:n['’]?t)?(?: \w+){0,2}? (?:do|have)\b"
    r"|\b(?:was|were|wasn['’]?t|weren['’]?t|did|didn['’]?t|had|hadn['’]?t|used to|been)\b"
    r"|\b(?:would|could|should|might|must|may)(?:n['’]t| not)?(?: have|['’]ve|a)\b|\b(?:ha[sv]e|['’]ve)\b"
    r"|\b(?:went|came|saw|met|got|took|made|began|gave|left|found|felt|told|said|bought|ran|won|lost|sang|wrote|drove"
    r"|flew|grew|held|kept|knew|led|sold|sent|slept|spent|spoke|swam|taught|thought|wore|ate|broke|built|caught|chose"
    r"|drew|fell|fought|heard|hid|hurt|paid|rode|sat|stood|stole|threw|woke|born|became|bent|bled|blew|brought|burnt"
    r"|crept|dealt|dreamt|dug|drank|fed|fled|forgot|forgave|froze|hung|knelt|laid|learnt|lent|lit|meant|rang|rose|sank"
    r"|shook|shone|shot|shrank|slid|smelt|spat|stuck|stung|struck|swore|swept|swung|tore|understood|wept|withdrew|wound"
    r"|overslept|quit|misread)\b|\b\w{2,}ed\b",
    border=r"[,:()–—]|\s-\s|\b(?:because|so|but|although|though|while|whereas|when|which|who|that|if|since)\b"
    # Not between an auxiliary and its subject: "What am I doing on Friday?"
    r"|(?<=\w)(?<!\bam)(?<!\bare)(?<!\bis)(?<!\bwas)(?<!\bwere)(?<!\bdo)(?<!\bdoes)(?<!\bdid)(?<!\bhave)"
    r"(?<!\bhas)(?<!\bhad)(?<!\bwill)(?<!\bcan)(?<!\bshall)(?<!\bshould) "
    r"(?=(?:(?-i:I)|i['’]?m|we|he|she|they|it['’]s)\b)",
    deadline=r"\b(?:by|until|till?|before|due(?: on| by| in)?)(?: the)?\b",
    infinitive=r"\bto [a-z]\w+",
    ahead=r"\bfor(?: the)?\b",
    arranged=r"\b(?:book|schedul|plann|reserv|arrang|invit|postpon|regist|enrol|remind|promis|order|appoint|agree|announc"
    r"|expect|decid|sav)\w*|\bsign(?:ed|ing)? up\b|\b(?:calendar|tickets?|deadline|reservation|next)\b"
    r"|\b(?:mov|push|shift|delay|chang|slip|put off)\w*\b.{0,40} to\b",
    # "We booked the hotel in May" tells when it was booked, "a trip in May" when the trip is.
    engaged=r"\b(?:book|plann|reserv|arrang)\w*\b(?! (?:the|my|our|his|her|their|it|them|this|that|everything|all)\b)"
    r"|\b(?:schedul|invit|enrol)\w*|\bsign(?:ed|ing)? (?:\w+ )?up\b|\b(?:tickets?|reservation) (?:for|to)\b",
    goal=r"\b(?P<alone>to(?: the)?)\b",
    denied=r"(?:\bnot|n['’]t|\bno longer)(?: (?:be|on|in|at|for|the|come|attend|(?:make|do)(?: it)?))*"
    r"|\b(?:instead of|rather than)(?: (?:on|in|the))*",
    verbless=rf"(?:{_SMALL_NUMBER} \w+ )?(?:{_PLACED} (?:{_PLACED_NOUN}){{1,2}}+)++",
    habitual=r"(?:\bwould|['’]d)(?: \w+)? (?:like|love|enjoy)\b|\bas always\b|\bnever (?:mind|again|going)\b"
    r"|(?P<habit>\b(?:usually|normally|typically|generally|mostly|always|often|sometimes|rarely|seldom|regularly"
    r"|never|hardly ever)\b|\btends? to\b|\b(?:like|love|enjoy|hate)s? (?:(?!seeing|meeting)\w+ing|to \w+)\b)",
    recurring=r"\b(?:every|each)(?: \w+)? (?:(?:mon|tues|wednes|thurs|fri|satur|sun)?day|night|morning"
    r"|evening|week|weekend"
    r"|month|year|spring|summer|autumn|fall|winter)s?\b|\b(?:annually|yearly|monthly|weekly)\b",
)

LANGUAGE = Language(
    code="en",
    name="English",
    stemmer="english",
    stop_words=_STOP_WORDS,
    negation=r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|hardly|cannot|\w+n['’]t|(?:ai|are"
    r"|ca|could|did|does|do|had|has|have|is|must|need|should|was|were|wo|would)nt|unable|stop\w*|quit"
    r"|refus\w+|fail\w*)\b",
    contractions=rf"\b(?:(?:{_NEGATED})n(?=t\b)|(?:{_HAVING})(?=ve\b)|(?:you|they)(?=(?:re|ll|d)\b)|(?:that|it)(?=ll\b)"
    rf"|(?:{_BEING})(?=s\b)|i(?=(?-i:m)\b(?! (?-i:[A-ZÄÖÜ])| (?:letzt|nächst)en\b)))"
    rf"|\bit(?=s (?:{_NO_THING})\b)|(?:^|(?<=[,.;!] )|(?<=hey )|(?<=hi ))it(?=s (?:\w+\W*$|(?-i:[A-Z])))"
    rf"|(?:\b(?:my|our|his|her|their) |^)(?:{_RELATION})(?=s (?:[a-z]+ ){{1,3}}(?:is|was|has|got|\w{{2,}}[^s\W]s)\b)",
    contracted=frozenset(
        [f"{word}nt" for word in _NEGATED.split("|")]
        + [f"{word}ve" for word in _HAVING.split("|")]
        + [f"{word.rpartition('-')[2]}s" for word in (*_BEING.split("|"), *_RELATIONS)]
        + "its youre youll youd theyre theyll theyd thatll itll im".split()
    ),
    possessive="s",
    abbreviations=r"Mr|Mrs|Ms|Dr|Prof|St|vs|etc|e\.g|i\.e|approx|No|Inc|Ltd|Co|Corp|Jr|Sr",
    number_words=r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand"
    r"|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-\w+)?|million"
    r"|once|twice|couple|few|several|many|half",
    relation_words=frozenset(
        "than before after from to instead because until over against without if unless".split()
    ),
    asks_when=r"\bwhen\b|\bwhat (?:date|day|month|year|time)\b|\bwhich (?:day|month|year)\b|\bhow long\b",
    asks_count=r"\bhow (?:many|much|often|old)\b",
    asks_name=r"\bwho(?:m|se)?\b|\bwhere\b|\bwhich\b|\bnamed?\b|\bcalled\b",
    asks_called=r"\b(?:called|names?|named)\b",
    asks_work=r"\bwhat (?:do|does|did) (?:\S+ ){1,4}do(?: for (?:a living|work)|\W*$)",
    asks_often=r"\bhow (?:often|many times|frequently)\b",
    asks_place=r"\bwhere\b",
    question_words=r"\bfor a living\b|\bhow (?:many|much|often)(?: times)?\b|\bany\b"
    r"|\bwhat (?:time|(?:kind|sort|type)s? of)\b",
    determiners=r"\b(?:the|an?|my|our|his|her|their|this|that) ",
    asks_kind=r"\b(?:which|what)(?: (?:kind|sort|type)s? of)? (?=\w)",
    asks_measure=r"\bhow (?=\w)",
    asks_before=r"\b(?:before|previous(?:ly)?|former(?:ly)?|use[d]? to|earlier|originally|prior to|until"
    r"|at first|back then|no longer|any ?more|in the past)\b",
    asks_first=r"\b(?:first time|earliest)\b|\b(?:did|have|has|was|were)\b(?: [\w'’]+){1,4} first\b"
    r"(?! (?:aid|floor|half|name|place))",
    asks_last=r"\b(?:last time|most recent(?:ly)?|latest|recently)\b"
    r"|\b(?:did|have|has|was|were)\b(?: [\w'’]+){1,4} last\b(?! (?:autumn|fall|month|night|spring|summer|week"
    r"|winter|year|\w+day)\b)",
    told_to_remember=r"(?:(?:hey|ok|okay|so|and|also|please|pls|can you|could you|will you|would you|i want you to"
    r"|i['’]d like you to|just)[, ]+)*+(?:(?:remember|note|memori[sz]e|write down|record|save|store|remind me"
    r"|(?:keep|bear) in mind|don['’]t forget|do not forget|make (?:a )?note|take (?:a )?note|for the record|fyi"
    r"|for your (?:info\w*|records?)|(?:just )?so you know|note to self|reminder|heads[ -]up)"
    r"(?:(?: to self)?[:,] | that (?=\w+ \w)| (?=(?:i|we|my|our)\b(?![^?]*\?\s*$)))|fyi )",
    first_person=r"\b(?:I|my|me|we|our)\b",
    speaker_as_subject=r"\b(?:I|we)\b",
    second_person=r"\b(?:you|your|yours|let['’]s)\b",
    interjections="hey|hi|hello|thanks|thank you|wow|oh|ah|aww*|ooh|ugh|hmm+|ok|okay|lol|(?:ha){2,}|yay|yeah|yes|no",
    small_talk=_SMALL_TALK,
    preference=r"\b(?:favou?rite|prefers?|allergic to|vegetarian|vegan|can['’]?t stand|(?:am|is) into"
    r"|i (?:\w+ )?(?:love|hate|enjoy|adore|dislike|always|never)|loves|hates|adores|dislikes)\b",
    passing_wish=r"\b(?:i['’]d|would|to see|to hear|you|your|it)\b",
    no_names=_NO_NAMES,
    drafted=_DRAFTED,
    enacted=_ENACTED,
    of_others=_OF_OTHERS,
    taken_back=_TAKEN_BACK,
    texts=r"\b(?:e-?mails?|mail|messages?|letters?|notes?|posts?|tweets?|captions?|bio|profile|statement|speech|toast|text"
    r"|sentences?|paragraph|passage|quotes?|essay|review|reply|example|sample|template|translation|description|story|poem)\b",
    for_another=r"\b(?:for|from|by|as|on behalf of|in the name of) (?:(?:my|our|his|her|a|the) "
    r"(?:(?!(?:in|at|on|of|to|about|near) )\w+ ){0,2})?"
    r"(?!(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?-i:Jan|Feb|March|April|May|June|July|Aug|Sept|Oct|Nov|Dec))"
    r"(?-i:[A-Z][a-z'’-]+)\b|(?-i:\b[A-Z][a-z]+['’]s )|\b(?:as if|as though) (?:you|i|we) (?:were|are|was)\b"
    r"|\b(?:this|these|the following|the (?:text|sentence)s? below|example|sample|template|translation)\b"
    rf"|\b(?:for|as) (?:him|her|them|some(?:body|one)|(?:my|our|his|her|their|a) (?:\w+ )?"
    rf"(?:{_RELATION}))\b(?!['’]s)",
    tag=r"(?:, (?:right|eh|huh|no|correct|innit)|(?<!\bis)(?<!\bare)(?<!\bwas)(?<!\ball)(?<!\bthe)(?<!['’]s)"
    r"(?<!turn)(?<!turned)(?<!just) right|,? (?:isn|aren|don|doesn|wasn|didn|haven)['’]t (?:i|we|he|she|it|they|you)"
    r")\W*$|,? or (?:not|do i|am i|is it|maybe not)\W*$",
    quotation=r"\b(?:said|says|told me|wrote|quoted?|goes|put it)\b[^.]{0,30}[:,]\s*[\"“«„]"
    r"|[,.!…][\"”»“]\s*(?:\w+ )?(?:said|says|asked|wrote)\b",
    that="that",
    preferring="prefer",
    tense=_TENSE,
    wording=_WORDING,
    stance=_STANCE,
    attributes=_ATTRIBUTES,
    clauses=_clauses.ENGLISH,
    opinion=_opinions.ENGLISH,
    succession=SUCCESSION,
)
