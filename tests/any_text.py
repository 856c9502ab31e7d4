"""Texts as people, programs and broken files send them, for tests that no text breaks anything."""

from __future__ import annotations

import sys
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

from fourfold import Message

_CHARACTERS = [chr(code) for code in range(sys.maxunicode + 1)]
BLANKS = [c for c in _CHARACTERS if c.isspace()]
_CAPITALS = [c for c in _CHARACTERS[:0x250] if c.isupper()]
_PUNCTUATION = [c for c in _CHARACTERS[:0x10000] if unicodedata.category(c)[0] in "PS"]
_DIGITS = [c for c in _CHARACTERS if unicodedata.category(c)[0] == "N"]
_MARKS = [c for c in _CHARACTERS[:0x10000] if unicodedata.category(c)[0] == "M"]
_INVISIBLE = [c for c in _CHARACTERS if unicodedata.category(c) == "Cf"]
_SURROGATES = [chr(code) for code in range(0xD800, 0xE000)]
_CONTROLS = [c for c in _CHARACTERS[:0x100] if unicodedata.category(c) == "Cc"]
_SCRIPTS = "aéßĳŉǅſİıñçœÅΩσςЖёאבגדهمزةكہनहิไทยကမြ中文字体漢かカｶ한글ᄒ𐍈𝒜𝟘ﬁﷺ①²½Ⅷ٣０"
_EMOJI = ["👩‍👩‍👧‍👦", "🇵🇹", "🏳️‍🌈", "👍🏽", "❤️", "1️⃣", "🙂", "\ufe0f", "\u20e3", "🇵"]
_WORDS = """I my we you she Ana Clara Ben Novabase live lives moved from to in at Porto Lisbon US us It IT it May may
 march March Mar. Dr. e.g. No. St. is was not never no longer think believe maybe said says: "yes" if will would like
 favourite colour green the a and but because which who? when? how many! O'Brien l'école d'Ana ' ’s 's Ana's
 ich wohne in meine Schwester Klara ist nicht Straße STRASSE Ärztin weil aber gestern übermorgen vor Jahren am Montag
 je habite à Paris ma sœur hier demain n'aime pas vivo en mañana hace dos años hermana ayer España
 我 住在 上海 我的 妹妹 昨天 下周 三月 不 喜欢 。 ， ？""".split()
_TIMES = """yesterday|tomorrow|last week|next month|in May|since Monday|from Monday to Friday|29 February 1900
31 June 2023|31.12.9999|1.1.0001|0001-01-01|9999-12-31|99999 weeks ago|in 99999 years|12-Dec-2014|5. Mai|00/00/0000
1/2/3/2023|2023-13-45|between May and July|the 90s|Q5 2023|Easter 1583|on the 31st|every Tuesday|1900 rpm|by noon
vor 99999 Jahren|il y a 99999 ans|hace 99999 años|99999年前|二月三十日
٣ مايو ٢٠٢٣|３０日|今年32月99日|am 30. Februar|le 31 avril
2024-02-30T25:61:61Z|2023-05-08T13:56:00+99:99|Thanksgiving 9999|25 December 9999|1 January 0001|in the year 0000
in 10000 decades|last 99999 quarters|a dozen fortnights ago|½ hour ago|² days ago|Monday ٣ weeks ago""".replace(
    "\n", "|"
).split("|")

_CLAUSES = """I live in Porto|my sister Clara is a nurse|my job is at Novabase|she lives in Rome|Ana says
my mum thinks|it is late|ich wohne in Köln|meine Schwester ist Ärztin|Ana sagt|j'habite à Lyon
ma sœur est médecin|vivo en Madrid|mi hermana es médica|我住在上海|我的妹妹是护士""".replace("\n", "|").split(
    "|"
)
_JOINING = """and|, and|but|because|, so|;|, which|says that|says|told me that|-|:|und|weil|, aber|, dass|et
parce que|y|porque|，""".replace("\n", "|").split("|")

# Sentences that say several things, with what stands between them.
joined_clauses = st.lists(
    st.tuples(st.sampled_from(_CLAUSES), st.sampled_from(_JOINING)), min_size=2, max_size=4
).map(
    lambda parts: "".join(
        f"{clause}{joint if joint[0] in ',;:，' else f' {joint}'} " for clause, joint in parts
    )
)

# A fragment is one of these kinds: what has broken a memory before, and what is likely to.
_FRAGMENTS = st.one_of(
    st.lists(st.sampled_from(_WORDS), min_size=1, max_size=12).map(" ".join),
    joined_clauses,
    st.sampled_from(_TIMES),
    st.sampled_from(_WORDS).flatmap(
        lambda word: st.sampled_from([f"{word} {word.upper()} {word.lower()}", f"{word.title()} {word}"])
    ),
    st.sampled_from(BLANKS),
    st.text(st.sampled_from(_CAPITALS), min_size=1, max_size=40),
    st.lists(st.sampled_from(_CAPITALS), min_size=1, max_size=20).map(" ".join),
    st.text(st.sampled_from(_SCRIPTS), min_size=1, max_size=20),
    st.text(st.sampled_from(_PUNCTUATION), min_size=1, max_size=12),
    st.text(st.sampled_from(_DIGITS), min_size=1, max_size=12),
    st.text(st.sampled_from(_INVISIBLE), min_size=1, max_size=4),
    st.text(st.sampled_from(_MARKS), min_size=1, max_size=8),
    st.sampled_from(_EMOJI),
    st.text(st.sampled_from(_SURROGATES), min_size=1, max_size=3),
    st.sampled_from(_CONTROLS),
    st.text(max_size=20),
    st.builds(
        lambda c, n: c * n, st.sampled_from([*_SCRIPTS, *"aA1(\"'@._-?! \n", *_EMOJI]), st.integers(1, 900)
    ),
)
_JOINTS = st.sampled_from(
    ["", " ", " ", " ", ". ", "\n", "? ", ", ", "\u3000", "\u2028", ": ", "@", "-", "/"]
)
_UNSAFE = st.characters() | st.sampled_from([*_SURROGATES[:4], "\0", "\u202e"])


@st.composite
def any_text(draw: st.DrawFn) -> str:
    """Returns fragments of any kinds, with something between them."""
    text = ""
    for fragment in draw(st.lists(_FRAGMENTS, min_size=1, max_size=8)):
        text += draw(_JOINTS) + fragment
    return text


any_time = st.datetimes(timezones=st.just(UTC)) | st.sampled_from(
    [
        datetime.min.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
        datetime(1, 1, 1, 15, tzinfo=timezone(timedelta(hours=14))),
        datetime(9999, 12, 31, 11, tzinfo=timezone(timedelta(hours=-12))),
    ]
)
any_name = st.text(_UNSAFE, max_size=12) | st.sampled_from(
    ["Ana", "ana", "ANA", "Dr. Ana", "O'Brien", "安娜"]
)
any_message = st.builds(
    Message,
    any_text(),
    st.none() | any_name,
    st.sampled_from(["user", "assistant", "system", "tool"]),
    st.none() | any_time,
)
