"""A pathway shown to those who did not write it: drawn, in plain words, compared, and its worst case."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from notifiers.language import translator
from procedures.checking_network import competences_asked
from procedures.loading import load_pathway, shipped_facts, shipped_library
from procedures.schema import Pathway
from procedures.showing import names
from procedures.showing.comparing import Change, differences
from procedures.showing.svg import drawing
from procedures.showing.timetable import spoken, worst_case
from procedures.showing.words import Part, plain_words
from tests.unit.marked import FIND_PLACE, only_step, steps

SVG = "{http://www.w3.org/2000/svg}"
NAMES = sorted(shipped_library().current)
BEGAN = datetime(2026, 11, 24, 22, tzinfo=UTC)
TELL = "tell_police: {tell: police, title: {it: Avvisare, en: Tell the police}, needs: [find_place.housed]}\n"


def shipped(name: str) -> Pathway:
    return shipped_library().current[name]


def words(pathway: Pathway, language: str = "en") -> list[Part]:
    return plain_words(pathway, shipped_facts(), translator(language, "procedures").gettext, language)


def drawn(pathway: Pathway, language: str = "en") -> str:
    return drawing(pathway, shipped_facts(), translator(language, "procedures").gettext, language)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["it", "en"])
def test_a_drawing_holds_every_step_and_outcome_and_nothing_that_a_strict_page_refuses(
    name: str, language: str
) -> None:
    image = drawn(shipped(name), language)
    root = ET.fromstring(image)  # noqa: S314 - what we drew ourselves
    boxes = [rect for rect in root.iter(f"{SVG}rect") if rect.get("stroke-width")]
    assert len(boxes) == len(shipped(name).steps)
    said = " ".join(text.text or "" for text in root.iter(f"{SVG}text"))
    assert all(names.spaced(outcome.name) in said for outcome in shipped(name).outcomes)
    assert root.find(f"{SVG}title") is not None
    assert not any(word in image for word in ("<script", "<style", " style=", "href", "<foreignObject"))


def test_what_a_writer_wrote_cannot_become_markup() -> None:
    image = drawn(load_pathway(only_step(FIND_PLACE.replace("Find a place", "Bed > sofa & more")), "a.yaml"))
    assert "Bed &gt; sofa &amp; more" in image
    ET.fromstring(image)  # noqa: S314 - what we drew ourselves


@pytest.mark.parametrize("name", NAMES)
def test_every_step_is_told_in_both_languages_in_whole_sentences(name: str) -> None:
    for language in ("it", "en"):
        parts = words(shipped(name), language)
        assert [part.name for part in parts[1:-1]] == list(shipped(name).steps)
        sentences = [sentence for part in parts for sentence in part.sentences]
        assert all(sentence.endswith(".") and "{" not in sentence for sentence in sentences)


@pytest.mark.parametrize("name", NAMES)
def test_every_competence_of_the_shipped_procedures_has_a_name_in_both_languages(name: str) -> None:
    asked = {word for step in shipped(name).steps.values() for word in competences_asked(step)}
    assert asked <= set(names.competences())


def test_a_step_is_told_with_its_times_its_ladder_and_its_source() -> None:
    part = words(shipped("shelter"), "it")[1]
    assert part.heading == "Trovare un posto protetto"
    assert "Entro 15 min qualcuno risponde se lo prende in carico." in part.sentences
    assert any("dopo 45 min lo prende in mano il coordinamento" in sentence for sentence in part.sentences)


def test_two_editions_that_say_the_same_have_no_difference() -> None:
    assert differences(words(shipped("legal")), words(shipped("legal"))) == []


def test_what_changed_is_told_part_by_part() -> None:
    old = load_pathway(steps(TELL), "old.yaml")
    new = load_pathway(
        steps(TELL.replace("tell_police", "tell_school")).replace("accept_within: 15 min", "accept_within: 20 min"),
        "new.yaml",
    )
    found = {difference.heading: difference for difference in differences(words(old), words(new))}
    assert found["Find a place"].change is Change.CHANGED
    assert found["Find a place"].before[0] == "Within 15 min somebody says whether they take it."
    assert found["Find a place"].now[0] == "Within 20 min somebody says whether they take it."
    assert {d.change for d in differences(words(old), words(new))} == {Change.NEW, Change.GONE, Change.CHANGED}


def test_the_worst_case_ends_with_the_coordinator_at_a_stated_moment() -> None:
    calls = worst_case(shipped("shelter"), shipped_facts(), str, "en", BEGAN)
    first = [call for call in calls if call.step == "Find a protected place"]
    assert [call.after_seconds for call in first] == [0, 600, 900, 2700]
    assert first[-1].at == BEGAN + timedelta(minutes=45)
    assert "coordinator" in first[-1].what
    assert [call.at for call in calls if call.step == "Take her there safely"][-1] is None


@pytest.mark.parametrize(
    ("seconds", "italian"), [(0, "0 min"), (2700, "45 min"), (5400, "1 h 30 min"), (172_800, "2 giorni")]
)
def test_a_length_of_time_is_told_as_people_say_it(seconds: int, italian: str) -> None:
    assert spoken(seconds, "it") == italian
