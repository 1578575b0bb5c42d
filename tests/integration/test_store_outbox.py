"""From an alert that was decided to the carrier's word on it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models.outbox import LAPSED, DeliveryState, SettledResult, claim_one, next_send_at
from models.tables import DeliveryRecord
from models.trail import verify
from models.views import AlertView, case_view
from procedures.case import HandoffState
from procedures.commands import AcceptHandoff, CancelCase, PassDeadline, Road
from procedures.events import AlertPurpose, AlertSettled
from tests.houses import CARRIERS, START, Told, only_handoff

pytestmark = pytest.mark.slow

R = SettledResult


@pytest.fixture
def told(tmp_path: Path, database_settings: str) -> Iterator[Told]:
    told = Told(tmp_path / "data", CARRIERS + database_settings)
    yield told
    assert verify(told.house.database, told.house.keyring).sound
    told.close()


def states(told: Told, purpose: AlertPurpose = AlertPurpose.REQUEST) -> list[tuple[str, str]]:
    query = select(DeliveryRecord.channel, DeliveryRecord.state).where(DeliveryRecord.purpose == purpose.value)
    with told.house.database.read() as connection:
        return [(channel, state) for channel, state in connection.execute(query.order_by(DeliveryRecord.delivery_id))]


def request(told: Told) -> AlertView:
    view = case_view(told.house.database, told.house.keyring, code_of(told))
    return next(alert for alert in view.alerts if alert.purpose is AlertPurpose.REQUEST)


def code_of(told: Told) -> str:
    from models.tables import Case

    with told.house.database.read() as connection:
        return str(connection.execute(select(Case.code).where(Case.case_id == told.case_id)).scalar_one())


def test_a_claimed_delivery_has_what_sending_needs(told: Told) -> None:
    opened = told.opened(drill=True)
    (delivery,) = told.claimed()
    assert delivery.ref == only_handoff(opened).ref
    assert (delivery.channel, delivery.address, delivery.language) == ("email", "olga.ferri@example.org", "it")
    assert (delivery.attempt, delivery.drill, delivery.again) == (1, True, False)
    assert delivery.message_id == f"<{delivery.delivery_id}@staffetta.invalid>"
    assert delivery.answer_by == START + timedelta(minutes=15)


def test_nobody_else_can_claim_what_is_being_sent(told: Told) -> None:
    told.opened()
    (delivery,) = told.claimed("dispatcher-1")
    assert told.claimed("dispatcher-2") == ()
    database, now = told.house.database, told.clock.now()
    assert claim_one(database, delivery.delivery_id, worker="engine", now=now, lease_seconds=30) is None


def test_one_delivery_can_be_claimed_by_its_id(told: Told) -> None:
    told.opened()
    database, now = told.house.database, told.clock.now()
    with database.read() as connection:
        delivery_id = str(connection.execute(select(DeliveryRecord.delivery_id)).scalar_one())
    claimed = claim_one(database, delivery_id, worker="engine", now=now, lease_seconds=30)
    assert claimed is not None
    assert claimed.delivery_id == delivery_id
    assert told.claimed() == ()


def test_a_carrier_that_takes_it_makes_the_handoff_alerted(told: Told) -> None:
    ref = only_handoff(told.opened()).ref
    (delivery,) = told.claimed()
    told.clock.pass_by(seconds=2)
    told.settled(delivery, R.ACCEPTED, provider_id="queued as 4711")
    view = case_view(told.house.database, told.house.keyring, code_of(told))
    assert view.state.handoffs[ref].state is HandoffState.ALERTED
    (sent,) = request(told).deliveries
    assert (sent.state, sent.delay) == (DeliveryState.ACCEPTED, 2.0)


def test_a_word_that_comes_twice_counts_once(told: Told) -> None:
    told.opened()
    (delivery,) = told.claimed()
    told.settled(delivery, R.ACCEPTED)
    told.settled(delivery, R.ACCEPTED)
    told.settled(delivery, R.PERMANENT, code="550")
    assert states(told) == [("email", "accepted")]
    view = case_view(told.house.database, told.house.keyring, code_of(told))
    assert sum(isinstance(entry.recorded.event, AlertSettled) for entry in view.timeline) == 1


def test_a_refused_address_goes_to_the_next_channel_at_once(told: Told) -> None:
    told.opened()
    (mail,) = told.claimed()
    told.settled(mail, R.PERMANENT, code="550")
    (text,) = told.claimed()
    assert (text.channel, text.alert_id, text.attempt) == ("sms", mail.alert_id, 1)
    assert text.message_id != mail.message_id
    assert states(told) == [("email", "permanent"), ("sms", "sending")]


def test_when_every_channel_refused_somebody_else_is_found(told: Told) -> None:
    told.opened()
    for _ in range(2):
        (delivery,) = told.claimed()
        told.settled(delivery, R.PERMANENT, code="550")
    (next_one,) = [d for d in told.claimed() if d.purpose is not AlertPurpose.WORD_EXPIRED]
    assert next_one.person != "olga"


def test_a_busy_carrier_is_asked_again_later_then_the_next_channel(told: Told) -> None:
    told.opened()
    waited = []
    for _ in range(4):
        (delivery,) = told.claimed()
        assert delivery.channel == "email"
        told.settled(delivery, R.TEMPORARY, code="451")
        due = next_send_at(told.house.database)
        assert due is not None
        waited.append((due - told.clock.now()).total_seconds())
        told.clock.at = due
    assert [wanted * 0.8 <= seconds <= wanted * 1.2 for wanted, seconds in zip((15, 60, 300), waited, strict=False)]
    assert waited[3] == 0
    (text,) = told.claimed()
    assert text.channel == "sms"


def test_a_carrier_that_asks_to_wait_past_the_deadline_is_given_up(told: Told) -> None:
    told.opened()
    (mail,) = told.claimed()
    told.settled(mail, R.TEMPORARY, code="451", retry_after=3600.0)
    (text,) = told.claimed()
    assert text.channel == "sms"


def test_what_may_have_arrived_goes_over_the_next_channel_rather_than_again(told: Told) -> None:
    told.opened()
    (mail,) = told.claimed()
    told.settled(mail, R.UNCERTAIN, code="lost-after-data")
    (text,) = told.claimed()
    assert states(told) == [("email", "uncertain"), ("sms", "sending")]
    told.settled(text, R.UNCERTAIN, code="timeout")
    assert states(told)[1] == ("sms", "temporary")
    told.clock.pass_by(seconds=20)
    (again,) = told.claimed()
    assert (again.message_id, again.attempt) == (text.message_id, 2)
    told.settled(again, R.UNCERTAIN, code="timeout")
    assert states(told)[:2] == [("email", "uncertain"), ("sms", "uncertain")]


def test_a_late_yes_makes_an_uncertain_delivery_accepted(told: Told) -> None:
    told.opened()
    (mail,) = told.claimed()
    told.settled(mail, R.UNCERTAIN)
    told.settled(mail, R.ACCEPTED)
    assert states(told)[0] == ("email", "accepted")


def test_a_sender_that_died_is_repeated_once_with_the_same_message_id(told: Told) -> None:
    told.opened()
    (first,) = told.claimed(lease_seconds=30)
    assert next_send_at(told.house.database) == START + timedelta(seconds=30)
    told.clock.pass_by(seconds=31)
    (second,) = told.claimed(lease_seconds=30)
    assert (second.delivery_id, second.message_id, second.attempt) == (first.delivery_id, first.message_id, 2)
    told.clock.pass_by(seconds=31)
    assert told.claimed() == ()
    assert told.house.handling.settle_lapsed() == 1
    assert states(told) == [("email", "uncertain"), ("sms", "queued")]
    assert told.house.handling.settle_lapsed() == 0
    assert request(told).deliveries[0].code == LAPSED


def test_a_yes_that_comes_after_the_lease_still_counts(told: Told) -> None:
    told.opened()
    (delivery,) = told.claimed(lease_seconds=30)
    told.clock.pass_by(seconds=31)
    told.settled(delivery, R.ACCEPTED)
    assert told.claimed() == ()
    assert states(told) == [("email", "accepted")]


def test_an_alert_whose_handoff_was_answered_is_withdrawn(told: Told) -> None:
    ref = only_handoff(told.opened()).ref
    told.say(AcceptHandoff, ref=ref)
    assert states(told) == [("email", "withdrawn")]
    assert AlertPurpose.REQUEST not in {delivery.purpose for delivery in told.claimed()}


def test_what_is_being_sent_when_the_answer_comes_is_not_tried_again(told: Told) -> None:
    ref = only_handoff(told.opened()).ref
    (delivery,) = told.claimed()
    told.say(AcceptHandoff, ref=ref)
    assert states(told) == [("email", "sending")]
    told.settled(delivery, R.TEMPORARY, code="451")
    assert states(told) == [("email", "withdrawn")]


def test_nothing_is_asked_for_a_handoff_that_ended(told: Told) -> None:
    told.opened()
    told.say(CancelCase, reason="her_wish", road=Road.DESK)
    again = "SET state = 'queued', withdrawn = false, next_at = queued_at WHERE purpose = 'request'"
    with told.house.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE deliveries {again}")  # our own words
    assert AlertPurpose.REQUEST not in {delivery.purpose for delivery in told.claimed()}
    assert states(told) == [("email", "withdrawn")]


def test_who_passed_the_baton_gets_word_though_the_handoff_ended(told: Told) -> None:
    told.opened()
    told.sent()
    told.clock.pass_by(minutes=15)
    told.say(PassDeadline, actor="clock", road=Road.CLOCK)
    assert AlertPurpose.WORD_EXPIRED in {delivery.purpose for delivery in told.claimed()}


def test_a_person_without_a_carrier_is_still_put_out_so_that_the_sender_says_so(tmp_path: Path) -> None:
    told = Told(tmp_path / "no-carriers", settings="")
    told.opened()
    (delivery,) = told.claimed()
    assert delivery.channel == "email"
    told.settled(delivery, R.PERMANENT, code="no-carrier")
    assert states(told)[0] == ("email", "permanent")
    told.close()
