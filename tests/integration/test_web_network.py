"""The network room: bodies, services, people, who is called now, and gaps before they come."""

import pytest
from starlette.testclient import TestClient

from models.network import import_network, sample_network
from procedures.people import Role
from tests.integration.test_web_people import only
from tests.integration.webhouse import WebHouse, text_of

pytestmark = pytest.mark.slow
ROTA_ENDS = 'until: "2027-01-01T00:00+01:00"}'
SIGNED = "centro_luna: {name: Centro antiviolenza Luna, protocol_signed_on: 2025-03-08"


def with_network(desk: WebHouse, *changes: tuple[str, str]) -> None:
    """The sample network with these changes is in force."""
    text = sample_network()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    import_network(desk.house.database, text, "network.yaml", desk.clock.now())


def test_the_room_shows_bodies_services_people_and_who_would_be_called_now(
    desk: WebHouse, operator: TestClient
) -> None:
    page = operator.get("/network")
    said = text_of(page)
    assert "Centro antiviolenza Luna" in said
    assert "Ada Fontana fino a ven 1 gen 2027, 00:00" in said
    assert "Bianca Serra da ven 1 gen 2027, 00:00" in said
    assert "Nessun turno scoperto nei prossimi 14 giorni." in said
    assert "@example.org" not in page.text
    assert "5550 1001" not in page.text


def test_a_gap_stands_in_front_before_it_comes(desk: WebHouse, operator: TestClient) -> None:
    with_network(desk, (ROTA_ENDS, 'until: "2026-12-01T08:00+01:00"}'))
    for path in ("/network", "/network/rotas"):
        said = text_of(operator.get(path))
        assert "Centro Luna, ascolto : da mar 1 dic, 08:00 fino a mar 8 dic, 17:00" in said, path
        assert "nessuno è di turno" in said


def test_a_protocol_that_ends_or_has_ended_stands_first(desk: WebHouse, operator: TestClient) -> None:
    with_network(desk, (SIGNED, f"{SIGNED}, protocol_ends_on: 2027-01-20"))
    said = text_of(operator.get("/network")).partition("Enti e protocolli")[2]
    assert said.index("scade presto") < said.index("in vigore")
    with_network(desk, (SIGNED, f"{SIGNED}, protocol_ends_on: 2026-11-23"))
    assert "scaduto" in text_of(operator.get("/network"))


def test_a_week_of_turns_is_by_the_wall_in_rome(desk: WebHouse, operator: TestClient) -> None:
    said = text_of(operator.get("/network/rotas?week=2026-12-30"))
    assert "La settimana del 28 dic 2026" in said
    assert "24:00 Ada Fontana" in said
    assert "24:00 Bianca Serra" in said
    operator.post("/language", data={"language": "en"})
    assert "The week of Dec 28, 2026" not in text_of(operator.get("/network/rotas?week=2026-12-30"))
    assert "The week of 28 Dec 2026" in text_of(operator.get("/network/rotas?week=2026-12-30"))


@pytest.mark.parametrize("week", ["soon", "2026-13-40", "9999-01-01", "x" * 500])
def test_a_week_that_is_none_is_not_found(operator: TestClient, week: str) -> None:
    assert operator.get(f"/network/rotas?week={week}").status_code == 404


def test_coordinators_and_administrators_come_in_and_nobody_else(desk: WebHouse) -> None:
    for role in Role:
        status = only(desk, role).get("/network").status_code
        assert status == (200 if role in {Role.COORDINATOR, Role.ADMINISTRATOR} else 404), role
