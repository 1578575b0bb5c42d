"""A running pathway is moved to another edition: what is done stays done, what is at work goes on, nothing strands."""

from datetime import timedelta

import pytest

from procedures import commands as c
from procedures.case import CaseStatus, HandoffState, PathwayRun, RunState, StepState
from procedures.errors import Refused, UnknownReason, UnknownRunning
from procedures.events import (
    AlertPurpose,
    HandoffRetimed,
    PathwayMoved,
    RepetitionEnded,
    StepLookedAtAnew,
    StepSkipped,
    StepStarted,
)
from procedures.loading import load_facts, load_pathway
from procedures.move_errors import (
    ConsentWouldLack,
    GoesByItAlready,
    KindWouldDiffer,
    NoEditionInForce,
    NotTheEditionInForce,
    OutcomeWouldVanish,
    PauseWouldLast,
    ResultWouldVanish,
    StepWouldDiffer,
    StepWouldVanish,
    WhichRun,
)
from procedures.schema import Library
from procedures.timing import dues
from tests.making import FACTS, INTAKE, SHELTER, START, Story, alerts, library

NOTICE = """\
  {name}:
    tell: {competence}
    title: {{it: Avvisare, en: Tell}}
{more}"""


def notice(name: str, more: str = "", competence: str = "police") -> str:
    return NOTICE.format(
        name=name, competence=competence, more="".join(f"    {line}\n" for line in more.split("\n") if line)
    )


def second(text: str, *changes: tuple[str, str]) -> str:
    """The text as an edition 2 with these changes."""
    for old, new in (("edition: 1\n", "edition: 2\n"), *changes):
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def add(text: str, step: str) -> str:
    return second(text).replace("outcomes:", f"{step}outcomes:", 1)


def with_texts(first: Library, *texts: str) -> Library:
    """The same house after these were adopted."""
    vocabulary = load_facts(FACTS, "facts.yaml")
    new = [load_pathway(text, "new.yaml", vocabulary) for text in texts]
    return first.model_copy(
        update={
            "current": {**first.current, **{one.name: one for one in new}},
            "by_hash": {**first.by_hash, **{one.content_hash: one for one in new}},
        }
    )


def adopted(story: Story, *texts: str) -> Story:
    story.library = with_texts(story.library, *texts)
    return story


def moved(story: Story, run: str = "intake", edition: int = 2) -> list[object]:
    said = {"run": run, "edition": edition, "reason": "procedure_changed", "road": c.Road.DESK}
    return list(story.say(c.MovePathway, **said))


def run_of(story: Story, pathway: str = "intake") -> PathwayRun:
    return [run for run in story.state.runs.values() if run.pathway == pathway][-1]


def welcomed() -> Story:
    """The first talk is over: the shelter is asked for."""
    story = Story().opened()
    story.accept("welcome")
    story.complete("welcome")
    return story


def test_a_step_that_is_new_and_ready_begins_at_once_and_what_is_done_stays_done() -> None:
    story = adopted(welcomed(), add(INTAKE, notice("tell_school", "needs: [welcome]", "legal_aid")))
    before = run_of(story).steps["welcome"]
    events = moved(story)
    assert [one.step for one in events if isinstance(one, StepStarted)] == ["tell_school"]
    assert run_of(story).steps["welcome"] == before
    assert story.library.by_hash[run_of(story).content_hash].edition == 2


def test_the_move_says_from_where_to_where_and_why() -> None:
    story = adopted(welcomed(), add(INTAKE, notice("tell_school", "needs: [welcome]", "legal_aid")))
    (event,) = [one for one in moved(story) if isinstance(one, PathwayMoved)]
    assert (event.old_edition, event.edition, event.reason) == (1, 2, "procedure_changed")
    assert run_of(story).earlier != (run_of(story).content_hash,)
    assert len(run_of(story).earlier) == 1


def test_a_step_at_work_goes_on_by_the_times_of_the_new_edition_and_its_holder_is_told() -> None:
    story = Story().opened()
    story.accept("welcome")
    was = story.handoff("welcome").complete_by
    adopted(story, second(INTAKE, ("complete_within: [2 h,", "complete_within: [1 h,")))
    events = moved(story)
    assert story.handoff("welcome").state is HandoffState.ACCEPTED
    assert (was, story.handoff("welcome").complete_by) == (START + timedelta(hours=2), START + timedelta(hours=1))
    (retimed,) = [one for one in events if isinstance(one, HandoffRetimed)]
    assert (retimed.old_at, retimed.new_at) == (was, START + timedelta(hours=1))
    assert (AlertPurpose.LIMIT_MOVED, "ascolto_ref") in alerts(tuple(events))  # type: ignore[arg-type]  # events


