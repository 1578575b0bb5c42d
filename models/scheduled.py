"""What of the network's own work should have begun by its schedule and has not, and what comes next."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select

from models.composition import House
from models.ids import code_for
from models.tables import CommandRecord, Network
from procedures.commands import OpenCase, Road
from procedures.editions import in_force
from procedures.scheduling import Coming, coming, due_by

ACTOR = "clock"


def due_work(house: House) -> Sequence[Coming]:
    """What is due now and was never begun."""
    library, directory, now = house.procedures.library(), house.procedures.directory(), house.clock.now()
    if all(pathway.schedule is None for pathway in library.current.values()):
        return ()
    due = due_by(library, directory, now, _in_force_since(house))
    with house.database.read() as connection:
        query = select(CommandRecord.id).where(CommandRecord.id.in_([one.command_id for one in due]))
        begun = set(connection.execute(query).scalars())
    return [one for one in due if one.command_id not in begun]


def coming_work(house: House) -> Sequence[Coming]:
    """What is due, then what comes next, soonest first; last what the network's file names no day for."""
    following = coming(house.procedures.library(), house.procedures.directory(), house.clock.now())
    return [*due_work(house), *following]


def begin(house: House, due: Coming) -> None:
    """Begin it. Whoever comes second, on this machine or another, finds it begun.

    Raises:
        Refused: the rules do not allow it.
        CommandIdReused: it was begun otherwise; there is nothing left to do.
        StoreBusy, StoreFailed: not saved.
    """
    house.handling.handle(
        OpenCase(
            id=due.command_id,
            case_id=house.ids.new_id(),
            actor=ACTOR,
            road=Road.CLOCK,
            code=code_for(house.ids, own_work=True),
            seed=house.ids.seed(),
            pathway=due.pathway,
            territory=due.territory,
            facts=dict(due.facts),
            drill=house.clock.speed != 1,
        )
    )


def _in_force_since(house: House) -> Mapping[str, datetime]:
    """Since when each pathway of now is in force in a house that knows a network."""
    with house.database.read() as connection:
        first: datetime | None = connection.execute(select(func.min(Network.imported_at))).scalar()
    known = house.procedures.editions()
    current = {name: in_force(known, name) for name in known}
    since = {name: one.in_force_since for name, one in current.items() if one is not None}
    return {name: max(at, first) for name, at in since.items() if at is not None and first is not None}
