"""The vocabulary of facts: how it is read, and what it may not say."""

import pytest

from procedures.loading import load_facts, load_pathway, shipped_facts
from procedures.schema import FactType
from tests.unit.marked import faults_of, place_of_mark, steps

RISK = "facts: {risk: {type: choice, title: {it: Rischio, en: Risk}, choices: {low: {it: basso, en: low}}}}"

WRONG_FACTS = [
    ("missing", "»{}"),
    ("expected", "facts: »[risk]"),
    ("reserved-name", RISK.replace("risk:", "»not:")),
    ("reserved-name", RISK.replace("low:", "»unknown:")),
    ("unknown-word", RISK.replace("choice,", "»colour,")),
    ("misspelt-word", RISK.replace("choice,", "»choise,")),
    ("missing", RISK.replace("{type", "»{type").replace(", choices: {low: {it: basso, en: low}}", "")),
    ("missing", RISK.replace("{type: choice, ", "»{")),
    ("missing", RISK.replace("{it: basso, en: low}", "»{it: basso}")),
    ("no-choices", RISK.replace("choice,", "boolean,").replace("choices: {", "choices: »{")),
    (
        "no-order",
        RISK.replace("choice,", "boolean, ordered: »true,").replace(", choices: {low: {it: basso, en: low}}", ""),
    ),
    ("expected", RISK.replace("choices:", "ordered: »sometimes, choices:")),
    ("expected", RISK.replace("{low: {it: basso, en: low}}", "»{}")),
    ("later-word", RISK.replace("choices", "»raises_only: true, choices")),
    ("syntax", "facts: {»"),
]


@pytest.mark.parametrize(("code", "text"), WRONG_FACTS)
def test_a_wrong_fact_is_refused_at_its_place(code: str, text: str) -> None:
    text, line, column = place_of_mark(text)
    if code == "syntax":
        line, column = 2, 1  # libyaml tells that something is missing where the text has ended
        text += "\n"
    assert (code, line, column) in [(f.code, f.line, f.column) for f in faults_of(load_facts, text)]


def test_a_fact_has_a_type_a_title_and_choices_in_both_languages() -> None:
    risk = load_facts(RISK, "facts.yaml")["risk"]
    assert risk.type is FactType.CHOICE
    assert risk.title.said("it") == "Rischio"
    assert risk.choices["low"].said("en") == "low"


def test_a_condition_may_ask_for_a_whole_number() -> None:
    facts = load_facts("facts: {children: {type: integer, title: {it: Figli, en: Children}}}", "facts.yaml")
    told = "tell_school: {tell: social_services, title: {it: Scuola, en: School}, when: {children: %s}}\n"
    condition = load_pathway(steps(told % "[1, 2]"), "a.yaml", facts).steps["tell_school"].when
    assert condition is not None
    assert condition.values == (1, 2)
    wrong = faults_of(lambda text, file: load_pathway(text, file, facts), steps(told % "true"))
    assert [fault.code for fault in wrong] == ["wrong-value"]


def test_the_shipped_vocabulary_knows_what_the_shipped_pathways_and_the_form_ask() -> None:
    facts = shipped_facts()
    assert facts["incident_at"].type is FactType.DATETIME
    assert list(facts["risk"].choices) == ["low", "medium", "high", "imminent"]
    assert {"physical", "sexual", "psychological", "economic"} == set(facts["violence"].choices)
    assert {"needs_shelter", "wants_legal_help", "wants_psychological_help", "children_present"} <= set(facts)
