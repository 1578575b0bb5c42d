"""Every file that the network writes, wrong at every place: all faults with their places, in both languages, at once.

The places are those of the shipped files, walked as they are, so that a new word is tried here too.
"""

import copy
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.speech import speaking, translate_fault
from models.network import parse_network
from models.network_reading import BODY, COORDINATOR, DESK, DUTY, NETWORK, OPENING, PERSON, SERVICE
from procedures.faults import Fault, ProcedureFaults
from procedures.loading import SHIPPED, check_paths, load_facts, load_pathway

SHELTER = (SHIPPED / "shelter.yaml").read_text(encoding="utf-8")
FACTS = (SHIPPED.parent / "facts.yaml").read_text(encoding="utf-8")
NETWORK_WITH_ALL = """\
bodies:
  hospital:
    name: Ospedale
    protocol_signed_on: 2025-01-31
    protocol_ends_on: 2028-01-30
    retention: {years: 10, months: 6, basis: "Protocol of the network, art. 9"}
people:
  anna: {name: Anna, contacts: [{sms: "06 5550 1001"}, {email: anna@example.org}, {pec: town@pec.example.org}]}
  berta:
    name: Berta
    language: en
    contacts: [{email: berta@example.org, pgp: "4965AF48A8DA0184D7A984ACACA90763B6750491"}, {voice: "06 5550 1001"}]
services:
  emergency_room:
    body: hospital
    name: {it: Pronto soccorso, en: Emergency room}
    competences: [emergency_health]
    territories: [valley]
    phone: "+39 06 5550 201"
    referent: anna
    deputy: berta
    rank: 5
    hours: [{days: [mon, sun], since: "20:00", until: "08:00"}]
    rota: [{person: berta, since: "2026-11-24T20:00+01:00", until: "2026-11-25T08:00+01:00"}]
  night_school:
    body: hospital
    name: {it: Scuola serale, en: Night school}
    competences: [school]
    territories: [valley]
    phone: "+39 06 5550 202"
    referent: anna
    hours: "Mo-Fr 18:00-22:00; PH off"
    holidays: [IT, "12-07"]
holidays:
  valley: [IT-MI]
dates:
  valley: {protocol_ends_on: 2027-03-08, meeting_at: ["2027-02-01T15:00+01:00"]}
coordinators:
  valley: {name: {it: Valle, en: Valley}, territories: [valley], phone: "+39 06 5550 301", people: [berta, anna]}
desks:
  desk: {name: {it: Sportello, en: Desk}, phone: "+39 06 5550 401", person: anna}
"""
READERS: Mapping[str, tuple[Callable[[str], object], str]] = {
    "network": (lambda text: parse_network(text, "file.yaml"), NETWORK_WITH_ALL),
    "pathway": (lambda text: load_pathway(text, "file.yaml"), SHELTER),
    "facts": (lambda text: load_facts(text, "file.yaml"), FACTS),
}
Place = tuple[str | int, ...]
OTHERS: tuple[object, ...] = (None, True, -7, "", "two words, \u202e", "x" * 3000, [[]], {"nonsense": 1})


def places(tree: Any, above: Place = ()) -> Iterator[Place]:
    """Every place in the tree."""
    yield above
    inside = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in inside:
        yield from places(value, (*above, key))


def pattern(place: Place) -> tuple[str, ...]:
    """What kind of place it is: names that the writer chose and numbers of items do not matter."""
    return tuple("*" if isinstance(key, int) or depth == 1 else key for depth, key in enumerate(place))


def one_of_each(tree: Any) -> list[Place]:
    found: dict[tuple[str, ...], Place] = {}
    for place in places(tree):
        found.setdefault(pattern(place), place)
    return list(found.values())


def changed(tree: Any, place: Place, value: object) -> Any:
    if not place:
        return value
    new = copy.deepcopy(tree)
    holder = new
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = value
    return new


def without(tree: Any, place: Place) -> Any:
    new = copy.deepcopy(tree)
    holder = new
    for key in place[:-1]:
        holder = holder[key]
    del holder[place[-1]]
    return new


def written(tree: Any) -> str:
    return yaml.safe_dump(tree, allow_unicode=True, sort_keys=False)


def check_told(faults: tuple[Fault, ...] | list[Fault]) -> None:
    """Each fault is one line in each language, at a place, with what to do."""
    assert faults
    for fault in faults:
        assert fault.line >= 1
        assert fault.column >= 1
        told = {}
        for language in ("it", "en"):
            with speaking(language):
                message, remedy = fault.said(translate_fault)
            assert message
            assert remedy
            assert f"{message} {remedy}".isprintable(), (message, remedy)
            assert len(message) < 600
            told[language] = message
        assert told["it"] != told["en"], told


