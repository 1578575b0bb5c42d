"""Two people in a scenario: the story says who is the second, and stories that are looked for find one."""

from datetime import UTC, datetime

from procedures.choosing import candidates
from procedures.loading import load_pathway, shipped_facts
from procedures.scenario.checking import Known, check
from procedures.scenario.coverage import coverage
from procedures.scenario.differing import failure
from procedures.scenario.reading import read_scenarios
from procedures.scenario.running import Stage
from procedures.scenario.searching import Search
from procedures.schema import Library
from tests.unit.scenariohouse import network

PATHWAY = load_pathway(
    """
pathway: twice
edition: 1
title: {it: Due, en: Two}
consent: twice
steps:
  end_it:
    ask: police
    title: {it: Togliere, en: End}
    two_persons: true
    accept_within: 10 min
    complete_within: 4 h
    source: {text: "Invented for the tests", verified: false}
    results: {ended: {evidence: {ended_at: datetime}}, kept: {}}
outcomes: {taken: end_it.ended, kept: end_it.kept}
""",
    "twice.yaml",
    shipped_facts(),
)
LIBRARY = Library(current={"twice": PATHWAY}, by_hash={PATHWAY.content_hash: PATHWAY}, facts=shipped_facts())
STORY = """
scenarios:
  two_agree:
    given: {pathway: twice, territory: valle_chiara, date: 2026-11-25 10:00, consents: [twice]}
    then:
      - at: 1 min
        do: [{accept: end_it}, {complete: end_it, result: kept}]
        expect: [handoff end_it POLICE proposed kept, …]
        now: [step end_it is active, handoff end_it POLICE waits for a second person]
      - at: 2 min
        do: [{complete: end_it, result: kept}]
        expect: []
      - at: 3 min
        do: [{complete: end_it, result: kept, by: olga}]
        expect: [step end_it ends kept, …]
"""


def test_a_story_says_who_is_the_second() -> None:
    now = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
    police = candidates(network(), competence="police", territory="valle_chiara", now=now)[0].id
    document, (scenario,) = read_scenarios(STORY.replace("POLICE", police), "twice.scenario.yaml")
    check(document, scenario, Known(LIBRARY, network()))
    assert [str(fault) for fault in document.faults] == []
    assert failure(Stage(LIBRARY, network()).run(scenario)) is None


def test_stories_that_are_looked_for_find_a_second_person() -> None:
    runs, unfound = Search(PATHWAY, LIBRARY, network()).all_missing(frozenset())
    assert unfound == []
    assert coverage(PATHWAY, LIBRARY, runs).percent == 100
