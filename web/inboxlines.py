"""What the page of a service member shows, ready for its templates: the card, what the step needs, her channels."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.composition import House
from models.inbox import Asked
from procedures.asking_back import colleagues
from procedures.case import UNANSWERED_STATES, Handoff, HandoffMode, HandoffState, Party, PartyKind
from procedures.choosing import coordinator_of
from procedures.consenting import is_withheld
from procedures.membership import Part, needed_facts
from procedures.persons import PERSON
from procedures.schema import AnyStep, AskStep
from procedures.urgency import urgency
from web.evidence import AskedResult, asked_results
from web.factwords import fact_title, fact_value
from web.longer import LongerTime, longer_time
from web.naming import Names
from web.saying import N_, URGENCIES
from web.second import Proposed, proposed_in
from web.tapping import Telephone

HERSELF, AT_THE_DESK = N_("you"), N_("the desk, on behalf of your service")


@dataclass(frozen=True)
class Card:
    """A handoff as far as everybody of its service sees it: no more than the message said."""

    ref: str
    step: str
    service: str
    drill: bool
    held: bool
    due_at: datetime | None
    urgency: str
    withheld: bool
    claimed: bool
    """Whether somebody of the service said yes without a proof: it does not count yet."""
    may_wait: bool
    """Whether something can be asked, or a colleague alerted, before it is answered."""
    asked_back_at: datetime | None
    colleagues: Sequence[tuple[str, str]]
    """Who else of the service there is, by id and name: they know each other."""


@dataclass(frozen=True)
class Needed:
    """What the step needs, for whoever's service has taken it."""

    taken_by: str
    taken_at: datetime | None
    giver: Telephone | None
    coordinator: Telephone | None
    facts: Sequence[tuple[str, str]]
    first_sign: bool
    first_sign_at: datetime | None
    longer: LongerTime | None
    proposed: Proposed | None
    results: Sequence[AskedResult]
    may_decline: bool
    """Whether it may still be given back: what is watched may."""


def card(asked: Asked, names: Names, now: datetime) -> Card:
    """The minimal card."""
    row, step, handoff = asked.row, _step(asked, names), _handoff(asked)
    held = asked.part is Part.HELD
    due = row.complete_by if held else row.accept_by
    return Card(
        ref=row.ref,
        step=names.step(row.content_hash, row.step),
        service=names.service(row.service or ""),
        drill=row.drill,
        held=held,
        due_at=due,
        urgency=names.words.gettext(URGENCIES[urgency(due, now)]),
        withheld=_withheld(asked, step, names),
        claimed=handoff.waits_to_be_confirmed,
        may_wait=handoff.mode is not HandoffMode.TELL and handoff.state in UNANSWERED_STATES,
        asked_back_at=handoff.asked_back_at,
        colleagues=_colleagues(asked, names),
    )


def needed(house: House, asked: Asked, names: Names) -> Needed:
    """What the step needs and what may be said of it. Only for what her service has taken."""
    row, step, handoff = asked.row, _step(asked, names), _handoff(asked)
    taken = handoff.state is HandoffState.ACCEPTED
    waiting = proposed_in(asked.state, row, names)
    return Needed(
        taken_by=taken_by(asked, names),
        taken_at=handoff.accepted_at,
        giver=None if _withheld(asked, step, names) else _telephone(names, handoff.giver.party),
        coordinator=_coordination(asked, names),
        facts=_facts(asked, step, names),
        first_sign=taken and isinstance(step, AskStep) and step.first_sign_within is not None,
        first_sign_at=handoff.first_sign_at,
        longer=longer_time(house, row, names),
        proposed=waiting if waiting is None or waiting.actor != f"{PERSON}{asked.person}" else None,
        results=asked_results(step, row.content_hash, names) if step else (),
        may_decline=handoff.mode is HandoffMode.WATCH,
    )


def taken_by(asked: Asked, names: Names) -> str:
    """Who of her service took it, by role; of people no name is shown."""
    by = _handoff(asked).accepted_by or ""
    if by == f"{PERSON}{asked.person}":
        return names.words.gettext(HERSELF)
    if by.startswith(PERSON):
        return names.role_of(by.removeprefix(PERSON), names.directory.services.get(asked.row.service or ""))
    return names.words.gettext(AT_THE_DESK) if by else ""


def _colleagues(asked: Asked, names: Names) -> list[tuple[str, str]]:
    service = Party(kind=PartyKind.SERVICE, id=asked.row.service or "")
    others = colleagues(names.directory, f"{PERSON}{asked.person}", service)
    found = [names.directory.people[one] for one in others if one in names.directory.people]
    return [(one.id, one.name) for one in sorted(found, key=lambda one: one.name)]


def _handoff(asked: Asked) -> Handoff:
    return asked.state.handoffs[asked.row.ref]


def _step(asked: Asked, names: Names) -> AnyStep | None:
    pinned = names.pinned(asked.row.content_hash)
    return pinned.steps.get(asked.row.step) if pinned else None


def _withheld(asked: Asked, step: AnyStep | None, names: Names) -> bool:
    """Whether it may not be said whom it is for; also where nobody can tell any more."""
    pinned = names.pinned(asked.row.content_hash)
    return pinned is None or step is None or is_withheld(names.library, pinned, step, asked.state, asked.row.service)


def _facts(asked: Asked, step: AnyStep | None, names: Names) -> Sequence[tuple[str, str]]:
    pinned = names.pinned(asked.row.content_hash)
    if pinned is None or step is None:
        return ()
    found = needed_facts(names.library, pinned, step, asked.state, asked.row.ref)
    since = asked.row.requested_at
    return [(fact_title(names, name), fact_value(names, name, value, since)) for name, value in found.items()]


def _coordination(asked: Asked, names: Names) -> Telephone | None:
    found = coordinator_of(names.directory, asked.row.territory, asked.state.exclusions)
    return _telephone(names, Party(kind=PartyKind.COORDINATOR, id=found.id)) if found else None


def _telephone(names: Names, party: Party) -> Telephone | None:
    phone = names.phone(party)
    return Telephone(names.party(party), phone) if phone else None
