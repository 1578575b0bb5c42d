"""A pathway shown to those who did not write it: drawn, in plain words, compared, and its worst case."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from notifiers.language import translator
from procedures.loading import SHIPPED, load_pathway, shipped_competences, shipped_facts, shipped_library
from procedures.placing import competences_of
from procedures.schema import Pathway, StartStep
from procedures.showing import names
from procedures.showing.album import files
from procedures.showing.comparing import Change, differences
from procedures.showing.svg import drawing
from procedures.showing.timetable import Silence, worst_case
from procedures.showing.words import ENDS_PART, Part, plain_words
from tests.unit.marked import ESCORT, FIND_PLACE, only_step, steps

SVG = "{http://www.w3.org/2000/svg}"
NAMES = sorted(shipped_library().current)
TELL = "tell_police: {tell: police, title: {it: Avvisare, en: Tell the police}, needs: [find_place.housed]}\n"


def shipped(name: str) -> Pathway:
    return shipped_library().current[name]


def words(pathway: Pathway, language: str = "en") -> list[Part]:
    return plain_words(pathway, shipped_facts(), translator(language, "procedures").gettext, language)


def elements(image: str, name: str) -> list[ET.Element]:
    # What is parsed here was drawn by this program a moment ago: no stranger's XML.
    return list(ET.fromstring(image).iter(f"{SVG}{name}"))  # noqa: S314 - see above


def drawn(pathway: Pathway, language: str = "en") -> str:
    return drawing(pathway, shipped_facts(), translator(language, "procedures").gettext, language)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["it", "en"])
def test_a_drawing_holds_every_step_and_outcome_and_nothing_that_a_strict_page_refuses(
    name: str, language: str
) -> None:
    image = drawn(shipped(name), language)
    boxes = [rect for rect in elements(image, "rect") if rect.get("stroke-width")]  # those of steps alone have one
    assert len(boxes) == len(shipped(name).steps)
    said = " ".join(text.text or "" for text in elements(image, "text"))
    assert all(names.spaced(outcome.name) in said for outcome in shipped(name).outcomes)
    assert len(elements(image, "title")) == 1
    assert not any(word in image for word in ("<script", "<style", " style=", "href", "<foreignObject"))


@pytest.mark.parametrize("name", NAMES)
def test_whoever_hears_a_drawing_misses_nothing_of_it(name: str) -> None:
    image = drawn(shipped(name), "it")
    (heard,) = elements(image, "desc")
    root = ET.fromstring(image)  # noqa: S314 - see above
    assert root.get("aria-describedby") == heard.get("id")
    spoken = (heard.text or "").split()
    shown = [word for text in elements(image, "text")[2:] for word in (text.text or "").split()]
    assert {word.strip(";.,:()") for word in shown} <= {word.strip(";.,:()") for word in spoken}


def test_the_drawings_in_the_docs_are_those_of_today() -> None:
    folder = Path(__file__).parents[2] / "docs" / "pathways"
    kept = {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}
    assert kept == files(), "make docs"


AGAIN = "  repeat: {every: {fact: risk, high: 1 week, otherwise: 1 month}, first: 2 days, at_most: 12}\n"


def test_a_repeated_step_is_marked_and_says_how_often() -> None:
    once, again = (drawn(load_pathway(steps(ESCORT + more), "a.yaml")) for more in ("", AGAIN))
    said = " ".join(text.text or "" for text in elements(again, "text"))
    assert "again 1 week after each time where «Level of risk» is high" in said
    assert "otherwise 1 month after each time the first time 2 days after it could at most 12 times" in said
    assert len(elements(again, "g")) - len(elements(once, "g")) == 1


def test_a_step_that_needs_a_result_names_it_where_the_arrow_arrives() -> None:
    said = " ".join(text.text or "" for text in elements(drawn(shipped("shelter")), "text"))
    assert "once: «Housed in a protected place»" in said


SIGNAL = (
    "signals: {found: {title: {it: Trovato, en: A place was found}, from: [operator, police], sets: {risk: high}}}\n"
)


def test_what_comes_from_outside_has_a_lane_that_says_who_gives_it_and_what_it_does() -> None:
    pathway = load_pathway(
        SIGNAL.replace("police", "risk_assessment") + steps(ESCORT + "  needs: [signal.found]\n"), "a"
    )
    said = " ".join(text.text or "" for text in elements(drawn(pathway), "text"))
    assert "what comes from outside" in said
    assert "from: the operator at the desk, risk assessment begins: Escort changes: Level of risk" in said


def test_a_step_without_her_consent_says_so_where_its_pathway_asks_for_it() -> None:
    basis = TELL.rstrip("}\n") + ', basis: {it: "Legge", en: "Law"}}\n'
    said = " ".join(text.text or "" for text in elements(drawn(load_pathway(steps(basis), "a.yaml")), "text"))
    assert "without her consent, by law" in said
    assert drawn(shipped("codice_rosso")).count("without a consent") == 2, "drawn and heard, for the whole of it"


def test_what_a_writer_wrote_cannot_become_markup() -> None:
    image = drawn(load_pathway(only_step(FIND_PLACE.replace("Find a place", "Bed > sofa & more")), "a.yaml"))
    assert any(text.text and "Bed > sofa & more" in text.text for text in elements(image, "text"))


@pytest.mark.parametrize("name", NAMES)
def test_every_step_is_told_in_both_languages_in_whole_sentences(name: str) -> None:
    for language in ("it", "en"):
        parts = words(shipped(name), language)
        outside = ["from-outside"] if shipped(name).signals else []
        assert [part.name for part in parts[1:-1]] == [*outside, *shipped(name).steps]
        sentences = [sentence for part in parts for sentence in part.sentences]
        assert all(sentence.endswith(".") and "{" not in sentence for sentence in sentences)


@pytest.mark.parametrize("name", NAMES)
def test_every_competence_of_the_shipped_procedures_has_a_name_in_both_languages(name: str) -> None:
    placed = [step for step in shipped(name).steps.values() if not isinstance(step, StartStep)]
    assert {asked for step in placed for asked in competences_of(step)} <= set(shipped_competences())


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


def worst(language: str = "en") -> list[Silence]:
    return worst_case(shipped("shelter"), translator(language, "procedures").gettext, language)


def test_the_worst_case_of_a_step_ends_with_the_coordinator() -> None:
    first = worst()[0]
    assert (first.title, first.first) == ("Find a protected place", True)
    assert [(call.after_seconds, call.after) for call in first.calls] == [
        (0, "at once"),
        (600, "10 min"),
        (900, "15 min"),
        (2700, "45 min"),
    ]
    assert "coordinator" in first.calls[-1].what


def test_the_worst_case_says_which_steps_begin_later() -> None:
    assert [silence.title for silence in worst() if silence.first] == ["Find a protected place"]


def test_where_no_rung_comes_at_the_end_of_the_time_to_answer_a_reminder_is_told() -> None:
    ladder = "  escalate: [{after: 1 h, to: coordinator}]\n"
    pathway = load_pathway(only_step(FIND_PLACE + ladder), "a.yaml")
    calls = worst_case(pathway, str, "en")[0].calls
    assert [call.after for call in calls] == ["at once", "15 min", "1 h"]
    assert "reminded" in calls[1].what


def test_lengths_of_time_are_told_in_the_language_of_the_reader() -> None:
    said = {language: names.time("2 working days", language) for language in ("en", "it")}
    assert said == {"en": "2 working days", "it": "2 giorni lavorativi"}


def test_a_step_may_be_called_as_the_part_on_how_it_ends_is() -> None:
    text = only_step(FIND_PLACE.replace("find_place:", "outcomes:")).replace("{done: find_place}", "{done: outcomes}")
    told = words(load_pathway(text, "a.yaml"))
    assert [part.name for part in told] == ["", "outcomes", ENDS_PART]


def test_a_condition_that_is_looked_at_again_is_told_and_drawn_as_such() -> None:
    escort = "escort: {tell: police, title: {it: a, en: Escort}, when: {risk: high}, looked_at: again}\n"
    again = load_pathway(steps(escort), "a.yaml")
    once = load_pathway(steps(escort.replace(", looked_at: again", "")), "a.yaml")
    said = "This is looked at again whenever a fact changes, until the step begins."
    assert said in words(again)[2].sentences
    assert "looked at again" in " ".join(text.text or "" for text in elements(drawn(again), "text"))
    (changed,) = differences(words(once), words(again))
    assert (changed.before, changed.now) == ((), (said,))


HEAD = "pathway: x\nedition: 1\ntitle: {it: A, en: A}\nconsent: x\n"


def test_a_pathway_of_one_step_says_how_it_ends() -> None:
    text = HEAD + "steps: {s: {tell: police, title: {it: B, en: B}}}\n"
    parts = plain_words(load_pathway(text, "x.yaml"), shipped_facts(), str, "en")
    assert parts[-1].sentences == ("When its step is over.",)


def test_a_fact_that_a_pathway_declares_itself_is_called_so_in_words_and_in_the_drawing() -> None:
    text = (SHIPPED / "shelter.yaml").read_text(encoding="utf-8")
    asked = "when: {any: [{risk: [high, imminent]}, {needs_transport: true}]}"
    assert asked in text
    own = "facts: {pets: {type: integer, title: {it: Cani e gatti, en: Dogs and cats}}}\n"
    pathway = load_pathway(text.replace(asked, "when: {pets: {at_least: 1}}") + own, "shelter.yaml")
    assert "Cani e gatti" in " ".join(said for part in words(pathway, "it") for said in part.sentences)
    assert "Dogs and cats" in " ".join(drawn(pathway).split())
