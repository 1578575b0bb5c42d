"""The shipped procedures in the hands of the rules: carried from the first call to the last result."""

from itertools import product

import pytest

from procedures.case import CaseStatus, Handoff, HandoffMode, StepState
from procedures.commands import AcceptHandoff, CompleteHandoff, Road, SettleAlert
from procedures.loading import shipped_library
from procedures.schema import AskStep, AwaitStep, EvidenceType, Result
from tests.making import Story, directory, service
from tests.unit.test_pathways import COMPETENCES

EVERYTHING = {
    "risk": "imminent",
    "incident_at": "2026-11-24T18:00+00:00",
    "sexual_violence": True,
    "injuries": True,
    "children_present": True,
    "relationship": "former_partner",
    "needs_shelter": True,
    "needs_transport": True,
    "wants_to_report": True,
    "wants_legal_help": True,
    "wants_psychological_help": True,
}
CONSENTS = frozenset({"intake", "shelter", "legal", "psychological"})
SHOWN = {
    EvidenceType.DATETIME: "2026-11-24T21:00+00:00",
    EvidenceType.DATE: "2026-11-24",
    EvidenceType.INTEGER: 3,
    EvidenceType.BOOLEAN: True,
    EvidenceType.REFERENCE: "RG-1/2026",
    EvidenceType.CHOICE: "high",
}


def begin(**changes: object) -> Story:
    """A case in a network where every competence is there once."""
    services = [service(f"{competence}_one", competence) for competence in sorted(COMPETENCES)]
    story = Story(shipped_library(), directory(*services))
    return story.opened(**{"facts": EVERYTHING, "consents": CONSENTS} | changes)


def results_of(story: Story, handoff: Handoff) -> list[tuple[str, Result]]:
    """The results that the step of a handoff may end with."""
    run = story.state.runs[handoff.run_id]
    step = story.library.by_hash[run.content_hash].steps[handoff.step]
    assert isinstance(step, AskStep | AwaitStep)
    return list(step.results.items())


def answer(story: Story, handoff: Handoff, which: int) -> None:
    """A service takes what it is asked and comes back with one of the results; a notice arrives."""
    if handoff.mode is HandoffMode.TELL:
        for alert in handoff.alerts:
            values = {"alert_id": alert, "result": "accepted", "channel": "email", "settled_at": story.now}
            story.say(SettleAlert, **values, actor="carrier", road=Road.CARRIER)
        return
    if handoff.mode is HandoffMode.ASK:
        story.say(AcceptHandoff, ref=handoff.ref)
    name, result = results_of(story, handoff)[which]
    evidence = {field: SHOWN[kind] for field, kind in result.evidence.items()}
    story.say(CompleteHandoff, ref=handoff.ref, result=name, evidence=evidence)


def carry(story: Story, which: int) -> None:
    """Everybody answers at once, with the first (0) or the last (-1) of the results, until nothing is open."""
    while waiting := [handoff for handoff in story.state.handoffs.values() if handoff.is_open]:
        answer(story, waiting[0], which)


def outcomes(story: Story) -> dict[str, str | None]:
    return {run.pathway: run.outcome for run in story.state.runs.values()}


def test_a_case_that_needs_everything_runs_through_every_step_of_all_four_pathways() -> None:
    story = begin()
    carry(story, 0)
    assert {step.state for run in story.state.runs.values() for step in run.steps.values()} == {StepState.DONE}
    assert story.state.status is CaseStatus.CLOSED
    assert outcomes(story) == {
        "intake": "carried",
        "shelter": "housed",
        "legal": "assisted",
        "psychological": "supported",
    }


def test_a_case_in_which_all_goes_otherwise_ends_too() -> None:
    story = begin(facts=EVERYTHING | {"risk": "low"})
    carry(story, -1)
    assert story.state.status is CaseStatus.CLOSED
    assert outcomes(story) == {
        "intake": "not_reached",
        "shelter": "no_place",
        "legal": "not_wanted",
        "psychological": "not_wanted",
    }


def test_what_cannot_wait_begins_at_once_and_side_by_side() -> None:
    story = begin()
    asked = {handoff.step for handoff in story.state.handoffs.values()}
    care = {"welcome", "medical_care", "prevent_infection", "prevent_pregnancy", "find_place"}
    without_her_consent = {"tell_police", "talk_to_her"}
    assert asked == care | without_her_consent


@pytest.mark.parametrize(("risk", "consent"), list(product(["low", "unknown"], ["legal", "shelter", "psychological"])))
def test_without_a_consent_its_pathway_waits_and_the_others_go_on(risk: str, consent: str) -> None:
    facts = {name: value for name, value in EVERYTHING.items() if name != "risk"} | (
        {} if risk == "unknown" else {"risk": risk}
    )
    story = begin(facts=facts, consents=CONSENTS - {consent})
    carry(story, 0)
    (intake,) = [run for run in story.state.runs.values() if run.pathway == "intake"]
    assert intake.steps[consent].state is StepState.AWAITING_CONSENT
    assert set(outcomes(story)) == {"intake", "shelter", "legal", "psychological"} - {consent}
