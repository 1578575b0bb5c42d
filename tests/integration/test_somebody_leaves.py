"""Somebody leaves the network: her links open nothing on the next request, and her work is asked of others."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from sqlalchemy import update

from models.account_tables import Operator
from models.accounts import operator_named
from models.adding_accounts import add_operator
from models.invitations import invite
from models.leaving import pass_on_what_was_theirs
from models.network import import_network, sample_network
from models.people import last_acts
from models.trail import verify
from models.tying import tie_account
from procedures.faults import ProcedureFaults
from procedures.people import PersonActKind, Role
from tests.integration.webhouse import WebHouse, text_of, web_house
from tests.signing import KEY

pytestmark = pytest.mark.slow


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with web_house(tmp_path / "data") as made:
        yield made


def left(house: WebHouse, person: str) -> None:
    """The network's file is imported without her; her deputy is the referent."""
    told = yaml.safe_load(sample_network())
    stands_in: dict[str, str] = {}
    for service in told["services"].values():
        if person in {service["referent"], service.get("deputy")}:
            other = service.get("deputy") if service["referent"] == person else service["referent"]
            stands_in[person] = other
    text = yaml.safe_dump({**told, "people": {k: v for k, v in told["people"].items() if k != person}})
    import_network(house.house.database, text.replace(person, stands_in[person]), "network.yaml", house.clock.now())


def test_her_links_open_nothing_and_her_deputy_is_asked(house: WebHouse) -> None:
    code = house.open_case()
    letter = house.letter(code)
    (asked,) = {alert.person for alert in house.view(code).alerts if alert.about == house.first(code).ref}
    browser = house.browser()
    assert browser.get(letter.path).status_code == 200
    left(house, asked)
    assert browser.get(letter.path).status_code == 404
    answer = browser.post(letter.path, data={"code": letter.code, "answer": "accept"})
    assert answer.status_code == 404
    assert code not in text_of(answer)
    assert house.first(code).accepted_at is None
    assert pass_on_what_was_theirs(house.house, "operator:command-line") == 1
    latest = house.view(code).alerts[-1]
    assert latest.person != asked
    assert house.browser().get(house.letter(code).path).status_code == 200
    assert not verify(house.house.database, house.house.keyring).faults


def ties(house: WebHouse, name: str, person: str) -> str:
    """An account of that person, with its password."""
    database, now = house.house.database, house.clock.now()
    password = add_operator(database, name, frozenset({Role.OPERATOR}), now, "shell")
    tie_account(house.house, operator_named(database, name), person, "shell")
    return password


def test_her_account_is_shut_with_the_same_import_and_nothing_of_it_lets_in(house: WebHouse) -> None:
    database = house.house.database
    password = ties(house, "olga", "ada")
    browser, colleague = house.signed_in("olga", password), house.operator()
    invitation = invite(database, operator_named(database, "olga"), house.clock.now(), "shell")
    assert browser.get("/").status_code == 200
    left(house, "ada")
    assert browser.get("/", follow_redirects=False).headers["location"] == "/sign-in"
    wrong = house.browser().post("/sign-in", data={"name": "olga", "password": password})
    assert wrong.status_code == 422
    assert house.browser().get(f"/join/{invitation}").status_code == 404
    assert colleague.get("/").status_code == 200
    assert [act.kind for act in last_acts(database, 1)] == [PersonActKind.SHUT]
    assert verify(database, house.house.keyring).faults == ()


def test_an_administrator_opens_it_again_and_everything_is_set_anew(house: WebHouse) -> None:
    database, password = house.house.database, ties(house, "olga", "ada")
    house.signed_in("olga", password)
    left(house, "ada")
    administrator, account = house.operator(), operator_named(database, "olga")
    assert "chiuso" in text_of(administrator.get("/people"))
    refused = administrator.post(f"/people/{account}", data={"answer": "invite"})
    assert (refused.status_code, "Lo riapra" in text_of(refused)) == (409, True)
    assert administrator.post(f"/people/{account}", data={"answer": "open"}).status_code == 200
    assert administrator.post(f"/people/{account}", data={"answer": "open"}).status_code == 409
    assert house.browser().post("/sign-in", data={"name": "olga", "password": password}).status_code == 422
    token, anew = invite(database, account, house.clock.now(), "shell"), "lampone trattore nuvola grigia"
    house.browser().post(f"/join/{token}", data={"password": anew, "again": anew})
    page = house.browser().post("/sign-in", data={"name": "olga", "password": anew})
    assert KEY.search(page.text), "a new second factor is set first"
    assert verify(database, house.house.keyring).faults == ()


def test_an_import_that_fails_shuts_nobody(house: WebHouse) -> None:
    browser = house.signed_in("olga", ties(house, "olga", "ada"))
    with pytest.raises(ProcedureFaults):
        import_network(house.house.database, "people: {}", "network.yaml", house.clock.now())
    assert browser.get("/").status_code == 200


def test_an_account_that_was_opened_in_the_database_alone_is_found(house: WebHouse) -> None:
    ties(house, "olga", "ada")
    left(house, "ada")
    with house.house.database.write() as connection:
        connection.execute(update(Operator).values(shut=False))
    assert any("is shut" in str(fault) for fault in verify(house.house.database, house.house.keyring).faults)
