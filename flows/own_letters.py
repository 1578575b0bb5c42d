"""Sends people what is about their own channels, at once: somebody waits at the desk for the outcome of a test.

It is part of the dispatcher, which holds the carriers. Each message is kept as leaving before its first byte does; one
whose sender did not come back may have arrived, and is not repeated.
"""

import asyncio
import time
from datetime import timedelta

from flows.delivering import LEASE_SECONDS, Sender
from flows.journal import Journal, error_code
from models.addressing import message_domain
from models.browsers import address_of
from models.composition import House
from models.deliveries import SettledResult
from models.own_letters import (
    TEST,
    Letter,
    begin_letter,
    contact_of,
    due_letters,
    next_letter_at,
    settle_letter,
)
from models.verifying_channels import code_in
from notifiers.channel_letter import ChannelWord, compose_channel_word, compose_test
from notifiers.message import Message, message_id_of
from notifiers.outcomes import Accepted, FailedTemporary, Outcome, RejectedPermanent, Uncertain
from procedures.directory import PUSH, Directory
from procedures.standing import StandingActKind

NET_SECONDS = 2.0
"""Below the bell."""
LOOK_AT_MOST_EVERY = 0.1
"""Seconds: the bell rings with each commit of an alert, which this must not wait for, nor slow down."""
GONE = "not-on-record"
"""The code of a message whose channel left the network's file, or was shut, before it left."""
Word = tuple[SettledResult, str | None, str | None]


class OwnLetters:
    """Claims what is to leave, sends it, and keeps what came of it."""

    def __init__(self, house: House, carriers: Sender, journal: Journal) -> None:
        """Nothing is looked at yet."""
        self._house = house
        self._carriers = carriers
        self._journal = journal
        self._nudged = asyncio.Event()
        self._looked_at = 0.0

    def nudge(self) -> None:
        """There may be something new."""
        self._nudged.set()

    async def run(self) -> None:
        """Look whenever somebody nudges, and when something falls due, for ever."""
        while True:
            await self.look()
            await self._rest()

    async def look(self) -> None:
        """Send what is to leave. Whatever goes wrong is written down, and the next look comes."""
        self._looked_at = time.monotonic()
        try:
            due = await asyncio.to_thread(due_letters, self._house.database, self._house.clock.now())
            await asyncio.gather(*(self._try(one) for one in due))
        except Exception as error:  # noqa: BLE001 - whatever it was, alerts go on, and so does this
            self._journal.error("own-letters-stumbled", error=error_code(error))

    async def _rest(self) -> None:
        due, wait = None, NET_SECONDS
        try:
            due = await asyncio.to_thread(next_letter_at, self._house.database)
        except Exception as error:  # noqa: BLE001 - as above
            self._journal.error("own-letters-stumbled", error=error_code(error))
        if due is not None:
            wait = min(wait, max(0.0, self._house.clock.real_seconds(due)))
        try:
            async with asyncio.timeout(wait):
                await self._nudged.wait()
        except TimeoutError:
            pass
        self._nudged.clear()
        await asyncio.sleep(max(0.0, self._looked_at + LOOK_AT_MOST_EVERY - time.monotonic()))

    async def _try(self, letter: Letter) -> None:
        """Send it, if nobody else does."""
        house = self._house
        lease = timedelta(seconds=LEASE_SECONDS) * house.clock.speed
        if not await asyncio.to_thread(begin_letter, house.database, letter, house.clock.now(), lease):
            return
        try:
            word = await self._send(letter)
        except Exception as error:  # noqa: BLE001 - it may have left: whoever waits is told that nobody can say
            self._journal.error("own-letter-stumbled", delivery_id=letter.letter_id, error=error_code(error))
            word = (SettledResult.UNCERTAIN, "internal-fault", None)
        await asyncio.to_thread(settle_letter, house.database, letter, word, house.clock.now())

    async def _send(self, letter: Letter) -> Word:
        message = await asyncio.to_thread(self._message, letter)
        if message is None:
            return SettledResult.PERMANENT, GONE, None
        return _word(await self._carriers.send(message))

    def _message(self, letter: Letter) -> Message | None:
        """Its text; None where its channel is on record no more."""
        house, directory = self._house, self._house.procedures.directory()
        contact = contact_of(house, directory, letter.person, letter.to)
        address = address_of(house, letter.mark) if letter.channel == PUSH else contact.address if contact else ""
        if not address or letter.person not in directory.people:
            return None
        language = directory.people[letter.person].language
        if letter.kind == TEST:
            code = code_in(house.keyring.token_key, letter.letter_id)
            subject, body = compose_test(code, channel=letter.channel, language=language)
        else:
            word = ChannelWord(StandingActKind(letter.kind), letter.queued_at, _office(directory))
            subject, body = compose_channel_word(word, channel=letter.channel, language=language)
        return Message(
            delivery_id=letter.letter_id,
            message_id=message_id_of(letter.letter_id, message_domain(house.settings.desk.base_url)),
            channel=letter.channel,
            address=address,
            pgp=contact.pgp if contact else "",
            subject=subject,
            body=body,
            language=language,
        )


def _office(directory: Directory) -> str | None:
    """Whom to telephone, where the network has one coordination."""
    offices = {one.phone for one in directory.coordinators.values()}
    return offices.pop() if len(offices) == 1 else None


def _word(outcome: Outcome) -> Word:
    match outcome:
        case Accepted(provider_id):
            return SettledResult.ACCEPTED, None, provider_id
        case RejectedPermanent(code):
            return SettledResult.PERMANENT, code, None
        case FailedTemporary(code, _):
            return SettledResult.TEMPORARY, code, None
        case Uncertain(why):
            return SettledResult.UNCERTAIN, why, None
