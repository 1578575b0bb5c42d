"""How somebody of the network wants to be alerted, and when she is away: what she said herself, beside the file. Pure.

A rule orders channels and never silences one: what does not fit the hour is tried after whatever fits, and where
nothing fits, all of them are tried in the order of the file, as if there were no rule (docs/decisions/0079).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from procedures.errors import Refused

LONGEST_AFTER = 60
"""Minutes: most handoffs are to be answered sooner."""
LONGEST_AWAY = timedelta(days=366)
MOST_AWAY = 20
"""Absences of one person that are still to come."""
DAY_MINUTES = 24 * 60


class RuleUnclear(Refused):
    """It is about a channel that is not hers, twice about one, or no number and no hours."""

    template = (
        "These rules cannot be kept: each channel once, minutes from 0 to {most}, hours as 08:00. Load the page again."
    )


class EverythingOff(Refused):
    """She would be reached by nothing that she chose."""

    template = "At least one channel stays on: an alert goes out in any case, and you say over which one first."


class AwayBackwards(Refused):
    """It would never begin."""

    template = "The absence ends before it begins. Put the earlier moment first."


class AwayOver(Refused):
    """It is over already."""

    template = "The absence would end in the past. Say an end that is still to come."


class AwayTooLong(Refused):
    """It belongs into the network's file."""

    template = "An absence lasts at most {days} days. What lasts longer belongs into the network's file."


class TooManyAbsences(Refused):
    """Nobody needs so many."""

    template = "There are {most} absences already that are still to come. End one of them first."


class NoSuchAbsence(Refused):
    """It was ended before."""

    template = "There is no such absence any more. Load the page again."


@dataclass(frozen=True, slots=True)
class ChannelRule:
    """What somebody says of one of her channels; its place is that among her rules."""

    channel: str
    """As acts and forms call it: `KIND.MARK`."""
    after: int = 0
    """Minutes after the alert, while nobody answered it. The first one that fits goes at once."""
    since: str = ""
    """`08:00`, by the wall in Rome; empty, as `until`: at every hour. `until` before `since` goes past midnight."""
    until: str = ""
    off: bool = False
    """Tried only once the others failed."""


@dataclass(frozen=True, slots=True)
class Absence:
    """From when to when she is not called, where anybody else can be."""

    number: int
    """Of the act that said so."""
    since: datetime
    until: datetime

    def holds(self, now: datetime) -> bool:
        """Whether she is away at that moment."""
        return self.since <= now < self.until


def hour_of(text: str) -> time | None:
    """`08:00` as an hour; None where it is none."""
    try:
        found = time.fromisoformat(text)
    except ValueError:
        return None
    return found if len(text) == len("08:00") and found.tzinfo is None else None


def check_rules(rules: Sequence[ChannelRule]) -> None:
    """Whether they can be kept. Raises RuleUnclear, EverythingOff."""
    twice = len({one.channel for one in rules}) < len(rules)
    if twice or not all(map(_is_clear, rules)):
        raise RuleUnclear(most=LONGEST_AFTER)
    if rules and all(one.off for one in rules):
        raise EverythingOff


def _is_clear(rule: ChannelRule) -> bool:
    hours = [rule.since, rule.until]
    at_every_hour = hours == ["", ""]
    clear = at_every_hour or (None not in map(hour_of, hours) and rule.since != rule.until)
    return bool(rule.channel) and clear and 0 <= rule.after <= LONGEST_AFTER


def check_away(since: datetime, until: datetime, now: datetime) -> None:
    """Whether it can be of use. Raises AwayBackwards, AwayOver, AwayTooLong."""
    if since >= until:
        raise AwayBackwards
    if until <= now:
        raise AwayOver
    if until - since > LONGEST_AWAY:
        raise AwayTooLong(days=LONGEST_AWAY.days)


def fits_hour(since: str, until: str, clock: time) -> bool:
    """Whether these hours hold then, by the wall; empty: always."""
    start, end = hour_of(since), hour_of(until)
    if start is None or end is None:
        return True
    return start <= clock < end if start < end else clock >= start or clock < end


def hours_without(rules: Sequence[ChannelRule]) -> Sequence[tuple[str, str]]:
    """The hours of a day at which no channel fits: then every one of them is tried. `("22:00", "07:00")`."""
    on = [one for one in rules if not one.off]
    if not on:
        return ()
    clocks = [time(minute // 60, minute % 60) for minute in range(DAY_MINUTES)]
    free = [not any(fits_hour(one.since, one.until, clock) for one in on) for clock in clocks]
    if all(free) or not any(free):
        return [("00:00", "24:00")] if all(free) else ()
    starts = [minute for minute in range(DAY_MINUTES) if free[minute] and not free[minute - 1]]
    return [(_said(start), _said(_end(free, start))) for start in starts]


def _end(free: Sequence[bool], start: int) -> int:
    return next(end for more in range(1, DAY_MINUTES) if not free[end := (start + more) % DAY_MINUTES])


def _said(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
