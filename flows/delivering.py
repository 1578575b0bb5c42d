"""Claimed → composed → sent → what came of it. One function with two callers: the dispatcher, and the engine's tasks.

A delivery that comes in here was committed as `sending` before: whoever dies in between leaves a lease that lapses, and
the repeat carries the same Message-ID, link and code. Callers keep the result with `house.handling.settle`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

from models.browsers import address_of
from models.composition import House
from models.echoes import telephone_of
from models.haste import Haste
from models.links import link_code, link_token
from models.network import remembered_directory
from models.outbox import Delivery, SettledDelivery, SettledResult
from models.points import reach
from models.replies import reply_address
from models.settings_carriers import every_carrier
from notifiers.carriers import Carriers
from notifiers.leaving import Leave, at_once
from notifiers.message import Message, Notice
from notifiers.outcomes import Accepted, FailedTemporary, Outcome, RejectedPermanent, Uncertain
from notifiers.pace import PACED
from notifiers.several import compose_several
from notifiers.wording import compose
from procedures.alert_events import ECHOES
from procedures.directory import PUSH, ContactKind
from procedures.events import LinkUse
from procedures.urgency import urgency

LEASE_SECONDS = 60.0
"""Real seconds; a carrier that answers later than that is not waited for (its own limits are shorter)."""


class Sender(Protocol):
    """Whoever carries a message: `notifiers.carriers.Carriers`."""

    async def send(self, message: Message, leave: Leave = at_once) -> Outcome:
        """One recipient, one attempt, whose text goes out after `leave`; never raises for what a carrier does."""
        ...


def carrier_urls(house: House) -> Mapping[str, str]:
    """The Apprise URL of each kind of contact, as the administrator set them; those that stand in are `KIND.second`."""
    return {name: carrier.read_url() for name, carrier in every_carrier(house.settings.carriers).items()}


def carriers_of(house: House) -> Carriers:
    """The carriers of this house, as its settings say: their URLs, the speed of its clock, what each may be given."""
    found = every_carrier(house.settings.carriers).items()
    limits = {name: carrier.per_minute for name, carrier in found if carrier.per_minute is not None}
    return Carriers(carrier_urls(house), speed=house.clock.speed, per_minute=limits)


async def deliver(house: House, carriers: Sender, delivery: Delivery, leave: Leave = at_once) -> SettledDelivery:
    """Send one claimed delivery and say what came of it, with its true time. Never raises for what a carrier does.

    Raises:
        MayNotLeave: `leave` said so. Nothing left.
    """
    message = message_of(house, delivery)
    outcome = await carriers.send(message, leave)
    if isinstance(outcome, FailedTemporary) and outcome.code == PACED and is_imminent(house, [delivery.case_id]):
        outcome = await carriers.send(replace(message, first=True), leave)
    reach("message-sent")
    return settled(delivery, outcome, house)


async def deliver_together(house: House, carriers: Sender, together: Sequence[Delivery]) -> Sequence[SettledDelivery]:
    """Send several claimed deliveries to one person as one message; what came of it, for each of them."""
    first = message_of(house, together[0])
    subject, body = compose_several([_notice(house, one) for one in together], language=first.language)
    outcome = await carriers.send(replace(first, subject=subject, body=body, reply_to=None))
    reach("message-sent")
    return [settled(one, outcome, house) for one in together]


def message_of(house: House, delivery: Delivery) -> Message:
    """The text of a delivery: the same on every repeat, but for the urgency, which follows the time left."""
    reply_to = reply_address(house, delivery)
    notice = replace(_notice(house, delivery), by_mail=reply_to is not None)
    subject, body = compose(notice, channel=delivery.channel, language=delivery.language)
    return Message(
        delivery_id=delivery.delivery_id,
        message_id=delivery.message_id,
        channel=delivery.channel,
        address=address_of(house, delivery.address) if delivery.channel == PUSH else delivery.address,
        subject=subject,
        body=body,
        language=delivery.language,
        reply_to=reply_to,
        by_key=notice.by_key,
        pgp=_pgp_of(house, delivery),
        ref=delivery.ref,
        lasts=_lasts(house, delivery),
    )


def _notice(house: House, delivery: Delivery) -> Notice:
    link, code = _link_of(house, delivery)
    return Notice(
        purpose=delivery.purpose,
        ref=delivery.ref,
        urgency=urgency(delivery.answer_by, house.clock.now()),
        answer_by=delivery.answer_by,
        drill=delivery.drill,
        again=delivery.again,
        link=link,
        code=code,
        by_key=_is_by_key(house, delivery),
        by_sms=_is_by_sms(house, delivery),
        telephone=telephone_of(house, delivery.case_id) if delivery.purpose in ECHOES else None,
    )


def settled(delivery: Delivery, outcome: Outcome, house: House) -> SettledDelivery:
    """The outcome in the words of the outbox."""
    word = partial(SettledDelivery, delivery.delivery_id, at=house.clock.now(), attempt=delivery.attempt)
    match outcome:
        case Accepted(provider_id):
            return word(result=SettledResult.ACCEPTED, provider_id=provider_id)
        case RejectedPermanent(code):
            return word(result=SettledResult.PERMANENT, code=code)
        case FailedTemporary(code, wait):
            return word(result=SettledResult.TEMPORARY, code=code, retry_after=wait)
        case Uncertain(why):
            return word(result=SettledResult.UNCERTAIN, code=why)


def is_imminent(house: House, case_ids: Sequence[str]) -> set[str]:
    """Those of these cases in which danger is imminent. Asked only where a message had to wait."""
    haste = Haste(house.database, house.keyring)
    haste.look(case_ids)
    return {case_id for case_id in case_ids if haste.goes_first(case_id)}


def _pgp_of(house: House, delivery: Delivery) -> str:
    if delivery.channel != ContactKind.EMAIL.value:
        return ""
    network = remembered_directory(house.database) or house.procedures.directory()  # as it was at the claim
    person = network.people.get(delivery.person)
    return person.pgp_of(delivery.address) if person else ""


def _lasts(house: House, delivery: Delivery) -> float | None:
    """Real seconds until somebody else is asked."""
    if delivery.answer_by is None:
        return None
    return (delivery.answer_by - house.clock.now()).total_seconds() / house.clock.speed


def _is_by_sms(house: House, delivery: Delivery) -> bool:
    """Whether an answer to this SMS is heard: its number receives, and its gateway can prove what came in."""
    heard = house.settings.sms.is_heard and house.settings.sms.answers
    return heard and delivery.channel == ContactKind.SMS.value and delivery.link_use is LinkUse.ANSWER


def _is_by_key(house: House, delivery: Delivery) -> bool:
    called = delivery.channel == ContactKind.VOICE.value and delivery.link_use is LinkUse.ANSWER
    return called and house.settings.voice.is_heard


def _link_of(house: House, delivery: Delivery) -> tuple[str | None, str | None]:
    if delivery.link_use is LinkUse.NONE:
        return None, None
    key = house.keyring.token_key
    token = link_token(key, delivery.delivery_id)
    return f"{house.settings.desk.web_address}/h/{token}", link_code(key, delivery.delivery_id)
