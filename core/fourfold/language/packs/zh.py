"""Chinese, in simplified and traditional characters."""

from __future__ import annotations

from fourfold.language.pack import (
    AttributeGrammar,
    DateGrammar,
    Language,
    TenseGrammar,
    Wording,
)
from fourfold.language.packs import _clauses, _opinions
from fourfold.language.succession_grammar import SuccessionGrammar
from fourfold.values.rendering import MONTHS

_STOP_WORDS = frozenset(
    """的 了 着 过 是 在 和 与 也 都 就 还 很 吗 呢 吧 啊 呀 我 你 他 她 它 们 这 那 有 个
    把 被 给 对 从 到 而 但 或 及 之 其 所 以 我们 你们 他们 她们 我的 你的 他的 她的 什么 怎么 为什 哪里 哪儿 谁的
    的是 是我 我是 因为 所以 但是 如果 已经""".split()
)
_WORDING = Wording(
    hypothetical=r"^(?:但是?|那)?[,，]?(?:我们?|你们?|他们?)?(?:也许|或许|说不定|可能|要是|如果|假如|万一)",
    wish=r"我们?(?:很|真|真的|一直|非常)?(?:希望|盼望|梦想|渴望)|就好了",
    plan=r"我们?[^,，。]{0,6}(?:打算|计划|准备|决定要|将要|想要?去)",
    judgement=r"^(?:但是?|嗯|不过)?[,，]?(?:"
    r"(?P<sure>我(?:很|非常|十分)?(?:确定|肯定|坚信))"
    r"|(?P<firm>依我看|在我看来)"
    r"|(?P<doubt>我(?:怀疑|不(?:觉得|认为|相信)))"
    r"|(?P<held>我(?:个人)?(?:觉得|认为|更喜欢))"
    r"|(?P<weak>我(?:猜|估计|想是)))",
)

_DIGITS = "一二三四五六七八九"


def _numerals() -> dict[str, str]:
    """Returns 1 to 39 in Chinese numerals, as dates and counts use them."""
    tens = ("", "十", "二十", "三十")
    numerals = (ten + unit for ten in tens for unit in ("", *_DIGITS))
    return {numeral: str(i) for i, numeral in enumerate(numerals) if i}


