"""Rules that keep kinds of content from being written to a bank at all, and what they find in a text. Pure values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from fourfold.errors import InputError

Test = Callable[[str], bool]

# Borders are of ASCII letters and digits alone: a secret may stand right beside other scripts.
_START, _END = r"(?<![A-Za-z0-9_-])", r"(?![A-Za-z0-9_-])"
_KEYS = "|".join(
    (
        r"sk-(?:[A-Za-z]+-)*[A-Za-z0-9_-]{20,}",  # OpenAI, Anthropic
        r"(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}",  # Stripe
        r"(?:AKIA|ASIA)[0-9A-Z]{16}",  # AWS
        r"gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{40,}",
        r"glpat-[A-Za-z0-9_-]{20,}",
        r"xox[abeoprs]-[A-Za-z0-9-]{10,}",  # Slack
        r"AIza[0-9A-Za-z_-]{35}",  # Google
        r"hf_[A-Za-z0-9]{30,}|npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{40,}",
        r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",  # a JSON web token
    )
)
# What is named as a secret, whatever it looks like; from 8 characters on, or "my password is new" would be one.
_NAMED = (
    r"(?i:(?:api|access|secret|auth)[ _-]?(?:key|token)|client[ _-]?secret|password|passwd|passwort)"
    r"\s*(?:is|=|:|：)\s*[\"'“]?(?P<named>[^\s\"'”,;]{8,})"
)
_API_KEY = re.compile(rf"{_START}(?:{_KEYS}){_END}|{_NAMED}")
# A key that was cut off in the middle is a secret to the end of the text.
_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL
)
# A rule's name has at most 100 characters.
_PLACEHOLDER = re.compile(r"\[held back: [^\]]{1,100}\]")
_CARD = re.compile(r"(?<!\d)[3-6]\d(?:[ -]?\d){11,17}(?!\d)")


@dataclass(frozen=True, slots=True)
class RedactionRule:
    """One kind of content to hold back; exactly one of the three is given. What a `pattern` (a regular expression)
    finds is masked, and the rest of the text is kept. A text that mentions an entity of the kind `entity`
    ("person"), or that `test` says True of, is left out whole; a `test` is not kept in the bank, and binds
    those who pass it. It may be asked more than once about a text: of a message, and of the statements made of it.
    Ids, tags and names of documents are not looked at."""

    name: str
    pattern: str | None = None
    entity: str | None = None
    test: Test | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not 0 < len(self.name) <= 100:
            raise InputError("A rule needs a name of 1 to 100 characters.")
        conditions = [
            condition for condition in (self.pattern, self.entity, self.test) if condition is not None
        ]
        if len(conditions) != 1:
            raise InputError(f'The rule "{self.name}" needs one of pattern, entity and test.')
        if self.test is not None and not callable(self.test):
            raise InputError(f'The test of the rule "{self.name}" cannot be called.')
        try:
            # It would be found between any two characters.
            if self.pattern is not None and re.compile(self.pattern).match("") is not None:
                raise InputError(f'The pattern of the rule "{self.name}" finds the empty text.')
        except re.error as error:
            raise InputError(f'The pattern of the rule "{self.name}" is none: {error}.') from error


DETECTORS = ("api_key", "private_key", "card_number")
"""Rules that come along; "secrets" names all three."""


def redaction_rules(items: Iterable[str | RedactionRule]) -> tuple[RedactionRule, ...]:
    """Returns the rules, the detectors by their names; raises `InputError`."""
    if isinstance(items, (str, RedactionRule)):
        raise InputError('redact is a list of rules and of names of detectors, for instance ["secrets"].')
    by_name: dict[str, RedactionRule] = {}
    for item in items:
        names = DETECTORS if item == "secrets" else (item,)
        for name in names:
            if isinstance(name, str) and name not in DETECTORS:
                raise InputError(f'There is no detector "{name}": there are secrets, {", ".join(DETECTORS)}.')
            if not isinstance(name, (str, RedactionRule)):
                raise InputError(
                    f"redact is a list of RedactionRule and of names; one is a {type(name).__name__}."
                )
            rule = name if isinstance(name, RedactionRule) else RedactionRule(name, entity=f"detector:{name}")
            by_name[rule.name] = rule
    return tuple(by_name.values())


def redact(text: str, rules: Sequence[RedactionRule], counts: Counter[str]) -> str:
    """Returns `text` with what patterns and detectors find replaced by "[held back: name]"; adds to `counts` how
    often each rule found something. Text that is masked already stays as it is: doing it again changes nothing."""
    for rule in rules:
        placeholders = [match.span() for match in _PLACEHOLDER.finditer(text)]
        parts: list[str] = []
        at = place = 0
        for start, end in _matches(rule, text):
            while place < len(placeholders) and placeholders[place][1] < end:
                place += 1
            # A pattern like "key" would find the name of its own rule in the placeholder, at every pass.
            if place < len(placeholders) and placeholders[place][0] <= start:
                continue
            parts += [text[at:start], placeholder(rule.name)]
            at = end
            counts[rule.name] += 1
        text = "".join([*parts, text[at:]])
    return text


def placeholder(rule: str) -> str:
    """Returns what is written in place of what the rule of that name holds back."""
    return f"[held back: {rule}]"


def excluded_by(text: str, rules: Sequence[RedactionRule], counts: Counter[str]) -> bool:
    """Returns whether a test leaves the text out; `held` counts it. A test that fails is an `InputError`: nothing is
    written unseen."""
    for rule in rules:
        if rule.test is None:
            continue
        try:
            verdict = rule.test(text)
        except Exception as error:  # whatever the caller's function raises: nothing is written unseen
            raise InputError(f'The rule "{rule.name}" failed ({error!r}); nothing was written.') from error
        if not isinstance(verdict, bool):
            raise InputError(
                f'The rule "{rule.name}" gave {verdict!r}, not True or False; nothing was written.'
            )
        if verdict:
            counts[rule.name] += 1
            return True
    return False


def entity_kinds(rules: Sequence[RedactionRule]) -> dict[str, str]:
    """Returns, by kind of entity, the rule that holds it back."""
    return {r.entity: r.name for r in rules if r.entity is not None and not r.entity.startswith("detector:")}


def _matches(rule: RedactionRule, text: str) -> list[tuple[int, int]]:
    """Returns the spans that a pattern or a detector finds, in order."""
    match rule.entity or rule.pattern:
        case "detector:api_key":
            matches = _API_KEY.finditer(text)
            return [m.span("named") if m["named"] is not None else m.span() for m in matches]
        case "detector:private_key":
            return [m.span() for m in _PRIVATE_KEY.finditer(text)]
        case "detector:card_number":
            return [m.span() for m in _CARD.finditer(text) if _is_card(m.group())]
        case str(pattern) if rule.pattern is not None:
            return [m.span() for m in re.finditer(pattern, text) if m.group()]
        case _:
            return []


def _is_card(digits_text: str) -> bool:
    """Returns whether digits are a card number by their check digit (Luhn; ISO/IEC 7812-1): 13 to 19 digits, not
    all the same, which would pass as well."""
    digits = [int(c) for c in digits_text if c.isdigit()]
    doubled = [
        digit if place % 2 == 0 else (2 * digit - 9 if digit > 4 else 2 * digit)
        for place, digit in enumerate(reversed(digits))
    ]
    return 13 <= len(digits) <= 19 and len(set(digits)) > 1 and sum(doubled) % 10 == 0
