"""One example of everything, out of the invented network. They stand in the description."""

from collections.abc import Mapping
from typing import Any, Final

Example = Mapping[str, Any]
CODE: Final = "C-7KQ4-M9TX"
REF: Final = "7KQ4M-9TX2C"
KEY: Final = "0197a3c2-5b1e-7c44-9a0e-3f6f8f1f2b10"
OPENED_AT: Final = "2026-11-24T20:00:00Z"
DUE_AT: Final = "2026-11-24T20:15:00Z"

CIRCUMSTANCES: Example = {
    "pathway": "shelter",
    "territory": "valle_chiara",
    "facts": {"risk": "high", "needs_transport": True, "incident_at": "2026-11-24T18:30:00+01:00"},
    "consents": ["shelter"],
    "exclusions": [],
}
CASE_TO_OPEN: Example = {**CIRCUMSTANCES, "desk": "sportello_luna", "drill": False}
CONSENT: Example = {
    "consent": "shelter",
    "answer": "given",
    "how": "in_person",
    "language": "it",
    "until": "2027-02-28T23:00:00Z",
}
FACTS: Example = {"facts": {"risk": "imminent"}, "reason": "something_happened", "on_word_of": "operator"}
SIGNAL: Example = {
    "signal": "found",
    "said_by": "police",
    "evidence": {"place_confirmed_at": "2026-11-24T20:15:00+01:00"},
}
COMPLETION: Example = {"result": "housed", "evidence": {"place_confirmed_at": "2026-11-24T20:15:00+01:00"}}

ASKING: Example = {
    "ref": REF,
    "step": "find_place",
    "service": "casa_approdo",
    "state": "requested",
    "accept_by": DUE_AT,
}
OPENED: Example = {"code": CODE, "handoffs": [ASKING]}
WORK_CODE: Final = "N-7KQ4-M9TX"
WORK_TO_START: Example = {
    "pathway": "tavolo_meeting",
    "territory": "valle_chiara",
    "facts": {"meeting_at": "2027-02-01T15:00:00+01:00"},
    "drill": False,
}
WORK_STARTED: Example = {
    "code": WORK_CODE,
    "handoffs": [{**ASKING, "step": "convene", "service": "servizi_sociali_valle"}],
}
WORK_COMING: Example = {
    "coming": [
        {
            "pathway": "tavolo_meeting",
            "territory": "valle_chiara",
            "due_at": "2027-01-18T15:00:00Z",
            "leads_up_to": "meeting_at",
        }
    ]
}
PICKABLE: Example = {"ref": REF, "services": ["casa_approdo", "casa_mirto"]}
NOTICE: Example = {"ref": REF, "steps": [{"step": "find_place", "state": "done", "result": "housed"}]}
CHANGED: Example = {"code": CODE, "status": "open", "handoffs": [ASKING], "cancelled": []}
HANDOFF_CHANGED: Example = {
    "ref": REF,
    "state": "accepted",
    "late": False,
    "complete_by": "2026-11-25T00:05:00Z",
    "waits_for_second": False,
    "waits_to_be_confirmed": False,
    "agreed_by": [],
    "asked_next": [],
}
CASE_LINE: Example = {
    "code": CODE,
    "status": "open",
    "territory": "valle_chiara",
    "drill": False,
    "opened_at": OPENED_AT,
    "ended_at": None,
    "events": 7,
    "open_handoffs": 1,
    "overdue_handoffs": 0,
    "due_at": DUE_AT,
}
WORK: Example = {"cases": [{**CASE_LINE, "code": WORK_CODE}], "next": None}
CASES: Example = {"cases": [CASE_LINE], "next": None}
HANDOFF: Example = {
    "ref": REF,
    "case": CODE,
    "pathway": "shelter",
    "step": "find_place",
    "mode": "ask",
    "service": "casa_approdo",
    "owner": {"kind": "service", "id": "casa_approdo"},
    "state": "alerted",
    "overdue": False,
    "drill": False,
    "requested_at": OPENED_AT,
    "accept_by": DUE_AT,
    "acknowledged_at": None,
    "accepted_at": None,
    "complete_by": None,
    "due_at": DUE_AT,
    "ended_at": None,
    "result": None,
    "reason": None,
}
HANDOFFS: Example = {"handoffs": [HANDOFF], "next": None}
PATHWAY: Example = {
    "ref": "M9TX2-7KQ4C",
    "pathway": "shelter",
    "state": "running",
    "outcome": None,
    "started_at": OPENED_AT,
    "ended_at": None,
}
CASE: Example = {
    **CASE_LINE,
    "pathways": [PATHWAY],
    "handoffs": [HANDOFF],
    "awaited_consents": [],
    "owed": [],
    "no_contact_since": None,
}
TRAIL: Example = {
    "events": [
        {
            "seq": 1,
            "at": OPENED_AT,
            "kind": "case_opened",
            "pathway": None,
            "actor": "program:0197a3c2-0000-7c44-9a0e-3f6f8f1f2b10",
            "road": "api",
            "event": {"code": CODE, "territory": "valle_chiara", "desk": "sportello_luna", "drill": False},
        }
    ],
    "next": None,
}
COMMAND: Example = {
    "id": KEY,
    "state": "done",
    "at": OPENED_AT,
    "case": CODE,
    "events": ["case_opened", "pathway_started", "step_started", "handoff_requested", "alert_queued"],
}
WHO: Example = {
    "steps": [
        {
            "pathway": "shelter",
            "step": "find_place",
            "when": "now",
            "service": "casa_approdo",
            "coordinator": "coordinamento_valle",
            "channel": "email",
        }
    ]
}
