"""Longer time at the desk and over the API, and what a case's page says of its limits."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from models.network import sample_network
from procedures.events import AlertPurpose
from tests.integration.apihouse import api_house, caller
from tests.integration.procedures_in_force import put_in_force, shipped, shipped_with
from tests.integration.webhouse import WebHouse, hidden, text_of

pytestmark = pytest.mark.slow

LONGER = """    complete_within: [4 h, {earliest: [6 h of case.opened, 30 days]}]
    extend:
      by: 3 h
      at_most: 1
      agreed_by: [coordinator, emergency_shelter]
      source: {text: "Invented for this story", verified: false}
"""
WHOLE = 'within: 1 month\nsource: {text: "Invented", verified: false}\n'


@pytest.fixture(autouse=True)
def _longer_pathways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every house has a shelter that may have three hours more, and is over within a month."""
    text = shipped("shelter")
    text = text.replace("    complete_within: 4 h\n", LONGER, 1)
    text = text.replace("steps:\n", WHOLE + "steps:\n", 1)
    put_in_force(monkeypatch, tmp_path, shipped_with("shelter", text))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with api_house(tmp_path / "data") as (made, _):
        yield made


def taken(house: WebHouse) -> tuple[str, str]:
    """The code of a case and the reference of its first handoff, which was taken."""
    code = house.open_case()
    letter = house.letter(code)
    house.browser().post(letter.path, data={"code": letter.code, "answer": "accept"})
    return code, house.first(code).ref


def due(house: WebHouse, code: str) -> datetime:
    found = house.first(code).complete_by
    assert found is not None
    return found


def test_longer_time_is_asked_and_agreed_at_the_desk(house: WebHouse) -> None:
    code, ref = taken(house)
    before = due(house, code)
    browser = house.operator()
    path = f"/cases/{code}/handoffs/{ref}"

    def press(**form: str) -> None:
        command = hidden(browser.get(path))
        assert browser.post(path, data={"command": command, "answer": "extend", **form}).status_code == 200

    press()
    assert len(house.alerts(code, AlertPurpose.LONGER_TIME_ASKED)) == 1
    press(body="coordinator")
    assert (due(house, code), "Finora d" in text_of(browser.get(path))) == (before, True)
    press(body="emergency_shelter")

    assert (due(house, code) - before).total_seconds() == 3 * 3600
    assert house.events(code)[-2:] == ["limit_extended", "alert_queued"]
    assert "Chiedere una proroga" not in text_of(browser.get(path))
    told = text_of(browser.get(f"/cases/{code}"))
    assert "una proroga per «" in told


def test_whoever_took_it_asks_for_longer_time_by_the_link_and_sees_who_agreed(house: WebHouse) -> None:
    code, ref = taken(house)
    letter, browser = house.letter(code, AlertPurpose.RESULT_LINK), house.browser()
    offered = browser.post(letter.path, data={"code": letter.code})
    asked = browser.post(letter.path, data={"code": letter.code, "answer": "extend"})
    browser.post(letter.path, data={"code": letter.code, "answer": "extend"})

    assert ('value="extend"' in offered.text, 'value="extend"' in asked.text) == (True, False)
    assert house.events(code).count("longer_time_asked") == 1
    more = caller(house, "more")
    more.post(f"/handoffs/{ref}/extend", {"agreed_by": "coordinator"})
    assert "Finora d" in text_of(browser.post(letter.path, data={"code": letter.code}))


@pytest.mark.slow
def test_the_page_says_which_of_several_limits_is_the_strictest(house: WebHouse) -> None:
    code, ref = taken(house)
    browser = house.operator()
    page = text_of(browser.get(f"/cases/{code}/handoffs/{ref}"))
    assert "4 h (il più stretto: conta questo)" in page
    assert "il primo tra: 6 h da: apertura del caso; 30 giorni" in page
    assert "Da concludere entro" in text_of(browser.get(f"/cases/{code}"))


def test_a_program_asks_for_longer_time_and_a_body_agrees_for_itself_alone(house: WebHouse) -> None:
    code, ref = taken(house)
    before = due(house, code)
    approdo, coordination = caller(house, "approdo", body="cooperativa_approdo"), caller(house, "more")

    asked = approdo.post(f"/handoffs/{ref}/extend").json()
    forbidden = approdo.post(f"/handoffs/{ref}/extend", {"agreed_by": "coordinator"})
    own = approdo.post(f"/handoffs/{ref}/extend", {"agreed_by": "emergency_shelter"}).json()
    nobody = coordination.post(f"/handoffs/{ref}/extend", {"agreed_by": "school"})
    moved = coordination.post(f"/handoffs/{ref}/extend", {"agreed_by": "coordinator"}).json()
    again = coordination.post(f"/handoffs/{ref}/extend")

    assert (asked["agreed_by"], own["agreed_by"]) == ([], ["emergency_shelter"])
    assert {forbidden.status_code, nobody.status_code} == {422}
    assert datetime.fromisoformat(moved["complete_by"]) - before == timedelta(hours=3)
    assert again.status_code == 409


@pytest.mark.slow
def test_longer_time_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "network.yaml").write_text(sample_network(), encoding="utf-8")

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--data", str(tmp_path / "cli"), "--language", "en"])

    run("network", "import", str(tmp_path / "network.yaml"))
    opening = ("case", "open", "--pathway", "shelter", "--territory", "valle_chiara", "--consent", "shelter", "--json")
    case = json.loads(run(*opening).stdout)
    ref = case["handoffs"][0]["ref"]
    run("handoff", "accept", ref)

    assert "agreed by: nobody yet" in run("handoff", "extend", ref).stdout
    assert "agreed by: the coordinator" in run("handoff", "extend", ref, "--agreed", "coordinator").stdout
    moved = json.loads(run("handoff", "extend", ref, "--agreed", "emergency_shelter", "--json").stdout)
    again = run("handoff", "extend", ref)

    assert (moved["state"], moved["agreed_by"]) == ("accepted", [])
    assert (again.exit_code, "had all the longer time" in again.stderr) == (5, True)
    trail, shown = run("case", "trail", case["code"]).stdout, run("case", "show", case["code"]).stdout
    assert "there is longer time" in trail
    assert f"{ref}: of its limits the strictest counts" in shown
    assert "to be over by" in shown
