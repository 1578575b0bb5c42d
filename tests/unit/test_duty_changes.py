"""Overrides and swaps of duty turns: what was said last counts, no gap opens unseen, and everything can be undone."""

from datetime import UTC, datetime, timedelta

import pytest

from procedures.directory import Directory, Duty
from procedures.duty_changes import (
    LONGEST,
    LONGEST_WHY,
    ChangeBackwards,
    ChangeOver,
    ChangeTooLong,
    DutyAct,
    DutyActKind,
    DutyChanges,
    NoSuchChange,
    NoSuchTurn,
    SwapOfOne,
    Turn,
    WhyNeeded,
    after,
    check_times,
    moment_in_rome,
    opened_gap,
    same_turns,
    swapped,
    with_changes,
)
from tests.making import directory, person, service

START = datetime(2026, 11, 30, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
LONG_AGO = START - timedelta(days=400)


def network(*, rota: bool = True) -> Directory:
    """A ward with three nights: Berta, Clara, Berta."""
    days = (timedelta(days=number) for number in range(3))
    turns = tuple(
        Duty(person=name, since=START + day, until=START + day + 12 * HOUR)
        for day, name in zip(days, ("berta", "clara", "berta"), strict=True)
    )
    found = directory(service("ward", "emergency_health", rota=turns if rota else ()))
    more = {name: person(name) for name in ("berta", "clara", "dina")}
    return found.model_copy(update={"people": {**found.people, **more}})


def said(*turns: Turn, kind: DutyActKind = DutyActKind.OVERRIDDEN, why: str = "scambio", undoes: int = 0) -> DutyAct:
    return DutyAct(kind, START - 5 * HOUR, "operator:1", "ward", why, turns, undoes)


def turn(who: str, since: float, until: float) -> Turn:
    return Turn(who, START + since * HOUR, START + until * HOUR)


def changes(*acts: DutyAct) -> DutyChanges:
    known: DutyChanges = {}
    for number, act in enumerate(acts, start=1):
        known = after(known, number, act)
    return known


def changed(*acts: DutyAct, rota: bool = True) -> Directory:
    return with_changes(network(rota=rota), changes(*acts).values(), LONG_AGO)


def told(found: Directory) -> list[tuple[str, float, float]]:
    rota = found.services["ward"].rota
    return [(one.person, (one.since - START) / HOUR, (one.until - START) / HOUR) for one in rota]


def test_somebody_else_is_on_duty_for_the_hours_that_were_said_and_no_others() -> None:
    found = changed(said(turn("dina", 2, 6)))
    assert told(found)[:3] == [("berta", 0, 2), ("dina", 2, 6), ("berta", 6, 12)]
    ward = found.services["ward"]
    assert found.person_on_duty(ward, START + 3 * HOUR).id == "dina"
    assert ward.written_rota == network().services["ward"].rota
    assert [one.change for one in ward.rota[:3]] == [None, 1, None]


def test_what_was_said_last_counts_and_what_is_undone_does_not() -> None:
    acts = [said(turn("dina", 2, 6)), said(turn("clara", 4, 8))]
    assert told(changed(*acts))[:4] == [("berta", 0, 2), ("dina", 2, 4), ("clara", 4, 8), ("berta", 8, 12)]
    undone = said(kind=DutyActKind.UNDONE, undoes=2)
    assert told(changed(*acts, undone)) == told(changed(acts[0]))
    with pytest.raises(NoSuchChange):
        changes(*acts, undone, undone)
    with pytest.raises(NoSuchChange):
        changes(undone)


def test_applying_changes_again_is_the_same_as_applying_them_once() -> None:
    known = changes(said(turn("dina", 2, 6)), said(turn("", 14, 16)))
    once = with_changes(network(), known.values(), LONG_AGO)
    assert with_changes(once, known.values(), LONG_AGO) == once
    assert with_changes(once, (), LONG_AGO) == network()


def test_two_turns_are_swapped_and_what_is_past_of_one_stays() -> None:
    ward = network().services["ward"]
    pair = swapped(ward, START, START + 24 * HOUR, START + 2 * HOUR)
    found = changed(said(*pair, kind=DutyActKind.SWAPPED))
    assert told(found)[:3] == [("berta", 0, 2), ("clara", 2, 12), ("berta", 24, 36)]
    with pytest.raises(SwapOfOne):
        swapped(ward, START, START + 48 * HOUR, START)
    with pytest.raises(NoSuchTurn):
        swapped(ward, START, START + HOUR, START)
    with pytest.raises(NoSuchTurn):
        swapped(ward, START, START + 24 * HOUR, START + 13 * HOUR)


def test_a_gap_that_opens_is_found_and_one_that_was_there_is_not_blamed() -> None:
    before = network()
    span = ("ward", START, START + 36 * HOUR)
    taken = with_changes(before, changes(said(turn("", 2, 6))).values(), LONG_AGO)
    gap = opened_gap(before, taken, *span)
    assert gap is not None
    assert ((gap.since - START) / HOUR, (gap.until - START) / HOUR) == (2, 6)
    across = with_changes(before, changes(said(turn("", 10, 26))).values(), LONG_AGO)
    gap = opened_gap(before, across, *span)
    assert gap is not None
    assert ((gap.since - START) / HOUR, (gap.until - START) / HOUR) == (10, 12)
    filled = with_changes(before, changes(said(turn("dina", 10, 26))).values(), LONG_AGO)
    assert opened_gap(before, filled, *span) is None
    mute = before.model_copy(
        update={"people": {**before.people, "dina": person("dina").model_copy(update={"contacts": ()})}}
    )
    unreached = with_changes(mute, changes(said(turn("dina", 2, 6))).values(), LONG_AGO)
    assert opened_gap(mute, unreached, *span) is not None


def test_a_service_without_a_rota_may_have_an_override_and_gets_no_gaps_by_it() -> None:
    found = changed(said(turn("dina", 2, 6)), rota=False)
    ward = found.services["ward"]
    assert found.person_on_duty(ward, START + 3 * HOUR).id == "dina"
    assert not ward.has_rota
    assert with_changes(found, (), LONG_AGO) == network(rota=False)


def test_history_and_what_names_somebody_who_left_changes_nothing() -> None:
    known = changes(said(turn("dina", 2, 6))).values()
    assert with_changes(network(), known, START + 6 * HOUR) == network()
    left = network()
    left = left.model_copy(update={"people": {name: one for name, one in left.people.items() if name != "dina"}})
    assert with_changes(left, known, LONG_AGO) == left


@pytest.mark.parametrize(
    ("act", "refusal"),
    [
        (said(turn("dina", 6, 6)), ChangeBackwards),
        (said(), ChangeBackwards),
        (said(turn("dina", 2, 6), why="  "), WhyNeeded),
        (said(turn("dina", 2, 6), why="x" * (LONGEST_WHY + 1)), WhyNeeded),
    ],
)
def test_what_could_never_be_is_refused(act: DutyAct, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        changes(act)


def test_what_is_over_or_too_long_is_refused_when_it_is_said() -> None:
    with pytest.raises(ChangeOver):
        check_times(said(turn("dina", -9, -5)))
    with pytest.raises(ChangeTooLong):
        check_times(said(turn("dina", 0, LONGEST / HOUR + 1)))
    check_times(said(turn("dina", 0, LONGEST / HOUR)))


def test_the_same_people_at_the_same_hours_are_no_change() -> None:
    before = network().services["ward"]
    assert same_turns(before, changed(said(turn("berta", 2, 6))).services["ward"], START, START + 9 * HOUR)
    assert not same_turns(before, changed(said(turn("dina", 2, 6))).services["ward"], START, START + 9 * HOUR)


@pytest.mark.parametrize(
    ("typed", "late", "moment"),
    [
        ("2026-12-01T20:00", False, "2026-12-01T19:00:00+00:00"),
        ("2026-12-01T20:00+00:00", False, "2026-12-01T20:00:00+00:00"),
        ("2027-03-28T02:30", False, None),
        ("2027-03-28T03:00", False, "2027-03-28T01:00:00+00:00"),
        ("2027-10-31T02:30", False, "2027-10-31T00:30:00+00:00"),
        ("2027-10-31T02:30", True, "2027-10-31T01:30:00+00:00"),
        ("tonight", False, None),
        ("9999-12-31T23:59", False, None),
        ("0001-01-01T00:00", True, None),
    ],
)
def test_a_moment_is_by_the_wall_in_rome_and_no_hour_is_left_out(typed: str, late: bool, moment: str | None) -> None:
    found = moment_in_rome(typed, late=late)
    assert (found.isoformat() if found else None) == moment
