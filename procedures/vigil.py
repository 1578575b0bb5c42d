"""When whoever watches a house from outside tells people that it has gone silent, and that it is back.

Dead software raises no alarm (trust.md, law 2). Pure: what was seen and when go in, the word to be said comes out.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


class Seen(StrEnum):
    """What one look found."""

    WELL = "well"
    SILENT = "silent"
    """Nobody answers, or not in time."""
    STRANGE = "strange"
    """Something answers there that does not know our secret: it is not the house."""
    TROUBLED = "troubled"
    """The house answers, and says that something of it does not move."""


@dataclass(frozen=True)
class Sight:
    """One look at the house."""

    seen: Seen
    faults: tuple[str, ...] = ()
    """What does not move, by name, where it is troubled."""


@dataclass(frozen=True)
class Patience:
    """How long the watcher bears what it sees."""

    silent_after: timedelta
    """So long without a good sign, then people are told."""
    again_every: timedelta
    """And again, while it lasts."""


class Telling(StrEnum):
    """What there is to say."""

    TROUBLE = "trouble"
    BACK = "back"


@dataclass(frozen=True)
class Word:
    """What people are told."""

    telling: Telling
    since: datetime
    """When the trouble began, or ended."""
    sight: Sight


STEADY_LOOKS = 3
"""Good looks one after another that end a trouble: a house that comes and goes is not back."""


@dataclass(frozen=True)
class Vigil:
    """What the watcher remembers."""

    since: datetime | None = None
    """When the first look failed that no steady health has followed; None while all is well."""
    told_at: datetime | None = None
    """When people were last told of it."""
    good_looks: int = 0
    good_since: datetime | None = None


def looked(vigil: Vigil, sight: Sight, now: datetime, patience: Patience) -> tuple[Vigil, Word | None]:
    """What is remembered after one more look, and what is to be said, if anything."""
    if sight.seen is Seen.WELL:
        return _well(vigil, sight, now)
    since = vigil.since or now
    spoilt = replace(vigil, since=since, good_looks=0, good_since=None)
    due = since + patience.silent_after if vigil.told_at is None else vigil.told_at + patience.again_every
    if now < due:
        return spoilt, None
    return replace(spoilt, told_at=now), Word(Telling.TROUBLE, since, sight)


def _well(vigil: Vigil, sight: Sight, now: datetime) -> tuple[Vigil, Word | None]:
    if vigil.since is None:
        return vigil, None
    looks, since = vigil.good_looks + 1, vigil.good_since or now
    if looks < STEADY_LOOKS:
        return replace(vigil, good_looks=looks, good_since=since), None
    return Vigil(), None if vigil.told_at is None else Word(Telling.BACK, since, sight)
