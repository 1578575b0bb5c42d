"""The same stories in a real house: what it makes of them is what the rules make of them."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from cli.demo.gateway import SmsGateway
from cli.demo.mailserver import MailServer
from flows.rehearsing import Rehearsals
from flows.rehearsing_history import bring_in
from models.composition import House
from models.history import flow_run_of
from models.network import sample_network
from notifiers.carriers import Carriers
from procedures.events import PathwayMoved, StepLookedAtAnew
from procedures.loading import SHIPPED, shipped_library, texts_of
from procedures.scenario.differing import failure, unlike
from procedures.scenario.earlier import earlier_files
from procedures.scenario.files import load
from procedures.scenario.language import Scenario
from procedures.scenario.reading import read_scenarios
from tests.integration.prefect_at_work import PREFECT_LEAVES_SOCKETS, PrefectAtWork
from tests.unit.scenariohouse import STORY, network, read, stage
from tests.unit.test_scenario_moving import house as with_two_texts

TOLD = (
    ("shelter", "night_without_an_answer"),
    ("shelter", "mailbox_that_nobody_reaches"),
    ("psychological", "she_withdraws_after_the_first_talk"),
    ("legal", "codice_rosso"),
    ("intake", "she_changes_her_mind"),
)


def shipped(pathway: str, name: str) -> Scenario:
    file = SHIPPED / f"{pathway}.scenario.yaml"
    _document, scenarios = read_scenarios(file.read_text("utf-8"), file.name)
    return next(scenario for scenario in scenarios if scenario.name == name)


@pytest.mark.slow
def test_a_house_makes_of_a_story_what_the_rules_make_of_it(tmp_path: Path) -> None:
    with MailServer.start() as mail, SmsGateway.start() as sms:
        urls = {"email": mail.url, "sms": sms.url}
        settings = "".join(f'[carriers.{kind}]\nurl = "{url}"\n' for kind, url in urls.items())
        with Rehearsals(tmp_path, settings, Carriers(urls)) as rehearsals:
            for pathway, name in TOLD:
                scenario = shipped(pathway, name)
                run = rehearsals.play(scenario, shipped_library(), texts_of([SHIPPED]), sample_network())
                assert failure(run) is None, name
                assert unlike(stage().run(scenario), run) is None, name
        assert len(mail.received()) > len(TOLD)
    assert not (tmp_path / "story").exists()


@pytest.mark.slow
@PREFECT_LEAVES_SOCKETS
def test_prefect_shows_the_story_at_rest_where_the_trail_has_it(tmp_path: Path, prefect: PrefectAtWork) -> None:
    assert prefect
    (scenario,) = read(STORY)
    brought: list[str] = []

    async def history(house: House, run_ids: Sequence[str]) -> None:
        await bring_in(house, run_ids)
        brought.extend(note.state_name for run_id in run_ids if (note := flow_run_of(house.database, run_id)))

    with MailServer.start() as mail, SmsGateway.start() as sms:
        urls = {"email": mail.url, "sms": sms.url}
        settings = "".join(f'[carriers.{kind}]\nurl = "{url}"\n' for kind, url in urls.items())
        with Rehearsals(tmp_path, settings, Carriers(urls), history) as rehearsals:
            run = rehearsals.play(scenario, shipped_library(), texts_of([SHIPPED]), sample_network())
    assert failure(run) is None
    assert brought == ["Awaiting find_place"]


EARLIER_ESCORT = (SHIPPED / "shelter.yaml").read_text("utf-8")
LATER_ESCORT = EARLIER_ESCORT.replace("edition: 1\n", "edition: 2\n").replace(
    "{risk: [high, imminent]}, {needs_transport", "{risk: [low, high, imminent]}, {needs_transport", 1
)
LOOKED_AT_ANEW = """
scenarios:
  an_escort_for_everybody:
    given:
      pathway: shelter
      territory: valle_chiara
      date: 2026-11-25 10:00
      desk: sportello_luna
      facts: {risk: low}
      consents: [shelter]
      earlier: [earlier/shelter.yaml]
    then:
      - at: start
        expect: [step find_place begins, …]
      - at: 5 min
        do: [{accept: find_place}]
        expect: […]
      - at: 10 min
        do: [{complete: find_place, result: housed, evidence: {place_confirmed_at: 2026-11-25T10:08}}]
        expect: [step escort skipped not_applicable, …]
      - at: 15 min
        do: [{adopt: shelter}]
        expect: […]
      - at: 20 min
        do: [{move: shelter, reason: procedure_changed}]
        expect: [step escort looked at anew, step escort begins, …]
"""


@pytest.mark.slow
def test_a_house_looks_anew_at_a_step_that_the_next_edition_begins_otherwise(tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    place = with_two_texts(tmp_path / "texts", LOOKED_AT_ANEW, today=LATER_ESCORT, earlier=EARLIER_ESCORT)
    (file,), _faults = load([place], lambda _name, _folder: network())
    ((scenario, on_rules),) = file.scenarios
    texts = texts_of([SHIPPED, place / "shelter.yaml", *earlier_files(scenario.given, place)])
    with MailServer.start() as mail, SmsGateway.start() as sms:
        urls = {"email": mail.url, "sms": sms.url}
        settings = "".join(f'[carriers.{kind}]\nurl = "{url}"\n' for kind, url in urls.items())
        with Rehearsals(tmp_path, settings, Carriers(urls)) as rehearsals:
            run = rehearsals.play(scenario, file.library, texts, sample_network(), on_rules.earlier)
    assert failure(run) is None
    assert unlike(on_rules.run(scenario), run) is None
    assert any(isinstance(event, StepLookedAtAnew) for event in run.trail)


@pytest.mark.slow
@PREFECT_LEAVES_SOCKETS
def test_a_house_and_prefect_move_a_case_to_the_text_that_is_adopted_as_the_rules_do(
    tmp_path: Path, prefect: PrefectAtWork
) -> None:
    assert prefect
    (tmp_path / "texts").mkdir()
    place = with_two_texts(tmp_path / "texts")
    (file,), _faults = load([place], lambda _name, _folder: network())
    ((scenario, on_rules),) = file.scenarios
    texts = texts_of([SHIPPED, place / "shelter.yaml", *earlier_files(scenario.given, place)])
    with MailServer.start() as mail, SmsGateway.start() as sms:
        urls = {"email": mail.url, "sms": sms.url}
        settings = "".join(f'[carriers.{kind}]\nurl = "{url}"\n' for kind, url in urls.items())
        with Rehearsals(tmp_path, settings, Carriers(urls), bring_in) as rehearsals:
            run = rehearsals.play(scenario, file.library, texts, sample_network(), on_rules.earlier)
    assert failure(run) is None
    assert unlike(on_rules.run(scenario), run) is None
    assert any(isinstance(event, PathwayMoved) for event in run.trail)
