"""What the surface of a sentence tells of how it is meant: its marks, and which closed patterns of its language fit.

A vector of a few numbers, for the heads (`fourfold.models.packaged.statement_heads`) to weigh beside what the model
reads. These go with the sentence in any language that brings the patterns; what the model reads, with those that it
was taught.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from fourfold.language.languages import matches_any
from fourfold.language.modality import without_request
from fourfold.language.pack import Language, compiled, search

SURFACE_FEATURES = (
    "asks", "exclaims", "ends a sentence", "in capitals", "begins small", "short", "long", "digits", "code",
    "marked line", "quoted", "first person", "second person", "preference", "passing wish", "plan", "wish",
    "hypothetical", "judgement", "of the agent", "agent: first person",
)  # fmt: skip
"""What `surface_features` gives, in order. The heads' file says of which it has weights."""
_SHORT, _LONG = 4, 20
"""Words up to which a sentence is short, and from which it is long. Guesses: the heads weigh them."""


def surface_features(text: str, language: Language, by_agent: bool) -> NDArray[np.float32]:
    """Returns the features of one statement, (len(SURFACE_FEATURES),). `by_agent`: it is of the assistant or a
    tool."""
    wording = language.wording
    told = without_request(text, language)
    words = text.split()
    letters = list(filter(str.isalpha, text))
    size = max(1, len(text))
    ending = text.rstrip("\"'”’»)]*_ ")[-1:]
    first_person = matches_any("first_person", text)
    values = (
        ending in _ASKING,
        ending in _EXCLAIMING,
        ending in _STOPPING,
        len(letters) > 3 and sum(map(str.isupper, letters)) > 0.7 * len(letters),
        bool(letters) and letters[0].islower(),
        len(words) <= _SHORT,
        len(words) >= _LONG,
        sum(map(str.isdigit, text)) / size,
        min(1.0, 5 * len(_CODE.findall(text)) / size),
        _MARKED.match(text) is not None,
        matches_any("quotation", text),
        first_person,
        matches_any("second_person", text),
        matches_any("preference", text),
        matches_any("passing_wish", text),
        wording is not None and search(wording.plan, told) is not None,
        wording is not None and search(wording.wish, told) is not None,
        wording is not None and search(wording.hypothetical, told) is not None,
        wording is not None and compiled(wording.judgement).match(told) is not None,
        by_agent,
        by_agent and first_person,
    )
    return np.array(values, np.float32)


_ASKING, _EXCLAIMING, _STOPPING = "?？", "!！", ".。…"
_CODE = re.compile(r"[{}()\[\]<>=;_/\\|#*`$@~^&+]")
_MARKED = re.compile(r"\s*(?:[-*+•#>|]|\d+[.)]|```)")
