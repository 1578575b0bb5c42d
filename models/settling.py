"""What a carrier's word does to the outbox, and what the rules have to be told of it (notifications.md).

Temporary: again after 15 s, 1 min, 5 min, with jitter, then the next channel; where the carrier rests since it is in
trouble, the next channel at once; where it had its share of the minute, again at the message's own moment. Permanent:
the next channel at once.
Uncertain: the next channel rather than the same again; the last one may repeat once under the same Message-ID. Where
no channel is left, the rules find another person.
"""

import random
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from models.addressing import WAITING_FOR_AN_ANSWER, Outgoing, Whom, fresh, is_copy, next_way
from models.alert_words import doubt, doubts_before, returned, settled_alert
from models.folding import words_of_all
from models.locking import lock_cases
from models.outbox import LAPSED, DeliveryState, SettledDelivery, SettledResult
from models.prepared import Asked, changed
from models.push_copies import GONE, forget
from models.queueing import NEW_DELIVERIES, add_links
from models.settling_rows import (
    CASE_OF,
    DELIVERY,
    FORWARD,
    LAPSED_FOR_GOOD,
    LINK_CLOSED,
    NOTING,
    STATES,
    WRITING,
    WRITTEN,
)
from models.tried import CARRIER_PACED, CARRIER_RESTS, been_to
from procedures.commands import DeliveryResult, NoteReceipt, NoteUncertain, SettleAlert
from procedures.directory import PUSH, Contact, Directory, channel_of
from procedures.events import AlertPurpose
from procedures.her_ways import Way

DELAYS = (15.0, 60.0, 300.0)
"""Seconds before the second, third and fourth attempt over the same channel."""
MOST_ATTEMPTS = 24
"""About two hours over the only channel there is; then a person must know."""
JITTER = 0.2
FINAL = frozenset({DeliveryState.ACCEPTED, DeliveryState.WITHDRAWN})
WAITING = frozenset({DeliveryState.QUEUED, DeliveryState.TEMPORARY})
CAN_COME_BACK = frozenset({DeliveryState.ACCEPTED, DeliveryState.UNCERTAIN})
STILL_HOPED_FOR = WAITING | {DeliveryState.SENDING, DeliveryState.ACCEPTED}
CHANNEL_SHUT = "channel-shut"
"""The code of a message that is given up before it leaves: somebody else reads what is sent there."""
PACED_AT_MOST = 60.0
"""Seconds; whoever would wait longer and has another channel is alerted over that one."""
OfAlert = SettleAlert | NoteUncertain | NoteReceipt
R = SettledResult
GIVEN_UP = {
    R.ACCEPTED: DeliveryState.ACCEPTED,
    R.PERMANENT: DeliveryState.PERMANENT,
    R.TEMPORARY: DeliveryState.PERMANENT,
    R.UNCERTAIN: DeliveryState.UNCERTAIN,
}


