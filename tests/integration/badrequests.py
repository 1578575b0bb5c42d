"""What can be wrong with a request, for every address of the desk; asked as raw ASGI, as no client would."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote, urlencode

from fastapi import FastAPI

FORM = "application/x-www-form-urlencoded"
OURS = {"sec-fetch-site": "same-origin", "host": "127.0.0.1:8480"}
LONG = "x" * 20_000
IDS = (
    "nonsense", "C-0000-0000", "00000-00000", "x" * 5000, "%00", "%ff%fe", "..%2f..%2fetc%2fpasswd", "%2e%2e",
    "%0d%0aSet-Cookie:a=b",
    "%27%3b%20DROP%20TABLE%20cases", "%F0%9D%9F%99", "%25", "%E2%80%AE",
)  # fmt: skip
"""What may stand in an address where a code, a reference or a token should."""
QUERIES = (
    "seen=%ff",
    "seen=%00",
    "seen=a&seen=b",
    "=&&&=",
    "%",
    f"seen={LONG}",
    "&".join(["a=1"] * 10_000),
    "x" * 30_000,
)
HEADERS: Sequence[Mapping[str, str]] = (
    {"accept-language": "\xff;q=nonsense"},
    {"accept-language": ",".join(["it"] * 3000)},
    {"host": "evil.example"},
    {"host": ""},
    {"cookie": "staffetta=%00; staffetta-language=\xff"},
    {"cookie": "=;;;=\x80"},
    {"cookie": f"staffetta={LONG}"},
    {"cookie": "staffetta=forged; staffetta-language=../../etc/passwd"},
    {"accept-encoding": "nonsense, gzip;q=x"},
    {"range": "bytes=-1--5"},
    {"if-none-match": "\xff" * 100},
    {"x-forwarded-host": "evil.example", "x-forwarded-proto": "gopher"},
    {"hx-request": "\x80"},
)
METHODS = ("PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "NONSENSE", "get")
NOT_FORMS = ("application/json", "multipart/form-data", "multipart/form-data; boundary=", "text/plain", "\xff", "/")


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    """As it stands on the wire, percent signs and all."""
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    pieces: int = 1
    why: str = ""

    @property
    def shown(self) -> str:
        return f"{self.method} {self.path[:80]}?{self.query[:40]} {self.why}"


@dataclass(frozen=True)
class Got:
    """The answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float


async def ask(app: FastAPI, asked: Asked) -> Got:
    """Put the question to the application as the server would."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": asked.method,
        "path": unquote(asked.path),
        "raw_path": asked.path.encode("latin-1"),
        "query_string": asked.query.encode("latin-1"),
        "root_path": "",
        "headers": [
            (name.encode(), value.encode("latin-1")) for name, value in {**OURS, **asked.headers}.items() if value
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8480),
    }
    size = max(1, -(-len(asked.body) // asked.pieces))
    pieces = [asked.body[start : start + size] for start in range(0, len(asked.body), size)] or [b""]
    waiting = [
        {"type": "http.request", "body": piece, "more_body": number < len(pieces)}
        for number, piece in enumerate(pieces, start=1)
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    started = time.process_time()
    await asyncio.wait_for(app(scope, receive, send), timeout=20)
    seconds = time.process_time() - started
    start = sent[0]
    headers = {name.decode().lower(): value.decode("latin-1") for name, value in start["headers"]}
    return Got(start["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]), seconds)


def routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Every address of the desk with its methods. The API under `/api/v1` has stories of its own."""
    for holder in app.routes:
        inside = getattr(holder, "original_router", None)
        for route in inside.routes if inside else ():
            for method in sorted(route.methods):
                yield method, route.path


def encoded(fields: Sequence[tuple[str, str]]) -> bytes:
    return urlencode(fields).encode()


def filled(path: str, ids: Mapping[str, str], but: str = "", instead: str = "") -> str:
    """The address with its places filled, one of them wrongly."""
    for name, value in ids.items():
        path = path.replace(f"{{{name}}}", instead if name == but else quote(value, safe=""))
    return path


def bad_addresses(method: str, path: str, ids: Mapping[str, str]) -> Iterator[Asked]:
    """Wrong ids, queries, headers and methods."""
    body = {"headers": {"content-type": FORM}} if method == "POST" else {}
    for name in ids:
        if f"{{{name}}}" in path:
            # Another shape with the same few fields.
            yield from (Asked(method, filled(path, ids, name, wrong), why="id", **body) for wrong in IDS)  # type: ignore[arg-type]
    if method != "GET":
        return
    yield from (Asked(method, filled(path, ids), query=query, why="query") for query in QUERIES)
    yield from (Asked(method, filled(path, ids), headers=headers, why="header") for headers in HEADERS)


def bad_bodies(path: str, good: Sequence[tuple[str, str]]) -> Iterator[Asked]:
    """Bodies that are no form of ours, whatever the address means."""
    form = {"content-type": FORM}

    def post(why: str, body: bytes, headers: Mapping[str, str] = form, pieces: int = 1) -> Asked:
        return Asked("POST", path, headers=headers, body=body, pieces=pieces, why=why)

    fine = encoded(good)
    yield from (post(f"type {kind!r}", fine, {"content-type": kind}) for kind in NOT_FORMS)
    yield post("too large", b"x=" + b"y" * 70_000)
    yield post("too large, said before", b"", {**form, "content-length": "99999999999"})
    yield post("too large, in pieces", b"x=" + b"y" * 70_000, pieces=20)
    yield post("10,000 fields", b"&".join(b"a=1" for _ in range(10_000)))
    yield post("invalid UTF-8", fine + b"&note=%ff%fe")
    yield post("zero byte", fine + b"&note=%00")
    yield post("name with a zero byte", fine + b"&%00=1")
    yield post("a field twice", fine + b"&" + encoded(good[-1:]))
    for site in ("cross-site", "same-site", "none", "nonsense"):
        yield post(f"from {site}", fine, {**form, "sec-fetch-site": site})
    yield post("from elsewhere", fine, {**form, "sec-fetch-site": "", "origin": "https://evil.example"})


def bad_fields(
    path: str, good: Sequence[tuple[str, str]], needed: Sequence[str], wrong: Mapping[str, Sequence[str]]
) -> Iterator[Asked]:
    """A field left out, empty or with a value that cannot be."""
    form = {"content-type": FORM}
    for name in needed:
        rest = [one for one in good if one[0] != name]
        yield Asked("POST", path, headers=form, body=encoded(rest), why=f"without {name}")
        yield Asked("POST", path, headers=form, body=encoded([*rest, (name, "")]), why=f"empty {name}")
    for name, values in wrong.items():
        rest = [one for one in good if one[0] != name]
        for value in values:
            yield Asked("POST", path, headers=form, body=encoded([*rest, (name, value)]), why=f"{name}={value[:20]}")
