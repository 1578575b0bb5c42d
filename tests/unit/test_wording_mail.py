"""A mail says reference, urgency, deadline, link and code; a notice has nothing else to give it."""

import re
from dataclasses import fields
from datetime import UTC, datetime
from itertools import product

import pytest

from notifiers.language import LANGUAGES, translator
from notifiers.message import Notice
from notifiers.sentences import SENTENCES
from notifiers.wording import compose
from procedures.events import AlertPurpose
from procedures.urgency import Urgency

DEADLINE = datetime(2026, 11, 24, 19, 15, tzinfo=UTC)
NEVER_SAID = re.compile(
    r"violenz|violence|donna|woman|vittim|victim|figli|child|rifugio|shelter|antiviolenza|legal|psicolog|psycholog"
    r"|polizia|police|ospedale|hospital|rischio|risk|caso C-",
    re.IGNORECASE,
)
PLACES = {"ref", "deadline", "day", "hour", "urgency", "code", "not_us", "telephone"}


def full(purpose: AlertPurpose, **changes: object) -> Notice:
    values: dict[str, object] = {
        "purpose": purpose,
        "ref": "K7QF-2M9T",
        "urgency": Urgency.NOW,
        "answer_by": DEADLINE,
        "link": "https://desk.example.org/h/AAAA",
        "code": "7KM3PX",
    }
    return Notice(**(values | changes))  # type: ignore[arg-type]


def test_every_purpose_has_its_sentences() -> None:
    assert set(SENTENCES) == set(AlertPurpose)


def test_a_notice_has_no_place_for_more() -> None:
    assert [field.name for field in fields(Notice)] == [
        "purpose", "ref", "urgency", "answer_by", "drill", "again", "link", "code",
        "by_mail", "by_key", "telephone",
    ]  # fmt: skip


def test_the_request_reads_like_this_in_italian() -> None:
    subject, body = compose(full(AlertPurpose.REQUEST), channel="email", language="it")

    assert subject == "Staffetta: riferimento K7QF-2M9T, rispondere entro le 20:15"
    assert body == (
        "Riferimento: K7QF-2M9T\n"
        "Urgenza: subito\n"
        "Termine: martedì 24 novembre 2026, ore 20:15\n"
        "\n"
        "C'è una richiesta per Lei: La preghiamo di indicare se può prenderla in carico.\n"
        "\n"
        "Apra questa pagina e inserisca il codice:\n"
        "https://desk.example.org/h/AAAA\n"
        "Codice: 7KM3PX\n"
    )


def test_the_word_to_the_giver_reads_like_this_in_italian() -> None:
    subject, body = compose(full(AlertPurpose.WORD_TAKEN), channel="email", language="it")

    assert subject == "Staffetta: aggiornamento sul riferimento K7QF-2M9T"
    assert body == (
        "Riferimento: K7QF-2M9T\n\nQuello che ha passato (riferimento K7QF-2M9T) è stato preso in carico.\n"
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("purpose", AlertPurpose)
def test_no_message_names_a_service_a_person_or_the_matter(purpose: AlertPurpose, language: str) -> None:
    for drill, again, deadline, link in product((False, True), (False, True), (None, DEADLINE), (None, "https://x")):
        notice = full(purpose, drill=drill, again=again, answer_by=deadline, link=link, code=link and "7KM3PX")
        for channel in ("email", "sms"):
            said = " ".join(compose(notice, channel=channel, language=language))
            assert not NEVER_SAID.search(said), said
            assert "None" not in said
            assert "{" not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_have_no_places_but_those_of_a_notice(language: str) -> None:
    catalogue = translator(language, "notifiers")
    for sentences in SENTENCES.values():
        for sentence in (sentences.mail, sentences.sms, sentences.sms_undated):
            said = catalogue.gettext(sentence) if sentence else ""
            assert set(re.findall(r"\{(\w*)", said)) <= PLACES


@pytest.mark.parametrize("language", LANGUAGES)
def test_subjects_are_plain_ascii_so_that_no_header_is_ever_encoded(language: str) -> None:
    for purpose, urgency, deadline, drill in product(AlertPurpose, Urgency, (None, DEADLINE), (False, True)):
        notice = full(purpose, urgency=urgency, answer_by=deadline, drill=drill)
        subject, _ = compose(notice, channel="email", language=language)
        assert subject.isascii()
        assert subject.isprintable()
        assert "7KM3PX" not in subject
        assert notice.ref in subject


def test_what_is_not_due_within_the_hour_names_its_day_in_the_subject() -> None:
    subject, _ = compose(full(AlertPurpose.REQUEST, urgency=Urgency.PLANNED), channel="email", language="it")
    assert subject == "Staffetta: riferimento K7QF-2M9T, rispondere entro le 20:15 del 24 novembre"


@pytest.mark.parametrize(("language", "word"), [("it", "ESERCITAZIONE"), ("en", "DRILL")])
def test_a_drill_says_so_first_in_subject_and_body(language: str, word: str) -> None:
    for purpose in AlertPurpose:
        subject, body = compose(full(purpose, drill=True), channel="email", language=language)
        assert subject.startswith(word)
        assert body.startswith(word)


def test_a_language_we_do_not_speak_is_italian() -> None:
    assert compose(full(AlertPurpose.REQUEST), channel="email", language="de") == compose(
        full(AlertPurpose.REQUEST), channel="email", language="it"
    )


@pytest.mark.parametrize(
    ("deadline", "expected"),
    [
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "domenica 25 ottobre 2026, ore 02:30 (ora legale)"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "domenica 25 ottobre 2026, ore 02:30 (ora solare)"),
        (datetime(2026, 10, 25, 2, 0, tzinfo=UTC), "domenica 25 ottobre 2026, ore 03:00"),
        (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), "domenica 28 marzo 2027, ore 01:59"),
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "domenica 28 marzo 2027, ore 03:00"),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "venerdì 1 gennaio 2027, ore 00:30"),
    ],
)
def test_a_deadline_is_exact_even_when_the_clocks_change(deadline: datetime, expected: str) -> None:
    _, body = compose(full(AlertPurpose.REQUEST, answer_by=deadline), channel="email", language="it")
    assert f"Termine: {expected}\n" in body


@pytest.mark.parametrize("purpose", [purpose for purpose, sentences in SENTENCES.items() if sentences.news])
def test_news_ask_for_nothing(purpose: AlertPurpose) -> None:
    _, body = compose(full(purpose), channel="email", language="it")
    assert "https://" not in body
    assert "7KM3PX" not in body
    assert "20:15" not in body
