"""Routes whose work is one piece: who is at the door is looked up in the thread in which the page is then made.

FastAPI sends every plain function to a thread of its own, a sign-in, a form and a page three times: that is half a
millisecond and more on the way of an alert.
"""

import functools
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute

from models.relations import resting
from web.doorkeeper import Arrival, Visit
from web.stepping import ProofNeeded, asking, freshly_proven


class Room(APIRoute):
    """A route of the desk."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """As FastAPI calls it."""
        super().__init__(path, _let_in(endpoint), **options)


def _let_in(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """The endpoint, which gets a visit for each arrival, or nobody's page is made at all."""

    @functools.wraps(endpoint)
    def work(**given: Any) -> Any:
        try:
            known = {name: _visit(one) if isinstance(one, Arrival) else one for name, one in given.items()}
            visits = (one for one in known.values() if isinstance(one, Visit) and one.resting)
            with resting(next((one.operator.operator_id for one in visits), "")):
                return endpoint(**known)
        except ProofNeeded as needed:
            return asking(needed)

    return work


def _visit(arrived: Arrival) -> Visit:
    visit = arrived.let_in()
    if arrived.form is not None:
        freshly_proven(visit, arrived.form)
        visit = arrived.let_in()  # as it is now: the proof may have been another than that of her sign-in
        arrived.refuse_without_passkey(visit)
    return visit


def rooms() -> APIRouter:
    """A router for pages that ask who is there."""
    return APIRouter(route_class=Room)
