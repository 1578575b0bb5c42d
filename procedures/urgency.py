"""How soon an answer is due, said in three words: from the time left, never from the risk (trust.md)."""

from datetime import datetime, timedelta
from enum import StrEnum


class Urgency(StrEnum):
    """What a message says about its haste."""

    NOW = "now"
    """Due within an hour, or past due."""
    TODAY = "today"
    """Due within 24 hours."""
    PLANNED = "planned"
    """Due later, or at no set time."""


def urgency(answer_by: datetime | None, now: datetime) -> Urgency:
    """Tell how soon `answer_by` is, seen from `now` (both aware UTC)."""
    if answer_by is None:
        return Urgency.PLANNED
    left = answer_by - now
    if left <= timedelta(hours=1):
        return Urgency.NOW
    return Urgency.TODAY if left <= timedelta(hours=24) else Urgency.PLANNED
