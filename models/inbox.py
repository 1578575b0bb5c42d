"""The handoffs that somebody of a service may see: found, noted as a look, and found again where they are read."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from models.composition import House
from models.doing import KNOWN
from models.keyring_errors import CaseKeyMissing, SealBroken
from models.network import directory_in
from models.reads import ReadKind, note_reads, note_try
from models.relations import RESTING, account_of, directory_for, resting
from models.store import load
from models.tables import HandoffRecord
from models.viewed import HandoffRow
from models.views import HANDOFFS, handoffs_in
from procedures.case import CaseState
from procedures.directory import Directory
from procedures.erasures import CaseErased
from procedures.errors import UnknownHandoff
from procedures.membership import Part, part_in, services_of
from procedures.people import OPERATOR_PREFIX, Role

MOST_SHOWN = 50
"""So many handoffs stand in one list; the rest has more time left."""


@dataclass(frozen=True)
class Asked:
    """One handoff of hers."""

    row: HandoffRow
    state: CaseState
    """What the rules know of its case. Of it a page shows what `part` allows."""
    part: Part
    person: str
    """The person of the network that she is."""


@dataclass(frozen=True)
class Inbox:
    """What she finds when she looks."""

    person: str
    """Who of the network she is; empty where nobody has said so: then nothing is asked of her."""
    asked: Sequence[Asked] = ()
    more: bool = False
    """Whether there are others, with more time left."""


def inbox_of(house: House, actor: str) -> Inbox:
    """The handoffs of the services of this account, least time left first, once it is noted that she looks.

    Raises:
        StoreBusy, StoreFailed: it could not be noted.
    """
    directory = directory_for(house, actor)
    found = _inbox(house, directory, actor)
    seen = dict.fromkeys(one.row.case_id for one in found.asked)
    note_reads(house.database, list(seen), actor, ReadKind.CARD, house.clock.now())
    again = _inbox(house, directory, actor)
    return Inbox(again.person, [one for one in again.asked if one.row.case_id in seen], again.more)


def asked_of(house: House, actor: str, ref: str) -> Asked:
    """The handoff with this reference, once it is noted that she looks. That it is not hers is noted, too.

    Raises:
        UnknownHandoff: there is none, it is not asked of a service of hers, or her service's part has ended.
        StoreBusy, StoreFailed: it could not be noted.
    """
    directory = directory_for(house, actor)
    found, code = _one(house, directory, actor, ref)
    if found is None:
        note_try(house, code or ref, actor)
        raise UnknownHandoff(ref=ref)
    kind = ReadKind.HELD if found.part is Part.HELD else ReadKind.CARD
    note_reads(house.database, [found.row.case_id], actor, kind, house.clock.now())
    again, _code = _one(house, directory, actor, ref)
    # Where a colleague took it in this moment, or it ended, she looks at something else than what was noted.
    return again if again is not None and again.part is found.part else asked_of(house, actor, ref)


def still_asked(house: House, actor: str, asked: Asked, command_id: str) -> Callable[[Connection], None]:
    """What asks, in another transaction, whether it is hers still. That raises UnknownHandoff.

    A command that was done before passes: what it did may have ended her service's part.
    """
    rests = RESTING.get()

    def check(connection: Connection) -> None:
        if KNOWN.first(connection, known_id=command_id) is not None:
            return
        with resting(rests):  # another's thread may ask it for her
            person = _person(connection, actor)
        directory = directory_in(house.database, connection)
        if directory is None or person != asked.person:
            raise UnknownHandoff(ref=asked.row.ref)
        if next(_seen(house, connection, directory, person, [asked.row]), None) is None:
            raise UnknownHandoff(ref=asked.row.ref)

    return check


def _inbox(house: House, directory: Directory | None, actor: str) -> Inbox:
    with house.database.read() as connection:
        person = _person(connection, actor)
        if not person or directory is None:
            return Inbox("")
        theirs = HandoffRecord.service.in_(sorted(services_of(directory, person)))
        rows = handoffs_in(connection, HANDOFFS.where(HandoffRecord.ended_at.is_(None), theirs))
        asked: list[Asked] = []
        for one in _seen(house, connection, directory, person, rows):
            if len(asked) == MOST_SHOWN:
                return Inbox(person, asked, more=True)
            asked.append(one)
        return Inbox(person, asked)


def _one(house: House, directory: Directory | None, actor: str, ref: str) -> tuple[Asked | None, str]:
    """The handoff, where it is hers; and the code of its case, where there is one."""
    with house.database.read() as connection:
        person = _person(connection, actor)
        rows = handoffs_in(connection, HANDOFFS.where(HandoffRecord.ref == ref))
        code = rows[0].case_code if rows else ""
        if not person or directory is None:
            return None, code
        mine = services_of(directory, person)
        ours = [row for row in rows if row.service in mine and row.ended_at is None]
        return next(_seen(house, connection, directory, person, ours), None), code


def _seen(
    house: House, connection: Connection, directory: Directory, person: str, rows: Sequence[HandoffRow]
) -> Iterator[Asked]:
    now = house.clock.now()
    for row in rows:
        try:
            state = load(connection, house.keyring, row.case_id).state
        except (CaseErased, CaseKeyMissing, SealBroken):
            continue  # nobody can say any more who is kept away from it
        part = part_in(directory, state, row.ref, person, now)
        if part is not None:
            yield Asked(row, state, part, person)


def _person(connection: Connection, actor: str) -> str:
    """Who of the network she is, as long as she holds the role."""
    who = account_of(connection, actor.removeprefix(OPERATOR_PREFIX))
    return (who.person or "") if Role.SERVICE_MEMBER in who.roles else ""
