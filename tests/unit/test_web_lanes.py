"""A flood of strangers fills its own lane, and nobody else's."""

import asyncio
from collections import defaultdict
from collections.abc import Callable

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from web import lanes
from web.lanes import AGAIN_AFTER, LANES, THREADS, Lane, Lanes, lane_of

GUESSED = "AAAAAAAAAAAAAAAAAAAAAA"
SMALL = dict.fromkeys(LANES, Lane(1, 1))


class Held:
    """An application whose answers wait until they are let go."""

    def __init__(self) -> None:
        self.inside: list[str] = []
        self.came = defaultdict[str, asyncio.Event](asyncio.Event)
        self.go = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.inside.append(scope["path"])
        self.came[scope["path"]].set()
        await self.go.wait()
        body = (await receive())["body"]
        await PlainTextResponse(body.decode() or "done")(scope, receive, send)


def laned(app: Held) -> Lanes:
    return Lanes(
        app, lambda _path: PlainTextResponse("come again", status_code=503), GUESSED.__ne__, "staffetta", SMALL
    )


async def asked(app: Lanes, path: str, *pieces: bytes, cookie: bytes = b"") -> tuple[int, dict[bytes, bytes], bytes]:
    """Status, heads and body of the answer."""
    sent: list[Message] = []
    coming = [{"type": "http.request", "body": one, "more_body": True} for one in pieces]
    coming.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> Message:
        return coming.pop(0) if coming else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"cookie", cookie)] if cookie else []
    await app({"type": "http", "method": "POST", "path": path, "headers": headers}, receive, send)
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


def run(story: Callable[[], object]) -> None:
    asyncio.run(story())  # type: ignore[arg-type]  # each story is a coroutine


async def settled() -> None:
    for _turn in range(20):
        await asyncio.sleep(0.001)  # a link's token is looked up in a thread


def test_who_comes_when_lane_and_queue_are_full_is_told_to_come_again() -> None:
    async def story() -> None:
        held = Held()
        app = laned(held)
        first = asyncio.create_task(asked(app, "/sign-in"))
        second = asyncio.create_task(asked(app, "/sign-in/code"))
        await settled()
        assert held.inside == ["/sign-in"]
        status, heads, _body = await asked(app, "/join/x")
        assert (status, heads[b"retry-after"]) == (503, str(AGAIN_AFTER).encode())
        held.go.set()
        assert [(await one)[0] for one in (first, second)] == [200, 200]
        assert (await asked(app, "/sign-in"))[0] == 200, "the places are free again"

    run(story)


@pytest.mark.parametrize(
    "path", ["/", "/cases/new", "/cases/C-1234-5678", "/h/token", "/api/v1/cases", "/livez", "/sign-out"]
)
def test_opening_and_answering_never_wait_for_who_signs_in(path: str) -> None:
    async def story() -> None:
        held = Held()
        app = laned(held)
        flood = [asyncio.create_task(asked(app, "/sign-in")) for _one in range(20)]
        await settled()
        mine = asyncio.create_task(asked(app, path))
        await settled()
        assert path in held.inside
        held.go.set()
        assert (await mine)[0] == 200
        await asyncio.gather(*flood)

    run(story)


@pytest.mark.parametrize(
    ("path", "cookie"),
    [
        *[("/cases/new", b"staffetta-language=it; staffetta=hers"), ("/static/desk.css", b"staffetta=hers")],
        *[(path, b"") for path in ("/livez", "/readyz", "/heartbeat", "/metrics", "/static/link.css", "/sign-in")],
    ],
)
def test_nobody_waits_for_who_shows_no_sign_in_at_all(path: str, cookie: bytes) -> None:
    async def story() -> None:
        held = Held()
        app = laned(held)
        some = ("/", "/cases/X", "/status", "/nowhere")
        flood = [asyncio.create_task(asked(app, one, cookie=b"staffetta-language=it")) for one in some]
        await settled()
        assert len(held.inside) == 1, "one at work, one in the queue, and two were sent away"
        mine = asyncio.create_task(asked(app, path, cookie=cookie))
        await settled()
        assert path in held.inside
        held.go.set()
        assert (await mine)[0] == 200
        assert sorted([(await one)[0] for one in flood]) == [200, 200, 503, 503]

    run(story)


def test_a_link_that_a_message_carried_does_not_wait_for_those_that_somebody_guesses() -> None:
    async def story() -> None:
        held = Held()
        app = laned(held)
        flood = [asyncio.create_task(asked(app, f"/h/{GUESSED}")) for _one in range(5)]
        first = asyncio.as_completed(flood)
        assert [(await next(first))[0] for _one in range(3)] == [503, 503, 503]
        mine = asyncio.create_task(asked(app, "/h/hers"))
        async with asyncio.timeout(20):
            await held.came["/h/hers"].wait()
        held.go.set()
        assert (await mine)[0] == 200
        assert sorted([(await one)[0] for one in flood]) == [200, 200, 503, 503, 503]

    run(story)


def test_who_waited_too_long_in_the_queue_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "LONGEST_WAIT", 0.01)

    async def story() -> None:
        held = Held()
        app = laned(held)
        first = asyncio.create_task(asked(app, "/h/one"))
        await settled()
        assert (await asked(app, "/h/two"))[0] == 503
        held.go.set()
        assert (await first)[0] == 200
        assert (await asked(app, "/h/two"))[0] == 200

    run(story)


def test_a_place_is_taken_once_everything_has_arrived_and_nothing_of_it_is_lost() -> None:
    async def story() -> None:
        held = Held()
        app = laned(held)
        never = asyncio.Event()

        async def slowly() -> Message:
            await never.wait()
            return {"type": "http.disconnect"}

        async def nowhere(_message: Message) -> None: ...

        scope = {"type": "http", "method": "POST", "path": "/h/slow", "headers": []}
        slow = asyncio.ensure_future(app(scope, slowly, nowhere))
        held.go.set()
        assert (await asked(app, "/h/quick", b"code=", b"ACD"))[2] == b"code="
        slow.cancel()

    run(story)


def test_who_is_signed_in_always_has_threads_left() -> None:
    assert THREADS - sum(lane.at_once for lane in LANES.values()) >= 16


def test_what_is_said_to_a_flood_is_not_made_anew_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(lanes, "SAID_ANEW_EVERY", 60.0)

    def full(path: str) -> PlainTextResponse:
        made.append(path)
        return PlainTextResponse("come again", status_code=503)

    async def story() -> None:
        held = Held()
        app = Lanes(held, full, GUESSED.__ne__, "staffetta", SMALL)
        flood = [asyncio.create_task(asked(app, "/sign-in")) for _one in range(12)]
        first = asyncio.as_completed(flood)
        for _one in range(10):
            status, heads, body = await next(first)
            assert (status, heads[b"retry-after"], body) == (503, b"5", b"come again")
        held.go.set()
        await asyncio.gather(*flood)

    run(story)
    assert made == ["/sign-in"]


def test_every_address_of_strangers_has_its_lane() -> None:
    assert {lane_of(path) for path in ("/sign-in", "/sign-in/code", "/join/x")} == {"sign-in"}
    assert (lane_of("/h/x"), lane_of("/api/v1/handoffs"), lane_of("/sign-out"), lane_of("/")) == (
        "links", "programs", "sign-out", None,
    )  # fmt: skip
