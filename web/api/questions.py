"""Questions that change nothing: what became of a command, and who would be called now."""

from collections.abc import Mapping

from models.done import done_command
from models.views import case_state
from procedures.errors import NotOpenedByThem, Refused, UnknownPathway, UnknownTerritory
from procedures.whonow import who_now
from procedures.whonow_case import who_in_case
from web.api.answered import CommandDone, WhoNow
from web.api.asked import Circumstances, Nothing, WhoQuery
from web.api.cases import check_exclusions, code_of, command_of
from web.api.failures import DoesNotFit, Fault, NothingSaved
from web.api.operations import Answer, AnyCall, Call
from web.api.problems import NOT_AMONG
from web.api.telling import who_is_called

OPENED = "case_opened"


def read_command(call: Call[Nothing, Nothing]) -> Answer:
    """What became of the request with this Idempotency-Key, of the calling key's own alone."""
    asked = call.path["id"]
    found = done_command(call.desk.house.database, call.command_id_of(asked))
    if found is None:
        raise NothingSaved
    # To a key of one body an answer to a handoff must not tell the case it belongs to.
    known = call.program.body is None or OPENED in found.kinds
    return Answer(
        CommandDone(
            id=asked, state="done", at=found.at, case=found.case_code if known else None, events=list(found.kinds)
        )
    )


IN_QUERY: Mapping[type[Refused], str] = {
    UnknownPathway: "pathway",
    UnknownTerritory: "territory",
    NotOpenedByThem: "by",
}


def who(call: Call[Nothing, WhoQuery]) -> Answer:
    """Who would be called now, without any fact: nothing of a case may stand in an address."""
    try:
        asked = call.query
        return _who(call, Circumstances(pathway=asked.pathway, territory=asked.territory, by=asked.by))
    except (UnknownPathway, UnknownTerritory, NotOpenedByThem) as refusal:
        name = IN_QUERY[type(refusal)]
        raise DoesNotFit([Fault(f"query#/{name}", NOT_AMONG, refusal.data)]) from None


def who_with_facts(call: Call[Circumstances, Nothing]) -> Answer:
    """Who would be called now in these circumstances, which travel in the body."""
    check_exclusions(call.directory, call.body)
    return _who(call, call.body)


def who_of_case(call: Call[Nothing, Nothing]) -> Answer:
    """Who is asked, or would be, in a case that is open. Raises UnknownCase."""
    house = call.desk.house
    state = case_state(house.database, house.keyring, code_of(call))
    rows = who_in_case(state, house.procedures.library(), call.directory, call.desk.now)
    return Answer(WhoNow(steps=[who_is_called(row) for row in rows]))


def _who(call: AnyCall, circumstances: Circumstances) -> Answer:
    procedures = call.desk.house.procedures
    command = command_of(call, circumstances, code="", seed="0" * 32)
    rows = who_now(procedures.library(), call.directory, command, call.desk.now)
    return Answer(WhoNow(steps=[who_is_called(row) for row in rows]))
