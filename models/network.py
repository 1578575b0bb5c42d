"""The network's directory in force: the imported text, word for word, by edition."""

from datetime import datetime
from importlib.resources import files

from sqlalchemy import Connection, func, insert, select

from models.database import Database
from models.network_reading import parse_network
from models.prepared import Asked, Prepared
from models.shutting import shut_accounts_of_leavers
from models.tables import Network
from procedures.directory import Directory

__all__ = [
    "current_directory",
    "directory_in",
    "directory_told",
    "export_network",
    "import_network",
    "parse_network",
    "remembered_directory",
    "sample_network",
]

EMPTY = Directory(bodies={}, people={}, services={}, coordinators={}, desks={})
IN_FORCE = Prepared(select(func.max(Network.edition).label("edition")))
REMEMBERED = "directory"


def import_network(db: Database, text: str, file: str, now: datetime, by: str = "shell") -> int:
    """Keep this text as the directory in force from now on; its edition. Accounts of those who left are shut.

    Raises:
        ProcedureFaults: nothing was changed.
    """
    people = parse_network(text, file).people
    with db.write() as connection:
        row = {"imported_at": now, "document": text}
        edition: int = connection.execute(insert(Network).values(row).returning(Network.edition)).scalar_one()
        shut_accounts_of_leavers(connection, people, now, by)
    return edition


def current_directory(db: Database) -> Directory:
    """The directory in force; an empty one before the first import."""
    with db.read() as connection:
        return directory_in(db, connection) or EMPTY


def directory_in(db: Database, connection: Connection) -> Directory | None:
    """The directory in force, within a transaction; None before the first import."""
    return directory_told(db, connection, IN_FORCE.ask(connection))


def directory_told(db: Database, connection: Connection, asked: Asked) -> Directory | None:
    """The same, where `IN_FORCE` was asked before."""
    edition = asked.first().edition
    if edition is None:
        return None
    known: tuple[int, Directory] | None = db.remembered.get(REMEMBERED)
    if known is not None and known[0] == edition:
        return known[1]
    text = connection.execute(select(Network.document).where(Network.edition == edition)).scalar_one()
    directory = parse_network(text, f"network edition {edition}")
    db.remembered[REMEMBERED] = (edition, directory)
    return directory


def remembered_directory(db: Database) -> Directory | None:
    """The directory that was read last, from memory alone: for saying whom to call while the database is away."""
    known: tuple[int, Directory] | None = db.remembered.get(REMEMBERED)
    return None if known is None else known[1]


def export_network(db: Database) -> str | None:
    """The text in force, word for word; None before the first import."""
    query = select(Network.document).order_by(Network.edition.desc()).limit(1)
    with db.read() as connection:
        found: str | None = connection.execute(query).scalar()
    return found


def sample_network() -> str:
    """The text of the invented network that demo and tests use."""
    return files("models").joinpath("samples", "network.yaml").read_text(encoding="utf-8")
