"""What stands below the network's own work: what begins by itself, and the channels that nobody can rely on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.channel_tests import channel_states
from models.scheduled import coming_work
from web.doorkeeper import Visit
from web.saying import CHANNELS, DELIVERY_CODES, DELIVERY_STATES, N_

NEVER_TESTED = N_("never tested")


@dataclass(frozen=True)
class ComingLine:
    """One piece of work that begins by itself."""

    title: str
    territory: str
    due_at: datetime | None
    """None where the network's file names no day."""
    fact: str
    """The day that it leads up to, in words."""


@dataclass(frozen=True)
class ChannelLine:
    """One channel, with the outcome of its last test."""

    who: str
    role: str
    channel: str
    said: str
    why: str
    at: datetime | None


@dataclass(frozen=True)
class ChannelLines:
    """All channels of those who may be called."""

    doubtful: tuple[ChannelLine, ...]
    """Never tested, refused, or nobody can say."""
    count: int
    """How many there are in all."""


def coming_lines(visit: Visit) -> Sequence[ComingLine]:
    """What begins by itself, soonest first."""
    names = visit.names
    known = names.library.current
    return [
        ComingLine(
            title=known[one.pathway].title.said(names.language),
            territory=names.territory(one.territory),
            due_at=one.due_at,
            fact=names.library.facts[one.fact].title.said(names.language) if one.fact else "",
        )
        for one in coming_work(visit.desk.house)
    ]


def channel_lines(visit: Visit) -> ChannelLines:
    """The channels that need a look, and how many there are."""
    house, names = visit.desk.house, visit.names
    say = names.words.gettext
    found = channel_states(house.database, names.directory, visit.desk.now)
    doubtful = tuple(
        ChannelLine(
            who=names.party(one.party),
            role=names.role(one.person, one.party),
            channel=f"{say(CHANNELS[one.channel])} ({one.number})",
            said=say(NEVER_TESTED if one.state is None else DELIVERY_STATES[one.state]),
            why=say(DELIVERY_CODES.get(one.code or "", one.code or "")) if one.code else "",
            at=one.at,
        )
        for one in found
        if one.needs_a_look
    )
    return ChannelLines(doubtful, len(found))
