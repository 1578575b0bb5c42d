"""What a coordinator would not hear of by herself: conferences that are due, and signals that nobody at the desk saw.

Read from the projections and the open part of the trail: no case is opened.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, select, text

from models.act_tables import ReadRecord
from models.database import Database
from models.reach import Reach
from models.reads import ReadKind
from models.tables import Case, EventRecord, HandoffRecord, Run
from models.viewed import HandoffRow
from models.views import HANDOFFS, handoffs_in
from procedures.case import CaseStatus
from procedures.commands import Road

CONFERENCE = "high_risk_conference"
"""The shipped pathway of conferences about one case; those of a procedure with another name are not listed here."""
AT_THE_HOUSE = (Road.DESK.value, Road.CLI.value)
"""Whoever gives a signal by these has seen it."""
LATELY = timedelta(days=30)
MOST = 50


@dataclass(frozen=True, slots=True)
class UnseenSignal:
    """A signal that came from outside, of whose case nobody has opened the page since."""

    code: str
    drill: bool
    at: datetime
    content_hash: str
    signal: str
    said_by: str


@dataclass(frozen=True, slots=True)
class ComingIn:
    """Both."""

    conferences: Sequence[HandoffRow]
    """What of each conference is open, least time left first."""
    signals: Sequence[UnseenSignal]
    """The latest first."""


def coming_in(db: Database, now: datetime, reach: Reach) -> ComingIn:
    """What came in, within her reach."""
    due: Select[*tuple[Any, ...]] = HANDOFFS.where(
        Run.pathway == CONFERENCE, HandoffRecord.ended_at.is_(None), Case.status == CaseStatus.OPEN.value
    )
    seen = exists().where(
        ReadRecord.case_id == EventRecord.case_id,
        ReadRecord.kind == ReadKind.CASE.value,
        ReadRecord.at >= EventRecord.at,
    )
    unseen: Select[*tuple[Any, ...]] = (
        select(Case.code, Case.drill, EventRecord.at, EventRecord.payload, Run.content_hash)
        .join(Case, Case.case_id == EventRecord.case_id)
        .join(Run, Run.run_id == EventRecord.run_id)
        .where(
            text("events.kind = 'signal_given'"),  # word for word as its index has it, or the whole trail is read
            EventRecord.at >= now - LATELY,
            EventRecord.road.not_in(AT_THE_HOUSE),
            ~seen,
        )
        .order_by(EventRecord.at.desc())
        .limit(MOST)
    )
    with db.read() as connection:
        conferences = handoffs_in(connection, reach.within(due).limit(MOST))
        rows = connection.execute(reach.within(unseen)).all()
    return ComingIn(conferences, [_signal(*row) for row in rows])


def _signal(code: str, drill: bool, at: datetime, payload: str, content_hash: str) -> UnseenSignal:  # noqa: FBT001  # as the row has it
    said = json.loads(payload)
    return UnseenSignal(code, drill, at, content_hash, said["signal"], said["said_by"])
