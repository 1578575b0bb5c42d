"""Services that no message can reach, or of which nobody knows, named before a case needs them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.reaching import UNPROVEN, Reached, how_reached
from procedures.case import Party, PartyKind
from web.doorkeeper import Visit
from web.saying import N_


@dataclass(frozen=True)
class Unreached:
    """What the board says of all services and coordinations."""

    names: str
    """Of those that no message can reach; empty where everybody has a channel that may work."""
    unproven: int
    """Of how many nobody knows whether a message reaches them."""


def unreached(visit: Visit) -> Unreached:
    """Looked at once for a page."""
    found = _found(visit)
    out = [party for party, how in found if how is Reached.OUT]
    return Unreached(", ".join(map(visit.names.party, out)), sum(how in UNPROVEN for _party, how in found))


REACHED: Mapping[Reached, str] = {
    Reached.OUT: N_("no message reaches it"),
    Reached.UNTESTED: N_("never tested"),
    Reached.STALE: N_("no test worked for two months"),
    Reached.TAKEN: N_("tested, verified by nobody"),
    Reached.VERIFIED: N_("tested and verified"),
}
STATES = {
    Reached.OUT: "overdue",
    Reached.UNTESTED: "overdue",
    Reached.STALE: "overdue",
    Reached.TAKEN: "alerted",
    Reached.VERIFIED: "completed",
}
"""Red for what nobody can rely on."""


def reached_services(visit: Visit) -> Mapping[str, Reached]:
    """Of each service, what is known."""
    return {party.id: how for party, how in _found(visit) if party.kind is PartyKind.SERVICE}


def _found(visit: Visit) -> Sequence[tuple[Party, Reached]]:
    house = visit.desk.house
    return how_reached(house.database, visit.names.directory, house.settings.carriers, visit.desk.now)
