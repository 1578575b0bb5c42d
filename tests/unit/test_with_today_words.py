"""A dated fact beside today: how it is written, what is refused at which place, and how people read it."""

import re
from pathlib import Path

import pytest

from notifiers.language import translator
from procedures.loading import check_paths, load_facts, load_pathway
from procedures.showing.svg import drawing
from procedures.showing.words import plain_words
from tests.unit.marked import HEAD, codes, faults_of, place_of_mark
from tests.unit.test_limit_words import FACTS as VOCABULARY

DAYS = {**VOCABULARY, **load_facts("facts: {born_on: {type: date, title: {it: Nascita, en: Birth}}}", "facts.yaml")}
STEP = "  find_place: {tell: police, title: {it: Avvisare, en: Tell}, when: %s}\n"


def text(when: str) -> str:
    return HEAD + STEP % when


WRONG_TODAY = [
    ("no-such-age", "{born_on: {age: {less_than: »180}}}"),
    ("expected", "{born_on: {age: {less_than: »18 years}}}"),
    ("expected", "{born_on: {age: »18}}"),
    ("expected", "{incident_at: {ago: »72 h}}"),
    ("expected", "{incident_at: {ago: »{}}}"),
    ("unknown-word", "{born_on: {age: {»under: 18}}}"),
    ("wrong-comparison", "{incident_at: {»age: {less_than: 18}}}"),
    ("wrong-comparison", "{risk: {»ago: {less_than: 72 h}}}"),
    ("wrong-comparison", "{incident_at: {»within: 30 days}}"),
    ("day-without-hour", "{born_on: {ago: {less_than: »72 h}}}"),
    ("whose-working-days", "{incident_at: {ago: {less_than: »3 working days}}}"),
    ("not-counted-here", "{incident_at: {to_go: {less_than: »20:00}}}"),
    ("seconds", "{incident_at: {ago: {less_than: »90 s}}}"),
    ("too-long", "{born_on: {ago: {less_than: »18 years}}}"),
    ("may-turn-back", "{risk: high}, repeat: {every: 1 month, while: »{not: {born_on: {age: {less_than: 18}}}}}"),
]


@pytest.mark.parametrize(("code", "when"), WRONG_TODAY)
def test_what_cannot_be_compared_so_is_refused_at_its_place(code: str, when: str) -> None:
    wrong, line, column = place_of_mark(text(when))
    found = [(f.code, f.line, f.column) for f in faults_of(lambda t, f: load_pathway(t, f, DAYS), wrong)]
    assert (code, line, column) in found


AGAIN = "  find_place: {tell: police, title: {it: Avvisare, en: Tell}, repeat: {every: 1 month, while: »%s}}\n"


@pytest.mark.parametrize(
    "words",
    [
        "{not: {born_on: {age: {less_than: 18}}}}",
        "{any: [{risk: high}, {incident_at: {ago: {less_than: 2 years}}}]}",
        "{all: [{risk: high}, {at_least: {1: [{born_on: {age: {less_than: 18}}}]}}]}",
    ],
)
def test_what_comes_again_while_it_holds_cannot_hold_again_by_time_alone(words: str) -> None:
    wrong, line, column = place_of_mark(HEAD + AGAIN % words)
    found = faults_of(lambda t, f: load_pathway(t, f, DAYS), wrong)
    assert [(f.code, f.line, f.column) for f in found] == [("may-turn-back", line, column)]


def test_people_read_that_time_alone_changes_it() -> None:
    pathway = load_pathway(HEAD + LATER, "right.yaml", DAYS)
    for language, words in (("en", "whenever time alone changes it"), ("it", "ogni volta che il solo tempo")):
        parts = plain_words(pathway, DAYS, translator(language, "procedures").gettext, language)
        assert words in " ".join(sentence for part in parts for sentence in part.sentences)


def test_what_comes_again_may_end_by_time_beside_anything_else() -> None:
    words = "{all: [{born_on: {age: {less_than: 18}}}, {any: [{risk: high}, {incident_at: unknown}]}]}"
    found = load_pathway((HEAD + AGAIN % words).replace("»", ""), "right.yaml", DAYS)
    assert any(step.repeat is not None and step.repeat.while_ is not None for step in found.steps.values())


TIMES = "accept_within: 1 h, complete_within: 1 day, source: {text: x, verified: false}"
LATER = (
    f"  find_place: {{ask: police, title: {{it: Dopo, en: Later}}, {TIMES}, "
    "when: {born_on: {age: {at_least: 18}}}, looked_at: again}\n"
    f"  between: {{ask: police, title: {{it: Poi, en: Then}}, needs: [find_place.done], {TIMES}}}\n"
)


