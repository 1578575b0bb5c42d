"""Whom to telephone where an answer was nobody's: the coordination of the case, never one that is excluded from it."""

from models.composition import House
from models.store import load
from procedures.choosing import coordinator_of


def telephone_of(house: House, case_id: str) -> str | None:
    """The number of the office; None where everybody is excluded.

    Raises:
        StoreBusy, StoreFailed, CaseKeyMissing.
    """
    with house.database.read() as connection:
        state = load(connection, house.keyring, case_id).state
    found = coordinator_of(house.procedures.directory(), state.territory, state.exclusions)
    return found.phone if found else None
