"""The coordinator's room: what is late, with the next act; the load of services; where the network is weak."""

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from models.coordination import coordination
from models.reach import EVERYTHING
from models.tables import HandoffRecord
from procedures.people import Role
from tests.integration.test_web_people import only
from tests.integration.webhouse import CANARY, WebHouse, text_of

pytestmark = pytest.mark.slow


@pytest.fixture
def coordinator(desk: WebHouse) -> TestClient:
    return only(desk, Role.COORDINATOR)


def test_an_empty_house_says_so(coordinator: TestClient) -> None:
    shown = text_of(coordinator.get("/coordination"))
    assert "Nulla è in ritardo." in shown
    assert "mai provati, rifiutati, o dall'esito incerto" in shown


def test_what_is_late_stands_there_with_why_and_what_to_do(desk: WebHouse) -> None:
    code = desk.open_case()
    desk.wait_for_coordinator(code)
    page = desk.operator().get("/coordination")
    shown = text_of(page)
    assert "passaggio è in ritardo" in shown or "passaggi sono in ritardo" in shown
    assert f'href="/cases/{code}/handoffs/' in page.text
    assert "è davanti al coordinamento" in shown
    assert CANARY not in page.text


def test_the_load_of_a_service_counts_what_is_open_and_no_drill(desk: WebHouse) -> None:
    first = desk.open_case()
    desk.open_case(drill=True)
    service = desk.first(first).service
    found = {one.service: one for one in coordination(desk.house.database, desk.clock.now(), EVERYTHING).loads}
    assert service is not None
    assert (found[service].open, found[service].asked, found[service].silent) == (1, 1, 0)
    letter = desk.letter(first)
    desk.browser().post(letter.path, data={"code": letter.code, "answer": "accept"})
    found = {one.service: one for one in coordination(desk.house.database, desk.clock.now(), EVERYTHING).loads}
    assert (found[service].asked, found[service].taken, found[service].answers) == (0, 1, 1)
    assert found[service].median is None
    assert "meno di 5 risposte" in text_of(desk.operator().get("/coordination"))


def test_a_step_that_was_declined_twice_is_named(desk: WebHouse) -> None:
    code = desk.open_case()
    row = desk.first(code)
    for number in range(2):
        copied = f"H-AAAA-AAA{number}"
        with desk.house.database.write() as connection:
            columns = list(HandoffRecord.__table__.columns.keys())
            rest = ", ".join(one for one in columns if one not in {"ref", "state", "ended_at"})
            connection.execute(
                text(
                    f"INSERT INTO handoffs (ref, state, ended_at, {rest}) "  # noqa: S608  # our own columns
                    f"SELECT :copied, 'declined', requested_at, {rest} FROM handoffs WHERE ref = :ref"
                ),
                {"copied": copied, "ref": row.ref},
            )
    (one,) = coordination(desk.house.database, desk.clock.now(), EVERYTHING).declined
    assert (one.code, one.step, one.times) == (code, row.step, 2)
    assert code in desk.operator().get("/coordination").text


def test_a_coordinator_of_another_territory_sees_none_of_it(desk: WebHouse) -> None:
    code = desk.open_case()
    desk.pass_by(code, hours=3)
    other = only(desk, Role.COORDINATOR)
    with desk.house.database.write() as connection:
        connection.execute(text("UPDATE operators SET person = 'nobody_here' WHERE name = 'coordinator'"))
    page = other.get("/coordination")
    assert page.status_code == 200
    assert code not in page.text
    assert "Nulla è in ritardo." in text_of(page)


def test_what_of_a_conference_is_due_is_listed(desk: WebHouse, operator: TestClient) -> None:
    assert "Nessuna conferenza in scadenza." in text_of(operator.get("/coordination"))
    code = desk.open_case("high_risk_conference")
    said = text_of(operator.get("/coordination")).partition("Conferenze: che cosa è in scadenza")[2]
    assert code in said.partition("Rifiutati")[0]
    assert "Compilare la scheda DASH" in said
