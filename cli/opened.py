"""What an act led to, on the terminal: who is asked for what, by when they answer, and what has to wait."""

from collections.abc import Iterator
from typing import Any

from cli.case_pages import Row, names_of
from cli.printing import moment, put_table, tell
from cli.speech import _
from models.composition import House
from models.handling import Handled
from procedures.events import HandoffRequested, StepAwaitedConsent, StepHeld


def put_opened(house: House, handled: Handled) -> None:
    """Who is being asked, as a table; then what cannot begin yet."""
    put_requests(house, handled)
    tell(*_waiting_lines(house, handled))


def put_requests(house: House, handled: Handled) -> None:
    """Who is being asked, as a table."""
    put_table((_("reference"), _("step"), _("asked of"), _("answer by")), _opened_rows(house, handled))


def _requests(handled: Handled) -> Iterator[HandoffRequested]:
    for one in handled.events:
        if isinstance(one.event, HandoffRequested):
            yield one.event


def _opened_rows(house: House, handled: Handled) -> Iterator[Row]:
    """Who is being alerted, and by when they must answer."""
    names = names_of(house)
    for request in _requests(handled):
        run = handled.state.runs[request.run_id]
        step = names.step(run.pathway, request.step, run.content_hash, request.competence)
        yield request.ref, step, names.party(request.owner.kind, request.owner.id), moment(request.accept_by)


def _waiting_lines(house: House, handled: Handled) -> Iterator[str]:
    """What cannot begin before she was asked, and what may not begin before its time."""
    names = names_of(house)
    for one in handled.events:
        if isinstance(one.event, StepHeld):
            run, until = handled.state.runs[one.event.run_id], moment(one.event.until)
            step = names.step(run.pathway, one.event.step, run.content_hash)
            yield _("“{step}” may begin at {until}, not before.").format(step=step, until=until)
        if isinstance(one.event, StepAwaitedConsent):
            run = handled.state.runs[one.event.run_id]
            step = names.step(run.pathway, one.event.step, run.content_hash)
            yield _("“{step}” waits until she was asked for her consent.").format(step=step)


def opened_as_json(handled: Handled) -> dict[str, Any]:
    """The same for programs, in the form of the API."""
    handoffs = [
        {
            "ref": request.ref,
            "step": request.step,
            "service": request.service,
            "state": handled.state.handoffs[request.ref].state,
            "accept_by": request.accept_by,
        }
        for request in _requests(handled)
    ]
    return {"code": handled.state.code, "handoffs": handoffs}
