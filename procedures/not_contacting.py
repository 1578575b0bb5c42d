"""*Never contact again*: whatever rests on her consent stops, and nobody asks her, until she says otherwise."""

from procedures.cancelling import stop_for_her
from procedures.case import CaseStatus
from procedures.commands import CancelReason
from procedures.consenting import is_contact
from procedures.drafting import Draft
from procedures.events import ContactAllowed, ContactForbidden


def never_again(draft: Draft) -> None:
    """She said so. It holds for a case that is over too: it may be reopened one day.

    What is asked for under a consent is called off and the services are told; the steps that wait for one are left out,
    each when its turn comes. What has a basis in law goes on.
    """
    if draft.state.no_contact_since is not None:
        return
    draft.note(ContactForbidden(at=draft.now))
    if draft.state.status is not CaseStatus.OPEN:
        return
    for handoff in draft.open_handoffs():
        step = draft.step(handoff.run_id, handoff.step)
        if is_contact(draft.library, draft.pathway(handoff.run_id), step):
            stop_for_her(draft, handoff, CancelReason.HER_WISH)


def again(draft: Draft) -> None:
    """She says otherwise. What was stopped stays so; what she had agreed to is asked anew."""
    if draft.state.no_contact_since is not None:
        draft.note(ContactAllowed(at=draft.now))
