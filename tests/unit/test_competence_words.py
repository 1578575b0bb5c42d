"""What stands for a competence can be one: a person, a rung or a slip of the pen would ask nobody, in silence."""

import pytest

from procedures.loading import check_texts
from tests.unit.marked import FIND_PLACE, only_step

PERSONS = [
    (FIND_PLACE.replace("ask: emergency_shelter", "ask: coordinator"), "coordinator"),
    (FIND_PLACE.replace("ask: emergency_shelter", "ask: herself"), "herself"),
    (FIND_PLACE + "  choose: {barred: [author]}\n", "author"),
    (FIND_PLACE + "inform:\n  tell: [police, survivor]\n  title: {it: Informare, en: Inform}\n", "survivor"),
]


def codes(text: str) -> list[tuple[str, str]]:
    return [(fault.code, fault.data.get("word", "")) for fault in check_texts({"a.yaml": text})]


@pytest.mark.parametrize(("step", "word"), PERSONS, ids=[word for _step, word in PERSONS])
def test_a_person_is_no_competence(step: str, word: str) -> None:
    assert ("no-competence", word) in codes(only_step(step))


def test_a_signal_cannot_come_from_her_but_from_an_operator_to_whom_she_said_it() -> None:
    declared = "signals: {found: {title: {it: Trovato, en: Found}, from: [herself]}}\n"
    needing = declared + only_step(FIND_PLACE + "  needs: [signal.found]\n")
    assert ("no-competence", "herself") in codes(needing)
    assert ("no-competence", "operator") not in codes(needing.replace("herself", "operator"))


def test_a_slip_of_the_pen_is_warned_of_and_a_competence_of_ones_own_is_not() -> None:
    slip = only_step(FIND_PLACE.replace("ask: emergency_shelter", "ask: emergency_sheltre"))
    assert codes(slip) == [("nearly-a-competence", "emergency_sheltre")]
    assert codes(slip.replace("emergency_sheltre", "night_shelter")) == []


def test_a_clinical_time_counts_from_what_happened_to_her() -> None:
    clinical = only_step(FIND_PLACE.replace("complete_within: 4 h", "complete_within: {within: 72 h, clock: clinical}"))
    assert codes(clinical) == [("clinical-from-nothing", "")]
    assert codes(clinical.replace("72 h,", "72 h of fact.incident_at,")) == []


def test_whose_word_decides_anew_is_a_competence_the_coordinator_or_the_operator() -> None:
    named = only_step(FIND_PLACE + "  anew: {by: [herself, operator, coordinator]}\n")
    assert [found for found in codes(named) if found[0] == "no-competence"] == [("no-competence", "herself")]
