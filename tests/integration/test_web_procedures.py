"""What the network agreed on, as an operator reads it at the desk."""

import pytest
from starlette.testclient import TestClient

from procedures.loading import shipped_library
from tests.integration.webhouse import WebHouse, text_of

NAMES = sorted(shipped_library().current)


def test_every_procedure_in_force_is_listed_with_its_edition(operator: TestClient) -> None:
    page = operator.get("/procedures").text
    assert all(f'href="/procedures/{name}"' in page for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.slow
def test_a_procedure_is_drawn_and_told(operator: TestClient, name: str) -> None:
    page = operator.get(f"/procedures/{name}")
    assert page.status_code == 200
    assert all(step.title.it in text_of(page) for step in shipped_library().current[name].steps.values())
    assert "Se nessuno risponde mai" in text_of(page)
    drawing = operator.get(f"/procedures/{name}.svg")
    assert drawing.headers["content-type"].startswith("image/svg+xml")
    assert "default-src 'none'" in drawing.headers["content-security-policy"]


def test_a_procedure_that_is_not_there_is_nothing_here(operator: TestClient) -> None:
    assert operator.get("/procedures/nowhere").status_code == 404
    assert operator.get("/procedures/nowhere.svg").status_code == 404


def test_a_stranger_is_sent_to_the_door(desk: WebHouse) -> None:
    answer = desk.browser().get("/procedures", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
