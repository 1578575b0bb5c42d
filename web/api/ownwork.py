"""Starting and listing the network's own work, which concerns no survivor."""

from datetime import datetime
from http import HTTPStatus

from models.ids import CROCKFORD
from models.listing import cases_page
from models.programs import Operation as May
from models.scheduled import coming_work
from procedures.case import OWN_WORK
from procedures.commands import OpenCase
from procedures.evolving import replay
from web.api import examples
from web.api.answered import Cases, ComingWork, Opened, WorkComing
from web.api.asked import CasesQuery, Nothing, WorkToStart
from web.api.cases import check_desk
from web.api.operations import Answer, Call, Operation
from web.api.telling import asking, case_summary

PATH = "/network-work"


def start_work(call: Call[WorkToStart, Nothing]) -> Answer:
    """Start it. What is random in it follows from the caller's id, so that a repeat is the same work."""
    body = call.body
    check_desk(call.directory, body.desk)
    drawn = call.drawn(f"work:{call.idempotency_key}")
    letters = "".join(CROCKFORD[byte & 31] for byte in drawn[:8])
    handled = call.desk.house.handling.handle(
        OpenCase(
            **{**call.asked(""), "case_id": call.drawn(f"work id:{call.idempotency_key}").hex()[:32]},
            code=f"{OWN_WORK}{letters[:4]}-{letters[4:]}",
            seed=drawn[8:24].hex(),
            pathway=body.pathway,
            territory=body.territory,
            facts=dict(body.facts),
            desk=body.desk,
            drill=body.drill,
        )
    )
    events = [one.event for one in handled.events]
    state = replay(events)  # as it stood then, so that a repeat gets the very same answer
    started = Opened(code=state.code, handoffs=asking(events, state, call.services))
    return Answer(started, {"Location": f"/api/v1/cases/{state.code}"})


def list_work(call: Call[Nothing, CasesQuery]) -> Answer:
    """A page of it, the newest first."""
    query = call.query
    what = f"work {query.status or '*'} {query.territory or '*'}"
    before = None
    if query.cursor is not None:
        at, case_id = call.place(what, query.cursor)
        before = (datetime.fromisoformat(at), case_id)
    status = None if query.status is None else query.status.value
    found = cases_page(
        call.desk.house.database,
        status=status,
        territory=query.territory,
        before=before,
        limit=query.limit + 1,
        own_work=True,
    )
    shown, more = found[: query.limit], len(found) > query.limit
    last = shown[-1] if more else None
    following = call.cursor(what, last.opened_at.isoformat(), last.case_id) if last else None
    return Answer(Cases(cases=[case_summary(line) for line in shown], next=following))


def list_coming(call: Call[Nothing, Nothing]) -> Answer:
    """What begins by itself, soonest first."""
    found = coming_work(call.desk.house)
    coming = [
        WorkComing(pathway=one.pathway, territory=one.territory, due_at=one.due_at, leads_up_to=one.fact)
        for one in found
    ]
    return Answer(ComingWork(coming=coming))


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        name="start_network_work",
        method="POST",
        path=PATH,
        summary="Start the network's own work, which concerns no survivor: a meeting, a renewal, a test.",
        run=start_work,
        answer=Opened,
        example=examples.WORK_STARTED,
        may=May.NETWORK_START,
        body=WorkToStart,
        asked=examples.WORK_TO_START,
        status=HTTPStatus.CREATED,
        changes=True,
        refusals=frozenset({409}),
    ),
    Operation(
        name="list_network_work",
        method="GET",
        path=PATH,
        summary="The network's own work, the newest first. One of it is read, and called off, like a case.",
        run=list_work,
        answer=Cases,
        example=examples.WORK,
        may=May.NETWORK_READ,
        query=CasesQuery,
    ),
    Operation(
        name="list_coming_network_work",
        method="GET",
        path=f"{PATH}/coming",
        summary="The network's own work that begins by itself: what is due, then what comes next, soonest first.",
        run=list_coming,
        answer=ComingWork,
        example=examples.WORK_COMING,
        may=May.NETWORK_READ,
    ),
)
