"""Where a network is weak, from its file; and figures that tell of nobody."""

from datetime import UTC, date, datetime, timedelta

import pytest

from procedures.directory import Away, Duty, OwnWays
from procedures.figures import median_shown, shown, total_shown
from procedures.network_health import Weakness, rota_gaps, weaknesses
from tests.making import directory, service

NOW = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def duty(since: float, until: float) -> Duty:
    return Duty(person="x", since=NOW + since * DAY, until=NOW + until * DAY)


@pytest.mark.parametrize(
    ("rota", "gaps"),
    [
        ([], []),
        ([duty(-1, 20)], []),
        ([duty(-1, 2), duty(2, 20)], []),
        ([duty(-1, 2), duty(3, 20)], [(2, 3)]),
        ([duty(1, 20)], [(0, 1)]),
        ([duty(-1, 10), duty(1, 2)], [(10, 14)]),
        ([duty(-3, -1)], [(0, 14)]),
        ([duty(-1, 5), duty(20, 30)], [(5, 14)]),
    ],
)
def test_a_rota_has_gaps_where_nobody_is_on_duty(rota: list[Duty], gaps: list[tuple[float, float]]) -> None:
    found = list(rota_gaps(rota, NOW, NOW + 14 * DAY))
    assert found == [(NOW + since * DAY, NOW + until * DAY) for since, until in gaps]


def test_what_is_weak_is_named_with_whom_it_is_about() -> None:
    known = directory()
    service = next(iter(known.services.values()))
    gap = service.model_copy(update={"deputy": None, "rota": (duty(-1, 1), duty(2, 20))})
    body = known.bodies[service.body].model_copy(update={"protocol_signed_on": date(2020, 1, 1)})
    network = known.model_copy(update={"services": {service.id: gap}, "bodies": {body.id: body}})
    found = {(one.kind, one.about) for one in weaknesses(network, NOW)}
    assert (Weakness.ROTA_GAP, service.id) in found
    assert (Weakness.NO_DEPUTY, service.id) in found
    assert (Weakness.SIGNED_LONG_AGO, body.id) in found
    unsigned = network.model_copy(update={"bodies": {body.id: body.model_copy(update={"protocol_signed_on": None})}})
    assert (Weakness.NOT_SIGNED, body.id) in {(one.kind, one.about) for one in weaknesses(unsigned, NOW)}


def test_small_counts_are_left_out_and_cannot_be_had_by_subtraction() -> None:
    assert shown({"a": 10, "b": 7, "c": 0}) == {"a": 10, "b": 7, "c": 0}
    assert shown({"a": 10, "b": 7, "c": 3}) == {"a": 10, "b": None, "c": None}
    assert shown({"a": 10, "b": 4, "c": 3}) == {"a": 10, "b": None, "c": None}
    assert total_shown({"a": 10, "b": 7, "c": 3}) == 20
    assert total_shown({"a": 0, "b": 3}) is None
    assert total_shown({"a": 2, "b": 1}) is None


def test_a_median_of_few_answers_is_about_somebody() -> None:
    assert median_shown([1.0, 2.0, 3.0, 4.0]) is None
    assert median_shown([1.0, 2.0, 3.0, 4.0, 90.0]) == 3.0


def test_a_service_all_of_whose_people_are_away_is_named_before_it_happens() -> None:
    one = service("ascolto", "first_contact", rota=())
    people = [one.referent, *([one.deputy] if one.deputy else [])]
    begins, ends = NOW + timedelta(days=2), NOW + timedelta(days=3)
    away = {name: OwnWays(away=(Away(since=begins, until=ends),)) for name in people}

    def found(own: dict[str, OwnWays]) -> list[tuple[object, object]]:
        made = directory(one).model_copy(update={"own": own})
        return [(weak.since, weak.until) for weak in weaknesses(made, NOW) if weak.kind is Weakness.ALL_AWAY]

    assert found(away) == [(begins, ends)]
    assert found({people[0]: away[people[0]]}) == []
    assert found({}) == []
