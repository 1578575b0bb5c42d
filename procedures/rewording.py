"""What people write where the language has another form: a remedy shows it in their own words."""

import re
from collections.abc import Sequence
from fractions import Fraction

from procedures import nodes
from procedures.nodes import Node, Scalar

JOINED_OTHERWISE = {
    "or": "any",
    "any_of": "any",
    "either": "any",
    "and": "all",
    "all_of": "all",
    "both": "all",
    "unless": "not",
}
"""Words of other languages, and of `needs`, with the one that joins conditions."""
_COUNTED_FROM = re.compile(r"([0-9]+ *[a-z ]+?) (?:after|from|since) ([a-z][a-z0-9_.]*)")
_IN_PARTS = re.compile(r"([0-9]{1,4})[.,]([0-9]{1,2}) *(h|hours|days|weeks|day|hour|week)")
_SMALLER = {"h": (60, "min"), "hour": (60, "min"), "days": (24, "h"), "day": (24, "h"), "week": (7, "days")}
_NAME = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?")


def length_for(text: str) -> str | None:
    """`72 h after x.y` is `72 h of x.y`, and `1.5 h` is `90 min`; None where it is neither."""
    words = " ".join(text.split())
    if counted := _COUNTED_FROM.fullmatch(words):
        return f"{counted[1]} of {counted[2]}"
    parts = _IN_PARTS.fullmatch(words)
    if parts is None:
        return None
    unit = parts[3] if parts[3] in _SMALLER else parts[3].rstrip("s")
    many, smaller = _SMALLER[unit]
    whole = Fraction(f"{parts[1]}.{parts[2]}") * many
    return f"{whole} {smaller}" if whole.denominator == 1 else None


def need_for(text: str) -> str | None:
    """`a or b` is `{any_of: [a, b]}`, `a and b` is `[a, b]`, `not a.x` is `{not: a.x}`; None where it is neither."""
    words = " ".join(text.split())
    for joined, form in ((" or ", "{{any_of: [{}]}}"), (" and ", "[{}]")):
        if joined in words and (parts := _each(words.split(joined))):
            return form.format(", ".join(parts))
    return _denied(words) if words.startswith("not ") else None


def named_for(node: Node) -> str | None:
    """`[housed, no_place]` is `{housed: …, no_place: …}`; None where it is no list of names."""
    items = node.items if isinstance(node, nodes.Sequence) else ()
    texts = [item.text if isinstance(item, Scalar) else "" for item in items]
    if not texts or not all(_NAME.fullmatch(text) and "." not in text for text in texts):
        return None
    return "{" + ", ".join(f"{text}: …" for text in texts) + "}"


def _each(words: Sequence[str]) -> list[str]:
    parts = [part if _NAME.fullmatch(part) else _denied(part) or "" for part in words]
    return parts if all(parts) else []


def _denied(words: str) -> str | None:
    name = words.removeprefix("not ")
    return f"{{not: {name}}}" if name != words and _NAME.fullmatch(name) else None
