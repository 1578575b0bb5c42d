"""What the checks of the house found, and when: the nightly verification of the trail first of all."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from models.database import Database
from models.tables import CheckDone
from models.upserting import insert

TRAIL = "trail"
"""The name of the verification of the whole trail."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check that came to its end."""

    name: str
    at: datetime
    """When it ended, aware UTC."""
    tried: int
    """How many things it looked at: cases, for the trail."""
    faults: int
    note: str | None = None
    """A code of ours, never data."""


def keep_check(db: Database, check: Check) -> None:
    """Keep what a check found."""
    values = {
        "name": check.name,
        "at": check.at,
        "tried": check.tried,
        "faults": check.faults,
        "note": check.note,
    }
    with db.write() as connection:
        connection.execute(insert(CheckDone).values(values).on_conflict_do_nothing())


def last_check(db: Database, name: str) -> Check | None:
    """The latest check of this name; None before the first."""
    columns = (CheckDone.name, CheckDone.at, CheckDone.tried, CheckDone.faults, CheckDone.note)
    query = select(*columns).where(CheckDone.name == name).order_by(CheckDone.at.desc()).limit(1)
    with db.read() as connection:
        row = connection.execute(query).first()
    return None if row is None else Check(*row)
