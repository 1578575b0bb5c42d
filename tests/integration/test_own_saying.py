"""Somebody says how and when she is called: it counts for the next alert, she hears of it, and the trail holds it."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import NoReturn

import pytest

from cli.demo.mailserver import MailServer
from flows.journal import open_journal
from flows.own_letters import OwnLetters
from models.accounts import operator_named
from models.adding_accounts import add_operator
from models.deliveries import SettledResult
from models.own_saying import NotYoursToSay, absences_to_come, end_away, say_away, set_rules
from models.standing import channel_mark
from models.trail import verify
from models.tying import tie_account
from notifiers.carriers import Carriers
from procedures.commands import AcceptHandoff
from procedures.directory import NetworkPerson
from procedures.events import AlertPurpose
from procedures.own_rules import AwayOver, ChannelRule, NoSuchAbsence, RuleUnclear
from procedures.people import Role
from procedures.standing import RulesAsBefore
from tests.houses import Told

OLGA, PAOLA = "olga", "paola"
"""The referent of `casa_approdo`, which these cases ask first, and its deputy."""
R = SettledResult
HOUR = timedelta(hours=1)


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer.start() as server:
        yield server


@pytest.fixture
def told(tmp_path: Path, mail: MailServer) -> Iterator[Told]:
    sms = '[carriers.sms]\nurl = "json://127.0.0.1:9/"\n'
    told = Told(tmp_path / "data", f'[carriers.email]\nurl = "{mail.url}"\n{sms}')
    yield told
    told.close()


@pytest.fixture
async def letters(told: Told) -> AsyncIterator[OwnLetters]:
    carriers = Carriers({"email": told.house.settings.carriers["email"].read_url()})
    yield OwnLetters(told.house, carriers, open_journal("dispatcher", StringIO()))
    await carriers.aclose()


def person(told: Told, name: str) -> NetworkPerson:
    return told.house.procedures.directory().people[name]


def names(told: Told, name: str) -> dict[str, str]:
    """What her channels are called, by kind."""
    key = told.house.keyring.channel_key
    return {one.kind.value: f"{one.kind.value}.{channel_mark(key, one)}" for one in person(told, name).contacts}


def account(told: Told, name: str, *roles: Role) -> str:
    """The actor of a new account of this person."""
    house = told.house
    add_operator(house.database, name, frozenset(roles or {Role.SERVICE_MEMBER}), told.clock.now(), "shell")
    tie_account(house, operator_named(house.database, name), name, "shell")
    return f"operator:{operator_named(house.database, name)}"


def asked(told: Told) -> str:
    """Whom a new case alerts first."""
    told.opened()
    return next(one.person for one in told.claimed() if one.purpose is AlertPurpose.REQUEST)


async def test_her_rules_count_for_the_next_alert_and_she_hears_of_them(
    told: Told, mail: MailServer, letters: OwnLetters
) -> None:
    hers = names(told, OLGA)
    by = account(told, OLGA)
    set_rules(told.house, OLGA, [ChannelRule(hers["sms"]), ChannelRule(hers["email"], 5)], by)
    await letters.look()
    (news,) = mail.received()
    assert news.recipient == "olga.ferri@example.org"
    assert "su quale dei Suoi recapiti" in news.body
    told.opened()
    request = next(one for one in told.claimed() if one.person == OLGA)
    assert request.channel == "sms"
    assert verify(told.house.database, told.house.keyring).sound
    with pytest.raises(RulesAsBefore):
        set_rules(told.house, OLGA, [ChannelRule(hers["sms"]), ChannelRule(hers["email"], 5)], by)
    with pytest.raises(RuleUnclear):
        set_rules(told.house, OLGA, [ChannelRule(names(told, PAOLA)["email"])], by)


def test_who_is_away_is_left_out_and_whoever_stands_in_is_called(told: Told) -> None:
    by, now = account(told, OLGA), told.clock.now()
    say_away(told.house, OLGA, now - HOUR, now + 2 * HOUR, by)
    assert asked(told) == PAOLA
    (absence,) = absences_to_come(told.house, OLGA)
    end_away(told.house, OLGA, absence.number, by)
    assert not absences_to_come(told.house, OLGA)
    assert asked(told) == OLGA
    with pytest.raises(NoSuchAbsence):
        end_away(told.house, OLGA, absence.number, by)
    with pytest.raises(AwayOver):
        say_away(told.house, OLGA, now - 2 * HOUR, now, by)
    assert verify(told.house.database, told.house.keyring).sound


def test_where_everybody_is_away_they_are_called_all_the_same(told: Told) -> None:
    now = told.clock.now()
    for name in (OLGA, PAOLA):
        say_away(told.house, name, now, now + HOUR, account(told, name))
    assert asked(told) == OLGA


def test_a_referent_says_it_for_her_people_a_coordinator_for_anybody_and_nobody_else(told: Told) -> None:
    now = told.clock.now()
    until = now + HOUR
    say_away(told.house, PAOLA, now, until, account(told, OLGA))
    say_away(told.house, OLGA, now, until, account(told, "ines", Role.COORDINATOR))
    with pytest.raises(NotYoursToSay):
        say_away(told.house, "ada", now, until, account(told, PAOLA))
    assert len(absences_to_come(told.house, OLGA)) == 1


def test_the_next_channel_follows_while_nobody_answers_and_not_once_somebody_did(told: Told) -> None:
    hers = names(told, OLGA)
    by = account(told, OLGA)
    set_rules(told.house, OLGA, [ChannelRule(hers["email"]), ChannelRule(hers["sms"], 5)], by)

    def first() -> str:
        told.opened()
        request = next(one for one in told.claimed() if one.person == OLGA)
        assert request.channel == "email"
        told.settled(request, R.ACCEPTED)
        return request.about or ""

    first()
    told.clock.pass_by(minutes=4)
    assert not [one for one in told.claimed() if one.person == OLGA]
    told.clock.pass_by(minutes=1)
    (second,) = [one for one in told.claimed() if one.person == OLGA]
    assert (second.channel, second.purpose) == ("sms", AlertPurpose.REQUEST)
    told.settled(second, R.ACCEPTED)
    assert verify(told.house.database, told.house.keyring).sound

    ref = first()
    told.say(AcceptHandoff, ref=ref, actor=f"person:{OLGA}")
    told.clock.pass_by(minutes=6)
    assert not [one for one in told.claimed() if one.purpose is AlertPurpose.REQUEST and one.person == OLGA]


def test_what_was_to_follow_leaves_at_once_where_the_channel_before_it_came_back(told: Told) -> None:
    hers = names(told, OLGA)
    rules = [ChannelRule(hers["email"]), ChannelRule(hers["sms"], 30)]
    set_rules(told.house, OLGA, rules, account(told, OLGA))
    told.opened()
    request = next(one for one in told.claimed() if one.person == OLGA)
    told.settled(request, R.ACCEPTED)
    assert not [one for one in told.claimed() if one.person == OLGA]
    told.settled(request, R.PERMANENT, returned=True, code="5.1.1")
    (second,) = [one for one in told.claimed() if one.person == OLGA]
    assert second.channel == "sms"


def test_a_channel_that_follows_and_fails_is_no_failure_of_an_alert_that_was_taken(told: Told) -> None:
    hers = names(told, OLGA)
    rules = [ChannelRule(hers["email"]), ChannelRule(hers["sms"], 1)]
    set_rules(told.house, OLGA, rules, account(told, OLGA))
    told.opened()
    for one in told.claimed():
        told.settled(one, R.ACCEPTED)
    told.clock.pass_by(minutes=1)
    (second,) = [one for one in told.claimed() if one.person == OLGA]
    told.settled(second, R.PERMANENT, code="no-carrier")
    assert not told.claimed(), "nobody else is asked because of it"
    assert verify(told.house.database, told.house.keyring).sound


def test_at_night_quiet_hours_hold_but_not_in_imminent_danger(told: Told) -> None:
    """These stories begin at 21:00 in Rome."""
    hers = names(told, OLGA)
    rules = [ChannelRule(hers["sms"], 0, "08:00", "20:00"), ChannelRule(hers["email"])]
    set_rules(told.house, OLGA, rules, account(told, OLGA))
    told.opened()
    assert {one.channel for one in told.claimed() if one.person == OLGA} == {"email"}
    told.opened(facts={"risk": "imminent", "needs_transport": True})
    assert {one.channel for one in told.claimed() if one.person == OLGA} == {"sms"}


def test_the_network_s_file_is_not_read_again_because_somebody_is_away(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    by, now = account(told, OLGA), told.clock.now()
    told.house.procedures.directory()

    def read_again(_text: str, _file: str) -> NoReturn:
        raise AssertionError

    monkeypatch.setattr("models.network.parse_network", read_again)
    say_away(told.house, OLGA, now - HOUR, now + HOUR, by)
    assert asked(told) == PAOLA
