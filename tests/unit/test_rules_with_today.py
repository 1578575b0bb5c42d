"""A dated fact beside today: how old, how long ago, how soon. Looked at once, when the needs of the step are met."""

from datetime import UTC, datetime, timedelta

import pytest

from procedures import commands as c
from procedures.case import StepState
from procedures.conditions import holds
from procedures.events import SkipReason, StepStarted
from procedures.grammar.needs import read_condition
from procedures.loading import load_facts
from procedures.nodes import Node
from procedures.reading import read_document
from procedures.schema import Condition
from procedures.values import ROME
from procedures.whonow import WhoWhen, who_now
from tests.making import FACTS, INTAKE, SHELTER, START, Story, directory, library, open_case

DATED = FACTS + (
    "  born_on: {type: date, title: {it: Nascita, en: Birth}}\n"
    "  order_ends_on: {type: date, title: {it: Fine dell'ordine, en: End of the order}}\n"
    "  hearing_at: {type: datetime, title: {it: Udienza, en: Hearing}}\n"
)
VOCABULARY = load_facts(DATED, "facts.yaml")


def condition(words: str) -> Condition:
    document = read_document(words, "when.yaml")
    node: Node = document.root
    found = read_condition(document, node, VOCABULARY)
    document.finish()
    assert found is not None
    return found


def so(words: str, told: str, moment: str) -> bool:
    """Whether it holds of what was told when the clocks in Rome show this."""
    asked = condition(words)
    fact = words.strip("{").partition(":")[0]
    return holds(asked, {fact: told}, datetime.fromisoformat(moment).replace(tzinfo=ROME).astimezone(UTC))


UNDER_18 = "{born_on: {age: {less_than: 18}}}"
TURNED_12 = "{born_on: {age: {at_least: 12}}}"
LESS_THAN_72_H = "{incident_at: {ago: {less_than: 72 h}}}"
AT_LEAST_72_H = "{incident_at: {ago: {at_least: 72 h}}}"
WITHIN_30_DAYS = "{order_ends_on: {to_go: {at_most: 30 days}}}"
SOON = "{hearing_at: {to_go: {less_than: 48 h}}}"


@pytest.mark.parametrize(
    ("words", "told", "not_yet", "then"),
    [
        (TURNED_12, "2014-05-03", "2026-05-02 23:59", "2026-05-03 00:00"),
        ("{born_on: {age: {more_than: 17}}}", "2008-05-03", "2026-05-02 23:59", "2026-05-03 00:00"),
        # Who was born on 29 February is a year older on the last day of that month, as with coming of age.
        (TURNED_12, "2016-02-29", "2028-02-28 23:59", "2028-02-29 00:00"),
        ("{born_on: {age: {at_least: 18}}}", "2008-02-29", "2026-02-27 23:59", "2026-02-28 00:00"),
        (AT_LEAST_72_H, "2026-11-24T20:15+01:00", "2026-11-27 20:14", "2026-11-27 20:15"),
        # 72 hours are elapsed: in the night in which the clocks go back they end an hour sooner on the wall.
        (AT_LEAST_72_H, "2026-10-24T20:15+02:00", "2026-10-27 19:14", "2026-10-27 19:15"),
        ("{incident_at: {ago: {at_least: 1 month}}}", "2027-01-31T08:00+01:00", "2027-02-28 07:59", "2027-02-28 08:00"),
        (WITHIN_30_DAYS, "2027-01-31", "2026-12-31 23:59", "2027-01-01 00:00"),
        ("{order_ends_on: {to_go: {at_most: 1 month}}}", "2027-03-31", "2027-02-27 23:59", "2027-02-28 00:00"),
        ("{order_ends_on: {ago: {more_than: 2 days}}}", "2026-11-20", "2026-11-22 23:59", "2026-11-23 00:00"),
        ("{hearing_at: {to_go: {at_most: 48 h}}}", "2026-11-26T09:00+01:00", "2026-11-24 08:59", "2026-11-24 09:00"),
        # Working days end at midnight, of a day as of an hour: the 8th of December is a holiday.
        (
            "{order_ends_on: {ago: {at_least: 2 working days in IT}}}",
            "2026-12-06",
            "2026-12-09 23:59",
            "2026-12-10 00:00",
        ),
        (
            "{order_ends_on: {to_go: {at_most: 2 working days in IT}}}",
            "2026-12-09",
            "2026-12-03 23:59",
            "2026-12-04 00:00",
        ),
        (
            "{hearing_at: {to_go: {less_than: 1 working day in FR}}}",
            "2026-12-09T09:00+01:00",
            "2026-12-08 00:00",
            "2026-12-08 00:01",
        ),
    ],
)
def test_it_begins_to_hold_at_one_moment(words: str, told: str, not_yet: str, then: str) -> None:
    assert (so(words, told, not_yet), so(words, told, then)) == (False, True)


