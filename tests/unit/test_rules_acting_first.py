"""Acting first as stories: what may begin before its turn, what that leaves owed, and that it is never forgotten."""

from collections.abc import Iterable

import pytest

from procedures import commands as c
from procedures.case import CaseStatus, RunState
from procedures.errors import (
    ConsentFirst,
    NotOwed,
    StepHasBegun,
    UnknownReason,
    UnknownRunning,
    UnknownStep,
    WhichPathway,
)
from procedures.events import AlertPurpose, Event, PathwayEnded, StepBegunFirst, StepCancelled, StepOwed
from procedures.schema import Library
from tests.making import INTAKE, SHELTER, Story, alerts, library, shelter_requested

SOURCE = 'source: {text: "Invented for the tests", verified: false}'
CHAIN = (
    SHELTER.replace("    when: {risk: [high, imminent]}\n", "    when: {risk: imminent}\n", 1)
    .replace("outcomes:", "  settle_in:\n    ask: emergency_shelter\n    title: {it: Sistemare, en: Settle in}\n"
             "    needs: [escort]\n    accept_within: 1 h\n    complete_within: 1 days\n    "
             f"{SOURCE}\noutcomes:", 1)
)  # fmt: skip


def act(story: Story, step: str, **more: object) -> tuple[Event, ...]:
    values: dict[str, object] = {"run": "", "step": step, "reason": "imminent_danger", "actor": "operator:1"}
    return story.say(c.ActFirst, **{**values, **more})


def owed(events: Iterable[object]) -> list[str]:
    return [event.step for event in events if isinstance(event, StepOwed)]


def chain() -> Library:
    return library((INTAKE, CHAIN))


def test_a_later_step_begins_now_and_what_it_passes_over_stays_owed() -> None:
    story = Story(chain()).opened(pathway="shelter")
    events = act(story, "settle_in")
    assert alerts(events) == [(AlertPurpose.REQUEST, "casa_uno_ref")]
    assert [event.reason for event in events if isinstance(event, StepBegunFirst)] == ["imminent_danger"]
    assert owed(events) == ["find_place", "escort"]
    run = next(iter(story.state.runs.values()))
    assert [(step.step, step.owed_for) for step in run.owed] == [("find_place", "settle_in"), ("escort", "settle_in")]


def test_the_pathway_does_not_end_before_its_debts_are_done_or_decided() -> None:
    story = Story(chain()).opened(pathway="shelter", facts={"risk": "imminent"})
    act(story, "settle_in")
    story.accept("settle_in")
    story.complete("settle_in")
    assert story.state.ended_at is None
    story.accept("find_place")
    story.complete("find_place", "housed", place_confirmed_at="2026-11-24T22:00")
    run = next(iter(story.state.runs.values()))
    assert [step.step for step in run.owed] == ["escort"]
    assert run.state is RunState.RUNNING

    events = story.say(c.ForgoStep, run=run.ref, step="escort", reason="helped_elsewhere")
    assert (AlertPurpose.WITHDRAWN, "navetta_ref") in alerts(events)
    assert isinstance(next(event for event in events if isinstance(event, StepCancelled)), StepCancelled)
    assert [event.outcome for event in events if isinstance(event, PathwayEnded)] == ["housed"]
    assert story.state.status is CaseStatus.CLOSED


def test_silence_never_ends_what_is_owed() -> None:
    limited = CHAIN.replace("steps:\n", f"within: 3 days\non_expiry: no_place\n{SOURCE}\nsteps:\n", 1)
    story = Story(library((INTAKE, limited))).opened(pathway="shelter")
    act(story, "settle_in")
    story.accept("find_place")
    story.accept("settle_in")
    late = story.wait(3 * 24 * 60 + 1)
    assert (AlertPurpose.PATHWAY_LATE, "coord_uno") in alerts(late)
    assert story.state.status is CaseStatus.OPEN


def test_danger_does_not_stand_in_for_her_word() -> None:
    story = Story().opened(pathway="shelter", consents=frozenset({"intake"}))
    with pytest.raises(ConsentFirst):
        act(story, "escort")
    story.say(c.GiveConsent, consent="shelter")
    assert (AlertPurpose.REQUEST, "navetta_ref") in alerts(act(story, "escort"))


def test_a_person_overrides_when_and_not_before() -> None:
    held = INTAKE.replace("    basis: {it: Legge", "    at: 20:00 of welcome.completed\n    basis: {it: Legge", 1)
    story = Story(library((held, SHELTER))).opened(facts={"risk": "low"})
    assert alerts(act(story, "tell_police")) == [(AlertPurpose.TELL, "questura_ref")]


@pytest.mark.parametrize(
    ("kind", "fields", "error"),
    [
        (c.ActFirst, {"step": "escort", "reason": "because"}, UnknownReason),
        (c.ActFirst, {"step": "nowhere"}, UnknownStep),
        (c.ActFirst, {"step": "escort", "run": "legal"}, UnknownRunning),
        (c.ActFirst, {"step": "welcome"}, StepHasBegun),
        (c.ForgoStep, {"step": "escort", "reason": "her_wish"}, NotOwed),
        (c.ForgoStep, {"step": "escort", "reason": "because"}, UnknownReason),
    ],
)
def test_what_cannot_be_begun_first_or_forgone(
    kind: type[c.Command], fields: dict[str, object], error: type[Exception]
) -> None:
    story = shelter_requested()
    before = story.state
    with pytest.raises(error):
        story.say(kind, **{"run": "", "reason": "imminent_danger", **fields})
    assert story.state == before


def test_of_two_pathways_with_this_step_one_must_be_said() -> None:
    twice = INTAKE.replace(
        "  tell_police:", "  again: {start: shelter, title: {it: Ancora, en: Again}, needs: [welcome]}\n  tell_police:"
    )
    story = Story(library((twice, SHELTER))).opened()
    story.accept("welcome")
    story.complete("welcome")
    with pytest.raises(WhichPathway):
        act(story, "escort")
    ref = [run.ref for run in story.state.runs.values()][-1]
    assert owed(act(story, "escort", run=ref)) == ["find_place"]
