"""Going through a pathway in every way it can go: steps that never begin, ends without a name, what leads nowhere."""

from pathlib import Path
from textwrap import indent

import pytest

from notifiers.language import translator
from procedures.exploring.walking import explore
from procedures.faults import Fault, Severity
from procedures.loading import SHIPPED, check_paths, load_facts, shipped_library
from tests.unit.checking_clock import cost_of
from tests.unit.marked import ESCORT, FIND_PLACE, codes, place_of_mark

HEAD = """\
pathway: shelter
edition: 1
title: {it: Riparo, en: Shelter}
consent: shelter
"""
ENDS = "outcomes: {housed: find_place.housed, no_place: find_place.no_place}\n"
TELL = "tell_police: {tell: police, title: {it: Avvisare, en: Tell}, needs: [%s]}\n"
TELL_WHEN = "%s: {tell: police, title: {it: Avvisare, en: Tell}, needs: [find_place], when: %s}\n"
ASK_WHEN = ESCORT.replace("escort:", "%s:") + "  needs: [find_place]\n  when: %s\n"


def pathway(*steps: str, ends: str = ENDS) -> str:
    return HEAD + ends + "steps:\n" + "".join(indent(step, "  ") for step in (FIND_PLACE, *steps))


WRONG_WAYS = [
    (
        "step-never-reached",
        pathway("»" + TELL % "find_place.housed, find_place.no_place"),
        "find_place would have to end with housed, no_place at once",
    ),
    (
        "step-never-applies",
        pathway("»" + TELL_WHEN % ("tell", "{all: [{risk: low}, {risk: high}]}")),
        "",
    ),
    ("outcome-never", pathway(ends="outcomes: {over: find_place, »housed: find_place.housed}\n"), ""),
    ("no-outcome", pathway(ends="outcomes: »{housed: find_place.housed}\n"), "find_place ends with no_place"),
    (
        "no-outcome",
        pathway(ASK_WHEN % ("escort", "{needs_transport: true}"), ends="outcomes: »{escorted: escort.done}\n"),
        "escort is left out",
    ),
    (
        "result-leads-nowhere",
        pathway(ends="outcomes: {housed: find_place.housed, over: find_place.housed}\n").replace(
            "no_place: {}", "»no_place: {}"
        ),
        "find_place.no_place",
    ),
    (
        "nobody-tells-her",
        pathway("»" + (TELL % "find_place").replace("needs", "basis: {it: Legge, en: Law}, needs")),
        "acts without a consent, and nobody tells her",
    ),
    (
        "condition-gap",
        pathway(TELL_WHEN % ("first", "{risk: [low, medium]}"), "»" + TELL_WHEN % ("second", "{risk: high}")),
        "imminent, unknown",
    ),
    (
        "condition-overlap",
        pathway(ASK_WHEN % ("first", "{risk: [low, medium]}"), "»" + ASK_WHEN % ("second", "{not: {risk: low}}")),
        "risk is medium,",
    ),
]


def checked(text: str, folder: Path) -> tuple[Fault, ...]:
    path = folder / "wrong.yaml"
    path.write_text(text, encoding="utf-8")
    return check_paths([path])


@pytest.mark.parametrize(("code", "text", "story"), WRONG_WAYS)
def test_what_no_way_leads_to_or_from_is_shown_at_its_place_with_its_story(
    code: str, text: str, story: str, tmp_path: Path
) -> None:
    text, line, column = place_of_mark(text)
    found = [f for f in checked(text, tmp_path) if (f.code, f.line, f.column) == (code, line, column)]
    assert len(found) == 1
    assert story in f"{found[0].message} {found[0].help}"


NEVER = ESCORT.replace("escort:", "first:") + "  needs: [find_place.housed, find_place.no_place]\n"


def reasons(faults: tuple[Fault, ...]) -> dict[str, str]:
    """By step, why it is never reached."""
    return {fault.data["step"]: fault.data["reason"] for fault in faults if fault.code == "step-never-reached"}


def test_a_step_that_needs_the_result_of_one_that_never_begins_says_so(tmp_path: Path) -> None:
    second = ESCORT.replace("escort:", "second:") + "  needs: [first.done]\n"
    assert reasons(checked(pathway(NEVER, second), tmp_path))["second"] == "first never begins either"


def test_a_step_that_needs_one_left_out_only_to_be_over_does_begin(tmp_path: Path) -> None:
    second = ESCORT.replace("escort:", "second:") + "  needs: [first]\n"
    assert set(reasons(checked(pathway(NEVER, second), tmp_path))) == {"first"}


def test_ways_that_exclude_each_other_never_meet(tmp_path: Path) -> None:
    first = ESCORT.replace("escort:", "first:") + "  needs: [find_place.housed]\n"
    both = ESCORT.replace("escort:", "both:") + "  needs: [first.done, find_place.no_place]\n"
    told = reasons(checked(pathway(first, both), tmp_path))
    assert told == {"both": "the ways that lead to one part exclude the other"}


def test_a_fact_that_is_a_number_or_a_date_is_told_apart_too(tmp_path: Path) -> None:
    known = TELL_WHEN % ("known", "{not: {incident_at: unknown}}")
    never = TELL_WHEN % ("never", "{all: [{incident_at: unknown}, {not: {incident_at: unknown}}]}")
    faults = checked(pathway(known, never), tmp_path)
    assert [(fault.code, fault.data["step"]) for fault in faults] == [("step-never-applies", "never")]


