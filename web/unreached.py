"""Services that no message can reach, named on the board before a case needs them."""

from models.reaching import out_of_reach
from web.doorkeeper import Visit


def unreached(visit: Visit) -> str:
    """Their names; empty where everybody has a channel that may work."""
    house, names = visit.desk.house, visit.names
    found = out_of_reach(house.database, names.directory, house.settings.carriers, visit.desk.now)
    return ", ".join(names.party(one) for one in found)
