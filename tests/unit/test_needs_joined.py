"""`n_of` and `not` among needs: so many of several, and a result that will not be any more."""

import pytest

from notifiers.language import translator
from procedures.case import StepState
from procedures.conditions import NeedState, joined
from procedures.grammar.needs import read_need
from procedures.language.conditions import can_fail
from procedures.loading import check_texts, load_pathway
from procedures.reading import read_document
from procedures.scenario.ways import Ways
from procedures.schema import Library, Need, NeedKind
from procedures.showing.svg import drawing
from procedures.showing.words import plain_words
from tests.making import FACTS, Story, library
from tests.unit.marked import codes, faults_of, place_of_mark

ASK = """\
  {name}:
    ask: {of}
    title: {{it: Passo {name}, en: Step {name}}}
    accept_within: 1 h
    complete_within: 4 h
    source: {{text: invented, verified: false}}
    results: {{yes: {{ends_here: true}}, no: {{ends_here: true}}}}
"""
THREE = "".join(
    ASK.format(name=name, of=of) for name, of in (("a", "police"), ("b", "legal_aid"), ("d", "first_contact"))
)
TEXT = """\
pathway: joint
edition: 1
title: {it: Insieme, en: Together}
consent: joint
signals: {came: {title: {it: Arrivato, en: Came}, from: [operator]}}
steps:
%s
  then: {tell: police, title: {it: Poi, en: Then}, needs: %s}
outcomes: {came: signal.came, over: then}
"""
TWO_OF = "{n_of: {2: [a.yes, b.yes, d.yes]}}"
NOT_YES = "{not: a.yes}"

WRONG_JOINED = [
    ("expected", "{n_of: »[a.yes, b.yes]}"),
    ("expected", "{n_of: »{two: [a.yes]}}"),
    ("expected", "{n_of: {2: »[]}}"),
    ("count-out-of-reach", "{n_of: {»3: [a.yes, b.yes]}}"),
    ("count-out-of-reach", "{n_of: {»0: [a.yes, b.yes]}}"),
    ("unknown-step", "{n_of: {1: [a.yes, »z.yes]}}"),
    ("unknown-result", "{not: »a.maybe}"),
    ("never-ruled-out", "{not: »a}"),
    ("never-ruled-out", "{not: »signal.came}"),
    ("never-ruled-out", "{not: »{any_of: [a.yes, signal.came]}}"),
    ("never-ruled-out", "{not: »{n_of: {1: [a.yes, b]}}}"),
]


def whole(needs: str) -> str:
    return TEXT % (THREE.rstrip("\n"), needs)


@pytest.mark.parametrize(("code", "needs"), WRONG_JOINED)
def test_what_is_joined_wrongly_is_refused_at_its_place(code: str, needs: str) -> None:
    text, line, column = place_of_mark(whole(needs))
    assert (code, line, column) in [(f.code, f.line, f.column) for f in faults_of(load_pathway, text)]


@pytest.mark.parametrize(
    "needs", [TWO_OF, NOT_YES, "{not: {all_of: [a.yes, b.yes]}}", "[{not: a.yes}, b]", "{not: {not: a.yes}}"]
)
def test_what_is_joined_rightly_has_no_fault(needs: str) -> None:
    assert [str(fault) for fault in check_texts({"a.yaml": whole(needs)})] == []


@pytest.mark.parametrize(
    ("inner", "of_two", "denied"),
    [
        ("MM", "met", None),
        ("MMI", "met", None),
        ("MPI", "pending", None),
        ("MII", "impossible", None),
        ("M", None, "impossible"),
        ("P", None, "pending"),
        ("I", None, "met"),
    ],
)
def test_where_several_parts_stand(inner: str, of_two: str | None, denied: str | None) -> None:
    states = [{"M": NeedState.MET, "P": NeedState.PENDING, "I": NeedState.IMPOSSIBLE}[letter] for letter in inner]
    parts = tuple(Need() for _ in states)
    if of_two:
        assert joined(Need(kind=NeedKind.N_OF, parts=parts, count=2), states) == of_two
    else:
        assert joined(Need(kind=NeedKind.NOT, parts=parts), states) == denied


