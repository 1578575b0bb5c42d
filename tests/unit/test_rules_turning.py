"""A `when` that compares with today and is looked at again: at the very moment at which time alone changes it."""

from datetime import UTC, datetime, timedelta

from procedures import commands as c
from procedures import events as e
from procedures.case import RunState, StepState
from procedures.evolving import evolve
from procedures.loading import load_pathway
from procedures.timing import dues
from procedures.turning import next_turn
from procedures.values import ROME, moment_text
from tests.making import INTAKE, SHELTER, START, Story, library
from tests.unit.test_rules_moving import moved, second, with_texts
from tests.unit.test_rules_with_today import DATED, condition

STEP = (
    "  exam: {tell: police, title: {it: Visita, en: Exam}, needs: [welcome], looked_at: again%s, when: %s}\noutcomes:"
)
LESS, AFTER = "{incident_at: {ago: {less_than: 72 h}}}", "{incident_at: {ago: {at_least: 72 h}}}"


def story(when: str, more: str = "", **facts: object) -> Story:
    """The first talk is over, and the shelter is asked: the pathway goes on."""
    known = library((INTAKE.replace("outcomes:", STEP % (more, when)), SHELTER), DATED)
    told = Story(known).opened(facts={"risk": "low", **facts})
    told.accept("welcome")
    told.complete("welcome")
    return told


def ago(hours: float) -> datetime:
    return START - timedelta(hours=hours)


def without_exam(story: Story) -> list[object]:
    """The pathway is moved to an edition that does not have the step."""
    story.library = with_texts(story.library, second(INTAKE))
    return moved(story)


def exam(story: Story) -> StepState:
    return next(iter(story.state.runs.values())).steps["exam"].state


def turns(story: Story) -> list[datetime]:
    return [event.until for event in story.trail if isinstance(event, e.StepTurns)]


def looks(story: Story) -> list[datetime]:
    return [due.at for due in dues(story.state) if due.kind == "look"]


def kinds(events: tuple[e.Event, ...]) -> list[type[e.Event]]:
    return [type(event) for event in events]


def test_a_command_in_the_very_second_of_the_turn_loses_no_moment() -> None:
    """More than 72 h ago is so from the moment after the point, not from the second after it."""
    told = story("{incident_at: {ago: {more_than: 72 h}}}", incident_at=ago(70))
    told.wait(120)
    assert exam(told) is StepState.SKIPPED, "just 72 h"
    told.now += timedelta(microseconds=1)
    told.accept("find_place")
    assert exam(told) is StepState.ACTIVE


def test_what_applies_by_now_is_let_in_whether_or_not_its_moment_was_noted() -> None:
    told = story(AFTER, incident_at=ago(70))
    run = next(iter(told.state.runs.values()))
    told.state = evolve(told.state, e.StepTurnsNoMore(at=told.now, run_id=run.run_id, step="exam"))
    told.wait(60 * 3)
    assert exam(told) is StepState.ACTIVE


def test_what_was_left_out_begins_by_itself_at_the_moment_at_which_it_applies() -> None:
    told = story(AFTER, incident_at=ago(70))
    assert exam(told) is StepState.SKIPPED
    assert turns(told) == looks(told) == [START + timedelta(hours=2)]
    assert e.StepWaitsAgain not in kinds(told.wait(119))
    at_last = kinds(told.wait(1))
    assert at_last.index(e.StepStarted) == at_last.index(e.StepWaitsAgain) + 1
    assert exam(told) is StepState.ACTIVE
    assert looks(told) == []


def test_a_day_turns_at_midnight_in_rome() -> None:
    told = story("{born_on: {age: {at_least: 18}}}", born_on="2008-11-26")
    assert turns(told) == [datetime(2026, 11, 26, tzinfo=ROME).astimezone(UTC)]


