"""In imminent danger an acceptance is proved with a PIN; what nobody proved is heard by everybody and stops nothing."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from httpx2 import Response

from flows.delivering import message_of
from models import outbox, pins
from models.denying import deny_answer, trust_channels
from models.network import import_network, sample_network
from models.outbox import SettledDelivery, SettledResult
from models.passwords import Turns, fits
from models.pins import WRONG_PINS, issue_pin, issued_pins, lose_pin, proves
from models.store_errors import StoreFailed
from models.trail import verify
from procedures.case import HandoffState
from procedures.commands import ChangeFact, ConfirmAcceptance, ConfirmedHow, DenyAcceptance, Road
from procedures.events import AlertPurpose
from procedures.standing import NoPin
from tests.integration.webhouse import CANARY, Letter, WebHouse, hidden, text_of, web_house

pytestmark = pytest.mark.slow

AT_NIGHT = datetime(2026, 11, 24, 2, 10, tzinfo=UTC)
"""03:10 in Rome."""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with web_house(tmp_path / "data") as made:
        made.clock.at = AT_NIGHT
        yield made


def case_of(house: WebHouse, risk: str = "imminent") -> tuple[str, Letter, str]:
    """Its code, the letter of its first request, and whom it was written to."""
    code = house.open_case(facts={"risk": risk})
    letter = house.letter(code)
    asked = house.alerts(code, AlertPurpose.REQUEST)[-1].person
    house.send_everything(after=1)
    return code, letter, asked


def accept(house: WebHouse, letter: Letter, pin: str = "") -> Response:
    given = {"code": letter.code, "answer": "accept", "pin": pin}
    answer: Response = house.browser().post(letter.path, data=given)
    return answer


def test_with_her_pin_it_is_taken_as_ever(house: WebHouse) -> None:
    code, letter, asked = case_of(house)
    pin = issue_pin(house.house, asked, "shell")
    assert "Grazie: ora è in mano sua" in text_of(accept(house, letter, pin))
    assert house.first(code).state is HandoffState.ACCEPTED


def test_a_mailbox_thief_accepts_at_ten_past_three_and_the_ladder_goes_on(house: WebHouse) -> None:
    code, letter, asked = case_of(house)
    issue_pin(house.house, asked, "shell")
    page = text_of(accept(house, letter))
    assert CANARY not in page
    now = house.clock.pass_by(seconds=5)
    claimed = outbox.claim(house.house.database, worker="story", now=now, lease_seconds=30, limit=50)
    sent = {one.purpose: message_of(house.house, one) for one in claimed}
    assert {AlertPurpose.ECHO_CLAIMED, AlertPurpose.CONFIRM_NEEDED} <= set(sent)
    assert AlertPurpose.RESULT_LINK not in sent
    assert sent[AlertPurpose.ECHO_CLAIMED].address != sent[AlertPurpose.CONFIRM_NEEDED].address
    assert house.first(code).state is not HandoffState.ACCEPTED
    house.wait_for_coordinator(code)
    assert "handoff_accepted" not in house.events(code)


def test_who_has_no_pin_is_asked_for_one_all_the_same(house: WebHouse) -> None:
    code, letter, _ = case_of(house)
    assert "non confermato" in text_of(accept(house, letter, "123456"))
    assert house.first(code).state is not HandoffState.ACCEPTED


def test_where_nobody_is_in_imminent_danger_no_pin_is_looked_at(house: WebHouse) -> None:
    code, letter, asked = case_of(house, "high")
    issue_pin(house.house, asked, "shell")
    accept(house, letter, "000000")
    assert house.first(code).state is HandoffState.ACCEPTED


def test_the_page_is_the_same_whatever_the_danger(house: WebHouse) -> None:
    """Whoever holds the message and its code learns nothing of it before she commits herself, which others hear."""
    pages = []
    for risk in ("imminent", "high"):
        _, letter, _ = case_of(house, risk)
        page = house.browser().post(letter.path, data={"code": letter.code}).text
        assert "pin" not in house.browser().get(letter.path).text.lower()
        pages.append(page.count('name="pin"'))
    assert pages == [1, 1]


def test_the_pin_may_come_after_the_first_tap(house: WebHouse) -> None:
    code, letter, asked = case_of(house)
    pin = issue_pin(house.house, asked, "shell")
    accept(house, letter)
    accept(house, letter, pin)
    assert house.first(code).state is HandoffState.ACCEPTED


def test_how_long_an_answer_takes_tells_nobody_of_the_danger(house: WebHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """One hash for whoever types a PIN, whatever the risk; none any more once it was answered, and the same page."""
    hashed: list[str] = []

    def counted(kept: str, typed: str, turns: Turns) -> bool:
        hashed.append(typed)
        return fits(kept, typed, turns)

    monkeypatch.setattr(pins, "fits", counted)
    seen = []
    for risk in ("imminent", "high"):
        _, letter, asked = case_of(house, risk)
        pin, counts = issue_pin(house.house, asked, "shell"), []
        for typed in (pin, "111111", ""):
            before = len(hashed)
            page = accept(house, letter, typed)
            counts.append((page.status_code, "Grazie: ora è in mano sua" in text_of(page), len(hashed) - before))
        seen.append(counts)
    assert seen == [[(200, True, 1), (200, True, 0), (200, True, 0)]] * 2


def test_a_link_that_is_closed_takes_no_pin(house: WebHouse) -> None:
    code, letter, asked = case_of(house)
    pin = issue_pin(house.house, asked, "shell")
    with house.house.database.write() as connection:
        connection.exec_driver_sql("UPDATE links SET closed_at = expires_at, closed_because = 'superseded'")
    accept(house, letter, pin)
    assert house.first(code).state is not HandoffState.ACCEPTED


def test_what_was_called_false_is_said_anew_by_the_same_tap(house: WebHouse) -> None:
    """Nobody reads that it is hers who only said so."""
    code, letter, _ = case_of(house, "imminent")
    accept(house, letter)
    ref, case_id = house.first(code).ref, house.view(code).row.case_id
    denial = {"id": "deny-00000000000001", "case_id": case_id, "actor": "operator:1", "road": Road.CLI, "ref": ref}
    house.house.handling.handle(DenyAcceptance.model_validate(denial))
    assert "non confermato" in text_of(accept(house, letter))
    assert house.view(code).state.handoffs[ref].waits_to_be_confirmed


def test_a_second_tap_that_proves_nothing_either_says_it_once(house: WebHouse) -> None:
    code, letter, _ = case_of(house)
    for _ in range(2):
        assert "non confermato" in text_of(accept(house, letter))
    assert house.events(code).count("acceptance_claimed") == 1


def test_once_the_danger_is_less_the_same_tap_takes_it(house: WebHouse) -> None:
    code, letter, _ = case_of(house)
    accept(house, letter)
    about = {"id": "fact-00000000000001", "case_id": house.view(code).row.case_id, "actor": "operator:1"}
    lower = {
        **about,
        "road": Road.CLI,
        "fact": "risk",
        "value": "high",
        "by": "risk_assessment",
        "reason": "new_assessment",
    }
    house.house.handling.handle(ChangeFact.model_validate(lower))
    for _ in range(2):
        assert "Grazie: ora è in mano sua" in text_of(accept(house, letter))
    assert house.first(code).state is HandoffState.ACCEPTED


def test_after_five_wrong_ones_the_right_one_proves_nothing_here_and_the_coordination_is_told(house: WebHouse) -> None:
    code, letter, asked = case_of(house)
    pin = issue_pin(house.house, asked, "shell")
    wrong = "000000" if pin != "000000" else "000001"
    for _ in range(WRONG_PINS):
        accept(house, letter, wrong)
    accept(house, letter, pin)
    assert house.first(code).state is not HandoffState.ACCEPTED
    assert house.alerts(code, AlertPurpose.WRONG_PINS)
    other, another, _ = case_of(house)
    accept(house, another, pin)
    assert house.first(other).state is HandoffState.ACCEPTED


def test_where_the_coordination_could_not_be_told_of_them_the_next_try_tells_it_once(house: WebHouse) -> None:
    """Whoever types it, by the link or through a program."""
    code, letter, asked = case_of(house)
    row = house.first(code)
    with house.house.database.write() as connection:
        tries = "INSERT INTO pin_tries (ref, person, wrong) VALUES (?, ?, ?)"
        connection.exec_driver_sql(tries, (row.ref, asked, WRONG_PINS))
    accept(house, letter, "000000")
    told = len(house.alerts(code, AlertPurpose.WRONG_PINS))
    assert told
    about = {"case_id": house.view(code).row.case_id, "ref": row.ref, "actor": "program:other"}
    assert not proves(house.house, about, asked, "000001")
    assert len(house.alerts(code, AlertPurpose.WRONG_PINS)) == told


def test_a_coordinator_who_rang_confirms_it_and_the_trail_says_who_and_how(house: WebHouse) -> None:
    code, letter, asked = case_of(house)
    accept(house, letter)
    row = house.first(code)
    command = ConfirmAcceptance(
        id="confirm-0000000000001",
        case_id=house.view(code).row.case_id,
        actor="operator:1",
        road=Road.CLI,
        ref=row.ref,
        how=ConfirmedHow.CALLED_BACK,
    )
    house.house.handling.handle(command)
    assert house.first(code).state is HandoffState.ACCEPTED
    assert house.view(code).state.handoffs[row.ref].accepted_by == f"person:{asked}"
    assert house.events(code).index("acceptance_confirmed") < house.events(code).index("handoff_accepted")


def test_a_pin_that_was_lost_proves_nothing_and_whoever_put_one_there_is_found(house: WebHouse) -> None:
    code, letter, asked = case_of(house)
    pin = issue_pin(house.house, asked, "shell")
    assert set(issued_pins(house.house.database)) == {asked}
    lose_pin(house.house, asked, "shell")
    with pytest.raises(NoPin):
        lose_pin(house.house, asked, "shell")
    accept(house, letter, pin)
    assert house.first(code).state is not HandoffState.ACCEPTED
    assert verify(house.house.database, house.house.keyring).sound
    with house.house.database.write() as connection:
        connection.exec_driver_sql("INSERT INTO pins VALUES (?, 'hers', '2026-11-24 00:00:00')", (asked,))
    found = verify(house.house.database, house.house.keyring).faults
    assert [fault.code for fault in found] == ["account"]


def at_the_desk(house: WebHouse, code: str, **said: str) -> Response:
    """A coordinator says something of the case's first handoff, and proves herself where that is asked."""
    browser, place = house.operator(), f"/cases/{code}/handoffs/{house.first(code).ref}"
    page = browser.get(place)
    answer: Response = browser.post(place, data={"command": hidden(page), **said})
    return answer


