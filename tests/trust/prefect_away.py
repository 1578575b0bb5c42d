"""T7: Prefect stopped, five seconds a call, its database locked, wiped, another password. Alerts do not notice.

A proxy of ours stands between the engine and the server; everything else is the house as it runs.
"""

import asyncio
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from cli.demo.background import BackgroundLoop
from flows.supervising import Program
from tests.trust import checks
from tests.trust.checks import Row
from tests.trust.people import Answerers, Told
from tests.trust.report import RowResult
from tests.trust.scene import LOOPBACK, Scene, set_up, until

ROW = "T7"
SPEED = 20.0
SIZES = {"tiny": 3, "change": 20, "full": 200}
ALERTED_WITHIN = 3.0
SLOW = 5.0
KINDS = ("stopped", "5 s a call", "locked", "another password", "wiped")
BETWEEN = 0.15
CATCHING_UP = 60.0
STARTING = 90.0
PER_SECOND = 5.0
"""Runs that an engine tells in a second (docs/prefect.md)."""


class SlowLine:
    """Between the engine and Prefect: every piece that comes from the engine waits `delay` seconds."""

    def __init__(self) -> None:
        """Listen on a free port; where to go is said later."""
        self.delay = 0.0
        self.target = 0
        self._loop = BackgroundLoop("slow line")
        self._server = self._loop.run(self._listen())
        self.port: int = self._server.sockets[0].getsockname()[1]

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._serve, LOOPBACK, 0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection(LOOPBACK, self.target)
        except OSError:
            writer.close()
            return
        await asyncio.gather(self._pass_on(reader, back, slowly=True), self._pass_on(there, writer, slowly=False))

    async def _pass_on(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, slowly: bool) -> None:
        with suppress(OSError):
            while piece := await source.read(65536):
                if slowly and self.delay:
                    await asyncio.sleep(self.delay)
                target.write(piece)
                await target.drain()
        target.close()

    def close(self) -> None:
        """Let everybody go."""
        self._loop.run(_closed(self._server))
        self._loop.stop()


async def _closed(server: asyncio.Server) -> None:
    server.close()


class Trouble:
    """Makes each kind of trouble, and mends it."""

    def __init__(self, scene: Scene, line: SlowLine) -> None:
        """Nothing is wrong yet."""
        self.scene, self.line = scene, line
        self._home = scene.house.settings.data / "prefect"

    @contextmanager
    def of(self, kind: str) -> Iterator[None]:
        """The trouble, as long as the context lasts."""
        making = {
            "stopped": self._stopped,
            "5 s a call": self._slow,
            "locked": self._locked,
            "another password": self._other_password,
            "wiped": self._wiped,
        }
        with making[kind]():
            yield

    @contextmanager
    def _stopped(self) -> Iterator[None]:
        self.scene.supervisor.stop("prefect", within=5.0)
        yield
        self.scene.supervisor.start("prefect")

    @contextmanager
    def _slow(self) -> Iterator[None]:
        self.line.delay = SLOW
        yield
        self.line.delay = 0.0

    @contextmanager
    def _locked(self) -> Iterator[None]:
        until((self._home / "prefect.db").exists, 30)
        with closing(sqlite3.connect(self._home / "prefect.db", isolation_level=None, timeout=30)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            yield
            holder.execute("ROLLBACK")

    @contextmanager
    def _other_password(self) -> Iterator[None]:
        self._with_password("staffetta:another")
        yield
        self._with_password(None)

    def _with_password(self, password: str | None) -> None:
        programs = self.scene.supervisor._programs
        server: Program = programs["prefect"]
        self.scene.supervisor.stop("prefect", within=5.0)
        said = dict(server.environment or {})
        kept = (self._home / "password").read_text("ascii")
        said["PREFECT_SERVER_API_AUTH_STRING"] = password or kept
        programs["prefect"] = replace(server, environment=said)
        self.scene.supervisor.start("prefect")

    @contextmanager
    def _wiped(self) -> Iterator[None]:
        self.scene.supervisor.stop("prefect", within=5.0)
        for file in Path(self._home).glob("prefect.db*"):
            file.unlink()
        self.scene.supervisor.start("prefect")
        yield


def alert_each(scene: Scene, count: int) -> list[float]:
    """Seconds from the commit of each case to its first mail."""
    took = []
    for _case in range(count):
        began = time.monotonic()
        (ref,) = scene.open_case().state.handoffs
        # A lambda with a default has no type of its own.
        until(lambda ref=ref: any(ref in mail.subject for mail in scene.mail.received()), 20, every=0.005)  # type: ignore[misc]
        took.append(time.monotonic() - began)
        time.sleep(BETWEEN)  # as cases come, not as one crowd
    return took


def run(seed: int, budget_s: float, size: str = "change", planted: str = "") -> list[RowResult]:
    """Each kind of trouble with so many cases in it; then the history has to come after."""
    row, count, told = Row(ROW, size, seed), SIZES[size], Told()
    end = time.monotonic() + budget_s
    line = SlowLine()
    took: dict[str, list[float]] = defaultdict(list)
    try:
        with set_up(speed=SPEED, planted=planted, engine_port=line.port) as scene:
            line.target = scene.prefect_port
            people = Answerers(scene, told, ignoring=1000)
            people.thread.start()
            trouble = Trouble(scene, line)
            scene.open_case()
            until(lambda: not checks.history_differs(scene), STARTING)
            for kind in KINDS:
                with trouble.of(kind):
                    took[kind] = alert_each(scene, count)
            until(lambda: not checks.still_open(scene) and not checks.unsettled(scene), 30)
            backlog = len(checks.history_differs(scene))
            within = min(max(20.0, end - time.monotonic()), backlog / PER_SECOND + CATCHING_UP)
            found = [checks.history_follows(scene, row, within)]
            people.stopping.set()
            people.thread.join()
            return [*found, *look(scene, row, told, took, backlog)]
    finally:
        line.close()


def look(scene: Scene, row: Row, told: Told, took: dict[str, list[float]], backlog: int) -> list[RowResult]:
    """Every invariant, when all is over."""
    (rebuilt,) = checks.rows(scene, "SELECT count(*) FROM flow_runs WHERE rebuilt")[0]
    unmarked = [] if rebuilt else ["no flow run is marked as rebuilt"]
    (cases,) = checks.rows(scene, "SELECT count(*) FROM cases")[0]
    return [
        checks.soon_enough(row, "alerts while Prefect is in trouble", took, ALERTED_WITHIN),
        row.result("a wiped history is rebuilt and marked so", rebuilt, unmarked, f"backlog was {backlog} runs"),
        *checks.trail_holds(scene, row),
        *checks.told_is_saved(scene, row, told),
        *checks.nothing_lost_or_doubled(scene, row),
        row.result("every case ended", cases, checks.still_open(scene)),
    ]
