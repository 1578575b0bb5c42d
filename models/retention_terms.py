"""Until when a case that is over is kept: the longest time of the house and of each body that took part in it.

A body that states no time of its own follows the house; where neither says one, the case is kept for ever (decision
61). An erasure cannot be undone, so of several times the longest counts.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, or_, select

from models.composition import House
from models.tables import Case, HandoffRecord, Run
from procedures.case import CaseStatus, HandoffMode
from procedures.directory import Directory, Retention
from procedures.distances import months_after


def kept_untils(house: House, connection: Connection, case_id: str | None = None) -> Mapping[str, datetime]:
    """Until when each case is kept that is over, not erased, and has a time; or this one alone. Earliest end first."""
    rules, directory = house.settings.retention, house.procedures.directory()
    if rules.days is None and not rules.pathways and not any(one.retention for one in directory.bodies.values()):
        return {}
    ended = (Case.status != CaseStatus.OPEN.value, Case.ended_at.is_not(None), Case.erased_at.is_(None), ~Case.own_work)
    query = select(Case.case_id, Case.ended_at).where(*ended).order_by(Case.ended_at)
    found = connection.execute(query if case_id is None else query.where(Case.case_id == case_id)).all()
    pathways = _words(connection, select(Run.case_id, Run.pathway).distinct(), case_id)
    took_part = or_(HandoffRecord.accepted_at.is_not(None), HandoffRecord.mode == HandoffMode.TELL.value)
    helped = select(HandoffRecord.case_id, HandoffRecord.service).where(HandoffRecord.service.is_not(None), took_part)
    services = _words(connection, helped.distinct(), case_id)
    untils: dict[str, datetime] = {}
    for row in found:
        days = [rules.pathways[name].days if name in rules.pathways else rules.days for name in pathways[row.case_id]]
        until = _longest(row.ended_at, days, _terms(directory, services[row.case_id]))
        if until is not None:
            untils[row.case_id] = until
    return untils


def ended_ats(connection: Connection) -> Mapping[str, datetime]:
    """When each case ended that is over and not erased."""
    over = (Case.status != CaseStatus.OPEN.value, Case.ended_at.is_not(None), Case.erased_at.is_(None))
    return {row.case_id: row.ended_at for row in connection.execute(select(Case.case_id, Case.ended_at).where(*over))}


def _words(connection: Connection, query: Select[*tuple[Any, ...]], case_id: str | None) -> Mapping[str, list[str]]:
    """The second of two columns by the first, which is a case."""
    case_column = query.selected_columns[0]
    found: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(query if case_id is None else query.where(case_column == case_id)):
        found[row[0]].append(row[1])
    return found


def _terms(directory: Directory, services: list[str]) -> list[Retention | None]:
    """What the bodies say that took part; None for one that says nothing, or is in the network no more."""
    bodies = {directory.services[one].body if one in directory.services else "" for one in services}
    return [directory.bodies[one].retention if one in directory.bodies else None for one in bodies]


def _longest(ended_at: datetime, days: list[int | None], terms: list[Retention | None]) -> datetime | None:
    """The latest of all of them; None where somebody says nothing and the house does not either."""
    known = [one for one in days if one is not None]
    own = [months_after(ended_at, one.months) for one in terms if one is not None]
    if known and len(known) == len(days):
        return max([ended_at + timedelta(days=max(known)), *own])
    return max(own) if own and len(own) == len(terms) and not known else None
