"""When somebody comes of age."""

from datetime import date, datetime, time

from procedures.commands import KeptValue
from procedures.distances import on_the_wall, years_after

OF_AGE_YEARS = 18
"""Art. 2 of the Civil Code."""


def of_age_at(born: KeptValue | None) -> datetime | None:
    """The first moment (UTC) of the eighteenth birthday in Rome; None where `born` is no day.

    Who was born on 29 February has it on the last day of that month.
    """
    try:
        day = date.fromisoformat(str(born))
    except ValueError:
        return None
    return on_the_wall(years_after(day, OF_AGE_YEARS), time())
