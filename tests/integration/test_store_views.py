"""What desk and command line see."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from models.composition import open_house
from models.outbox import DeliveryState
from models.views import all_cases, case_id_of, case_view, ended_cases, handoff_view, handoffs_open, open_cases
from procedures.case import CaseStatus, HandoffState
from procedures.commands import AcceptHandoff, CancelCase, PassDeadline, Road
from procedures.errors import UnknownCase, UnknownHandoff
from tests.houses import CANARY, CARRIERS, START, Told, only_handoff, open_case

SHELTERS = ("cooperativa_approdo", "centro_ginestra", "centro_luna")
"""Every body that has a protected place: without them the coordinator is asked at once."""


@pytest.fixture
def told(tmp_path: Path, database_settings: str) -> Iterator[Told]:
    told = Told(tmp_path / "data", CARRIERS + database_settings)
    yield told
    told.close()


def test_the_case_with_least_time_left_stands_first(told: Told) -> None:
    early = told.opened().state.code
    told.clock.pass_by(minutes=5)
    late = told.house.handling.handle(open_case(told.house)).state.code
    assert [row.code for row in open_cases(told.house.database)] == [early, late]
    told.say(AcceptHandoff, ref=handoffs_open(told.house.database)[0].ref)
    assert [row.code for row in open_cases(told.house.database)] == [late, early]


def test_a_broken_promise_stands_before_every_other(told: Told) -> None:
    told.opened()
    told.clock.pass_by(minutes=50)
    told.say(PassDeadline, actor="clock", road=Road.CLOCK)
    told.house.handling.handle(open_case(told.house))
    first = open_cases(told.house.database)[0]
    assert (first.case_id, first.overdue_handoffs) == (told.case_id, 1)
    assert first.next is not None
    assert first.next.owner_id == "coordinamento_valle"


def test_what_stands_overdue_before_the_coordinator_comes_first_though_another_has_less_time_left(told: Told) -> None:
    less_time = told.opened().state.code
    told.clock.pass_by(minutes=5)
    before_coordinator = told.opened(exclusions=frozenset(SHELTERS)).state.code

    rows = open_cases(told.house.database)

    assert [row.code for row in rows] == [before_coordinator, less_time]
    assert rows[0].next is not None
    assert rows[0].next.due_at is not None
    assert rows[0].next.due_at > told.clock.now()
    assert [row.case_code for row in handoffs_open(told.house.database)] == [before_coordinator, less_time]


def test_a_case_that_is_over_leaves_the_board(told: Told) -> None:
    code = told.opened().state.code
    told.say(CancelCase, reason="her_wish")
    assert open_cases(told.house.database) == []
    assert handoffs_open(told.house.database) == []
    view = case_view(told.house.database, told.house.keyring, code)
    assert view.row.status is CaseStatus.CANCELLED


def test_among_all_cases_one_that_is_over_stays_and_the_newest_is_first(told: Told) -> None:
    over = told.opened().state.code
    told.say(CancelCase, reason="her_wish")
    told.clock.pass_by(minutes=5)
    new = told.house.handling.handle(open_case(told.house)).state.code
    rows = [(row.code, row.status, row.open_handoffs) for row in all_cases(told.house.database)]
    assert rows == [(new, CaseStatus.OPEN, 1), (over, CaseStatus.CANCELLED, 0)]


def test_of_cases_that_are_over_the_last_to_end_is_first_and_no_more_are_read_than_asked(told: Told) -> None:
    first = told.opened().state.code
    told.say(CancelCase, reason="her_wish")
    told.clock.pass_by(minutes=5)
    last = told.opened().state.code
    told.say(CancelCase, reason="her_wish")
    told.opened()
    assert [row.code for row in ended_cases(told.house.database, 100)] == [last, first]
    assert [row.code for row in ended_cases(told.house.database, 1)] == [last]


def test_a_handoff_is_found_by_its_reference(told: Told) -> None:
    opened = told.opened()
    row = handoff_view(told.house.database, only_handoff(opened).ref)
    assert (row.service, row.state, row.due_at) == (
        "casa_approdo",
        HandoffState.REQUESTED,
        START + timedelta(minutes=15),
    )
    assert row.case_code == opened.state.code
    assert (
        told.house.procedures.library().by_hash[row.content_hash].steps[row.step].title.it
        == "Trovare un posto protetto"
    )
    with pytest.raises(UnknownHandoff):
        handoff_view(told.house.database, "AAAAA-AAAAA")


def test_an_accepted_handoff_is_due_when_its_result_is(told: Told) -> None:
    ref = only_handoff(told.opened()).ref
    told.say(AcceptHandoff, ref=ref)
    assert handoff_view(told.house.database, ref).due_at == START + timedelta(hours=4)


def test_a_case_shows_its_alerts_with_what_became_of_them(told: Told) -> None:
    code = told.opened().state.code
    told.clock.pass_by(seconds=3)
    told.sent()
    view = case_view(told.house.database, told.house.keyring, code)
    (alert,) = view.alerts
    assert [(d.channel, d.state, d.delay) for d in alert.deliveries] == [("email", DeliveryState.ACCEPTED, 3.0)]
    entry = next(entry for entry in view.timeline if entry.kind == "alert_queued")
    assert entry.alert == alert
    assert entry.at == START


def test_the_desk_sees_who_she_is_and_the_engine_does_not(told: Told) -> None:
    code = told.opened().state.code
    person = case_view(told.house.database, told.house.keyring, code).person
    assert person is not None
    assert person.name == CANARY
    engine = open_house(told.house.settings.data, with_vault=False)
    assert case_view(engine.database, engine.keyring, code).person is None
    engine.close()


def test_a_consent_she_was_not_asked_for_is_shown(told: Told) -> None:
    code = told.opened(consents=frozenset()).state.code
    (awaited,) = case_view(told.house.database, told.house.keyring, code).awaited_consents
    assert (awaited.pathway, awaited.step, awaited.consent) == ("shelter", "find_place", "shelter")


def test_no_case_is_told_apart_from_one_that_may_not_be_seen(told: Told) -> None:
    code = told.opened().state.code
    assert case_id_of(told.house.database, code) == told.case_id
    with pytest.raises(UnknownCase):
        case_id_of(told.house.database, "C-0000-0000")
    with pytest.raises(UnknownCase):
        case_view(told.house.database, told.house.keyring, "C-0000-0000")
