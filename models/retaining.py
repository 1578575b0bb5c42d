"""How long cases are kept: those whose time is over are proposed for erasure, or erased where two people signed that.

It runs each night beside the verification of the trail. What it does stands in the chain of erasures under its own
name. A case of which a person said that it is kept (she withdrew the proposal) is left to people.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from models.composition import House
from models.erasing import append, erasures_in, final_day, withdrawn_in
from models.tables import Case, Run
from procedures.case import CaseStatus
from procedures.erasures import RETENTION, ErasureAct, ErasureActKind
from procedures.errors import Refused

MOST = 200
"""In one night: each waits for its turn in the chain, and alerts wait for none of it."""
REASON = "retention_over"


@dataclass(frozen=True, slots=True)
class Retained:
    """What one night did."""

    proposed: int
    erased: int


@dataclass(frozen=True, slots=True)
class _Over:
    """A case that is over, and for how many days such cases are kept."""

    case_id: str
    ended_at: datetime
    days: int


def retain(house: House) -> Retained:
    """Propose what is kept no longer; erase it where the signed rule is over as well.

    Raises:
        StoreBusy, StoreFailed: the next night goes on.
    """
    rules = house.settings.retention
    if rules.days is None and not rules.pathways:
        return Retained(0, 0)
    now = house.clock.now()
    with house.database.read() as connection:
        known, kept = erasures_in(connection), withdrawn_in(connection)
        over = [one for one in _over(house, connection) if one.ended_at + timedelta(days=one.days) <= now]
        signed = known.rule
    by_rule = [one for one in over if signed is not None and one.ended_at + timedelta(days=signed) <= now]
    erasable = frozenset(one.case_id for one in by_rule)
    new = [one.case_id for one in over if one.case_id not in known.cases and one.case_id not in kept][:MOST]
    proposed = [one for one in new if _add(house, ErasureAct(ErasureActKind.PROPOSED, now, RETENTION, one, REASON))]
    ours = [case_id for case_id, one in known.cases.items() if one.erased_at is None and one.proposed_by == RETENTION]
    due = [case_id for case_id in (*ours, *proposed) if case_id in erasable][:MOST]
    act = ErasureAct(ErasureActKind.ERASED, now, RETENTION, final_on=final_day(house, now))
    erased = [case_id for case_id in due if _add(house, replace(act, case_id=case_id))]
    if erased:
        house.keyring.store.erase(erased)
        house.keyring.forget_erased()
    return Retained(len(proposed), len(erased))


def _add(house: House, act: ErasureAct) -> bool:
    """Whether it was done: a person may have been quicker, or the case was opened anew since it was looked at."""
    try:
        with house.database.write() as connection:
            asked = select(Case.status).where(Case.case_id == act.case_id).with_for_update()
            if connection.execute(asked).scalar() == CaseStatus.OPEN.value:
                return False
            append(connection, act)
    except Refused:
        return False
    return True


def _over(house: House, connection: Connection) -> Iterator[_Over]:
    """Cases that are over, not erased, and have a rule: the longest of those of their pathways."""
    rules = house.settings.retention
    ended = (Case.status != CaseStatus.OPEN.value, Case.ended_at.is_not(None), Case.erased_at.is_(None), ~Case.own_work)
    found = connection.execute(select(Case.case_id, Case.ended_at).where(*ended).order_by(Case.ended_at)).all()
    pathways: dict[str, list[str]] = defaultdict(list)
    for run in connection.execute(select(Run.case_id, Run.pathway).distinct()):
        pathways[run.case_id].append(run.pathway)
    for row in found:
        days = [rules.pathways[name].days if name in rules.pathways else rules.days for name in pathways[row.case_id]]
        known = [one for one in days if one is not None]
        if known and len(known) == len(days):
            yield _Over(row.case_id, row.ended_at, max(known))
