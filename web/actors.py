"""What whoever did something is called on a page: an account by its name, the machine and the program in words."""

from collections.abc import Mapping

from web.doorkeeper import Visit
from web.pages import say
from web.saying import N_

OTHERS: Mapping[str, str] = {"shell": N_("whoever has the machine"), "program": N_("the program")}


def who(visit: Visit, names: Mapping[str, str], actor: str) -> str:
    """The one whom an act names. `names` are those of the accounts."""
    return say(visit.language, OTHERS[actor]) if actor in OTHERS else names.get(actor, actor)
