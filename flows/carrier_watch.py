"""A carrier in trouble is shown at the desk, and whoever runs the house hears of it over another way, once.

It is part of the dispatcher, which sends and so knows. What is told does not go through the outbox: that is about
cases, and one that waits behind a carrier in trouble must not wait for this.
"""

import asyncio
import time

from flows.journal import Journal, error_code
from models.addressing import message_domain
from models.carrier_troubles import (
    CarrierTrouble,
    another_way,
    forget_others,
    note_troubles,
    readers,
    trouble_was_told,
    troubles_to_tell,
)
from models.composition import House
from notifiers.carrier_words import CarrierWord, compose_carrier_word
from notifiers.carriers import Carriers
from notifiers.message import Message, message_id_of
from notifiers.outcomes import Accepted
from procedures.directory import SECOND_CARRIER

LOOK_EVERY = 2.0
"""Real seconds."""
KEEP_READY_EVERY = 10.0
"""Real seconds between two looks at the connections; what is wrong is known after two of them."""
AGAIN_AFTER = 30.0
"""Real seconds after which somebody is told again of what nobody could be told."""


class CarrierWatch:
    """Looks at how the carriers of the dispatcher do."""

    def __init__(self, house: House, carriers: Carriers, journal: Journal) -> None:
        """Nothing is looked at yet."""
        self._house = house
        self._carriers = carriers
        self._journal = journal
        self._seen: object = None
        self._tell_at: float | None = 0.0
        """When there may be something to tell, in monotonic seconds: after a start, what was left untold."""

    async def run(self, *, every: float = LOOK_EVERY) -> None:
        """Look each `every` real seconds, for ever."""
        while True:
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - whatever it was, the next look comes
                self._journal.error("carrier-watch-stumbled", error=error_code(error))
            await asyncio.sleep(every)

    async def keep_ready(self, *, every: float = KEEP_READY_EVERY) -> None:
        """Have the carriers keep a connection each `every` real seconds, for ever."""
        while True:
            await asyncio.sleep(every)
            try:
                await self._carriers.keep_ready()
            except Exception as error:  # noqa: BLE001 - whatever it was, an alert opens its own connection
                self._journal.error("carrier-watch-stumbled", error=error_code(error))

    async def look(self) -> None:
        """Keep what changed, and tell what is to be told."""
        if self._seen is None:
            await asyncio.to_thread(forget_others, self._house.database, self._house.place, self._house_carriers())
        found = {name: (one.code, one.in_a_row) for name, one in self._carriers.troubles.items()}
        worked = sorted(name for name in self._house_carriers() if self._carriers.has_worked(name))
        if (found, worked) != self._seen:
            now = self._house.clock.now()
            await asyncio.to_thread(note_troubles, self._house.database, self._house.place, found, worked, now)
            self._seen, self._tell_at = (found, worked), 0.0
        if self._tell_at is not None and time.monotonic() >= self._tell_at:
            left = [
                one
                for one in await asyncio.to_thread(troubles_to_tell, self._house.database, self._house.place)
                if not await self._tell(one)
            ]
            self._tell_at = time.monotonic() + AGAIN_AFTER if left else None

    def _house_carriers(self) -> list[str]:
        """The first and, where there is one, the second of each channel."""
        seconds = [kind + SECOND_CARRIER for kind in self._carriers.kinds if self._carriers.has_second(kind)]
        return [*self._carriers.kinds, *seconds]

    async def _tell(self, trouble: CarrierTrouble) -> bool:
        """Whether somebody was told."""
        troubled = set(self._carriers.troubles)
        ways = [kind for kind in self._carriers.kinds if self._well(kind, troubled)]
        directory = self._house.procedures.directory()
        taken = False
        for person in await asyncio.to_thread(readers, self._house.database, directory):
            contact = another_way(directory, person, ways)
            if contact is None:
                continue
            word = CarrierWord(trouble.carrier, trouble.over_at or trouble.since, over=trouble.over_at is not None)
            language = directory.people[person].language
            subject, body = compose_carrier_word(word, channel=contact.kind.value, language=language)
            name = f"{trouble.trouble_id}.{'over' if word.over else 'trouble'}.{contact.kind.value}"
            message = Message(
                delivery_id=name,
                message_id=message_id_of(name, message_domain(self._house.settings.desk.base_url)),
                channel=contact.kind.value,
                address=contact.address,
                subject=subject,
                body=body,
                language=language,
            )
            taken = isinstance(await self._carriers.send(message), Accepted) or taken
        code = "carrier-works-again" if trouble.over_at else "carrier-in-trouble"
        self._journal.warning(code, state=trouble.code, program=trouble.carrier, count=int(taken))
        if taken:
            await asyncio.to_thread(trouble_was_told, self._house.database, trouble, self._house.clock.now())
        return taken

    def _well(self, kind: str, troubled: set[str]) -> set[str]:
        """The carriers of this channel that are not known to be in trouble."""
        second = {kind + SECOND_CARRIER} if self._carriers.has_second(kind) else set()
        return ({kind} | second) - troubled
