"""Bugs on purpose at the desk, before anybody is known there."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest.mock import patch

from web.lanes import LANES, Lane

Patch = AbstractContextManager[Any]


def reads_first() -> Patch:
    """Somebody's case is read before she is refused."""
    from models import reads

    sound = vars(reads)["open_to"]

    def open_to(house: Any, connection: Any, directory: Any, code: str, actor: str) -> Any:
        if connection.exec_driver_sql(f"SELECT 1 FROM cases WHERE code = '{code}'").first():  # noqa: S608 - of a row
            time.sleep(0.02)  # as a long case takes
        return sound(house, connection, directory, code, actor)

    return patch.object(reads, "open_to", open_to)


@contextmanager
def one_lane() -> Iterator[None]:
    """Everybody comes in where those do who sign in, two at once, and nobody waits."""
    with patch("web.lanes.lane_of", lambda _path: "sign-in"), patch.dict(LANES, {"sign-in": Lane(2, 0)}):
        yield
