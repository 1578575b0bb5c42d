"""What one wake-up costs beside no other case and beside fifty thousand open ones.

Two houses in one process, in turns: claiming one delivery, and passing the deadline of one case, each with the look
that finds it. The fifty thousand are copies of one case's rows under other names (of its trail the last line), whose
deadlines lie a month ahead; the database was not told to gather statistics about them. Commits are not synced here:
what a disk takes is the same in both houses, and would hide the rest. On SQLite all of it is the work
of this process, so its processor time is counted, whatever else the machine does; on PostgreSQL the time that goes by.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Table, text

from benchmarks.backends import Backend
from benchmarks.figures import OURS, Figure, Row, percentile, row
from benchmarks.houses import opening, standing
from benchmarks.preparing import FIRST_RUNG, take_first_alerts, unsynced
from flows.deadlines import pass_deadline
from models import outbox, wakeups
from models.clock import SetClock
from models.columns import Base
from models.composition import House

OPEN = 50_000
ROUNDS = 60
NOWHERE = "staffetta-mail://127.0.0.1:9/?from=staffetta@example.org&tls=none"
COPIED = ("cases", "runs", "handoffs", "events", "commands", "deliveries", "links", "run_wakes")
IDS = ("case_id", "run_id", "alert_id", "delivery_id", "message_id", "id")
NAMES = frozenset((*IDS, "code", "ref", "about", "about_ref", "token_hash"))
"""Columns that name a row or another: each copy has its own."""
CLAIMING = "cost of claiming one delivery"
PASSING = "cost of passing one deadline"


def run(backends: Sequence[Backend]) -> Iterator[Row]:
    """For each database: both costs in both houses, and how they compare."""
    for backend in backends:
        yield from compared(backend)


def compared(backend: Backend) -> Iterator[Row]:
    """Milliseconds, and the ratio."""
    with ExitStack() as held:
        start = datetime.now(UTC)
        clocks = [SetClock(start), SetClock(start)]
        houses = [held.enter_context(held.enter_context(standing(backend, NOWHERE)).opened(clock)) for clock in clocks]
        held.enter_context(unsynced())
        crowd(houses[1], clocks[1])
        clocks[1].at = start
        cases = [[open_one(house) for _ in range(ROUNDS)] for house in houses]
        claims: list[list[float]] = [[], []]
        passes: list[list[float]] = [[], []]
        for _ in range(ROUNDS):
            for number, house in enumerate(houses):
                claims[number].append(claim(house))
        for clock in clocks:
            clock.at = start + FIRST_RUNG
        for one in range(ROUNDS):
            for number, house in enumerate(houses):
                passes[number].append(passing(house, cases[number][one]))
    for name, taken in ((CLAIMING, claims), (PASSING, passes)):
        alone, crowded = taken
        yield row(Figure(f"{name}, no other case", backend.name, OURS, alone))
        yield row(Figure(f"{name}, {OPEN} open cases", backend.name, OURS, crowded))
        ratio = percentile(crowded, 50) / percentile(alone, 50)
        yield row(Figure(f"{name}: {OPEN} open cases to none, medians", backend.name, OURS, [ratio], "ratio"))


def open_one(house: House) -> str:
    """A case whose alert waits to be claimed; its id."""
    command = opening(house)
    house.handling.handle(command)
    return command.case_id


def seconds(house: House) -> float:
    """What is counted in this house."""
    return time.monotonic() if house.database.shared else time.process_time()


def claim(house: House) -> float:
    """Milliseconds for one."""
    started = seconds(house)
    taken = outbox.claim(house.database, worker="bench", now=house.clock.now(), lease_seconds=3600, limit=1)
    outbox.next_send_at(house.database)
    took = seconds(house) - started
    assert len(taken) == 1
    return took * 1000


def passing(house: House, case_id: str) -> float:
    """Milliseconds for one."""
    started = seconds(house)
    found = wakeups.due_cases(house.database, house.clock.now(), limit=1)
    pass_deadline(house, case_id)
    wakeups.next_deadline(house.database)
    took = seconds(house) - started
    assert found
    return took * 1000


def crowd(house: House, clock: SetClock) -> None:
    """Fifty thousand open cases: copies of one that was opened a month from now."""
    clock.at += timedelta(days=30)
    open_one(house)
    take_first_alerts(house)
    with house.database.write() as connection:
        if house.database.shared:
            connection.execute(text("SET LOCAL statement_timeout = '10min'"))
        for name in COPIED:
            copy_rows(connection, Base.metadata.tables[name])


def copy_rows(connection: Connection, table: Table) -> None:
    """The rows of one table, `OPEN` times under other names."""
    columns = [column.name for column in table.columns]
    copied = ", ".join(f"'b' || i || '.' || t.{name}" if name in NAMES else f"t.{name}" for name in columns)
    # Names of our own tables.
    last = f" WHERE t.seq = (SELECT max(seq) FROM {table.name})" if table.name == "events" else ""  # noqa: S608
    statement = (  # names of our own tables and columns, and a number of ours
        f"INSERT INTO {table.name} ({', '.join(columns)}) "  # noqa: S608  # names of our own tables
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {OPEN}) "
        f"SELECT {copied} FROM {table.name} AS t CROSS JOIN n{last}"
    )
    connection.execute(text(statement))
