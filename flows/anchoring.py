"""Each minute a root over all chains, and each quarter of an hour the newest to two bodies outside, and to be stamped.

It is part of the dispatcher, for that runs whenever the house does and holds the carriers. Nothing of it is in the way
of an alert: what it reads it reads in a thread, and what fails is written down and tried again.
"""

import asyncio
from collections.abc import Awaitable
from datetime import datetime, timedelta

from flows.delivering import Sender
from flows.journal import Journal, error_code
from flows.stamping import stamp_of
from models.addressing import message_domain
from models.anchors import is_due, keep_anchor, wished_at, written
from models.composition import House
from models.rootkeys import root_key
from models.roots import Root, RootMaker, newest_root
from models.stamps import PLACE, NoStamp
from notifiers.message import Message, message_id_of
from notifiers.outcomes import Accepted, Outcome, Uncertain

LOOK_EVERY = 5.0
"""Real seconds: so soon is told outside what somebody asked to be told at once."""
ROOT_EVERY = timedelta(minutes=1)
TELL_EVERY = timedelta(minutes=15)
AGAIN_AFTER = timedelta(minutes=1)
"""After somebody outside did not take it."""


class Anchoring:
    """Makes roots, and tells them outside."""

    def __init__(self, house: House, carriers: Sender, journal: Journal) -> None:
        """Nothing is read yet."""
        self._house = house
        self._carriers = carriers
        self._journal = journal
        self._maker: RootMaker | None = None
        self._newest: Root | None = None
        self._made_at: datetime | None = None
        self._tried_at: dict[str, datetime] = {}
        """When a place last did not take a root."""

    async def run(self, *, every: float = LOOK_EVERY) -> None:
        """Look each `every` real seconds, for ever."""
        while True:
            await asyncio.sleep(every)
            await self.look()

    async def look(self) -> None:
        """Make a root and tell it, where it is time. Whatever goes wrong is written down, and tried again."""
        now = self._house.clock.now()
        await self._trying(self._make_in_time(now))
        root = self._newest
        if root is None:
            return
        for place, mailbox in self._house.settings.anchors.mailboxes.items():
            await self._trying(self._tell(root, place, mailbox, now))
        if self._house.settings.anchors.stamp_url is not None:
            await self._trying(self._stamp(root, now))

    async def _trying(self, step: Awaitable[None]) -> None:
        """One step; where it stumbles, those after it are taken all the same."""
        try:
            await step
        except Exception as error:  # noqa: BLE001 - whatever it was, the next look comes
            self._journal.error("anchoring-stumbled", error=error_code(error))

    async def _make_in_time(self, now: datetime) -> None:
        if await asyncio.to_thread(self._is_time, now):
            await asyncio.to_thread(self._make, now)

    def _fast(self, time: timedelta) -> timedelta:
        return time * self._house.clock.speed

    def _is_time(self, now: datetime) -> bool:
        if self._made_at is None or now - self._made_at >= self._fast(ROOT_EVERY):
            return True
        wish = wished_at(self._house.database)
        return wish is not None and wish >= self._made_at

    def _make(self, now: datetime) -> None:
        self._made_at = now
        database = self._house.database
        self._newest = newest_root(database)
        if self._maker is None:
            key = root_key(self._house.settings.key_folder, may_make=self._newest is None)
            self._maker = RootMaker(database, key)
        self._newest = self._maker.make(now) or newest_root(database)

    async def _is_due(self, root: Root, place: str, now: datetime) -> bool:
        tried = self._tried_at.get(place)
        if tried is not None and now - tried < self._fast(AGAIN_AFTER):
            return False
        return await asyncio.to_thread(is_due, self._house.database, root, place, now, self._fast(TELL_EVERY))

    async def _tell(self, root: Root, place: str, mailbox: str, now: datetime) -> None:
        if not await self._is_due(root, place, now):
            return
        outcome = await self._carriers.send(self._message(root, place, mailbox))
        await self._keep(root, place, now, taken=isinstance(outcome, Accepted), code=_code(outcome))

    async def _stamp(self, root: Root, now: datetime) -> None:
        if not await self._is_due(root, PLACE, now):
            return
        found = await stamp_of(root, self._house.settings.anchors)
        if isinstance(found, NoStamp):
            await self._keep(root, PLACE, now, taken=False, code=found.code)
        else:
            await self._keep(root, PLACE, now, taken=True, stamp=found.answer)

    async def _keep(
        self, root: Root, place: str, now: datetime, *, taken: bool, code: str | None = None, stamp: bytes | None = None
    ) -> None:
        self._tried_at.pop(place, None)
        if not taken:
            self._tried_at[place] = now
            self._journal.warning("anchor-not-taken", task=place, state=code)
        database = self._house.database
        await asyncio.to_thread(keep_anchor, database, root, place, now, taken=taken, code=code, stamp=stamp)

    def _message(self, root: Root, place: str, mailbox: str) -> Message:
        """Number, count, time, hash and signature, and nothing else."""
        name = f"root-{root.number}-{place}"
        return Message(
            delivery_id=name,
            message_id=message_id_of(name, message_domain(self._house.settings.desk.base_url)),
            channel="email",
            address=mailbox,
            subject=f"root {root.number}",
            body=written(root),
            language=self._house.settings.desk.language,
        )


def _code(outcome: Outcome) -> str | None:
    if isinstance(outcome, Accepted):
        return None
    return outcome.why if isinstance(outcome, Uncertain) else outcome.code
