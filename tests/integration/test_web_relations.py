"""A case is open to whoever has to do with it, and to others it is what an unknown one is."""

import sqlite3
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from models.accounts import operator_named
from models.adding_accounts import add_operator
from models.passing import give_case
from models.trail import verify
from procedures.commands import Road
from procedures.people import Role
from tests.houses import open_case
from tests.integration.webhouse import CANARY, WebHouse, text_of

pytestmark = pytest.mark.slow
NOWHERE = "C-0000-0000"
OPERATOR, COORDINATOR = frozenset({Role.OPERATOR}), frozenset({Role.COORDINATOR})


@pytest.fixture
def anna(desk: WebHouse) -> TestClient:
    """An operator's browser."""
    return somebody(desk, "anna")


@pytest.fixture
def berta(desk: WebHouse) -> TestClient:
    """Another operator's."""
    return somebody(desk, "berta")


def somebody(desk: WebHouse, name: str, roles: frozenset[Role] = OPERATOR) -> TestClient:
    password = add_operator(desk.house.database, name, roles, desk.clock.now(), "shell")
    return desk.signed_in(name, password)


def actor(desk: WebHouse, name: str) -> str:
    return f"operator:{operator_named(desk.house.database, name)}"


def opened_by(desk: WebHouse, name: str, **changes: object) -> str:
    """The code of a case that this account opened."""
    changes = {"actor": actor(desk, name), "road": Road.DESK, **changes}
    return desk.house.handling.handle(open_case(desk.house, **changes)).state.code


def test_whoever_opened_a_case_sees_it_and_no_other_operator_does(
    desk: WebHouse, anna: TestClient, berta: TestClient
) -> None:
    code = opened_by(desk, "anna")
    assert CANARY in anna.get(f"/cases/{code}").text
    assert code in anna.get("/").text
    assert berta.get(f"/cases/{code}").status_code == 404
    assert code not in berta.get("/").text
    assert code not in berta.get("/board").text


def test_a_coordinator_who_is_nobody_of_the_network_sees_the_whole_of_it(desk: WebHouse, anna: TestClient) -> None:
    assert anna.get("/").status_code == 200
    code = opened_by(desk, "anna")
    coordinator = somebody(desk, "carla", COORDINATOR)
    assert coordinator.get(f"/cases/{code}").status_code == 200
    assert code in coordinator.get("/").text


def rooms(code: str, ref: str, run: str, step: str) -> Iterator[tuple[str, str]]:
    """Every page and every form of a case."""
    for page in ("", "/live", "/who-now", f"/handoffs/{ref}", f"/anew/{run}/{step}"):
        yield "GET", f"/cases/{code}{page}"
    forms = (
        "/consents",
        "/cancel",
        "/facts",
        "/steering",
        "/signals",
        "/relations",
        f"/handoffs/{ref}",
        f"/anew/{run}/{step}",
    )
    for form in forms:
        yield "POST", f"/cases/{code}{form}"


FORMS = {
    "/consents": {"answer": "give", "consent": "shelter"},
    "/cancel": {"reason": "opened_by_mistake"},
    "/steering": {"answer": "never_contact"},
}


def test_forbidden_is_byte_for_byte_what_unknown_is_at_every_door_of_a_case(
    desk: WebHouse, anna: TestClient, berta: TestClient
) -> None:
    assert anna.get("/").status_code == 200
    code = opened_by(desk, "anna")
    handoff, before = desk.first(code), desk.events(code)
    run = desk.view(code).runs[0].ref
    theirs, nowhere = (list(rooms(one, handoff.ref, run, handoff.step)) for one in (code, NOWHERE))
    for (method, path), (_, unknown) in zip(theirs, nowhere, strict=True):
        ending = path.removeprefix(f"/cases/{code}")
        form = {"command": "0123456789abcdef0123", "confirmation": code, **FORMS.get(ending, {"answer": "accept"})}
        answers = [
            berta.request(method, one, data=form) if method == "POST" else berta.get(one) for one in (path, unknown)
        ]
        assert [one.status_code for one in answers] == [404, 404], path
        assert answers[0].content == answers[1].content
        assert list(answers[0].headers.items()) == list(answers[1].headers.items())
    assert desk.events(code) == before


def test_what_is_forbidden_is_noted_and_costs_what_the_unknown_does(desk: WebHouse, berta: TestClient) -> None:
    assert berta.get("/").status_code == 200
    code = desk.open_case()
    for one in (code, NOWHERE, code, NOWHERE):
        berta.get(f"/cases/{one}")
    with desk.house.database.read() as connection:
        kept = connection.exec_driver_sql("SELECT kind, length(case_id), case_id FROM reads").all()
    assert [row[0] for row in kept] == ["tried"] * 4
    assert {row[1] for row in kept} == {32, len(desk.view(code).row.case_id)}
    assert NOWHERE not in str(kept)
    assert verify(desk.house.database, desk.house.keyring).sound


