"""`/cases/CODE/steering`: what an operator can do beyond the pathway, each with a reason."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from procedures.commands import ActFirst, AnyCommand, ContactAgain, ForgoStep, NeverContactAgain, ReopenPathway
from procedures.errors import Refused, UnknownCase
from web.casepage import page
from web.doorkeeper import AtCases
from web.forms import Form, FormNotUnderstood, command_id, word, words
from web.refusals import status_of, told
from web.rooms import rooms

router = rooms()


@router.post("/cases/{code}/steering")
def steer(code: str, form: Form, visit: AtCases) -> Response:
    """Do it, then go back to the case."""
    kind = word(form, "answer")
    if kind not in ACTS:
        raise FormNotUnderstood
    asked = visit.asked(command_id(form, kind), visit.case_id(code))
    try:
        visit.handle(code, ACTS[kind](form, asked))
    except UnknownCase:
        raise
    except Refused as refusal:
        return page(visit, code, fault=told(refusal, visit.names), typed=words(form), status=status_of(refusal))
    return RedirectResponse(f"/cases/{code.upper()}", status_code=303)


def _step(form: FormData) -> dict[str, str]:
    """The step that was chosen, and the reason; the choice holds the reference of its pathway before it."""
    run, _, step = word(form, "step").partition(" ")
    if not step:
        raise FormNotUnderstood
    return {"run": run, "step": step, "reason": word(form, "reason")}


def _act_first(form: FormData, asked: Mapping[str, Any]) -> AnyCommand:
    return ActFirst.model_validate({**asked, **_step(form)})


def _forgo(form: FormData, asked: Mapping[str, Any]) -> AnyCommand:
    return ForgoStep.model_validate({**asked, **_step(form)})


def _never_contact(_form: FormData, asked: Mapping[str, Any]) -> AnyCommand:
    return NeverContactAgain.model_validate(asked)


def _contact_again(_form: FormData, asked: Mapping[str, Any]) -> AnyCommand:
    return ContactAgain.model_validate(asked)


def _reopen(form: FormData, asked: Mapping[str, Any]) -> AnyCommand:
    same = word(form, "edition") == "same"
    said = {"run": word(form, "run"), "reason": word(form, "reason"), "same_edition": same}
    return ReopenPathway.model_validate({**asked, **said})


ACTS: Mapping[str, Callable[[FormData, Mapping[str, Any]], AnyCommand]] = {
    "act_first": _act_first,
    "forgo": _forgo,
    "reopen": _reopen,
    "never_contact": _never_contact,
    "contact_again": _contact_again,
}
