"""The network's file: every fault at once, each with its place and what to write instead."""

from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from models.composition import open_house
from models.network import (
    current_directory,
    export_network,
    import_network,
    parse_network,
    sample_network,
)
from procedures.choosing import candidates, coordinator_of
from procedures.directory import Contact, ContactKind, Opening
from procedures.faults import ProcedureFaults

HOURS = 'hours: [{days: [mon, sun], since: "20:00", until: "08:00"}]'
SMALL = """\
bodies:
  hospital: {name: Ospedale}
people:
  anna: {name: Anna, contacts: [{sms: "06 5550 1001"}, {email: anna@example.org}]}
  berta: {name: Berta, language: en, contacts: [{email: berta@example.org}]}
services:
  emergency_room:
    body: hospital
    name: {it: Pronto soccorso, en: Emergency room}
    competences: [emergency_health]
    territories: [valley]
    phone: "+39 06 5550 201"
    referent: anna
    deputy: berta
    rank: 5
    hours: [{days: [mon, sun], since: "20:00", until: "08:00"}]
    rota: [{person: berta, since: "2026-11-24T20:00+01:00", until: "2026-11-25T08:00+01:00"}]
coordinators:
  valley: {name: {it: Valle, en: Valley}, territories: [valley], phone: "+39 06 5550 301", people: [berta, anna]}
desks:
  desk: {name: {it: Sportello, en: Desk}, phone: "+39 06 5550 401", person: anna}
"""


def faults(text: str) -> list[tuple[int, str]]:
    with pytest.raises(ProcedureFaults) as error:
        parse_network(text, "network.yaml")
    return [(fault.line, fault.code) for fault in error.value.faults]


def test_a_directory_is_read_as_it_is_written() -> None:
    directory = parse_network(SMALL, "network.yaml")
    assert directory.people["anna"].contacts == (
        Contact(kind=ContactKind.SMS, address="+390655501001"),
        Contact(kind=ContactKind.EMAIL, address="anna@example.org"),
    )
    service = directory.services["emergency_room"]
    assert (service.rank, service.deputy, service.phone) == (5, "berta", "+39065550201")
    assert service.hours == (Opening(days=(0, 6), since=time(20), until=time(8)),)
    assert directory.person_on_duty(service, datetime(2026, 11, 24, 22, tzinfo=UTC)).id == "berta"
    assert directory.person_on_duty(service, datetime(2026, 11, 25, 22, tzinfo=UTC)).id == "anna"
    assert directory.coordinators["valley"].people == ("berta", "anna")


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("body: hospital", "body: hospitl", (8, "unknown-body")),
        ("referent: anna", "referent: carla", (13, "unknown-person")),
        ("person: berta, since", "person: nobody, since", (17, "unknown-person")),
        ("people: [berta, anna]", "people: [berta, berta]", (19, "same-twice")),
        ("competences: [emergency_health]", "competences: [a, a]", (10, "same-twice")),
        ("06 5550 1001", "0", (4, "bad-phone")),
        ("+39 06 5550 201", "call us", (12, "bad-phone")),
        ("berta@example.org", "berta at example", (5, "bad-email")),
        ("{email: berta@example.org}", "{pec: berta at example}", (5, "bad-email")),
        ("{email: berta@example.org}", '{email: b@example.org, pgp: "4965 AF48"}', (5, "bad-fingerprint")),
        ("{email: berta@example.org}", f'{{sms: "06 5550 1002", pgp: "{"AB" * 20}"}}', (5, "bad-fingerprint")),
        ("{email: berta@example.org}", "{pec: town@pec.example.org}", (5, "pec-alone")),
        ("anna@example.org", '"anna@example.org\\nBcc: x@example.org"', (4, "bad-email")),
        ("territories: [valley]\n", "territories: [valley, coast]\n", (11, "no-coordinator")),
        ("territories: [valley], ", "territories: [valley, coast], ", (19, "coordinator-alone")),
        ('until: "08:00"', 'until: "25:00"', (16, "bad-hour")),
        ('until: "08:00"', 'until: "20:00"', (16, "same-hours")),
        (HOURS, "hours: Mo-Fr 8-18", (16, "bad-opening-hours")),
        (HOURS, "hours: Mo-Fr 08:00-18:00; SH off", (16, "opening-hours-left-out")),
        (HOURS, "hours: Mo-Fr sunrise-sunset", (16, "opening-hours-left-out")),
        (HOURS, 'hours: "Jun PH 08:00-18:00"', (16, "opening-hours-left-out")),
        (HOURS, "holidays: [IT, IT-XX]", (16, "bad-calendar")),
        (HOURS, "holidays: 2026-02-30", (16, "bad-calendar")),
        (HOURS, "holidays: [IT, IT]", (16, "same-twice")),
        ("coordinators:", "holidays: {coast: IT-BA}\ncoordinators:", (18, "unknown-territory")),
        ("2026-11-25T08:00+01:00", "2026-11-25", (17, "bad-moment")),
        ("2026-11-25T08:00+01:00", "2026-11-23T08:00+01:00", (17, "duty-backwards")),
        ("[mon, sun]", "[mon, sunday]", (16, "unknown-word")),
        ("rank: 5", "rank: high", (15, "expected")),
        ("language: en", "language: de", (5, "unknown-word")),
        ("contacts: [{email: berta@example.org}]", "contacts: []", (5, "expected")),
        ("    referent: anna\n", "", (8, "missing")),
        ("desks:", "desk:", (20, "misspelt-word")),
        ("coordinators:", "dates: {coast: {protocol_ends_on: 2027-03-08}}\ncoordinators:", (18, "unknown-territory")),
        ("coordinators:", "dates: {valley: {risk: 2027-03-08}}\ncoordinators:", (18, "no-date-of-ours")),
        ("coordinators:", "dates: {valley: {incident_at: 2027-03-08}}\ncoordinators:", (18, "no-date-of-ours")),
        ("coordinators:", "dates: {valley: {protocol_ends_on: soon}}\ncoordinators:", (18, "expected")),
        ("coordinators:", "dates: {valley: {meeting_at: 2027-03-08}}\ncoordinators:", (18, "bad-moment")),
        (
            "coordinators:",
            "dates: {valley: {protocol_ends_on: [2027-03-08, 2027-03-08]}}\ncoordinators:",
            (18, "same-twice"),
        ),
    ],
)
def test_a_fault_has_its_place(before: str, after: str, fault: tuple[int, str]) -> None:
    assert before in SMALL
    assert fault in faults(SMALL.replace(before, after, 1))


