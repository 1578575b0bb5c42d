"""What can be done in a scenario: one entry for each command of `procedures.commands` that a person may give.

A new command gets a verb by one more line of `VERBS`; a test names the commands that have none.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from procedures import commands as c
from procedures.case import CaseState, Handoff, PartyKind
from procedures.choosing_terms import choice_of
from procedures.directory import Directory
from procedures.drafting import Draft
from procedures.persons import PERSON
from procedures.scenario.language import Act, Value
from procedures.schema import Library
from procedures.values import ROME, moment_text

OPERATOR = "operator:scenario"
BY = "by"
"""Who says it, by the id of a person; without it whoever was asked."""
BY_OPERATOR = "operator"
"""Nobody of the service itself: an operator records what it said on the telephone."""
TAKER = "person"
"""Which person takes it, as the operator records it."""


@dataclass(frozen=True, slots=True)
class Doing:
    """Where an act takes place."""

    state: CaseState
    directory: Directory
    now: datetime
    library: Library
    """With what is in force at that moment."""


Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb: its command, how its target fills the command, and the other words it may carry with an example."""

    command: type[c.Command]
    target: Callable[[Doing, str], Fields]
    more: Mapping[str, str] = field(default_factory=dict)
    needs: frozenset[str] = frozenset()
    of: str = "step"
    """What its target names: a handoff's step (or `STEP/SERVICE`), a consent, a pathway, a reason; a step that need not
    have begun (or `PATHWAY/STEP`); nothing but `true`."""
    reasons: tuple[str, ...] = (*c.CHOSEN_REASONS, c.CancelReason.CALLED_OFF)
    fields: Mapping[str, str] = field(default_factory=dict)
    """How the command calls a word, where it calls it otherwise."""


def handoff_named(state: CaseState, name: str) -> Handoff | None:
    """The newest handoff of this step, or of `STEP/SERVICE`; an open one before one that is over.

    What no service was asked for is the coordination's: `STEP/COORDINATION`.
    """
    found = [h for h in state.handoffs.values() if name in (h.step, f"{h.step}/{h.service or h.owner.id}")]
    return next((h for h in reversed(found) if h.is_open), found[-1] if found else None)


def _handoff(doing: Doing, name: str) -> Fields:
    handoff = handoff_named(doing.state, name)
    return {"ref": handoff.ref if handoff else name}


def _as(field_name: str) -> Callable[[Doing, str], Fields]:
    return lambda _doing, name: {field_name: name}


def _any_step(_doing: Doing, name: str) -> Fields:
    run, _slash, step = name.rpartition("/")
    return {"run": run, "step": step}


def _nothing(_doing: Doing, _name: str) -> Fields:
    return {}


def _in_force(doing: Doing, name: str) -> Fields:
    return {"run": name, "edition": doing.library.current[name].edition}


def _run(doing: Doing, name: str) -> Fields:
    runs = [run.run_id for run in doing.state.runs.values() if run.pathway == name]
    return {"run_id": runs[-1] if runs else name}


