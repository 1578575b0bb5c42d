"""The vocabulary of facts: how it is read, and what it may not say."""

import pytest

from procedures.classification import DataClass
from procedures.errors import WrongFactValue
from procedures.language.facts import OPERATOR, IncidentType, LawItem
from procedures.loading import load_facts, load_pathway, shipped_competences, shipped_facts
from procedures.schema import FactType
from procedures.values import fact_value
from tests.unit.marked import faults_of, place_of_mark, steps

RISK = "facts: {risk: {type: choice, title: {it: Rischio, en: Risk}, choices: {low: {it: basso, en: low}}}}"


def number(more: str) -> str:
    """The vocabulary of one number that also says this."""
    return f"facts: {{score: {{type: integer, title: {{it: Punti, en: Score}}, {more}}}}}"


BORN = "facts: {born: {type: date, title: {it: a, en: a}, birth: true}}"

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
    ("unknown-word", RISK.replace("choices", "»default: low, choices")),
    ("no-direction", RISK.replace("choices", "raises_only: »true, choices")),
    ("never-raised", RISK.replace("choices", "ordered: true, changed_by: [], raises_only: »true, choices")),
    ("expected", RISK.replace("choices", "raises_only: »low, choices")),
    ("expected", RISK.replace("choices", "changed_by: »operator, choices")),
    ("bad-name", RISK.replace("choices", "changed_by: [»Questura], choices")),
    ("said-twice", RISK.replace("choices", "changed_by: [police, »police], choices")),
    ("too-secret", RISK.replace("choices", "class: »identity, choices")),
    ("misspelt-word", RISK.replace("choices", "class: »rooting, choices")),
    ("unknown-word", RISK.replace("choices", "law: »tax_code, choices")),
    ("not-a-choice", RISK.replace("choices", "gbvims: {»high: rape}, choices")),
    ("unknown-word", RISK.replace("choices", "gbvims: {low: »harm}, choices")),
    ("expected", RISK.replace("choices", "gbvims: »rape, choices")),
    ("no-range", RISK.replace("choices", "range: »{at_most: 3}, choices")),
    ("empty-range", number("range: »{at_least: 3, at_most: 2}")),
    ("expected", number("range: »{}")),
    ("expected", number("range: {at_most: »many}")),
    ("no-direction", number("raises_only: »true").replace("integer", "date")),
    ("misspelt-word", RISK.replace("choices", "of: »childs, choices")),
    ("no-birth", RISK.replace("choices", "birth: »true, choices")),
    ("no-birth", "facts: {born: {type: date, title: {it: a, en: a}, of: case, birth: »true}}"),
    (
        "second-birth",
        BORN.replace("born: ", "also: {type: date, title: {it: a, en: a}, birth: true}, born: »"),
    ),
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


def test_a_number_lies_in_its_range() -> None:
    score = load_facts(number("range: {at_least: 2, at_most: 24}"), "facts.yaml")["score"]
    assert [fact_value(score, value) for value in (2, "24", "not_answered")] == [2, 24, "not_answered"]
    for wrong in (1, 25, "25"):
        with pytest.raises(WrongFactValue, match="2-24"):
            fact_value(score, wrong)
    with pytest.raises(WrongFactValue, match="≥ 3"):
        fact_value(load_facts(number("range: {at_least: 3}"), "facts.yaml")["score"], 2)


def test_what_a_fact_is_in_the_law_and_in_the_gbvims() -> None:
    facts = shipped_facts()
    assert {fact.law: name for name, fact in facts.items() if fact.law} == {
        LawItem.TYPE_OF_VIOLENCE: "violence",
        LawItem.STALKING: "stalking",
        LawItem.RELATIONSHIP: "relationship",
        LawItem.CHILDREN_PRESENT: "children_present",
    }
    assert facts["violence"].gbvims["physical"] is IncidentType.PHYSICAL_ASSAULT
    assert "sexual" not in facts["violence"].gbvims


def test_whoever_changes_a_shipped_fact_is_a_competence_with_a_name() -> None:
    facts = shipped_facts()
    named = {body for fact in facts.values() for body in fact.changed_by} - {OPERATOR}
    assert named <= set(shipped_competences())
    assert facts["risk"].raises_only
    assert facts["risk"].changed_by == ("risk_assessment",)


def test_a_fact_that_nobody_changes_says_so() -> None:
    facts = load_facts(number("changed_by: [], class: open"), "facts.yaml")
    assert facts["score"].changed_by == ()
    assert facts["score"].data_class is DataClass.OPEN


def test_what_nobody_told_is_below_every_value() -> None:
    risk, score = shipped_facts()["risk"], load_facts(number("range: {at_least: 0}"), "facts.yaml")["score"]
    assert risk.falls("high", "low")
    assert risk.falls("low", "not_answered")
    assert not risk.falls(None, "low")
    assert not risk.falls("not_answered", None)
    assert not score.falls(None, 0)
    assert score.falls(3, 2)
