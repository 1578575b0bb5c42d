"""Every operation of the API. What stands here is served, and described, and nothing else is."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from models.programs import Operation as May
from web.api import answered as a
from web.api import asked as q
from web.api import cases, examples, handoffs, looking, ownwork, questions, steering
from web.api.operations import Operation

NOT_FOUND: Final = frozenset({404})
REFUSED: Final = frozenset({404, 409})
HANDOFF, CASE = "/handoffs/{ref}", "/cases/{code}"


def _answer_to(name: str, may: May, summary: str, run: Any, **more: Any) -> Operation:
    return Operation(
        name=f"{name}_handoff",
        method="POST",
        path=f"{HANDOFF}/{name}",
        summary=summary,
        run=run,
        answer=a.HandoffChanged,
        example=examples.HANDOFF_CHANGED,
        may=may,
        changes=True,
        current=handoffs.current_handoff,
        refusals=REFUSED,
        **more,
    )


def _change_of_case(name: str, path: str, may: May, summary: str, **more: Any) -> Operation:
    return Operation(
        name=name,
        method="POST",
        path=f"{CASE}/{path}",
        summary=summary,
        answer=a.Changed,
        example=examples.CHANGED,
        may=may,
        changes=True,
        current=cases.current_case,
        refusals=REFUSED,
        **more,
    )


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        name="open_case",
        method="POST",
        path="/cases",
        summary="Open a case: whoever has to act first is alerted before this answers.",
        run=cases.open_case,
        answer=a.Opened,
        example=examples.OPENED,
        may=May.CASES_OPEN,
        body=q.CaseToOpen,
        asked=examples.CASE_TO_OPEN,
        status=HTTPStatus.CREATED,
        changes=True,
        refusals=frozenset({409}),
    ),
    Operation(
        name="list_cases",
        method="GET",
        path="/cases",
        summary="The cases, the newest first. What is opened meanwhile moves nothing from one page to another.",
        run=cases.list_cases,
        answer=a.Cases,
        example=examples.CASES,
        may=May.CASES_READ,
        query=q.CasesQuery,
    ),
    Operation(
        name="read_case",
        method="GET",
        path=CASE,
        summary="One case as it stands.",
        run=cases.read_case,
        answer=a.CaseStanding,
        example=examples.CASE,
        may=May.CASES_READ,
        refusals=NOT_FOUND,
    ),
    Operation(
        name="read_trail",
        method="GET",
        path=f"{CASE}/trail",
        summary="What happened in one case, from its first event on, without what is sealed.",
        run=cases.read_trail,
        answer=a.Trail,
        example=examples.TRAIL,
        may=May.CASES_TRAIL,
        query=q.PageQuery,
        refusals=NOT_FOUND,
    ),
    Operation(
        name="who_in_case",
        method="GET",
        path=f"{CASE}/who-now",
        summary="Who is asked now in this case, or would be: for what is under way, to come and owed.",
        run=questions.who_of_case,
        answer=a.WhoNow,
        example=examples.WHO,
        may=May.CASES_WHO,
        refusals=NOT_FOUND,
    ),
    _change_of_case(
        "record_consent",
        "consents",
        May.CASES_CONSENT,
        "She was asked: what waits for it begins, is left out, or stops.",
        run=cases.record_consent,
        body=q.ConsentAsked,
        asked=examples.CONSENT,
    ),
    _change_of_case(
        "tell_facts",
        "facts",
        May.CASES_FACTS,
        "A fact became known, or is otherwise than it was: what depends on it is looked at at once.",
        run=cases.tell_facts,
        body=q.FactsTold,
        asked=examples.FACTS,
    ),
    _change_of_case(
        "give_signal",
        "signals",
        May.CASES_SIGNAL,
        "Something happened that a running pathway waits for, or reckons with. It may come more than once.",
        run=cases.give_signal,
        body=q.SignalGiven,
        asked=examples.SIGNAL,
    ),
    _change_of_case(
        "cancel_case",
        "cancel",
        May.CASES_CANCEL,
        "Stop everything of the case, and tell every service that was asked.",
        run=cases.cancel_case,
        body=q.CaseToCancel,
        asked={"reason": "her_wish"},
    ),
    _change_of_case(
        "contact",
        "contact",
        May.CASES_CONTACT,
        "She is never to be contacted again: what rests on her consent stops. Or she says otherwise.",
        run=steering.contact,
        body=q.ContactWish,
        asked={"contact": "again"},
    ),
    _change_of_case(
        "reopen_pathway",
        "reopen",
        May.CASES_REOPEN,
        "A pathway that is over begins anew, in the same case.",
        run=steering.reopen,
        body=q.PathwayToReopen,
        asked={"pathway": "shelter", "reason": "new_incident"},
    ),
    _change_of_case(
        "decide_anew",
        "decide",
        May.CASES_DECIDE,
        "A step that is done has another result now; of what hangs on it, say what goes on and what stops.",
        run=steering.decide_anew,
        body=q.ResultAnew,
        asked={
            "step": "find_place",
            "result": "no_place",
            "evidence": {"places_asked": 3},
            "reason": "recorded_wrongly",
        },
    ),
    _change_of_case(
        "act_first",
        "act-first",
        May.CASES_ACT_FIRST,
        "In danger, begin a later step now: what it passes over stays owed.",
        run=steering.act_first,
        body=q.StepToBegin,
        asked={"pathway": "shelter", "step": "escort", "reason": "imminent_danger"},
    ),
    _change_of_case(
        "forgo_step",
        "forgo",
        May.CASES_ACT_FIRST,
        "Decide that a step that is owed is not needed any more.",
        run=steering.forgo,
        body=q.StepToForgo,
        asked={"pathway": "shelter", "step": "find_place", "reason": "helped_elsewhere"},
    ),
    *ownwork.OPERATIONS,
    Operation(
        name="list_handoffs",
        method="GET",
        path="/handoffs",
        summary="The handoffs that this key may see, the newest first; the open ones unless `state` says otherwise.",
        run=handoffs.list_handoffs,
        answer=a.Handoffs,
        example=examples.HANDOFFS,
        may=May.HANDOFFS_READ,
        query=q.HandoffsQuery,
    ),
    Operation(
        name="read_handoff",
        method="GET",
        path=HANDOFF,
        summary="One handoff as it stands.",
        run=handoffs.read_handoff,
        answer=a.HandoffStanding,
        example=examples.HANDOFF,
        may=May.HANDOFFS_READ,
        refusals=NOT_FOUND,
    ),
    _answer_to("acknowledge", May.HANDOFFS_ACKNOWLEDGE, "We have seen it. This stops no clock.", handoffs.acknowledge),
    _answer_to(
        "accept",
        May.HANDOFFS_ACCEPT,
        "We take it. The clock of the result starts.",
        handoffs.accept,
        body=q.Acceptance,
    ),
    _answer_to(
        "decline",
        May.HANDOFFS_DECLINE,
        "We cannot: the next service is asked at once.",
        handoffs.decline,
        body=q.Decline,
        asked={"reason": "full"},
    ),
    _answer_to(
        "complete",
        May.HANDOFFS_COMPLETE,
        "The result of the work, with exactly the evidence that it asks for.",
        handoffs.complete,
        body=q.Completion,
        asked=examples.COMPLETION,
    ),
    _answer_to(
        "note",
        May.HANDOFFS_NOTE,
        "A first sign that the work has begun: that clock stops.",
        handoffs.note,
        body=q.Note,
        asked={"note": "first_sign"},
    ),
    _answer_to(
        "extend",
        May.HANDOFFS_EXTEND,
        "Ask for longer time before the end, or say that a body agrees. When all agree, the limits move.",
        handoffs.extend,
        body=q.LongerTime,
        asked={"agreed_by": "legal_aid"},
    ),
    _answer_to(
        "pick",
        May.HANDOFFS_PICK,
        "Say which service is asked, where the procedure leaves it to the operator.",
        handoffs.pick,
        body=q.ServiceToAsk,
        asked={"service": "approdo_accompagnamento"},
    ),
    *looking.OPERATIONS,
    Operation(
        name="who_now",
        method="GET",
        path="/who-now",
        summary="Who would be called now, by the same function that decides. Facts go into a POST.",
        run=questions.who,
        answer=a.WhoNow,
        example=examples.WHO,
        may=May.WHO_NOW,
        query=q.WhoQuery,
        refusals=frozenset({409}),
    ),
    Operation(
        name="who_now_with_facts",
        method="POST",
        path="/who-now",
        summary="Who would be called now in these circumstances. Nothing is opened.",
        run=questions.who_with_facts,
        answer=a.WhoNow,
        example=examples.WHO,
        may=May.WHO_NOW,
        body=q.Circumstances,
        asked=examples.CIRCUMSTANCES,
        refusals=frozenset({409}),
    ),
    Operation(
        name="read_command",
        method="GET",
        path="/commands/{id}",
        summary="What became of the request with this Idempotency-Key. 404: nothing was saved.",
        run=questions.read_command,
        answer=a.CommandDone,
        example=examples.COMMAND,
        refusals=NOT_FOUND,
    ),
)


def statuses(operation: Operation) -> Mapping[int, None]:
    """Every status but that of success that the operation can answer with, in order."""
    found = {401, 405, 406, 422, 500, 503, *operation.refusals}
    if operation.may is not None:
        found.add(403)
    if operation.takes_body:
        found |= {400, 413, 415}
    if operation.changes:
        found |= {400}
    if operation.current is not None:
        found.add(412)
    if operation.method == "GET":
        found.add(304)
    return dict.fromkeys(sorted(found))
