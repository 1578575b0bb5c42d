"""Signals at work: a step that waits for one, one that ends with it, what it calls off, and who may give it."""

from datetime import timedelta

import pytest

from procedures import commands as c
from procedures import events as e
from procedures.case import CaseState, CaseStatus, HandoffState, RunState, StepState
from procedures.errors import (
    CaseIsOver,
    SignalNotTheirs,
    SignalOfSeveral,
    UnknownRunning,
    UnknownSignal,
    WrongEvidence,
)
from procedures.events import AlertPurpose
from procedures.evolving import replay
from procedures.timing import next_due
from tests.making import INTAKE, SHELTER, START, Story, alerts, library

SIGNALS = """signals:
  found: {title: {it: Trovato, en: Found}, from: [operator, police], evidence: {place_confirmed_at: datetime}}
  gone: {title: {it: Rinuncia, en: Gone}, from: [operator], cancels: [find_place, escort]}
  again: {title: {it: Di nuovo, en: Again}, from: [coordinator, emergency_shelter]}
"""
ENDS = "    ends_when: {housed: signal.found}\n"
TO_FIND = "    complete_within: 4 h\n"
NEEDS = "    needs: [find_place.housed]\n"
RESULTS = "    results: {housed: {evidence: {place_confirmed_at: datetime}}, no_place: {}}\n"
OPEN = "stays_open: true\n"
SHOWN = {"place_confirmed_at": "2026-11-24T22:00"}


def told(needs: str = NEEDS, find: str = ENDS + TO_FIND, whole: str = "", last: str = "", **more: object) -> Story:
    """The shelter with its signals as the first pathway; its two steps say this."""
    text = SHELTER.replace("pathway: shelter", "pathway: intake").replace("consent: shelter", "consent: intake")
    text = text.replace(NEEDS, needs, 1).replace(TO_FIND, find, 1).replace("steps:\n", whole + SIGNALS + "steps:\n", 1)
    text = text.replace("outcomes: {", last + "outcomes: {gone: signal.gone, ")
    return Story(library((text,))).opened(consents=frozenset({"intake"}), **more)


def give(story: Story, signal: str, said_by: str = "operator", **fields: object) -> tuple[e.Event, ...]:
    return story.say(c.GiveSignal, signal=signal, said_by=said_by, actor="operator:1", road=c.Road.DESK, **fields)


def kinds(events: tuple[e.Event, ...]) -> list[type[e.Event]]:
    return [type(event) for event in events]


def step(story: Story, name: str) -> StepState:
    (run,) = story.state.runs.values()
    return run.steps[name].state


def test_a_step_waits_for_its_signal_however_long_it_takes_to_come() -> None:
    story = told("    needs: [signal.found]\n", whole=OPEN)
    story.accept("find_place")
    story.complete("find_place", "no_place")
    assert (story.state.status, step(story, "escort"), next_due(story.state)) == (CaseStatus.OPEN, "waiting", None)
    story.wait(3 * 365 * 24 * 60)
    events = give(story, "found", evidence=SHOWN)
    assert e.HandoffRequested in kinds(events)
    assert alerts(events)[0] == (AlertPurpose.REQUEST, "navetta_ref")
    story.accept("escort")
    story.complete("escort")
    assert story.state.status is CaseStatus.CLOSED


def test_what_waits_for_a_signal_alone_does_not_keep_a_pathway_open() -> None:
    story = told("    needs: [signal.found]\n")
    story.accept("find_place")
    events = story.complete("find_place", "no_place")
    skipped = [event.reason for event in events if isinstance(event, e.StepSkipped)]
    assert skipped == [e.SkipReason.NO_SIGNAL]
    assert [event.outcome for event in events if isinstance(event, e.PathwayEnded)] == ["no_place"]
    with pytest.raises(CaseIsOver):
        give(story, "found", evidence=SHOWN)


def test_while_anything_else_is_at_work_the_step_waits_on() -> None:
    story = told("    needs: [signal.found]\n")
    story.wait(20)
    assert step(story, "escort") is StepState.WAITING
    give(story, "found", evidence=SHOWN)
    assert step(story, "escort") is StepState.ACTIVE


def test_a_step_at_work_ends_with_the_signal_and_whoever_was_asked_is_told() -> None:
    story = told()
    story.accept("find_place")
    events = give(story, "found", "police", evidence=SHOWN)
    cancelled = next(event for event in events if isinstance(event, e.HandoffCancelled))
    ended = next(event for event in events if isinstance(event, e.StepEnded))
    assert cancelled.reason == e.SIGNAL_CAME
    assert (ended.result, ended.evidence) == ("housed", {"place_confirmed_at": "2026-11-24T21:00:00+00:00"})
    assert alerts(events)[:2] == [
        (AlertPurpose.WITHDRAWN, "casa_uno_ref"),
        (AlertPurpose.WORD_COMPLETED, "desk_person"),
    ]
    assert step(story, "escort") is StepState.ACTIVE


