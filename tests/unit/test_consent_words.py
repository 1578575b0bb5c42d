"""Consents, what she is told and whom a pathway is about, as they are written, and what of it is refused."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from notifiers.language import translator
from procedures.language.consents import ConsentGiver, Governs, Subject
from procedures.loading import check_texts, load_pathway, shipped_facts, started_by
from procedures.schema import Need, NeedKind, Pathway
from procedures.showing.svg import drawing
from procedures.showing.words import plain_words
from tests.unit.marked import ESCORT, FIND_PLACE, faults_of, only_step, place_of_mark, steps

LAW = "  basis: {it: Legge, en: Law}\n"
WARN = "warn:\n  tell: police\n  title: {it: Avvisare, en: Warn}\n" + LAW
TALK = ESCORT.replace("escort:", "talk:")
TOLD = WARN + "  told_in: talk\n"


def pieces(*texts: str) -> str:
    """A pathway of these steps."""
    return only_step("".join(texts))


def consent(words: str, subject: str = "child") -> str:
    """A pathway of one step with this consent."""
    return f"subject: {subject}\n" + only_step(FIND_PLACE).replace("consent: shelter", f"consent: {words}")


WRONG_CONSENTS = [
    ("missing", consent("»{from: a_parent}")),
    ("unknown-word", consent("{of: shelter, »who: a_parent}")),
    ("unknown-word", consent("{of: shelter, from: »mum}")),
    ("unknown-word", consent("{of: shelter, governs: »whom}")),
    ("bad-name", consent("{of: »Shelter}")),
    ("expected", consent("»[shelter]")),
    ("no-birthday", consent("{of: shelter, from: »a_parent}", "survivor")),
    ("no-birthday", consent("{of: shelter, from: »guardian}", "author")),
    ("terms-of-none", consent("{of: none, from: »a_parent}") + "basis: {it: Legge, en: Law}\n"),
    ("no-basis", consent("»{of: none}")),
    ("misspelt-word", consent("shelter", "»chld")),
    ("told-with-consent", pieces(FIND_PLACE + "  told_in: »talk\n", TALK)),
    ("told-with-consent", pieces(FIND_PLACE + "  consent: shelter\n  told_in: »talk\n", TALK)),
    ("unknown-step", steps(WARN + "  told_in: »talks\n", TALK)),
    ("untold-of-nothing", steps(TALK + "  results: {»away: {untold: true}}\n")),
    (
        "never-told-later",
        steps(TOLD, TALK + "  results: {told: {}, away: {untold: true}}\n  anew: »never\n"),
    ),
    ("not-a-talk", steps(TOLD.replace("told_in: talk", "told_in: »again"), WARN.replace("warn:", "again:"))),
    ("tells-itself", pieces(FIND_PLACE + LAW + "  told_in: »find_place\n")),
    ("talk-moved", steps(TOLD, TALK + "  needs: »[warn]\n")),
    ("talk-moved", steps(TOLD, TALK + "  when: »{risk: high}\n")),
    ("talk-moved", steps(TOLD, TALK + "  consent: »shelter\n")),
    ("needs-cycle", steps(TOLD + "  needs: [talk]\n", TALK).replace("  warn:", "  »warn:")),
    ("anothers-fact", "subject: child\n" + pieces(FIND_PLACE + "  when: {»risk: high}\n")),
    ("anothers-fact", "subject: author\n" + pieces(FIND_PLACE.replace("4 h", "»4 h of fact.incident_at"))),
    ("anothers-fact", pieces(FIND_PLACE.replace("4 h", "»4 h of fact.child_born_on"))),
    (
        "anothers-fact",
        "subject: child\n" + pieces(FIND_PLACE.replace("no_place: {}", "no_place: {sets: {»needs_shelter: true}}")),
    ),
    (
        "anothers-fact",
        "subject: author\n" + pieces(FIND_PLACE.replace("no_place: {}", "no_place: {evidence: {level: »fact.risk}}")),
    ),
]


@pytest.mark.parametrize(("code", "text"), WRONG_CONSENTS)
def test_a_wrong_word_about_consents_is_refused_at_its_place(code: str, text: str) -> None:
    text, line, column = place_of_mark(text)
    assert (code, line, column) in [(f.code, f.line, f.column) for f in faults_of(load_pathway, text)]


def test_a_talk_in_which_she_counts_as_told_however_it_ends_is_warned_of() -> None:
    always = steps(TOLD, TALK + "  results: {told: {}, away: {}}\n")
    assert "always-told" in [fault.code for fault in check_texts({"a.yaml": always})]
    said = always.replace("away: {}", "away: {untold: true}")
    assert "always-told" not in [fault.code for fault in check_texts({"a.yaml": said})]


def read(text: str) -> Pathway:
    return load_pathway(text, "right.yaml")


def test_a_consent_says_from_whom_it_comes_and_what_hangs_on_it() -> None:
    pathway = read(consent("{of: shelter, from: a_parent, governs: what_is_said}"))
    assert pathway.subject is Subject.CHILD
    assert (pathway.consent, pathway.consent_from) == ("child.shelter", ConsentGiver.A_PARENT)
    step = pathway.steps["find_place"]
    assert (step.consent, step.consent_from, step.governs) == (
        "child.shelter",
        ConsentGiver.A_PARENT,
        Governs.WHAT_IS_SAID,
    )


def test_a_name_alone_is_her_own_consent_to_whether() -> None:
    step = read(only_step(FIND_PLACE)).steps["find_place"]
    assert (step.consent, step.consent_from, step.governs) == ("shelter", ConsentGiver.HERSELF, Governs.WHETHER)


def test_the_step_in_which_she_is_told_stands_after_those_that_name_it() -> None:
    pathway = read(steps(TOLD, TALK))
    assert pathway.steps["warn"].told_in == "talk"
    assert pathway.steps["talk"].needs == Need(kind=NeedKind.STEP, step="warn")


def test_a_whole_pathway_on_a_basis_says_once_where_she_is_told() -> None:
    text = steps(TALK).replace("consent: shelter", "consent: none\nbasis: {it: Legge, en: Law}\ntold_in: talk")
    pathway = read(text)
    assert (pathway.steps["find_place"].told_in, pathway.steps["talk"].told_in) == ("talk", None)


def test_what_concerns_everybody_in_the_case_may_be_asked_about_on_both_sides() -> None:
    for subject in Subject:
        pathway = read(f"subject: {subject}\n" + pieces(FIND_PLACE + "  when: {children_present: true}\n"))
        assert pathway.subject is subject
        when = pathway.steps["find_place"].when
        assert when is not None
        assert when.fact == "children_present"


PARENT = "{of: support, from: a_parent, governs: what_is_said}"
CHILD = f"""pathway: help_for_the_child
edition: 1
title: {{it: Aiuto al minore, en: Help for the child}}
subject: child
consent: {PARENT}
steps: {{support: {{tell: psychological_support, title: {{it: Sostegno, en: Support}}}}}}
"""
STARTS_IT = "help:\n  start: help_for_the_child\n  title: {it: Aiuto, en: Help for the child}\n"


def seen(pathway: Pathway, *others: Pathway, language: str = "en") -> tuple[str, str]:
    """What is drawn, and what is heard of it."""
    say = translator(language, "procedures").gettext
    image = drawing(pathway, shipped_facts(), say, language, {other.name: other for other in others})
    root = ET.fromstring(image)  # noqa: S314 - drawn by this program a moment ago
    texts, heard = root.iter("{http://www.w3.org/2000/svg}text"), root.find("{http://www.w3.org/2000/svg}desc")
    assert heard is not None
    return " ".join(text.text or "" for text in texts), heard.text or ""


def test_a_drawing_says_whom_it_is_about_who_consents_and_what_hangs_on_that() -> None:
    told = "about: the child · consent: support · said by: a parent · without it: not said whom it is for"
    for said in seen(read(CHILD)):
        assert told in said
    drawn, _heard = seen(read(CHILD), language="it")
    assert "riguarda: il minore · consenso: support · lo dice: un genitore · senza: non si dice per chi è" in drawn


def test_a_step_that_starts_what_is_about_somebody_else_says_so() -> None:
    own, child = read(steps(STARTS_IT)), read(CHILD)
    for said in seen(own, child):
        assert "about: the child help for the child" in said.replace(";", "")
    assert "about:" not in seen(own)[0]
    (part,) = [part for part in plain_words(own, {}, str, "en", {child.name: child}) if part.name == "help"]
    assert any(
        sentence.startswith("What begins is about the child: it asks for a consent") for sentence in part.sentences
    )


def test_whom_it_is_about_is_known_from_the_files_beside_it(tmp_path: Path) -> None:
    texts = {"own": steps(STARTS_IT), "child": CHILD, "faulty": "pathway: [", "facts": "facts: {}\n"}
    for name, text in texts.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    others = started_by(read(texts["own"]), tmp_path / "own.yaml")
    assert others["help_for_the_child"].subject is Subject.CHILD
    assert "help_for_the_child" not in started_by(read(texts["own"]), Path("shelter"))


def test_what_is_about_the_same_person_is_not_marked() -> None:
    child = read(CHILD.replace("subject: child\n", "").replace(PARENT, "support"))
    assert "about:" not in seen(read(steps(STARTS_IT)), child)[0]


def test_a_drawing_says_in_which_step_she_is_told_and_of_what() -> None:
    drawn, heard = seen(read(steps(TOLD, TALK)))
    assert "without her consent, by law she is told in: «Escort»" in drawn
    assert "she is told of: Warn" in drawn
    assert "she is told of: Warn;" in heard


def test_a_step_with_a_consent_of_its_own_says_which() -> None:
    own = ESCORT + "  consent: {of: transport, governs: what_is_said}\n"
    drawn, _heard = seen(read(steps(own)))
    assert "consent: shelter" in drawn
    assert "consent: transport without it: not said whom it is for" in drawn
    assert drawn.count("consent: shelter") == 1