@dataclass(frozen=True)
class Settling:
    """What settling works with, within one transaction."""

    connection: Connection
    directory: Directory
    outgoing: Outgoing
    token_key: bytes
    now: datetime
    words: Sequence[SettledDelivery]
    """What is to be settled: what carriers said, then what lapsed for good."""
    case_of: Mapping[str, str]
    """The case of each of these deliveries."""
    imminent: Callable[[str], bool] = lambda _case_id: False
    """Whether she whose case it is is in imminent danger. It is asked where somebody's own hours count alone."""
    jitter: Callable[[], float] = field(default_factory=lambda: random.random)
    """From 0 to 1."""
    _ahead: dict[str, Asked] = field(default_factory=dict)
    """Deliveries that were asked for already."""

    def lock(self) -> Collection[str]:
        """Be the only one who decides on the cases of these deliveries; which those are."""
        cases = Counter(self.case_of.values())
        lock_cases(self.connection, cases)
        for delivery_id, case_id in self.case_of.items():
            if cases[case_id] == 1:  # of several, what the first leads to may change the next
                self._ahead[delivery_id] = DELIVERY.ask(self.connection, asked=delivery_id)
        return cases

    def settle(self, word: SettledDelivery) -> Sequence[OfAlert]:
        """Keep what came of one delivery; what the rules have to be told, in this order."""
        row = self._delivery(word.delivery_id)
        if row is None:
            return ()
        if word.returned:
            return self._came_back(row, word)
        if word.attempt not in {None, row.attempt}:
            return self._settle_late(row, word)
        told = self._settle_one(row, word)
        return [*doubts_before(row), *told] if row.code == LAPSED else told

    def keep_alone(self, word: SettledDelivery) -> str | None:
        """Keep the outcome, for a case that cannot be decided on: the message must not go out again. Its case's id."""
        row = DELIVERY.first(self.connection, asked=word.delivery_id)
        if row is None or not _under_way(row, word):
            return None if row is None else str(row.case_id)
        self._keep(row, word, GIVEN_UP[word.result])
        return str(row.case_id)

    def _delivery(self, delivery_id: str) -> Any:
        ahead = self._ahead.pop(delivery_id, None)
        return DELIVERY.first(self.connection, asked=delivery_id) if ahead is None else ahead.first()

    def _settle_late(self, row: Any, word: SettledDelivery) -> Sequence[OfAlert]:
        """A word of an attempt that was given up meanwhile: only that it did arrive is news.

        Where its repeat is under way that one may arrive, too, and its own word will be no news any more.
        """
        if word.result is not R.ACCEPTED:
            return ()
        repeat = [doubt(row, row.attempt, LAPSED)] if row.state == DeliveryState.SENDING and row.lapses else []
        return [*repeat, *self._settle_one(row, word)]

    def _settle_one(self, row: Any, word: SettledDelivery) -> Sequence[OfAlert]:
        if word.result is R.ACCEPTED and row.state not in FINAL:
            self._keep(row, word, DeliveryState.ACCEPTED)
            self._follow_up(row)
            return [] if is_copy(row.delivery_id) else [settled_alert(row, word, DeliveryResult.ACCEPTED)]
        if not _under_way(row, word):
            return ()  # settled before: the first word stands
        uncertain = word.result is R.UNCERTAIN
        in_doubt = [doubt(row, row.attempt, word.code)] if uncertain else []
        if row.withdrawn:
            self._keep(row, word, DeliveryState.UNCERTAIN if uncertain else DeliveryState.WITHDRAWN)
            return in_doubt
        again_at = self._again_at(row, word)
        if again_at is not None:
            self._repeat(row, word, again_at)
            return in_doubt
        self._keep(row, word, DeliveryState.UNCERTAIN if uncertain else DeliveryState.PERMANENT)
        if row.channel == PUSH and word.code in GONE:
            forget(self.connection, row.address)
        if is_copy(row.delivery_id) or self._go_on(row) or self._was_taken(row):
            return in_doubt
        return [settled_alert(row, word, DeliveryResult.UNCERTAIN if uncertain else DeliveryResult.FAILED)]

    def _came_back(self, row: Any, word: SettledDelivery) -> Sequence[OfAlert]:
        """It had been taken, or may have been: as a refusal for good.

        Unless another channel has it in hand, or what it asks for was answered meanwhile: then its link is closed.
        """
        if row.state not in CAN_COME_BACK and not _is_in_doubt(row):
            return ()  # it came back before
        noted = returned(row, word)
        self._keep(row, word, DeliveryState.PERMANENT)
        others = [other for other in STATES.read(self.connection, asked=row.alert_id) if other.state in STILL_HOPED_FOR]
        FORWARD.run(self.connection, [{"asked": row.alert_id, "now": self.now}])
        answered = row.withdrawn or LINK_CLOSED.first(self.connection, asked=row.delivery_id) is not None
        if is_copy(row.delivery_id) or answered or others or self._go_on(row):
            return [noted]
        return [noted, settled_alert(row, word, DeliveryResult.FAILED)]

    def _again_at(self, row: Any, word: SettledDelivery) -> datetime | None:
        """When to try the same channel again; None where it is given up."""
        last_channel = self._next_contact(row) is None
        if word.result is R.UNCERTAIN and last_channel and row.lapses == 0:
            return self.now + timedelta(seconds=self._shaken(DELAYS[0]))
        if word.result is not R.TEMPORARY or self._goes_elsewhere(row):
            return None
        if word.code == CARRIER_RESTS and not last_channel:
            return None  # the carrier is known to be in trouble: whoever has another channel is not kept waiting
        if word.code == CARRIER_PACED:
            return self._paced_until(row, word.retry_after or 0.0, last_channel=last_channel)
        if row.attempt > (MOST_ATTEMPTS if last_channel else len(DELAYS)):
            return None
        delay = max(word.retry_after or 0.0, self._shaken(DELAYS[min(row.attempt, len(DELAYS)) - 1]))
        return self._in_time(row, delay)

    def _paced_until(self, row: Any, seconds: float, *, last_channel: bool) -> datetime | None:
        """Its own moment, to the moment: somebody else has the one after it."""
        return None if seconds > PACED_AT_MOST and not last_channel else self._in_time(row, seconds)

    def _in_time(self, row: Any, seconds: float) -> datetime | None:
        again_at = self.now + timedelta(seconds=seconds)
        too_late = row.send_before is not None and again_at > row.send_before
        return None if too_late else again_at

    def _goes_elsewhere(self, row: Any) -> bool:
        """Whether this channel was shut, or taken out of the network's file, while the message was on its way."""
        if row.channel == PUSH:
            return False  # a browser stands in no file; one that was taken away has no address when it leaves
        person = self.directory.people.get(row.person)
        known = () if person is None else person.contacts
        return person is not None and channel_of(row.channel, row.address) not in {one.channel for one in known}

    def _shaken(self, seconds: float) -> float:
        return seconds * (1 + JITTER * (2 * self.jitter() - 1))

    def _repeat(self, row: Any, word: SettledDelivery, again_at: datetime) -> None:
        self._write(
            row,
            state=DeliveryState.TEMPORARY.value,
            next_at=again_at,
            code=word.code,
            lapses=row.lapses + (word.result is R.UNCERTAIN),
        )

    def _keep(self, row: Any, word: SettledDelivery, state: DeliveryState) -> None:
        code = word.code if word.code is not None else (row.code if state is DeliveryState.ACCEPTED else None)
        self._write(
            row,
            state=state.value,
            next_at=None,
            settled_at=word.at,
            code=code,
            provider_id=word.provider_id or row.provider_id,
        )

    def _write(self, row: Any, **values: object) -> None:
        kept = {name: getattr(row, name) for name in WRITTEN}
        written = {**kept, "delivery_id": row.delivery_id, "lease_until": None, "worker": None, **values}
        WRITING.run(self.connection, [changed("delivery_id", written)])

    def _next_contact(self, row: Any) -> Contact | None:
        way = self._next_way(row)
        return None if way is None else way.contact

    def _next_way(self, row: Any) -> Way | None:
        person = self.directory.people.get(row.person)
        if person is None or row.purpose == AlertPurpose.TEST or is_copy(row.delivery_id):
            return None  # a test is of one channel: what another one carries says nothing about it
        tried = been_to(self.connection, row.alert_id)
        said = self.directory.own.get(row.person)
        imminent = said is not None and bool(said.rules) and self.imminent(row.case_id)
        whom = Whom(self.directory, person, self.now, imminent)
        return next_way(whom, self.outgoing.channels, {*tried, (row.channel, row.address)})

    def _follow_up(self, row: Any) -> None:
        """It was taken: where its person said so, the next channel carries it too, unless somebody answers before.

        Counted from when the alert was decided; not after an answer is due, for then somebody else is asked.
        """
        own = self.directory.own.get(row.person)
        waits = row.purpose in WAITING_FOR_AN_ANSWER and row.about is not None and not row.withdrawn
        if own is None or not own.rules or not waits or is_copy(row.delivery_id):
            return
        way, others = self._next_way(row), STATES.read(self.connection, asked=row.alert_id)
        if way is None or not way.after or any(other.state in WAITING for other in others):
            return
        due = max(self.now, min(other.queued_at for other in others) + way.after)
        if row.send_before is None or due < row.send_before:
            self._queue_next(row, way.contact, due)

    def _was_taken(self, row: Any) -> bool:
        """Whether another channel has carried the same alert already: then it is no failure that this one did not."""
        others = STATES.read(self.connection, asked=row.alert_id)
        return any(other.state == DeliveryState.ACCEPTED for other in others)

    def _go_on(self, row: Any) -> bool:
        """Queue the same alert over the next channel; False where there is none."""
        contact = self._next_contact(row)
        if contact is None:
            return False
        self._queue_next(row, contact, self.now)
        return True

    def _queue_next(self, row: Any, contact: Contact, at: datetime) -> None:
        number = int(row.delivery_id.rpartition(".")[2]) + 1
        values = dict(row._asdict())
        values |= fresh(f"{row.alert_id}.{number}", contact, self.now, self.outgoing) | {"next_at": at}
        NEW_DELIVERIES.run(self.connection, [values])
        add_links(self.connection, [values], self.token_key)


