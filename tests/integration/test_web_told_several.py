"""A notice to several services on the page of its case: who was told, who was not yet, whom to telephone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models import outbox
from models.outbox import SettledDelivery, SettledResult
from procedures.events import AlertPurpose
from tests.integration.procedures_in_force import put_in_force, shipped, shipped_with
from tests.integration.webhouse import SETTINGS, WebHouse, text_of, web_house

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _pathways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every house has an intake that warns the police and the lawyers in one step."""
    text = shipped("intake")
    text = text.replace("tell: police\n", "tell: [police, legal_aid]\n", 1)
    put_in_force(monkeypatch, tmp_path, shipped_with("intake", text))


@pytest.fixture(params=["it", "en"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WebHouse]:
    settings = SETTINGS.replace("[desk]", f'[desk]\nlanguage = "{request.param}"')
    with web_house(tmp_path / "data", settings=settings) as made:
        yield made


def page(house: WebHouse, code: str) -> str:
    return text_of(house.operator().get(f"/cases/{code}"))


def settle(house: WebHouse, code: str, *refused: str) -> None:
    """What left is taken by its carrier, but for the notices for these competences."""
    now = house.clock.pass_by(seconds=5)
    kept = house.view(code).state.handoffs
    about = {alert.alert_id: kept[alert.about or ""].competence for alert in house.alerts(code, AlertPurpose.TELL)}
    for one in outbox.claim(house.house.database, worker="story", now=now, lease_seconds=30, limit=50):
        lost = about.get(one.delivery_id.rpartition(".")[0]) in refused
        result = SettledResult.PERMANENT if lost else SettledResult.ACCEPTED
        house.house.handling.settle([SettledDelivery(one.delivery_id, result, now)])


def test_the_page_says_who_was_told_and_who_was_not_yet(house: WebHouse) -> None:
    code = house.open_case("intake", facts={"risk": "imminent"})
    italian = house.house.settings.desk.language == "it"
    assert ("nessuno ancora avvisato" if italian else "nobody told yet") in page(house, code)
    for _ in range(6):
        settle(house, code, "legal_aid")
    said = page(house, code)
    assert (
        "già avvisati: forze dell'ordine, non ancora: assistenza legale" if italian else "told: police, not yet:"
    ) in said


@pytest.mark.slow
def test_the_coordinator_reads_whom_to_telephone_and_then_the_step_is_over(house: WebHouse) -> None:
    code = house.open_case("intake", facts={"risk": "imminent"})
    for _ in range(6):
        settle(house, code, "police", "legal_aid")
    for competence in ("police", "legal_aid"):
        left = [h for h in house.view(code).state.handoffs.values() if h.is_open and h.competence == competence]
        (alert,) = [a for a in house.alerts(code, AlertPurpose.COORDINATOR) if a.about == left[0].ref]
        letter = house.letter_of(alert.deliveries[0].delivery_id)
        asked = text_of(house.browser().post(letter.path, data={"code": letter.code}))
        wanted = {"police": ("forze dell'ordine", ": police"), "legal_aid": ("assistenza legale", ": legal help")}
        assert any(words in asked for words in wanted[competence])
        house.browser().post(letter.path, data={"code": letter.code, "answer": "complete", "result": "told"})
    steps = [
        run.steps["tell_police"].result for run in house.view(code).state.runs.values() if "tell_police" in run.steps
    ]
    assert steps == ["told"]
