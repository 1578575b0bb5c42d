"""Deciding anew and reopening as stories: what hangs on a result, and what a case that was over remembers."""

from collections.abc import Iterable

import pytest

from procedures import commands as c
from procedures.case import CaseStatus, HandoffState, RunState, StepState
from procedures.deciding_anew import hanging_on
from procedures.errors import (
    NeverAnew,
    NoCoordinator,
    NotDecidedAnewBy,
    NothingDecided,
    PathwayStillRuns,
    Refused,
    SayKeptOrCancelled,
    UnknownEnded,
    UnknownReason,
    UnknownResult,
    WrongEvidence,
)
from procedures.events import (
    AlertPurpose,
    Event,
    PathwayStarted,
    StepCancelled,
    StepDecidedAnew,
    StepKept,
    StepWaitsAgain,
)
from procedures.evolving import replay
from tests.making import INTAKE, SHELTER, Story, alerts, library, shelter_requested

SOURCE = 'source: {text: "Invented for the tests", verified: false}'
ORDER = f"""
  appeal:
    ask: legal_aid
    title: {{it: Ricorso, en: Appeal}}
    needs: [find_place.no_place]
    accept_within: 1 days
    complete_within: 9 days
    {SOURCE}
  settle:
    ask: first_contact
    title: {{it: Sistemare, en: Settle}}
    needs: [find_place.housed]
    accept_within: 1 days
    complete_within: 2 days of find_place.housed
    {SOURCE}
outcomes:"""


def decided(result: str = "no_place", **evidence: object) -> Story:
    """A place was looked for, and this came of it."""
    story = Story(library((INTAKE, SHELTER.replace("\noutcomes:", ORDER, 1)))).opened(pathway="shelter")
    story.accept("find_place")
    story.complete("find_place", result, **evidence)
    return story


def anew(story: Story, result: str, **more: object) -> tuple[Event, ...]:
    values: dict[str, object] = {"run": "", "step": "find_place", "reason": "appeal", "result": result}
    return story.say(c.DecideAnew, **{**values, **more})


def names(events: Iterable[object], kind: type[Event]) -> list[str]:
    return [str(getattr(event, "step", "")) for event in events if isinstance(event, kind)]


PLACE = {"place_confirmed_at": "2026-11-24T22:00"}


def test_the_result_is_replaced_the_old_one_stays_in_the_trail_and_what_was_left_out_comes_after_all() -> None:
    story = decided()
    assert story.handoff("appeal").is_open
    events = anew(story, "housed", evidence=PLACE, cancel={"appeal"})
    told = next(event for event in events if isinstance(event, StepDecidedAnew))
    assert (told.old_result, told.result, told.reason) == ("no_place", "housed", "appeal")
    assert names(events, StepCancelled) == ["appeal"]
    assert (AlertPurpose.WITHDRAWN, "avvocate_ref") in alerts(events)
    assert {story.handoff("settle").state, story.handoff("escort").state} == {HandoffState.REQUESTED}
    assert story.handoff("find_place").result == "no_place"
    assert replay(story.trail) == story.state


def test_what_goes_on_all_the_same_is_said_by_name() -> None:
    story = decided()
    events = anew(story, "housed", evidence=PLACE, keep={"appeal"})
    assert names(events, StepKept) == ["appeal"]
    assert story.handoff("appeal").is_open


def test_the_same_result_with_a_later_date_moves_what_counts_from_it() -> None:
    story = decided("housed", **PLACE)
    before = story.handoff("settle").complete_by
    story.now = story.now.replace(hour=23)
    anew(story, "housed", evidence=PLACE, keep={"settle", "escort"})
    after = story.handoff("settle").complete_by
    assert before is not None
    assert after is not None
    assert after > before


def test_what_hangs_on_a_step_hangs_on_it_through_others_too_and_what_stands_beside_it_does_not() -> None:
    beside = ORDER.replace("[find_place.housed]", "[appeal]")
    text = SHELTER.replace("\noutcomes:", beside, 1).replace("    needs: [find_place.housed]\n", "", 1)
    assert hanging_on(library((INTAKE, text)).current["shelter"], "find_place") == ["appeal", "settle"]


def test_what_still_cannot_be_and_what_is_done_do_not_wait_again() -> None:
    story = decided("housed", **PLACE)
    story.accept("settle")
    story.complete("settle", "done")
    events = anew(story, "housed", evidence=PLACE, keep={"escort"})
    assert names(events, StepWaitsAgain) == []
    assert names(anew(story, "no_place", evidence={}, cancel={"escort"}), StepWaitsAgain) == ["appeal"]


@pytest.mark.parametrize(
    ("changes", "error", "data"),
    [
        ({"reason": "because"}, UnknownReason, {"reason": "because", "known": ", ".join(c.AnewReason)}),
        ({"result": "lost"}, UnknownResult, {"result": "lost", "known": "housed, no_place"}),
        ({"keep": set()}, SayKeptOrCancelled, {"step": "find_place", "steps": "appeal"}),
    ],
)
def test_who_is_refused_is_told_what_can_be_said_instead(
    changes: dict[str, object], error: type[Refused], data: dict[str, str]
) -> None:
    said: dict[str, object] = {"result": "no_place", "keep": {"appeal"}, **changes}
    with pytest.raises(error) as refused:
        anew(decided(), str(said.pop("result")), **said)
    assert refused.value.data == data


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"reason": "because"}, UnknownReason),
        ({"evidence": {}}, WrongEvidence),
        ({"cancel": set()}, SayKeptOrCancelled),
        ({"keep": {"appeal"}}, SayKeptOrCancelled),
        ({"cancel": {"appeal", "settle"}}, SayKeptOrCancelled),
        ({"step": "appeal"}, NothingDecided),
        ({"step": "settle"}, NothingDecided),
    ],
)
def test_what_is_not_decided_anew(changes: dict[str, object], error: type[Exception]) -> None:
    story = decided()
    before = story.state
    with pytest.raises(error):
        anew(story, "housed", **{"evidence": PLACE, "cancel": {"appeal"}, **changes})
    with pytest.raises(UnknownResult):
        anew(story, "nowhere", cancel={"appeal"})
    assert story.state == before


