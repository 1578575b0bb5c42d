"""A date that nobody can mean is refused like any other wrong value: no calendar ends in the rules."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from procedures.commands import FactValue
from procedures.errors import WrongEvidence, WrongFactValue
from procedures.schema import EvidenceType, Fact, FactType, Text
from procedures.values import as_moment, evidence_values, fact_value

MOMENT = Fact(name="incident_at", type=FactType.DATETIME, title=Text(it="x", en="x"), choices={})
FAR = ["9999-12-31T23:59:59-10:00", "0001-01-01T00:00:00+10:00", "9999-12-31T23:59", "0026-11-24T20:15"]


@pytest.mark.parametrize(
    "given", [*FAR, datetime.max.replace(tzinfo=timezone(-timedelta(hours=3))), datetime.min.replace(tzinfo=UTC)]
)
def test_a_moment_outside_of_a_life_does_not_fit(given: FactValue) -> None:
    with pytest.raises(WrongFactValue):
        fact_value(MOMENT, given)


@pytest.mark.parametrize("given", ["0001-01-01", "9999-12-31"])
def test_nor_does_such_a_day(given: str) -> None:
    with pytest.raises(WrongEvidence):
        evidence_values({"heard_on": EvidenceType.DATE}, {"heard_on": given})


@pytest.mark.parametrize("kept", [*FAR, "0001-01-01"])
def test_one_that_was_kept_before_counts_as_not_told(kept: str) -> None:
    assert as_moment(kept) is None
