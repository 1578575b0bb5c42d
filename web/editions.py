"""`/procedures/NAME/editions/N`: a proposed edition beside the one in force, adopted by two people, each signed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from models.adding_accounts import operator_names
from models.adopting import adopt, not_used, own_files, propose, shipped_beside, take_out, text_at_hand, withdraw
from models.moves import count_otherwise
from notifiers.language import translator
from procedures.editions import PRODUCT, Edition, EditionState, in_force
from procedures.errors import StaffettaError
from procedures.faults import ProcedureFaults
from procedures.schema import Pathway
from procedures.showing.comparing import differences
from procedures.showing.words import Part, plain_words
from web.doorkeeper import Anybody, CoordinatingProven, Visit
from web.forms import Form, FormNotUnderstood, word
from web.pages import say
from web.refusals import status_of, told
from web.rooms import rooms
from web.saying import N_

router = rooms()
STATES: Mapping[EditionState, str] = {
    EditionState.PROPOSED: N_("proposed"),
    EditionState.IN_FORCE: N_("in force"),
    EditionState.PAST: N_("past"),
    EditionState.BESIDE: N_("came with the program, not adopted"),
    EditionState.WITHDRAWN: N_("withdrawn"),
    EditionState.OUT_OF_FORCE: N_("taken out of force"),
}
UNREADABLE, UNPROPOSED = N_("it cannot be read"), N_("nobody proposed it")
OF_THE_PROGRAM = N_("not used: a house goes by the one that comes with the program")

WITH_A_PROCEDURE = N_("its facts are used with the procedures that ask about them, as two people adopted these")


@dataclass(frozen=True)
class Waiting:
    """A text that is not in force."""

    file: str
    """Empty where nothing can be proposed: it is proposed already, or cannot be read."""
    title: str
    state: str
    link: str = ""


def waiting_texts(visit: Visit) -> dict[str, object]:
    """Whatever somebody could believe to be in force and is not: proposals, files that nobody adopted, later texts."""
    house = visit.desk.house
    known, current = house.procedures.editions(), house.procedures.library().current
    proposals = [one for name in sorted(known) for one in known[name] if one.state is EditionState.PROPOSED]
    lines = [_waiting(visit, one.pathway, one.edition, one.state) for one in proposals]
    for one in not_used(own_files(house)):
        if one.is_vocabulary:
            told = WITH_A_PROCEDURE if one.declares_facts else OF_THE_PROGRAM
            lines.append(Waiting("", one.file, say(visit.language, told)))
        elif not one.pathway:
            lines.append(Waiting("", one.file, say(visit.language, UNREADABLE)))
        elif one.state is not EditionState.PROPOSED:
            state = say(visit.language, STATES[one.state] if one.state else UNPROPOSED)
            lines.append(Waiting(one.file, one.file, state))
    for beside in shipped_beside(known):
        title = current[beside.pathway].title.said(visit.language) if beside.pathway in current else beside.pathway
        state = say(visit.language, STATES[beside.state])
        lines.append(Waiting(f"{beside.pathway}.yaml", f"{title} ({beside.edition})", state))
    return {"waiting": lines}


def _waiting(visit: Visit, name: str, number: int, state: EditionState) -> Waiting:
    found = visit.desk.house.procedures.library().current.get(name)
    title = found.title.said(visit.language) if found else name
    link = f"/procedures/{name}/editions/{number}"
    return Waiting("", f"{title} ({number})", say(visit.language, STATES[state]), link)


def running_otherwise(visit: Visit, name: str) -> int:
    """How many pathways of this name run by another text than the one in force."""
    return count_otherwise(visit.desk.house, name, reach=visit.reach)


@router.post("/procedures/propose")
def propose_file(form: Form, visit: CoordinatingProven) -> Response:
    """Propose a file of the house's own folder, or a shipped text, then show it. Raises HTTPException for no such."""
    house, file = visit.desk.house, word(form, "file")
    try:
        text = text_at_hand(house, file)
        if text is None:
            raise HTTPException(404)
        edition = propose(house, text, file, visit.operator.actor).edition
    except StaffettaError as failure:
        return _refused(visit, failure)
    return RedirectResponse(f"/procedures/{edition.pathway}/editions/{edition.edition}", status_code=303)


