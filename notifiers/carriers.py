"""The port through which everything is sent: Apprise, one recipient, one URL, one attempt for each call.

Apprise's own repeats, redirects, storage and log are off: what is tried again, and when, is decided from the outcome
by `models`, and its log holds addresses.
"""

import asyncio
import logging
import re
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType, TracebackType
from typing import Self
from urllib.parse import parse_qsl, quote, urlsplit

from apprise import Apprise, AppriseAsset

from notifiers.accounts import MAIL_SCHEME, PEC_SCHEME, PUSH_SCHEME, SMS_SCHEME, VOICE_SCHEME, read_account
from notifiers.breaker import OWN_QUEUE, RESTS, Breaker, Trouble, trouble_in
from notifiers.errors import (
    ClearText,
    NoRecipientPlace,
    RefusedByApprise,
    SchemeElsewhere,
    UnknownArgument,
    UnknownScheme,
    UnreadableCarrier,
)
from notifiers.leaving import Leave, at_once
from notifiers.loopback import is_loopback
from notifiers.mail import MailCarrier
from notifiers.message import Message
from notifiers.outcomes import Accepted, FailedTemporary, Outcome, RejectedPermanent, Uncertain
from notifiers.pace import PACED, Pace
from notifiers.patience import Patience
from notifiers.places import Places
from notifiers.plugins import STOCK_PLUGINS, register_ours, register_stock
from notifiers.plugins.base import IN_HAND, CarrierPlugin, Envelope
from procedures.directory import SECOND_CARRIER

OUR_SCHEMES = (MAIL_SCHEME, SMS_SCHEME, PEC_SCHEME, VOICE_SCHEME, PUSH_SCHEME)
OF_THEIR_OWN = {"pec": PEC_SCHEME, "voice": VOICE_SCHEME, "push": PUSH_SCHEME}
"""Kinds that one scheme alone serves, which serves no other."""
NO_LIMITS: Mapping[str, int] = MappingProxyType({})
SCHEME = re.compile(r"[a-z0-9-]{1,32}(?=://)")
SECOND_WITHIN_SECONDS = 8.0
"""The second is asked for the same message only so soon: both together end within the lease of a claim (60)."""


