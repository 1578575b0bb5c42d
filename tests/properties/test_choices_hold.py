"""Whatever a network looks like and whatever people answer: nobody is asked whom the procedure keeps out."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procedures import commands as c
from procedures.case import Handoff, HandoffState, StepState
from procedures.directory import Directory, Service
from procedures.errors import Refused
from procedures.evolving import replay
from tests.making import Story, directory, library, service

ASK = """
    ask: %s
    title: {it: Chiedere, en: Ask}
    accept_within: 10 min
    complete_within: 4 h
    source: {text: "Invented for the tests", verified: false}
    escalate: [{after: 10 min, to: next_service}, {after: 30 min, to: coordinator}]
"""
TEXT = f"""
pathway: intake
edition: 1
title: {{it: Tre, en: Three}}
consent: intake
steps:
  talk:{ASK % "first_contact"}
  visit:{ASK % "emergency_health"}    needs: [talk]
  assess:{ASK % "risk_assessment"}    needs: [visit]
    choose: {{different_from: [visit, talk], barred: police}}
  again:{ASK % "emergency_health"}    needs: [visit]
    choose: {{same_as: visit}}
outcomes: {{over: talk}}
"""
LIBRARY = library([TEXT])
COMPETENCES = ("first_contact", "emergency_health", "risk_assessment", "police")
NETWORKS = st.lists(
    st.tuples(st.sampled_from(COMPETENCES), st.sampled_from(["uno", "due", "tre"]), st.integers(1, 3)),
    min_size=4,
    max_size=14,
)
ACTS = st.lists(
    st.tuples(st.sampled_from(["accept", "decline", "complete", "wait", "first"]), st.integers(0, 9)), max_size=16
)


def network(rows: list[tuple[str, str, int]]) -> Directory:
    return directory(*(service(f"s{n}", what, body=body, rank=rank) for n, (what, body, rank) in enumerate(rows)))


def attempt(story: Story, kind: type[c.Command], **fields: object) -> None:
    with suppress(Refused):
        story.say(kind, **fields)


def live(story: Story, act: str, pick: int) -> None:
    """One thing that somebody does, or time that goes by."""
    waiting = [handoff for handoff in story.state.handoffs.values() if handoff.is_open]
    if act == "wait":
        story.wait(10)
    elif act == "first":
        (run,) = story.state.runs
        step = ["visit", "assess", "again"][pick % 3]
        attempt(story, c.ActFirst, run=run, step=step, reason="imminent_danger", actor="operator:1", road=c.Road.DESK)
    elif waiting:
        ref = waiting[pick % len(waiting)].ref
        kinds: dict[str, type[c.Command]] = {
            "accept": c.AcceptHandoff,
            "decline": c.DeclineHandoff,
            "complete": c.CompleteHandoff,
        }
        more = {"accept": {}, "decline": {"reason": "full"}, "complete": {"result": "done"}}[act]
        attempt(story, kinds[act], ref=ref, **more)


def bodies(story: Story, step: str) -> set[str]:
    """The bodies that have or had a step in hand."""
    services = story.directory.services
    found = [handoff for handoff in story.state.handoffs.values() if handoff.step == step and handoff.service]
    return {services[handoff.service or ""].body for handoff in found if in_hand(handoff)}


def in_hand(handoff: Handoff) -> bool:
    return handoff.is_open or (handoff.accepted_at is not None and handoff.state is not HandoffState.DECLINED)


def barred(services: list[Service], body: str) -> bool:
    return any("police" in one.competences for one in services if one.body == body)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(rows=NETWORKS, acts=ACTS)
def test_nobody_is_asked_whom_the_procedure_keeps_out_and_somebody_always_has_it(
    rows: list[tuple[str, str, int]], acts: list[tuple[str, int]]
) -> None:
    story = Story(LIBRARY, network(rows)).opened(consents=frozenset({"intake"}), facts={})
    for act, pick in acts:
        live(story, act, pick)
        services = list(story.directory.services.values())
        assessing = bodies(story, "assess")
        assert assessing.isdisjoint(bodies(story, "visit") | bodies(story, "talk"))
        assert not any(barred(services, body) for body in assessing)
        assert bodies(story, "again") <= bodies(story, "visit")
        (run,) = story.state.runs.values()
        for name, step in run.steps.items():
            held = [ref for ref in step.handoffs if story.state.handoffs[ref].is_open]
            assert len(held) == (step.state is StepState.ACTIVE), name
    assert replay(story.trail) == story.state
