"""What a decision does to outbox and links: alerts go in, what was answered meanwhile is taken back."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select, update

from models.addressing import Outgoing, Whom, copy_row, delivery_row, first_contact, is_pushed, link_ends, push_row
from models.columns import UtcDateTime
from models.links import LinkStatus, link_token, token_hash
from models.outbox import DUE, UNDER_WAY
from models.prepared import Prepared, inserting
from models.push_copies import browsers_of_person
from models.tables import DeliveryRecord, LinkRecord
from procedures.case import AlertState, CaseState
from procedures.directory import ContactKind, Directory
from procedures.events import (
    AcceptanceDenied,
    AlertQueued,
    AlertWithdrawn,
    Event,
    HandoffAccepted,
    HandoffCancelled,
    HandoffCompleted,
    HandoffDeclined,
    HandoffExpired,
    LinkUse,
)
from procedures.haste import is_imminent

DONE_WITH = frozenset({AlertState.SETTLED, AlertState.FAILED})
ANSWERED = (HandoffDeclined, HandoffCompleted)
NEW_DELIVERIES = inserting(DeliveryRecord)
NEW_LINKS = inserting(LinkRecord)
ENDED = (HandoffExpired, HandoffCancelled, AcceptanceDenied)
AT = bindparam("at", type_=UtcDateTime)
OF_ALERT = DeliveryRecord.alert_id == bindparam("alert")
MARKING_WITHDRAWN = Prepared(update(DeliveryRecord).where(OF_ALERT).values(withdrawn=True))
WITHDRAWING = Prepared(
    update(DeliveryRecord).where(OF_ALERT, DUE).values(state="withdrawn", next_at=None, settled_at=AT)
)
OF_ALERT_ITSELF = and_(OF_ALERT, DeliveryRecord.channel != ContactKind.PEC.value)
"""Without its certified copy, which proves that somebody was asked, whatever was answered since."""
WITHDRAWING_LEFT = Prepared(
    update(DeliveryRecord)
    .where(OF_ALERT_ITSELF, DUE)
    .values(state="withdrawn", withdrawn=True, next_at=None, settled_at=AT)
)
MARKING_LEFT = Prepared(update(DeliveryRecord).where(OF_ALERT_ITSELF, UNDER_WAY).values(withdrawn=True))
OPEN_LINK = LinkRecord.closed_at.is_(None)
CLOSING_OF_ALERT = Prepared(
    update(LinkRecord)
    .where(LinkRecord.delivery_id.in_(select(DeliveryRecord.delivery_id).where(OF_ALERT)), OPEN_LINK)
    .values(closed_at=AT, closed_because=LinkStatus.WITHDRAWN.value)
)
ABOUT = LinkRecord.about_ref == bindparam("about")
CLOSED = {"closed_at": AT, "closed_because": bindparam("because")}
CLOSING = Prepared(update(LinkRecord).where(ABOUT, OPEN_LINK).values(CLOSED))
CLOSING_ANSWERED = Prepared(
    update(LinkRecord).where(ABOUT, OPEN_LINK, LinkRecord.use != LinkUse.READ.value).values(CLOSED)
)
"""A notice is done when it is delivered: what stands behind its link is read afterwards."""
CLOSING_USE = Prepared(update(LinkRecord).where(ABOUT, OPEN_LINK, LinkRecord.use == bindparam("meant")).values(CLOSED))
SUPERSEDING = Prepared(
    update(LinkRecord)
    .where(
        ABOUT,
        LinkRecord.person == bindparam("whose"),
        LinkRecord.use == LinkUse.RESULT.value,
        LinkRecord.alert_id != bindparam("besides"),
        OPEN_LINK,
    )
    .values(closed_at=AT, closed_because=LinkStatus.SUPERSEDED.value)
)


def queue(
    connection: Connection,
    events: Iterable[Event],
    state: CaseState,
    directory: Directory,
    *,
    outgoing: Outgoing,
    token_key: bytes,
) -> int:
    """Bring outbox and links up to these events of the case; how many messages there are to send."""
    events = tuple(events)
    for event in events:
        _take_back(connection, event, state)
    rows = _delivery_rows(connection, events, state, directory, outgoing)
    if rows:
        NEW_DELIVERIES.run(connection, rows)
    add_links(connection, rows, token_key)
    return len(rows)


def _delivery_rows(
    connection: Connection, events: Sequence[Event], state: CaseState, directory: Directory, outgoing: Outgoing
) -> list[dict[str, Any]]:
    withdrawn = {event.alert_id for event in events if isinstance(event, AlertWithdrawn)}
    rows = []
    for alert in events:
        if not isinstance(alert, AlertQueued):
            continue
        person = directory.people[alert.person]
        number = alert.contact
        whom = Whom(directory, person, alert.at, is_imminent(state.facts))
        contact = first_contact(whom, outgoing.channels) if number is None else person.contacts[number]
        row = delivery_row(
            alert, state.case_id, contact, language=person.language, drill=state.drill, outgoing=outgoing
        )
        both = [one for one in (row, copy_row(alert, person, row, outgoing)) if one]
        if is_pushed(alert, outgoing):
            browsers = browsers_of_person(connection, alert.person)
            both += [push_row(alert, browser, number, row) for number, browser in enumerate(browsers, start=1)]
        if alert.alert_id in withdrawn:
            over = {"state": "withdrawn", "withdrawn": True, "next_at": None, "settled_at": alert.at}
            both = [one | over for one in both]
        rows += both
    return rows


def add_links(connection: Connection, deliveries: Sequence[dict[str, Any]], token_key: bytes) -> None:
    """A link for each of these deliveries whose message carries one; of its token only the hash is kept."""
    linked = [row for row in deliveries if row["link_use"] != LinkUse.NONE]
    for row in linked:
        if row["link_use"] == LinkUse.RESULT:
            _supersede(connection, row)
    if linked:
        NEW_LINKS.run(connection, [_link_row(row, token_key) for row in linked])


def _link_row(row: dict[str, Any], token_key: bytes) -> dict[str, Any]:
    use = LinkUse(row["link_use"])
    return {
        "token_hash": token_hash(link_token(token_key, row["delivery_id"])),
        "delivery_id": row["delivery_id"],
        "alert_id": row["alert_id"],
        "about_ref": row["about"] or row["ref"],
        "case_id": row["case_id"],
        "person": row["person"],
        "use": use.value,
        "expires_at": link_ends(use, row["link_until"], row["queued_at"]),
        "closed_at": None,
        "closed_because": None,
        "wrong_codes": 0,
    }


def _supersede(connection: Connection, row: dict[str, Any]) -> None:
    """A newer link for the result replaces the older ones of the same person; its own other channels stay."""
    SUPERSEDING.run(
        connection,
        [{"about": row["about"], "whose": row["person"], "besides": row["alert_id"], "at": row["queued_at"]}],
    )


def _take_back(connection: Connection, event: Event, state: CaseState) -> None:
    if isinstance(event, AlertWithdrawn):
        _withdraw(connection, event)
    elif isinstance(event, HandoffAccepted):
        _close(connection, event.ref, LinkStatus.USED, event.at, use=LinkUse.ANSWER)
        _withdraw_left(connection, event, state)
    elif isinstance(event, ANSWERED):
        values = {"about": event.ref, "because": LinkStatus.USED.value, "at": event.at}
        CLOSING_ANSWERED.run(connection, [values])
    elif isinstance(event, ENDED):
        _close(connection, event.ref, LinkStatus.WITHDRAWN, event.at)


def _withdraw(connection: Connection, event: AlertWithdrawn) -> None:
    values = [{"alert": event.alert_id, "at": event.at}]
    for statement in (MARKING_WITHDRAWN, WITHDRAWING, CLOSING_OF_ALERT):
        statement.run(connection, values)


def _withdraw_left(connection: Connection, event: HandoffAccepted, state: CaseState) -> None:
    """Messages of alerts that the rules take for settled: one came back since, or was taken late, beside another way.

    Whoever has it already hears nothing more of it, though the rules have nothing to withdraw.
    """
    alerts = state.handoffs[event.ref].alerts
    left = [{"alert": alert_id, "at": event.at} for alert_id, one in alerts.items() if one.state in DONE_WITH]
    if left:
        WITHDRAWING_LEFT.run(connection, left)
        MARKING_LEFT.run(connection, [{"alert": one["alert"]} for one in left])


def _close(connection: Connection, ref: str, because: LinkStatus, now: datetime, *, use: LinkUse | None = None) -> None:
    values = {"about": ref, "because": because.value, "at": now}
    if use is None:
        CLOSING.run(connection, [values])
    else:
        CLOSING_USE.run(connection, [{**values, "meant": use.value}])
