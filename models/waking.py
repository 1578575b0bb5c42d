"""Which pathway runs a command touched, so that the engine brings them into the history."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from models.prepared import Prepared
from models.tables import DeliveryRecord, RunWake
from models.upserting import insert
from procedures.case import CaseState
from procedures.events import (
    AlertQueued,
    AlertSettled,
    AlertWithdrawn,
    Event,
    HandoffEvent,
    HandoffRequested,
    ReceiptCame,
    RunEvent,
)

OF_ALERT = (AlertSettled, AlertWithdrawn, ReceiptCame)
WANTED = insert(RunWake)
WANTING = Prepared(
    WANTED.on_conflict_do_update(
        index_elements=[RunWake.run_id],
        set_={"wanted_seq": WANTED.excluded.wanted_seq, "wake_at": WANTED.excluded.wake_at},
    ),
    ["run_id", "wanted_seq", "done_seq", "wake_at", "tries"],
)
RUN_OF_ALERT = Prepared(
    select(DeliveryRecord.alert_id, DeliveryRecord.run_id).where(DeliveryRecord.alert_id == bindparam("asked"))
)


def with_runs(
    connection: Connection, events: Iterable[Event], state: CaseState, known: Mapping[str, str]
) -> Sequence[tuple[Event, str | None]]:
    """Each event with the pathway run that it belongs to; None for what concerns the whole case.

    `known` are runs of alerts that need not be looked up.
    """
    events = tuple(events)
    of_alert = {**known, **{event.alert_id: event.run_id for event in events if isinstance(event, AlertQueued)}}
    told = {event.alert_id for event in events if isinstance(event, OF_ALERT)}
    of_alert |= _kept(connection, told - of_alert.keys())
    return [(event, _run_of(event, state, of_alert)) for event in events]


def _kept(connection: Connection, alerts: set[str]) -> dict[str, str]:
    asked = {alert_id: RUN_OF_ALERT.ask(connection, asked=alert_id) for alert_id in alerts}
    found = {alert_id: one.first() for alert_id, one in asked.items()}
    return {alert_id: row.run_id for alert_id, row in found.items() if row is not None}


def _run_of(event: Event, state: CaseState, of_alert: Mapping[str, str]) -> str | None:
    if isinstance(event, RunEvent | HandoffRequested | AlertQueued):
        return event.run_id
    if isinstance(event, HandoffEvent):
        return state.handoffs[event.ref].run_id
    if isinstance(event, OF_ALERT):
        return of_alert.get(event.alert_id)
    return None


def last_touched(events: Sequence[tuple[Event, str | None]], first_seq: int) -> dict[str, int]:
    """The number of the last event of each run that was touched."""
    return {run_id: seq for seq, (_, run_id) in enumerate(events, start=first_seq) if run_id is not None}


def want_wakes(connection: Connection, touched: Mapping[str, int], now: datetime) -> None:
    """Ask the engine to bring these runs into the history, up to these events."""
    rows = [
        {"run_id": run_id, "wanted_seq": seq, "done_seq": 0, "wake_at": now, "tries": 0}
        for run_id, seq in touched.items()
    ]
    WANTING.run(connection, rows)
