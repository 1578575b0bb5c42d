"""What the one-tap page knows and does: from a token and a code to a command, and from its outcome to a page.

The token is the only key; there is no account, no cookie and no session. Every id of a command is derived from the
token and what was tapped, so that a second tap of the same button is the same command.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from models.composition import House
from models.done import done_command
from models.links import Link, LinkStatus, code_fits, find_link
from models.pins import proven
from models.views import HandoffRow, case_state, handoff_view
from notifiers.language import language_of, translator
from procedures.case import HandoffMode, HandoffState, Party, PartyKind
from procedures.choosing import coordinator_of
from procedures.commands import (
    AcceptHandoff,
    AcknowledgeHandoff,
    CompleteHandoff,
    DeclineHandoff,
    ExtendLimit,
    GiveSignal,
    NoteFirstSign,
    RenewLink,
    Road,
)
from procedures.consenting import is_withheld
from procedures.events import AnswerCameLate, LinkUse
from procedures.haste import is_imminent
from procedures.notices import NoticeLine, may_be_read, notice_lines
from procedures.schema import AskStep, TellStep
from procedures.urgency import Urgency, urgency
from web.caselines import StepLine
from web.evidence import AskedResult, asked_results
from web.longer import LongerTime, longer_time
from web.naming import Names
from web.saying import STEP_STATES
from web.second import Proposed, proposed
from web.signals import SignalLine, signals_by_link, words_of

PROVEN = "proven"
RENEWED_AT_MOST_EVERY = 600
"""Seconds in which a second *send me a new link* is the same request."""


@dataclass(frozen=True)
class Telephone:
    """Somebody who can be called."""

    name: str
    phone: str


@dataclass(frozen=True)
class Tap:
    """One link, looked at by whoever holds it."""

    house: House
    token: str
    link: Link
    handoff: HandoffRow
    names: Names
    now: datetime

    @property
    def language(self) -> str:
        """The language of the person to whom the message went."""
        return self.names.language

    @property
    def is_good(self) -> bool:
        """Whether it can still be answered by this link."""
        return self.link.status is LinkStatus.GOOD

    @property
    def for_result(self) -> bool:
        """Whether it asks for the result; otherwise for an answer."""
        return self.link.use is LinkUse.RESULT

    @property
    def for_reading(self) -> bool:
        """Whether it opens what a notice says, and nothing is answered by it."""
        return self.link.use is LinkUse.READ

    def notice(self) -> tuple[StepLine, ...] | None:
        """What the notice says as it stands now; None where it may not be told any more."""
        pinned, library = self.names.pinned(self.handoff.content_hash), self.names.library
        state = case_state(self.house.database, self.house.keyring, self.handoff.case_code)
        handoff = state.handoffs[self.handoff.ref]
        if pinned is None or not may_be_read(library, pinned, state, handoff):
            return None
        return tuple(self._notice_line(line) for line in notice_lines(library, pinned, state, handoff))

    def _notice_line(self, line: NoticeLine) -> StepLine:
        said = self.names.words.gettext(STEP_STATES[line.state])
        if line.result:
            said = f"{said}: {self.names.result(self.handoff.content_hash, line.step, line.result)}"
        return StepLine(self.names.step(self.handoff.content_hash, line.step), line.state, said)

    @property
    def deadline(self) -> datetime | None:
        """The one that the message said."""
        return self.handoff.complete_by if self.for_result else self.handoff.accept_by

    @property
    def urgency(self) -> Urgency:
        """From the time left, as in the message."""
        return urgency(self.deadline, self.now)

    @property
    def step(self) -> str:
        """What is asked: shown after the code only."""
        pinned, competence = self.names.pinned(self.handoff.content_hash), None
        step = pinned.steps.get(self.handoff.step) if pinned else None
        if isinstance(step, TellStep) and len(step.competences) > 1:
            state = case_state(self.house.database, self.house.keyring, self.handoff.case_code)
            competence = state.handoffs[self.handoff.ref].competence
        return self.names.step(self.handoff.content_hash, self.handoff.step, competence)

    @property
    def may_decline(self) -> bool:
        """A coordinator is the last link: there is nobody behind."""
        held_by_coordinator = self.handoff.owner_kind is PartyKind.COORDINATOR
        coordinator = self.names.directory.coordinators.get(self.handoff.owner_id)
        is_last = held_by_coordinator and coordinator is not None and self.link.person in coordinator.people
        return not is_last and self.handoff.mode is not HandoffMode.TELL

    @property
    def waits_for_answer(self) -> bool:
        """Whether nobody has taken it yet."""
        return self.handoff.state in {HandoffState.REQUESTED, HandoffState.ALERTED, HandoffState.ACKNOWLEDGED}

    @property
    def waits_for_first_sign(self) -> bool:
        """Whether its step asks for a first sign of work and the handoff is taken."""
        pinned = self.names.pinned(self.handoff.content_hash)
        step = pinned.steps.get(self.handoff.step) if pinned else None
        taken = self.handoff.state is HandoffState.ACCEPTED
        return taken and isinstance(step, AskStep) and step.first_sign_within is not None

    def proposed(self) -> Proposed | None:
        """What somebody recorded, and they may confirm."""
        found = proposed(self.house, self.handoff, self.names)
        return found if found is None or found.actor != self.link.actor else None

    def longer(self) -> LongerTime | None:
        """Longer time that can be asked for."""
        return longer_time(self.house, self.handoff, self.names)

    def signals(self) -> tuple[SignalLine, ...]:
        """What may have happened outside that they are among those to tell, while they hold it."""
        return signals_by_link(self.house, self.handoff, self.link.person, self.names)

    def results(self) -> tuple[AskedResult, ...]:
        """In which ways the step can end, each with the evidence it asks for."""
        pinned = self.names.pinned(self.handoff.content_hash)
        step = pinned.steps.get(self.handoff.step) if pinned else None
        return asked_results(step, self.handoff.content_hash, self.names) if step else ()

    @property
    def withheld(self) -> bool:
        """Whether nobody may be told whom it is for: the consent to what is said is not there, or not any more."""
        pinned = self.names.pinned(self.handoff.content_hash)
        step = pinned.steps.get(self.handoff.step) if pinned else None
        if pinned is None or step is None:
            return False
        state = case_state(self.house.database, self.house.keyring, self.handoff.case_code)
        return is_withheld(self.names.library, pinned, step, state, state.handoffs[self.handoff.ref].service)

    def giver(self) -> Telephone | None:
        """Whoever passed the baton. Shown once it was taken: they know whom to help; not where that may not be said."""
        return None if self.withheld else self._telephone(Party(kind=self.handoff.giver_kind, id=self.handoff.giver_id))

    def coordinator(self) -> Telephone | None:
        """Whom to call when this link is of no more use: the coordinator, never one who is kept out of this case."""
        state = case_state(self.house.database, self.house.keyring, self.handoff.case_code)
        found = coordinator_of(self.names.directory, self.handoff.territory, state.exclusions)
        return self._telephone(Party(kind=PartyKind.COORDINATOR, id=found.id)) if found else None

    def _telephone(self, party: Party) -> Telephone | None:
        phone = self.names.phone(party)
        return Telephone(self.names.party(party), phone) if phone else None

    def code_fits(self, code: str) -> bool:
        """Whether this is the code of the message. A wrong one is counted."""
        return code_fits(self.house.database, self.house.keyring.token_key, self.link, code, self.now)


def look(house: House, token: str) -> Tap | None:
    """The link of this token; None for one that no message carried, or whose receiver has left the network."""
    now = house.clock.now()
    link = find_link(house.database, token, now)
    if link is None:
        return None
    directory = house.procedures.directory()
    person = directory.people.get(link.person)
    if person is None:
        return None  # she left the network: what she was sent opens nothing any more
    language = language_of(person.language)
    names = Names(directory, house.procedures.library(), language, translator(language, "web"))
    return Tap(house, token, link, handoff_view(house.database, link.about_ref), names, now)


@dataclass(frozen=True)
class Answered:
    """What came of a tap."""

    tap: Tap
    """Looked at again, after it."""
    came_late: bool
    """It was recorded, and changed nothing."""
    taken: bool = False
    """It is hers, whom the message was for."""
    unconfirmed: bool = False
    """She says that it is taken, and a coordinator has to make sure: the calls go on."""


@dataclass(frozen=True)
class Said:
    """What the form said beside its code."""

    reason: str = ""
    result: str = ""
    signal: str = ""
    times: str = ""
    """How often the signal had come when the form was drawn: the same form twice is one signal."""
    pin: str = ""
    """Her personal PIN, which is asked for in imminent danger alone."""
    evidence: Mapping[str, str] = field(default_factory=dict)


def answer(tap: Tap, kind: str, form: Said) -> Answered:
    """Do what was tapped.

    Raises:
        Refused: the rules do not allow it, or the evidence does not fit.
        StoreBusy: not saved.
    """
    proof = _proof(tap, form) if kind == "accept" else ""
    about = {
        "id": _command_id(tap, kind, form, proof),
        "case_id": tap.link.case_id,
        "actor": tap.link.actor,
        "road": Road.LINK,
        "ref": tap.link.about_ref,
    }
    evidence = dict(form.evidence)
    handle = tap.house.handling.handle
    match kind:
        case "accept":
            handled = handle(AcceptHandoff.model_validate({**about, "proven": proof == PROVEN}))
        case "decline":
            handled = handle(DeclineHandoff.model_validate({**about, "reason": form.reason}))
        case "first_sign":
            handled = handle(NoteFirstSign.model_validate(about))
        case "complete":
            handled = handle(CompleteHandoff.model_validate({**about, "result": form.result, "evidence": evidence}))
        case "signal":
            handled = handle(_signal(tap, form, about))
        case "extend":
            handled = handle(ExtendLimit.model_validate(about))
        case "renew":
            handled = handle(RenewLink.model_validate(about))
        case _:
            handled = handle(AcknowledgeHandoff.model_validate(about))
    late = any(isinstance(recorded.event, AnswerCameLate) for recorded in handled.events)
    again = look(tap.house, tap.token)
    assert again is not None
    handoff, her = handled.state.handoffs[tap.link.about_ref], tap.link.actor
    taken = handoff.state is HandoffState.ACCEPTED and handoff.accepted_by == her
    return Answered(again, late, taken=taken, unconfirmed=any(said.actor == her for said in handoff.claims))


def _proof(tap: Tap, form: Said) -> str:
    """What tells one tap of *we take it* from another, as far as it has to be proved; nothing where it has not.

    What nobody proved is said anew by each tap until somebody has it: the rules know what stands. Where it was called
    false meanwhile, or has not to be proved any more, the same tap is another answer. Elsewhere no PIN is looked at, so
    that none can be tried, nor by a link that was used or closed.
    """
    about = {"id": _command_id(tap, "accept", form, PROVEN), "case_id": tap.link.case_id, "road": Road.LINK}
    taken = AcceptHandoff.model_validate({**about, "actor": tap.link.actor, "ref": tap.link.about_ref})
    if proven(tap.house, tap.handoff.case_code, taken, form.pin if tap.is_good else ""):
        return PROVEN
    state = case_state(tap.house.database, tap.house.keyring, tap.handoff.case_code)
    return f"said {state.version}" if is_imminent(state.facts) and tap.waits_for_answer else ""


def _signal(tap: Tap, form: Said, about: Mapping[str, object]) -> GiveSignal:
    """On the word of the holder's service. A name that the pathway does not know is left to the rules to refuse."""
    pinned = tap.names.pinned(tap.handoff.content_hash)
    signal = pinned.signals.get(form.signal) if pinned else None
    words = words_of(signal, tap.handoff, tap.link.person, tap.names) if signal else ()
    given = {name: value for name, value in about.items() if name != "ref"}
    said_by = next(iter(words), "")
    run = {"run": tap.handoff.run_id, "said_by": said_by, "signal": form.signal}
    return GiveSignal.model_validate({**given, **run, "evidence": dict(form.evidence)})


def was_given(tap: Tap, form: Said) -> bool:
    """Whether this very form was sent before, and recorded."""
    return done_command(tap.house.database, _command_id(tap, "signal", form)) is not None


def _command_id(tap: Tap, kind: str, form: Said, proof: str = "") -> str:
    evidence = chain(*sorted(form.evidence.items()))
    parts = [tap.token, kind, form.reason, form.result, *evidence]
    if proof:
        parts.append(proof)
    if kind == "signal":
        parts += [form.signal, form.times]
    if kind == "extend":
        # Asking again is a new request once the end has moved.
        parts.append(str(tap.handoff.complete_by))
    if kind == "renew":
        parts.append(str(int(tap.now.timestamp()) // RENEWED_AT_MOST_EVERY))
    return f"link-{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:40]}"
