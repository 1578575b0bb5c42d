"""Services that no message can reach, or of which nobody knows, named before a case needs them."""

from collections.abc import Mapping

from models.reaching import UNPROVEN, Reached, how_reached, out_of_reach
from procedures.case import PartyKind
from web.doorkeeper import Visit
from web.saying import N_


def unreached(visit: Visit) -> str:
    """Their names; empty where everybody has a channel that may work."""
    house, names = visit.desk.house, visit.names
    found = out_of_reach(house.database, names.directory, house.settings.carriers, visit.desk.now)
    return ", ".join(names.party(one) for one in found)


REACHED: Mapping[Reached, str] = {
    Reached.OUT: N_("no message reaches it"),
    Reached.UNTESTED: N_("its channels were never tested"),
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


def unproven(visit: Visit) -> int:
    """Of how many services and coordinations nobody knows whether a message reaches them."""
    house, directory = visit.desk.house, visit.names.directory
    found = how_reached(house.database, directory, house.settings.carriers, visit.desk.now)
    return sum(how in UNPROVEN for _party, how in found)


def reached_services(visit: Visit) -> Mapping[str, Reached]:
    """Of each service, what is known."""
    house, directory = visit.desk.house, visit.names.directory
    found = how_reached(house.database, directory, house.settings.carriers, visit.desk.now)
    return {party.id: how for party, how in found if party.kind is PartyKind.SERVICE}
