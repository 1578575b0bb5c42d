"""The board narrowed to a part of the open cases: by its address, kept in a browser, and never with a name in it."""

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from models.accounts import FIRST_OPERATOR, operator_named
from models.adding_accounts import add_operator
from models.board import board
from models.narrowing import EVERY, Found, Narrow, Waits
from models.reads import ReadKind, reads
from models.saved_views import LONGEST_NAME, MOST, views_of
from procedures.people import Role
from tests.integration.test_web_bounded import copied
from tests.integration.webhouse import CANARY, WebHouse, text_of

pytestmark = pytest.mark.slow


def shown(page: str) -> set[str]:
    return set(re.findall(r'id="case-([^"]+)"', page))


def taken(desk: WebHouse, code: str) -> None:
    letter = desk.letter(code)
    answer = desk.browser().post(letter.path, data={"code": letter.code, "answer": "accept"})
    assert answer.status_code == 200


@pytest.fixture
def three(desk: WebHouse) -> tuple[str, str, str]:
    """A shelter that is asked, an intake that somebody took, and one that waits for her consent."""
    asked, started = desk.open_case("shelter"), desk.open_case("intake", facts={"risk": "high"})
    taken(desk, started)
    return asked, started, desk.open_case("shelter", consents=frozenset())


@pytest.mark.parametrize(
    ("query", "which"),
    [
        ("waits=answer", [0]),
        ("waits=result", [1]),
        ("waits=consent", [2]),
        ("waits=coordinator", []),
        ("pathway=shelter", [0]),
        ("pathway=intake", [1]),
        ("risk=high", [1]),
        ("risk=imminent", []),
        ("late=yes", []),
        ("mine=yes", []),
        ("waits=consent&pathway=shelter", []),
        ("q=posto", [0]),
        ("all=yes", [0, 1, 2]),
        ("", [0, 1, 2]),
    ],
)
def test_an_address_says_which_cases_are_shown(
    desk: WebHouse, operator: TestClient, three: tuple[str, str, str], query: str, which: list[int]
) -> None:
    page = operator.get(f"/?{query}")

    assert shown(page.text) == {three[one] for one in which}
    assert "3 casi aperti" in text_of(page)


def test_by_who_holds_it_by_a_part_of_the_code_and_by_what_is_late(desk: WebHouse, operator: TestClient) -> None:
    first = desk.open_case("shelter")
    holder = desk.first(first).owner_id
    second = desk.open_case("intake")

    assert shown(operator.get(f"/?service={holder}").text) == {first}
    assert shown(operator.get("/?service=nobody_here").text) == set()
    assert shown(operator.get(f"/?q={second[:6]}").text) == {second}
    assert shown(operator.get(f"/?q={second[2:6].lower()}1").text) == set()
    desk.clock.pass_by(minutes=16)
    assert first in shown(operator.get("/?late=yes").text)


def test_only_hers_are_those_that_she_opened(desk: WebHouse, operator: TestClient) -> None:
    desk.open_case()
    form = {"pathway": "shelter", "territory": "valle_chiara", "consent.shelter": "yes"}
    command = re.search(r'name="command" value="([^"]*)"', operator.get("/cases/new").text)
    assert command is not None
    mine = operator.post("/cases/new", data={**form, "command": command.group(1)}).url.path.rpartition("/")[2]

    assert shown(operator.get("/?mine=yes").text) == {mine}


def test_what_was_set_is_there_again_and_its_address_shows_a_colleague_the_same(
    desk: WebHouse, operator: TestClient, three: tuple[str, str, str]
) -> None:
    address = operator.get("/?waits=result&pathway=intake").url
    operator.get(f"/cases/{three[1]}")

    again = operator.get("/")

    assert again.url == address
    assert shown(again.text) == {three[1]}
    colleague = desk.operator()
    assert shown(colleague.get("/").text) == set(three)
    assert shown(colleague.get(str(address)).text) == {three[1]}
    assert shown(operator.get("/?all=yes").text) == set(three)
    assert operator.get("/").url.query == b""
    operator.get(str(address))
    operator.post("/sign-out")
    assert "staffetta-board" not in operator.cookies


def test_the_lines_that_refresh_themselves_are_narrowed_as_the_page_is(
    desk: WebHouse, operator: TestClient, three: tuple[str, str, str]
) -> None:
    found = re.search(r'hx-get="([^"]+)"', operator.get("/?waits=result").text)
    assert found is not None
    lines = unescape(found.group(1))

    assert operator.get(lines).status_code == 204
    taken(desk, three[0])
    assert shown(operator.get(lines).text) == {three[0], three[1]}


