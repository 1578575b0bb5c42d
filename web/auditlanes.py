"""`/audit/cases/CODE/lanes`: the case as lanes with its deadlines and escalations, drawn and as a table."""

from starlette.responses import Response

from models.audited import AuditedEvent, audited_case
from procedures.case import Party
from web.auditcase import shown_by
from web.doorkeeper import Auditing
from web.pages import say
from web.rooms import rooms
from web.saying import N_
from web.swimlanes import ESCALATIONS, HEIGHT, LEFT, ROUTINE, drawing, folded, lane_of

router = rooms()
THE_CASE = N_("the case")
DEADLINES = {"accept": N_("answer by:"), "complete": N_("result by:")}


@router.api_route("/audit/cases/{code}/lanes", methods=["GET", "HEAD"])
def read(code: str, visit: Auditing) -> Response:
    """The page."""
    case = audited_case(visit.desk.house, code.upper(), visit.operator.actor)
    words = shown_by(visit, case)
    said = {one.seq: words.event(one) for one in case.events}
    deadlines = {name: say(visit.language, text) for name, text in DEADLINES.items()}
    drawn = drawing(case, said, deadlines, visit.desk.now)
    lanes = {handoff.ref: lane_of(handoff) for handoff in case.handoffs}
    owners = {ref: Party(kind=kind, id=party_id) for ref, (kind, party_id) in lanes.items()}

    def lane(one: AuditedEvent) -> str:
        owner = owners.get(str(one.fields.get("ref", "")))
        return visit.names.party(owner) if owner else say(visit.language, THE_CASE)

    rows = [
        {
            "folded": some[0].kind in ROUTINE,
            "events": [(one.seq, one.at, said[one.seq], lane(one), one.kind in ESCALATIONS) for one in some],
        }
        for some in folded(case.events)
    ]
    values = {
        "case": case,
        "drawn": drawn,
        "names": [
            visit.names.party(Party(kind=one.owner[0], id=one.owner[1])) if one.owner else say(visit.language, THE_CASE)
            for one in drawn.lanes
        ],
        "rows": rows,
        "lane_height": HEIGHT,
        "left": LEFT,
        "promises": [
            (one.ref, words.names.step(one.content_hash, one.step), one.accept_by, one.complete_by)
            for one in case.handoffs
            if one.accept_by or one.complete_by
        ],
    }
    return visit.page("audit_lanes.html", "audit", values)
