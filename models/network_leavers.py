"""Who would leave the network with a new edition, and what stands with each: told before it happens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from models.account_tables import Operator
from models.composition import House
from models.tables import Case, LinkRecord
from procedures.case import CaseStatus
from procedures.directory import Directory


@dataclass(frozen=True, slots=True)
class Leaver:
    """Somebody who is in the network in force, and not in the new edition."""

    person: str
    accounts: Sequence[str]
    """By name: they will be shut."""
    open_cases: int
    """In so many a link of hers is open: it is shut, and others are asked, or the coordination."""
    turns: int
    """So many turns of duty, from now on, are hers."""
    services: Sequence[str]
    """Of which she is referent or deputy, by id."""


def leavers(house: House, new: Directory) -> Sequence[Leaver]:
    """Everybody who would leave, by id."""
    old, now = house.procedures.directory(), house.clock.now()
    gone = [person for person in old.people if person not in new.people]
    if not gone:
        return ()
    tied = select(Operator.person, Operator.name).where(Operator.person.in_(gone), Operator.shut.is_(False))
    asked = (
        select(LinkRecord.person, func.count(func.distinct(LinkRecord.case_id)).label("cases"))
        .join(Case, Case.case_id == LinkRecord.case_id)
        .where(LinkRecord.closed_at.is_(None), Case.status == CaseStatus.OPEN.value, LinkRecord.person.in_(gone))
        .group_by(LinkRecord.person)
    )
    with house.database.read() as connection:
        accounts = connection.execute(tied.order_by(Operator.name)).all()
        cases = {row.person: row.cases for row in connection.execute(asked)}
    return [
        Leaver(
            person,
            [row.name for row in accounts if row.person == person],
            cases.get(person, 0),
            _turns(old, person, now),
            [one.id for one in old.services.values() if person in {one.referent, one.deputy}],
        )
        for person in gone
    ]


def _turns(directory: Directory, person: str, now: datetime) -> int:
    rotas = (service.rota for service in directory.services.values())
    return sum(duty.person == person and duty.until > now for rota in rotas for duty in rota)
