"""Korean: its times alone. Without the rest, what is said in it is found and kept, and nothing replaces it."""

from __future__ import annotations

from fourfold.language.pack import DateGrammar, Language, TenseGrammar
from fourfold.values.rendering import MONTHS

_DATE_WORDS = {
    "month": {rf"0?{number}": month for number, month in enumerate(MONTHS, 1)},
    "dayth": {r"[0-3]?\d": ""},
    "weekday": {
        "월": "Monday", "화": "Tuesday", "수": "Wednesday", "목": "Thursday", "금": "Friday", "토": "Saturday",
        "일": "Sunday",
    },
    "season": {"봄": "spring", "여름": "summer", "가을": "autumn", "겨울": "winter"},
    "unit": {"일|날": "day", "주일?": "week", "달|개월": "month", "년|해": "year"},
    "count": {
        r"\d{1,5}": "", "한|일": "1", "두|이": "2", "세|석|삼": "3", "네|넉|사": "4", "다섯|오": "5", "여섯|육": "6",
        "일곱|칠": "7", "여덟|팔": "8", "아홉|구": "9", "열|십": "10", "몇": "a few",
    },
    "which": {"지난": "last", "이번": "this", "다음": "next"},
    "yearly": {"작년|지난해": "last", "올해|금년": "this", "내년|다음 ?해": "next"},
    "part": {"초": "early", "중순": "mid", "말": "late"},
}  # fmt: skip
_DATE_RULES = (
    (r"{year}년 ?{month}월 ?{dayth}일", "{dayth} {month} {year}"),
    (r"{year}년 ?{month}월 ?{part}?", "in {part} {month} {year}"),
    (r"{year}년 ?{season}", "{season} {year}"),
    (r"{year}년(?! ?(?:간|전|후|대))", "in {year}"),
    (r"{yearly} ?{month}월 ?{dayth}일", "{dayth} {month} {yearly} year"),
    (r"{yearly} ?{month}월 ?{part}?", "{part} {month} {yearly} year"),
    (r"{yearly} ?{season}", "{season} {yearly} year"),
    (r"{which} ?달 ?{dayth}일", "the {dayth}th of {which} month"),
    (r"{which} ?달 ?{part}", "{part} {which} month"),
    (r"{month}월 ?{dayth}일", "{dayth} {month}"),
    (r"{month}월 ?{part}", "{part} {month}"),
    (r"{month}월(?!요일)", "in {month}"),
    (r"반년 ?전", "half a year ago"),
    (r"{count} ?{unit} ?전 ?오늘", "{count} {unit}s ago today"),
    (r"{count} ?{unit} ?전", "{count} {unit}s ago"),
    (r"{count} ?{unit} ?(?:후|뒤)", "in {count} {unit}s"),
    (r"(?:지난|최근) ?{count} ?{unit}(?: ?동안|간)", "in the last {count} {unit}s"),
    (r"그저께|그제(?![야서])", "the day before yesterday"),
    (r"모레", "the day after tomorrow"),
    (r"어제|어젯밤|간밤", "yesterday"),
    (r"오늘", "today"),
    (r"내일", "tomorrow"),
    (r"재작년", "2 years ago"),
    (r"내후년", "in 2 years"),
    (r"{yearly}", "{yearly} year"),
    (r"지지난 ?주", "the week before last"),
    (r"다다음 ?주", "the week after next"),
    (r"지지난 ?달", "the month before last"),
    (r"다다음 ?달", "the month after next"),
    (r"{which} ?주말", "{which} weekend"),
    (r"{which} ?주 ?{weekday}요일", "{weekday} of {which} week"),
    (r"{which} ?{weekday}요일", "{which} {weekday}"),
    (r"{which} ?주(?!말)", "{which} week"),
    (r"{which} ?달", "{which} month"),
    (r"주말", "over the weekend"),
    (r"{weekday}요일(?!마다)", "on {weekday}"),
    (r"{dayth}일(?=에|은|까지|부터|날|[.,!?]|\s*$)", "on the {dayth}th"),
)
_SS_FINAL = "".join(chr(0xAC00 + 28 * i + 20) for i in range(399) if chr(0xAC00 + 28 * i + 20) not in "있겠")
"""The syllables that end in ㅆ, by which Korean marks the past ("했어요", "갔다"), but those of "is" and "will"."""

LANGUAGE = Language(
    code="ko",
    name="Korean",
    dates=DateGrammar(_DATE_WORDS, _DATE_RULES, spaced=False),
    tense=TenseGrammar(
        past=rf"[{_SS_FINAL}]|있었",
        future=r"겠|예정|려고|[가-힣] ?거[야예에]|[ㄹ할갈볼올]게|있[어습다]",
        border=r"[,，()（）]|(?:지만|는데|니까)(?=[ ,])",
        recurring=r"매(?:일|주|월|달|년|번)|마다",
        habitual=r"(?P<habit>항상|늘|보통|자주|가끔|대개|주로|좋아[하해합])",
    ),
)
