"""The monthly test: one message over each channel of each person who may be called, and the true outcome of each."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from flows.delivering import message_of
from models.channel_tests import ChannelState, channel_states
from models.network import import_network, sample_network
from models.outbox import Delivery, SettledResult
from models.reaching import out_of_reach
from models.trail import case_events, verify
from procedures.directory import Service
from procedures.events import AlertPurpose, AlertSettled
from procedures.testing_channels import callable_people
from tests.houses import CARRIERS, Told

R = SettledResult


@pytest.fixture
def told(tmp_path: Path, database_settings: str) -> Iterator[Told]:
    told = Told(tmp_path / "data", CARRIERS + database_settings)
    yield told
    told.close()


def begun(told: Told) -> list[Delivery]:
    """The test has begun in one territory; what a sender takes."""
    told.opened(pathway="channel_test", code="N-TEST-0001", desk=None, facts={}, consents=frozenset(), person=None)
    found: list[Delivery] = []
    while taken := told.claimed():
        found += taken
    return found


def states(told: Told) -> dict[tuple[str, str], ChannelState]:
    found = channel_states(told.house.database, told.house.procedures.directory(), told.clock.now())
    return {(one.person, one.channel): one for one in found}


def test_every_channel_of_everybody_who_may_be_called_there_gets_one_and_no_other(told: Told) -> None:
    directory = told.house.procedures.directory()
    sent = begun(told)
    people = callable_people(directory, "valle_chiara", told.clock.now())
    asked = [(name, one.kind.value, one.address) for name in people for one in directory.people[name].contacts]
    assert sorted((one.person, one.channel, one.address) for one in sent) == sorted(asked)
    assert {one.purpose for one in sent} == {AlertPurpose.TEST}
    assert {"ada", "bianca"} <= people.keys()


def test_the_outcome_of_each_is_kept_and_none_goes_on_to_another_channel(told: Told) -> None:
    sent = begun(told)
    first, second, third, *others = sent
    told.settled(first, R.PERMANENT, code="550", attempt=first.attempt)
    told.settled(second, R.UNCERTAIN, code="timeout-after-data", attempt=second.attempt)
    for one in (third, *others):
        told.settled(one, R.ACCEPTED)
    told.clock.pass_by(minutes=5)
    (again,) = told.claimed()
    assert again.delivery_id == second.delivery_id
    told.settled(again, R.UNCERTAIN, code="timeout-after-data", attempt=again.attempt)
    assert not told.claimed()
    known = states(told)
    assert (known[first.person, first.channel].state, known[first.person, first.channel].code) == ("permanent", "550")
    assert known[second.person, second.channel].state == "uncertain"
    assert known[third.person, third.channel].state == "accepted"
    assert known[third.person, third.channel].at == told.clock.now() - timedelta(minutes=5)
    events = case_events(told.house.database, told.house.keyring, told.case_id)
    results = [one.event.result for one in events if isinstance(one.event, AlertSettled)]
    assert sorted(results) == ["accepted"] * (len(sent) - 2) + ["failed", "uncertain"]
    assert verify(told.house.database, told.house.keyring).sound


def test_a_channel_that_was_never_tested_or_failed_needs_a_look_and_a_new_address_was_never_tested(told: Told) -> None:
    assert all(one.state is None and one.needs_a_look for one in states(told).values())
    for one in begun(told):
        told.settled(one, R.ACCEPTED)
    here = callable_people(told.house.procedures.directory(), "valle_chiara", told.clock.now())
    assert not any(one.needs_a_look for one in states(told).values() if one.person in here)
    moved = sample_network().replace("ada.fontana@example.org", "ada.nuova@example.org")
    import_network(told.house.database, moved, "network.yaml", told.clock.now())
    assert states(told)["ada", "email"].needs_a_look


@pytest.mark.parametrize(("channel", "said"), [("email", "prova di questo canale"), ("sms", "Prova di questo canale")])
def test_the_message_says_that_it_is_a_test_and_asks_for_nothing(told: Told, channel: str, said: str) -> None:
    message = next(message_of(told.house, one) for one in begun(told) if (one.channel, one.language) == (channel, "it"))
    assert said in message.subject + message.body
    assert "http" not in message.body
    assert "Urgenza" not in message.body


def test_whom_no_channel_reaches_is_known_before_anybody_needs_them(told: Told) -> None:
    directory = told.house.procedures.directory()

    def out(carriers: tuple[str, ...] = ("email", "sms")) -> set[str]:
        return {one.id for one in out_of_reach(told.house.database, directory, carriers, told.clock.now())}

    assert not out(), "what was never tested may work"
    assert out(()) == {*directory.services, *directory.coordinators}
    sent = begun(told)
    luna = {"ada", "bianca"}
    for one in sent:
        told.settled(one, R.PERMANENT if one.person in luna else R.ACCEPTED)
    unreached = {service.id for service in directory.services.values() if not _others(service, told, luna)}
    assert unreached
    assert out() == unreached


def _others(service: Service, told: Told, besides: set[str]) -> set[str]:
    turns = {duty.person for duty in service.rota if duty.until > told.clock.now()}
    return {service.referent, *([service.deputy] if service.deputy else []), *turns} - besides
