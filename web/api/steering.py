"""Steering a case beyond its pathway: beginning a later step now, and deciding what that leaves owed."""

from procedures.commands import ActFirst, ContactAgain, ForgoStep, NeverContactAgain
from web.api.asked import ContactWish, Nothing, StepToBegin, StepToForgo
from web.api.cases import case_id, changed
from web.api.operations import Answer, Call


def act_first(call: Call[StepToBegin, Nothing]) -> Answer:
    """Begin it now; what it passes over stays owed."""
    body = call.body
    command = ActFirst(**call.asked(case_id(call)), run=body.pathway, step=body.step, reason=body.reason.value)
    return changed(call, command)


def forgo(call: Call[StepToForgo, Nothing]) -> Answer:
    """It is not needed any more."""
    body = call.body
    command = ForgoStep(**call.asked(case_id(call)), run=body.pathway, step=body.step, reason=body.reason.value)
    return changed(call, command)


def contact(call: Call[ContactWish, Nothing]) -> Answer:
    """She is never to be contacted again, or says otherwise."""
    kind = NeverContactAgain if call.body.contact == "never" else ContactAgain
    return changed(call, kind(**call.asked(case_id(call))))
