"""English. The date grammar is `fourfold.language.dates.english`: the others are told in it."""

from __future__ import annotations

from fourfold.language.pack import (
    AttributeGrammar,
    Language,
    StanceGrammar,
    SuccessionGrammar,
    Wording,
    case_sensitive,
)

_STOP_WORDS = frozenset(
    """a an and are as at be been but by can could did do does for from had has have he her hers him his how i
    if in into is it its me my no not of on or our ours she so than that the their theirs them then there
    these they this those to us was we were what when where which who whom whose why will with would you
    your yours about am just s t d ll m re ve don also any being both during each few more most other own
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
    many_valued=frozenset(
        """child son daughter kid baby sister brother sibling friend pet dog cat horse bird fish hobby interest
        cousin uncle aunt niece nephew grandchild grandson granddaughter colleague coworker neighbour neighbor
        student pupil teammate classmate teacher skill strength weakness goal dream wish plan idea thing part
        one example member book song movie film show game recipe dish activity advice tip reason problem
        challenge point question memory trip visit day night fear habit allergy instrument sport subject guest
        client customer passion love inspiration thought feeling opinion highlight time moment favourites
        favorites way role""".split()
    ),
    always_single="favorite ",
    lead_in=r"^(?:(?:and|but|so|well|oh|yes|yeah|no|ok|okay|hey|hi|wow|btw|also|by the way|guess what|actually|now"
    r"|these days|currently|as of (?:now|today)|update|correction|fyi)[,:!. ]+)+",
    past=r"\b(?:used to|formerly|previously|back (?:then|in)|once (?:was|were|lived)|former|ex-\w+|until|no longer"
    r"|at the time|when i was|as a (?:kid|child)|originally|would have|not|never|n['’]t)\b|n['’]t\b",
    trailer=r"(?:,? (?:now|currently|these days|at the moment|right now|as of \w+|since .+|last \w+|this \w+|today"
    r"|yesterday|(?:\w+ )?(?:days?|weeks?|months?|years?) ago"
    r"|in (?:early |late |mid-?)?(?:[A-Z][a-z]+ )?(?:19|20)\d\d))+$",
    states=(
        (rf"^(?P<s>.+?){_NOW} (?:lives?|resides?) (?:in|at) (?P<v>.+)$", "residence", True),
        (rf"^(?P<s>.+?) ?{_IS} living (?:in|at) (?P<v>.+)$", "residence", True),
        (r"^(?P<s>.+?) (?:was|were) born (?:in|at) (?P<v>\D+)$", "birthplace", True),
        (r"^(?P<s>.+?) (?:was|were) born (?:on|in) (?P<v>.*\d.*)$", "birth date", True),
        (r"^(?P<s>.+?) (?:died|passed away) (?:in|at) (?P<v>\D+)$", "place of death", True),
        (r"^(?P<s>.+?) (?:died|passed away) (?:on|in) (?P<v>.*\d.*)$", "date of death", True),
        (rf"^(?P<s>.+?) ?{_IS} (?:married|engaged) to (?P<v>.+)$", "partner", True),
        (rf"^(?P<s>.+?) ?{_IS} (?P<v>\d{{1,3}})(?: years old)?$", "age", True),
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
    r"^\s*(?:please |can you |could you )?(?:write|draft|compose|translate|proofread|rewrite|rephrase"
    r"|paraphrase|edit|correct|check|summari[sz]e|shorten|improve|polish|imagine|pretend"
    r"|suppose)\b[^.!?\n]{0,80}(?:[:\"“]| that says| saying)|^\s*(?:how (?:do|would|can) (?:you|i"
    r"|we) (?:say|translate)|translate|proofread)\b"
)
_OF_OTHERS = (
    r"\b(?:in|for|from|of) (?:my|the|a|an|this|that|our|his|her|their) (?:\w+"
    r" )?(?:novel|story|film|movie"
    r"|book|poem|song|lyrics|play|game|script|dream|screenplay|fairy tale|comic|series|show|scene"
    r"|episode|chapter)\b|\b(?:my|the|our|his|her|a) (?:character|hero|heroine|protagonist|narrator"
    r"|lyrics|avatar|manual)\b|\b(?:said|says|wrote|writes|told \w+|goes|go|asked|asks|reads|reply"
    r"|replied)\s?[:,]|: ?[\"“]|[,.!?][\"”] ?(?:said|says|asked|wrote)\b|\bi (?:dreamt|dreamed"
    r"|pretended|played a|imagined)\b"
)
_SUCCESSION = SuccessionGrammar(
    clause_border=r"[;:!()]|,(?= (?:and |but |so |then |now )?(?:i|we|he|she|they|it|you|my|our|his|her"
    r"|their|the|this|that|there|now)\b)|\s[-–—]\s|,? (?:but|because|so that|although|though|while"
    r"|which|and so)\b|,? (?:and|so|then) (?=(?:then |now |just |finally )?(?:i|we|he|she|they|it|my"
    r"|our|his|her|their)\b)|,? and (?=(?:now |then )?(?:went|joined|started|found|took|bought|got"
    r"|moved|am|is|are)\b)",
    correction=r"(?:(?:oh|ah|oops|hmm|well|ok|okay|and|but|hey)[,.! ]+)*(?:correction|correcting myself"
    r"|erratum|sorry(?=[,.:;!—–-])|wait(?=[,.:;!—–-])|no wait|no(?=[,.:;!—–-])|nope|actually"
    r"|scratch that|strike that|my mistake|my bad|i (?:misspoke|was wrong|mis(?:typed|read)|meant"
    r"|got (?:it|that) wrong)|i gave you the wrong \w+|that(?:'s| was| is) wrong|update|edit|turns out"
    r"|it turns out|as it turns out|in fact|on second thoughts?|to be precise|rather"
    r"|i mean)\b(?:[,.:;! –—-]+(?:that|i meant|i mean|actually|no|sorry))*[,.:;! –—-]*",
    current=r"\b(?:now|nowadays|these days|from now on|any ?more|any longer|no longer|again|instead|finally"
    r"|by now|after all|since then|for the first time|back together|at last|only(?= \w+$)|turn(?:s"
    r"|ed) out)\b",
    unsettled=r"^(?:hey|hi|hello|hiya)\b|long time no|\b(?:not (?:\w+ )?sure|unsure|wonder(?:ing)?"
    r"|don['’]t know (?:if|whether|what|why|who|where)|make sure|let['’]?s|can['’]?t wait"
    r"|keep (?:it )?up|keep \w+ing|trying to|tried to|want(?:ed)? to (?:know|see|make|ensure)|hope"
    r"|hoping|would|wouldn['’]t|should|could|might|may be|sounds|i guess|(?:can|could) you|wish|thanks"
    r"|thank you|glad|sorry to hear|happy to hear|excited|remember(?:ing)?|determined|feel|thinking"
    r"|considering)\b",
    new=r"\b(?:new|newest|latest)\b",
    additive=r"\b(?:also|just as|too|as well|another|additionally|besides|in addition|still|both|sometimes"
    r"|(?:my|our|the) (?:second|other)(?= \w+ (?:is|are|has|was)\b)|yet another|one more|always"
    r"|continue\w*|remains?|along with)\b",
    denial=r"\b(?:not|never|no|none|nobody|nothing|neither|nor|without|cannot|unable|\w+n['’]t)\b",
    endings=r"\b(?:quit(?:s|ting)?|stop(?:ped|s|ping)?(?! (?:at|by|in|for|to)\b)|leave|left|leaving|g(?:ave"
    r"|ive|iven|iving) up(?: on)?|cancel\w*|call(?:ed|ing)? off|sold|los[et]|finish(?:ed)?|delet(?:ed"
    r"|e)|dropp?(?:ed|ing)?(?= (?:the|my|our|his|her|their) (?:plans?|ideas?|projects?|course|class"
    r"|subject))|unsubscrib\w*|uninstall\w*|remov(?:ed|e)|abandon(?:ed)?|dismissed|abolished|scrapped"
    r"|decided against|paid off|discontinued|got rid of|threw (?:away|out)|returned|let"
    r"|paid (?=\w+ back)|gave (?=(?:it|them) away|away)|handed in (?:my|his|her|their) notice|broke off"
    r"|broken off|did away with|terminated|ended)\b",
    withdrawals=r"\b(?:died?|dead|pass(?:ed)? away|br[eo]ke?n? up|split up|dump(?:ed)?|divorc\w*|separated"
    r"|resign(?:ed|s)?|retir(?:ed|es|ing)|laid off|fired|let go|dropped out|is over|expired?|(?:is|are"
    r"|was|were) (?:off|cancell?ed)|got cancell?ed|been cancell?ed|(?:is|are|has|have) gone"
    r"|stepp?(?:ed)? down|moved out|called it quits|back(?:ed)? out|out of|graduated|is my ex|came off"
    r"|shut down|closed down|disbanded|dissolved|lapsed?|went out of business|bankrupt|(?:been|was|were"
    r"|got) (?:abolished|dismissed|scrapped|deleted|removed|discontinued)|ended|broke off)\b",
    changes=r"\b(?:mov(?:ed|ing)|switch(?:ed|ing)|chang(?:ed|ing)|replac(?:ed|ing)|postponed|rescheduled"
    r"|push(?:ed|ing)? (?:back|to|forward|out)|delayed|extended|brought forward|slipped|cut(?: down)?"
    r"|rais(?:ed)|rose|risen|gone up|went up|went down|gone down|came down|increased|decreased|dropped"
    r"|fell|fallen|lowered|reduced|renamed|promoted|demoted|transferred|reassigned|upgraded|downgraded"
    r"|swapped|traded|took over|taken over|takes over|became|become|becomes|turned(?! out| on| off)"
    r"|rewr[oi]te|rewritten|migrated|overt(?:aken|ook)|converted|merged|repaired|fixed|painted|cleared"
    r"|melted|settled|relocated|grew|gained|down to|up to|turned out|revised|updated|shifted|split"
    r"|expanded)\b",
    beginnings=r"\b(?:join(?:ed|ing|s)?|start(?:ed|ing|s)?|got|get(?:ting)?|adopt(?:ed)?|bought|found"
    r"|beg[au]n|hired|married|book(?:ed)?|reserved|scheduled|planned|signed up|subscribed|enrolled"
    r"|landed|accepted|opened|set up|took up|was born|elected|appointed|ordered|rented)\b",
    placings=r"\b(?:put|moved|brought|took|taken|parked|hung|stored|laid|lent|gave|given|stolen|stole|hid"
    r"|placed|left)\b",
    past=r"(?<!\bis )(?<!\bare )(?<!\bam )(?<!['’]m )(?<!['’]s )(?<!\bbe )(?<!['’]re )(?<!\bnow"
    r" )(?<!\bnot )(?<!-)(?<!n't )\b(?!need"
    r"|seed|feed|speed|indeed|hundred|red\b|wed\b|shed|naked|sacred|allowed|supposed|shared|retired"
    r"|named|called|tired|scared|bored)\w{2,}ed\b|\b(?:was|were|had|did|didn['’]t|went|ate|met|saw"
    r"|spent|flew|drove|paid|lost|won|slept|ran|swam|wrote|sang|rode|came|told|said|made|bought|thought"
    r"|taught|caught|fought|kept|felt|fell|broke|chose|spoke|woke|wore|threw|knew|grew|drew|sat|stood"
    r"|heard|held|had|gave|took|got|began|drank|built|sent|sold|left|lent|brought|became|been|forgot"
    r"|hid|rang|shook|stole|tore|understood|bit|blew|dug|fed|found|shot|struck|swore|read)\b",
    copulas=r"am|is|are|be|was|were|been|being|isn['’]t|aren['’]t|wasn['’]t|weren['’]t",
    verbs=r"\b(?:am|is|are|was|were|be|been|have|has|had|do|does|did|don['’]t|doesn['’]t|didn['’]t|isn['’]t"
    r"|aren['’]t|wasn['’]t|weren['’]t|haven['’]t|hasn['’]t|won['’]t|can['’]t|cannot|couldn['’]t"
    r"|wouldn['’]t|can|could|will|would|shall|should|may|might|must|go|goes|going|take|takes|get|gets"
    r"|make|makes|use|uses|using|need|needs|want|wants|like|likes|love|loves|hate|hates|know|knows|keep"
    r"|keeps|run|runs|play|plays|work|works|say|says|live|lives|eat|eats|drink|drinks|leaves|starts"
    r"|begins|opens|closes|arrives|sings?|teach(?:es)?|lead|leads|sells?)\b",
    support=r"go|goes|going|went|take|takes|get|gets|make|makes|have|has|had|do|does|use|uses|using|want"
    r"|wants|need|needs|keep|put",
    exclusive=r"\b(?:liv(?:e|es|ing) (?:in|at|on|with)|resid(?:e|es|ing)|work(?:s|ing)? (?:at|for|as|in)"
    r"|weighs?|costs?|drives?|(?:is|['’]s|am|['’]m|are) (?:called|named|assigned to|married to|dating"
    r"|based in|employed by|working (?:on|at|for|as))|stay(?:s|ing) (?:at|in)|stud(?:y|ies|ying) (?:at)"
    r"|repo?rts? to|belongs? to|owes?|(?:runs?|written|led|managed|run|owned) (?:on|in|by)|banks? with"
    r"|password is|code is|wants? (?:a|the))\b",
    prepositions=r"in|at|on|to|from|of|for|with|by|about|into|onto|out|over|under|behind|near|because|after"
    r"|before|until|since|as|and|due",
    origins=r"from",
    places=r"in|at|on|under|behind|near|by|with|inside|above|below|beside|outside",
    speakers=r"i|we|me|us",
    speaker_verbs=r"",
    pronouns=r"i|we|you|he|she|it|they|that|there|who|what|this",
    possessives=r"my|our",
    persons={
        "he": "he",
        "his": "he",
        "him": "he",
        "she": "she",
        "her": "she",
        "they": "they",
        "their": "they",
        "them": "they",
        "it": "it",
        "its": "it",
        "you": "you",
        "your": "you",
        "this": "this",
        "that": "this",
        "there": "there",
        "everyone": "all",
        "who": "who",
    },
    light=r"the|a|an|now|currently|just|really|actually|already|finally|again|instead|still|today|anymore"
    r"|longer|any|more|then|so|very|well|been|my|our|been|been|these|days|will|be|only|officially"
    r"|currently|probably|not|never|no|don['’]t|doesn['’]t|didn['’]t|do|does|did|any|some|anyone"
    r"|someone|anybody|somebody",
    epithets=r"new|current|latest|newest|old|former|present|next",
    numbers=r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty"
    r"|hundred|thousand|dozen|\w*teen|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth",
    times=r"january|february|march|april|may|june|july|august|september|october|november|december|monday"
    r"|tuesday|wednesday|thursday|friday|saturday|sunday|am|pm|noon|midnight|o'clock|spring|summer"
    r"|autumn|fall|winter|tomorrow|today|tonight|yesterday|week|weekend|month|year|day|morning"
    r"|afternoon|evening|night|last|next|ago",
    opposites=(
        (r"\bup\b", r"\bdown\b"),
        (r"\bopen\b", r"\b(?:closed|shut)\b"),
        (r"\bon\b$", r"\boff\b$"),
        (r"\bfull\b", r"\bempty\b"),
        (
            r"\b(?:broken|failing|down|not working)\b",
            r"\b(?:fixed|works?|working|repaired|green|running|up)\b",
        ),
        (r"\b(?:sick|ill)\b", r"\b(?:well|healthy|better)\b"),
        (r"\bcan\b", r"\b(?:can['’]t|cannot)\b"),
        (
            r"\b(?:likes?|loves?|enjoys?|adores?)\b",
            r"\b(?:hates?|dislikes?|can['’]t stand|detests?|loathes?)\b",
        ),
        (r"\bfree\b", r"\b(?:costs?|taken|busy)\b"),
        (r"\bfail(?:s|ed|ing)?\b", r"\bpass(?:es|ed|ing)?\b"),
        (r"\b(?:badly|poorly)\b", r"\b(?:well|better)\b"),
        (r"\bmissing\b|\blost\b", r"\b(?:found|came back|back)\b"),
        (r"\bwith\b", r"\bwithout\b"),
        (r"\bsingle\b", r"\bmarried\b"),
        (r"\balive\b", r"\bdead\b"),
    ),
    single=r"\b(?:favou?rite|colou?r|job|occupation|profession|title|password|status|diet|major|role)\b",
    many=r"\b(?:have|has|like|likes|love|loves|hate|hates|know|knows|own|owns|need|needs|want|wants|speak"
    r"|speaks|play|plays|visit|visited|enjoy|learn|" + "|".join(sorted(_ATTRIBUTES.many_valued)) + r")\b",
    fields=(
        (
            "work",
            r"\b(?:work(?:s|ing)? (?:at|for|as|in|with|on|night|day|from)|jobs?|employ(?:ed|er|ment)"
            r"|unemployed|jobless|job hunting|hired|laid off|redundant|retired|resign(?:ed)?|freelanc\w*"
            r"|promoted|shifts|notice)\b|\b(?:joined|started at|start(?:ed|ing)? (?:working )?(?:at|with)"
            r"|went to|moved to) (?-i:[A-Z])",
        ),
        (
            "home",
            r"\b(?:liv(?:e|es|ing) (?:in|at|on|with|alone)|resid(?:e|es|ing)|relocated|address|moved (?:out"
            r"|in|house|back)|(?:share|rent|bought|own|sold)\w* (?:a|the|our|my) (?:\w+ )?(?:house|flat"
            r"|apartment|condo|studio|place))\b|\b(?:moved (?:back |over )?to"
            r"|settled in) (?-i:[A-Z][a-zà-ÿ'’-]{2,}(?: [A-Z][a-zà-ÿ]+)*)\b(?! (?-i:[A-Z\d]))",
        ),
        (
            "partner",
            r"\b(?:single|dating|seeing (?:someone|anyone|somebody)|boyfriend|girlfriend|married|engaged"
            r"|engagement|divorced|broke up|split up|separated|widowed|my ex|dumped|back together"
            r"|got together)\b",
        ),
        ("diet", r"\b(?:vegetarian|vegan|pescatarian|meat|dairy|cheese and eggs|keto)\b"),
        (
            "school",
            r"\b(?:stud(?:y|ies)|grade|kindergarten|school|university|college|graduated|major|degree"
            r"|ph\.?d)\b",
        ),
    ),
)

LANGUAGE = Language(
    code="en",
    name="English",
    stemmer="english",
    stop_words=_STOP_WORDS,
    negation=r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|hardly|cannot|\w+n['’]t|(?:ai|are"
    r"|ca|could|did|does|do|had|has|have|is|must|need|should|was|were|wo|would)nt|unable|stop\w*|quit"
    r"|refus\w+|fail\w*)\b",
    abbreviations=r"Mr|Mrs|Ms|Dr|Prof|St|vs|etc|e\.g|i\.e|approx|No|Inc|Ltd|Co|Corp|Jr|Sr",
    number_words=r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand"
    r"|once|twice|couple|few|several|many|half",
    relation_words=frozenset(
        "than before after from to instead because until over against without if unless".split()
    ),
    asks_when=r"\bwhen\b|\bwhat (?:date|day|month|year|time)\b|\bwhich (?:day|month|year)\b|\bhow long\b",
    asks_count=r"\bhow (?:many|much|often|old)\b",
    asks_before=r"\b(?:before|previous(?:ly)?|former(?:ly)?|use[d]? to|earlier|originally|prior to|until"
    r"|at first|back then|no longer|any ?more|in the past)\b",
    first_person=r"\b(?:I|my|me|we|our)\b",
    second_person=r"\b(?:you|your|yours|let['’]s)\b",
    interjections="hey|hi|hello|thanks|thank you|wow|oh|yeah|yes|no",
    small_talk=_SMALL_TALK,
    preference=r"\b(?:favou?rite|prefers?|allergic to|vegetarian|vegan|can['’]?t stand|(?:am|is) into"
    r"|i (?:\w+ )?(?:love|hate|enjoy|adore|dislike|always|never)|loves|hates|adores|dislikes)\b",
    passing_wish=r"\b(?:i['’]d|would|to see|to hear|you|your|it)\b",
    no_names=_NO_NAMES,
    drafted=_DRAFTED,
    of_others=_OF_OTHERS,
    quotation=r"\b(?:said|says|told me|wrote|quoted?|goes|put it)\b[^.]{0,30}[:,]\s*[\"“«„]"
    r"|[,.!…][\"”»“]\s*(?:\w+ )?(?:said|says|asked|wrote)\b",
    that="that",
    preferring="prefer",
    wording=_WORDING,
    stance=_STANCE,
    attributes=_ATTRIBUTES,
    succession=_SUCCESSION,
)
