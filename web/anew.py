"""`/cases/CODE/anew/RUN/STEP`: another result for a step that is done, and what becomes of whatever hangs on it."""

from starlette.responses import RedirectResponse, Response

from models.reads import seen_case
from models.views import CaseView, RunView
from procedures.case import StepState
from procedures.commands import DecideAnew
from procedures.deciding_anew import under_way_after
from procedures.errors import NeverAnew, Refused, UnknownCase
from procedures.language.facts import OPERATOR
from procedures.schema import AskStep, AwaitStep
from web.doorkeeper import AtCases, Visit
from web.evidence import asked_results
from web.forms import Form, Typed, command_id, under, word, words
from web.pages import say
from web.refusals import status_of, told
from web.rooms import rooms
from web.saying import ANEW_REASONS

router = rooms()


@router.api_route("/cases/{code}/anew/{run}/{step}", methods=["GET", "HEAD"])
def read(code: str, run: str, step: str, visit: AtCases) -> Response:
    """The results that it can have, and what hangs on it."""
    return _page(visit, code, run, step)


@router.post("/cases/{code}/anew/{run}/{step}")
def decide(code: str, run: str, step: str, form: Form, visit: AtCases) -> Response:
    """Record it, then go back to the case."""
    view, found = _step(visit, code, run, step)
    choices = under(form, "hanging")
    said = {
        "run": found.ref,
        "step": step,
        "result": word(form, "result"),
        "evidence": under(form, "evidence"),
        "reason": word(form, "reason"),
        "by": word(form, "by") or OPERATOR,
        "keep": frozenset(name for name, choice in choices.items() if choice == "keep"),
        "cancel": frozenset(name for name, choice in choices.items() if choice == "cancel"),
    }
    asked = visit.asked(command_id(form, "anew"), view.row.case_id)
    try:
        visit.handle(code, DecideAnew.model_validate({**asked, **said}))
    except UnknownCase:
        raise
    except Refused as refusal:
        fault = told(refusal, visit.names)
        return _page(visit, code, run, step, fault=fault, typed=words(form), status=status_of(refusal))
    return RedirectResponse(f"/cases/{view.row.code}", status_code=303)


def _step(visit: Visit, code: str, run: str, step: str) -> tuple[CaseView, RunView]:
    """Raises UnknownCase where there is no such case, pathway or decided step."""
    house = visit.desk.house
    view = seen_case(house, code.upper(), visit.operator.actor)
    found = next((one for one in view.runs if one.ref == run), None)
    known = view.state.runs[found.run_id].steps.get(step) if found else None
    if found is None or known is None or known.state is not StepState.DONE:
        raise UnknownCase
    return view, found


def _page(
    visit: Visit, code: str, run: str, step: str, *, fault: str = "", typed: Typed | None = None, status: int = 200
) -> Response:
    names = visit.names
    view, found = _step(visit, code, run, step)
    pinned = names.pinned(found.content_hash)
    text = pinned.steps.get(step) if pinned else None
    if pinned is None or not isinstance(text, AskStep | AwaitStep):
        raise UnknownCase
    if text.final:
        fault = told(NeverAnew(step=step), names)
    state = view.state.runs[found.run_id]
    values = {
        "code": view.row.code,
        "drill": view.row.drill,
        "title": names.step(found.content_hash, step),
        "result": names.result(found.content_hash, step, state.steps[step].result or ""),
        "results": [] if text.final else asked_results(text, found.content_hash, names),
        "hanging": [(name, names.step(found.content_hash, name)) for name in under_way_after(pinned, state, step)],
        "reasons": [(str(reason), say(visit.language, text)) for reason, text in ANEW_REASONS.items()],
        "voices": [(body, names.agreeing(body)) for body in text.anew_by],
        "fault": fault,
        "typed": {"reason": "", "by": "", "result": "", **(typed or {})},
    }
    return visit.page("anew.html", "case", values, status=status)
