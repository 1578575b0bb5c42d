"""What the house holds of each person of the network beside the network's file: her PIN, and channels not trusted now.

Of a person, not of an account: whoever answers by a link has none. A PIN is drawn by the house and told once. A channel
over which somebody else answered gets no message until a coordinator made sure that it is the person's again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from procedures.errors import Refused


class StandingActKind(StrEnum):
    """What can be done about a person of the network."""

    PIN_ISSUED = "pin_issued"
    PIN_LOST = "pin_lost"
    CHANNEL_REVOKED = "channel_revoked"
    CHANNEL_PROVEN = "channel_proven"
    CHANNEL_VERIFIED = "channel_verified"
    """She typed the code of a message that went there (`procedures/verifying_channels.py`)."""


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


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds of one person."""

    pin: str = ""
    """The digest of the kept PIN; empty: she has none."""
    revoked: frozenset[str] = frozenset()
    """The digests of the channels that are not trusted."""
    verified: frozenset[str] = frozenset()
    """The digests of the channels of which she typed a code."""


Standings = Mapping[str, Standing]
"""By the person's id."""


class NoPin(Refused):
    """There is nothing to take."""

    template = "This person has no PIN."


class ChannelRevoked(Refused):
    """Nothing would change."""

    template = "This channel is not used already."


class ChannelVerified(Refused):
    """Nothing would change."""

    template = "This channel was verified before."


class ChannelTrusted(Refused):
    """Nothing would change."""

    template = "This channel is in use: nothing is to be proven."


def after(known: Standings, act: StandingAct) -> Standings:
    """What holds after one more act.

    Raises:
        NoPin, ChannelRevoked, ChannelTrusted, ChannelVerified: nothing would change.
    """
    held = known.get(act.person, Standing())
    return {**known, act.person: _changed(held, act)}


def standings_of(acts: Iterable[StandingAct]) -> Standings:
    """What holds after these acts. Raises as `after`."""
    known: Standings = {}
    for act in acts:
        known = after(known, act)
    return known


def _changed(held: Standing, act: StandingAct) -> Standing:
    match act.kind:
        case StandingActKind.PIN_ISSUED:
            return replace(held, pin=act.mark)
        case StandingActKind.PIN_LOST:
            if not held.pin:
                raise NoPin
            return replace(held, pin="")
        case StandingActKind.CHANNEL_REVOKED:
            if act.mark in held.revoked:
                raise ChannelRevoked
            return replace(held, revoked=held.revoked | {act.mark}, verified=held.verified - {act.mark})
        case StandingActKind.CHANNEL_PROVEN:
            if act.mark not in held.revoked:
                raise ChannelTrusted
            return replace(held, revoked=held.revoked - {act.mark})
        case StandingActKind.CHANNEL_VERIFIED:
            if act.mark in held.verified:
                raise ChannelVerified
            return replace(held, verified=held.verified | {act.mark})
