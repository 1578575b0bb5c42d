"""Steering a case at the desk, over the API and on the command line."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from models.network import sample_network
from tests.integration.apihouse import api_house, caller
from tests.integration.webhouse import WebHouse, hidden, text_of

pytestmark = pytest.mark.slow

OPENING = ("case", "open", "--pathway", "shelter", "--territory", "valle_chiara", "--consent", "shelter", "--json")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with api_house(tmp_path / "data") as (made, _):
        yield made


class Shell:
    """The command line on a house of its own, with one open case."""

    def __init__(self, tmp_path: Path) -> None:
        (tmp_path / "network.yaml").write_text(sample_network(), encoding="utf-8")
        self.data = str(tmp_path / "cli")
        self.run("network", "import", str(tmp_path / "network.yaml"))
        self.code = str(json.loads(self.run(*OPENING).stdout)["code"])

    def run(self, *words: str) -> Result:
        """One command, in English."""
        return CliRunner().invoke(app, [*words, "--data", self.data, "--language", "en"])


def press(house: WebHouse, code: str, answer: str, **form: str) -> str:
    """What the case's page says after an act at the desk."""
    browser = house.operator()
    command = hidden(browser.get(f"/cases/{code}"))
    done = browser.post(f"/cases/{code}/steering", data={"command": command, "answer": answer, **form})
    assert done.status_code == 200, done.text
    return text_of(done)


def test_the_desk_says_who_would_be_called_in_an_open_case(house: WebHouse) -> None:
    code = house.open_case()
    browser = house.operator()
    address = f"/cases/{code}/who-now"
    assert f'href="{address}"' in browser.get(f"/cases/{code}").text

    said = text_of(browser.get(address))

    assert "Trovare un posto protetto Accoglienza in emergenza Casa Approdo referente e-mail già chiesto" in said
    assert "Riunire l'équipe integrata" in said
    assert "quando arriva il suo turno" in said
    assert browser.get("/cases/C-0000-0000/who-now").status_code == 404


def test_at_the_desk_a_later_step_begins_now_and_what_is_owed_is_said(house: WebHouse) -> None:
    code = house.open_case()
    run = house.view(code).runs[0].ref
    said = press(house, code, "act_first", step=f"{run} integrated_team", reason="imminent_danger")
    assert "Ancora dovuto" in said
    assert "era" not in said.split("Ancora dovuto")[0]
    assert house.events(code).count("step_owed") == 1
    assert "è stato iniziato prima del suo turno: è in pericolo adesso" in said

    said = press(house, code, "forgo", step=f"{run} find_place", reason="helped_elsewhere")
    assert "era dovuto e non serve più" in said
    assert "Ancora dovuto" not in said


def test_a_step_that_has_begun_is_refused_at_the_desk_and_what_was_typed_stays(house: WebHouse) -> None:
    code = house.open_case()
    browser = house.operator()
    form = {"answer": "act_first", "step": f"{house.view(code).runs[0].ref} find_place", "reason": "ordered"}
    command = hidden(browser.get(f"/cases/{code}"))
    assert browser.post(f"/cases/{code}/steering", data={"command": command, **form}).status_code == 409
    nonsense = {"command": command, "answer": "act_first", "step": "find_place", "reason": "ordered"}
    assert browser.post(f"/cases/{code}/steering", data=nonsense).status_code == 400


