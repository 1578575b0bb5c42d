"""What desk and command line read, straight from the projections; one case with its trail."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from models.database import Database
from models.library import pinned_pathway
from models.outbox import DeliveryState
from models.recorded import Recorded
from models.recording import read_events
from models.store import load
from models.tables import Case, DeliveryRecord, HandoffRecord, Run
from models.vault import Keyring
from models.viewed import (
    AlertView,
    AwaitedConsent,
    CaseRow,
    CaseView,
    DeliveryView,
    HandoffRow,
    RunView,
    TimelineEntry,
)
from procedures.case import (
    CaseState,
    CaseStatus,
    HandoffMode,
    HandoffState,
    PartyKind,
    RunState,
    StepState,
)
from procedures.commands import Person
from procedures.errors import UnknownCase, UnknownHandoff
from procedures.events import AlertPurpose, AlertQueued, CaseOpened, LinkUse

__all__ = [
    "AlertView",
    "AwaitedConsent",
    "CaseRow",
    "CaseView",
    "DeliveryView",
    "HandoffRow",
    "RunView",
    "TimelineEntry",
    "all_cases",
    "case_id_of",
    "case_view",
    "ended_cases",
    "handoff_view",
    "handoffs_open",
    "open_cases",
]

HANDOFFS = (
    select(
        HandoffRecord.__table__,
        Case.code.label("case_code"),
        Case.territory,
        Case.drill,
        Run.content_hash,
    )
    .join(Case, Case.case_id == HandoffRecord.case_id)
    .join(Run, Run.run_id == HandoffRecord.run_id)
)
OVERDUE_THEN_LEAST_TIME = (
    HandoffRecord.overdue.desc(),
    HandoffRecord.due_at.is_(None),
    HandoffRecord.due_at,
    HandoffRecord.ref,
)


def open_cases(db: Database) -> Sequence[CaseRow]:
    """Every open case: first those that stand overdue before the coordinator, then the one with least time left."""
    open_ = select(Case.__table__).where(Case.status == CaseStatus.OPEN.value, ~Case.own_work)
    return sorted(cases_of(db, open_), key=most_pressing)


def all_cases(db: Database) -> Sequence[CaseRow]:
    """Every case, closed and cancelled ones too, the newest first."""
    return cases_of(db, select(Case.__table__).where(~Case.own_work).order_by(Case.opened_at.desc(), Case.code))


def ended_cases(
    db: Database, most: int, within: Callable[[Select[Any]], Select[Any]] | None = None
) -> Sequence[CaseRow]:
    """At most so many closed and cancelled cases, the one that ended last first; `within` leaves some of them."""
    ended = select(Case.__table__).where(Case.status != CaseStatus.OPEN.value, ~Case.own_work)
    ended = within(ended) if within else ended
    with db.read() as connection:
        rows = connection.execute(ended.order_by(Case.ended_at.desc(), Case.code).limit(most)).all()
        theirs = HandoffRecord.case_id.in_([row.case_id for row in rows])
        handoffs = _by_case(handoffs_in(connection, HANDOFFS.where(HandoffRecord.ended_at.is_(None), theirs)))
        return [_case_row(row, handoffs[row.case_id]) for row in rows]


def cases_of(db: Database, query: Select[Any]) -> list[CaseRow]:
    """The rows of a query over the table of cases, each with its open handoffs."""
    with db.read() as connection:
        handoffs = _by_case(handoffs_in(connection, HANDOFFS.where(HandoffRecord.ended_at.is_(None))))
        return [_case_row(row, handoffs[row.case_id]) for row in connection.execute(query)]


def handoffs_open(db: Database) -> Sequence[HandoffRow]:
    """Every handoff that somebody still has to act on: overdue ones first, then least time left."""
    with db.read() as connection:
        return handoffs_in(connection, HANDOFFS.where(HandoffRecord.ended_at.is_(None)))


def handoff_view(db: Database, ref: str) -> HandoffRow:
    """One handoff by its reference.

    Raises:
        UnknownHandoff: there is none.
    """
    with db.read() as connection:
        found = handoffs_in(connection, HANDOFFS.where(HandoffRecord.ref == ref))
    if not found:
        raise UnknownHandoff(ref=ref)
    return found[0]


def case_id_of(db: Database, code: str) -> str:
    """The id of the case with this code, for building a command.

    Raises:
        UnknownCase: there is none.
    """
    with db.read() as connection:
        found: str | None = connection.execute(select(Case.case_id).where(Case.code == code)).scalar()
    if found is None:
        raise UnknownCase
    return found


def case_state(db: Database, keyring: Keyring, code: str) -> CaseState:
    """What the rules know of the case with this code: nothing of it identifies her.

    Raises:
        UnknownCase: there is none.
    """
    with db.read() as connection:
        row = connection.execute(select(Case.case_id).where(Case.code == code)).first()
        if row is None:
            raise UnknownCase
        return load(connection, keyring, row.case_id).state


def case_view(
    db: Database, keyring: Keyring, code: str, *, check: Callable[[Connection], None] | None = None
) -> CaseView:
    """Everything of the case with this code. `check` may refuse it, in the transaction that reads it.

    Raises:
        UnknownCase: there is none.
    """
    with db.read() as connection:
        if check is not None:
            check(connection)
        row = connection.execute(select(Case.__table__).where(Case.code == code)).first()
        if row is None:
            raise UnknownCase
        ours = row.case_id
        state = load(connection, keyring, ours).state
        handoffs = handoffs_in(connection, HANDOFFS.where(HandoffRecord.case_id == ours))
        recorded = tuple(read_events(connection, keyring, ours))
        alerts = alerts_in(connection, ours, recorded)
        awaited = _awaited(connection, state)
        runs = connection.execute(select(Run.__table__).where(Run.case_id == ours).order_by(Run.started_at)).all()
    return CaseView(
        row=_case_row(row, [handoff for handoff in handoffs if handoff.ended_at is None]),
        state=state,
        person=_person(recorded),
        runs=tuple(_run(run) for run in runs),
        handoffs=tuple(sorted(handoffs, key=lambda handoff: (handoff.requested_at, handoff.ref))),
        alerts=tuple(alerts.values()),
        timeline=tuple(_entry(event, alerts) for event in recorded),
        awaited_consents=awaited,
    )


def _awaited(connection: Connection, state: CaseState) -> tuple[AwaitedConsent, ...]:
    """The steps that wait until she was asked, with the consent each needs by the text its run is pinned to."""
    found = []
    for run in state.runs.values():
        asking = [step for step in run.steps.values() if step.state is StepState.AWAITING_CONSENT]
        if run.state is not RunState.RUNNING or not asking:
            continue
        pathway = pinned_pathway(connection, run.content_hash)
        consents = {s.step: s.awaited_consent or pathway.steps[s.step].consent or pathway.consent for s in asking}
        found += [AwaitedConsent(run.run_id, run.pathway, step, word) for step, word in consents.items() if word]
    return tuple(found)


def handoffs_in(connection: Connection, query: Select[Any]) -> list[HandoffRow]:
    """What a query that begins with `HANDOFFS` finds: overdue ones first, then least time left."""
    return [_handoff(row) for row in connection.execute(query.order_by(*OVERDUE_THEN_LEAST_TIME))]


def _handoff(row: Row[Any]) -> HandoffRow:
    values = dict(row._mapping)  # noqa: SLF001  # the public way to a row's names
    values |= {
        "mode": HandoffMode(row.mode),
        "state": HandoffState(row.state),
        "owner_kind": PartyKind(row.owner_kind),
        "giver_kind": PartyKind(row.giver_kind),
    }
    return HandoffRow(**values)


def _by_case(handoffs: Iterable[HandoffRow]) -> Mapping[str, list[HandoffRow]]:
    found: dict[str, list[HandoffRow]] = defaultdict(list)
    for handoff in handoffs:
        found[handoff.case_id].append(handoff)
    return found


def _case_row(row: Row[Any], waiting: Sequence[HandoffRow]) -> CaseRow:
    return CaseRow(
        case_id=row.case_id,
        code=row.code,
        status=CaseStatus(row.status),
        territory=row.territory,
        drill=row.drill,
        opened_at=row.opened_at,
        ended_at=row.ended_at,
        version=row.version,
        open_handoffs=len(waiting),
        overdue_handoffs=sum(handoff.overdue for handoff in waiting),
        next=waiting[0] if waiting else None,
        erased_at=row.erased_at,
    )


def most_pressing(row: CaseRow) -> tuple[bool, bool, datetime]:
    """By what a list is sorted: overdue before the coordinator first, then least time left."""
    due = row.next.due_at if row.next else None
    return (not row.overdue_handoffs, due is None, due or row.opened_at)


def _run(row: Row[Any]) -> RunView:
    return RunView(
        run_id=row.run_id,
        ref=row.ref,
        pathway=row.pathway,
        content_hash=row.content_hash,
        state=RunState(row.state),
        parent_run=row.parent_run,
        outcome=row.outcome,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )


def alerts_in(connection: Connection, case_id: str, recorded: Iterable[Recorded]) -> dict[str, AlertView]:
    """The alerts that these events asked for, each with what became of it, by id."""
    query = select(DeliveryRecord.__table__).where(DeliveryRecord.case_id == case_id)
    deliveries: dict[str, list[DeliveryView]] = defaultdict(list)
    for row in connection.execute(query.order_by(DeliveryRecord.queued_at, DeliveryRecord.delivery_id)):
        deliveries[row.alert_id].append(_delivery(row))
    queued = [event.event for event in recorded if isinstance(event.event, AlertQueued)]
    return {alert.alert_id: _alert(alert, deliveries[alert.alert_id]) for alert in queued}


def _alert(alert: AlertQueued, deliveries: Sequence[DeliveryView]) -> AlertView:
    return AlertView(
        alert_id=alert.alert_id,
        purpose=AlertPurpose(alert.purpose),
        about=alert.about,
        run_id=alert.run_id,
        step=alert.step,
        to_kind=alert.to.kind,
        to_id=alert.to.id,
        person=alert.person,
        link_use=LinkUse(alert.link),
        again=alert.again,
        queued_at=alert.at,
        answer_by=alert.answer_by,
        deliveries=tuple(deliveries),
    )


def _delivery(row: Row[Any]) -> DeliveryView:
    return DeliveryView(
        delivery_id=row.delivery_id,
        channel=row.channel,
        state=DeliveryState(row.state),
        attempt=row.attempt,
        queued_at=row.queued_at,
        sending_at=row.sending_at,
        settled_at=row.settled_at,
        delay=(row.settled_at - row.queued_at).total_seconds() if row.settled_at else None,
        code=row.code,
        next_at=row.next_at,
    )


def _entry(recorded: Recorded, alerts: Mapping[str, AlertView]) -> TimelineEntry:
    event = recorded.event
    return TimelineEntry(
        seq=recorded.seq,
        at=event.at,
        kind=event.kind,
        recorded=recorded,
        alert=alerts.get(getattr(event, "alert_id", "")),
    )


def _person(recorded: Sequence[Recorded]) -> Person | None:
    opened = recorded[0].event
    return opened.person if isinstance(opened, CaseOpened) else None