def test_the_coordinator_confirms_it_at_the_desk(house: WebHouse) -> None:
    code, letter, _ = case_of(house)
    accept(house, letter)
    page = text_of(house.operator().get(f"/cases/{code}/handoffs/{house.first(code).ref}"))
    assert "Qualcuno dice che lo prendono in carico" in page
    at_the_desk(house, code, answer="confirm", how="called_back")
    assert house.first(code).state is HandoffState.ACCEPTED
    assert "ha chiamato il numero della rubrica" in text_of(house.operator().get(f"/cases/{code}"))


def test_that_answer_was_false_is_one_act(house: WebHouse) -> None:
    code, letter, asked = case_of(house)
    accept(house, letter, issue_pin(house.house, asked, "shell"))
    other, another, _ = case_of(house, "high")
    at_the_desk(house, code, answer="deny")
    view = house.view(code)
    (first, *later) = [row for row in view.handoffs if row.step == house.first(code).step]
    assert (first.state, first.reason) == (HandoffState.DECLINED, "false_answer")
    assert later
    assert house.alerts(code, AlertPurpose.FALSE_ANSWER)
    assert "non si usa più" in text_of(house.browser().get(another.path))
    accept(house, another)
    assert house.first(other).state is not HandoffState.ACCEPTED
    used = house.house.procedures.directory().people[asked].contacts
    trust_channels(house.house, asked, "shell")
    assert len(house.house.procedures.directory().people[asked].contacts) > len(used)
    assert verify(house.house.database, house.house.keyring).sound


