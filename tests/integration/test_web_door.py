"""Who may look at the desk, what everybody else sees, and what is never said outside a case's own page."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from pyotp.totp import TOTP
from starlette.testclient import TestClient

from models.accounts import FIRST_OPERATOR
from tests.integration.webhouse import BASE, CANARY, SETTINGS, WebHouse, web_house
from web import behalf, board, casepage, ended, health, onetap, opening, signing
from web.lanes import LANES, Lane
from web.sessions import Sessions

ROUTES = [
    (method, route.path)
    for room in (behalf, board, casepage, ended, opening)
    for route in room.router.routes
    if isinstance(route, APIRoute)
    for method in sorted(route.methods or ())
]


def whole(sessions: Sessions, password: str) -> str:
    """The token of the first operator's sign-in, with her second factor."""
    token = sessions.sign_in(FIRST_OPERATOR, password)
    assert token is not None
    secret = sessions.on_the_way(token).secret
    assert secret is not None
    return sessions.prove(token, TOTP(secret).at(sessions.now())).token


@pytest.mark.slow
def test_without_a_sign_in_every_page_is_the_sign_in_page(desk: WebHouse) -> None:
    code = desk.open_case()
    ref, before = desk.first(code).ref, desk.events(code)
    browser = desk.browser()

    answers = {
        (method, path): browser.request(
            method, path.replace("{code}", code).replace("{ref}", ref), follow_redirects=False
        )
        for method, path in ROUTES
    }

    assert len(answers) >= 10
    for where, answer in answers.items():
        assert (answer.status_code, answer.headers["location"], answer.content) == (303, "/sign-in", b""), where
    assert desk.events(code) == before


def test_a_script_that_refreshes_is_sent_to_the_sign_in_page(desk: WebHouse) -> None:
    answer = desk.browser().get("/board", headers={"hx-request": "true"})

    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in")


def test_a_wrong_password_says_no_more_than_that(desk: WebHouse) -> None:
    browser = desk.browser()

    answers = [
        browser.post("/sign-in", data={"name": name, "password": "not the password"})
        for name in (FIRST_OPERATOR, "nobody")
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[0].text.replace(FIRST_OPERATOR, "") == answers[1].text.replace("nobody", "")
    assert "not the password" not in answers[0].text


def test_the_cookie_is_kept_from_scripts_and_other_sites(desk: WebHouse) -> None:
    answer = desk.browser().post(
        "/sign-in", data={"name": FIRST_OPERATOR, "password": desk.password}, follow_redirects=False
    )

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("staffetta=")
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))


def test_behind_tls_the_cookie_is_a_host_cookie(tmp_path: Path) -> None:
    settings = SETTINGS.replace(BASE, "https://staffetta.example.org")
    with web_house(tmp_path / "data", settings=settings) as made:
        browser = TestClient(
            made.app, base_url="https://staffetta.example.org", headers={"sec-fetch-site": "same-origin"}
        )
        form = {"name": FIRST_OPERATOR, "password": made.password}
        cookie = browser.post("/sign-in", data=form, follow_redirects=False).headers["set-cookie"]

        assert cookie.startswith("__Host-staffetta=")
        assert "Secure" in cookie
        assert browser.get("/").status_code == 200


def test_after_signing_out_the_cookie_is_worth_nothing(desk: WebHouse) -> None:
    operator = desk.operator()
    stolen = operator.cookies["staffetta"]

    left = operator.post("/sign-out", follow_redirects=False)

    assert left.headers["clear-site-data"] == '"cache", "storage"'
    thief = desk.browser()
    thief.cookies.set("staffetta", stolen)
    assert thief.get("/", follow_redirects=False).status_code == 303


def test_signing_out_with_an_invented_cookie_asks_nobody_for_the_right_to_write(
    desk: WebHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.sqlite.BUSY_SECONDS", 0.1)
    stranger = desk.browser()
    stranger.cookies.set("staffetta", "invented")
    with desk.another_writer():
        assert stranger.post("/sign-out", follow_redirects=False).status_code == 303


def test_where_strangers_have_no_place_left_who_is_signed_in_and_monitors_go_on(
    desk: WebHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LANES, "strangers", Lane(0, 0))
    operator = desk.operator()
    stranger = desk.browser()
    assert [stranger.get(path).status_code for path in ("/", "/status", "/readyz")] == [503, 503, 200]
    assert [operator.get(path).status_code for path in ("/", "/status")] == [200, 200]


def test_a_page_that_refreshes_itself_keeps_nobody_signed_in(desk: WebHouse) -> None:
    wall = [datetime(2026, 11, 24, 16, 0, tzinfo=UTC)]
    sessions = Sessions(desk.house.database, desk.house.keyring, now=lambda: wall[0])
    token = whole(sessions, desk.password)
    assert sessions.who(token, acting=True)

    for _ in range(4):
        wall[0] += timedelta(minutes=4)
        left = sessions.who(token, acting=False)

    assert left is None
    assert sessions.who(token, acting=True) is None


def test_somebody_who_works_stays_signed_in(desk: WebHouse) -> None:
    wall = [datetime(2026, 11, 24, 16, 0, tzinfo=UTC)]
    sessions = Sessions(desk.house.database, desk.house.keyring, now=lambda: wall[0])
    token = whole(sessions, desk.password)

    for _ in range(10):
        wall[0] += timedelta(minutes=10)
        assert sessions.who(token, acting=True)


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}, {}],
)
def test_a_form_from_elsewhere_does_nothing_even_with_the_cookie(desk: WebHouse, headers: dict[str, str]) -> None:
    code, signed_in = desk.open_case(), desk.operator()
    forged = TestClient(desk.app, base_url=BASE, cookies=dict(signed_in.cookies))
    before = desk.events(code)

    answer = forged.post(
        f"/cases/{code}/cancel",
        data={"command": "0" * 32, "reason": "her_wish", "confirmation": code},
        headers=headers,
    )

    assert answer.status_code == 403
    assert desk.events(code) == before


