"""Who is who: a user, or an app's namespace, is a bank. Different ones never share a bank, and no name is refused
for its characters."""

from __future__ import annotations

import re
from urllib.parse import unquote

from fourfold.errors import InputError

# A bank's name is a part of URIs, and of the names of banks that are made of labels (`bank_name`): hence no
# slash, and nothing that an eye does not see at its ends.
# Halves of characters (surrogates) are in no name: nothing that is written in UTF-8 can hold them.
_BANK = re.compile(
    r"[^\s\x00-\x1f/\\\ud800-\udfff](?:[^\x00-\x1f/\\\ud800-\udfff]{0,198}[^\s\x00-\x1f/\\\ud800-\udfff])?"
)
_BETWEEN = "~"
_LONGEST = 200
_AWKWARD = re.compile(r"[\x00-\x1f/\\%~]|^\s|\s$")


def bank_name(*labels: str) -> str:
    """The name of the bank of a user, or of a namespace of several labels: "alice", "memories~alice".

    A label's slashes, control characters, "%", "~" and outer blanks are percent-encoded, so that no two lists of
    labels share a name. Raises `InputError` for no label, an empty one, and for a name of over 200 characters.
    """
    if not labels or not all(isinstance(label, str) and label for label in labels):
        raise InputError(f"{labels!r} names nobody: give one or more strings that are not empty.")
    name = _BETWEEN.join(_AWKWARD.sub(_encoded, label) for label in labels)
    if len(name) > _LONGEST:
        raise InputError(
            f"{labels!r} is too long to name a bank: {len(name)} characters, at most {_LONGEST}."
        )
    return name


def check_bank_name(name: str) -> str:
    """Returns the name, if it can be one of a bank."""
    if not isinstance(name, str) or not _BANK.fullmatch(name):
        raise InputError(
            f"{name!r} cannot name a bank: use 1 to 200 characters without slashes and control characters."
        )
    return name


def labels_of(bank: str) -> tuple[str, ...]:
    """The labels that `bank_name` made `bank` of."""
    return tuple(unquote(label) for label in bank.split(_BETWEEN))


def _encoded(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match.group().encode())
