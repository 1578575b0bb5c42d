"""Signals at the desk, on the command line and over the API: a step waits for one, one ends it, one calls it off."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from models.network import sample_network
from procedures.events import AlertPurpose
from tests.integration.apihouse import api_house, caller
from tests.integration.procedures_in_force import put_in_force, shipped, shipped_with
from tests.integration.webhouse import WebHouse, hidden, text_of

SIGNALS = """signals:
  found:
    title: {it: Posto trovato, en: A place was found}
    from: [operator, police]
    evidence: {places_asked: integer}
  moved: {title: {it: Si trasferisce, en: She moves}, from: [operator], cancels: [find_place]}
"""
ENDS = "    ends_when: {no_place: signal.found}\n"


@pytest.fixture(autouse=True)
def _pathways_with_signals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every house has a shelter that reckons with what comes from outside."""
    text = shipped("shelter")
    text = text.replace("steps:\n", SIGNALS + "steps:\n", 1)
    text = text.replace("    complete_within: 4 h\n", "    complete_within: 4 h\n" + ENDS, 1)
    text = text.replace("outcomes:\n", "outcomes:\n  moved: signal.moved\n", 1)
    put_in_force(monkeypatch, tmp_path, shipped_with("shelter", text))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with api_house(tmp_path / "data") as (made, _):
        yield made


def test_an_operator_gives_a_signal_that_the_police_told_her(house: WebHouse) -> None:
    code, browser = house.open_case(), house.operator()
    page = browser.get(f"/cases/{code}")
    assert "Che cosa può succedere intanto" in text_of(page)
    run = page.text.partition('name="run" value="')[2].partition('"')[0]
    form = {
        "command": hidden(page),
        "signal": "found",
        "run": run,
        "said_by": "police",
        "evidence.places_asked": "3",
    }

    for _twice in range(2):
        assert browser.post(f"/cases/{code}/signals", data=form).status_code == 200

    assert house.events(code).count("signal_given") == 1
    assert house.first(code).state == "cancelled"
    assert len(house.alerts(code, AlertPurpose.WITHDRAWN)) == 1
    told = text_of(browser.get(f"/cases/{code}"))
    assert "è successo «Posto trovato», secondo: forze dell'ordine" in told
    assert "Quel che è successo lo rende superfluo" in told


def test_what_was_typed_wrongly_comes_back_with_the_fault(house: WebHouse) -> None:
    code, browser = house.open_case(), house.operator()
    page = browser.get(f"/cases/{code}")
    run = page.text.partition('name="run" value="')[2].partition('"')[0]
    form = {"signal": "found", "run": run, "said_by": "police", "evidence.places_asked": "soon"}
    answer = browser.post(f"/cases/{code}/signals", data={"command": hidden(page), **form})
    empty = browser.post(f"/cases/{code}/signals", data={"command": hidden(answer)})
    stranger = browser.post(f"/cases/{code}/signals", data={"command": hidden(answer), **form, "said_by": "school"})

    assert (answer.status_code, empty.status_code, stranger.status_code) == (422, 400, 422)
    assert 'value="soon"' in answer.text
    assert "Non spetta a loro" in text_of(stranger)
    assert "signal_given" not in house.events(code)


@pytest.mark.slow
def test_a_program_of_the_coordination_gives_signals(house: WebHouse) -> None:
    code = house.open_case()
    program = caller(house, "signals")
    address = f"/cases/{code}/signals"

    unknown = program.post(address, {"signal": "lost"})
    stranger = program.post(address, {"signal": "found", "said_by": "school", "evidence": {"places_asked": 3}})
    nothing = program.post(address, {"signal": "found"})
    nowhere = program.post(address, {"signal": "found", "pathway": "AAAAA-AAAAA", "evidence": {"places_asked": 3}})
    moved = program.post(address, {"signal": "moved"})
    over = program.post(address, {"signal": "moved"})

    pointers = [answer.json()["errors"][0]["pointer"] for answer in (unknown, stranger, nothing, nowhere)]
    assert pointers == ["#/signal", "#/said_by", "#/evidence", "#/pathway"]
    assert (moved.status_code, moved.json()["status"], over.status_code) == (200, "closed", 409)
    assert moved.json()["cancelled"] == [house.first(code).ref]
    trail = program.get(f"/cases/{code}/trail").json()["events"]
    (given,) = [one["event"] for one in trail if one["kind"] == "signal_given"]
    assert (given["signal"], given["said_by"], given["times"]) == ("moved", "operator", 1)


@pytest.mark.slow
def test_what_came_in_unseen_stands_before_the_coordination_until_somebody_opens_the_case(house: WebHouse) -> None:
    code, heading = house.open_case(), "Segnali arrivati che nessuno alla postazione ha visto"
    house.clock.pass_by(seconds=1)
    caller(house, "signals").post(
        f"/cases/{code}/signals", {"signal": "found", "said_by": "police", "evidence": {"places_asked": 3}}
    )
    browser = house.operator()

    def unseen() -> str:
        said = text_of(browser.get("/coordination")).partition(heading)[2]
        return said.partition("Conferenze")[0]

    assert f"{code} Posto trovato forze dell'ordine" in unseen()
    house.clock.pass_by(seconds=1)
    browser.get(f"/cases/{code}")
    assert code not in unseen()


@pytest.mark.slow
def test_a_signal_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "network.yaml").write_text(sample_network(), encoding="utf-8")

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--data", str(tmp_path / "cli"), "--language", "en"])

    run("network", "import", str(tmp_path / "network.yaml"))
    opening = ("case", "open", "--pathway", "shelter", "--territory", "valle_chiara", "--consent", "shelter", "--json")
    case = json.loads(run(*opening).stdout)
    code, ref = case["code"], case["handoffs"][0]["ref"]

    assert (
        "signal found (“A place was found”), from: an operator, police; so far: 0." in run("case", "show", code).stdout
    )
    wrong = run("case", "signal", code, "found", "--said-by", "police")
    assert (wrong.exit_code, "The evidence places_asked does not fit" in wrong.stderr) == (5, True)
    assert run("case", "signal", code, "lost").exit_code == 4
    given = run("case", "signal", code, "found", "--said-by", "police", "--evidence", "places_asked=3", "--json")
    assert json.loads(given.stdout)["cancelled"] == [ref]
    trail = run("case", "trail", code).stdout
    assert "was given the signal “A place was found”, as said by: police." in trail
    assert f"{ref}: cancelled: signal came." in trail