def test_who_has_not_answered_yet_gets_the_new_time_to_answer_and_the_new_ladder() -> None:
    story = Story().opened()
    story.wait(5)
    adopted(
        story,
        second(
            INTAKE,
            ("accept_within: 10 min", "accept_within: 20 min"),
            ("{after: 10 min, to: next_service}", "{after: 20 min, to: next_service}"),
        ),
    )
    moved(story)
    handoff = story.handoff("welcome")
    assert handoff.accept_by == START + timedelta(minutes=20)
    assert [(rung.at - START, rung.to) for rung in handoff.ladder] == [
        (timedelta(minutes=20), "next_service"),
        (timedelta(minutes=30), "coordinator"),
    ]


def test_a_rung_that_was_climbed_is_not_climbed_again() -> None:
    story = welcomed()
    story.wait(5)
    assert [rung.to for rung in story.handoff("find_place").ladder] == ["deputy", "next_service", "coordinator"]
    adopted(story, second(SHELTER, ("{after: 5 min, to: service}", "{after: 7 min, to: service}")))
    moved(story, "shelter")
    assert [rung.to for rung in story.handoff("find_place").ladder] == ["deputy", "next_service", "coordinator"]


def test_a_time_that_is_over_by_the_new_edition_is_due_at_once() -> None:
    story = Story().opened()
    story.accept("welcome")
    story.wait(90)
    adopted(story, second(INTAKE, ("complete_within: [2 h,", "complete_within: [1 h,")))
    moved(story)
    assert dues(story.state)[0].at <= story.now
    story.wait(0)
    assert story.handoff("welcome").overdue


def test_a_step_that_waited_and_is_gone_is_left_out() -> None:
    story = Story().opened()
    without = second(INTAKE)
    start, end = without.index("  tell_police:"), without.index("  hearing:")
    adopted(story, without[:start] + without[end:])
    events = moved(story)
    left_out = [(one.step, one.reason) for one in events if isinstance(one, StepSkipped)]
    assert left_out == [("tell_police", "not_in_edition")]
    story.accept("welcome")
    story.complete("welcome")
    assert run_of(story).steps["tell_police"].state is StepState.SKIPPED


def test_a_step_that_was_left_out_is_looked_at_anew_where_the_edition_lets_it_in() -> None:
    story = welcomed()
    assert run_of(story).steps["tell_police"].state is StepState.SKIPPED
    adopted(story, second(INTAKE, ("when: {risk: imminent}", "when: {risk: [high, imminent]}")))
    events = moved(story)
    assert [one.step for one in events if isinstance(one, StepLookedAtAnew)] == ["tell_police"]
    assert run_of(story).steps["tell_police"].state is StepState.ACTIVE


def test_a_step_that_was_left_out_and_says_the_same_stays_left_out() -> None:
    story = adopted(welcomed(), add(INTAKE, notice("tell_school", "needs: [welcome]", "legal_aid")))
    moved(story)
    assert run_of(story).steps["tell_police"].state is StepState.SKIPPED


def test_a_step_that_waits_for_her_consent_waits_for_the_new_one() -> None:
    story = Story().opened(consents=frozenset())
    assert run_of(story).steps["welcome"].state is StepState.AWAITING_CONSENT
    adopted(story, second(INTAKE, ("    accept_within: 10 min", "    consent: talk\n    accept_within: 10 min")))
    moved(story)
    story.say(c.GiveConsent, consent="intake")
    assert run_of(story).steps["welcome"].state is StepState.AWAITING_CONSENT
    story.say(c.GiveConsent, consent="talk")
    assert run_of(story).steps["welcome"].state is StepState.ACTIVE


REPEATED = INTAKE.replace("results: {done: {}}", "results: {done: {}}\n    repeat: {every: 1 day, at_most: 3}")


