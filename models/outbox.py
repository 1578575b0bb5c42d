"""The outbox: what a sender claims, and how it says what came of it. Nothing here sends.

A claim commits `sending` before the first byte leaves. Where a lease lapses, nobody can say whether it left: the same
delivery is claimed once more, with the same Message-ID; after a second lapse `Handling.settle_lapsed` gives it up and
goes on to the next channel.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import count
from typing import Any, Required, TypedDict, Unpack

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)

from models.addressing import ASKING
from models.asking_again import asked_again
from models.columns import UtcDateTime
from models.database import Database
from models.deliveries import LAPSED, Delivery, DeliveryState, SettledDelivery, SettledResult
from models.network import IN_FORCE, forget_older_directory
from models.points import reach
from models.prepared import Prepared
from models.tables import DeliveryRecord, HandoffRecord
from procedures.events import AlertPurpose, LinkUse

__all__ = [
    "LAPSED",
    "Delivery",
    "DeliveryState",
    "SettledDelivery",
    "SettledResult",
    "Wanted",
    "claim",
    "claim_one",
    "claiming",
    "next_send_at",
    "waiting",
]
DUE: ColumnElement[bool] = literal_column("state IN ('queued', 'temporary')")
"""As the partial index says it: with bound values SQLite would not use the index."""
UNDER_WAY: ColumnElement[bool] = literal_column("state = 'sending'")
ASKED: ColumnElement[bool] = literal_column(f"purpose IN ({', '.join(repr(one.value) for one in sorted(ASKING))})")


NOW = bindparam("now", type_=UtcDateTime)
CLAIMABLE = or_(
    and_(DUE, DeliveryRecord.next_at <= NOW),
    # What was taken back meanwhile is not repeated: `Handling.settle_lapsed` says that nobody knows whether it left.
    # What a carrier took (it is noted) is not repeated either: the rules are to be told of it.
    and_(
        UNDER_WAY,
        DeliveryRecord.lease_until <= NOW,
        DeliveryRecord.lapses == 0,
        DeliveryRecord.withdrawn.is_(False),
        DeliveryRecord.settled_at.is_(None),
    ),
)
THIS_ONE = and_(DeliveryRecord.delivery_id == bindparam("this_one"), CLAIMABLE)
THIS_CLAIMABLE = Prepared(select(DeliveryRecord.delivery_id).where(THIS_ONE))
NEXT_SENDING = Prepared(select(func.min(DeliveryRecord.next_at).label("at")).where(DUE))
NEXT_LAPSE = Prepared(select(func.min(DeliveryRecord.lease_until).label("at")).where(UNDER_WAY))
WANTED = [getattr(DeliveryRecord, field.name) for field in fields(Delivery)]
TAKEN_THEN = Prepared(
    select(*WANTED).where(UNDER_WAY, DeliveryRecord.worker == bindparam("taken_by"), DeliveryRecord.sending_at == NOW)
)


def _free(chosen: Select[str]) -> ColumnElement[bool]:
    """Those of the chosen deliveries that nobody else has in hand: another sender takes others meanwhile."""
    free = chosen.with_for_update(skip_locked=True).cte("free")
    return DeliveryRecord.delivery_id.in_(select(free.c.delivery_id))


OF_ENDED = exists().where(HandoffRecord.ref == DeliveryRecord.about, HandoffRecord.ended_at.is_not(None))
"""Asked of each due message alone: gathering every ended handoff would hold the pen for 0.3 s at 50,000 cases."""
WITHDRAWING_ENDED = Prepared(
    update(DeliveryRecord)
    .where(_free(select(DeliveryRecord.delivery_id).where(DUE, ASKED, OF_ENDED)))
    .values(state=DeliveryState.WITHDRAWN.value, withdrawn=True, next_at=None, settled_at=NOW)
)


def _taking(chosen: ColumnElement[bool]) -> Prepared:
    lapsed = DeliveryRecord.state == DeliveryState.SENDING.value
    return Prepared(
        update(DeliveryRecord)
        .where(chosen)
        .values(
            lapses=case((lapsed, 1), else_=DeliveryRecord.lapses),
            code=case((lapsed, LAPSED), else_=DeliveryRecord.code),
            state=DeliveryState.SENDING.value,
            attempt=DeliveryRecord.attempt + 1,
            sending_at=NOW,
            next_at=None,
            lease_until=bindparam("leased_until"),
            worker=bindparam("taken_by"),
            folded_into=None,
        )
        .returning(*WANTED)
    )


@lru_cache(maxsize=32)
def _looking_and_taking(besides: frozenset[str]) -> tuple[Prepared, Prepared]:
    """Whether there is anything to take over other channels than these, and the taking of the oldest of it."""
    chosen = and_(CLAIMABLE, *(DeliveryRecord.channel != channel for channel in sorted(besides)))
    one = select(DeliveryRecord.delivery_id).where(chosen)
    oldest = one.order_by(DeliveryRecord.queued_at).limit(bindparam("most", type_=Integer))
    return Prepared(one.limit(1)), _taking(_free(oldest))


MOST_FIRST = 12
"""So many can be named in one claim."""
NAMED = [f"first_{number}" for number in range(MOST_FIRST)]
TAKING_FIRST = _taking(
    _free(
        select(DeliveryRecord.delivery_id).where(
            CLAIMABLE, DeliveryRecord.delivery_id.in_([bindparam(name) for name in NAMED])
        )
    )
)
WAITING = Prepared(
    select(DeliveryRecord.delivery_id, DeliveryRecord.case_id, DeliveryRecord.channel)
    .where(DUE, DeliveryRecord.next_at <= NOW)
    .order_by(DeliveryRecord.queued_at)
    .limit(bindparam("most", type_=Integer))
)
TAKING_THIS = _taking(_free(select(DeliveryRecord.delivery_id).where(THIS_ONE)))


class Wanted(TypedDict, total=False):
    """Who claims how much, of what, and for how long."""

    worker: Required[str]
    now: Required[datetime]
    lease_seconds: Required[float]
    """Seconds of the clock that `now` is from: multiply by `clock.speed`."""
    limit: int
    """8, where nothing is said."""
    besides: Collection[str]
    """Nothing is taken that goes over one of these channels: whoever waits for those has no hand free."""
    look: bool
    """Look first whether there is any, since taking needs the database's one pen; whoever knows that need not."""
    first: Sequence[str]
    """At most `MOST_FIRST` of these are taken before any other, where they are due."""


