"""Two machines on one database: two data folders with the same keys, each with its desk, its dispatcher, its engine."""

import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import func, select

from cli.demo.forms import form_with
from cli.demo.mailserver import MailServer
from cli.demo.received import ReceivedMail
from models.composition import House, open_house
from models.tables import EventRecord, FlowRun, FlowTask, HandoffRecord, Run
from models.trail import verify
from procedures.events import HandoffRequested
from tests.databases import Cluster, said
from tests.integration.prefect_at_work import PrefectAtWork, free_port
from tests.integration.relay import first, furnish, open_shelter, settings_text, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.xdist_group("machines")]
REPOSITORY = Path(__file__).parents[2]
CASES = 60
RUNS = 8


class Machines:
    """Two of them."""

    def __init__(  # noqa: PLR0917  # put together in this file alone
        self,
        folder: Path,
        cluster: Cluster,
        database: str,
        mail: MailServer,
        prefect_port: int,
        speed: float = 1.0,
    ) -> None:
        keys = cluster.create()
        shared = said(cluster.address(database)) + f'[keys]\nstore_url = "{cluster.address(keys)}"\n'
        self.ports = (free_port(), free_port())
        settings = [
            settings_text(mail.url, speed=speed, prefect_port=prefect_port) + f"[desk]\nport = {port}\n" + shared
            for port in self.ports
        ]
        self.houses = [furnish(folder / "one", settings[0])]
        other = folder / "other"
        other.mkdir(mode=0o700)
        shutil.copytree(folder / "one" / "keys", other / "keys")
        (other / "staffetta.toml").write_text(settings[1], encoding="utf-8")
        self.houses.append(open_house(other, with_vault=True))
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, module: str, *, desk: bool = False) -> None:
        """The same process on both."""
        for house, port in zip(self.houses, self.ports, strict=True):
            more = ("--port", str(port)) if desk else ()
            command = [sys.executable, "-m", module, "--data", str(house.settings.data), *more]
            with (house.settings.data / f"{module}.log").open("wb") as log:
                self._running.append(subprocess.Popen(command, cwd=REPOSITORY, stderr=log))

    def close(self) -> None:
        for process in self._running:
            process.terminate()
        for process in self._running:
            process.wait(20)
        for house in self.houses:
            house.close()


@pytest.fixture
def machines(tmp_path: Path, cluster: Cluster, postgresql: str, mail: MailServer) -> Iterator[Machines]:
    both = Machines(tmp_path, cluster, postgresql, mail, free_port())
    yield both
    both.close()


