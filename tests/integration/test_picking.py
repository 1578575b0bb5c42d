"""The operator picks who is asked: at the desk, over the API and on the command line."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from models.network import sample_network
from procedures.events import AlertPurpose
from tests.integration.apihouse import api_house, caller
from tests.integration.procedures_in_force import put_in_force
from tests.integration.webhouse import WebHouse, hidden, text_of

pytestmark = pytest.mark.slow

INTAKE = """
pathway: intake
edition: 1
title: {it: Ascolto, en: Listening}
consent: intake
steps:
  listen:
    ask: first_contact
    title: {it: Ascoltarla, en: Listen to her}
    choose: {picked: true}
    accept_within: 15 min
    complete_within: 4 h
    source: {text: "Invented for this story", verified: false}
"""
FORM = {"pathway": "intake", "territory": "valle_chiara", "desk": "", "consent.intake": "yes"}


@pytest.fixture(autouse=True)
def _pathways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_in_force(monkeypatch, tmp_path, {"intake": INTAKE})


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with api_house(tmp_path / "data") as (made, _):
        yield made


def opened(house: WebHouse) -> tuple[str, str]:
    """The code of a case in which somebody has to be picked, and the reference of that."""
    operator = house.operator()
    page = operator.post("/cases/new", data=FORM | {"command": hidden(operator.get("/cases/new"))})
    code = page.url.path.removeprefix("/cases/")
    return code, house.first(code).ref


def test_the_desk_says_that_somebody_is_to_be_picked_and_offers_whom(house: WebHouse) -> None:
    code, ref = opened(house)
    assert len(house.alerts(code, AlertPurpose.PICK_NEEDED)) == 1
    operator, path = house.operator(), f"/cases/{code}/handoffs/{ref}"
    assert "da scegliere" in text_of(operator.get(f"/cases/{code}"))
    page = operator.get(path)
    assert '<option value="ginestra_ascolto">' in page.text
    assert 'value="accept"' not in page.text  # nobody was asked yet
    done = operator.post(path, data={"command": hidden(page), "answer": "pick", "service": "ginestra_ascolto"})
    assert "ha scelto Centro Ginestra, ascolto per «Ascoltarla»" in text_of(done)
    assert len(house.alerts(code, AlertPurpose.REQUEST)) == 1
    again = operator.post(path, data={"command": "f" * 32, "answer": "pick", "service": "luna_ascolto"})
    assert again.status_code == 409


@pytest.mark.parametrize("service", ["", "nonsense", "questura", "<script>"])
@pytest.mark.slow
def test_whoever_may_not_be_asked_is_refused_in_plain_words(house: WebHouse, service: str) -> None:
    code, ref = opened(house)
    operator, path = house.operator(), f"/cases/{code}/handoffs/{ref}"
    command = hidden(operator.get(path))
    refused = operator.post(path, data={"command": command, "answer": "pick", "service": service})
    assert refused.status_code == 422
    assert "Scegli uno di questi" in text_of(refused)


def test_it_is_picked_over_the_api_and_a_key_of_one_body_sees_nothing_to_pick(house: WebHouse) -> None:
    code, ref = opened(house)
    coordination, centre = caller(house, "more"), caller(house, "centre", body="centro_ginestra")
    rows = coordination.get(f"/cases/{code}/who-now").json()["steps"]
    assert [(row["service"], row["because"]) for row in rows] == [(None, "picked")]
    assert centre.post(f"/handoffs/{ref}/pick", {"service": "ginestra_ascolto"}).status_code in {403, 404}
    wrong = coordination.post(f"/handoffs/{ref}/pick", {"service": "questura"})
    assert wrong.status_code == 422
    picked = coordination.post(f"/handoffs/{ref}/pick", {"service": "ginestra_ascolto"}).json()
    assert [one["service"] for one in picked["asked_next"]] == ["ginestra_ascolto"]


def test_it_is_picked_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "network.yaml").write_text(sample_network(), encoding="utf-8")

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--data", str(tmp_path / "cli"), "--language", "en"])

    run("network", "import", str(tmp_path / "network.yaml"))
    assert "picked by the operator" in run("who-now", "--pathway", "intake", "--territory", "valle_chiara").stdout
    opening = ("case", "open", "--pathway", "intake", "--territory", "valle_chiara", "--consent", "intake", "--json")
    case = json.loads(run(*opening).stdout)
    ref = case["handoffs"][0]["ref"]
    refused, early = run("handoff", "pick", ref, "questura"), run("handoff", "accept", ref)
    picked = json.loads(run("handoff", "pick", ref, "ginestra_ascolto", "--json").stdout)

    assert (refused.exit_code, early.exit_code) == (5, 5)
    assert [one["service"] for one in picked["asked_next"]] == ["ginestra_ascolto"]
    trail = run("case", "trail", case["code"]).stdout
    assert "is asked to pick who does" in trail
    assert "picked for “Listen to her”, out of 2 that can be asked" in trail
