"""A case is found by her telephone: by whoever may see it, noted, and the number stands nowhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from models.adding_accounts import add_operator
from models.composition import open_house
from models.erasing import confirm_erasure, propose_erasure
from models.finding import NoTelephone, find_by_telephone
from models.key_tables import MARKS
from models.keyring_errors import NoVaultKey
from models.reads import ReadKind, reads
from procedures.commands import CancelCase, Person
from procedures.people import Role
from tests.houses import CANARY, Told, everything_written, open_case
from tests.integration.webhouse import WebHouse

pytestmark = pytest.mark.slow

NUMBER, AS_TYPED = "+393331234567", "chiamare 333 123 45 67 dopo le 18"
SHELL = "shell"


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    told = Told(tmp_path / "data")
    told.opened(person=Person(name=CANARY, safe_contact=AS_TYPED))
    yield told
    told.close()


@pytest.mark.parametrize("typed", [NUMBER, "333 1234567", "0039 333 123 4567", "333-123.4567"])
def test_it_is_found_however_the_number_is_written_and_the_look_is_noted(told: Told, typed: str) -> None:
    told.house.handling.handle(open_case(told.house))
    (found,) = find_by_telephone(told.house, typed, SHELL)
    assert found.case_id == told.case_id
    (look,) = reads(told.house.database)
    assert (look.case_code, look.kind) == (found.code, ReadKind.FOUND)


def test_another_number_finds_nothing_and_looks_at_nothing(told: Told) -> None:
    assert find_by_telephone(told.house, "333 7654321", SHELL) == []
    assert reads(told.house.database) == []


@pytest.mark.parametrize("typed", ["", "Giovanna", "12", f"{NUMBER} {NUMBER[:-1]}8"])
def test_what_is_no_number_is_refused(told: Told, typed: str) -> None:
    with pytest.raises(NoTelephone):
        find_by_telephone(told.house, typed, SHELL)


def test_a_mark_that_two_numbers_share_is_checked_after_opening(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = told.house.keyring.mark_of(NUMBER)
    monkeypatch.setattr("models.vault.Keyring.mark_of", lambda *_: mark)
    assert find_by_telephone(told.house, "333 7654321", SHELL) == []


def test_neither_number_nor_an_unkeyed_hash_of_it_is_written_anywhere(told: Told) -> None:
    mark = told.house.keyring.mark_of(NUMBER)
    assert mark < 2**32
    written = everything_written(told)
    assert b"3331234567" not in written
    assert b"333 123 45 67" not in written


def test_the_engine_has_no_key_to_find_with(told: Told) -> None:
    engine = open_house(told.house.settings.data, with_vault=False)
    with pytest.raises(NoVaultKey):
        engine.keyring.mark_of(NUMBER)
    engine.close()


def test_with_an_erasure_the_mark_goes_too(told: Told) -> None:
    told.say(CancelCase, reason="moved_away")
    (found,) = find_by_telephone(told.house, NUMBER, SHELL)
    propose_erasure(told.house, found.code, "her_request", "operator:one")
    confirm_erasure(told.house, found.code, "operator:other")
    assert find_by_telephone(told.house, NUMBER, SHELL) == []
    with told.house.keyring.store._database.read() as connection:
        assert connection.execute(select(MARKS)).all() == []


def test_at_the_desk_it_is_asked_by_a_form_and_never_in_an_address(desk: WebHouse, operator: TestClient) -> None:
    case = open_case(desk.house, person=Person(safe_contact=AS_TYPED))
    code = desk.house.handling.handle(case).state.code
    assert 'method="post"' in operator.get("/find").text
    page = operator.post("/find", data={"telephone": NUMBER})
    assert f'href="/cases/{code}"' in page.text
    assert "333" not in page.text
    assert code not in operator.post("/find", data={"telephone": "333 7654321"}).text
    assert operator.post("/find", data={"telephone": "x"}).status_code == 422
    assert code not in operator.get("/find", params={"telephone": NUMBER}).text


@pytest.mark.slow
def test_whoever_has_no_relation_to_it_finds_nothing_and_her_try_is_noted(desk: WebHouse) -> None:
    password = add_operator(desk.house.database, "berta", frozenset({Role.OPERATOR}), desk.clock.now(), "shell")
    case = open_case(desk.house, person=Person(safe_contact=AS_TYPED))
    code = desk.house.handling.handle(case).state.code
    page = desk.signed_in("berta", password).post("/find", data={"telephone": NUMBER})
    assert (page.status_code, code in page.text) == (200, False)
    assert [one.kind for one in reads(desk.house.database, code)] == [ReadKind.TRIED]


@pytest.mark.slow
def test_a_number_that_nobody_has_costs_her_the_same_note(desk: WebHouse) -> None:
    password = add_operator(desk.house.database, "berta", frozenset({Role.OPERATOR}), desk.clock.now(), "shell")
    desk.signed_in("berta", password).post("/find", data={"telephone": NUMBER})
    assert [(one.kind, one.case_code) for one in reads(desk.house.database)] == [(ReadKind.TRIED, "")]