def test_what_a_procedure_leaves_as_it_was_decided_nobody_decides_anew() -> None:
    kept = SHELTER.replace("\noutcomes:", ORDER, 1).replace(
        "    ask: emergency_shelter\n", "    ask: emergency_shelter\n    anew: never\n", 1
    )
    story = Story(library((INTAKE, kept))).opened(pathway="shelter")
    story.accept("find_place")
    story.complete("find_place", "no_place")
    before = story.state
    with pytest.raises(NeverAnew, match="nobody may decide the step find_place anew"):
        anew(story, "housed", evidence=PLACE, cancel={"appeal"})
    assert story.state == before


def on_whose_word(by: str) -> Story:
    text = SHELTER.replace("\noutcomes:", ORDER, 1)
    named = text.replace("    ask: emergency_shelter\n", f"    ask: emergency_shelter\n    anew: {{by: {by}}}\n", 1)
    story = Story(library((INTAKE, named))).opened(pathway="shelter")
    story.accept("find_place")
    story.complete("find_place", "no_place")
    return story


def test_on_the_word_that_the_procedure_names_it_is_decided_anew_and_the_trail_says_whose() -> None:
    story = on_whose_word("[legal_aid, coordinator]")
    events = anew(story, "housed", evidence=PLACE, cancel={"appeal"}, by="coordinator")
    assert [event.by for event in events if isinstance(event, StepDecidedAnew)] == ["coordinator"]


@pytest.mark.parametrize("by", ["operator", "police", ""])
def test_on_another_word_it_is_not(by: str) -> None:
    story = on_whose_word("[legal_aid, coordinator]")
    before = story.state
    with pytest.raises(NotDecidedAnewBy, match="legal_aid, coordinator"):
        anew(story, "housed", evidence=PLACE, cancel={"appeal"}, by=by)
    assert story.state == before


def test_where_nobody_is_named_it_is_the_operators_word_and_no_others() -> None:
    story = decided()
    with pytest.raises(NotDecidedAnewBy, match="operator"):
        anew(story, "housed", evidence=PLACE, cancel={"appeal"}, by="legal_aid")
    events = anew(story, "housed", evidence=PLACE, cancel={"appeal"})
    assert [event.by for event in events if isinstance(event, StepDecidedAnew)] == ["operator"]


def over() -> Story:
    """Everything was done, and the case is closed."""
    story = shelter_requested()
    story.accept("find_place")
    story.complete("find_place", "no_place")
    assert story.state.status is CaseStatus.CLOSED
    return story


def reopened(story: Story, run: str = "shelter", **more: object) -> tuple[Event, ...]:
    return story.say(c.ReopenPathway, **{"run": run, "reason": "new_incident", **more})


def test_a_pathway_that_ended_begins_anew_in_the_same_case() -> None:
    story = over()
    events = reopened(story)
    old, new = [run for run in story.state.runs.values() if run.pathway == "shelter"]
    assert (AlertPurpose.REQUEST, "casa_uno_ref") in alerts(events)
    assert (old.state, new.state, new.reopens) == (RunState.ENDED, RunState.RUNNING, old.run_id)
    assert (story.state.status, story.state.ended_at) == (CaseStatus.OPEN, None)
    assert new.giver.party.id == "sportello"
    assert replay(story.trail) == story.state

    story.accept("find_place")
    story.complete("find_place", "no_place")
    assert story.state.status is CaseStatus.CLOSED


def test_it_runs_by_the_text_in_force_or_by_the_one_that_it_ran_by() -> None:
    story = over()
    newer = library((INTAKE, SHELTER.replace("edition: 1", "edition: 2")))
    story.library = newer.model_copy(update={"by_hash": {**story.library.by_hash, **newer.by_hash}})
    same = reopened(story, same_edition=True)
    assert [event.edition for event in same if isinstance(event, PathwayStarted)] == [1]
    story.accept("find_place")
    story.complete("find_place", "no_place")
    assert [event.edition for event in reopened(story) if isinstance(event, PathwayStarted)] == [2]


def test_a_cancelled_case_can_be_reopened_and_remembers_that_she_wants_no_contact() -> None:
    story = shelter_requested()
    story.say(c.CancelCase, reason="opened_by_mistake")
    story.say(c.NeverContactAgain)
    reopened(story)
    run = [run for run in story.state.runs.values() if run.pathway == "shelter"][-1]
    assert run.steps["find_place"].state is StepState.SKIPPED


def test_what_is_not_reopened() -> None:
    story = over()
    for run, reason, error in (("nowhere", "her_wish", UnknownEnded), ("shelter", "because", UnknownReason)):
        with pytest.raises(error):
            reopened(story, run, reason=reason)
    reopened(story)
    with pytest.raises(PathwayStillRuns):
        reopened(story)
    alone = over()
    alone.state = alone.state.model_copy(update={"exclusions": frozenset({"coordinamento"})})
    with pytest.raises(NoCoordinator):
        reopened(alone)
