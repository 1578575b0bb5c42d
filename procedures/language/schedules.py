"""When the network's own work begins by itself."""

from datetime import time

from pydantic import Field

from procedures.language.base import Model
from procedures.language.limits import Point

LAST_DAY = 28
"""The last day that every month has."""


class Schedule(Model):
    """A day of every month at an hour of Rome (`day` and `at`), or so long before a dated fact (`point`)."""

    day: int | None = Field(default=None, ge=1, le=LAST_DAY)
    at: time | None = None
    point: Point | None = None
    """Before `fact.NAME`; the days themselves stand in the network's file, by territory."""

    @property
    def fact(self) -> str | None:
        """The fact that it leads up to."""
        return self.point.of.name if self.point else None
