"""Opening, reading and steering cases."""

from datetime import datetime
from typing import Any

from models.consent_texts import read_out
from models.ids import CROCKFORD
from models.listing import case_card, cases_page, trail_page
from models.reads import ReadKind, note_reads
from models.views import case_id_of
from procedures.commands import (
    AnyCommand,
    CancelCase,
    ChangeFact,
    GiveConsent,
    GiveSignal,
    OpenCase,
    RefuseConsent,
    RevokeConsent,
)
from procedures.directory import Directory
from procedures.errors import UnknownConsent, WrongEvidence
from procedures.events import HandoffCancelled
from procedures.evolving import replay
from web.api.answered import Cases, CaseStanding, Changed, Opened, Trail
from web.api.asked import (
    CasesQuery,
    CaseToCancel,
    CaseToOpen,
    Circumstances,
    ConsentAnswer,
    ConsentAsked,
    FactsTold,
    Nothing,
    PageQuery,
    SignalGiven,
)
from web.api.failures import DoesNotFit, Fault
from web.api.operations import Answer, AnyCall, Call
from web.api.problems import NOT_AMONG, WRITE
from web.api.telling import asking, case_standing, case_summary, trail_entry
from web.saying import N_

SAYS_NOTHING = N_("Beside this answer it says nothing: leave it out.")
NOT_OF_THE_NETWORK = N_("One of these is no body, service or person of the network.")


def open_case(call: Call[CaseToOpen, Nothing]) -> Answer:
    """Open a case. Everything that is random in it follows from the caller's id, so that a repeat is the same case."""
    if call.body.exclusions:
        check_exclusions(call.directory, call.body)
    if call.body.desk is not None:
        check_desk(call.directory, call.body.desk)
    handled = call.desk.house.handling.handle(_opening(call))
    events = [one.event for one in handled.events]
    # The state of then, so that a repeat gets the very same answer.
    state = replay(events)
    opened = Opened(code=state.code, handoffs=asking(events, state, call.services))
    return Answer(opened, {"Location": f"/api/v1/cases/{state.code}"})


def _opening(call: Call[CaseToOpen, Nothing]) -> OpenCase:
    drawn = call.drawn(f"case:{call.idempotency_key}")
    letters = "".join(CROCKFORD[byte & 31] for byte in drawn[:8])
    more = {"desk": call.body.desk, "drill": call.body.drill, "person": call.body.person}
    own_id = call.drawn(f"case id:{call.idempotency_key}").hex()[:32]
    return command_of(
        call, call.body, case_id=own_id, code=f"C-{letters[:4]}-{letters[4:]}", seed=drawn[8:24].hex(), **more
    )


def command_of(call: AnyCall, body: Circumstances, **more: Any) -> OpenCase:
    """The command that opens a case in these circumstances."""
    return OpenCase(
        **{**call.asked(""), **more},
        pathway=body.pathway,
        territory=body.territory,
        by=body.by,
        facts=dict(body.facts),
        consents=frozenset(body.consents),
        exclusions=frozenset(body.exclusions),
    )


def check_desk(directory: Directory, desk: str | None) -> None:
    """A desk that is none gets no word. Raises DoesNotFit."""
    if desk is not None and desk not in directory.desks:
        raise DoesNotFit([Fault("#/desk", NOT_AMONG, {"known": ", ".join(sorted(directory.desks)) or "-"})])


def check_exclusions(directory: Directory, body: Circumstances) -> None:
    """An exclusion with a slip of the pen would protect nobody. Raises DoesNotFit."""
    if not {*directory.bodies, *directory.services, *directory.people}.issuperset(body.exclusions):
        raise DoesNotFit([Fault("#/exclusions", NOT_OF_THE_NETWORK, {})])


def list_cases(call: Call[Nothing, CasesQuery]) -> Answer:
    """A page of cases, the newest first."""
    query = call.query
    what = f"cases {query.status or '*'} {query.territory or '*'}"
    before = None
    if query.cursor is not None:
        at, case_id = call.place(what, query.cursor)
        before = (datetime.fromisoformat(at), case_id)
    status = None if query.status is None else query.status.value
    # One more than asked for says whether there is a next page.
    found = cases_page(
        call.desk.house.database, status=status, territory=query.territory, before=before, limit=query.limit + 1
    )
    shown, more = found[: query.limit], len(found) > query.limit
    last = shown[-1] if more else None
    return Answer(
        Cases(
            cases=[case_summary(line) for line in shown],
            next=call.cursor(what, last.opened_at.isoformat(), last.case_id) if last else None,
        )
    )


