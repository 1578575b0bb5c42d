"""T8 on SQLite: busy, full at every write, read-only, damaged. The caller hears *not saved*; nothing is half saved."""

import asyncio
import os
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from starlette.testclient import TestClient

from cli.demo.mailserver import MailServer
from models.accounts import FIRST_OPERATOR, ensure_first_operator
from models.composition import House
from models.database import Database
from models.sqlite import BEGIN
from models.store_errors import StoreBusy, StoreDamaged, StoreFailed, UnwritableFolder
from procedures.errors import StaffettaError
from tests.signing import Telephones
from tests.trust import postgresql_faults, trial
from tests.trust.checks import Row, nothing_lost_or_doubled, rows, trail_holds
from tests.trust.mail_faults import Trial, dispatching, furnished, quiet
from tests.trust.plants import planting
from tests.trust.report import RowResult
from tests.trust.scene import opening
from tests.trust.store_outcome import Outcome, answered, calm, is_calm
from web.app import create_app
from web.log import desk_log

ROW = "T8"
SIZES = {"tiny": (20, 12, 4), "change": (200, 64, 20), "full": (2000, 64, 200)}
"""Commands under a busy database, writes at which the disk is full, damaged pages."""
BUSY_SHARE = 0.1
PAGE = 4096
NOBODY = 65534
HELD = 7.0
"""Longer than a writer waits (`models.sqlite.BUSY_SECONDS`)."""
NOT_SAVED = ("telefon", "telephone")


@contextmanager
def busy(house: House, chance: random.Random) -> Iterator[None]:
    """A tenth of the transactions that write find the database busy, as the driver says it."""

    def refuse(connection: Connection) -> None:
        if connection.get_execution_options().get(BEGIN) and not is_calm() and chance.random() < BUSY_SHARE:
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode, error.sqlite_errorname = sqlite3.SQLITE_BUSY, "SQLITE_BUSY"
            raise error

    event.listen(house.database.engine, "begin", refuse, insert=True)
    try:
        yield
    finally:
        event.remove(house.database.engine, "begin", refuse)


def under_busy(row: Row, house: House, chance: random.Random, count: int) -> list[RowResult]:
    """Cases opened and answered while every tenth transaction is refused."""
    outcome = Outcome(house)
    with busy(house, chance):
        while outcome.tried < count:
            command = opening(house)
            outcome.until_saved(command)
            with calm():
                opened = house.handling.handle(command).state
            outcome.until_saved(answered(house, opened))
    # Another shape with the same few fields.
    return [*outcome.results(row, "SQLITE_BUSY on 10 %"), *trail_holds(outcome, row)]  # type: ignore[arg-type]


