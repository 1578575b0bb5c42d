"""Typed values, conditions, moments: small things that must be exact."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from procedures import commands as c
from procedures.case import StepRun, StepState
from procedures.commands import EvidenceValue, FactValue, KeptValue
from procedures.conditions import NeedState, holds, need_state
from procedures.errors import WrongEvidence, WrongFactValue
from procedures.naming import opaque_id, reference
from procedures.schema import Condition, ConditionKind, EvidenceType, Fact, FactType, Need, NeedKind, Text
from procedures.state_machine import render
from procedures.timing import Urgency, urgency
from procedures.values import as_moment, evidence_values, fact_value
from tests.making import SEED, START, Story

TITLE = Text(it="x", en="x")


def fact(kind: FactType) -> Fact:
    return Fact(name="f", type=kind, title=TITLE, choices={"low": TITLE} if kind is FactType.CHOICE else {})


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        (FactType.BOOLEAN, "sì", True),
        (FactType.BOOLEAN, "no", False),
        (FactType.BOOLEAN, True, True),
        (FactType.INTEGER, "12", 12),
        (FactType.INTEGER, 12, 12),
        (FactType.CHOICE, "low", "low"),
        (FactType.DATETIME, "2026-11-24T20:15", "2026-11-24T19:15:00+00:00"),
        (FactType.DATETIME, datetime(2026, 7, 1, 12, tzinfo=UTC), "2026-07-01T12:00:00+00:00"),
    ],
)
def test_facts_are_kept_in_one_form(kind: FactType, given: FactValue, kept: object) -> None:
    assert fact_value(fact(kind), given) == kept


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (FactType.BOOLEAN, "perhaps"),
        (FactType.INTEGER, True),
        (FactType.INTEGER, "-1"),
        (FactType.CHOICE, "CANARY"),
        (FactType.DATETIME, "2026-11-24"),
        (FactType.DATETIME, True),
        (FactType.DATETIME, "yesterday at CANARY"),
    ],
)
def test_a_wrong_value_is_refused_and_never_repeated(kind: FactType, given: FactValue) -> None:
    with pytest.raises(WrongFactValue) as caught:
        fact_value(fact(kind), given)
    assert "CANARY" not in str(caught.value)


ENDS_OF_THE_CALENDAR: list[FactValue] = [
    "0001-01-01T00:00",
    "0001-01-01T00:00+01:00",
    "1899-12-31T23:59+01:00",
    "2200-01-01T00:00+01:00",
    "9999-12-31T23:59",
    "9999-12-31T23:59-12:00",
    datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
    datetime.max.replace(tzinfo=UTC),
]


@pytest.mark.parametrize("given", ENDS_OF_THE_CALENDAR)
def test_a_moment_at_the_ends_of_the_calendar_is_refused_by_name(given: FactValue) -> None:
    with pytest.raises(WrongFactValue, match="1900"):
        fact_value(fact(FactType.DATETIME), given)
    with pytest.raises(WrongEvidence, match="1900"):
        evidence_values({"at": EvidenceType.DATETIME}, {"at": given})
    with pytest.raises(WrongEvidence, match="1900"):
        evidence_values({"on": EvidenceType.DATE}, {"on": given if isinstance(given, datetime) else given[:10]})  # type: ignore[index]  # text


@pytest.mark.parametrize("given", ["1900-01-01T00:00", "2199-12-31T23:59"])
def test_the_first_and_the_last_moment_that_count(given: str) -> None:
    assert fact_value(fact(FactType.DATETIME), given)
    assert evidence_values({"on": EvidenceType.DATE}, {"on": given[:10]})


@pytest.mark.parametrize("kept", ["9999-12-31T23:59:00+00:00", "0001-01-01T00:00:00+00:00", "0001-01-01"])
def test_a_moment_kept_before_such_were_refused_counts_as_untold(kept: str) -> None:
    story = Story().opened()
    odd = story.state.model_copy(update={"facts": {"risk": "high", "incident_at": kept}})
    story.state = odd
    assert as_moment(kept) is None
    story.say(c.AcceptHandoff, ref=story.handoff("welcome").ref)
    assert max(limit.at for limit in story.handoff("welcome").limits) == story.now + timedelta(hours=72)


def test_evidence_has_types_of_its_own() -> None:
    asked = {"on": EvidenceType.DATE, "number": EvidenceType.REFERENCE, "seen": EvidenceType.BOOLEAN}
    given: dict[str, EvidenceValue] = {
        "on": datetime(2026, 11, 24, 23, 30, tzinfo=UTC),
        "number": "RG 1".replace(" ", "-"),
        "seen": "yes",
    }
    assert evidence_values(asked, given) == {"on": "2026-11-25", "number": "RG-1", "seen": True}


def test_a_moment_without_a_zone_is_the_time_on_the_wall_in_rome() -> None:
    assert as_moment("2026-07-01T12:00") == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert as_moment("2026-01-01") == datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert as_moment("soon") is None
    assert as_moment(7) is None


def is_(name: str, *values: bool | int | str) -> Condition:
    return Condition(kind=ConditionKind.FACT, fact=name, values=values)


def joined(kind: ConditionKind, *parts: Condition) -> Condition:
    return Condition(kind=kind, parts=parts)


def test_conditions_join_as_they_read() -> None:
    facts: dict[str, KeptValue] = {"risk": "high", "legal": True, "children": 1}
    assert holds(None, facts, START)
    assert holds(joined(ConditionKind.ALL, is_("risk", "high", "imminent"), is_("legal", True)), facts, START)
    assert not holds(joined(ConditionKind.NOT, is_("risk", "high")), facts, START)
    assert holds(joined(ConditionKind.ANY, is_("risk", "low"), is_("age", "unknown")), facts, START)
    assert not holds(is_("children", True), facts, START)
    assert not holds(is_("age", "adult"), facts, START)


def need(step: str, result: str | None = None) -> Need:
    return Need(kind=NeedKind.STEP, step=step, result=result)


def any_of(*parts: Need) -> Need:
    return Need(kind=NeedKind.ANY_OF, parts=parts)


def test_a_join_cannot_wait_for_what_will_never_come() -> None:
    steps = {
        "done": StepRun(step="done", state=StepState.DONE, result="yes"),
        "skipped": StepRun(step="skipped", state=StepState.SKIPPED),
        "active": StepRun(step="active", state=StepState.ACTIVE),
    }
    assert need_state(Need(), steps) is NeedState.MET
    assert need_state(need("skipped"), steps) is NeedState.MET
    assert need_state(need("skipped", "yes"), steps) is NeedState.IMPOSSIBLE
    assert need_state(need("done", "no"), steps) is NeedState.IMPOSSIBLE
    assert need_state(any_of(need("done", "no"), need("active")), steps) is NeedState.PENDING
    assert need_state(any_of(need("done", "no"), need("skipped", "x")), steps) is NeedState.IMPOSSIBLE
    assert need_state(any_of(need("done", "yes"), need("active")), steps) is NeedState.MET
    assert need_state(Need(parts=(need("active"), need("done", "no"))), steps) is NeedState.IMPOSSIBLE
    assert need_state(Need(parts=(need("active"), need("done"))), steps) is NeedState.PENDING


def test_urgency_comes_from_the_time_left() -> None:
    now = datetime(2026, 11, 24, 20, tzinfo=UTC)
    assert urgency(now + timedelta(minutes=60), now) is Urgency.NOW
    assert urgency(now - timedelta(minutes=1), now) is Urgency.NOW
    assert urgency(now + timedelta(hours=24), now) is Urgency.TODAY
    assert urgency(now + timedelta(hours=25), now) is Urgency.PLANNED
    assert urgency(None, now) is Urgency.PLANNED


def test_references_come_from_the_seed_alone() -> None:
    first = reference(SEED, "handoff", 1)
    assert first == reference(SEED, "handoff", 1)
    assert len({reference(SEED, "handoff", n) for n in range(2000)}) == 2000
    assert len(first) == 11
    assert opaque_id(SEED, "alert", 1) != opaque_id(SEED, "run", 1)


def test_the_drawing_of_the_states_is_true(pytestconfig: pytest.Config) -> None:
    page = pytestconfig.rootpath / "docs" / "state-machine.md"
    assert page.read_text(encoding="utf-8") == render(), "run `make docs`"
