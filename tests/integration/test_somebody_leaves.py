"""Somebody leaves the network: her links open nothing on the next request, and her work is asked of others."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from models.leaving import pass_on_what_was_theirs
from models.network import import_network, sample_network
from models.trail import verify
from tests.integration.webhouse import WebHouse, text_of, web_house

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
