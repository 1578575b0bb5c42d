"""An alert is also said to the browsers of whom it is for: a copy that no rule hears of and that holds up nothing."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from flows.delivering import message_of
from models.accounts import operator_named
from models.adding_accounts import invite_new
from models.browsers import TooManyBrowsers, address_of, browsers_of, keep_browser, take_browser
from models.history import attempts_of_run
from models.network import import_network, sample_network
from models.outbox import Delivery, SettledResult
from models.people import last_acts
from models.recording import read_events
from models.tables import DeliveryRecord, LinkRecord
from models.trail import verify
from models.tying import tie_account
from procedures.commands import AcceptHandoff
from procedures.events import AlertSettled
from procedures.people import PersonActKind, Role
from tests.houses import CARRIERS, Told, everything_written, only_handoff

R = SettledResult
PUSH = '[carriers.push]\nurl = "staffetta-push:///"\n'
MEMBER = frozenset({Role.SERVICE_MEMBER})
ADDRESS = "https://fcm.googleapis.com/fcm/send/Zzcanaria{number} BPublicCanaria AuthCanaria"


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    told = Told(tmp_path / "data", CARRIERS + PUSH)
    yield told
    told.close()


def account(told: Told, person: str = "olga", roles: frozenset[Role] = MEMBER, name: str = "") -> str:
    """The id of an account of this person."""
    house = told.house
    invite_new(house.database, name or person, roles, house.clock.now(), "shell")
    made = operator_named(house.database, name or person)
    tie_account(house, made, person, "shell")
    return made


def let(told: Told, operator_id: str, *numbers: int) -> None:
    for number in numbers or (1,):
        keep_browser(told.house, operator_id, ADDRESS.format(number=number))
        told.clock.pass_by(seconds=1)


def taken(told: Told) -> tuple[Delivery, list[Delivery]]:
    """The first alert, and its copies to browsers."""
    told.opened()
    claimed = told.claimed()
    (first,) = (one for one in claimed if one.channel == "email")
    return first, [one for one in claimed if one.channel == "push"]


def states(told: Told) -> dict[str, tuple[str, str]]:
    with told.house.database.read() as connection:
        query = select(DeliveryRecord.delivery_id, DeliveryRecord.channel, DeliveryRecord.state)
        return {row.delivery_id: (row.channel, row.state) for row in connection.execute(query)}


def settled_events(told: Told) -> list[tuple[str, str]]:
    with told.house.database.read() as connection:
        events = read_events(connection, told.house.keyring, told.case_id)
        return [(one.event.channel, one.event.result) for one in events if isinstance(one.event, AlertSettled)]


def test_each_browser_gets_a_line_with_the_reference_and_nothing_else(told: Told) -> None:
    let(told, account(told), 1, 2)
    mail, copies = taken(told)

    assert [one.delivery_id for one in copies] == [f"{mail.alert_id}.01", f"{mail.alert_id}.02"]
    said = message_of(told.house, copies[0])
    assert said.body == f"Una richiesta attende risposta ({mail.ref})."
    assert (said.subject, said.ref, said.channel) == ("", mail.ref, "push")
    assert said.address == ADDRESS.format(number=1)
    assert mail.answer_by is not None
    assert said.lasts == (mail.answer_by - told.clock.now()).total_seconds()
    assert len({mail.message_id, *(one.message_id for one in copies)}) == 3
    with told.house.database.read() as connection:
        links = connection.execute(select(LinkRecord.delivery_id)).scalars().all()
    assert links == [mail.delivery_id]


def test_a_drill_says_so(told: Told) -> None:
    let(told, account(told))
    told.opened(drill=True)
    (copy,) = (one for one in told.claimed() if one.channel == "push")

    assert message_of(told.house, copy).body.startswith("ESERCITAZIONE - ")


def test_the_rules_hear_of_the_alert_and_never_of_its_copy(told: Told) -> None:
    let(told, account(told))
    mail, (copy,) = taken(told)

    told.settled(copy, R.ACCEPTED)
    assert settled_events(told) == []
    told.settled(mail, R.ACCEPTED)
    assert settled_events(told) == [("email", "accepted")]
    assert len(attempts_of_run(told.house.database, mail.run_id)) == 1
    assert verify(told.house.database, told.house.keyring).sound


@pytest.mark.parametrize("result", [R.PERMANENT, R.UNCERTAIN, R.TEMPORARY])
def test_what_becomes_of_the_copy_leads_to_no_other_message(told: Told, result: SettledResult) -> None:
    let(told, account(told))
    mail, (copy,) = taken(told)
    told.settled(mail, R.ACCEPTED)

    told.settled(copy, result, code="503")
    assert set(states(told)) == {mail.delivery_id, copy.delivery_id}
    assert settled_events(told) == [("email", "accepted")]


def test_a_busy_push_service_is_asked_again_in_time(told: Told) -> None:
    let(told, account(told))
    mail, (copy,) = taken(told)
    told.settled(mail, R.ACCEPTED)

    told.settled(copy, R.TEMPORARY, code="429", retry_after=30.0)
    assert states(told)[copy.delivery_id] == ("push", "temporary")
    assert not told.claimed()
    told.clock.pass_by(seconds=31)
    assert [one.delivery_id for one in told.claimed()] == [copy.delivery_id]


def test_where_the_alert_fails_the_copy_is_no_hope(told: Told) -> None:
    let(told, account(told))
    mail, (copy,) = taken(told)
    told.settled(copy, R.ACCEPTED)

    told.settled(mail, R.ACCEPTED)
    told.settled(mail, R.PERMANENT, code="550", returned=True)

    assert ("sms", "queued") in states(told).values()


def test_an_answer_takes_it_back(told: Told) -> None:
    let(told, account(told))
    handoff = only_handoff(told.opened())

    told.say(AcceptHandoff, ref=handoff.ref)

    assert ("push", "withdrawn") in states(told).values()


@pytest.mark.parametrize("code", ["404", "410"])
def test_a_browser_that_is_gone_is_forgotten(told: Told, code: str) -> None:
    olga = account(told)
    let(told, olga, 1, 2)
    _, (copy, other) = taken(told)

    told.settled(copy, R.PERMANENT, code=code)
    told.settled(other, R.PERMANENT, code="413")

    assert [one.browser_id for one in browsers_of(told.house.database, olga)] == [other.address]
    assert message_of(told.house, copy).address == ""


def test_nobody_elses_browser_and_no_account_without_that_role(told: Told) -> None:
    let(told, account(told, "paola"), 1)
    let(told, account(told, "olga", frozenset({Role.COORDINATOR}), "coordinates"), 2)

    _, copies = taken(told)
    assert copies == []


def test_without_a_carrier_for_it_nothing_is_said_to_browsers(tmp_path: Path) -> None:
    told = Told(tmp_path / "data")
    let(told, account(told))
    _, copies = taken(told)
    assert copies == []
    told.close()


def test_whoever_leaves_the_network_is_written_to_no_longer(told: Told) -> None:
    olga = account(told)
    let(told, olga)
    import_network(told.house.database, sample_network().replace("olga", "ottavia"), "network.yaml", told.clock.now())

    assert browsers_of(told.house.database, olga) == []


def test_one_account_has_five_and_a_browser_one_account(told: Told) -> None:
    olga, paola = account(told), account(told, "paola")
    let(told, olga, 1, 2, 3, 4, 5)
    with pytest.raises(TooManyBrowsers):
        let(told, olga, 6)
    let(told, olga, 5)  # said twice
    assert len(browsers_of(told.house.database, olga)) == 5

    let(told, paola, 5)

    assert len(browsers_of(told.house.database, olga)) == 4
    (theirs,) = browsers_of(told.house.database, paola)
    take_browser(told.house, olga, theirs.browser_id)
    assert len(browsers_of(told.house.database, paola)) == 1
    take_browser(told.house, paola, theirs.browser_id)
    take_browser(told.house, paola, theirs.browser_id)
    assert browsers_of(told.house.database, paola) == []
    kinds = [act.kind for act in last_acts(told.house.database, 20)]
    assert kinds.count(PersonActKind.BROWSER_SET) == 6
    assert kinds.count(PersonActKind.BROWSER_TAKEN) == 1
    assert verify(told.house.database, told.house.keyring).sound


def test_neither_address_nor_keys_of_a_browser_are_kept_in_clear(told: Told) -> None:
    olga = account(told)
    let(told, olga)
    taken(told)
    (row,) = browsers_of(told.house.database, olga)
    assert address_of(told.house, row.browser_id) == ADDRESS.format(number=1)

    written = everything_written(told)
    for never in ("Zzcanaria", "BPublicCanaria", "AuthCanaria", "fcm.googleapis.com"):
        assert never.encode() not in written
        assert json.dumps(never)[1:-1].encode() not in written
