"""A procedure that compares with today: desk and programs are told by the house's own clock who would be called."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from procedures.values import ROME
from tests.integration.apihouse import caller
from tests.integration.procedures_in_force import put_in_force
from tests.integration.webhouse import TEATIME, WebHouse, hidden, text_of

INTAKE = """
pathway: intake
edition: 1
title: {it: Visita, en: Examination}
consent: intake
steps:
  forensic:
    tell: police
    title: {it: Visita forense, en: Forensic examination}
    when: {incident_at: {ago: {less_than: 72 h}}}
  late:
    tell: first_contact
    title: {it: Visita ordinaria, en: Ordinary examination}
    when: {not: {incident_at: {ago: {less_than: 72 h}}}}
outcomes: {over: late}
"""
FORM = {"pathway": "intake", "territory": "valle_chiara", "desk": "", "consent.intake": "yes"}


@pytest.fixture(autouse=True)
def _pathways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_in_force(monkeypatch, tmp_path, {"intake": INTAKE})


def hours_ago(hours: int) -> datetime:
    return (TEATIME - timedelta(hours=hours)).astimezone(ROME)


def test_the_desk_asks_when_it_happened_and_is_told_who_would_be_called(operator: TestClient) -> None:
    asked, _, _ = operator.get("/cases/new").text.partition("<main")[2].partition("<details")
    assert "fact.incident_at" in asked
    found = {}
    for hours in (71, 72):
        told = {"fact.incident_at": f"{hours_ago(hours):%Y-%m-%dT%H:%M}", "command": hidden(operator.get("/who-now"))}
        found[hours] = text_of(operator.post("/who-now", data=FORM | told))
    assert found[71] != found[72]


def test_a_program_is_told_the_same_by_the_clock_of_the_house(desk: WebHouse) -> None:
    program = caller(desk)
    facts = {"incident_at": hours_ago(71).isoformat()}
    asked = {"pathway": "intake", "territory": "valle_chiara", "consents": ["intake"], "facts": facts}

    def when() -> dict[str, str]:
        return {row["step"]: row["when"] for row in program.post("/who-now", asked).json()["steps"]}

    assert when() == {"forensic": "now", "late": "left_out"}
    desk.clock.pass_by(hours=1)
    assert when() == {"forensic": "left_out", "late": "now"}
