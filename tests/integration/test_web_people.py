"""Accounts at the desk: invited by an administrator, given roles, and let into the rooms of those roles alone."""

import re
from html import unescape

import pytest
from fastapi.routing import APIRoute
from pyotp.totp import TOTP
from starlette.testclient import TestClient

from models.accounts import FIRST_OPERATOR, operator_named
from models.adding_accounts import add_operator, take_role
from procedures.people import AT_CASES, Role
from tests.integration.webhouse import BASE, CANARY, WebHouse, text_of
from tests.signing import KEY, RECOVERY
from web.doorkeeper import Door

pytestmark = pytest.mark.slow
PASSWORD = "lampone trattore nuvola grigia"  # invented
ANYBODY = frozenset(Role)
COORDINATORS, ADMINISTRATORS = frozenset({Role.COORDINATOR}), frozenset({Role.ADMINISTRATOR})
AUDITORS = frozenset({Role.AUDITOR})
OF_THE_NETWORK = COORDINATORS | ADMINISTRATORS
SERVICE_MEMBERS = frozenset({Role.SERVICE_MEMBER})
CLOSED_TO_NOBODY = {
    "/api/voice",  # signed by the gateway that calls
    "/api/sms",  # signed by the gateway of SMS
    "/sign-in/provider",
    "/sign-in/provider/back",
    "/sign-in",
    "/sign-in/code",
    "/sign-out",
    "/language",
    "/livez",
    "/readyz",
    "/metrics",
    "/status",
    "/heartbeat",
}
BY_LINK = ("/h/", "/join/", "/calendar/")

WHOSE = {
    "/": ANYBODY,
    "/procedures": ANYBODY,
    "/procedures/{name}": ANYBODY,
    "/procedures/{name}.svg": ANYBODY,
    "GET /procedures/{name}/editions/{number}": ANYBODY,
    "POST /procedures/{name}/editions/{number}": COORDINATORS,
    "/procedures/propose": COORDINATORS,
    "/procedures/{name}/moving": COORDINATORS,
    "/glass/{glass}": COORDINATORS,
    "/coordination": COORDINATORS,
    "/reviews": COORDINATORS,
    "/erasures": COORDINATORS,
    "/reviews/{code}": COORDINATORS,
    "/audit": AUDITORS,
    "/audit/cases": AUDITORS,
    "/audit/verify": AUDITORS,
    "/audit/samples": AUDITORS,
    "/audit/samples/{number}": AUDITORS,
    "/audit/reads": AUDITORS,
    "/audit/cases/{code}/export": AUDITORS,
    "/audit/cases/{code}/lanes": AUDITORS,
    "/audit/help": AUDITORS,
    "/audit/verify/live": AUDITORS,
    "/audit/cases/{code}": AUDITORS,
    "/network": OF_THE_NETWORK,
    "/network/rotas": OF_THE_NETWORK,
    "/network/rotas/changes": COORDINATORS,
    "/network/proposals": OF_THE_NETWORK,
    "/network/proposals/{number}": OF_THE_NETWORK,
    "/network/network.yaml": OF_THE_NETWORK,
    "/network/network.xlsx": OF_THE_NETWORK,
    "/people": ADMINISTRATORS,
    "/people/{account}": ADMINISTRATORS,
    "/pins": ADMINISTRATORS,
    "/account": ANYBODY,
    "/stay": ANYBODY,
    "/drafts": ANYBODY,
    "/account/provider": ANYBODY,
    "/channels": ANYBODY,
    "/turns": ANYBODY,
    "/channels/live": ANYBODY,
    "/inbox": SERVICE_MEMBERS,
    "/inbox/{ref}": SERVICE_MEMBERS,
}
"""Whose room each is; every other is for work with cases."""


def only(desk: WebHouse, role: Role) -> TestClient:
    """The browser of somebody who holds this role alone."""
    password = add_operator(desk.house.database, role.value, frozenset({role}), desk.clock.now(), "shell")
    return desk.signed_in(role.value, password)


def invited(administrator: TestClient) -> str:
    """The link with which a new operator sets her password."""
    page = administrator.post("/people", data={"name": "olga", "role.operator": "yes"})
    (link,) = re.findall(r"<code>([^<]+/join/[A-Za-z0-9_-]+)</code>", page.text)
    return unescape(link)


