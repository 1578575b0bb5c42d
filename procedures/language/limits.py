"""Points in time and limits: a distance from a moment, with its clock, its source, and when it counts."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from pydantic import Field

from procedures.language.base import Model
from procedures.language.conditions import Condition
from procedures.language.lengths import DAY, HOUR, NOW, Duration


class Clock(StrEnum):
    """The three kinds of clock, never mixed (domain.md)."""

    PROTOCOL = "protocol"
    """What the bodies promised each other; a breach escalates."""
    CLINICAL = "clinical"
    """Counts from the event of violence and expires for good."""
    STATUTORY = "statutory"
    """Binds an authority; watched and shown, never a partner's failure."""


class Source(Model):
    """Where a limit comes from, and when somebody last read it there. `verified: false` says that nobody has."""

    text: str = Field(min_length=1)
    verified_on: date | None = None
    verified: bool = True


class MomentKind(StrEnum):
    """What a moment hangs on."""

    START = "start"
    """The step's own start: `accepted` for a result, `requested` for an acceptance."""
    CASE = "case"
    """`case.opened`"""
    PATHWAY = "pathway"
    """`pathway.started`"""
    STEP = "step"
    """`STEP.requested | accepted | completed | expired` or `STEP.RESULT`"""
    EVIDENCE = "evidence"
    """`STEP.evidence.FIELD`"""
    FACT = "fact"
    """`fact.NAME`, a dated fact"""
    SIGNAL = "signal"
    """`signal.NAME`: when it came last"""


class Moment(Model):
    """A named point in time."""

    kind: MomentKind = MomentKind.START
    step: str | None = None
    name: str | None = None

    @property
    def words(self) -> str:
        """As it is written; empty for the step's own start."""
        if self.kind is MomentKind.START:
            return ""
        if self.kind is MomentKind.EVIDENCE:
            return f"{self.step}.evidence.{self.name}"
        return f"{self.step or self.kind.value}.{self.name}"


class Point(Model):
    """A point in time: so long after a moment, or before it."""

    distance: Duration = NOW
    before: bool = False
    of: Moment = Moment()

    @property
    def words(self) -> str:
        """As it is written."""
        joined = " before " if self.before else " of "
        return joined.join(part for part in (self.distance.words, self.of.words) if part)


class Pick(StrEnum):
    """Which of several points counts."""

    EARLIEST = "earliest"
    LATEST = "latest"


class WorkingDay(Model):
    """Where an end goes that falls on a day without work: to the next working day of the service, or of a country."""

    country: str | None = None

    @property
    def most(self) -> int:
        """The most seconds by which an end can be later.

        A country: its longest run of free days and the working day after it, measured over 2000-2099 for Italy, over
        2020-2049 for all the others. A service: one that opens once a week, and rests three weeks in a row by chance.
        """
        if self.country is None:
            return 30 * DAY + HOUR
        return (5 if self.country == "IT" else 14) * DAY + HOUR

    @property
    def words(self) -> str:
        """As it is written."""
        return f"working day in {self.country}" if self.country else "working day"


class Limit(Model):
    """The earliest (or the latest) of its points, with its clock and its source.

    `when` says that it counts only where the facts are so.
    """

    points: tuple[Point, ...] = Field(min_length=1)
    pick: Pick = Pick.EARLIEST
    when: Condition | None = None
    clock: Clock = Clock.PROTOCOL
    moves_to: WorkingDay | None = None
    """None: it ends where it ends, on a holiday too."""
    source: Source

    @property
    def within(self) -> Duration:
        """The distance of its first point: all there is to a limit that counts from its own step."""
        return self.points[0].distance

    @property
    def of(self) -> Moment:
        """The moment of its first point."""
        return self.points[0].of

    @property
    def moments(self) -> Iterator[Moment]:
        """Every moment that it counts from."""
        return (point.of for point in self.points)

    @property
    def is_plain(self) -> bool:
        """Whether it is one length of time after one moment: *within* says all of it."""
        point = self.points[0]
        return len(self.points) == 1 and not point.before and point.distance.clock is None and point.distance != NOW

    @property
    def from_start(self) -> bool:
        """Whether it counts from the step's own start."""
        return any(moment.kind is MomentKind.START for moment in self.moments)

    @property
    def words(self) -> str:
        """As it is written, without what stands beside it."""
        said = ", ".join(point.words for point in self.points)
        whole = said if len(self.points) == 1 else f"{self.pick}: {said}"
        return f"{whole}, moves_to: {self.moves_to.words}" if self.moves_to else whole


class Silence(StrEnum):
    """What it means that a limit went by, beside the name of a result."""

    ESCALATE = "escalate"
    """The coordinator answers for it."""
    NOTE = "note"
    """It is noted, and nothing follows."""


COORDINATOR = "coordinator"
"""The word for the coordination where competences are named."""


class Extension(Model):
    """Longer time: how much, how often, and who must all agree."""

    by: Duration
    at_most: int = Field(ge=1)
    agreed_by: tuple[str, ...] = Field(min_length=1)
    """Competences of the network, or `coordinator`."""
    source: Source
