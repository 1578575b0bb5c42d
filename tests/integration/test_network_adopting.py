"""A new edition of the network by two people: proposed, read, adopted by another, verified; leavers told before."""

import sqlite3
from contextlib import closing

import pytest

from models.accounts import operator_named
from models.adding_accounts import add_operator
from models.network import export_network, import_network, sample_network
from models.network_adopting import adopt_network, network_proposals, propose_network, withdraw_network
from models.network_leavers import leavers
from models.network_reading import parse_network
from models.trail import verify
from models.tying import tie_account
from procedures.faults import ProcedureFaults
from procedures.network_differences import Change, differences
from procedures.network_editions import (
    NetworkMovedOn,
    NetworkProposedAlready,
    NetworkUnchanged,
    NotProposedNetwork,
    SecondPersonAdopts,
)
from procedures.people import Role
from tests.integration.webhouse import WebHouse

pytestmark = pytest.mark.slow
OTHER_RANK = ("rank: 10", "rank: 11")
ANNA, BERTA = "operator:anna", "operator:berta"


def changed(*changes: tuple[str, str]) -> str:
    text = sample_network()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def test_a_second_person_brings_it_into_force_and_nobody_alone(desk: WebHouse) -> None:
    house, text = desk.house, changed(OTHER_RANK)
    number = propose_network(house, text, "somewhere/network.yaml", ANNA)
    assert export_network(house.database) != text
    with pytest.raises(SecondPersonAdopts):
        adopt_network(house, number, ANNA)
    with pytest.raises(NetworkProposedAlready):
        propose_network(house, text, "network.yaml", BERTA)
    adopt_network(house, number, BERTA)
    assert export_network(house.database) == text
    assert house.procedures.directory().services["luna_ascolto"].rank == 11
    with pytest.raises(NotProposedNetwork):
        adopt_network(house, number, BERTA)
    with pytest.raises(NetworkUnchanged):
        propose_network(house, text, "network.yaml", ANNA)
    (proposal,) = network_proposals(house.database)
    assert (proposal.act.file, proposal.act.actor, proposal.ended and proposal.ended.actor) == (
        "network.yaml",
        ANNA,
        BERTA,
    )
    assert verify(house.database, house.keyring).faults == ()


def test_two_accounts_of_one_person_are_one(desk: WebHouse) -> None:
    house, now = desk.house, desk.clock.now()
    actors = []
    for name in ("olga", "olga2"):
        add_operator(house.database, name, frozenset({Role.COORDINATOR}), now, "shell")
        tie_account(house, operator_named(house.database, name), "ada", "shell")
        actors.append(f"operator:{operator_named(house.database, name)}")
    number = propose_network(house, changed(OTHER_RANK), "network.yaml", actors[0])
    with pytest.raises(SecondPersonAdopts):
        adopt_network(house, number, actors[1])


def test_what_was_read_against_another_edition_is_not_adopted(desk: WebHouse) -> None:
    house = desk.house
    number = propose_network(house, changed(OTHER_RANK), "network.yaml", ANNA)
    import_network(house.database, changed(("rank: 20", "rank: 21")), "network.yaml", desk.clock.now())
    with pytest.raises(NetworkMovedOn):
        adopt_network(house, number, BERTA)
    withdraw_network(house, number, BERTA)
    with pytest.raises(NotProposedNetwork):
        withdraw_network(house, number, ANNA)
    assert not network_proposals(house.database)[0].is_open


def test_a_file_with_faults_is_kept_nowhere(desk: WebHouse) -> None:
    with pytest.raises(ProcedureFaults) as found:
        propose_network(desk.house, changed(("referent: ada", "referent: adda")), "network.yaml", ANNA)
    assert [(fault.code, fault.line > 1) for fault in found.value.faults] == [("unknown-person", True)]
    assert network_proposals(desk.house.database) == []


def test_whoever_leaves_is_told_before_it_happens(desk: WebHouse) -> None:
    house = desk.house
    add_operator(house.database, "olga", frozenset({Role.SERVICE_MEMBER}), desk.clock.now(), "shell")
    account = operator_named(house.database, "olga")
    tie_account(house, account, "ada", "shell")
    desk.open_case("intake")
    text = sample_network()
    without = "\n".join(line for line in text.splitlines() if not line.startswith("  ada:"))
    without = without.replace("person: ada", "person: bianca").replace("referent: ada", "referent: bianca")
    without = without.replace("deputy: ada", "deputy: nora").replace("[ada, ", "[").replace(", ada]", "]")
    (leaver,) = leavers(house, parse_network(without, "network.yaml"))
    assert (leaver.person, leaver.accounts, leaver.turns, "luna_ascolto" in leaver.services) == (
        "ada",
        ["olga"],
        1,
        True,
    )
    assert leaver.open_cases == 1
    number = propose_network(house, without, "network.yaml", ANNA)
    adopt_network(house, number, BERTA)
    with house.database.read() as connection:
        assert connection.exec_driver_sql("SELECT shut FROM operators WHERE name = 'olga'").scalar()


def test_what_changes_is_told_entry_by_entry_and_no_address_is_shown() -> None:
    old = parse_network(sample_network(), "network.yaml")
    new = parse_network(
        changed(
            OTHER_RANK,
            ("ada.fontana@example.org", "ada.f@example.org"),
            ('"+39 06 5550 1001"', '"+39 06 5550 1091"'),
            ("dina: {name: Dina Mori", "dinora: {name: Dina Mori"),
            ("deputy: dina", "deputy: dinora"),
        )
        if "deputy: dina" in sample_network()
        else changed(OTHER_RANK, ("ada.fontana@example.org", "ada.f@example.org")),
        "network.yaml",
    )
    found = {(one.part, one.id): one for one in differences(old, new, "it")}
    assert found["services", "luna_ascolto"].change is Change.CHANGED
    assert [(one.field, one.before, one.now) for one in found["services", "luna_ascolto"].fields] == [
        ("rank", "10", "11")
    ]
    told = str(found)
    assert found["people", "ada"].change is Change.CHANGED
    assert "fontana@" not in told
    assert "ada.f@" not in told
    assert "5550100" not in told
    assert differences(old, old, "it") == ()


def test_whoever_changes_a_telephone_number_in_the_database_is_found(desk: WebHouse) -> None:
    place = desk.house.settings.data / "staffetta.sqlite"
    with closing(sqlite3.connect(place)) as raw, raw:
        raw.execute("UPDATE networks SET document = replace(document, '5550 1001', '5550 1099')")
    faults = verify(desk.house.database, desk.house.keyring).faults
    assert [fault.code for fault in faults] == ["text"]
    with closing(sqlite3.connect(place)) as raw, raw:
        raw.execute("INSERT INTO networks (imported_at, document) SELECT imported_at, document FROM networks")
    faults = verify(desk.house.database, desk.house.keyring).faults
    assert "follows from no act" in faults[0].message
