"""What hangs on evidence, on signals, on repetitions and on the time of a whole pathway is looked for, too."""

from collections.abc import Iterable

import pytest

from procedures import commands as c
from procedures.loading import load_facts, load_pathway
from procedures.scenario.checking import Known, check
from procedures.scenario.coverage import Reached
from procedures.scenario.differing import failure
from procedures.scenario.points import Point, points_of
from procedures.scenario.reading import read_scenarios
from procedures.scenario.running import Stage
from procedures.scenario.searching import Search
from procedures.scenario.writing import written
from procedures.schema import Library, Pathway, Text
from tests.making import Story, directory
from tests.simulation.procedures import simulated_library
from tests.unit.scenariohouse import network
from tests.unit.test_rules_machine_timed import WORDS

SOURCE = 'source: {text: "Invented for the tests", verified: false}'
HEAD = "pathway: tried\nedition: 1\ntitle: {it: Prova, en: Trial}\nconsent: help\n"
ASSESS = f"""\
  assess:
    ask: police
    title: {{it: Valutare, en: Assess}}
    accept_within: 15 min
    complete_within: 4 h
    {SOURCE}
    results: {{%s}}
"""
PROTECT = "  protect: {tell: police, title: {it: Proteggere, en: Protect}, needs: [assess], when: {risk: %s}%s}\n"
MEANWHILE = ASSESS.replace("assess:", "meanwhile:").replace("police", "legal_aid") % "done: {}"
SHOWN = "assessed: {evidence: {level: fact.risk}, sets: {risk: evidence.level}}"
FALLS = WORDS.replace("    raises_only: true\n", "").replace("changed_by: [police]", "changed_by: [police, legal_aid]")


def library_of(text: str) -> tuple[Pathway, Library]:
    facts = load_facts(FALLS, "facts.yaml")
    pathway = load_pathway(text, "tried.yaml", facts)
    return pathway, Library(current={pathway.name: pathway}, by_hash={pathway.content_hash: pathway}, facts=facts)


def unfound(text: str) -> list[tuple[str, ...]]:
    """The points of a pathway for which no scenario is found."""
    pathway, library = library_of(text)
    _runs, left = Search(pathway, library, directory()).all_missing(frozenset())
    return [(point.kind, point.of, point.which) for point in left]


@pytest.mark.parametrize("risk", ["low", "imminent"])
@pytest.mark.parametrize("again", ["", ", looked_at: again"])
def test_what_hangs_on_a_fact_that_evidence_sets_is_found_both_ways(risk: str, again: str) -> None:
    steps = ASSESS % SHOWN + MEANWHILE + PROTECT % (risk, again)
    assert unfound(HEAD + "steps:\n" + steps + "outcomes: {over: assess}\n") == []


def test_of_results_that_set_a_fact_the_one_that_is_needed_is_given() -> None:
    results = "calm: {sets: {risk: low}}, danger: {sets: {risk: imminent}}"
    text = HEAD + "steps:\n" + ASSESS % results + PROTECT % ("imminent", "") + "outcomes: {over: assess}\n"
    assert unfound(text) == []


def test_a_fact_that_no_operator_changes_is_changed_on_the_word_of_whoever_may() -> None:
    first = ASSESS % "done: {}" + MEANWHILE
    text = HEAD + "steps:\n" + first + PROTECT % ("imminent", ", looked_at: again") + "outcomes: {over: assess}\n"
    assert unfound(text) == []


NOBODY_ELSE_ASSESSES = Point("choice", "assess", "replaced")
"""Two services of the network assess the risk, and both are asked."""


@pytest.mark.parametrize(
    ("name", "unfound"), [("search", []), ("vigil", []), ("danger", []), ("together", [NOBODY_ELSE_ASSESSES])]
)
@pytest.mark.slow
def test_all_that_the_language_can_say_is_found_in_the_simulated_pathways(name: str, unfound: list[Point]) -> None:
    library = simulated_library()
    _runs, left = Search(library.current[name], library, network()).all_missing(frozenset())
    assert left == unfound


@pytest.mark.parametrize("name", ["search", "vigil", "danger", "together"])
@pytest.mark.slow
def test_what_is_written_for_them_is_read_again_and_passes(name: str) -> None:
    library = simulated_library()
    runs, _left = Search(library.current[name], library, network()).all_missing(frozenset())
    document, scenarios = read_scenarios(written(runs), "found.scenario.yaml")
    for scenario in scenarios:
        check(document, scenario, Known(library, network()))
    assert document.faults == []
    assert [one.name for one in scenarios if failure(Stage(library, network()).run(one))] == []


@pytest.mark.slow
def test_a_scenario_of_a_signal_has_the_signals_own_title() -> None:
    library = simulated_library()
    run = Search(library.current["search"], library, network()).one(Point("signal", "found"))
    assert run is not None
    title = Text(it="Arriva il segnale: Trovato un posto", en="The signal comes: A place was found")
    assert run.scenario.title == title


def test_a_step_that_a_signal_ends_and_one_that_it_calls_off_are_points_of_their_own() -> None:
    library = simulated_library()
    points = points_of(library.current["search"], library)
    assert Point("ending", "find_place", "housed") in points
    assert {point.of for point in points if point.kind == "called_off"} == {"call_her", "escort"}


def reached(story: Story, pathway: Pathway, library: Library) -> Iterable[Point]:
    seen = Reached(pathway, library)
    seen.follow(story.trail)
    return seen.points


def test_a_result_that_was_decided_anew_is_reached() -> None:
    pathway, library = library_of(
        HEAD + "steps:\n" + ASSESS % "good: {}, bad: {}" + PROTECT % ("low", "") + "outcomes: {over: assess}\n"
    )
    story = Story(library, directory()).opened(pathway="tried", consents=frozenset({"help"}), facts={"risk": "low"})
    story.accept("assess")
    story.complete("assess", "bad")
    assert Point("result", "assess", "good") not in reached(story, pathway, library)
    story.say(c.DecideAnew, run="", step="assess", result="good", reason="appeal", keep={"protect"})
    assert Point("result", "assess", "good") in reached(story, pathway, library)


WITH_TODAY = """\
  exam: {tell: police, title: {it: Visita, en: Exam}, needs: [assess], when: {%s}}
"""


@pytest.mark.parametrize(
    "when",
    [
        "incident_at: {ago: {less_than: 72 h}}",
        "incident_at: {ago: {at_least: 72 h, less_than: 5 days}}",
        "incident_at: {to_go: {at_most: 30 days}}",
        "not: {incident_at: {ago: {more_than: 2 years}}}",
    ],
)
def test_what_is_compared_with_today_is_found_both_ways(when: str) -> None:
    text = HEAD + "steps:\n" + ASSESS % "done: {}" + WITH_TODAY % when + "outcomes: {over: assess}\n"
    assert unfound(text) == []


@pytest.mark.parametrize(("within", "never"), [("2 years", []), ("2 days", [("repeat", "look_in", "at_most")])])
def test_a_repetition_that_time_ends_is_found_in_all_its_ways(within: str, never: list[tuple[str, ...]]) -> None:
    repeat = f"{{every: 1 day, while: {{incident_at: {{ago: {{less_than: {within}}}}}}}, at_most: 4}}"
    look_in = f"  look_in: {{tell: police, title: {{it: Passare, en: Look in}}, needs: [assess], repeat: {repeat}}}\n"
    assert unfound(HEAD + "steps:\n" + ASSESS % "done: {}" + look_in + "outcomes: {over: assess}\n") == never