def current_case(call: AnyCall) -> CaseStanding:
    """The case as it stands. Raises UnknownCase."""
    house = call.desk.house
    return case_standing(case_card(house.database, code_of(call)), house.procedures.library())


def read_case(call: Call[Nothing, Nothing]) -> Answer:
    """The case as it stands."""
    _note(call, ReadKind.CASE)
    return Answer(current_case(call))


def read_trail(call: Call[Nothing, PageQuery]) -> Answer:
    """A page of its trail, from the first event on."""
    code = code_of(call)
    _note(call, ReadKind.TRAIL)
    what = f"trail {code}"
    after = int(call.place(what, call.query.cursor)[0]) if call.query.cursor is not None else 0
    found = trail_page(call.desk.house.database, code, after=after, limit=call.query.limit + 1)
    shown, more = found[: call.query.limit], len(found) > call.query.limit
    return Answer(
        Trail(
            events=[trail_entry(line) for line in shown],
            next=call.cursor(what, shown[-1].seq) if more else None,
        )
    )


CONSENTS: dict[ConsentAnswer, type[GiveConsent | RefuseConsent | RevokeConsent]] = {
    ConsentAnswer.GIVEN: GiveConsent,
    ConsentAnswer.REFUSED: RefuseConsent,
    ConsentAnswer.REVOKED: RevokeConsent,
}


def record_consent(call: Call[ConsentAsked, Nothing]) -> Answer:
    """She agreed, she did not, or she takes it back."""
    kind, body = CONSENTS[call.body.answer], call.body
    said = {"service": body.service, "how": body.how, "language": body.language, "until": body.until}
    said = {name: value for name, value in said.items() if value is not None}
    beside = [Fault(f"#/{name}", SAYS_NOTHING, {}) for name in said if name not in kind.model_fields]
    if beside:
        raise DoesNotFit(beside)
    if kind is not RevokeConsent:
        said["text"] = read_out(call.desk.house.database, body.consent, body.language)
    try:
        return changed(call, kind.model_validate({**call.asked(case_id(call)), "consent": body.consent, **said}))
    except UnknownConsent as refusal:
        raise DoesNotFit([Fault("#/consent", NOT_AMONG, refusal.data)]) from None


def cancel_case(call: Call[CaseToCancel, Nothing]) -> Answer:
    """Stop everything of the case."""
    return changed(call, CancelCase(**call.asked(case_id(call)), reason=call.body.reason.value))


def tell_facts(call: Call[FactsTold, Nothing]) -> Answer:
    """A fact is otherwise than it was told, or became known."""
    ((fact, value),) = call.body.facts.items()
    asked = call.asked(case_id(call))
    by, reason = call.body.on_word_of, call.body.reason.value
    return changed(call, ChangeFact(**asked, fact=fact, value=value, by=by, reason=reason))


def give_signal(call: Call[SignalGiven, Nothing]) -> Answer:
    """Something happened that a running pathway waits for, or reckons with."""
    body = call.body
    given = {"signal": body.signal, "run": body.pathway, "said_by": body.said_by, "evidence": dict(body.evidence)}
    try:
        return changed(call, GiveSignal(**call.asked(case_id(call)), **given))
    except WrongEvidence as refusal:
        # What the caller made up is not repeated.
        raise DoesNotFit([Fault("#/evidence", WRITE, refusal.data)]) from None


def code_of(call: AnyCall) -> str:
    """The code in the address, as it is kept."""
    return call.path["code"].upper()


def _note(call: AnyCall, kind: ReadKind) -> None:
    """Before the answer, that this program reads. Raises UnknownCase."""
    house = call.desk.house
    note_reads(house.database, [case_id(call)], call.program.actor, kind, house.clock.now())


def case_id(call: AnyCall) -> str:
    """The id of the case in the address. Raises UnknownCase."""
    return case_id_of(call.desk.house.database, code_of(call))


def changed(call: AnyCall, command: AnyCommand) -> Answer:
    """Do it; what it led to, as it stood then."""
    handled = call.desk.house.handling.handle(command)
    state = call.state_of_then(handled)
    events = [one.event for one in handled.events]
    return Answer(
        Changed(
            code=state.code,
            status=state.status,
            handoffs=asking(events, state),
            cancelled=[event.ref for event in events if isinstance(event, HandoffCancelled)],
        )
    )
