"""Repetition: what is read, what is refused, and how it is said."""

import re

import pytest

from notifiers.language import translator
from procedures.loading import load_pathway
from procedures.schema import Pathway
from procedures.showing.svg import drawing
from procedures.showing.words import plain_words
from tests.unit.marked import faults_of, find_place, place_of_mark
from tests.unit.test_limit_words import FACTS


def repeated(words: str) -> str:
    """`find_place`, done again."""
    return find_place("accept_within", f"repeat: {words}\n  accept_within")


WRONG_REPEATS = [
    ("interval-never-counted", repeated("{every: »[1 month, 3 months, 6 months], at_most: 3}")),
    ("seconds", repeated("{every: [1 month, »90 s], at_most: 3}")),
    ("repeat-two-ways", repeated("{every: 1 month, moves_to: »next working day, at_most: 3}")),
    ("repeat-no-end", repeated("»{every: 30 days}")),
    ("repeat-no-end", repeated("»{every: 30 days, first: 2 days}")),
    ("repeat-by-no-choice", repeated("{every: {fact: »age, otherwise: 1 month}, at_most: 3}")),
    ("unknown-fact", repeated("{every: {fact: »rsik, high: 1 week, otherwise: 1 month}, at_most: 3}")),
    ("unknown-fact", repeated("{every: 1 month, while: {»rsik: high}}")),
    ("misspelt-word", repeated("{every: {fact: risk, »hihg: 1 week, otherwise: 1 month}, at_most: 3}")),
    ("expected", repeated("{every: »{fact: risk, high: 1 week}, at_most: 3}")),
    ("expected", repeated("{every: »{high: 1 week, otherwise: 1 month}, at_most: 3}")),
    ("expected", repeated("{every: 30 days, at_most: »1}")),
    ("expected", repeated("»weekly")),
    ("missing", repeated("»{at_most: 3}")),
    ("misspelt-word", repeated("{every: 30 days, »at_mots: 3, at_most: 3}")),
    ("unknown-step", repeated("{every: 30 days, until: »nowhere}")),
    ("unknown-result", repeated("{every: 30 days, until: »find_place.nowhere}")),
    ("repeat-until-never", repeated("{every: 30 days, until: »find_place}")),
    ("two-moments", repeated("{every: 30 days, at_most: 3, first: »2 days}\n  not_before: 3 days")),
    ("zero-time", repeated("{every: »0 days, at_most: 3}")),
]


@pytest.mark.parametrize(("code", "text"), WRONG_REPEATS)
def test_a_wrong_repetition_is_refused_at_its_place(code: str, text: str) -> None:
    text, line, column = place_of_mark(text)
    found = faults_of(lambda words, file: load_pathway(words, file, FACTS), text)
    assert (code, line, column) in [(fault.code, fault.line, fault.column) for fault in found]


def read(words: str) -> Pathway:
    return load_pathway(repeated(words), "text.yaml", FACTS)


def said(words: str, language: str) -> str:
    parts = plain_words(read(words), FACTS, translator(language, "procedures").gettext, language)
    return " ".join(sentence for part in parts for sentence in part.sentences)


def test_intervals_that_change_by_count_are_read_out_one_after_the_other() -> None:
    words = "{every: [1 month, 3 months, 6 months], at_most: 4}"
    assert "again 1 month, 3 months, then always 6 months after each time, in all at most 4 times." in said(words, "en")
    assert "1 mese, 3 mesi, poi sempre 6 mesi" in said(words, "it")
    pathway = read(words)
    image = drawing(pathway, FACTS, translator("en", "procedures").gettext, "en")
    assert "then always 6 months" in " ".join(re.findall(r">([^<>]*)<", image))


def test_a_repetition_is_read_whole() -> None:
    words = (
        "{every: {fact: risk, high: 1 week, otherwise: 1 months}, first: 2 days, while: {stalking: true}, at_most: 12}"
    )
    repeat = next(iter(read(words).steps.values())).repeat
    assert repeat is not None
    assert repeat.every is not None
    assert (repeat.every.fact, repeat.at_most) == ("risk", 12)
    assert [length.words for length in repeat.every.all] == ["1 week", "1 months"]
    assert repeat.first is not None
    assert repeat.while_ is not None
    assert repeat.while_.fact == "stalking"


def test_what_waits_for_one_of_its_results_alone_can_end_it() -> None:
    assert next(iter(read("{every: 30 days, until: find_place.housed}").steps.values())).repeat


def test_it_is_said_in_plain_words() -> None:
    words = (
        "{every: {fact: risk, high: 1 week, otherwise: 1 months}, first: 2 days, until: find_place.housed, at_most: 9}"
    )
    assert "It is done again 1 week where r is h; otherwise 1 months after each time, in all at most 9 times." in said(
        words, "en"
    )
    assert "Si ripete fino a quando" in said(words, "it")
    assert "The first time it begins 2 days after it could." in said(words, "en")
    assert "It is done again 30 days after each time. It is repeated as long as this holds" in said(
        "{every: 30 days, while: {risk: high}}", "en"
    )