_DATE_WORDS = {
    "month": {
        f"{i}|0{i}|{numeral}": month
        for (numeral, _), (i, month) in zip(_numerals().items(), enumerate(MONTHS, 1), strict=False)
    },
    "dayth": {r"[0-3]?\d": ""} | _numerals(),
    "weekday": {
        "一": "Monday", "二": "Tuesday", "三": "Wednesday", "四": "Thursday", "五": "Friday", "六": "Saturday",
        "[日天]": "Sunday",
    },
    "season": {"春[天季]?": "spring", "夏[天季]?": "summer", "秋[天季]?": "autumn", "冬[天季]?": "winter"},
    "unit": {
        "分[钟鐘]": "minute", "[个個]?小[时時]|[个個]?[钟鐘][头頭]": "hour", "天|日": "day",
        "[个個]?(?:星期|[礼禮]拜)|周|週": "week", "[个個]?月": "month", "年": "year",
    },
    "count": {r"\d{1,5}": ""} | _numerals() | {"两|兩": "2", "几|幾": "a few"},
    "near": {"上[个個]?": "last", "[这這][个個]?|本": "this", "下[个個]?": "next"},
    "yearly": {"去年": "last", "今年": "this", "明年": "next"},
    "nth": {"最[后後]一?": "last", "第一": "first", "第二": "second", "第三": "third", "第四": "fourth"},
    "part": {"初": "early", "中(?:旬)?": "mid", "[底末]": "late"},
    "holiday": {
        "圣诞节?|聖誕節?": "Christmas", "平安夜": "Christmas Eve", "元旦": "New Year's Day",
        "复活节|復活節": "Easter", "情人节|情人節": "Valentine's Day", "万圣节|萬聖節": "Halloween",
    },
}  # fmt: skip
_WEEK = "(?:周|週|星期|礼拜|禮拜)"
_TO = "(?:到|至|-|—|~)"
_DATE_RULES = (
    (
        rf"(?:{{year}}年)?{{month}}月{{dayth}}[日号號]?{_TO}{{month2}}月{{dayth2}}[日号號]?",
        "from {dayth} {month} {year} to {dayth2} {month2} {year}",
    ),
    (
        rf"{{year}}年{{month}}月{{dayth}}[日号號]?{_TO}{{dayth2}}[日号號]",
        "{dayth} to {dayth2} {month} {year}",
    ),
    (rf"{{year}}年{{month}}月{_TO}{{year2}}年{{month2}}月", "from {month} {year} to {month2} {year2}"),
    (rf"[从從]?(?:{{year}}年)?{{month}}月{_TO}{{month2}}月", "from {month} to {month2} {year}"),
    (
        rf"[从從]?{{near}}?{_WEEK}{{weekday}}(?:{_TO}|和){_WEEK}?{{weekday2}}",
        "from {near} {weekday} to {weekday2}",
    ),
    (r"{year}年{month}月{dayth}[日号號]", "{dayth} {month} {year}"),
    (r"{month}月{dayth}[日号號]?(?:到|至|-|—){dayth2}[日号號]", "{dayth} to {dayth2} {month}"),
    (r"{year}年(?:到|至|-|—){year2}年", "from {year} to {year2}"),
    (r"{year}年{month}月{part}?", "in {part} {month} {year}"),
    (r"{year}年(?:的)?{season}", "{season} {year}"),
    (r"{year}年(?:的)?{holiday}", "{holiday} {year}"),
    (r"{year}年{part}", "{part} {year}"),
    (r"(?:自从?|从|從)(?:{year}年)(?!到|至|-|—)", "since {year}"),
    (r"{near}月{dayth}[日号號]", "the {dayth}th of {near} month"),
    (r"{near}月的?{nth}天", "the {nth} day of {near} month"),
    (rf"{{near}}月的?{{nth}}[个個]?{_WEEK}{{weekday}}", "the {nth} {weekday} of {near} month"),
    (r"{near}月的?{nth}[个個]?(?:周末|週末)", "the {nth} weekend of {near} month"),
    (r"{near}月的?{nth}[个個]?(?:周|週|星期)", "the {nth} week of {near} month"),
    (r"(?:{year}年)?{month}月份?的?{nth}天", "the {nth} day of {month} {year}"),
    (
        rf"(?:{{year}}年)?{{month}}月份?的?{{nth}}[个個]?{_WEEK}{{weekday}}",
        "the {nth} {weekday} of {month} {year}",
    ),
    (r"(?:{year}年)?{month}月份?的?{nth}[个個]?(?:周末|週末)", "the {nth} weekend of {month} {year}"),
    (r"(?:{year}年)?{month}月份?的?{nth}[个個]?(?:周|週|星期)", "the {nth} week of {month} {year}"),
    (r"{yearly}的?{nth}天", "the {nth} day of {yearly} year"),
    (r"{near}月{part}", "{part} {near} month"),
    (r"{yearly}年?{part}", "{part} {yearly} year"),
    (r"(?<![个個月\d一二三四五六七八九十])月{part}(?!旬)", "{part} the month"),
    (r"(?<![\d零〇一二三四五六七八九十今去明每])年{part}", "{part} the year"),
    (r"{count}{unit}(?:以|之)?前的?今天", "{count} {unit}s ago today"),
    (r"{count}{unit}(?:以|之)?前的?昨天", "{count} {unit}s ago yesterday"),
    (r"{count}{unit}(?:以|之)?前的?明天", "{count} {unit}s ago tomorrow"),
    (r"{yearly}的?今天", "this day {yearly} year"),
    (r"{near}月的?今天", "this day {near} month"),
    (rf"{{near}}{_WEEK}的?今天", "this day {near} week"),
    (r"自?从?從?{year}年(?:以来|以來|起|开始|開始)", "since {year}"),
    (r"{year}年(?!代)", "in {year}"),
    (r"(?P<short>(?:19|20)?\d0)年代", "in the {short}s"),
    (r"{yearly}(?:的)?{month}月{dayth}[日号號]", "{dayth} {month} {yearly} year"),
    (r"{yearly}(?:的)?{month}月{part}?", "{part} {month} {yearly} year"),
    (r"{yearly}(?:的)?{season}", "{season} {yearly} year"),
    (r"{yearly}(?:的)?{holiday}", "{holiday} {yearly} year"),
    (r"{month}月{dayth}[日号號]", "{dayth} {month}"),
    (r"{month}月{part}", "{part} {month}"),
    (r"(?<![个個\d]){month}月(?!后|後|之后|之後)", "in {month}"),
    (r"半年(?:以|之)?前", "half a year ago"),
    (r"{count}{unit}(?:以|之)?(?:前)", "{count} {unit}s ago"),
    (r"{count}{unit}(?:以|之)?(?:后|後)", "in {count} {unit}s"),
    (r"(?:过去|過去|最近|近)(?:的)?{count}{unit}", "in the last {count} {unit}s"),
    (r"(?:未来|未來|接下来|接下來)(?:的)?{count}{unit}", "in the next {count} {unit}s"),
    (r"大前天", "3 days ago"),
    (r"大后天|大後天", "in 3 days"),
    (r"前天", "the day before yesterday"),
    (r"后天|後天", "the day after tomorrow"),
    (r"昨[天日晚夜]", "yesterday"),
    (r"今[天日晚早]", "today"),
    (r"明[天日晚早]", "tomorrow"),
    (r"大前年", "3 years ago"),
    (r"前年", "2 years ago"),
    (r"去年", "last year"),
    (r"今年", "this year"),
    (r"明年", "next year"),
    (r"后年|後年", "in 2 years"),
    (rf"上上个?{_WEEK}", "the week before last"),
    (rf"{{near}}{_WEEK}末|{{near2}}个?周末", "{near} {near2} weekend"),
    (r"周末|週末", "over the weekend"),
    (rf"{{near}}{_WEEK}的?{_WEEK}{{weekday}}", "{weekday} of {near} week"),
    (rf"{{near}}{_WEEK}{{weekday}}", "{near} {weekday}"),
    (rf"{{near}}{_WEEK}", "{near} week"),
    (r"{near}月", "{near} month"),
    (r"{near}季度", "{near} quarter"),
    (rf"{_WEEK}{{weekday}}", "on {weekday}"),
    (r"{holiday}", "{holiday}"),
)

