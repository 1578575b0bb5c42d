"""Which person of the network an account is: whoever is excluded from a case is kept away from it at the desk, too."""

from models.composition import House
from models.people import append
from procedures.errors import StaffettaError
from procedures.people import PersonAct, PersonActKind


class UnknownNetworkPerson(StaffettaError):
    """Nobody of the network has this id. It is not repeated."""

    template = "Nobody of the network has this id. The ids of its people stand in the network's file, under people."


def tie_account(house: House, account: str, person: str, by: str) -> None:
    """Say which person of the network's file the account is; empty: none. `by` the actor. It counts from the next page.

    Raises:
        UnknownNetworkPerson: the network in force has nobody of this id.
        NotYoursToGive, TieForOneself, TiedAlready, UnknownAccount: it cannot be said.
        StoreBusy, StoreFailed: nothing was saved.
    """
    if person and person not in house.procedures.directory().people:
        raise UnknownNetworkPerson
    with house.database.write() as connection:
        append(connection, PersonAct(PersonActKind.TIED, house.clock.now(), by, account, person=person))