def test_the_count_of_open_cases_is_of_hers(desk: WebHouse, anna: TestClient, berta: TestClient) -> None:
    assert berta.get("/").status_code == 200
    for _ in range(3):
        opened_by(desk, "anna")
    own = opened_by(desk, "berta")
    assert own in berta.get("/").text
    assert "1 caso aperto" in text_of(berta.get("/"))
    assert "3 casi aperti" in text_of(anna.get("/"))


def test_an_administrator_sees_no_case_by_any_relation(desk: WebHouse) -> None:
    browser = somebody(desk, "ada", frozenset({Role.ADMINISTRATOR}))
    code = opened_by(desk, "ada")
    assert browser.get(f"/cases/{code}").status_code == 404


def account(desk: WebHouse, name: str) -> str:
    return operator_named(desk.house.database, name)


def test_a_case_is_handed_over_at_the_end_of_a_shift(desk: WebHouse, anna: TestClient, berta: TestClient) -> None:
    assert berta.get("/").status_code == 200
    code = opened_by(desk, "anna")
    form = {"answer": "hand_over", "account": account(desk, "berta")}
    assert anna.post(f"/cases/{code}/relations", data=form).url.path == "/"
    assert anna.get(f"/cases/{code}").status_code == 404
    assert code not in anna.get("/").text
    page = berta.get(f"/cases/{code}")
    assert CANARY in page.text
    assert "anna: ha dato il caso a berta" in text_of(page)
    assert code in berta.get("/").text
    assert verify(desk.house.database, desk.house.keyring).sound


def test_a_case_is_given_to_two_and_ends_for_one(desk: WebHouse, anna: TestClient, berta: TestClient) -> None:
    assert berta.get("/").status_code == 200
    code = opened_by(desk, "anna")
    anna.post(f"/cases/{code}/relations", data={"answer": "give", "account": account(desk, "berta")})
    assert [one.get(f"/cases/{code}").status_code for one in (anna, berta)] == [200, 200]
    own = {"answer": "end", "account": account(desk, "anna")}
    assert berta.post(f"/cases/{code}/relations", data=own).status_code == 409
    assert anna.post(f"/cases/{code}/relations", data=own).url.path == "/"
    assert anna.get(f"/cases/{code}").status_code == 404


def test_the_last_one_cannot_just_leave(desk: WebHouse, anna: TestClient) -> None:
    assert anna.get("/").status_code == 200
    code = opened_by(desk, "anna")
    answer = anna.post(f"/cases/{code}/relations", data={"answer": "end", "account": account(desk, "anna")})
    assert answer.status_code == 409
    assert anna.get(f"/cases/{code}").status_code == 200


def test_a_coordinator_gives_a_case_of_somebody_who_left(desk: WebHouse, anna: TestClient, berta: TestClient) -> None:
    assert anna.get("/").status_code == 200
    code = opened_by(desk, "anna")
    carla = somebody(desk, "carla", COORDINATOR)
    for answer, name in (("give", "berta"), ("end", "anna")):
        carla.post(f"/cases/{code}/relations", data={"answer": answer, "account": account(desk, name)})
    assert [one.get(f"/cases/{code}").status_code for one in (anna, berta, carla)] == [404, 200, 200]


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_nobody_gives_a_case_to_one_who_works_with_none(desk: WebHouse, anna: TestClient, role: Role) -> None:
    assert anna.get("/").status_code == 200
    code = opened_by(desk, "anna")
    add_operator(desk.house.database, "olga", frozenset({role}), desk.clock.now(), "shell")
    answer = anna.post(f"/cases/{code}/relations", data={"answer": "give", "account": account(desk, "olga")})
    assert answer.status_code == 409


def test_whoever_has_a_case_reads_who_looked_at_it(desk: WebHouse, anna: TestClient, berta: TestClient) -> None:
    code = opened_by(desk, "anna")
    berta.get(f"/cases/{code}")
    somebody(desk, "carla", COORDINATOR).get(f"/cases/{code}")
    page = text_of(anna.get(f"/cases/{code}"))
    assert "carla: ha guardato il caso" in page
    assert "berta" not in page.partition("Chi ha guardato")[2]


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("UPDATE relation_acts SET account = 'x' WHERE seq = 1", "hash"),
        ("DELETE FROM relation_acts WHERE seq = 1", "chain"),
        ("DELETE FROM relation_acts WHERE seq = 2", "tail"),
    ],
)
def test_the_check_finds_a_relation_that_nobody_gave(desk: WebHouse, anna: TestClient, damage: str, found: str) -> None:
    assert anna.get("/").status_code == 200
    code = opened_by(desk, "anna")
    somebody(desk, "berta")
    give_case(desk.house, code, account(desk, "berta"), actor(desk, "anna"), keep=False)
    raw = sqlite3.connect(desk.house.settings.data / "staffetta.sqlite")
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute(damage)
    with raw:
        raw.execute("DROP TRIGGER relation_acts_no_update")
        raw.execute("DROP TRIGGER relation_acts_no_delete")
        raw.execute(damage)
    raw.close()
    assert found in {fault.code for fault in verify(desk.house.database, desk.house.keyring).faults}
