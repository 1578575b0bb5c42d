"""SMS through an HTTP gateway: one POST per message, an idempotency key, and an outcome that says what is known.

It speaks the house's own form, or that of a provider for which there is a driver (`notifiers.gateways`).
"""

import asyncio
import json
import re
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from notifiers.accounts import PHONE_NUMBER, Account, Tls
from notifiers.gateways.form import Gateway
from notifiers.leaving import Leave, at_once
from notifiers.message import Message
from notifiers.outcomes import Accepted, FailedTemporary, Outcome, RejectedPermanent, Uncertain
from notifiers.patience import Patience

BUSY = frozenset({429, 503})
TOO_FAST = frozenset({429})
"""What a provider without a key for repeats can say without having taken the message."""
NOT_LET_IN = {401: "sign-in", 402: "402", 403: "sign-in", 407: "sign-in"}
"""It is we who are refused: a changed password or an empty account says nothing of the recipient."""
PROVIDER_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
MOST_READ = 65_536
"""Bytes of an answer; a longer one is not an answer of a gateway."""
CONNECTIONS = 8
KEPT = 4.0
"""Seconds; shorter than most servers keep an idle connection, so that we rarely write into a closed one."""


class SmsCarrier:
    """Sends SMS through one account. One carrier serves one event loop."""

    def __init__(self, account: Account, *, patience: Patience) -> None:
        """Open nothing yet: the first message does."""
        self._account = account
        self._whole = patience.queueing + patience.connecting + patience.answering
        scheme = "http" if account.tls is Tls.NONE else "https"
        host = f"[{account.host}]" if ":" in account.host else account.host
        self._server = f"{scheme}://{host}:{account.port}"
        self._client = httpx2.AsyncClient(
            # A redirect is followed as GET and loses the text (notifications.md): it is refused instead.
            follow_redirects=False,
            timeout=httpx2.Timeout(patience.answering, connect=patience.connecting, pool=patience.queueing),
            limits=httpx2.Limits(
                max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS, keepalive_expiry=KEPT
            ),
            verify=False if account.tls is Tls.NONE else ssl.create_default_context(),
            # Neither a proxy nor a password file of the surroundings.
            trust_env=False,
        )

    async def send(self, message: Message, leave: Leave = at_once) -> Outcome:
        """Make one attempt.

        Raises:
            MayNotLeave: nothing left.
        """
        if not self._takes(message.address):
            return RejectedPermanent("address")
        request, sign_in = self._request(message)
        await leave()
        try:
            async with asyncio.timeout(self._whole):  # however slowly it drips
                response = await self._client.send(request, stream=True, auth=sign_in)
                try:
                    return self._outcome(response, await _read(response))
                finally:
                    await response.aclose()
        except (httpx2.ConnectTimeout, httpx2.PoolTimeout):
            return FailedTemporary("timeout")
        except httpx2.ConnectError as failure:
            return FailedTemporary("tls" if _is_tls(failure) else "connect")
        except (httpx2.TimeoutException, TimeoutError):
            # Also when our own limit ran out: the request may have left before.
            return Uncertain("timeout")
        except httpx2.HTTPError:
            return Uncertain("dropped")

    def _takes(self, address: str) -> bool:
        return PHONE_NUMBER.fullmatch(address) is not None

    def _outcome(self, response: httpx2.Response, body: bytes) -> Outcome:
        return _outcome(response, body, self._account.gateway)

    def _request(self, message: Message) -> tuple[httpx2.Request, tuple[str, str] | None]:
        account = self._account
        # Not compressed: an answer of ours is a line, and a small one must not unfold into a large one.
        headers = {"Accept-Encoding": "identity"}
        if account.gateway is None:
            headers["Idempotency-Key"] = message.delivery_id
            url = self._server + account.path
            request = self._client.build_request("POST", url, json=self._asked(message), headers=headers)
            return request, (account.user or "", account.password) if account.password else None
        asked = account.gateway.asks(account, message)
        url = self._server + (asked.path if account.path == "/" else account.path)
        headers |= asked.headers
        if asked.fields is not None:
            return self._client.build_request("POST", url, data=asked.fields, headers=headers), asked.sign_in
        return self._client.build_request("POST", url, json=asked.json, headers=headers), asked.sign_in

    def _asked(self, message: Message) -> Mapping[str, object]:
        return {
            "to": message.address,
            "from": self._account.sender,
            "text": message.body,
            "id": message.delivery_id,
        }

    async def aclose(self) -> None:
        """Close every kept connection."""
        await self._client.aclose()


async def _read(response: httpx2.Response) -> bytes:
    read = b""
    async for piece in response.aiter_raw():
        read += piece
        if len(read) > MOST_READ:
            return b""
    return read


def _outcome(response: httpx2.Response, body: bytes, gateway: Gateway | None) -> Outcome:
    answer = _object(body)
    if gateway is None:
        named = response.is_success and "error" not in answer
        said: Outcome | None = Accepted(answer.get("id")) if named else None
    else:
        said = gateway.reads(response.status_code, answer)
    if isinstance(said, Accepted) and not _is_name(said.provider_id):
        said = None
    if said is None and response.is_success:
        # "Yes" without a name for the message can hide an error: nothing shows that it was taken.
        return Uncertain("no-id")
    return said or _by_status(response, BUSY if gateway is None else TOO_FAST)


def _by_status(response: httpx2.Response, busy: frozenset[int]) -> Outcome:
    status = response.status_code
    if status in busy:
        return FailedTemporary(str(status), retry_after(response))
    if status in NOT_LET_IN:
        return FailedTemporary(NOT_LET_IN[status])
    if response.is_redirect:
        return RejectedPermanent("redirect")
    if response.is_client_error:
        return RejectedPermanent(str(status))
    # The gateway broke while it had our message: it may have gone out.
    return Uncertain(str(status))


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _is_name(found: object) -> bool:
    return isinstance(found, str) and PROVIDER_ID.fullmatch(found) is not None


def retry_after(response: httpx2.Response) -> float | None:
    """Read `Retry-After`: seconds or a date (RFC 9110, 10.2.3)."""
    value = response.headers.get("Retry-After", "")
    if value.isascii() and value.isdecimal():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    if until.tzinfo is None:
        return None
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _is_tls(failure: BaseException) -> bool:
    cause: BaseException | None = failure
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