def test_a_step_that_rests_between_two_times_and_is_not_repeated_any_more_is_done() -> None:
    story = Story(library((REPEATED, SHELTER))).opened()
    story.accept("welcome")
    story.complete("welcome")
    adopted(story, second(INTAKE))
    (ended,) = [one for one in moved(story) if isinstance(one, RepetitionEnded)]
    assert (ended.step, ended.rounds, ended.reason) == ("welcome", 1, "edition")
    assert run_of(story).steps["shelter"].state is StepState.ACTIVE


def test_the_pathway_that_is_not_moved_goes_on_by_its_own_text() -> None:
    story = adopted(Story().opened(), second(INTAKE), second(SHELTER))
    story.accept("welcome")
    story.complete("welcome")
    editions = {run.pathway: story.library.by_hash[run.content_hash].edition for run in story.state.runs.values()}
    assert editions == {"intake": 1, "shelter": 2}


def test_a_pathway_can_be_moved_twice_and_still_knows_a_step_of_its_first_text() -> None:
    story = welcomed()
    story.accept("find_place")
    story.complete("find_place", "housed", place_confirmed_at="2026-11-24T22:00")
    lone = second(SHELTER)
    start, end = lone.index("  find_place:"), lone.index("  escort:")
    without = (lone[:start] + lone[end:]).replace("    needs: [find_place.housed]\n", "")
    without = without.rpartition("outcomes:")[0] + "outcomes: {escorted: escort}\n"
    alone = INTAKE.replace("needs: [welcome]}", "needs: [welcome]}")
    adopted(story, without, second(alone))
    moved(story, "shelter")
    adopted(story, without.replace("edition: 2", "edition: 3"))
    moved(story, "shelter", 3)
    assert run_of(story, "shelter").steps["find_place"].state is StepState.DONE
    late = story.complete("find_place", "no_place")
    assert [type(one).__name__ for one in late] == ["AnswerCameLate"]
    with pytest.raises(Refused):
        story.say(c.DecideAnew, run="shelter", step="find_place", result="no_place", reason="appeal")


def find_place_asked() -> Story:
    return welcomed()


def housed() -> Story:
    story = welcomed()
    story.accept("find_place")
    story.complete("find_place", "housed", place_confirmed_at="2026-11-24T22:00")
    return story


def owing() -> Story:
    story = Story().opened()
    story.say(c.ActFirst, run="", step="hearing", reason="ordered")
    return story


WITHOUT_FIND = second(SHELTER)[: second(SHELTER).index("  find_place:")] + (
    "  escort:\n    tell: safe_transport\n    title: {it: Avvisare, en: Tell}\n"
    "outcomes: {housed: escort, no_place: escort}\n"
)
WITHOUT_WELCOME = """
pathway: intake
edition: 2
title: {it: Accoglienza iniziale, en: Intake}
consent: intake
steps:
  hearing:
    await: {it: La Procura ascolta, en: The prosecutor hears her}
    watched_by: legal_aid
    title: {it: Audizione, en: Hearing}
    within: 3 days
    source: {text: "Invented for the tests", verified: false}
    results: {heard: {}, deferred: {}}
outcomes: {helped: hearing}
"""
OBSTACLES = [
    (find_place_asked, "shelter", WITHOUT_FIND, StepWouldVanish),
    (owing, "intake", WITHOUT_WELCOME, StepWouldVanish),
    (find_place_asked, "shelter", second(SHELTER, ("ask: emergency_shelter", "ask: police")), StepWouldDiffer),
    (
        find_place_asked,
        "shelter",
        second(SHELTER, ("consent: shelter", "consent: other")),
        ConsentWouldLack,
    ),
    (
        housed,
        "shelter",
        second(
            SHELTER,
            ("results: {housed:", "results: {placed:"),
            ("find_place.housed]", "find_place.placed]"),
            ("outcomes: {housed: find_place.housed", "outcomes: {housed: find_place.placed"),
        ),
        ResultWouldVanish,
    ),
]


@pytest.mark.parametrize(("before", "run", "text", "error"), OBSTACLES)
def test_what_has_no_place_in_the_edition_keeps_the_pathway_where_it_is(
    before: object, run: str, text: str, error: type[Refused]
) -> None:
    story = before()  # type: ignore[operator]  # one of the stories above
    adopted(story, text)
    state = story.state
    with pytest.raises(error):
        moved(story, run)
    assert story.state == state


