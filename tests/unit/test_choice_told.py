"""Why it was this service: in a scenario, on the command line and on the desk's page."""

import pytest

from cli import speech
from cli.event_sentences import Teller
from cli.naming import Names as CommandNames
from notifiers.language import translator
from procedures.events import NobodyBecause, NoServiceFound, ServiceChosen
from procedures.loading import load_pathway, shipped_facts
from procedures.scenario.checking import Known, check
from procedures.scenario.differing import failure
from procedures.scenario.reading import read_scenarios
from procedures.scenario.running import ScenarioRun, Stage
from procedures.schema import Library
from tests.unit.scenariohouse import network
from web.choicewords import why
from web.naming import Names as PageNames

PATHWAY = """
pathway: twice
edition: 1
title: {it: Due volte, en: Twice}
consent: twice
steps:
  talk: {tell: first_contact, title: {it: Ascolto, en: Talk}}
  assess: {tell: risk_assessment, title: {it: Valutare, en: Assess}, needs: [talk], choose: {different_from: talk}}
  again: {tell: police, title: {it: Ancora, en: Again}, needs: [assess], choose: {same_as: talk}}
outcomes: {over: again}
"""
STORY = """
scenarios:
  another_body_assesses:
    given: {pathway: twice, territory: valle_chiara, date: 2026-11-25 10:00, consents: [twice]}
    then:
      - at: start
        expect:
          - step assess chooses ginestra_ascolto over luna_ascolto
          - step again finds nobody
          - …
"""


TWICE = load_pathway(PATHWAY, "twice.yaml", shipped_facts())
LIBRARY = Library(current={"twice": TWICE}, by_hash={TWICE.content_hash: TWICE}, facts=shipped_facts())


def ran() -> ScenarioRun:
    document, (scenario,) = read_scenarios(STORY, "twice.scenario.yaml")
    check(document, scenario, Known(LIBRARY, network()))
    assert [str(fault) for fault in document.faults] == []
    return Stage(LIBRARY, network()).run(scenario)


RAN = ran()
(CHOSEN,) = (event for event in RAN.trail if isinstance(event, ServiceChosen))
(NOBODY,) = (event for event in RAN.trail if isinstance(event, NoServiceFound))


def test_a_scenario_says_who_was_chosen_whom_that_passed_over_and_where_nobody_is() -> None:
    assert failure(RAN) is None


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "no body that has to do with «Talk»; passed over: "), ("it", "nessun ente di «Ascolto»; non scelti: ")],
)
def test_the_page_and_the_command_line_say_why(language: str, said: str) -> None:
    names = PageNames(network(), LIBRARY, language, translator(language, "web"))
    (content_hash,) = LIBRARY.by_hash
    told = why(names, content_hash, CHOSEN)
    assert told.startswith(said)
    assert network().services["luna_ascolto"].name.said(language) in told
    teller = Teller(CommandNames(network(), LIBRARY), RAN.state.runs.values(), RAN.state.handoffs.values())
    with speech.speaking(language):
        assert told in teller.said(CHOSEN)
        step = TWICE.steps["again"].title.said(language)
        assert step in teller.said(NOBODY)


def test_that_a_territory_is_not_known_is_said_in_other_words_than_that_nobody_is_there() -> None:
    unknown = NOBODY.model_copy(update={"because": NobodyBecause.TERRITORY_UNKNOWN})
    teller = Teller(CommandNames(network(), LIBRARY), RAN.state.runs.values(), RAN.state.handoffs.values())
    with speech.speaking("it"):
        assert "non è stato detto in quale territorio" in teller.said(unknown)


def test_for_whom_of_several_nobody_is_there_is_said_in_a_scenario_and_in_the_trail() -> None:
    told = PATHWAY.replace("tell: risk_assessment", "tell: [risk_assessment, night_bus]")
    pathway = load_pathway(told, "twice.yaml", shipped_facts())
    library = Library(current={"twice": pathway}, by_hash={pathway.content_hash: pathway}, facts=shipped_facts())
    story = STORY.replace("step again finds nobody", "step assess finds nobody for night_bus")
    document, (scenario,) = read_scenarios(story, "twice.scenario.yaml")
    check(document, scenario, Known(library, network()))
    assert [str(fault) for fault in document.faults] == []
    run = Stage(library, network()).run(scenario)
    assert failure(run) is None
    (nobody,) = (event for event in run.trail if isinstance(event, NoServiceFound))
    teller = Teller(CommandNames(network(), library), run.state.runs.values(), run.state.handoffs.values())
    with speech.speaking("en"):
        assert "“Assess: night bus”" in teller.said(nobody)
