"""A repeated step, one decided anew and a pathway reopened: the real engine tells what the trail says."""

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.demo.mailserver import MailServer
from flows.comparing import state_name_of
from flows.deadlines import pass_deadline
from models.clock import SetClock
from models.composition import House, open_house
from models.history import attempts_of_run, events_of_run, flow_run_of, run_facts
from models.network import import_network
from models.pulse import pulse
from models.telling import tell
from models.trail import verify
from procedures import commands as c
from procedures.case import CaseState
from tests.integration.prefect_at_work import (
    PREFECT_LEAVES_SOCKETS,
    at_rest,
    engine_at_work,
    flow_run,
    task_runs,
    until,
)
from tests.integration.relay import NETWORK, handle, open_shelter, run_id_of, settings_text
from tests.simulation.procedures import FOLDERS

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect"), PREFECT_LEAVES_SOCKETS, pytest.mark.timeout(300)]


ANOTHER = "person:2"
"""Whoever calls her back is not who assessed: the pathway says so."""


@pytest.fixture
def clock() -> SetClock:
    """The time of the story, which nothing but the story moves."""
    return SetClock(datetime.now(UTC))


@pytest.fixture
def house(tmp_path: Path, mail: MailServer, clock: SetClock) -> Iterator[House]:
    """A house with the pathway in which steps are repeated, signals come and results are decided anew."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "staffetta.toml").write_text(settings_text(mail.url), encoding="utf-8")
    made = open_house(data, with_vault=True, clock=clock, pathways=FOLDERS[1])
    import_network(made.database, NETWORK.read_text(encoding="utf-8"), str(NETWORK), clock.now())
    yield made
    made.close()


class Relay:
    """One case of that pathway, answered by whoever is asked."""

    def __init__(self, house: House, clock: SetClock) -> None:
        self.house, self.clock = house, clock
        opened = open_shelter(house, "search")
        self.state: CaseState = opened.state
        self.first_run = run_id_of(opened)

    def does(self, kind: type[c.Command], **said: object) -> None:
        self.state = handle(self.house, self.state.case_id, kind, **said).state

    def ends(self, step: str, result: str, by: str = "person:1", **evidence: object) -> None:
        """The step is accepted by that person, and comes back with this result."""
        ref = [one.ref for one in self.state.handoffs.values() if one.step == step and one.is_open][-1]
        self.does(c.AcceptHandoff, ref=ref, actor=by)
        self.does(c.CompleteHandoff, ref=ref, result=result, evidence=evidence, actor=by)

    def waits(self, **time: float) -> None:
        """Time goes by, and what is due happens, each at its moment."""
        self.clock.at += timedelta(**time)
        pass_deadline(self.house, self.state.case_id)
        self.does(c.PassDeadline)


def everything_left(house: House) -> Callable[[], bool]:
    """Look whether every message has its outcome; where time jumps before, the dispatcher looks dead for as long."""

    def look() -> bool:
        now = pulse(house.database, house.clock.now())
        return now.queued + now.sending == 0

    return look


def told(house: House, run_id: str) -> list[tuple[str, str]]:
    """The task runs that the trail asks for: their names, and the states in which they end."""
    run = run_facts(house.database, run_id)
    assert run is not None
    story = tell(run, events_of_run(house.database, run), attempts_of_run(house.database, run_id), ())
    return sorted((one.name, state_name_of(one.state)) for one in story.tellings)


async def reconciled(house: House, client: "PrefectClient", run_id: str, seconds: float = 10) -> list[str]:
    """The names of what Prefect keeps of a run, after it was found to be exactly what the trail says."""
    wanted = told(house, run_id)
    end = time.monotonic() + seconds
    while True:
        # What is just being told again may stand as crashed or running for a moment, before it stands as it was told.
        note = flow_run_of(house.database, run_id)
        assert note is not None
        found = await task_runs(client, note, len(wanted))
        names = sorted((one.name, one.state.name) for one in found if one.state)
        state = (await flow_run(client, note)).state
        assert state is not None
        if (names, state.name) == (wanted, note.state_name) or time.monotonic() > end:
            break
        await asyncio.sleep(0.2)
    assert names == wanted
    assert state.name == note.state_name
    return [name for name, _ in wanted]


async def test_what_is_repeated_decided_anew_and_reopened_is_told_as_the_trail_says(
    house: House, client: "PrefectClient", clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Where time jumps, what is on its way to Prefect looks lost and is told again. Its end may then find it called
    # crashed, which stands until the comparison puts it right: within a minute, and sooner here.
    monkeypatch.setattr("flows.engine.COMPARE_EVERY", 5.0)
    relay = Relay(house, clock)
    async with engine_at_work(house):
        relay.ends("assess", "assessed", level="medium")
        relay.does(c.GiveSignal, actor="operator:1", signal="found", evidence={"place_confirmed_at": clock.now()})
        await until(everything_left(house), 90)
        relay.waits(hours=1)
        relay.ends("call_her", "heard", by=ANOTHER)
        relay.ends("court", "refused")
        relay.does(c.DecideAnew, run="", step="court", result="granted", reason="appeal")
        await until(everything_left(house), 90)
        relay.waits(days=1)
        relay.ends("call_her", "safe", by=ANOTHER)
        await until(at_rest(house, relay.first_run, "Awaiting plan"), 90)
        relay.ends("plan", "agreed")
        await until(at_rest(house, relay.first_run, "Completed"), 90)
        relay.does(c.ReopenPathway, run="search", reason="new_incident")
        again = list(relay.state.runs)[-1]
        await until(at_rest(house, again, "Awaiting find_place, assess"), 90)
        names = await reconciled(house, client, relay.first_run, 60)
        assert names.count("end call_her completed") == 2
        assert again != relay.first_run
        assert "alert find_place" in await reconciled(house, client, again, 60)
    assert verify(house.database, house.keyring).sound


async def test_comparing_finds_nothing_to_put_right_in_it(
    house: House, client: "PrefectClient", clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.history import historian

    monkeypatch.setattr("flows.comparing.SETTLING_SECONDS", 0)
    relay = Relay(house, clock)
    async with engine_at_work(house):
        relay.does(c.ActFirst, run="", step="escort", reason="imminent_danger")
        relay.ends("assess", "assessed", level="low")
        said = {"result": "assessed", "evidence": {"level": "medium"}, "reason": "appeal"}
        relay.does(c.DecideAnew, run="", step="assess", **said, keep={"escort"}, cancel={"court"})
        relay.does(c.CancelPathway, run_id=relay.first_run, reason="her_wish")
        await until(at_rest(house, relay.first_run, "Cancelled"), 90)
    await reconciled(house, client, relay.first_run)
    async with historian(house) as known:
        assert await known.compare(clock.now() - timedelta(days=1)) == 0
