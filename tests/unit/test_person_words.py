"""`same_person_as` and `other_person_than` as they are written: what can never be so, and how it is told."""

from pathlib import Path

import pytest

from models.network import parse_network
from notifiers.language import translator
from procedures.faults import Fault
from procedures.loading import check_paths, load_pathway, shipped_facts
from procedures.schema import Pathway
from procedures.showing.svg import drawing
from procedures.showing.words import plain_words
from tests.unit.marked import ask, codes, faults_of, place_of_mark

FACTS = shipped_facts()
SECOND = """b:
  ask: safe_transport
  title: {it: B, en: B}
  needs: [escort]
  accept_within: 15 min
  complete_within: 2 h
  source: {text: invented, verified: false}
  choose: {%s}
"""
CHAIN = "same_person_as: b, other_person_than: »escort"
THIRD = SECOND.replace("b:", "c:").replace("[escort]", "[b]")
TELL = "%s: {tell: safe_transport, title: {it: A, en: A}%s}\n"


def after(choice: str, more: str = "") -> str:
    """A step `b` that asks after the step `escort`, with this choice."""
    return ask(more, SECOND % choice)


WRONG_PERSONS = [
    ("person-is-asked", ask("", TELL % ("w", ", needs: [escort], choose: {same_person_as: »escort}"))),
    ("person-is-asked", ask("", TELL % ("w", ", needs: [escort], choose: {other_person_than: [»escort]}"))),
    ("nobody-takes-it", ask("", TELL % ("w", "") + (SECOND % "same_person_as: »w").replace("[escort]", "[w]"))),
    ("nobody-takes-it", ask("", TELL % ("w", "") + (SECOND % "other_person_than: »w").replace("[escort]", "[w]"))),
    ("not-done-before", after("other_person_than: »escort").replace("  needs: [escort]\n    accept", "  accept")),
    ("unknown-step", after("other_person_than: [escort, »c]")),
    ("chosen-by-itself", after("same_person_as: »b")),
    ("same-as-several", after("same_person_as: »escort", "choose: {how_many: 2}")),
    ("same-twice", after("same_as: »escort, same_person_as: escort")),
    ("picked-contradicts", after("same_person_as: escort, picked: »true")),
    ("first-contradicts", after("same_person_as: »escort, how_many: first")),
    ("each-contradicts", after("same_person_as: »escort, how_many: 2")),
    ("person-contradicts", after("same_person_as: escort, other_person_than: »escort")),
    ("person-contradicts", ask("", SECOND % "same_person_as: escort" + THIRD % CHAIN)),
    ("choice-contradicts", after("same_person_as: escort, different_from: »escort")),
    ("inside-choose", ask("»other_person_than: escort")),
]  # fmt: skip


def read(text: str, file: str = "right.yaml") -> Pathway:
    return load_pathway(text, file, FACTS)


@pytest.mark.parametrize(("code", "text"), WRONG_PERSONS)
def test_a_wrong_word_about_persons_is_refused_at_its_place_and_with_nothing_else(code: str, text: str) -> None:
    text, line, column = place_of_mark(text)
    found = faults_of(read, text)
    assert [(f.code, f.line, f.column) for f in found] == [(code, line, column)]


def sentences(text: str, language: str = "en") -> list[str]:
    say = translator(language, "procedures").gettext
    return [said for part in plain_words(read(text), FACTS, say, language) for said in part.sentences]


def test_it_is_told_in_words_and_in_the_drawing() -> None:
    other, same = after("other_person_than: escort"), after("same_person_as: escort")
    assert any("Never taken by whoever took «" in one for one in sentences(other))
    assert any("non viene chiamata" in one for one in sentences(other, "it"))
    assert any("is called first, if on duty" in one for one in sentences(same))
    assert "not the person of «" in drawing(read(other), FACTS, str, "en")
    assert "the person of «" in drawing(read(same), FACTS, str, "en")


NETWORK = """
bodies: {town: {name: Comune}, other: {name: Altro}}
people:
  anna: {name: Anna, contacts: [{email: anna@example.org}]}
  berta: {name: Berta, contacts: [{email: %s@example.org}]}
services:
  desk: {body: town, name: {it: Sportello, en: Desk}, competences: [safe_transport, emergency_shelter],
    territories: [valley],
    phone: "+39 06 5550 101", referent: anna%s}
%scoordinators:
  coordination: {name: {it: C, en: C}, territories: [valley], phone: "+39 06 5550 109", people: [anna]}
desks: {front: {name: {it: D, en: D}, phone: "+39 06 5550 100", person: anna}}
"""
BESIDE = """  next: {body: other, name: {it: Altro, en: Other}, competences: [safe_transport, emergency_shelter],
    territories: [valley],
    phone: "+39 06 5550 102", referent: berta}
"""
OTHER, SAME = after("other_person_than: escort"), after("same_person_as: escort")
NETWORK_PERSONS = [
    ("no-other-person", OTHER, ("berta", "", "")),
    ("no-other-person", OTHER, ("anna", ", deputy: berta", "")),
    ("no-other-person", after("same_as: escort, other_person_than: escort"), ("berta", "", BESIDE)),
    ("person-never-known", SAME, ("anna", ", deputy: berta", "")),
]


def checked(text: str, folder: Path, network: tuple[str, str, str]) -> list[Fault]:
    path = folder / "pathway.yaml"
    path.write_text(text, encoding="utf-8")
    return list(check_paths([path], FACTS, parse_network(NETWORK % network, "network.yaml")))


@pytest.mark.parametrize(("code", "text", "network"), NETWORK_PERSONS)
def test_a_network_that_has_nobody_else_or_never_knows_who_it_was_is_told(
    code: str, text: str, network: tuple[str, str, str], tmp_path: Path
) -> None:
    assert set(codes(checked(text, tmp_path, network))) == {code}


@pytest.mark.parametrize("text", [OTHER, SAME])
@pytest.mark.parametrize("network", [("berta", ", deputy: berta", ""), ("berta", "", BESIDE)])
def test_a_network_with_somebody_else_gets_no_warning(text: str, network: tuple[str, str, str], tmp_path: Path) -> None:
    assert codes(checked(text, tmp_path, network)) == []


def test_a_step_that_may_be_left_out_leaves_nobody_to_be_the_same_and_the_story_says_how(tmp_path: Path) -> None:
    path = tmp_path / "pathway.yaml"
    path.write_text(after("same_person_as: escort", "when: {injuries: true}"), encoding="utf-8")
    found = check_paths([path], FACTS, None)
    assert "same-as-nobody" in codes(found)