def open_on_both(machines: Machines, cases: int) -> list[str]:
    """Cases opened on both at once; the reference of the first handoff of each."""
    refs: list[str] = []

    def go(house: House) -> None:
        refs.extend(first(open_shelter(house), HandoffRequested).ref for _ in range(cases // 2))

    together([threading.Thread(target=go, args=(house,)) for house in machines.houses])
    return refs


def together(threads: Sequence[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def about(mail: MailServer, refs: Sequence[str]) -> Counter[str]:
    """How many mails there are about each of these handoffs."""
    return Counter(ref for received in mail.received() for ref in refs if ref in received.subject)


def test_two_dispatchers_send_each_alert_once(machines: Machines, mail: MailServer) -> None:
    machines.start("flows.dispatcher")
    refs = open_on_both(machines, CASES)
    wait_for(lambda: len(about(mail, refs)) == CASES, 40)
    assert set(about(mail, refs).values()) == {1}
    assert len({received.message_id for received in mail.received()}) == len(mail.received())
    workers = {house.worker("dispatcher") for house in machines.houses}
    assert len(workers) == 2
    assert verify(machines.houses[0].database, machines.houses[0].keyring).sound


def test_two_dispatchers_pass_each_deadline_once(
    tmp_path: Path, cluster: Cluster, postgresql: str, mail: MailServer
) -> None:
    machines = Machines(tmp_path, cluster, postgresql, mail, free_port(), speed=600)
    house = machines.houses[0]
    try:
        for _ in range(12):
            open_shelter(house)
        machines.start("flows.dispatcher")
        wait_for(lambda: overdue(house) == 12, 60)
        faults = verify(house.database, house.keyring).faults
        with house.database.read() as connection:
            climbed = connection.execute(
                select(EventRecord.case_id, EventRecord.payload).where(EventRecord.kind == "rung_climbed")
            ).all()
    finally:
        machines.close()
    assert not faults
    assert len(set(climbed)) == len(climbed) >= 12
    said_by_both = b"".join(log.read_bytes() for log in tmp_path.rglob("flows.dispatcher.log"))
    assert b"process-ended" in said_by_both
    assert b"stumbled" not in said_by_both


def overdue(house: House) -> int:
    """How many handoffs stand before the coordinator because nobody answered."""
    with house.database.read() as connection:
        query = select(func.count()).select_from(HandoffRecord).where(HandoffRecord.overdue)
        return int(connection.execute(query).scalar_one())


def test_one_answer_at_two_desks_is_taken_once(machines: Machines, mail: MailServer) -> None:
    machines.start("flows.dispatcher")
    machines.start("web", desk=True)
    refs = open_on_both(machines, 20)
    wait_for(lambda: len(about(mail, refs)) == len(refs), 40)
    for port in machines.ports:
        wait_for(partial(is_up, port), 30)
    wanted = [received for received in mail.received() if any(ref in received.subject for ref in refs)]
    statuses = [status for received in wanted for status in accept_at_both(received, machines.ports)]
    assert HTTPStatus.OK in statuses
    assert set(statuses) <= {HTTPStatus.OK, HTTPStatus.GONE}
    with machines.houses[0].database.read() as connection:
        query = select(EventRecord.case_id).where(EventRecord.kind == "handoff_accepted")
        taken = Counter(connection.execute(query).scalars())
    assert sorted(taken.values()) == [1] * len(refs)
    assert verify(machines.houses[1].database, machines.houses[1].keyring).sound


def is_up(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/livez").status_code == HTTPStatus.OK
    except httpx2.TransportError:
        return False


def accept_at_both(received: ReceivedMail, ports: Sequence[int]) -> list[int]:
    """The same answer at two desks at the same moment."""
    statuses: list[int] = []
    together(
        [threading.Thread(target=lambda at: statuses.append(accept(received, at)), args=(port,)) for port in ports]
    )
    return statuses


def accept(received: ReceivedMail, port: int) -> int:
    """Somebody follows the link to one of the desks, types the code, and takes it; the last answer's status."""
    assert received.link is not None
    link = f"http://127.0.0.1:{port}/h/{received.link.rpartition('/')[2]}"
    with httpx2.Client(timeout=20) as client:
        opened = client.post(link, data={"code": received.code or ""})
        form = form_with(opened.text, "accept")
        if form is None:
            return opened.status_code  # the other desk was quicker
        return client.post(link, data=form.filled("accept", datetime.now(UTC))).status_code


def test_two_engines_tell_each_run_once(
    tmp_path: Path, cluster: Cluster, postgresql: str, mail: MailServer, prefect: PrefectAtWork
) -> None:
    machines = Machines(tmp_path, cluster, postgresql, mail, prefect.house.port)
    for house in machines.houses:
        home = house.settings.data / "prefect"
        home.mkdir(mode=0o700)
        (home / "password").write_text(prefect.house.password(), encoding="ascii")
    try:
        machines.start("flows.dispatcher")
        machines.start("flows.engine")
        open_on_both(machines, RUNS)
        wait_for(lambda: at_rest(machines.houses[0]) == RUNS, 150)
        with machines.houses[0].database.read() as connection:
            told = connection.execute(select(FlowRun.flow_run_id)).scalars().all()
            tasks = connection.execute(select(FlowTask.task_run_id)).scalars().all()
            rebuilt = connection.execute(select(func.count()).where(FlowRun.rebuilt)).scalar_one()
    finally:
        machines.close()
    assert len(set(told)) == len(told) == RUNS
    assert len(set(tasks)) == len(tasks) >= RUNS
    assert rebuilt == 0


def at_rest(house: House) -> int:
    """How many runs rest under the name of what they wait for."""
    with house.database.read() as connection:
        resting = select(func.count()).select_from(FlowRun).join(Run, Run.run_id == FlowRun.run_id)
        return int(connection.execute(resting.where(FlowRun.state_name == "Awaiting find_place")).scalar_one())
