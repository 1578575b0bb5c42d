"""The API as an application: from a request to one operation of the table, and from its answer or failure back."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path
from starlette.types import Receive, Scope, Send

from models.done import done_command
from procedures.errors import StaffettaError
from web.api.document import description
from web.api.failures import (
    ApiFailure,
    BrokeHere,
    ChangedMeanwhile,
    IdempotencyKeyMissing,
    MethodNotAllowed,
    NothingHere,
    OnlyJsonComesOut,
    TooLarge,
)
from web.api.keys import caller, check_given
from web.api.operations import Answer, AnyCall, Call, Operation
from web.api.problems import problem, spoken
from web.api.reading import JSON, read_body, read_query
from web.api.table import OPERATIONS
from web.desk import Desk
from web.guard import FormTooLarge

PREFIX = "/api/v1"
DESCRIPTION = "/openapi.json"
TAKEN = frozenset({JSON, "application/*", "*/*"})
IDEMPOTENCY_KEY = re.compile(r"[A-Za-z0-9._~-]{16,100}")


@dataclass(frozen=True)
class Place:
    """One address, with what it answers to."""

    path: str
    pattern: re.Pattern[str]
    operations: Mapping[str, Operation]
    """By method; empty for the description, which anybody may read."""

    @property
    def allow(self) -> str:
        """The methods, as a header says them."""
        methods = set(self.operations) or {"GET"}
        return ", ".join(sorted(methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())))


def _places() -> tuple[Place, ...]:
    paths = dict.fromkeys(operation.path for operation in OPERATIONS)
    found = {path: {one.method: one for one in OPERATIONS if one.path == path} for path in paths}
    return tuple(Place(path, compile_path(path)[0], found.get(path, {})) for path in [*paths, DESCRIPTION])


class Api:
    """The API of one desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._places = _places()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        language = spoken(request.headers.get("accept-language"), self._desk.house.settings.desk.language)
        try:
            response = await self._served(request)
        except FormTooLarge:
            response = problem(TooLarge(), language)
        except StaffettaError as failure:
            response = problem(failure, language)
        if scope["method"] == "HEAD":
            response.body = b""
        await response(scope, receive, send)

    async def _served(self, request: Request) -> Response:
        place, path = self._place(request)
        method = "GET" if request.method == "HEAD" else request.method
        if method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": place.allow})
        if method not in (place.operations or {"GET"}):
            raise MethodNotAllowed(allow=place.allow)
        if not takes_json(request.headers.get("accept")):
            raise OnlyJsonComesOut
        if not place.operations:
            return read(request.headers, description())
        operation = place.operations[method]
        # It comes in before anything is known of its sender, who is asked first in the one thread that does the rest.
        raw = await request.body() if operation.takes_body else b""
        return await run_in_threadpool(self._answered, request, operation, path, raw)

    def _answered(self, request: Request, operation: Operation, path: dict[str, str], raw: bytes) -> Response:
        return self._done(request.headers, operation, self._understood(request, operation, path, raw))

    def _place(self, request: Request) -> tuple[Place, dict[str, str]]:
        path = request.scope["path"].removeprefix(PREFIX)
        for place in self._places:
            if found := place.pattern.match(path):
                # What the guard writes into the log: the template, not what stood in its place.
                request.scope["route"] = Template(PREFIX + place.path)
                return place, found.groupdict()
        raise NothingHere

    def _understood(self, request: Request, operation: Operation, path: dict[str, str], raw: bytes) -> AnyCall:
        """The request as the operation takes it: who calls is asked before anything else is looked at."""
        program = caller(self._desk, request.headers)
        check_given(program, operation.may)
        takes = operation.takes_body
        body = (
            read_body(raw, request.headers, operation.body, lambda: self._desk.house.procedures.library().facts)
            if takes
            else operation.body.model_construct()
        )
        query = read_query(request.query_params, operation.query)
        key = _idempotency_key(request.headers) if operation.changes else ""
        return Call(self._desk, program, path, query, body, key)

    def _done(self, headers: Headers, operation: Operation, call: AnyCall) -> Response:
        if operation.current is not None and "if-match" in headers:
            self._check_unchanged(headers["if-match"], operation.current, call)
        answer: Answer = operation.run(call)
        body = answer.value.model_dump_json().encode()
        if operation.method == "GET":
            return read(headers, body)
        return Response(body, operation.status, dict(answer.headers), JSON)

    def _check_unchanged(self, wanted: str, current: Callable[[AnyCall], BaseModel], call: AnyCall) -> None:
        """Raise ChangedMeanwhile unless it is as the caller saw it. A repeat is not asked: it changed that itself."""
        etag = etag_of(current(call).model_dump_json().encode())
        known = done_command(self._desk.house.database, call.command_id) is not None
        if not known and wanted.strip() != "*" and etag not in tags(wanted):
            raise ChangedMeanwhile


@dataclass(frozen=True)
class Template:
    """What stands for the route in the log."""

    path: str


def broke(desk: Desk, status: int, reference: str) -> Response:
    """The answer where the guard stopped a request, or something of ours broke."""
    known = {TooLarge.status: TooLarge, ApiFailure.status: ApiFailure}
    failure = BrokeHere() if reference else known.get(status, NothingHere)()
    return problem(failure, desk.house.settings.desk.language, reference=reference)


def takes_json(accept: str | None) -> bool:
    """Whether the caller takes JSON; one who says nothing does."""
    for part in (accept or JSON).split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if kind in TAKEN and not any(re.fullmatch(r"q=0(\.0*)?", one) for one in parameters):
            return True
    return False


def etag_of(body: bytes) -> str:
    """The strong tag of a representation."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def tags(header: str) -> frozenset[str]:
    """The tags of `If-Match` or `If-None-Match`, weak ones with their mark."""
    return frozenset(re.findall(r'(?:W/)?"[^"]*"', header))


def read(headers: Headers, body: bytes) -> Response:
    """What was asked for, or the word that the caller has it already."""
    etag = etag_of(body)
    seen = headers.get("if-none-match", "")
    if seen.strip() == "*" or etag in {tag.removeprefix("W/") for tag in tags(seen)}:
        return Response(status_code=304, headers={"ETag": etag})
    return Response(body, headers={"ETag": etag}, media_type=JSON)


def _idempotency_key(headers: Headers) -> str:
    """The caller's own id of the change; the draft standard writes it in quotes, most programs do not."""
    found = headers.get("idempotency-key", "").strip()
    bare = found[1:-1] if len(found) > 1 and found[0] == found[-1] == '"' else found
    if not IDEMPOTENCY_KEY.fullmatch(bare):
        raise IdempotencyKeyMissing
    return bare
