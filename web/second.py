"""A result that waits for a second person: what was proposed, ready to be confirmed."""

from dataclasses import dataclass

from models.composition import House
from models.views import HandoffRow, case_state
from procedures.case import CaseState
from procedures.values import as_moment
from web import spans
from web.naming import Names


@dataclass(frozen=True)
class Shown:
    """One piece of evidence: its field, its name, what it says, and how a form sends it again."""

    field: str
    title: str
    said: str
    value: str


@dataclass(frozen=True)
class Proposed:
    """What one person recorded and another has not confirmed yet."""

    actor: str
    result: str
    title: str
    evidence: tuple[Shown, ...]


def proposed(house: House, row: HandoffRow, names: Names) -> Proposed | None:
    """What waits for a second person, where something does."""
    return proposed_in(case_state(house.database, house.keyring, row.case_code), row, names)


def proposed_in(state: CaseState, row: HandoffRow, names: Names) -> Proposed | None:
    """The same, of a state that is known."""
    handoff = state.handoffs[row.ref]
    known = handoff.proposed if handoff.is_open else None
    if known is None:
        return None
    shown = []
    for field, value in known.evidence.items():
        at = as_moment(value) if isinstance(value, str) else None
        said = spans.day_and_hour(at, names.language, handoff.requested_at) if at else str(value)
        sent = str(value)
        if isinstance(value, bool):
            sent = "yes" if value else "no"
            said = names.words.gettext(sent)
        shown.append(Shown(field, names.field(field), said, sent))
    title = names.result(row.content_hash, row.step, known.result)
    return Proposed(known.actor, known.result, title, tuple(shown))
