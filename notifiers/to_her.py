"""How what is written to her leaves: from the desk, through a carrier of its own, one of a few fixed sentences.

The outbox and the dispatcher know nothing of it: they hold no key that opens her address.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from notifiers.accounts import read_account
from notifiers.carriers import Carriers
from notifiers.errors import UnknownScheme
from notifiers.her_words import SENTENCES, SUBJECTS
from notifiers.message import Message, message_id_of
from notifiers.outcomes import Accepted, FailedTemporary, RejectedPermanent
from notifiers.outcomes import Outcome as Said
from notifiers.patience import Patience
from procedures.safe_ways import Outcome

OURS = ("staffetta-mail", "staffetta-sms")
PATIENCE = Patience(whole=9.0, queueing=2.0, connecting=3.0, addressing=3.0, answering=4.0)
"""She who sends it waits before the page: ten seconds at most."""


@dataclass(frozen=True, slots=True)
class ToHer:
    """One text to her."""

    text_id: str
    """Random: the idempotency key, and what stands before the @ of a Message-ID."""
    channel: str
    address: str
    sentence: str
    language: str

    def __repr__(self) -> str:
        """Without the address."""
        return f"ToHer({self.text_id})"


def check_desks_carriers(urls: Mapping[str, str]) -> None:
    """Look at the carriers before anything is started with them: of ours, for no other says what became of a text.

    Raises:
        BadCarrier: one cannot be used.
    """
    for name, url in urls.items():
        if url.partition("://")[0] not in OURS:
            raise UnknownScheme(carrier=name, known=", ".join(OURS))
    Carriers(urls)


def write_to_her(urls: Mapping[str, str], to_her: ToHer) -> Outcome:
    """Make one attempt through the desk's own carrier. Call it in a thread without an event loop.

    Raises:
        BadCarrier: the carrier cannot be used; nothing left.
    """
    check_desks_carriers(urls)
    return _outcome(asyncio.run(_send(urls, _message(urls, to_her))))


async def _send(urls: Mapping[str, str], message: Message) -> Said:
    async with Carriers(urls, patience=PATIENCE) as carriers:
        return await carriers.send(message)


def _message(urls: Mapping[str, str], to_her: ToHer) -> Message:
    """As somebody would write it: its Message-ID is of the sender's domain, not of the desk's."""
    is_mail = to_her.channel == "email"
    sender = read_account(to_her.channel, urls[to_her.channel]).sender
    domain = sender.rpartition("@")[2] if is_mail else "localhost"
    return Message(
        delivery_id=to_her.text_id,
        message_id=message_id_of(to_her.text_id, domain),
        channel=to_her.channel,
        address=to_her.address,
        subject=SUBJECTS[to_her.language] if is_mail else "",
        body=SENTENCES[to_her.sentence][to_her.language] + ("\n" if is_mail else ""),
        language=to_her.language,
        by_hand=True,
    )


def _outcome(said: Said) -> Outcome:
    match said:
        case Accepted():
            return Outcome.ACCEPTED
        case RejectedPermanent():
            return Outcome.REFUSED
        case FailedTemporary():
            return Outcome.FAILED
        case _:
            return Outcome.UNCERTAIN
