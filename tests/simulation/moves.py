"""Editions that are adopted, or taken out of force, while cases run, and cases that are moved to them."""

from collections.abc import Sequence
from functools import partial

from models.composition import House
from tests.simulation.draws import Draws
from tests.simulation.people import People
from tests.simulation.procedures import CHANGED, SimulatedProcedures, later_editions
from tests.simulation.world import World

ADOPTED = 0.8
"""How likely an edition is adopted in a seed."""
SOON = 12 * 3600


TAKEN_OUT = 0.25
"""How likely, before each of them, that nothing of the name is in force for a while; the next adoption ends it."""
ALL_AT_ONCE = 0.5
"""How likely somebody moves every case that runs by another edition, just after."""


def draw_adoptions(world: World, draws: Draws, houses: Sequence[House], people: People) -> None:
    """Some editions come into force at some moment of the first day, for every process at once; never a lower one."""
    for name in CHANGED:
        begins = draws.between(600, SOON, "adopted-at", name)
        for number in (2, 3):
            if draws.happens(TAKEN_OUT, "taken-out", name, number):
                before = draws.between(0, 600, "taken-out-before", name, number)
                world.at(begins - before, partial(_take_out, world, houses, name))
            if draws.happens(ADOPTED, "adopted", name, number):
                world.at(begins, partial(_adopt, world, houses, name, number))
                if draws.happens(ALL_AT_ONCE, "all-moved", name, number):
                    world.at(begins + 5, partial(people.moves_all, later_editions()[name, number]))
            begins += draws.between(600, SOON, "adopted-after", name, number)


def _take_out(world: World, houses: Sequence[House], name: str) -> None:
    if name not in houses[0].procedures.library().current:
        return
    world.say(f"{name} is taken out of force")
    for house in houses:
        assert isinstance(house.procedures, SimulatedProcedures)
        house.procedures.take_out(name)


def _adopt(world: World, houses: Sequence[House], name: str, number: int) -> None:
    world.say(f"edition {number} of {name} is adopted")
    for house in houses:
        assert isinstance(house.procedures, SimulatedProcedures)
        house.procedures.adopt(later_editions()[name, number])
