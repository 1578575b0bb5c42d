"""The same stories in a real house: what it makes of them is what the rules make of them."""

import subprocess
import sys
from pathlib import Path

import pytest

from cli.demo.gateway import SmsGateway
from cli.demo.mailserver import MailServer
from flows.rehearsing import Rehearsals
from models.network import sample_network
from notifiers.carriers import Carriers
from procedures.loading import SHIPPED, shipped_library, texts_of
from procedures.scenario.differing import failure, unlike
from procedures.scenario.language import Scenario
from procedures.scenario.reading import read_scenarios
from tests.unit.scenariohouse import STORY, stage

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
@pytest.mark.xdist_group("prefect")
def test_live_on_the_command_line_brings_the_story_into_prefect_as_well(tmp_path: Path) -> None:
    story = tmp_path / "shelter.scenario.yaml"
    story.write_text(STORY, "utf-8")
    words = [sys.executable, "-m", "cli.main", "procedures", "test", str(story), "--live", "--language", "en"]
    ran = subprocess.run(words, capture_output=True, text=True, timeout=110, check=False)
    assert (ran.returncode, ran.stdout) == (0, ""), ran.stderr
    assert ran.stderr.splitlines()[-1] == "1 scenarios passed."
    assert "Messages that left in the rehearsals: 4." in ran.stderr