_DRAFTED = r"^\s*(?:请|請)?(?:帮我|幫我)?(?:写|寫|翻译|翻譯|修改|润色|潤色)[^。！？\n]{0,40}[：:“「]"
_OF_OTHERS = r"(?:小说|小說|电影|電影|故事|游戏|遊戲|梦|夢)(?:里|裡|中)|[说說道写寫][：:]|：?[“「]"
_PLACES = frozenset(
    """北京 上海 天津 重庆 重慶 香港 澳门 澳門 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北
    湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海 台湾 台灣 内蒙古 广西 西藏 宁夏 新疆 石家庄 太原 沈阳 长春 哈尔滨
    南京 杭州 合肥 福州 南昌 济南 郑州 武汉 长沙 广州 海口 成都 贵阳 昆明 西安 兰州 西宁
    台北 呼和浩特 南宁 拉萨 银川 乌鲁木齐""".split()
)
"""The divisions of the first order and their capitals."""
_NO_CITY = rf"(?!{'|'.join(sorted(_PLACES))})"
_NO_ROOM = r"(?<![部组組队隊楼樓层層室司间間店桌位边邊上里裡下])"
"""No name of a place ends so, but parts of a house, of a company, and sides."""
_SUCCESSION = SuccessionGrammar(
    clause_border=r"[，,；;：:！!（）()]|但是|可是|因为|因為|所以",
    correction=r"(?:哦|啊|不|嗯)?[，,]?(?:更正|纠正|糾正|不对|不對|打错了|打錯了|说错了|說錯了"
    r"|等等|抱歉|其实|其實|应该是|應該是|我是说)[，,：: ]*",
    contrast=r"\W*(?:不|哦|啊)?[，, ]*不是(?P<denied>[^，,。！？]{1,20})[，, ]*(?:而)?"
    r"是(?P<given>[^，,。！？]{1,20})\W*",
    current=r"现在|現在|如今|目前|从今|不再|又|终于|終於|改[在为成到]|已经不|已經不|了[。！!]?$",
    new=r"(?:我|我们|他|她|们)的?新",
    unsettled=r"不确定|不確定|想知道|希望|谢谢|謝謝|也许|或许|可能",
    seeking=r"在找|正在等|等着",
    unfinished=r"从来?没|還沒|还没",
    additive=r"也|还[有在]|還[有在]|同时|同時|另外|另一|仍|依然",
    denial=r"不|没|沒|无|無|未",
    endings=r"^(?:请|請)?(?:忘掉|忘记|忘記)|离开|離開|取消|放弃|放棄|戒|卖|賣|辞|辭|停止|退订|退掉|删除|刪除|丢掉|退出|不再",
    withdrawals=r"去世|搬走|离职|離職|死了|分手|离婚|離婚|退休|出院|过期|過期|取消|结束|結束|毕业|畢業|被解雇|被炒",
    changes=r"搬到|搬去|换成|換成|换了|推迟|推遲|改在|改为|改到|改成|涨到|漲到|降到|提前|延期|变成|變成|升为|升到|调到|接手|修好",
    beginnings=r"开始|開始|订阅|訂閱|找到|加入|结婚|結婚|领养|買了|买了(?=.*[狗猫车房])|预订|預訂",
    placings=r"放在|放到|拿到|带到|帶到|停在|被偷|偷走",
    past=r"[去看吃做买到喝]过|了(?![。！!]?$)",
    copulas=r"是|叫",
    verbs=r"好高|好大|很|挺|真|太|把|被|在|住|有|叫|是|喜欢|喜歡|讨厌|討厭|负责|負責|出发|举行|工作|坏|结婚|单身|由|特别|非常|(?<=[我他她们也都常天就在不])[用去喝吃学學开開说說打弹跑爱]",
    verb_ending="",
    support=r"有|用|去|做|住",
    exclusive=rf"住在|在{_NO_CITY}.{{1,8}}工作|由.{{1,6}}(?:负责|負責|领导)|开一辆|在.{{1,8}}(?:举行|上$|上。)|出发|叫",
    joining=r"和",
    prepositions=r"在|从|從|到|和|跟|把|给|給|对|對|由",
    origins=r"从|從|而不是",
    goals=r"[到给給成至]",
    places=r"在",
    # Of kin, "的" is left out.
    own=r"我(?:们|們)?(?:的|(?=[妹姐哥弟爸妈媽爷爺奶叔姑舅姨姥]|外[公婆]|老[公婆板]|丈夫|妻子|儿子|女儿|兒子|女兒|孩子"
    r"|男朋友|女朋友|朋友|同事|同学|室友|邻居|父亲|母亲|父母|家人))",
    genitive=r"",
    of=r"",
    speakers=r"我",
    speaker_verbs=r"",
    pronouns=r"我|你|他|她|它|们|們|这|那",
    persons={"他": "he", "其": "he", "她": "she", "它": "it", "你": "you", "这": "this", "那": "this"},
    light=r"上周|上週|上个月|上個月|昨天|今天|明天|最近|现在|現在|已经|已經|的|了|着|很|又|都|就|不再|不|没|们|們|个|個|这|之|一下|新|终于|目前|每天|再|早上",
    epithets=r"新(?![闻聞年手鲜鮮])|现任|現任|目前的",
    former=r"旧|舊|以前的|之前的|前任",
    other=r"另|其中",
    one_day=r"今天|明天|昨天|今晚|今早|[这這]周",
    variants={},
    numbers=r"[一二两三四五六七八九十百千万]",
    times=r"[年月日号點点周週今昨明]",
    attitudes=(r"喜欢|喜歡|爱|愛", r"讨厌|討厭|恨"),
    negating=("不",),
    opposites=(
        (r"关门|关着|關門", r"开门|开着|開門"),
        (r"坏了|壞了", r"修好|好了"),
        (r"满", r"空"),
        (r"单身|單身", r"结婚|結婚"),
    ),
    single=r"最喜欢|密码|密碼|职业|工作|颜色|地址|体重|體重|票价|價|价格|电话|電話|手机号|号码|身高",
    many=r"[爸妈叔舅姨姑]|父亲|母亲|表[哥姐弟妹]|堂[哥姐弟妹]|同事|上司|下属|喜欢|有|会说|打|弹|朋友|兄弟|姐妹|弟弟|哥哥|姐姐|妹妹|儿子|女儿|爱好",
    fields=(
        ("work", r"在.{1,8}(?:工作|上班)|入职|入職|失业|失業|找到.{0,2}工作|辞职|辭職|退休|升职|跳槽|离职"),
        (
            "home",
            rf"住在|搬家|^(?!.{{0,20}}[把将將]).{{0,20}}搬[到去]了?[^，,。！？\s]{{1,12}}{_NO_ROOM}了?(?=$|[，,。！？\s])|地址|和.{{1,6}}一起住",
        ),
        ("partner", r"单身|單身|结婚|結婚|离婚|女朋友|男朋友|分手|订婚"),
        ("diet", r"吃素|素食|吃肉"),
    ),
    asked=(
        ("work", r"工作|上班|职业|職業|公司"),
        ("home", r"住(?:在)?哪|哪[里裡儿]住|住在什|地址|老家|住处"),
        ("partner", r"单身|單身|结婚|結婚|女朋友|男朋友|对象|伴侣"),
        ("diet", r"吃素|素食|吃肉"),
    ),
    verb_final=True,
)

