"""What a carrier's word does to the outbox, and what the rules have to be told of it (notifications.md).

Temporary: again after 15 s, 1 min, 5 min, with jitter, then the next channel. Permanent: the next channel at once.
Uncertain: the next channel rather than the same again; the last one may repeat once under the same Message-ID. Where
no channel is left, the rules find another person.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select

from models.addressing import Outgoing, fresh, next_contact
from models.outbox import LAPSED, UNDER_WAY, DeliveryState, SettledDelivery, SettledResult
from models.prepared import Prepared, changed, updating
from models.queueing import NEW_DELIVERIES, add_links
from models.tables import DeliveryRecord
from procedures.commands import DeliveryResult, Road, SettleAlert
from procedures.directory import Directory

DELAYS = (15.0, 60.0, 300.0)
"""Seconds before the second, third and fourth attempt over the same channel."""
MOST_ATTEMPTS = 24
"""About two hours over the only channel there is; then a person must know."""
JITTER = 0.2
FINAL = frozenset({DeliveryState.ACCEPTED, DeliveryState.PERMANENT, DeliveryState.WITHDRAWN})
R = SettledResult
DELIVERY = Prepared(select(DeliveryRecord.__table__).where(DeliveryRecord.delivery_id == bindparam("asked")))
TRIED = Prepared(
    select(DeliveryRecord.channel, DeliveryRecord.address).where(DeliveryRecord.alert_id == bindparam("asked"))
)
WRITTEN = ("state", "next_at", "settled_at", "code", "provider_id", "lapses", "lease_until", "worker")
WRITING = updating(DeliveryRecord, "delivery_id", WRITTEN)


@dataclass(frozen=True)
class Settling:
    """What settling works with, within one transaction."""

    connection: Connection
    directory: Directory
    outgoing: Outgoing
    token_key: bytes
    now: datetime
    jitter: Callable[[], float] = random.random
    """From 0 to 1."""

    def settle(self, settled: Sequence[SettledDelivery]) -> list[SettleAlert]:
        """Keep what came of these deliveries; what the rules have to be told."""
        found = self._rows([word.delivery_id for word in settled])
        told = [self._settle_one(found[word.delivery_id], word) for word in settled if word.delivery_id in found]
        return [command for command in told if command is not None]

    def lapsed(self) -> list[SettledDelivery]:
        """Deliveries whose lease lapsed a second time: nobody can say whether they left."""
        query = select(DeliveryRecord.delivery_id).where(
            UNDER_WAY, DeliveryRecord.lease_until <= self.now, DeliveryRecord.lapses > 0
        )
        ids = self.connection.execute(query).scalars()
        return [SettledDelivery(delivery_id, R.UNCERTAIN, self.now, code=LAPSED) for delivery_id in ids]

    def _rows(self, delivery_ids: Sequence[str]) -> dict[str, Any]:
        found = {delivery_id: DELIVERY.first(self.connection, asked=delivery_id) for delivery_id in delivery_ids}
        return {delivery_id: row for delivery_id, row in found.items() if row is not None}

    def _settle_one(self, row: Any, word: SettledDelivery) -> SettleAlert | None:
        under_way = row.state == DeliveryState.SENDING
        if word.result is R.ACCEPTED and row.state not in FINAL:
            self._keep(row, word, DeliveryState.ACCEPTED)
            return _told(row, word, DeliveryResult.ACCEPTED)
        if not under_way:
            return None  # settled before: the first word stands
        if row.withdrawn:
            unsure = word.result is R.UNCERTAIN
            self._keep(row, word, DeliveryState.UNCERTAIN if unsure else DeliveryState.WITHDRAWN)
            return None
        again_at = self._again_at(row, word)
        if again_at is not None:
            self._repeat(row, word, again_at)
            return None
        uncertain = word.result is R.UNCERTAIN
        self._keep(row, word, DeliveryState.UNCERTAIN if uncertain else DeliveryState.PERMANENT)
        if self._go_on(row):
            return None
        return _told(row, word, DeliveryResult.UNCERTAIN if uncertain else DeliveryResult.FAILED)

    def _again_at(self, row: Any, word: SettledDelivery) -> datetime | None:
        """When to try the same channel again; None where it is given up."""
        last_channel = self._next_contact(row) is None
        if word.result is R.UNCERTAIN and last_channel and row.lapses == 0:
            return self.now + timedelta(seconds=self._shaken(DELAYS[0]))
        if word.result is not R.TEMPORARY:
            return None
        if row.attempt > (MOST_ATTEMPTS if last_channel else len(DELAYS)):
            return None
        delay = max(word.retry_after or 0.0, self._shaken(DELAYS[min(row.attempt, len(DELAYS)) - 1]))
        again_at = self.now + timedelta(seconds=delay)
        too_late = row.send_before is not None and again_at > row.send_before
        return None if too_late else again_at

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

    def _next_contact(self, row: Any) -> Any:
        person = self.directory.people.get(row.person)
        if person is None:
            return None
        tried = {(other.channel, other.address) for other in TRIED.read(self.connection, asked=row.alert_id)}
        return next_contact(person, self.outgoing.channels, tried)

    def _go_on(self, row: Any) -> bool:
        """Queue the same alert over the next channel; False where there is none."""
        contact = self._next_contact(row)
        if contact is None:
            return False
        number = int(row.delivery_id.rpartition(".")[2]) + 1
        values = dict(row._asdict())
        values |= fresh(f"{row.alert_id}.{number}", contact, self.now, self.outgoing)
        NEW_DELIVERIES.run(self.connection, [values])
        add_links(self.connection, [values], self.token_key)
        return True


def _told(row: Any, word: SettledDelivery, result: DeliveryResult) -> SettleAlert:
    return SettleAlert(
        id=f"settle:{row.delivery_id}:{result.value}",
        case_id=row.case_id,
        actor="carrier",
        road=Road.CARRIER,
        alert_id=row.alert_id,
        result=result,
        channel=row.channel,
        settled_at=word.at,
        detail=word.code or "",
    )
