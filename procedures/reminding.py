"""Somebody at the desk does not wait for the next rung: whoever was asked is told once more that it waits.

It moves no clock and no rung: what was promised to her stays as it was.
"""

from procedures.case import UNANSWERED_STATES, Handoff, HandoffMode
from procedures.drafting import Draft
from procedures.errors import NobodyToRemind, NothingToRemind
from procedures.events import AlertPurpose, LinkUse


def remind(draft: Draft, handoff: Handoff) -> None:
    """Queue a reminder to whoever holds it.

    Raises:
        NothingToRemind: it was answered, is over, or asks for no answer.
        NobodyToRemind: nobody there may be written to.
    """
    if handoff.state not in UNANSWERED_STATES or handoff.mode is HandoffMode.TELL or handoff.waits_for_a_pick:
        raise NothingToRemind(ref=handoff.ref)
    before = len(draft.handoff(handoff.ref).alerts)
    draft.alert(AlertPurpose.REMINDER, handoff, to=handoff.owner, link=LinkUse.ANSWER)
    if len(draft.handoff(handoff.ref).alerts) == before:
        raise NobodyToRemind(ref=handoff.ref)
