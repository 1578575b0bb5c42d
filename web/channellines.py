"""What a person sees of her own channels: the true outcome of the last test of each, when, and what to do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.own_letters import Letter
from models.verifying_channels import OwnChannel, channels_of
from procedures.directory import ContactKind
from procedures.verifying_channels import CODE_LASTS, CODE_TRIES
from web.doorkeeper import Visit
from web.naming import spoken
from web.saying import CHANNELS, DELIVERY_CODES, N_
from web.spans import span

NEVER = N_("never tested")
UNDER_WAY = N_("the test is leaving: wait a moment")
AGAIN = N_("not taken yet (%(why)s): it is tried again by itself")
TAKEN = N_("delivered to the carrier in %(span)s")
READ = N_("delivered to the carrier in %(span)s, and you typed its code")
FAILED = N_("not delivered: %(why)s")
DOUBTFUL = N_("nobody can say whether it arrived: %(why)s")
REASONS: Mapping[str, str] = {
    **DELIVERY_CODES,
    "not-on-record": N_("this channel was taken out of the network's file"),
    "lease-lapsed": N_("the machine stopped while it was leaving"),
}
OTHER_REASON = N_("the carrier says %(code)s")
TO_DO: Mapping[str, str] = {
    "no-carrier": N_("Ask whoever runs the house to set a carrier for it. Until then nothing goes out over it."),
    "rests": N_("Its carrier is in trouble, and those who run the house know. Test it again in some minutes."),
    "pgp-key": N_("Tell the coordination: the key beside your address in the network's file has to be renewed."),
    "not-on-record": N_("Nothing: nobody is called over it any more."),
}
WRONG_ADDRESS = N_(
    "Look whether the address is right. If it is wrong, telephone the coordination: the network's file is changed "
    "there. If it is right, ask whoever runs this mailbox or telephone."
)
LOOK_THERE = N_("Look there: if the message is there, type its code. If not, test it again in a minute.")


@dataclass(frozen=True)
class ChannelLine:
    """One of her channels."""

    name: str
    """What its form calls it."""
    kind: str
    address: str
    said: str
    to_do: str
    """What to do about it; empty where nothing is to be done."""
    at: datetime | None
    """When that became known."""
    state: str
    """`never`, `waits`, `good`, `bad`."""
    worked_at: datetime | None
    verified: bool
    asks_code: bool
    """Whether a code may be typed now."""


def channel_lines(visit: Visit, person: str) -> Sequence[ChannelLine]:
    """The channels that the network holds for her, in the order of its file."""
    return [_line(visit, one) for one in channels_of(visit.desk.house, visit.names.directory, person)]


def _line(visit: Visit, one: OwnChannel) -> ChannelLine:
    last, words = one.last, visit.names.words
    called = one.contact.kind in {ContactKind.SMS, ContactKind.VOICE}
    said, state, to_do = said_of(visit, last)
    now = visit.desk.now
    waits = last is not None and not last.proven_at and not last.code
    return ChannelLine(
        name=one.name,
        kind=words.gettext(CHANNELS[one.contact.kind]),
        address=spoken(one.contact.address) if called else one.contact.address,
        said=said,
        to_do=words.gettext(to_do) if to_do else "",
        at=last.settled_at if last else None,
        state=state,
        worked_at=one.worked_at,
        verified=one.verified,
        asks_code=bool(
            last
            and waits
            and now - last.queued_at <= CODE_LASTS * visit.desk.house.clock.speed
            and last.typed < CODE_TRIES
        ),
    )


def said_of(visit: Visit, last: Letter | None) -> tuple[str, str, str]:
    """In words, for the style, and what to do."""
    say = visit.names.words.gettext
    if last is None:
        return say(NEVER), "never", ""
    if last.settled_at is None:
        return (say(AGAIN) % {"why": _why(visit, last)} if last.code else say(UNDER_WAY)), "waits", ""
    if last.state == "accepted":
        took = span((last.settled_at - last.queued_at).total_seconds(), visit.language)
        return say(READ if last.proven_at else TAKEN) % {"span": took}, "good", ""
    if last.state == "uncertain":
        return say(DOUBTFUL) % {"why": _why(visit, last)}, "bad", LOOK_THERE
    return say(FAILED) % {"why": _why(visit, last)}, "bad", TO_DO.get(last.code or "", WRONG_ADDRESS)


def _why(visit: Visit, last: Letter) -> str:
    say, code = visit.names.words.gettext, last.code or ""
    return say(REASONS[code]) if code in REASONS else say(OTHER_REASON) % {"code": code}