def test_working_days_turn_when_they_end() -> None:
    """10 working days from Tuesday, 24 November: the 8th of December is a holiday."""
    told = story("{order_ends_on: {ago: {more_than: 10 working days in IT}}}", order_ends_on="2026-11-24")
    assert turns(told) == [datetime(2026, 12, 10, 0, 0, 0, 1, tzinfo=ROME).astimezone(UTC)]


def test_what_waits_for_her_consent_is_left_out_at_the_moment_at_which_it_applies_no_more() -> None:
    told = story(LESS, ", consent: exam", incident_at=ago(70))
    assert exam(told) is StepState.AWAITING_CONSENT
    assert looks(told) == [START + timedelta(hours=2)]
    assert e.StepSkipped in kinds(told.wait(120))
    assert (exam(told), looks(told)) == (StepState.SKIPPED, [])
    told.say(c.GiveConsent, consent="exam")
    assert exam(told) is StepState.SKIPPED, "its time is over"


def test_a_fact_that_is_put_right_moves_the_moment() -> None:
    told = story(AFTER, incident_at=ago(70))
    told.say(c.ChangeFact, fact="incident_at", value=ago(60), reason="written_wrongly")
    assert looks(told) == [START + timedelta(hours=12)]
    told.say(c.ChangeFact, fact="incident_at", value="not_answered", reason="written_wrongly")
    assert looks(told) == []
    assert isinstance(told.trail[-1], e.StepTurnsNoMore)


def test_what_applied_and_ceased_to_while_nobody_looked_is_passed_over_and_waits_for_no_moment() -> None:
    """The machine slept through the only hour: it is not begun late, and nothing stays due."""
    told = story("{incident_at: {ago: {at_least: 72 h, less_than: 73 h}}}", incident_at=ago(70))
    told.wait(60 * 24)
    assert (exam(told), looks(told)) == (StepState.SKIPPED, [])


def test_each_comparison_wakes_the_case_a_few_times_and_never_again() -> None:
    told = story("{incident_at: {ago: {at_least: 72 h, less_than: 73 h}}}", incident_at=ago(70))
    asked = condition(
        "{any: [{incident_at: {ago: {at_least: 72 h, less_than: 73 h}}}, {incident_at: {to_go: {at_most: 1 h}}}]}"
    )
    facts, found, now = {"incident_at": moment_text(START + timedelta(hours=5))}, [], START
    while (at := next_turn(asked, facts, now)) is not None:
        found.append(at - START)
        now = at
    then = timedelta(microseconds=1)
    assert found == [timedelta(hours=4), timedelta(hours=5) + then, timedelta(hours=77), timedelta(hours=78)]
    assert len(turns(told)) == 1


def test_a_pathway_that_is_over_waits_for_no_moment() -> None:
    told = story(AFTER, incident_at=ago(70))
    told.say(c.CancelPathway, run_id=next(iter(told.state.runs)), reason="opened_by_mistake")
    assert next(iter(told.state.runs.values())).state is not RunState.RUNNING
    assert looks(told) == []


def test_what_waits_again_brings_back_what_could_not_happen_without_it() -> None:
    later = "  report: {tell: police, title: {it: Esito, en: Outcome}, needs: [talk.done]}\noutcomes:"
    talk = (
        STEP.replace("exam", "talk")
        .replace("tell: police", "ask: police, accept_within: 1 h, complete_within: 1 day")
        .replace("needs:", "source: {text: x, verified: false}, needs:")
    )
    text = INTAKE.replace("outcomes:", (talk % ("", AFTER)).replace("outcomes:", later))
    told = Story(library((text, SHELTER), DATED)).opened(facts={"risk": "low", "incident_at": ago(70)})
    told.accept("welcome")
    told.complete("welcome")
    steps = next(iter(told.state.runs.values())).steps
    assert {steps["talk"].state, steps["report"].state} == {StepState.SKIPPED}
    told.wait(120)
    steps = next(iter(told.state.runs.values())).steps
    assert (steps["talk"].state, steps["report"].state) == (StepState.ACTIVE, StepState.WAITING)


