"""Calls: what somebody of the network must come to know, person after person, until a carrier has reached one.

The last link is the coordination: each of its people is tried, and all of them again after a while, for there is
nobody behind them (docs/decisions/0017). Nobody who is excluded is ever called.
"""

from dataclasses import dataclass

from procedures.case import (
    UNANSWERED_STATES,
    AlertNote,
    AlertState,
    CallNote,
    Giver,
    Handoff,
    HandoffMode,
    Party,
    PartyKind,
)
from procedures.drafting import Draft
from procedures.events import AlertPurpose, LinkUse, NobodyToCall
from procedures.timing import Due

AT_THE_DESK = frozenset({AlertPurpose.CONSENT_NEEDED, AlertPurpose.CONSENT_ENDS, AlertPurpose.PICK_NEEDED})
"""What whoever opened the case is called for before the coordination."""


@dataclass(frozen=True)
class Call:
    """What is called for, and under which id: that of the call's first alert."""

    id: str
    purpose: AlertPurpose
    run_id: str
    step: str
    about: str | None = None


def call_coordination(draft: Draft, handoff: Handoff, purpose: AlertPurpose = AlertPurpose.COORDINATOR) -> None:
    """Begin to call the coordination: for the baton itself, or for something else about the handoff."""
    _begin(draft, Call(draft.draw_id("alert"), purpose, handoff.run_id, handoff.step, handoff.ref))


def call_for_consent(draft: Draft, run_id: str, step: str, purpose: AlertPurpose = AlertPurpose.CONSENT_NEEDED) -> None:
    """Begin to call those who can ask her: whoever opened the case, then the coordination."""
    _begin(draft, Call(draft.draw_id("alert"), purpose, run_id, step))


def call_to_pick(draft: Draft, handoff: Handoff) -> None:
    """Begin to call those who can pick who is asked: whoever opened the case, then the coordination."""
    _begin(draft, Call(draft.draw_id("alert"), AlertPurpose.PICK_NEEDED, handoff.run_id, handoff.step, handoff.ref))


def call_about_run(draft: Draft, run_id: str, step: str) -> None:
    """Begin to call the coordination: the pathway as a whole is late. `step` is one that goes on."""
    _begin(draft, Call(draft.draw_id("alert"), AlertPurpose.PATHWAY_LATE, run_id, step))


def alarm_coordination(draft: Draft, purpose: AlertPurpose) -> None:
    """Tell everybody of the coordination at once, whatever became of the case: nothing waits for their answer."""
    party, first = draft.coordinator_party(), next(iter(draft.state.runs))
    for person in draft.people_of(party):
        draft.tell_party(purpose, Giver(party=party, ref=opener(draft).ref), first, None, person=person)


def call_next(draft: Draft, alert_id: str) -> None:
    """An alert about a step failed: where the call still matters and nobody knows, go on to the next person."""
    run_id, name = draft.state.call_of[alert_id]
    step = draft.step_run(run_id, name)
    note = step.calls[alert_id]
    if draft.state.still_calls(step, note):
        made = [other for other in step.calls.values() if other.call == note.call]
        _go_on(draft, _of_step(run_id, name, note), made)


def call_next_for(draft: Draft, handoff: Handoff) -> None:
    """The coordination that holds the handoff was not reached: go on to the next of its people."""
    _go_on(draft, _of_baton(draft, handoff), handoff.calls)


def call_again(draft: Draft, due: Due) -> None:
    """Nobody was reached: call all of them again."""
    if due.ref:
        call = _of_baton(draft, draft.handoff(due.ref))
    else:
        calls = draft.step_run(due.run_id, due.step).calls.values()
        note = next(note for note in calls if (note.call or "") == due.to)
        call = _of_step(due.run_id, due.step, note)
    people = _people(draft, call)
    for party, person in people:
        _say(draft, call, party, person)
    if not people:
        _nobody(draft, call)


def _of_step(run_id: str, step: str, note: CallNote) -> Call:
    return Call(note.call or "", AlertPurpose(note.purpose), run_id, step, note.about)


def _of_baton(draft: Draft, handoff: Handoff) -> Call:
    known = next((alert.call for alert in handoff.calls if alert.call), None)
    call_id = known or draft.draw_id("alert")
    return Call(call_id, AlertPurpose.COORDINATOR, handoff.run_id, handoff.step, handoff.ref)


def _begin(draft: Draft, call: Call) -> None:
    people = _people(draft, call)
    if people:
        _say(draft, call, *people[0])
    else:
        _nobody(draft, call)


def _go_on(draft: Draft, call: Call, made: list[AlertNote] | list[CallNote]) -> None:
    """Each person once; after the last, time makes the call again."""
    if any(alert.state is not AlertState.FAILED for alert in made):
        return
    called = {alert.person for alert in made}
    left = [(party, person) for party, person in _people(draft, call) if person not in called]
    if left:
        _say(draft, call, *left[0])


def _people(draft: Draft, call: Call) -> list[tuple[Party, str]]:
    coordination = draft.coordinator_party()
    parties = [coordination]
    if call.purpose in AT_THE_DESK and opener(draft).party.kind is PartyKind.DESK:
        parties.insert(0, opener(draft).party)
    if call.about is None:
        return [(party, person) for party in parties for person in draft.people_of(party)]
    handoff = draft.handoff(call.about)
    return [(party, person) for party in parties for person in draft.people_about(handoff, party)]


def opener(draft: Draft) -> Giver:
    """Whoever opened the case: the only one who can ask her."""
    return next(run.giver for run in draft.state.runs.values() if run.parent_run is None)


def _say(draft: Draft, call: Call, party: Party, person: str) -> None:
    if call.about is None:
        giver = Giver(party=party, ref=opener(draft).ref)
        draft.tell_party(call.purpose, giver, call.run_id, call.step, person=person, call=call.id)
        return
    handoff = draft.handoff(call.about)
    link = LinkUse.NONE
    if call.purpose is AlertPurpose.COORDINATOR:
        asked = handoff.mode is HandoffMode.ASK and handoff.state in UNANSWERED_STATES
        link = LinkUse.ANSWER if asked else LinkUse.RESULT
    draft.alert(call.purpose, handoff, to=party, person=person, link=link, call=call.id)


def _nobody(draft: Draft, call: Call) -> None:
    draft.note(
        NobodyToCall(
            at=draft.now,
            run_id=call.run_id,
            step=call.step,
            alert_id=draft.draw_id("alert"),
            purpose=call.purpose,
            about=call.about,
            call=call.id,
        )
    )
