"""What a link of a message can do, and when it stops."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models.links import WRONG_CODES, Link, LinkStatus, code_fits, find_link, link_code, link_token
from models.outbox import Delivery, SettledResult
from models.tables import LinkRecord
from procedures.commands import (
    AcceptHandoff,
    CancelCase,
    CompleteHandoff,
    DeclineHandoff,
    PassDeadline,
    RenewLink,
    Road,
)
from procedures.events import AlertPurpose, LinkUse
from tests.houses import CARRIERS, START, Told, everything_written, only_handoff


@pytest.fixture
def told(tmp_path: Path, database_settings: str) -> Iterator[Told]:
    told = Told(tmp_path / "data", CARRIERS + database_settings)
    told.opened()
    yield told
    told.close()


def link(told: Told, delivery: Delivery) -> Link:
    token = link_token(told.house.keyring.token_key, delivery.delivery_id)
    found = find_link(told.house.database, token, told.clock.now())
    assert found is not None
    return found


def asked(told: Told, purpose: AlertPurpose = AlertPurpose.REQUEST) -> Delivery:
    return next(delivery for delivery in told.sent() if delivery.purpose is purpose)


def test_a_link_leads_to_its_handoff(told: Told) -> None:
    delivery = asked(told)
    found = link(told, delivery)
    assert (found.about_ref, found.use, found.status) == (delivery.ref, LinkUse.ANSWER, LinkStatus.GOOD)
    assert found.actor == f"person:{delivery.person}"


def test_a_token_that_no_message_carried_opens_nothing(told: Told) -> None:
    assert find_link(told.house.database, "A" * 22, told.clock.now()) is None


def test_only_the_hash_of_a_token_is_kept(told: Told) -> None:
    delivery = asked(told)
    token = link_token(told.house.keyring.token_key, delivery.delivery_id)
    with told.house.database.read() as connection:
        assert token not in connection.execute(select(LinkRecord.token_hash)).scalars().all()
    written = everything_written(told)
    assert delivery.delivery_id.encode() in written, "the scan must be able to find something"
    assert token.encode() not in written


def test_a_link_ends_after_72_hours_at_most(told: Told) -> None:
    delivery = asked(told)
    told.clock.pass_by(hours=71, minutes=59)
    assert link(told, delivery).status is LinkStatus.GOOD
    told.clock.pass_by(minutes=1)
    assert link(told, delivery).status is LinkStatus.EXPIRED


def test_an_answer_closes_the_links_over_every_channel(told: Told) -> None:
    (mail,) = told.claimed()
    told.settled(mail, SettledResult.UNCERTAIN)
    (text,) = told.sent()
    assert link(told, mail).status is link(told, text).status is LinkStatus.GOOD
    told.say(DeclineHandoff, ref=mail.ref, reason="full")
    assert link(told, mail).status is link(told, text).status is LinkStatus.USED


def test_taking_it_brings_a_fresh_link_for_the_result(told: Told) -> None:
    request = asked(told)
    told.say(AcceptHandoff, ref=request.ref)
    assert link(told, request).status is LinkStatus.USED
    result = link(told, asked(told, AlertPurpose.RESULT_LINK))
    assert (result.use, result.status, result.expires_at) == (
        LinkUse.RESULT,
        LinkStatus.GOOD,
        START + timedelta(hours=4),
    )


def test_a_renewed_link_replaces_the_one_before(told: Told) -> None:
    ref = asked(told).ref
    told.say(AcceptHandoff, ref=ref)
    first = asked(told, AlertPurpose.RESULT_LINK)
    told.say(RenewLink, ref=ref)
    second = asked(told, AlertPurpose.RESULT_LINK)
    assert first.person == second.person
    assert link(told, first).status is LinkStatus.SUPERSEDED
    assert link(told, second).status is LinkStatus.GOOD
    told.say(CompleteHandoff, ref=ref, result="no_place", evidence={"places_asked": 3})
    assert link(told, second).status is LinkStatus.USED


def test_silence_withdraws_the_link(told: Told) -> None:
    delivery = asked(told)
    told.clock.pass_by(minutes=15)
    told.say(PassDeadline, actor="clock", road=Road.CLOCK)
    assert link(told, delivery).status is LinkStatus.WITHDRAWN


def test_a_cancelled_case_withdraws_the_link(told: Told) -> None:
    delivery = asked(told)
    told.say(CancelCase, reason="her_wish")
    assert link(told, delivery).status is LinkStatus.WITHDRAWN


def test_the_code_of_the_message_fits_however_it_is_typed(told: Told) -> None:
    delivery = asked(told)
    key = told.house.keyring.token_key
    code = link_code(key, delivery.delivery_id)
    typed = f" {code[:3].lower()}-{code[3:]} "
    assert code_fits(told.house.database, key, link(told, delivery), typed, told.clock.now())


def test_ten_wrong_codes_block_the_link_even_for_the_right_one(told: Told) -> None:
    delivery = asked(told)
    key, database = told.house.keyring.token_key, told.house.database
    seen_before = link(told, delivery)
    for _ in range(WRONG_CODES):
        assert not code_fits(database, key, link(told, delivery), "222222", told.clock.now())
    assert link(told, delivery).status is LinkStatus.BLOCKED
    right = link_code(key, delivery.delivery_id)
    assert not code_fits(database, key, seen_before, right, told.clock.now())


def test_a_right_code_on_a_used_link_still_fits_so_that_a_late_answer_is_heard(told: Told) -> None:
    ref = only_handoff(told.say(PassDeadline)).ref
    delivery = asked(told)
    told.say(DeclineHandoff, ref=ref, reason="full")
    key = told.house.keyring.token_key
    assert link(told, delivery).status is LinkStatus.USED
    assert code_fits(
        told.house.database, key, link(told, delivery), link_code(key, delivery.delivery_id), told.clock.now()
    )
