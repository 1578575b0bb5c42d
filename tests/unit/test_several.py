"""Several requests in one mail: how many, which first, and for each all that is needed to answer it."""

from datetime import UTC, datetime, timedelta

import pytest

from notifiers.message import Notice
from notifiers.several import compose_several
from procedures.events import AlertPurpose
from procedures.urgency import Urgency

AT = datetime(2026, 12, 1, 21, 0, tzinfo=UTC)


def notices(*, drill: bool = False) -> list[Notice]:
    return [
        Notice(
            AlertPurpose.REQUEST,
            ref=f"33MX0-6S3P{number}",
            urgency=Urgency.NOW if number else Urgency.PLANNED,
            answer_by=AT - timedelta(hours=number) if number else None,
            drill=drill,
            link=f"https://staffetta.example.org/h/{number}" + "x" * 21,
            code=f"K7QF2{number}",
        )
        for number in range(3)
    ]


@pytest.mark.parametrize(
    ("language", "many", "first"),
    [
        ("it", "Staffetta: 3 richieste, rispondere alla prima entro", "1 di 3. Riferimento: 33MX0-6S3P2"),
        ("en", "Staffetta: 3 requests, please answer the first by", "1 of 3. Reference: 33MX0-6S3P2"),
    ],
)
def test_it_says_how_many_and_when_the_first_is_due(language: str, many: str, first: str) -> None:
    subject, body = compose_several(notices(), language=language)
    assert subject.startswith(many)
    assert subject.endswith("20:00"), "the earliest is due at 19:00 UTC"
    assert first in body
    for one in notices():
        assert body.count(one.ref) == body.count(str(one.link)) == body.count(str(one.code)) == 1


def test_where_none_is_dated_and_in_a_drill_it_says_so() -> None:
    undated = [notices(drill=True)[0]] * 2
    subject, body = compose_several(undated, language="it")
    assert subject == "ESERCITAZIONE - Staffetta: 2 richieste attendono una risposta"
    assert body.startswith("ESERCITAZIONE")