_WHEN = (
    r"(?:现在|現在|目前|如今|已经|已經|刚刚?|剛剛?|最近|终于|終於|又|就|还|還|仍然?|一直|正式"
    r"|后来|上[个個]?(?:月|周|週|星期|礼拜)"
    r"|(?:从|從|自)?[去今前昨][年天](?:起|开始|開始)?|(?:从|從|自)?[\d一二三四五六七八九十]{1,4}[年月](?:份|初|底|中旬?|起|开始)?|[\d一二三四五六七八九十]{1,2}[日号號])*"
)
_SUBJECT = r"(?P<s>我|[^\s，,。！？、你他她它们們这那的在从從]{2,4}?)"
_VALUE = r"(?P<v>[^\s，,。！？!?、的谁哪什吗]{2,12}?)"
_SETTLED = (
    r"(?:(?:已经|已經)?(?:快|整整)?(?:\d+|[一二两三四五六七八九十]+|好几|多)[年个月天多]+)?(?:了|啦|呢)?$"
)
_NEVER = r"(?!)"
_ATTRIBUTES = AttributeGrammar(
    single_valued=frozenset(),
    many_valued=frozenset(),
    always_single="最喜欢的",
    lead_in=r"^(?:(?:对了|顺便说一下|更新一下|更正|其实|现在|目前|嗯|哦|是的)[，,：: ]+)+",
    past=r"不|没|沒|曾|以前|之前|从前|小时候|当时|原来|本来|要是|如果|假如|想|打算|希望|准备|準備|计划|計劃|可能|也许|或许"
    r"|每|有时|有時|周末|假期|暂时|暫時|要搬|会搬|說|说|[吗嗎]",
    trailer=_SETTLED,
    limits=r"每|一(?:周|个月|年|天)[。！!]?$|也|周末|暂时|暫時|有时|有時",
    states=(
        (rf"^{_SUBJECT}{_WHEN}(?:居?住在|定居在?|安家在)了?{_VALUE}{_NO_ROOM}{_SETTLED}", "residence", True),
        (rf"^{_SUBJECT}的?家{_WHEN}在{_VALUE}{_NO_ROOM}{_SETTLED}", "residence", True),
        (
            rf"^{_SUBJECT}{_WHEN}在(?!家|国外|國外|外地|这|那){_NO_CITY}{_VALUE}"
            rf"(?:工作|上班|任职|任職|就职|就職){_SETTLED}",
            "employer",
            False,
        ),
        (rf"^{_SUBJECT}{_WHEN}(?:入职|入職|跳槽[到去])了?{_VALUE}{_SETTLED}", "employer", False),
        (
            rf"^{_SUBJECT}{_WHEN}加入了?{_VALUE}(?<![队隊群会會社组組班团團部党黨营營划劃]){_SETTLED}",
            "employer",
            False,
        ),
        (r"^(?P<s>我)的(?:名字|姓名)(?:是|叫做?)(?P<v>[^\s，,。！？!?的谁哪什]{1,12})$", "name", True),
        (
            r"^(?P<s>我)叫做?(?P<v>(?![了过他她它你您我车車])(?:[\u4e00-\u9fff]{2,3}|[A-Z][\w ]{1,20}))$",
            "name",
            False,
        ),
    ),
    moves=rf"^{_SUBJECT}{_WHEN}(?:(?P<home>搬家|移居|迁居|遷居)|搬)(?P<from>(?!))?(?:[去到进進往回]|回到)了?"
    rf"{_VALUE}{_NO_ROOM}{_SETTLED}",
    after_place=_SETTLED,
    places=_PLACES,
    relations=(),
    own=_NEVER,
    possessed=_NEVER,
    of_subject=_NEVER,
    definite=_NEVER,
    holder=_NEVER,
    epithets=_NEVER,
    spellings=("電", "电"),
    head_end=_NEVER,
    placed=_NEVER,
    class_phrase=_NEVER,
    determiner=_NEVER,
    article=_NEVER,
    remark=r"(?:很|真|太|挺|非常)",
    circumstance=_NEVER,
    origin=_NEVER,
    origin_valued=_NEVER,
    conjunction="和",
    speaker_forms=frozenset({"我"}),
    own_subject=_NEVER,
    other_subject=_NEVER,
    pronouns=frozenset("他 她 它 我们 我們 他们 她们 你 您 谁 这 那 大家 有人".split()),
    verbal_end=_NEVER,
)

