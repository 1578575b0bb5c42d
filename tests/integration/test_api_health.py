"""Whether the house works, for monitors and for people: said from the database alone."""

import asyncio
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import httpx2
import pytest
from anyio.to_thread import current_default_thread_limiter
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from models.checks import TRAIL, Check, keep_check
from models.programs import Operation
from tests.integration.apihouse import Caller, api_house, caller
from tests.integration.webhouse import BASE, CANARY, SETTINGS, WebHouse, text_of, web_house
from web.lanes import THREADS
from web.readiness import Readiness

pytestmark = pytest.mark.slow


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with api_house(tmp_path / "data") as (made, _):
        yield made


def faults(house: WebHouse) -> tuple[str, ...]:
    """What a fresh look finds."""
    return Readiness(house.house).faults()


def test_a_house_where_nothing_waits_is_ready(house: WebHouse) -> None:
    answer = house.browser().get("/readyz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_a_message_that_nobody_sends_is_seen_after_ten_seconds(house: WebHouse) -> None:
    house.open_case()
    house.clock.pass_by(seconds=10)
    assert faults(house) == ()
    house.clock.pass_by(seconds=1)
    assert faults(house) == ("messages-late",)
    answer = house.browser().get("/readyz")
    assert (answer.status_code, answer.text) == (503, "messages-late\n")


def test_a_deadline_that_nobody_passes_on_is_seen_after_ten_seconds(house: WebHouse) -> None:
    code = house.open_case()
    house.send_everything(after=1)
    house.clock.pass_by(minutes=11)
    assert faults(house) == ("deadlines-late",)
    house.pass_by(code, seconds=0)
    assert "deadlines-late" not in faults(house)


def test_a_database_that_cannot_be_written_is_seen_and_life_goes_on(
    house: WebHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.sqlite.BUSY_SECONDS", 0.1)
    with house.another_writer():
        assert faults(house) == ("database",)
        assert house.browser().get("/livez").text == "ok\n"
    assert faults(house) == ()


def test_a_disk_that_is_nearly_full_is_seen_before_it_is(house: WebHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.readiness.SMALLEST_DISK", shutil.disk_usage(house.house.settings.data).total)
    assert faults(house) == ("disk",)


def test_tables_of_another_edition_are_seen(house: WebHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.readiness.REVISION", "9999")
    assert faults(house) == ("migrations",)


def test_however_often_monitors_ask_the_database_is_asked_once_a_second(house: WebHouse) -> None:
    seconds = 0.0
    readiness = Readiness(house.house, lambda: seconds)
    assert readiness.faults() == ()
    house.open_case()
    house.clock.pass_by(seconds=30)
    seconds = 0.9
    assert readiness.faults() == ()
    seconds = 1.0
    assert readiness.faults() == ("messages-late",)


def test_while_somebody_looks_the_others_are_told_what_was_found_last(
    house: WebHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = 0.0
    readiness = Readiness(house.house, lambda: seconds)
    assert readiness.faults() == ()
    seconds = 1.0
    began, end = Event(), Event()

    def long_look(_readiness: Readiness) -> tuple[str, ...]:
        began.set()
        end.wait()
        return ("database",)

    monkeypatch.setattr(Readiness, "_look", long_look)
    with ThreadPoolExecutor(2) as pool:
        try:
            looking = pool.submit(readiness.faults)
            assert began.wait(20)
            assert pool.submit(readiness.faults).result(20) == ()
        finally:
            end.set()
        assert looking.result(20) == ("database",)


def test_monitors_are_answered_while_all_threads_are_at_work(house: WebHouse) -> None:
    async def asked(path: str) -> str:
        threads = current_default_thread_limiter()
        for _one in range(THREADS):
            await threads.acquire_on_behalf_of(object())
        transport = httpx2.ASGITransport(house.app)
        async with asyncio.timeout(20), httpx2.AsyncClient(transport=transport, base_url=BASE) as monitor:
            return (await monitor.get(path)).text

    assert [asyncio.run(asked(path)) for path in ("/livez", "/readyz")] == ["ok\n", "ok\n"]


def test_a_stranger_gets_one_word(house: WebHouse) -> None:
    house.open_case()
    answer = house.browser().get("/status")
    assert answer.status_code == 200
    assert "Tutto bene" in text_of(answer)
    assert "<table" not in answer.text


def test_a_stranger_is_told_when_something_is_wrong(house: WebHouse) -> None:
    house.open_case()
    house.clock.pass_by(seconds=30)
    answer = house.browser().get("/status")
    assert answer.status_code == 503
    assert "Telefona" in text_of(answer)
    assert "<table" not in answer.text


def test_whoever_is_signed_in_sees_what_waits(house: WebHouse) -> None:
    house.open_case()
    house.clock.pass_by(seconds=90)
    page = text_of(house.operator().get("/status"))
    assert "Sembra che nessuno stia inviando." in page
    assert "Messaggio da inviare più vecchio in ritardo 1 min" in page
    assert "Ultima verifica della traccia da guardare non ancora fatta" in page


def test_the_last_check_of_the_trail_is_told_with_what_it_found(house: WebHouse) -> None:
    operator = house.operator()
    keep_check(house.house.database, Check(TRAIL, house.clock.now(), tried=3, faults=0))
    assert "Ultima verifica della traccia bene 17:00" in text_of(operator.get("/status"))
    keep_check(house.house.database, Check(TRAIL, house.clock.pass_by(minutes=1), tried=3, faults=2))
    assert "Ultima verifica della traccia da guardare 17:01 · ha trovato errori" in text_of(operator.get("/status"))


def test_channels_without_a_carrier_stand_there(tmp_path: Path) -> None:
    with web_house(tmp_path / "data", settings=SETTINGS.partition("[carriers.sms]")[0]) as house:
        assert "Canali senza gestore da guardare SMS" in text_of(house.operator().get("/status"))


def test_the_page_speaks_english_too(house: WebHouse) -> None:
    operator = house.operator()
    operator.post("/language", data={"language": "en"})
    page = text_of(operator.get("/status"))
    assert "All is well" in page
    assert "Last check of the trail look not done yet" in page


def test_the_page_answers_where_the_database_does_not(house: WebHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.sqlite.BUSY_SECONDS", 0.1)
    operator = house.operator()
    with house.another_writer():
        answer = operator.get("/status")
    assert "Adesso non si può salvare nulla" in text_of(answer)


def monitor(house: WebHouse, host: str = "127.0.0.1") -> TestClient:
    """Somebody who collects figures, from that address."""
    return TestClient(house.app, base_url=BASE, client=(host, 50000))


def figures(text: str) -> dict[str, float]:
    """The figures by name and label."""
    return {
        sample.name + "".join(f"{{{value}}}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_figures_tell_what_is_open_and_what_waits(house: WebHouse) -> None:
    for _ in range(3):
        code = house.open_case()
    house.send_everything(after=1)
    house.open_case()
    keep_check(house.house.database, Check(TRAIL, house.clock.now(), tried=3, faults=2))
    house.clock.pass_by(seconds=4)

    answer = monitor(house).get("/metrics")

    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    found = figures(answer.text)
    assert found["staffetta_cases_open"] == 4
    assert found["staffetta_handoffs{alerted}"] == 3
    assert found["staffetta_handoffs{requested}"] == 1
    assert found["staffetta_messages_queued"] == 1
    assert found["staffetta_message_due_age_seconds"] == 4
    assert found["staffetta_deadline_late_seconds"] == 0
    assert found["staffetta_history_runs_behind"] == 4
    assert found["staffetta_check_faults{trail}"] == 2
    assert found["staffetta_check_age_seconds{trail}"] == 4
    assert code not in answer.text


def test_no_figure_names_anything_of_a_case(house: WebHouse) -> None:
    code = house.open_case()
    view = house.view(code)
    text = monitor(house).get("/metrics").text
    secrets = [code, CANARY, "valle_chiara", "shelter", "casa_approdo", *(row.ref for row in view.handoffs)]
    assert [secret for secret in secrets if secret in text] == []
    labels = set(re.findall(r'="([^"]*)"', text))
    assert labels == {"accepted", "acknowledged", "alerted", "requested"}


def test_figures_are_for_this_machine_or_for_a_key_that_was_given_them(house: WebHouse) -> None:
    assert monitor(house, "192.0.2.7").get("/metrics").status_code == 401
    assert monitor(house).get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 401
    assert answer_to(house, caller(house, "others", may=set(Operation) - {Operation.METRICS})) == 401
    assert answer_to(house, caller(house, "monitor", may={Operation.METRICS})) == 200


def answer_to(house: WebHouse, program: Caller) -> int:
    """How a monitor elsewhere is answered that shows this key."""
    signed = {"Authorization": f"Bearer {program.secret}"}
    return monitor(house, "192.0.2.7").get("/metrics", headers=signed).status_code


def test_behind_a_proxy_nobody_passes_for_this_machine(tmp_path: Path) -> None:
    settings = SETTINGS.replace(BASE, "https://staffetta.example.org")
    with web_house(tmp_path / "data", settings=settings) as house:
        assert monitor(house).get("/metrics").status_code == 401
