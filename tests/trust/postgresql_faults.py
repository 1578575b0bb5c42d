"""T8 on PostgreSQL: the server restarted, and lines cut in COMMIT, so that nobody hears whether it was done.

A line of ours stands between the house and the server. It cuts at a COMMIT, before or after the server has carried it
out; asking again under the same id settles which it was.
"""

import os
import random
import shutil
import signal
import socket
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from models.accounts import ensure_first_operator
from tests.databases import Cluster, as_whom, binary, said
from tests.trust.checks import Row, rows, trail_holds
from tests.trust.mail_faults import furnished
from tests.trust.report import RowResult
from tests.trust.scene import opening
from tests.trust.store_outcome import Outcome, answered, calm, is_calm

SIZES = {"tiny": (1, 5), "change": (10, 60), "full": (50, 500)}
"""Restarts, and commits whose line is cut."""
SOCKET = ".s.PGSQL.5432"
COMMIT = b"COMMIT"
CUT_SHARE = 0.3


class CuttingLine:
    """A Unix socket in front of the server's, which cuts some lines at their COMMIT."""

    def __init__(self, folder: Path, server: Path, chance: random.Random) -> None:
        """Listen in `folder`; nothing is cut yet."""
        self.cutting = False
        self.cuts = 0
        self._server, self._chance = server, chance
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / SOCKET))
        self._listening.listen(64)
        threading.Thread(target=self._accept, name="cutting line", daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.socket(socket.AF_UNIX)
                try:
                    server.connect(str(self._server / SOCKET))
                except OSError:
                    client.close()
                    continue
                for way in ((client, server, True), (server, client, False)):
                    threading.Thread(target=self._pass_on, args=way, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, towards_server: bool) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                if towards_server and COMMIT in piece and self._is_to_be_cut():
                    self._cut(source, target, piece)
                    break
                target.sendall(piece)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _is_to_be_cut(self) -> bool:
        return self.cutting and not is_calm() and self._chance.random() < CUT_SHARE

    def _cut(self, client: socket.socket, server: socket.socket, piece: bytes) -> None:
        """Away with the line: before the server hears of the COMMIT, or after it has heard and before it answers."""
        self.cuts += 1
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)
        if self._chance.random() < 0.5:
            server.sendall(piece)
            time.sleep(0.05)  # the server carries it out

    def close(self) -> None:
        """Listen no more."""
        self._listening.close()


def run(row: Row, seed: int, end: float) -> list[RowResult]:
    """Nothing where there is no PostgreSQL on this machine."""
    if binary("initdb") is None or binary("postgres") is None:
        return [row.result("PostgreSQL is not on this machine: skipped", 0, [])]
    folder = Path(tempfile.mkdtemp(prefix="trust-pg-"))
    user = as_whom()
    if user:
        os.chown(folder, user["user"], user["group"])
    server = Cluster(folder)
    front = Path(tempfile.mkdtemp(prefix="trust-line-"))
    try:
        server.make()
        server.start()
        return on_server(row, server, front, random.Random(seed), end)  # noqa: S311 - a seed makes it a story
    finally:
        server.stop(signal.SIGQUIT)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(front, ignore_errors=True)


def on_server(row: Row, server: Cluster, front: Path, chance: random.Random, end: float) -> list[RowResult]:
    """One house, reached over the line."""
    restarts, cuts = SIZES[row.size]
    line = CuttingLine(front, server.folder, chance)
    address = server.address(server.furnished()).replace(str(server.folder), str(front))
    house = furnished(front / "data", f'[carriers.email]\nurl = "staffetta-mail://localhost"\n{said(address)}')
    ensure_first_operator(house.database, house.clock.now())
    outcome = Outcome(house, unsure=True)
    seen: Any = outcome
    try:
        line.cutting = True
        while line.cuts < cuts and time.monotonic() < end:
            work(outcome)
        line.cutting = False
        found = outcome.results(row, "lines cut in COMMIT")
        outcome = Outcome(house, unsure=True)
        for _restart in range(restarts):
            restart_under(outcome, server, chance)
        found += outcome.results(row, "PostgreSQL restarted")
        few = [f"only {line.cuts}"] if line.cuts < cuts else []
        doubled = rows(seen, "SELECT id FROM commands GROUP BY id HAVING count(*) > 1")
        return [
            row.result("commits whose line was cut", cuts, few, f"{line.cuts} cut, {restarts} restarts"),
            *found,
            row.result("no command was done twice", outcome.tried, doubled),
            *trail_holds(seen, row),
        ]
    finally:
        house.close()
        line.close()


def work(outcome: Outcome) -> None:
    """A case is opened and answered, each again until it is saved."""
    house = outcome.house
    command = opening(house)
    outcome.until_saved(command)
    with calm():
        opened = house.handling.handle(command).state
    outcome.until_saved(answered(house, opened))


def restart_under(outcome: Outcome, server: Cluster, chance: random.Random) -> None:
    """The server goes as in a crash and comes back, while cases are opened."""

    def restart() -> None:
        time.sleep(chance.uniform(0.05, 0.5))  # at any moment of the work
        server.stop(signal.SIGQUIT)
        server.start()

    restarting = threading.Thread(target=restart)
    restarting.start()
    while restarting.is_alive():
        outcome.until_saved(opening(outcome.house))
    restarting.join()
