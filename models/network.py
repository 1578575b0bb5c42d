"""The network's directory in force: the imported text, word for word, by edition."""

from collections.abc import Container
from datetime import datetime
from importlib.resources import files

from sqlalchemy import Connection, func, insert, select

from models import network_chain
from models.act_tables import ActHead
from models.database import Database
from models.network_reading import parse_network
from models.prepared import Asked, Prepared
from models.shutting import shut_accounts_of_leavers
from models.standing import CHAIN, channel_mark, own_ways
from models.standing_tables import RevokedChannel
from models.tables import Network
from procedures.directory import Directory
from procedures.duty_changes import with_changes
from procedures.network_editions import NetworkAct, NetworkActKind

__all__ = [
    "current_directory",
    "directory_in",
    "directory_told",
    "export_network",
    "forget_older_directory",
    "import_network",
    "parse_network",
    "remembered_directory",
    "sample_network",
]

EMPTY = Directory(bodies={}, people={}, services={}, coordinators={}, desks={})
OF_STANDING = select(ActHead.hash).where(ActHead.name == CHAIN.name).scalar_subquery()
"""By its hash: what was read in a transaction that came to nothing is never taken for what is kept instead."""
OF_CHANGES = select(ActHead.hash).where(ActHead.name == network_chain.CHAIN.name).scalar_subquery()
IN_FORCE = Prepared(
    select(func.max(Network.edition).label("edition"), OF_STANDING.label("standing"), OF_CHANGES.label("changes"))
)
REMEMBERED, WRITTEN = "directory", "network as written"


def import_network(db: Database, text: str, file: str, now: datetime, by: str = "shell") -> int:
    """Keep this text as the directory in force from now on; its edition. Accounts of those who left are shut.

    Raises:
        ProcedureFaults: nothing was changed.
    """
    people = parse_network(text, file).people
    with db.write() as connection:
        network_chain.CHAIN.take_turn(connection)
        edition = put_in_force(connection, text, people, now, by)
        act = NetworkAct(NetworkActKind.IMPORTED, now, by, network_chain.digest_of(text), edition)
        network_chain.add_network_act(connection, {}, act)
    return edition


def put_in_force(connection: Connection, text: str, people: Container[str], now: datetime, by: str) -> int:
    """Keep a text that was read before as the edition in force; its number. Accounts of those who left are shut."""
    row = {"imported_at": now, "document": text}
    edition: int = connection.execute(insert(Network).values(row).returning(Network.edition)).scalar_one()
    shut_accounts_of_leavers(connection, people, now, by)
    return edition


def current_directory(db: Database) -> Directory:
    """The directory in force; an empty one before the first import."""
    with db.look() as connection:
        found = IN_FORCE.first(connection)
    if found.edition is None:
        return EMPTY
    known = _remembered(db, tuple(found))
    if known is not None:
        return known
    with db.read() as connection:
        return directory_in(db, connection) or EMPTY


def directory_in(db: Database, connection: Connection) -> Directory | None:
    """The directory in force, within a transaction; None before the first import."""
    return directory_told(db, connection, IN_FORCE.ask(connection))


def directory_told(db: Database, connection: Connection, asked: Asked) -> Directory | None:
    """The same, where `IN_FORCE` was asked before."""
    found = asked.first()
    if found.edition is None:
        return None
    known = _remembered(db, tuple(found))
    if known is not None:
        return known
    columns = select(Network.document, Network.imported_at).where(Network.edition == found.edition)
    text, since = connection.execute(columns).one()
    directory = _trusted(db, connection, _as_written(db, text, f"network edition {found.edition}"))
    directory = with_changes(directory, network_chain.duty_changes_in(connection).values(), since)
    db.remembered[REMEMBERED] = (tuple(found), directory)
    return directory


def _as_written(db: Database, text: str, file: str) -> Directory:
    """The text, read once: a channel that is verified, or somebody who is away, makes no alert wait for that."""
    known: tuple[str, Directory] | None = db.remembered.get(WRITTEN)
    if known is None or known[0] != text:
        known = (text, parse_network(text, file))
        db.remembered[WRITTEN] = known
    return known[1]


def _remembered(db: Database, found: tuple[object, ...]) -> Directory | None:
    known: tuple[tuple[object, ...], Directory] | None = db.remembered.get(REMEMBERED)
    return known[1] if known is not None and known[0] == found else None


def _trusted(db: Database, connection: Connection, directory: Directory) -> Directory:
    """The directory without the channels that are not trusted, whoever reads them: nothing goes there.

    With what people said of how and when they are called.
    """
    if not connection.execute(select(ActHead.seq).where(ActHead.name == CHAIN.name)).scalar_one():
        return directory
    key = db.channel_key
    assert key is not None, "without its keys no house knows which channels are shut"
    shut = set(connection.execute(select(RevokedChannel.mark)).scalars())
    people = {
        name: person.model_copy(
            update={"contacts": tuple(one for one in person.contacts if channel_mark(key, one) not in shut)}
        )
        for name, person in directory.people.items()
    }
    return directory.model_copy(update={"people": people, "own": own_ways(connection, key, people)})


def remembered_directory(db: Database) -> Directory | None:
    """The directory that was read last, from memory alone: for saying whom to call while the database is away."""
    known: tuple[tuple[object, ...], Directory] | None = db.remembered.get(REMEMBERED)
    return None if known is None else known[1]


def forget_older_directory(db: Database, asked: Asked) -> None:
    """Where another is in force by now (`IN_FORCE` was asked), `remembered_directory` remembers none.

    It reads nothing: whoever claims alerts must not stumble over a network that cannot be read.
    """
    if _remembered(db, tuple(asked.first())) is None:
        db.remembered.pop(REMEMBERED, None)


def export_network(db: Database) -> str | None:
    """The text in force, word for word; None before the first import."""
    query = select(Network.document).order_by(Network.edition.desc()).limit(1)
    with db.read() as connection:
        found: str | None = connection.execute(query).scalar()
    return found


def sample_network() -> str:
    """The text of the invented network that demo and tests use."""
    return files("models").joinpath("samples", "network.yaml").read_text(encoding="utf-8")
