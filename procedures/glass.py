"""Breaking the glass: why one may, until when it is looked at by somebody else, and what that can find.

Two working days (trust.md, break-glass), counted as days of the country in which the network is: whoever broke it on a
Friday is looked at by the end of Tuesday.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum

from procedures.calendars import HOME, is_holiday, working_weekdays
from procedures.choosing import ROME
from procedures.errors import Refused
from procedures.marking import N_

REVIEW_WITHIN = 2
"""Working days after the one on which it was broken."""
LONGEST_REASON = 1000


class GlassCategory(StrEnum):
    """Why the glass is broken: a closed list; what she says beside it goes into the vault."""

    IN_DANGER = "in_danger"
    UNREACHABLE = "unreachable"
    """She calls, and nobody who has the case can be reached."""
    ORDERED = "ordered"
    """An authority orders it."""
    OTHER = "other"


CATEGORIES: Mapping[GlassCategory, str] = {
    GlassCategory.IN_DANGER: N_("she is in danger now"),
    GlassCategory.UNREACHABLE: N_("she needs help, and nobody who has the case can be reached"),
    GlassCategory.ORDERED: N_("an authority orders it"),
    GlassCategory.OTHER: N_("another reason"),
}


class GlassFound(StrEnum):
    """What the review found."""

    NEEDED = "needed"
    NOT_NEEDED = "not_needed"


FOUND: Mapping[GlassFound, str] = {
    GlassFound.NEEDED: N_("it was needed"),
    GlassFound.NOT_NEEDED: N_("it was not needed"),
}


class SayWhyGlass(Refused):
    """A glass is not broken without a reason; asked before anything is looked up."""

    template = "Choose why, and say it in a sentence."


def category_named(word: str) -> GlassCategory | None:
    """The category of this name."""
    return next((one for one in GlassCategory if one.value == word), None)


def found_named(word: str) -> GlassFound | None:
    """What a review can find, of this name."""
    return next((one for one in GlassFound if one.value == word), None)


def review_by(broken_at: datetime) -> datetime:
    """Until when somebody else has looked at it: the end of the second working day, in Rome."""
    day, left = broken_at.astimezone(ROME).date(), REVIEW_WITHIN
    working = working_weekdays(HOME[0])
    while left:
        day += timedelta(days=1)
        left -= day.weekday() in working and not is_holiday(HOME, day)
    return datetime.combine(day + timedelta(days=1), time(), ROME).astimezone(broken_at.tzinfo)
