"""Houses full of cases, made quickly: what is measured comes after.

Cases go in through handling itself, on a clock that is set, so that their deadlines fall where a bench wants them. Only
two things are hasty: commits are not synced while this goes on, and the first alerts are marked as taken by one
statement instead of by a dispatcher.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.pool import Pool

from benchmarks.houses import Standing, opening
from models.clock import SetClock
from models.composition import House
from procedures.commands import OpenCase

FIRST_RUNG = timedelta(minutes=5)
"""`intake`: after five minutes its first service is reminded."""
TAKEN = text(
    "UPDATE deliveries SET state = 'accepted', next_at = NULL, settled_at = queued_at "
    "WHERE state IN ('queued', 'sending')"
)


@contextmanager
def unsynced() -> Iterator[None]:
    """Commits of this process may be lost with the machine while the context lasts."""

    def hasty(connection: Any, _record: object, _proxy: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA synchronous=OFF")
        else:
            connection.execute("SET synchronous_commit TO off")
            connection.commit()

    event.listen(Pool, "checkout", hasty)
    try:
        yield
    finally:
        event.remove(Pool, "checkout", hasty)


def take_first_alerts(house: House) -> None:
    """As if a carrier had taken every alert that waits."""
    with house.database.write() as connection:
        connection.execute(TAKEN)


def fill(place: Standing, number: int, due: Callable[[int], datetime], facts: Callable[[int], str]) -> list[OpenCase]:
    """Open that many cases, of the risk `facts` says, each with its first deadline at `due`. No process may run."""
    clock = SetClock(datetime.now(UTC))
    opened = []
    with unsynced(), place.opened(clock) as house:
        for one in range(number):
            clock.at = due(one) - FIRST_RUNG
            command = opening(house, risk=facts(one))
            house.handling.handle(command)
            opened.append(command)
        take_first_alerts(house)
    return opened


def seconds_for(place: Standing, number: int, sample: int = 60) -> float:
    """How long filling takes about, opening the house included: from a sample of cases that wait for hours."""
    far = datetime.now(UTC) + timedelta(hours=6)
    started = datetime.now(UTC)
    fill(place, sample, lambda _: far, lambda _: "high")
    took = (datetime.now(UTC) - started).total_seconds()
    return took * max(1.0, number / sample)
