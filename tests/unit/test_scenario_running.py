"""A scenario is run on the rules alone, and compared line by line."""

import re
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import get_args

import pytest

from procedures import commands as c
from procedures import events as e
from procedures.scenario.differing import Sort, failure, unlike
from procedures.scenario.running import Stage
from procedures.scenario.telling import TOLD, Around, tell
from procedures.scenario.verbs import VERBS
from tests.unit.scenariohouse import STORY, failed, network, ran, read, stage

OF_PROGRAMS = {
    c.OpenCase,
    c.AlarmCoordination,
    c.PeopleLeft,
    c.PassDeadline,
    c.SettleAlert,
    c.NoteUncertain,
    c.NoteReceipt,
}
"""Commands that no person gives: a scenario begins with the first, and time and carriers give the others."""


def union(annotated: object) -> set[type]:
    """The classes of a discriminated union."""
    return set(get_args(get_args(annotated)[0]))


def test_a_story_that_goes_as_it_says_passes() -> None:
    assert failure(ran()) is None


def test_every_command_that_a_person_gives_has_a_verb() -> None:
    assert {verb.command for verb in VERBS.values()} == union(c.AnyCommand) - OF_PROGRAMS


def test_every_event_has_words_of_its_own() -> None:
    assert union(e.AnyEvent) - TOLD == set()


def test_an_event_without_words_is_told_by_its_name_rather_than_not_at_all() -> None:
    class SomethingNew(e.StepEvent):
        pass

    run = ran()
    event = SomethingNew(at=run.scenario.given.start, run_id="r", step="find_place")
    assert tell(event, Around(network(), run.scenario.given.start, run.state)) == ("step find_place something new",)


def test_what_was_expected_and_did_not_happen_is_told_with_what_happened_instead() -> None:
    failing = failed(STORY.replace("asks casa_mirto", "asks casa_ulivo").replace("        never: [casa_ulivo]\n", ""))
    (wrong,) = failing.divergences
    assert (wrong.sort, wrong.line) == (Sort.MISSING, 21)
    assert wrong.expected == "handoff find_place asks casa_ulivo"
    assert wrong.happened == "handoff find_place asks casa_mirto"


def test_what_nobody_expected_is_told() -> None:
    failing = failed(STORY.replace("          - limit find_place accept by 27 min\n", ""))
    assert [(wrong.sort, wrong.happened) for wrong in failing.divergences] == [
        (Sort.UNEXPECTED, "limit find_place accept by 27 min")
    ]


def test_where_more_may_happen_nothing_is_too_much() -> None:
    open_ended = re.sub(r"expect:\n          - alert deputy.*marta by sms", "expect: […]", STORY, flags=re.DOTALL)
    assert failure(ran(open_ended)) is None


def test_what_was_never_to_happen_is_told() -> None:
    failing = failed(STORY.replace("never: [casa_ulivo]", "never: [to casa_mirto]"))
    assert [wrong.sort for wrong in failing.divergences] == [Sort.NEVER]
    assert failing.divergences[0].happened == "alert request to casa_mirto marta by sms"


def test_never_may_hold_for_the_whole_story() -> None:
    failing = failed(STORY.replace("    then:", "    never: [case opened]\n    then:"))
    assert failing.block.block.at == failing.scenario.given.start


def test_how_it_stands_afterwards_is_looked_at() -> None:
    failing = failed(STORY.replace("is held by casa_mirto", "is held by casa_approdo"))
    assert [(wrong.sort, wrong.happened) for wrong in failing.divergences] == [
        (Sort.STANDS, "handoff find_place is held by casa_mirto")
    ]


def test_a_scenario_fails_at_its_first_wrong_moment_with_the_story_up_to_there() -> None:
    failing = failed(
        STORY.replace("[case opened, …]", "[case closed, …]").replace("asks casa_mirto", "asks casa_ulivo")
    )
    assert [wrong.line for wrong in failing.divergences] == [13]
    assert {told.at for told in failing.so_far} == {failing.scenario.given.start}


def test_what_the_rules_refuse_is_told_too() -> None:
    text = STORY.replace("{decline: find_place, reason: full}", "{complete: find_place, result: no_place}")
    assert "refused not-accepted-yet" in ran(text).blocks[1].happened


def test_a_person_whom_no_channel_reaches_is_passed_over() -> None:
    text = STORY.replace("- {decline", "- {carrier_refuses: marta}\n          - {decline")
    happened = ran(text).blocks[1].happened
    assert "alert request to casa_mirto marta could not be delivered" in happened
    assert "alert deputy to casa_mirto nadia by sms" in happened


def test_somebody_named_may_answer_in_the_place_of_whoever_was_asked() -> None:
    text = STORY.replace("{decline: find_place, reason: full}", "{accept: find_place, by: paola}")
    assert "alert result_link to casa_approdo paola by email" in ran(text).blocks[1].happened


def test_stories_that_begin_alike_do_not_disturb_each_other() -> None:
    other = STORY.replace("reason: full", "reason: no_staff").replace("declined full", "declined no_staff")
    shared = stage()
    for text in (STORY, other, STORY):
        (scenario,) = read(text)
        assert failure(shared.run(scenario)) is None
        assert shared.run(scenario).trail == Stage(shared.library, shared.directory).run(scenario).trail


def seconds_for_a_thousand() -> float:
    """The processor time that they take."""
    (scenario,) = read(STORY)
    shared = stage()
    shared.run(scenario)
    began = time.process_time()
    for _each in range(1000):
        assert failure(shared.run(scenario)) is None
    return time.process_time() - began


@pytest.mark.slow
def test_a_thousand_scenarios_take_about_a_second() -> None:
    """In a fresh process, as whoever tries them has it: this one may hold the objects of thousands of other tests."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as fresh:
        assert fresh.submit(seconds_for_a_thousand).result() < 5


def test_where_a_house_made_something_else_of_it_both_are_shown() -> None:
    ruled = ran()
    other = ran(STORY.replace("reason: full", "reason: no_staff").replace("declined full", "declined no_staff"))
    assert unlike(ruled, ruled) is None
    found = unlike(ruled, other)
    assert found is not None
    assert found.rehearsed
    assert [(wrong.expected, wrong.happened) for wrong in found.divergences] == [
        ("handoff find_place casa_approdo declined full", "handoff find_place casa_approdo declined no_staff")
    ]
