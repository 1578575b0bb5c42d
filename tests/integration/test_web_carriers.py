"""A carrier in trouble stands on the board without anybody loading the page anew, at /status and in the figures."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from models.carrier_troubles import note_troubles
from models.pulse import pulse
from models.reaching import Reached
from procedures.case import Party, PartyKind
from tests.integration.webhouse import WebHouse, text_of, web_house
from web.metrics import Figures


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[WebHouse]:
    with web_house(tmp_path / "data") as house:
        yield house


def in_trouble(desk: WebHouse, *carriers: str) -> None:
    since = desk.house.clock.now() - timedelta(minutes=3)
    note_troubles(desk.house.database, "", dict.fromkeys(carriers, ("connect", 3)), (), since)


def test_the_refresh_of_a_board_that_was_open_before_shows_it_and_takes_it_away(desk: WebHouse) -> None:
    browser = desk.operator()
    browser.headers["accept-language"] = "it"
    seen = browser.get("/").text.partition("/board?seen=")[2][:16]
    assert browser.get("/board", params={"seen": seen}).status_code == 204
    in_trouble(desk, "email")
    drawn = browser.get("/board", params={"seen": seen})
    assert "e-mail: gli avvisi non partono (inizio: 16:57)" in text_of(drawn)
    note_troubles(desk.house.database, "", {}, ("email",), desk.house.clock.now())
    assert "non partono" not in browser.get("/board", params={"seen": "0"}).text


def test_status_and_figures_say_so(desk: WebHouse) -> None:
    in_trouble(desk, "email", "sms.second")
    browser = desk.operator()
    said = text_of(browser.get("/status"))
    assert "SMS (secondo fornitore), inizio: 16:57" in said
    figures = generate_latest(Figures(pulse(desk.house.database, desk.house.clock.now()), desk.house.clock.now()))
    assert b"staffetta_carriers_in_trouble 2.0" in figures


def test_one_seen_from_two_machines_stands_there_once(desk: WebHouse) -> None:
    in_trouble(desk, "email")
    note_troubles(desk.house.database, "other", {"email": ("timeout", 1)}, (), desk.house.clock.now())
    assert desk.operator().get("/").text.count("carrier-trouble-") == 1


def test_a_service_that_no_message_reaches_is_named_on_the_board(
    desk: WebHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = desk.operator()
    browser.headers["accept-language"] = "it"
    assert 'id="unreached"' not in browser.get("/").text
    party = Party(kind=PartyKind.SERVICE, id=next(iter(desk.house.procedures.directory().services)))
    assert 'id="unproven"' in browser.get("/").text
    monkeypatch.setattr("web.unreached.how_reached", lambda *_: [(party, Reached.OUT)])
    page = browser.get("/").text
    assert "Nessun messaggio raggiunge" in page
    assert 'id="unproven"' not in page
