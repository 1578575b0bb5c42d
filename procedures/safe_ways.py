"""The ways in which she can be reached without danger: named by her, and asked for again before each use.

Pure: acts in, what follows out, or a refusal. What a way is (its kind, the address, what may be said) is in no act: it
is sealed beside it, and whoever may read it hands it in. A way holds until it is looked at again (domain.md, rule 1).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from procedures.choosing import ROME
from procedures.errors import Refused
from procedures.marking import N_

FRESH_FOR = timedelta(hours=24)
"""After she was asked. A telephone can be found, and somebody can move back in, within a day."""
REASON_OPENS_FOR = timedelta(hours=1)
"""A way of which nobody asked her again, for whoever said why: as long as a broken glass."""
OPENING = "opening"
"""The way that was noted when the case was opened: she was asked then."""
LONGEST_ADDRESS, LONGEST_TEXT = 200, 500


class WayKind(StrEnum):
    """How she is reached."""

    CALL = "call"
    SMS = "sms"
    EMAIL = "email"
    THROUGH = "through"
    """Through a person whom she named."""
    NOTED = "noted"
    """As it was noted when the case was opened, in free words."""


WAY_KINDS: Mapping[WayKind, str] = {
    WayKind.CALL: N_("a call"),
    WayKind.SMS: N_("an SMS"),
    WayKind.EMAIL: N_("an e-mail"),
    WayKind.THROUGH: N_("through a person she named"),
    WayKind.NOTED: N_("as noted when the case was opened"),
}
NAMEABLE = (WayKind.CALL, WayKind.SMS, WayKind.EMAIL, WayKind.THROUGH)
WRITABLE = frozenset({WayKind.SMS, WayKind.EMAIL})


@dataclass(frozen=True, slots=True)
class Way:
    """What identifies her: sealed under the vault key of her case, and in no act."""

    kind: WayKind
    address: str = field(repr=False)
    when: str = field(default="", repr=False)
    """Days and hours, in her words."""
    may_leave_word: bool = False
    """Whether a message, or a word on an answering machine, may be left."""
    may_say: str = field(default="", repr=False)
    until: date | None = None
    """The last day, in Rome, on which it counts as safe; None: until she says otherwise."""

    def is_over(self, now: datetime) -> bool:
        """Whether the day is past until which it counts as safe."""
        return self.until is not None and now.astimezone(ROME).date() > self.until


class WayActKind(StrEnum):
    """What can be done."""

    NAMED = "named"
    ENDED = "ended"
    """It is not safe any more."""
    ASKED = "asked"
    """She was asked today, and said that it is safe."""
    OPENED = "opened"
    """It was used without asking her again, for a reason."""
    WISHED = "wished"
    """She asked to be written to by it."""
    WISH_ENDED = "wish_ended"
    WRITING = "writing"
    """Kept before anything leaves."""
    WRITTEN = "written"
    """What became of that."""


WAY_ACTS: Mapping[WayActKind, str] = {
    WayActKind.NAMED: N_("noted a safe way to reach her"),
    WayActKind.ENDED: N_("noted that a way is not safe any more"),
    WayActKind.ASKED: N_("asked her again, and she said that it is safe"),
    WayActKind.OPENED: N_("opened a way without asking her again, and said why"),
    WayActKind.WISHED: N_("noted that she asks to be written to"),
    WayActKind.WISH_ENDED: N_("noted that she does not want to be written to any more"),
    WayActKind.WRITING: N_("wrote to her by the way she asked for"),
    WayActKind.WRITTEN: N_("written to her by the way she asked for"),
}


class Outcome(StrEnum):
    """What became of one text to her."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """For good: it will never go this way."""
    FAILED = "failed"
    """It certainly did not leave."""
    UNCERTAIN = "uncertain"


OUTCOMES: Mapping[Outcome, str] = {
    Outcome.ACCEPTED: N_("the carrier took it; that she read it, nobody knows"),
    Outcome.REFUSED: N_("refused for good: it never goes this way"),
    Outcome.FAILED: N_("it did not leave; try once more later"),
    Outcome.UNCERTAIN: N_("uncertain: it may have reached her, so do not write the same again"),
}


@dataclass(frozen=True, slots=True)
class WayAct:
    """One act about one way of one case."""

    kind: WayActKind
    at: datetime
    actor: str
    """`operator:ID`. Never a name."""
    case_id: str
    way: str
    """The way's own random id, or `OPENING`."""
    text: str = ""
    """The id of a text to her; of `WRITING` and `WRITTEN`."""
    sentence: str = ""
    """Which of the fixed sentences it was."""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class KnownWay:
    """Where one way stands."""

    named_by: str = ""
    asked_at: datetime | None = None
    """When she was asked last, the naming included; None for `OPENING`: as old as the case."""
    asked_by: str = ""
    opened: Mapping[str, datetime] = field(default_factory=dict)
    """Who said why she was not asked again, and when last."""
    wished_at: datetime | None = None
    """When she asked to be written to by it; None where she does not."""
    ended: bool = False

    def is_fresh(self, noted_at: datetime, now: datetime) -> bool:
        """Whether she was asked within a day; `noted_at` is when the case was opened."""
        return timedelta() <= now - (self.asked_at or noted_at) < FRESH_FOR

    def is_open_to(self, actor: str, noted_at: datetime, now: datetime, way: Way) -> bool:
        """Whether this actor may use it now: she was asked within a day, or the actor said why not."""
        if self.ended:
            return False
        said = self.opened.get(actor)
        for_a_reason = said is not None and now - said < REASON_OPENS_FOR
        return for_a_reason or (not way.is_over(now) and self.is_fresh(noted_at, now))


