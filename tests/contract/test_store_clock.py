"""The database's time is the time of every machine that works on it, whatever their own walls say."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models import database_clock
from models.database_clock import DatabaseClock
from models.store_errors import StoreUnreachable
from tests.databases import Cluster, said
from tests.houses import CARRIERS, Told

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
ON_A_WRONG_WALL = """
import datetime as real, json, pathlib, sys, time
wrong = real.timedelta(hours=float(sys.argv[2]))
class Wall(real.datetime):
    @classmethod
    def now(cls, tz=None):
        return super().now(tz) + wrong
real.datetime = Wall
told = time.time
time.time = lambda: told() + wrong.total_seconds()
from models.clock import boot_seconds
from models.composition import open_house
house = open_house(pathlib.Path(sys.argv[1]), with_vault=True)
shown = house.clock.now()
print(json.dumps([shown.isoformat(), boot_seconds()]))
house.close()
"""


class Server:
    """A database's wall, and this machine's boot time, as the story wants them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wall = NOON
        self.boot = 1000.0
        self.away = False
        monkeypatch.setattr(database_clock, "boot_seconds", lambda: self.boot)

    def ask(self) -> datetime:
        if self.away:
            raise StoreUnreachable(why="closed")
        return self.wall

    def pass_by(self, seconds: float, *, wall: float | None = None) -> None:
        self.boot += seconds
        self.wall += timedelta(seconds=seconds if wall is None else wall)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    return Server(monkeypatch)


def test_it_goes_on_with_boot_time_between_two_looks(server: Server) -> None:
    clock = DatabaseClock(server.ask)
    server.away = True
    server.pass_by(90)
    assert clock.now() == NOON + timedelta(seconds=90)
    with pytest.raises(StoreUnreachable):
        clock.look_again()
    assert clock.now() == NOON + timedelta(seconds=90)
    clock.close()


def test_it_follows_a_little_and_never_goes_back(server: Server) -> None:
    clock = DatabaseClock(server.ask)
    server.pass_by(60, wall=59)
    before = clock.now()
    clock.look_again()
    assert clock.now() == before
    server.pass_by(2)
    assert clock.now() == NOON + timedelta(seconds=61)
    clock.close()


@pytest.mark.parametrize("step", [timedelta(hours=-2), timedelta(hours=2), timedelta(seconds=6)])
def test_a_wall_that_somebody_set_moves_no_deadline_and_is_noticed(server: Server, step: timedelta) -> None:
    clock = DatabaseClock(server.ask)
    server.pass_by(60)
    server.wall += step
    clock.look_again()
    assert clock.now() == NOON + timedelta(seconds=60)
    assert clock.astray == step
    server.wall -= step
    clock.look_again()
    assert not clock.astray
    clock.close()


def test_under_a_fast_clock_seconds_are_shorter(server: Server) -> None:
    clock = DatabaseClock(server.ask, speed=60, origin=NOON)
    server.pass_by(2)
    assert clock.now() == NOON + timedelta(minutes=2)
    assert clock.real_seconds(NOON + timedelta(minutes=3)) == pytest.approx(1.0)
    clock.close()


@pytest.mark.slow
def test_machines_whose_walls_are_hours_apart_agree_to_milliseconds(
    tmp_path: Path, cluster: Cluster, postgresql: str
) -> None:
    Told(tmp_path, CARRIERS + said(cluster.address(postgresql))).close()
    shown = []
    for hours in ("-3", "0", "5"):
        command = [sys.executable, "-c", ON_A_WRONG_WALL, str(tmp_path), hours]
        made = subprocess.run(command, check=True, capture_output=True, timeout=60, cwd=Path(__file__).parents[2])
        moment, boot = json.loads(made.stdout)
        shown.append(datetime.fromisoformat(moment) - timedelta(seconds=boot))
    assert max(shown) - min(shown) < timedelta(milliseconds=50)
