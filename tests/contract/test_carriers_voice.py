"""What a gateway that calls people is asked for, and what the voice says."""

from datetime import UTC, datetime

import pytest

from cli.demo.gateway import SmsGateway
from notifiers.carriers import Carriers
from notifiers.errors import BadCarrier, MissingSender, SchemeElsewhere
from notifiers.message import Notice
from notifiers.outcomes import Accepted
from notifiers.spoken import compose_spoken, spelled
from notifiers.wording import compose
from procedures.events import AlertPurpose
from procedures.urgency import Urgency
from tests.contract.carrier_worlds import UNHURRIED, message
from tests.contract.test_carriers import calling

ASKED = Notice(
    purpose=AlertPurpose.REQUEST,
    ref="K7QF-2M9T",
    urgency=Urgency.NOW,
    answer_by=datetime(2026, 11, 24, 20, 15, tzinfo=UTC),
    link="https://desk.example.org/h/AAAA",
    code="7KM3PX",
    by_key=True,
)


@pytest.mark.parametrize(("by_key", "keys"), [(True, ["1", "2", "9"]), (False, ["9"])])
async def test_the_gateway_is_told_what_to_say_and_which_keys_mean_something(*, by_key: bool, keys: list[str]) -> None:
    with SmsGateway.start() as gateway:
        async with Carriers({"voice": calling(gateway.url)}, patience=UNHURRIED) as carriers:
            assert isinstance(await carriers.send(message("voice", by_key=by_key)), Accepted)
    (asked,) = gateway.asked()
    assert set(asked) == {"to", "from", "id", "language", "say", "say_before_pin", "keys"}
    assert (asked["keys"], asked["language"], asked["from"]) == (keys, "it", "+390655501001")
    assert ("PIN" in asked["say_before_pin"]) is by_key


@pytest.mark.parametrize("language", ["it", "en"])
def test_a_voice_spells_the_reference_and_reads_neither_link_nor_code(language: str) -> None:
    subject, said = compose(ASKED, channel="voice", language=language)
    assert subject == ""
    assert "K, 7, Q, F; 2, M, 9, T" in said
    assert "21:15" in said
    for never in ("http", "desk.example.org", "7KM3PX", "7, K, M"):
        assert never not in said
    assert ("Premere 1" if language == "it" else "Press 1") in said


def test_where_no_key_is_heard_the_voice_asks_for_none() -> None:
    said = compose_spoken(
        Notice(AlertPurpose.REQUEST, "K7QF-2M9T", Urgency.NOW, link="https://x.example.org/h/A"), language="it"
    )
    assert "Premere 1" not in said
    assert "altri recapiti" in said


@pytest.mark.parametrize("purpose", AlertPurpose)
def test_every_purpose_can_be_read_aloud(purpose: AlertPurpose) -> None:
    for language in ("it", "en"):
        said = compose_spoken(Notice(purpose, "K7QF-2M9T", Urgency.TODAY, drill=True), language=language)
        assert "{" not in said
        assert len(said) < 700


def test_each_group_of_the_reference_has_its_pause() -> None:
    assert spelled("AB-CD") == "A, B; C, D"


@pytest.mark.parametrize(
    ("name", "url", "fault"),
    [
        ("sms", "staffetta-voice://127.0.0.1/?from=+390655501001&tls=none", SchemeElsewhere),
        ("voice", "staffetta-sms://127.0.0.1/?from=Rete&tls=none", SchemeElsewhere),
        ("email", "staffetta-pec://127.0.0.1/?from=a@b.org&tls=none", SchemeElsewhere),
        ("pec", "staffetta-mail://127.0.0.1/?from=a@b.org&tls=none", SchemeElsewhere),
        ("voice", "staffetta-voice://127.0.0.1/?from=Rete&tls=none", MissingSender),
    ],
)
def test_a_scheme_serves_its_own_kind_alone(name: str, url: str, fault: type[BadCarrier]) -> None:
    with pytest.raises(fault):
        Carriers({name: url})
