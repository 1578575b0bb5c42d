"""T3: SIGKILL of desk, dispatcher, engine and Prefect while cases run, at random and at named points; then SIGSTOP."""

import fcntl
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import defaultdict
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from itertools import zip_longest

import httpx2

from tests.trust import checks
from tests.trust.checks import Row
from tests.trust.people import Answerers, Opener, Told
from tests.trust.report import RowResult
from tests.trust.scene import NO_BYTECODE, POINTS_OF, Scene, set_up, until

ROW = "T3"
SPEED = 20.0
RESUMED_WITHIN = 5.0
PATIENCE = 20.0
COMES_BY = 10.0
"""Seconds in which somebody must come by a named point; the process dies wherever it is otherwise."""
SIZES = {"tiny": (12, 20, 0.0), "change": (60, 200, 20.0), "full": (500, 2000, 60.0)}
"""Kills, cases, and how long each process is stopped with SIGSTOP, in seconds."""
PREFECT_EVERY = 10
"""Of the deaths at random so many are its own; it has no named points."""
DOWN_AT_ONCE = 2
"""As many as there are cores to begin again on: with more, waiting for a core would be taken for beginning again."""
STEADY = 5.0
"""Seconds of life before the next death, so that the time to begin again is not that of a crash loop."""
SPENT_ON_KILLS = 0.6
"""Of the budget; the rest is for coming to rest."""


