"""What a pathway run's history should say, from its trail alone: the same before and after an outage of Prefect.

One telling becomes one task run: per alert, reminder, escalation, started pathway and handoff that ended. Nothing in
it identifies anybody: references, step names, channels, codes and times.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.history import Attempt, RunFacts, TrailEvent

NAME_LENGTH = 120
OPEN_ATTEMPTS = frozenset({"queued", "sending", "temporary"})
ENDS = {
    "handoff_completed": "completed",
    "handoff_declined": "declined",
    "acceptance_denied": "denied",
    "handoff_expired": "expired",
    "handoff_lapsed": "lapsed",
    "handoff_cancelled": "cancelled",
}
CLAIMS = {
    "acceptance_claimed": ("claimed", "says that it is taken, without a PIN"),
    "acceptance_confirmed": ("confirmed", "a coordinator made sure that it is taken"),
    "claim_denied": ("claimed", "that it is taken was false"),
}
PREFIXES = {
    "request": "alert {step}",
    "watch": "alert {step}",
    "tell": "alert {step}",
    "reminder": "reminder {step}",
    "overdue": "reminder {step} overdue",
    "first_sign_late": "reminder {step} first_sign_late",
    "deputy": "escalation {step} to deputy",
    "coordinator": "escalation {step} to coordinator",
}
KINDS = (
    "alert",
    "reminder",
    "escalation",
    "start",
    "moved",
    "proposed",
    "claimed",
    "confirmed",
    "receipt",
    "end",
    "word",
)
"""The first word of each name, and the task of Prefect that tells it."""
RUNG_PURPOSES = {"service": "reminder", "deputy": "deputy", "coordinator": "coordinator"}


@dataclass(frozen=True, slots=True)
class Telling:
    """One task run that the trail asks for; `seq` is the event that it tells."""

    seq: int
    name: str
    state: str
    began: datetime
    ended: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Unsettled:
    """An alert whose outcome is not known yet; `since` is when it could have been sent."""

    seq: int
    name: str
    delivery_id: str
    since: datetime


class RestKind(StrEnum):
    """How a flow run stands between two wake-ups."""

    AWAITING = "awaiting"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Rest:
    """Where the flow run comes to rest: `name` is its state's name in Prefect."""

    kind: RestKind
    name: str
    message: str


@dataclass(frozen=True, slots=True)
class Story:
    """All of it: what is still to be told, what has no outcome yet, and where the run rests."""

    tellings: tuple[Telling, ...]
    unsettled: tuple[Unsettled, ...]
    rest: Rest
    last_seq: int


def tell(
    run: RunFacts,
    events: Sequence[TrailEvent],
    attempts: Mapping[str, Sequence[Attempt]],
    told: Collection[int],
) -> Story:
    """What remains to be told of `run`, given the events that have their task run already."""
    steps = {str(e.payload["ref"]): str(e.payload["step"]) for e in events if e.kind == "handoff_requested"}
    requested = {str(e.payload["ref"]): e.at for e in events if e.kind == "handoff_requested"}
    alerts = {str(e.payload["alert_id"]): e for e in events if e.kind == "alert_queued"}
    climbed = {(e.payload["about"], e.payload["purpose"], e.at) for e in alerts.values()}
    tellings: list[Telling] = []
    unsettled: list[Unsettled] = []
    for event in events:
        if event.seq in told:
            continue
        if event.kind == "alert_queued":
            one = _of_alert(event, attempts.get(str(event.payload["alert_id"]), ()))
        elif event.kind in ENDS:
            one = _of_end(event, steps, requested)
        elif event.kind == "rung_climbed" and (
            (event.payload["ref"], RUNG_PURPOSES.get(str(event.payload["to"])), event.at) not in climbed
        ):
            one = _of_rung(event, steps)
        elif event.kind == "receipt_came":
            one = _of_receipt(event, alerts.get(str(event.payload["alert_id"])))
        elif event.kind in OF_ANSWERS:
            one = OF_ANSWERS[event.kind](event, steps)
        elif event.kind == "pathway_started" and event.payload.get("parent_run") == run.run_id:
            one = _of_start(event)
        else:
            continue
        if isinstance(one, Telling):
            tellings.append(one)
        else:
            unsettled.append(one)
    last = events[-1].seq if events else 0
    return Story(tuple(tellings), tuple(unsettled), _rest(run, events, unsettled), last)


def stamp(at: datetime) -> str:
    """A time for the record: UTC, to the millisecond."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def alert_name(purpose: str, step: str | None) -> str:
    """The name of an alert's task run: its step, and why it went out."""
    where = step or "case"
    if purpose in PREFIXES:
        return PREFIXES[purpose].format(step=where)
    if purpose.startswith("word_"):
        return f"word {where} {purpose.removeprefix('word_')}"
    return f"alert {where} {purpose}"


def kind_of(name: str) -> str:
    """Which task tells what has this name."""
    return name.split(" ", maxsplit=1)[0]


