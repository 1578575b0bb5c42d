"""From what was read to what is answered. What identifies her is not left out here: it was never read."""

from collections.abc import Collection, Iterable
from typing import Any

from models.listing import AwaitingStep, CaseCard, CaseLine, TrailLine
from models.viewed import HandoffRow, RunView
from procedures.case import CaseState
from procedures.consenting import gate_of
from procedures.events import HandoffRequested
from procedures.schema import Library
from procedures.whonow import WhoRow
from web.api.answered import (
    Asking,
    Awaited,
    CaseStanding,
    CaseSummary,
    HandoffStanding,
    Owed,
    Owner,
    RunStanding,
    TrailEntry,
    WhoIsCalled,
)

HIDDEN = frozenset({"seed", "case_id", "kind", "at"})
"""Of an event: the seed would foretell references; the others stand beside it or are nobody's business."""


def asking(events: Iterable[object], state: CaseState, services: Collection[str] | None = None) -> list[Asking]:
    """The handoffs that these events asked for, as they stood in `state`.

    With `services`, the references of their handoffs alone are told.
    """
    return [
        Asking(
            ref=one.ref if services is None or one.service in services else None,
            step=one.step,
            service=one.service,
            state=state.handoffs[one.ref].state,
            accept_by=one.accept_by,
        )
        for one in events
        if isinstance(one, HandoffRequested)
    ]


def case_summary(line: CaseLine) -> CaseSummary:
    """One case in the list."""
    return CaseSummary(**_summary(line))


def _summary(line: CaseLine) -> dict[str, Any]:
    return {
        "code": line.code,
        "status": line.status,
        "territory": line.territory,
        "drill": line.drill,
        "opened_at": line.opened_at,
        "ended_at": line.ended_at,
        "events": line.version,
        "open_handoffs": line.open_handoffs,
        "overdue_handoffs": line.overdue_handoffs,
        "due_at": line.due_at,
    }


def case_standing(card: CaseCard, library: Library) -> CaseStanding:
    """One case."""
    runs = {run.run_id: run for run in card.runs}
    return CaseStanding(
        **_summary(card.line),
        pathways=[_run(run) for run in card.runs],
        handoffs=[handoff_standing(row) for row in card.handoffs],
        awaited_consents=[found for one in card.awaiting if (found := _awaited(one, runs[one.run_id], library))],
        owed=[
            Owed(pathway=runs[one.run_id].pathway, step=one.step, begun_first=one.begun, since=one.since)
            for one in card.owed
        ],
        no_contact_since=card.no_contact_since,
    )


def _run(run: RunView) -> RunStanding:
    return RunStanding(
        ref=run.ref,
        pathway=run.pathway,
        state=run.state,
        outcome=run.outcome,
        started_at=run.started_at,
        ended_at=run.ended_at,
    )


def _awaited(one: AwaitingStep, run: RunView, library: Library) -> Awaited | None:
    pathway = library.by_hash[run.content_hash]
    consent = gate_of(library, pathway, pathway.steps[one.step])
    return Awaited(pathway=run.pathway, step=one.step, consent=consent) if consent else None


def handoff_standing(row: HandoffRow, *, to_one_body: bool = False) -> HandoffStanding:
    """One handoff; without what would join it to those of other bodies, where the key belongs to one."""
    return HandoffStanding(
        ref=row.ref,
        case=None if to_one_body else row.case_code,
        pathway=None if to_one_body else row.pathway,
        step=row.step,
        mode=row.mode,
        service=row.service,
        owner=Owner(kind=row.owner_kind, id=row.owner_id),
        state=row.state,
        overdue=row.overdue,
        drill=row.drill,
        requested_at=row.requested_at,
        accept_by=row.accept_by,
        acknowledged_at=row.acknowledged_at,
        accepted_at=row.accepted_at,
        complete_by=row.complete_by,
        due_at=row.due_at,
        ended_at=row.ended_at,
        result=row.result,
        reason=row.reason,
    )


def trail_entry(line: TrailLine) -> TrailEntry:
    """One event."""
    return TrailEntry(
        seq=line.seq,
        at=line.at,
        kind=line.kind,
        pathway=line.run_ref,
        actor=line.actor,
        road=line.road,
        event={name: value for name, value in line.payload.items() if name not in HIDDEN},
    )


def who_is_called(row: WhoRow) -> WhoIsCalled:
    """One step of the answer. Of people not even the id is told."""
    return WhoIsCalled(
        pathway=row.pathway,
        step=row.step,
        when=row.when,
        service=row.service,
        coordinator=row.coordinator,
        channel=row.channel,
        because=row.because,
        competence=row.competence,
    )
