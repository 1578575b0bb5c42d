"""Whatever a network looks like and whoever answers: nobody does both of two steps that are for two persons."""

from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procedures import commands as c
from procedures import events as e
from procedures.case import EMPTY, PartyKind, StepState
from procedures.directory import Directory, NetworkPerson, Service
from procedures.drafting import Draft
from procedures.errors import Refused
from procedures.evolving import evolve, replay
from procedures.persons import readers_of, takers_of
from procedures.whonow_case import who_in_case
from tests.making import Story, directory, library, service

ASK = """
    ask: %s
    title: {it: Chiedere, en: Ask}
    accept_within: 10 min
    complete_within: 4 h
    source: {text: "Invented for the tests", verified: false}
    escalate: [{after: 5 min, to: service}, {after: 8 min, to: deputy}, {after: 10 min, to: next_service},
      {after: 30 min, to: coordinator}]
"""
TEXT = f"""
pathway: intake
edition: 1
title: {{it: Tre, en: Three}}
consent: intake
steps:
  talk:{ASK % "first_contact"}
  assess:{ASK % "first_contact"}    needs: [talk]
    choose: {{other_person_than: talk}}
  again:{ASK % "first_contact"}    needs: [assess]
    choose: {{same_person_as: talk, other_person_than: assess}}
outcomes: {{over: talk}}
"""
LIBRARY = library([TEXT])
PEOPLE = tuple(f"p{number}" for number in range(6))
NETWORKS = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from([None, *PEOPLE]), st.sampled_from(["uno", "due"])),
    min_size=1,
    max_size=4,
)
MAILBOXES = st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), max_size=3)
"""Whose mailbox somebody reads instead of one of their own."""
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["accept", "accept", "records", "decline", "complete", "complete", "wait", "first", "lost"]),
        st.integers(0, 9),
        st.sampled_from([*PEOPLE, "coord_uno", "coord_due"]),
    ),
    max_size=18,
)


def network(rows: Sequence[tuple[str, str | None, str]], mailboxes: dict[str, str]) -> Directory:
    """Services whose people may be of several, and may share mailboxes."""

    def staffed(number: int, row: tuple[str, str | None, str]) -> Service:
        made = service(f"s{number}", "first_contact", body=row[2], rank=number)
        return made.model_copy(update={"referent": row[0], "deputy": row[1]})

    found = directory(*(staffed(number, row) for number, row in enumerate(rows)))
    beside = directory(service("beside", "police"))
    own = dict.fromkeys(PEOPLE, beside.people["beside_ref"].contacts[0])
    people: dict[str, NetworkPerson] = dict(found.people)
    for name in PEOPLE:
        read = mailboxes.get(name, name)
        contact = own[name].model_copy(update={"address": f"{read}@example.org"})
        people[name] = NetworkPerson(id=name, name=name, contacts=(contact,))
    return found.model_copy(update={"people": people})


def live(story: Story, act: str, pick: int, who: str) -> None:
    """One thing that somebody does, or time that goes by."""
    waiting = [handoff for handoff in story.state.handoffs.values() if handoff.is_open]
    desk = {"actor": "operator:1", "road": c.Road.DESK}
    with suppress(Refused):
        if act == "wait":
            story.wait(10)
        elif act == "first":
            story.say(c.ActFirst, run="", step=["assess", "again"][pick % 2], reason="imminent_danger", **desk)
        elif act == "lost":
            queued = [event.alert_id for event in story.trail if isinstance(event, e.AlertQueued)]
            lost = {"alert_id": queued[-1 - pick % len(queued)], "result": "failed", "channel": "email"}
            story.say(c.SettleAlert, **lost, settled_at=story.now, actor="carrier", road=c.Road.CARRIER)
        elif waiting:
            ref, by = waiting[pick % len(waiting)].ref, f"person:{who}"
            if act == "accept":
                story.say(c.AcceptHandoff, ref=ref, actor=by)
            elif act == "records":
                story.say(c.AcceptHandoff, ref=ref, person=who if pick % 2 else None, **desk)
            elif act == "decline":
                story.say(c.DeclineHandoff, ref=ref, actor=by, reason="full")
            else:
                story.say(c.CompleteHandoff, ref=ref, actor=by, result="done")


def takers(story: Story, step: str) -> frozenset[str]:
    handoffs = [handoff for handoff in story.state.handoffs.values() if handoff.step == step]
    return frozenset().union(*(takers_of(story.directory, handoff) for handoff in handoffs))


def nobody_kept_away_is_written_to(story: Story) -> None:
    """Of a service: of a coordination somebody has to answer for it."""
    state = EMPTY
    for event in story.trail:
        if isinstance(event, e.AlertQueued) and event.about and event.to.kind is PartyKind.SERVICE:
            away = Draft(state, story.library, story.directory, story.now).kept_away(state.handoffs[event.about])
            assert away.isdisjoint(readers_of(story.directory, event.person))
        state = evolve(state, event)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(rows=NETWORKS, mailboxes=MAILBOXES, acts=ACTS)
def test_two_steps_for_two_persons_are_never_one_persons_and_somebody_always_has_them(
    rows: list[tuple[str, str | None, str]], mailboxes: dict[str, str], acts: list[tuple[str, int, str]]
) -> None:
    story = Story(LIBRARY, network(rows, mailboxes)).opened(consents=frozenset({"intake"}), facts={})
    for act, pick, who in acts:
        live(story, act, pick, who)
        assert takers(story, "talk").isdisjoint(takers(story, "assess"))
        assert takers(story, "assess").isdisjoint(takers(story, "again"))
        assert who_in_case(story.state, story.library, story.directory, story.now) is not None
        (run,) = story.state.runs.values()
        for name, step in run.steps.items():
            held = [ref for ref in step.handoffs if story.state.handoffs[ref].is_open]
            assert len(held) == (step.state is StepState.ACTIVE), name
    nobody_kept_away_is_written_to(story)
    assert replay(story.trail) == story.state
    story.wait(24 * 60)
    waiting = [handoff for handoff in story.state.handoffs.values() if handoff.is_open]
    assert all(handoff.overdue or handoff.accepted_at for handoff in waiting), "a person is always reached in the end"