@pytest.mark.parametrize(
    ("words", "told", "still", "no_more"),
    [
        (UNDER_18, "2008-11-24", "2026-11-23 23:59", "2026-11-24 00:00"),
        ("{born_on: {age: {at_most: 17}}}", "2008-11-24", "2026-11-23 23:59", "2026-11-24 00:00"),
        (LESS_THAN_72_H, "2026-11-24T20:15+01:00", "2026-11-27 20:14", "2026-11-27 20:15"),
        (WITHIN_30_DAYS, "2026-11-30", "2026-11-30 23:59", "2026-12-01 00:00"),
        (
            "{order_ends_on: {ago: {at_most: 10 working days in IT}}}",
            "2026-11-24",
            "2026-12-09 23:59",
            "2026-12-10 00:01",
        ),
        (
            "{incident_at: {ago: {less_than: 1 working day in IT}}}",
            "2026-11-27T20:15+01:00",
            "2026-11-30 23:59",
            "2026-12-01 00:00",
        ),
        (SOON, "2026-11-26T09:00+01:00", "2026-11-26 09:00", "2026-11-26 09:01"),
        ("{order_ends_on: {to_go: {more_than: 30 days}}}", "2027-01-31", "2026-12-31 23:59", "2027-01-01 00:00"),
    ],
)
def test_it_ceases_to_hold_at_one_moment(words: str, told: str, still: str, no_more: str) -> None:
    assert (so(words, told, still), so(words, told, no_more)) == (True, False)


@pytest.mark.parametrize("comparison", ["less_than", "at_least", "at_most", "more_than"])
def test_what_lies_ahead_has_no_age_and_is_not_ago_and_what_is_past_is_not_to_go(comparison: str) -> None:
    now = "2026-11-24 10:00"
    assert not so(f"{{born_on: {{age: {{{comparison}: 12}}}}}}", "2026-11-25", now)
    assert not so(f"{{incident_at: {{ago: {{{comparison}: 72 h}}}}}}", "2026-11-24T10:01+01:00", now)
    assert not so(f"{{order_ends_on: {{to_go: {{{comparison}: 30 days}}}}}}", "2026-11-23", now)


def test_today_is_ago_and_to_go_at_once() -> None:
    assert so("{order_ends_on: {ago: {less_than: 1 day}}}", "2026-11-24", "2026-11-24 10:00")
    assert so("{order_ends_on: {to_go: {less_than: 1 day}}}", "2026-11-24", "2026-11-24 10:00")


@pytest.mark.parametrize("words", [UNDER_18, TURNED_12, LESS_THAN_72_H, WITHIN_30_DAYS])
def test_nothing_holds_of_what_nobody_told_and_what_denies_it_does(words: str) -> None:
    fact = words.strip("{").partition(":")[0]
    for facts in ({}, {fact: "not_answered"}):
        assert not holds(condition(words), facts, START)
        assert holds(condition(f"{{not: {words}}}"), facts, START)


def test_several_comparisons_must_all_hold() -> None:
    words = "{born_on: {age: {at_least: 14, less_than: 18}}}"
    born_in = {year: so(words, f"{year}-11-24", "2026-11-24 10:00") for year in (2008, 2009, 2012, 2013)}
    assert born_in == {2008: False, 2009: True, 2012: True, 2013: False}


EXAM = INTAKE.replace(
    "outcomes:",
    f"  exam: {{tell: police, title: {{it: Visita, en: Exam}}, needs: [welcome], when: {LESS_THAN_72_H}}}\noutcomes:",
)


def exam_of(story: Story) -> StepState:
    return next(iter(story.state.runs.values())).steps["exam"].state


def story_of_exam(hours_ago: float) -> Story:
    told = {"risk": "low", "incident_at": START - timedelta(hours=hours_ago)}
    return Story(library((EXAM, SHELTER), DATED)).opened(facts=told)


def test_the_moment_counts_at_which_the_needs_are_met_not_the_opening() -> None:
    story = story_of_exam(71)
    story.accept("welcome")
    story.wait(61)
    story.complete("welcome")
    run = next(iter(story.state.runs.values()))
    assert run.steps["exam"].skipped_because == SkipReason.NOT_APPLICABLE
    in_time = story_of_exam(71)
    in_time.accept("welcome")
    in_time.complete("welcome")
    assert exam_of(in_time) is StepState.ACTIVE


def test_what_was_found_to_hold_is_not_asked_again_while_she_is_asked_for_her_consent() -> None:
    text = EXAM.replace("needs: [welcome], when: {incident", "needs: [welcome], consent: exam, when: {incident")
    story = Story(library((text, SHELTER), DATED)).opened(
        facts={"risk": "low", "incident_at": START - timedelta(hours=71)}
    )
    story.accept("welcome")
    story.complete("welcome")
    assert exam_of(story) is StepState.AWAITING_CONSENT
    story.wait(120)
    story.say(c.GiveConsent, consent="exam")
    assert exam_of(story) is StepState.ACTIVE


