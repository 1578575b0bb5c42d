"""The test of the channels: one message over each channel of everybody who may be called in a territory."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from procedures.case import Party, PartyKind
from procedures.choosing import reachable_people
from procedures.directory import Directory, Service
from procedures.drafting import Draft
from procedures.events import AlertPurpose, AlertQueued


def callable_people(directory: Directory, territory: str, now: datetime) -> Mapping[str, Party]:
    """Everybody who stands on a ladder there, each once, with the party that they stand there for.

    Referents, deputies and whoever is or will be on the rota of a service; the people of a coordinator. A turn that is
    over calls nobody any more.
    """
    found: dict[str, Party] = {}
    for person, party in _standing(directory, territory, now):
        found.setdefault(person, party)
    return found


def _standing(directory: Directory, territory: str, now: datetime) -> Iterator[tuple[str, Party]]:
    for service in directory.services.values():
        if territory in service.territories:
            for person in _of_service(service, now):
                yield person, Party(kind=PartyKind.SERVICE, id=service.id)
    for coordinator in directory.coordinators.values():
        if territory in coordinator.territories:
            for person in coordinator.people:
                yield person, Party(kind=PartyKind.COORDINATOR, id=coordinator.id)


def _of_service(service: Service, now: datetime) -> Iterator[str]:
    yield service.referent
    if service.deputy:
        yield service.deputy
    yield from (duty.person for duty in service.rota if duty.until > now)


def queue_tests(draft: Draft, run_id: str) -> None:
    """Queue the messages. Nobody is asked for anything, and nothing waits for their outcome but the record of it."""
    people = callable_people(draft.directory, draft.state.territory, draft.now)
    ref = draft.run(run_id).ref
    for person in reachable_people(draft.directory, people, draft.state.exclusions):
        for number in range(len(draft.directory.people[person].contacts)):
            draft.note(
                AlertQueued(
                    at=draft.now,
                    alert_id=draft.draw_id("alert"),
                    purpose=AlertPurpose.TEST,
                    ref=ref,
                    run_id=run_id,
                    to=people[person],
                    person=person,
                    contact=number,
                )
            )
