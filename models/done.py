"""What became of a command, asked by its id: how a caller whose answer was lost finds out (trust.md, commands)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from models.database import Database
from models.erased import refuse_erased
from models.recording import read_events
from models.tables import Case, CommandRecord, EventRecord
from models.vault import Keyring
from procedures.case import CaseState
from procedures.evolving import replay


@dataclass(frozen=True)
class DoneCommand:
    """A command that was carried out."""

    case_id: str
    case_code: str
    at: datetime
    last_seq: int
    """The number of the last event of its case right after it."""
    kinds: tuple[str, ...]
    """What it led to; nothing where it asked for what was so already."""


def done_command(db: Database, command_id: str) -> DoneCommand | None:
    """The command with this id; None where nothing was saved under it."""
    known = select(CommandRecord.__table__, Case.code).join(Case, Case.case_id == CommandRecord.case_id)
    with db.read() as connection:
        row = connection.execute(known.where(CommandRecord.id == command_id)).first()
        if row is None:
            return None
        events = select(EventRecord.kind).where(
            EventRecord.case_id == row.case_id, EventRecord.seq >= row.first_seq, EventRecord.seq <= row.last_seq
        )
        kinds = tuple(connection.execute(events.order_by(EventRecord.seq)).scalars())
    return DoneCommand(row.case_id, row.code, row.at, row.last_seq, kinds)


def digest_of_done(db: Database, command_id: str) -> str | None:
    """What was carried out under this id, by its keyed digest; None where nothing was."""
    with db.read() as connection:
        found: str | None = connection.scalar(select(CommandRecord.digest).where(CommandRecord.id == command_id))
    return found


def state_after(db: Database, keyring: Keyring, case_id: str, seq: int) -> CaseState:
    """The case as its first `seq` events made it: what the first answer to a command was built from.

    Raises:
        CaseErased.
    """
    with db.read() as connection:
        refuse_erased(connection, case_id)
        recorded = read_events(connection, keyring, case_id, last=seq)
    return replay(one.event for one in recorded)
