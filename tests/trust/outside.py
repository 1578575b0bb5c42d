"""T15: a house that is killed, stopped, without a network, on a full disk, or without its dispatcher. Another tells.

The house is `staffetta serve` as people start it, the watcher a process of its own with a mail server of its own.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cli.demo.mailserver import MailServer
from cli.demo.received import ReceivedMail
from flows.serving import claim_port, prepare, wait_ready
from models.composition import open_house
from models.heartbeat import SILENT_SECONDS, Marks, watch_key
from models.settings import FILE_NAME
from models.watch_settings import LOOK_WITHIN
from tests.trust.checks import Row
from tests.trust.killed import ORDERS, PLANT
from tests.trust.prefect_away import SlowLine
from tests.trust.report import RowResult
from tests.trust.scene import LOOPBACK, until

ROW = "T15"
EVERY = ("disk full", "no network", "dispatcher dead", "stopped", "killed")
"""In this order on one house: after the last nothing is left of it."""
KINDS: dict[str, list[tuple[str, ...]]] = {"tiny": [EVERY[2:3]], "change": [EVERY], "full": [EVERY] * 4}
LAW = 180.0
STARTING = 60.0
SENDING = 10.0
QUIET = 2.0
FULL_DISK = """
import os, shutil
_sound = shutil.disk_usage
def disk_usage(path):
    found = _sound(path)
    return type(found)(found.total, found.total, 0) if os.path.exists(os.environ["TRUST_FULL"]) else found
shutil.disk_usage = disk_usage
"""
"""Put into every process of the house: the disk is full for as long as that file is there."""


@dataclass(frozen=True)
class Seconds:
    """The watcher's settings."""

    every: float = 5.0
    silent_after: float = 60.0
    again_every: float = 900.0
    look_within: float = LOOK_WITHIN

    @property
    def limit(self) -> float:
        """By when people must be told."""
        return min(LAW, SILENT_SECONDS + self.every + self.look_within + self.silent_after + SENDING)


SHORT, USUAL = Seconds(0.2, 1.0, 3.0, 2.0), Seconds()


@dataclass
class Outside:
    """A house at work, and who watches it from beyond a line that can be cut."""

    data: Path
    mail: MailServer
    line: SlowLine
    house: "subprocess.Popen[bytes]"
    full: Path
    too_slow: float
    """Seconds that make the line as good as cut."""

    def parts(self) -> list[int]:
        """The processes that the house started."""
        return descendants(self.house.pid)

    def part(self, module: str) -> list[int]:
        """Those of them that run this module."""
        return [pid for pid in self.parts() if module.encode() in _command_of(pid)]

    def said(self, word: str, since: datetime) -> list[ReceivedMail]:
        """The mails since then whose subject holds this word."""
        return [one for one in self.mail.received() if word in one.subject and one.at >= since]


def descendants(pid: int) -> list[int]:
    """Every process below this one, as the kernel knows them."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text(encoding="ascii").split():
            found += [int(child), *descendants(int(child))]
    return found


def _command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _send(number: signal.Signals, *pids: int) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


@contextmanager
def a_house(data: Path, port: int, full: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """`staffetta serve`, without Prefect, until the context ends; killed with all that it started."""
    ear = full.parent / "ear"
    ear.mkdir(exist_ok=True)
    (ear / "sitecustomize.py").write_text(FULL_DISK, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ear), "TRUST_FULL": str(full)}
    command = (sys.executable, "-m", "cli.main", "serve", "--data", str(data))
    with (data / "serve.log").open("ab") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        wait_ready(LOOPBACK, port, STARTING)
        yield process
    finally:
        below = descendants(process.pid) if process.poll() is None else []
        _send(signal.SIGKILL, process.pid, *below)
        process.wait(timeout=STARTING)


@contextmanager
def set_up(folder: Path, seconds: Seconds, planted: str) -> Iterator[Outside]:
    """The house, the line, the watcher."""
    port = claim_port(LOOPBACK, 0, "")
    data, full = folder / "data", folder / "full"
    data.mkdir(mode=0o700)
    text = f"[desk]\nport = {port}\n[prefect]\nenabled = false\n"
    (data / FILE_NAME).write_text(text, encoding="utf-8")
    prepare(data, None)
    house = open_house(data, with_vault=False)
    key = watch_key(house.keyring.token_key).hex()
    house.close()
    with ExitStack() as held:
        mail = held.enter_context(MailServer.start())
        line = SlowLine()
        held.callback(line.close)
        line.target = port
        process = held.enter_context(a_house(data, port, full))
        watched = f'url = "http://{LOOPBACK}:{line.port}"\nkey = "{key}"\n'
        held.enter_context(a_watcher(folder, watched + settings_text(mail.url, seconds), planted))
        yield Outside(data, mail, line, process, full, too_slow=2 * seconds.look_within)


def settings_text(mail: str, seconds: Seconds) -> str:
    """The watcher's own part of its settings."""
    return (
        f"every = {seconds.every}\nsilent_after = {seconds.silent_after}\nagain_every = {seconds.again_every}\n"
        f"look_within = {seconds.look_within}\n"
        f'[carriers.email]\nurl = "{mail}"\n[[tell]]\nemail = "coordinatrice@example.org"\nlanguage = "en"\n'
    )