def rooms_of(desk: WebHouse) -> list[tuple[str, str, APIRoute]]:
    included = [one.original_router for one in desk.app.routes if hasattr(one, "original_router")]
    routes = [route for router in included for route in router.routes if isinstance(route, APIRoute)]
    return [(method, route.path, route) for route in routes for method in sorted((route.methods or set()) - {"HEAD"})]


def door_of(route: APIRoute) -> Door | None:
    return next((one.call for one in route.dependant.dependencies if isinstance(one.call, Door)), None)


def whose(method: str, path: str) -> frozenset[Role]:
    return WHOSE.get(f"{method} {path}", WHOSE.get(path, AT_CASES))


def test_every_room_has_a_door_and_it_is_for_whose_work_it_is(desk: WebHouse) -> None:
    found = 0
    for method, path, route in rooms_of(desk):
        door = door_of(route)
        if path in CLOSED_TO_NOBODY or path.startswith(BY_LINK):
            assert door is None, path
            continue
        assert door is not None, path
        assert door.roles == whose(method, path), (method, path)
        found += 1
    assert found >= 25


@pytest.mark.slow
@pytest.mark.parametrize("role", Role)
def test_a_room_of_others_is_what_an_unknown_address_is(desk: WebHouse, role: Role) -> None:
    code = desk.open_case()
    ref, before = desk.first(code).ref, desk.events(code)
    browser = only(desk, role)
    nowhere = browser.get("/nothing/here")
    assert nowhere.status_code == 404

    closed = 0
    for method, path, route in rooms_of(desk):
        door = door_of(route)
        if door is None or role in door.roles:
            continue
        real = path.replace("{code}", code).replace("{ref}", ref).replace("{name}", "shelter").replace("{number}", "1")
        answer = browser.request(method, real, follow_redirects=False)
        assert (answer.status_code, answer.text) == (404, nowhere.text), (method, real)
        closed += 1
    assert closed >= (2 if role is Role.COORDINATOR else 5)
    assert desk.events(code) == before


def test_an_administrator_sees_no_case_and_is_shown_her_own_work(desk: WebHouse) -> None:
    code = desk.open_case()
    page = only(desk, Role.ADMINISTRATOR).get("/")
    assert page.url.path == "/people"
    assert code not in page.text
    assert "/cases/new" not in page.text


def test_an_auditor_looks_at_procedures_and_is_offered_nothing_to_do_there(desk: WebHouse) -> None:
    browser = only(desk, Role.AUDITOR)
    assert browser.get("/").url.path == "/audit"
    page = browser.get("/procedures/shelter/editions/1")
    assert page.status_code == 200
    assert "<form" not in page.text.partition("<main")[2].partition("</main>")[0]


def test_somebody_is_invited_sets_her_password_and_signs_in(desk: WebHouse, operator: TestClient) -> None:
    link = invited(operator)
    assert link.startswith(BASE)

    browser = desk.browser()
    assert "olga" in browser.get(link).text
    answer = browser.post(link, data={"password": PASSWORD, "again": PASSWORD})
    assert answer.url.path == "/sign-in"
    assert desk.telephones.sign_in(browser, "olga", PASSWORD).url.path == "/"
    assert browser.get("/people").status_code == 404
    assert browser.post(link, data={"password": PASSWORD, "again": PASSWORD}).status_code == 404


def test_looking_at_a_link_uses_nothing_up(desk: WebHouse, operator: TestClient) -> None:
    link = invited(operator)
    scanner = desk.browser()
    for _ in range(3):
        assert scanner.get(link).status_code == scanner.head(link).status_code == 200
    assert scanner.post(link, data={"password": PASSWORD, "again": "another"}).status_code == 422
    assert scanner.post(link, data={"password": "short", "again": "short"}).status_code == 422
    assert scanner.post(link, data={"password": PASSWORD, "again": PASSWORD}).url.path == "/sign-in"


def test_what_was_typed_as_a_password_is_never_shown_again(desk: WebHouse, operator: TestClient) -> None:
    link = invited(operator)
    answer = desk.browser().post(link, data={"password": PASSWORD, "again": "un altro ancora qui"})
    assert PASSWORD not in answer.text
    assert "un altro ancora qui" not in answer.text
    assert PASSWORD not in desk.log.getvalue()
    assert link.rpartition("/")[2] not in desk.log.getvalue()


