"""Changing duty turns: an override, a swap, or one of them undone, each in one transaction and kept in the chain."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, func, select

from models.composition import House
from models.database import Database
from models.network import directory_in
from models.network_chain import CHAIN, add_duty_act, duty_changes_in
from models.store_errors import NoNetwork
from models.tables import Network
from models.tying import UnknownNetworkPerson
from procedures.directory import Directory
from procedures.duty_changes import (
    DutyAct,
    DutyActKind,
    DutyChange,
    DutyChanges,
    NoSuchChange,
    NothingChanges,
    OpensGap,
    Turn,
    check_times,
    opened_gap,
    same_turns,
    swapped,
    with_changes,
)
from procedures.errors import UnknownService
from procedures.handing_over import NothingToHandOver, handed_over
from procedures.values import ROME

Made = Callable[[Directory, DutyChanges], DutyAct]


def override(house: House, service: str, turn: Turn, why: str, by: str, *, gap: bool = False, command: str = "") -> int:
    """Let somebody else be on duty from then to then; the number of the change. `gap`: hours may stay open, knowingly.

    Raises:
        NoNetwork, UnknownService, UnknownNetworkPerson: it is about nobody of the network.
        WhyNeeded, ChangeBackwards, ChangeOver, ChangeTooLong, NothingChanges, OpensGap: it cannot be done so.
        StoreBusy, StoreFailed: nothing was saved.
    """

    def act(directory: Directory, _known: DutyChanges) -> DutyAct:
        if turn.person and turn.person not in directory.people:
            raise UnknownNetworkPerson
        now = house.clock.now()
        return DutyAct(DutyActKind.OVERRIDDEN, now, by, _service(directory, service), why, (turn,), command=command)

    return _done(house, act, gap=gap, command=command)


def swap(
    house: House,
    service: str,
    turns: tuple[datetime, datetime],
    why: str,
    by: str,
    *,
    gap: bool = False,
    command: str = "",
) -> int:
    """Swap the two turns of a service that begin then; the number of the change.

    Raises as `override`, and NoSuchTurn, SwapOfOne.
    """

    def act(directory: Directory, _known: DutyChanges) -> DutyAct:
        now = house.clock.now()
        name = _service(directory, service)
        pair = swapped(directory.services[name], *turns, now)
        return DutyAct(DutyActKind.SWAPPED, now, by, name, why, pair, command=command)

    return _done(house, act, gap=gap, command=command)


def undo(house: House, number: int, why: str, by: str, *, gap: bool = False, command: str = "") -> int:
    """Let the rota be as it would be without that change; the number of the change.

    Raises:
        NoSuchChange, WhyNeeded, ChangeOver, OpensGap: it cannot be undone, or not so.
    """

    def act(_directory: Directory, known: DutyChanges) -> DutyAct:
        change = known.get(number)
        if change is None or change.undone:
            raise NoSuchChange(number=number)
        now = house.clock.now()
        # The last in time, in whatever order a form named them.
        last = max(change.act.turns, key=lambda turn: turn.until)
        check_times(replace(change.act, at=now, turns=(last,)))
        return DutyAct(DutyActKind.UNDONE, now, by, change.act.service, why, undoes=number, command=command)

    _done(house, act, gap=gap, command=command)
    return number


def hand_over(house: House, person: str, why: str, by: str, *, command: str = "") -> Sequence[int]:
    """Give all turns of a person in the coming month to whoever follows, in one transaction; the changes' numbers.

    Each service has a change of its own, which is undone as any other.

    Raises:
        NoNetwork, UnknownNetworkPerson, NothingToHandOver: there is nothing of that kind.
        WhyNeeded, OpensGap: it cannot be done so.
        StoreBusy, StoreFailed: nothing was saved.
    """
    with house.database.write() as connection:
        CHAIN.take_turn(connection)
        known = duty_changes_in(connection)
        before = [one.number for one in known.values() if command and command in _commands(one)]
        if before:
            return before
        directory, now = directory_in(house.database, connection), house.clock.now()
        if directory is None:
            raise NoNetwork
        if person not in directory.people:
            raise UnknownNetworkPerson
        handed, made = handed_over(directory, person, now), []
        if not handed:
            raise NothingToHandOver
        for one in handed:
            act = DutyAct(DutyActKind.OVERRIDDEN, now, by, one.service, why, one.turns, command=command)
            made.append(_add(connection, directory, known, act, gap=False))
            known = duty_changes_in(connection)
        return made


def duty_changes(db: Database) -> Sequence[DutyChange]:
    """Every override and swap, the latest first."""
    with db.read() as connection:
        return sorted(duty_changes_in(connection).values(), key=lambda change: -change.number)


def _done(house: House, make: Made, *, gap: bool, command: str) -> int:
    with house.database.write() as connection:
        CHAIN.take_turn(connection)
        known = duty_changes_in(connection)
        before = next((one.number for one in known.values() if command and command in _commands(one)), None)
        if before is not None:
            return before
        directory = directory_in(house.database, connection)
        if directory is None:
            raise NoNetwork
        act = make(directory, known)
        return _add(connection, directory, known, act, gap=gap)


def _add(connection: Connection, directory: Directory, known: DutyChanges, act: DutyAct, *, gap: bool) -> int:
    """Chain it on and look what it does; the number of the change, or of the latest where it undoes one."""
    if act.kind is not DutyActKind.UNDONE:
        check_times(act)
    made = add_duty_act(connection, known, act)
    _check(connection, directory, known, made, act, gap=gap)
    return max(made)


def _commands(change: DutyChange) -> tuple[str, str]:
    return change.act.command, change.undone_by


def _check(
    connection: Connection,
    directory: Directory,
    known: DutyChanges,
    made: DutyChanges,
    act: DutyAct,
    *,
    gap: bool,
) -> None:
    """Whether it changes anything, and opens no gap that nobody said. Raises NothingChanges, OpensGap."""
    if act.service not in directory.services:
        return  # undone for a service that left: nothing hangs on it
    imported = connection.execute(select(func.max(Network.imported_at))).scalar_one()
    now = with_changes(directory, made.values(), imported)
    turns = act.turns or known[act.undoes].act.turns
    since, until = max(min(turn.since for turn in turns), act.at), max(turn.until for turn in turns)
    if act.turns and same_turns(directory.services[act.service], now.services[act.service], since, until):
        raise NothingChanges
    opened = None if gap else opened_gap(directory, now, act.service, since, until)
    if opened is not None:
        raise OpensGap(since=_wall(opened.since), until=_wall(opened.until))


def _service(directory: Directory, service: str) -> str:
    if service not in directory.services:
        raise UnknownService(service=service, known=", ".join(sorted(directory.services)))
    return service


def _wall(at: datetime) -> str:
    return at.astimezone(ROME).strftime("%d/%m/%Y %H:%M")
