"""The page that teaches the language says nothing that the checker would not."""

import re

import pytest

from procedures.grammar import words
from procedures.loading import SHIPPED, shipped_competences, shipped_facts, shipped_library
from tests.unit.pieces import ROOT, Piece, pieces

PAGE = ROOT / "docs" / "language.md"
TEXT = PAGE.read_text(encoding="utf-8")
PIECES = list(pieces(PAGE))


@pytest.mark.parametrize("piece", PIECES, ids=[f"line {piece.line}" for piece in PIECES])
def test_every_example_is_clean_or_as_wrong_as_it_says(piece: Piece) -> None:
    assert piece.found == piece.expected


TOLD = "told: {tell: police, title: {it: Avvisare, en: Tell}, %s}\n"
ASKED = (
    "%s: {ask: police, title: {it: Chiedere, en: Ask}, accept_within: 1 min, complete_within: %s, "
    "source: {text: x, verified: false}, results: {registered: {}, found: {}, assisted: {}}}\n"
)


@pytest.mark.parametrize("words", re.findall(r"^\| `(when: .*?)` \|", TEXT, re.MULTILINE))
def test_every_condition_of_the_table_can_be_written(words: str) -> None:
    assert Piece(0, TOLD % words).found == []


@pytest.mark.parametrize("words", re.findall(r"^\| `(needs: .*?)` \|", TEXT, re.MULTILINE))
def test_every_need_of_the_table_can_be_written(words: str) -> None:
    before = "".join(ASKED % (name, "2 h") for name in ("report", "help", "a", "b", "c"))
    found = Piece(0, before + TOLD % words).found
    assert set(found) <= {"result-leads-nowhere"}  # of the results that the row does not speak of


LENGTHS = TEXT[TEXT.index("### Lengths") : TEXT.index("### Points")]


@pytest.mark.parametrize("words", [w for row in re.findall(r"^\| (`.*?) \|", LENGTHS, re.MULTILINE)
                                   for w in re.findall(r"`(.*?)`", row)])  # fmt: skip
def test_every_length_of_the_table_can_be_written(words: str) -> None:
    assert Piece(0, ASKED % ("asked", words)).found == []


def test_the_first_pathway_has_five_lines() -> None:
    assert len(PIECES[0].text.splitlines()) == 5


def test_every_word_of_the_language_is_taught() -> None:
    known = {*words.PATHWAY.known, *words.COMMON, *words.KINDS, *(w for own in words.OF_KIND.values() for w in own)}
    assert {word for word in known if not re.search(rf"\b{word}\b", TEXT)} == set()


def test_every_word_of_a_later_edition_is_named_as_such() -> None:
    later = TEXT[TEXT.index("## 11") :]
    assert {word for word in words.LATER_STEP | words.LATER_PATHWAY if f"`{word}`" not in later} == set()


def test_facts_competences_and_pathways_that_are_shipped_are_listed() -> None:
    names = {*shipped_facts(), *shipped_competences(), *shipped_library().current}
    assert {name for name in names if f"`{name}`" not in TEXT} == set()
    assert SHIPPED.name in TEXT
