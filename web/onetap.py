"""`/h/TOKEN`: the page behind the link of a message. No account, no cookie, no script; GET and HEAD never act.

A form field `code` is in every POST. `answer` says what was tapped: nothing (*I have seen it*), `accept` (with `pin`,
looked at in imminent danger alone), `decline`
(with `reason`), `first_sign`, `extend`, `complete` (with `result` and `evidence.FIELD`), `signal` (with `signal`,
`times` and `evidence.FIELD`) or `renew`.
"""

from http import HTTPStatus

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import Response

from models.links import LinkStatus
from models.network import remembered_directory
from procedures.case import TAKEN_BY_OTHER, HandoffState
from procedures.commands import DeclineReason
from procedures.directory import Directory
from procedures.errors import Refused, StaffettaError
from procedures.events import LinkUse
from web.desk import Desk, OurDesk
from web.forms import Form, FormNotUnderstood, under, word, words
from web.linkwords import (
    CAME_LATE,
    CLOSED,
    FIRST_CAME_BEFORE,
    LATE_ANYWAY,
    LATE_HEADING,
    SECOND_HEADING,
    TAKEN_FIRST,
    THANKS,
    UNKNOWN,
    WAITS_FOR_SECOND,
    Words,
)
from web.naming import spoken
from web.pages import page, say
from web.refusals import status_of, told
from web.saying import DECLINE_REASONS, N_, URGENCIES
from web.tapping import Answered, Said, Tap, Telephone, answer, look, was_given

router = APIRouter()

BEFORE = frozenset({"", "accept", "decline"})
AFTER = frozenset({"", "first_sign", "extend", "complete", "signal", "renew"})
SAID = ("reason", "result", "signal", "times", "pin")
TAKEN = frozenset({HandoffState.ACCEPTED, HandoffState.COMPLETED})


@router.api_route("/h/{token}", methods=["GET", "HEAD"])
def read(token: str, desk: OurDesk) -> Response:
    """No more than the message said, and a field for its code."""
    tap = look(desk.house, token)
    if tap is None:
        return _unknown(desk)
    return _ask_code(tap) if tap.is_good or _renewable(tap) else _closed(tap)


@router.post("/h/{token}")
def tapped(token: str, form: Form, desk: OurDesk) -> Response:
    """An answer with its code. It is recorded before this page says so."""
    tap = look(desk.house, token)
    if tap is None:
        return _unknown(desk)
    try:
        return _answered(tap, form)
    except Refused as refusal:
        return _asked(tap, form, fault=told(refusal, tap.names), status=status_of(refusal))


def _answered(tap: Tap, form: FormData) -> Response:
    code = word(form, "code")
    if tap.link.status in {LinkStatus.BLOCKED, LinkStatus.REVOKED}:
        return _closed(tap)
    if not tap.code_fits(code):
        again = look(tap.house, tap.token)
        return _ask_code(again or tap, wrong=True)
    kind = word(form, "answer")
    if kind not in BEFORE | AFTER:
        raise FormNotUnderstood
    if kind not in (AFTER if tap.for_result else BEFORE) or tap.for_reading:
        kind = ""
    if tap.for_result and not kind:
        return _asked(tap, form) if tap.is_good else _renew_or_closed(tap, form)
    if kind == "decline" and word(form, "reason") not in list(DeclineReason):
        return _asked(tap, form, fault=say(tap.language, N_("Choose a reason from the list.")), status=422)
    said = Said(**{name: word(form, name) for name in SAID}, evidence=under(form, "evidence"))
    if kind == "signal" and not (tap.is_good and tap.signals()) and not was_given(tap, said):
        return _renew_or_closed(tap, form)
    done = answer(tap, kind, said)
    return _read(done.tap) if tap.for_reading else _after(done, kind, form)


def _after(done: Answered, kind: str, form: FormData) -> Response:
    tap = done.tap
    if done.came_late:
        return _late(tap)
    if kind == "signal" and tap.is_good:
        return _asked(tap, FormData({"code": word(form, "code")}), signalled=True)
    if kind in THANKS:
        waits = kind == "complete" and tap.handoff.state is HandoffState.ACCEPTED
        return _told(tap, WAITS_FOR_SECOND if waits else THANKS[kind])
    if kind == "accept":
        return _taken(done, form)
    if kind in {"first_sign", "extend"}:
        return _asked(tap, form, noted=kind == "first_sign")
    return _asked(tap, form) if tap.waits_for_answer else _closed(tap)


def _taken(done: Answered, form: FormData) -> Response:
    if done.unconfirmed:
        return _draw(done.tap, "link/claimed.html", code=word(form, "code"), call=done.tap.coordinator())
    if done.taken:
        return _draw(done.tap, "link/taken.html", giver=done.tap.giver())
    return _asked(done.tap, form) if done.tap.waits_for_answer else _closed(done.tap)


