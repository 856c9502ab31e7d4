"""English: what tells that a newer statement is how a matter stands now."""

from __future__ import annotations

from fourfold.language.succession_grammar import SuccessionGrammar

MANY_VALUED = frozenset(
    """child son daughter kid baby sister brother sibling friend pet dog cat horse bird fish hobby interest
    cousin uncle aunt niece nephew grandchild grandson granddaughter colleague coworker neighbour neighbor
    student pupil teammate classmate teacher skill strength weakness goal dream wish plan idea thing part
    one example member book song movie film show game recipe dish activity advice tip reason problem
    challenge point question memory trip visit day night fear habit allergy instrument sport subject guest
    client customer passion love inspiration thought feeling opinion highlight time moment favourites
    favorites way role""".split()
)
"""Head nouns of attributes that may have many values."""

_MANNER = r"(?: \w+ly| part[- ]time| full[- ]time| from home)?"
"""How somebody works or lives, between the verb and for whom or where ("works remotely for")."""
_ORDERED_OFF = (
    r"^(?:(?:please|pls|ok|okay|oh|and|so|well),? )*"
    r"(?:forget|disregard|ignore|scratch|strike|cancel|drop)"
    r" (?:about |what i (?:said|told you|wrote) (?:about|of) (?=\w)|(?=(?:my|our|the|his|her|their|what|that)\b))"
)
"""What somebody is told not to count with any more ("scratch the sesame thing")."""

