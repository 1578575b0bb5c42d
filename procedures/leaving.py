"""Somebody left the network: what stood with her alone goes to others of the service, or to the coordination."""

from procedures.case import AlertState, Handoff, HandoffState, PartyKind
from procedures.drafting import Draft
from procedures.events import AlertPurpose, AlertWithdrawn, HolderLeft, LinkUse
from procedures.placing import FIRST_ALERT, LINK, hand_to_coordinator

HEARD = frozenset({AlertState.QUEUED, AlertState.SETTLED})


def people_left(draft: Draft) -> None:
    """Ask somebody else for each open handoff for which nobody was written to who is still of the network.

    What she brought home stays done, and what she took stays taken by her service.
    """
    for handoff in draft.open_handoffs():
        heard = {name: note for name, note in handoff.alerts.items() if note.state in HEARD}
        gone = {name: note for name, note in heard.items() if note.person not in draft.directory.people}
        for name, note in gone.items():
            if note.state is AlertState.QUEUED:
                draft.note(AlertWithdrawn(at=draft.now, alert_id=name))
        if gone and len(gone) == len(heard) and not handoff.waits_for_a_pick:
            _ask_others(draft, handoff)


def _ask_others(draft: Draft, handoff: Handoff) -> None:
    draft.note(HolderLeft(at=draft.now, ref=handoff.ref))
    party = (handoff.accepted_party or handoff.owner) if not handoff.overdue else handoff.owner
    if party.kind is PartyKind.SERVICE and party.id not in draft.directory.services:
        hand_to_coordinator(draft, handoff.ref)
        return
    accepted = handoff.state is HandoffState.ACCEPTED
    purpose = AlertPurpose.RESULT_LINK if accepted else FIRST_ALERT[handoff.mode]
    before = len(draft.events)
    draft.alert(purpose, handoff, to=party, link=LinkUse.RESULT if accepted else LINK[handoff.mode])
    if len(draft.events) == before:
        hand_to_coordinator(draft, handoff.ref)
