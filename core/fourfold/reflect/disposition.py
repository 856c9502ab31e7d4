"""Puts a bank's mission and disposition into words for a language model."""

from __future__ import annotations

from fourfold.values.reflection import Disposition

# A sentence for each value from 1 to 5; `Disposition` checks the range.
_SKEPTICISM = (
    "Take what people say as it was said.",
    "Believe what people say unless something speaks against it.",
    "Weigh how well each claim is supported.",
    "Ask of every claim who says it and why; one mention alone proves little.",
    "Doubt what rests on one source or on somebody's interest, and look for what speaks against it.",
)
_LITERALISM = (
    "Read between the lines: what is meant matters more than what is said.",
    "Draw on hints and context where words are open.",
    "Go by the words, and by their context where they are open.",
    "Stay close to the words; say so where you read more into them.",
    "Take words exactly as they stand, and conclude nothing they do not say.",
)
_EMPATHY = (
    "Go by facts; feelings have no weight.",
    "Let facts come first, feelings after them.",
    "Weigh facts, and what they mean to the people concerned.",
    "Give weight to how people feel and why.",
    "Put yourself in the people's place; what things mean to them counts most.",
)


def instructions(mission: str, disposition: Disposition) -> str:
    """Returns the mission and the disposition as instructions, a line each. A `bias` of 0 leaves the disposition
    out."""
    lines = [f"Your mission: {mission}"] if mission else []
    if disposition.bias == 0:
        return "\n".join([*lines, "Your own disposition has no say: weigh the evidence alone."])
    lines += [
        f"Your disposition (it should colour your judgement {_strength(disposition.bias)}; it never changes a fact):",
        f"- Skepticism {disposition.skepticism} of 5. {_SKEPTICISM[disposition.skepticism - 1]}",
        f"- Literalism {disposition.literalism} of 5. {_LITERALISM[disposition.literalism - 1]}",
        f"- Empathy {disposition.empathy} of 5. {_EMPATHY[disposition.empathy - 1]}",
    ]
    return "\n".join(lines)


def _strength(bias: float) -> str:
    """Returns a bias, in (0, 1], as a word and a number."""
    words = ("barely", "a little", "moderately", "clearly", "strongly")
    return f"{words[min(4, int(bias * 5))]}, {bias:.2f} of 1"
