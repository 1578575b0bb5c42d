"""What is to be erased, for whoever co-ordinates: proposals, what retention comes to within a month, and holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, select

from models.composition import House
from models.erasing import erasures_in, withdrawn_in
from models.reach import Reach
from models.retention_terms import kept_untils
from models.tables import Case
from procedures.distances import on_the_wall
from procedures.erasures import Erasure, Hold

AHEAD = timedelta(days=30)
MOST = 200


@dataclass(frozen=True, slots=True)
class Proposed:
    """An erasure that waits for another person."""

    code: str
    erasure: Erasure


@dataclass(frozen=True, slots=True)
class Coming:
    """A case that retention proposes on a day, or would without its hold."""

    code: str
    ended_at: datetime
    until: datetime
    hold: Hold | None


@dataclass(frozen=True, slots=True)
class Ahead:
    """All of it that is hers to see."""

    proposed: Sequence[Proposed]
    coming: Sequence[Coming]
    final_on: date
    """Of an erasure of now."""


def erasures_ahead(house: House, reach: Reach) -> Ahead:
    """What there is within `reach` at this moment."""
    now = house.clock.now()
    query = reach.within(select(Case.case_id, Case.code, Case.ended_at).where(Case.erased_at.is_(None)))
    with house.database.read() as connection:
        known, kept = erasures_in(connection), withdrawn_in(connection)
        untils = kept_untils(house, connection)
        hers = {row.case_id: row for row in connection.execute(query)}
    proposed = [
        Proposed(hers[case_id].code, one)
        for case_id, one in known.cases.items()
        if case_id in hers and one.erased_at is None
    ]
    soon = [
        Coming(hers[case_id].code, hers[case_id].ended_at, until, known.held(case_id, now))
        for case_id, until in untils.items()
        if case_id in hers and case_id not in known.cases and case_id not in kept and until <= now + AHEAD
    ]
    final_on = (now + timedelta(days=house.settings.keys.backup_days)).date()
    return Ahead(proposed, sorted(soon, key=lambda one: one.until)[:MOST], final_on)


def kept_until(house: House, connection: Connection, case_id: str) -> datetime | None:
    """Until when a case that is over is kept, somebody's hold reckoned in; None where nothing says until when."""
    until = kept_untils(house, connection, case_id).get(case_id)
    if until is None or case_id in withdrawn_in(connection):
        return None
    hold = erasures_in(connection).held(case_id, house.clock.now())
    return until if hold is None else max(until, on_the_wall(hold.until, time.max))
