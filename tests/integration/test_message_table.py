"""Every state of a message with everything that can happen to it: the tables of `docs/messages.md`, tried out.

In a cell stand the state that it is in then and what follows: `next`, the same alert over the next channel; and what
the trail is told: `taken`, `failed`, `uncertain` (`AlertSettled`), `doubt` (`DeliveryUncertain`), `back`
(`ReceiptCame`). A dot: nothing changes, and nobody is told anything.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models.leases import free_leases
from models.outbox import SettledDelivery, SettledResult, claim_one
from models.recording import read_events
from models.settling import CHANNEL_SHUT
from models.tables import DeliveryRecord
from models.trail import verify
from procedures.commands import AcceptHandoff
from procedures.events import AlertPurpose, AlertSettled, DeliveryUncertain, ReceiptCame
from tests.houses import CARRIERS, Told, only_handoff

R = SettledResult
LEASE = timedelta(seconds=31)
PAGE = Path(__file__).parents[2] / "docs" / "messages.md"


@dataclass(frozen=True)
class Seen:
    """Where a message stands."""

    state: str
    attempt: int
    messages: int
    """Of its alert."""
    trail: list[str]


class Message:
    """One message of one case, brought into a state and then met with an event."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.handoff = only_handoff(told.opened())
        self.delivery_id = str(self._rows()[0].delivery_id)
        self.attempt = 0

    def claim(self) -> None:
        """A sender takes it, where it is to be taken."""
        house, seconds = self.told.house, LEASE.total_seconds() - 1
        now, worker = self.told.clock.now(), self.delivery_id
        taken = claim_one(house.database, self.delivery_id, worker=worker, now=now, lease_seconds=seconds)
        self.attempt = self.attempt if taken is None else taken.attempt

    def hear(self, result: SettledResult, *, attempt: int | None = None, **more: object) -> None:
        """A word on it; of the attempt under way, where no other is named."""
        number = self.attempt if attempt is None else attempt
        word = SettledDelivery(self.delivery_id, result, self.told.clock.now(), attempt=number, **more)  # type: ignore[arg-type]  # of each its kind
        self.told.house.handling.settle([word])

    def answer(self) -> None:
        """Somebody takes the handoff."""
        self.told.say(AcceptHandoff, ref=self.handoff.ref)

    def pass_by(self) -> None:
        """So long that a lease has lapsed, and a repeat is due."""
        self.told.clock.pass_by(seconds=LEASE.total_seconds())

    def note(self) -> None:
        """It is noted that its carrier took it; the rules are told later."""
        now = self.told.clock.now()
        word = SettledDelivery(self.delivery_id, R.ACCEPTED, now, attempt=self.attempt)
        self.told.house.handling.note_taken([word], now + LEASE)

    def restart(self) -> None:
        """The sender dies and is started again."""
        free_leases(self.told.house.database, self.delivery_id, self.told.clock.now())

    def look(self) -> Seen:
        """Where it stands, and what came of it."""
        rows = self._rows()
        (row,) = [one for one in rows if one.delivery_id == self.delivery_id]
        ours = [one for one in rows if one.alert_id == row.alert_id]
        with self.told.house.database.read() as connection:
            events = read_events(connection, self.told.house.keyring, self.told.case_id)
        said = [_said(one.event) for one in events if getattr(one.event, "alert_id", None) == row.alert_id]
        return Seen(_state(row), row.attempt, len(ours), [word for word in said if word])

    def _rows(self) -> Sequence[Any]:
        query = select(DeliveryRecord.__table__).where(
            DeliveryRecord.case_id == self.told.case_id, DeliveryRecord.purpose == AlertPurpose.REQUEST.value
        )
        with self.told.house.database.read() as connection:
            return connection.execute(query.order_by(DeliveryRecord.queued_at, DeliveryRecord.delivery_id)).all()


def _state(row: Any) -> str:
    """Its state, told apart where the same word stands for what has to be treated differently."""
    if row.state == "sending":
        return "noted" if row.settled_at else "answered" if row.withdrawn else "lapsed" if row.lapses else "sending"
    return "in doubt" if row.state == "temporary" and row.lapses else str(row.state)


def _said(event: object) -> str:
    match event:
        case AlertSettled():
            return {"accepted": "taken"}.get(event.result, str(event.result))
        case DeliveryUncertain():
            return "doubt"
        case ReceiptCame():
            return "back"
    return ""


