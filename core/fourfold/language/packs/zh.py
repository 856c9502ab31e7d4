"""Chinese, in simplified and traditional characters."""

from __future__ import annotations

from fourfold.language.pack import DateGrammar, Language, Wording
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
    "part": {"初": "early", "中(?:旬)?": "mid", "[底末]": "late"},
    "holiday": {
        "圣诞节?|聖誕節?": "Christmas", "平安夜": "Christmas Eve", "元旦": "New Year's Day",
        "复活节|復活節": "Easter", "情人节|情人節": "Valentine's Day", "万圣节|萬聖節": "Halloween",
    },
}  # fmt: skip
_WEEK = "(?:周|週|星期|礼拜|禮拜)"
_DATE_RULES = (
    (r"{year}年{month}月{dayth}[日号號]", "{dayth} {month} {year}"),
    (r"{month}月{dayth}[日号號]?(?:到|至|-|—){dayth2}[日号號]", "{dayth} to {dayth2} {month}"),
    (r"{year}年(?:到|至|-|—){year2}年", "from {year} to {year2}"),
    (r"{year}年{month}月{part}?", "in {part} {month} {year}"),
    (r"{year}年(?:的)?{season}", "{season} {year}"),
    (r"{year}年(?:的)?{holiday}", "{holiday} {year}"),
    (r"{year}年{part}", "{part} {year}"),
    (r"自?从?從?{year}年(?:以来|以來|起|开始|開始)", "since {year}"),
    (r"{year}年(?!代)", "in {year}"),
    (r"(?P<short>(?:19|20)?\d0)年代", "in the {short}s"),
    (r"(?:去年){month}月(?:{dayth}[日号號])?", "last {month}"),
    (r"(?:明年){month}月", "next {month}"),
    (r"{month}月{dayth}[日号號]", "{dayth} {month}"),
    (r"去年(?:的)?{season}", "last {season}"),
    (r"明年(?:的)?{season}", "next {season}"),
    (r"今年(?:的)?{season}", "this {season}"),
    (r"{month}月{part}", "{part} {month}"),
    (r"(?<![个個\d])(?:今年)?{month}月(?!前|后|後|之)", "in {month}"),
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
    (rf"{{near}}{_WEEK}{{weekday}}", "{near} {weekday}"),
    (rf"{{near}}{_WEEK}", "{near} week"),
    (r"{near}月", "{near} month"),
    (r"{near}季度", "{near} quarter"),
    (rf"{_WEEK}{{weekday}}", "on {weekday}"),
    (r"(?:去年){holiday}", "last {holiday}"),
    (r"{holiday}", "{holiday}"),
)

LANGUAGE = Language(
    code="zh",
    name="Chinese",
    stemmer="",
    stop_words=_STOP_WORDS,
    negation=r"[不没無无未别別]",
    asks_when=r"什么时候|什麼時候|何时|何時|哪[年天]|几[月号]",
    asks_count=r"多少|多大|几[个個次岁歲]",
    asks_before=r"以前|之前|从前|從前|过去|過去|原来|原來",
    first_person=r"我",
    second_person=r"你",
    small_talk=frozenset("你好 您好 谢谢 好的 再见".split()),
    quotation=r"[说道写]\s*[:：]\s*[“「\"]",
    preferring=r"喜欢",
    dates=DateGrammar(_DATE_WORDS, _DATE_RULES, spaced=False),
    wording=_WORDING,
)
