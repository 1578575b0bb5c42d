"""`/cases/CODE/handoffs/REF`: an operator answers on behalf of a service that told her so; the trail says it.

What ends the calls in imminent danger asks for her second factor once more: nobody says it at a desk that she left.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from models.denying import deny_answer
from models.handling import Handled
from models.pins import is_asked
from models.reads import seen_case
from models.views import HandoffRow, handoff_view
from procedures.case import CaseState, Claimed, HandoffMode, HandoffState, Party, PartyKind
from procedures.commands import (
    AcceptHandoff,
    AcknowledgeHandoff,
    AnyCommand,
    CompleteHandoff,
    ConfirmAcceptance,
    ConfirmedHow,
    DeclineHandoff,
    DeclineReason,
    DenyAcceptance,
    ExtendLimit,
    NoteFirstSign,
    PickService,
)
from procedures.directory import Service
from procedures.errors import Refused, UnknownHandoff
from procedures.events import AnswerCameLate
from procedures.people import Role
from procedures.persons import PERSON
from procedures.picking import pickable
from procedures.schema import AskStep
from procedures.taking import nameable
from web.caseview import Shower
from web.doorkeeper import AtCases, Visit
from web.evidence import asked_results
from web.forms import Form, FormNotUnderstood, Typed, command_id, under, word, words
from web.longer import longer_time
from web.naming import Names
from web.pages import say
from web.refusals import status_of, told
from web.rooms import rooms
from web.saying import CONFIRMED_HOW, DECLINE_REASONS, N_
from web.second import proposed
from web.stepping import freshly_proven

router = rooms()
CAME_LATE = N_("It had been answered already: this was recorded as a late answer and changes nothing.")
CAME_SECOND = N_("Second answer: it was already taken. This was recorded and changes nothing.")


@router.api_route("/cases/{code}/handoffs/{ref}", methods=["GET", "HEAD"])
def read(code: str, ref: str, visit: AtCases) -> Response:
    """The answers that can be given for it."""
    return _page(visit, _handoff(visit, code, ref))


@router.post("/cases/{code}/handoffs/{ref}")
def answer(code: str, ref: str, form: Form, visit: AtCases) -> Response:
    """Record it, then go back to the case."""
    row = _handoff(visit, code, ref)
    if word(form, "answer") == "decline" and word(form, "reason") not in list(DeclineReason):
        fault = say(visit.language, N_("Choose a reason from the list."))
        return _page(visit, row, fault=fault, typed=words(form), status=422)
    try:
        handled = _handle(visit, row, form)
    except Refused as refusal:
        fault = told(refusal, visit.names)
        return _page(visit, row, fault=fault, typed=words(form), status=status_of(refusal))
    late = [recorded.event for recorded in handled.events if isinstance(recorded.event, AnswerCameLate)]
    if late:
        fault = CAME_SECOND if late[0].stands == HandoffState.ACCEPTED else CAME_LATE
        return _page(visit, _handoff(visit, code, ref), fault=say(visit.language, fault))
    return RedirectResponse(f"/cases/{row.case_code}", status_code=303)


def _handoff(visit: Visit, code: str, ref: str) -> HandoffRow:
    visit.case_id(code)  # first: whether there is such a handoff is not hers to ask
    row = handoff_view(visit.desk.house.database, ref.upper())
    if row.case_code != code.upper():
        raise UnknownHandoff(ref=row.ref)
    return row


def _handle(visit: Visit, row: HandoffRow, form: FormData) -> Handled:
    kind = word(form, "answer")
    about = {**visit.asked(command_id(form, kind), row.case_id), "ref": row.ref}
    command: AnyCommand
    match kind:
        case "acknowledge":
            command = AcknowledgeHandoff.model_validate(about)
        case "accept":
            _prove_where_it_ends_calls(visit, row, form)
            command = AcceptHandoff.model_validate({**about, "person": word(form, "person") or None})
        case "decline":
            command = DeclineHandoff.model_validate({**about, "reason": word(form, "reason")})
        case "pick":
            command = PickService.model_validate({**about, "service": word(form, "service")})
        case "first_sign":
            command = NoteFirstSign.model_validate(about)
        case "complete":
            given = {"result": word(form, "result"), "evidence": under(form, "evidence")}
            command = CompleteHandoff.model_validate({**about, **given})
        case "extend":
            command = ExtendLimit.model_validate({**about, "body": word(form, "body") or None})
        case "confirm" | "deny":
            command = _as_coordinator(visit, form, kind, about)
        case _:
            raise FormNotUnderstood
    if isinstance(command, DenyAcceptance):
        return deny_answer(visit.desk.house, command)
    return visit.handle(row.case_code, command)


def _prove_where_it_ends_calls(visit: Visit, row: HandoffRow, form: FormData) -> None:
    """In imminent danger it is she who says that they take it, not whoever sat down at her desk. Raises ProofNeeded."""
    if is_asked(visit.desk.house, row.case_code):
        freshly_proven(visit, form)


def _as_coordinator(visit: Visit, form: FormData, kind: str, about: Mapping[str, object]) -> AnyCommand:
    """What a coordinator alone says of an acceptance; either asks for her proof once more."""
    if Role.COORDINATOR not in visit.operator.roles:
        raise FormNotUnderstood
    if kind == "confirm" and word(form, "how") not in list(ConfirmedHow):
        raise FormNotUnderstood
    meant = {"said_by": word(form, "said_by") or None, "said_at": _said_at(form)}
    freshly_proven(visit, form)
    if kind == "deny":
        return DenyAcceptance.model_validate({**about, **meant})
    return ConfirmAcceptance.model_validate({**about, **meant, "how": word(form, "how")})


def _said_at(form: FormData) -> datetime | None:
    """When the answer was given that the page showed. Raises FormNotUnderstood."""
    text = word(form, "said_at")
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise FormNotUnderstood from None
    if at.utcoffset() is None:
        raise FormNotUnderstood
    return at


@dataclass(frozen=True)
class AnswerLine:
    """An answer that a coordinator confirms or calls false: this one, and none that comes while she looks."""

    said_by: str
    said_at: str
    who: str


def _answer_lines(said: Sequence[Claimed], names: Names) -> list[AnswerLine]:
    return [AnswerLine(one.actor, one.at.isoformat(), _who(one, names)) for one in said]


def _who(said: Claimed, names: Names) -> str:
    who = names.actor(said.actor)
    return f"{who} · {names.actor(f'{PERSON}{said.person}')}" if said.person else who


def _pickable(visit: Visit, state: CaseState, ref: str) -> tuple[Service, ...]:
    """Who can be picked now; nobody where nothing is to be picked."""
    procedures = visit.desk.house.procedures
    return pickable(state, procedures.library(), procedures.directory(), ref, visit.desk.now)


def _nameable(visit: Visit, state: CaseState, row: HandoffRow) -> list[tuple[str, str]]:
    """Who can be named as the one who takes it, by role; nobody where it need not be said."""
    procedures = visit.desk.house.procedures
    directory = procedures.directory()
    people = nameable(state, procedures.library(), directory, row.ref, visit.desk.now)
    service = directory.services.get(state.handoffs[row.ref].service or "")
    return [(one, f"{visit.names.role_of(one, service)} ({one})") for one in people]


def _page(visit: Visit, row: HandoffRow, *, fault: str = "", typed: Typed | None = None, status: int = 200) -> Response:
    house, names = visit.desk.house, visit.names
    pinned = names.pinned(row.content_hash)
    step = pinned.steps.get(row.step) if pinned else None
    # What has to be told is never taken on: once the coordinator holds it, only its result is waited for.
    accepted = row.state is HandoffState.ACCEPTED or row.mode is HandoffMode.TELL
    view = seen_case(house, row.case_code, visit.operator.actor)
    handoff = view.state.handoffs[row.ref]
    values = {
        "case_code": row.case_code,
        "drill": row.drill,
        "handoff": Shower(view, names, ()).handoff(row),
        "accepted": accepted,
        "picking": handoff.waits_for_a_pick,
        "picks": [(one.id, one.name.said(visit.language)) for one in _pickable(visit, view.state, row.ref)],
        "people": _nameable(visit, view.state, row),
        "declinable": not accepted and row.owner_kind is PartyKind.SERVICE,
        "first_sign": accepted and isinstance(step, AskStep) and step.first_sign_within is not None,
        "proposed": proposed(house, row, names),
        "claims": _answer_lines(handoff.claims, names),
        "deniable": _answer_lines(handoff.said_so, names),
        "hows": [(str(how), say(visit.language, text)) for how, text in CONFIRMED_HOW.items()],
        "longer": longer_time(house, row, names),
        "results": asked_results(step, row.content_hash, names) if step else (),
        "phone": names.phone(Party(kind=row.owner_kind, id=row.owner_id)),
        "decline_reasons": [(str(reason), say(visit.language, text)) for reason, text in DECLINE_REASONS.items()],
        "fault": fault,
        "typed": {"reason": "", "service": "", "person": "", **(typed or {})},
    }
    return visit.page("handoff.html", "case", values, status=status)