def _after(*steps: Callable[[Message], None]) -> Callable[[Message], None]:
    def all_of_them(message: Message) -> None:
        for step in steps:
            step(message)

    return all_of_them


def _word(result: SettledResult, **more: object) -> Callable[[Message], None]:
    return lambda message: message.hear(result, **more)  # type: ignore[arg-type]  # of each its kind


STATES: Mapping[str, Callable[[Message], None]] = {
    "queued": _after(),
    "sending": _after(Message.claim),
    "lapsed": _after(Message.claim, Message.pass_by, Message.claim),
    "answered": _after(Message.claim, Message.answer),
    "noted": _after(Message.claim, Message.note),
    "accepted": _after(Message.claim, _word(R.ACCEPTED)),
    "temporary": _after(Message.claim, _word(R.TEMPORARY, code="451")),
    "in doubt": _after(Message.claim, Message.restart),
    "permanent": _after(Message.claim, _word(R.PERMANENT, code="550")),
    "uncertain": _after(Message.claim, _word(R.UNCERTAIN, code="timeout")),
    "withdrawn": _after(Message.answer),
}
ALONE = {
    **STATES,
    "uncertain": _after(
        Message.claim, _word(R.UNCERTAIN), Message.pass_by, Message.claim, _word(R.UNCERTAIN, code="timeout")
    ),
}
"""Over the only channel there is, what is in doubt goes once more before it is given up."""
EVENTS: Mapping[str, Callable[[Message], None]] = {
    "a sender looks": Message.claim,
    "looks, later": _after(Message.pass_by, Message.claim),
    "accepted": _word(R.ACCEPTED),
    "permanent": _word(R.PERMANENT, code="550"),
    "temporary": _word(R.TEMPORARY, code="451"),
    "its carrier rests": _word(R.TEMPORARY, code="rests", retry_after=12.0),
    "paced": _word(R.TEMPORARY, code="paced", retry_after=3.0),
    "uncertain": _word(R.UNCERTAIN, code="timeout"),
    "a late yes": _word(R.ACCEPTED, attempt=0),
    "a late no": _word(R.PERMANENT, code="550", attempt=0),
    "a late doubt": _word(R.UNCERTAIN, code="timeout", attempt=0),
    "comes back": _word(R.PERMANENT, code="undelivered", returned=True),
    "noted": Message.note,
    "answered": Message.answer,
    "channel shut": _word(R.PERMANENT, code=CHANNEL_SHUT),
    "lease over": _after(Message.pass_by, lambda message: _nothing(message.told.house.handling.settle_lapsed())),
    "sender restarts": Message.restart,
}


def _nothing(_told: object) -> None:
    """Whatever it says."""


def cell(told: Told, states: Mapping[str, Callable[[Message], None]], state: str, event: str) -> str:
    """What becomes of a message in this state when this happens."""
    message = Message(told)
    states[state](message)
    before = message.look()
    assert before.state == state
    EVENTS[event](message)
    after = message.look()
    follows = [
        *(["again"] if after.attempt > before.attempt > 0 else []),
        *(["next"] if after.messages > before.messages else []),
        *after.trail[len(before.trail) :],
    ]
    return ", ".join([after.state, *follows]) if follows or after.state != before.state else "."


def tables() -> list[Mapping[str, Mapping[str, str]]]:
    """The cells of the page's tables, by event and state."""
    found: list[Mapping[str, Mapping[str, str]]] = []
    for part in PAGE.read_text(encoding="utf-8").split("| what happens |")[1:]:
        head, _rule, *lines = [line for line in part.split("\n\n")[0].splitlines() if line]
        states = [one.strip() for one in head.strip("| ").split("|")]
        rows = [[one.strip() for one in line.strip("|").split("|")] for line in lines]
        found.append({row[0]: dict(zip(states, row[1:], strict=True)) for row in rows})
    return found


@pytest.mark.slow
@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("alone", [False, True], ids=["another channel is left", "the last channel"])
def test_whatever_happens_to_a_message_it_is_where_the_table_says(tmp_path: Path, event: str, alone: bool) -> None:
    states = ALONE if alone else STATES
    with closing(Told(tmp_path / "data", CARRIERS.partition("[carriers.sms]")[0] if alone else CARRIERS)) as told:
        assert {state: cell(told, states, state, event) for state in states} == tables()[alone][event]
        assert verify(told.house.database, told.house.keyring).sound


def test_the_tables_hold_every_pair() -> None:
    for table in tables():
        assert list(table) == list(EVENTS)
        assert all(list(row) == list(STATES) for row in table.values())
