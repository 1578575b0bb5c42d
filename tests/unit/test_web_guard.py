"""Who may post to the desk, and what every answer carries."""

import io
import json

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from web.guard import LARGEST_FORM, Guard, may_post
from web.log import desk_log
from web.origins import Origins, origins

OURS = origins("https://staffetta.example.org", "127.0.0.1", 8480)


@pytest.mark.parametrize(
    ("headers", "on_a_link", "allowed"),
    [
        ({"sec-fetch-site": "same-origin"}, False, True),
        ({"sec-fetch-site": "same-site"}, False, False),
        ({"sec-fetch-site": "cross-site"}, False, False),
        ({"sec-fetch-site": "cross-site"}, True, False),
        ({"sec-fetch-site": "none"}, False, False),
        ({"sec-fetch-site": "cross-site", "origin": "https://staffetta.example.org"}, False, False),
        ({"origin": "https://staffetta.example.org"}, False, True),
        ({"origin": "http://staffetta.example.org"}, False, False),
        ({"origin": "https://staffetta.example.org.evil.example"}, False, False),
        ({"origin": "null"}, False, False),
        ({"origin": "null"}, True, False),
        ({}, False, False),
        ({}, True, True),
    ],
)
def test_only_our_own_pages_may_post(headers: dict[str, str], on_a_link: bool, allowed: bool) -> None:
    assert may_post(Headers(headers), OURS, cookieless=on_a_link) is allowed


def test_the_host_header_does_not_make_an_origin_ours() -> None:
    headers = Headers({"host": "evil.example", "origin": "https://evil.example"})

    assert not may_post(headers, OURS, cookieless=False)


def guarded(house: Origins, log: io.StringIO) -> TestClient:
    async def read_all(request: Request) -> Response:
        return PlainTextResponse(str(len(await request.body())))

    def break_down(request: Request) -> Response:
        secret = request.path_params["secret"]
        raise ValueError(secret)

    routes = [
        Route("/take", read_all, methods=["GET", "POST"]),
        Route("/break/{secret}", break_down),
    ]
    app = Starlette(routes=routes)
    app.add_middleware(
        Guard,
        origins=house,
        log=desk_log(log),
        failure_page=lambda status, reference, _: PlainTextResponse(reference, status_code=status),
    )
    return TestClient(app, headers={"sec-fetch-site": "same-origin"})


def test_every_answer_carries_the_headers() -> None:
    headers = guarded(OURS, io.StringIO()).get("/take").headers

    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["strict-transport-security"].startswith("max-age=31536000")


def test_over_plain_http_nothing_promises_tls() -> None:
    assert "strict-transport-security" not in guarded(origins(None, "127.0.0.1", 8480), io.StringIO()).get("/").headers


def test_a_form_of_64_kib_passes_and_a_byte_more_does_not() -> None:
    client = guarded(OURS, io.StringIO())

    assert client.post("/take", content=b"x" * LARGEST_FORM).text == str(LARGEST_FORM)
    assert client.post("/take", content=b"x" * (LARGEST_FORM + 1)).status_code == 413


def test_a_form_that_hides_its_length_is_stopped_as_well() -> None:
    pieces = (b"x" * 1024 for _ in range(65))

    assert guarded(OURS, io.StringIO()).post("/take", content=pieces).status_code == 413


def test_a_failure_is_told_by_name_and_place_and_never_by_value() -> None:
    log = io.StringIO()

    answer = guarded(OURS, log).get("/break/zinnia-quetzal")

    failed, answered = (json.loads(line) for line in log.getvalue().splitlines())
    assert answer.status_code == 500
    assert failed["failure"] == "ValueError"
    assert failed["where"].startswith("test_web_guard.py:")
    assert answer.text == failed["reference"]
    assert answered["route"] == "/break/{secret}"
    assert "zinnia" not in log.getvalue()


def test_the_log_lets_nothing_through_that_is_not_on_its_list() -> None:
    log = io.StringIO()

    desk_log(log).info("answered", route="/h/{token}", path="/h/abc", name="Zinnia Quetzal")

    assert set(json.loads(log.getvalue())) == {"event", "level", "timestamp", "route"}


def test_the_cookie_has_its_strict_name_wherever_the_browser_takes_it() -> None:
    assert OURS.session_cookie == "__Host-staffetta"
    assert OURS.secure
    assert origins("http://127.0.0.1:8480", "127.0.0.1", 8480).session_cookie == "staffetta"
