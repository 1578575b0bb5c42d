"""Every word of the language can be said in a scenario, and the search knows how to reach it."""

from pathlib import Path

import pytest

from procedures.loading import library_of
from procedures.scenario.checking import Known, check
from procedures.scenario.coverage import coverage
from procedures.scenario.differing import failure
from procedures.scenario.points import Point, points_of
from procedures.scenario.reading import read_scenarios
from procedures.scenario.running import Stage
from procedures.scenario.searching import Search
from procedures.scenario.writing import written
from procedures.schema import Library
from tests.unit.scenariohouse import network, ran

TALKS = """
pathway: talks
edition: 1
title: {it: Colloqui, en: Talks}
consent: psychological
within: {within: 1 year, source: {text: Invented, verified: false}}
steps:
  talk:
    ask: psychological_support
    title: {it: Colloquio, en: Talk}
    accept_within: 1 day
    complete_within: 3 days
    extend: {by: 2 days, at_most: 1, agreed_by: [coordinator], source: {text: Invented, verified: false}}
    repeat: {every: 1 week, at_most: 3}
    source: {text: Invented, verified: false}
    results: {done: {}, sent_on: {evidence: {place: reference}, ends_here: true}}
  crisis:
    ask: psychological_support
    title: {it: Crisi, en: Crisis}
    when: {risk: imminent}
    looked_at: again
    accept_within: 15 min
    first_sign_within: 30 min
    complete_within: 12 h
    source: {text: Invented, verified: false}
  later:
    ask: social_services
    title: {it: Dopo, en: Later}
    needs: [talk]
    not_before: 2 months of pathway.started
    accept_within: 1 day
    complete_within: 3 days
    on_expiry: nothing_more
    source: {text: Invented, verified: false}
    results: {more: {}, nothing_more: {}}
  found:
    tell: social_services
    title: {it: Trovata, en: Found}
    needs: [signal.place_found]
signals:
  place_found: {title: {it: Posto trovato, en: A place was found}, from: [operator], evidence: {found_on: date}}
outcomes: {more: later.more, over: later.nothing_more}
"""
STORY = """
scenarios:
  a_fact_changes_and_one_step_comes_first:
    given:
      {pathway: talks, territory: valle_chiara, date: 2026-11-25 10:00, facts: {risk: low}, consents: [psychological]}
    then:
      - {at: start, expect: […], now: [step crisis is skipped]}
      - at: 1 h
        do: [{change_fact: risk, to: imminent, reason: she_said}]
        expect: [fact risk becomes imminent, step crisis waits again, step crisis begins, …]
        now: [fact risk is imminent]
      - at: 2 h
        do: [{act_first: later, reason: only_chance}]
        expect: [step later begun first only_chance, step talk owed for later, …]
        now: [step talk is owed]
      - at: 3 h
        do: [{forgo: talks/talk, reason: her_wish}]
        expect: [step talk forgone her_wish, …]
      - at: 4 h
        do: [{never_contact_again: true}]
        expect: [contact forbidden, …]
        now: [contact is forbidden]
      - {at: 5 h, do: [{contact_again: true}], expect: [contact allowed, …]}
"""


@pytest.fixture
def talks(tmp_path: Path) -> Library:
    (tmp_path / "talks.yaml").write_text(TALKS, "utf-8")
    return library_of([tmp_path])


def test_a_story_may_change_facts_act_first_and_end_all_contact(talks: Library) -> None:
    document, (scenario,) = read_scenarios(STORY, "talks.scenario.yaml")
    check(document, scenario, Known(talks, network()))
    assert document.faults == []
    failed = failure(Stage(talks, network()).run(scenario))
    assert failed is None, failed.divergences


def test_repetitions_changing_facts_waiting_and_a_whole_pathways_time_are_points_of_their_own(talks: Library) -> None:
    assert {
        Point("repeat", "talk", "again"),
        Point("repeat", "talk", "at_most"),
        Point("longer", "talk"),
        Point("branch", "crisis", "let_in"),
        Point("hold", "later"),
        Point("signal", "place_found"),
        Point("step", "found"),
        Point("silence", "talks", "result"),
    } <= set(points_of(talks.current["talks"], talks))


def test_a_scenario_is_found_for_each_of_them_and_what_was_written_passes(talks: Library) -> None:
    pathway = talks.current["talks"]
    runs, unfound = Search(pathway, talks, network()).all_missing(frozenset())
    assert unfound == []
    assert coverage(pathway, talks, runs).percent == 100
    document, again = read_scenarios(written(runs), "talks.scenario.yaml")
    for scenario in again:
        check(document, scenario, Known(talks, network()))
        assert failure(Stage(talks, network()).run(scenario)) is None, scenario.name
    assert document.faults == []


REOPENED = """
scenarios:
  a_decision_is_replaced_and_the_pathway_begins_anew:
    given: {pathway: shelter, territory: valle_chiara, date: 2026-11-25 10:00, facts: {risk: low}, consents: [shelter]}
    then:
      - {at: start, expect: […]}
      - {at: 5 min, do: [{accept: find_place}], expect: […]}
      - at: 1 h
        do: [{complete: find_place, result: housed, evidence: {place_confirmed_at: now}}]
        expect: […]
      - at: 2 h
        do:
          - decide_anew: find_place
            result: no_place
            evidence: {places_asked: 3}
            reason: recorded_wrongly
            cancel: [integrated_team, end_of_emergency]
        expect: [step find_place decided anew no_place, pathway shelter ends no_place, …]
      - {at: 3 h, do: [{reopen: shelter, reason: new_incident}], expect: [pathway shelter reopened new_incident, …]}
"""


def test_a_story_may_decide_anew_and_reopen() -> None:
    found = failure(ran(REOPENED))
    assert found is None, found.divergences


def test_a_story_says_on_whose_word_it_is_decided_anew() -> None:
    told = REOPENED.partition("      - {at: 3 h")[0]
    told = told.replace("recorded_wrongly", "recorded_wrongly\n            on_word_of: legal_aid")
    refused = told.partition("[step find_place decided anew")[0] + "[refused not-decided-anew-by]\n"
    found = failure(ran(refused))
    assert found is None, found.divergences
