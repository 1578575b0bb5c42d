"""What the house holds of each person of the network beside the network's file: her PIN, her channels, her absences.

Of a person, not of an account: whoever answers by a link has none. A PIN is drawn by the house and told once. A channel
over which somebody else answered gets no message until a coordinator made sure that it is the person's again.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from procedures.errors import Refused
from procedures.own_rules import (
    MOST_AWAY,
    Absence,
    ChannelRule,
    NoSuchAbsence,
    TooManyAbsences,
    check_away,
    check_rules,
)

MOST_FEEDS = 5
"""Calendars of one person."""


class StandingActKind(StrEnum):
    """What can be done about a person of the network."""

    PIN_ISSUED = "pin_issued"
    PIN_LOST = "pin_lost"
    CHANNEL_REVOKED = "channel_revoked"
    CHANNEL_PROVEN = "channel_proven"
    CHANNEL_VERIFIED = "channel_verified"
    """She typed the code of a message that went there (`procedures/verifying_channels.py`)."""
    RULES_SET = "rules_set"
    """Which of her channels is tried first, and at which hours (`procedures/own_rules.py`)."""
    AWAY_SAID = "away_said"
    AWAY_ENDED = "away_ended"
    """It was said otherwise: an absence that began ends now, one to come is none."""
    FEED_MADE = "feed_made"
    """A secret address where her duty turns, or those of a service of hers, are read as a calendar."""
    FEED_ENDED = "feed_ended"


@dataclass(frozen=True, slots=True)
class StandingAct:
    """One act about a person of the network."""

    kind: StandingActKind
    at: datetime
    actor: str
    """`operator:ID`, or whoever has the machine (`shell`)."""
    person: str
    """By the id of the network's file."""
    mark: str = ""
    """The digest of the kept PIN, or of the channel."""
    rules: tuple[ChannelRule, ...] = ()
    """All her rules, in their order; none: the network's file alone says."""
    since: datetime | None = None
    until: datetime | None = None
    """Of an absence."""
    ends: int = 0
    """The number of the absence, or of the calendar, that ends."""
    service: str = ""
    """Whose duty turns a calendar has; empty: her own, in all her services."""
    number: int = 0
    """The act's own, once it is kept."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds of one person."""

    pin: str = ""
    """The digest of the kept PIN; empty: she has none."""
    revoked: frozenset[str] = frozenset()
    """The digests of the channels that are not trusted."""
    verified: frozenset[str] = frozenset()
    """The digests of the channels of which she typed a code."""
    rules: tuple[ChannelRule, ...] = ()
    """In her order."""
    away: tuple[Absence, ...] = ()
    """Those that were not over when the last one was said."""
    feeds: tuple[tuple[int, str], ...] = ()
    """Her calendars: the number of each, and its service."""


Standings = Mapping[str, Standing]
"""By the person's id."""


class NoPin(Refused):
    """There is nothing to take."""

    template = "This person has no PIN."


class ChannelRevoked(Refused):
    """Nothing would change."""

    template = "This channel is not used already."


class TooManyFeeds(Refused):
    """Nobody needs so many."""

    template = "There are {most} calendars of yours already. End one of them first."


class NoSuchFeed(Refused):
    """It was ended before."""

    template = "There is no such calendar any more. Load the page again."


class RulesAsBefore(Refused):
    """Nothing would change."""

    template = "These are your rules already: nothing was changed."


class ChannelVerified(Refused):
    """Nothing would change."""

    template = "This channel was verified before."


class ChannelTrusted(Refused):
    """Nothing would change."""

    template = "This channel is in use: nothing is to be proven."


def after(known: Standings, act: StandingAct) -> Standings:
    """What holds after one more act.

    Raises:
        NoPin, ChannelRevoked, ChannelTrusted, ChannelVerified, RulesAsBefore: nothing would change.
        Refused: as `own_rules.check_rules` and `check_away`, or there is no such absence.
    """
    held = known.get(act.person, Standing())
    return {**known, act.person: CHANGED[act.kind](held, act)}


def standings_of(acts: Iterable[StandingAct]) -> Standings:
    """What holds after these acts. Raises as `after`."""
    known: Standings = {}
    for act in acts:
        known = after(known, act)
    return known


def _pin_issued(held: Standing, act: StandingAct) -> Standing:
    return replace(held, pin=act.mark)


def _pin_lost(held: Standing, _act: StandingAct) -> Standing:
    if not held.pin:
        raise NoPin
    return replace(held, pin="")


def _channel_revoked(held: Standing, act: StandingAct) -> Standing:
    if act.mark in held.revoked:
        raise ChannelRevoked
    return replace(held, revoked=held.revoked | {act.mark}, verified=held.verified - {act.mark})


def _channel_proven(held: Standing, act: StandingAct) -> Standing:
    if act.mark not in held.revoked:
        raise ChannelTrusted
    return replace(held, revoked=held.revoked - {act.mark})


def _channel_verified(held: Standing, act: StandingAct) -> Standing:
    if act.mark in held.verified:
        raise ChannelVerified
    return replace(held, verified=held.verified | {act.mark})


def _rules_set(held: Standing, act: StandingAct) -> Standing:
    check_rules(act.rules)
    if act.rules == held.rules:
        raise RulesAsBefore
    return replace(held, rules=act.rules)


def _away_said(held: Standing, act: StandingAct) -> Standing:
    assert act.since is not None
    assert act.until is not None
    check_away(act.since, act.until, act.at)
    coming = tuple(one for one in held.away if one.until > act.at)
    if len(coming) >= MOST_AWAY:
        raise TooManyAbsences(most=MOST_AWAY)
    return replace(held, away=(*coming, Absence(act.number, act.since, act.until)))


def _away_ended(held: Standing, act: StandingAct) -> Standing:
    """What began stays known until now: whoever was called meanwhile was called rightly."""
    ended = next((one for one in held.away if one.number == act.ends and one.until > act.at), None)
    if ended is None:
        raise NoSuchAbsence
    others = tuple(one for one in held.away if one is not ended)
    return replace(held, away=(*others, replace(ended, until=act.at)) if ended.since < act.at else others)


def _feed_made(held: Standing, act: StandingAct) -> Standing:
    if len(held.feeds) >= MOST_FEEDS:
        raise TooManyFeeds(most=MOST_FEEDS)
    return replace(held, feeds=(*held.feeds, (act.number, act.service)))


def _feed_ended(held: Standing, act: StandingAct) -> Standing:
    left = tuple(one for one in held.feeds if one[0] != act.ends)
    if left == held.feeds:
        raise NoSuchFeed
    return replace(held, feeds=left)


CHANGED: Mapping[StandingActKind, Callable[[Standing, StandingAct], Standing]] = {
    StandingActKind.PIN_ISSUED: _pin_issued,
    StandingActKind.PIN_LOST: _pin_lost,
    StandingActKind.CHANNEL_REVOKED: _channel_revoked,
    StandingActKind.CHANNEL_PROVEN: _channel_proven,
    StandingActKind.CHANNEL_VERIFIED: _channel_verified,
    StandingActKind.RULES_SET: _rules_set,
    StandingActKind.AWAY_SAID: _away_said,
    StandingActKind.AWAY_ENDED: _away_ended,
    StandingActKind.FEED_MADE: _feed_made,
    StandingActKind.FEED_ENDED: _feed_ended,
}