def words_and_cases(
    connection: Connection, settled: Sequence[SettledDelivery], now: datetime
) -> tuple[Sequence[SettledDelivery], Mapping[str, str]]:
    """These words, and one for each delivery whose lease lapsed for good (a second time, or taken back).

    Of those nobody can say whether they left, unless it is noted that their carrier took them. And the case of each.
    """
    lapsed = LAPSED_FOR_GOOD.ask(connection, now=now)
    settled = words_of_all(connection, settled)
    asked = [CASE_OF.ask(connection, asked=word.delivery_id) for word in settled]
    gone = lapsed.rows()
    rows = [*(row for one in asked for row in one.rows()), *gone]
    return [*settled, *(_lapsed(row, now) for row in gone)], {row.delivery_id: row.case_id for row in rows}


def _is_in_doubt(row: Any) -> bool:
    """Whether it waits for its repeat because the attempt before may have arrived: that one may have come back."""
    return bool(row.state == DeliveryState.TEMPORARY and row.lapses > 0)


def _under_way(row: Any, word: SettledDelivery) -> bool:
    """Whether it is for this word to say what came of it; of what has not left yet, only that it is not to."""
    return row.state == DeliveryState.SENDING or (word.code == CHANNEL_SHUT and row.state in WAITING)


def _lapsed(row: Any, now: datetime) -> SettledDelivery:
    if row.settled_at is None:
        return SettledDelivery(row.delivery_id, R.UNCERTAIN, now, code=LAPSED)
    return SettledDelivery(row.delivery_id, R.ACCEPTED, row.settled_at, provider_id=row.provider_id)


def note_taken(connection: Connection, taken: Sequence[SettledDelivery], until: datetime) -> None:
    """Keep that carriers took these, nothing more: nobody sends them again, and by `until` the rules are to be told."""
    rows = [
        {
            "taken": word.delivery_id,
            "this_attempt": word.attempt,
            "taken_at": word.at,
            "called": word.provider_id,
            "leased_until": until,
        }
        for word in sorted(taken, key=lambda word: word.delivery_id)
    ]
    NOTING.run(connection, rows)
