"""What the page of a case says of steps that wait, come again or are decided anew, and of a reopened pathway."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from models.network import sample_network
from tests.integration.procedures_in_force import put_in_force, shipped, shipped_with
from tests.integration.webhouse import SETTINGS, WebHouse, hidden, text_of, web_house

SIGNALS = """signals:
  moved: {title: {it: Si trasferisce, en: She moves}, from: [operator, safe_transport]}
"""
LIMITS = "    complete_within: [4 h, 30 days of fact.incident_at]\n"
CALLS = """
  call_her:
    ask: first_contact
    title: {it: Richiamarla, en: Call her back}
    accept_within: 20 min
    complete_within: 3 h
    source: {text: "Invented for this story", verified: false}
    repeat: {every: 1 week, at_most: 3}
    results: {heard: {title: {it: Sentita, en: Heard}, ends_here: true}}
"""


@pytest.fixture(autouse=True)
def _pathways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every house has a shelter in which a step waits for a signal, and one comes again."""
    text = shipped("shelter")
    text = text.replace("steps:\n", SIGNALS + "steps:\n", 1)
    text = text.replace("    complete_within: 4 h\n", LIMITS, 1)
    text = text.replace("[find_place.housed]\n", "[signal.moved]\n", 1)
    text = text.replace("\noutcomes:\n", CALLS + "\noutcomes:\n", 1)
    put_in_force(monkeypatch, tmp_path, shipped_with("shelter", text))


@pytest.fixture(params=["it", "en"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WebHouse]:
    settings = SETTINGS.replace("[desk]", f'[desk]\nlanguage = "{request.param}"')
    with web_house(tmp_path / "data", settings=settings) as made:
        yield made


@pytest.fixture
def case(house: WebHouse) -> "Case":
    return Case(house, house.open_case(facts={"risk": "high", "incident_at": "2026-11-24T10:00:00Z"}))


class Case:
    """One case, and an operator who works on it."""

    def __init__(self, house: WebHouse, code: str) -> None:
        self.house, self.code, self.browser = house, code, house.operator()
        self.italian = house.house.settings.desk.language == "it"

    def said(self, italian: str, english: str) -> bool:
        """Whether the page says it, in its language."""
        return (italian if self.italian else english) in text_of(self.browser.get(f"/cases/{self.code}"))

    def post(self, path: str, **form: str) -> None:
        """What the operator does."""
        address = f"/cases/{self.code}/{path}"
        asks = self.browser.get(address if "/" in path else f"/cases/{self.code}")
        done = self.browser.post(address, data={"command": hidden(asks), **form})
        assert done.status_code == 200, text_of(done)

    def run(self) -> str:
        """The reference of its latest pathway."""
        return self.house.view(self.code).runs[-1].ref

    def take(self, step: str) -> None:
        """The service takes it on."""
        letter = self.house.letter_about(self.code, step)
        self.house.browser().post(letter.path, data={"code": letter.code, "answer": "accept"})

    def bring_home(self, step: str, result: str, **evidence: str) -> None:
        """The service brings it home, as the operator writes down."""
        rows = [row for row in self.house.view(self.code).handoffs if row.step == step and row.ended_at is None]
        ref = rows[-1].ref
        if rows[-1].accepted_at is None:
            self.post(f"handoffs/{ref}", answer="accept")
        self.post(f"handoffs/{ref}", answer="complete", result=result, **evidence)


@pytest.mark.slow
def test_a_step_that_waits_for_a_signal_says_for_which(case: Case) -> None:
    assert case.said("in sicurezza aspetta un segnale: Si trasferisce", "safely waits for a signal: She moves")

    case.post("signals", signal="moved", run=case.run(), said_by="operator")

    assert case.said("Accompagnarla in sicurezza in corso", "Take her there safely under way")
    assert not case.said("aspetta un segnale", "waits for a signal")


@pytest.mark.slow
def test_a_step_that_comes_again_says_when_and_which_time_it_is(case: Case) -> None:
    case.take("call_her")
    case.bring_home("call_her", "heard")
    assert case.said(
        "Richiamarla di nuovo: mar 1 dic, 17:00, volte finora: 1",
        "Call her back again: Tue 1 Dec, 17:00, times so far: 1",
    )
    assert case.said("«Richiamarla» si ripete: mar 1 dic, 17:00.", "“Call her back” comes again: Tue 1 Dec, 17:00.")

    case.house.pass_by(case.code, days=7)
    assert case.said("Richiamarla in corso, volta numero 2", "Call her back under way, time number 2")
    case.bring_home("call_her", "heard")
    case.house.pass_by(case.code, days=7)
    case.bring_home("call_her", "heard")

    assert case.said("Richiamarla concluso: Sentita, volte in tutto: 3", "completed: Heard, times in all: 3")


@pytest.mark.slow
def test_a_limit_that_moves_without_changing_what_counts_never_says_from_the_same_to_the_same(case: Case) -> None:
    case.take("find_place")

    case.post("facts", fact="incident_at", value="2026-11-24T12:30", by="operator", reason="she_said")

    assert case.house.events(case.code).count("limit_moved") == 1
    assert case.said(
        "È cambiato un altro termine di «Trovare un posto protetto»; resta quello che conta: 21:00.",
        "Another limit of “Find a protected place” has changed; the one that counts stays: 21:00.",
    )
    assert not case.said("(prima: 21:00)", "(before: 21:00)")


@pytest.mark.slow
def test_a_step_that_was_decided_anew_says_what_it_was_before(case: Case) -> None:
    case.take("find_place")
    case.bring_home("find_place", "no_place", **{"evidence.places_asked": "3"})

    evidence = {"evidence.place_confirmed_at": "2026-11-24T16:30"}
    case.post(f"anew/{case.run()}/find_place", result="housed", reason="new_facts", **evidence)

    assert case.said(
        "concluso: Accolta in un posto protetto, deciso di nuovo (prima: Nessun posto libero)",
        "completed: Housed in a protected place, decided anew (before: No place is free)",
    )


@pytest.mark.slow
def test_a_pathway_that_was_reopened_says_that_it_began_anew(case: Case) -> None:
    old = case.run()
    case.post("signals", signal="moved", run=old, said_by="operator")
    for step, result, evidence in (
        ("find_place", "no_place", {"evidence.places_asked": "3"}),
        ("escort", "not_needed", {}),
        ("call_her", "heard", {}),
        ("call_her", "heard", {}),
        ("call_her", "heard", {}),
    ):
        case.bring_home(step, result, **evidence)
        case.house.pass_by(case.code, days=7)
    assert case.said("chiuso", "closed")

    case.post("steering", answer="reopen", run=old, reason="new_incident", edition="current")

    assert case.run() != old
    assert case.said("in corso Ricominciato: 17:00", "under way Begun anew: 17:00")


@pytest.mark.slow
def test_the_command_line_says_for_which_signal_a_step_waits(tmp_path: Path) -> None:
    (tmp_path / "network.yaml").write_text(sample_network(), encoding="utf-8")
    data = ("--data", str(tmp_path / "cli"), "--language", "en")
    opening = ("case", "open", "--pathway", "shelter", "--territory", "valle_chiara", "--consent", "shelter", "--json")
    runner = CliRunner()
    runner.invoke(app, ["network", "import", str(tmp_path / "network.yaml"), *data])
    code = json.loads(runner.invoke(app, [*opening, *data]).stdout)["code"]

    shown = runner.invoke(app, ["case", "show", code, *data]).stdout

    assert "“Take her there safely” waits for a signal: “She moves”." in shown
