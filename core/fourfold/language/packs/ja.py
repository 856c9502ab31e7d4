"""Japanese: its times alone. Without the rest, what is said in it is found and kept, and nothing replaces it."""

from __future__ import annotations

from fourfold.language.pack import DateGrammar, Language, TenseGrammar
from fourfold.values.rendering import MONTHS

_NUMERALS = dict(zip("一二三四五六七八九十", map(str, range(1, 11)), strict=True))
_DATE_WORDS = {
    "month": {rf"0?{number}": month for number, month in enumerate(MONTHS, 1)},
    "dayth": {r"[0-3]?\d": ""},
    "weekday": {
        "月": "Monday", "火": "Tuesday", "水": "Wednesday", "木": "Thursday", "金": "Friday", "土": "Saturday",
        "日": "Sunday",
    },
    "season": {"春": "spring", "夏": "summer", "秋": "autumn", "冬": "winter"},
    "unit": {"日": "day", "週間?": "week", "[ヶケか箇カ]月": "month", "年": "year"},
    "count": {r"\d{1,5}": "", "数": "a few"} | _NUMERALS,
    "week": {"先": "last", "今": "this", "来": "next"},
    "yearly": {"去年|昨年": "last", "今年": "this", "来年": "next"},
    "part": {"初め|始め|上旬": "early", "半ば|中旬": "mid", "末|終わり|下旬": "late"},
}  # fmt: skip
_DATE_RULES = (
    (r"{year}年の?{month}月{dayth}日", "{dayth} {month} {year}"),
    (r"{year}年の?{month}月の?{part}?", "in {part} {month} {year}"),
    (r"{year}年の?{season}", "{season} {year}"),
    (r"{year}年(?!間|前|後|代)", "in {year}"),
    (r"{yearly}の?{month}月{dayth}日", "{dayth} {month} {yearly} year"),
    (r"{yearly}の?{month}月の?{part}?", "{part} {month} {yearly} year"),
    (r"{yearly}の?{season}", "{season} {yearly} year"),
    (r"{week}月の?{dayth}日", "the {dayth}th of {week} month"),
    (r"{week}月の?{part}", "{part} {week} month"),
    (r"{month}月{dayth}日", "{dayth} {month}"),
    (r"{month}月の?{part}", "{part} {month}"),
    (r"{month}月(?!分)", "in {month}"),
    (r"半年前", "half a year ago"),
    (r"{count}{unit}前の今日", "{count} {unit}s ago today"),
    (r"{count}{unit}前", "{count} {unit}s ago"),
    (r"{count}{unit}後", "in {count} {unit}s"),
    (r"(?:この|過去){count}{unit}間?", "in the last {count} {unit}s"),
    (r"一昨日|おととい", "the day before yesterday"),
    (r"明後日|あさって", "the day after tomorrow"),
    (r"昨[日夜晩]|きのう|ゆうべ", "yesterday"),
    (r"今[日朝晩夜]|きょう", "today"),
    (r"明日|あした", "tomorrow"),
    (r"一昨年|おととし", "2 years ago"),
    (r"再来年", "in 2 years"),
    (r"{yearly}", "{yearly} year"),
    (r"先々週|先先週", "the week before last"),
    (r"再来週", "the week after next"),
    (r"先々月|先先月", "the month before last"),
    (r"再来月", "the month after next"),
    (r"{week}週の?週?末", "{week} weekend"),
    (r"{week}週の?{weekday}曜日?", "{weekday} of {week} week"),
    (r"次の{weekday}曜日?", "this coming {weekday}"),
    (r"{week}週", "{week} week"),
    (r"{week}月", "{week} month"),
    (r"週末", "over the weekend"),
    (r"{weekday}曜日?", "on {weekday}"),
    (r"{dayth}日(?=[にはのも、。]|まで|から|締|\s*$)", "on the {dayth}th"),
)

LANGUAGE = Language(
    code="ja",
    name="Japanese",
    dates=DateGrammar(_DATE_WORDS, _DATE_RULES, spaced=False),
    tense=TenseGrammar(
        past=r"(?:まし|でし|だっ|かっ|[いっえけせてねべめれしきぎちにびみりん])[ただ](?=$|[\s。．.！!？?、,よねがのけかとらし])",
        future=r"(?:です|ます|ない|たい|予定|つもり|だろう|でしょう)(?![たか]っ?た)",
        border=r"[、,（）()]|(?:けど|から|ので|が)(?=[、,])",
        recurring=r"毎(?:日|週|月|年|朝|晩|回)|ごとに",
        habitual=r"(?P<habit>いつも|たいてい|普段|よく|時々|ときどき|好き|好む)",
    ),
)