class Carriers:
    """The carriers of this network, by kind of contact (`email`, `sms` …). One object serves one event loop."""

    def __init__(
        self,
        urls: Mapping[str, str],
        *,
        patience: Patience | None = None,
        speed: float = 1.0,
        per_minute: Mapping[str, int] = NO_LIMITS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Read every URL now, so that a bad one is found at start and not with the first alert.

        `speed` is that of the house's clock: carriers rest as fast as the outbox repeats. `per_minute` is what single
        carriers may be given at most, `now` counts the seconds.

        Raises:
            BadCarrier: one subclass for each thing that can be wrong; it names the carrier, never its URL.
        """
        silence_apprise()
        self._patience = patience or Patience()
        register_ours()
        self._asset = AppriseAsset(
            async_mode=True,
            secure_logging=True,
            http_redirects=False,
            default_service_retry=0,
            plugin_paths=[],
            result_log_memory_size=0,
            result_log_disk_size=0,
        )
        self._ours: dict[str, tuple[Apprise, CarrierPlugin]] = {}
        self._stock: dict[str, str] = {}
        self._breakers = {name: Breaker(lambda: now() * speed) for name in urls}
        self._paces = {name: Pace(per_minute.get(name), lambda: now() * speed) for name in urls}
        self._places = {name: Places() for name in urls if self._stands_beside_another(name)}
        for name, url in urls.items():
            scheme = SCHEME.match(url)
            if scheme is None:
                raise UnreadableCarrier(carrier=name)
            for kind, own in OF_THEIR_OWN.items():
                if (name.removesuffix(SECOND_CARRIER) == kind) != (scheme[0] == own):
                    raise SchemeElsewhere(carrier=name, kind=kind, scheme=own)
            if scheme[0] in OUR_SCHEMES:
                self._ours[name] = self._our_service(name, url)
            else:
                self._stock[name] = _checked_stock(name, url, scheme[0])
                self._stock_service(name, "0")

    @property
    def kinds(self) -> frozenset[str]:
        """Tell which kinds of contact can be reached."""
        return frozenset(name.removesuffix(SECOND_CARRIER) for name in self._breakers)

    @property
    def troubles(self) -> Mapping[str, Trouble]:
        """What is wrong now, by the name of the carrier: `email`, `email.second`."""
        found = {name: breaker.trouble for name, breaker in self._breakers.items()}
        return {name: trouble for name, trouble in found.items() if trouble is not None}

    def has_second(self, kind: str) -> bool:
        """Whether another carrier stands in on this channel."""
        return kind + SECOND_CARRIER in self._breakers

    def has_worked(self, name: str) -> bool:
        """Whether this carrier took a message since this object was made."""
        return name in self._breakers and self._breakers[name].has_worked

    async def send(self, message: Message, leave: Leave = at_once) -> Outcome:
        """Make one attempt and say what is known of it. Never longer than 60 seconds, beside what `leave` takes.

        Where a carrier is in trouble, has no place free or had its share of the minute, and nothing left, the second
        one of its channel is asked at once. Never after *uncertain*: that message may have arrived.

        Raises:
            MayNotLeave: nothing left.
        """
        names = [name for name in (message.channel, message.channel + SECOND_CARRIER) if name in self._breakers]
        if not names:
            return RejectedPermanent("no-carrier")
        loop = asyncio.get_running_loop()
        until, outcome, why = loop.time() + SECOND_WITHIN_SECONDS, None, dict[str, str]()
        for name in names:
            if outcome is not None and loop.time() > until:
                break
            tried = await self._try(name, message, leave)
            if isinstance(tried, str):
                why[name] = tried
                continue
            outcome = tried
            if not isinstance(outcome, FailedTemporary) or trouble_in(outcome) is None:
                return outcome
        return outcome or self._later(message, why)

    async def _try(self, name: str, message: Message, leave: Leave) -> Outcome | str:
        """What came of it; a code where it could not be tried."""
        breaker, places = self._breakers[name], self._places.get(name)
        if not breaker.may_try():
            return RESTS
        if places is not None and not await places.take():
            breaker.let_go()
            return OWN_QUEUE
        try:
            if not self._paces[name].take(message.delivery_id, first=message.first):
                breaker.let_go()
                return PACED
            try:
                outcome = await self._send_by(name, message, leave)
            except BaseException:
                breaker.let_go()
                raise
            breaker.note(outcome)
            return outcome
        finally:
            if places is not None:
                places.give_back()

    def _later(self, message: Message, why: Mapping[str, str]) -> FailedTemporary:
        """No carrier could be tried: a moment at one that works, else a place, else the end of a rest."""
        paced = [name for name, code in why.items() if code == PACED]
        if paced:
            return FailedTemporary(PACED, self._paces[paced[0]].promise(message.delivery_id, first=message.first))
        if OWN_QUEUE in why.values():
            return FailedTemporary(OWN_QUEUE)
        return FailedTemporary(RESTS, min(self._breakers[name].seconds_of_rest for name in why))

    def _stands_beside_another(self, name: str) -> bool:
        return name.endswith(SECOND_CARRIER) or self.has_second(name)

    async def keep_ready(self) -> None:
        """Keep a connection open to each mail server, so that no alert waits for TLS and sign-in.

        That none comes about is trouble, too, which is known before the next alert needs it.
        """
        ours = [(self._breakers[name], plugin.channel) for name, (_, plugin) in self._ours.items()]
        mails = [(breaker, mail) for breaker, mail in ours if isinstance(mail, MailCarrier) and breaker.may_open_line]
        outcomes = await asyncio.gather(*(mail.keep_ready() for _, mail in mails))
        for (breaker, _), outcome in zip(mails, outcomes, strict=True):
            breaker.note_line(outcome)

    async def _send_by(self, name: str, message: Message, leave: Leave) -> Outcome:
        if name in self._ours:
            return await self._send_ours(name, message, leave)
        await leave()
        return await self._send_stock(name, message)

    async def aclose(self) -> None:
        """Close every kept connection."""
        for _, plugin in self._ours.values():
            await plugin.channel.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def _our_service(self, name: str, url: str) -> tuple[Apprise, CarrierPlugin]:
        account = read_account(name, url)
        parts = {"schema": account.scheme, "host": account.host, "account": account, "patience": self._patience}
        plugin = Apprise.instantiate(parts, asset=self._asset, suppress_exceptions=False)
        if not isinstance(plugin, CarrierPlugin):
            raise RefusedByApprise(carrier=name)
        service = Apprise(asset=self._asset)
        service.add(plugin)
        return service, plugin

    def _stock_service(self, name: str, address: str) -> Apprise:
        register_stock(self._stock[name].partition("://")[0])
        service = Apprise(asset=self._asset)
        if not service.add(self._stock[name].replace("{address}", quote(address, safe=""))):
            raise RefusedByApprise(carrier=name)
        return service

    async def _send_ours(self, name: str, message: Message, leave: Leave) -> Outcome:
        envelope = Envelope(message, leave)
        token = IN_HAND.set(envelope)
        try:
            service, _ = self._ours[name]
            await service.async_notify(body=message.body, title=message.subject)
        finally:
            IN_HAND.reset(token)
        if envelope.failure is not None:
            raise envelope.failure
        return envelope.outcome or Uncertain("no-word")

    async def _send_stock(self, name: str, message: Message) -> Outcome:
        service = self._stock_service(name, message.address)
        try:
            async with asyncio.timeout(self._patience.answering):
                sent = await service.async_notify(body=message.body, title=message.subject)
        except TimeoutError:
            return Uncertain("timeout")
        # It logs its failures and tells nobody: a no may have been a yes whose answer was lost.
        return Accepted() if sent else Uncertain("apprise")


def silence_apprise() -> None:
    """Apprise's log holds addresses, texts and passwords: nothing of it is written anywhere."""
    log = logging.getLogger("apprise")
    log.setLevel(logging.CRITICAL + 1)
    log.propagate = False
    log.disabled = True
    # Its own services send through these, whose log repeats the address of each request.
    logging.getLogger("urllib3").setLevel(logging.CRITICAL)
    # And ours writes the address of each request: that of a browser is as good as a telephone number.
    logging.getLogger("httpx2").setLevel(logging.WARNING)


def _checked_stock(name: str, url: str, scheme: str) -> str:
    if scheme not in STOCK_PLUGINS:
        raise UnknownScheme(carrier=name, known=", ".join((*OUR_SCHEMES, *STOCK_PLUGINS)))
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:  # its text repeats the URL
        host = ""
    if not host or not url.isprintable():
        raise UnreadableCarrier(carrier=name)
    for argument, _value in parse_qsl(parts.query, keep_blank_values=True):
        if argument != "from":
            shown = argument if re.fullmatch(r"[a-z_]{1,20}", argument) else "?"
            raise UnknownArgument(carrier=name, argument=shown, known="from")
    if scheme == "json" and not is_loopback(host):
        raise ClearText(carrier=name)
    if url.count("{address}") != 1 or "{address}" not in parts.path:
        raise NoRecipientPlace(carrier=name)
    return url