_TENSE = TenseGrammar(
    corrected=r"不对|不對|不是|哦|啊|不|应该是|應該是|说错了|說錯了|我是说|我是說",
    neither=r"过期|過期|过年|過年|过去|過去|不过|不過|为了|為了|除了|没关系|要不|要么|主要|重要|需要的|会议|會議|机会|机會|还没|不会",
    future=r"(?:要|快)[^，。,]{0,12}了(?=[。！!]?$)|将|將|(?<![乐宴晚聚年开议机])会(?![儿议面员所场])|會|打算|准备|準備|想(?!了|过|不|到)|可以|必须|必須|要|得(?=去|在)"
    r"|希望|提醒|答应|答應|之前|(?<=[一二三四五六日天月号號\d])前",
    past=r"得(?=很|真|好)|了|过(?![期年去程])|過(?![期年去程])|没(?!有空|空|问题)|沒|曾|刚|剛|已经|已經|本来|本來|原来|(?<![月日号號天])以前|从前|的(?=[。.！!]?\s*$)",
    arranged=r"改[到期在]|推迟|提前|[预預]|[订訂]|约|安排|报名",
    goal=r"(?:改|推迟|推遲|提前|延期|延|[调調挪移换換])了?[到至在]了?|[订訂约約报報]好?了?|报名了?",
    either=r"[着著]|(?<!不)在(?![周週星礼禮\d一二三四五六七八九十])",
    border=r"[，,、：:（）()]|但是?|因为|所以|不过",
    denied=r"不(?:再)?(?:是|在)|并非|並非|而不是",
    habitual=r"一般般|(?P<habit>喜[欢歡](?!的)|通常|一般(?!的)|平时|平時|平常|经常|經常|常常|总是|總是|老是|往往|从来?不|從來?不|很少|有时|有時)",
    recurring=r"(?:每|逢)(?:[个個隔一两几]|两周的)*(?:天|日|早|晚|周末|周|週|星期|礼拜|月|年|季)?",
)

