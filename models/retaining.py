"""How long cases are kept: those whose time is over are proposed for erasure, or erased where two people signed that.

It runs each night beside the verification of the trail. What it does stands in the chain of erasures under its own
name. A case of which a person said that it is kept (she withdrew the proposal) is left to people.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select

from models.composition import House
from models.erasing import append, erasures_in, final_day, withdrawn_in
from models.retention_terms import ended_ats, kept_untils
from models.tables import Case
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


def retain(house: House) -> Retained:
    """Propose what is kept no longer; erase it where the signed rule is over as well.

    Raises:
        StoreBusy, StoreFailed: the next night goes on.
    """
    now = house.clock.now()
    with house.database.read() as connection:
        untils = kept_untils(house, connection)
        if not untils:
            return Retained(0, 0)
        known, kept = erasures_in(connection), withdrawn_in(connection)
        ended = ended_ats(connection)
    over = [one for one, until in untils.items() if until <= now and known.held(one, now) is None]
    signed = known.rule
    erasable = frozenset(one for one in over if signed is not None and ended[one] + timedelta(days=signed) <= now)
    new = [one for one in over if one not in known.cases and one not in kept][:MOST]
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
