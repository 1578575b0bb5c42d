"""Her duty turns on a page and in her telephone's calendar: by a secret address that is ended, and tells no name."""

import re

import pytest
from starlette.testclient import TestClient

from models.network import import_network, sample_network
from models.own_saying import feed_address
from models.trail import verify
from procedures.standing import MOST_FEEDS
from tests.integration.test_web_inbox import MEMBER, member
from tests.integration.test_web_relations import somebody
from tests.integration.webhouse import WebHouse, text_of

pytestmark = pytest.mark.slow
LUNA = "luna_ascolto"


@pytest.fixture
def bianca(desk: WebHouse) -> TestClient:
    """Somebody with turns in the rota of the sample network."""
    return member(desk, "bianca")


def made(browser: TestClient, service: str = "") -> str:
    """The path of a new calendar."""
    page = browser.post("/turns", data={"answer": "make", "service": service}).text
    return str(re.findall(r"<code>https?://[^/]+(/calendar/[\w.-]+)</code>", page)[-1])


def test_her_turns_and_hours_stand_there_and_nobody_else_s(desk: WebHouse, bianca: TestClient) -> None:
    rota = desk.house.procedures.directory().services[LUNA].rota
    now = desk.clock.now()
    hers = [duty for duty in rota if duty.person == "bianca" and duty.until > now]
    assert hers
    page = bianca.get("/turns").text
    assert page.count('data-label="Durata"') == len(hers)
    assert "Ada Fontana" not in page


def test_a_calendar_is_read_without_signing_in_and_not_once_it_is_ended(desk: WebHouse, bianca: TestClient) -> None:
    path, stranger = made(bianca), desk.browser()
    found = stranger.get(path)
    assert found.status_code == 200
    assert found.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "BEGIN:VEVENT" in found.text
    for hidden in ("Bianca", "Serra", "bianca", "example.org", "5550"):
        assert hidden not in found.text
    number = path.split("/")[-1].partition("-")[0]
    for wrong in (path[:-5] + "B.ics", path.removesuffix(".ics"), f"/calendar/{number}.ics", "/calendar/x-y.ics"):
        assert stranger.get(wrong).status_code == 404, wrong
    other = feed_address(desk.house.keyring.token_key, int(number) + 1)
    assert stranger.get(f"/calendar/{other}.ics").status_code == 404
    bianca.post("/turns", data={"answer": "end", "number": number})
    assert stranger.get(path).status_code == 404
    assert verify(desk.house.database, desk.house.keyring).sound


def test_the_calendar_of_a_service_says_roles_alone_and_ends_with_her_part_in_it(
    desk: WebHouse, bianca: TestClient
) -> None:
    path = made(bianca, LUNA)
    found = desk.browser().get(path)
    directory = desk.house.procedures.directory()
    assert found.text.count("BEGIN:VEVENT") == len(directory.services[LUNA].rota)
    for person in directory.people.values():
        assert person.name not in found.text
    refused = bianca.post("/turns", data={"answer": "make", "service": "casa_approdo"})
    assert refused.status_code == 422
    gone = re.sub(r"(?<=\W)bianca(?=\W)(?!: \{)", "ada", sample_network())
    import_network(desk.house.database, gone, "network.yaml", desk.clock.now())
    assert desk.browser().get(path).status_code == 404


def test_whoever_is_away_sees_that_somebody_else_is_called_in_her_turn(desk: WebHouse, bianca: TestClient) -> None:
    form = {"answer": "away", "since": "2026-11-20T08:00", "until": "2027-10-01T08:00"}
    bianca.post("/channels", data=form)
    assert "si chiama qualcun altro" in text_of(bianca.get("/turns"))


def test_she_makes_few_and_whoever_is_nobody_makes_none(desk: WebHouse, bianca: TestClient) -> None:
    for _ in range(MOST_FEEDS):
        made(bianca)
    assert bianca.post("/turns", data={"answer": "make"}).status_code == 409
    stranger = somebody(desk, "nobody", MEMBER)
    assert stranger.post("/turns", data={"answer": "make"}).status_code == 422
