"""`/audit/verify`: the check of the whole trail, started from a page, left, come back to, stopped and gone on with.

It is done in this process, in one thread that rests as long as it works: whoever opens a case meanwhile waits for it
less than for anybody else's page.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog
from starlette.responses import HTMLResponse, RedirectResponse, Response

from models.adding_accounts import operator_names
from models.audited import hidden_codes
from models.composition import House
from models.fault_words import FAULTS, taken_apart
from models.trail import TrailFault
from models.verify_jobs import (
    Job,
    VerifyState,
    claim_job,
    do_slice,
    go_on_with_job,
    last_job,
    start_job,
    stop_job,
)
from notifiers.faults import fault_said
from notifiers.language import said, translator
from procedures.errors import Refused, StaffettaError
from web.actors import who
from web.doorkeeper import Auditing, Visit, WatchingAudit
from web.forms import Form, FormNotUnderstood, word
from web.pages import draw
from web.refusals import status_of
from web.rooms import rooms

router = rooms()
WORKER = "desk-verify"
REST_AT_LEAST = 0.01
"""Seconds between two slices; else as long as the last one took."""
TRIES = 20
"""Slices in a row that the database refused, before it is left to whoever goes on with it."""


@dataclass(frozen=True)
class FaultLine:
    """One fault, said and explained."""

    code: str
    """Of the case; empty where it is about the house."""
    seq: int | None
    said: str
    meaning: str


def go_on(house: House) -> threading.Thread:
    """Work on the check that is under way, if nobody else does, in a thread of its own."""
    thread = threading.Thread(target=_work, args=(house,), name=WORKER, daemon=True)
    thread.start()
    return thread


def _work(house: House) -> None:
    worker = f"{house.worker(WORKER)}-{threading.get_ident()}"
    refused = 0
    while refused < TRIES:
        began = time.monotonic()
        try:
            if not claim_job(house, worker) or not do_slice(house, worker):
                return
            refused = 0
        except StaffettaError as failure:
            refused += 1
            structlog.get_logger().warning("verify-stumbled", failure=type(failure).__name__)
        time.sleep(max(REST_AT_LEAST, time.monotonic() - began))


@router.api_route("/audit/verify", methods=["GET", "HEAD"])
def read(visit: Auditing) -> Response:
    """The page."""
    return _page(visit)


@router.api_route("/audit/verify/live", methods=["GET", "HEAD"])
def fragment(visit: WatchingAudit) -> Response:
    """How far it came."""
    return HTMLResponse(draw("audit_verify_live.html", visit.language, _values(visit)))


@router.post("/audit/verify")
def act(form: Form, visit: Auditing) -> Response:
    """Start, stop or go on. Raises FormNotUnderstood."""
    house = visit.desk.house
    try:
        match word(form, "answer"):
            case "start":
                start_job(house, visit.operator.actor)
            case "stop":
                stop_job(house)
            case "go_on":
                go_on_with_job(house)
            case _:
                raise FormNotUnderstood
    except Refused as refusal:
        return _page(visit, fault=said(refusal, visit.language), status=status_of(refusal))
    go_on(house)
    return RedirectResponse("/audit/verify", status_code=303)


def _page(visit: Visit, *, fault: str = "", status: int = 200) -> Response:
    return visit.page("audit_verify.html", "audit", {**_values(visit), "fault": fault}, status=status)


def _values(visit: Visit) -> dict[str, object]:
    job = last_job(visit.desk.house.database, visit.desk.now)
    names = operator_names(visit.desk.house.database) if job else {}
    return {
        "job": job,
        "now": visit.desk.now,
        "running": job is not None and job.state is VerifyState.RUNNING,
        "stopped": job is not None and job.state is VerifyState.STOPPED,
        "left": job is not None and job.state is VerifyState.RUNNING and not job.working,
        "by": who(visit, names, job.started_by) if job else "",
        "faults": _shown(visit, fault_lines(job, visit.language)),
    }


def _shown(visit: Visit, lines: Sequence[FaultLine]) -> Sequence[FaultLine]:
    """A fault is shown to every auditor; not of which case, where she is excluded from it."""
    hidden = hidden_codes(visit.desk.house, {one.code for one in lines}, visit.operator.actor)
    return [replace(one, code="") if one.code in hidden else one for one in lines]


def fault_lines(job: Job | None, language: str) -> Sequence[FaultLine]:
    """What it found so far."""
    return [_line(one, language) for one in job.faults] if job else ()


def _line(one: TrailFault, language: str) -> FaultLine:
    meaning = FAULTS.get(one.code, "")
    explained = translator(language, "procedures").gettext(meaning) if meaning else ""
    return FaultLine(one.case_code, one.seq, fault_said(taken_apart(one.message), language), explained)
