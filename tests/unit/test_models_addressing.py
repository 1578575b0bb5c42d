"""Until when a message may still be tried: until its answer is due, and without end where that time is over already."""

from datetime import datetime, timedelta

import pytest

from models.addressing import ASKING, Outgoing, delivery_row
from procedures.case import Party, PartyKind
from procedures.directory import Contact, ContactKind
from procedures.events import AlertPurpose as Purpose
from procedures.events import AlertQueued
from tests.making import START, shelter_requested

CONTACT = Contact(kind=ContactKind.EMAIL, address="olga@example.org")
SOON = START + timedelta(minutes=15)
ENDING = {Purpose.REQUEST, Purpose.DEPUTY, Purpose.REMINDER}


def send_before(purpose: Purpose, answer_by: datetime | None, about: str | None = "R") -> datetime | None:
    to = Party(kind=PartyKind.SERVICE, id="casa_uno")
    alert = AlertQueued(
        at=START, alert_id="a", purpose=purpose, ref="R", about=about, run_id="r", to=to, person="p",
        answer_by=answer_by,
    )  # fmt: skip
    row = delivery_row(alert, "case-1", CONTACT, language="it", drill=False, outgoing=Outgoing())
    found = row["send_before"]
    assert found is None or isinstance(found, datetime)
    return found


@pytest.mark.parametrize("purpose", Purpose)
def test_only_asking_for_an_answer_ends_when_the_answer_is_due(purpose: Purpose) -> None:
    assert send_before(purpose, SOON) == (SOON if purpose in ENDING else None)


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("answer_by", [None, START, START - timedelta(minutes=1)])
def test_what_goes_out_after_its_time_is_tried_as_long_as_anything(purpose: Purpose, answer_by: datetime) -> None:
    assert send_before(purpose, answer_by) is None


def test_every_message_of_a_silent_chain_survives_a_carrier_that_says_later() -> None:
    story = shelter_requested()
    for _ in range(20):
        story.wait(5)
    late = [e for e in story.trail if isinstance(e, AlertQueued) and e.answer_by and e.answer_by <= e.at]
    assert {event.purpose for event in late} >= {Purpose.COORDINATOR}
    rows = [delivery_row(e, "case-1", CONTACT, language="it", drill=False, outgoing=Outgoing()) for e in late]
    assert {row["send_before"] for row in rows} == {None}
    assert ENDING <= ASKING
