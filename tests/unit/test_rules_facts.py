"""Facts that change after the opening: on whose word, in which direction, and what follows."""

import pytest

from procedures import commands as c
from procedures import events as e
from procedures.errors import (
    CaseIsOver,
    FactNotChangedBy,
    FactOnlyRises,
    FactUnchanged,
    UnknownFact,
    UnknownReason,
    WrongFactValue,
)
from procedures.events import AlertPurpose, Event, FactChanged
from procedures.schema import Library
from tests.making import FACTS, INTAKE, SHELTER, Story, alerts, library

GUARDED = FACTS.replace(
    "    type: choice\n",
    "    type: choice\n    ordered: true\n    raises_only: true\n    changed_by: [first_contact]\n",
    1,
)


def guarded() -> Library:
    """Risk only rises, but on the word of whoever has the first talk."""
    return library(facts=GUARDED)


def change(story: Story, fact: str, value: object, **more: object) -> tuple[Event, ...]:
    return story.say(c.ChangeFact, **{"fact": fact, "value": value, "reason": "new_assessment", **more})


def kinds(events: tuple[Event, ...]) -> list[type[Event]]:
    return [type(event) for event in events]


def test_a_fact_that_changes_stands_in_the_trail_with_what_it_was_and_on_whose_word() -> None:
    story = Story().opened()
    (changed,) = change(story, "risk", "imminent", reason="something_happened")
    assert changed == FactChanged(
        at=story.now, fact="risk", value="imminent", before="high", by="operator", reason="something_happened"
    )
    assert story.state.facts["risk"] == "imminent"


def test_what_nobody_had_told_becomes_known() -> None:
    story = Story().opened(facts={})
    changed, moved, _alert = change(story, "incident_at", "2026-11-24T20:15")
    assert isinstance(changed, FactChanged)
    assert isinstance(moved, e.LimitMoved)
    assert (changed.before, changed.value) == (None, "2026-11-24T19:15:00+00:00")


@pytest.mark.parametrize(
    ("fact", "value", "more", "refusal"),
    [
        ("rsik", "high", {}, UnknownFact),
        ("risk", "Giovanna", {}, WrongFactValue),
        ("risk", True, {}, WrongFactValue),
        ("risk", "high", {}, FactUnchanged),
        ("risk", "low", {"reason": "full"}, UnknownReason),
        ("risk", "low", {"by": "first_contact"}, FactNotChangedBy),
    ],
)
def test_what_is_refused(fact: str, value: object, more: dict[str, str], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        change(Story().opened(), fact, value, **more)


def test_anybody_raises_the_risk_and_only_who_is_named_lowers_it() -> None:
    story = Story(guarded()).opened(facts={"risk": "low"})
    assert kinds(change(story, "risk", "high")) == [FactChanged]
    assert kinds(change(story, "risk", "imminent", by="police")) == [FactChanged]
    with pytest.raises(FactOnlyRises):
        change(story, "risk", "low")
    with pytest.raises(FactOnlyRises):
        change(story, "risk", "not_answered", by="police")
    with pytest.raises(FactNotChangedBy):
        change(story, "risk", "imminent", by="nobody_of_this_network")
    assert kinds(change(story, "risk", "low", by="first_contact")) == [FactChanged]
    assert story.state.facts["risk"] == "low"


def test_a_fact_that_nobody_changes_stays() -> None:
    fixed = library(facts=FACTS.replace("{type: boolean,", "{type: boolean, changed_by: [],", 1))
    with pytest.raises(FactNotChangedBy, match="-"):
        change(Story(fixed).opened(), "wants_legal_help", value=True)


def test_a_case_that_is_over_keeps_its_facts() -> None:
    story = Story().opened()
    story.say(c.CancelCase, reason="her_wish")
    with pytest.raises(CaseIsOver):
        change(story, "risk", "low")


def test_a_later_fact_shortens_the_time_of_whoever_is_at_work_and_they_are_told() -> None:
    sooner = SHELTER.replace(
        "    complete_within: 4 h\n", "    complete_within: [4 h, {within: 1 h, when: {risk: imminent}}]\n"
    )
    story = Story(library((INTAKE, sooner))).opened(facts={"risk": "low"})
    story.accept("welcome")
    story.complete("welcome")
    story.accept("find_place")
    told = change(story, "risk", "imminent")
    assert kinds(told) == [FactChanged, e.LimitMoved, e.AlertQueued]
    assert alerts(told) == [(AlertPurpose.LIMIT_MOVED, "casa_uno_ref")]


def test_a_step_whose_needs_are_met_later_is_decided_by_the_fact_of_then() -> None:
    story = Story().opened(facts={"risk": "low"})
    change(story, "risk", "imminent")
    story.accept("welcome")
    assert (AlertPurpose.TELL, "questura_ref") in alerts(story.complete("welcome"))


def test_a_step_that_waits_for_her_consent_was_decided_and_stays() -> None:
    """Without `looked_at: again` a condition is looked at once, when the step could begin."""
    own = INTAKE.replace(
        "    needs: [welcome]\n    when: {wants", "    consent: legal\n    needs: [welcome]\n    when: {wants"
    )
    story = Story(library((own, SHELTER))).opened(facts={"wants_legal_help": True})
    story.accept("welcome")
    story.complete("welcome")
    assert kinds(change(story, "wants_legal_help", value=False)) == [FactChanged]
    given = story.say(c.GiveConsent, consent="legal")
    assert e.StepStarted in kinds(given)