def _read(tap: Tap) -> Response:
    """What a notice says, as it stands now; whoever reads it was noted."""
    lines = tap.notice() if tap.is_good else None
    if lines is not None:
        return _draw(tap, "link/notice.html", lines=lines)
    status = LinkStatus.WITHDRAWN if tap.is_good else tap.link.status
    return _told(tap, CLOSED[status], status=HTTPStatus.GONE, call=tap.coordinator())


def _draw(tap: Tap, template: str, *, status: int = 200, **values: object) -> Response:
    return page(template, tap.language, {"tap": tap, "now": tap.now, **values}, status=status)


def _ask_code(tap: Tap, *, wrong: bool = False) -> Response:
    if wrong and tap.link.status is LinkStatus.BLOCKED:
        return _closed(tap)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return _draw(tap, "link/code.html", status=status, wrong=wrong, urgency=say(tap.language, URGENCIES[tap.urgency]))


def _asked(
    tap: Tap, form: FormData, *, fault: str = "", status: int = 200, noted: bool = False, signalled: bool = False
) -> Response:
    values: dict[str, object] = {
        "fault": fault,
        "typed": words(form),
        "code": word(form, "code"),
        "urgency": say(tap.language, URGENCIES[tap.urgency]),
    }
    if tap.for_result:
        values |= {"giver": tap.giver(), "results": tap.results(), "longer": tap.longer(), "noted": noted}
        values |= {"signals": tap.signals(), "signalled": signalled, "proposed": tap.proposed()}
        return _draw(tap, "link/result.html", status=status, **values)
    reasons = [(str(reason), say(tap.language, text)) for reason, text in DECLINE_REASONS.items()]
    return _draw(tap, "link/answer.html", status=status, reasons=reasons, **values)


def _renewable(tap: Tap) -> bool:
    expired = tap.link.status is LinkStatus.EXPIRED
    return expired and tap.link.use is LinkUse.RESULT and tap.handoff.state is HandoffState.ACCEPTED


def _renew_or_closed(tap: Tap, form: FormData) -> Response:
    if _renewable(tap):
        return _draw(tap, "link/renew.html", code=word(form, "code"))
    return _closed(tap)


def _told(tap: Tap, words: Words, *, status: int = 200, call: Telephone | None = None) -> Response:
    heading, text = (say(tap.language, sentence) for sentence in words)
    return _draw(tap, "link/closed.html", status=status, heading=heading, text=text, call=call)


def _late(tap: Tap) -> Response:
    stands = CAME_LATE.get(tap.handoff.state, CAME_LATE[HandoffState.ACCEPTED])
    if tap.handoff.reason == TAKEN_BY_OTHER:
        stands = FIRST_CAME_BEFORE
    text = f"{say(tap.language, stands)} {say(tap.language, LATE_ANYWAY)}"
    heading = SECOND_HEADING if tap.handoff.state is HandoffState.ACCEPTED else LATE_HEADING
    return _told(tap, (heading, text), call=tap.coordinator())


def _closed(tap: Tap) -> Response:
    status = tap.link.status
    if status is LinkStatus.WITHDRAWN and tap.handoff.reason == TAKEN_BY_OTHER:
        return _told(tap, TAKEN_FIRST, status=HTTPStatus.GONE, call=tap.coordinator())
    if status in {LinkStatus.GOOD, LinkStatus.WITHDRAWN} and tap.handoff.state in TAKEN:
        status = LinkStatus.USED
    return _told(tap, CLOSED[status], status=HTTPStatus.GONE, call=tap.coordinator())


def _unknown(desk: Desk) -> Response:
    """The same for a token that never was and for one that was mistyped: nothing is told, but whom to call."""
    return stranger(desk, UNKNOWN, HTTPStatus.NOT_FOUND)


def stranger(desk: Desk, words: Words, status: int) -> Response:
    """A page for somebody of whom nothing is known, with the telephone of the network's desk."""
    language = desk.house.settings.desk.language
    heading, text = (say(language, sentence) for sentence in words)
    values = {"tap": None, "heading": heading, "text": text, "call": _anybody(desk)}
    return page("link/closed.html", language, values, status=status)


def _directory(desk: Desk) -> Directory | None:
    """The one in force; where the database is away, the one that was read last."""
    try:
        return desk.house.procedures.directory()
    except StaffettaError:
        return remembered_directory(desk.house.database)


def _anybody(desk: Desk) -> Telephone | None:
    directory = _directory(desk)
    if directory is None:
        return None
    language = desk.house.settings.desk.language
    known = [(entry.name, entry.phone) for _, entry in sorted(directory.desks.items())]
    known += [(other.name, other.phone) for _, other in sorted(directory.coordinators.items())]
    return next((Telephone(name.said(language), spoken(phone)) for name, phone in known), None)
