"""`/cases/CODE`: everything of one case, and what an operator can do about it as a whole."""

from collections.abc import Mapping
from dataclasses import replace

from starlette.responses import HTMLResponse, RedirectResponse, Response

from models.history import flow_runs_of_case
from models.reads import seen_case
from models.reports import reports_of_runs
from procedures.case import is_own_work
from procedures.commands import (
    CancelCase,
    ChangeFact,
    GiveConsent,
    RefuseConsent,
    RevokeConsent,
    reasons_to_cancel,
)
from procedures.errors import Refused, UnknownCase
from procedures.whonow import WhoWhen
from procedures.whonow_case import who_in_case
from web.board import fingerprint
from web.caseview import Shower
from web.consentform import HOW, consent_said, forms_of
from web.doorkeeper import AtCases, Visit, WatchingCases
from web.factform import change_asked, fact_form
from web.forms import Form, FormNotUnderstood, Typed, command_id, word, words
from web.openingform import who_lines
from web.pages import draw, say
from web.refusals import status_of, told
from web.relatedlines import related_card
from web.rooms import rooms
from web.saying import ACT_FIRST_REASONS, CANCEL_REASONS, N_, REOPEN_REASONS
from web.signals import signals_of

router = rooms()
CONSENT_COMMANDS: Mapping[str, type[GiveConsent | RefuseConsent | RevokeConsent]] = {
    "give": GiveConsent,
    "refuse": RefuseConsent,
    "revoke": RevokeConsent,
}

HERS = frozenset({"her_wish", "new_incident", "imminent_danger"})
"""Reasons that only a case can have."""
NOTHING_TYPED: Typed = dict.fromkeys(("reason", "confirmation", "so", "by", "fact", "value", "step", "answer"), "")


def shower(visit: Visit, code: str, *, watching: bool = False) -> Shower:
    """The case, ready to be put into words; `watching`, for a page that refreshes itself. Raises UnknownCase."""
    house = visit.desk.house
    view = seen_case(house, code.upper(), visit.operator.actor, watching=watching)
    reports = reports_of_runs(house.database, [run.run_id for run in view.runs])
    names = replace(visit.names, library=visit.names.library.seen_by(view.state.texts))
    return Shower(view, names, flow_runs_of_case(house.database, view.row.case_id), reports)


@router.api_route("/cases/{code}", methods=["GET", "HEAD"])
def read(code: str, visit: AtCases) -> Response:
    """The page."""
    return page(visit, code)


def _live(visit: Visit, case: Shower) -> dict[str, object]:
    """What changes by itself, with what its forms need."""
    shown = case.page(visit.desk.now)
    hows = {name: say(visit.language, text) for name, text in HOW.items()}
    consents = [*(wanted.name for wanted in shown.consents_wanted), *(known.name for known in shown.consents)]
    forms = forms_of(visit.desk.house.database, consents, hows)
    return {"case": shown, "now": visit.desk.now, "consent_forms": forms}


@router.api_route("/cases/{code}/live", methods=["GET", "HEAD"])
def fragment(code: str, visit: WatchingCases, seen: str = "") -> Response:
    """What changes by itself; nothing (204) where it would look as it did."""
    values = _live(visit, shower(visit, code, watching=True))
    fresh = fingerprint("case_live.html", visit.language, {**values, "fresh": str})
    if fresh == seen:
        return Response(status_code=204)
    drawn = {**values, "seen": fresh, "fresh": visit.desk.house.ids.seed}
    return HTMLResponse(draw("case_live.html", visit.language, drawn))


@router.api_route("/cases/{code}/who-now", methods=["GET", "HEAD"])
def who(code: str, visit: AtCases) -> Response:
    """Who is asked for each step that is not over, or would be at this moment."""
    house = visit.desk.house
    state = seen_case(house, code.upper(), visit.operator.actor).state
    known = (house.procedures.library(), house.procedures.directory())
    rows = who_lines(who_in_case(state, *known, visit.desk.now), visit.names, visit.desk.now)
    asked = say(visit.language, N_("asked already"))
    shown = [replace(row, when_said=asked) if row.when == WhoWhen.NOW else row for row in rows]
    return visit.page("case_who.html", "case", {"code": code.upper(), "rows": shown})


