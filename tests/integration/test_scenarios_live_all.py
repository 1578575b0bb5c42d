"""A sample of all stories in a real house: every verb, every kind of step and every kind of event that any of them has.

All of them are rehearsed by `make rehearse`, with Prefect (docs/scenarios.md says how long it takes).
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from cli.demo.gateway import SmsGateway
from cli.demo.mailserver import MailServer
from flows.rehearsing import Rehearsals
from models.network import parse_network, sample_network
from notifiers.carriers import Carriers
from procedures.case import StepState
from procedures.loading import SHIPPED, texts_of
from procedures.scenario.differing import failure, unlike
from procedures.scenario.files import load
from procedures.scenario.running import ScenarioRun, Stage
from procedures.scenario.verbs import CARRIERS, VERBS
from procedures.schema import Library
from tests.simulation.procedures import FOLDERS

KINDS = frozenset({"ask", "tell", "await", "start"})
ELSEWHERE = frozenset({"adopt", "move"})
"""They need an earlier text beside the story: `test_scenarios_live` plays one, with Prefect."""
FEW = 40
"""A sample of more would be no sample."""


@lru_cache(maxsize=1)
def ruled() -> tuple[tuple[ScenarioRun, Library], ...]:
    """What the rules make of every story."""
    network = parse_network(sample_network(), "network.yaml")
    loaded, faults = load(FOLDERS, lambda _name, _folder: network)
    assert not faults
    return tuple((Stage(one.library, network).run(story), one.library) for one in loaded for story, _ in one.scenarios)


def shows(run: ScenarioRun, library: Library) -> frozenset[str]:
    """What happens in a story, by kinds."""
    acts = {act.verb for block in run.scenario.blocks for act in block.acts}
    begun = [(pathway, step) for pathway in run.state.runs.values() for step in pathway.steps.values()]
    kinds = {
        library.by_hash[pathway.content_hash].steps[step.step].kind
        for pathway, step in begun
        if step.state is StepState.DONE
    }
    return frozenset(acts | kinds | {type(event).__name__ for event in run.trail})


@lru_cache(maxsize=1)
def sample() -> tuple[ScenarioRun, ...]:
    """The fewest stories, as far as a greedy choice finds them, that show all that any shows."""
    told = [(run, shows(run, library)) for run, library in ruled()]
    wanted = frozenset().union(*(shown for _, shown in told))
    chosen: list[ScenarioRun] = []
    while wanted:
        run, shown = max(told, key=lambda one: len(one[1] & wanted))
        chosen.append(run)
        wanted -= shown
    return tuple(chosen)


@pytest.fixture
def rehearsals(tmp_path: Path) -> Iterator[Rehearsals]:
    with MailServer.start() as mail, SmsGateway.start() as sms:
        urls = {"email": mail.url, "sms": sms.url}
        settings = "".join(f'[carriers.{kind}]\nurl = "{url}"\n' for kind, url in urls.items())
        with Rehearsals(tmp_path, settings, Carriers(urls)) as made:
            yield made


@pytest.mark.slow
def test_every_verb_and_every_kind_of_step_stands_in_the_sample() -> None:
    names = {run.scenario.name for run in sample()}
    shown = frozenset().union(*(shows(run, library) for run, library in ruled() if run.scenario.name in names))
    assert shown >= VERBS.keys() - ELSEWHERE | CARRIERS.keys() - {"carrier_accepts"} | KINDS
    assert len(sample()) <= FEW


@pytest.mark.slow
def test_a_house_makes_of_each_of_them_what_the_rules_make_of_it(rehearsals: Rehearsals) -> None:
    library = next(library for run, library in ruled() if run.scenario.given.pathway == "search")
    for run in sample():
        lived = rehearsals.play(run.scenario, library, texts_of(FOLDERS), sample_network())
        assert failure(lived) is None, run.scenario.name
        assert unlike(run, lived) is None, run.scenario.name


@pytest.mark.slow
def test_the_stories_that_are_shipped_are_in_it() -> None:
    assert len(ruled()) > len(list(SHIPPED.glob("*.scenario.yaml")))


@pytest.mark.slow
def test_what_nobody_proved_counts_in_a_house_as_in_the_rules_once_it_is_confirmed(rehearsals: Rehearsals) -> None:
    (told,) = [told for told in ruled() if told[0].scenario.name == "what_nobody_proved_ends_the_calls_once_confirmed"]
    run, library = told
    assert {"AcceptanceClaimed", "AcceptanceConfirmed", "HandoffAccepted"} <= shows(run, library)
    lived = rehearsals.play(run.scenario, library, texts_of(FOLDERS), sample_network())
    assert failure(lived) is None
    assert unlike(run, lived) is None
