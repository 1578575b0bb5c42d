"""The outside watcher: asks a house for its sign of life from another machine, and tells people when it is gone.

It needs no house, no database and no Prefect, only its own settings and its own way to send.
"""

import asyncio
import secrets
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx2

from flows.journal import Journal, error_code
from models.clock import boot_seconds
from models.heartbeat import ASKING, NONCE, NONCE_LETTERS, PATH, SIGNATURE, Beat, asking, faults_in
from models.watch_settings import Reader, WatchSettings
from notifiers.carriers import Carriers
from notifiers.message import Message, message_id_of
from notifiers.outcomes import Accepted, RejectedPermanent
from notifiers.vigil_words import Text, word_for, word_for_trying
from procedures.vigil import Seen, Sight, Vigil, Word, looked

MOST_READ = 4096
"""Bytes of an answer."""
AGAIN_FIRST, AGAIN_LONGEST = 10.0, 120.0
"""Seconds until a message that could not be sent is tried again: doubled each time."""


class House:
    """The house that is watched, as it looks from outside."""

    def __init__(self, settings: WatchSettings) -> None:
        """Nothing is asked yet."""
        self._url = settings.url.rstrip("/") + PATH
        self._key = bytes.fromhex(settings.key)
        self._within = settings.look_within
        self._client = httpx2.AsyncClient(
            follow_redirects=False,
            timeout=httpx2.Timeout(settings.look_within),
            verify=ssl.create_default_context() if settings.url.startswith("https") else False,
            # Neither a proxy nor a password file of the surroundings.
            trust_env=False,
        )

    async def look(self) -> Sight:
        """Ask once, on a connection of its own kept or new. Never raises for what the house does."""
        nonce = secrets.token_hex(NONCE_LETTERS // 2)
        try:
            async with asyncio.timeout(self._within):
                status, given = await self._ask(nonce)
        except (httpx2.HTTPError, TimeoutError, OSError):
            return Sight(Seen.SILENT)
        if status >= httpx2.codes.INTERNAL_SERVER_ERROR:
            return Sight(Seen.SILENT)
        try:
            faults = faults_in(self._key, nonce, given)
        except (ValueError, KeyError, TypeError):
            faults = None
        if faults is None:
            return Sight(Seen.STRANGE)
        return Sight(Seen.TROUBLED, faults) if faults else Sight(Seen.WELL)

    async def aclose(self) -> None:
        """Let go of the connection."""
        await self._client.aclose()

    async def _ask(self, nonce: str) -> tuple[int, Beat]:
        shown = {NONCE: nonce, ASKING: asking(self._key, nonce), "Accept-Encoding": "identity"}
        async with self._client.stream("GET", self._url, headers=shown) as response:
            body = b""
            async for piece in response.aiter_raw():
                body += piece
                if len(body) > MOST_READ:
                    break
            return response.status_code, Beat(body, response.headers.get(SIGNATURE, ""))


class Teller:
    """Sends to everybody on every channel, each until it is taken or something newer is to be said there."""

    def __init__(
        self, settings: WatchSettings, carriers: Carriers, journal: Journal, *, say: Callable[[str], None]
    ) -> None:
        """`say` is told in plain words, on this machine, that nobody could be told."""
        self._settings = settings
        self._carriers = carriers
        self._journal = journal
        self._say = say
        self._house = urlsplit(settings.url).hostname or ""
        self._under_way: dict[tuple[str, str], asyncio.Task[bool]] = {}

    def tell(self, word: Word) -> None:
        """Begin to tell everybody; what is still being tried of an older word is let go."""
        for reader, channel, address in self._everywhere():
            text = word_for(word, self._house, channel=channel, language=reader.language)
            older = self._under_way.get((channel, address))
            if older is not None:
                older.cancel()
            sending = self._until_taken(channel, address, text, reader.language)
            self._under_way[channel, address] = asyncio.create_task(sending)

    async def try_out(self) -> list[tuple[str, bool]]:
        """One test to everybody, once; the channels with whether the carrier took it."""
        found = []
        for reader, channel, address in self._everywhere():
            text = word_for_trying(self._house, channel=channel, language=reader.language)
            message = _message(channel, address, text, reader.language)
            found.append((channel, await self._taken(message)))
        return found

    async def aclose(self) -> None:
        """Give up what is still being tried."""
        for task in self._under_way.values():
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    def _everywhere(self) -> list[tuple[Reader, str, str]]:
        return [
            (reader, kind.value, address) for reader in self._settings.tell for kind, address in reader.channels.items()
        ]

    async def _until_taken(self, channel: str, address: str, text: Text, language: str) -> bool:
        message = _message(channel, address, text, language)
        delay = AGAIN_FIRST
        while not await self._taken(message):
            self._say(channel)
            await asyncio.sleep(delay)
            delay = min(delay * 2, AGAIN_LONGEST)
        return True

    async def _taken(self, message: Message) -> bool:
        try:
            outcome = await self._carriers.send(message)
        except Exception as error:  # noqa: BLE001 - the others are to be told all the same
            self._journal.error("watcher-cannot-send", error=error_code(error), state=message.channel)
            return False
        if isinstance(outcome, Accepted):
            self._journal.info("watcher-told", state=message.channel)
            return True
        refused = isinstance(outcome, RejectedPermanent)
        self._journal.error("watcher-refused" if refused else "watcher-cannot-send", state=message.channel)
        return False


def _message(channel: str, address: str, text: Text, language: str) -> Message:
    delivery_id = secrets.token_hex(16)
    return Message(delivery_id, message_id_of(delivery_id), channel, address, text.subject, text.body, language)


async def watch(settings: WatchSettings, urls: dict[str, str], journal: Journal, *, say: Callable[[str], None]) -> None:
    """Watch until told to stop.

    Args:
        settings: whom to watch and whom to tell.
        urls: the carriers' addresses, by kind of contact.
        journal: takes a line for each change.
        say: is given the channel over which something could not be sent.
    """
    house = House(settings)
    async with Carriers(urls) as carriers:
        teller = Teller(settings, carriers, journal, say=say)
        try:
            await _for_ever(settings, house, teller, journal)
        finally:
            await teller.aclose()
            await house.aclose()


async def _for_ever(settings: WatchSettings, house: House, teller: Teller, journal: Journal) -> None:
    vigil, seen = Vigil(), None
    began, began_at = boot_seconds(), datetime.now(UTC)
    while True:
        # Elapsed time, sleep included: a clock that is set back buys no silence.
        now = began_at + timedelta(seconds=boot_seconds() - began)
        sight = await house.look()
        if sight.seen is not seen:
            seen = sight.seen
            journal.info("watcher-sees", state=sight.seen.value)
        vigil, word = looked(vigil, sight, now, settings.patience)
        if word is not None:
            teller.tell(word)
        await asyncio.sleep(settings.every)


async def try_out(
    settings: WatchSettings, urls: dict[str, str], journal: Journal
) -> tuple[Sight, list[tuple[str, bool]]]:
    """One look, and one test message to everybody: what was seen, and the channels with whether it was taken."""
    house = House(settings)
    async with Carriers(urls) as carriers:
        try:
            return await house.look(), await Teller(settings, carriers, journal, say=lambda _channel: None).try_out()
        finally:
            await house.aclose()