@router.api_route("/procedures/{name}/editions/{number}", methods=["GET", "HEAD"])
def edition_page(name: str, number: int, visit: Anybody) -> Response:
    """What it says otherwise than the one in force, and who adopted it. Raises HTTPException where there is none."""
    return _page(visit, name, number)


@router.post("/procedures/{name}/editions/{number}")
def act(name: str, number: int, form: Form, visit: CoordinatingProven) -> Response:
    """Adopt it, withdraw it or want it out of force, then show where it stands."""
    _edition(visit, name, number)
    kind = word(form, "answer")
    try:
        if kind == "adopt":
            if word(form, "read") != "yes":
                raise FormNotUnderstood
            adopt(visit.desk.house, name, number, visit.operator.actor)
        elif kind == "take-out":
            if word(form, "read") != "yes":
                raise FormNotUnderstood
            take_out(visit.desk.house, name, number, visit.operator.actor)
        elif kind == "withdraw":
            withdraw(visit.desk.house, name, number, visit.operator.actor)
            return RedirectResponse("/procedures", status_code=303)
        else:
            raise FormNotUnderstood
    except StaffettaError as failure:
        return _page(visit, name, number, fault=_told(visit, failure), status=status_of(failure))
    return RedirectResponse(f"/procedures/{name}/editions/{number}", status_code=303)


def _refused(visit: Visit, failure: StaffettaError) -> Response:
    values = {"heading": say(visit.language, N_("Not proposed")), "text": _told(visit, failure), "reference": ""}
    return visit.page("message.html", "procedures", values, status=status_of(failure))


def _told(visit: Visit, failure: StaffettaError) -> str:
    """The refusal, or the faults of the text with their places."""
    if not isinstance(failure, ProcedureFaults):
        return told(failure, visit.names)
    translate = translator(visit.language, "procedures").gettext
    lines = (f"{one.file}, {one.line}: {' '.join(one.said(translate))}" for one in failure.faults[:5])
    return " ".join(lines)


@dataclass(frozen=True)
class Adopter:
    """Somebody who adopted it."""

    name: str
    at: datetime


def _edition(visit: Visit, name: str, number: int) -> Edition:
    known = visit.desk.house.procedures.editions().get(name, ())
    found = [one for one in known if one.edition == number and one.state is not EditionState.WITHDRAWN]
    if not found:
        raise HTTPException(404)
    return found[-1]


def _page(visit: Visit, name: str, number: int, *, fault: str = "", status: int = 200) -> Response:
    house, edition = visit.desk.house, _edition(visit, name, number)
    names, library = operator_names(house.database), house.procedures.library()
    now = in_force(house.procedures.editions(), name)
    new, old = library.by_hash[edition.content_hash], library.by_hash[now.content_hash] if now else None
    values = {
        "pathway": new,
        "title": new.title.said(visit.language),
        "edition": edition,
        "state": say(visit.language, STATES[edition.state]),
        "before": old,
        "proposed_by": "" if edition.proposed_by == PRODUCT else names.get(edition.proposed_by, ""),
        "adopters": [Adopter(names.get(actor, actor), at) for actor, at in edition.adopted],
        "leaving": [Adopter(names.get(actor, actor), at) for actor, at in edition.leaving],
        "wants_out": any(actor == visit.operator.actor for actor, _at in edition.leaving),
        "open": edition.state is EditionState.PROPOSED,
        "mine": any(actor == visit.operator.actor for actor, _at in edition.adopted),
        "changes": _changes(visit, old, new),
        "otherwise": running_otherwise(visit, name) if edition.state is EditionState.IN_FORCE else 0,
        "fault": fault,
    }
    return visit.page("edition.html", "procedures", values, status=status)


def _changes(visit: Visit, old: Pathway | None, new: Pathway) -> list[object]:
    """In plain words, what it says otherwise; all of it where nothing is in force."""
    translate = translator(visit.language, "procedures").gettext
    library = visit.desk.house.procedures.library()

    def told(text: Pathway) -> list[Part]:
        return plain_words(text, library.facts, translate, visit.language, library.current)

    return list(differences(told(old) if old and old is not new else (), told(new)))
