"""What `staffetta handoff` shows."""

from collections.abc import Iterator, Sequence
from typing import Any

from cli.case_pages import Row, names_of
from cli.event_sentences import party_name
from cli.naming import agreeing, state_word
from cli.printing import moment
from cli.speech import _
from models.composition import House
from models.handling import Handled
from models.views import HandoffRow, case_state, handoff_view
from procedures.case import HandoffState
from procedures.commands import AcceptHandoff
from procedures.events import AnswerCameLate, HandoffRequested
from procedures.marking import N_
from procedures.persons import PERSON

ACCEPT: str = AcceptHandoff.model_fields["kind"].default
TAKEN = frozenset({HandoffState.ACCEPTED, HandoffState.COMPLETED})
HEADINGS = (N_("reference"), N_("case"), N_("step"), N_("with"), N_("state"), N_("due"))


def handoff_rows(house: House, rows: Sequence[HandoffRow]) -> Iterator[Row]:
    """One line per handoff."""
    names = names_of(house)
    for row in rows:
        yield (
            row.ref,
            row.case_code,
            names.step(row.pathway, row.step, row.content_hash),
            party_name(names, row),
            state_word(row.state, overdue=row.overdue, result=row.result),
            moment(row.due_at),
        )


def came_late(handled: Handled) -> bool:
    """Whether the answer was recorded without counting."""
    return any(isinstance(one.event, AnswerCameLate) for one in handled.events)


def late_line(house: House, handled: Handled, ref: str) -> Iterator[str]:
    """What became of an answer that did not count. Taking twice is no fault: nothing changed by it."""
    late = [one.event for one in handled.events if isinstance(one.event, AnswerCameLate)]
    if not late:
        return
    handoff = handled.state.handoffs[ref]
    if late[0].answer != ACCEPT or handoff.state not in TAKEN or handoff.accepted_at is None:
        yield _("This answer came too late to count. It was recorded.")
    elif handoff.accepted_party is None:
        yield _("It was taken already; nothing changed.")
    else:
        who = names_of(house).party(handoff.accepted_party.kind, handoff.accepted_party.id)
        yield _("It was taken already (by {who}); nothing changed.").format(who=who)


def answer_meant(house: House, ref: str, person: str | None) -> dict[str, Any]:
    """Which answer stands at this moment, by whom and when, so that none that comes meanwhile is meant.

    Nothing where none does, or several do: the rules refuse it in words. Raises UnknownHandoff.
    """
    row = handoff_view(house.database, ref)
    said = case_state(house.database, house.keyring, row.case_code).handoffs[row.ref].said_so
    named = [one for one in said if person is None or person == one.person or f"{PERSON}{person}" == one.actor]
    if len(named) == 1:
        return {"said_by": named[0].actor, "said_at": named[0].at}
    return {"said_by": f"{PERSON}{person}" if person else None}


def answered_as_json(handled: Handled, ref: str) -> dict[str, Any]:
    """Where the handoff stands, and what was asked of others because of the answer."""
    handoff = handled.state.handoffs[ref]
    return {
        "ref": ref,
        "state": handoff.state,
        "late": came_late(handled),
        "complete_by": handoff.complete_by,
        "waits_to_be_confirmed": handoff.waits_to_be_confirmed,
        "waits_for_second": handoff.is_open and handoff.proposed is not None,
        "agreed_by": handled.state.runs[handoff.run_id].steps[handoff.step].agreed,
        "asked_next": [
            {
                "ref": one.event.ref,
                "step": one.event.step,
                "service": one.event.service,
                "accept_by": one.event.accept_by,
            }
            for one in handled.events
            if isinstance(one.event, HandoffRequested)
        ],
    }


def answered_lines(house: House, handled: Handled, ref: str) -> Iterator[str]:
    """The same for people."""
    names = names_of(house)
    handoff = handled.state.handoffs[ref]
    yield f"{ref}: {state_word(handoff.state, overdue=handoff.overdue)}"
    if handoff.is_open and handoff.complete_by:
        yield _("The result is due by {at}.").format(at=moment(handoff.complete_by))
    if handoff.is_open and handoff.proposed is not None:
        yield _("The result waits for a second person, who must give the same one.")
    step = handled.state.runs[handoff.run_id].steps[handoff.step]
    if handoff.is_open and step.longer_asked_at:
        agreed = ", ".join(agreeing(body) for body in step.agreed) or _("nobody yet")
        yield _("Longer time was asked for; agreed by: {bodies}.").format(bodies=agreed)
    for one in handled.events:
        if isinstance(one.event, HandoffRequested):
            run = handled.state.runs[one.event.run_id]
            yield _("Asked next: {who}, for “{step}” ({ref}).").format(
                who=names.party(one.event.owner.kind, one.event.owner.id),
                step=names.step(run.pathway, one.event.step, run.content_hash, one.event.competence),
                ref=one.event.ref,
            )
