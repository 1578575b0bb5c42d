"""Overrides and swaps of duty turns: *tonight X in the place of Y*, on top of the rota of the network's file. Pure.

What was said last counts. A change takes effect for the next ask; whoever was asked before stays asked. A rota that a
change makes emptier is refused, unless whoever says it knows and says why.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from procedures.directory import Directory, Duty, Service
from procedures.errors import Refused
from procedures.rotas import Gap, gaps_of
from procedures.values import FIRST_YEAR, LAST_YEAR, ROME

LONGEST = timedelta(days=31)
"""Of one change: what lasts longer belongs into the network's file."""
LONGEST_WHY = 200
"""Characters."""


class DutyActKind(StrEnum):
    """What can be done about duty turns."""

    OVERRIDDEN = "overridden"
    SWAPPED = "swapped"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Turn:
    """From when to when somebody is on duty instead; nobody where `person` is empty."""

    person: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class DutyAct:
    """One act about the turns of a service."""

    kind: DutyActKind
    at: datetime
    actor: str
    service: str
    why: str
    turns: tuple[Turn, ...] = ()
    undoes: int = 0
    """The number of the change that is undone."""
    command: str = ""
    """The id of the form or command: what was sent twice is done once."""


@dataclass(frozen=True, slots=True)
class DutyChange:
    """An override or a swap, and what became of it."""

    number: int
    act: DutyAct
    undone: bool = False
    undone_by: str = ""
    """The id of the form or command that undid it."""

    @property
    def until(self) -> datetime:
        """When the last of its turns ends."""
        return max(turn.until for turn in self.act.turns)


DutyChanges = Mapping[int, DutyChange]
"""By number, in the order in which they were said."""


class NoSuchChange(Refused):
    """There is nothing to undo."""

    template = "There is no change of duty turns with the number {number}, or it was undone before."


class ChangeBackwards(Refused):
    """It would never begin."""

    template = "The change ends before it begins. Put the earlier moment first."


class ChangeOver(Refused):
    """It is over already: who was called then is what the trail says."""

    template = "The change would end in the past. Say an end that is still to come."


class ChangeTooLong(Refused):
    """It belongs into the network's file."""

    template = "A change lasts at most {days} days. What lasts longer belongs into the network's file."


class NoMoment(Refused):
    """What was typed as a moment is none, or an hour over which the clocks leap."""

    template = "This is no moment: write day and hour of Rome, such as {example}."


class WhyNeeded(Refused):
    """Whoever reads it later must understand it."""

    template = "Say in a few words why, in at most {most} characters."


class NothingChanges(Refused):
    """The same people are on duty at the same hours."""

    template = "This changes nothing: the same person is on duty then already."


class OpensGap(Refused):
    """Hours would be left at which nobody on duty is reached."""

    template = (
        "From {since} until {until} nobody on duty would be reached. "
        "Name somebody for those hours, or confirm that they stay open."
    )


class NoSuchTurn(Refused):
    """A turn that somebody would swap is none."""

    template = "This turn is not in the rota any more, or it is over. Load the page again and choose another one."


class SwapOfOne(Refused):
    """Two turns of one service, by two people, can be swapped."""

    template = "Choose two turns of the same service, of two different people."


def after(known: DutyChanges, number: int, act: DutyAct) -> DutyChanges:
    """The changes after one more act. Raises NoSuchChange, WhyNeeded, ChangeBackwards: it could not be done."""
    if not act.why.strip() or len(act.why) > LONGEST_WHY:
        raise WhyNeeded(most=LONGEST_WHY)
    if act.kind is DutyActKind.UNDONE:
        change = known.get(act.undoes)
        if change is None or change.undone:
            raise NoSuchChange(number=act.undoes)
        return {**known, act.undoes: replace(change, undone=True, undone_by=act.command)}
    if not act.turns or any(turn.since >= turn.until for turn in act.turns):
        raise ChangeBackwards
    return {**known, number: DutyChange(number, act)}


def check_times(act: DutyAct) -> None:
    """Whether its turns can be of use at all. Raises ChangeOver, ChangeTooLong."""
    for turn in act.turns:
        if turn.until <= act.at:
            raise ChangeOver
        if turn.until - turn.since > LONGEST:
            raise ChangeTooLong(days=LONGEST.days)


