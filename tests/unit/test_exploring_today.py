"""Going through a pathway in which time passes: what is compared with today changes in one direction."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import indent

import pytest

from procedures.conditions import holds
from procedures.exploring.earlier import looked_at_before
from procedures.exploring.passing import looks_at, values_at, values_over_time
from procedures.faults import Fault
from procedures.loading import check_paths, load_facts, load_pathway
from procedures.schema import Fact, Pathway
from tests.making import START
from tests.unit.test_rules_with_today import condition

FACTS = load_facts(
    "facts:\n"
    "  born_on: {type: date, changed_by: [], title: {it: Nascita, en: Birth}}\n"
    "  incident_at: {type: datetime, changed_by: [], title: {it: Fatto, en: Event}}\n"
    "  order_ends_on: {type: date, changed_by: [], title: {it: Fine, en: End}}\n",
    "facts.yaml",
)
HEAD = "pathway: drawn\nedition: 1\ntitle: {it: Prova, en: Trial}\nconsent: help\n"
ASK = (
    "%s:\n  ask: police\n  title: {it: Chiedere, en: Ask}\n  accept_within: 15 min\n  complete_within: 2 h\n"
    "  source: {text: invented, verified: false}\n  when: %s\n  needs: [%s]\n"
)
TELL = "%s: {tell: police, title: {it: Avvisare, en: Tell}, when: %s, needs: [%s]}\n"
UNDER_14, UNDER_18 = "{born_on: {age: {less_than: 14}}}", "{born_on: {age: {less_than: 18}}}"
FROM_14, FROM_18 = "{born_on: {age: {at_least: 14}}}", "{born_on: {age: {at_least: 18}}}"
UNTOLD = "{born_on: unknown}"


def checked(folder: Path, *steps: str, ends: str = "over: last", facts: Mapping[str, Fact] = FACTS) -> list[Fault]:
    path = folder / "pathway.yaml"
    last = "last: {tell: police, title: {it: Fine, en: End}}\n"
    written = "".join(indent(step.replace("  needs: []\n", "").replace(", needs: []", ""), "  ") for step in steps)
    path.write_text(f"{HEAD}outcomes: {{{ends}}}\nsteps:\n{written}{indent(last, '  ')}", encoding="utf-8")
    return list(check_paths([path], facts))


def codes(faults: list[Fault]) -> list[str]:
    return [fault.code for fault in faults]


def test_who_is_under_fourteen_is_under_eighteen(tmp_path: Path) -> None:
    none = f"{{all: [{UNDER_14}, {FROM_18}]}}"
    assert codes(checked(tmp_path, TELL % ("never", none, ""))) == ["step-never-applies"]
    assert codes(checked(tmp_path, TELL % ("minor", f"{{all: [{UNDER_18}, {FROM_14}]}}", ""))) == []


def test_what_happened_long_ago_is_not_still_to_come(tmp_path: Path) -> None:
    both = "{incident_at: {ago: {at_least: 72 h}, to_go: {at_most: 30 days}}}"
    assert codes(checked(tmp_path, TELL % ("never", both, ""))) == ["step-never-applies"]


def test_time_passes_between_one_step_and_the_next_and_never_back(tmp_path: Path) -> None:
    grown = ASK % ("first", UNDER_18, "") + TELL % ("after", FROM_18, "first.done")
    assert codes(checked(tmp_path, grown)) == []
    younger = ASK % ("first", FROM_18, "") + TELL % ("after", UNDER_18, "first.done")
    assert codes(checked(tmp_path, younger)) == ["step-never-applies"]


def test_what_may_be_looked_at_sooner_is_not_supposed_to_come_later(tmp_path: Path) -> None:
    """Where one of two steps is enough, the other may be looked at after it."""
    first = ASK % ("first", FROM_18, "") + ASK % ("other", "{incident_at: unknown}", "")
    either = TELL % ("after", UNDER_18, "{any_of: [first.done, other.done]}")
    assert codes(checked(tmp_path, first, either, ends="over: last")) == []


def test_steps_with_the_same_needs_look_in_one_moment(tmp_path: Path) -> None:
    """No gap of time lies between them: one of them is always taken."""
    three = ASK % ("young", UNDER_18, "") + ASK % ("grown", FROM_18, "") + ASK % ("untold", UNTOLD, "")
    ends = "young: young.done, grown: grown.done, untold: untold.done"
    found = checked(tmp_path, three, ends=ends)
    assert [(f.code, "born_on still lies ahead" in f.message) for f in found] == [("no-outcome", True)]
    late = three.replace(UNTOLD, f"{{not: {{any: [{UNDER_18}, {FROM_18}]}}}}")
    assert codes(checked(tmp_path, late, ends=ends)) == []


def test_the_story_of_a_bad_end_says_how_the_fact_stood_then(tmp_path: Path) -> None:
    ends = "young: first.done, untold: untold.done, ahead: ahead.done"
    ahead = ASK % ("ahead", f"{{not: {{any: [{UNDER_18}, {FROM_18}, {UNTOLD}]}}}}", "")
    found = checked(tmp_path, ASK % ("first", UNDER_18, ""), ASK % ("untold", UNTOLD, ""), ahead, ends=ends)
    story = "of born_on this then holds: age at_least 18, first is left out, untold is left out, ahead is left out."
    assert [fault.message.endswith(story) for fault in found if fault.code == "no-outcome"] == [True]


def test_where_two_ask_the_same_and_where_none_begins_is_said_in_the_words_of_the_language(tmp_path: Path) -> None:
    steps = ASK % ("first", UNDER_18, "") + ASK % ("second", "{born_on: {age: {at_least: 14, less_than: 40}}}", "")
    found = {fault.code: fault.message for fault in checked(tmp_path, steps)}
    assert "where born_on is age at_least 40, unknown" in found["condition-gap"]
    assert "born_on is age at_least 14 and age less_than 18, both" in found["condition-overlap"]


def test_an_order_that_has_ended_is_a_gap_of_those_that_ask_how_soon_it_ends(tmp_path: Path) -> None:
    soon, later = "{order_ends_on: {to_go: {at_most: 30 days}}}", "{order_ends_on: {to_go: {more_than: 30 days}}}"
    found = checked(tmp_path, TELL % ("soon", soon, ""), TELL % ("later", later, ""))
    assert [(fault.code, "is past, unknown" in fault.message) for fault in found] == [("condition-gap", True)]


def test_thirty_days_and_a_month_are_told_apart_where_a_calendar_does(tmp_path: Path) -> None:
    longer = "{incident_at: {ago: {more_than: 30 days, less_than: 1 month}}}"
    shorter = "{incident_at: {ago: {less_than: 30 days, more_than: 1 month}}}"
    never = "{incident_at: {ago: {less_than: 27 days, more_than: 1 month}}}"
    for when, expected in ((longer, []), (shorter, []), (never, ["step-never-applies"])):
        assert codes(checked(tmp_path, TELL % ("step", when, ""))) == expected


def test_working_days_and_days_are_told_apart_where_a_calendar_does(tmp_path: Path) -> None:
    """Five working days are seven days or more, and fourteen where Christmas lies between."""
    longer = "{incident_at: {ago: {more_than: 13 days, less_than: 7 working days in IT}}}"
    shorter = "{order_ends_on: {to_go: {more_than: 5 working days in IT, at_most: 8 days}}}"
    never = "{order_ends_on: {to_go: {at_most: 5 working days in IT, more_than: 20 days}}}"
    for when, expected in ((longer, []), (shorter, []), (never, ["step-never-applies"])):
        assert codes(checked(tmp_path, TELL % ("step", when, ""))) == expected


def test_where_working_days_leave_a_gap_it_is_said(tmp_path: Path) -> None:
    soon, later = (
        "{order_ends_on: {to_go: {at_most: 5 working days in IT}}}",
        "{order_ends_on: {to_go: {more_than: 30 days}}}",
    )
    found = checked(tmp_path, TELL % ("soon", soon, ""), TELL % ("later", later, ""))
    assert ["more_than 5 working days in IT" in fault.message for fault in found] == [True]


def test_a_story_of_working_days_is_found() -> None:
    asked = [condition("{order_ends_on: {to_go: {at_most: 10 working days in IT}}}")]
    assert {
        holds(asked[0], {"order_ends_on": day}, START) for day in values_at(FACTS["order_ends_on"], asked, START)
    } == {
        True,
        False,
    }


def test_a_value_is_followed_from_before_it_to_after_its_last_turn() -> None:
    leaves = [condition(UNDER_14), condition(FROM_18)]
    value, *more = values_over_time(FACTS["born_on"], leaves)
    assert more == [], "every calendar has the same birthdays"
    assert len(looks_at(value, leaves)) == 4, "not born, under 14, from 14, from 18"


def test_what_a_result_makes_of_the_fact_was_never_looked_at_before(tmp_path: Path) -> None:
    """She tells of another event: that the first was long ago says nothing of it."""
    long_ago, lately = "{incident_at: {ago: {at_least: 72 h}}}", "{incident_at: {ago: {less_than: 72 h}}}"
    told = "  results: {told: {evidence: {at: fact.incident_at}, sets: {incident_at: evidence.at}}}\n"
    steps = ASK % ("talk", long_ago, "") + told + ASK % ("exam", lately, "talk.told")
    later = ASK % ("later", f"{{not: {lately}}}", "talk.told")
    told_by_police = {**FACTS, "incident_at": FACTS["incident_at"].model_copy(update={"changed_by": ("police",)})}
    ends = "later: later.done, nothing: {not: talk.told}"
    found = checked(tmp_path, steps, later, ends=ends, facts=told_by_police)
    assert [fault.code for fault in found] == ["no-outcome"]
    assert "exam ends with done" in found[0].message or "later is left out" in found[0].message


def test_what_comes_again_while_she_is_under_eighteen_is_not_begun_after_that(tmp_path: Path) -> None:
    again = ASK.replace("  when: %s\n", "  repeat: {every: 1 month, while: %s}\n")
    grown = ASK % ("first", FROM_18, "")
    assert codes(checked(tmp_path, grown, again % ("look_in", UNDER_18, "first.done"))) == ["step-never-applies"]
    assert codes(checked(tmp_path, ASK % ("first", UNDER_14, ""), again % ("look_in", UNDER_18, "first.done"))) == []


def test_a_story_is_looked_for_with_days_well_within_what_is_asked() -> None:
    found = values_at(FACTS["born_on"], [condition("{born_on: {age: {at_least: 12}}}")], START)
    assert found[0] == "2014-05-26", "twelve and a half"
    assert len(found) == 2


@pytest.mark.slow
def test_very_many_comparisons_are_given_up_and_that_is_said(tmp_path: Path) -> None:
    steps = [TELL % (f"step_{year}", f"{{born_on: {{age: {{less_than: {year}}}}}}}", "") for year in range(1, 120)]
    assert codes(checked(tmp_path, *steps)) == ["not-explored"]


def pathway(*steps: str) -> Pathway:
    written = "".join(indent(step, "  ") for step in steps)
    signals = "signals: {off: {title: {it: Via, en: Off}, from: [operator], cancels: [called_off]}}\n"
    return load_pathway(f"{HEAD}{signals}outcomes: {{over: a}}\nsteps:\n{written}", "right.yaml", FACTS)


NEEDS = (
    "%s: {ask: police, title: {it: Chiedere, en: Ask}, accept_within: 5 min, complete_within: 1 h, %s, "
    "source: {text: x, verified: false}}\n"
)


@pytest.mark.parametrize(
    ("needs", "surely"),
    [
        ("needs: [b.done]", {"a", "b", "called_off"}),
        ("needs: [b]", {"a", "b", "called_off"}),
        ("needs: {any_of: [b.done, called_off.done]}", {"a", "called_off"}),
        ("needs: [hangs]", {"a", "called_off"}),  # it may be left out before anybody looks at its `when`
        ("needs: [hangs.done]", {"a", "b", "hangs", "called_off"}),
        ("needs: {not: b.done}", {"a", "called_off"}),
    ],
)
def test_only_what_was_looked_at_without_any_doubt_came_before(needs: str, surely: set[str]) -> None:
    first = NEEDS.replace(", %s,", ",")
    text = pathway(
        first % "a",
        first % "called_off",
        NEEDS % ("b", "needs: [a.done]" if needs == "needs: [b.done]" else "needs: [a]"),
        NEEDS % ("hangs", "needs: [b.done]"),
        NEEDS % ("here", needs),
    )
    assert looked_at_before(text, "here") == surely