def test_a_browser_of_the_past_that_says_its_origin_may_post(desk: WebHouse) -> None:
    old = TestClient(desk.app, base_url=BASE, headers={"origin": BASE})

    assert desk.telephones.sign_in(old, FIRST_OPERATOR, desk.password).url.path == "/"


def test_what_is_not_there_looks_the_same_whatever_it_is(desk: WebHouse) -> None:
    one, other = desk.open_case(), desk.open_case()
    operator = desk.operator()
    foreign_ref = desk.first(other).ref

    answers = [
        operator.get("/cases/C-0000-0000"),
        operator.get(f"/cases/{one}/handoffs/{foreign_ref}"),
        operator.get("/no/such/page"),
        operator.get("/docs"),
        operator.get("/openapi.json"),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1


def test_a_body_that_is_no_form_is_not_repeated(desk: WebHouse) -> None:
    operator = desk.operator()

    answers = [
        operator.post("/cases/new", json={"name": CANARY}),
        operator.post("/cases/new", files={"name": CANARY.encode()}),
        operator.post("/cases/new", data={"name": CANARY, "territory": "valle_chiara"}),
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert all(CANARY not in answer.text for answer in answers)


def test_her_name_is_on_the_page_of_the_case_and_nowhere_else(desk: WebHouse) -> None:
    code, operator = desk.open_case(), desk.operator()
    letter = desk.letter(code)
    links = [
        operator.get(letter.path),
        operator.post(letter.path, data={"code": letter.code}),
        operator.post(letter.path, data={"code": letter.code, "answer": "accept"}),
    ]
    row = desk.first(code)
    desks = [operator.get("/"), operator.get(f"/cases/{code}/handoffs/{row.ref}"), operator.get("/cases/new")]
    desks.append(operator.get(f"/cases/{code}/live"))

    assert CANARY in operator.get(f"/cases/{code}").text
    for page in [*links, *desks]:
        assert page.status_code == 200
        assert CANARY not in page.text
    assert CANARY not in desk.log.getvalue()


def test_the_log_knows_routes_and_neither_codes_nor_tokens(desk: WebHouse) -> None:
    code, operator = desk.open_case(), desk.operator()
    letter = desk.letter(code)

    operator.get(f"/cases/{code}")
    operator.get(letter.path)
    operator.get("/h/" + "A" * 22)
    operator.get(f"/nothing/{code}")

    log = desk.log.getvalue()
    assert '"/cases/{code}"' in log
    assert '"/h/{token}"' in log
    assert '"unmatched"' in log
    for secret in (code, letter.token, letter.code, desk.password, "A" * 22):
        assert secret not in log


def test_whatever_can_be_read_can_be_asked_for_its_head() -> None:
    rooms = (behalf, board, casepage, ended, health, onetap, opening, signing)
    routes = [route for room in rooms for route in room.router.routes if isinstance(route, APIRoute)]
    methods = {(route.path, method) for route in routes for method in route.methods or ()}

    assert {path for path, method in methods if method == "GET"} == {path for path, way in methods if way == "HEAD"}


def test_the_head_of_a_page_is_that_page_without_its_body(desk: WebHouse) -> None:
    code, operator = desk.open_case(), desk.operator()

    for path in ("/", "/cases", "/cases/new", f"/cases/{code}"):
        head, page = operator.head(path), operator.get(path)
        assert (head.status_code, head.content) == (200, b""), path
        assert head.headers["content-type"] == page.headers["content-type"]


def test_the_process_and_its_database_can_be_watched(desk: WebHouse) -> None:
    browser = desk.browser()

    assert browser.get("/livez").text == "ok\n"
    assert browser.get("/readyz").text == "ok\n"
