"""Compared with today in a real house: the clock of the house says when it is looked at, and no vault is needed."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from models.adopting import adopt, propose
from models.composition import open_house
from models.trail import verify
from procedures.case import StepState
from procedures.commands import PassDeadline, Road
from tests.houses import START, Told

ANNA, BERTA = "operator:anna", "operator:berta"
TEXT = """\
pathway: examination
edition: 1
title: {it: Visita, en: Examination}
consent: shelter
facts:
  her_day: {type: date, birth: true, title: {it: Data di nascita, en: Day of birth}}
steps:
  first:
    await: {it: Lei ci pensa, en: She thinks it over}
    watched_by: first_contact
    title: {it: Ci pensa, en: She thinks it over}
    within: 2 h
    on_expiry: silent
    source: {text: invented, verified: false}
    results: {silent: {}, told: {ends_here: true}}
  forensic:
    tell: emergency_health
    title: {it: Visita forense, en: Forensic examination}
    needs: [first.silent]
    when: {incident_at: {ago: {less_than: 72 h}}}
  late:
    tell: emergency_health
    title: {it: Visita, en: Examination}
    needs: [first.silent]
    when: {not: {incident_at: {ago: {less_than: 72 h}}}}
  as_a_minor:
    tell: social_services
    title: {it: Servizio per minori, en: Service for minors}
    needs: [first.silent]
    when: {her_day: {age: {less_than: 18}}}
outcomes: {over: first}
"""


@pytest.fixture
def told(tmp_path: Path, database_settings: str) -> Iterator[Told]:
    told = Told(tmp_path / "data", database_settings)
    propose(told.house, TEXT, "examination.yaml", ANNA)
    adopt(told.house, "examination", 1, ANNA)
    adopt(told.house, "examination", 1, BERTA)
    yield told
    told.close()


def after_the_silence(told: Told, hours_ago: int, her_day: str) -> dict[str, StepState]:
    """How the steps stand once two hours of silence are over, which a process without the vault key looks after."""
    told.opened(pathway="examination", facts={"incident_at": START - timedelta(hours=hours_ago), "her_day": her_day})
    told.clock.pass_by(hours=2)
    clock = open_house(told.house.settings.data, with_vault=False, clock=told.clock)
    command = PassDeadline(id=clock.ids.new_id(), case_id=told.case_id, actor="clock", road=Road.CLOCK)
    handled = clock.handling.handle(command)
    assert verify(clock.database, clock.keyring).faults == ()
    clock.close()
    (run,) = handled.state.runs.values()
    return {name: step.state for name, step in run.steps.items() if name != "first"}


TAKEN, LEFT_OUT = StepState.ACTIVE, StepState.SKIPPED


def test_in_time_and_not_yet_of_age(told: Told) -> None:
    found = after_the_silence(told, hours_ago=69, her_day="2008-11-25")
    assert found == {"forensic": TAKEN, "late": LEFT_OUT, "as_a_minor": TAKEN}


def test_the_time_ran_out_while_she_thought_it_over(told: Told) -> None:
    found = after_the_silence(told, hours_ago=70, her_day="2008-11-24")
    assert found == {"forensic": LEFT_OUT, "late": TAKEN, "as_a_minor": LEFT_OUT}