def refused(read: Callable[[str], object], text: str, *, must: bool) -> bool:
    """Read it: whether it was told as faulty, in words that can be read, and soon. `must`: it has to be."""
    started = time.perf_counter()
    told = False
    try:
        read(text)
    except ProcedureFaults as found:
        check_told(found.faults)
        told = True
    assert told or not must, text[:200]
    assert time.perf_counter() - started < 10
    return told


@pytest.mark.slow
@pytest.mark.parametrize("kind", READERS)
def test_a_file_with_another_value_at_any_place_is_told_or_understood(kind: str) -> None:
    read, text = READERS[kind]
    tree = yaml.safe_load(text)
    told = 0
    for place in one_of_each(tree):
        kept = tree
        for key in place:
            kept = kept[key]
        for value in OTHERS:
            structure = isinstance(kept, dict | list)
            must = structure and value != "" and not isinstance(value, dict | list)
            must = must or (value == "" and place != () and not isinstance(kept, dict))
            told += refused(read, written(changed(tree, place, value)), must=must)
    assert told > 0


@pytest.mark.parametrize("kind", READERS)
def test_a_file_with_an_unknown_word_anywhere_is_told(kind: str) -> None:
    read, text = READERS[kind]
    tree = yaml.safe_load(text)
    for place in one_of_each(tree):
        kept = tree
        for key in place:
            kept = kept[key]
        if isinstance(kept, dict):
            assert refused(read, written(changed(tree, place, {**kept, "Non Sense": 1})), must=True)


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.slow
def test_a_file_without_any_one_word_is_told_or_understood(kind: str) -> None:
    read, text = READERS[kind]
    tree = yaml.safe_load(text)
    told = [refused(read, written(without(tree, place)), must=False) for place in one_of_each(tree) if place]
    assert any(told), "something in it is needed"


@pytest.mark.parametrize("kind", READERS)
def test_a_file_with_a_word_twice_is_told(kind: str) -> None:
    read, text = READERS[kind]
    for word in yaml.safe_load(text):
        assert refused(read, f"{text}\n{word}: x\n", must=True)


def test_the_network_that_is_tried_holds_every_word() -> None:
    known = {word for form in (NETWORK, BODY, PERSON, SERVICE, COORDINATOR, DESK, OPENING, DUTY) for word in form.known}
    assert {word for word in known if f"{word}:" not in NETWORK_WITH_ALL} == set()
    parse_network(NETWORK_WITH_ALL, "file.yaml")


DANGLING = (("body: ", "body: nobody_"), ("referent: ", "referent: nobody_"), ("person: ", "person: nobody_"))


@pytest.mark.parametrize(("old", "new"), DANGLING)
def test_a_network_that_names_nobody_is_told(old: str, new: str) -> None:
    assert old in NETWORK_WITH_ALL
    refused(READERS["network"][0], NETWORK_WITH_ALL.replace(old, new, 1), must=True)


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        "nonsense",
        "- a\n- b\n",
        "a: [\n",
        "a: {b: [c}\n",
        "\ta: 1\n",
        "a: &x 1\nb: *x\n",
        "a: !!python/object:os.system x\n",
        "---\na: 1\n---\nb: 2\n",
        "a: " + "[" * 2000,
        "a" * 300 * 1024,
        "a: 1\n" * 70_000,
        "a: \x00\n",
        "? [a]\n: 1\n",
        "<<: {a: 1}\n",
        "\ufeffa: 1\n",
    ],
    ids=lambda text: repr(text[:16]),
)
def test_what_is_no_such_file_is_told(kind: str, text: str) -> None:
    assert refused(READERS[kind][0], text, must=True)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"name: perch\xe8\n", b"\x00" * 100, b"a: 1\n" * 70_000])
def test_bytes_that_are_no_pathway_are_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.yaml").write_bytes(content)
    check_told(check_paths([tmp_path / "bad.yaml"]))


@pytest.mark.parametrize("name", ["nowhere.yaml", "x" * 300, "file/below.yaml", "loop.yaml"])
def test_a_pathway_that_cannot_be_read_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    check_told(check_paths([tmp_path / name]))


def test_a_folder_without_pathways_is_told(tmp_path: Path) -> None:
    check_told(check_paths([tmp_path]))


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_whatever_bytes_come_only_faults_go(content: bytes) -> None:
    text = content.decode("utf-8", errors="replace")
    for read, _ in READERS.values():
        assert refused(read, text, must=True)