def all_in_one_file(database: Database) -> None:
    """Have the log written into the database's file; outside a transaction, for within one SQLite may refuse it."""
    with closing(database.engine.raw_connection()) as line:
        line.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def full_at_each_write(row: Row, house: House, writes: int) -> list[RowResult]:
    """The disk is full at the first page that is written, then at the second, and so on; afterwards all goes on."""
    outcome = Outcome(house)
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    for number in range(writes):
        command = opening(house)
        for database in (house.database, house.keyring._store._database):
            all_in_one_file(database)
        resource.setrlimit(resource.RLIMIT_FSIZE, (number * PAGE + PAGE // 2, hard))
        try:
            outcome.ask(command)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        outcome.until_saved(command)
    # Another shape with the same few fields.
    return [*outcome.results(row, "disk full at every write"), *trail_holds(outcome, row)]  # type: ignore[arg-type]


def full_by_pages(row: Row, house: House) -> list[RowResult]:
    """The database may not grow any more: SQLite's own word for a full disk."""
    outcome = Outcome(house)

    def no_more(connection: Any, _record: object) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages}")

    house.database.engine.dispose()
    event.listen(house.database.engine, "connect", no_more)
    left = [opening(house) for _case in range(30)]
    for command in left:
        outcome.ask(command)
    event.remove(house.database.engine, "connect", no_more)
    house.database.engine.dispose()
    for command in left:
        outcome.until_saved(command)
    # Another shape with the same few fields.
    return [*outcome.results(row, "SQLITE_FULL"), *trail_holds(outcome, row)]  # type: ignore[arg-type]


def told_by_page_and_command(row: Row, house: House) -> list[RowResult]:
    """Another process holds the pen for too long: page and command line say *not saved, telephone*, and a plain no."""
    data = house.settings.data
    password = ensure_first_operator(house.database, house.clock.now())
    desk = create_app(house, log=desk_log(StringIO()))
    browser = TestClient(desk, base_url="http://127.0.0.1:8480", headers={"sec-fetch-site": "same-origin"})
    Telephones().sign_in(browser, FIRST_OPERATOR, password or "")
    from tests.trust.people import desk_form

    form = desk_form(browser.get("/cases/new").text)
    # Another shape with the same few fields.
    (before,) = rows(Seen(house), "SELECT count(*) FROM cases")[0]  # type: ignore[arg-type]
    command = [sys.executable, "-m", "cli.main", "case", "open", "--data", str(data), "--territory", "valle_chiara"]
    with closing(sqlite3.connect(data / "staffetta.sqlite", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        page = browser.post("/cases/new", data=form)
        shell = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        holder.execute("ROLLBACK")
    # Another shape with the same few fields.
    (after,) = rows(Seen(house), "SELECT count(*) FROM cases")[0]  # type: ignore[arg-type]
    wrong = []
    if page.status_code != 503 or not any(word in page.text.lower() for word in NOT_SAVED):
        wrong.append(f"page {page.status_code}")
    if shell.returncode != 1 or not any(word in shell.stderr.lower() for word in NOT_SAVED) or "Trace" in shell.stderr:
        wrong.append(f"command line {shell.returncode}: {shell.stderr[:200]}")
    if before != after:
        wrong.append("something was saved")
    return [row.result("a held database: page and command line say not saved, telephone", 2, wrong)]


class Seen:
    """What `rows` looks at."""

    def __init__(self, house: House) -> None:
        """The house."""
        self.house = house


@contextmanager
def somebody_who_may_not(folder: Path) -> Iterator[None]:
    """This process as a user who may read the folder and write nothing in it."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    if os.getuid() == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(os.getuid())
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o700 if path.is_dir() else 0o600)


def not_to_be_written(row: Row, house: House) -> list[RowResult]:
    """The database's folder becomes read-only under a running house; afterwards the same commands are saved."""
    outcome = Outcome(house)
    commands = [opening(house) for _case in range(5)]
    for database in (house.database, house.keyring._store._database):
        database.engine.dispose()
    data = house.settings.data
    heard: list[str] = []
    with somebody_who_may_not(data):
        for command in commands:
            try:
                house.handling.handle(command)
                heard.append("saved")
            except (StoreBusy, StoreFailed, UnwritableFolder):
                outcome.failed += 1
            except Exception as error:  # noqa: BLE001 - that is the finding
                heard.append(type(error).__name__)
    for database in (house.database, house.keyring._store._database):
        database.engine.dispose()
    for command in commands:
        outcome.until_saved(command)
    return [
        row.result("read-only folder: not saved is told", len(commands), heard),
        *outcome.results(row, "read-only folder, writable again")[:1],
        *trail_holds(outcome, row),  # type: ignore[arg-type]  # another shape with the same few fields
    ]


async def sent_when_it_is_over(row: Row, house: House, mail: MailServer, chance: random.Random) -> list[RowResult]:
    """Everything that was saved goes out, while the database is still busy now and then."""
    scene: Any = Trial(house, mail)
    with busy(house, chance):
        async with dispatching(house):
            await quiet(house, mail)
    return nothing_lost_or_doubled(scene, row)


def damaged(row: Row, house: House, chance: random.Random, count: int, folder: Path) -> list[RowResult]:
    """One page of the file is turned over: the look before the start finds it, and nothing is started."""
    all_in_one_file(house.database)
    whole = (house.settings.data / "staffetta.sqlite").read_bytes()
    used = used_pages(house)
    missed = []
    for number in range(count):
        page = chance.choice(used)
        spoilt = bytearray(whole)
        start = (page - 1) * PAGE + (100 if page == 1 else 0)
        for place in range(start, start + 64):
            spoilt[place] ^= 0xFF
        target = folder / f"spoilt-{number}.sqlite"
        target.write_bytes(spoilt)
        if not is_refused(target):
            missed.append(page)
        target.unlink()
    return [row.result("a flipped page is found before anything is written", count, missed)]


def used_pages(house: House) -> list[int]:
    """The numbers of pages that hold something; all of them, where SQLite cannot say."""
    try:
        with house.database.read() as connection:
            return [page for (page,) in connection.exec_driver_sql("SELECT pageno FROM dbstat").all()]
    except Exception:  # noqa: BLE001 - SQLite may be built without it
        size = (house.settings.data / "staffetta.sqlite").stat().st_size
        return list(range(1, size // PAGE + 1))


def is_refused(file: Path) -> bool:
    """Whether the look before the start refuses this file."""
    from models.database import Database, engine_for

    database = Database(engine_for(f"sqlite:///{file}", "[database] url"))
    try:
        database.check()
    except (StoreDamaged, StoreFailed):
        return True
    finally:
        database.close()
    return False


def run(seed: int, budget_s: float, size: str = "change", planted: str = "") -> list[RowResult]:
    """One fault after another, on one house."""
    row, (commands, writes, pages) = Row(ROW, size, seed), SIZES[size]
    chance = random.Random(seed)  # noqa: S311 - a seed makes it a story
    end = time.monotonic() + budget_s
    with (
        tempfile.TemporaryDirectory(prefix="trust-") as name,
        MailServer.start() as mail,
        trial.in_force(),
        planting(planted),
    ):
        folder = Path(name)
        folder.chmod(0o755)
        house = furnished(folder / "data", f'[carriers.email]\nurl = "{mail.url}"\n')
        parts: list[Callable[[], list[RowResult]]] = [
            lambda: under_busy(row, house, chance, commands),
            lambda: full_at_each_write(row, house, writes),
            lambda: full_by_pages(row, house),
            lambda: told_by_page_and_command(row, house),
            lambda: not_to_be_written(row, house),
            lambda: asyncio.run(sent_when_it_is_over(row, house, mail, chance)),
            lambda: damaged(row, house, chance, pages, folder),
            lambda: postgresql_faults.run(row, seed, end),
        ]
        try:
            return [found for part in parts if time.monotonic() < end for found in tell(row, part)]
        finally:
            house.close()


def tell(row: Row, part: Callable[[], list[RowResult]]) -> list[RowResult]:
    """The lines of one part; a fault of its own is a broken line, not the end of the row."""
    try:
        return part()
    except StaffettaError as error:
        return [row.result("no fault of our own", 1, [f"{type(error).__name__} {error}"])]
