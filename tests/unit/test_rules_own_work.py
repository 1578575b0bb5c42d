"""The network's own work as stories: it begins without a consent, knows no survivor, and never passes for a case."""

import pytest

from procedures import commands as c
from procedures.case import CaseStatus, HandoffState
from procedures.errors import (
    CaseIsNoOwnWork,
    NobodyConsents,
    OwnWorkIsNoCase,
    UnknownFact,
    UnknownPathway,
    UnknownReason,
)
from procedures.schema import Library
from tests.making import FACTS, INTAKE, SHELTER, Story, library

MEETING = """
pathway: tavolo
edition: 1
title: {it: Tavolo, en: Tavolo}
case: none
steps:
  convene:
    ask: police
    title: {it: Convocare, en: Convene}
    accept_within: 1 day
    complete_within: 3 days
    source: {text: "Invented for the tests", verified: false}
"""
MEETING_AT = "  meeting_at: {type: datetime, about: network, title: {it: Riunione, en: Meeting}}\n"
OWN: dict[str, object] = {
    "pathway": "tavolo",
    "code": "N-TEST-0001",
    "facts": {},
    "consents": frozenset(),
    "desk": None,
}


def both_kinds() -> Library:
    """Pathways about a survivor, and the meeting."""
    return library((INTAKE, SHELTER, MEETING), FACTS + MEETING_AT)


def meeting(**changes: object) -> Story:
    """The meeting was just called for."""
    return Story(both_kinds()).opened(**OWN | changes)


def test_it_begins_without_anybodys_consent_and_ends_like_any_other() -> None:
    story = meeting(facts={"meeting_at": "2027-02-01T15:00"})
    assert story.state.own_work
    assert story.handoff("convene").state is HandoffState.REQUESTED
    story.accept("convene")
    story.complete("convene")
    assert story.state.status is CaseStatus.CLOSED


def test_a_case_is_not_opened_with_it_nor_it_with_a_pathway_about_a_survivor() -> None:
    with pytest.raises(OwnWorkIsNoCase):
        meeting(code="C-TEST-0001")
    with pytest.raises(CaseIsNoOwnWork):
        meeting(pathway="intake")


@pytest.mark.parametrize(("code", "known"), [("C-TEST-0001", "intake, shelter"), ("N-TEST-0001", "tavolo")])
def test_of_a_pathway_that_is_not_there_only_those_of_the_same_door_are_named(code: str, known: str) -> None:
    with pytest.raises(UnknownPathway) as refused:
        meeting(code=code, pathway="nowhere")
    assert refused.value.data["known"] == known


@pytest.mark.parametrize("more", [{"consents": frozenset({"intake"})}, {"person": c.Person(note="x")}])
def test_nothing_about_a_person_comes_in_with_it(more: dict[str, object]) -> None:
    with pytest.raises(NobodyConsents):
        meeting(**more)


@pytest.mark.parametrize("kind", [c.GiveConsent, c.RefuseConsent, c.RevokeConsent])
def test_no_consent_is_ever_recorded_for_it(kind: type[c.Command]) -> None:
    story = meeting()
    with pytest.raises(NobodyConsents):
        story.say(kind, consent="intake")
    with pytest.raises(NobodyConsents):
        story.say(c.NeverContactAgain)


def test_its_facts_and_those_of_cases_are_kept_apart() -> None:
    with pytest.raises(UnknownFact):
        meeting(facts={"risk": "high"})
    with pytest.raises(UnknownFact):
        Story(both_kinds()).opened(facts={"meeting_at": "2027-02-01T15:00"})
    with pytest.raises(UnknownFact):
        meeting().say(c.ChangeFact, fact="risk", value="high", reason="something_happened")


def test_it_is_called_off_for_reasons_of_its_own() -> None:
    story = meeting()
    with pytest.raises(UnknownReason):
        story.say(c.CancelCase, reason="her_wish")
    story.say(c.CancelCase, reason="called_off")
    assert story.state.status is CaseStatus.CANCELLED
    with pytest.raises(UnknownReason):
        Story().opened().say(c.CancelCase, reason="called_off")
