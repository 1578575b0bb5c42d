"""Every SMS fits one segment of the GSM alphabet, with the longest values that can be in it."""

from datetime import UTC, datetime
from itertools import product

import pytest

from notifiers.gsm import SEGMENT, OutsideGsmAlphabet, septets
from notifiers.language import LANGUAGES
from notifiers.message import Notice
from notifiers.wording import compose
from procedures.alert_events import ECHOES
from procedures.events import AlertPurpose
from procedures.urgency import Urgency

LONGEST_LINK = "https://" + "staffetta.rete.example.org/h/".ljust(52, "W")
HOUR_THAT_COMES_TWICE = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
ORDINARY = datetime(2026, 11, 24, 19, 15, tzinfo=UTC)


def every_notice(purpose: AlertPurpose) -> list[Notice]:
    return [
        Notice(purpose, "K7QF-2M9T", urgency, deadline, drill, again, link, "WWWWWW" if link else None)
        for urgency, deadline, drill, again, link in product(
            Urgency, (None, ORDINARY, HOUR_THAT_COMES_TWICE), (False, True), (False, True), (None, LONGEST_LINK)
        )
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("purpose", sorted(ECHOES))
def test_an_echo_says_whom_to_telephone(purpose: AlertPurpose, language: str) -> None:
    notice = Notice(purpose, "K7QF-2M9T", Urgency.NOW, drill=True, telephone="+390655500099123")
    _, text = compose(notice, channel="sms", language=language)
    assert septets(text) <= SEGMENT
    assert ("+390655500099123" in text) is (purpose is not AlertPurpose.ECHO_COORDINATOR)
    assert "http" not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("purpose", AlertPurpose)
def test_text_lint(purpose: AlertPurpose, language: str) -> None:
    assert len(LONGEST_LINK) == 60
    for notice in every_notice(purpose):
        subject, text = compose(notice, channel="sms", language=language)
        assert subject == ""
        assert septets(text) <= SEGMENT, text
        assert "{" not in text
        assert "  " not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_request_says_reference_haste_deadline_link_and_code(language: str) -> None:
    notice = Notice(
        AlertPurpose.REQUEST, "K7QF-2M9T", Urgency.NOW, ORDINARY, link="https://desk.example.org/h/x", code="7KM3PX"
    )
    expected = {
        "it": "Staffetta K7QF-2M9T. SUBITO. Rispondere entro 24/11 20:15: https://desk.example.org/h/x cod. 7KM3PX",
        "en": "Staffetta K7QF-2M9T. NOW. Please answer by 24/11 20:15: https://desk.example.org/h/x code 7KM3PX",
    }
    assert compose(notice, channel="sms", language=language)[1] == expected[language]


def test_a_drill_says_so_before_anything_else() -> None:
    for purpose, language in product(AlertPurpose, LANGUAGES):
        notice = Notice(purpose, "K7QF-2M9T", Urgency.NOW, ORDINARY, drill=True)
        text = compose(notice, channel="sms", language=language)[1]
        assert text.startswith({"it": "ESERCITAZIONE ", "en": "DRILL "}[language])


def test_a_repeat_can_be_told_from_the_first() -> None:
    first = Notice(AlertPurpose.REQUEST, "K7QF-2M9T", Urgency.NOW, ORDINARY)
    again = Notice(AlertPurpose.REQUEST, "K7QF-2M9T", Urgency.NOW, ORDINARY, again=True)
    assert "K7QF-2M9T bis." in compose(again, channel="sms", language="it")[1]
    assert "bis" not in compose(first, channel="sms", language="it")[1]


@pytest.mark.parametrize(("text", "length"), [("", 0), ("perché: è così", 14), ("[€]", 6), ("a" * 160, 160)])
def test_septets_are_counted_as_the_standard_does(text: str, length: int) -> None:
    assert septets(text) == length


@pytest.mark.parametrize("text", ["È", "\N{EN DASH}", "“", "ê", "😀"])
def test_a_character_outside_the_alphabet_is_named(text: str) -> None:
    with pytest.raises(OutsideGsmAlphabet, match=r"U\+"):
        septets(text)