LIMITED = INTAKE.replace("complete_within: [2 h,", f"complete_within: [2 h, {{within: 1 h, when: {LESS_THAN_72_H}}},")


def test_whether_a_limit_counts_is_said_by_the_moment_of_the_request_and_stays_so() -> None:
    story = Story(library((LIMITED, SHELTER), DATED)).opened(
        facts={"risk": "low", "incident_at": START - timedelta(hours=71, minutes=55)}
    )
    story.wait(9)
    story.accept("welcome")
    hour = [limit for limit in story.handoff("welcome").limits if limit.at == story.now + timedelta(hours=1)]
    assert len(hour) == 1, "72 hours were over when it was accepted, not when it was asked for"
    story.wait(5)
    story.say(c.ChangeFact, fact="risk", value="high", reason="she_said")
    assert hour[0] in story.handoff("welcome").limits


def test_who_would_be_called_now_is_answered_by_the_clock_of_the_question() -> None:
    known = library((EXAM, SHELTER), DATED)
    command = open_case(facts={"risk": "low", "incident_at": START - timedelta(hours=71)})

    def when(now: datetime) -> list[WhoWhen]:
        return [row.when for row in who_now(known, directory(), command, now) if row.step == "exam"]

    assert when(START) == [WhoWhen.LATER]
    assert when(START + timedelta(hours=2)) == [WhoWhen.LEFT_OUT]


MINOR = "{every: 30 days, while: {born_on: {age: {less_than: 18}}}}"
REPEATED = INTAKE.replace(
    "outcomes:",
    "  look_in: {tell: police, title: {it: Passare, en: Look in}, needs: [welcome], repeat: %s}\noutcomes:",
)


def coming_of_age(days: int, repeat: str = MINOR) -> Story:
    """Somebody is looked in on every 30 days until the eighteenth birthday, so many days from now."""
    birthday = (START + timedelta(days=days)).astimezone(ROME).date()
    known = library((REPEATED.replace("%s", repeat), SHELTER), DATED)
    story = Story(known).opened(facts={"risk": "low", "born_on": birthday.replace(year=birthday.year - 18).isoformat()})
    story.accept("welcome")
    story.complete("welcome")
    return story


def times(story: Story) -> tuple[int, bool]:
    step = next(iter(story.state.runs.values())).steps["look_in"]
    return sum(isinstance(event, StepStarted) and event.step == "look_in" for event in story.trail), step.repeat_over


def tell(story: Story) -> None:
    story.say(c.AcknowledgeHandoff, ref=story.handoff("look_in").ref)


def test_it_comes_again_until_the_birthday_and_is_looked_at_when_the_next_time_would_begin() -> None:
    story = coming_of_age(days=40)
    tell(story)
    story.wait(30 * 24 * 60)
    tell(story)
    assert times(story) == (2, False)
    story.wait(15 * 24 * 60)
    story.say(c.ChangeFact, fact="risk", value="high", reason="she_said")
    assert times(story) == (2, False), "not by when somebody touches the case"
    story.wait(15 * 24 * 60)
    assert times(story) == (2, True)


def test_it_does_not_come_again_where_the_birthday_came_while_it_was_at_work() -> None:
    story = coming_of_age(days=3)
    assert times(story) == (1, False)
    story.wait(4 * 24 * 60)
    tell(story)
    assert times(story) == (1, True)


def test_before_the_first_time_it_is_looked_at_when_that_would_begin() -> None:
    story = coming_of_age(days=1, repeat=MINOR.replace("every: 30 days,", "every: 30 days, first: 3 days,"))
    story.wait(2 * 24 * 60)
    story.say(c.ChangeFact, fact="risk", value="high", reason="she_said")
    run = next(iter(story.state.runs.values()))
    assert run.steps["look_in"].state is StepState.WAITING, "not by when somebody touches the case"
    story.wait(24 * 60)
    run = next(iter(story.state.runs.values()))
    assert run.steps["look_in"].skipped_because == SkipReason.NOT_APPLICABLE


def test_what_was_left_out_so_is_brought_back_by_no_fact_and_by_no_step_decided_anew() -> None:
    text = EXAM.replace("results: {done: {}}", "results: {done: {}, other: {}}", 1)
    story = Story(library((text, SHELTER), DATED)).opened(
        facts={"risk": "low", "incident_at": START - timedelta(hours=80)}
    )
    story.accept("welcome")
    story.complete("welcome")
    assert exam_of(story) is StepState.SKIPPED
    story.say(c.ChangeFact, fact="incident_at", value=START - timedelta(hours=10), reason="she_said")
    assert exam_of(story) is StepState.SKIPPED, "it was looked at once"
    run = next(iter(story.state.runs))
    said = {"run": run, "step": "welcome", "result": "other", "reason": "appeal", "road": "desk", "actor": "operator:1"}
    story.say(c.DecideAnew, keep={"shelter"}, cancel=set(), **said)
    assert exam_of(story) is StepState.SKIPPED
