"""Another person than before, over the real store: by links, at the desk, over the API and on the command line."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from models.network import import_network, sample_network
from models.trail import verify
from procedures.commands import AcceptHandoff, CompleteHandoff
from procedures.person_errors import AskedOfAnother
from tests.houses import CARRIERS, Told, only_handoff
from tests.integration.apihouse import api_house, caller
from tests.integration.procedures_in_force import put_in_force
from tests.integration.webhouse import WebHouse, hidden, text_of

pytestmark = pytest.mark.slow

STEP = """
    ask: emergency_health
    title: {it: %s, en: %s}
    accept_within: 15 min
    complete_within: 4 h
    source: {text: "Invented for this story", verified: false}
"""
INTAKE = (
    "pathway: intake\nedition: 1\ntitle: {it: Quattro occhi, en: Four eyes}\nconsent: intake\nsteps:\n  visit:"
    + STEP % ("Visita", "Visit")
    + "  review:"
    + STEP % ("Riesame", "Review")
    + "    needs: [visit]\n    choose: {other_person_than: visit}\noutcomes: {over: review}\n"
)


@pytest.fixture(autouse=True)
def _pathways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_in_force(monkeypatch, tmp_path, {"intake": INTAKE})


@pytest.fixture
def told(tmp_path: Path, database_settings: str) -> Iterator[Told]:
    told = Told(tmp_path / "data", CARRIERS + database_settings)
    yield told
    told.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with api_house(tmp_path / "data") as (made, _):
        yield made


def test_who_took_it_stays_what_was_known_then_whatever_the_network_becomes(told: Told) -> None:
    ref = only_handoff(told.opened(pathway="intake", consents=frozenset({"intake"}))).ref
    (asked,) = told.sent()
    told.say(AcceptHandoff, ref=ref, actor=f"person:{asked.person}")
    # From now on the deputy reads the mailbox of the referent, too; and a third person is the referent.
    network = sample_network().replace("fabia.leone@example.org", "elena.costa@example.org")
    changed = network.replace("referent: elena", "referent: vera", 1)
    import_network(told.house.database, changed, "network.yaml", told.clock.now())
    review = told.say(CompleteHandoff, ref=ref, result="done").state
    written = {delivery.person for delivery in told.claimed() if delivery.step == "review"}
    assert (asked.person, written) == ("elena", {"vera"})
    held = next(handoff.ref for handoff in review.handoffs.values() if handoff.step == "review")
    for person in ("elena", "fabia"):
        with pytest.raises(AskedOfAnother):
            told.say(AcceptHandoff, ref=held, actor=f"person:{person}")
    told.say(AcceptHandoff, ref=held, actor="person:vera")
    assert verify(told.house.database, told.house.keyring).sound


def ref_of(house: WebHouse, code: str, step: str) -> str:
    return next(row.ref for row in house.view(code).handoffs if row.step == step)


def people(house: WebHouse, code: str, step: str) -> list[str]:
    """Everybody who was written to about the step, in their order."""
    return [alert.person for alert in house.view(code).alerts if alert.about == ref_of(house, code, step)]


def state(house: WebHouse, code: str, step: str) -> str:
    return next(row for row in house.view(code).handoffs if row.step == step).state.value


def test_a_link_that_came_before_is_refused_with_what_to_do(house: WebHouse) -> None:
    code, browser = house.open_case("intake"), house.browser()
    own = caller(house, "more")
    own.post(f"/cases/{code}/act-first", {"step": "review", "reason": "only_chance"})
    both = [house.letter_about(code, step) for step in ("visit", "review")]  # elena is called for both
    first, second = (browser.post(one.path, data={"code": one.code, "answer": "accept"}) for one in both)
    assert "una persona diversa da chi ha preso" not in text_of(first)
    assert "Lo prenda qualcun altro" in text_of(second)
    assert (state(house, code, "visit"), state(house, code, "review")) == ("accepted", "requested")


def test_whoever_took_it_by_a_link_is_not_called_again_and_the_trail_says_why(house: WebHouse) -> None:
    code = house.open_case("intake")
    browser = house.browser()
    letter = house.letter_about(code, "visit")
    browser.post(letter.path, data={"code": letter.code, "answer": "accept"})
    own = caller(house, "more")
    own.post(f"/handoffs/{ref_of(house, code, 'visit')}/complete", {"result": "done"})
    assert people(house, code, "review") == ["fabia"]  # the referent, elena, did the visit

    letter = house.letter_about(code, "review")
    browser.post(letter.path, data={"code": letter.code, "answer": "accept"})
    assert state(house, code, "review") == "accepted"
    trail = text_of(house.operator().get(f"/cases/{code}"))
    assert "una persona diversa da chi ha preso «Visita»" in trail
    assert verify(house.house.database, house.house.keyring).sound


def test_the_desk_asks_who_takes_it_and_does_not_let_the_same_one(house: WebHouse) -> None:
    code = house.open_case("intake")
    operator, path = house.operator(), f"/cases/{code}/handoffs/{ref_of(house, code, 'visit')}"
    page = operator.get(path)
    assert '<option value="elena">referente (elena)</option>' in page.text
    operator.post(path, data={"command": hidden(page), "answer": "accept", "person": "elena"})
    operator.post(path, data={"command": "e" * 32, "answer": "complete", "result": "done"})
    assert people(house, code, "review") == ["fabia"]
    assert "operatrice: referente)" in text_of(operator.get(f"/cases/{code}"))

    path = f"/cases/{code}/handoffs/{ref_of(house, code, 'review')}"
    page = operator.get(path)
    assert '<option value="elena">' not in page.text
    unsaid = operator.post(path, data={"command": hidden(page), "answer": "accept", "person": ""})
    assert unsaid.status_code == 422
    assert "Indica quale persona lo prende" in text_of(unsaid)
    same = operator.post(path, data={"command": "a" * 32, "answer": "accept", "person": "elena"})
    assert same.status_code == 409
    assert "una persona diversa da chi ha preso" in text_of(same)
    operator.post(path, data={"command": "b" * 32, "answer": "accept", "person": "fabia"})
    assert state(house, code, "review") == "accepted"


@pytest.mark.parametrize("person", ["nonsense", "hanna", "<script>", "x" * 3000])
@pytest.mark.slow
def test_whoever_is_not_of_the_service_is_refused_in_plain_words(house: WebHouse, person: str) -> None:
    code = house.open_case("intake")
    operator, path = house.operator(), f"/cases/{code}/handoffs/{ref_of(house, code, 'visit')}"
    command = hidden(operator.get(path))
    refused = operator.post(path, data={"command": command, "answer": "accept", "person": person})
    assert refused.status_code == 422
    assert "non è di questa persona" in text_of(refused)
    assert person not in text_of(refused)


def test_the_api_says_who_takes_it_and_who_would_be_called(house: WebHouse) -> None:
    code = house.open_case("intake")
    own = caller(house, "more")
    rows = own.get(f"/cases/{code}/who-now").json()["steps"]
    assert [(row["step"], row["service"]) for row in rows] == [
        ("visit", "san_vito_pronto_soccorso"),
        ("review", "san_vito_pronto_soccorso"),
    ]
    ref = ref_of(house, code, "visit")
    assert own.post(f"/handoffs/{ref}/accept", {"person": "nobody"}).status_code == 422
    assert own.post(f"/handoffs/{ref}/accept", {"person": "fabia"}).status_code == 200
    own.post(f"/handoffs/{ref}/complete", {"result": "done"})
    assert people(house, code, "review") == ["elena"]
    ref = ref_of(house, code, "review")
    assert own.post(f"/handoffs/{ref}/accept").status_code == 422
    assert own.post(f"/handoffs/{ref}/accept", {"person": "fabia"}).status_code == 409
    assert own.post(f"/handoffs/{ref}/accept", {"person": "elena"}).status_code == 200


def test_the_command_line_says_who_takes_it(tmp_path: Path) -> None:
    (tmp_path / "network.yaml").write_text(sample_network(), encoding="utf-8")

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--data", str(tmp_path / "cli"), "--language", "en"])

    run("network", "import", str(tmp_path / "network.yaml"))
    opening = ("case", "open", "--pathway", "intake", "--territory", "valle_chiara", "--consent", "intake", "--json")
    ref = json.loads(run(*opening).stdout)["handoffs"][0]["ref"]
    assert run("handoff", "accept", ref, "--person", "gina").exit_code == 5
    assert run("handoff", "accept", ref, "--person", "elena").exit_code == 0
    review = json.loads(run("handoff", "complete", ref, "--result", "done", "--json").stdout)["asked_next"][0]["ref"]
    unsaid, same = run("handoff", "accept", review), run("handoff", "accept", review, "--person", "elena")
    assert (unsaid.exit_code, same.exit_code) == (5, 5)
    assert "Say which person takes it" in unsaid.stderr
    assert run("handoff", "accept", review, "--person", "fabia").exit_code == 0
