"""Beside an alert goes a certified copy where somebody has such a box: evidence, for which nobody waits."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from flows.delivering import message_of
from models.history import attempts_of_run
from models.network import import_network, sample_network
from models.outbox import Delivery, SettledResult
from models.recording import read_events
from models.tables import DeliveryRecord, LinkRecord
from models.trail import verify
from procedures.commands import AcceptHandoff
from procedures.events import AlertSettled
from tests.houses import CARRIERS, Told, only_handoff

R = SettledResult
PEC = '[carriers.pec]\nurl = "staffetta-pec://localhost"\n'
EVERYBODY = re.sub(
    r"\{email: (\S+?)@example.org\}", r"{email: \1@example.org}, {pec: \1@pec.example.org}", sample_network()
)


def house_of(folder: Path, settings: str) -> Told:
    told = Told(folder, settings)
    import_network(told.house.database, EVERYBODY, "network.yaml", told.clock.now())
    return told


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    told = house_of(tmp_path / "data", CARRIERS + PEC)
    yield told
    told.close()


def taken(told: Told) -> tuple[Delivery, Delivery]:
    """The first alert, and its copy."""
    told.opened()
    both = {one.channel: one for one in told.claimed()}
    assert set(both) == {"email", "pec"}
    return both["email"], both["pec"]


def settled_events(told: Told) -> list[tuple[str, str]]:
    with told.house.database.read() as connection:
        events = read_events(connection, told.house.keyring, told.case_id)
        return [(one.event.channel, one.event.result) for one in events if isinstance(one.event, AlertSettled)]


def channels(told: Told, alert_id: str) -> dict[str, str]:
    with told.house.database.read() as connection:
        query = select(DeliveryRecord.channel, DeliveryRecord.state).where(DeliveryRecord.alert_id == alert_id)
        return {row.channel: row.state for row in connection.execute(query)}


def test_the_copy_says_what_was_said_and_opens_nothing(told: Told) -> None:
    mail, copy = taken(told)

    said, certified = message_of(told.house, mail), message_of(told.house, copy)
    assert "/h/" in said.body
    assert "/h/" not in certified.body
    assert "copia certificata" in certified.body
    assert certified.subject == said.subject
    assert certified.message_id != said.message_id
    with told.house.database.read() as connection:
        links = connection.execute(select(LinkRecord.delivery_id)).scalars().all()
    assert links == [mail.delivery_id]


def test_the_rules_hear_of_the_alert_and_never_of_its_copy(told: Told) -> None:
    mail, copy = taken(told)

    told.settled(copy, R.ACCEPTED)
    assert settled_events(told) == []
    told.settled(mail, R.ACCEPTED)
    assert settled_events(told) == [("email", "accepted")]
    assert verify(told.house.database, told.house.keyring).sound


@pytest.mark.parametrize("result", [R.PERMANENT, R.UNCERTAIN, R.TEMPORARY])
def test_what_becomes_of_the_copy_leads_to_no_other_message(told: Told, result: SettledResult) -> None:
    mail, copy = taken(told)
    told.settled(mail, R.ACCEPTED)

    told.settled(copy, result, code="554")
    assert set(channels(told, mail.alert_id)) == {"email", "pec"}
    assert settled_events(told) == [("email", "accepted")]


def test_certified_mail_is_never_the_next_channel(told: Told) -> None:
    mail, copy = taken(told)
    told.settled(copy, R.ACCEPTED)

    told.settled(mail, R.PERMANENT, code="550")
    told.clock.pass_by(seconds=1)
    later = {one.channel for one in told.claimed() if one.alert_id == mail.alert_id}
    assert later <= {"sms"}


def test_a_mail_that_came_back_goes_on_although_its_copy_arrived(told: Told) -> None:
    mail, copy = taken(told)
    told.settled(copy, R.ACCEPTED)
    told.settled(mail, R.ACCEPTED)

    told.settled(mail, R.PERMANENT, code="bounce 5.1.1", returned=True)
    told.clock.pass_by(seconds=1)
    states = channels(told, mail.alert_id)
    assert states["email"] == "permanent"
    assert "sms" in states or ("email", "failed") in settled_events(told)


def test_a_copy_that_came_back_is_noted_and_leads_to_nothing(told: Told) -> None:
    mail, copy = taken(told)
    told.settled(mail, R.ACCEPTED)
    told.settled(copy, R.ACCEPTED)

    told.settled(copy, R.PERMANENT, code="pec no-dest", returned=True)
    assert channels(told, mail.alert_id) == {"email": "accepted", "pec": "permanent"}
    assert settled_events(told) == [("email", "accepted")]


def test_a_copy_that_waits_is_taken_back_with_its_alert(told: Told) -> None:
    opened = told.opened()
    (first, *_) = told.claimed(lease_seconds=30)
    told.say(AcceptHandoff, ref=only_handoff(opened).ref, actor=f"person:{first.person}")
    with told.house.database.read() as connection:
        query = select(DeliveryRecord.withdrawn).where(DeliveryRecord.alert_id == first.alert_id)
        assert set(connection.execute(query).scalars()) == {True}


def test_the_history_does_not_wait_for_a_copy(told: Told) -> None:
    mail, _copy = taken(told)

    attempts = attempts_of_run(told.house.database, mail.run_id)
    assert [one.channel for one in attempts[mail.alert_id]] == ["email"]


def test_without_a_carrier_no_copy_is_made(tmp_path: Path) -> None:
    told = house_of(tmp_path / "bare", CARRIERS)
    told.opened()
    assert {one.channel for one in told.claimed()} == {"email"}
    told.close()