def test_nobody_who_was_asked_and_has_not_answered_is_left_waiting() -> None:
    story = told()
    story.wait(46)
    events = give(story, "found", evidence=SHOWN)
    assert [person for purpose, person in alerts(events) if purpose is AlertPurpose.WITHDRAWN]
    assert story.handoff("find_place").state is HandoffState.CANCELLED


def found_again() -> Story:
    """The shelter, found by `again`; it waits until she was asked for her consent."""
    text = SHELTER.replace("pathway: shelter", "pathway: intake").replace("consent: shelter", "consent: intake")
    text = text.replace(RESULTS, "    results: {housed: {}, no_place: {}}\n    ends_when: {housed: signal.again}\n", 1)
    return Story(library((text.replace("steps:\n", SIGNALS + "steps:\n", 1),))).opened(consents=frozenset())


def test_a_signal_of_before_ends_nothing_that_begins_later() -> None:
    story = found_again()
    give(story, "again", "coordinator")
    story.say(c.GiveConsent, consent="intake")
    (run,) = story.state.runs.values()
    assert (run.signals["again"].times, run.steps["find_place"].state) == (1, StepState.ACTIVE)
    give(story, "found", evidence=SHOWN)
    assert step(story, "find_place") is StepState.ACTIVE
    give(story, "again", "coordinator")
    (run,) = story.state.runs.values()
    assert (run.signals["again"].times, run.steps["find_place"].result) == (2, "housed")


def test_a_signal_calls_off_what_its_pathway_names_and_nothing_else() -> None:
    story = told()
    story.accept("find_place")
    events = give(story, "gone")
    assert {event.step for event in events if isinstance(event, e.StepCancelled)} == {"find_place", "escort"}
    assert alerts(events) == [(AlertPurpose.WITHDRAWN, "casa_uno_ref"), (AlertPurpose.WORD_CANCELLED, "desk_person")]
    assert [event.outcome for event in events if isinstance(event, e.PathwayEnded)] == ["gone"]
    assert story.state.status is CaseStatus.CLOSED


def test_what_is_over_is_not_called_off_again() -> None:
    story = told()
    story.accept("find_place")
    story.complete("find_place", "housed", **SHOWN)
    events = give(story, "gone")
    assert [event.step for event in events if isinstance(event, e.StepCancelled)] == ["escort"]
    (run,) = story.state.runs.values()
    assert run.steps["find_place"].result == "housed"


def test_a_signal_that_calls_off_a_started_pathway_stops_all_of_it() -> None:
    signals = "signals: {gone: {title: {it: a, en: a}, from: [operator], cancels: [shelter]}}\nsteps:\n"
    story = Story(library((INTAKE.replace("steps:\n", signals, 1), SHELTER))).opened()
    story.accept("welcome")
    story.complete("welcome")
    story.accept("find_place")
    events = give(story, "gone")
    assert alerts(events)[0] == (AlertPurpose.WITHDRAWN, "casa_uno_ref")
    assert [run.state for run in story.state.runs.values()] == [RunState.ENDED, RunState.CANCELLED]


def test_a_limit_counts_from_the_last_time_that_a_signal_came() -> None:
    story = told(find=ENDS + "    complete_within: 4 h of signal.again\n")
    story.accept("find_place")
    assert story.handoff("find_place").complete_by == START + timedelta(hours=4)
    for hours in (1, 2):
        story.now = START + timedelta(hours=hours)
        events = give(story, "again", "coordinator")
        assert story.handoff("find_place").complete_by == START + timedelta(hours=4 + hours)
        assert alerts(events) == [(AlertPurpose.LIMIT_MOVED, "casa_uno_ref")]


def test_a_step_is_held_back_until_so_long_after_a_signal() -> None:
    story = told("    needs: [signal.again]\n    not_before: 1 h of signal.again\n", whole=OPEN)
    give(story, "again", "coordinator")
    assert next_due(story.state) is not None
    assert step(story, "escort") is StepState.WAITING
    story.wait(60)
    assert step(story, "escort") is StepState.ACTIVE


def test_only_those_whom_the_pathway_names_may_give_a_signal() -> None:
    story = told()
    with pytest.raises(SignalNotTheirs, match=r"operator, police\.$"):
        give(story, "found", "coordinator", evidence=SHOWN)
    with pytest.raises(SignalNotTheirs):
        give(story, "again")


def test_a_person_of_the_network_speaks_for_their_own_service_alone() -> None:
    story = told()
    for person, whose in (("casa_uno_ref", "coordinator"), ("navetta_ref", "emergency_shelter")):
        with pytest.raises(SignalNotTheirs):
            story.say(c.GiveSignal, signal="again", said_by=whose, actor=f"person:{person}")
    story.say(c.GiveSignal, signal="again", said_by="coordinator", actor="person:coord_uno")
    story.say(c.GiveSignal, signal="again", said_by="emergency_shelter", actor="person:casa_due_dep")
    (run,) = story.state.runs.values()
    assert run.signals["again"].times == 2


