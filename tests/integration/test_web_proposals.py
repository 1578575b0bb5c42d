"""A new edition of the network at the desk: sent as a file, read in plain words, adopted by somebody else."""

import re
from pathlib import PurePath

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from models.network import export_network, sample_network
from procedures.people import Role
from tests.integration.test_web_people import only
from tests.integration.webhouse import WebHouse, text_of
from web.guard import LARGEST_UPLOAD

pytestmark = pytest.mark.slow


def changed(*changes: tuple[str, str]) -> str:
    text = sample_network()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def sent(browser: TestClient, text: str | bytes, name: str = "network.yaml") -> Response:
    content = text.encode() if isinstance(text, str) else text
    return browser.post("/network/proposals", files={"file": (name, content)})


def act(browser: TestClient, page: Response, **fields: str) -> Response:
    return browser.post(page.url.path, data=fields)


def test_one_sends_it_another_reads_what_changes_and_adopts_it(desk: WebHouse, operator: TestClient) -> None:
    text = changed(("rank: 10", "rank: 11"), ("ada.fontana@example.org", "ada.f@example.org"))
    page = sent(operator, text)
    assert page.status_code == 200
    said = text_of(page)
    assert "Cambiato: Servizio luna_ascolto" in said
    assert "precedenza: 10 11" in said
    assert "Cambiato: Persona ada" in said
    assert "fontana@" not in page.text
    assert "ada.f@" not in page.text
    assert "deve leggerla e adottarla un'altra persona" in said.lower()
    assert act(operator, page, answer="adopt", read="yes").status_code == 409

    other = only(desk, Role.COORDINATOR)
    assert "network.yaml" in text_of(other.get("/network/proposals"))
    assert act(other, page, answer="adopt").status_code == 400
    assert export_network(desk.house.database) != text
    done = act(other, page, answer="adopt", read="yes")
    assert "adottata: coordinator" in text_of(done)
    assert export_network(desk.house.database) == text
    assert operator.get("/network/network.yaml").text == text


def test_a_proposal_is_withdrawn(desk: WebHouse, operator: TestClient) -> None:
    page = sent(operator, changed(("rank: 10", "rank: 11")))
    assert "ritirata" in text_of(act(operator, page, answer="withdraw"))
    assert act(operator, page, answer="withdraw").status_code == 409
    assert operator.get("/network/proposals/999").status_code == 404


def test_faults_are_told_with_place_and_remedy_and_nothing_is_kept(desk: WebHouse, operator: TestClient) -> None:
    page = sent(operator, changed(("referent: ada", "referent: adda"), ('"+39 06 5550 201"', '"12"')), "rete.yaml")
    assert page.status_code == 422
    said = text_of(page)
    told = said.partition("non è stato preso: errori 2")[2]
    assert re.search(r"rete\.yaml:6\d:12 \S.*telefono", told), told[:300]
    assert re.search(r"rete\.yaml:6\d:15 Nessuna persona si chiama adda", told), told[:300]
    assert "Non è stato ancora proposto niente." in said


def test_who_leaves_is_told_before(desk: WebHouse, operator: TestClient) -> None:
    desk.open_case("intake")
    text = "\n".join(line for line in sample_network().splitlines() if not line.startswith("  ada:"))
    text = text.replace("person: ada", "person: bianca").replace("referent: ada", "referent: bianca")
    text = text.replace("deputy: ada", "deputy: nora")
    said = text_of(sent(operator, text)).partition("Chi lascia la rete")[2]
    assert "casi aperti in cui le si chiede qualcosa: 1; turni: 1; referente o sostituta di: Centro Luna" in said


@pytest.mark.parametrize(
    ("content", "name", "status"),
    [
        (b"\xff\xfe\x00", "network.yaml", 422),
        (b"", "network.yaml", 422),
        (b"bodies: [", "network.yaml", 422),
        (b"x" * 300_000, "network.yaml", 422),
        (b"x" * (LARGEST_UPLOAD + 1), "network.yaml", 413),
        (b"bodies: {}", "../../\x1b[2Jetc/passwd", 422),
    ],
    ids=["bytes", "empty", "broken", "long", "larger", "name"],
)
def test_a_bad_file_is_refused_and_nothing_is_kept(
    desk: WebHouse, operator: TestClient, content: bytes, name: str, status: int
) -> None:
    page = sent(operator, content, name)
    assert page.status_code == status
    assert "\x1b" not in page.text
    assert "Non è stato ancora proposto niente." in text_of(operator.get("/network/proposals"))
    assert PurePath(name).name not in desk.log.getvalue()


def test_what_is_sent_otherwise_than_as_one_file_is_not_understood(operator: TestClient) -> None:
    two = [("file", ("a.yaml", b"x")), ("file", ("b.yaml", b"y"))]
    assert operator.post("/network/proposals", files=two).status_code == 400
    assert operator.post("/network/proposals", files={"other": ("a.yaml", b"x")}).status_code == 400
    assert operator.post("/network/proposals", data={"file": "x"}).status_code == 400
    broken = {"content-type": "multipart/form-data; boundary=x"}
    assert operator.post("/network/proposals", content=b"nonsense", headers=broken).status_code == 400
    assert operator.post("/people", content=b"x" * (LARGEST_UPLOAD // 2)).status_code == 413
