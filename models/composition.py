"""How a house is put together: every process starts here."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from models.addressing import Outgoing, message_domain
from models.bells import Bells
from models.clock import Clock, SystemClock
from models.database import Database
from models.database_clock import DatabaseClock, asking
from models.erased import replay_erasures
from models.handling import Handling
from models.ids import Ids, RandomIds
from models.library import Procedures
from models.losses import refuse_lost_database, refuse_lost_keys
from models.places import place_of
from models.settings import Settings, load_settings
from models.since_boot import wall_at_boot
from models.store_errors import FastClockRefused, UnwritableFolder
from models.tables import Case, EventRecord
from models.vault import Keyring, create_keys
from procedures.marking import N_
from procedures.reasons import reason_of


@dataclass(frozen=True)
class House:
    """Everything that a process of the house works with. Close it when done."""

    settings: Settings
    database: Database
    keyring: Keyring
    clock: Clock
    ids: Ids
    bells: Bells
    procedures: Procedures
    """`.library()` and `.directory()` in force."""
    handling: Handling
    place: str = ""
    """Which of several machines on one database this is; empty for a house that has its database alone."""

    def worker(self, name: str) -> str:
        """How this machine's worker of this name signs its leases."""
        return f"{name}-{self.place}" if self.place else name

    def close(self) -> None:
        """Let go of files and connections."""
        if isinstance(self.clock, DatabaseClock):
            self.clock.close()
        self.bells.close()
        self.keyring.close()
        self.database.close()


def open_house(
    data: Path,
    *,
    with_vault: bool,
    config: Path | None = None,
    clock: Clock | None = None,
    ids: Ids | None = None,
    pathways: Path | None = None,
) -> House:
    """Open the house whose data folder is `data`, making what is missing and migrating what is there.

    Args:
        data: the data folder; made (0700) if it is missing, never wiped.
        with_vault: whether this process may read what identifies a person: the desk and the command line alone.
        config: another settings file than `data/staffetta.toml`.
        clock: another clock than that of the settings, for tests.
        ids: another source of ids, for tests.
        pathways: a folder of other procedures than those shipped, for trying them out.

    Raises:
        BadSettings, BadSettingsFile, UnwritableFolder: it cannot start like this.
        KeyMissing, KeyReadableByOthers, KeyUnreadable, KeyStoreUnusable: the keys are not as they must be.
        FastClockRefused: the clock would run fast over a real case.
        StoreBusy, StoreFailed, StoreLost, StoreTooNew: the database cannot be used.
    """
    settings = load_settings(data, config)
    ids = ids or RandomIds()
    make_folders(settings)
    with _alone(settings), ExitStack() as opened:
        refuse_lost_database(settings)
        database = Database.open(settings)
        opened.callback(database.close)
        refuse_lost_keys(settings, database)
        if not _has_cases(settings, database):
            create_keys(settings.key_folder)
        keyring = Keyring.load(settings.key_folder, with_vault=with_vault, store=settings.key_store)
        opened.callback(keyring.close)
        database.channel_key = keyring.channel_key
        replay_erasures(database, keyring.store)
        clock = clock or _clock_of(settings, database)
        procedures = Procedures(database, clock.now(), pathways)
        _refuse_fast_clock(database, clock)
        place = place_of(settings.run_folder) if database.shared else ""
        opened.pop_all()
    bells = _bells_of(settings, database)
    outgoing = Outgoing(frozenset(settings.carriers), message_domain(settings.desk.base_url))
    handling = Handling(database, keyring, procedures, clock, ids, bells, outgoing=outgoing)
    return House(settings, database, keyring, clock, ids, bells, procedures, handling, place)


def _clock_of(settings: Settings, database: Database) -> Clock:
    """Several machines on one database go by its time."""
    how = (settings.clock.speed, settings.clock.origin)
    if database.shared:
        return DatabaseClock(asking(database), *how)
    return SystemClock(*how, wall_at_boot=wall_at_boot(settings.run_folder, lambda: _newest(settings, database)))


def _newest(settings: Settings, database: Database) -> datetime | None:
    """When the newest event was decided; a fast clock's events say nothing of the wall."""
    if settings.clock.speed != 1:
        return None
    with database.read() as connection:
        found: datetime | None = connection.execute(select(func.max(EventRecord.at))).scalar()
    return found


def _bells_of(settings: Settings, database: Database) -> Bells:
    if not database.shared:
        return Bells(settings.run_folder)
    # Only who has a PostgreSQL pays for its driver.
    from models.postgresql_bells import PostgresqlBells  # noqa: PLC0415

    return PostgresqlBells(settings.run_folder, database.engine)


def make_folders(settings: Settings) -> None:
    """Make the data folder and its run folder, for their owner alone.

    Raises:
        UnwritableFolder: it cannot be made or written to.
    """
    for folder in (settings.data, settings.run_folder):
        try:
            if not folder.is_dir():
                folder.mkdir(parents=True, exist_ok=True)
                folder.chmod(0o700)
        except OSError as error:
            raise UnwritableFolder(path=folder, why=reason_of(error)) from None
        if not os.access(folder, os.W_OK | os.X_OK):
            raise UnwritableFolder(path=folder, why=N_("permission denied"))


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Several processes start together: one of them makes keys and tables, the others wait for it."""
    place = settings.run_folder / "opening.lock"
    try:
        lock = place.open("w")
    except OSError as error:
        raise UnwritableFolder(path=place, why=reason_of(error)) from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _has_cases(settings: Settings, database: Database) -> bool:
    """Whether there are cases already: a missing key is then a loss, not a beginning."""
    if (settings.data / "keys.sqlite").exists():
        return True
    with database.read() as connection:
        return connection.execute(select(Case.case_id).limit(1)).first() is not None


def _refuse_fast_clock(database: Database, clock: Clock) -> None:
    if clock.speed == 1:
        return
    real = select(Case.case_id).where(Case.status == "open", Case.drill.is_(False)).limit(1)
    with database.read() as connection:
        if connection.execute(real).first() is not None:
            raise FastClockRefused(speed=clock.speed)
