"""On whose word a case is opened with a pathway: named, it is a closed list."""

from pathlib import Path

import pytest

from models.network import parse_network, sample_network
from notifiers.language import translator
from procedures.errors import NotOpenedByThem
from procedures.events import CaseOpened
from procedures.loading import check_paths, load_pathway, shipped_facts
from procedures.scenario.differing import failure
from procedures.scenario.reading import read_scenarios
from procedures.scenario.running import Stage
from procedures.schema import Library
from procedures.showing.svg import drawing
from procedures.showing.words import plain_words
from procedures.whonow import who_now
from tests.making import INTAKE, START, Story, directory, library, open_case
from tests.unit.marked import ESCORT, codes, faults_of, only_step, place_of_mark
from tests.unit.scenariohouse import network

CLOSED = INTAKE.replace("consent: intake\n", "consent: intake\nopened_by: [police, coordinator]\n", 1)
WORDS = only_step(ESCORT).replace("done: find_place", "done: escort")


def closed() -> Library:
    return library([CLOSED, SHELTER_TEXT])


SHELTER_TEXT = """
pathway: shelter
edition: 1
title: {it: Riparo, en: Shelter}
consent: shelter
opened_by: [first_contact]
steps: {tell: {tell: police, title: {it: A, en: A}}}
"""


@pytest.mark.parametrize(
    ("code", "written"),
    [("expected", "»[]"), ("expected", "»police"), ("bad-name", "[police, »The Police]")],
)
def test_what_is_no_list_of_words_is_refused_at_its_place(code: str, written: str) -> None:
    text, line, column = place_of_mark(f"opened_by: {written}\n{WORDS}")
    assert [(f.code, f.line, f.column) for f in faults_of(load_pathway, text)] == [(code, line, column)]


def test_a_case_is_opened_on_the_word_of_those_that_are_named() -> None:
    story = Story(closed()).opened(by="police")
    (opened,) = (event for event in story.trail if isinstance(event, CaseOpened))
    assert opened.by == "police"


@pytest.mark.parametrize("by", ["operator", "first_contact", "nonsense"])
def test_on_any_other_word_it_is_refused_and_the_right_ones_are_told(by: str) -> None:
    with pytest.raises(NotOpenedByThem, match=r"police, coordinator\.$"):
        Story(closed()).opened(by=by)
    with pytest.raises(NotOpenedByThem):
        who_now(closed(), directory(), open_case(by=by), START)


def test_where_nobody_is_named_anybody_of_the_network_may_and_nobody_else() -> None:
    Story().opened()
    Story().opened(by="legal_aid")
    with pytest.raises(NotOpenedByThem):
        Story().opened(by="the_neighbour")


def test_another_pathway_starts_it_without_such_a_word() -> None:
    story = Story(closed()).opened(by="police")
    story.accept("welcome")
    story.complete("welcome")
    assert {run.pathway for run in story.state.runs.values()} == {"intake", "shelter"}


def test_words_and_drawing_say_who_may() -> None:
    pathway = load_pathway(f"opened_by: [police, operator]\n{WORDS}", "a.yaml")
    say = translator("it", "procedures").gettext
    told = [said for part in plain_words(pathway, shipped_facts(), say, "it") for said in part.sentences]
    expected = "sulla parola di: forze dell'ordine, chi opera allo sportello; di nessun altro."
    assert any(said.endswith(expected) for said in told)
    assert "opened on the word of: police, the operator at the desk" in drawing(pathway, shipped_facts(), str, "en")


NOBODY_OPENS = [("nobody-opens", f"opened_by: [operator, »polcie]\n{WORDS}")]


def test_a_word_that_nobody_of_the_network_has_is_told(tmp_path: Path) -> None:
    text, line, column = place_of_mark(NOBODY_OPENS[0][1])
    path = tmp_path / "pathway.yaml"
    path.write_text(text, encoding="utf-8")
    (fault,) = check_paths([path], directory=parse_network(sample_network(), "network.yaml"))
    assert (codes([fault]), fault.line, fault.column) == (["nobody-opens"], line, column)


STORY = """
scenarios:
  the_police_opens:
    given: {pathway: shelter, territory: valle_chiara, date: 2026-11-25 10:00, consents: [shelter], by: police}
    then: [{at: start, expect: [case opened, …]}]
  the_desk_does_not:
    given: {pathway: shelter, territory: valle_chiara, date: 2026-11-25 10:00, consents: [shelter]}
    then: [{at: start, expect: [refused not-opened-by-them]}]
"""


def test_a_scenario_says_on_whose_word_it_begins() -> None:
    pathway = load_pathway(f"opened_by: [police]\n{WORDS}", "shelter.yaml")
    known = Library(current={"shelter": pathway}, by_hash={pathway.content_hash: pathway}, facts=shipped_facts())
    document, scenarios = read_scenarios(STORY, "shelter.scenario.yaml")
    assert not document.faults
    assert [failure(Stage(known, network()).run(scenario)) for scenario in scenarios] == [None, None]


def test_the_networks_own_work_opens_no_case_on_anybodys_word() -> None:
    text = WORDS.replace("consent: shelter\n", "case: none\nopened_by: »[coordinator]\n")
    text, line, column = place_of_mark(text)
    assert [(f.code, f.line, f.column) for f in faults_of(load_pathway, text)] == [("no-survivor", line, column)]