LANGUAGE = Language(
    code="zh",
    name="Chinese",
    stemmer="",
    stop_words=_STOP_WORDS,
    negation=r"[不没無无未别別]",
    asks_when=r"什么时候|什麼時候|何时|何時|哪[年天]|几[月号]",
    asks_count=r"多少|多大|几[个個次岁歲]",
    asks_name=r"[谁誰哪]|叫什[么麼]|什[么麼]名字",
    asks_called=r"叫什[么麼]|什[么麼]名字",
    asks_work=r"做什[么麼](?:工作|的)?[？?]?$",
    asks_often=r"多少次|几次|幾次|多久一次",
    asks_place=r"哪[里裡儿兒]|什[么麼]地方",
    question_words=r"做什[么麼](?:工作)?|叫什[么麼](?:名字)?|什[么麼](?:时候|時候|地方|名字)?|哪[里裡儿兒个個年天家些位]?"
    r"|谁|誰|多[少大高久长長远遠重]|几[岁歲点點月号號个個次]?|幾[歲點月號個次]?|怎[么麼樣样]*|为什么|為什麼|有没有|有沒有|是不是|[吗呢嗎]",
    asks_before=r"以前|之前|从前|從前|过去|過去|原来|原來",
    asks_first=r"第一次|首次|最早",
    asks_last=r"上次|上一次|最近|最后一次|最後一次",
    told_to_remember=r"[请請]?(?:帮我|幫我)?(?:记住|記住|记得|記得|记一下|記一下|备注|備註)[，,：:]\s*",
    first_person=r"我",
    speaker_as_subject=r"我们?(?!们?的)",
    second_person=r"你",
    small_talk=frozenset("你好 您好 谢谢 好的 再见".split()),
    drafted=_DRAFTED,
    enacted=r"^\s*(?:请|請)?(?:你)?(?:扮演|假装|假裝|假设你|假設你|假设我是|假設我是)",
    of_others=_OF_OTHERS,
    taken_back=r"^\W*(?:开玩笑|開玩笑|我?(?:是)?开?玩笑的)|(?:这|這|上面|以上)(?:句话|句話|段话|段話|段|句|个|個).{0,8}(?:翻译|翻譯|怎么说|怎麼說|英文|英语)"
    r"|^\W*(?:这|這|那)(?:是|就是)(?!我).{1,8}[说說写寫]的",
    texts=r"邮件|郵件|信|消息|句子|文章|例子|例句|翻译|翻譯",
    for_another=r"例子|例句|翻译|翻譯|下面|以下|这句|這句|(?!我)[^\s，,。我]{1,6}的(?:邮件|郵件|信|消息)|(?:为|為|替)(?!我)[^\s，,。]{1,6}(?:写|寫)|以(?!我)[^\s，,。]{1,6}的(?:名义|名義|口吻|身份)",
    tag=r"(?:[吧吗嗎嘛]|对不对|對不對|是不是|不是吗|不是嗎)[。！!…]*$",
    quotation=r"[说道写]\s*[:：]\s*[“「\"]",
    preferring=r"喜欢",
    dates=DateGrammar(_DATE_WORDS, _DATE_RULES, spaced=False),
    tense=_TENSE,
    wording=_WORDING,
    attributes=_ATTRIBUTES,
    clauses=_clauses.CHINESE,
    opinion=_opinions.CHINESE,
    succession=_SUCCESSION,
)
