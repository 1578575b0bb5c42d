"""What operators do to a case that runs, or is over: each act is made from what the case is at that moment."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from procedures import commands as c
from procedures.case import CaseState, CaseStatus, PathwayRun, RunState, StepState
from procedures.deciding_anew import under_way_after, voices_for
from procedures.language.results import EvidenceType
from procedures.placing import extension_of
from procedures.schema import AskStep, AwaitStep, Library, Pathway
from procedures.timing import NOT_BEGUN
from tests.simulation.draws import Draws

RISKS = ("low", "medium", "high", "imminent")
CHANGING = ("needs_transport", "wants_legal_help", "needs_shelter", "risk", "danger", "still_there")
RANKED = {"risk": ("risk_assessment", "operator", "police"), "danger": ("operator", "risk_assessment")}
"""Facts whose values are levels, and whose word changes them."""
LIKELY = (
    ("gives a signal", 0.16),
    ("changes a fact", 0.12),
    ("acts first", 0.12),
    ("decides anew", 0.10),
    ("asks for longer time", 0.08),
    ("forgoes what is owed", 0.06),
    ("reopens a pathway", 0.08),
    ("moves a pathway", 0.16),
    ("wants no contact any more", 0.05),
    ("may be contacted again", 0.04),
    ("cancels a pathway", 0.03),
    ("revokes a consent", 0.04),
    ("cancels the case", 0.03),
)


@dataclass(frozen=True)
class Scene:
    """A case at the moment of an act, and what is drawn for it."""

    draws: Draws
    library: Library
    state: CaseState
    now: datetime
    name: tuple[object, ...]
    """Of this act: whatever is drawn for it is drawn under it."""

    @property
    def running(self) -> list[tuple[PathwayRun, Pathway]]:
        """The pathways that run, with their texts."""
        runs = [run for run in self.state.runs.values() if run.state is RunState.RUNNING]
        return [(run, self.library.by_hash[run.content_hash]) for run in runs]

    def one_of(self, choices: Sequence[Any], what: str) -> Any:
        """One of these; None where there are none."""
        return self.draws.one_of(choices, *self.name, what) if choices else None

    def evidence(self, kinds: Mapping[str, EvidenceType], what: str) -> dict[str, c.EvidenceValue]:
        """Evidence of these kinds."""
        return evidence(kinds, self.now, lambda field: self.one_of(RISKS, f"{what} {field}"))


def evidence(kinds: Mapping[str, EvidenceType], at: datetime, risk: Callable[[str], str]) -> dict[str, c.EvidenceValue]:
    """What is shown of each kind. A choice is always one of the levels of risk: no other is asked for."""
    made: Mapping[str, c.EvidenceValue] = {
        "datetime": at,
        "date": at.date().isoformat(),
        "integer": 7,
        "reference": "N-12/2026",
        "boolean": True,
    }
    return {name: risk(name) if kind is EvidenceType.CHOICE else made[str(kind.value)] for name, kind in kinds.items()}


Asking = tuple[type[c.Command], dict[str, object]]


def _signal(scene: Scene) -> list[Asking]:
    known = [(run, text.signals[name]) for run, text in scene.running for name in sorted(text.signals)]
    if not known:
        return []
    run, signal = scene.one_of(known, "which")
    said_by = scene.one_of(signal.senders, "whose")
    shown = scene.evidence(signal.evidence, "shown")
    return [(c.GiveSignal, {"signal": signal.name, "run": run.run_id, "said_by": said_by, "evidence": shown})]


def _fact(scene: Scene) -> list[Asking]:
    if scene.state.status is not CaseStatus.OPEN:
        return []
    fact = scene.one_of(CHANGING, "which")
    if fact in RANKED:
        value, by = scene.one_of(RISKS, "value"), scene.one_of(RANKED[fact], "whose")
    else:
        value, by = scene.one_of((True, False), "value"), "operator"
    return [(c.ChangeFact, {"fact": fact, "value": value, "by": by, "reason": "something_happened"})]


def _first(scene: Scene) -> list[Asking]:
    later = [(run, step) for run, _ in scene.running for step in run.steps.values() if step.state in NOT_BEGUN]
    if not later:
        return []
    run, step = scene.one_of(later, "which")
    return [(c.ActFirst, {"run": run.run_id, "step": step.step, "reason": "imminent_danger"})]


def _forgo(scene: Scene) -> list[Asking]:
    owed = [(run, step) for run, _ in scene.running for step in run.owed]
    if not owed:
        return []
    run, step = scene.one_of(owed, "which")
    return [(c.ForgoStep, {"run": run.run_id, "step": step.step, "reason": "her_wish"})]


def _anew(scene: Scene) -> list[Asking]:
    done = [
        (run, text, text.steps[name])
        for run, text in scene.running
        for name, step in run.steps.items()
        if step.state is StepState.DONE and isinstance(text.steps.get(name), AskStep | AwaitStep)
    ]
    if not done:
        return []
    run, text, step = scene.one_of(done, "which")
    result = scene.one_of(sorted(step.results), "result")
    hanging = under_way_after(text, run, step.name)
    kept = {name for name in hanging if scene.one_of((True, False), f"keeps {name}")}
    said = {"run": run.run_id, "step": step.name, "result": result, "reason": "appeal", "by": voices_for(step)[0]}
    shown = scene.evidence(step.results[result].evidence, "shown")
    return [(c.DecideAnew, {**said, "evidence": shown, "keep": kept, "cancel": set(hanging) - kept})]


def _longer(scene: Scene) -> list[Asking]:
    open_ones = [(one, run) for run, _ in scene.running for one in _open_refs(scene.state, run)]
    steps = [(ref, scene.library.by_hash[run.content_hash].steps[step]) for (ref, step), run in open_ones]
    known = [(ref, extension) for ref, step in steps if (extension := extension_of(step)) is not None]
    if not known:
        return []
    ref, extension = scene.one_of(known, "which")
    return [(c.ExtendLimit, {"ref": ref, "body": body}) for body in (None, *extension.agreed_by)]


def _open_refs(state: CaseState, run: PathwayRun) -> list[tuple[str, str]]:
    mine = [handoff for handoff in state.handoffs.values() if handoff.run_id == run.run_id and handoff.is_open]
    return [(handoff.ref, handoff.step) for handoff in mine]


def _reopens(scene: Scene) -> list[Asking]:
    over = [run.run_id for run in scene.state.runs.values() if run.state is not RunState.RUNNING]
    run = scene.one_of(over, "which")
    same = scene.one_of((True, False, False), "same edition")
    return [(c.ReopenPathway, {"run": run, "reason": "new_incident", "same_edition": same})] if run else []


def _moves(scene: Scene) -> list[Asking]:
    current = scene.library.current  # what was taken out of force is moved nowhere
    now_in_force = [(run, text, current.get(run.pathway)) for run, text in scene.running]
    known = [(run, new) for run, text, new in now_in_force if new is not None and new is not text]
    if not known:
        return []
    run, new = scene.one_of(known, "which")
    return [(c.MovePathway, {"run": run.run_id, "edition": new.edition, "reason": "procedure_changed"})]


def _pathway(scene: Scene) -> list[Asking]:
    running = scene.running
    return [(c.CancelPathway, {"run_id": running[-1][0].run_id, "reason": "her_wish"})] if running else []


def _revokes(scene: Scene) -> list[Asking]:
    given = sorted(consent for consent, word in scene.state.consents.items() if word == "given")
    consent = scene.one_of(given, "which")
    return [(c.RevokeConsent, {"consent": consent})] if consent else []


def _no_contact(scene: Scene) -> list[Asking]:
    return [] if scene.state.no_contact_since else [(c.NeverContactAgain, {})]


def _contact_again(scene: Scene) -> list[Asking]:
    return [(c.ContactAgain, {})] if scene.state.no_contact_since else []


def _cancels(scene: Scene) -> list[Asking]:
    return [(c.CancelCase, {"reason": "her_wish"})] if scene.state.status is CaseStatus.OPEN else []


ACTS: Mapping[str, Callable[[Scene], list[Asking]]] = {
    "gives a signal": _signal,
    "changes a fact": _fact,
    "acts first": _first,
    "decides anew": _anew,
    "asks for longer time": _longer,
    "forgoes what is owed": _forgo,
    "reopens a pathway": _reopens,
    "moves a pathway": _moves,
    "wants no contact any more": _no_contact,
    "may be contacted again": _contact_again,
    "cancels a pathway": _pathway,
    "revokes a consent": _revokes,
    "cancels the case": _cancels,
}
ENDING = frozenset({"wants no contact any more", "cancels a pathway", "revokes a consent", "cancels the case"})
"""Acts that stop something: done on their own, never instead of another."""


def asked_for(what: str, scene: Scene) -> tuple[str, list[c.AnyCommand]]:
    """What is done, and its commands in their order: this act, or another where the case gives no occasion for it."""
    made = ACTS[what](scene)
    if not made:
        possible = [other for other in sorted(ACTS) if other not in ENDING and ACTS[other](scene)]
        what = scene.one_of(possible, "instead") or what
        made = ACTS[what](scene)
    case_id = scene.state.case_id
    turn = "-".join(str(part) for part in scene.name[1:])
    about = {"case_id": case_id, "actor": "operator:1", "road": c.Road.DESK}
    commands: list[c.AnyCommand] = [
        kind.model_validate({**about, "id": f"steer-{turn}-{number}-{case_id}", **fields})  # type: ignore[misc]  # one of the union
        for number, (kind, fields) in enumerate(made)
    ]
    return what, commands