@pytest.mark.parametrize(
    ("needs", "step"),
    [
        ("needs: »[{not: find_place.done}]", "find_place"),
        ("needs: »{any_of: [{not: {all_of: [find_place.done]}}, find_place.done]}", "find_place"),
        ("needs: »[{not: {all_of: [between.done]}}]", "between"),
        ("repeat: »{every: 1 day, until: {not: find_place.done}}", "find_place"),
    ],
)
def test_nothing_hangs_on_what_time_may_still_let_in_not_having_happened(needs: str, step: str) -> None:
    last = f"  last: {{tell: police, title: {{it: Fine, en: End}}, {needs}}}\n"
    wrong, line, column = place_of_mark(HEAD + LATER + last)
    found = faults_of(lambda t, f: load_pathway(t, f, DAYS), wrong)
    assert [(f.code, f.line, f.column) for f in found] == [("may-come-later", line, column)]
    assert step in found[0].message


def test_what_a_repetition_goes_on_by_may_let_it_in_later_as_well() -> None:
    adult = "{born_on: {age: {at_least: 18}}}"
    while_ = f"when: {{risk: unknown}}, repeat: {{every: 1 day, while: {adult}}}"
    last = "  last: {tell: police, title: {it: Fine, en: End}, needs: [{not: find_place.done}]}\n"
    later = LATER.replace(f"when: {adult}", while_)
    assert while_ in later
    assert codes(faults_of(lambda t, f: load_pathway(t, f, DAYS), HEAD + later + last)) == ["may-come-later"]


def test_that_it_happened_or_is_over_may_be_needed() -> None:
    needs = "[find_place, between, {any_of: [find_place.done]}]"
    last = f"  last: {{tell: police, title: {{it: Fine, en: End}}, needs: {needs}}}\n"
    assert load_pathway(HEAD + LATER + last, "right.yaml", DAYS).steps["last"].needs.parts


def test_a_fact_that_the_rules_cannot_read_is_refused_where_it_is_declared() -> None:
    secret = "facts: {born_on: {type: date, birth: true, class: identity, title: {it: Nascita, en: Birth}}}"
    assert codes(faults_of(load_facts, secret)) == ["too-secret"]


@pytest.mark.parametrize(
    ("when", "en", "it"),
    [
        ("{born_on: {age: {less_than: 18}}}", "«Birth»: less than 18 years old", "«Nascita»: meno di 18 anni compiuti"),
        ("{incident_at: {ago: {at_least: 3 days}}}", "«e»: at least 3 days ago", "«f»: almeno 3 giorni fa"),
        (
            "{born_on: {ago: {at_most: 10 working days in IT}}}",
            "«Birth»: at most 10 working days in IT ago",
            "«Nascita»: al massimo 10 giorni lavorativi (calendario IT) fa",
        ),
        ("{incident_at: {to_go: {at_most: 1 week}}}", "«e»: in at most 1 week", "«f»: tra al massimo 1 settimana"),
        (
            "{born_on: {age: {at_least: 14, less_than: 18}}}",
            "at least 14 years old and «Birth»: less",
            "almeno 14 anni compiuti e «Nascita»: meno",
        ),
    ],
)
def test_people_read_it_in_their_language(when: str, en: str, it: str) -> None:
    pathway = load_pathway(text(when), "right.yaml", DAYS)
    for language, words in (("en", en), ("it", it)):
        parts = plain_words(pathway, DAYS, translator(language, "procedures").gettext, language)
        assert words in " ".join(sentence for part in parts for sentence in part.sentences)


def test_the_drawing_says_it_too() -> None:
    pathway = load_pathway(text("{born_on: {age: {less_than: 18}}}"), "right.yaml", DAYS)
    image = drawing(pathway, DAYS, translator("it", "procedures").gettext, "it")
    assert "meno di 18 anni" in " ".join(re.findall(r">([^<>]*)<", image))


def test_a_day_told_with_its_weeks_is_no_hour(tmp_path: Path) -> None:
    (tmp_path / "facts.yaml").write_text(
        "facts: {born_on: {type: date, title: {it: Nascita, en: Birth}}}", encoding="utf-8"
    )
    (tmp_path / "tell.yaml").write_text(
        text("{any: [{born_on: {ago: {less_than: 2 weeks}}}, {born_on: {ago: {more_than: 1 year}}}]}"), encoding="utf-8"
    )
    assert codes(check_paths([tmp_path])) == []
