"""A network's own fact, from the folder to the case: at the desk, on the command line, and for a program."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner, Result

from cli.main import app
from models.adopting import FOLDER
from procedures.loading import SHIPPED
from tests.integration.apihouse import TO_OPEN, caller
from tests.integration.test_web_editions import EDITION, second
from tests.integration.webhouse import WebHouse, hidden, text_of

WHEN = "when: {any: [{risk: [high, imminent]}, {needs_transport: true}]}"
PETS = "facts: {pets: {type: integer, title: {it: Animali, en: Pets}, range: {at_most: 9}, changed_by: [operator]}}\n"
OPEN = ("case", "open", "--pathway", "shelter", "--territory", "valle_chiara", "--consent", "shelter")


@pytest.fixture
def run(desk: WebHouse) -> Callable[..., Result]:
    """The command line of the same house."""

    def run_(*words: str) -> Result:
        options = ("--data", str(desk.house.settings.data), "--language", "en")
        return CliRunner().invoke(app, [*words, *options])

    return run_


@pytest.fixture
def folder(desk: WebHouse) -> Path:
    """The house's own procedures: the shelter, whose transport hangs on a fact that only its `facts.yaml` knows."""
    folder = desk.house.settings.data / FOLDER
    folder.mkdir()
    (folder / "facts.yaml").write_text(PETS, encoding="utf-8")
    text = (SHIPPED / "shelter.yaml").read_text(encoding="utf-8")
    changed = text.replace(WHEN, "when: {pets: {at_least: 1}}").replace("edition: 1\n", "edition: 2\n")
    (folder / "shelter.yaml").write_text(changed, encoding="utf-8")
    return folder


@pytest.fixture
def in_force(desk: WebHouse, operator: TestClient, folder: Path) -> TestClient:
    """The desk, after two people adopted it there."""
    assert folder.is_dir()
    operator.post("/procedures/propose", data={"file": "shelter.yaml"})
    for browser in (operator, second(desk)):
        assert "«Animali», che qui si chiama pets: un numero intero, al massimo 9." in text_of(browser.get(EDITION))
        assert browser.post(EDITION, data={"answer": "adopt", "read": "yes"}).status_code == 200
    return operator


def test_who_adopts_reads_what_the_fact_can_be_and_who_changes_it(run: Callable[..., Result], folder: Path) -> None:
    ran = run("procedures", "show", str(folder / "shelter.yaml"))
    assert ran.exit_code == 0, ran.stderr
    said = " ".join(ran.stdout.split())
    assert "«Pets», called pets here: a whole number, at most 9." in said
    assert "«Pets» changes on the word of: " in said, said


def test_before_two_people_adopted_it_nobody_is_asked(desk: WebHouse, operator: TestClient, folder: Path) -> None:
    assert folder.is_dir()
    assert "fact.pets" not in operator.get("/cases/new").text
    answer = caller(desk).post("/cases", TO_OPEN | {"facts": {"pets": 2}})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/facts")


@pytest.mark.slow
def test_the_form_of_a_new_case_asks_and_the_page_of_the_case_shows_and_changes_it(in_force: TestClient) -> None:
    page = in_force.get("/cases/new")
    assert ">Animali</label>" in page.text
    told = {"pathway": "shelter", "territory": "valle_chiara", "consent": ["shelter"], "fact.pets": "2"}
    page = in_force.post("/cases/new", data={"command": hidden(page), **told})
    assert "Animali 2" in text_of(page)
    form = {"command": hidden(page), "fact": "pets", "value": "0", "by": "operator", "reason": "she_said"}
    page = in_force.post(f"{page.url.path}/facts", data=form)
    assert "Animali: 0 (prima: 2); lo ha detto lei" in text_of(page)


@pytest.mark.slow
def test_a_value_out_of_its_range_comes_back_to_the_form(in_force: TestClient) -> None:
    page = in_force.get("/cases/new")
    told = {"pathway": "shelter", "territory": "valle_chiara", "consent": ["shelter"], "fact.pets": "10"}
    page = in_force.post("/cases/new", data={"command": hidden(page), **told})
    assert page.status_code == 422
    assert "Animali" in text_of(page)


@pytest.mark.slow
def test_a_program_tells_it_and_is_told_where_it_is_wrong(desk: WebHouse, in_force: TestClient) -> None:
    assert in_force
    program = caller(desk)
    code = program.open_case(facts={"pets": 2})["code"]
    assert desk.view(code).state.facts["pets"] == 2
    for wrong in (10, "many", [2], {"many": 2}):
        answer = program.post("/cases", TO_OPEN | {"facts": {"pets": wrong}})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/facts/pets")


@pytest.mark.slow
def test_it_is_told_and_read_on_the_command_line(run: Callable[..., Result], in_force: TestClient) -> None:
    assert in_force
    opened = run(*OPEN, "--fact", "pets=2", "--json")
    assert opened.exit_code == 0, opened.stderr
    code = json.loads(opened.stdout)["code"]
    assert run("case", "fact", code, "pets=1", "--reason", "she_said").exit_code == 0
    trail = run("case", "trail", code)
    assert "Pets: 1 (before: 2)" in trail.stdout, trail.stdout
    wrong = run(*OPEN, "--fact", "pets=10")
    assert wrong.exit_code == 5
    assert "10" not in wrong.stderr
    assert "pets" in wrong.stderr


@pytest.mark.slow
def test_who_would_be_called_follows_it(run: Callable[..., Result], in_force: TestClient) -> None:
    assert in_force
    asked = ("who-now", "--pathway", "shelter", "--territory", "valle_chiara", "--consent", "shelter", "--fact")
    with_none, with_two = (run(*asked, f"pets={pets}") for pets in (0, 2))
    assert (with_none.exit_code, with_two.exit_code) == (0, 0), with_two.stderr
    assert with_none.stdout != with_two.stdout
