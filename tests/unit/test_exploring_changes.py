"""Going through a pathway whose facts change: by its own results, or because people say so."""

from pathlib import Path
from textwrap import indent

import pytest

from procedures.faults import Fault
from procedures.loading import check_paths, load_facts
from tests.unit.marked import ESCORT as PLAIN_ESCORT
from tests.unit.marked import FIND_PLACE
from tests.unit.test_exploring import HEAD, TELL_WHEN

CHOICES = "choices: {low: {it: b, en: low}, high: {it: a, en: high}, imminent: {it: i, en: imminent}}"
FACTS = f"facts: {{risk: {{type: choice, ordered: true, %s, title: {{it: Rischio, en: Risk}}, {CHOICES}}}}}"
FIXED = FACTS % "changed_by: []"
BY_RESULTS = FACTS % "changed_by: [emergency_shelter]"
RISING = FACTS % "changed_by: [emergency_shelter], raises_only: true"
SETS = FIND_PLACE.replace("no_place: {}", "no_place: {sets: {risk: imminent}}")
SHOWS = FIND_PLACE.replace("no_place: {}", "no_place: {evidence: {level: fact.risk}, sets: {risk: evidence.level}}")
ENDS = "outcomes: {over: find_place}\n"
ESCORT = PLAIN_ESCORT + "  first_sign_within: 30 min\n"
AGAIN_ESCORT = ESCORT + "  when: {risk: imminent}\n  looked_at: again\n"


def checked(folder: Path, facts: str, *steps: str, ends: str = ENDS) -> list[Fault]:
    """The faults of a pathway of these steps, but for warnings of gaps."""
    path = folder / "pathway.yaml"
    path.write_text(HEAD + ends + "steps:\n" + "".join(indent(step, "  ") for step in steps), encoding="utf-8")
    found = check_paths([path], load_facts(facts, "facts.yaml"))
    return [fault for fault in found if fault.code != "condition-gap"]


def codes(faults: list[Fault]) -> list[str]:
    return [fault.code for fault in faults]


def test_what_only_a_changed_fact_lets_in_is_a_fault_where_the_fact_never_changes(tmp_path: Path) -> None:
    after = ESCORT.replace("escort:", "after:") + "  needs: [first.done]\n  when: {risk: [high, imminent]}\n"
    first = ESCORT.replace("escort:", "first:") + "  needs: [find_place]\n  when: {risk: low}\n"
    assert codes(checked(tmp_path, FIXED, FIND_PLACE, first, after)) == ["step-never-applies"]
    assert codes(checked(tmp_path, BY_RESULTS, FIND_PLACE, first, after)) == []


def test_steps_that_begin_at_one_moment_are_decided_by_the_same_facts(tmp_path: Path) -> None:
    first = ESCORT.replace("escort:", "first:") + "  needs: [find_place]\n  when: {risk: low}\n"
    second = ESCORT.replace("escort:", "second:") + "  needs: [find_place]\n  when: {risk: [high, imminent]}\n"
    both = "both: {tell: police, title: {it: a, en: A}, needs: [first.done, second.done]}\n"
    assert "step-never-reached" in codes(checked(tmp_path, BY_RESULTS, FIND_PLACE, first, second, both))
    again = second + "  looked_at: again\n"
    assert codes(checked(tmp_path, BY_RESULTS, FIND_PLACE, first, again, both)) == []


@pytest.mark.parametrize("facts", [BY_RESULTS, RISING])
def test_a_fact_is_after_a_result_what_the_result_makes_it(facts: str, tmp_path: Path) -> None:
    told = TELL_WHEN.replace("[find_place]", "[find_place.no_place]")
    imminent, low = told % ("told", "{risk: imminent}"), told % ("never", "{risk: low}")
    ends = "outcomes: {housed: find_place.housed, told: told}\n"
    assert codes(checked(tmp_path, facts, SETS, imminent, ends=ends)) == []
    asked = ESCORT + "  needs: [find_place.no_place]\n  when: {risk: imminent}\n"
    ends = "outcomes: {housed: find_place.housed, escorted: escort.done}\n"
    assert codes(checked(tmp_path, facts, SETS, asked, ends=ends)) == []
    assert codes(checked(tmp_path, facts, SETS, asked.replace("imminent", "high"), ends=ends)) == ["no-outcome"]
    assert codes(checked(tmp_path, facts, SETS, imminent, low)) == []


def test_what_only_rises_stays_where_the_result_says_less(tmp_path: Path) -> None:
    lowered = SETS.replace("risk: imminent", "risk: low")
    asked = ESCORT + "  needs: [find_place.no_place]\n  when: {risk: low}\n"
    ends = "outcomes: {housed: find_place.housed, escorted: escort.done}\n"
    assert codes(checked(tmp_path, BY_RESULTS, lowered, asked, ends=ends)) == []
    assert codes(checked(tmp_path, RISING, lowered, asked, ends=ends)) == ["no-outcome"]


def test_the_story_says_what_a_fact_becomes(tmp_path: Path) -> None:
    asked = ESCORT + "  needs: [find_place.no_place]\n  when: {risk: [low, high]}\n"
    ends = "outcomes: {housed: find_place.housed, escorted: escort.done}\n"
    (fault,) = checked(tmp_path, BY_RESULTS, SHOWS, asked, ends=ends)
    assert fault.code == "no-outcome"
    assert "find_place ends with no_place, risk becomes imminent, escort is left out" in fault.message


def test_a_step_that_another_one_may_still_let_in_is_taken_both_ways(tmp_path: Path) -> None:
    """It needs nothing, so that nobody can say whether the place is found before it is decided."""
    ends = "outcomes: {escorted: escort.done, no: find_place.no_place, yes: find_place.housed}\n"
    assert codes(checked(tmp_path, BY_RESULTS, SETS, AGAIN_ESCORT, ends=ends)) == []
    ends = "outcomes: {escorted: escort.done, yes: find_place.housed}\n"
    assert "no-outcome" in codes(checked(tmp_path, BY_RESULTS, SETS, AGAIN_ESCORT, ends=ends))


def test_a_condition_that_no_value_fulfils_is_a_fault_whoever_changes_the_fact(tmp_path: Path) -> None:
    never = TELL_WHEN % ("told", "{all: [{risk: low}, {risk: high}]}")
    assert codes(checked(tmp_path, BY_RESULTS, FIND_PLACE, never)) == ["step-never-applies"]


def test_where_one_of_two_is_enough_the_other_may_change_the_fact_too_late(tmp_path: Path) -> None:
    """`find_place` says that she is in danger, and the way home may be looked at before that."""
    first = ESCORT.replace("escort:", "first:")
    home = (
        ESCORT.replace("escort:", "home:")
        + "  needs: {any_of: [first, find_place.no_place]}\n  when: {risk: imminent}\n"
    )
    places = SETS.replace("housed: {evidence: {confirmed_at: datetime, searched: integer}}", "housed: {}")
    found = checked(
        tmp_path, BY_RESULTS, places, first, home, ends="outcomes: {housed: find_place.housed, home: home.done}\n"
    )
    assert "no-outcome" in codes(found)
    told = [fault.message for fault in found if fault.code == "no-outcome"]
    assert "find_place ends with no_place" in told[0]
    assert "home is left out" in told[0]
