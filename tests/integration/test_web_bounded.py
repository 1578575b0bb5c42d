"""What a page of the desk may cost, and what it says while the database is away."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from models.board import LINES, BoardLine, board
from models.reports import mend_reports, note_report
from models.views import open_cases
from tests.integration.test_web_door import whole
from tests.integration.webhouse import BASE, WebHouse, text_of
from web.sessions import Sessions

pytestmark = pytest.mark.slow

CASES = 7


def opened(desk: WebHouse, many: int) -> None:
    for number in range(many):
        desk.open_case("shelter" if number % 2 else "intake")
        desk.clock.pass_by(minutes=1)


def copied(desk: WebHouse, many: int) -> None:
    """So many more cases like the first one, in the tables that a board reads."""
    with desk.house.database.write() as connection:
        for table, keys in (("cases", ("case_id", "code")), ("runs", ("run_id", "case_id", "ref"))):
            _copy(connection, table, keys, many)
        _copy(connection, "handoffs", ("ref", "case_id", "run_id"), many)


def _copy(connection: object, table: str, keys: tuple[str, ...], many: int) -> None:
    raw = connection.connection.cursor()  # type: ignore[attr-defined]  # the kind is known by the test alone
    columns = [row[1] for row in raw.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(f"{name} || '-' || n" if name in keys else name for name in columns)
    numbers = f"WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < {many})"  # noqa: S608  # a number
    copy = f"INSERT INTO {table} {numbers} SELECT {values} FROM {table}, many"  # noqa: S608  # our own names
    raw.execute(copy)


def test_page_after_page_holds_every_open_case_once_in_the_order_of_the_whole_list(desk: WebHouse) -> None:
    opened(desk, CASES)
    found: list[BoardLine] = []
    after = None
    for _ in range(CASES):
        page = board(desk.house.database, after=after, most=2)
        assert page.total == CASES
        found += page.lines
        after = page.lines[-1].place
        if not page.more:
            break

    whole = open_cases(desk.house.database)
    assert sorted(line.code for line in found) == sorted(row.code for row in whole)
    assert [line.due_at for line in found] == [row.next.due_at if row.next else None for row in whole]


@pytest.mark.parametrize("many", [100, 1000])
def test_a_board_reads_as_little_however_many_cases_are_open(desk: WebHouse, many: int) -> None:
    desk.open_case()
    copied(desk, many)
    operator = desk.operator()
    steps = 0

    def counted() -> int:
        nonlocal steps
        steps += 1
        return 0

    with desk.house.database.read() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
    raw.set_progress_handler(counted, 100)
    page = board(desk.house.database)
    raw.set_progress_handler(None, 100)

    assert len(page.lines) == LINES
    assert page.total == many + 1
    assert 0 < steps < 150, steps  # hundreds of SQLite's own steps; counting the cases takes a few of each
    drawn = operator.get("/")
    assert drawn.text.count('id="case-') == LINES
    more = re.search(r'href="(/\?after=[^"]+)"', drawn.text)
    assert more is not None
    following = operator.get(more.group(1))
    assert following.text.count('id="case-') == LINES
    assert not set(re.findall(r'id="case-([^"]+)"', drawn.text)) & set(re.findall(r'id="case-([^"]+)"', following.text))


def test_a_place_that_nobody_was_given_is_not_understood(desk: WebHouse) -> None:
    assert desk.operator().get("/", params={"after": "9_x"}).status_code == 400


def test_lines_that_look_the_same_are_not_sent_again(desk: WebHouse) -> None:
    desk.open_case()
    operator = desk.operator()
    address = re.search(r'hx-get="([^"]+)"', operator.get("/").text)
    assert address is not None
    assert operator.get(address.group(1)).status_code == 204
    desk.clock.pass_by(minutes=1)
    assert operator.get(address.group(1)).status_code == 200


def test_what_is_done_at_one_desk_keeps_the_sign_in_of_the_other(desk: WebHouse) -> None:
    wall = [datetime(2026, 11, 24, 16, 0, tzinfo=UTC)]
    here, there = (Sessions(desk.house.database, desk.house.keyring, now=lambda: wall[0]) for _ in range(2))
    token = whole(here, desk.password)
    assert there.who(token, acting=True)
    for _ in range(4):
        wall[0] += timedelta(minutes=5)
        assert here.who(token, acting=True)

        assert there.who(token, acting=False), "signed out by the desk at which nothing was done"


def test_without_its_database_the_page_of_a_link_still_says_whom_to_call(desk: WebHouse) -> None:
    path = desk.letter(desk.open_case()).path
    browser = TestClient(desk.app, base_url=BASE, headers={"sec-fetch-site": "same-origin"})
    assert browser.get(path).status_code == 200
    with desk.house.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE links RENAME TO lost_links")
        connection.exec_driver_sql("ALTER TABLE networks RENAME TO lost_networks")

    for answer in (browser.get(path), browser.post(path, data={"code": "1"})):
        assert answer.status_code == 503
        assert "Non salvat" in text_of(answer)
        assert 'href="tel:' in answer.text
    desk.house.database.remembered.clear()
    unknown = browser.get(path)
    assert unknown.status_code == 503
    assert 'href="tel:' not in unknown.text


def test_a_length_that_is_no_number_is_not_understood(desk: WebHouse) -> None:
    for said in ("many", "-1", "1_0", "+5"):
        answer = desk.browser().post("/sign-in", content=b"", headers={"content-length": said})
        assert answer.status_code == 400, said


def test_no_address_is_made_from_the_host_of_a_request(desk: WebHouse) -> None:
    answer = desk.operator().get("/cases/", headers={"host": "evil.example"}, follow_redirects=False)

    assert "evil.example" not in answer.headers.get("location", "")
    assert answer.status_code == 404


def test_the_page_of_a_case_says_where_prefect_differed_and_whether_it_was_mended(desk: WebHouse) -> None:
    code, house, operator = desk.open_case(), desk.house, desk.operator()
    run_id = desk.view(code).runs[0].run_id
    assert "si è discostato" not in text_of(operator.get(f"/cases/{code}"))
    note_report(house.database, run_id, "cancelled", now=desk.clock.now())

    said = "Il registro di Prefect si è discostato dalla traccia 1 volta, vista l'ultima volta 17:00"
    assert f"{said} (non ancora rimediato)" in text_of(operator.get(f"/cases/{code}"))
    mend_reports(house.database, run_id, now=desk.clock.now())
    assert f"{said} (rimediato)" in text_of(operator.get(f"/cases/{code}"))
