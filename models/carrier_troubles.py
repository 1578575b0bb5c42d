"""Carriers in trouble: kept for every page of the house, until they work again and whoever was told has heard so."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select, update

from models.account_letters import administrators
from models.carrier_tables import CarrierTroubleRecord
from models.database import Database
from models.ids import RandomIds
from models.prepared import Prepared
from models.upserting import insert
from procedures.directory import Contact, Directory

TABLE = CarrierTroubleRecord.__table__
NAMES = ("place", "carrier", "trouble_id", "code", "in_a_row", "since", "told_at", "over_at")
LASTING = Prepared(
    select(*(TABLE.c[name] for name in NAMES)).where(TABLE.c.over_at.is_(None)).order_by(TABLE.c.carrier)
)
TOLD_FROM = 2
"""One message that fails says little; the second one is told to whoever runs the house."""


@dataclass(frozen=True, slots=True)
class CarrierTrouble:
    """What is known of one carrier."""

    place: str
    carrier: str
    trouble_id: str
    code: str
    in_a_row: int
    since: datetime
    told_at: datetime | None
    over_at: datetime | None


def note_troubles(
    db: Database, place: str, found: Mapping[str, tuple[str, int]], worked: Collection[str], now: datetime
) -> None:
    """Keep what this machine found: of each carrier in trouble its code and how often in a row; and which ones work.

    Of a carrier that is neither, nothing is known since the last start: what was kept of it stands.

    Raises:
        StoreBusy, StoreFailed: nothing was kept.
    """
    ids = RandomIds()
    with db.write() as connection:
        for carrier, (code, in_a_row) in sorted(found.items()):
            new = {"code": code, "in_a_row": in_a_row, "over_at": None}
            row = {"place": place, "carrier": carrier, "trouble_id": ids.new_id(), "since": now, **new}
            kept = insert(CarrierTroubleRecord).values(row)
            connection.execute(kept.on_conflict_do_update(index_elements=["place", "carrier"], set_=new))
        over = [carrier for carrier in worked if carrier not in found]
        ours = (TABLE.c.place == place, TABLE.c.carrier.in_(over))
        connection.execute(delete(CarrierTroubleRecord).where(*ours, TABLE.c.told_at.is_(None)))
        connection.execute(update(CarrierTroubleRecord).where(*ours, TABLE.c.over_at.is_(None)).values(over_at=now))


def forget_others(db: Database, place: str, carriers: Collection[str]) -> None:
    """What was kept of carriers that the settings of this machine name no more: they can never work again.

    Raises:
        StoreBusy, StoreFailed.
    """
    with db.write() as connection:
        gone = (TABLE.c.place == place, TABLE.c.carrier.not_in(sorted(carriers)))
        connection.execute(delete(CarrierTroubleRecord).where(*gone))


def lasting_troubles(db: Database) -> Sequence[CarrierTrouble]:
    """Those that last, by the name of their carrier."""
    with db.look() as connection:
        return [CarrierTrouble(*row) for row in LASTING.read(connection)]


def troubles_to_tell(db: Database, place: str) -> Sequence[CarrierTrouble]:
    """Of this machine: what nobody was told yet, and what is over and nobody was told so."""
    new = (TABLE.c.told_at.is_(None)) & (TABLE.c.in_a_row >= TOLD_FROM)
    query = select(*(TABLE.c[name] for name in NAMES)).where(
        TABLE.c.place == place, or_(new, TABLE.c.over_at.is_not(None))
    )
    with db.read() as connection:
        return [CarrierTrouble(*row) for row in connection.execute(query.order_by(TABLE.c.carrier))]


def trouble_was_told(db: Database, trouble: CarrierTrouble, now: datetime) -> None:
    """Somebody was told; of one that is over nothing more is kept."""
    this = (TABLE.c.place == trouble.place, TABLE.c.carrier == trouble.carrier)
    with db.write() as connection:
        if trouble.over_at is None:
            connection.execute(update(CarrierTroubleRecord).where(*this).values(told_at=now))
        else:
            connection.execute(delete(CarrierTroubleRecord).where(*this, TABLE.c.over_at.is_not(None)))


def readers(db: Database, directory: Directory) -> Sequence[str]:
    """The persons of those who run the house; where none is tied to one, of the coordinations."""
    with db.read() as connection:
        found = [person for person in administrators(connection) if person in directory.people]
    return found or sorted({one.people[0] for one in directory.coordinators.values()})


def another_way(directory: Directory, person: str, channels: Collection[str]) -> Contact | None:
    """How this person is reached over one of these channels, in the order of her contacts."""
    return next((one for one in directory.people[person].ways if one.kind.value in channels), None)
