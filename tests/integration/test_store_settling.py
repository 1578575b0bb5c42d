"""What is in doubt stands in the trail; and one case that cannot be read keeps no other waiting."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from models.leases import free_leases
from models.outbox import LAPSED, SettledDelivery, SettledResult
from models.recording import read_events
from models.tables import Case, DeliveryRecord
from models.trail import verify
from models.tried import CARRIER_PACED, CARRIER_RESTS
from procedures.commands import AcceptHandoff
from procedures.events import AlertSettled, DeliveryUncertain
from tests.houses import CARRIERS, Told, only_handoff

R = SettledResult


@pytest.fixture
def told(tmp_path: Path, database_settings: str) -> Iterator[Told]:
    told = Told(tmp_path / "data", CARRIERS + database_settings)
    yield told
    told.close()


def doubts(told: Told) -> list[DeliveryUncertain]:
    with told.house.database.read() as connection:
        events = read_events(connection, told.house.keyring, told.case_id)
        return [one.event for one in events if isinstance(one.event, DeliveryUncertain)]


def results(told: Told) -> list[str]:
    with told.house.database.read() as connection:
        events = read_events(connection, told.house.keyring, told.case_id)
        return [one.event.result for one in events if isinstance(one.event, AlertSettled)]


def state_of(told: Told, delivery_id: str) -> str:
    with told.house.database.read() as connection:
        query = select(DeliveryRecord.state).where(DeliveryRecord.delivery_id == delivery_id)
        return str(connection.execute(query).scalar_one())


def test_a_message_that_may_have_arrived_is_said_to_be_uncertain_before_the_next_channel(told: Told) -> None:
    told.opened()
    (mail,) = told.claimed()
    told.settled(mail, R.UNCERTAIN, code="timeout-after-data")
    (doubt,) = doubts(told)
    assert (doubt.channel, doubt.attempt, doubt.code) == ("email", 1, "timeout-after-data")
    assert results(told) == []
    assert verify(told.house.database, told.house.keyring).sound


def test_a_message_whose_sender_died_is_said_to_be_uncertain_when_it_goes_again(told: Told) -> None:
    told.opened()
    told.claimed("dispatcher-1")
    free_leases(told.house.database, "dispatcher-1", told.clock.now())
    (again,) = told.claimed("dispatcher-1")
    told.settled(again, R.ACCEPTED)
    (doubt,) = doubts(told)
    assert (doubt.attempt, doubt.code) == (1, LAPSED)
    assert results(told) == ["accepted"]


def test_what_was_known_to_fail_is_not_called_uncertain(told: Told) -> None:
    told.opened()
    (mail,) = told.claimed()
    told.settled(mail, R.TEMPORARY, code="451")
    told.clock.pass_by(minutes=1)
    (again,) = told.claimed()
    told.settled(again, R.ACCEPTED)
    assert doubts(told) == []


def test_a_no_of_an_attempt_that_was_given_up_is_no_news(told: Told) -> None:
    told.opened()
    (first,) = told.claimed("dispatcher-1", lease_seconds=30)
    told.clock.pass_by(seconds=31)
    (second,) = told.claimed("dispatcher-2")
    told.settled(first, R.PERMANENT, attempt=first.attempt)
    assert state_of(told, second.delivery_id) == "sending"
    told.settled(second, R.ACCEPTED, attempt=second.attempt)
    assert state_of(told, second.delivery_id) == "accepted"
    assert results(told) == ["accepted"]


def test_a_late_yes_counts_over_the_no_of_another_attempt(told: Told) -> None:
    told.opened()
    (first,) = told.claimed("dispatcher-1", lease_seconds=30)
    told.clock.pass_by(seconds=31)
    (second,) = told.claimed("dispatcher-2")
    told.settled(second, R.PERMANENT, attempt=second.attempt)
    told.settled(first, R.ACCEPTED, attempt=first.attempt)
    assert state_of(told, second.delivery_id) == "accepted"
    assert "accepted" in results(told)


@pytest.fixture
def one_is_damaged(told: Told) -> str:
    """Three cases are open; the snapshot of the second can no longer be read. Its id."""
    cases = [told.opened().state.case_id for _ in range(3)]
    with told.house.database.write() as connection:
        connection.execute(update(Case).where(Case.case_id == cases[1]).values(sealed_state=b"\1" + b"x" * 60))
    return cases[1]


def test_one_case_that_cannot_be_read_keeps_no_other_waiting(told: Told, one_is_damaged: str) -> None:
    claimed = told.claimed()
    assert len(claimed) == 3
    words = [SettledDelivery(one.delivery_id, R.ACCEPTED, told.clock.now(), attempt=one.attempt) for one in claimed]
    (stuck,) = told.house.handling.settle(words)
    assert (stuck.case_id, stuck.error) == (one_is_damaged, "SealBroken")
    assert [state_of(told, one.delivery_id) for one in claimed] == ["accepted"] * 3
    told.clock.pass_by(hours=2)
    assert not [one for one in told.claimed() if one.case_id == one_is_damaged]


def test_what_lapsed_of_a_damaged_case_is_given_up_too(told: Told, one_is_damaged: str) -> None:
    for _ in range(2):
        told.claimed(lease_seconds=30)
        told.clock.pass_by(seconds=31)
    assert told.house.handling.settle_lapsed() == 3
    with told.house.database.read() as connection:
        query = select(DeliveryRecord.state).where(DeliveryRecord.case_id == one_is_damaged)
        assert list(connection.execute(query).scalars()) == ["uncertain"]


def test_a_stranger_to_the_outbox_changes_nothing(told: Told) -> None:
    told.opened()
    (mail,) = told.claimed()
    word = SettledDelivery(mail.delivery_id, R.ACCEPTED, told.clock.now())
    assert told.house.handling.settle([replace(word, delivery_id="nobody-knows.1")]) == ()
    assert state_of(told, mail.delivery_id) == "sending"


def noted(told: Told, worker: str = "dispatcher-1") -> SettledDelivery:
    """A message that its carrier took, of which the rules do not know yet."""
    (mail,) = told.claimed(worker)
    word = SettledDelivery(mail.delivery_id, R.ACCEPTED, told.clock.now(), provider_id="queued-7", attempt=mail.attempt)
    told.house.handling.note_taken([word], told.clock.now() + timedelta(seconds=60))
    return word


def test_what_a_carrier_took_is_not_sent_again_by_whoever_follows_and_the_rules_are_told(told: Told) -> None:
    told.opened()
    word = noted(told)
    told.clock.pass_by(seconds=2)
    free_leases(told.house.database, "dispatcher-1", told.clock.now())
    assert told.claimed("dispatcher-1") == ()
    assert told.house.handling.settle_lapsed() == 1
    assert (state_of(told, word.delivery_id), results(told), doubts(told)) == ("accepted", ["accepted"], [])
    with told.house.database.read() as connection:
        row = connection.execute(select(DeliveryRecord.settled_at, DeliveryRecord.provider_id)).one()
    assert (row.settled_at, row.provider_id) == (word.at, "queued-7")
    assert verify(told.house.database, told.house.keyring).sound


def test_what_was_noted_waits_for_its_own_sender_to_tell_the_rules(told: Told) -> None:
    told.opened()
    word = noted(told)
    told.clock.pass_by(seconds=59)
    assert told.claimed("another") == ()
    assert told.house.handling.settle_lapsed() == 0
    assert (state_of(told, word.delivery_id), results(told)) == ("sending", [])
    assert told.house.handling.settle([word]) == ()
    assert told.house.handling.settle([word]) == ()
    assert (state_of(told, word.delivery_id), results(told)) == ("accepted", ["accepted"])


def test_a_word_of_an_attempt_that_somebody_else_repeats_is_not_noted(told: Told) -> None:
    told.opened()
    (mail,) = told.claimed("dispatcher-1")
    free_leases(told.house.database, "dispatcher-1", told.clock.now())
    (again,) = told.claimed("dispatcher-1")
    late = SettledDelivery(mail.delivery_id, R.ACCEPTED, told.clock.now(), attempt=mail.attempt)
    told.house.handling.note_taken([late], told.clock.now() + timedelta(seconds=60))
    told.settled(again, R.PERMANENT, code="550")
    assert state_of(told, mail.delivery_id) == "permanent"


def channels(told: Told) -> list[tuple[str, str, str | None]]:
    """Each message of the first alert: its channel, what came of it, and why."""
    table = DeliveryRecord
    query = select(table.channel, table.state, table.code).order_by(table.delivery_id)
    with told.house.database.read() as connection:
        first = connection.execute(select(table.alert_id).order_by(table.delivery_id)).scalars().first()
        return [tuple(row) for row in connection.execute(query.where(table.alert_id == first))]  # type: ignore[misc]  # three columns


def test_a_message_that_comes_back_while_it_waits_for_its_repeat_came_back(told: Told) -> None:
    told.opened()
    (mail,) = told.claimed()
    told.settled(mail, R.PERMANENT, code="550", attempt=mail.attempt)
    (sms,) = told.claimed()
    told.settled(sms, R.UNCERTAIN, code="timeout", attempt=sms.attempt)
    assert state_of(told, sms.delivery_id) == "temporary"
    told.settled(sms, R.PERMANENT, code="undelivered", returned=True)
    assert state_of(told, sms.delivery_id) == "permanent"
    assert results(told) == ["failed"]
    told.clock.pass_by(minutes=10)
    assert sms.delivery_id not in {one.delivery_id for one in told.claimed()}


def test_what_never_left_since_its_carrier_rests_was_not_tried(told: Told) -> None:
    told.opened()
    (mail,) = told.claimed()
    told.settled(mail, R.TEMPORARY, code=CARRIER_RESTS, retry_after=12.0, attempt=mail.attempt)
    (sms,) = told.claimed()
    told.settled(sms, R.PERMANENT, code="400", attempt=sms.attempt)
    (again,) = told.claimed()
    assert (again.channel, again.address, again.alert_id) == (mail.channel, mail.address, mail.alert_id)
    told.settled(again, R.ACCEPTED, attempt=again.attempt)
    assert results(told) == ["accepted"]
    assert verify(told.house.database, told.house.keyring).sound


def test_two_carriers_that_rest_are_asked_in_turn_and_then_waited_for(told: Told) -> None:
    told.opened()
    for _ in range(4):
        (taken,) = told.claimed()
        told.settled(taken, R.TEMPORARY, code=CARRIER_RESTS, retry_after=12.0, attempt=taken.attempt)
    assert not told.claimed(), "it waits now, instead of going round"
    assert [one[0] for one in channels(told)] == ["email", "sms", "email", "sms"]
    assert channels(told)[-1][1] == "temporary"
    told.clock.pass_by(minutes=1)
    (waited,) = told.claimed()
    told.settled(waited, R.ACCEPTED, attempt=waited.attempt)
    assert results(told) == ["accepted"]


def test_what_waits_for_its_moment_at_a_carrier_comes_back_at_that_moment(told: Told) -> None:
    told.opened()
    (mail,) = told.claimed()
    told.settled(mail, R.TEMPORARY, code=CARRIER_PACED, retry_after=2.5, attempt=mail.attempt)
    assert not told.claimed()
    told.clock.pass_by(milliseconds=2400)
    assert not told.claimed()
    told.clock.pass_by(milliseconds=100)
    (again,) = told.claimed()
    assert again.delivery_id == mail.delivery_id
    told.settled(again, R.ACCEPTED, attempt=again.attempt)
    assert results(told) == ["accepted"]


def test_whoever_would_wait_long_for_her_moment_is_alerted_over_another_channel(told: Told) -> None:
    told.opened()
    (mail,) = told.claimed()
    told.settled(mail, R.TEMPORARY, code=CARRIER_PACED, retry_after=61.0, attempt=mail.attempt)
    (sms,) = told.claimed()
    assert (mail.channel, sms.channel) == ("email", "sms")
    told.settled(sms, R.PERMANENT, code="400", attempt=sms.attempt)
    (again,) = told.claimed()
    assert again.channel == "email", "over that one nothing had left"


def test_what_came_back_does_not_go_over_the_next_channel_once_the_handoff_is_taken(told: Told) -> None:
    ref = only_handoff(told.opened()).ref
    (mail,) = told.claimed()
    told.settled(mail, R.ACCEPTED, attempt=mail.attempt)
    told.settled(mail, R.PERMANENT, code="undelivered", returned=True)
    told.say(AcceptHandoff, ref=ref)
    assert [state_of(told, f"{mail.alert_id}.{number}") for number in (1, 2)] == ["permanent", "withdrawn"]
    assert mail.alert_id not in {one.alert_id for one in told.claimed()}


def test_what_is_under_way_over_the_next_channel_then_is_not_tried_again(told: Told) -> None:
    ref = only_handoff(told.opened()).ref
    (mail,) = told.claimed()
    told.settled(mail, R.UNCERTAIN, attempt=mail.attempt)
    (sms,) = told.claimed()
    told.settled(mail, R.ACCEPTED, attempt=mail.attempt)
    told.say(AcceptHandoff, ref=ref)
    told.settled(sms, R.TEMPORARY, code="429", attempt=sms.attempt)
    assert [state_of(told, one.delivery_id) for one in (mail, sms)] == ["accepted", "withdrawn"]
