"""What `choose` can come to, a step that is not passed on, and one that stands still are things to be reached."""

import pytest

from cli.scenario_pages import point_words
from procedures.loading import load_facts, load_pathway, shipped_facts
from procedures.scenario.checking import Known, check
from procedures.scenario.coverage import coverage
from procedures.scenario.differing import failure
from procedures.scenario.naming import title_of
from procedures.scenario.points import Point, points_of
from procedures.scenario.reading import read_scenarios
from procedures.scenario.running import ScenarioRun, Stage
from procedures.scenario.searching import Search
from procedures.scenario.writing import written
from procedures.schema import Library, Pathway
from tests.unit.scenariohouse import network

HEAD = "pathway: tried\nedition: 1\ntitle: {it: Prova, en: Trial}\nconsent: help\n"
VISIT = """\
  visit:
    ask: %s
    title: {it: Visita, en: Visit}
    accept_within: 15 min
    complete_within: 4 h
    source: {text: "Invented for the tests", verified: false}
"""
AGAIN = VISIT.replace("visit:", "again:").replace("Visit", "Again") + "    needs: [visit]\n"
SIGNALS = """\
signals:
  away: {title: {it: Via, en: Away}, from: [operator]}
  back: {title: {it: Torna, en: Back}, from: [operator]}
"""
NEW_AREA = """
  new_area:
    type: choice
    title: {it: Nuova zona, en: New area}
    choices: {nowhere: {it: Altrove, en: Elsewhere}, valle_chiara: {it: Valle Chiara, en: Valle Chiara}}
"""


def tried(steps: str, more: str = "") -> tuple[Pathway, Library]:
    facts = dict(shipped_facts())
    facts |= load_facts("facts:" + NEW_AREA, "facts.yaml")
    text = HEAD + more + "steps:\n" + steps + "outcomes: {over: visit}\n"
    pathway = load_pathway(text, "tried.yaml", facts)
    return pathway, Library(current={pathway.name: pathway}, by_hash={pathway.content_hash: pathway}, facts=facts)


def wanted(pathway: Pathway, library: Library, kind: str) -> set[tuple[str, str]]:
    return {(point.of, point.which) for point in points_of(pathway, library) if point.kind == kind}


def searched(pathway: Pathway, library: Library) -> tuple[list[ScenarioRun], list[Point]]:
    return Search(pathway, library, network()).all_missing(frozenset())


@pytest.mark.parametrize(
    ("step", "choice", "points"),
    [
        ("emergency_health", "", set()),
        ("emergency_health", "choose: {same_as: visit}", {"chosen", "body_unknown", "nobody"}),
        ("emergency_health", "choose: {same_person_as: visit}", {"chosen", "body_unknown", "person_unknown", "nobody"}),
        ("emergency_health", "choose: {other_person_than: visit}", {"chosen", "nobody"}),
        ("legal_aid", "choose: {different_from: visit}", {"chosen", "nobody"}),
        ("legal_aid", "choose: {barred: [police]}", {"chosen", "nobody"}),
        ("police", "choose: {territory: fact.new_area}", {"chosen", "territory_unknown", "nobody"}),
        ("police", "not_delegable: true", {"not_delegable"}),
        ("emergency_shelter", "choose: {how_many: all}", {"each", "all_asked"}),
        ("emergency_shelter", "choose: {how_many: 2}", {"each", "replaced", "nobody"}),
        ("emergency_shelter", "choose: {how_many: 2, barred: [police]}", {"chosen", "each", "replaced", "nobody"}),
        ("emergency_shelter", "choose: {how_many: first}", {"taken", "nobody"}),
        ("emergency_shelter", "choose: {picked: true}", {"picked", "back_to_desk", "nobody"}),
        ("emergency_shelter", "choose: {picked: true, barred: [police]}", {"picked", "back_to_desk", "nobody"}),
        ("legal_aid", "choose: {barred: [police]}\n    not_delegable: true", {"chosen", "not_delegable"}),
    ],
)
def test_all_that_can_come_of_a_choice_is_asked_for_and_found(step: str, choice: str, points: set[str]) -> None:
    pathway, library = tried(VISIT % "emergency_health" + AGAIN % step + f"    {choice}\n")
    assert wanted(pathway, library, "choice") == {("again", which) for which in points}
    runs, left = searched(pathway, library)
    assert left == []
    assert coverage(pathway, library, runs).missing == ()


