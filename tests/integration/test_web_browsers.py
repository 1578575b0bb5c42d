"""Somebody of a service lets alerts come to her browser, and takes that back; the page serves nobody else."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from models.browsers import address_of, browsers_of
from models.deliveries import SettledResult
from models.own_letters import due_letters
from procedures.people import Role
from tests.contract.push_service import Browser, push_key_file, unpadded
from tests.integration.test_web_channels import leaves
from tests.integration.test_web_inbox import member
from tests.integration.test_web_relations import account, somebody
from tests.integration.webhouse import SETTINGS, WebHouse, text_of, web_house

pytestmark = pytest.mark.slow
R = SettledResult
ENDPOINT = "https://fcm.googleapis.com/fcm/send/Zzcanaria"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[WebHouse]:
    url = f"staffetta-push:///?from=admin@example.org&vapid_key={push_key_file(tmp_path)}"
    with web_house(tmp_path / "data", settings=f'{SETTINGS}\n[carriers.push]\nurl = "{url}"\n') as made:
        yield made


@pytest.fixture
def olga(desk: WebHouse) -> TestClient:
    return member(desk, "olga")


def let(browser: TestClient, endpoint: str = ENDPOINT) -> httpx2.Response:
    made = Browser()
    keys = {"p256dh": unpadded(made.public), "auth": unpadded(made.auth)}
    return browser.post("/channels", data={"answer": "browser", "endpoint": endpoint, **keys})


def asks_test(desk: WebHouse, browser: TestClient) -> None:
    (row,) = browsers_of(desk.house.database, account(desk, "olga"))
    assert browser.post("/channels", data={"answer": "test", "channel": f"push.{row.browser_id}"}).status_code == 200


def test_a_browser_is_let_shown_and_taken_away(desk: WebHouse, olga: TestClient) -> None:
    page = olga.get("/channels")
    assert 'data-push="B' in page.text
    assert "Togli" not in page.text

    answered = let(olga)

    assert "Messaggio a un browser consentito dal" in text_of(answered)
    assert "mai provato" in text_of(answered)
    assert ENDPOINT not in answered.text
    (row,) = browsers_of(desk.house.database, account(desk, "olga"))
    assert address_of(desk.house, row.browser_id).startswith(f"{ENDPOINT} ")
    gone = olga.post("/channels", data={"answer": "browser-gone", "browser": row.browser_id})
    assert "consentito dal" not in text_of(gone)
    assert "Zzcanaria" not in desk.log.getvalue()


@pytest.mark.parametrize(
    ("came", "said"),
    [
        ((R.ACCEPTED, None), "consegnata al gestore in 2 s"),
        ((R.PERMANENT, "413"), "Tolga questo browser, apra questa pagina"),
        ((R.UNCERTAIN, "timeout"), "se non c'è alcun messaggio, ripeta la prova"),
    ],
)
def test_a_test_of_a_browser_says_what_came_of_it(
    desk: WebHouse, olga: TestClient, came: tuple[SettledResult, str | None], said: str
) -> None:
    let(olga)
    asks_test(desk, olga)
    assert "la prova sta partendo" in text_of(olga.get("/channels"))
    assert 'hx-get="/channels/live"' in olga.get("/channels").text

    leaves(desk, *came, seconds=2)

    assert said in text_of(olga.get("/channels/live"))
    assert 'hx-get="/channels/live"' not in olga.get("/channels").text


def test_a_browser_whose_test_finds_nobody_is_forgotten(desk: WebHouse, olga: TestClient) -> None:
    let(olga)
    asks_test(desk, olga)
    leaves(desk, R.PERMANENT, "410")
    assert browsers_of(desk.house.database, account(desk, "olga")) == []


def test_nobody_tests_a_browser_of_somebody_else(desk: WebHouse, olga: TestClient) -> None:
    let(olga)
    (row,) = browsers_of(desk.house.database, account(desk, "olga"))
    paola = member(desk, "paola")
    assert paola.post("/channels", data={"answer": "test", "channel": f"push.{row.browser_id}"}).status_code == 409
    assert not due_letters(desk.house.database, desk.clock.now())


@pytest.mark.parametrize(
    "endpoint", ["http://127.0.0.1:8025/", "https://169.254.169.254/latest", "https://example.org/push", "", "x y"]
)
def test_what_is_no_push_service_is_refused_and_not_repeated(desk: WebHouse, olga: TestClient, endpoint: str) -> None:
    answered = let(olga, endpoint)

    assert answered.status_code == 422
    assert "non ha fornito l'indirizzo di un servizio push" in text_of(answered)
    assert not endpoint or endpoint not in answered.text
    assert browsers_of(desk.house.database, account(desk, "olga")) == []


def test_the_sixth_is_refused(desk: WebHouse, olga: TestClient) -> None:
    for number in range(5):
        assert let(olga, f"{ENDPOINT}{number}").status_code == 200
    sixth = let(olga, f"{ENDPOINT}6")
    assert sixth.status_code == 409
    assert "già a 5 Suoi browser" in text_of(sixth)


def test_who_answers_for_no_service_is_not_asked(desk: WebHouse) -> None:
    carla = somebody(desk, "carla", frozenset({Role.COORDINATOR}))
    assert "data-push" not in carla.get("/channels").text
    assert let(carla).status_code == 422
    assert browsers_of(desk.house.database, account(desk, "carla")) == []


def test_without_its_key_nobody_is_asked_and_the_page_still_works(
    desk: WebHouse, olga: TestClient, tmp_path: Path
) -> None:
    let(olga)
    (tmp_path / "push.pem").chmod(0o644)

    page = olga.get("/channels")
    assert page.status_code == 200
    assert "data-push" not in page.text
    assert "consentito dal" in text_of(page)
    assert let(olga).status_code == 422


def test_a_house_without_that_carrier_says_nothing_of_it(tmp_path: Path) -> None:
    with web_house(tmp_path / "data") as desk:
        assert "Messaggi a un browser" not in member(desk, "olga").get("/channels").text


def test_the_worker_is_a_file_that_keeps_and_fetches_nothing(olga: TestClient) -> None:
    worker = olga.get("/static/push-worker.js")

    assert worker.headers["content-type"].startswith("text/javascript")
    assert "service-worker-allowed" not in worker.headers  # so that it controls no page
    for never in ("fetch(", "caches", "indexedDB", "postMessage", "importScripts", "XMLHttpRequest", "actions"):
        assert never not in worker.text
    assert "fetch" not in worker.text.replace("fetches nothing", "")
