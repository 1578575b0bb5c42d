"""What cannot work is refused: names nobody knows, steps that never begin, promises that do not hold."""

import pytest

from procedures.loading import load_pathway
from tests.unit.marked import FIND_PLACE, ask, codes, faults_of, find_place, only_step, place_of_mark, steps

TELL = "tell_police: {tell: police, title: {it: Avvisare, en: Tell}, %s}\n"
LEGAL = "legal: {start: legal, title: {it: Legale, en: Legal}}\n"
IMMINENT = FIND_PLACE.replace("find_place:", "»find_place:")

WRONG_PROMISES = [
    ("unknown-step", steps(TELL % "needs: [»find_plaze]")),
    ("unknown-step", only_step(FIND_PLACE).replace("{done: find_place}", "{done: »nothing_here}")),
    ("unknown-step", ask("needs: [find_place]").replace("3 h", "»3 h of find_plaze.housed")),
    ("unknown-result", steps(TELL % "needs: [»find_place.hosed]")),
    (
        "no-results",
        steps(TELL % "needs: []", LEGAL)
        .replace("needs: []", "needs: [find_place]")
        .replace("{done: find_place}", "{done: »tell_police.done}"),
    ),
    ("unknown-moment", ask("needs: [find_place]").replace("3 h", "»3 h of find_place.hosed")),
    (
        "unknown-moment",
        ask("needs: [tell_police]", TELL % "needs: [find_place]").replace("3 h", "»3 h of tell_police.accepted"),
    ),
    ("unknown-evidence", ask("needs: [find_place]").replace("3 h", "»3 h of find_place.evidence.searched")),
    ("unknown-evidence", ask("needs: [legal]", LEGAL).replace("3 h", "»3 h of legal.evidence.at")),
    ("unknown-fact", find_place("4 h", "»4 h of fact.incident")),
    ("undated-fact", find_place("4 h", "»4 h of fact.risk")),
    ("needs-itself", steps(TELL % "needs: [find_place, »tell_police]")),
    ("needs-cycle", ask("needs: [tell_police]", TELL % "needs: [escort]").replace("  escort:", "  »escort:")),
    ("moment-of-itself", find_place("4 h", "»4 h of find_place.completed")),
    ("moment-of-itself", find_place("4 h", "»4 h of find_place.evidence.confirmed_at")),
    ("moment-not-before", ask("").replace("3 h", "»3 h of find_place.completed")),
    (
        "ladder-order",
        ask("escalate: [{after: 9 min, to: deputy}, »{after: 9 min, to: service}, {after: 1 h, to: coordinator}]"),
    ),
    ("ladder-end", ask("escalate: [»{after: 20 min, to: next_service}]")),
    (
        "ladder-past-end",
        ask(
            "escalate: [{after: 20 min, to: next_service}, »{after: 30 min, to: deputy}, {after: 1 h, to: coordinator}]"
        ),
    ),
    ("ladder-past-end", ask("escalate: [{after: 1 h, to: coordinator}, »{after: 2 h, to: deputy}]")),
    ("ladder-too-soon", ask("escalate: [»{after: 19 min, to: next_service}, {after: 1 h, to: coordinator}]")),
    ("ladder-too-soon", ask("escalate: [»{after: 19 min, to: coordinator}]")),
    ("first-sign-missing", only_step(IMMINENT + "  when: {risk: [high, imminent]}\n")),
    ("first-sign-missing", only_step(IMMINENT + "  when: {any: [{injuries: true}, {risk: imminent}]}\n")),
    ("first-sign-late", ask("first_sign_within: »3 h")),
    ("missing", ask("escalate: [»{after: 20 min}]")),
    ("unknown-word", ask("escalate: [{after: 20 min, to: »everybody}]")),
    ("expected", ask("escalate: »[]")),
]


@pytest.mark.parametrize(("code", "text"), WRONG_PROMISES)
def test_what_cannot_work_is_refused_at_its_place(code: str, text: str) -> None:
    text, line, column = place_of_mark(text)
    assert (code, line, column) in [(f.code, f.line, f.column) for f in faults_of(load_pathway, text)]


@pytest.mark.parametrize(
    "text",
    [
        ask("first_sign_within: 30 min\nwhen: {risk: [high, imminent]}"),
        ask("when: {risk: high}"),
        ask("when: {not: {risk: imminent}}"),
        ask("first_sign_within: 5 h\nneeds: [find_place]").replace("3 h", "3 h of find_place.completed"),
        steps(TELL % "when: {risk: imminent}"),
        ask("escalate: [{after: 20 min, to: next_service}, {after: 1 h, to: coordinator}]"),
        ask("needs: [tell_police]", TELL % "needs: [find_place]").replace("3 h", "3 h of tell_police.completed"),
        ask("needs: [tell_police]", TELL % "needs: [find_place]").replace("3 h", "3 h of find_place.housed"),
        ask("needs: [legal]", LEGAL).replace("3 h", "3 h of legal.any_outcome"),
    ],
)
def test_what_can_work_is_let_through(text: str) -> None:
    assert codes(faults_of(load_pathway, text)) == []


def test_every_step_of_a_cycle_is_told_once() -> None:
    text = ask("needs: [tell_police]", TELL % "needs: [escort]")
    faults = [fault for fault in faults_of(load_pathway, text) if fault.code == "needs-cycle"]
    assert [fault.message for fault in faults] == ["These steps wait for one another: escort, tell_police."]


def test_a_wrong_name_is_answered_with_the_nearest_right_one() -> None:
    (fault,) = faults_of(load_pathway, steps(TELL % "needs: [find_place.hosed]"))
    assert fault.help == "Write one of: find_place.housed."


def test_a_ladder_without_a_readable_acceptance_is_still_checked() -> None:
    text = find_place("15 min", "15 s").replace("  results", "  escalate: [{after: 1 h, to: deputy}]\n    results")
    assert codes(faults_of(load_pathway, text)) == ["seconds", "ladder-end"]


def test_results_that_cannot_be_read_raise_no_false_alarm() -> None:
    text = ask("needs: [find_place.housed]").replace("3 h", "[3 h of find_place.housed, 2 h of find_place.evidence.x]")
    start = text.index("results: {housed")
    broken = text[:start] + "results: []" + text[text.index("\n", start) :]
    assert codes(faults_of(load_pathway, broken)) == ["expected"]
