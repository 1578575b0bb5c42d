"""What an operator looks for on the board: what is most pressing, what is over, and whether anybody can be reached."""

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from models.erasing import confirm_erasure, propose_erasure
from models.network import import_network, sample_network
from models.outbox import SettledDelivery, SettledResult, claim
from procedures.commands import CancelCase, CancelReason, Road
from tests.integration.webhouse import SETTINGS, WebHouse, hidden, text_of, web_house

pytestmark = pytest.mark.slow

ONLY_EMAIL = SETTINGS.partition("[carriers.sms]")[0]
NO_CARRIER = SETTINGS.partition("[carriers.email]")[0]
SHELTERS = ("cooperativa_approdo", "centro_ginestra", "centro_luna")
SAID = "Per questa via non si può avvisare nessuno"


def opened_where_no_shelter_may_be_asked(operator: TestClient) -> str:
    """The code of a case that goes to the coordinator at once: nobody else may be asked."""
    form = {"pathway": "shelter", "territory": "valle_chiara", "consent.shelter": "yes"}
    form |= {f"exclude.{body}": "yes" for body in SHELTERS} | {"command": hidden(operator.get("/cases/new"))}
    return operator.post("/cases/new", data=form).url.path.removeprefix("/cases/")


def without_telephones() -> str:
    """The invented network, where everybody is reached by e-mail alone."""
    network = re.sub(r"\[\{sms: [^}]*\}\]", "[{email: somebody@example.org}]", sample_network())
    return re.sub(r"\{sms: [^}]*\}, |, \{sms: [^}]*\}", "", network)


def cancel(desk: WebHouse, code: str) -> None:
    """Call the case off."""
    asked = {"id": desk.house.ids.new_id(), "case_id": desk.view(code).row.case_id}
    fields = {"actor": "operator:1", "road": Road.CLI, "reason": CancelReason.HER_WISH}
    desk.house.handling.handle(CancelCase.model_validate({**asked, **fields}))


def test_what_the_coordinator_has_stands_first_and_is_not_overdue_before_its_hour(
    desk: WebHouse, operator: TestClient
) -> None:
    less_time = desk.open_case("shelter")
    desk.clock.pass_by(minutes=5)
    code = opened_where_no_shelter_may_be_asked(operator)

    page = operator.get("/")

    assert page.text.index(code) < page.text.index(less_time)
    assert "al coordinamento 17:20" in text_of(page)
    assert "in ritardo" not in text_of(page)
    assert "al coordinamento 17:20" in text_of(operator.get(f"/cases/{code}"))


def test_once_its_hour_has_passed_it_says_by_how_much(desk: WebHouse, operator: TestClient) -> None:
    code = opened_where_no_shelter_may_be_asked(operator)
    desk.clock.pass_by(minutes=25)

    for page in (operator.get("/"), operator.get(f"/cases/{code}")):
        assert "in ritardo di 10 min" in text_of(page)
        assert 'left over">al coordinamento' not in page.text


def test_a_case_that_is_over_can_still_be_found(desk: WebHouse, operator: TestClient) -> None:
    over, still_open = desk.open_case(), desk.open_case()
    assert "Nessun caso è ancora finito." in text_of(operator.get("/cases"))
    desk.clock.pass_by(minutes=5)
    cancel(desk, over)

    assert '<a href="/cases">Casi chiusi</a>' in operator.get("/").text
    page = operator.get("/cases")

    assert f"{over} annullato Valle Chiara 17:00 17:05" in text_of(page)
    assert f'href="/cases/{over}"' in page.text
    assert still_open not in page.text


@pytest.mark.parametrize(("settings", "channels"), [(NO_CARRIER, "e-mail, SMS"), (ONLY_EMAIL, "SMS")])
def test_a_house_that_cannot_send_says_so_before_anybody_relies_on_it(
    tmp_path: Path, settings: str, channels: str
) -> None:
    with web_house(tmp_path / "data", settings=settings) as desk:
        operator = desk.operator()

        for path in ("/", "/cases/new"):
            page = operator.get(path)
            assert f"Nessun vettore è impostato per: {channels}. {SAID}" in text_of(page), path
            assert 'role="alert"' in page.text


def test_a_house_with_its_carriers_says_nothing_of_them(operator: TestClient) -> None:
    for path in ("/", "/cases/new"):
        assert "Nessun vettore" not in operator.get(path).text


@pytest.mark.slow
def test_a_channel_that_nobody_of_the_network_has_is_not_missed(tmp_path: Path) -> None:
    with web_house(tmp_path / "data", settings=ONLY_EMAIL) as desk:
        import_network(desk.house.database, without_telephones(), "network.yaml", desk.clock.now())

        assert "Nessun vettore" not in desk.operator().get("/").text


def test_a_message_without_a_carrier_says_so_in_words(desk: WebHouse, operator: TestClient) -> None:
    code, house = desk.open_case(), desk.house
    for delivery in claim(house.database, worker="story", now=house.clock.now(), lease_seconds=30, limit=50):
        refused = SettledDelivery(delivery.delivery_id, SettledResult.PERMANENT, house.clock.now(), code="no-carrier")
        house.handling.settle([refused])

    page = operator.get(f"/cases/{code}")

    assert "nessun vettore per questo canale" in text_of(page)
    assert "no-carrier" not in page.text.partition('id="live"')[2]


def test_an_erased_case_stands_in_the_list_and_has_no_page(desk: WebHouse, operator: TestClient) -> None:
    code = opened_where_no_shelter_may_be_asked(operator)
    cancel(desk, code)
    propose_erasure(desk.house, code, "her_request", "operator:one")
    confirm_erasure(desk.house, code, "operator:other")
    page = operator.get("/cases").text
    assert code in page
    assert f'href="/cases/{code}"' not in page
    assert "cancellato" in page
    for place in (f"/cases/{code}", f"/cases/{code}/live", f"/cases/{code}/who-now"):
        assert operator.get(place).status_code == 404
