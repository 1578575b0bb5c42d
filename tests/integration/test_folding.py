"""Requests to one person that wait at the same time come as one mail, each with its own page and its own outcome."""

import asyncio
import re
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import pytest

from cli.demo.mailserver import MailServer
from flows import folding
from flows.delivering import carriers_of
from flows.dispatcher import Dispatcher
from flows.folding import side_by_side, with_others
from flows.journal import open_journal
from models.composition import House
from models.links import find_link
from models.outbox import SettledResult
from models.replies import asked_by
from models.store_errors import StoreBusy
from models.trail import verify
from notifiers.leaving import Leave, at_once
from notifiers.message import Message
from notifiers.outcomes import Accepted
from procedures.case import Handoff
from tests.houses import CARRIERS, Told, only_handoff
from tests.integration.prefect_at_work import until
from tests.integration.relay import furnish, settings_text
from tests.integration.test_dispatcher_channels import nothing_else
from tests.integration.test_imminent_first import HIGH, IMMINENT

R = SettledResult


@pytest.fixture
def told(tmp_path: Path, database_settings: str) -> Told:
    return Told(tmp_path / "data", CARRIERS + database_settings)


def kept_waiting(told: Told, *facts: object) -> list[Handoff]:
    """Handoffs whose first message its carrier could be given only later."""
    handoffs = [only_handoff(told.opened(facts=one)) for one in facts]
    for taken in told.claimed():
        told.settled(taken, R.TEMPORARY, code="paced", retry_after=3.0, attempt=taken.attempt)
    told.clock.pass_by(seconds=3)
    return handoffs


def states(house: House) -> Sequence[tuple[str, str, str | None]]:
    query = (
        "SELECT channel, state, folded_into FROM deliveries WHERE purpose = 'request' ORDER BY queued_at, delivery_id"
    )
    with house.database.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


@pytest.mark.slow
async def test_a_burst_to_one_person_is_one_mail_and_each_request_has_its_own_page(
    tmp_path: Path, mail: MailServer
) -> None:
    limited = settings_text(mail.url).replace("[carriers.email]\n", "[carriers.email]\nper_minute = 20\n")
    house = furnish(tmp_path / "data", limited)
    told = Told.__new__(Told)
    told.house = house
    handoffs = [only_handoff(told.opened(facts=HIGH)) for _ in range(6)]
    async with carriers_of(house) as carriers, house.bells.listen("dispatcher") as bell:
        journal = open_journal("dispatcher", StringIO())
        working = asyncio.create_task(Dispatcher(house, carriers, journal, nudge=nothing_else).run(bell))
        await until(lambda: all(state == "accepted" for _, state, _ in states(house)), seconds=30)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    alone, alone_too, several = mail.received()
    assert "4 " in several.subject
    links = re.findall(r"/h/([A-Za-z0-9_-]{22})", several.body)
    refs = {one.ref for one in handoffs}
    about = [find_link(house.database, token, house.clock.now()) for token in links]
    assert len({one.about_ref for one in about if one is not None}) == 4
    assert {ref for ref in refs if ref in several.body + alone.body + alone_too.body} == refs
    assert verify(house.database, house.keyring).sound
    house.close()


def test_all_that_wait_for_one_person_leave_together_and_danger_that_is_imminent_alone(told: Told) -> None:
    kept_waiting(told, HIGH, HIGH, IMMINENT, HIGH)
    claimed = told.claimed()
    messages = side_by_side(told.house, claimed)
    assert sorted(len(one) for one in messages) == [1, 3]
    together = next(one for one in messages if len(one) == 3)
    assert list(with_others(told.house, together, "dispatcher-1")) == list(together)
    first = together[0].delivery_id
    assert [one[2] for one in states(told.house)].count(first) == 3
    told.close()


def test_who_waits_for_a_later_moment_comes_with_the_first(told: Told) -> None:
    for _ in range(3):
        told.opened(facts=HIGH)
    for number, taken in enumerate(told.claimed()):
        told.settled(taken, R.TEMPORARY, code="paced", retry_after=3.0 + 10 * number, attempt=taken.attempt)
    told.clock.pass_by(seconds=3)
    claimed = told.claimed()
    assert len(claimed) == 1
    together = with_others(told.house, claimed, "dispatcher-1")
    assert len(together) == 3
    assert {state for _, state, _ in states(told.house)} == {"sending"}
    assert not told.claimed()
    for one in together:
        told.settled(one, R.ACCEPTED, attempt=one.attempt)
    assert {state for _, state, _ in states(told.house)} == {"accepted"}
    assert verify(told.house.database, told.house.keyring).sound
    told.close()


def test_what_comes_back_of_the_one_mail_came_back_of_all(told: Told) -> None:
    kept_waiting(told, HIGH, HIGH)
    together = with_others(told.house, next(iter(side_by_side(told.house, told.claimed()))), "dispatcher-1")
    for one in together:
        told.settled(one, R.ACCEPTED, attempt=one.attempt)
    assert not asked_by(told.house, [one.message_id for one in together], []), "one word cannot answer two requests"
    told.settled(together[0], R.PERMANENT, code="undelivered", returned=True)
    assert sorted(one[:2] for one in states(told.house)) == [
        *[("email", "permanent")] * 2,
        *[("sms", "queued")] * 2,
    ]
    told.close()


def test_what_may_have_arrived_and_what_nobody_kept_waiting_goes_as_it_is(told: Told) -> None:
    told.opened(facts=HIGH)
    told.opened(facts=HIGH)
    first, second = told.claimed()
    assert [len(one) for one in side_by_side(told.house, [first, second])] == [1, 1]
    told.settled(first, R.TEMPORARY, code="451", attempt=first.attempt)
    told.settled(second, R.TEMPORARY, code="paced", retry_after=1.0, attempt=second.attempt)
    told.clock.pass_by(minutes=1)
    again = told.claimed()
    assert sorted(len(with_others(told.house, [one], "dispatcher-1")) for one in again) == [1, 1]
    told.close()


def test_where_it_cannot_be_kept_that_they_go_together_each_goes_alone(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_waiting(told, HIGH, HIGH)
    (together,) = side_by_side(told.house, told.claimed())
    sent: list[str] = []

    class Takes:
        async def send(self, message: Message, leave: Leave = at_once) -> Accepted:
            await leave()
            sent.append(message.delivery_id)
            return Accepted("x-1")

    def busy(*_values: object, **_named: object) -> None:
        raise StoreBusy

    monkeypatch.setattr(folding, "fold", busy)
    words = asyncio.run(folding.send_together(told.house, Takes(), together, "dispatcher-1"))
    assert sent == [one.delivery_id for one in words] == [one.delivery_id for one in together]
    told.close()