def test_a_signal_shows_exactly_what_its_pathway_asks_for() -> None:
    story = told()
    for evidence in ({}, {"place_confirmed_at": "soon"}, {**SHOWN, "more": "1"}):
        with pytest.raises(WrongEvidence):
            give(story, "found", evidence=evidence)
    with pytest.raises(WrongEvidence, match="a signal without evidence"):
        give(story, "gone", evidence={"at": "1"})


def test_a_signal_that_nobody_knows_or_that_several_know_is_answered_with_what_can_be_said() -> None:
    story = told()
    with pytest.raises(UnknownSignal, match="again, found, gone"):
        give(story, "lost")
    with pytest.raises(UnknownRunning):
        give(story, "gone", run="M9TX2-7KQ4C")
    signals = SIGNALS.replace(", cancels: [find_place, escort]", "")
    both = [text.replace("steps:\n", signals + "steps:\n", 1) for text in (INTAKE, SHELTER)]
    two = Story(library(both)).opened()
    two.accept("welcome")
    two.complete("welcome")
    two.accept("find_place")
    assert [run.state for run in two.state.runs.values()] == [RunState.RUNNING, RunState.RUNNING]
    refs = [run.ref for run in two.state.runs.values()]
    with pytest.raises(SignalOfSeveral, match=rf"{refs[0]} \(intake\), {refs[1]} \(shelter\)"):
        give(two, "gone")
    give(two, "gone", run=refs[1])
    give(two, "gone", run="shelter")
    assert [list(run.signals) for run in two.state.runs.values()] == [[], ["gone"]]


def test_a_state_of_before_signals_is_read_as_one_to_which_none_came() -> None:
    story = told()
    kept = story.state.model_dump(mode="json")
    for run in kept["runs"].values():
        del run["signals"]
    assert CaseState.model_validate(kept) == story.state == replay(story.trail)


def test_a_step_is_repeated_until_a_signal_comes() -> None:
    story = told(find=TO_FIND, needs="    repeat: {every: 2 days, until: signal.again}\n" + NEEDS)
    story.accept("find_place")
    story.complete("find_place", "housed", **SHOWN)
    for _round in range(2):
        story.accept("escort")
        story.complete("escort")
        story.wait(2 * 24 * 60)
        assert step(story, "escort") is StepState.ACTIVE
    give(story, "again", "coordinator")
    story.accept("escort")
    story.complete("escort")
    assert story.state.status is CaseStatus.CLOSED


LAST = """  visit:
    ask: emergency_shelter
    title: {it: Visita, en: Visit}
    needs: [escort]
    accept_within: 1 h
    complete_within: 3 h
    source: {text: "Invented for the tests", verified: false}
"""


def test_what_is_owed_keeps_a_pathway_open_though_it_waits_for_a_signal_alone() -> None:
    story = told("    needs: [signal.again]\n", find=TO_FIND, last=LAST)
    story.say(c.ActFirst, run="", step="visit", reason="only_chance", actor="operator:1", road=c.Road.DESK)
    for name, result in (("visit", "done"), ("find_place", "no_place")):
        story.accept(name)
        story.complete(name, result)
    (run,) = story.state.runs.values()
    assert [owed.step for owed in run.owed] == ["escort"]
    assert (story.state.status, step(story, "escort")) == (CaseStatus.OPEN, StepState.WAITING)
    give(story, "again", "coordinator")
    assert step(story, "escort") is StepState.ACTIVE


def test_a_signal_sets_facts_and_what_hangs_on_them_is_looked_at_again() -> None:
    shows = "evidence: {level: fact.risk}, sets: {risk: evidence.level}"
    worse = f"worse: {{title: {{it: Peggio, en: Worse}}, from: [operator], {shows}}}"
    shelter = SHELTER.replace("pathway: shelter", "pathway: intake").replace("consent: shelter", "consent: intake")
    shelter = shelter.replace("steps:\n", f"signals:\n  {worse}\nsteps:\n", 1)
    shelter = shelter.replace("[high, imminent]}\n", "[high, imminent]}\n    looked_at: again\n", 1)
    second = "  after: {tell: police, title: {it: Poi, en: Then}, needs: [find_place], when: {risk: unknown}}\n"
    story = Story(library((shelter.replace("outcomes:", second + "outcomes:"),)))
    story.opened(consents=frozenset({"intake"}), facts={"risk": "low"})

    events = give(story, "worse", evidence={"level": "imminent"})
    (change,) = [event for event in events if isinstance(event, e.FactChanged)]
    again = give(story, "worse", evidence={"level": "imminent"})
    story.accept("find_place")
    story.complete("find_place", "housed", place_confirmed_at="2026-11-24T21:00")

    assert (change.fact, change.before, change.value) == ("risk", "low", "imminent")
    assert (change.by, change.reason, change.step) == ("operator", "signal", None)
    assert kinds(again) == [e.SignalGiven]
    assert step(story, "escort") is StepState.ACTIVE