@router.post("/cases/{code}/consents")
def consent(code: str, form: Form, visit: AtCases) -> Response:
    """She agreed, she did not, or she takes it back."""
    kind = word(form, "answer")
    if kind not in CONSENT_COMMANDS:
        raise FormNotUnderstood
    house = visit.desk.house
    asked = visit.asked(command_id(form, kind), visit.case_id(code))
    try:
        said = consent_said(form, kind, house.database)
        visit.handle(code, CONSENT_COMMANDS[kind].model_validate({**asked, **said}))
    except UnknownCase:
        raise
    except Refused as refusal:
        return page(visit, code, fault=told(refusal, visit.names), status=status_of(refusal))
    return RedirectResponse(f"/cases/{code.upper()}", status_code=303)


@router.post("/cases/{code}/cancel")
def cancel(code: str, form: Form, visit: AtCases) -> Response:
    """Stop the whole case. The code is typed again: this cannot be undone."""
    case_id = visit.case_id(code)
    fault = ""
    if word(form, "reason") not in reasons_to_cancel(own_work=is_own_work(code.upper())):
        fault = N_("Choose a reason from the list.")
    elif word(form, "confirmation").upper() != code.upper():
        fault = N_("The code typed to confirm is not the code of this case. Nothing was cancelled.")
    if fault:
        return page(visit, code, fault=say(visit.language, fault), typed=words(form), on="cancel", status=422)
    asked = visit.asked(command_id(form, "cancel"), case_id)
    try:
        visit.handle(code, CancelCase.model_validate({**asked, "reason": word(form, "reason")}))
    except Refused as refusal:
        return page(visit, code, fault=told(refusal, visit.names), status=status_of(refusal))
    return RedirectResponse(f"/cases/{code.upper()}", status_code=303)


@router.post("/cases/{code}/facts")
def change_fact(code: str, form: Form, visit: AtCases) -> Response:
    """A fact is otherwise than it was told, or became known."""
    asked = visit.asked(command_id(form, "fact"), visit.case_id(code))
    try:
        visit.handle(code, ChangeFact.model_validate({**asked, **change_asked(form)}))
    except UnknownCase:
        raise
    except Refused as refusal:
        typed = words(form)
        return page(visit, code, fault=told(refusal, visit.names), typed=typed, on="fact", status=status_of(refusal))
    return RedirectResponse(f"/cases/{code.upper()}", status_code=303)


def page(
    visit: Visit, code: str, *, fault: str = "", typed: Typed | None = None, on: str = "", status: int = 200
) -> Response:
    """The page of the case; after a refusal with what was typed, and the form `on` which it was typed open."""
    case = shower(visit, code)
    values = _live(visit, case)
    around = {
        "signals": signals_of(case.view, visit.names),
        "seen": fingerprint("case_live.html", visit.language, {**values, "fresh": str}),
        "fault": fault,
        "typed": {**NOTHING_TYPED, **(typed or {})},
        "on": on,
        **_reasons(visit, own_work=case.view.state.own_work),
        "related": related_card(visit, code.upper()),
        "fact_form": fact_form(case.names, case.view.state),
    }
    return visit.page("case.html", "case", {**values, **around}, status=status)


def _reasons(visit: Visit, *, own_work: bool) -> dict[str, list[tuple[str, str]]]:
    """The lists of reasons, each in words; where nobody is concerned nothing is her wish."""
    cancel = {str(reason): CANCEL_REASONS[reason] for reason in reasons_to_cancel(own_work=own_work)}
    every: dict[str, Mapping[str, str]] = {
        "cancel_reasons": cancel,
        "reopen_reasons": REOPEN_REASONS,
        "act_first_reasons": ACT_FIRST_REASONS,
    }
    return {
        name: [
            (str(reason), say(visit.language, text))
            for reason, text in found.items()
            if not (own_work and reason in HERS)
        ]
        for name, found in every.items()
    }
