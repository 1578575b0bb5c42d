"""What the demo promises, each looked up in what was kept and received: it ends with status 0 only if all was seen."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cli.demo.cast import PARTS, Manner
from cli.demo.received import Received, ReceivedMail, ReceivedSms
from models.history import FlowRunNote, FlowTaskNote
from models.views import CaseView
from procedures import events as e
from procedures.case import CaseStatus, HandoffState, PartyKind, RunState
from procedures.marking import N_


@dataclass(frozen=True)
class Seen:
    """Everything that can be looked at when the demo is over."""

    view: CaseView
    received: tuple[Received, ...]
    runs: tuple[FlowRunNote, ...]
    tasks: tuple[FlowTaskNote, ...]
    trail_faults: int
    page_faults: tuple[str, ...]

    @property
    def events(self) -> Iterable[e.AnyEvent]:
        """The trail."""
        return [entry.recorded.event for entry in self.view.timeline]

    def steps(self, manner: Manner) -> set[str]:
        """The steps in which somebody played this part."""
        return {step for step, played in PARTS.items() if played is manner}


def _four_pathways(seen: Seen) -> bool:
    ended = {run.pathway for run in seen.view.runs if run.state is RunState.ENDED}
    return {"intake", "shelter", "legal", "psychological"} <= ended


def _all_ended(seen: Seen) -> bool:
    return seen.view.row.status is CaseStatus.CLOSED and all(handoff.ended_at for handoff in seen.view.handoffs)


def _reminded(seen: Seen) -> bool:
    late = seen.steps(Manner.LATE)
    reminded = {a.about for a in seen.view.alerts if a.purpose is e.AlertPurpose.REMINDER and a.step in late}
    return any(h.ref in reminded and h.state is HandoffState.COMPLETED for h in seen.view.handoffs)


def _declined_and_taken(seen: Seen) -> bool:
    states = [h.state for h in seen.view.handoffs if h.step in seen.steps(Manner.DECLINES_ONCE)]
    return states[:2] == [HandoffState.DECLINED, HandoffState.COMPLETED]


def _silent_then_coordinator(seen: Seen) -> bool:
    silent = seen.steps(Manner.SILENT)
    deputies = {a.about for a in seen.view.alerts if a.purpose is e.AlertPurpose.DEPUTY and a.step in silent}
    taken = {
        event.ref
        for event in seen.events
        if isinstance(event, e.HandoffAccepted) and event.party.kind is PartyKind.COORDINATOR
    }
    owned = {event.ref for event in seen.events if isinstance(event, e.OwnerChanged)}
    return bool(deputies & taken & owned)


def _answered_twice(seen: Seen) -> bool:
    twice = {h.ref for h in seen.view.handoffs if h.step in seen.steps(Manner.TWICE)}
    return any(isinstance(event, e.AnswerCameLate) and event.ref in twice for event in seen.events)


def _both_channels(seen: Seen) -> bool:
    return all(any(isinstance(m, kind) and m.link for m in seen.received) for kind in (ReceivedMail, ReceivedSms))


def _every_message_settled(seen: Seen) -> bool:
    deliveries = [delivery for alert in seen.view.alerts for delivery in alert.deliveries]
    sent = [delivery for delivery in deliveries if delivery.state == "accepted"]
    ended = all(delivery.state in {"accepted", "withdrawn"} for delivery in deliveries)
    return ended and len(sent) == len(seen.received) > 0


def _every_run_completed(seen: Seen) -> bool:
    recorded = {run.run_id for run in seen.runs if run.state_name == "Completed"}
    return recorded == {run.run_id for run in seen.view.runs} and len(seen.tasks) >= len(seen.view.alerts)


def _trail_verified(seen: Seen) -> bool:
    return seen.trail_faults == 0


def _pages_kept_their_word(seen: Seen) -> bool:
    return not seen.page_faults


PROMISES: tuple[tuple[str, Callable[[Seen], bool]], ...] = (
    (N_("four pathways ran to their end"), _four_pathways),
    (N_("every handoff has ended and the case is closed"), _all_ended),
    (N_("one was late, was reminded, and took it"), _reminded),
    (N_("one refused, and the next one took it"), _declined_and_taken),
    (N_("one stayed silent and so did the deputy: the coordinator took over"), _silent_then_coordinator),
    (N_("one answered twice, and the second answer changed nothing"), _answered_twice),
    (N_("answers came through links in real mails and real SMS"), _both_channels),
    (N_("every message has its outcome, and as many arrived as were sent"), _every_message_settled),
    (N_("every flow run is completed in Prefect, with a task for each message"), _every_run_completed),
    (N_("every page behind a link did what it said"), _pages_kept_their_word),
    (N_("the trail is verified"), _trail_verified),
)