def swapped(service: Service, first: datetime, second: datetime, now: datetime) -> tuple[Turn, Turn]:
    """The two turns of a service that begin then, each with the other's person; what is past of one stays as it was.

    Raises NoSuchTurn, SwapOfOne.
    """
    found = [next((duty for duty in service.rota if duty.since == since), None) for since in (first, second)]
    one, other = found
    if one is None or other is None or min(one.until, other.until) <= now:
        raise NoSuchTurn
    if one.person == other.person:
        raise SwapOfOne
    return _turn(one, other.person, now), _turn(other, one.person, now)


def _turn(duty: Duty, person: str, now: datetime) -> Turn:
    return Turn(person, max(duty.since, now).astimezone(UTC), duty.until.astimezone(UTC))


def with_changes(directory: Directory, changes: Iterable[DutyChange], since: datetime) -> Directory:
    """The directory with these changes on top of its file's rotas, in their order.

    What ended before `since`, when this edition of the file came into force, is history. A change that names a service
    or a person who left the network changes nothing.
    """
    services = {name: _plain(service) for name, service in directory.services.items()}
    for change in changes:
        service = services.get(change.act.service)
        people = {turn.person for turn in change.act.turns if turn.person}
        if service is None or change.undone or change.until <= since or not people <= directory.people.keys():
            continue
        rota = service.rota
        for turn in change.act.turns:
            rota = _put(rota, turn, change.number)
        written = service.written_rota or service.rota
        kept = tuple(duty for duty in written if duty.change is None)
        services[service.id] = service.model_copy(update={"rota": rota, "written_rota": kept})
    return directory.model_copy(update={"services": services})


def _plain(service: Service) -> Service:
    """The service as the network's file has it."""
    if service.written_rota or any(duty.change is not None for duty in service.rota):
        return service.model_copy(update={"rota": service.written_rota, "written_rota": ()})
    return service


def _put(rota: tuple[Duty, ...], turn: Turn, number: int) -> tuple[Duty, ...]:
    """The rota with this turn in the place of whatever was there."""
    kept: list[Duty] = []
    for duty in rota:
        pieces = ((duty.since, min(duty.until, turn.since)), (max(duty.since, turn.until), duty.until))
        kept += [duty.model_copy(update={"since": a, "until": b}) for a, b in pieces if a < b]
    if turn.person:
        kept.append(Duty(person=turn.person, since=turn.since, until=turn.until, change=number))
    return tuple(sorted(kept, key=lambda duty: duty.since))


def opened_gap(before: Directory, now: Directory, service: str, since: datetime, until: datetime) -> Gap | None:
    """The first time from `since` to `until` that is a gap now and was none before; None where there is none."""
    known = gaps_of(before, before.services[service], since, until)
    for gap in gaps_of(now, now.services[service], since, until):
        at = gap.since
        for old in known:
            if old.since <= at < old.until:
                at = old.until
        if at < gap.until:
            ends = min((old.since for old in known if old.since > at), default=gap.until)
            return replace(gap, since=at, until=min(gap.until, ends))
    return None


def same_turns(before: Service, now: Service, since: datetime, until: datetime) -> bool:
    """Whether the same people are on duty from `since` to `until`."""
    return _people(before, since, until) == _people(now, since, until)


def _people(service: Service, since: datetime, until: datetime) -> list[tuple[str, datetime, datetime]]:
    found: list[tuple[str, datetime, datetime]] = []
    for duty in sorted(service.rota, key=lambda one: one.since):
        start, end = max(duty.since, since).astimezone(UTC), min(duty.until, until).astimezone(UTC)
        if start >= end:
            continue
        if found and found[-1][0] == duty.person and found[-1][2] == start:
            found[-1] = (duty.person, found[-1][1], end)
        else:
            found.append((duty.person, start, end))
    return found


def moment_in_rome(text: str, *, late: bool = False) -> datetime | None:
    """A moment as a form has it (`2026-12-01T20:00`), by the wall in Rome unless it says its zone; in UTC.

    An hour that Rome shows twice is the first of the two, for an end (`late`) the second, so that no hour is left out.
    None where it is no moment, or an hour that Rome leaps over.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return None
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    here = moment.replace(tzinfo=ROME, fold=int(late)).astimezone(UTC)
    return here if here.astimezone(ROME).replace(tzinfo=None, fold=0) == moment else None
