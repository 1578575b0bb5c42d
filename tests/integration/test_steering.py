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