STORY = """
scenarios:
  four_eyes:
    given: {pathway: tried, territory: valle_chiara, date: 2026-11-25 10:00, consents: [help]}
    then:
      - {at: start, expect: [alert request to san_vito_pronto_soccorso elena by email, …]}
      - at: 5 min
        do: [{accept: visit, person: elena}, {complete: visit, result: done}]
        expect: [step again chooses san_vito_pronto_soccorso,
          alert request to san_vito_pronto_soccorso fabia by email, …]
      - at: 10 min
        do: [{accept: again, by: elena}, {accept: again, by: operator}]
        expect: [refused asked-of-another, refused say-who-takes-it]
      - at: 15 min
        do: [{accept: again}]
        expect: [handoff again san_vito_pronto_soccorso accepted,
          alert result_link to san_vito_pronto_soccorso fabia by email, …]
"""


def test_a_story_says_who_takes_it_and_shows_who_is_called() -> None:
    choice = "    choose: {other_person_than: visit}\n"
    _pathway, library = tried(VISIT % "emergency_health" + AGAIN % "emergency_health" + choice)
    document, (scenario,) = read_scenarios(STORY, "told.scenario.yaml")
    check(document, scenario, Known(library, network()))
    assert document.faults == []
    assert failure(Stage(library, network()).run(scenario)) is None


def test_a_body_that_did_nothing_because_its_step_was_left_out_is_found() -> None:
    told = "  again: {tell: emergency_health, title: {it: A, en: A}, needs: [visit], choose: {same_as: visit}}\n"
    pathway, library = tried(VISIT % "emergency_health" + "    when: {injuries: true}\n" + told)
    assert wanted(pathway, library, "choice") == {("again", "chosen"), ("again", "body_unknown")}
    assert searched(pathway, library)[1] == []


def test_standing_still_and_going_on_are_asked_for_and_found() -> None:
    pauses = "    pauses_on: signal.away\n    resumes_on: signal.back\n"
    pathway, library = tried(VISIT % "emergency_health" + pauses, SIGNALS)
    assert wanted(pathway, library, "pause") == {("visit", "paused"), ("visit", "resumed")}
    assert searched(pathway, library)[1] == []


def test_a_step_that_begins_with_one_signal_and_stands_still_with_another_is_found() -> None:
    third = "  third: {title: {it: Chiama, en: Call}, from: [operator]}\n"
    pauses = "    needs: [signal.third]\n    pauses_on: signal.away\n    resumes_on: signal.back\n"
    pathway, library = tried(
        VISIT % "emergency_health" + AGAIN.replace("    needs: [visit]\n", pauses) % "police", SIGNALS + third
    )
    assert [point for point in searched(pathway, library)[1] if point.kind == "pause"] == []


def test_what_is_written_for_them_is_read_again_and_passes() -> None:
    pauses = "    pauses_on: signal.away\n    resumes_on: signal.back\n    choose: {territory: fact.new_area}\n"
    pathway, library = tried(VISIT % "emergency_health" + AGAIN % "police" + pauses, SIGNALS)
    runs, _left = searched(pathway, library)
    assert 'en: "Again: nobody knows where"' in passes_again(runs, library)


@pytest.mark.parametrize(
    ("choice", "line"),
    [
        ("picked: true", "handoff again picks casa_approdo of 3"),
        ("how_many: first", "handoff again casa_mirto taken by another"),
        ("how_many: 2", "step again finds nobody"),
    ],
)
def test_what_is_written_for_those_who_are_picked_or_asked_at_once_passes_too(choice: str, line: str) -> None:
    steps = VISIT % "emergency_health" + AGAIN % "emergency_shelter" + f"    choose: {{{choice}}}\n"
    pathway, library = tried(steps)
    text = passes_again(searched(pathway, library)[0], library)
    assert line in text
    assert "refused: " not in text


def passes_again(runs: list[ScenarioRun], library: Library) -> str:
    """The text of what was found, once it was read again and passed."""
    text = written(runs)
    document, scenarios = read_scenarios(text, "found.scenario.yaml")
    for scenario in scenarios:
        check(document, scenario, Known(library, network()))
    assert document.faults == []
    assert [one.name for one in scenarios if failure(Stage(library, network()).run(one))] == []
    return text


def test_a_consent_that_is_called_like_a_step_is_not_taken_for_it() -> None:
    pathway, library = tried(VISIT % "emergency_health", "")
    same = pathway.model_copy(update={"consent": "visit"})
    assert title_of(Point("consent", "visit", "refused"), same, library).en == "She does not give the consent visit"
    assert point_words(Point("consent", "visit", "refused"), same).count("Visit") == 0
