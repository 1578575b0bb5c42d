"""How a house is put together: every process starts here."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from models.addressing import Outgoing, message_domain
from models.bells import Bells
from models.clock import Clock, SystemClock
from models.database import Database
from models.handling import Handling
from models.ids import Ids, RandomIds
from models.library import Procedures
from models.settings import Settings, load_settings
from models.store_errors import FastClockRefused, UnwritableFolder
from models.tables import Case
from models.vault import Keyring, create_keys


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

    def close(self) -> None:
        """Let go of files and connections."""
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
) -> House:
    """Open the house whose data folder is `data`, making what is missing and migrating what is there.

    Args:
        data: the data folder; made (0700) if it is missing, never wiped.
        with_vault: whether this process may read what identifies a person: the desk and the command line alone.
        config: another settings file than `data/staffetta.toml`.
        clock: another clock than that of the settings, for tests.
        ids: another source of ids, for tests.

    Raises:
        BadSettings, BadSettingsFile, UnwritableFolder: it cannot start like this.
        KeyMissing, KeyReadableByOthers, KeyUnreadable: the keys are not as they must be.
        FastClockRefused: the clock would run fast over a real case.
        StoreBusy, StoreFailed, StoreTooNew: the database cannot be used.
    """
    settings = load_settings(data, config)
    clock = clock or SystemClock(settings.clock.speed, settings.clock.origin)
    ids = ids or RandomIds()
    make_folders(settings)
    with _alone(settings):
        if not _has_cases_file(settings):
            create_keys(settings.key_folder)
        keyring = Keyring.load(settings.key_folder, with_vault=with_vault, store=settings.data / "keys.sqlite")
        database = Database.open(settings)
        procedures = Procedures(database, clock.now())
    _refuse_fast_clock(database, clock)
    bells = Bells(settings.run_folder)
    outgoing = Outgoing(frozenset(settings.carriers), message_domain(settings.desk.base_url))
    handling = Handling(database, keyring, procedures, clock, ids, bells, outgoing=outgoing)
    return House(settings, database, keyring, clock, ids, bells, procedures, handling)


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
            raise UnwritableFolder(path=folder, why=error.strerror) from None
        if not os.access(folder, os.W_OK | os.X_OK):
            raise UnwritableFolder(path=folder, why="permission denied")


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Several processes start together: one of them makes keys and tables, the others wait for it."""
    with (settings.run_folder / "opening.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _has_cases_file(settings: Settings) -> bool:
    """Whether there is a database already: a missing key is then a loss, not a beginning."""
    return (settings.data / "keys.sqlite").exists()


def _refuse_fast_clock(database: Database, clock: Clock) -> None:
    if clock.speed == 1:
        return
    real = select(Case.case_id).where(Case.status == "open", Case.drill.is_(False)).limit(1)
    with database.read() as connection:
        if connection.execute(real).first() is not None:
            raise FastClockRefused(speed=clock.speed)
