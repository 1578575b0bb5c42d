"""From a deadline to the alert of its escalation: how late, one at a time and five thousand within one second.

Lateness counts from the moment the protocol sets until the mail server took the alert.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from benchmarks.backends import Backend
from benchmarks.figures import OURS, Figure, Row, row
from benchmarks.houses import Standing, standing
from benchmarks.mails import NoMail, Sink, mail_server
from benchmarks.preparing import fill, seconds_for
from benchmarks.processes import cpu_seconds
from procedures.commands import OpenCase

ALONE = 30
APART = 0.25
START_UP = 8.0
"""Seconds that a dispatcher needs to be up, and more."""
SLACK = 2.0
"""Opening cases may take so many times longer than the sample says, where the machine has its moods."""
MANY = 5000
IMMINENT = 250
"""Of the many, and the last of them to fall due: the worst place for whoever is served first come, first served."""
ALL_WITHIN = 90.0
LATE = "a deadline to the alert of its escalation: lateness"
MANY_LATE = f"{MANY} deadlines in one second: alert taken after"
IMMINENT_LATE = f"{MANY} deadlines in one second: the {IMMINENT} imminent ones, alert taken after"
BEFORE_THEM = f"{MANY} deadlines in one second: ordinary alerts before the last imminent one"
COST = f"{MANY} deadlines in one second: the dispatcher's processor time for each"
REMINDERS = text("SELECT case_id, message_id FROM deliveries WHERE purpose = 'reminder'")


def run(backends: Sequence[Backend]) -> Iterator[Row]:
    """Both, for each database."""
    for backend in backends:
        yield row(Figure(LATE, backend.name, OURS, alone(backend)))
        yield from many(backend)


def alone(backend: Backend) -> list[float]:
    """Milliseconds of lateness, deadline by deadline."""
    with ExitStack() as held:
        sink = held.enter_context(mail_server())
        place = held.enter_context(standing(backend, sink.url))
        first = datetime.now(UTC) + timedelta(seconds=START_UP + SLACK * seconds_for(place, ALONE))
        moments = [first + timedelta(seconds=APART * one) for one in range(ALONE)]
        cases = fill(place, ALONE, lambda one: moments[one], lambda _: "high")
        ahead, _ = _start(held, place, first)
        late = _taken_at(place, sink, cases, ahead + ALONE * APART + 30)
    return [(late[case.case_id] - moment.timestamp()) * 1000 for case, moment in zip(cases, moments, strict=True)]


def many(backend: Backend) -> Iterator[Row]:
    """All at once; rows count seconds from the first deadline."""
    with ExitStack() as held:
        sink = held.enter_context(mail_server())
        place = held.enter_context(standing(backend, sink.url))
        first = datetime.now(UTC) + timedelta(seconds=START_UP + SLACK * seconds_for(place, MANY))
        cases = fill(
            place,
            MANY,
            lambda one: first + timedelta(seconds=one / MANY),
            lambda one: "imminent" if one >= MANY - IMMINENT else "high",
        )
        ahead, pid = _start(held, place, first)
        before = cpu_seconds(pid)
        late = _taken_at(place, sink, cases, ahead + ALL_WITHIN)
        used = cpu_seconds(pid) - before
    after = {case_id: at - first.timestamp() for case_id, at in late.items()}
    imminent = [after[case.case_id] for case in cases[-IMMINENT:] if case.case_id in after]
    ordinary = [after[case.case_id] for case in cases[:-IMMINENT] if case.case_id in after]
    yield row(Figure(MANY_LATE, backend.name, OURS, sorted(after.values()), "s"))
    yield row(Figure(IMMINENT_LATE, backend.name, OURS, imminent, "s"))
    share = 100 * sum(one < max(imminent) for one in ordinary) / len(ordinary)
    yield row(Figure(BEFORE_THEM, backend.name, OURS, [share], "%"))
    yield row(Figure(COST, backend.name, OURS, [1000 * used / len(after)]))


def _start(held: ExitStack, place: Standing, first: datetime) -> tuple[float, int]:
    """Start the dispatcher; seconds until the first deadline, and its pid.

    Raises TimeoutError where the first deadline is gone already.
    """
    pids = held.enter_context(place.at_work("dispatcher"))
    ahead = first.timestamp() - time.time()
    if ahead < 0:
        raise TimeoutError("preparing the cases took longer than it promised: the machine is busy")
    return ahead, pids["dispatcher"]


def _taken_at(place: Standing, sink: Sink, cases: Sequence[OpenCase], seconds: float) -> Mapping[str, float]:
    """Unix seconds at which the reminder of each case was taken; those that came in time."""
    with suppress(NoMail):
        sink.wait_until(len(cases), seconds)
    taken = {mail.message_id: mail.wall for mail in sink.since(0)}
    with place.opened() as house, house.database.read() as connection:
        told = connection.execute(REMINDERS).all()
    return {case_id: taken[message_id] for case_id, message_id in told if message_id in taken}
