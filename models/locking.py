"""Who decides on a case holds its row until the commit. SQLite's one pen makes this needless there."""

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, func, select

from models.prepared import Asked, Prepared
from models.store_errors import CaseInHand
from models.tables import Case
from procedures.commands import AnyCommand, OpenCase, PassDeadline

ONE = select(Case.case_id).where(Case.case_id == bindparam("locked_id"))
LOCKING = Prepared(ONE.with_for_update())
TRYING = Prepared(ONE.with_for_update(skip_locked=True))
THERE = Prepared(ONE)
OPENING = Prepared(
    select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("command_id"), 0)).label("locked"))
)


def lock_for(connection: Connection, command: AnyCommand, *, waits: bool) -> Asked | None:
    """Be the only one who decides on this case until the transaction ends; the answer is for `see_locked`.

    A case that is not there yet has no row: two requests of one id would both open it, so the id is locked. A deadline
    is left to whoever has the case in hand, who may be passing it; so is, where others would have to wait as well
    (`waits` is false), everything else.
    """
    if not _shared(connection):
        return None
    if isinstance(command, OpenCase):
        OPENING.send(connection, command_id=command.id)
        return None
    if waits and not isinstance(command, PassDeadline):
        LOCKING.send(connection, locked_id=command.case_id)
        return None
    return TRYING.ask(connection, locked_id=command.case_id)


def see_locked(connection: Connection, command: AnyCommand, tried: Asked | None) -> None:
    """See that the case was free, before anything is written of it.

    Raises:
        CaseInHand: somebody else is deciding on it.
    """
    if tried is not None and not tried.rows() and THERE.read(connection, locked_id=command.case_id):
        raise CaseInHand


def lock_cases(connection: Connection, case_ids: Iterable[str]) -> None:
    """Be the only one who decides on these cases. Always in the same order, so that nobody waits in a circle."""
    if _shared(connection):
        for case_id in sorted(case_ids):
            LOCKING.send(connection, locked_id=case_id)


def _shared(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"
