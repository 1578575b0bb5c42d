"""Own work by schedule as stories: each period once, what was missed is made up for once, and nothing of before."""

from datetime import UTC, datetime, timedelta

import pytest

from procedures.directory import Directory
from procedures.scheduling import Coming, coming, due_by
from procedures.schema import Library
from tests.making import FACTS, INTAKE, SHELTER, directory, library

WORK = """
pathway: {name}
edition: 1
title: {{it: Lavoro, en: Work}}
case: none
schedule: {schedule}
steps: {{convene: {{tell: police, title: {{it: Convocare, en: Convene}}}}}}
"""
FACTS_OF_OURS = "  ends_on: {type: date, about: network, title: {it: Fine, en: End}}\n"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
MONTHLY = WORK.format(name="monthly", schedule="{every: month, day: 5, at: 09:00}")
RENEWAL = WORK.format(name="renewal", schedule="90 days before fact.ends_on")
PLACE = "valle_chiara"
"""The one territory of the invented directory."""


def schedules(*texts: str) -> Library:
    return library((INTAKE, SHELTER, *texts), FACTS + FACTS_OF_OURS)


def with_dates(*days: str) -> Directory:
    known = directory()
    (territory,) = known.territories()
    return known.model_copy(update={"dates": {territory: {"ends_on": days}}})


def due(text: str, now: datetime, since: datetime = LONG_AGO, network: Directory | None = None) -> list[str]:
    (name,) = (line.split()[1] for line in text.splitlines() if line.startswith("pathway:"))
    found = due_by(schedules(text), network or directory(), now, {name: since})
    return [one.period for one in found]


@pytest.mark.parametrize(
    ("now", "period"),
    [
        (datetime(2027, 2, 5, 7, 59, tzinfo=UTC), "2027-01"),
        (datetime(2027, 2, 5, 8, 0, tzinfo=UTC), "2027-02"),
        (datetime(2027, 7, 5, 7, 0, tzinfo=UTC), "2027-07"),
        (datetime(2027, 1, 1, 0, 0, tzinfo=UTC), "2026-12"),
    ],
)
def test_every_month_at_its_hour_of_rome_summer_and_winter(now: datetime, period: str) -> None:
    assert due(MONTHLY, now) == [period]


def test_of_months_that_went_by_while_the_machine_was_off_only_the_last_is_made_up_for() -> None:
    assert due(MONTHLY, datetime(2027, 6, 20, tzinfo=UTC)) == ["2027-06"]


def test_a_month_of_before_the_pathway_was_in_force_is_not_made_up_for() -> None:
    since = datetime(2027, 2, 6, tzinfo=UTC)
    assert due(MONTHLY, since + timedelta(days=1), since) == []
    assert due(MONTHLY, datetime(2027, 3, 6, tzinfo=UTC), since) == ["2027-03"]


def test_a_pathway_that_is_not_in_force_begins_nothing() -> None:
    assert due_by(schedules(MONTHLY), directory(), datetime(2027, 2, 6, tzinfo=UTC), {}) == []


def test_what_leads_up_to_a_day_begins_so_long_before_it_and_knows_it() -> None:
    network = with_dates("2027-06-30")
    begins = datetime(2027, 4, 1, tzinfo=UTC) - timedelta(hours=2)
    assert due(RENEWAL, begins - timedelta(minutes=1), network=network) == []
    (one,) = due_by(schedules(RENEWAL), network, begins, {"renewal": LONG_AGO})
    assert (one.period, one.facts) == ("2027-06-30", {"ends_on": "2027-06-30"})


def test_a_day_that_lies_ahead_counts_though_its_time_began_before_anybody_knew_of_it() -> None:
    now = datetime(2027, 6, 1, tzinfo=UTC)
    assert due(RENEWAL, now, since=now, network=with_dates("2027-06-30")) == ["2027-06-30"]
    assert due(RENEWAL, now, since=now, network=with_dates("2027-05-30")) == []


def test_a_day_that_went_by_while_the_machine_was_off_is_made_up_for() -> None:
    assert due(RENEWAL, datetime(2027, 7, 10, tzinfo=UTC), network=with_dates("2027-06-30")) == ["2027-06-30"]


def test_each_day_and_each_month_has_an_id_of_its_own_and_always_the_same() -> None:
    ids = {Coming("a", PLACE, period, None).command_id for period in ("2027-01", "2027-02")}
    ids |= {Coming("b", PLACE, "2027-01", None).command_id, Coming("a", "costa", "2027-01", None).command_id}
    assert len(ids) == 4
    assert Coming("a", PLACE, "2027-01", LONG_AGO).command_id in ids


def test_what_comes_next_is_told_soonest_first_and_what_has_no_day_last() -> None:
    now = datetime(2027, 2, 6, tzinfo=UTC)
    found = coming(schedules(MONTHLY, RENEWAL), directory(), now)
    assert [(one.pathway, one.period, one.due_at is None) for one in found] == [
        ("monthly", "2027-03", False),
        ("renewal", "", True),
    ]
    found = coming(schedules(MONTHLY, RENEWAL), with_dates("2027-05-20"), now)
    assert [one.pathway for one in found] == ["renewal", "monthly"]