@contextmanager
def a_watcher(folder: Path, settings: str, planted: str) -> Iterator[None]:
    """`staffetta watch`, until the context ends."""
    place = folder / "watch.toml"
    place.write_text(settings, encoding="utf-8")
    place.chmod(0o600)
    command = (sys.executable, "-m", "tests.trust.killed", "watcher", "cli.main", "watch", str(place))
    told = {**os.environ, ORDERS: str(folder), PLANT: planted}
    with (folder / "watch.log").open("ab") as log:
        process = subprocess.Popen(command, env=told, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=STARTING)


@contextmanager
def trouble(kind: str, outside: Outside) -> Iterator[None]:
    """One kind of trouble; what can be mended is mended afterwards."""
    house, parts = outside.house.pid, outside.parts()
    match kind:
        case "killed":
            _send(signal.SIGKILL, house, *parts)
            yield
        case "stopped":
            _send(signal.SIGSTOP, house, *parts)
            yield
            _send(signal.SIGCONT, *parts, house)
        case "disk full":
            outside.full.touch()
            yield
            outside.full.unlink()
        case "no network":
            outside.line.delay = outside.too_slow
            yield
            outside.line.delay = 0.0
        case _:
            dead = outside.part("flows.dispatcher")
            _send(signal.SIGSTOP, house)  # nobody starts it again
            _send(signal.SIGKILL, *dead)
            yield
            _send(signal.SIGCONT, house)


def run(seed: int, budget_s: float, size: str = "change", planted: str = "") -> list[RowResult]:
    """Each kind on a house of its own, one after another."""
    row, end = Row(ROW, size, seed), time.monotonic() + budget_s
    seconds = USUAL if size == "full" else SHORT
    heard: list[Heard] = []
    for kinds in KINDS[size]:
        with tempfile.TemporaryDirectory(prefix="trust-") as folder, set_up(Path(folder), seconds, planted) as outside:
            heard += [one(kind, outside, seconds) for kind in kinds if time.monotonic() < end]
    return lines(row, heard, seconds.limit)


@dataclass(frozen=True)
class Heard:
    """What came of one trouble."""

    kind: str
    took: float
    """Seconds until people were told."""
    too_early: bool
    """Something was said before there was any trouble."""
    again: bool
    back: bool


def one(kind: str, outside: Outside, seconds: Seconds) -> Heard:
    """Make the trouble, and wait for what is said of it."""
    watched = until(Marks(outside.data / "run").is_watched, STARTING)
    quiet = datetime.now(UTC)
    time.sleep(QUIET)  # nothing is to be heard in it
    too_early = not watched or bool(outside.said("", quiet))
    began = datetime.now(UTC)
    with trouble(kind, outside):
        heard = until(lambda: outside.said("needs you", began), seconds.limit + SENDING, every=0.05)
        took = (datetime.now(UTC) - began).total_seconds() if heard else float("inf")
        later = seconds.again_every + seconds.look_within + SENDING
        again = seconds is USUAL or (heard and until(lambda: len(outside.said("needs you", began)) > 1, later))
    well_by = SILENT_SECONDS + seconds.look_within + 10 * seconds.every + SENDING
    back = kind == "killed" or (heard and until(lambda: len(outside.said("is back", began)) == 1, well_by))
    return Heard(kind, took, too_early, again, back)


def lines(row: Row, heard: list[Heard], limit: float) -> list[RowResult]:
    """What was found."""
    late = [f"{one.kind} {one.took:.1f} s" for one in heard if one.took > limit]
    figures = ", ".join(f"{one.kind} {one.took:.1f} s" for one in heard)
    return [
        row.result(f"law 2: the coordinator is told within {limit:g} s", len(heard), late, figures),
        row.result("she is told again while it lasts", len(heard), [one.kind for one in heard if not one.again]),
        row.result("she is told once that it is back", len(heard), [one.kind for one in heard if not one.back]),
        row.result("of a house that is well nothing is said", len(heard), [one.kind for one in heard if one.too_early]),
    ]
