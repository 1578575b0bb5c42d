"""Longer time for a handoff: what its procedure gives, who agreed, and who still has to."""

from dataclasses import dataclass

from models.composition import House
from models.views import HandoffRow, case_state
from procedures.case import HandoffState
from procedures.schema import AskStep, AwaitStep, Clock
from procedures.showing.names import time
from web.naming import Names


@dataclass(frozen=True)
class LongerTime:
    """Longer time that can be had for a handoff."""

    by: str
    asked: bool
    agreed: tuple[str, ...]
    still: tuple[tuple[str, str], ...]
    """The bodies that must agree and have not yet: word and name."""


def longer_time(house: House, row: HandoffRow, names: Names) -> LongerTime | None:
    """What can be had, before the end, where the procedure gives any and some is left."""
    pinned = names.pinned(row.content_hash)
    step = pinned.steps.get(row.step) if pinned else None
    if not isinstance(step, AskStep | AwaitStep) or step.extend is None or row.state is not HandoffState.ACCEPTED:
        return None
    state = case_state(house.database, house.keyring, row.case_code)
    handoff, run = state.handoffs[row.ref], state.runs[row.run_id].steps[row.step]
    movable = [limit for limit in handoff.limits if limit.clock is not Clock.CLINICAL]
    if run.extended >= step.extend.at_most or not movable or any(limit.passed for limit in movable):
        return None
    return LongerTime(
        by=time(step.extend.by.words, names.language),
        asked=run.longer_asked_at is not None,
        agreed=tuple(names.agreeing(body) for body in run.agreed),
        still=tuple((body, names.agreeing(body)) for body in step.extend.agreed_by if body not in run.agreed),
    )