def _of_alert(event: TrailEvent, tries: Sequence[Attempt]) -> Telling | Unsettled:
    step = event.payload.get("step")
    name = alert_name(str(event.payload["purpose"]), None if step is None else str(step))
    ref = event.payload["ref"]
    taken = any(attempt.state == "accepted" for attempt in tries)
    for attempt in tries:
        # What her own rules let follow later is told by the pages: this task does not wait for it.
        later = taken and attempt.next_at is not None and attempt.next_at > attempt.queued_at
        if attempt.state in OPEN_ATTEMPTS and not (later and attempt.state == "queued"):
            return Unsettled(event.seq, name, attempt.delivery_id, attempt.next_at or attempt.queued_at)
    if not tries:
        return Telling(event.seq, name, "failed", event.at, event.at, f"{ref}: no channel of this person has a carrier")
    last = next((attempt for attempt in tries if attempt.state == "accepted"), tries[-1])
    ended = last.settled_at or last.queued_at
    code = f" ({last.code})" if last.code else ""
    sent = f", sent {stamp(last.sending_at)}" if last.sending_at else ""
    note = f"{ref}: {last.state}{code}, {last.channel}, decided {stamp(event.at)}{sent}, settled {stamp(ended)}"
    return Telling(event.seq, name, last.state, event.at, ended, note)


def _of_end(event: TrailEvent, steps: Mapping[str, str], requested: Mapping[str, datetime]) -> Telling:
    ref = str(event.payload["ref"])
    how = ENDS[event.kind]
    why = event.payload.get("result") or event.payload.get("reason")
    note = f"{ref}: {how}{f' ({why})' if why else ''} at {stamp(event.at)}"
    return Telling(
        event.seq, f"end {steps.get(ref, 'handoff')} {how}", how, requested.get(ref, event.at), event.at, note
    )


def _of_rung(event: TrailEvent, steps: Mapping[str, str]) -> Telling:
    ref, to = str(event.payload["ref"]), str(event.payload["to"])
    verb = "reminder {step}" if to == "service" else "escalation {step} to {to}"
    name = verb.format(step=steps.get(ref, "handoff"), to=to)
    note = f"{ref}: due {event.payload['due_at']}, done {stamp(event.at)}"
    return Telling(event.seq, name, "done", event.at, event.at, note)


def _of_proposal(event: TrailEvent, steps: Mapping[str, str]) -> Telling:
    ref = str(event.payload["ref"])
    note = f"{ref}: {event.payload['result']} proposed {stamp(event.at)}, waits for a second person"
    return Telling(event.seq, f"proposed {steps.get(ref, 'handoff')}", "done", event.at, event.at, note)


def _of_claim(event: TrailEvent, steps: Mapping[str, str]) -> Telling:
    ref, (kind, said) = str(event.payload["ref"]), CLAIMS[event.kind]
    return Telling(
        event.seq,
        f"{kind} {steps.get(ref, 'handoff')}",
        "done",
        event.at,
        event.at,
        f"{ref}: {said}, {stamp(event.at)}",
    )


def _of_receipt(event: TrailEvent, alert: TrailEvent | None) -> Telling:
    """What was heard of a message after its carrier took it: delivered is not seen, and has its own time."""
    step = str(alert.payload.get("step") or "case") if alert else "case"
    ref = str(alert.payload["ref"]) if alert else "-"
    code = f" ({event.payload['code']})" if event.payload.get("code") else ""
    note = f"{ref}: {event.payload['receipt']}{code}, {event.payload['channel']}, heard {stamp(event.at)}"
    return Telling(event.seq, f"receipt {step} {event.payload['receipt']}", "done", event.at, event.at, note)


def _of_move(event: TrailEvent, steps: Mapping[str, str]) -> Telling:
    del steps  # it is about the whole run
    edition, before = event.payload["edition"], event.payload["old_edition"]
    note = f"edition {before} until {stamp(event.at)}, then {edition} ({event.payload['reason']})"
    return Telling(event.seq, f"moved to edition {edition}", "done", event.at, event.at, note)


OF_ANSWERS = {"result_proposed": _of_proposal, "pathway_moved": _of_move, **dict.fromkeys(CLAIMS, _of_claim)}


def _of_start(event: TrailEvent) -> Telling:
    note = f"{event.payload['ref']}: started {stamp(event.at)}"
    return Telling(event.seq, f"start {event.payload['pathway']}", "started", event.at, event.at, note)


def _rest(run: RunFacts, events: Sequence[TrailEvent], unsettled: Sequence[Unsettled]) -> Rest:
    for event in events:
        if unsettled:
            break
        if event.kind == "pathway_ended" and event.payload.get("run_id") == run.run_id:
            return Rest(RestKind.COMPLETED, "Completed", str(event.payload["outcome"]))
        if event.kind == "pathway_cancelled" and event.payload.get("run_id") == run.run_id:
            return Rest(RestKind.CANCELLED, "Cancelled", str(event.payload["reason"]))
    waiting = _open_steps(run, events)
    name = ", ".join(waiting) or "delivery"
    name = name if len(name) <= NAME_LENGTH else f"{len(waiting)} steps"
    return Rest(RestKind.AWAITING, f"Awaiting {name}", f"event {events[-1].seq if events else 0}")


def _open_steps(run: RunFacts, events: Sequence[TrailEvent]) -> list[str]:
    """The steps that somebody or something has to bring home, in the order in which they began."""
    waiting: dict[str, str] = {}
    for event in events:
        if event.payload.get("run_id") != run.run_id:
            continue
        step = str(event.payload.get("step"))
        if event.kind == "step_started":
            waiting[step] = step
        elif event.kind == "step_awaited_consent":
            waiting[step] = f"consent for {step}"
        elif event.kind == "step_repeats":
            waiting[step] = f"{step} again"
        elif event.kind == "step_owed":
            waiting.setdefault(step, f"{step} (owed)")
        elif event.kind in {"step_skipped", "step_ended", "step_cancelled", "repetition_ended", "step_looked_at_anew"}:
            waiting.pop(step, None)
        elif event.kind in {"pathway_ended", "pathway_cancelled"}:
            waiting.clear()
    return list(waiting.values())
