"""Over the API: who can be picked, what a notice says behind its link, which of the network's own work comes next."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.apihouse import api_house, caller
from tests.integration.procedures_in_force import put_in_force, shipped_with
from tests.integration.test_picking import INTAKE
from tests.integration.test_web_read_notice import NOTICE
from tests.integration.webhouse import CANARY, WebHouse

pytestmark = pytest.mark.slow

OPEN = {"territory": "valle_chiara", "facts": {"sexual_violence": True}, "desk": "sportello_luna"}
TOLD = NOTICE.replace("LEVEL", "result")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebHouse]:
    put_in_force(monkeypatch, tmp_path, {**shipped_with("follow_up", TOLD), "intake": INTAKE})
    with api_house(tmp_path / "data") as (made, _):
        yield made


@pytest.fixture
def notice(house: WebHouse) -> tuple[str, str]:
    """The reference of a notice that is on its way, and the code of its case."""
    program = caller(house, "opening")
    opened = program.open_case(**OPEN, pathway="follow_up", consents=["follow_up"])
    visit = next(one["ref"] for one in opened["handoffs"] if one["step"] == "visit")
    program.post(f"/handoffs/{visit}/accept")
    seen = {"result": "seen", "evidence": {"protocol_number": "ZIRCON-77"}}
    asked = program.post(f"/handoffs/{visit}/complete", seen).json()["asked_next"]
    return next(one["ref"] for one in asked if one["step"] == "warn"), opened["code"]


def test_who_can_be_picked_is_told_beforehand_and_nobody_once_somebody_was(house: WebHouse) -> None:
    program = caller(house, "picking")
    opened = program.open_case(**OPEN, pathway="intake", consents=["intake"])
    path = f"/handoffs/{opened['handoffs'][0]['ref']}/pick"
    services = program.get(path).json()["services"]
    assert services == ["luna_ascolto", "ginestra_ascolto"]
    assert program.post(path, {"service": services[1]}).status_code == 200
    assert program.get(path).json()["services"] == []


def test_whoever_is_told_reads_what_the_notice_says_and_the_trail_keeps_that(
    house: WebHouse, notice: tuple[str, str]
) -> None:
    ref, code = notice
    told = house.view(code).state.handoffs[ref].service
    body = house.house.procedures.directory().services[told or ""].body
    reader = caller(house, "told", body=body)
    answer = reader.post(f"/handoffs/{ref}/read")
    assert answer.status_code == 200, answer.text
    assert reader.post(f"/handoffs/{ref}/read").json() == answer.json()
    assert answer.json() == {"ref": ref, "steps": [{"step": "visit", "state": "done", "result": "seen"}]}
    assert not {"ZIRCON-77", CANARY, "special"} & set(answer.text.split('"'))
    events = caller(house, "trail").get(f"/cases/{code}/trail").json()["events"]
    noted = [one["kind"] for one in events if one["event"].get("ref") == ref and one["kind"] != "alert_queued"]
    assert noted[-2:] == ["handoff_completed", "notice_read"], noted


def test_another_body_finds_no_notice_there(house: WebHouse, notice: tuple[str, str]) -> None:
    assert caller(house, "other", body="questura").post(f"/handoffs/{notice[0]}/read").status_code == 404


def test_nothing_is_read_once_she_took_her_consent_back(house: WebHouse, notice: tuple[str, str]) -> None:
    program = caller(house, "reading")
    assert program.post(f"/handoffs/{notice[0]}/read").status_code == 200
    program.post(f"/cases/{notice[1]}/consents", {"consent": "follow_up", "answer": "revoked"})
    assert program.post(f"/handoffs/{notice[0]}/read").status_code == 409


def test_nothing_is_read_after_seventy_two_hours_nor_behind_what_is_no_notice(
    house: WebHouse, notice: tuple[str, str]
) -> None:
    program = caller(house, "late")
    visit = next(one.ref for one in house.view(notice[1]).handoffs if one.step == "visit")
    refused = program.post(f"/handoffs/{visit}/read")
    assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (409, "nothing-to-read")
    house.clock.pass_by(hours=72)
    assert program.post(f"/handoffs/{notice[0]}/read").status_code == 409


def test_what_of_the_networks_own_work_begins_by_itself_is_told_with_its_day(tmp_path: Path) -> None:
    with api_house(tmp_path / "data") as (_, program):
        coming = program.get("/network-work/coming").json()["coming"]
        assert {one["pathway"] for one in coming} == {"channel_test", "protocol_renewal", "tavolo_meeting"}
        dated = [one["due_at"] for one in coming if one["due_at"]]
        assert dated == sorted(dated)
        assert {one["leads_up_to"] for one in coming} == {None, "protocol_ends_on", "meeting_at"}
