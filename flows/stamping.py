"""A server of time stamps (RFC 3161, 3.4), asked over the network. What it answers is looked at before it is believed.

No redirect is followed, no proxy is taken out of the environment, and the whole has a bound on its time and its size.
"""

import asyncio
from collections.abc import Sequence

import httpx2
from cryptography.x509 import Certificate

from models.roots import Root
from models.settings_anchors import AnchorSettings
from models.stamps import NoStamp, Stamp, StampCaUnreadable, asked_for, examined, trusted

LARGEST = 64 * 1024
"""Bytes of an answer: one with the certificates has some thousand."""
PATIENCE = 10.0
"""Real seconds for all of it."""
HEADERS = {
    "Content-Type": "application/timestamp-query",
    "Accept": "application/timestamp-reply",
    "Accept-Encoding": "identity",
}


async def stamp_of(root: Root, settings: AnchorSettings, *, patience: float = PATIENCE) -> Stamp | NoStamp:
    """A stamp over this root, or why there is none; whatever the server does, it is one of the two."""
    if settings.stamp_url is None or settings.stamp_ca is None:
        return NoStamp("not-set")
    try:
        believed: Sequence[Certificate] = await asyncio.to_thread(trusted, settings.stamp_ca)
    except StampCaUnreadable:
        return NoStamp("stamp-ca-unreadable")
    request = asked_for(root)
    try:
        async with asyncio.timeout(patience):
            answer = await _answer(settings.stamp_url, request.as_bytes(), patience)
    except (TimeoutError, httpx2.TimeoutException):
        return NoStamp("slow")
    except (httpx2.HTTPError, OSError):
        return NoStamp("unreachable")
    if isinstance(answer, NoStamp):
        return answer
    return await asyncio.to_thread(examined, answer, root, believed, request.nonce)


async def _answer(url: str, query: bytes, patience: float) -> bytes | NoStamp:
    client = await asyncio.to_thread(_client, patience)
    async with client, client.stream("POST", url, content=query, headers=HEADERS) as answer:
        if answer.is_redirect:
            return NoStamp("redirected")
        if answer.status_code != httpx2.codes.OK:
            return NoStamp(f"status-{answer.status_code}")
        found = b""
        async for piece in answer.aiter_raw():
            found += piece
            if len(found) > LARGEST:
                return NoStamp("too-large")
    return found


def _client(patience: float) -> httpx2.AsyncClient:
    """Reading the machine's certificates takes longer than an event loop may be held."""
    return httpx2.AsyncClient(timeout=patience, follow_redirects=False, trust_env=False)
