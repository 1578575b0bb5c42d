"""Duty turns changed in a house: kept in a chain with who and why, in effect for the next ask, undone, and verified."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from models.duty_changing import duty_changes, override, swap, undo
from models.network import current_directory, import_network, sample_network
from models.trail import verify
from models.tying import UnknownNetworkPerson
from procedures.duty_changes import NoSuchChange, NothingChanges, OpensGap, Turn
from procedures.errors import UnknownService
from procedures.events import AlertPurpose
from tests.integration.webhouse import WebHouse

pytestmark = pytest.mark.slow
TONIGHT = datetime(2026, 11, 24, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
LUNA = "luna_ascolto"


def somebody(person: str, until: float = 20) -> Turn:
    return Turn(person, TONIGHT, TONIGHT + until * HOUR)


def on_duty(desk: WebHouse) -> str:
    directory = desk.house.procedures.directory()
    return directory.person_on_duty(directory.services[LUNA], desk.clock.now()).id


def test_an_override_takes_effect_for_the_next_ask_and_is_undone(desk: WebHouse) -> None:
    assert on_duty(desk) == "ada"
    number = override(desk.house, LUNA, somebody("nora"), "ferie", "operator:1")
    assert on_duty(desk) == "nora"
    code = desk.open_case("intake")
    asked = desk.alerts(code, AlertPurpose.REQUEST)
    assert "nora" in {alert.person for alert in asked}
    assert [(one.number, one.act.actor, one.act.why) for one in duty_changes(desk.house.database)] == [
        (number, "operator:1", "ferie")
    ]
    undo(desk.house, number, "rientrata", "operator:2")
    assert on_duty(desk) == "ada"
    with pytest.raises(NoSuchChange):
        undo(desk.house, number, "di nuovo", "operator:2")
    assert verify(desk.house.database, desk.house.keyring).faults == ()


def test_the_same_command_twice_is_done_once(desk: WebHouse) -> None:
    house = desk.house
    text = sample_network().replace('until: "2027-01-01T00:00+01:00"}', 'until: "2026-12-01T00:00+01:00"}', 1)
    text = text.replace('bianca, since: "2027-01-01T00:00+01:00"', 'bianca, since: "2026-12-01T00:00+01:00"', 1)
    import_network(house.database, text, "network.yaml", desk.clock.now())
    turns = tuple(duty.since for duty in current_directory(house.database).services[LUNA].rota)
    pair = (turns[0], turns[1])
    before = on_duty(desk)
    with pytest.raises(Exception, match="at most 31 days"):
        swap(house, LUNA, pair, "scambio", "operator:1")
    short = text.replace('until: "2027-07-01T00:00+02:00"', 'until: "2026-12-20T00:00+01:00"', 1)
    import_network(house.database, short, "network.yaml", desk.clock.now())
    number = swap(house, LUNA, pair, "scambio", "operator:1", command="a" * 32)
    assert (before, on_duty(desk)) == ("ada", "bianca")
    assert swap(house, LUNA, pair, "scambio", "operator:1", command="a" * 32) == number
    assert on_duty(desk) == "bianca"


def test_a_gap_is_refused_unless_it_is_meant(desk: WebHouse) -> None:
    with pytest.raises(OpensGap) as refused:
        override(desk.house, LUNA, somebody(""), "nessuno", "operator:1")
    assert "24/11/2026 17:00" in str(refused.value)
    assert duty_changes(desk.house.database) == []
    number = override(desk.house, LUNA, somebody(""), "nessuno", "operator:1", gap=True)
    directory = desk.house.procedures.directory()
    assert directory.person_on_duty(directory.services[LUNA], desk.clock.now()).id == "ada"
    undo(desk.house, number, "trovata", "operator:1")

    filling = override(desk.house, LUNA, somebody(""), "nessuno", "operator:1", gap=True)
    cover = override(desk.house, LUNA, somebody("nora"), "trovata", "operator:1")
    with pytest.raises(OpensGap):
        undo(desk.house, cover, "malintesa", "operator:1")
    undo(desk.house, filling, "non serve", "operator:1")


def test_what_is_about_nobody_or_changes_nothing_is_refused(desk: WebHouse) -> None:
    for service, turn, refusal in (
        ("nowhere", somebody("nora"), UnknownService),
        (LUNA, somebody("nobody"), UnknownNetworkPerson),
        (LUNA, somebody("ada"), NothingChanges),
    ):
        with pytest.raises(refusal):
            override(desk.house, service, turn, "perché", "operator:1")
    assert duty_changes(desk.house.database) == []


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        ("UPDATE network_acts SET actor = 'operator:9' WHERE seq = 2", "hash"),
        ("DELETE FROM network_acts WHERE seq = 3", "tail"),
        ("DELETE FROM network_acts WHERE seq = 2", "act"),
    ],
)
def test_whoever_changes_what_was_kept_is_found(desk: WebHouse, damage: str, code: str) -> None:
    number = override(desk.house, LUNA, somebody("nora"), "ferie", "operator:1")
    undo(desk.house, number, "rientrata", "operator:2")
    place = desk.house.settings.data / "staffetta.sqlite"
    with closing(sqlite3.connect(place)) as raw, raw:
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            raw.execute(damage)
        raw.execute("DROP TRIGGER network_acts_no_update")
        raw.execute("DROP TRIGGER network_acts_no_delete")
        raw.execute(damage)
    assert code in {fault.code for fault in verify(desk.house.database, desk.house.keyring).faults}


def test_a_swap_whose_later_turn_was_named_first_is_undone_before_that_one_is_over(desk: WebHouse) -> None:
    house = desk.house
    text = sample_network().replace('until: "2027-01-01T00:00+01:00"}', 'until: "2026-12-01T00:00+01:00"}', 1)
    text = text.replace('since: "2026-01-01T00:00+01:00"', 'since: "2026-11-24T00:00+01:00"', 1)
    text = text.replace('bianca, since: "2027-01-01T00:00+01:00"', 'bianca, since: "2026-12-01T00:00+01:00"', 1)
    text = text.replace('until: "2027-07-01T00:00+02:00"', 'until: "2026-12-08T00:00+01:00"', 1)
    import_network(house.database, text, "network.yaml", desk.clock.now())
    first, second = (duty.since for duty in current_directory(house.database).services[LUNA].rota)
    number = swap(house, LUNA, (second, first), "scambio", "operator:1", gap=True)
    desk.clock.pass_by(days=8)
    undo(house, number, "rientrata", "operator:1", gap=True)
    assert [one.undone for one in duty_changes(house.database)] == [True]


def test_the_same_undoing_twice_is_done_once(desk: WebHouse) -> None:
    number = override(desk.house, LUNA, somebody("nora"), "ferie", "operator:1")
    for _ in range(2):
        assert undo(desk.house, number, "rientrata", "operator:2", command="b" * 32) == number
    assert verify(desk.house.database, desk.house.keyring).network_acts == 3