def claim(db: Database, *, again: bool = False, **wanted: Unpack[Wanted]) -> Sequence[Delivery]:
    """Take up to `limit` due deliveries, oldest first; they are `sending` and leased when this returns.

    `again` looks first what this very claim took before, where nobody knows whether it was committed.

    Raises:
        StoreBusy: nothing was claimed.
    """
    tries = count(int(again))

    def work() -> Sequence[Delivery]:
        with claiming(db, again=next(tries) > 0, **wanted) as taken:
            return taken

    return asked_again(db, work)


@contextmanager
def claiming(db: Database, *, again: bool = False, **wanted: Unpack[Wanted]) -> Iterator[Sequence[Delivery]]:
    """The same in two steps, tried once: within the context it is known what was taken, and can be made ready.

    Nothing of it may leave before the context was left without an exception: then it is committed.

    Raises:
        StoreBusy, StoreUnreachable: `claim` with `again` and the same `now` finds out what became of it.
    """
    now, limit, first = wanted["now"], wanted.get("limit", 8), wanted.get("first", ())
    looking, taking = _looking_and_taking(frozenset(wanted.get("besides", ())))
    if wanted.get("look", True) and not again:
        with db.look() as connection:
            there = looking.first(connection, now=now)
        if there is None:
            yield ()
            return
    until = now + timedelta(seconds=wanted["lease_seconds"])
    how = {"now": now, "leased_until": until, "taken_by": wanted["worker"]}

    def work(connection: Connection) -> list[Any]:
        named = list(first)[: min(limit, MOST_FIRST)]
        taken = TAKING_FIRST.read(connection, **how, **_named(named)) if named else []
        return taken + taking.read(connection, **how, most=limit - len(taken)) if len(taken) < limit else taken

    with db.write() as connection:
        rows = _take(db, connection, work, how, again=again)
        in_order = sorted((delivery_of(row) for row in rows), key=lambda one: (one.queued_at, one.delivery_id))
        yield sorted(in_order, key=lambda one: one.delivery_id not in first)
    reach("claim-committed")


def _named(first: Sequence[str]) -> dict[str, str]:
    """As many values as the statement has places: the last one stands in those that are left over."""
    return {name: first[min(number, len(first) - 1)] for number, name in enumerate(NAMED)}


def waiting(db: Database, now: datetime, limit: int) -> Sequence[Any]:
    """What could leave now, oldest first: rows of `delivery_id`, `case_id` and `channel`."""
    with db.look() as connection:
        return WAITING.read(connection, now=now, most=limit)


def claim_one(db: Database, delivery_id: str, *, worker: str, now: datetime, lease_seconds: float) -> Delivery | None:
    """Take this one if it is due; None where it was sent, settled, withdrawn or taken by another.

    Raises:
        StoreBusy: nothing was claimed.
    """
    with db.look() as connection:
        if THIS_CLAIMABLE.first(connection, now=now, this_one=delivery_id) is None:
            return None
    until = now + timedelta(seconds=lease_seconds)
    how = {"now": now, "leased_until": until, "taken_by": worker}
    tries = count()

    def taking(connection: Connection) -> list[Any]:
        return TAKING_THIS.read(connection, **how, this_one=delivery_id)

    def work() -> Sequence[Any]:
        with db.write() as connection:
            return _take(db, connection, taking, how, again=next(tries) > 0)

    taken = asked_again(db, work)
    reach("claim-committed")
    return delivery_of(taken[0]) if taken else None


def _take(
    db: Database,
    connection: Connection,
    taking: Callable[[Connection], list[Any]],
    how: Mapping[str, Any],
    *,
    again: bool,
) -> Sequence[Any]:
    """Claim. Where the line was cut, look first what this very claim took: it may have been committed.

    Whether the network changed is asked on the way: a look of its own would stand between the claim and the alert.
    """
    if again and (taken := TAKEN_THEN.read(connection, taken_by=how["taken_by"], now=how["now"])):
        return taken
    forget_older_directory(db, IN_FORCE.ask(connection))
    WITHDRAWING_ENDED.run(connection, [{"now": how["now"]}])
    return taking(connection)


def next_send_at(db: Database) -> datetime | None:
    """When the outbox next has something to do: a message, a retry, a lapsed lease; None while nothing waits.

    A lease that lapses for the second time is `Handling.settle_lapsed`'s.
    """
    with db.read() as connection:
        moments = [statement.first(connection).at for statement in (NEXT_SENDING, NEXT_LAPSE)]
    return min((moment for moment in moments if moment is not None), default=None)


def delivery_of(row: Any) -> Delivery:
    """A row of `WANTED` as what a sender needs."""
    values = dict(row._asdict())
    values |= {"purpose": AlertPurpose(row.purpose), "link_use": LinkUse(row.link_use)}
    return Delivery(**values)
