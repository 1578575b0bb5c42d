"""A step that is decided anew on a body's word alone: the desk asks whose it is, and the trail keeps it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from tests.integration.apihouse import api_house, caller
from tests.integration.procedures_in_force import put_in_force, shipped_with
from tests.integration.test_web_never_anew import TEXT, judged
from tests.integration.webhouse import WebHouse, hidden, text_of

NAMED = TEXT.replace("anew: never", "anew: {by: [legal_aid, coordinator]}")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebHouse]:
    put_in_force(monkeypatch, tmp_path, shipped_with("follow_up", NAMED))
    with api_house(tmp_path / "data") as (made, _):
        yield made


@pytest.fixture
def code(house: WebHouse) -> str:
    return judged(house)


@pytest.mark.slow
def test_the_desk_asks_on_whose_word_and_the_page_of_the_case_says_it(house: WebHouse, code: str) -> None:
    browser, run = house.operator(), house.view(code).runs[0].ref
    page = browser.get(f"/cases/{code}/anew/{run}/judge")
    assert [option for option in ('value="legal_aid"', 'value="coordinator"') if option not in page.text] == []
    form = {"command": hidden(page), "result": "yes_to_it", "reason": "reconsidered", "hanging.go_on": "keep"}
    untold = browser.post(f"/cases/{code}/anew/{run}/judge", data=form)
    assert (untold.status_code, "step_decided_anew" in house.events(code)) == (409, False)
    assert "si decide di nuovo su parola di: assistenza legale, il coordinamento" in text_of(untold)
    told = {**form, "command": hidden(untold), "by": "legal_aid"}
    after = text_of(browser.post(f"/cases/{code}/anew/{run}/judge", data=told))
    assert "è stato deciso di nuovo su parola di assistenza legale" in after


@pytest.mark.slow
def test_a_program_and_the_command_line_say_whose_word_it_is(house: WebHouse, code: str) -> None:
    asked = {"step": "judge", "result": "yes_to_it", "reason": "reconsidered", "keep": ["go_on"]}
    program = caller(house, "steering")
    refused = program.post(f"/cases/{code}/decide", asked)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:staffetta:problem:not-decided-anew-by")
    assert program.post(f"/cases/{code}/decide", {**asked, "on_word_of": "legal_aid"}).status_code == 200
    options = ("--data", str(house.house.settings.data), "--language", "en")
    again = (
        "case",
        "decide",
        code,
        "judge",
        "no_to_it",
        "--reason",
        "appeal",
        "--keep",
        "go_on",
        "--by",
        "coordinator",
    )
    done = CliRunner().invoke(app, [*again, "--by", "coordinator", *options])
    assert done.exit_code == 0, done.stderr
    trail = CliRunner().invoke(app, ["case", "trail", code, *options]).stdout
    assert "was decided anew on the word of legal help: yes to it" in " ".join(trail.split())
