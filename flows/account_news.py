"""The owner of an account hears by mail what was done with it: within minutes, and in the way of nobody who signs in.

It is part of the dispatcher, for that runs whenever the house does and holds the carriers. Letters are kept before
they leave and ended once a carrier took them: after a stop in between the same letter goes again, under its Message-ID.
"""

import asyncio
from datetime import datetime, timedelta

from flows.delivering import Sender
from flows.journal import Journal, error_code
from models.account_letters import (
    GIVE_UP_AFTER,
    NO_ADDRESS,
    Letter,
    begin_letter,
    due_letters,
    end_letter,
    is_news,
    mail_contact,
    make_letters,
    told_in,
)
from models.addressing import message_domain
from models.composition import House
from notifiers.account_letter import compose_account_letter
from notifiers.message import Message, message_id_of
from notifiers.outcomes import Accepted, Outcome, Uncertain
from procedures.directory import ContactKind, Directory

LOOK_EVERY = 5.0
"""Real seconds."""
GATHER = timedelta(minutes=1)
"""What is done within it stands in one letter: who sets up an account does five things."""
AGAIN_AFTER = timedelta(minutes=5)
"""After a carrier did not take it."""


class AccountNews:
    """Makes letters about accounts, and sends them."""

    def __init__(self, house: House, carriers: Sender, journal: Journal) -> None:
        """Nothing is read yet."""
        self._house = house
        self._carriers = carriers
        self._journal = journal
        self._seen_at: datetime | None = None
        """When it was first seen that there is news. The acts' own times may be those of another clock."""

    async def run(self, *, every: float = LOOK_EVERY) -> None:
        """Look each `every` real seconds, for ever."""
        while True:
            await asyncio.sleep(every)
            await self.look()

    async def look(self) -> None:
        """Make letters and send them, where it is time. Whatever goes wrong is written down, and tried again."""
        if ContactKind.EMAIL.value not in self._house.settings.carriers:
            return  # what is done meanwhile is told once there is a carrier
        now, again = self._house.clock.now(), self._fast(AGAIN_AFTER)
        try:
            directory = await asyncio.to_thread(self._gather, now)
            for letter in await asyncio.to_thread(due_letters, self._house.database, now, again):
                await self._try(letter, directory, now)
        except Exception as error:  # noqa: BLE001 - whatever it was, the next look comes
            self._journal.error("account-news-stumbled", error=error_code(error))

    def _fast(self, time: timedelta) -> timedelta:
        return time * self._house.clock.speed

    def _gather(self, now: datetime) -> Directory:
        """The network; letters are made, where there is news for so long."""
        directory = self._house.procedures.directory()
        if not is_news(self._house.database):
            self._seen_at = None
        elif self._seen_at is None:
            self._seen_at = now
        elif now - self._seen_at >= self._fast(GATHER):
            make_letters(self._house.database, directory, now)
            self._seen_at = None
        return directory

    async def _try(self, letter: Letter, directory: Directory, now: datetime) -> None:
        """Send it, if nobody else does. One that breaks rests like one that was not taken, and the others go on."""
        database = self._house.database
        if not await asyncio.to_thread(begin_letter, database, letter, now, self._fast(AGAIN_AFTER)):
            return
        try:
            code = await self._send(letter, directory, now)
        except Exception as error:  # noqa: BLE001 - whatever it was, it is written down and tried again
            code = error_code(error)
            self._journal.error("account-letter-stumbled", delivery_id=letter.letter_id, error=code)
        if code and now - letter.made_at >= GIVE_UP_AFTER:
            await asyncio.to_thread(end_letter, database, letter, now, code)

    async def _send(self, letter: Letter, directory: Directory, now: datetime) -> str:
        """Why it was not taken; empty where it was, or nobody is to be written to."""
        database = self._house.database
        message = await asyncio.to_thread(self._message, letter, directory)
        if message is None:
            await asyncio.to_thread(end_letter, database, letter, now, NO_ADDRESS)
            return ""
        outcome = await self._carriers.send(message)
        if isinstance(outcome, Accepted):
            await asyncio.to_thread(end_letter, database, letter, now)
            return ""
        self._journal.warning("account-letter-not-taken", delivery_id=letter.letter_id, state=_code(outcome))
        return _code(outcome)

    def _message(self, letter: Letter, directory: Directory) -> Message | None:
        """The same on every repeat; None where she gets no mail any more."""
        contact = mail_contact(directory, letter.person)
        if contact is None:
            return None
        language = directory.people[letter.person].language
        done = [(one.kind, one.at) for one in told_in(self._house.database, letter)]
        offices = {one.phone for one in directory.coordinators.values()}
        subject, body = compose_account_letter(
            done, owner=letter.owner, telephone=offices.pop() if len(offices) == 1 else None, language=language
        )
        return Message(
            delivery_id=letter.letter_id,
            message_id=message_id_of(letter.letter_id, message_domain(self._house.settings.desk.base_url)),
            channel=contact.kind.value,
            address=contact.address,
            pgp=contact.pgp,
            subject=subject,
            body=body,
            language=language,
        )


def _code(outcome: Outcome) -> str:
    if isinstance(outcome, Accepted):
        return ""
    return outcome.why if isinstance(outcome, Uncertain) else outcome.code
