"""Picking: where a procedure leaves it to the operator, she says which of those that may be asked is asked.

Nobody is guessed and nobody comes next by itself: a service that declines, cannot be reached or stays silent until a
`next_service` brings the question back to the desk (docs/decisions/0030).
"""

from datetime import datetime

from procedures import commands as c
from procedures.case import UNANSWERED_STATES, CaseState, Handoff
from procedures.directory import Directory, Service
from procedures.drafting import Draft
from procedures.events import AlertPurpose, ServicePicked
from procedures.pick_errors import NotAmongThem, NothingToPick
from procedures.placing import ask, choose, competence_for
from procedures.schema import Library, StartStep


def pickable(state: CaseState, library: Library, directory: Directory, ref: str, now: datetime) -> tuple[Service, ...]:
    """Who can be picked for this handoff at `now` (aware, UTC), the first one first; nobody where nothing is to be."""
    handoff = state.handoffs[ref]
    draft = Draft(state, library, directory, now)
    step = draft.step(handoff.run_id, handoff.step)
    if not handoff.to_pick or handoff.state not in UNANSWERED_STATES or isinstance(step, StartStep):
        return ()
    return choose(draft, handoff.run_id, step, competence_for(step, handoff)).among


def pick(draft: Draft, command: c.PickService, handoff: Handoff) -> None:
    """Ask the service that was picked; what was asked of the desk is over.

    The coordinator who holds it, because nobody picked in time, may pick too, or the desk may still do so.
    Raises NothingToPick, NotAmongThem.
    """
    step = draft.step(handoff.run_id, handoff.step)
    if not handoff.to_pick or handoff.state not in UNANSWERED_STATES or isinstance(step, StartStep):
        raise NothingToPick(ref=handoff.ref)
    found = pickable(draft.state, draft.library, draft.directory, handoff.ref, draft.now)
    among = {service.id: service for service in found}
    if command.service not in among:
        raise NotAmongThem(service=command.service, ref=handoff.ref, known=", ".join(among) or "-")
    draft.withdraw_alerts(handoff.ref)
    draft.withdraw_calls(handoff.run_id, handoff.step)
    draft.note(
        ServicePicked(at=draft.now, ref=handoff.ref, actor=command.actor, service=command.service, out_of=len(among))
    )
    if handoff.overdue:
        draft.alert(AlertPurpose.WITHDRAWN, handoff, to=handoff.owner)
    ask(draft, handoff.run_id, step, handoff.giver, among[command.service], anew=handoff.overdue)