def test_a_role_is_given_and_taken_at_the_desk(desk: WebHouse, operator: TestClient) -> None:
    auditor = only(desk, Role.AUDITOR)
    account = operator_named(desk.house.database, "auditor")
    operator.post(f"/people/{account}", data={"answer": "give", "role": "operator"})
    assert auditor.get("/").url.path == "/"
    operator.post(f"/people/{account}", data={"answer": "take", "role": "operator"})
    assert auditor.get("/").url.path == "/audit"


def test_nobody_gives_herself_a_role_at_the_desk(desk: WebHouse, operator: TestClient) -> None:
    own = operator_named(desk.house.database, FIRST_OPERATOR)
    answer = operator.post(f"/people/{own}", data={"answer": "give", "role": "auditor"})
    assert answer.status_code == 409
    assert "altra amministratrice" in text_of(answer)


def test_ending_the_sign_ins_of_an_account_shows_in_its_next_request(desk: WebHouse, operator: TestClient) -> None:
    auditor = only(desk, Role.AUDITOR)
    operator.post(f"/people/{operator_named(desk.house.database, 'auditor')}", data={"answer": "sign-out"})
    assert auditor.get("/procedures").url.path == "/sign-in"


def test_whoever_holds_no_role_any_more_finds_nothing(desk: WebHouse) -> None:
    auditor = only(desk, Role.AUDITOR)
    account = operator_named(desk.house.database, "auditor")
    take_role(desk.house.database, account, Role.AUDITOR, desk.clock.now(), "shell")
    assert auditor.get("/procedures").status_code == 404


@pytest.mark.parametrize(
    "form", [{}, {"answer": "give"}, {"answer": "give", "role": "queen"}, {"answer": "delete"}], ids=str
)
def test_a_form_that_is_not_ours_changes_nothing(desk: WebHouse, operator: TestClient, form: dict[str, str]) -> None:
    account = operator_named(desk.house.database, FIRST_OPERATOR)
    assert operator.post(f"/people/{account}", data=form).status_code == 400


def test_an_account_that_is_not_there_is_not_found(operator: TestClient) -> None:
    assert operator.post("/people/nobody", data={"answer": "sign-out"}).status_code == 404


def test_the_second_factor_is_asked_for_between_the_password_and_everything_else(desk: WebHouse) -> None:
    browser = desk.browser()
    answer = browser.post("/sign-in", data={"name": FIRST_OPERATOR, "password": desk.password})
    assert answer.url.path == "/sign-in/code"
    assert "data:image/svg+xml" in answer.text
    for path in ("/", "/people", "/cases/new", "/procedures"):
        assert browser.get(path).url.path == "/sign-in", path
    assert browser.post("/sign-in/code", data={"code": "000 000"}).status_code == 422
    assert browser.get("/").url.path == "/sign-in"


def test_whoever_comes_without_a_password_is_sent_to_sign_in(desk: WebHouse) -> None:
    browser = desk.browser()
    assert browser.get("/sign-in/code").url.path == "/sign-in"
    assert browser.post("/sign-in/code", data={"code": "123456"}).url.path == "/sign-in"


def test_recovery_codes_and_key_are_shown_once_and_are_in_no_log(desk: WebHouse) -> None:
    browser = desk.browser()
    asked = browser.post("/sign-in", data={"name": FIRST_OPERATOR, "password": desk.password})
    key = KEY.search(asked.text)
    assert key is not None
    shown = browser.post("/sign-in/code", data={"code": TOTP(key[1]).now()})
    codes = RECOVERY.findall(shown.text)
    assert len(codes) == 10
    assert browser.get("/sign-in/code").url.path == "/"
    later = desk.browser().post("/sign-in", data={"name": FIRST_OPERATOR, "password": desk.password})
    assert key[1] not in later.text
    assert not any(code in later.text + desk.log.getvalue() for code in codes)


def test_a_lost_telephone_is_helped_by_an_administrator(desk: WebHouse, operator: TestClient) -> None:
    auditor = only(desk, Role.AUDITOR)
    account = operator_named(desk.house.database, "auditor")
    operator.post(f"/people/{account}", data={"answer": "factor"})
    assert auditor.get("/procedures").url.path == "/sign-in"


def test_an_auditor_reads_who_looked_and_what_was_done_with_accounts(desk: WebHouse, operator: TestClient) -> None:
    code = desk.open_case()
    operator.get(f"/cases/{code}")
    page = text_of(only(desk, Role.AUDITOR).get("/audit"))
    assert f"{FIRST_OPERATOR} {code} ha guardato il caso" in page
    assert "ha creato l" in page
    assert "auditor revisore" in page
    assert CANARY not in page
