"""`/reviews`: what was done without her consent, to be reviewed by whoever coordinates."""

from dataclasses import dataclass, replace
from datetime import datetime

from starlette.responses import RedirectResponse, Response

from models.reads import ReadKind, note_reads
from models.reviews import WaitingRun, waiting_runs
from models.views import case_id_of, case_view
from procedures.commands import ReviewSteps
from procedures.errors import Refused, UnknownCase
from procedures.reviewing import review_by
from web.doorkeeper import Coordinating, Visit
from web.forms import Form, FormNotUnderstood, command_id, word
from web.refusals import status_of, told
from web.rooms import rooms
from web.saying import FINDINGS

router = rooms()
MOST = 50


@dataclass(frozen=True)
class ReviewStep:
    """One step that was begun without her consent."""

    name: str
    title: str
    basis: str
    since: datetime


@dataclass(frozen=True)
class ReviewLine:
    """One pathway in which something waits."""

    code: str
    drill: bool
    run: str
    """Its reference."""
    title: str
    due_at: datetime
    steps: tuple[ReviewStep, ...]


@router.api_route("/reviews", methods=["GET", "HEAD"])
def read(visit: Coordinating) -> Response:
    """The page."""
    return _page(visit)


@router.post("/reviews/{code}")
def review(code: str, form: Form, visit: Coordinating) -> Response:
    """Somebody looked: it stands in the trail under her account."""
    finding = word(form, "finding")
    if finding not in FINDINGS or not word(form, "run"):
        raise FormNotUnderstood
    asked = visit.asked(command_id(form, "review"), visit.case_id(code))
    said = {"run": word(form, "run"), "step": word(form, "step"), "finding": finding}
    try:
        visit.handle(code, ReviewSteps.model_validate({**asked, **said}))
    except UnknownCase:
        raise
    except Refused as refusal:
        return _page(visit, fault=told(refusal, visit.names), status=status_of(refusal))
    return RedirectResponse("/reviews", status_code=303)


def _page(visit: Visit, *, fault: str = "", status: int = 200) -> Response:
    """What waits, once it is noted that she looks."""
    house = visit.desk.house
    found = waiting_runs(house.database, most=MOST, reach=visit.reach)
    ids = list(dict.fromkeys(case_id_of(house.database, one.code) for one in found))
    note_reads(house.database, ids, visit.operator.actor, ReadKind.CASE, visit.desk.now)
    rows = [_line(visit, one) for one in found]
    findings = [(str(finding), visit.names.words.gettext(said)) for finding, said in FINDINGS.items()]
    values = {"rows": rows, "findings": findings, "fault": fault, "most": MOST}
    return visit.page("reviews.html", "reviews", values, status=status)


def _line(visit: Visit, one: WaitingRun) -> ReviewLine:
    view = case_view(visit.desk.house.database, visit.desk.house.keyring, one.code)
    names = replace(visit.names, library=visit.names.library.seen_by(view.state.texts))
    run = view.state.runs[one.run_id]
    pinned = names.pinned(run.content_hash)
    steps = []
    for step in run.steps.values():
        known = pinned.steps.get(step.step) if pinned else None
        if step.review_since is not None:
            basis = known.basis.said(names.language) if known and known.basis else ""
            steps.append(ReviewStep(step.step, names.step(run.content_hash, step.step), basis, step.review_since))
    title = names.pathway(run.content_hash, run.pathway)
    return ReviewLine(one.code, one.drill, run.ref, title, review_by(one.since), tuple(steps))
