"""Whom the directory offers, at which hour."""

from datetime import UTC, datetime, time, timedelta

import pytest

from procedures.choosing import candidates, coordinator_of, is_open, reachable_people
from procedures.directory import Contact, ContactKind, Directory, Duty, Opening
from procedures.one_channel import with_one_channel
from procedures.persons import readers_of
from tests.making import START, directory, service

OFFICE = (Opening(days=(0, 1, 2, 3, 4), since=time(9), until=time(18)),)
NIGHT = (Opening(days=(4,), since=time(20), until=time(8)),)


@pytest.mark.parametrize(
    ("hours", "now", "is_it"),
    [
        ((), datetime(2026, 11, 22, 3, tzinfo=UTC), True),
        (OFFICE, datetime(2026, 11, 24, 8, 0, tzinfo=UTC), True),
        (OFFICE, datetime(2026, 11, 24, 7, 59, tzinfo=UTC), False),
        (OFFICE, datetime(2026, 11, 24, 17, 0, tzinfo=UTC), False),
        (OFFICE, datetime(2026, 11, 22, 10, tzinfo=UTC), False),
        (NIGHT, datetime(2026, 11, 27, 20, tzinfo=UTC), True),
        (NIGHT, datetime(2026, 11, 28, 6, 59, tzinfo=UTC), True),
        (NIGHT, datetime(2026, 11, 28, 7, 0, tzinfo=UTC), False),
        (NIGHT, datetime(2026, 11, 28, 20, tzinfo=UTC), False),
    ],
)
def test_hours_are_those_of_the_wall_in_rome(hours: tuple[Opening, ...], now: datetime, is_it: bool) -> None:
    assert is_open(hours, now) is is_it


def test_rank_decides_then_the_id() -> None:
    network = directory(service("b", "police", rank=2), service("a", "police", rank=2), service("z", "police", rank=1))
    found = candidates(network, competence="police", territory="valle", now=START)
    assert [s.id for s in found] == ["z", "a", "b"]


@pytest.mark.parametrize("excluded", ["z", "casa", "z_ref", "z_dep"])
def test_an_exclusion_reaches_the_service_through_its_body_and_its_people(excluded: str) -> None:
    network = directory(service("z", "police"), service("a", "police", body="altro"))
    found = candidates(network, competence="police", territory="valle", now=START, exclusions={excluded})
    assert [s.id for s in found] == ["a"]


def test_other_places_and_other_competences_are_not_asked() -> None:
    network = directory(service("z", "police"))
    assert not candidates(network, competence="police", territory="mare", now=START)
    assert not candidates(network, competence="legal_aid", territory="valle", now=START)
    assert not candidates(network, competence="police", territory="valle", now=START, tried={"z"})


def test_the_rota_names_who_is_on_duty() -> None:
    turn = Duty(person="notturna", since=START, until=START + timedelta(hours=8))
    on_call = service("z", "police", rota=(turn,))
    network = directory(on_call)
    assert network.person_on_duty(on_call, START).id == "notturna"
    assert network.person_on_duty(on_call, START + timedelta(hours=8)).id == "z_ref"


def test_any_coordinator_rather_than_nobody() -> None:
    network = directory()
    found = coordinator_of(network, "elsewhere")
    assert found is not None
    assert found.id == "coordinamento"
    assert coordinator_of(network, "valle", {"coord_uno", "coord_due"}) is None


WRITTEN = [
    (ContactKind.EMAIL, "Turno@Example.org", "turno@example.ORG"),
    (ContactKind.SMS, "+39 06 5550 1001", "+390655501001"),
]
"""One channel each, written in two ways."""


def one_written_twice(kind: ContactKind, *addresses: str) -> Directory:
    """A service whose referent and deputy read one channel, which the network's file writes differently for each."""
    network = directory(service("z", "police"), service("a", "police", body="altro"))
    written = zip(("z_ref", "z_dep"), addresses, strict=True)
    changed = {
        name: network.people[name].model_copy(update={"contacts": (Contact(kind=kind, address=address),)})
        for name, address in written
    }
    return network.model_copy(update={"people": {**network.people, **changed}})


@pytest.mark.parametrize("written", WRITTEN)
def test_who_reads_an_excluded_persons_channel_is_excluded_however_it_is_written(
    written: tuple[ContactKind, str, str],
) -> None:
    network = one_written_twice(*written)
    assert reachable_people(network, ("z_dep", "a_ref"), {"z_ref"}) == ("a_ref",)
    assert readers_of(network, "z_dep") == {"z_ref", "z_dep"}
    assert with_one_channel(network) == ["z"]


@pytest.mark.parametrize("written", WRITTEN)
def test_it_is_sent_to_as_it_is_written(written: tuple[ContactKind, str, str]) -> None:
    network = one_written_twice(*written)
    assert [network.people[name].contacts[0].address for name in ("z_ref", "z_dep")] == list(written[1:])


def test_two_mailboxes_stay_two() -> None:
    network = one_written_twice(ContactKind.EMAIL, "turno@example.org", "turno1@example.org")
    assert reachable_people(network, ("z_dep",), {"z_ref"}) == ("z_dep",)
    assert readers_of(network, "z_dep") == {"z_dep"}