def test_a_program_begins_a_later_step_and_reads_what_is_owed(house: WebHouse) -> None:
    program = caller(house, "steering")
    code = program.open_case()["code"]
    begun = program.post(
        f"/cases/{code}/act-first", {"pathway": "shelter", "step": "escort", "reason": "imminent_danger"}
    ).json()
    owed = program.get(f"/cases/{code}").json()["owed"]
    nowhere = program.post(f"/cases/{code}/act-first", {"step": "nowhere", "reason": "ordered"})
    again = program.post(f"/cases/{code}/act-first", {"step": "escort", "reason": "ordered"})
    forgone = program.post(f"/cases/{code}/forgo", {"step": "find_place", "reason": "helped_elsewhere"}).json()

    assert [asked["step"] for asked in begun["handoffs"]] == ["escort"]
    assert [(one["step"], one["begun_first"]) for one in owed] == [("find_place", "escort")]
    assert (nowhere.status_code, nowhere.json()["errors"][0]["pointer"]) == (422, "#/step")
    assert again.status_code == 409
    assert len(forgone["cancelled"]) == 1
    assert program.get(f"/cases/{code}").json()["owed"] == []


@pytest.mark.slow
def test_acting_first_on_the_command_line(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    begun = shell.run("case", "act-first", shell.code, "escort", "--reason", "imminent_danger")
    shown = shell.run("case", "show", shell.code).stdout
    who = shell.run("who-now", "--case", shell.code).stdout
    forgone = json.loads(shell.run("case", "forgo", shell.code, "find_place", "--reason", "her_wish", "--json").stdout)
    trail = shell.run("case", "trail", shell.code).stdout

    assert "is still owed" in begun.stderr
    assert "“Find a protected place” is still owed" in shown
    assert "still owed" in who
    assert (len(forgone["cancelled"]), forgone["owed"]) == (1, [])
    assert "was begun before its turn: imminent danger" in trail
    assert "was passed over for “Take her there safely”" in trail
    assert shell.run("audit", "verify").exit_code == 0


@pytest.mark.slow
def test_never_contact_again_at_the_desk_over_the_api_and_on_the_command_line(house: WebHouse, tmp_path: Path) -> None:
    code = house.open_case()
    assert "Non vuole più essere contattata" in press(house, code, "never_contact")
    assert house.events(code).count("handoff_cancelled") == 1
    assert "Può essere di nuovo contattata; ciò a cui" in press(house, code, "contact_again")

    program = caller(house, "steering")
    other = program.open_case()["code"]
    stopped = program.post(f"/cases/{other}/contact", {"contact": "never"}).json()
    assert (stopped["status"], len(stopped["cancelled"])) == ("closed", 1)
    assert program.get(f"/cases/{other}").json()["no_contact_since"] is not None
    program.post(f"/cases/{other}/contact", {"contact": "again"})
    assert program.get(f"/cases/{other}").json()["no_contact_since"] is None

    shell = Shell(tmp_path)
    assert "she does not want to be contacted again" in shell.run("case", "contact", shell.code, "never").stdout
    assert "she does not want to be contacted again" in shell.run("case", "show", shell.code).stdout
    assert json.loads(shell.run("case", "contact", shell.code, "again", "--json").stdout)["no_contact_since"] is None
    assert shell.run("audit", "verify").exit_code == 0


COMPLETE = {"result": "no_place", "evidence": {"places_asked": 3}}


def test_a_program_reopens_a_pathway_and_decides_a_step_anew(house: WebHouse) -> None:
    program = caller(house, "steering")
    opened = program.open_case()
    code, ref = opened["code"], opened["handoffs"][0]["ref"]
    program.post(f"/handoffs/{ref}/accept")
    program.post(
        f"/handoffs/{ref}/complete", {"result": "housed", "evidence": {"place_confirmed_at": "2026-11-24T20:15"}}
    )
    anew = {"step": "find_place", **COMPLETE, "reason": "recorded_wrongly"}
    unsaid = program.post(f"/cases/{code}/decide", anew)
    wrong = program.post(f"/cases/{code}/decide", {**anew, "evidence": {}, "cancel": ["escort"]})
    hanging = ["escort", "tell_social_services", "integrated_team", "end_of_emergency"]
    decided = program.post(f"/cases/{code}/decide", {**anew, "cancel": hanging}).json()
    nowhere = program.post(f"/cases/{code}/reopen", {"pathway": "nowhere", "reason": "her_wish"})
    reopened = program.post(f"/cases/{code}/reopen", {"pathway": "shelter", "reason": "new_incident"}).json()

    assert (unsaid.status_code, unsaid.json()["type"].split(":")[-1]) == (409, "say-kept-or-cancelled")
    assert wrong.status_code in {409, 422}
    assert (decided["status"], len(decided["cancelled"])) == ("closed", 4)
    assert (nowhere.status_code, nowhere.json()["errors"][0]["pointer"]) == (422, "#/pathway")
    assert (reopened["status"], [one["step"] for one in reopened["handoffs"]]) == ("open", ["find_place"])


def test_at_the_desk_a_step_is_decided_anew_and_the_pathway_is_reopened(house: WebHouse) -> None:
    code = house.open_case(facts={"risk": "low"})
    run, browser = house.view(code).runs[0].ref, house.operator()
    path, anew = f"/cases/{code}/handoffs/{house.first(code).ref}", f"/cases/{code}/anew/{run}/find_place"
    assert browser.get(anew).status_code == 404
    browser.post(path, data={"command": hidden(browser.get(path)), "answer": "accept"})
    given = {"answer": "complete", "result": "housed", "evidence.place_confirmed_at": "2026-11-24T20:15"}
    browser.post(path, data={"command": hidden(browser.get(path)), **given})

    assert f'href="{anew}"' in browser.get(f"/cases/{code}").text
    form = {"result": "no_place", "evidence.places_asked": "3", "reason": "appeal"}
    refused = browser.post(anew, data={"command": hidden(browser.get(anew)), **form})
    assert (refused.status_code, 'name="hanging.integrated_team"' in refused.text) == (409, True)
    hanging = [name for name in ("tell_social_services", "integrated_team", "end_of_emergency") if name in refused.text]
    choices = {f"hanging.{name}": "cancel" for name in hanging}
    done = browser.post(anew, data={"command": hidden(browser.get(anew)), **form, **choices})
    assert "è stato deciso di nuovo" in text_of(done)
    assert "Chiuso" in text_of(done) or "chiuso" in text_of(done)

    said = press(house, code, "reopen", run=run, reason="new_incident", edition="same")
    assert "ricomincia: qualcosa è successo di nuovo" in said
    assert house.events(code).count("pathway_started") == 2


@pytest.mark.slow
def test_reopening_and_deciding_anew_on_the_command_line(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    ref = json.loads(shell.run("case", "show", shell.code, "--json").stdout)["handoffs"][0]["ref"]
    shell.run("handoff", "accept", ref)
    shell.run("handoff", "complete", ref, "--result", "no_place", "--evidence", "places_asked=3")
    reopened = shell.run("case", "reopen", shell.code, "shelter", "--reason", "new_incident", "--json")
    asked = json.loads(reopened.stdout)["handoffs"][0]["ref"]
    shell.run("handoff", "accept", asked)
    given = ("--evidence", "place_confirmed_at=2026-11-24T20:15")
    shell.run("handoff", "complete", asked, "--result", "housed", *given)
    unsaid = shell.run("case", "decide", shell.code, "find_place", "housed", "--reason", "appeal", *given)
    kept = [
        word for name in ("tell_social_services", "integrated_team", "end_of_emergency") for word in ("--keep", name)
    ]
    anew = shell.run("case", "decide", shell.code, "find_place", "housed", "--reason", "appeal", *given, *kept)
    trail = shell.run("case", "trail", shell.code).stdout

    assert (unsaid.exit_code, "Say of each" in unsaid.stderr) == (5, True)
    assert anew.exit_code == 0, anew.stderr
    assert "The case was over, and is open again." in trail
    assert "is begun anew: new incident" in trail
    assert "was decided anew: housed (before: housed). Why: appeal." in trail
    assert shell.run("audit", "verify").exit_code == 0
