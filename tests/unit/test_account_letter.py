"""What the owner of an account reads: when and what kind of thing, and nothing that anybody else could use."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from notifiers.account_letter import DONE, MOST, compose_account_letter
from notifiers.language import LANGUAGES
from procedures.people import PersonActKind
from tests.unit.test_wording_mail import NEVER_SAID

AT = datetime(2026, 11, 24, 19, 15, tzinfo=UTC)


def test_every_act_has_its_words() -> None:
    assert set(DONE) == set(PersonActKind)


def test_it_reads_like_this_in_italian() -> None:
    done = [(PersonActKind.PASSWORD_SET, AT), (PersonActKind.DEVICE_NEW, AT + timedelta(minutes=1))]
    subject, body = compose_account_letter(done, owner=True, telephone="06 5550 3000", language="it")
    assert subject == "Staffetta: il Suo account"
    assert body == (
        "È stato fatto qualcosa con il Suo account:\n"
        "\n"
        "martedì 24 novembre 2026, ore 20:15: la sua password è stata impostata\n"
        "martedì 24 novembre 2026, ore 20:16: qualcuno è entrato da un dispositivo su cui non era mai stato visto\n"
        "\n"
        "È stata Lei, o ne è al corrente? Allora non c'è niente da fare.\n"
        "\n"
        "Altrimenti telefoni subito a chi gestisce gli account della Sua rete, o al coordinamento: 06 5550 3000.\n"
        "\n"
        "Questa mail non contiene link, e nessuno Le chiederà per questo una password o un codice.\n"
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("owner", [True, False])
@pytest.mark.parametrize("telephone", [None, "06 5550 3000"])
def test_it_is_neutral_and_has_no_link(language: str, owner: bool, telephone: str | None) -> None:
    done = [(kind, AT) for kind in PersonActKind]
    subject, body = compose_account_letter(done, owner=owner, telephone=telephone, language=language)
    assert not NEVER_SAID.search(subject + body)
    assert not re.search(r"https?:|www\.|@|[{}]", subject + body)


def test_of_many_the_latest_are_told_and_the_others_counted() -> None:
    done = [(PersonActKind.DEVICE_NEW, AT + timedelta(days=day)) for day in range(MOST + 3)]
    _, body = compose_account_letter(done, owner=True, telephone=None, language="en")
    assert "Earlier: 3 more." in body
    assert body.count("somebody signed in") == MOST
    assert "Friday 27 November" in body
    assert "Thursday 26 November" not in body
