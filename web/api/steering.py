"""Steering a case beyond its pathway."""

from procedures.commands import ActFirst, ContactAgain, DecideAnew, ForgoStep, NeverContactAgain, ReopenPathway
from procedures.errors import WrongEvidence
from web.api.asked import ContactWish, Nothing, PathwayToReopen, ResultAnew, StepToBegin, StepToForgo
from web.api.cases import case_id, changed
from web.api.failures import DoesNotFit, Fault
from web.api.operations import Answer, Call
from web.api.problems import WRITE


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


def reopen(call: Call[PathwayToReopen, Nothing]) -> Answer:
    """A pathway that is over begins anew."""
    body = call.body
    said = {"run": body.pathway, "reason": body.reason.value, "same_edition": body.same_edition}
    return changed(call, ReopenPathway(**call.asked(case_id(call)), **said))


def decide_anew(call: Call[ResultAnew, Nothing]) -> Answer:
    """Another result for a step that is done."""
    body = call.body
    said = {"run": body.pathway, "step": body.step, "result": body.result, "evidence": dict(body.evidence)}
    said["by"] = body.on_word_of
    hanging = {"keep": frozenset(body.keep), "cancel": frozenset(body.cancel)}
    try:
        command = DecideAnew(**call.asked(case_id(call)), **said, **hanging, reason=body.reason.value)
        return changed(call, command)
    except WrongEvidence as refusal:
        raise DoesNotFit([Fault("#/evidence", WRITE, {"expected": refusal.data["expected"]})]) from None