def test_the_acts_hold_no_plain_hash_of_an_address(house: WebHouse) -> None:
    """Whoever is given the exported trail could try every telephone number on one."""
    people = house.house.procedures.directory().people.values()
    known = [":".join(one.channel) for person in people for one in person.contacts]
    code, letter, asked = case_of(house)
    accept(house, letter, issue_pin(house.house, asked, "shell"))
    at_the_desk(house, code, answer="deny")
    with house.house.database.read() as connection:
        acts = connection.exec_driver_sql("SELECT kind, payload FROM standing_acts").all()
    assert "channel_revoked" in {act.kind for act in acts}
    said = " ".join(act.payload for act in acts)
    assert not [one for one in known if hashlib.sha256(one.encode()).hexdigest() in said]


def test_what_nobody_took_cannot_be_called_false(house: WebHouse) -> None:
    code, _, _ = case_of(house)
    assert at_the_desk(house, code, answer="deny").status_code == 409
    assert at_the_desk(house, code, answer="confirm", how="called_back").status_code == 409


def test_what_was_only_said_is_struck_and_the_ladder_goes_on(house: WebHouse) -> None:
    code, letter, _ = case_of(house)
    accept(house, letter)
    at_the_desk(house, code, answer="deny")
    assert "claim_denied" in house.events(code)
    house.wait_for_coordinator(code)