SUCCESSION = SuccessionGrammar(
    clause_border=r"[;!()]|\b(?:wrote|texted|e-?mailed|messaged), "
    r"|,(?= (?-i:[A-Z])[\w-]+ (?:is|are|was|has|likes|loves|hates)\b)|,(?= \w+ing to\b)"
    r"|,(?= (?:just |recently )?(?:got"
    r"|bought|found|started|joined|moved|went|took|have|am|i['’]?m)\b)"
    r"|\b(?:says?|said|told me|tells me|thinks?|found out|heard) (?:that )?(?=(?:i|we"
    r"|he|she|they|my|our|the)\b)|:(?!\d)|,(?= (?:and |but |so |then |now )?(?:i|we|he|she|they|it|you"
    r"|my|our|his|her|their|the|this|that|there|now|not (?:one|an?|any|even))\b)|\s[-–—]\s"
    r"|,? (?:but|because|so that|although|though|while|which|and so)\b|, so "
    r"|,? (?:and|so|then) (?=(?:then |now |just |finally )?(?:i|we|he|she|they|it|my|our|his|her|their)\b)"
    r"|,? and (?=(?:now |then )?(?:went|joined|started|found"
    r"|took|bought|got|moved|am|is|are)\b)|,? and (?=(?:don['’]t|doesn['’]t|do not|can['’]t"
    r"|no longer)\b)",
    correction=r"(?:(?:oh|ah|oops|hmm|well|ok|okay|and|but|hey)[,.! ]+"
    r"|(?!(?:sorry|wait|oops|nope|no|typo|edit)\b)[a-z]{1,5}[,.!]+ )*+"
    r"(?:correction|change of plans?|new plan|plans? changed|correcting myself|erratum|sorry(?=[,.:;!—–-]"
    r"| (?:i meant|i mean|not|no|it['’]?s|make|\d))"
    r"|wait(?=[,.:;!—–-])"
    r"|(?:no|hang on|hold on),? wait|wait,? no|(?:wh)?oops(?=[,.:;!—–-])"
    r"|no(?=[,.:;!—–-])|nope|actually|scratch that|strike that|my mistake|my bad"
    r"|(?:my |(?:that was )?a )?typo|(?:i )?mis(?:spoke|typed|read)"
    r"|i (?:was wrong|meant|got (?:it|that) wrong)|i gave you the wrong \w+|that(?:'s| was"
    r"| is) wrong|update|edit|turns out|it turns out|as it turns out|in fact|on second thoughts?"
    r"|to be precise|rather|i mean|make (?:that|it)|sry|soz|scrap that)\b"
    r"(?:[,.:;! –—-]+(?:that|i meant|i mean|actually|no|sorry|(?:that was )?(?:my |a )?typo)\b)*[,.:;! –—-]*"
    r"|\*(?=\w[^*]*$)",
    contrast=r"\W*(?:(?:no|nope|actually|sorry|sry|oops|wait|i mean)\b[,. ]*)*not (?P<denied>[^,;.!?]{1,40}?)"
    r"(?:,? but|,) (?:it['’]?s |that['’]?s |it is )?(?P<given>[^,;.!?]{1,40})\W*"
    r"|\W*(?:(?:no|actually|sorry|sry|oops|wait|i mean)\b[,. ]*)*(?:it|that)(?:['’]?s| is"
    r"| was) (?P<given2>[^,;.!?]{1,40}),"
    r" not (?P<denied2>[^,;.!?]{1,40})\W*",
    current=r"\b(?:now|nowadays|these days|from now on|any ?more|any longer|no longer|again|instead"
    r"|back (?:on|to|at|in|with)(?= \w)|finally|by now|after all|since then|for the first time"
    r"|back together|at last|at the moment"
    r"|right now|for now|only(?= \w+$)|turn(?:s|ed) out)\b",
    unsettled=r"^(?:congrat\w*|good luck|happy birthday|welcome|hey|hi|hello|hiya)\b|long time no"
    r"|\b(?:not (?:\w+ )?sure|unsure|wonder(?:ing)?|don['’]t know (?:if|whether|what|why|who|where)"
    r"|make sure|let['’]?s|can['’]?t wait|keep (?:it )?up|keep \w+ing|trying to|tried to"
    r"|want(?:ed)? to (?:know|see|make|ensure)|hope|hoping|would|wouldn['’]t|could|might|may be|sounds"
    r"|i guess|(?:can|could) you|wish|thanks|thank you|glad|sorry to hear|happy to hear|excited"
    r"|remember(?:ing)?|determined|feel|thinking|considering)\b",
    new=r"\b(?:new|newest|latest)\b",
    seeking=r"\b(?:(?:look|search|hunt|wait|sav)(?:ing|e)? (?:up )?for|waiting (?:list )?(?:for|on)"
    r"|applied (?:for|to)|in the market for|need(?:s|ed)? (?:a|an|to|some|new)|learning to|trying to)\b",
    unfinished=r"\b(?:never|yet)\b",
    additive=r"\b(?:again(?= (?:on|at|in|next|this|last|tomorrow|tonight|today|yesterday|\w+day)\b)|also"
    r"|just as|too(?! \w)|as well|another|additionally|besides|in addition|still|both|sometimes"
    r"|(?:my|our|the) (?:second|other)(?= \w+ (?:is|are|has|was)\b)|yet another|one more|always"
    r"|continue\w*|remains?|along with)\b",
    denial=r"\bex-(?=\w)|\b(?:not|never|no|none|nobody|nothing|neither|nor|without|cannot|unable"
    r"|\w+n['’]t)\b",
    endings=r"\bturn(?:ed|s) down\b"
    rf"|{_ORDERED_OFF}"
    r"|\b(?:quit(?:s|ting)?|stop(?:ped|s|ping)?(?! (?:at|by|in|for|to)\b)|left|(?:am|is|are|['’]m"
    r"|['’]s|['’]re|be|been) leaving|g(?:ave|ive|iven|iving) up(?: on)?|cancel\w*|call(?:ed|ing)? off"
    r"|sold|los[et]|finish(?:ed)?|delet(?:ed|e)|dropp?(?:ed|ing)?(?= (?:the|my|our|his|her"
    r"|their) (?:plans?|ideas?|projects?|course|class|subject))|unsubscrib\w*(?: from)?|uninstall\w*"
    r"|remov(?:ed|e)|abandon(?:ed)?|dismissed|abolished|scrapped|decided against|paid off|handed in"
    r"|submitted|gave (?=[\w ]{2,30} to )|donated|(?:am|is|are|['’][ms]|['’]re) off (?=(?!sick|to|work"
    r"|on)\w)|over (?=(?-i:[A-Z]))|discontinued|got rid of|threw (?:away|out)|returned|let"
    r"|paid (?=[\w ]{2,20} back)|gave (?=(?:it|them) away|away)|got (?=[\w ]{2,20} (?:off|out)\b)"
    r"|handed in (?:my|his|her|their) notice|broke off|broken off|did away with|terminated|ended(?! up)"
    r"|resigned from|retired from|opted out of|withdrew from|closed (?=my|our|the|his|her|their)"
    r"|destroyed|wrecked|totalled)\b",
    orders=_ORDERED_OFF,
    withdrawals=r"\b(?:(?:quit|left)(?=\W*$| (?:us|in|on|last|yesterday|for|after|because)\b)|died?|dead(?! to\b)"
    r"|pass(?:ed)? away|br[eo]ke?n? up|split up|dump(?:ed)?|divorc\w*|separated|resign(?:ed|s)?"
    r"|retir(?:ed|es|ing)|laid off|fired|let go|dropped out|is over|expired?|(?:is|are|was|were) (?:off"
    r"|cancell?ed)|['’]s (?:off(?=\W*$)|cancell?ed)"
    r"|got cancell?ed|been cancell?ed|(?:is|are|has|have) gone|stepp?(?:ed)? down|moved out"
    r"|called it quits|back(?:ed)? out|out of|back from|done with|free of|graduated|is my ex|came off"
    r"|fell (?:off|out|through)|shut down|closed down|disbanded|dissolved|lapsed?|went out of business"
    r"|bankrupt|(?:been|was|were|got) (?:abolished|dismissed|scrapped|deleted|removed|discontinued"
    r"|released|discharged|evicted|expelled|suspended|disqualified)|ended(?! up)|broke off)\b",
    changes=r"^(?:back |now )?(?:down|up) to\b|\b(?:upped|bumped|doubled|halved|went back to"
    r"|switched back|reset|renewed|handed over|dyed"
    r"|turned into|mov(?:ed|ing)"
    r"|(?:got|was|were|been) hired|switch(?:ed|ing)|chang(?:ed|ing)|replac(?:ed|ing)|postponed|adjourned"
    r"|deferred|moved up"
    r"|put off|set back|rescheduled|push(?:ed|ing)? (?:back|to|out)|delayed|extended|brought forward"
    r"|slipped|cut(?: down)?|rais(?:ed)|rose|risen"
    r"|(?:goes|going) (?:up|down)|gone up|went up|went down|gone down|came down"
    r"|increased|decreased|dropped(?! off)|fell|fallen|lowered|reduced|renamed|promoted|demoted|transferred"
    r"|reassigned|upgraded|downgraded|swapped|traded|took over|taken over|takes over|became|become"
    r"|becomes|turned(?! out| on| off)|rewr[oi]te|rewritten|migrated|overt(?:aken|ook)|converted|merged"
    r"|repaired|fixed|(?:re)?painted|cleared|melted|settled|relocated|grew|gained|(?:am|is|are|went|gone|now"
    r"|['’]m|['’]s|['’]re) (?:down|up) to|turned out|revised|updated|shifted|split|expanded)\b",
    beginnings=r"\b(?:join(?:ed|ing|s)?|start(?:ed|ing|s)?|got|adopt(?:ed)?|bought|found(?! out)|beg[au]n"
    r"|(?:got|was|were|been) hired|married|booked|reserved|scheduled|planned|signed up|(?:re)?subscribed|first day"
    r"|enrolled|landed|accepted|opened|set up|took up|was born|elected|appointed|ordered|rented)\b",
    placings=r"\b(?:put|moved|brought|took|taken|parked|hung|stored|laid|lent|gave|given|stolen|stole|hid"
    r"|placed|left)\b",
    # Behind an article it is no verb: "a knackered old Corsa".
    past=r"\b(?=\w)(?<!\ba )(?<!\ban )(?<!\bthe )(?<!\bmy )(?<!\bour )(?<!\btheir )"
    r"(?<!\bis )(?<!\bare )(?<!\bam )(?<!['’]m )(?<!['’]s )(?<!\bbe )(?<!['’]re )(?<!\bnow"
    r" )(?<!\bnot )(?<!-)(?<!n't )(?<!being )(?<!been )(?:(?!need"
    r"|seed|feed|speed|indeed|hundred|red\b|wed\b|shed|naked|sacred|allowed|supposed|shared|retired"
    r"|named|called|tired|scared|bored)\w{2,}ed\b|(?:was|were|had|did|didn['’]t|went|ate|met|saw"
    r"|spent|flew|drove|paid|lost|won(?!['’]t)|slept|ran|swam|wrote|sang|rode|came|told|said|made"
    r"|bought|thought|taught|caught|fought|kept|felt|fell|broke|chose|spoke|woke|wore|threw|knew|grew"
    r"|drew|sat|stood|heard|held|had|gave|took|got|began|drank|built|sent|sold|left|lent|brought|became"
    r"|been|forgot|hid|quit|rang|shook|stole|tore|understood|bit|blew|dug|fed|found|shot|struck|swore"
    r"|read)\b)",
    copulas=r"am|is|are|be|was|were|been|being|isn['’]t|aren['’]t|wasn['’]t|weren['’]t",
    verbs=r"\b(?:am|is|are|was|were|be|been|have|has|had|do|does|did|don['’]t|doesn['’]t|didn['’]t"
    r"|isn['’]t|aren['’]t|wasn['’]t|weren['’]t|haven['’]t|hasn['’]t|won['’]t|can['’]t|cannot"
    r"|couldn['’]t|wouldn['’]t|can|could|will|would|shall|should|(?-i:may)|might|must|go|goes|going"
    r"|take|takes|get|gets|make|makes|use|uses|using|need|needs|want|wants|like|likes|love|loves|hate"
    r"|hates|know|knows|keep|keeps|run|runs|play|plays|work|works|say|says|live|lives|eat|eats|drink"
    r"|drinks|leaves|starts|begins|opens|closes|arrives|sings?|teach(?:es)?|lead|leads|sells?)\b",
    verb_ending=r"\w{2,}[^\Ws]s",
    support=r"go|goes|going|went|take|takes|taking|get|gets|getting|make|makes|making|have|has|had|having"
    r"|do|does|doing|use|uses|using|want|wants|need|needs|keep|keeps|keeping|put|back",
    exclusive=rf"\b(?:liv(?:e|es|ing){_MANNER} (?:in|at|on|with)|resid(?:e|es|ing)"
    rf"|work(?:s|ing)?{_MANNER} (?:at|for|as|in)"
    r"|weighs?|costs?|drives?|(?:is|['’]s|am|['’]m|are) (?:called|named|assigned to|married to|dating"
    r"|based in|employed by|working (?:on|at|for|as))|stay(?:s|ing) (?:at|in)|stud(?:y|ies|ying) (?:at)"
    r"|repo?rts? to|belongs? to|owes?|(?:runs?|written|led|managed|run|owned) (?:on|in|by)|banks? with"
    r"|wants? (?:a|the))\b",
    joining=r"and",
    prepositions=r"in|at|on|off|up|down|away|to|from|for|with|by|about|into|onto|out|over|under|behind"
    r"|near|because|after|before|until|since|as|and|due",
    origins=r"\b(?:from|instead of|rather than|in place of)\b",
    goals=r"\b(?:to|into|onto) (?=(?:the|an?|my|our|his|her|their|your)\b|[$€£~]?\d|(?-i:[A-Z]))",
    places=r"in|at|on|under|behind|near|by|with|inside|above|below|beside|outside",
    own=r"\b(?:my|our)\b",
    genitive=r"[\w-]+(?:['’]s\b(?! \w+ing (?:like|in|on|at|for|with|to|from|by|up|down|off|out)\b)|s['’](?!\w))",
    of=r"",
    speakers=r"i|we|me|us",
    speaker_verbs=r"",
    pronouns=r"i|we|you|he|she|it|they|that|there|who|what|this",
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
        "here": "there",
        "everyone": "all",
        "who": "who",
    },
    light=r"the|a|an|ex|also|years|old|now|currently|just|really|actually|already|finally|again|instead|still"
    r"|today|anymore|longer|any|more|then|so|very|well|been|my|our|been|been|these|days|will|be|only"
    r"|officially|currently|probably|not|never|no|don['’]t|doesn['’]t|didn['’]t|do|does|did|any|some"
    r"|anyone|someone|anybody|somebody|won['’]t|btw|tbh|imo|lol|tho",
    epithets=r"new|current|latest|newest|old|former|present|next",
    former=r"\b(?:(?:the|my|our|his|her|their|an?) (?:\w+ )?old|former|previous|used to(?= (?!\w+ing\b"
    r"|it\b)[a-z]))\b",
    other=r"\b(?:other|second|third|one of)\b",
    one_day=r"(?<!\bsince )(?<!\bfrom )\b(?:today|tonight|tomorrow|yesterday"
    r"|(?:this|last|next) (?:morning|afternoon|evening|night|week|weekend"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day))\b",
    variants={
        "favourite": "favorite",
        "colour": "color",
        "children": "child",
        "people": "person",
        "men": "man",
        "women": "woman",
        "cancelled": "canceled",
    },
    numbers=r"once|twice|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty"
    r"|hundred|thousand|dozen|\w*teen|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth",
    times=r"january|february|march|april|may|june|july|august|september|october|november|december"
    r"|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|daily|weekly|monthly|am|pm|noon"
    r"|midnight|o'clock|spring|summer|autumn|fall|winter|tomorrow|today|tonight|yesterday|week|weekend"
    r"|month|year|day|night|morning|afternoon|evening|hours?|minutes?|last|next|ago",
    attitudes=(
        r"\b(?:likes?|loves?|enjoys?|adores?|fan of|fond of)\b",
        r"\b(?:hates?|dislikes?|can['’]t stand|detests?|loathes?|sick of|tired of|fed up with)\b",
    ),
    negating=("un", "in", "im", "dis", "ir", "non"),
    opposites=(
        (
            r"\b(?:is|are|was|went|came|['’]s|['’]re) (?:back |now |still |currently )?up\b(?! to)",
            r"\b(?:is|are|was|went|came|['’]s|['’]re) (?:back |now |still |currently )?down\b(?! to)",
        ),
        (r"\bon\W*$", r"\boff\W*$"),
        (r"\bfull\b", r"\bempty\b"),
        (
            r"\b(?:broken|failing|not working)\b",
            r"\b(?:fixed|works?|working|repaired|green|running"
            r"|up)\b",
        ),
        (
            r"\b(?:pending|waiting|running|active|resumed|in review|in progress|being \w+|unpaid"
            r"|(?:re-?)?open(?:ed|s)?|ongoing|unresolved|undecided|underway)\b",
            r"\b(?:done|fixed|resolved|merged|approved|closed|shut|paid|delivered|finished"
            r"|completed|shipped|granted|signed)\b",
            r"\b(?:rejected|declined|dismissed|denied|refused|revoked)\b",
            r"\b(?:on hold|paused|blocked|stalled|frozen)\b",
        ),
        (r"\b(?:on time|early)\b", r"\b(?:late|delayed|behind)\b"),
        (r"\b(?:indoors|inside)\b", r"\b(?:outdoors|outside)\b"),
        (r"\b(?:sick|ill|in hospital)\b", r"\b(?:well|healthy|better|recovered)\b"),
        (r"\b(?:can(?!['’]t)|learn(?:ed|t) (?:how )?to)\b", r"\b(?:can['’]t|cannot)\b"),
        (r"\b(?:free|available)\b", r"\b(?:costs?|taken|busy|booked|sold out)\b"),
        (r"\bfail(?:s|ed|ing)?\b", r"\bpass(?:es|ed|ing)?\b"),
        (r"\b(?:badly|poorly)\b", r"\b(?:well|better)\b"),
        (r"\b(?:missing|lost)\b", r"\b(?:found|came back|back)\b"),
        (r"\bsingle\b", r"\b(?:married|engaged)\b"),
        (r"\balive\b", r"\bdead\b"),
        (r"\bfull[- ]time\b", r"\bpart[- ]time\b"),
        (r"\bpublic\b", r"\bprivate\b"),
        (r"\basleep\b", r"\bawake\b"),
        (
            r"\b(?:on (?:\w+ )?(?:leave|holidays?|vacation)|away|abroad|off sick|in hospital)\b",
            r"\b(?:back|home)\b",
        ),
        (r"\bvalid\b", r"\bexpired\b"),
    ),
    single=r"\b(?:favorite|colou?r|job|occupation|profession|title|password|status|diet|major|role|url"
    r"|address|endpoint|e-?mail|phone number|number|pin|username|nickname|religion|nationality|timezone"
    r"|currency|species|breed|blood type)\b",
    many=r"\b(?:(?:have|has)(?! (?:been|become|gone"
    r"|\w+e[dn])\b)|like|likes|love|loves|hate|hates|know|knows|own|owns|need|needs|want|wants|speak"
    r"|speaks|play|plays|visit|visited|enjoy|learn|" + "|".join(sorted(MANY_VALUED)) + r")\b",
    fields=(
        (
            "work",
            r"(?:am|is|['’][ms]) an? [\w ]{3,30} (?:at|for|with) (?-i:[A-Z])"
            rf"|\b(?:(?<!to )(?<!of )(?<!the )(?<!hard )work(?:s|ing)?{_MANNER} (?:at|for|as|in|night|day|from)|jobs?"
            r"|employ(?:ed|er|ment)|unemployed|jobless|job hunting|laid off|redundant|retired"
            r"|(?:got|was|were|been) hired|resign(?:ed)?|freelanc\w*|promoted|transferred|shifts"
            r"|notice|fired|head of|intern|apprentice|trainee|manager|director|ceo|cto|cfo)\b"
            r"|\b(?:joined|first day (?:at|with)|started at|start(?:ed"
            r"|ing)? (?:working )?(?:at|with)|went to|moved to) (?-i:[A-Z])",
        ),
        (
            "home",
            rf"\b(?:liv(?:e|es|ing){_MANNER} (?:in|at|on|with|alone)|resid(?:e|es|ing)|relocated|address|moved (?:out"
            r"|in|house|back)|renting|homeless|(?:share|rent|bought|own|sold)\w* (?:a|the|our"
            r"|my) (?:\w+ )?(?:house|flat|apartment|condo|studio|place))\b|\b(?:moved (?:back |over )?to"
            r"|settled in) (?-i:[A-Z][a-zà-ÿ'’-]{2,}(?: [A-Z][a-zà-ÿ]+)*)\b(?! (?-i:[A-Z\d]))",
        ),
        (
            "partner",
            r"\b(?:single|dating|seeing (?:someone|anyone|somebody)|boyfriend|girlfriend|married|engaged"
            r"|engagement|divorced|broke up|split up|separated|widowed|my ex|dumped|back together"
            r"|got together|(?:in|out of) a (?:[\w-]+ )?relationship)\b",
        ),
        ("diet", r"\b(?:vegetarian|vegan|pescatarian|meat|dairy|cheese and eggs|keto)\b"),
        (
            "school",
            r"\b(?:stud(?:y|ies|ying|ied)|student|grade|kindergarten|school|university|college|graduated|major|degree"
            r"|ph\.?d)\b",
        ),
    ),
    asked=(
        (
            "work",
            r"\bwhere (?:do|does|did|am|is|are)(?: \w+){1,4}? work(?:ing)?\b|\bwork (?:at|for|as)\b"
            r"|\b(?:jobs?|employ(?:er|ed|ment)|profession|occupation|for a living|for work)\b",
        ),
        ("home", r"\bwhere\b[^?]{0,40}\bliv(?:e|es|ing)\b|\bliv(?:e|es|ing) (?:in|at|with)\b|\baddress\b"),
        (
            "partner",
            r"\b(?:single|married|dating|partner|boyfriend|girlfriend|husband|wife|engaged|divorced"
            r"|in a relationship)\b",
        ),
        ("diet", r"\b(?:vegetarian|vegan|pescatarian|meat|diet)\b"),
        ("school", r"\b(?:study|studies|studying|school|university|college|major|degree)\b"),
    ),
)
