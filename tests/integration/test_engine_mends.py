"""The five mends that entering a flow run again needs. Each story shows the fault, too: without it, the mend can go.

They are the contract with the exact edition of Prefect that we lock; an upgrade has to pass here first.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import httpx
import pytest

from flows.recording import Recording
from models.composition import House
from models.history import flow_tasks_of, forget_flow_tasks
from tests.integration.prefect_at_work import (
    PREFECT_LEAVES_SOCKETS,
    at_rest,
    brought_to_rest,
    engine_at_work,
    flow_run,
    press_cancel,
    recording_of,
    task_runs,
    until,
)
from tests.integration.relay import no_place, open_shelter, run_id_of

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect"), PREFECT_LEAVES_SOCKETS]


@pytest.mark.parametrize("over", [False, True], ids=["cancelling", "cancelled"])
async def test_1_a_run_cancelled_in_prefects_page_is_entered_again(
    house: House, client: "PrefectClient", *, over: bool
) -> None:
    opened, flow_run_id = await brought_to_rest(house)
    await press_cancel(client, flow_run_id, over=over)
    no_place(house, opened)
    async with engine_at_work(house):
        note = await until(at_rest(house, run_id_of(opened), "Completed", tasks=5))
    state = (await flow_run(client, note)).state
    assert state is not None
    assert state.name == "Completed"


async def test_1_without_the_mend_the_body_never_runs(
    house: House, client: "PrefectClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import history

    async def leave_it(*_args: object) -> None:
        return None

    monkeypatch.setattr(history, "put_back_to_pending", leave_it)
    opened, flow_run_id = await brought_to_rest(house)
    await press_cancel(client, flow_run_id, over=False)
    no_place(house, opened)
    recording = recording_of(house, run_id_of(opened))
    with pytest.raises(history.NotAtRest):
        await history.bring_in(client, recording)
    assert recording.story is None


async def die_in_the_middle(client: "PrefectClient", flow_run_id: UUID) -> UUID:
    """What a killed engine leaves behind: the run and one task run Running."""
    from prefect.client.schemas.objects import State
    from prefect.states import Running

    from flows.pathway import SENDING

    state: State[Any] = Running()
    left = await client.create_task_run(SENDING, flow_run_id, dynamic_key=uuid4().hex, name="alert left", state=state)
    await client.set_flow_run_state(flow_run_id, Running(), force=True)
    return left.id


async def test_2_what_a_killed_engine_left_under_way_is_said_to_have_crashed(
    house: House, client: "PrefectClient"
) -> None:
    opened, flow_run_id = await brought_to_rest(house)
    left = await die_in_the_middle(client, flow_run_id)
    no_place(house, opened)
    async with engine_at_work(house):
        await until(at_rest(house, run_id_of(opened), "Completed"))
    state = (await client.read_task_run(left)).state
    assert state is not None
    assert state.name == "Crashed"


async def test_2_what_was_told_to_its_end_did_not_die_where_prefect_hears_of_the_end_later(
    house: House, client: "PrefectClient"
) -> None:
    from prefect.client.schemas.objects import State
    from prefect.states import Running

    from flows.history import bring_in

    opened, _ = await brought_to_rest(house)
    no_place(house, opened)
    run_id = run_id_of(opened)
    async with engine_at_work(house):
        note = await until(at_rest(house, run_id, "Completed", tasks=5))
    told = next(iter(await task_runs(client, note, 5)))
    state: State[Any] = Running()
    await client.set_task_run_state(told.id, state, force=True)
    await bring_in(client, recording_of(house, run_id))
    after = (await client.read_task_run(told.id)).state
    assert after is not None
    assert after.name == "Running"


async def test_2_what_is_told_again_under_its_own_id_did_not_die_while_its_first_end_is_on_its_way(
    house: House, client: "PrefectClient"
) -> None:
    from prefect.client.schemas.objects import State
    from prefect.states import Running

    from flows.history import bring_in

    opened, _ = await brought_to_rest(house)
    no_place(house, opened)
    run_id = run_id_of(opened)
    async with engine_at_work(house):
        note = await until(at_rest(house, run_id, "Completed", tasks=5))
    told = flow_tasks_of(house.database, run_id)[0]
    state: State[Any] = Running()
    await client.set_task_run_state(UUID(told.task_run_id), state, force=True)
    # As the comparison does with what Prefect seems to lack.
    forget_flow_tasks(house.database, run_id, [told.seq])
    await bring_in(client, recording_of(house, run_id))
    states = await client.read_task_run_states(UUID(told.task_run_id))
    assert "Crashed" not in {one.name for one in states}
    assert told.task_run_id in {str(one.id) for one in await task_runs(client, note, 5)}


async def test_2_without_the_mend_its_task_run_runs_for_ever(
    house: House, client: "PrefectClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import history

    async def leave_it(*_args: object) -> None:
        return None

    opened, flow_run_id = await brought_to_rest(house)
    left = await die_in_the_middle(client, flow_run_id)
    no_place(house, opened)
    monkeypatch.setattr(history, "crash_what_died", leave_it)
    async with engine_at_work(house):
        await until(at_rest(house, run_id_of(opened), "Completed"))
    state = (await client.read_task_run(left)).state
    assert state is not None
    assert state.name == "Running"


@pytest.mark.parametrize("signal", ["Pause", "Abort"])
async def test_3_prefects_signals_give_up_one_entry_and_not_the_engine(
    house: House, signal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from prefect import exceptions

    from flows import history, pathway

    raised: list[str] = []

    async def turned_away_once(flow_run: Any, recording: Recording) -> Any:
        if not raised:
            raised.append(signal)
            raise getattr(exceptions, signal)
        return await pathway.enter(flow_run, recording)

    monkeypatch.setattr(history, "enter", turned_away_once)
    opened = open_shelter(house)
    async with engine_at_work(house):
        await until(at_rest(house, run_id_of(opened), "Awaiting find_place", tasks=1))
    assert raised == [signal]


async def test_3_they_are_no_exceptions(house: House, client: "PrefectClient", monkeypatch: pytest.MonkeyPatch) -> None:
    """What the mend is for: an ordinary `except Exception` lets them through."""
    from prefect.exceptions import Abort, Pause

    from flows import history

    assert not issubclass(Pause, Exception)
    assert not issubclass(Abort, Exception)

    async def aborted(*_args: object) -> Any:
        raise Abort

    monkeypatch.setattr(history, "enter", aborted)
    opened = open_shelter(house)
    with pytest.raises(history.TurnedAway):
        await history.bring_in(client, recording_of(house, run_id_of(opened)))


@asynccontextmanager
async def busy_server(times: int) -> AsyncIterator[str]:
    """A server that is busy so many times before it answers."""
    answers = [b"HTTP/1.1 503 Busy\r\nContent-Length: 2\r\n\r\n{}"] * times
    answers.append(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _request in range(len(answers)):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answers.pop(0))
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api"


async def seconds_slept(url: str, monkeypatch: pytest.MonkeyPatch, *, mended: bool) -> float:
    """How long the client wants to sleep until the server answers; nobody has to wait for it."""
    from prefect.client.orchestration import PrefectClient

    from flows.history import ask_again_soon_when_busy

    client = PrefectClient(url, httpx_settings={"timeout": httpx.Timeout(10)})
    if mended:
        ask_again_soon_when_busy(client)
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    with monkeypatch.context() as patched:
        patched.setattr("prefect.client.base.anyio.sleep", sleep)
        await client.hello()
    await client._client.aclose()
    return sum(slept)


async def test_4_a_busy_server_is_asked_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    async with busy_server(2) as url:
        assert 0 < await seconds_slept(url, monkeypatch, mended=True) < 1.0


async def test_4_without_the_mend_the_client_sleeps_for_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    async with busy_server(1) as url:
        assert await seconds_slept(url, monkeypatch, mended=False) > 1.0


async def tokens_fetched(*, mended: bool) -> int:
    """How many tokens against forged requests eight entries at once fetch; each makes the one before it invalid."""
    from prefect.client.orchestration import get_client

    from flows.history import take_turns

    fetched: list[str] = []

    async def look(request: httpx.Request) -> None:
        if request.url.path.endswith("/csrf-token"):
            fetched.append(request.method)

    async with get_client() as client:
        client._client.event_hooks["request"].append(look)
        if mended:
            take_turns(client)
        asked = [asyncio.create_task(client.create_flow_from_name(f"turn-{number}")) for number in range(8)]
        _, asleep = await asyncio.wait(asked, timeout=20 if mended else 1.5)
        for task in asleep:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
    assert not (mended and asleep)
    return len(fetched)


async def test_5_entries_at_once_share_one_token() -> None:
    assert await tokens_fetched(mended=True) == 1


async def test_5_without_the_mend_each_fetches_its_own_and_those_refused_sleep_for_seconds() -> None:
    assert await tokens_fetched(mended=False) > 1
