"""Who is at the door is looked up in the thread that makes the page, and no page is made without."""

from dataclasses import fields

import pytest
from fastapi.routing import APIRoute

from web import account, behalf, board, casepage, ended, opening, ownwork, people, procedures
from web.doorkeeper import Arrival, Door, Visit
from web.rooms import Room

PLACES = (account, behalf, board, casepage, ended, opening, ownwork, people, procedures)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_every_page_that_asks_who_is_there_is_a_room(place: object) -> None:
    router = place.router  # type: ignore[attr-defined]  # each of them has one
    asking = [route for route in router.routes if isinstance(route, APIRoute) and _asks(route)]
    assert asking
    assert all(isinstance(route, Room) for route in asking)


def _asks(route: APIRoute) -> bool:
    return any(isinstance(one.call, Door) for one in route.dependant.dependencies)


def test_a_page_outside_a_room_can_do_nothing_with_whoever_arrives() -> None:
    of_a_visit = {name for name in (*dir(Visit), *(field.name for field in fields(Visit))) if not name.startswith("_")}
    of_an_arrival = {*dir(Arrival), *(field.name for field in fields(Arrival))}
    assert of_a_visit & of_an_arrival == {"desk", "language"}
