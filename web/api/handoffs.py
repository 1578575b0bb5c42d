"""Reading and answering handoffs. A key of one body meets those of its own services alone; the rest is not there."""

from datetime import datetime

from models.listing import handoffs_page
from models.pins import proven
from models.views import HandoffRow, handoff_view
from procedures.commands import (
    AcceptHandoff,
    AcknowledgeHandoff,
    AnyCommand,
    CompleteHandoff,
    DeclineHandoff,
    ExtendLimit,
    NoteFirstSign,
    PickService,
)
from procedures.errors import UnknownAgreeingBody, UnknownHandoff, WrongEvidence
from procedures.events import AnswerCameLate
from procedures.schema import AskStep, AwaitStep
from web.api.answered import HandoffChanged, Handoffs, HandoffStanding
from web.api.asked import Acceptance, Completion, Decline, HandoffsQuery, LongerTime, Note, Nothing, ServiceToAsk
from web.api.failures import DoesNotFit, Fault
from web.api.operations import Answer, AnyCall, Call
from web.api.problems import WRITE
from web.api.telling import asking, handoff_standing


def list_handoffs(call: Call[Nothing, HandoffsQuery]) -> Answer:
    """A page of handoffs, the newest first."""
    query = call.query
    what = f"handoffs {query.state or 'open'}"
    before = None
    if query.cursor is not None:
        at, ref = call.place(what, query.cursor)
        before = (datetime.fromisoformat(at), ref)
    state = None if query.state is None else query.state.value
    found = handoffs_page(
        call.desk.house.database, services=call.services, state=state, before=before, limit=query.limit + 1
    )
    shown, more = found[: query.limit], len(found) > query.limit
    last = shown[-1] if more else None
    return Answer(
        Handoffs(
            handoffs=[_standing(call, row) for row in shown],
            next=call.cursor(what, last.requested_at.isoformat(), last.ref) if last else None,
        )
    )


def current_handoff(call: AnyCall) -> HandoffStanding:
    """The handoff as it stands. Raises UnknownHandoff."""
    return _standing(call, visible(call))


def read_handoff(call: Call[Nothing, Nothing]) -> Answer:
    """The handoff as it stands."""
    return Answer(current_handoff(call))


def acknowledge(call: Call[Nothing, Nothing]) -> Answer:
    """Say: we have seen it."""
    row = visible(call)
    return _answered(call, row, AcknowledgeHandoff(**call.asked(row.case_id), ref=row.ref))


def accept(call: Call[Acceptance, Nothing]) -> Answer:
    """Say: we take it, and who does."""
    row, said = visible(call), call.body
    taken = AcceptHandoff(**call.asked(row.case_id), ref=row.ref, person=said.person)
    shown = bool(said.person) and proven(call.desk.house, row.case_code, taken, said.pin or "")
    return _answered(call, row, taken.model_copy(update={"proven": shown}))


def decline(call: Call[Decline, Nothing]) -> Answer:
    """Say: we cannot. The next service is asked at once, or the coordinator."""
    row = visible(call)
    return _answered(call, row, DeclineHandoff(**call.asked(row.case_id), ref=row.ref, reason=call.body.reason.value))


def complete(call: Call[Completion, Nothing]) -> Answer:
    """The result, with its evidence."""
    row = visible(call)
    given = {"result": call.body.result, "evidence": dict(call.body.evidence)}
    try:
        return _answered(call, row, CompleteHandoff(**call.asked(row.case_id), ref=row.ref, **given))
    except WrongEvidence as refusal:
        field = str(refusal.data["field"])
        # A field that the pathway declares may be named; one that the caller made up is not repeated.
        pointer = f"#/evidence/{field}" if field in _declared(call, row) else "#/evidence"
        raise DoesNotFit([Fault(pointer, WRITE, refusal.data)]) from None


def note(call: Call[Note, Nothing]) -> Answer:
    """A first sign of work: that clock stops."""
    row = visible(call)
    return _answered(call, row, NoteFirstSign(**call.asked(row.case_id), ref=row.ref))


def pick(call: Call[ServiceToAsk, Nothing]) -> Answer:
    """Who is asked, where the procedure leaves it to the operator. A key of one body sees no such handoff."""
    row = visible(call)
    return _answered(call, row, PickService(**call.asked(row.case_id), ref=row.ref, service=call.body.service))


def extend(call: Call[LongerTime, Nothing]) -> Answer:
    """Ask for longer time, or say that a body agrees. A key of one body speaks for its own competences alone."""
    row = visible(call)
    body, services = call.body.agreed_by, call.services
    if body is not None and services is not None:
        own = {name for service in services for name in call.directory.services[service].competences}
        if body not in own:
            raise UnknownAgreeingBody(body=body, known=", ".join(sorted(own)))
    return _answered(call, row, ExtendLimit(**call.asked(row.case_id), ref=row.ref, body=body))


def visible(call: AnyCall) -> HandoffRow:
    """The handoff in the address. Unknown and forbidden are the same (trust.md). Raises UnknownHandoff."""
    row = handoff_view(call.desk.house.database, call.path["ref"].upper())
    services = call.services
    if services is not None and row.service not in services:
        raise UnknownHandoff(ref=row.ref)
    return row


def _standing(call: AnyCall, row: HandoffRow) -> HandoffStanding:
    return handoff_standing(row, to_one_body=call.program.body is not None)


def _answered(call: AnyCall, row: HandoffRow, command: AnyCommand) -> Answer:
    handled = call.desk.house.handling.handle(command)
    state = call.state_of_then(handled)
    events = [one.event for one in handled.events]
    handoff = state.handoffs[row.ref]
    return Answer(
        HandoffChanged(
            ref=row.ref,
            state=handoff.state,
            late=any(isinstance(event, AnswerCameLate) for event in events),
            complete_by=handoff.complete_by,
            waits_to_be_confirmed=handoff.waits_to_be_confirmed,
            waits_for_second=handoff.is_open and handoff.proposed is not None,
            agreed_by=list(state.runs[handoff.run_id].steps[handoff.step].agreed),
            asked_next=asking(events, state, call.services),
        )
    )


def _declared(call: AnyCall, row: HandoffRow) -> frozenset[str]:
    step = call.desk.house.procedures.library().by_hash[row.content_hash].steps.get(row.step)
    results = step.results.values() if isinstance(step, AskStep | AwaitStep) else ()
    return frozenset(field for result in results for field in result.evidence)
