"""Somebody tests her own channel: a real message leaves at once, its true outcome is kept, its code proves her."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import select

from cli.demo.gateway import SmsGateway
from cli.demo.mailroom import Stage, Turn
from cli.demo.mailserver import MailServer
from cli.unreachable import reach_line
from flows.delivering import carrier_urls
from flows.journal import open_journal
from flows.own_letters import OwnLetters
from models.channel_tests import channel_states
from models.network import import_network, sample_network
from models.own_letters import Letter, begin_letter, due_letters
from models.own_tables import OwnLetter
from models.reaching import Reached, how_reached, out_of_reach
from models.trail import verify
from models.verifying_channels import OwnChannel, ask_test, channels_of, code_in, type_code
from notifiers.carriers import Carriers
from procedures.verifying_channels import (
    CODE_TRIES,
    TEST_AGAIN_AFTER,
    TESTS_A_DAY,
    CodeOver,
    CodeWrong,
    JustTested,
    NotYourChannel,
    TooManyTests,
)
from tests.houses import Told

ADA = "ada"
BY = "operator:0000"
LEASE = timedelta(minutes=1)


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer.start() as server:
        yield server


@pytest.fixture
def told(tmp_path: Path, mail: MailServer) -> Iterator[Told]:
    told = Told(tmp_path / "data", f'[carriers.email]\nurl = "{mail.url}"\n')
    yield told
    told.close()


@pytest.fixture
async def letters(told: Told) -> AsyncIterator[OwnLetters]:
    carriers = Carriers(carrier_urls(told.house))
    yield OwnLetters(told.house, carriers, open_journal("dispatcher", StringIO()))
    await carriers.aclose()


def channel(told: Told, kind: str = "email", person: str = ADA) -> OwnChannel:
    found = channels_of(told.house, told.house.procedures.directory(), person)
    return next(one for one in found if one.contact.kind.value == kind)


def last(told: Told, kind: str = "email") -> Letter:
    found = channel(told, kind).last
    assert found is not None
    return found


def own_rows(told: Told) -> list[str]:
    with told.house.database.read() as connection:
        return list(connection.scalars(select(OwnLetter.letter_id)))


async def sent(told: Told, letters: OwnLetters, kind: str) -> str:
    """The code that the message had."""
    letter = ask_test(told.house, ADA, channel(told, kind).name, BY)
    await letters.look()
    return code_in(told.house.keyring.token_key, letter)


async def test_a_test_is_a_real_message_with_a_code_that_verifies_the_channel(
    told: Told, mail: MailServer, letters: OwnLetters
) -> None:
    assert channel(told).last is None
    code = await sent(told, letters, "email")
    (received,) = mail.received()
    assert received.recipient == channel(told).contact.address
    assert code in received.body
    assert "http" not in received.body
    assert (last(told).state, last(told).code) == ("accepted", None)
    assert channel(told).worked_at == told.clock.now()
    assert not channel(told).verified
    type_code(told.house, ADA, channel(told).name, f" {code[:3]} {code[3:]}", BY)
    assert channel(told).verified
    assert verify(told.house.database, told.house.keyring).sound
    with pytest.raises(CodeOver):
        type_code(told.house, ADA, channel(told).name, code, BY)


async def test_a_refusal_is_the_outcome_and_stands_where_the_network_looks(
    told: Told, mail: MailServer, letters: OwnLetters
) -> None:
    mail.misbehave(Turn(Stage.RCPT, "550 no such mailbox"))
    await sent(told, letters, "email")
    assert (last(told).state, last(told).code) == ("permanent", "550")
    assert channel(told).worked_at is None
    states = channel_states(told.house.database, told.house.procedures.directory(), told.clock.now())
    assert [one.code for one in states if (one.person, one.channel) == (ADA, "email")] == ["550"]


async def test_without_a_carrier_it_is_said_at_once(told: Told, letters: OwnLetters) -> None:
    await sent(told, letters, "sms")
    assert (last(told, "sms").state, last(told, "sms").code) == ("permanent", "no-carrier")


async def test_what_is_not_taken_now_is_tried_again_and_then_given_up(
    told: Told, mail: MailServer, letters: OwnLetters
) -> None:
    mail.misbehave(*[Turn(Stage.RCPT, "451 later")] * 3)
    await sent(told, letters, "email")
    assert (last(told).state, last(told).is_over) == ("temporary", False)
    for _ in range(2):
        told.clock.pass_by(minutes=1)
        await letters.look()
    assert (last(told).state, last(told).attempt, last(told).is_over) == ("permanent", 3, True)
    assert not due_letters(told.house.database, told.clock.now() + timedelta(days=1))


async def test_a_sender_that_did_not_come_back_leaves_a_doubt_and_no_second_message(
    told: Told, mail: MailServer, letters: OwnLetters
) -> None:
    ask_test(told.house, ADA, channel(told).name, BY)
    (due,) = due_letters(told.house.database, told.clock.now())
    assert begin_letter(told.house.database, due, told.clock.now(), LEASE)
    assert not begin_letter(told.house.database, due, told.clock.now(), LEASE)
    told.clock.pass_by(minutes=2)
    await letters.look()
    assert (last(told).state, last(told).code) == ("uncertain", "lease-lapsed")
    assert not mail.received()


async def test_a_code_is_for_ten_minutes_five_tries_and_the_last_message_alone(told: Told, letters: OwnLetters) -> None:
    name = channel(told).name
    with pytest.raises(CodeOver):
        type_code(told.house, ADA, name, "123456", BY)
    code = await sent(told, letters, "email")
    told.clock.pass_by(minutes=10, seconds=1)
    with pytest.raises(CodeOver):
        type_code(told.house, ADA, name, code, BY)
    newer = await sent(told, letters, "email")
    for left in reversed(range(CODE_TRIES)):
        with pytest.raises(CodeWrong) as refused:
            type_code(told.house, ADA, name, code if code != newer else "", BY)
        assert refused.value.data["left"] == left
    with pytest.raises(CodeOver):
        type_code(told.house, ADA, name, newer, BY)
    assert not channel(told).verified


async def test_it_is_not_pressed_all_day_nor_for_a_channel_that_is_gone(told: Told, letters: OwnLetters) -> None:
    name = channel(told).name
    ask_test(told.house, ADA, name, BY)
    with pytest.raises(JustTested):
        ask_test(told.house, ADA, name, BY)
    moved = sample_network().replace("ada.fontana@example.org", "ada.nuova@example.org")
    import_network(told.house.database, moved, "network.yaml", told.clock.now())
    await letters.look()
    with pytest.raises(NotYourChannel):
        ask_test(told.house, ADA, name, BY)
    assert channel(told).last is None
    for _ in range(TESTS_A_DAY - 1):
        ask_test(told.house, ADA, channel(told).name, BY)
        told.clock.pass_by(seconds=TEST_AGAIN_AFTER.total_seconds())
    with pytest.raises(TooManyTests):
        ask_test(told.house, ADA, channel(told).name, BY)


async def test_when_everybody_of_a_coordination_tested_in_vain_it_is_among_those_that_nobody_reaches(
    told: Told, mail: MailServer, letters: OwnLetters
) -> None:
    directory = told.house.procedures.directory()

    def out() -> set[str]:
        return {one.id for one in out_of_reach(told.house.database, directory, ["email"], told.clock.now())}

    assert "coordinamento_valle" not in out()
    for person in directory.coordinators["coordinamento_valle"].people:
        mail.misbehave(Turn(Stage.RCPT, "550 no such mailbox"))
        ask_test(told.house, person, channel(told, person=person).name, BY)
        await letters.look()
    assert "coordinamento_valle" in out()


async def test_of_each_service_it_is_known_whether_a_message_reaches_it(told: Told, letters: OwnLetters) -> None:
    def how(service: str) -> Reached:
        directory = told.house.procedures.directory()
        found = how_reached(told.house.database, directory, ["email"], told.clock.now())
        return next(state for party, state in found if party.id == service)

    service = next(one for one in told.house.procedures.directory().services.values() if one.referent == ADA)
    assert how(service.id) is Reached.UNTESTED
    directory = told.house.procedures.directory()
    assert f" {len(directory.services) + len(directory.coordinators)} " in reach_line(told.house)
    code = await sent(told, letters, "email")
    assert how(service.id) is Reached.TAKEN
    type_code(told.house, ADA, channel(told).name, code, BY)
    assert how(service.id) is Reached.VERIFIED
    told.clock.pass_by(days=63)
    assert how(service.id) is Reached.STALE
    told.clock.pass_by(days=340)
    await sent(told, letters, "email")
    assert len(own_rows(told)) == 1, "of a test of more than a year ago nothing is kept"


async def test_a_telephone_is_tested_over_the_gateway_and_verified_by_its_code(told: Told) -> None:
    house = told.house
    with SmsGateway.start() as gateway:
        carriers = Carriers({"sms": gateway.url})
        ask_test(house, ADA, channel(told, "sms").name, BY)
        await OwnLetters(house, carriers, open_journal("dispatcher", StringIO())).look()
        await carriers.aclose()
        (received,) = gateway.received()
    assert received.recipient.endswith("065550 1001".replace(" ", ""))
    code = re.search(r"\b\d{6}\b", received.body)
    assert code is not None
    assert (last(told, "sms").state, channel(told, "sms").verified) == ("accepted", False)
    type_code(house, ADA, channel(told, "sms").name, code[0], BY)
    assert channel(told, "sms").verified
    assert not channel(told).verified