@dataclass(frozen=True, slots=True)
class Text:
    """One text to her."""

    way: str
    at: datetime
    actor: str
    sentence: str
    outcome: str = Outcome.UNCERTAIN
    """Until its outcome is kept nobody knows: the machine may have stopped in between."""
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Ways:
    """What the acts about one case made."""

    ways: Mapping[str, KnownWay] = field(default_factory=lambda: {OPENING: KnownWay()})
    texts: Mapping[str, Text] = field(default_factory=dict)


class UnknownWay(Refused):
    """There is none of this id, or it is not safe any more."""

    template = "There is no such way to reach her, or it is not safe any more. Look at the list again."


class WayNamed(Refused):
    """The id is taken."""

    template = "This way is noted already."


class AskHerAgain(Refused):
    """Nobody asked her today."""

    template = (
        "Nobody asked her again since yesterday whether this way is safe. Ask her, or say why you use it unasked."
    )


class WayIsOver(Refused):
    """The day is past until which she said that it is safe."""

    template = "The day is past until which she called this way safe. Note it anew with her, or say why it is used."


class NotWished(Refused):
    """She did not ask for it."""

    template = "She did not ask to be written to by this way. Nothing was sent."


class NotWritable(Refused):
    """A call, or a person in between."""

    template = "By this way nobody writes: she can ask for an SMS or an e-mail alone."


class NoDesksCarrier(Refused):
    """Through the house's own it would say who writes."""

    template = "The desk has no carrier of its own for this way ([desk.carriers]). Nothing was sent."


class TextAlreadyWritten(Refused):
    """The same form came twice."""

    template = "This was written already."


def after(known: Ways, act: WayAct) -> Ways:
    """What follows from one more act.

    Raises:
        WayNamed, UnknownWay, NotWished, TextAlreadyWritten: it cannot be done.
    """
    if act.kind is WayActKind.NAMED:
        if act.way in known.ways:
            raise WayNamed
        return _with(known, act, KnownWay(act.actor, act.at, act.actor))
    if act.kind is WayActKind.WRITTEN:
        return _settled(known, act)
    way = known.ways.get(act.way)
    if way is None or way.ended:
        raise UnknownWay
    if act.kind in {WayActKind.WRITING, WayActKind.WISH_ENDED} and way.wished_at is None:
        raise NotWished
    return _writing(known, act) if act.kind is WayActKind.WRITING else _with(known, act, _way_after(way, act))


def _way_after(way: KnownWay, act: WayAct) -> KnownWay:
    """What one act about a way that is safe makes of it."""
    match act.kind:
        case WayActKind.ENDED:
            return replace(way, ended=True, wished_at=None)
        case WayActKind.ASKED:
            return replace(way, asked_at=act.at, asked_by=act.actor)
        case WayActKind.OPENED:
            return replace(way, opened={**way.opened, act.actor: act.at})
        case WayActKind.WISHED:
            return replace(way, wished_at=act.at)
        case _:
            return replace(way, wished_at=None)


def check_use(known: KnownWay, way: Way, actor: str, noted_at: datetime, now: datetime) -> None:
    """Let pass whoever may use the way now. Raises UnknownWay, WayIsOver, AskHerAgain."""
    if known.ended:
        raise UnknownWay
    if known.is_open_to(actor, noted_at, now, way):
        return
    raise WayIsOver if way.is_over(now) else AskHerAgain


def _with(known: Ways, act: WayAct, way: KnownWay) -> Ways:
    return replace(known, ways={**known.ways, act.way: way})


def _writing(known: Ways, act: WayAct) -> Ways:
    if not act.text or act.text in known.texts:
        raise TextAlreadyWritten
    return replace(known, texts={**known.texts, act.text: Text(act.way, act.at, act.actor, act.sentence)})


def _settled(known: Ways, act: WayAct) -> Ways:
    text = known.texts.get(act.text)
    if text is None or text.settled or text.way != act.way:
        raise UnknownWay
    settled = replace(text, outcome=Outcome(act.outcome), settled=True)
    return replace(known, texts={**known.texts, act.text: settled})
