"""The network room: bodies, services, people, who is called now, and gaps before they come."""

from uuid import uuid4

import pytest
from httpx2 import Response
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


TONIGHT = {"service": "luna_ascolto", "person": "nora", "since": "2026-11-24T17:00", "until": "2026-11-25T08:00"}


def sent(browser: TestClient, **fields: str) -> Response:
    """What a form of the rotas sends, with a fresh id, and what comes of it."""
    return browser.post("/network/rotas/changes", data={"command": uuid4().hex, "why": "ferie", **fields})


def test_tonight_somebody_else_is_on_duty_and_it_is_undone(desk: WebHouse, operator: TestClient) -> None:
    page = sent(operator, answer="override", **TONIGHT)
    assert page.url.path == "/network/rotas"
    said = text_of(page)
    assert "08:00 Nora Salvi (cambiato)" in text_of(operator.get("/network/rotas?week=2026-11-25"))
    assert "17:00 → mer 25 nov, 08:00: Nora Salvi" in said
    assert ": ferie" in said.partition("Cambi e scambi")[2]
    assert "Nora Salvi fino a mer 25 nov, 08:00" in text_of(operator.get("/network"))
    undone = sent(operator, answer="undo", number="2", why="rientrata")
    assert "(annullato)" in text_of(undone)
    assert "(cambiato)" not in text_of(undone)


def test_hours_stay_open_only_where_somebody_says_so(desk: WebHouse, operator: TestClient) -> None:
    nobody = {**TONIGHT, "person": "nobody"}
    refused = sent(operator, answer="override", **nobody)
    assert refused.status_code == 409
    assert "nessuno di turno sarebbe raggiungibile" in text_of(refused)
    assert 'value="2026-11-24T17:00"' in refused.text
    assert 'name="gap"' in refused.text
    meant = sent(operator, answer="override", gap="yes", **nobody)
    assert meant.status_code == 200
    assert "Turni scoperti nei prossimi 14 giorni" in text_of(meant)


def test_two_turns_are_swapped_in_two_fields(desk: WebHouse, operator: TestClient) -> None:
    with_network(
        desk,
        (ROTA_ENDS, 'until: "2026-12-01T08:00+01:00"}'),
        ('since: "2026-01-01T00:00+01:00"', 'since: "2026-11-24T08:00+01:00"'),
        ('since: "2027-01-01T00:00+01:00", until: "2027-07-01', 'since: "2026-12-01T08:00+01:00", until: "2026-12-08'),
        ("T00:00+02:00", "T08:00+01:00"),
    )
    first, second = (f"luna_ascolto 2026-{day}T08:00:00+01:00" for day in ("11-24", "12-01"))
    offered = operator.get("/network/rotas").text
    assert offered.count(f'<option value="{first}"') == offered.count(f'<option value="{second}"') == 2
    assert "diverse" in text_of(sent(operator, answer="swap", first=first, second=first))
    page = sent(operator, answer="swap", first=first, second=second)
    assert "mar 1 dic, 08:00: Bianca Serra" in text_of(page)
    assert "mar 8 dic, 08:00: Ada Fontana" in text_of(page)


@pytest.mark.parametrize(
    "form",
    [{"answer": "shout"}, {"answer": "swap", "first": "x", "second": "y"}, {"answer": "undo", "number": "\u00b2"}],
    ids=str,
)
def test_a_form_about_turns_that_is_not_ours_changes_nothing(operator: TestClient, form: dict[str, str]) -> None:
    assert sent(operator, **form).status_code in {400, 409, 422}
    assert "Nessuno ha cambiato un turno." in text_of(operator.get("/network/rotas"))
