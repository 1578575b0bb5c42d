"""Services whose people are reached over one channel only: what is said again of an answer goes nowhere else there."""

from collections.abc import Sequence

from procedures.directory import Directory, Service
from procedures.persons import people_of_service


def with_one_channel(directory: Directory) -> Sequence[str]:
    """The ids of services all of whose people read one channel, or none that is trusted; in order."""
    return sorted(one.id for one in directory.services.values() if _channels(directory, one) <= 1)


def _channels(directory: Directory, service: Service) -> int:
    known = (directory.people[name] for name in people_of_service(service) if name in directory.people)
    return len({contact.channel for person in known for contact in person.ways})
