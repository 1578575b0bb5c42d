"""`/network/proposals`: a new edition of the network's file, sent, read in plain words, and adopted by another person.

`answer` to a proposal is `adopt` (with `read`) or `withdraw`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from models.adding_accounts import operator_names
from models.network import export_network
from models.network_adopting import (
    adopt_network,
    network_proposals,
    propose_network,
    proposed_directory,
    withdraw_network,
)
from models.network_leavers import Leaver, leavers
from notifiers.language import translator
from procedures.directory import Directory
from procedures.duty_changes import with_changes
from procedures.errors import StaffettaError
from procedures.faults import Fault, ProcedureFaults
from procedures.network_differences import Change, Difference, differences
from procedures.network_editions import NetworkActKind, NetworkProposal, NotProposedNetwork
from procedures.rotas import AHEAD
from web.actors import who
from web.doorkeeper import OfTheNetwork, OfTheNetworkProven, Visit
from web.forms import Form, FormNotUnderstood, word
from web.network import gap_lines
from web.pages import say
from web.refusals import status_of, told
from web.rooms import rooms
from web.saying import N_
from web.uploads import Uploaded

router = rooms()
MOST_FAULTS = 50
MOST = 20
"""Proposals that are listed."""
UNREADABLE = N_("This file is no text in UTF-8. Save it again as UTF-8, or send a spreadsheet (.xlsx, .ods).")
PARTS: Mapping[str, str] = {
    "bodies": N_("Body"),
    "people": N_("Person"),
    "services": N_("Service"),
    "coordinators": N_("Coordination"),
    "desks": N_("Desk"),
    "holidays": N_("Holidays"),
    "dates": N_("Days of the network"),
}
CHANGES: Mapping[Change, str] = {Change.NEW: N_("New"), Change.GONE: N_("Gone"), Change.CHANGED: N_("Changed")}
FIELDS: Mapping[str, str] = {
    "name": N_("name"),
    "protocol_signed_on": N_("protocol signed on"),
    "protocol_ends_on": N_("protocol ends on"),
    "retention": N_("how long cases are kept (months)"),
    "language": N_("language"),
    "contacts": N_("channels"),
    "body": N_("body"),
    "competences": N_("competences"),
    "territories": N_("territories"),
    "phone": N_("telephone"),
    "referent": N_("referent"),
    "deputy": N_("deputy"),
    "hours": N_("opening hours"),
    "opening_hours": N_("opening hours"),
    "holidays": N_("holidays"),
    "rota": N_("duty turns"),
    "rank": N_("rank"),
    "people": N_("people"),
    "person": N_("person"),
    "days": N_("days"),
}
STATES = {
    None: N_("waits for a second person"),
    NetworkActKind.ADOPTED: N_("adopted"),
    NetworkActKind.WITHDRAWN: N_("withdrawn"),
}


@dataclass(frozen=True)
class ProposalLine:
    """One line of the list."""

    number: int
    file: str
    by: str
    at: datetime
    state: str
    is_open: bool


@dataclass(frozen=True)
class FaultLine:
    """What is wrong in a file that was sent, and where."""

    place: str
    said: str
    remedy: str


@dataclass(frozen=True)
class FieldLine:
    """One word of an entry."""

    field: str
    before: str
    now: str


@dataclass(frozen=True)
class EntryLine:
    """One entry that changes."""

    heading: str
    fields: Sequence[FieldLine]


@dataclass(frozen=True)
class LeaverLine:
    """Somebody who would leave."""

    name: str
    accounts: str
    open_cases: int
    turns: int
    services: str


@router.api_route("/network/proposals", methods=["GET", "HEAD"])
def read(visit: OfTheNetwork) -> Response:
    """The list, and the form that takes a file."""
    return _list(visit)


@router.post("/network/proposals")
def send(sent: Uploaded, visit: OfTheNetwork) -> Response:
    """Propose what was sent, then show what it changes; its faults with their places. Raises FormNotUnderstood."""
    if sent is None:
        raise FormNotUnderstood
    try:
        text = sent.content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return _list(visit, fault=say(visit.language, UNREADABLE), status=422)
    try:
        number = propose_network(visit.desk.house, text, sent.name, visit.operator.actor)
    except ProcedureFaults as found:
        return _list(visit, faults=found.faults, file=sent.name, status=422)
    except StaffettaError as refusal:
        return _list(visit, fault=told(refusal, visit.names), status=status_of(refusal))
    return RedirectResponse(f"/network/proposals/{number}", status_code=303)


@router.api_route("/network/network.yaml", methods=["GET", "HEAD"])
def export(visit: OfTheNetwork) -> Response:
    """The file in force, word for word. Raises HTTPException before the first import."""
    text = export_network(visit.desk.house.database)
    if text is None:
        raise HTTPException(404)
    headers = {"Content-Disposition": 'attachment; filename="network.yaml"'}
    return Response(text, media_type="application/yaml", headers=headers)


@router.api_route("/network/proposals/{number}", methods=["GET", "HEAD"])
def proposal_page(number: int, visit: OfTheNetwork) -> Response:
    """What it changes, who would leave, and which gaps it would have. Raises HTTPException where there is none."""
    return _page(visit, number)


@router.post("/network/proposals/{number}")
def act(number: int, form: Form, visit: OfTheNetworkProven) -> Response:
    """Adopt it or withdraw it. Raises FormNotUnderstood, HTTPException."""
    house, by = visit.desk.house, visit.operator.actor
    try:
        match word(form, "answer"):
            case "adopt" if word(form, "read") == "yes":
                adopt_network(house, number, by)
            case "withdraw":
                withdraw_network(house, number, by)
            case _:
                raise FormNotUnderstood
    except StaffettaError as refusal:
        return _page(visit, number, fault=told(refusal, visit.names), status=status_of(refusal))
    return RedirectResponse(f"/network/proposals/{number}", status_code=303)


def _list(
    visit: Visit, *, fault: str = "", faults: Sequence[Fault] = (), file: str = "", status: int = 200
) -> Response:
    house = visit.desk.house
    names = operator_names(house.database)
    values = {
        "rows": [_row(visit, names, one) for one in network_proposals(house.database)[:MOST]],
        "fault": fault,
        "faults": [_fault(visit, one) for one in faults[:MOST_FAULTS]],
        "count": len(faults),
        "file": file,
    }
    return visit.page("network_proposals.html", "network", values, status=status)


def _row(visit: Visit, names: Mapping[str, str], one: NetworkProposal) -> ProposalLine:
    state = say(visit.language, STATES[one.ended.kind if one.ended else None])
    by = who(visit, names, one.act.actor)
    return ProposalLine(one.number, one.act.file, by, one.act.at, state, one.is_open)


def _fault(visit: Visit, fault: Fault) -> FaultLine:
    said, remedy = fault.said(translator(visit.language, "procedures").gettext)
    return FaultLine(f"{fault.file}:{fault.line}:{fault.column}", said, remedy)


def _page(visit: Visit, number: int, *, fault: str = "", status: int = 200) -> Response:
    house = visit.desk.house
    try:
        proposal, new = proposed_directory(house.database, number)
    except NotProposedNetwork:
        raise HTTPException(404) from None
    names, old = operator_names(house.database), house.procedures.directory()
    values = {
        "row": _row(visit, names, proposal),
        "ended_by": who(visit, names, proposal.ended.actor) if proposal.ended else "",
        "ended_at": proposal.ended.at if proposal.ended else None,
        "mine": proposal.act.actor == visit.operator.actor,
        "entries": [
            _entry(visit, one) for one in differences(with_changes(old, (), visit.desk.now), new, visit.language)
        ],
        "leavers": [_leaver(visit, old, one) for one in leavers(house, new)],
        "gaps": gap_lines(visit, new),
        "days": AHEAD.days,
        "fault": fault,
    }
    return visit.page("network_proposal.html", "network", values, status=status)


def _entry(visit: Visit, one: Difference) -> EntryLine:
    heading = f"{say(visit.language, CHANGES[one.change])}: {say(visit.language, PARTS[one.part])} {one.id}"
    fields = [FieldLine(say(visit.language, FIELDS[field.field]), field.before, field.now) for field in one.fields]
    return EntryLine(heading, fields)


def _leaver(visit: Visit, old: Directory, one: Leaver) -> LeaverLine:
    services = ", ".join(visit.names.service(service) for service in one.services)
    return LeaverLine(old.people[one.person].name, ", ".join(one.accounts), one.open_cases, one.turns, services)