def test_the_days_that_own_work_leads_up_to_are_kept_by_territory_as_facts_are() -> None:
    told = 'dates:\n  valley: {protocol_ends_on: 2027-03-08, meeting_at: ["2027-02-01T15:00+01:00"]}\n'
    dates = parse_network(SMALL + told, "network.yaml").dates
    assert dates == {"valley": {"protocol_ends_on": ("2027-03-08",), "meeting_at": ("2027-02-01T14:00:00+00:00",)}}


def test_a_mail_address_may_name_the_key_that_opens_what_is_written_there() -> None:
    written = SMALL.replace(
        "{email: berta@example.org}",
        '{email: berta@example.org, pgp: "4965 af48 a8da 0184 d7a9 84ac aca9 0763 b675 0491"}',
    )
    people = parse_network(written, "n").people
    assert people["berta"].pgp_of("Berta@Example.org") == "4965AF48A8DA0184D7A984ACACA90763B6750491"
    assert people["anna"].pgp_of("anna@example.org") == ""


def test_certified_mail_reaches_nobody_and_a_call_is_the_last_way() -> None:
    contacts = (
        '[{voice: "06 5550 1001"}, {pec: Anna@pec.example.org}, {sms: "06 5550 1001"}, {email: anna@pec.example.org}]'
    )
    anna = parse_network(SMALL.replace('[{sms: "06 5550 1001"}, {email: anna@example.org}]', contacts), "n").people[
        "anna"
    ]
    voice, pec, sms, email = anna.contacts
    assert anna.ways == (sms, email, voice)
    assert anna.certified == pec
    assert (voice.channel, pec.channel) == (sms.channel, email.channel)


def test_every_fault_is_shown_at_once() -> None:
    text = SMALL.replace("body: hospital", "body: x").replace("referent: anna", "referent: y")
    assert faults(text) == [(8, "unknown-body"), (13, "unknown-person")]


def test_a_wrong_address_is_not_repeated() -> None:
    with pytest.raises(ProcedureFaults) as error:
        parse_network(SMALL.replace("berta@example.org", "secret.name"), "network.yaml")
    assert "secret" not in str(error.value)


def test_the_sample_serves_every_competence_in_both_territories() -> None:
    directory = parse_network(sample_network(), "network.yaml")
    assert directory.territories() == {"valle_chiara", "costa_serena"}
    asked = {
        "first_contact": 2,
        "risk_assessment": 2,
        "emergency_health": 2,
        "police": 2,
        "emergency_shelter": 3,
        "safe_transport": 2,
        "social_services": 2,
        "legal_aid": 2,
        "psychological_support": 2,
        "work_guidance": 1,
        "work_grants": 1,
        "self_defence_course": 2,
        "digital_safety": 2,
    }
    night = datetime(2026, 11, 24, 2, tzinfo=UTC)
    for competence, services in asked.items():
        found = candidates(directory, competence=competence, territory="valle_chiara", now=night, exclusions=())
        assert len(list(found)) >= services, competence
        assert candidates(directory, competence=competence, territory="costa_serena", now=night, exclusions=())
    for territory in directory.territories():
        coordinator = coordinator_of(directory, territory)
        assert coordinator is not None
        assert len(coordinator.people) == 2
    first = {person.contacts[0].kind for person in directory.people.values()}
    assert first == {ContactKind.EMAIL, ContactKind.SMS}
    assert any(service.hours for service in directory.services.values())
    assert any(service.rota for service in directory.services.values())
    assert len(directory.services) >= 12


@pytest.mark.slow
def test_an_import_replaces_the_directory_in_force(tmp_path: Path) -> None:
    house = open_house(tmp_path, with_vault=True)
    now = house.clock.now()
    assert current_directory(house.database).services == {}
    assert export_network(house.database) is None
    first = import_network(house.database, sample_network(), "network.yaml", now)
    assert len(current_directory(house.database).services) >= 12
    second = import_network(house.database, SMALL, "small.yaml", now)
    assert second > first
    assert current_directory(house.database).services.keys() == {"emergency_room"}
    assert export_network(house.database) == SMALL
    house.close()


def test_a_faulty_file_changes_nothing(tmp_path: Path) -> None:
    house = open_house(tmp_path, with_vault=True)
    import_network(house.database, SMALL, "small.yaml", house.clock.now())
    with pytest.raises(ProcedureFaults):
        import_network(house.database, SMALL.replace("anna:", "carla:"), "bad.yaml", house.clock.now())
    assert export_network(house.database) == SMALL
    house.close()
