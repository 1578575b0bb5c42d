"""The same act on several cases of the board: a command each, and of each what became of it.

Each case is a transaction of its own: what cannot be done in one keeps nothing from being done in the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from procedures.commands import AcknowledgeHandoff, AnyCommand, DeclineHandoff, RemindHandoff
from procedures.errors import StaffettaError
from procedures.events import AnswerCameLate
from web.doorkeeper import Visit
from web.pages import say
from web.refusals import told
from web.saying import N_

TICKED = "row"
"""`row.CODE` holds the reference of its handoff."""
REMIND, ACKNOWLEDGE, REASSIGN = "remind", "acknowledge", "reassign"
ACTS: Mapping[str, str] = {
    REMIND: N_("Reminded."),
    ACKNOWLEDGE: N_("Noted that they have seen it."),
    REASSIGN: N_("Noted that they cannot: the next one is asked."),
}
NONE_TICKED = N_("No case is ticked. Tick those that are meant.")
NO_REASON = N_("Choose the reason for which somebody else is asked.")
CAME_LATE = N_("It had been answered already: this was recorded as a late answer and changes nothing.")
NOTHING_NEW = N_("It was so already: nothing was changed.")


@dataclass(frozen=True)
class Ticked:
    """What is done with each."""

    answer: str
    reason: str
    command: str
    """The id of its command."""


@dataclass(frozen=True)
class Outcome:
    """What became of it in one case."""

    code: str
    done: bool
    said: str


def act_on(visit: Visit, asked: Ticked, code: str, ref: str) -> Outcome:
    """Do it in this case."""
    try:
        about = {**visit.asked(asked.command, visit.case_id(code)), "ref": ref}
        events = [one.event for one in visit.handle(code, _command(asked, about)).events]
    except StaffettaError as refusal:
        return Outcome(code, done=False, said=told(refusal, visit.names))
    if any(isinstance(one, AnswerCameLate) for one in events):
        return Outcome(code, done=False, said=say(visit.language, CAME_LATE))
    said = ACTS[asked.answer] if events else NOTHING_NEW
    return Outcome(code, done=bool(events), said=say(visit.language, said))


def _command(asked: Ticked, about: Mapping[str, object]) -> AnyCommand:
    if asked.answer == REMIND:
        return RemindHandoff.model_validate(about)
    if asked.answer == ACKNOWLEDGE:
        return AcknowledgeHandoff.model_validate(about)
    return DeclineHandoff.model_validate({**about, "reason": asked.reason})