WINDOW = "{incident_at: {ago: {at_least: 72 h, less_than: 73 h}}}"


def test_a_step_that_the_new_edition_does_not_have_wakes_the_case_no_more() -> None:
    told = story(WINDOW, incident_at=ago(70))
    assert len(looks(told)) == 1
    assert e.StepTurnsNoMore in map(type, without_exam(told))
    assert looks(told) == []
    told.wait(60 * 24)
    assert exam(told) is StepState.SKIPPED


def test_a_step_that_the_new_edition_does_not_have_is_let_in_by_no_time_and_by_no_fact() -> None:
    told = story(AFTER, ", not_before: 1 day", incident_at=ago(70))
    without_exam(told)
    told.wait(60 * 3)
    told.say(c.ChangeFact, fact="incident_at", value=ago(100), reason="written_wrongly")
    assert exam(told) is StepState.SKIPPED
    told.accept("find_place")
    told.complete("find_place", "no_place")
    assert next(iter(told.state.runs.values())).state is RunState.ENDED


def test_a_case_that_was_moved_with_a_moment_still_noted_wakes_once_and_is_at_rest() -> None:
    """As trails from before this was looked at may say it."""
    told = story(WINDOW, incident_at=ago(70))
    until = looks(told)[0]
    without_exam(told)
    (run_id,) = (run.run_id for run in told.state.runs.values() if run.pathway == "intake")
    told.state = evolve(told.state, e.StepTurns(at=told.now, run_id=run_id, step="exam", until=until))
    told.wait(60 * 24)
    assert (exam(told), looks(told)) == (StepState.SKIPPED, [])


def test_a_step_that_a_later_edition_has_again_is_let_in_by_its_time() -> None:
    told = story(AFTER, incident_at=ago(70))
    text = next(text for text in told.library.current.values() if text.name == "intake")
    without_exam(told)
    again = INTAKE.replace("outcomes:", STEP % ("", AFTER)).replace("edition: 1", "edition: 3")
    vocabulary = told.library.facts
    third = load_pathway(again, "third.yaml", vocabulary)
    assert third.steps["exam"] == text.steps["exam"]
    told.library = told.library.model_copy(
        update={
            "current": {**told.library.current, "intake": third},
            "by_hash": {**told.library.by_hash, third.content_hash: third},
        }
    )
    moved(told, edition=3)
    assert looks(told) == [START + timedelta(hours=2)]
    told.wait(120)
    assert exam(told) is StepState.ACTIVE


def repeated(when: str, while_: str, more: str = "", **facts: object) -> Story:
    """The exam is repeated each day while that holds, from when its `when` lets it in."""
    return story(when, f", repeat: {{every: 1 day, while: {while_}}}{more}", **facts)


def test_what_a_repetition_goes_on_by_wakes_the_case_as_its_when_does() -> None:
    told = repeated("{incident_at: {ago: {at_least: 1 h}}}", AFTER, incident_at=ago(70))
    assert exam(told) is StepState.SKIPPED
    assert looks(told) == [START + timedelta(hours=2)]
    told.wait(120)
    assert exam(told) is StepState.ACTIVE


def test_a_repetition_that_waits_for_her_consent_is_left_out_when_it_would_go_on_no_more() -> None:
    told = repeated("{risk: low}", LESS, ", consent: exam", incident_at=ago(70))
    assert exam(told) is StepState.AWAITING_CONSENT
    assert looks(told) == [START + timedelta(hours=2)]
    told.wait(120)
    assert (exam(told), looks(told)) == (StepState.SKIPPED, [])


def test_until_its_first_time_a_repetition_that_is_held_back_goes_on_by_when_it_could_have_begun() -> None:
    """No moment is noted that changes nothing."""
    told = repeated("{risk: low}", LESS, ", not_before: 1 day", incident_at=ago(70))
    assert exam(told) is StepState.WAITING
    assert looks(told) == []
    told.wait(60 * 24)
    assert exam(told) is StepState.SKIPPED
    assert looks(told) == []
