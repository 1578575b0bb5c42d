"""Consent is never a condition of help: where refusing one stops what asks for another alone, the checker says so."""

from pathlib import Path

import pytest

from procedures.faults import Fault, Severity
from procedures.loading import check_paths

HEAD = "pathway: drawn\nedition: 1\ntitle: {it: Prova, en: Trial}\nconsent: help\n"
ASK = (
    "  %s: {ask: police, title: {it: Chiedere, en: Ask}, accept_within: 5 min, complete_within: 1 h, %s, "
    "source: {text: x, verified: false}}\n"
)
TWO = "results: {good: {}, bad: {}}"


def checked(folder: Path, *steps: str) -> list[Fault]:
    path = folder / "pathway.yaml"
    last = "  last: {tell: police, title: {it: Fine, en: End}, consent: help}\n"
    path.write_text(f"{HEAD}outcomes: {{over: last}}\nsteps:\n{''.join(steps)}{last}", encoding="utf-8")
    return list(check_paths([path]))


def held(faults: list[Fault]) -> list[str]:
    assert {fault.severity for fault in faults} <= {Severity.WARNING}
    return [fault.message for fault in faults if fault.code == "held-up-by-a-refusal"]


ASSESS = ASK % ("assess", f"consent: assessment, {TWO}")


@pytest.mark.parametrize(
    ("needs", "warned"),
    [
        ("[assess.good]", True),
        ("{any_of: [assess.good, assess.bad]}", True),
        ("[assess]", False),
        ("[assess, {not: assess.bad}]", False),
        ("{any_of: [assess.good, other.done]}", False),
    ],
)
def test_what_another_consent_alone_is_asked_for_may_not_hang_on_it(
    tmp_path: Path, needs: str, *, warned: bool
) -> None:
    shelter = ASK % ("shelter", f"consent: shelter, needs: {needs}")
    other = ASK % ("other", "consent: help")
    assert bool(held(checked(tmp_path, ASSESS, other, shelter))) is warned


def test_the_story_says_what_is_left_out_and_how_it_comes_to_that(tmp_path: Path) -> None:
    between = ASK % ("between", "consent: assessment, needs: [assess.good]")
    (message,) = held(checked(tmp_path, ASSESS, between, ASK % ("shelter", "consent: shelter, needs: [between.done]")))
    assert "Whoever refuses assessment never gets shelter either, though that asks for shelter alone" in message
    assert "she refuses assessment, assess is left out, between is left out" in message


def test_a_way_around_by_what_rests_on_neither_is_enough(tmp_path: Path) -> None:
    around = ASK % ("around", "consent: help, needs: [{not: assess.good}]")
    shelter = ASK % ("shelter", "consent: shelter, needs: {any_of: [assess.good, around.done]}")
    assert held(checked(tmp_path, ASSESS, around, shelter)) == []


def test_of_a_duty_that_arises_out_of_the_work_itself_nothing_is_said(tmp_path: Path) -> None:
    duty = ASK % ("report", "basis: {it: Legge, en: Law}, told_in: talk, needs: [assess.good]")
    talk = ASK % ("talk", "results: {told: {}, not_reached: {untold: true}}")
    assert held(checked(tmp_path, ASSESS, duty, talk)) == []


def test_a_consent_that_governs_what_is_said_alone_stops_nothing(tmp_path: Path) -> None:
    said = ASK % ("assess", f"consent: {{of: assessment, governs: what_is_said}}, {TWO}")
    assert held(checked(tmp_path, said, ASK % ("shelter", "consent: shelter, needs: [assess.good]"))) == []


def test_what_never_begins_at_all_is_said_as_that_alone(tmp_path: Path) -> None:
    never = ASK % ("shelter", "consent: shelter, needs: [assess.good, assess.bad]")
    found = checked(tmp_path, ASSESS, never)
    assert [fault.code for fault in found if fault.code != "result-leads-nowhere"] == ["step-never-reached"]