_BY = {BY: "olga"}
_OF_SERVICE = {"service": "luna_ascolto"}
_ASKED = {"said_by": "a_parent", **_OF_SERVICE, "how": "telephone", "language": "it"}
_REASON = frozenset({"reason"})
VERBS: Mapping[str, Verb] = {
    "acknowledge": Verb(c.AcknowledgeHandoff, _handoff, _BY),
    "ask_back": Verb(c.AskBack, _handoff, _BY),
    "give_to_colleague": Verb(c.GiveToColleague, _handoff, {**_BY, "colleague": "olga"}, frozenset({"colleague"})),
    "accept": Verb(c.AcceptHandoff, _handoff, {**_BY, TAKER: "olga", "proven": "false"}),
    "confirm": Verb(c.ConfirmAcceptance, _handoff, {"how": "called_back"}, frozenset({"how"})),
    "deny": Verb(c.DenyAcceptance, _handoff),
    "decline": Verb(c.DeclineHandoff, _handoff, {"reason": "full", **_BY}, _REASON, reasons=tuple(c.DeclineReason)),
    "pick": Verb(c.PickService, _handoff, {"service": "luna_ascolto", **_BY}, frozenset({"service"})),
    "first_sign": Verb(c.NoteFirstSign, _handoff, _BY),
    "complete": Verb(c.CompleteHandoff, _handoff, {"result": "housed", "evidence": "{}", **_BY}, frozenset({"result"})),
    "remind": Verb(c.RemindHandoff, _handoff),
    "renew_link": Verb(c.RenewLink, _handoff, _BY),
    "longer_time": Verb(c.ExtendLimit, _handoff, {"body": "coordinator", **_BY}),
    "change_fact": Verb(
        c.ChangeFact,
        _as("fact"),
        {"to": "high", "reason": "new_assessment", "on_word_of": "police"},
        frozenset({"to", "reason"}),
        of="fact",
        reasons=tuple(c.FactReason),
        fields={"to": "value", "on_word_of": "by"},
    ),
    "signal": Verb(
        c.GiveSignal,
        _as("signal"),
        {"said_by": "police", "pathway": "shelter", "evidence": "{}"},
        of="signal",
        fields={"pathway": "run"},
    ),
    "give_consent": Verb(c.GiveConsent, _as("consent"), {**_ASKED, "until": "2026-12-24T12:00+01:00"}, of="consent"),
    "refuse_consent": Verb(c.RefuseConsent, _as("consent"), _ASKED, of="consent"),
    "revoke_consent": Verb(c.RevokeConsent, _as("consent"), _OF_SERVICE, of="consent"),
    "cancel_case": Verb(c.CancelCase, _as("reason"), of="reason"),
    "cancel_pathway": Verb(c.CancelPathway, _run, {"reason": "her_wish"}, _REASON, of="pathway"),
    "act_first": Verb(
        c.ActFirst, _any_step, {"reason": "only_chance"}, _REASON, of="any_step", reasons=tuple(c.ActFirstReason)
    ),
    "forgo": Verb(c.ForgoStep, _any_step, {"reason": "her_wish"}, _REASON, of="any_step"),
    "decide_anew": Verb(
        c.DecideAnew,
        _any_step,
        {
            "result": "housed",
            "evidence": "{}",
            "reason": "appeal",
            "on_word_of": "legal_aid",
            "keep": "[escort]",
            "cancel": "[escort]",
        },
        frozenset({"result", "reason"}),
        of="any_step",
        reasons=tuple(c.AnewReason),
        fields={"on_word_of": "by"},
    ),
    "review": Verb(c.ReviewSteps, _any_step, {"finding": "grounded"}, frozenset({"finding"}), of="any_step"),
    "reopen": Verb(
        c.ReopenPathway,
        _as("run"),
        {"reason": "new_incident", "same_edition": "true"},
        _REASON,
        of="pathway",
        reasons=tuple(c.ReopenReason),
    ),
    "move": Verb(
        c.MovePathway,
        _in_force,
        {"reason": "procedure_changed"},
        _REASON,
        of="pathway",
        reasons=tuple(c.MoveReason),
    ),
    "never_contact_again": Verb(c.NeverContactAgain, _nothing, of="nothing"),
    "contact_again": Verb(c.ContactAgain, _nothing, of="nothing"),
}
CARRIERS: Mapping[str, c.DeliveryResult] = {
    "carrier_refuses": c.DeliveryResult.FAILED,
    "carrier_accepts": c.DeliveryResult.ACCEPTED,
}
"""From now on this becomes of every message to a person: no channel takes it; it leaves again."""
ADOPT = "adopt"
"""The text of today comes into force in the place of the earlier one that the story began with."""


def command_of(act: Act, doing: Doing, number: int) -> c.Command:
    """The command that the act stands for, from whoever it would come from."""
    verb = VERBS[act.verb]
    target = verb.target(doing, act.target)
    said = {word: value for word, value in act.more.items() if word != BY}
    more = {verb.fields.get(word, word): _value(value, doing.now) for word, value in said.items()}
    handoff = doing.state.handoffs.get(str(target.get("ref", "")))
    actor = _actor(doing, handoff, act.more.get(BY, BY_OPERATOR if TAKER in said else None))
    base: dict[str, object] = {
        "id": f"scenario-act-{number:08d}",
        "case_id": doing.state.case_id,
        "road": c.Road.DESK if actor == OPERATOR else c.Road.LINK,
    }
    if verb.command is c.AcceptHandoff:
        base["proven"] = True  # whoever plays a part in a scenario has her PIN
    return verb.command.model_validate({**base, "actor": actor, **target, **more})


def _actor(doing: Doing, handoff: Handoff | None, by: Value) -> str:
    """Whoever was asked; everything else is typed by an operator."""
    if by is not None:
        return OPERATOR if by == BY_OPERATOR else f"{PERSON}{by}"
    if handoff is None:
        return OPERATOR
    meant = _meant(doing, handoff)
    if meant is not None:
        return f"{PERSON}{meant}"
    if handoff.owner.kind is PartyKind.COORDINATOR and handoff.owner.id in doing.directory.coordinators:
        return f"person:{doing.directory.coordinators[handoff.owner.id].people[0]}"
    service = doing.directory.services.get(handoff.service or "")
    return f"person:{doing.directory.person_on_duty(service, doing.now).id}" if service else OPERATOR


def _meant(doing: Doing, handoff: Handoff) -> str | None:
    """Where the procedure says which person it is: whoever took it, or was written to last."""
    draft = Draft(doing.state, doing.library, doing.directory, doing.now)
    away = draft.kept_away(handoff)
    if not away and not choice_of(draft.step(handoff.run_id, handoff.step)).same_person_as:
        return None
    if handoff.accepted_by and handoff.accepted_by.startswith(PERSON):
        return handoff.accepted_by.removeprefix(PERSON)
    written = [note.person for note in handoff.alerts.values() if note.to is handoff.owner.kind and note.person]
    return next((person for person in reversed(written) if person not in away), None)


def _value(value: Value, now: datetime) -> Any:
    if isinstance(value, tuple):
        return frozenset(value)
    if isinstance(value, Mapping):
        return {word: _value(inner, now) for word, inner in value.items()}
    if value == "now":
        return moment_text(now)
    return now.astimezone(ROME).date().isoformat() if value == "today" else value