def test_a_pathway_whose_outcome_somebody_waits_for_is_not_moved_to_an_edition_without_it() -> None:
    waiting = INTAKE.replace(
        "outcomes: {helped: welcome}",
        notice("tell_lawyer", "needs: [shelter.no_place]", "legal_aid") + "outcomes: {helped: welcome}",
    )
    story = Story(library((waiting, SHELTER))).opened()
    story.accept("welcome")
    story.complete("welcome")
    adopted(story, second(SHELTER, (", no_place: find_place.no_place}", ", nothing: find_place.no_place}")))
    with pytest.raises(OutcomeWouldVanish):
        moved(story, "shelter")


NOT_UNDERSTOOD = [
    ({"edition": 1}, NotTheEditionInForce),
    ({"edition": 3}, NotTheEditionInForce),
    ({"reason": "because"}, UnknownReason),
    ({"run": "nothing"}, UnknownRunning),
    ({"run": ""}, WhichRun),
    ({"run": "shelter", "edition": 1}, GoesByItAlready),
]


@pytest.mark.parametrize(("said", "error"), NOT_UNDERSTOOD)
def test_what_is_not_understood_is_refused_by_name(said: dict[str, object], error: type[Refused]) -> None:
    story = adopted(welcomed(), second(INTAKE))
    with pytest.raises(error):
        story.say(c.MovePathway, **{"run": "intake", "edition": 2, "reason": "law_changed", **said})


def test_a_pathway_that_was_taken_out_of_force_has_nothing_to_move_to() -> None:
    story = welcomed()
    current = {name: text for name, text in story.library.current.items() if name != "intake"}
    story.library = story.library.model_copy(update={"current": current})
    with pytest.raises(NoEditionInForce, match="No edition of intake is in force"):
        story.say(c.MovePathway, run="intake", edition=2, reason="law_changed")


def test_a_pathway_that_is_over_cannot_be_moved() -> None:
    story = Story().opened()
    story.say(c.CancelCase, reason="her_wish")
    adopted(story, second(INTAKE))
    assert story.state.status is CaseStatus.CANCELLED
    with pytest.raises(Refused):
        moved(story)
    assert run_of(story).state is RunState.CANCELLED


AWAY = """signals:
  away: {title: {it: Via, en: Away}, from: [operator]}
  back: {title: {it: Torna, en: Back}, from: [operator]}
steps:
"""
PAUSES = "    pauses_on: signal.away\n    resumes_on: signal.back\n"


def standing_still() -> tuple[Story, str]:
    """The shelter was asked and stood still for an hour, at the beginning; and the text of it."""
    text = SHELTER.replace("steps:\n", AWAY, 1).replace(
        "    complete_within: 4 h\n", PAUSES + "    complete_within: 4 h\n", 1
    )
    story = Story(library((text,))).opened(pathway="shelter", consents=frozenset({"shelter"}))
    story.say(c.GiveSignal, signal="away", actor="operator:1", road=c.Road.DESK)
    story.wait(60)
    return story, text


def test_the_time_that_a_step_stood_still_is_not_lost_by_moving() -> None:
    story, text = standing_still()
    story.say(c.GiveSignal, signal="back", actor="operator:1", road=c.Road.DESK)
    before = story.handoff("find_place")
    moved(adopted(story, second(text, ("accept_within: 15 min", "accept_within: 14 min"))), "shelter")
    after = story.handoff("find_place")
    assert before.accept_by is not None
    assert after.accept_by == before.accept_by - timedelta(minutes=1)
    assert after.ladder == before.ladder


def test_a_step_that_stands_still_is_not_moved_to_where_nothing_lets_it_go_on() -> None:
    story, text = standing_still()
    with pytest.raises(PauseWouldLast):
        moved(adopted(story, second(text, (PAUSES, ""))), "shelter")


def test_a_case_never_becomes_the_networks_own_work() -> None:
    story = Story(library((SHELTER,))).opened(pathway="shelter", consents=frozenset({"shelter"}))
    own_work = second(SHELTER, ("consent: shelter", "case: none"), ("    when: {risk: [high, imminent]}\n", ""))
    with pytest.raises(KindWouldDiffer):
        moved(adopted(story, own_work), "shelter")