def waiting_for(house: WebHouse, address: str) -> list[str]:
    """The purposes of what would leave to that address within a day."""
    now = house.clock.now() + timedelta(days=1)
    claimed = outbox.claim(house.house.database, worker="story", now=now, lease_seconds=30, limit=500)
    return [one.purpose for one in claimed if one.address == address]


def deliveries_to(house: WebHouse, person: str, code: str) -> list[tuple[str, str | None]]:
    made = [alert.deliveries for alert in house.view(code).alerts if alert.person == person]
    return [(one.state, one.code) for deliveries in made for one in deliveries]


def test_what_is_queued_for_a_channel_that_is_shut_goes_to_somebody_else(house: WebHouse) -> None:
    """Of another case, too: the thief hears nothing more, and no call is lost for that."""
    code, letter, asked = case_of(house)
    accept(house, letter, issue_pin(house.house, asked, "shell"))
    address = house.house.procedures.directory().people[asked].contacts[0].address
    other = house.open_case(facts={"risk": "high"})
    assert [one.person for one in house.alerts(other, AlertPurpose.REQUEST)] == [asked]
    at_the_desk(house, code, answer="deny")
    assert ("permanent", "channel-shut") in deliveries_to(house, asked, other)
    later = [one for one in house.view(other).alerts if one.purpose is AlertPurpose.REQUEST]
    left = [one for alert in later for one in alert.deliveries if one.state == "queued"]
    assert left
    assert waiting_for(house, address) == []
    assert verify(house.house.database, house.house.keyring).sound


def test_what_is_leaving_at_that_moment_is_not_repeated_there(house: WebHouse) -> None:
    code, letter, asked = case_of(house)
    accept(house, letter, issue_pin(house.house, asked, "shell"))
    address = house.house.procedures.directory().people[asked].contacts[0].address
    for _ in range(2):
        house.open_case(facts={"risk": "high"})
    now = house.clock.pass_by(seconds=1)
    leaving = outbox.claim(house.house.database, worker="story", now=now, lease_seconds=30, limit=50)
    refused, _unheard = [one for one in leaving if (one.address, one.purpose) == (address, AlertPurpose.REQUEST)]
    at_the_desk(house, code, answer="deny")
    busy = SettledDelivery(refused.delivery_id, SettledResult.TEMPORARY, house.clock.now(), code="busy")
    house.house.handling.settle([busy])
    house.clock.pass_by(minutes=2)
    house.house.handling.settle_lapsed()
    assert waiting_for(house, address) == []


def test_the_channel_is_shut_and_its_messages_are_given_up_in_one_commit(house: WebHouse) -> None:
    code, letter, asked = case_of(house)
    accept(house, letter, issue_pin(house.house, asked, "shell"))
    known = house.house.procedures.directory().people[asked].contacts
    other = house.open_case(facts={"risk": "high"})
    before = deliveries_to(house, asked, other)
    full = "BEFORE UPDATE ON deliveries WHEN NEW.code = 'channel-shut' BEGIN SELECT RAISE(ABORT, 'full'); END"
    with house.house.database.write() as connection:
        connection.exec_driver_sql(f"CREATE TRIGGER full {full}")
    command = {"id": "deny-00000000000001", "case_id": house.view(code).row.case_id, "actor": "operator:1"}
    denial = DenyAcceptance.model_validate({**command, "road": Road.CLI, "ref": house.first(code).ref})
    with pytest.raises(StoreFailed):
        deny_answer(house.house, denial)
    assert deliveries_to(house, asked, other) == before
    assert house.house.procedures.directory().people[asked].contacts == known
    with house.house.database.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER full")
    deny_answer(house.house, denial)
    assert house.house.procedures.directory().people[asked].contacts != known


def test_a_channel_is_shut_however_the_networks_file_writes_it_by_now(house: WebHouse) -> None:
    code, letter, asked = case_of(house)
    accept(house, letter, issue_pin(house.house, asked, "shell"))
    mailbox = house.house.procedures.directory().people[asked].contacts[0].address
    written = sample_network().replace(mailbox, mailbox.capitalize())
    import_network(house.house.database, written, "network.yaml", house.clock.now())
    other = house.open_case(facts={"risk": "high"})
    assert [one.person for one in house.alerts(other, AlertPurpose.REQUEST)] == [asked]
    at_the_desk(house, code, answer="deny")
    assert ("permanent", "channel-shut") in deliveries_to(house, asked, other)
    assert waiting_for(house, mailbox.capitalize()) == []
    usable = house.house.procedures.directory().people[asked].contacts
    assert mailbox.capitalize() not in {one.address for one in usable}
