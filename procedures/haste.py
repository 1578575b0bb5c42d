"""Whose alerts go first where not all can go at once."""

from collections.abc import Mapping

RISK, IMMINENT = "risk", "imminent"


def is_imminent(facts: Mapping[str, object]) -> bool:
    """Whether what is known of a case says that she is in imminent danger."""
    return facts.get(RISK) == IMMINENT
