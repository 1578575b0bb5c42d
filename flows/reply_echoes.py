"""Whoever answered by mail hears by mail what was recorded. Kept before it leaves; a repeat is the same mail."""

import asyncio
from datetime import timedelta

from flows.delivering import Sender
from flows.journal import Journal, error_code
from models.addressing import message_domain
from models.composition import House
from models.echoes import telephone_of
from models.replies import Kept, about_echo, begin_echo, due_echoes, end_echo
from notifiers.answer_letter import AnswerEcho, compose_answer_letter
from notifiers.message import Message, message_id_of
from notifiers.outcomes import Accepted, Outcome, RejectedPermanent, Uncertain
from procedures.directory import ContactKind

LOOK_EVERY = 1.0
"""Real seconds."""
AGAIN_AFTER = timedelta(minutes=1)
GIVE_UP_AFTER = timedelta(hours=6)
"""Later it would say of what is long past that it was recorded."""


class ReplyEchoes:
    """Sends what came of answers by mail."""

    def __init__(self, house: House, carriers: Sender, journal: Journal) -> None:
        """Nothing is read yet."""
        self._house = house
        self._carriers = carriers
        self._journal = journal

    async def run(self, *, every: float = LOOK_EVERY) -> None:
        """Look each `every` real seconds, for ever."""
        while True:
            await asyncio.sleep(every)
            await self.look()

    async def look(self) -> None:
        """Send what is due. Whatever goes wrong is written down, and tried again."""
        now, again = self._house.clock.now(), AGAIN_AFTER * self._house.clock.speed
        try:
            since = now - GIVE_UP_AFTER * self._house.clock.speed
            for kept in await asyncio.to_thread(due_echoes, self._house.database, now, again, since):
                if await asyncio.to_thread(begin_echo, self._house.database, kept.key, now, again):
                    await self._try(kept)
        except Exception as error:  # noqa: BLE001 - whatever it was, the next look comes
            self._journal.error("reply-echoes-stumbled", error=error_code(error))

    async def _try(self, kept: Kept) -> None:
        """One that breaks rests like one that was not taken, and the others go on."""
        try:
            code, over = await self._send(kept)
        except Exception as error:  # noqa: BLE001 - whatever it was, it is written down and tried again
            code, over = error_code(error), False
        if code:
            self._journal.warning("reply-echo-not-taken", delivery_id=kept.delivery_id, state=code)
        if over:
            await asyncio.to_thread(end_echo, self._house.database, kept.key, self._house.clock.now(), code)

    async def _send(self, kept: Kept) -> tuple[str | None, bool]:
        """Why it was not taken, and whether that is its end."""
        message = await asyncio.to_thread(self._message, kept)
        if message is None:
            return "no-address", True
        outcome = await self._carriers.send(message)
        return _code(outcome), isinstance(outcome, Accepted | RejectedPermanent | Uncertain)

    def _message(self, kept: Kept) -> Message | None:
        """The same on every repeat; None where she gets no mail there any more."""
        told = about_echo(self._house.database, kept.key)
        person = self._house.procedures.directory().people.get(kept.person or "")
        here = {one.address for one in person.contacts} if person else set()
        if told is None or told.address not in here:
            return None
        subject, body = compose_answer_letter(
            AnswerEcho(kept.echo or ""),
            ref=told.ref,
            drill=told.drill,
            telephone=telephone_of(self._house, told.case_id),
            language=told.language,
        )
        name = f"reply-{kept.key[:32]}"
        return Message(
            delivery_id=name,
            message_id=message_id_of(name, message_domain(self._house.settings.desk.base_url)),
            channel=ContactKind.EMAIL.value,
            address=told.address,
            pgp=person.pgp_of(told.address) if person else "",
            subject=subject,
            body=body,
            language=told.language,
        )


def _code(outcome: Outcome) -> str | None:
    if isinstance(outcome, Accepted):
        return None
    return outcome.why if isinstance(outcome, Uncertain) else outcome.code
