"""What the state keeps of messages, for `evolving`: those that the rules wait for, until the carrier's last word."""

from collections.abc import Mapping
from datetime import datetime

from procedures import events as e
from procedures.alert_events import ECHOES
from procedures.case import AlertNote, AlertState, CallNote, CaseState, PartyKind, StepRun
from procedures.changing import change_step, changed, set_handoff


def note_alert(state: CaseState, event: e.AlertQueued) -> CaseState:
    """Keep an alert that asks for something about a handoff, or belongs to a call. Mere news is not waited for."""
    if event.purpose in ECHOES:
        return state  # it draws nothing, so that every other reference stays what it would be without it
    state = changed(state, drawn=state.drawn + 1)
    asks = event.link is not e.LinkUse.NONE or event.purpose is e.AlertPurpose.TELL
    if event.about is not None and asks:
        note = AlertNote(person=event.person, to=event.to.kind, call=event.call)
        return _of_handoff(state, event.alert_id, event.about, note)
    if event.call is not None and event.step is not None:
        call = CallNote(
            person=event.person, to=event.to.kind, call=event.call, purpose=event.purpose.value, about=event.about
        )
        return _of_step(state, event.alert_id, (event.run_id, event.step), call)
    return state


def note_nobody(state: CaseState, event: e.NobodyToCall) -> CaseState:
    """As if an alert had failed: so the call is made again."""
    state = changed(state, drawn=state.drawn + 1)
    call = CallNote(
        person="",
        to=PartyKind.COORDINATOR,
        state=AlertState.FAILED,
        settled_at=event.at,
        call=event.call,
        purpose=event.purpose.value,
        about=event.about,
    )
    if event.purpose is e.AlertPurpose.COORDINATOR and event.about is not None:
        note = AlertNote(person="", to=call.to, state=call.state, settled_at=event.at, call=event.call)
        return _of_handoff(state, event.alert_id, event.about, note)
    return _of_step(state, event.alert_id, (event.run_id, event.step), call)


def note_word(state: CaseState, alert_id: str, word: AlertState, at: datetime) -> CaseState:
    """Keep what became of an alert, where it is one that is waited for."""
    ref, place = state.alert_of.get(alert_id), state.call_of.get(alert_id)
    if ref is not None:
        alerts = state.handoffs[ref].alerts
        settled = changed(alerts[alert_id], state=word, settled_at=at)
        return set_handoff(state, ref, alerts={**alerts, alert_id: settled})
    if place is None:
        return state

    def settle(step: StepRun) -> StepRun:
        call = changed(step.calls[alert_id], state=word, settled_at=at)
        return changed(step, calls={**step.calls, alert_id: call})

    return change_step(state, *place, settle)


def _of_handoff(state: CaseState, alert_id: str, ref: str, note: AlertNote) -> CaseState:
    before = state.handoffs[ref].alerts
    stale = _in_vain(before, note)
    kept = {known: alert for known, alert in before.items() if known not in stale}
    listed = {known: of for known, of in state.alert_of.items() if known not in stale}
    state = set_handoff(state, ref, alerts={**kept, alert_id: note})
    return changed(state, alert_of={**listed, alert_id: ref})


def _of_step(state: CaseState, alert_id: str, place: tuple[str, str], note: CallNote) -> CaseState:
    run_id, name = place
    before = state.runs[run_id].steps[name].calls
    stale = _in_vain(before, note)
    kept = {known: call for known, call in before.items() if known not in stale}
    listed = {known: of for known, of in state.call_of.items() if known not in stale}
    state = change_step(state, run_id, name, lambda step: changed(step, calls={**kept, alert_id: note}))
    return changed(state, call_of={**listed, alert_id: place})


def _in_vain(before: Mapping[str, AlertNote] | Mapping[str, CallNote], new: AlertNote) -> set[str]:
    """Earlier alerts of the same call to the same person that failed: a weekend of them would weigh on the state."""
    if new.call is None:
        return set()
    again = ((known, note) for known, note in before.items() if (note.call, note.person) == (new.call, new.person))
    return {known for known, note in again if note.state is AlertState.FAILED}
