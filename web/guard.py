"""What surrounds every request: who may post, how much, which headers go out, and one line in our own log.

Written as plain ASGI, outside FastAPI's own layers, so that an answer to a failure carries the same headers.
"""

import secrets
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.origins import Origins

LARGEST_FORM = 64 * 1024
"""Bytes (trust.md, limits)."""
LARGEST_UPLOAD = 1024 * 1024
UPLOADS = frozenset({"/network/proposals"})
"""Where a file may come in, of so many bytes."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # With `no-referrer` Chromium sends `Origin: null`, and the rule below would refuse our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}

NO_TEXT = "\N{REPLACEMENT CHARACTER}"


class FormTooLarge(Exception):
    """More came in than may. Holds nothing of it."""


class LengthNotUnderstood(Exception):
    """The head says a length that is no number. It is not repeated."""


FailurePage = Callable[[int, str, str], Response]
"""Status, reference number and path → a page that says so, in plain words."""


@dataclass
class Guard:
    """The outermost layer of the desk."""

    app: ASGIApp
    origins: Origins
    log: structlog.typing.FilteringBoundLogger
    failure_page: FailurePage

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through what may pass; answer the rest here."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope = _without_nul(scope)
        answer = _Answer(send, self.origins, scope["path"].startswith("/static/"))
        started = time.monotonic()
        try:
            await self._guarded(scope, receive, answer)
        except FormTooLarge:
            await self._refuse(413, "", scope, receive, answer)
        except LengthNotUnderstood:
            await self._refuse(400, "", scope, receive, answer)
        except Exception as failure:  # noqa: BLE001  # the last net: said to the log by name and place, never by value
            reference = secrets.token_hex(4)
            where = traceback.extract_tb(failure.__traceback__)[-1]
            place = f"{where.filename.rpartition('/')[2]}:{where.lineno}"
            self.log.error(  # noqa: TRY400  # a traceback holds values
                "failed", failure=type(failure).__name__, where=place, reference=reference
            )
            await self._refuse(500, reference, scope, receive, answer)
        finally:
            self.log.info(
                "answered",
                method=scope["method"],
                route=route_of(scope),
                status=answer.status,
                milliseconds=round((time.monotonic() - started) * 1000, 1),
            )

    async def _guarded(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        headers = Headers(scope=scope)
        if scope["method"] not in SAFE_METHODS:
            by_key = scope["path"].startswith("/api/")  # it looks at no cookie, so a foreign page can abuse none
            if not by_key and not may_post(headers, self.origins, cookieless=scope["path"].startswith("/h/")):
                await self._refuse(403, "", scope, receive, answer)
                return
            if _length(headers) > largest(scope["path"]):
                raise FormTooLarge
        await self.app(scope, _counted(receive, largest(scope["path"])), answer.send)

    async def _refuse(self, status: int, reference: str, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        if not answer.status:
            await self.failure_page(status, reference, scope["path"])(scope, receive, answer.send)


def _without_nul(scope: Scope) -> Scope:
    """The same address, whose NUL characters lead nowhere: PostgreSQL takes none as text, and would call it a failure.

    What is typed into forms and bodies is looked at where it is read (`forms.typed`, `api.reading`).
    """
    if "\0" not in scope["path"] and b"%00" not in scope["query_string"]:
        return scope
    asked = {"path": scope["path"].replace("\0", NO_TEXT), "query_string": scope["query_string"].replace(b"%00", b"")}
    return {**scope, **asked}


def largest(path: str) -> int:
    """How many bytes may come in at that address."""
    return LARGEST_UPLOAD if path in UPLOADS else LARGEST_FORM


def _length(headers: Headers) -> int:
    said = headers.get("content-length", "0")
    if not (said.isascii() and said.isdigit()):
        raise LengthNotUnderstood
    digits = said.lstrip("0")
    return int(digits or 0) if len(digits) <= len(str(LARGEST_UPLOAD)) else LARGEST_UPLOAD + 1


def may_post(headers: Headers, origins: Origins, *, cookieless: bool) -> bool:
    """Whether an unsafe request comes from a page of ours: `Sec-Fetch-Site`, else exactly our `Origin`.

    A request with neither was sent by no browser of today. It is refused where a cookie speaks for the operator; the
    one-tap page has no cookie to abuse (`cookieless`), and somebody at night may hold an old telephone.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    return cookieless if origin is None else origin in origins.ours


def route_of(scope: Scope) -> str:
    """The template of the route that answered, without what stood in its place."""
    if scope["path"].startswith("/static/"):
        return "/static"
    return str(getattr(scope.get("route"), "path", "unmatched"))


def _counted(receive: Receive, most: int) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise FormTooLarge
        return message

    return counted


class _Answer:
    """Remembers the status and adds our headers."""

    def __init__(self, send: Send, origins: Origins, static: bool) -> None:  # noqa: FBT001
        self.status = 0
        self._send = send
        self._origins = origins
        self._static = static

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            headers["Cache-Control"] = "public, max-age=3600" if self._static else "no-store"
            if self._origins.secure:
                headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        await self._send(message)