def test_a_name_that_is_typed_comes_into_no_address(desk: WebHouse, operator: TestClient) -> None:
    code = desk.open_case()

    answer = operator.post("/board/search", data={"q": CANARY, "risk": "high"})

    assert answer.status_code == 422
    assert answer.url.query == b""
    assert CANARY not in answer.text
    assert "Una persona si trova con il suo telefono" in text_of(answer)
    found = operator.post("/board/search", data={"q": code.lower()})
    assert found.url.query.decode() == f"q={code.lower()}"
    assert shown(found.text) == {code}


@pytest.mark.parametrize("query", ["risk=queen", "waits=x", "late=1", "service=A B", "pathway=../x", f"q={'x' * 81}"])
def test_what_no_form_of_ours_says_is_not_understood(operator: TestClient, query: str) -> None:
    assert operator.get(f"/?{query}").status_code == 400


def test_whoever_is_shown_cases_of_one_risk_is_noted_as_having_looked(desk: WebHouse, operator: TestClient) -> None:
    code = desk.open_case(facts={"risk": "imminent"})
    desk.open_case(facts={"risk": "low"})
    operator.get("/")
    assert reads(desk.house.database) == []

    operator.get("/?risk=imminent")
    operator.get("/?risk=imminent")

    assert [(one.case_code, one.kind) for one in reads(desk.house.database)] == [(code, ReadKind.RISK)]


def test_a_risk_that_changed_counts_at_once(desk: WebHouse, operator: TestClient) -> None:
    code = desk.open_case(facts={"risk": "low"})
    assert shown(operator.get("/?risk=high").text) == set()
    command = re.search(r'name="command" value="([^"]*)"', operator.get(f"/cases/{code}").text)
    assert command is not None
    form = {"command": command.group(1), "fact": "risk", "value": "high", "by": "operator", "reason": "she_said"}
    assert operator.post(f"/cases/{code}/facts", data=form).status_code == 200

    assert shown(operator.get("/?risk=high").text) == {code}


@pytest.mark.parametrize(
    "narrow",
    [
        Narrow(waits=Waits.ANSWER),
        Narrow(pathway="shelter"),
        Narrow(found=Found(code="C-")),
        Narrow(waits=Waits.ANSWER, pathway="shelter"),
    ],
)
def test_page_after_page_holds_everything_that_is_meant_once(desk: WebHouse, narrow: Narrow) -> None:
    desk.open_case()
    desk.open_case("shelter", consents=frozenset())
    copied(desk, 30)
    whole = board(desk.house.database, most=200, narrow=narrow)
    found, after = [], None
    for _ in range(20):
        page = board(desk.house.database, after=after, most=7, narrow=narrow)
        found += [line.code for line in page.lines]
        after = page.lines[-1].place
        if not page.more:
            break

    assert len(whole.lines) >= 31
    assert found == [line.code for line in whole.lines]
    assert whole.meant == len(found) <= board(desk.house.database, narrow=EVERY).total


def saved(operator: TestClient, name: str, **chosen: str) -> int:
    return operator.post("/board/views", data={"name": name, **chosen}).status_code


def test_a_view_that_was_saved_is_hers_on_every_browser_until_she_deletes_it(
    desk: WebHouse, operator: TestClient, three: tuple[str, str, str]
) -> None:
    assert saved(operator, "Presi in carico", waits="result") == 200
    elsewhere = desk.operator()
    link = re.search(r'href="(/\?[^"]*)"[^>]*>Presi in carico<', elsewhere.get("/").text)
    assert link is not None
    assert shown(elsewhere.get(unescape(link.group(1))).text) == {three[1]}

    password = add_operator(desk.house.database, "olga", frozenset({Role.OPERATOR}), desk.clock.now(), "shell")
    other = desk.signed_in("olga", password)
    assert "Presi in carico" not in other.get("/").text
    address = re.search(r'action="(/board/views/[^"]+)"', operator.get("/").text)
    assert address is not None
    other.post(address.group(1), data={"answer": "delete"})
    assert "Presi in carico" in operator.get("/").text
    operator.post(address.group(1), data={"answer": "delete"})
    assert "Presi in carico" not in elsewhere.get("/?all=yes").text


def test_a_view_of_the_same_name_takes_the_place_of_the_first_and_there_is_an_end(
    desk: WebHouse, operator: TestClient
) -> None:
    for number in range(MOST):
        assert saved(operator, f"vista {number}", waits="answer") == 200
    assert saved(operator, "vista 0", waits="result") == 200
    assert saved(operator, "one more", waits="result") == 409
    assert saved(operator, "x" * (LONGEST_NAME + 1)) == 409

    found = views_of(desk.house.database, operator_named(desk.house.database, FIRST_OPERATOR))

    assert len(found) == MOST
    assert {one.query for one in found if one.name == "vista 0"} == {"waits=result"}
