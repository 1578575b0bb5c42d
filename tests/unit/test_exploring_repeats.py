"""Going through a pathway whose steps are done again and again: any of their times may bring a result."""

from pathlib import Path
from textwrap import indent

import pytest

from procedures.exploring.walking import explore
from procedures.loading import load_facts, load_pathway
from tests.unit.marked import ESCORT, FIND_PLACE
from tests.unit.test_exploring import HEAD, TELL
from tests.unit.test_exploring_changes import BY_RESULTS, FIXED, checked, codes

CALL = """\
call:
  ask: first_contact
  title: {it: Richiamarla, en: Call her}
  accept_within: 20 min
  first_sign_within: 1 h
  complete_within: 3 h
  source: {text: invented, verified: false}
  results: {heard: {}, safe: {}}
  repeat: {every: 6 h, %s}
"""
ENDS = "outcomes: {safe: call.safe, heard: call.heard}\n"
LAST = "outcomes: {safe: call.safe, heard: call.heard, over: call}\n"


def stories(folder: Path, *steps: str, ends: str = ENDS) -> list[str]:
    """What is said of ends without an outcome, for facts that change on nobody's word."""
    found = checked(folder, FIXED, *steps, ends=ends)
    return [fault.message for fault in found if fault.code == "no-outcome"]


@pytest.mark.parametrize("needs", ["call.heard, call.safe", "{all_of: [call.safe, call.heard]}"])
def test_two_results_of_a_repeated_step_may_both_have_come(needs: str, tmp_path: Path) -> None:
    assert codes(checked(tmp_path, FIXED, CALL % "at_most: 2", TELL % needs, ends=LAST)) == ["outcome-never"]


def test_more_results_than_times_never_come_together(tmp_path: Path) -> None:
    three = (CALL % "at_most: 2").replace("safe: {}", "safe: {}, lost: {}")
    both = TELL % "call.heard, call.safe, call.lost"
    assert "step-never-reached" in codes(checked(tmp_path, FIXED, three, both, ends=LAST))


def test_an_outcome_of_two_results_of_a_repeated_step_is_reached(tmp_path: Path) -> None:
    ends = "outcomes: {both: {all_of: [call.safe, call.heard]}, safe: call.safe, heard: call.heard}\n"
    assert codes(checked(tmp_path, FIXED, CALL % "at_most: 3", ends=ends)) == []


def test_a_repetition_that_a_result_alone_ends_ends_with_it(tmp_path: Path) -> None:
    found = checked(tmp_path, FIXED, CALL % "until: call.safe", ends=ENDS)
    assert [(fault.code, fault.data.get("outcome")) for fault in found] == [("outcome-never", "heard")]
    assert codes(checked(tmp_path, FIXED, CALL % "until: call.safe", ends="outcomes: {safe: call.safe}\n")) == []


def test_a_repetition_that_also_ends_otherwise_may_end_without_that_result(tmp_path: Path) -> None:
    story = stories(tmp_path, CALL % "until: call.safe, at_most: 4", ends="outcomes: {safe: call.safe}\n")
    assert story == ["The pathway can end without any of its outcomes: call ends with heard."]


def test_a_repetition_that_never_holds_leaves_its_step_out(tmp_path: Path) -> None:
    assert "call is left out" in " ".join(stories(tmp_path, CALL % "while: {risk: high}"))
    assert stories(tmp_path, CALL % "while: {risk: high}", ends=LAST) == []


def test_a_repeated_step_begins_nowhere_where_its_conditions_exclude_each_other(tmp_path: Path) -> None:
    never = CALL % "while: {risk: low}" + "  when: {risk: high}\n"
    assert "step-never-applies" in codes(
        checked(tmp_path, FIXED, FIND_PLACE, never, ends="outcomes: {o: find_place}\n")
    )


def test_what_several_times_make_of_a_fact_is_followed(tmp_path: Path) -> None:
    call = (CALL % "at_most: 2").replace("heard: {}", "heard: {sets: {risk: imminent}}")
    call = call.replace("first_contact", "emergency_shelter")
    escort = ESCORT + "  needs: [call.heard, call.safe]\n  when: {risk: imminent}\n  first_sign_within: 30 min\n"
    ends = "outcomes: {escorted: escort, over: call}\n".replace("escorted: escort", "escorted: escort.done")
    assert codes(checked(tmp_path, BY_RESULTS, call, escort, ends=ends)) == []


@pytest.mark.parametrize(("needs", "together"), [("call.heard", True), ("call", False), ("call, call.heard", False)])
def test_a_later_time_may_change_a_fact_after_an_earlier_one_let_a_step_begin(needs: str, together: bool) -> None:
    """She was heard, the escort began while the risk was low, and only then a further time raises it."""
    call = (CALL % "at_most: 2").replace("safe: {}", "safe: {sets: {risk: imminent}}")
    escort = ESCORT + f"  needs: [{needs}]\n  when: {{risk: low}}\n"
    ends = "outcomes: {both: {all_of: [call.safe, escort.done]}, over: call}\n"
    text = HEAD + ends + "steps:\n" + indent(call, "  ") + indent(escort, "  ")
    facts = load_facts(BY_RESULTS.replace("emergency_shelter", "first_contact"), "facts.yaml")
    pathway = load_pathway(text, "pathway.yaml", facts=facts)
    assert ("both" in explore(pathway, facts, {}).outcomes) == together