def test_a_story_is_told_in_italian_too(tmp_path: Path) -> None:
    fault = next(
        f for f in checked(pathway(ends="outcomes: {housed: find_place.housed}\n"), tmp_path) if f.code == "no-outcome"
    )
    message, _ = fault.said(translator("it", "procedures").gettext)
    assert message == "Il percorso può finire senza nessuno dei suoi esiti: find_place finisce con no_place."


def test_a_result_that_says_it_is_an_end_leads_nowhere_on_purpose(tmp_path: Path) -> None:
    text = pathway(TELL % "find_place.housed", ends="outcomes: {over: find_place}\n")
    assert codes(checked(text.replace("over: find_place", "a: find_place.housed, b: find_place"), tmp_path)) == []
    ends = text.replace("no_place: {}", "no_place: {ends_here: true}")
    assert "result-leads-nowhere" not in codes(checked(ends, tmp_path))


def test_the_shipped_procedures_have_none_of_these() -> None:
    assert check_paths([SHIPPED]) == ()


def test_every_outcome_of_the_shipped_procedures_is_reached_in_some_way() -> None:
    library = shipped_library()
    outcomes = {name: [o.name for o in pathway.outcomes] for name, pathway in library.current.items()}
    for shipped in library.current.values():
        seen = explore(shipped, library.facts, outcomes)
        assert seen.whole
        assert seen.outcomes == {outcome.name for outcome in shipped.outcomes}
        assert all(step.begun for step in seen.steps.values())


@pytest.mark.slow
def test_two_hundred_steps_are_gone_through_within_a_second(tmp_path: Path) -> None:
    chain = [
        (ESCORT.replace("escort:", f"step_{n}:") + f"  needs: [{'find_place' if n == 0 else f'step_{n - 1}.done'}]\n")
        for n in range(199)
    ]
    file = tmp_path / "shelter.yaml"
    file.write_text(pathway(*chain), encoding="utf-8")
    cost = cost_of(file)
    assert cost.found == []
    assert cost.seconds < 1


@pytest.mark.slow
def test_a_pathway_that_branches_beyond_bounds_says_that_it_was_not_gone_through(tmp_path: Path) -> None:
    asks = [
        f"s{n}: {{ask: legal_aid, title: {{it: Passo, en: Step}}, accept_within: 1 h, complete_within: 2 h, "
        "source: {text: invented, verified: false}, results: {a: {}, b: {}}}\n"
        for n in range(13)
    ]
    every = ", ".join(f"s{n}.a" for n in range(13))
    text = pathway(*asks, ends=f"outcomes: {{all_a: {{all_of: [{every}]}}, over: find_place}}\n")
    faults = [f for f in checked(text, tmp_path) if f.code == "not-explored"]
    assert [f.severity for f in faults] == [Severity.WARNING]


COMPARED = """
facts:
  age: {type: integer, title: {it: e, en: a}}
  hearing_on: {type: date, title: {it: u, en: h}}
  stalking: {type: boolean, title: {it: s, en: s}}
"""


@pytest.mark.parametrize(
    ("one", "other", "gap"),
    [
        ("{age: {at_least: 14}}", "{age: {less_than: 14}}", "nobody told age"),
        ("{age: {at_least: 14}}", "{any: [{age: {less_than: 14}}, {age: unknown}]}", ""),
        ("{age: {more_than: 14}}", "{any: [{age: {less_than: 14}}, {age: unknown}]}", "age is 14"),
        (
            "{hearing_on: {before: 2026-03-01}}",
            "{any: [{hearing_on: {after: 2026-03-01}}, {hearing_on: unknown}]}",
            "hearing_on is 2026-03-01",
        ),
        ("{at_least: {2: [{age: {at_least: 14}}, {stalking: true}]}}", "{not: {stalking: true}}", "stalking is true"),
    ],
)
def test_comparisons_are_gone_through_up_to_each_bound(one: str, other: str, gap: str, tmp_path: Path) -> None:
    facts = load_facts(COMPARED, "facts.yaml")
    text = pathway(
        ASK_WHEN % ("escort", one),
        (ASK_WHEN % ("walk", other)).replace("safe_transport", "police"),
        ends="outcomes: {escorted: escort.done, walked: walk.done}\n",
    )
    path = tmp_path / "pathway.yaml"
    path.write_text(text, encoding="utf-8")
    found = [fault.message for fault in check_paths([path], facts) if fault.code == "no-outcome"]
    assert bool(found) is bool(gap)
    assert not gap or gap in found[0]


def test_an_outcome_to_which_only_silence_leads_is_reached(tmp_path: Path) -> None:
    ends = "outcomes: {over: find_place, »never: find_place.housed}\n"
    source = "within: 2 months\non_expiry: never\nsource: {text: invented, verified: false}\n"
    text = pathway(ends=ends).replace("»", "")
    assert "outcome-never" in codes(checked(text, tmp_path))
    assert "outcome-never" not in codes(checked(source + text, tmp_path))


def test_of_a_single_step_the_end_needs_no_name(tmp_path: Path) -> None:
    alone = HEAD + "steps:\n" + indent(ESCORT, "  ")
    assert codes(checked(alone, tmp_path)) == []
    assert codes(checked(alone + indent(FIND_PLACE, "  "), tmp_path)) == ["missing"]
    assert codes(checked(alone + "outcomes: {}\n", tmp_path)) == ["no-outcome"]
