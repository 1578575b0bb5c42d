"""Points, silence and longer time as people read them: in sentences, in the drawing, in a comparison."""

from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from notifiers.language import translator
from procedures.loading import load_pathway
from procedures.schema import Pathway
from procedures.showing.comparing import Change, differences
from procedures.showing.strictest import Rules
from procedures.showing.svg import drawing
from procedures.showing.timetable import worst_case
from procedures.showing.words import Part, plain_words
from tests.unit.marked import ask, find_place, steps
from tests.unit.test_limit_words import EXTEND, FACTS, SOURCE, whole
from tests.unit.test_rules_limits import told

SAID = [
    ("3 working days in FR", "within 3 working days in FR", "entro 3 giorni lavorativi (calendario FR)"),
    ("2 months of case.opened", "within 2 months of the opening of the case", "2 mesi da: apertura del caso"),
    ("30 days before fact.hearing_on", "at the latest: 30 days before h", "al più tardi: 30 giorni prima di: u"),
    ("20:00", "at the latest: the next time the clocks show 20:00", "orologio segna le 20:00"),
    ("20:00 of case.opened", "the first 20:00 after the opening of the case", "le prime 20:00 dopo: apertura del caso"),
    ("{latest: [4 h, fact.incident_at]}", "the latest of: 4 h; e", "ultimo tra: 4 h; f"),
    ("[4 h, {within: 1 h, when: {risk: high}}]", "within 1 h (only if «r» is h)", "1 h (solo se «r» è a)"),
]


def pathway(text: str) -> Pathway:
    return load_pathway(text, "right.yaml", FACTS)


def parts(text: str, language: str = "en") -> list[Part]:
    return plain_words(pathway(text), FACTS, translator(language, "procedures").gettext, language)


def sentences(text: str, language: str = "en") -> str:
    return " ".join(sentence for part in parts(text, language) for sentence in part.sentences)


def drawn(text: str, language: str = "en") -> str:
    image = drawing(pathway(text), FACTS, translator(language, "procedures").gettext, language)
    # What is parsed here was drawn by this program a moment ago: no stranger's XML.
    return " ".join(element.text or "" for element in ET.fromstring(image).iter() if element.text)  # noqa: S314


@pytest.mark.parametrize(("words", "english", "italian"), SAID)
def test_a_point_is_said_in_both_languages(words: str, english: str, italian: str) -> None:
    text = find_place("4 h", words)
    assert english in sentences(text)
    assert italian in sentences(text, "it")


def test_silence_and_longer_time_are_said_with_who_must_agree() -> None:
    text = find_place("complete_within", f"on_expiry: no_place\n  extend: {EXTEND}\n  complete_within")
    assert "If that time goes by, it ends with: no place. Nobody is to blame." in sentences(text)
    assert "1 month more, asked for before the end and agreed by the coordinator. How often at most: 1." in sentences(
        text
    )
    assert "Proroga: altri 1 mese" in sentences(text, "it")
    assert "then: no place longer by 1 month, how often: 1" in drawn(text)
    assert "poi: no place proroga di 1 mese, quante volte: 1" in drawn(text, "it")


def test_a_step_that_is_held_back_and_a_notice_with_its_time_say_so() -> None:
    text = ask("needs: [find_place]\nnot_before: 20:00 of find_place.completed")
    tells = steps("tell: {tell: police, title: {it: t, en: t}, needs: [find_place], at: 20:00}\n")
    assert "It begins at the earliest: the first 20:00 after the end of «Find a place»." in sentences(text)
    assert "When it is told: the next time the clocks show 20:00; at once where that is over." in sentences(tells)
    assert "not before:" in drawn(text)


def test_the_time_for_a_pathway_is_said_with_what_its_silence_means() -> None:
    text = whole("within: 6 months\non_expiry: done\n" + SOURCE)
    assert "The whole pathway is over within 6 months." in sentences(text)
    assert "If that time goes by, the pathway ends with: done." in sentences(text)
    assert "If that time goes by, the coordinator is called." in sentences(whole("within: 6 months\n" + SOURCE))
    assert "concluso al più tardi: 6 mesi" in drawn(text, "it")


@pytest.mark.parametrize(
    ("words", "english"),
    [
        ("{age: {at_least: 14}}", "«a» is at least 14"),
        ("{hearing_on: {before: 2026-01-31}}", "«h» is before 2026-01-31"),
        ("{at_least: {2: [{risk: high}, {stalking: true}]}}", "at least 2 of: «r» is h; «s» is yes"),
        ("{risk: not_answered}", "«r» is not answered"),
    ],
)
def test_a_comparison_is_said(words: str, english: str) -> None:
    text = steps(f"tell: {{tell: police, title: {{it: t, en: t}}, needs: [find_place], when: {words}}}\n")
    assert english in sentences(text)


def test_what_changed_in_silence_and_in_longer_time_is_compared_in_the_same_words() -> None:
    old, new = find_place("4 h", "4 h"), find_place("complete_within", "on_expiry: note\n  complete_within")
    (difference,) = differences(parts(old), parts(new))
    assert difference.change is Change.CHANGED
    assert difference.now == ("If that time goes by, it is noted and nothing else follows.",)


def test_the_worst_case_of_a_ladder_keeps_its_calendar() -> None:
    text = ask("escalate: [{after: 1 working day, to: coordinator}]")
    calls = worst_case(pathway(text), translator("it", "procedures").gettext, "it")[-1].calls
    assert (calls[-1].after, calls[-1].length.working_days) == ("1 giorno lavorativo", 1)


def test_of_several_ends_the_strictest_is_told_with_the_rule_that_set_it() -> None:
    story = told("    complete_within: [4 h, {earliest: [2 h of case.opened, 9 h]}]\n")
    story.accept("find_place")
    text = next(iter(story.library.current.values()))
    first, second = Rules(text, story.library.facts, str, "en").of_handoff(story.handoff("find_place"))
    assert (first.strictest, second.strictest) == (True, False)
    assert first.rule == "the earliest of: 2 h of the opening of the case; 9 h"
    assert second.at - first.at == timedelta(hours=2)