def told(needs: str, **results: str) -> StepState:
    """What became of the last step, where the others ended so."""
    texts = whole(needs).replace("consent: joint", "consent: none\nbasis: {it: Legge, en: Law}")
    story = Story(library((texts,), FACTS)).opened(pathway="joint", facts={}, consents=frozenset())
    for step, result in results.items():
        story.accept(step)
        story.complete(step, result)
    (run,) = story.state.runs.values()
    return run.steps["then"].state


def test_so_many_are_enough_and_nobody_waits_for_the_others() -> None:
    assert told(TWO_OF, a="yes") is StepState.WAITING
    assert told(TWO_OF, a="yes", d="yes") is not StepState.WAITING
    assert told(TWO_OF, a="no", d="no") is StepState.SKIPPED


def test_a_result_that_will_not_be_lets_the_step_begin_and_one_that_is_leaves_it_out() -> None:
    assert told(NOT_YES) is StepState.WAITING
    assert told(NOT_YES, a="no") not in {StepState.WAITING, StepState.SKIPPED}
    assert told(NOT_YES, a="yes") is StepState.SKIPPED


def test_a_step_that_was_left_out_ended_with_no_result() -> None:
    needs = "{not: d.yes}"
    text = whole(needs).replace("    ask: first_contact\n", "    ask: first_contact\n    needs: [a.yes]\n")
    text = text.replace("consent: joint", "consent: none\nbasis: {it: Legge, en: Law}")
    story = Story(library((text,), FACTS)).opened(pathway="joint", facts={}, consents=frozenset())
    story.accept("a")
    story.complete("a", "no")
    (run,) = story.state.runs.values()
    assert run.steps["d"].state is StepState.SKIPPED
    assert run.steps["then"].state not in {StepState.WAITING, StepState.SKIPPED}


def test_what_can_never_come_together_is_told_with_its_reason() -> None:
    never = whole("{all_of: [a.yes, {not: a.yes}]}")
    assert "step-never-reached" in codes(check_texts({"a.yaml": never}))
    assert "step-never-reached" in codes(check_texts({"a.yaml": whole("{n_of: {2: [a.yes, a.no]}}")}))


def test_one_of_several_signals_may_be_waited_for_for_ever() -> None:
    text = whole("{n_of: {2: [a.yes, b.yes, signal.came]}}").replace("steps:\n", "stays_open: true\nsteps:\n", 1)
    assert "waits-for-ever" in codes(check_texts({"a.yaml": text}))


def test_an_outcome_that_hangs_on_a_signal_that_did_not_come_is_not_taken_for_met() -> None:
    outcome = "outcomes: {quiet: {not: {all_of: [a.yes, signal.came]}}}"
    text = whole("[a]").replace("outcomes: {came: signal.came, over: then}", outcome)
    assert "no-outcome" in codes(check_texts({"a.yaml": text}))


def test_it_is_told_back_and_drawn_as_it_is_meant() -> None:
    pathway = load_pathway(whole(NOT_YES), "a.yaml")
    said = " ".join(
        s for part in plain_words(pathway, {}, translator("it", "procedures").gettext, "it") for s in part.sentences
    )
    assert "«Passo a» è concluso, ma non con «yes»" in said
    assert "«Step a» is over, but not with «yes»" in drawing(pathway, {}, str, "en")
    of_two = load_pathway(whole(TWO_OF), "a.yaml")
    english = " ".join(s for part in plain_words(of_two, {}, str, "en") for s in part.sentences)
    assert "at least 2 of: «Step a» has ended with «yes»; «Step b»" in english


def test_ways_are_found_to_so_many_and_to_what_will_not_be() -> None:
    for needs, expected in ((TWO_OF, {"a": "yes", "b": "yes"}), (NOT_YES, {"a": "no"})):
        pathway = load_pathway(whole(needs), "a.yaml")
        ways = Ways(Library(current={"joint": pathway}, by_hash={}, facts={}))
        first = next(ways.beginning(pathway, "then"))
        assert {step: result for (_pathway, step), result in first.results.items()} == expected


def test_what_can_be_certain_not_to_happen_is_known_before() -> None:
    document = read_document("{n_of: {2: [a.yes, b, signal.x]}}", "a.yaml")
    need = read_need(document, document.root, [])
    assert need is not None
    assert not can_fail(need)
