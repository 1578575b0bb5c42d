"""What stands behind one handoff: who can be picked for it, and what a notice says."""

from models.addressing import ANSWER_LINK_LASTS
from models.programs import Operation as May
from models.views import HandoffRow, case_state
from procedures.case import CaseState
from procedures.commands import AcknowledgeHandoff
from procedures.notice_errors import NothingToRead
from procedures.notices import may_be_read, notice_lines
from procedures.picking import pickable
from web.api import examples
from web.api.answered import Notice, NoticeStep, Pickable
from web.api.asked import Nothing
from web.api.handoffs import current_handoff, visible
from web.api.operations import Answer, AnyCall, Call, Operation

HANDOFF = "/handoffs/{ref}"


def pickable_services(call: Call[Nothing, Nothing]) -> Answer:
    """Who can be picked now, by the same function that picks. Raises UnknownHandoff."""
    row = visible(call)
    library, state = call.desk.house.procedures.library(), _state_of(call, row)
    found = pickable(state, library, call.directory, row.ref, call.desk.now)
    return Answer(Pickable(ref=row.ref, services=[service.id for service in found]))


def read_notice(call: Call[Nothing, Nothing]) -> Answer:
    """What a notice says, as long as its link opens it; that it was read is noted.

    Raises UnknownHandoff, NothingToRead.
    """
    row = visible(call)
    _notice(call, row, _state_of(call, row))
    handled = call.desk.house.handling.handle(AcknowledgeHandoff(**call.asked(row.case_id), ref=row.ref))
    return Answer(_notice(call, row, call.state_of_then(handled)))


def _notice(call: AnyCall, row: HandoffRow, state: CaseState) -> Notice:
    library, handoff = call.desk.house.procedures.library(), state.handoffs[row.ref]
    pathway = library.by_hash[state.runs[handoff.run_id].content_hash]
    over = call.desk.now >= handoff.requested_at + ANSWER_LINK_LASTS
    if over or not may_be_read(library, pathway, state, handoff):
        raise NothingToRead(ref=row.ref)
    lines = notice_lines(library, pathway, state, handoff)
    return Notice(ref=row.ref, steps=[NoticeStep(step=one.step, state=one.state, result=one.result) for one in lines])


def _state_of(call: AnyCall, row: HandoffRow) -> CaseState:
    return case_state(call.desk.house.database, call.desk.house.keyring, row.case_code)


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        name="pickable_services",
        method="GET",
        path=f"{HANDOFF}/pick",
        summary="Who can be picked now, where the procedure leaves it to the operator.",
        run=pickable_services,
        answer=Pickable,
        example=examples.PICKABLE,
        may=May.HANDOFFS_PICK,
        refusals=frozenset({404}),
    ),
    Operation(
        name="read_notice",
        method="POST",
        path=f"{HANDOFF}/read",
        summary="What a notice says behind its link, within 72 hours. That it was read is noted.",
        run=read_notice,
        answer=Notice,
        example=examples.NOTICE,
        may=May.HANDOFFS_ACKNOWLEDGE,
        changes=True,
        current=current_handoff,
        refusals=frozenset({404, 409}),
    ),
)
