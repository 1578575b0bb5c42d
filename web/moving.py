"""`/procedures/NAME/moving`: what a move to the edition in force would do to each running case, and doing it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from models.done import done_command
from models.moves import CasePreview, previews
from notifiers.language import said, translator
from procedures.commands import MovePathway
from procedures.errors import Refused
from procedures.showing.moves import Telling, preview_lines
from web.doorkeeper import Coordinating, Visit
from web.forms import Form, FormNotUnderstood, Typed, command_id, word, words
from web.pages import say
from web.refusals import status_of, told
from web.rooms import rooms
from web.saying import MOVE_REASONS, N_
from web.spans import day_and_hour

router = rooms()
EVERY = "all"
LONGEST_NUMBER = 9
"""Digits of an edition's number."""
NONE_SUCH = N_("Nothing was moved: no such pathway goes by another edition any more. Look at the list below.")


@dataclass(frozen=True)
class MoveLine:
    """One running pathway, and what would become of it."""

    code: str
    run: str
    old_edition: int
    may_move: bool
    lines: tuple[str, ...]


@router.api_route("/procedures/{name}/moving", methods=["GET", "HEAD"])
def read(name: str, visit: Coordinating) -> Response:
    """The previews. Raises HTTPException where no such procedure is in force."""
    return _page(visit, name)


@router.post("/procedures/{name}/moving")
def move(name: str, form: Form, visit: Coordinating) -> Response:
    """Move one run, or all that can be moved; then show which are left."""
    _known(visit, name)
    chosen, edition = word(form, "run"), word(form, "edition")
    if word(form, "sure") != "yes" or not edition.isdecimal() or len(edition) > LONGEST_NUMBER:
        raise FormNotUnderstood
    meant = [one for one in previews(visit.desk.house, name, reach=visit.reach) if chosen in {EVERY, one.preview.ref}]
    fault, status = "", 200
    if not meant and chosen != EVERY and done_command(visit.desk.house.database, command_id(form, chosen)) is None:
        fault, status = say(visit.language, NONE_SUCH), 409
    for one in meant:
        if chosen == EVERY and not one.preview.may_move:
            continue
        asked = visit.asked(command_id(form, one.preview.ref), one.case_id)
        about = {"run": one.preview.run_id, "edition": int(edition), "reason": word(form, "reason")}
        try:
            visit.handle(one.code, MovePathway.model_validate({**asked, **about}))
        except Refused as refusal:
            fault, status = f"{one.code}: {told(refusal, visit.names)}", status_of(refusal)
    if fault:
        return _page(visit, name, fault=fault, typed=words(form), status=status)
    return RedirectResponse(f"/procedures/{name}/moving", status_code=303)


def _known(visit: Visit, name: str) -> None:
    if name not in visit.desk.house.procedures.library().current:
        raise HTTPException(404)


def _page(visit: Visit, name: str, *, fault: str = "", typed: Typed | None = None, status: int = 200) -> Response:
    _known(visit, name)
    house = visit.desk.house
    new = house.procedures.library().current[name]
    found = [_line(visit, one) for one in previews(house, name, reach=visit.reach)]
    values: Mapping[str, object] = {
        "pathway": new,
        "title": new.title.said(visit.language),
        "lines": found,
        "some": [one for one in found if one.may_move],
        "reasons": [(str(reason), say(visit.language, text)) for reason, text in MOVE_REASONS.items()],
        "fault": fault,
        "typed": {"reason": "", **(typed or {})},
    }
    return visit.page("moving.html", "procedures", values, status=status)


def _line(visit: Visit, one: CasePreview) -> MoveLine:
    names, run = visit.names, one.state.runs[one.preview.run_id]
    new = names.library.current[run.pathway]

    def step(name: str) -> str:
        return names.step(new.content_hash if name in new.steps else run.content_hash, name)

    def when(at: datetime) -> str:
        return day_and_hour(at, visit.language, visit.desk.now)

    def refusal(why: Refused) -> str:
        return said(why, visit.language)

    translate = translator(visit.language, "procedures").gettext
    telling = Telling(step=step, service=names.service, when=when, refusal=refusal, say=translate)
    lines = tuple(preview_lines(one.preview, telling))
    return MoveLine(one.code, one.preview.ref, one.preview.old_edition, one.preview.may_move, lines)