class Killer:
    """Kills processes, each in a thread of its own, and takes the time until it is back at work."""

    def __init__(self, scene: Scene, seed: int) -> None:
        """Nothing is killed yet."""
        self.scene = scene
        self._seed = seed
        self.resumed: dict[str, list[float]] = defaultdict(list)
        self.outages: list[tuple[datetime, datetime]] = []
        """In which nobody passed deadlines, by the house's clock."""
        self.deaths: list[str] = []
        """The point of each, empty for one wherever it was."""
        self._down = threading.Semaphore(DOWN_AT_ONCE)

    def kill_all(self, kills: int, give_up: float) -> None:
        """Carry the plan out, until `give_up` (monotonic seconds) at most."""
        threads = [
            threading.Thread(target=self._kill_each, args=(part, points, give_up), daemon=True)
            for part, points in plan(kills).items()
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _kill_each(self, part: str, points: list[str], give_up: float) -> None:
        chance = random.Random(f"{self._seed}/{part}")  # noqa: S311 - a seed makes it a story
        points.sort(key=lambda point: (not point, chance.random()))  # the named ones first
        for point in points:
            time.sleep(STEADY + chance.random())  # a life long enough to do something
            if time.monotonic() > give_up:
                return
            with self._down:
                self._kill(part, point, chance.randint(1, 3))

    def _kill(self, part: str, point: str, times: int) -> None:
        """One death, and the life after it."""
        supervisor, now = self.scene.supervisor, self.scene.house.clock.now
        starts = supervisor.starts(part)
        if point:
            self.scene.order_death(part, point, times)
            if not self.scene.died_on_order(part, COMES_BY):
                point = ""
        if not point:
            self.scene.kill(part)
        died_at, died = now(), time.monotonic()
        self.deaths.append(point)
        until(lambda: supervisor.starts(part) > starts, PATIENCE)
        self._wait_for_life(part)
        self.resumed[part].append(time.monotonic() - died)
        if part == "dispatcher":
            self.outages.append((died_at, now()))

    def _wait_for_life(self, part: str) -> None:
        if part == "desk":
            until(lambda: answers(self.scene), PATIENCE)
        elif part == "dispatcher":
            opened = self.scene.open_case()
            (ref,) = opened.state.handoffs
            until(lambda: any(ref in mail.subject for mail in self.scene.mail.received()), PATIENCE)
        elif part == "engine":
            until(lambda: at_work(self.scene, part), PATIENCE)
        # Alerts do not wait for the last two: how far they came is looked at in the end, by I9.

    def result(self, row: Row, bare: float) -> RowResult:
        """How soon whoever is waited for was back; a start with nobody killed stands beside it."""
        ours = {part: times for part, times in self.resumed.items() if part in {"desk", "dispatcher"}}
        found = checks.soon_enough(row, "resumed after a kill", ours, RESUMED_WITHIN)
        return replace(found, detail=f"{found.detail}; a bare start {bare:.2f}")


def plan(kills: int) -> dict[str, list[str]]:
    """At which points each process dies; half of all wherever they are.

    Each of ours dies as often as the others: whoever died more would still be dying when the time is over.
    """
    side_by_side = zip_longest(*POINTS_OF.values())
    named = [one for points in side_by_side for one in zip(POINTS_OF, points, strict=True) if one[1]]
    half = kills // 2
    planned: dict[str, list[str]] = {part: [] for part in POINTS_OF}
    for number in range(half):
        part, point = named[number % len(named)]
        planned[part].append(point)
    of_prefect = (kills - half) // PREFECT_EVERY
    for _death in range(kills - half - of_prefect):
        min(planned.values(), key=len).append("")
    return {**planned, "prefect": [""] * of_prefect}


def at_work(scene: Scene, part: str) -> bool:
    """Whether it holds the lock of those that must be alone in a house."""
    with (scene.house.settings.run_folder / f"{part}.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def answers(scene: Scene) -> bool:
    """Whether the desk is there."""
    try:
        return httpx2.get(f"{scene.desk}/livez", timeout=1).is_success
    except httpx2.TransportError:
        return False


def stop_each(scene: Scene, row: Row, seconds: float, killer: Killer) -> list[RowResult]:
    """SIGSTOP, one process at a time: what it did is done by others, or by itself when it goes on."""
    silent: list[str] = []
    late: list[str] = []
    for part in ("dispatcher", "desk", "engine"):
        began = scene.house.clock.now()
        stop_between_commits(scene, part)
        end = time.monotonic() + seconds
        refs = [next(iter(scene.open_case().state.handoffs)) for _case in range(5)]
        time.sleep(max(0.0, end - time.monotonic()))  # it stands still for this long
        if part == "dispatcher":
            silent += [ref for ref in refs if not arrived(scene, ref)]
        scene.supervisor.kill(part, signal.SIGCONT)
        if part == "dispatcher":
            killer.outages.append((began, scene.house.clock.now()))
        # A lambda with a default has no type of its own.
        until(lambda refs=refs: all(arrived(scene, ref) for ref in refs), RESUMED_WITHIN)  # type: ignore[misc]
        late += [ref for ref in refs if not arrived(scene, ref)]
    return [
        row.result("where the dispatcher is stopped, the engine's tasks send", 5, silent),
        row.result("after SIGSTOP everything is sent within 5 s", 15, late),
    ]


def stop_between_commits(scene: Scene, part: str) -> None:
    """Stop it where it does not hold SQLite's one pen: with it, nobody can save, and everybody is told so (T8)."""
    for _try in range(20):
        scene.supervisor.kill(part, signal.SIGSTOP)
        with closing(sqlite3.connect(scene.house.settings.data / "staffetta.sqlite", timeout=0.5)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                scene.supervisor.kill(part, signal.SIGCONT)
            else:
                connection.rollback()
                return
        time.sleep(0.05)  # between two looks


def arrived(scene: Scene, ref: str) -> bool:
    """Whether a mail about this handoff is there."""
    return any(ref in mail.subject for mail in scene.mail.received())


def run(seed: int, budget_s: float, size: str = "change", planted: str = "") -> list[RowResult]:
    """Kill, stop, wait, and look."""
    kills, cases, stopped = SIZES[size]
    row = Row(ROW, size, seed)
    told = Told()
    end = time.monotonic() + budget_s
    bare = bare_start()
    with set_up(speed=SPEED, planted=planted) as scene:
        killer = Killer(scene, seed)
        killing = budget_s * SPENT_ON_KILLS
        opener = Opener(scene, told, cases, pause=killing / cases / 2)
        people = Answerers(scene, told)
        opener.thread.start()
        people.thread.start()
        until(lambda: len(told.opened) > 1, PATIENCE)
        killer.kill_all(kills, time.monotonic() + killing)
        found = stop_each(scene, row, stopped, killer) if stopped else []
        opener.thread.join(max(1.0, end - time.monotonic()))
        until(lambda: not checks.still_open(scene) and not checks.unsettled(scene), max(5.0, end - time.monotonic()))
        found += [checks.history_follows(scene, row, max(10.0, end - time.monotonic()))]
        opener.stopping.set()
        people.stopping.set()
        people.thread.join()
        return [*found, *look(scene, row, told, killer, kills), killer.result(row, bare)]


def look(scene: Scene, row: Row, told: Told, killer: Killer, kills: int) -> list[RowResult]:
    """Every invariant, when all is over."""
    done, at_points = len(killer.deaths), sum(1 for point in killer.deaths if point)
    short = [f"only {done}"] if done < kills else []
    (cases,) = checks.rows(scene, "SELECT count(*) FROM cases")[0]
    return [
        row.result("the kills were made", kills, short, f"{at_points} at points, {done - at_points} at random"),
        *checks.trail_holds(scene, row),
        *checks.told_is_saved(scene, row, told),
        *checks.nothing_lost_or_doubled(scene, row),
        *checks.deadlines_kept(scene, row, killer.outages),
        row.result("every case ended", cases, checks.still_open(scene)),
    ]


def bare_start() -> float:
    """Seconds in which a process with our imports begins on this machine just now, with nobody killed: the floor."""
    began = time.monotonic()
    kept = {name: value for name, value in os.environ.items() if name != NO_BYTECODE}
    subprocess.run([sys.executable, "-c", "import flows.dispatcher"], check=True, env=kept)
    return time.monotonic() - began
